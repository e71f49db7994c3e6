CREATE TABLE "metric_48b7c8714d44ca26_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "held" bigint, "kinds_held" bigint, "ever_closed" bigint, "first_opened" date, "best_rate" bigint, "maturing" bigint);
CREATE TABLE "metric_48b7c8714d44ca26_run" ("series" bigint, "run_id" bigint, "derives" boolean);
CREATE VIEW "metric_48b7c8714d44ca26" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."held" AS "held",
        a."kinds_held" AS "kinds_held",
        a."ever_closed" AS "ever_closed",
        a."first_opened" AS "first_opened",
        a."best_rate" AS "best_rate",
        a."maturing" AS "maturing"
    FROM "metric_48b7c8714d44ca26_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."held" AS "held",
        b."kinds_held" AS "kinds_held",
        b."ever_closed" AS "ever_closed",
        b."first_opened" AS "first_opened",
        b."best_rate" AS "best_rate",
        b."maturing" AS "maturing"
    FROM "metric_48b7c8714d44ca26_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."held" AS "held",
        a."kinds_held" AS "kinds_held",
        a."ever_closed" AS "ever_closed",
        a."first_opened" AS "first_opened",
        a."best_rate" AS "best_rate",
        a."maturing" AS "maturing"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_48b7c8714d44ca26_run" ("series", "run_id", "derives")
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
INSERT INTO "metric_48b7c8714d44ca26_row" ("series", "run_id", "until_run", "customer_id", "status", "held", "kinds_held", "ever_closed", "first_opened", "best_rate", "maturing")
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
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) FILTER (WHERE ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))) AS "account.1",
        count(DISTINCT a."class") FILTER (WHERE ((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date)))) AS "account.2",
        count(*) FILTER (WHERE (a."closed_on" IS NOT NULL)) AS "account.3",
        min(a."opened_on") AS "account.4",
        max(a."rate") FILTER (WHERE (((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AND (a."class" = 'deposit'))) AS "account.5",
        count(*) FILTER (WHERE ((((a."closed_on" IS NULL) OR (a."closed_on" > CAST($2 AS date))) AND ((a."matures_on" >= CAST($2 AS date)) AND (a."matures_on" <= (CAST($2 AS date) + CAST(30 AS integer))))) AND (NOT a."auto_renew"))) AS "account.6"
    FROM r6 AS a
    WHERE (((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))) AND ((a."opened_on" IS NULL) OR (a."opened_on" <= CAST($2 AS date))))
    GROUP BY a."customer_id"
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
        b."account.1" AS "account.1",
        b."account.2" AS "account.2",
        b."account.3" AS "account.3",
        b."account.4" AS "account.4",
        b."account.5" AS "account.5",
        b."account.6" AS "account.6"
    FROM r5 AS a
    LEFT JOIN r7 AS b ON a."customer_id" = b."customer_id"
),
r9 AS NOT MATERIALIZED (
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
        a."account.1" AS "account.1",
        a."account.2" AS "account.2",
        a."account.3" AS "account.3",
        a."account.4" AS "account.4",
        a."account.5" AS "account.5",
        a."account.6" AS "account.6",
        COALESCE(a."account.1", 0) AS "held",
        COALESCE(a."account.2", 0) AS "kinds_held",
        COALESCE(a."account.3", 0) AS "ever_closed",
        a."account.4" AS "first_opened",
        a."account.5" AS "best_rate",
        COALESCE(a."account.6", 0) AS "maturing"
    FROM r8 AS a
    OFFSET 0
)
SELECT CAST($3 AS bigint) AS "series",
        CAST($4 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."held" AS "held",
        a."kinds_held" AS "kinds_held",
        a."ever_closed" AS "ever_closed",
        a."first_opened" AS "first_opened",
        a."best_rate" AS "best_rate",
        a."maturing" AS "maturing"
    FROM r9 AS a;

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
    FROM "metric_48b7c8714d44ca26" AS a
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
