CREATE TABLE "metric_74e07cb84b027266_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "aum" bigint, "spent" bigint, "accounts" bigint, "children" bigint, "eldest" bigint, "income" bigint, "goal" bigint, "per_head" bigint, "members" bigint, "has('loan')" boolean, "opened_on" date);
CREATE TABLE "metric_74e07cb84b027266_run" ("series" bigint, "run_id" bigint, "derives" boolean);
CREATE VIEW "metric_74e07cb84b027266" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."accounts" AS "accounts",
        a."children" AS "children",
        a."eldest" AS "eldest",
        a."income" AS "income",
        a."goal" AS "goal",
        a."per_head" AS "per_head",
        a."members" AS "members",
        a."has('loan')" AS "has('loan')",
        a."opened_on" AS "opened_on"
    FROM "metric_74e07cb84b027266_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."aum" AS "aum",
        b."spent" AS "spent",
        b."accounts" AS "accounts",
        b."children" AS "children",
        b."eldest" AS "eldest",
        b."income" AS "income",
        b."goal" AS "goal",
        b."per_head" AS "per_head",
        b."members" AS "members",
        b."has('loan')" AS "has('loan')",
        b."opened_on" AS "opened_on"
    FROM "metric_74e07cb84b027266_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."accounts" AS "accounts",
        a."children" AS "children",
        a."eldest" AS "eldest",
        a."income" AS "income",
        a."goal" AS "goal",
        a."per_head" AS "per_head",
        a."members" AS "members",
        a."has('loan')" AS "has('loan')",
        a."opened_on" AS "opened_on"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_74e07cb84b027266_run" ("series", "run_id", "derives")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($2 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = balance_from
-- $4 = 1_month:next
-- $5 = 1_month:from
-- $6 = history_from
-- $7 = 12_months:txn:from
-- $8 = 12_months:txn:next
-- $9 = 1_month:days
-- $10 = metric_series
-- $11 = run_id
INSERT INTO "metric_74e07cb84b027266_row" ("series", "run_id", "until_run", "customer_id", "status", "aum", "spent", "accounts", "children", "eldest", "income", "goal", "per_head", "members", "has('loan')", "opened_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."closed_on" AS "closed_on",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load"
    FROM "customer" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AS "open"
    FROM "holding" AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) AS "held"
    FROM r2 AS a
    GROUP BY a."customer_id"
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        CASE WHEN (b."held" IS NULL) THEN 1 ELSE CAST(0 AS bigint) END AS "status"
    FROM r1 AS a
    LEFT JOIN r3 AS b ON a."customer_id" = b."customer_id"
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        COALESCE(a."joined_on", DATE '1800-01-01') AS "start_on"
    FROM "household_member" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        a."start_on" AS "start_on",
        lead(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "next_on",
        lag(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "before_on"
    FROM r5 AS a
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        TRUE AS "dated",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."household" ELSE CAST(NULL AS text) END AS "household",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."role" ELSE CAST(NULL AS text) END AS "role"
    FROM r6 AS a
    WHERE (((a."start_on" <= CAST($2 AS date)) AND ((a."next_on" IS NULL) OR (a."next_on" > CAST($2 AS date)))) OR ((NOT (a."start_on" <= CAST($2 AS date))) AND (a."before_on" IS NULL)))
    OFFSET 0
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        CASE WHEN (b."dated" IS NULL) THEN a."household" ELSE b."household" END AS "household",
        a."status" AS "status",
        b."role" AS "household_role"
    FROM r4 AS a
    LEFT JOIN r7 AS b ON a."customer_id" = b."customer_id"
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."closed_on" AS "closed_on",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load"
    FROM "customer" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))))
),
r10 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        COALESCE(a."joined_on", DATE '1800-01-01') AS "start_on"
    FROM "household_member" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        a."start_on" AS "start_on",
        lead(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "next_on",
        lag(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "before_on"
    FROM r10 AS a
),
r12 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        TRUE AS "dated",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."household" ELSE CAST(NULL AS text) END AS "household",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."role" ELSE CAST(NULL AS text) END AS "role"
    FROM r11 AS a
    WHERE (((a."start_on" <= CAST($2 AS date)) AND ((a."next_on" IS NULL) OR (a."next_on" > CAST($2 AS date)))) OR ((NOT (a."start_on" <= CAST($2 AS date))) AND (a."before_on" IS NULL)))
    OFFSET 0
),
r13 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        CASE WHEN (b."dated" IS NULL) THEN a."household" ELSE b."household" END AS "household",
        a."closed_on" AS "closed_on",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load",
        b."role" AS "household_role"
    FROM r9 AS a
    LEFT JOIN r12 AS b ON a."customer_id" = b."customer_id"
),
r14 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household"
    FROM "customer_key" AS a
    WHERE (a."household" IS NOT NULL)
),
r15 AS MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        COALESCE(b."customer_id", a."customer_id") AS "entity_id"
    FROM r13 AS a
    LEFT JOIN r14 AS b ON a."household" = b."household"
),
r16 AS NOT MATERIALIZED (
    SELECT b."entity_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."status" AS "status",
        a."household_role" AS "household_role"
    FROM r8 AS a
    JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r17 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        min(a."status") AS "status",
        min(a."household") AS "household",
        count(*) AS "members",
        min(a."opened_on") AS "opened_on"
    FROM r16 AS a
    GROUP BY a."customer_id"
),
r18 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."household" AS "customer.household",
        a."members" AS "customer.members",
        a."opened_on" AS "customer.opened_on"
    FROM r17 AS a
),
r19 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount"
    FROM "balance" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (a."on_date" <= CAST($2 AS date)))
),
r20 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        lead(a."on_date") OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."on_date") AS "next_on"
    FROM r19 AS a
),
r21 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."next_on" AS "next_on"
    FROM r20 AS a
    WHERE ((a."next_on" IS NULL) OR (a."next_on" > CAST($3 AS date)))
),
r22 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load",
        a."position" AS "position"
    FROM "holding" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r23 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        GREATEST(a."on_date", COALESCE(b."opened_on", a."on_date")) AS "start_on",
        LEAST(COALESCE(a."next_on", DATE '2199-12-31'), COALESCE(b."closed_on", DATE '2199-12-31')) AS "end_on",
        b."class" AS "class",
        b."product" AS "product",
        b."currency" AS "currency",
        b."branch" AS "branch",
        b."role" AS "role",
        b."opened_on" AS "opened_on",
        b."matures_on" AS "matures_on"
    FROM r21 AS a
    JOIN r22 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r24 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."start_on" AS "start_on",
        a."end_on" AS "end_on",
        a."class" AS "class",
        a."product" AS "product",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."role" AS "role",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on"
    FROM r23 AS a
    WHERE ((a."end_on" > CAST($3 AS date)) AND (a."start_on" < a."end_on"))
),
r25 AS NOT MATERIALIZED (
    SELECT b."entity_id" AS "customer_id",
        a."amount" AS "amount",
        a."start_on" AS "start_on",
        a."end_on" AS "end_on",
        a."class" AS "class",
        a."product" AS "product",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."role" AS "role",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on"
    FROM r24 AS a
    JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r26 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($4 AS date)) - GREATEST(a."start_on", CAST($5 AS date))) AS bigint) AS numeric))) AS numeric(38,0)) AS "balance.1"
    FROM r25 AS a
    WHERE ((((a."start_on" < CAST($4 AS date)) AND (a."end_on" > CAST($5 AS date))) AND (a."start_on" < a."end_on")) AND (a."class" = 'deposit'))
    GROUP BY a."customer_id"
),
r27 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        b."balance.1" AS "balance.1"
    FROM r18 AS a
    LEFT JOIN r26 AS b ON a."customer_id" = b."customer_id"
),
r28 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."currency" AS "currency",
        a."kind" AS "kind",
        a."channel" AS "channel",
        a."product" AS "product",
        a."reference" AS "reference"
    FROM "txn" AS a
    WHERE (((a."on_date" >= CAST($6 AS date)) AND (a."on_date" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))))
),
r29 AS NOT MATERIALIZED (
    SELECT b."entity_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."currency" AS "currency",
        a."kind" AS "kind",
        a."channel" AS "channel",
        a."product" AS "product",
        a."reference" AS "reference"
    FROM r28 AS a
    JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r30 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(sum(abs(a."amount")) AS numeric) AS "txn.1"
    FROM r29 AS a
    WHERE ((a."on_date" >= CAST($7 AS date)) AND (a."on_date" < CAST($8 AS date)))
    GROUP BY a."customer_id"
),
r31 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        a."balance.1" AS "balance.1",
        b."txn.1" AS "txn.1"
    FROM r27 AS a
    LEFT JOIN r30 AS b ON a."customer_id" = b."customer_id"
),
r32 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load",
        a."position" AS "position"
    FROM "holding" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r33 AS NOT MATERIALIZED (
    SELECT b."entity_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load",
        a."position" AS "position"
    FROM r32 AS a
    JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r34 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load",
        a."position" AS "position",
        row_number() OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."position") AS "place"
    FROM r33 AS a
),
r35 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AS "open"
    FROM r34 AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND (a."place" = 1)
    OFFSET 0
),
r36 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) AS "account.1",
        count(*) FILTER (WHERE ((a."class" = 'loan') OR (a."product" = 'loan'))) AS "account.2"
    FROM r35 AS a
    WHERE (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))))
    GROUP BY a."customer_id"
),
r37 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        a."balance.1" AS "balance.1",
        a."txn.1" AS "txn.1",
        b."account.1" AS "account.1",
        b."account.2" AS "account.2"
    FROM r31 AS a
    LEFT JOIN r36 AS b ON a."customer_id" = b."customer_id"
),
r38 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."closed_on" AS "closed_on",
        a."load_id" AS "load_id",
        a."until_load" AS "until_load"
    FROM "customer" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))))
),
r39 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."role" AS "role",
        a."product" AS "product",
        a."class" AS "class",
        a."currency" AS "currency",
        a."branch" AS "branch",
        a."opened_on" AS "opened_on",
        a."matures_on" AS "matures_on",
        a."auto_renew" AS "auto_renew",
        a."closed_on" AS "closed_on",
        a."rate" AS "rate",
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AS "open"
    FROM "holding" AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r40 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) AS "held"
    FROM r39 AS a
    GROUP BY a."customer_id"
),
r41 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        CASE WHEN (b."held" IS NULL) THEN 1 ELSE CAST(0 AS bigint) END AS "status"
    FROM r38 AS a
    LEFT JOIN r40 AS b ON a."customer_id" = b."customer_id"
),
r42 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        COALESCE(a."joined_on", DATE '1800-01-01') AS "start_on"
    FROM "household_member" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r43 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."role" AS "role",
        a."left_on" AS "left_on",
        a."start_on" AS "start_on",
        lead(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "next_on",
        lag(a."start_on") OVER (PARTITION BY a."customer_id" ORDER BY a."start_on") AS "before_on"
    FROM r42 AS a
),
r44 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        TRUE AS "dated",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."household" ELSE CAST(NULL AS text) END AS "household",
        CASE WHEN ((a."start_on" <= CAST($2 AS date)) AND ((a."left_on" IS NULL) OR (a."left_on" > CAST($2 AS date)))) THEN a."role" ELSE CAST(NULL AS text) END AS "role"
    FROM r43 AS a
    WHERE (((a."start_on" <= CAST($2 AS date)) AND ((a."next_on" IS NULL) OR (a."next_on" > CAST($2 AS date)))) OR ((NOT (a."start_on" <= CAST($2 AS date))) AND (a."before_on" IS NULL)))
    OFFSET 0
),
r45 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        CASE WHEN (b."dated" IS NULL) THEN a."household" ELSE b."household" END AS "household",
        a."status" AS "status",
        b."role" AS "household_role"
    FROM r41 AS a
    LEFT JOIN r44 AS b ON a."customer_id" = b."customer_id"
),
r46 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        max(a."number_value") FILTER (WHERE (a."name" = 'staff')) AS "staff",
        max(a."number_value") FILTER (WHERE (a."name" = 'savings_goal')) AS "savings_goal"
    FROM "customer_attribute" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
    GROUP BY a."customer_id"
),
r47 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."status" AS "status",
        a."household_role" AS "household_role",
        (b."staff" <> 0) AS "staff",
        b."savings_goal" AS "savings_goal"
    FROM r45 AS a
    LEFT JOIN r46 AS b ON a."customer_id" = b."customer_id"
),
r48 AS NOT MATERIALIZED (
    SELECT b."entity_id" AS "customer_id",
        a."kind" AS "kind",
        a."birth_date" AS "birth_date",
        a."gender" AS "gender",
        a."region" AS "region",
        a."branch" AS "branch",
        a."occupation" AS "occupation",
        a."industry" AS "industry",
        a."annual_income" AS "annual_income",
        a."risk_level" AS "risk_level",
        a."risk_assessed_on" AS "risk_assessed_on",
        a."opened_on" AS "opened_on",
        a."household" AS "household",
        a."status" AS "status",
        a."household_role" AS "household_role",
        a."staff" AS "staff",
        a."savings_goal" AS "savings_goal"
    FROM r47 AS a
    JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r49 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) FILTER (WHERE (a."household_role" = 'child')) AS "customer.1",
        max(CAST(EXTRACT(YEAR FROM CAST($2 AS date)) - EXTRACT(YEAR FROM a."birth_date") - CASE WHEN EXTRACT(MONTH FROM CAST($2 AS date)) * 100 + EXTRACT(DAY FROM CAST($2 AS date)) < EXTRACT(MONTH FROM a."birth_date") * 100 + EXTRACT(DAY FROM a."birth_date") THEN 1 ELSE 0 END AS BIGINT)) AS "customer.2",
        CAST(sum(a."annual_income") FILTER (WHERE (NOT COALESCE(a."staff", FALSE))) AS numeric) AS "customer.3",
        CAST(sum(a."savings_goal") AS numeric) AS "customer.4"
    FROM r48 AS a
    GROUP BY a."customer_id"
),
r50 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        a."balance.1" AS "balance.1",
        a."txn.1" AS "txn.1",
        a."account.1" AS "account.1",
        a."account.2" AS "account.2",
        b."customer.1" AS "customer.1",
        b."customer.2" AS "customer.2",
        b."customer.3" AS "customer.3",
        b."customer.4" AS "customer.4"
    FROM r37 AS a
    LEFT JOIN r49 AS b ON a."customer_id" = b."customer_id"
),
r51 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        a."balance.1" AS "balance.1",
        a."txn.1" AS "txn.1",
        a."account.1" AS "account.1",
        a."account.2" AS "account.2",
        a."customer.1" AS "customer.1",
        a."customer.2" AS "customer.2",
        a."customer.3" AS "customer.3",
        a."customer.4" AS "customer.4",
        CAST(CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) * 2) + CAST($9 AS bigint)), NULLIF((CAST($9 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.1", CAST(0 AS numeric)) + sign(COALESCE(a."balance.1", CAST(0 AS numeric))) * abs(CAST(CAST($9 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($9 AS bigint) AS numeric), 0)) END AS bigint) AS "aum",
        CAST(COALESCE(a."txn.1", CAST(0 AS numeric)) AS bigint) AS "spent",
        COALESCE(a."account.1", 0) AS "accounts",
        COALESCE(a."customer.1", 0) AS "children",
        a."customer.2" AS "eldest",
        CAST(COALESCE(a."customer.3", CAST(0 AS numeric)) AS bigint) AS "income",
        CAST(COALESCE(a."customer.4", CAST(0 AS numeric)) AS bigint) AS "goal"
    FROM r50 AS a
    OFFSET 0
),
r52 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."customer.household" AS "customer.household",
        a."customer.members" AS "customer.members",
        a."customer.opened_on" AS "customer.opened_on",
        a."balance.1" AS "balance.1",
        a."txn.1" AS "txn.1",
        a."account.1" AS "account.1",
        a."account.2" AS "account.2",
        a."customer.1" AS "customer.1",
        a."customer.2" AS "customer.2",
        a."customer.3" AS "customer.3",
        a."customer.4" AS "customer.4",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."accounts" AS "accounts",
        a."children" AS "children",
        a."eldest" AS "eldest",
        a."income" AS "income",
        a."goal" AS "goal",
        CAST(div(2 * div(2 * (CAST(a."aum" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."aum" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(a."customer.members" AS numeric)), 2 * NULLIF(CAST(a."customer.members" AS numeric), 0)) + sign(div(2 * (CAST(a."aum" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."aum" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(a."customer.members" AS numeric)), 2 * NULLIF(CAST(a."customer.members" AS numeric), 0))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) AS bigint) AS "per_head"
    FROM r51 AS a
    OFFSET 0
)
SELECT CAST($10 AS bigint) AS "series",
        CAST($11 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."accounts" AS "accounts",
        a."children" AS "children",
        a."eldest" AS "eldest",
        a."income" AS "income",
        a."goal" AS "goal",
        a."per_head" AS "per_head",
        a."customer.members" AS "members",
        (COALESCE(a."account.2", 0) > 0) AS "has('loan')",
        a."customer.opened_on" AS "opened_on"
    FROM r52 AS a;

-- asset
-- $1 = run_id
-- $2 = previous_run:asset
-- $3 = previous_series:asset
-- $4 = as_of
-- $5 = period_start
-- $6 = since:3_months
-- $7 = tier_series:asset
INSERT INTO "tier_row_held" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score", "held", "pending", "standing", "fails", "fail_days", "best", "rises", "rise_days", "reached", "watch_since", "valid_until", "since", "reason", "cohort")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."aum" >= 5000000) THEN 1 ELSE CAST(2 AS bigint) END AS "tier",
        CASE WHEN (a."aum" >= 5000000) THEN 1 ELSE CAST(2 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score",
        -1 AS "cohort",
        CAST(NULL AS bigint) AS "opening",
        a."opened_on" AS "opened_on"
    FROM "metric_74e07cb84b027266" AS a
    WHERE (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CASE WHEN (a."held" = 1) THEN 1 WHEN (a."held" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "p_held",
        CASE WHEN (a."pending" = 1) THEN 1 WHEN (a."pending" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "p_pending",
        a."fails" AS "p_fails",
        a."fail_days" AS "p_fail_days",
        CASE WHEN (a."best" = 1) THEN 1 WHEN (a."best" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "p_best",
        a."rises" AS "p_rises",
        a."rise_days" AS "p_rise_days",
        CASE WHEN (a."reached" = 1) THEN 1 WHEN (a."reached" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "p_reached",
        a."watch_since" AS "p_watch",
        a."valid_until" AS "p_valid",
        a."since" AS "p_since"
    FROM "tier_state" AS a
    WHERE (a."held" IS NOT NULL) AND ((a."run_id" = CAST($2 AS bigint)) AND (a."scheme" = 'asset') AND (a."series" = CAST($3 AS bigint)))
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        b."p_held" AS "p_held",
        b."p_pending" AS "p_pending",
        b."p_fails" AS "p_fails",
        b."p_fail_days" AS "p_fail_days",
        b."p_best" AS "p_best",
        b."p_rises" AS "p_rises",
        b."p_rise_days" AS "p_rise_days",
        b."p_reached" AS "p_reached",
        b."p_watch" AS "p_watch",
        b."p_valid" AS "p_valid",
        b."p_since" AS "p_since"
    FROM r2 AS a
    LEFT JOIN r3 AS b ON a."customer_id" = b."customer_id"
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        CASE WHEN (a."earned" = 1) THEN 1 WHEN (a."earned" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "candidate"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        (a."p_held" IS NULL) AS "entry",
        CASE WHEN (NOT (a."p_held" IS NULL)) THEN COALESCE(a."p_pending", a."p_held") WHEN (a."candidate" IS NULL) THEN CAST(NULL AS bigint) WHEN (CAST($2 AS bigint) = 0) THEN a."candidate" ELSE COALESCE(a."opening", a."candidate") END AS "held_before",
        CASE WHEN (a."p_held" IS NULL) THEN 0 ELSE a."p_fails" END AS "start_fails",
        CASE WHEN (a."p_held" IS NULL) THEN 0 ELSE a."p_fail_days" END AS "start_fail_days",
        CASE WHEN (a."p_held" IS NULL) THEN CAST(NULL AS bigint) ELSE a."p_best" END AS "start_best",
        CASE WHEN (a."p_held" IS NULL) THEN 0 ELSE a."p_rises" END AS "start_rises",
        CASE WHEN (a."p_held" IS NULL) THEN 0 ELSE a."p_rise_days" END AS "start_rise_days",
        CASE WHEN (a."p_held" IS NULL) THEN CAST(NULL AS bigint) ELSE a."p_reached" END AS "start_reached",
        CASE WHEN (a."p_pending" IS NOT NULL) THEN CAST(NULL AS date) ELSE CASE WHEN (a."p_held" IS NULL) THEN CAST(NULL AS date) ELSE a."p_watch" END END AS "start_watch",
        CASE WHEN (a."p_held" IS NULL) THEN CAST($4 AS date) WHEN (a."p_pending" IS NOT NULL) THEN CAST($5 AS date) ELSE a."p_since" END AS "start_since"
    FROM r5 AS a
    OFFSET 0
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        CASE WHEN a."entry" THEN CAST(NULL AS date) ELSE a."p_valid" END AS "start_valid"
    FROM r6 AS a
    OFFSET 0
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        (COALESCE((a."candidate" > a."held_before"), FALSE) AND (NOT FALSE)) AS "failing",
        COALESCE((a."candidate" > a."held_before"), FALSE) AS "below",
        COALESCE((a."candidate" < a."held_before"), FALSE) AS "reaching",
        ((a."candidate" IS NOT NULL) AND TRUE) AS "up_day",
        ((a."candidate" IS NOT NULL) AND TRUE) AS "down_day",
        COALESCE((a."opened_on" >= CAST($6 AS date)), FALSE) AS "guarded",
        COALESCE((a."start_valid" < CAST($4 AS date)), TRUE) AS "lapsed",
        FALSE AS "graced",
        FALSE AS "has_validity"
    FROM r7 AS a
    OFFSET 0
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        CASE WHEN (a."failing" AND a."guarded") THEN 2 WHEN ((a."failing" AND a."has_validity") AND (NOT a."lapsed")) THEN 3 WHEN ((a."failing" AND a."has_validity") AND a."graced") THEN 4 ELSE CAST(0 AS bigint) END AS "shield",
        (a."failing" AND a."down_day" AND ((NOT a."guarded") OR FALSE)) AS "counted",
        (a."reaching" AND a."up_day") AS "counted_up"
    FROM r8 AS a
    OFFSET 0
),
r10 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        CASE WHEN a."down_day" THEN ((CAST(1 AS bigint) * (a."start_fail_days" - (CAST(div(CAST(a."start_fail_days" AS numeric), NULLIF(CAST(576460752303423488 AS numeric), 0)) AS bigint) * 576460752303423488)) * 2) + CASE WHEN a."counted" THEN 1 ELSE CAST(0 AS bigint) END) ELSE a."start_fail_days" END AS "fail_days",
        CASE WHEN a."up_day" THEN ((CAST(1 AS bigint) * (a."start_rise_days" - (CAST(div(CAST(a."start_rise_days" AS numeric), NULLIF(CAST(576460752303423488 AS numeric), 0)) AS bigint) * 576460752303423488)) * 2) + CASE WHEN a."counted_up" THEN 1 ELSE CAST(0 AS bigint) END) ELSE a."start_rise_days" END AS "rise_days"
    FROM r9 AS a
    OFFSET 0
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        CASE WHEN (a."candidate" IS NULL) THEN a."start_fails" ELSE CASE WHEN a."counted" THEN (a."start_fails" + 1) WHEN a."failing" THEN a."start_fails" WHEN TRUE THEN 0 ELSE a."start_fails" END END AS "fails",
        CASE WHEN (a."candidate" IS NULL) THEN a."start_rises" ELSE CASE WHEN a."counted_up" THEN (a."start_rises" + 1) WHEN a."up_day" THEN 0 ELSE a."start_rises" END END AS "rises"
    FROM r10 AS a
    OFFSET 0
),
r12 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        a."fails" AS "fails",
        a."rises" AS "rises",
        CASE WHEN (a."fails" = 0) THEN CAST(NULL AS bigint) WHEN a."counted" THEN LEAST(a."start_best", a."candidate") ELSE a."start_best" END AS "best",
        CASE WHEN (a."rises" = 0) THEN CAST(NULL AS bigint) WHEN a."counted_up" THEN GREATEST(a."start_reached", a."candidate") ELSE a."start_reached" END AS "reached"
    FROM r11 AS a
    OFFSET 0
),
r13 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        a."fails" AS "fails",
        a."rises" AS "rises",
        a."best" AS "best",
        a."reached" AS "reached",
        CASE WHEN (NOT (a."counted_up" AND (a."rises" >= 1))) THEN CAST(NULL AS bigint) WHEN (0 = 1) THEN a."candidate" WHEN (0 = 2) THEN (a."held_before" - 1) ELSE LEAST(a."reached", (a."held_before" - 1)) END AS "rise_to",
        CASE WHEN (NOT (a."counted" AND (a."shield" = 0) AND (a."fails" >= 3))) THEN CAST(NULL AS bigint) WHEN (0 = 1) THEN GREATEST(a."best", (a."held_before" + 1)) WHEN (0 = 2) THEN (a."held_before" + 1) ELSE a."candidate" END AS "fall_to"
    FROM r12 AS a
    OFFSET 0
),
r14 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        a."fails" AS "fails",
        a."rises" AS "rises",
        a."best" AS "best",
        a."reached" AS "reached",
        a."rise_to" AS "rise_to",
        a."fall_to" AS "fall_to",
        COALESCE(a."rise_to", a."fall_to") AS "goal",
        CASE WHEN (a."rise_to" IS NOT NULL) THEN FALSE ELSE FALSE END AS "later"
    FROM r13 AS a
    OFFSET 0
),
r15 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        a."fails" AS "fails",
        a."rises" AS "rises",
        a."best" AS "best",
        a."reached" AS "reached",
        a."rise_to" AS "rise_to",
        a."fall_to" AS "fall_to",
        a."goal" AS "goal",
        a."later" AS "later",
        CASE WHEN ((a."goal" IS NOT NULL) AND (NOT a."later")) THEN a."goal" ELSE a."held_before" END AS "level",
        CASE WHEN ((a."goal" IS NOT NULL) AND a."later") THEN a."goal" ELSE CAST(NULL AS bigint) END AS "next_level",
        (a."goal" IS NOT NULL) AS "moves",
        CASE WHEN (a."candidate" IS NULL) THEN (a."start_watch" IS NOT NULL) ELSE ((NOT ((a."goal" IS NOT NULL) AND (NOT a."later"))) AND (a."rise_to" IS NULL) AND (a."held_before" IS NOT NULL) AND (a."fails" >= 2147483647)) END AS "watched",
        CASE WHEN ((a."goal" IS NOT NULL) AND (NOT a."later")) THEN CAST($4 AS date) ELSE a."start_since" END AS "next_since",
        CASE WHEN (a."goal" IS NOT NULL) THEN CAST(NULL AS date) WHEN ((a."has_validity" AND (a."candidate" IS NOT NULL) AND (NOT a."below") AND (a."lapsed" OR FALSE)) AND (NOT a."entry")) THEN CAST(NULL AS date) ELSE a."start_valid" END AS "next_valid",
        CASE WHEN (a."candidate" IS NULL) THEN CAST(NULL AS bigint) WHEN (a."entry" AND (CAST($2 AS bigint) = 0)) THEN 1 WHEN (a."entry" AND FALSE) THEN 2 WHEN ((a."rise_to" IS NOT NULL) AND a."later") THEN 6 WHEN (a."rise_to" IS NOT NULL) THEN 5 WHEN ((a."fall_to" IS NOT NULL) AND a."later") THEN 10 WHEN (a."fall_to" IS NOT NULL) THEN 9 WHEN ((a."p_pending" IS NOT NULL) AND (a."p_pending" < a."p_held")) THEN 8 WHEN (a."p_pending" IS NOT NULL) THEN 11 WHEN a."entry" THEN 3 WHEN (a."shield" = 2) THEN 14 WHEN (a."shield" = 3) THEN 15 WHEN (a."shield" = 4) THEN 16 WHEN (a."failing" AND (NOT a."down_day")) THEN 13 WHEN a."failing" THEN 12 WHEN a."below" THEN 17 WHEN a."reaching" THEN 7 ELSE CAST(4 AS bigint) END AS "reason"
    FROM r14 AS a
    OFFSET 0
),
r16 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."cohort" AS "cohort",
        a."opening" AS "opening",
        a."opened_on" AS "opened_on",
        a."out" AS "out",
        a."earned" AS "earned",
        a."p_held" AS "p_held",
        a."p_pending" AS "p_pending",
        a."p_fails" AS "p_fails",
        a."p_fail_days" AS "p_fail_days",
        a."p_best" AS "p_best",
        a."p_rises" AS "p_rises",
        a."p_rise_days" AS "p_rise_days",
        a."p_reached" AS "p_reached",
        a."p_watch" AS "p_watch",
        a."p_valid" AS "p_valid",
        a."p_since" AS "p_since",
        a."candidate" AS "candidate",
        a."entry" AS "entry",
        a."held_before" AS "held_before",
        a."start_fails" AS "start_fails",
        a."start_fail_days" AS "start_fail_days",
        a."start_best" AS "start_best",
        a."start_rises" AS "start_rises",
        a."start_rise_days" AS "start_rise_days",
        a."start_reached" AS "start_reached",
        a."start_watch" AS "start_watch",
        a."start_since" AS "start_since",
        a."start_valid" AS "start_valid",
        a."failing" AS "failing",
        a."below" AS "below",
        a."reaching" AS "reaching",
        a."up_day" AS "up_day",
        a."down_day" AS "down_day",
        a."guarded" AS "guarded",
        a."lapsed" AS "lapsed",
        a."graced" AS "graced",
        a."has_validity" AS "has_validity",
        a."shield" AS "shield",
        a."counted" AS "counted",
        a."counted_up" AS "counted_up",
        a."fail_days" AS "fail_days",
        a."rise_days" AS "rise_days",
        a."fails" AS "fails",
        a."rises" AS "rises",
        a."best" AS "best",
        a."reached" AS "reached",
        a."rise_to" AS "rise_to",
        a."fall_to" AS "fall_to",
        a."goal" AS "goal",
        a."later" AS "later",
        a."level" AS "level",
        a."next_level" AS "next_level",
        a."moves" AS "moves",
        a."watched" AS "watched",
        a."next_since" AS "next_since",
        a."next_valid" AS "next_valid",
        a."reason" AS "reason",
        CASE WHEN a."out" THEN CAST(NULL AS bigint) ELSE CASE WHEN (CASE WHEN (a."candidate" IS NOT NULL) THEN a."level" ELSE CAST(NULL AS bigint) END = 1) THEN 1 WHEN (CASE WHEN (a."candidate" IS NOT NULL) THEN a."level" ELSE CAST(NULL AS bigint) END = 2) THEN 2 ELSE CAST(NULL AS bigint) END END AS "shown"
    FROM r15 AS a
    OFFSET 0
),
r17 AS NOT MATERIALIZED (
    SELECT CAST($1 AS bigint) AS "run_id",
        'asset' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."shown" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."shown" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score",
        CASE WHEN (a."level" = 1) THEN 1 WHEN (a."level" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "held",
        CASE WHEN (a."next_level" = 1) THEN 1 WHEN (a."next_level" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "pending",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN (a."shield" <> 0) THEN a."shield" WHEN a."watched" THEN 1 ELSE CAST(0 AS bigint) END AS "standing",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."fails" END AS "fails",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."fail_days" END AS "fail_days",
        CASE WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."best" END = 1) THEN 1 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."best" END = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "best",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."rises" END AS "rises",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."rise_days" END AS "rise_days",
        CASE WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."reached" END = 1) THEN 1 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."reached" END = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "reached",
        CASE WHEN a."watched" THEN COALESCE(a."start_watch", CAST($4 AS date)) ELSE CAST(NULL AS date) END AS "watch_since",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS date) ELSE a."next_valid" END AS "valid_until",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS date) ELSE a."next_since" END AS "since",
        a."reason" AS "reason",
        a."cohort" AS "cohort"
    FROM r16 AS a
    OFFSET 0
)
SELECT CAST($7 AS bigint) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."fail_days" AS "fail_days",
        a."best" AS "best",
        a."rises" AS "rises",
        a."rise_days" AS "rise_days",
        a."reached" AS "reached",
        a."watch_since" AS "watch_since",
        a."valid_until" AS "valid_until",
        a."since" AS "since",
        a."reason" AS "reason",
        a."cohort" AS "cohort"
    FROM r17 AS a;

-- life
-- $1 = run_id
-- $2 = tier_series:life
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN ((a."members" >= 4) OR (a."children" > 1)) THEN 3 WHEN a."has('loan')" THEN 4 ELSE CAST(5 AS bigint) END AS "tier",
        CASE WHEN ((a."members" >= 4) OR (a."children" > 1)) THEN 1 WHEN a."has('loan')" THEN 2 ELSE CAST(3 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_74e07cb84b027266" AS a
    WHERE (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT CAST($1 AS bigint) AS "run_id",
        'life' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r2 AS a
    OFFSET 0
)
SELECT CAST($2 AS bigint) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r3 AS a;
