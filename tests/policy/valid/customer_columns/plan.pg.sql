CREATE TABLE "metric_520f1dba9652e91f_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "years" bigint, "tenure" bigint, "assessed" bigint, "birth_month" bigint, "joined" bigint, "joined_in" bigint, "first_week" date, "income" bigint, "income_band" bigint, "monthly" bigint, "capped" bigint, "floored" bigint, "is_company" boolean, "cautious" boolean, "customer.birth_date" date, "customer.opened_on" date, "customer.risk_assessed_on" date);
CREATE TABLE "metric_520f1dba9652e91f_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" date);
CREATE VIEW "metric_520f1dba9652e91f" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."years" AS "years",
        a."tenure" AS "tenure",
        a."assessed" AS "assessed",
        a."birth_month" AS "birth_month",
        a."joined" AS "joined",
        a."joined_in" AS "joined_in",
        a."first_week" AS "first_week",
        a."income" AS "income",
        a."income_band" AS "income_band",
        a."monthly" AS "monthly",
        a."capped" AS "capped",
        a."floored" AS "floored",
        a."is_company" AS "is_company",
        a."cautious" AS "cautious",
        a."customer.birth_date" AS "customer.birth_date",
        a."customer.opened_on" AS "customer.opened_on",
        a."customer.risk_assessed_on" AS "customer.risk_assessed_on"
    FROM "metric_520f1dba9652e91f_row" AS a
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
        b."years" AS "years",
        b."tenure" AS "tenure",
        b."assessed" AS "assessed",
        b."birth_month" AS "birth_month",
        b."joined" AS "joined",
        b."joined_in" AS "joined_in",
        b."first_week" AS "first_week",
        b."income" AS "income",
        b."income_band" AS "income_band",
        b."monthly" AS "monthly",
        b."capped" AS "capped",
        b."floored" AS "floored",
        b."is_company" AS "is_company",
        b."cautious" AS "cautious",
        b."customer.birth_date" AS "customer.birth_date",
        b."customer.opened_on" AS "customer.opened_on",
        b."customer.risk_assessed_on" AS "customer.risk_assessed_on"
    FROM "metric_520f1dba9652e91f_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST(EXTRACT(YEAR FROM a."day:1") - EXTRACT(YEAR FROM a."customer.birth_date") - CASE WHEN EXTRACT(MONTH FROM a."day:1") * 100 + EXTRACT(DAY FROM a."day:1") < EXTRACT(MONTH FROM a."customer.birth_date") * 100 + EXTRACT(DAY FROM a."customer.birth_date") THEN 1 ELSE 0 END AS BIGINT) ELSE a."years" END AS "years",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST((EXTRACT(YEAR FROM a."day:1") - EXTRACT(YEAR FROM a."customer.opened_on")) * 12 + EXTRACT(MONTH FROM a."day:1") - EXTRACT(MONTH FROM a."customer.opened_on") - CASE WHEN EXTRACT(DAY FROM a."day:1") < EXTRACT(DAY FROM a."customer.opened_on") THEN 1 ELSE 0 END AS BIGINT) ELSE a."tenure" END AS "tenure",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST((a."day:1" - a."customer.risk_assessed_on") AS bigint) ELSE a."assessed" END AS "assessed",
        a."birth_month" AS "birth_month",
        a."joined" AS "joined",
        a."joined_in" AS "joined_in",
        a."first_week" AS "first_week",
        a."income" AS "income",
        a."income_band" AS "income_band",
        a."monthly" AS "monthly",
        a."capped" AS "capped",
        a."floored" AS "floored",
        a."is_company" AS "is_company",
        a."cautious" AS "cautious"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = as_of
-- $3 = run_id
INSERT INTO "metric_520f1dba9652e91f_run" ("series", "run_id", "derives", "day:1")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives",
        CAST($2 AS date) AS "day:1"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($3 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = metric_series
-- $4 = run_id
INSERT INTO "metric_520f1dba9652e91f_row" ("series", "run_id", "until_run", "customer_id", "status", "years", "tenure", "assessed", "birth_month", "joined", "joined_in", "first_week", "income", "income_band", "monthly", "capped", "floored", "is_company", "cautious", "customer.birth_date", "customer.opened_on", "customer.risk_assessed_on")
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
        CASE WHEN (a."kind" = 'prospect') THEN 1 ELSE CAST(0 AS bigint) END AS "status"
    FROM "customer" AS a
    WHERE (((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))))
),
r2 AS NOT MATERIALIZED (
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
    FROM r1 AS a
),
r3 AS NOT MATERIALIZED (
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
        CAST(EXTRACT(YEAR FROM CAST($2 AS date)) - EXTRACT(YEAR FROM a."customer.birth_date") - CASE WHEN EXTRACT(MONTH FROM CAST($2 AS date)) * 100 + EXTRACT(DAY FROM CAST($2 AS date)) < EXTRACT(MONTH FROM a."customer.birth_date") * 100 + EXTRACT(DAY FROM a."customer.birth_date") THEN 1 ELSE 0 END AS BIGINT) AS "years",
        CAST((EXTRACT(YEAR FROM CAST($2 AS date)) - EXTRACT(YEAR FROM a."customer.opened_on")) * 12 + EXTRACT(MONTH FROM CAST($2 AS date)) - EXTRACT(MONTH FROM a."customer.opened_on") - CASE WHEN EXTRACT(DAY FROM CAST($2 AS date)) < EXTRACT(DAY FROM a."customer.opened_on") THEN 1 ELSE 0 END AS BIGINT) AS "tenure",
        CAST((CAST($2 AS date) - a."customer.risk_assessed_on") AS bigint) AS "assessed",
        CAST(((CAST(CAST(date_part('month', a."customer.birth_date") AS bigint) AS numeric) * CAST(100 AS numeric)) + CAST(CAST(date_part('day', a."customer.birth_date") AS bigint) AS numeric)) AS bigint) AS "birth_month",
        ((CAST(1 AS bigint) * CAST(date_part('year', a."customer.opened_on") AS bigint) * 100) + CAST(date_part('month', a."customer.opened_on") AS bigint)) AS "joined",
        CAST(date_part('year', a."customer.opened_on") AS bigint) AS "joined_in",
        (a."customer.opened_on" + CAST(7 AS integer)) AS "first_week",
        COALESCE(a."customer.annual_income", 0) AS "income",
        (a."customer.kind" = 'company') AS "is_company",
        (a."customer.risk_level" IN ('C1', 'C2')) AS "cautious"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
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
        a."years" AS "years",
        a."tenure" AS "tenure",
        a."assessed" AS "assessed",
        a."birth_month" AS "birth_month",
        a."joined" AS "joined",
        a."joined_in" AS "joined_in",
        a."first_week" AS "first_week",
        a."income" AS "income",
        a."is_company" AS "is_company",
        a."cautious" AS "cautious",
        CASE WHEN (a."income" >= 50000000) THEN 3 WHEN (a."income" >= 10000000) THEN 2 ELSE CAST(1 AS bigint) END AS "income_band",
        CAST(div(2 * div(2 * (CAST(a."income" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."income" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(12 AS numeric)), 2 * NULLIF(CAST(12 AS numeric), 0)) + sign(div(2 * (CAST(a."income" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."income" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(12 AS numeric)), 2 * NULLIF(CAST(12 AS numeric), 0))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) AS bigint) AS "monthly",
        LEAST(a."income", 100000000) AS "capped",
        CAST((CAST(GREATEST(a."income", 1000000) AS numeric) - CAST(1000000 AS numeric)) AS bigint) AS "floored"
    FROM r3 AS a
    OFFSET 0
)
SELECT CAST($3 AS bigint) AS "series",
        CAST($4 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."years" AS "years",
        a."tenure" AS "tenure",
        a."assessed" AS "assessed",
        a."birth_month" AS "birth_month",
        a."joined" AS "joined",
        a."joined_in" AS "joined_in",
        a."first_week" AS "first_week",
        a."income" AS "income",
        a."income_band" AS "income_band",
        a."monthly" AS "monthly",
        a."capped" AS "capped",
        a."floored" AS "floored",
        a."is_company" AS "is_company",
        a."cautious" AS "cautious",
        a."customer.birth_date" AS "customer.birth_date",
        a."customer.opened_on" AS "customer.opened_on",
        a."customer.risk_assessed_on" AS "customer.risk_assessed_on"
    FROM r4 AS a;

-- all
-- $1 = run_id
-- $2 = tier_series:all
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        1 AS "tier",
        1 AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_520f1dba9652e91f" AS a
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
        'all' AS "scheme",
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
