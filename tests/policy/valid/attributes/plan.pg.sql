CREATE TABLE "metric_f8787a10c1b28537_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "score" bigint, "seats" bigint, "capital_m" bigint, "audited_days" bigint, "named" bigint, "customer.audited_on" date);
CREATE TABLE "metric_f8787a10c1b28537_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" date);
CREATE VIEW "metric_f8787a10c1b28537" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."score" AS "score",
        a."seats" AS "seats",
        a."capital_m" AS "capital_m",
        a."audited_days" AS "audited_days",
        a."named" AS "named",
        a."customer.audited_on" AS "customer.audited_on"
    FROM "metric_f8787a10c1b28537_row" AS a
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
        b."score" AS "score",
        b."seats" AS "seats",
        b."capital_m" AS "capital_m",
        b."audited_days" AS "audited_days",
        b."named" AS "named",
        b."customer.audited_on" AS "customer.audited_on"
    FROM "metric_f8787a10c1b28537_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."score" AS "score",
        a."seats" AS "seats",
        a."capital_m" AS "capital_m",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST((a."day:1" - a."customer.audited_on") AS bigint) ELSE a."audited_days" END AS "audited_days",
        a."named" AS "named"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = as_of
-- $3 = run_id
INSERT INTO "metric_f8787a10c1b28537_run" ("series", "run_id", "derives", "day:1")
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
INSERT INTO "metric_f8787a10c1b28537_row" ("series", "run_id", "until_run", "customer_id", "status", "score", "seats", "capital_m", "audited_days", "named", "customer.audited_on")
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
        max(a."number_value") FILTER (WHERE (a."name" = 'rating')) AS "rating",
        max(a."number_value") FILTER (WHERE (a."name" = 'employees')) AS "employees",
        max(a."number_value") FILTER (WHERE (a."name" = 'capital')) AS "capital",
        max(a."number_value") FILTER (WHERE (a."name" = 'audited_on')) AS "audited_on",
        max(a."number_value") FILTER (WHERE (a."name" = 'listed')) AS "listed",
        max(a."text_value") FILTER (WHERE (a."name" = 'legal_form')) AS "legal_form"
    FROM "customer_attribute" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
    GROUP BY a."customer_id"
),
r6 AS NOT MATERIALIZED (
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
        b."rating" AS "rating",
        b."employees" AS "employees",
        b."capital" AS "capital",
        (DATE '1970-01-01' + CAST(b."audited_on" AS integer)) AS "audited_on",
        (b."listed" <> 0) AS "listed",
        b."legal_form" AS "legal_form"
    FROM r4 AS a
    LEFT JOIN r5 AS b ON a."customer_id" = b."customer_id"
),
r7 AS NOT MATERIALIZED (
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
        a."rating" AS "customer.rating",
        a."employees" AS "customer.employees",
        a."capital" AS "customer.capital",
        a."audited_on" AS "customer.audited_on",
        a."listed" AS "customer.listed",
        a."legal_form" AS "customer.legal_form"
    FROM r6 AS a
),
r8 AS NOT MATERIALIZED (
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
        a."customer.rating" AS "customer.rating",
        a."customer.employees" AS "customer.employees",
        a."customer.capital" AS "customer.capital",
        a."customer.audited_on" AS "customer.audited_on",
        a."customer.listed" AS "customer.listed",
        a."customer.legal_form" AS "customer.legal_form",
        CAST((CAST(a."customer.rating" AS numeric) * CAST(100 AS numeric)) AS bigint) AS "score",
        CAST((CAST(a."customer.employees" AS numeric) + CAST(1 AS numeric)) AS bigint) AS "seats",
        CAST(div(2 * div(2 * (CAST(a."customer.capital" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."customer.capital" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) + sign(div(2 * (CAST(a."customer.capital" AS numeric) * CAST(1000000 AS numeric)) + sign((CAST(a."customer.capital" AS numeric) * CAST(1000000 AS numeric))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) AS bigint) AS "capital_m",
        CAST((CAST($2 AS date) - a."customer.audited_on") AS bigint) AS "audited_days",
        CASE WHEN a."customer.listed" THEN 2 WHEN (a."customer.legal_form" = 'GmbH') THEN 1 ELSE CAST(0 AS bigint) END AS "named"
    FROM r7 AS a
    OFFSET 0
)
SELECT CAST($3 AS bigint) AS "series",
        CAST($4 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."score" AS "score",
        a."seats" AS "seats",
        a."capital_m" AS "capital_m",
        a."audited_days" AS "audited_days",
        a."named" AS "named",
        a."customer.audited_on" AS "customer.audited_on"
    FROM r8 AS a;

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
    FROM "metric_f8787a10c1b28537" AS a
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
