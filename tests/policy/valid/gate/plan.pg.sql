CREATE TABLE "metric_58899af604efb617_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "sales" bigint, "has_need" boolean, "budget" bigint, "price" bigint, "wanted_on" date);
CREATE TABLE "metric_58899af604efb617_run" ("series" bigint, "run_id" bigint, "derives" boolean);
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
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
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
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($2 AS bigint));

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
        max(a."number_value") FILTER (WHERE (a."name" = 'has_need')) AS "has_need",
        max(a."number_value") FILTER (WHERE (a."name" = 'budget')) AS "budget",
        max(a."number_value") FILTER (WHERE (a."name" = 'price')) AS "price",
        max(a."number_value") FILTER (WHERE (a."name" = 'wanted_on')) AS "wanted_on",
        max(a."number_value") FILTER (WHERE (a."name" = 'sales_history')) AS "sales_history"
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
        (b."has_need" <> 0) AS "has_need",
        b."budget" AS "budget",
        b."price" AS "price",
        (DATE '1970-01-01' + CAST(b."wanted_on" AS integer)) AS "wanted_on",
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
    OFFSET 0
)
SELECT CAST($3 AS bigint) AS "series",
        CAST($4 AS bigint) AS "run_id",
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
        CASE WHEN (a."status" = 0) THEN 0 ELSE ((CASE WHEN a."has_need" THEN 0 ELSE CAST(1 AS bigint) END + CASE WHEN (a."budget" >= a."price") THEN 0 ELSE CAST(2 AS bigint) END) + CASE WHEN (CAST((a."wanted_on" - CAST($1 AS date)) AS bigint) <= 365) THEN 0 ELSE CAST(4 AS bigint) END) END AS "approval:failed"
    FROM "metric_58899af604efb617" AS a
    WHERE (a."run_id" = CAST($2 AS bigint))
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
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS bigint) END AS "approval:then"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        FALSE AS "barred",
        (a."approval:failed" <> 0) AS "failed",
        CASE WHEN (a."approval:failed" = 0) THEN CASE WHEN (a."approval:then" = 1) THEN 3 ELSE CAST(4 AS bigint) END ELSE CAST(NULL AS bigint) END AS "tier",
        a."approval:failed" AS "rule",
        CAST(NULL AS bigint) AS "score"
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
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT CAST($2 AS bigint) AS "run_id",
        'approval' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r4 AS a
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
        CASE WHEN a."has_need" THEN 0 ELSE CAST(1 AS bigint) END AS "passed:failed"
    FROM "metric_58899af604efb617" AS a
    WHERE (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        FALSE AS "barred",
        (a."passed:failed" <> 0) AS "failed",
        CASE WHEN (a."passed:failed" = 0) THEN 5 ELSE CAST(NULL AS bigint) END AS "tier",
        a."passed:failed" AS "rule",
        CAST(NULL AS bigint) AS "score"
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
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT CAST($1 AS bigint) AS "run_id",
        'passed' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r3 AS a
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
    FROM r4 AS a;

-- corporate
-- $1 = run_id
-- $2 = tier_series:corporate
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS bigint) END AS "tier",
        CASE WHEN (a."sales" >= 100000000) THEN 1 ELSE CAST(2 AS bigint) END AS "rule",
        CAST(NULL AS bigint) AS "score"
    FROM "metric_58899af604efb617" AS a
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
        'corporate' AS "scheme",
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
