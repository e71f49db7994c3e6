CREATE TABLE "metric_20631774daf9c9fb_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "aum" bigint, "out" bigint, "habit" bigint, "region" text, "birth_date" date, "balance.1" bigint, "balance.2" bigint, "txn.1" bigint, "txn.2" bigint);
CREATE TABLE "metric_20631774daf9c9fb_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" bigint);
CREATE VIEW "metric_20631774daf9c9fb" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."out" AS "out",
        a."habit" AS "habit",
        a."region" AS "region",
        a."birth_date" AS "birth_date",
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2"
    FROM "metric_20631774daf9c9fb_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        a."day:1" AS "day:1",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."aum" AS "aum",
        b."out" AS "out",
        b."habit" AS "habit",
        b."region" AS "region",
        b."birth_date" AS "birth_date",
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2",
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2"
    FROM "metric_20631774daf9c9fb_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.2" >= -4398046511104) AND (a."balance.2" <= 4398046511104)))) THEN CASE WHEN ((COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.2" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((a."balance.1" IS NOT NULL) AND (a."balance.2" IS NOT NULL))) THEN CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) ELSE a."aum" END AS "aum",
        a."out" AS "out",
        a."habit" AS "habit",
        a."region" AS "region",
        a."birth_date" AS "birth_date",
        (CAST(a."balance.1" AS numeric) + (CAST(a."balance.2" AS numeric) * CAST(a."day:1" AS numeric))) AS "balance.1",
        CAST(a."balance.2" AS numeric) AS "balance.2",
        CAST(a."txn.1" AS numeric) AS "txn.1",
        CAST(a."txn.2" AS numeric) AS "txn.2"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = 1_month:days
-- $3 = run_id
INSERT INTO "metric_20631774daf9c9fb_run" ("series", "run_id", "derives", "day:1")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives",
        CAST($2 AS bigint) AS "day:1"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($3 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = balance_from
-- $4 = 1_month:next
-- $5 = 1_month:from
-- $6 = history_from
-- $7 = 1_month:txn:from
-- $8 = 1_month:txn:next
-- $9 = previous_3_months:txn:from
-- $10 = previous_3_months:txn:next
-- $11 = 1_month:days
-- $12 = metric_series
-- $13 = run_id
INSERT INTO "metric_20631774daf9c9fb_row" ("series", "run_id", "until_run", "customer_id", "status", "aum", "out", "habit", "region", "birth_date", "balance.1", "balance.2", "txn.1", "txn.2")
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
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($7 AS date)) AND (a."on_date" < CAST($8 AS date)))) AS numeric) AS "txn.1",
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($9 AS date)) AND (a."on_date" < CAST($10 AS date)))) AS numeric) AS "txn.2"
    FROM r13 AS a
    WHERE (a."amount" < 0)
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
        b."txn.2" AS "txn.2"
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
        CAST(CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) * 2) + CAST($11 AS bigint)), NULLIF((CAST($11 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.1", CAST(0 AS numeric)) + sign(COALESCE(a."balance.1", CAST(0 AS numeric))) * abs(CAST(CAST($11 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($11 AS bigint) AS numeric), 0)) END AS bigint) AS "aum",
        CAST(COALESCE(a."txn.1", CAST(0 AS numeric)) AS bigint) AS "out",
        CAST(div(2 * div(2 * (COALESCE(a."txn.2", CAST(0 AS numeric)) * CAST(1000000 AS numeric)) + sign((COALESCE(a."txn.2", CAST(0 AS numeric)) * CAST(1000000 AS numeric))) * abs(CAST(3 AS numeric)), 2 * NULLIF(CAST(3 AS numeric), 0)) + sign(div(2 * (COALESCE(a."txn.2", CAST(0 AS numeric)) * CAST(1000000 AS numeric)) + sign((COALESCE(a."txn.2", CAST(0 AS numeric)) * CAST(1000000 AS numeric))) * abs(CAST(3 AS numeric)), 2 * NULLIF(CAST(3 AS numeric), 0))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) AS bigint) AS "habit"
    FROM r15 AS a
    OFFSET 0
)
SELECT CAST($12 AS bigint) AS "series",
        CAST($13 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."out" AS "out",
        a."habit" AS "habit",
        a."customer.region" AS "region",
        a."customer.birth_date" AS "birth_date",
        CASE WHEN ((COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.2", CAST(0 AS numeric)) * CAST(CAST($11 AS bigint) AS numeric))), CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.1",
        CASE WHEN ((COALESCE(a."balance.2", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.2", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.2", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.2",
        CASE WHEN ((COALESCE(a."txn.1", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.1", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.1", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.1",
        CASE WHEN ((COALESCE(a."txn.2", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.2", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.2", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.2"
    FROM r16 AS a;

-- rank: cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."aum" AS "value"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."aum" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."value" AS "value",
        count(*) AS "n"
    FROM r1 AS a
    GROUP BY a."value"
),
r3 AS NOT MATERIALIZED (
    SELECT a."value" AS "value",
        a."n" AS "n",
        CAST(sum(a."n") OVER (ORDER BY a."value") AS numeric(38,0)) AS "cumulated",
        CAST(sum(a."n") OVER () AS numeric(38,0)) AS "total"
    FROM r2 AS a
)
SELECT min(a."value") FILTER (WHERE (((a."total" - a."cumulated") * CAST(100000000 AS numeric)) < (a."total" * CAST(10000000 AS numeric)))) AS "top"
    FROM r3 AS a;

-- asset
-- $1 = run_id
-- $2 = previous_run:asset
-- $3 = previous_series:asset
-- $4 = as_of
-- $5 = period_start
-- $6 = rates:quarter
-- $7 = tier_series:asset
INSERT INTO "tier_row_held" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score", "held", "pending", "standing", "fails", "fail_days", "best", "rises", "rise_days", "reached", "watch_since", "valid_until", "since", "reason", "cohort")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."aum" >= 50000000) THEN 1 WHEN (a."aum" >= 5000000) THEN 2 ELSE CAST(3 AS bigint) END AS "tier",
        CASE WHEN (a."aum" >= 50000000) THEN 1 WHEN (a."aum" >= 5000000) THEN 2 ELSE CAST(3 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score",
        CASE WHEN (a."region" = 'north') THEN 0 ELSE CAST(-1 AS bigint) END AS "cohort",
        CASE WHEN (a."region" = 'north') THEN CAST(NULL AS bigint) ELSE CAST(NULL AS bigint) END AS "opening"
    FROM "metric_20631774daf9c9fb" AS a
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
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CASE WHEN (a."held" = 1) THEN 1 WHEN (a."held" = 2) THEN 2 WHEN (a."held" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "p_held",
        CASE WHEN (a."pending" = 1) THEN 1 WHEN (a."pending" = 2) THEN 2 WHEN (a."pending" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "p_pending",
        a."fails" AS "p_fails",
        a."fail_days" AS "p_fail_days",
        CASE WHEN (a."best" = 1) THEN 1 WHEN (a."best" = 2) THEN 2 WHEN (a."best" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "p_best",
        a."rises" AS "p_rises",
        a."rise_days" AS "p_rise_days",
        CASE WHEN (a."reached" = 1) THEN 1 WHEN (a."reached" = 2) THEN 2 WHEN (a."reached" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "p_reached",
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
        CASE WHEN (a."earned" = 1) THEN 1 WHEN (a."earned" = 2) THEN 2 WHEN (a."earned" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "candidate"
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
        ((a."candidate" IS NOT NULL) AND CASE WHEN (a."cohort" = 0) THEN FALSE ELSE CASE WHEN (a."held_before" = 1) THEN CAST($6 AS boolean) ELSE TRUE END END) AS "down_day",
        FALSE AS "guarded",
        COALESCE((a."start_valid" < (CAST($4 AS date) + CAST(1 AS integer))), TRUE) AS "lapsed",
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
        CASE WHEN (NOT (a."counted" AND (a."shield" = 0) AND (a."fails" >= CASE WHEN (a."held_before" = 1) THEN 4 ELSE CAST(3 AS bigint) END))) THEN CAST(NULL AS bigint) WHEN (0 = 1) THEN GREATEST(a."best", (a."held_before" + 1)) WHEN (0 = 2) THEN (a."held_before" + 1) ELSE a."candidate" END AS "fall_to"
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
        CASE WHEN (a."rise_to" IS NOT NULL) THEN FALSE ELSE TRUE END AS "later"
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
        CASE WHEN (a."candidate" IS NULL) THEN (a."start_watch" IS NOT NULL) ELSE ((NOT ((a."goal" IS NOT NULL) AND (NOT a."later"))) AND (a."rise_to" IS NULL) AND (a."held_before" IS NOT NULL) AND (a."fails" >= 1)) END AS "watched",
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
        CASE WHEN a."out" THEN CAST(NULL AS bigint) ELSE CASE WHEN (CASE WHEN (a."candidate" IS NOT NULL) THEN a."level" ELSE CAST(NULL AS bigint) END = 1) THEN 1 WHEN (CASE WHEN (a."candidate" IS NOT NULL) THEN a."level" ELSE CAST(NULL AS bigint) END = 2) THEN 2 WHEN (CASE WHEN (a."candidate" IS NOT NULL) THEN a."level" ELSE CAST(NULL AS bigint) END = 3) THEN 3 ELSE CAST(NULL AS bigint) END END AS "shown"
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
        CASE WHEN (a."level" = 1) THEN 1 WHEN (a."level" = 2) THEN 2 WHEN (a."level" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "held",
        CASE WHEN (a."next_level" = 1) THEN 1 WHEN (a."next_level" = 2) THEN 2 WHEN (a."next_level" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "pending",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN (a."shield" <> 0) THEN a."shield" WHEN a."watched" THEN 1 ELSE CAST(0 AS bigint) END AS "standing",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."fails" END AS "fails",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."fail_days" END AS "fail_days",
        CASE WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."best" END = 1) THEN 1 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."best" END = 2) THEN 2 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."best" END = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "best",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."rises" END AS "rises",
        CASE WHEN (a."held_before" IS NULL) THEN CAST(NULL AS bigint) WHEN a."moves" THEN 0 ELSE a."rise_days" END AS "rise_days",
        CASE WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."reached" END = 1) THEN 1 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."reached" END = 2) THEN 2 WHEN (CASE WHEN a."moves" THEN CAST(NULL AS bigint) ELSE a."reached" END = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "reached",
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

-- rank
-- $1 = rank:top
-- $2 = run_id
-- $3 = tier_series:rank
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."aum" >= CAST($1 AS bigint)) THEN 4 ELSE CAST(5 AS bigint) END AS "tier",
        CASE WHEN (a."aum" >= CAST($1 AS bigint)) THEN 1 ELSE CAST(2 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."run_id" = CAST($2 AS bigint))
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
    SELECT CAST($2 AS bigint) AS "run_id",
        'rank' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r2 AS a
    OFFSET 0
)
SELECT CAST($3 AS bigint) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r3 AS a;

-- signal near
-- $1 = run_id
-- $2 = tier_series:asset
-- $3 = signal_run
-- $4 = as_of
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."aum" AS "amount"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort"
    FROM "tier_state" AS a
    WHERE (a."status" = 0) AND ((a."run_id" = CAST($1 AS bigint)) AND (a."scheme" = 'asset') AND (a."series" = CAST($2 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        b."candidate" AS "candidate",
        b."score" AS "score",
        b."held" AS "held",
        b."pending" AS "pending",
        b."standing" AS "standing",
        b."fails" AS "fails",
        b."cohort" AS "cohort"
    FROM r1 AS a
    JOIN r2 AS b ON a."customer_id" = b."customer_id"
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        CASE WHEN (COALESCE(a."pending", a."held") = 1) THEN 1 WHEN (COALESCE(a."pending", a."held") = 2) THEN 2 WHEN (COALESCE(a."pending", a."held") = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "level"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        (a."level" - 1) AS "goal"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        a."goal" AS "goal",
        CASE WHEN (a."goal" = 1) THEN 50000000 WHEN (a."goal" = 2) THEN 5000000 ELSE CAST(NULL AS bigint) END AS "threshold"
    FROM r5 AS a
    OFFSET 0
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CASE WHEN (a."goal" = 1) THEN 1 WHEN (a."goal" = 2) THEN 2 WHEN (a."goal" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "tier",
        a."amount" AS "value",
        a."threshold" AS "threshold"
    FROM r6 AS a
    WHERE (((CAST(a."threshold" AS numeric) - CAST(a."amount" AS numeric)) > CAST(0 AS numeric)) AND (((CAST(a."threshold" AS numeric) - CAST(a."amount" AS numeric)) * CAST(100000000 AS numeric)) <= (CAST(a."threshold" AS numeric) * CAST(5000000 AS numeric))))
    OFFSET 0
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($3 AS bigint)) AND (a."name" = 'near'))
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r7 AS a
    LEFT JOIN r8 AS b ON a."customer_id" = b."customer_id" AND a."tier" = b."tier"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'near' AS "name",
        'near_tier' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        'asset' AS "scheme",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        CAST(NULL AS date) AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($4 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($4 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r9 AS a;

-- signal slipping
-- $1 = run_id
-- $2 = tier_series:asset
-- $3 = signal_run
-- $4 = as_of
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."aum" AS "amount"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."out" > 0) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort"
    FROM "tier_state" AS a
    WHERE (a."status" = 0) AND ((a."run_id" = CAST($1 AS bigint)) AND (a."scheme" = 'asset') AND (a."series" = CAST($2 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        b."candidate" AS "candidate",
        b."score" AS "score",
        b."held" AS "held",
        b."pending" AS "pending",
        b."standing" AS "standing",
        b."fails" AS "fails",
        b."cohort" AS "cohort"
    FROM r1 AS a
    JOIN r2 AS b ON a."customer_id" = b."customer_id"
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        CASE WHEN (COALESCE(a."pending", a."held") = 1) THEN 1 WHEN (COALESCE(a."pending", a."held") = 2) THEN 2 WHEN (COALESCE(a."pending", a."held") = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "level"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        a."level" AS "goal"
    FROM r4 AS a
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        a."goal" AS "goal",
        CASE WHEN (a."goal" = 1) THEN 50000000 WHEN (a."goal" = 2) THEN 5000000 ELSE CAST(NULL AS bigint) END AS "threshold"
    FROM r5 AS a
    OFFSET 0
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CASE WHEN (a."goal" = 1) THEN 1 WHEN (a."goal" = 2) THEN 2 WHEN (a."goal" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "tier",
        a."amount" AS "value",
        a."threshold" AS "threshold"
    FROM r6 AS a
    WHERE (((CAST(a."amount" AS numeric) - CAST(a."threshold" AS numeric)) >= CAST(0 AS numeric)) AND ((CAST(a."amount" AS numeric) - CAST(a."threshold" AS numeric)) <= CAST(100050 AS numeric)))
    OFFSET 0
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($3 AS bigint)) AND (a."name" = 'slipping'))
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r7 AS a
    LEFT JOIN r8 AS b ON a."customer_id" = b."customer_id" AND a."tier" = b."tier"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'slipping' AS "name",
        'near_tier' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        'asset' AS "scheme",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        CAST(NULL AS date) AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($4 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($4 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r9 AS a;

-- signal near_top
-- $1 = run_id
-- $2 = tier_series:rank
-- $3 = rank:top
-- $4 = signal_run
-- $5 = as_of
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."aum" AS "amount"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort"
    FROM "tier_state" AS a
    WHERE (a."status" = 0) AND ((a."run_id" = CAST($1 AS bigint)) AND (a."scheme" = 'rank') AND (a."series" = CAST($2 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        b."candidate" AS "candidate",
        b."score" AS "score",
        b."held" AS "held",
        b."pending" AS "pending",
        b."standing" AS "standing",
        b."fails" AS "fails",
        b."cohort" AS "cohort"
    FROM r1 AS a
    JOIN r2 AS b ON a."customer_id" = b."customer_id"
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        CASE WHEN (a."candidate" = 4) THEN 1 WHEN (a."candidate" = 5) THEN 2 ELSE CAST(NULL AS bigint) END AS "level"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        (a."level" - 1) AS "goal"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        a."level" AS "level",
        a."goal" AS "goal",
        CASE WHEN (a."goal" = 1) THEN CAST($3 AS bigint) ELSE CAST(NULL AS bigint) END AS "threshold"
    FROM r5 AS a
    OFFSET 0
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CASE WHEN (a."goal" = 1) THEN 4 WHEN (a."goal" = 2) THEN 5 ELSE CAST(NULL AS bigint) END AS "tier",
        a."amount" AS "value",
        a."threshold" AS "threshold"
    FROM r6 AS a
    WHERE (((CAST(a."threshold" AS numeric) - CAST(a."amount" AS numeric)) > CAST(0 AS numeric)) AND ((CAST(a."threshold" AS numeric) - CAST(a."amount" AS numeric)) <= CAST(1000000 AS numeric)))
    OFFSET 0
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($4 AS bigint)) AND (a."name" = 'near_top'))
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r7 AS a
    LEFT JOIN r8 AS b ON a."customer_id" = b."customer_id" AND a."tier" = b."tier"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'near_top' AS "name",
        'near_tier' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        'rank' AS "scheme",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        CAST(NULL AS date) AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($5 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($5 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r9 AS a;

-- signal watched
-- $1 = run_id
-- $2 = tier_series:asset
-- $3 = rating_day:quarter:0:next
-- $4 = rating_day:quarter:1:next
-- $5 = rating_day:quarter:2:next
-- $6 = rating_day:quarter:3:next
-- $7 = rating_day:every_period:0:next
-- $8 = rating_day:every_period:1:next
-- $9 = rating_day:every_period:2:next
-- $10 = signal_run
-- $11 = as_of
-- $12 = period_start
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."aum" AS "amount"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort"
    FROM "tier_state" AS a
    WHERE (a."status" = 0) AND ((a."run_id" = CAST($1 AS bigint)) AND (a."scheme" = 'asset') AND (a."series" = CAST($2 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        b."candidate" AS "candidate",
        b."score" AS "score",
        b."held" AS "held",
        b."pending" AS "pending",
        b."standing" AS "standing",
        b."fails" AS "fails",
        b."cohort" AS "cohort"
    FROM r1 AS a
    JOIN r2 AS b ON a."customer_id" = b."customer_id"
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."amount" AS "amount",
        a."candidate" AS "candidate",
        a."score" AS "score",
        a."held" AS "held",
        a."pending" AS "pending",
        a."standing" AS "standing",
        a."fails" AS "fails",
        a."cohort" AS "cohort",
        CASE WHEN (a."held" = 1) THEN 1 WHEN (a."held" = 2) THEN 2 WHEN (a."held" = 3) THEN 3 ELSE CAST(NULL AS bigint) END AS "level"
    FROM r3 AS a
    WHERE (a."standing" = 1)
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."held" AS "tier",
        a."amount" AS "value",
        CASE WHEN (a."level" = 1) THEN 50000000 WHEN (a."level" = 2) THEN 5000000 ELSE CAST(NULL AS bigint) END AS "threshold",
        CASE WHEN (a."cohort" = 0) THEN CAST(NULL AS date) ELSE CASE WHEN (a."level" = 1) THEN CASE WHEN (a."pending" IS NOT NULL) THEN CAST($3 AS date) WHEN (a."fails" >= 3) THEN CAST($4 AS date) WHEN (a."fails" >= 2) THEN CAST($5 AS date) WHEN (a."fails" >= 1) THEN CAST($6 AS date) ELSE CAST(NULL AS date) END ELSE CASE WHEN (a."pending" IS NOT NULL) THEN CAST($7 AS date) WHEN (a."fails" >= 2) THEN CAST($8 AS date) WHEN (a."fails" >= 1) THEN CAST($9 AS date) ELSE CAST(NULL AS date) END END END AS "on_date",
        a."fails" AS "progress"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($10 AS bigint)) AND (a."name" = 'watched'))
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        a."on_date" AS "on_date",
        a."progress" AS "progress",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r5 AS a
    LEFT JOIN r6 AS b ON a."customer_id" = b."customer_id" AND a."tier" = b."tier"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'watched' AS "name",
        'watch' AS "kind",
        1 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        'asset' AS "scheme",
        a."tier" AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        a."on_date" AS "on_date",
        a."progress" AS "progress",
        COALESCE(a."p_first", CAST($11 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR (a."p_fired" < CAST($12 AS date))) THEN CAST($11 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r7 AS a;

-- signal large
-- $1 = run_id
-- $2 = signal_run
-- $3 = as_of
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."out" AS "value",
        CAST((CAST(3 AS numeric) * CAST(a."habit" AS numeric)) AS bigint) AS "threshold"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE ((a."out" >= 50000000) OR (CAST(a."out" AS numeric) > (CAST(3 AS numeric) * CAST(a."habit" AS numeric)))) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($2 AS bigint)) AND (a."name" = 'large'))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."value" AS "value",
        a."threshold" AS "threshold",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r1 AS a
    LEFT JOIN r2 AS b ON a."customer_id" = b."customer_id"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'large' AS "name",
        'condition' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        CAST(NULL AS text) AS "scheme",
        CAST(NULL AS bigint) AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        CAST(NULL AS date) AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($3 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR (a."p_fired" <= (CAST($3 AS date) + CAST(-10 AS integer)))) THEN CAST($3 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r3 AS a;

-- signal silent
-- $1 = run_id
-- $2 = signal_run
-- $3 = as_of
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(NULL AS bigint) AS "value",
        CAST(NULL AS bigint) AS "threshold"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."out" = 0) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($2 AS bigint)) AND (a."name" = 'silent'))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."value" AS "value",
        a."threshold" AS "threshold",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r1 AS a
    LEFT JOIN r2 AS b ON a."customer_id" = b."customer_id"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'silent' AS "name",
        'condition' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        CAST(NULL AS text) AS "scheme",
        CAST(NULL AS bigint) AS "tier",
        a."value" AS "value",
        a."threshold" AS "threshold",
        CAST(NULL AS date) AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($3 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($3 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r3 AS a;

-- signal birthdays
-- $1 = run_id
-- $2 = month_start
-- $3 = month_start:1_months
-- $4 = month_start:2_months
-- $5 = as_of
-- $6 = signal_run
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."birth_date" AS "birth"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."aum" >= 5000000) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."birth" AS "birth",
        CASE WHEN (CAST(date_part('month', a."birth") AS bigint) = CAST(date_part('month', CAST($2 AS date)) AS bigint)) THEN (CAST($2 AS date) + CAST((CAST(date_part('day', a."birth") AS bigint) - 1) AS integer)) WHEN (CAST(date_part('month', a."birth") AS bigint) = CAST(date_part('month', CAST($3 AS date)) AS bigint)) THEN (CAST($3 AS date) + CAST((CAST(date_part('day', a."birth") AS bigint) - 1) AS integer)) WHEN (CAST(date_part('month', a."birth") AS bigint) = CAST(date_part('month', CAST($4 AS date)) AS bigint)) THEN (CAST($4 AS date) + CAST((CAST(date_part('day', a."birth") AS bigint) - 1) AS integer)) ELSE CAST(NULL AS date) END AS "on_date"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (CAST(date_part('year', a."on_date") AS bigint) - CAST(date_part('year', a."birth") AS bigint)) AS "value",
        a."on_date" AS "on_date"
    FROM r2 AS a
    WHERE ((a."on_date" >= CAST($5 AS date)) AND (a."on_date" <= (CAST($5 AS date) + CAST(14 AS integer))))
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."on_date" AS "on_date",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($6 AS bigint)) AND (a."name" = 'birthdays'))
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."value" AS "value",
        a."on_date" AS "on_date",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r3 AS a
    LEFT JOIN r4 AS b ON a."customer_id" = b."customer_id" AND a."on_date" = b."on_date"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'birthdays' AS "name",
        'birthday' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        0 AS "account_id",
        CAST(NULL AS text) AS "scheme",
        CAST(NULL AS bigint) AS "tier",
        a."value" AS "value",
        CAST(NULL AS bigint) AS "threshold",
        a."on_date" AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($5 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($5 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r5 AS a;

-- signal maturing
-- $1 = run_id
-- $2 = as_of
-- $3 = watermark
-- $4 = signal_run
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
        a."account_id" AS "account_id",
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AS "open"
    FROM "holding" AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($3 AS bigint)) AND (a."until_load" > CAST($3 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."currency" AS "currency",
        a."matures_on" AS "on_date"
    FROM r2 AS a
    WHERE ((a."class" IN ('deposit', 'wealth')) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))))) AND (a."open" AND (NOT COALESCE(a."auto_renew", FALSE)) AND (a."matures_on" >= CAST($2 AS date)) AND (a."matures_on" <= (CAST($2 AS date) + CAST(30 AS integer))))
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount"
    FROM "balance" AS a
    WHERE (((a."load_id" <= CAST($3 AS bigint)) AND (a."until_load" > CAST($3 AS bigint))) AND (a."on_date" <= CAST($2 AS date)))
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        b."currency" AS "currency"
    FROM r4 AS a
    JOIN r3 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."currency" AS "currency",
        lead(a."on_date") OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."on_date") AS "next_on"
    FROM r5 AS a
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "amount",
        a."currency" AS "currency",
        CAST($2 AS date) AS "on_date"
    FROM r6 AS a
    WHERE (a."next_on" IS NULL)
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "amount"
    FROM r7 AS a
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."currency" AS "currency",
        a."on_date" AS "on_date",
        b."amount" AS "amount"
    FROM r3 AS a
    LEFT JOIN r8 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r10 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        b."account_id" AS "account_id",
        b."currency" AS "currency",
        b."on_date" AS "on_date",
        b."amount" AS "amount"
    FROM r1 AS a
    JOIN r9 AS b ON a."customer_id" = b."customer_id"
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "value",
        a."on_date" AS "on_date"
    FROM r10 AS a
),
r12 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($4 AS bigint)) AND (a."name" = 'maturing'))
),
r13 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."value" AS "value",
        a."on_date" AS "on_date",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r11 AS a
    LEFT JOIN r12 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id" AND a."on_date" = b."on_date"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'maturing' AS "name",
        'maturing' AS "kind",
        1 AS "priority",
        a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        CAST(NULL AS text) AS "scheme",
        CAST(NULL AS bigint) AS "tier",
        a."value" AS "value",
        CAST(NULL AS bigint) AS "threshold",
        a."on_date" AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($2 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($2 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r13 AS a;

-- signal opened
-- $1 = run_id
-- $2 = as_of
-- $3 = watermark
-- $4 = signal_run
INSERT INTO "signal" ("run_id", "name", "kind", "priority", "customer_id", "account_id", "scheme", "tier", "value", "threshold", "on_date", "progress", "first_on", "fired_on")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id"
    FROM "metric_20631774daf9c9fb" AS a
    WHERE (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
        a."account_id" AS "account_id",
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AS "open"
    FROM "holding" AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($3 AS bigint)) AND (a."until_load" > CAST($3 AS bigint)))
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."currency" AS "currency",
        a."opened_on" AS "on_date"
    FROM r2 AS a
    WHERE (a."open" AND (a."opened_on" > (CAST($2 AS date) + CAST(-10 AS integer))) AND (a."opened_on" <= CAST($2 AS date)))
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount"
    FROM "balance" AS a
    WHERE (((a."load_id" <= CAST($3 AS bigint)) AND (a."until_load" > CAST($3 AS bigint))) AND (a."on_date" <= CAST($2 AS date)))
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        b."currency" AS "currency"
    FROM r4 AS a
    JOIN r3 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r6 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."currency" AS "currency",
        lead(a."on_date") OVER (PARTITION BY a."customer_id", a."account_id" ORDER BY a."on_date") AS "next_on"
    FROM r5 AS a
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "amount",
        a."currency" AS "currency",
        CAST($2 AS date) AS "on_date"
    FROM r6 AS a
    WHERE (a."next_on" IS NULL)
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "amount"
    FROM r7 AS a
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."currency" AS "currency",
        a."on_date" AS "on_date",
        b."amount" AS "amount"
    FROM r3 AS a
    LEFT JOIN r8 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r10 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        b."account_id" AS "account_id",
        b."currency" AS "currency",
        b."on_date" AS "on_date",
        b."amount" AS "amount"
    FROM r1 AS a
    JOIN r9 AS b ON a."customer_id" = b."customer_id"
),
r11 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."amount" AS "value",
        a."on_date" AS "on_date"
    FROM r10 AS a
),
r12 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."first_on" AS "p_first",
        a."fired_on" AS "p_fired"
    FROM "signal" AS a
    WHERE ((a."run_id" = CAST($4 AS bigint)) AND (a."name" = 'opened'))
),
r13 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."value" AS "value",
        a."on_date" AS "on_date",
        b."p_first" AS "p_first",
        b."p_fired" AS "p_fired"
    FROM r11 AS a
    LEFT JOIN r12 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
)
SELECT CAST($1 AS bigint) AS "run_id",
        'opened' AS "name",
        'new_account' AS "kind",
        5 AS "priority",
        a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        CAST(NULL AS text) AS "scheme",
        CAST(NULL AS bigint) AS "tier",
        a."value" AS "value",
        CAST(NULL AS bigint) AS "threshold",
        a."on_date" AS "on_date",
        CAST(NULL AS bigint) AS "progress",
        COALESCE(a."p_first", CAST($2 AS date)) AS "first_on",
        CASE WHEN ((a."p_fired" IS NULL) OR FALSE) THEN CAST($2 AS date) ELSE a."p_fired" END AS "fired_on"
    FROM r13 AS a;
