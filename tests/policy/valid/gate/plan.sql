CREATE TABLE "metric_58899af604efb617_row" ("series" BIGINT, "run_id" BIGINT, "until_run" BIGINT, "customer_id" BIGINT, "status" BIGINT, "sales" BIGINT, "has_need" BOOLEAN, "budget" BIGINT, "price" BIGINT, "wanted_on" DATE);
CREATE TABLE "metric_58899af604efb617_run" ("series" BIGINT, "run_id" BIGINT, "derives" BOOLEAN);
CREATE VIEW "metric_58899af604efb617" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."has_need" AS "has_need",
        a."budget" AS "budget",
        a."price" AS "price",
        a."wanted_on" AS "wanted_on"
    FROM "metric_58899af604efb617_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."sales" AS "sales",
        b."has_need" AS "has_need",
        b."budget" AS "budget",
        b."price" AS "price",
        b."wanted_on" AS "wanted_on"
    FROM "metric_58899af604efb617_run" AS a
    JOIN r1 AS b ON a."series" = b."series"
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."has_need" AS "has_need",
        a."budget" AS "budget",
        a."price" AS "price",
        a."wanted_on" AS "wanted_on"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_58899af604efb617_run" ("series", "run_id", "derives")
SELECT CAST($1 AS BIGINT) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($2 AS BIGINT));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = metric_series
-- $4 = run_id
INSERT INTO "metric_58899af604efb617_row" ("series", "run_id", "until_run", "customer_id", "status", "sales", "has_need", "budget", "price", "wanted_on")
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
    WHERE (((a."load_id" <= CAST($1 AS BIGINT)) AND (a."until_load" > CAST($1 AS BIGINT))) AND (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS DATE))) AND ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS DATE)))))
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
        ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS DATE))) AS "open"
    FROM "holding" AS a
    WHERE ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS DATE))) AND ((a."load_id" <= CAST($1 AS BIGINT)) AND (a."until_load" > CAST($1 AS BIGINT)))
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
        CASE WHEN (b."held" IS NULL) THEN 1 ELSE CAST(0 AS BIGINT) END AS "status"
    FROM r1 AS a
    LEFT JOIN r3 AS b ON a."customer_id" = b."customer_id"
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        max(a."number_value") FILTER (WHERE (a."name" = 'has_need')) AS "has_need",
        max(a."number_value") FILTER (WHERE (a."name" = 'budget')) AS "budget",
        max(a."number_value") FILTER (WHERE (a."name" = 'price')) AS "price",
        max(a."number_value") FILTER (WHERE (a."name" = 'wanted_on')) AS "wanted_on",
        max(a."number_value") FILTER (WHERE (a."name" = 'sales_history')) AS "sales_history"
    FROM "customer_attribute" AS a
    WHERE ((a."load_id" <= CAST($1 AS BIGINT)) AND (a."until_load" > CAST($1 AS BIGINT)))
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
        (b."has_need" <> 0) AS "has_need",
        b."budget" AS "budget",
        b."price" AS "price",
        (DATE '1970-01-01' + CAST(b."wanted_on" AS INTEGER)) AS "wanted_on",
        b."sales_history" AS "sales_history"
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
        a."has_need" AS "customer.has_need",
        a."budget" AS "customer.budget",
        a."price" AS "customer.price",
        a."wanted_on" AS "customer.wanted_on",
        a."sales_history" AS "customer.sales_history"
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
        a."customer.has_need" AS "customer.has_need",
        a."customer.budget" AS "customer.budget",
        a."customer.price" AS "customer.price",
        a."customer.wanted_on" AS "customer.wanted_on",
        a."customer.sales_history" AS "customer.sales_history",
        COALESCE(a."customer.sales_history", 0) AS "sales"
    FROM r7 AS a
)
SELECT CAST($3 AS BIGINT) AS "series",
        CAST($4 AS BIGINT) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."customer.has_need" AS "has_need",
        a."customer.budget" AS "budget",
        a."customer.price" AS "price",
        a."customer.wanted_on" AS "wanted_on"
    FROM r8 AS a;

-- approval
-- $1 = as_of
-- $2 = run_id
-- $3 = tier_series:approval
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."has_need" AS "has_need",
        a."budget" AS "budget",
        a."price" AS "price",
        a."wanted_on" AS "wanted_on",
        CASE WHEN (a."status" = 0) THEN 0 ELSE ((CASE WHEN a."has_need" THEN 0 ELSE CAST(1 AS BIGINT) END + CASE WHEN (a."budget" >= a."price") THEN 0 ELSE CAST(2 AS BIGINT) END) + CASE WHEN (CAST((a."wanted_on" - CAST($1 AS DATE)) AS BIGINT) <= 365) THEN 0 ELSE CAST(4 AS BIGINT) END) END AS "approval:failed"
    FROM "metric_58899af604efb617" AS a
    WHERE (a."run_id" = CAST($2 AS BIGINT))
),
r2 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."has_need" AS "has_need",
        a."budget" AS "budget",
        a."price" AS "price",
        a."wanted_on" AS "wanted_on",
        a."approval:failed" AS "approval:failed",
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS BIGINT) END AS "approval:then"
    FROM r1 AS a
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        FALSE AS "barred",
        (a."approval:failed" <> 0) AS "failed",
        CASE WHEN (a."approval:failed" = 0) THEN CASE WHEN (a."approval:then" = 1) THEN 3 ELSE CAST(4 AS BIGINT) END ELSE CAST(NULL AS BIGINT) END AS "tier",
        a."approval:failed" AS "rule",
        CAST(NULL AS BIGINT) AS "score"
    FROM r2 AS a
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS BIGINT) ELSE a."tier" END AS "earned"
    FROM r3 AS a
),
r5 AS NOT MATERIALIZED (
    SELECT CAST($2 AS BIGINT) AS "run_id",
        'approval' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS BIGINT) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."score" END AS "score"
    FROM r4 AS a
)
SELECT CAST($3 AS BIGINT) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r5 AS a;

-- passed
-- $1 = run_id
-- $2 = tier_series:passed
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."sales" AS "sales",
        a."has_need" AS "has_need",
        a."budget" AS "budget",
        a."price" AS "price",
        a."wanted_on" AS "wanted_on",
        CASE WHEN a."has_need" THEN 0 ELSE CAST(1 AS BIGINT) END AS "passed:failed"
    FROM "metric_58899af604efb617" AS a
    WHERE (a."run_id" = CAST($1 AS BIGINT))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        FALSE AS "barred",
        (a."passed:failed" <> 0) AS "failed",
        CASE WHEN (a."passed:failed" = 0) THEN 5 ELSE CAST(NULL AS BIGINT) END AS "tier",
        a."passed:failed" AS "rule",
        CAST(NULL AS BIGINT) AS "score"
    FROM r1 AS a
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS BIGINT) ELSE a."tier" END AS "earned"
    FROM r2 AS a
),
r4 AS NOT MATERIALIZED (
    SELECT CAST($1 AS BIGINT) AS "run_id",
        'passed' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS BIGINT) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."score" END AS "score"
    FROM r3 AS a
)
SELECT CAST($2 AS BIGINT) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r4 AS a;

-- corporate
-- $1 = run_id
-- $2 = tier_series:corporate
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS BIGINT) END AS "tier",
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS BIGINT) END AS "rule",
        CAST(NULL AS BIGINT) AS "score"
    FROM "metric_58899af604efb617" AS a
    WHERE (a."run_id" = CAST($1 AS BIGINT))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS BIGINT) ELSE a."tier" END AS "earned"
    FROM r1 AS a
),
r3 AS NOT MATERIALIZED (
    SELECT CAST($1 AS BIGINT) AS "run_id",
        'corporate' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS BIGINT) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS BIGINT) ELSE a."score" END AS "score"
    FROM r2 AS a
)
SELECT CAST($2 AS BIGINT) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r3 AS a;
