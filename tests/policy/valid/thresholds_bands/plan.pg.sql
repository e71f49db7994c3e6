CREATE TABLE "metric_aee55c9175b54d3e_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "aum" bigint, "recency" bigint, "frequency" bigint, "monetary" bigint, "opened_on" date, "balance.1" bigint, "balance.2" bigint, "txn.1" date, "txn.2" bigint, "txn.3" bigint);
CREATE TABLE "metric_aee55c9175b54d3e_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" bigint, "day:2" date);
CREATE VIEW "metric_aee55c9175b54d3e" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."opened_on" AS "opened_on",
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3"
    FROM "metric_aee55c9175b54d3e_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        a."day:1" AS "day:1",
        a."day:2" AS "day:2",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."aum" AS "aum",
        b."recency" AS "recency",
        b."frequency" AS "frequency",
        b."monetary" AS "monetary",
        b."opened_on" AS "opened_on",
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2",
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2",
        b."txn.3" AS "txn.3"
    FROM "metric_aee55c9175b54d3e_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.2" >= -4398046511104) AND (a."balance.2" <= 4398046511104)))) THEN CASE WHEN ((COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((a."balance.1" IS NOT NULL) AND (a."balance.2" IS NOT NULL))) THEN CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) ELSE a."aum" END AS "aum",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST((a."day:2" - a."txn.1") AS bigint) ELSE a."recency" END AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."opened_on" AS "opened_on",
        (CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))) AS "balance.1",
        CAST(a."balance.2" AS numeric) AS "balance.2",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        CAST(a."txn.3" AS numeric) AS "txn.3"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = 1_month:days
-- $3 = as_of
-- $4 = run_id
INSERT INTO "metric_aee55c9175b54d3e_run" ("series", "run_id", "derives", "day:1", "day:2")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives",
        CAST($2 AS bigint) AS "day:1",
        CAST($3 AS date) AS "day:2"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($4 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = balance_from
-- $4 = 1_month:next
-- $5 = 1_month:from
-- $6 = history_from
-- $7 = all:txn:from
-- $8 = all:txn:next
-- $9 = 12_months:txn:from
-- $10 = 12_months:txn:next
-- $11 = 1_month:days
-- $12 = metric_series
-- $13 = run_id
INSERT INTO "metric_aee55c9175b54d3e_row" ("series", "run_id", "until_run", "customer_id", "status", "aum", "recency", "frequency", "monetary", "opened_on", "balance.1", "balance.2", "txn.1", "txn.2", "txn.3")
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
        a."status" AS "status"
    FROM r4 AS a
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount"
    FROM "balance" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (a."on_date" <= CAST($2 AS date)))
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        lead(a."on_date") OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."on_date") AS "next_on"
    FROM r6 AS a
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."next_on" AS "next_on"
    FROM r7 AS a
    WHERE ((a."next_on" IS NULL) OR (a."next_on" > CAST($3 AS date)))
),
r9 AS NOT MATERIALIZED (
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
r10 AS NOT MATERIALIZED (
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
    FROM r8 AS a
    JOIN r9 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($4 AS date)) - GREATEST(a."start_on", CAST($5 AS date))) AS bigint) AS numeric))) FILTER (WHERE ((a."end_on" > CAST($5 AS date)) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.1",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE (a."end_on" >= CAST($4 AS date))) AS numeric) AS "balance.2"
    FROM r10 AS a
    WHERE (a."start_on" < CAST($4 AS date)) AND ((a."end_on" > CAST($3 AS date)) AND (a."start_on" < a."end_on"))
    GROUP BY a."customer_id"
),
r12 AS NOT MATERIALIZED (
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
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2"
    FROM r5 AS a
    LEFT JOIN r11 AS b ON a."customer_id" = b."customer_id"
),
r13 AS NOT MATERIALIZED (
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
r14 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        max(a."on_date") FILTER (WHERE ((a."on_date" >= CAST($7 AS date)) AND (a."on_date" < CAST($8 AS date)))) AS "txn.1",
        count(*) FILTER (WHERE ((a."on_date" >= CAST($9 AS date)) AND (a."on_date" < CAST($10 AS date)))) AS "txn.2",
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($9 AS date)) AND (a."on_date" < CAST($10 AS date)))) AS numeric) AS "txn.3"
    FROM r13 AS a
    GROUP BY a."customer_id"
),
r15 AS NOT MATERIALIZED (
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
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2",
        b."txn.3" AS "txn.3"
    FROM r12 AS a
    LEFT JOIN r14 AS b ON a."customer_id" = b."customer_id"
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
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        CAST(CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) * 2) + CAST($11 AS bigint)), NULLIF((CAST($11 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.1", CAST(0 AS numeric)) + sign(COALESCE(a."balance.1", CAST(0 AS numeric))) * abs(CAST(CAST($11 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($11 AS bigint) AS numeric), 0)) END AS bigint) AS "aum",
        CAST((CAST($2 AS date) - a."txn.1") AS bigint) AS "recency",
        COALESCE(a."txn.2", 0) AS "frequency",
        CAST(COALESCE(a."txn.3", CAST(0 AS numeric)) AS bigint) AS "monetary"
    FROM r15 AS a
    OFFSET 0
)
SELECT CAST($12 AS bigint) AS "series",
        CAST($13 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."customer.opened_on" AS "opened_on",
        CASE WHEN ((COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.1",
        CASE WHEN ((COALESCE(a."balance.2", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.2", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.2", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.2",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        CASE WHEN ((COALESCE(a."txn.3", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.3", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.3", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.3"
    FROM r16 AS a;

-- asset
-- $1 = run_id
-- $2 = tier_series:asset
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."aum" >= 600000000) THEN 1 WHEN (a."aum" >= 5000001) THEN 2 ELSE CAST(3 AS bigint) END AS "tier",
        CASE WHEN (a."aum" >= 600000000) THEN 1 WHEN (a."aum" >= 5000001) THEN 2 ELSE CAST(3 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_aee55c9175b54d3e" AS a
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
        'asset' AS "scheme",
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

-- idle
-- $1 = run_id
-- $2 = tier_series:idle
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."recency" IS NULL) THEN 6 WHEN (a."recency" >= 180) THEN 4 WHEN (a."recency" >= 0) THEN 5 ELSE CAST(6 AS bigint) END AS "tier",
        CASE WHEN (a."recency" IS NULL) THEN 0 WHEN (a."recency" >= 180) THEN 1 WHEN (a."recency" >= 0) THEN 2 ELSE CAST(3 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_aee55c9175b54d3e" AS a
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
        'idle' AS "scheme",
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

-- vintage
-- $1 = run_id
-- $2 = tier_series:vintage
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."opened_on" IS NULL) THEN CAST(NULL AS bigint) WHEN (a."opened_on" >= DATE '2024-01-01') THEN 7 ELSE CAST(8 AS bigint) END AS "tier",
        CASE WHEN (a."opened_on" IS NULL) THEN 0 WHEN (a."opened_on" >= DATE '2024-01-01') THEN 1 ELSE CAST(2 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_aee55c9175b54d3e" AS a
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
        'vintage' AS "scheme",
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
