CREATE TABLE "metric_ebc33818bd015b0a_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "aum" bigint, "household" text, "balance.1" bigint, "balance.2" bigint);
CREATE TABLE "metric_ebc33818bd015b0a_run" ("series" bigint, "run_id" bigint, "derives" boolean);
CREATE VIEW "metric_ebc33818bd015b0a" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."household" AS "household",
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2"
    FROM "metric_ebc33818bd015b0a_row" AS a
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
        b."household" AS "household",
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2"
    FROM "metric_ebc33818bd015b0a_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."household" AS "household",
        CAST(a."balance.1" AS numeric) AS "balance.1",
        CAST(a."balance.2" AS numeric) AS "balance.2"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_ebc33818bd015b0a_run" ("series", "run_id", "derives")
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
-- $6 = 1_month:days
-- $7 = metric_series
-- $8 = run_id
INSERT INTO "metric_ebc33818bd015b0a_row" ("series", "run_id", "until_run", "customer_id", "status", "aum", "household", "balance.1", "balance.2")
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
        a."kind" AS "customer.kind",
        a."birth_date" AS "customer.birth_date",
        a."gender" AS "customer.gender",
        a."region" AS "customer.region",
        a."branch" AS "customer.branch",
        a."occupation" AS "customer.occupation",
        a."industry" AS "customer.industry",
        a."annual_income" AS "customer.annual_income",
        a."risk_level" AS "customer.risk_level",
        a."risk_assessed_on" AS "customer.risk_assessed_on",
        a."opened_on" AS "customer.opened_on",
        a."household" AS "customer.household",
        a."status" AS "status",
        a."household_role" AS "customer.household_role"
    FROM r8 AS a
),
r10 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount"
    FROM "balance" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (a."on_date" <= CAST($2 AS date)))
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        lead(a."on_date") OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."on_date") AS "next_on"
    FROM r10 AS a
),
r12 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."next_on" AS "next_on"
    FROM r11 AS a
    WHERE ((a."next_on" IS NULL) OR (a."next_on" > CAST($3 AS date)))
),
r13 AS NOT MATERIALIZED (
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
        a."until_load" AS "until_load"
    FROM "holding" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r14 AS NOT MATERIALIZED (
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
    FROM r12 AS a
    JOIN r13 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r15 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($4 AS date)) - GREATEST(a."start_on", CAST($5 AS date))) AS bigint) AS numeric))) FILTER (WHERE ((a."end_on" > CAST($5 AS date)) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.1",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE (a."end_on" >= CAST($4 AS date))) AS numeric) AS "balance.2"
    FROM r14 AS a
    WHERE (a."start_on" < CAST($4 AS date)) AND ((a."end_on" > CAST($3 AS date)) AND (a."start_on" < a."end_on"))
    GROUP BY a."customer_id"
),
r16 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."customer.kind" AS "customer.kind",
        a."customer.birth_date" AS "customer.birth_date",
        a."customer.gender" AS "customer.gender",
        a."customer.region" AS "customer.region",
        a."customer.branch" AS "customer.branch",
        a."customer.occupation" AS "customer.occupation",
        a."customer.industry" AS "customer.industry",
        a."customer.annual_income" AS "customer.annual_income",
        a."customer.risk_level" AS "customer.risk_level",
        a."customer.risk_assessed_on" AS "customer.risk_assessed_on",
        a."customer.opened_on" AS "customer.opened_on",
        a."customer.household" AS "customer.household",
        a."status" AS "status",
        a."customer.household_role" AS "customer.household_role",
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2"
    FROM r9 AS a
    LEFT JOIN r15 AS b ON a."customer_id" = b."customer_id"
),
r17 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."customer.kind" AS "customer.kind",
        a."customer.birth_date" AS "customer.birth_date",
        a."customer.gender" AS "customer.gender",
        a."customer.region" AS "customer.region",
        a."customer.branch" AS "customer.branch",
        a."customer.occupation" AS "customer.occupation",
        a."customer.industry" AS "customer.industry",
        a."customer.annual_income" AS "customer.annual_income",
        a."customer.risk_level" AS "customer.risk_level",
        a."customer.risk_assessed_on" AS "customer.risk_assessed_on",
        a."customer.opened_on" AS "customer.opened_on",
        a."customer.household" AS "customer.household",
        a."status" AS "status",
        a."customer.household_role" AS "customer.household_role",
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        CAST(CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) * 2) + CAST($6 AS bigint)), NULLIF((CAST($6 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.1", CAST(0 AS numeric)) + sign(COALESCE(a."balance.1", CAST(0 AS numeric))) * abs(CAST(CAST($6 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($6 AS bigint) AS numeric), 0)) END AS bigint) AS "aum"
    FROM r16 AS a
    OFFSET 0
)
SELECT CAST($7 AS bigint) AS "series",
        CAST($8 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."customer.household" AS "household",
        CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.1",
        CASE WHEN ((COALESCE(a."balance.2", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.2", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.2", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.2"
    FROM r17 AS a;

-- asset
-- $1 = run_id
-- $2 = tier_series:asset
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score", "shared_from")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."aum" >= 5000000) THEN 1 ELSE CAST(2 AS bigint) END AS "tier",
        CASE WHEN (a."aum" >= 5000000) THEN 1 ELSE CAST(2 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score",
        a."household" AS "household",
        TRUE AS "gives",
        TRUE AS "takes"
    FROM "metric_ebc33818bd015b0a" AS a
    WHERE (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        CASE WHEN (a."earned" = 1) THEN 1 WHEN (a."earned" = 2) THEN 2 ELSE CAST(NULL AS bigint) END AS "own"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        a."own" AS "own"
    FROM r3 AS a
    WHERE (a."gives" AND (a."own" IS NOT NULL) AND (a."household" IS NOT NULL))
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."own" AS "own",
        b."source_id" AS "source_id"
    FROM r4 AS a
    JOIN "customer_key" AS b ON a."customer_id" = b."customer_id"
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."household" AS "household",
        a."own" AS "own",
        a."source_id" AS "source_id",
        row_number() OVER (PARTITION BY a."household" ORDER BY a."own", a."source_id") AS "place"
    FROM r5 AS a
),
r7 AS NOT MATERIALIZED (
    SELECT a."household" AS "household",
        a."own" AS "best_level",
        a."customer_id" AS "best_member"
    FROM r6 AS a
    WHERE (a."place" = 1)
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        a."own" AS "own",
        b."best_level" AS "best_level",
        b."best_member" AS "best_member"
    FROM r3 AS a
    LEFT JOIN r7 AS b ON a."household" = b."household"
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        a."own" AS "own",
        a."best_level" AS "best_level",
        a."best_member" AS "best_member",
        CASE WHEN (a."takes" AND (a."best_level" IS NOT NULL) AND (a."best_level" < a."own")) THEN a."best_level" ELSE a."own" END AS "lifted"
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
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        a."own" AS "own",
        a."best_level" AS "best_level",
        a."best_member" AS "best_member",
        a."lifted" AS "lifted",
        a."lifted" AS "seen",
        a."own" AS "seen_alone"
    FROM r9 AS a
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        a."household" AS "household",
        a."gives" AS "gives",
        a."takes" AS "takes",
        a."out" AS "out",
        a."earned" AS "earned",
        a."own" AS "own",
        a."best_level" AS "best_level",
        a."best_member" AS "best_member",
        a."lifted" AS "lifted",
        a."seen" AS "seen",
        a."seen_alone" AS "seen_alone",
        CASE WHEN a."out" THEN CAST(NULL AS bigint) ELSE CASE WHEN (a."seen" = 1) THEN 1 WHEN (a."seen" = 2) THEN 2 ELSE CAST(NULL AS bigint) END END AS "shown"
    FROM r10 AS a
    OFFSET 0
),
r12 AS NOT MATERIALIZED (
    SELECT CAST($1 AS bigint) AS "run_id",
        'asset' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."shown" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."shown" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score",
        CASE WHEN ((NOT a."out") AND (a."seen" < a."seen_alone")) THEN a."best_member" ELSE CAST(NULL AS bigint) END AS "shared_from"
    FROM r11 AS a
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
        a."score" AS "score",
        a."shared_from" AS "shared_from"
    FROM r12 AS a;
