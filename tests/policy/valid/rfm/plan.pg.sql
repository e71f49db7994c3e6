CREATE TABLE "metric_72d9e9229d4b740f_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "recency" bigint, "frequency" bigint, "monetary" bigint, "txn.1" date, "txn.2" bigint, "txn.3" bigint);
CREATE TABLE "metric_72d9e9229d4b740f_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" date);
CREATE VIEW "metric_72d9e9229d4b740f" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3"
    FROM "metric_72d9e9229d4b740f_row" AS a
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
        b."recency" AS "recency",
        b."frequency" AS "frequency",
        b."monetary" AS "monetary",
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2",
        b."txn.3" AS "txn.3"
    FROM "metric_72d9e9229d4b740f_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        CASE WHEN ((a."from_run" < a."run_id") AND a."derives") THEN CAST((a."day:1" - a."txn.1") AS bigint) ELSE a."recency" END AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        CAST(a."txn.3" AS numeric) AS "txn.3"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = as_of
-- $3 = run_id
INSERT INTO "metric_72d9e9229d4b740f_run" ("series", "run_id", "derives", "day:1")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives",
        CAST($2 AS date) AS "day:1"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($3 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = history_from
-- $4 = all:txn:from
-- $5 = all:txn:next
-- $6 = 12_months:txn:from
-- $7 = 12_months:txn:next
-- $8 = metric_series
-- $9 = run_id
INSERT INTO "metric_72d9e9229d4b740f_row" ("series", "run_id", "until_run", "customer_id", "status", "recency", "frequency", "monetary", "txn.1", "txn.2", "txn.3")
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
        a."amount" AS "amount",
        a."currency" AS "currency",
        a."kind" AS "kind",
        a."channel" AS "channel",
        a."product" AS "product",
        a."reference" AS "reference"
    FROM "txn" AS a
    WHERE (((a."on_date" >= CAST($3 AS date)) AND (a."on_date" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))))
),
r7 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        max(a."on_date") FILTER (WHERE ((a."on_date" >= CAST($4 AS date)) AND (a."on_date" < CAST($5 AS date)))) AS "txn.1",
        count(*) FILTER (WHERE ((a."on_date" >= CAST($6 AS date)) AND (a."on_date" < CAST($7 AS date)))) AS "txn.2",
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($6 AS date)) AND (a."on_date" < CAST($7 AS date)))) AS numeric) AS "txn.3"
    FROM r6 AS a
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
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2",
        b."txn.3" AS "txn.3"
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
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        CAST((CAST($2 AS date) - a."txn.1") AS bigint) AS "recency",
        COALESCE(a."txn.2", 0) AS "frequency",
        CAST(COALESCE(a."txn.3", CAST(0 AS numeric)) AS bigint) AS "monetary"
    FROM r8 AS a
    OFFSET 0
)
SELECT CAST($8 AS bigint) AS "series",
        CAST($9 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        CASE WHEN ((COALESCE(a."txn.3", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.3", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.3", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.3"
    FROM r9 AS a;

-- quintiles: recency cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."recency" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."recency" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low4",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high4",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST(((CAST(a."low1" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high1" AS numeric) - CAST(a."low1" AS numeric)))) AS bigint) AS "cut1",
        CAST(((CAST(a."low2" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high2" AS numeric) - CAST(a."low2" AS numeric)))) AS bigint) AS "cut2",
        CAST(((CAST(a."low3" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high3" AS numeric) - CAST(a."low3" AS numeric)))) AS bigint) AS "cut3",
        CAST(((CAST(a."low4" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high4" AS numeric) - CAST(a."low4" AS numeric)))) AS bigint) AS "cut4"
    FROM r4 AS a;

-- quintiles: frequency cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."frequency" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."frequency" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low4",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high4",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST(((CAST(a."low1" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high1" AS numeric) - CAST(a."low1" AS numeric)))) AS bigint) AS "cut1",
        CAST(((CAST(a."low2" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high2" AS numeric) - CAST(a."low2" AS numeric)))) AS bigint) AS "cut2",
        CAST(((CAST(a."low3" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high3" AS numeric) - CAST(a."low3" AS numeric)))) AS bigint) AS "cut3",
        CAST(((CAST(a."low4" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high4" AS numeric) - CAST(a."low4" AS numeric)))) AS bigint) AS "cut4"
    FROM r4 AS a;

-- quintiles: monetary cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."monetary" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."monetary" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high3",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low4",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high4",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST(((CAST(a."low1" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high1" AS numeric) - CAST(a."low1" AS numeric)))) AS bigint) AS "cut1",
        CAST(((CAST(a."low2" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high2" AS numeric) - CAST(a."low2" AS numeric)))) AS bigint) AS "cut2",
        CAST(((CAST(a."low3" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(3 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high3" AS numeric) - CAST(a."low3" AS numeric)))) AS bigint) AS "cut3",
        CAST(((CAST(a."low4" AS numeric) * CAST(5 AS numeric)) + ((((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)) - (div(((a."n" - CAST(1 AS numeric)) * CAST(4 AS numeric)), NULLIF(CAST(5 AS numeric), 0)) * CAST(5 AS numeric))) * (CAST(a."high4" AS numeric) - CAST(a."low4" AS numeric)))) AS bigint) AS "cut4"
    FROM r4 AS a;

-- thirds: recency cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."recency" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."recency" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST((CAST(a."low1" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut1",
        CAST((CAST(a."low2" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut2"
    FROM r4 AS a;

-- thirds: frequency cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."frequency" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."frequency" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST((CAST(a."low1" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut1",
        CAST((CAST(a."low2" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut2"
    FROM r4 AS a;

-- thirds: monetary cuts
-- $1 = run_id
WITH r1 AS NOT MATERIALIZED (
    SELECT a."monetary" AS "value"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."monetary" IS NOT NULL) AND (a."status" = 0) AND (a."run_id" = CAST($1 AS bigint))
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
),
r4 AS NOT MATERIALIZED (
    SELECT min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(1 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high1",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(0 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "low2",
        min(a."value") FILTER (WHERE (a."cumulated" > LEAST((div(((a."total" - CAST(1 AS numeric)) * CAST(2 AS numeric)), NULLIF(CAST(3 AS numeric), 0)) + CAST(1 AS numeric)), (a."total" - CAST(1 AS numeric))))) AS "high2",
        max(a."total") AS "n"
    FROM r3 AS a
)
SELECT CAST((CAST(a."low1" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut1",
        CAST((CAST(a."low2" AS numeric) * CAST(3 AS numeric)) AS bigint) AS "cut2"
    FROM r4 AS a;

-- quintiles
-- $1 = quintiles:recency:4
-- $2 = quintiles:recency:3
-- $3 = quintiles:recency:2
-- $4 = quintiles:recency:1
-- $5 = run_id
-- $6 = quintiles:frequency:4
-- $7 = quintiles:frequency:3
-- $8 = quintiles:frequency:2
-- $9 = quintiles:frequency:1
-- $10 = quintiles:monetary:4
-- $11 = quintiles:monetary:3
-- $12 = quintiles:monetary:2
-- $13 = quintiles:monetary:1
-- $14 = tier_series:quintiles
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        CASE WHEN (a."recency" >= CAST(div(2 * ((CAST(CAST($1 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($1 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 1 WHEN (a."recency" >= CAST(div(2 * ((CAST(CAST($2 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($2 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 2 WHEN (a."recency" >= CAST(div(2 * ((CAST(CAST($3 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($3 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 3 WHEN (a."recency" >= CAST(div(2 * ((CAST(CAST($4 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($4 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 4 ELSE CAST(5 AS bigint) END AS "quintiles:recency"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."run_id" = CAST($5 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."quintiles:recency" AS "quintiles:recency",
        CASE WHEN (a."frequency" >= CAST(div(2 * ((CAST(CAST($6 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($6 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 5 WHEN (a."frequency" >= CAST(div(2 * ((CAST(CAST($7 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($7 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 4 WHEN (a."frequency" >= CAST(div(2 * ((CAST(CAST($8 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($8 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 3 WHEN (a."frequency" >= CAST(div(2 * ((CAST(CAST($9 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($9 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 2 ELSE CAST(1 AS bigint) END AS "quintiles:frequency"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."quintiles:recency" AS "quintiles:recency",
        a."quintiles:frequency" AS "quintiles:frequency",
        CASE WHEN (a."monetary" >= CAST(div(2 * ((CAST(CAST($10 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($10 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 5 WHEN (a."monetary" >= CAST(div(2 * ((CAST(CAST($11 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($11 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 4 WHEN (a."monetary" >= CAST(div(2 * ((CAST(CAST($12 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($12 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 3 WHEN (a."monetary" >= CAST(div(2 * ((CAST(CAST($13 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric)) + sign(((CAST(CAST($13 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(4 AS numeric))) * abs(CAST(10 AS numeric)), 2 * NULLIF(CAST(10 AS numeric), 0)) AS bigint)) THEN 2 ELSE CAST(1 AS bigint) END AS "quintiles:monetary"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."recency" IS NULL) THEN 3 WHEN (((a."quintiles:recency" >= 4) AND (a."quintiles:frequency" >= 4)) AND (a."quintiles:monetary" >= 4)) THEN 1 WHEN (a."quintiles:recency" <= 1) THEN 2 ELSE CAST(3 AS bigint) END AS "tier",
        CASE WHEN (a."recency" IS NULL) THEN 0 ELSE (((a."quintiles:recency" * 100) + (a."quintiles:frequency" * 10)) + a."quintiles:monetary") END AS "rule",
        CASE WHEN (a."recency" IS NULL) THEN CAST(NULL AS bigint) ELSE CAST(div(((((a."quintiles:recency" * 200000000) + (a."quintiles:frequency" * 200000000)) + (a."quintiles:monetary" * 200000000)) + 3), NULLIF(6, 0)) AS bigint) END AS "score"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT CAST($5 AS bigint) AS "run_id",
        'quintiles' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r5 AS a
    OFFSET 0
)
SELECT CAST($14 AS bigint) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r6 AS a;

-- thirds
-- $1 = thirds:recency:2
-- $2 = thirds:recency:1
-- $3 = run_id
-- $4 = thirds:frequency:2
-- $5 = thirds:frequency:1
-- $6 = thirds:monetary:2
-- $7 = thirds:monetary:1
-- $8 = tier_series:thirds
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        CASE WHEN (a."recency" >= div(2 * ((CAST(CAST($1 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric)) + sign(((CAST(CAST($1 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 1 WHEN (a."recency" >= div(2 * ((CAST(CAST($2 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric)) + sign(((CAST(CAST($2 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 2 ELSE CAST(3 AS bigint) END AS "thirds:recency"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."run_id" = CAST($3 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."thirds:recency" AS "thirds:recency",
        CASE WHEN (a."frequency" >= div(2 * ((CAST(CAST($4 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric)) + sign(((CAST(CAST($4 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 3 WHEN (a."frequency" >= div(2 * ((CAST(CAST($5 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric)) + sign(((CAST(CAST($5 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(8 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 2 ELSE CAST(1 AS bigint) END AS "thirds:frequency"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."thirds:recency" AS "thirds:recency",
        a."thirds:frequency" AS "thirds:frequency",
        CASE WHEN (a."monetary" >= div(2 * ((CAST(CAST($6 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(602 AS numeric)) + sign(((CAST(CAST($6 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(602 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 3 WHEN (a."monetary" >= div(2 * ((CAST(CAST($7 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(602 AS numeric)) + sign(((CAST(CAST($7 AS bigint) AS numeric) * CAST(2 AS numeric)) + CAST(602 AS numeric))) * abs(CAST(6 AS numeric)), 2 * NULLIF(CAST(6 AS numeric), 0))) THEN 2 ELSE CAST(1 AS bigint) END AS "thirds:monetary"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."recency" IS NULL) THEN CAST(NULL AS bigint) WHEN ((a."thirds:recency" >= 3) AND (a."thirds:frequency" >= 2)) THEN 4 WHEN (a."thirds:recency" >= 2) THEN 5 ELSE CAST(6 AS bigint) END AS "tier",
        CASE WHEN (a."recency" IS NULL) THEN 0 ELSE (((a."thirds:recency" * 100) + (a."thirds:frequency" * 10)) + a."thirds:monetary") END AS "rule",
        CASE WHEN (a."recency" IS NULL) THEN CAST(NULL AS bigint) ELSE (((a."thirds:recency" * 30000000) + (a."thirds:frequency" * 30000000)) + (a."thirds:monetary" * 40000000)) END AS "score"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT CAST($3 AS bigint) AS "run_id",
        'thirds' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r5 AS a
    OFFSET 0
)
SELECT CAST($8 AS bigint) AS "series",
        9223372036854775807 AS "until_run",
        a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."candidate" AS "candidate",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score"
    FROM r6 AS a;

-- fixed
-- $1 = run_id
-- $2 = tier_series:fixed
INSERT INTO "tier_row" ("series", "until_run", "run_id", "customer_id", "status", "candidate", "tier", "rule", "score")
WITH r1 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        CASE WHEN (a."recency" >= 180) THEN 1 WHEN (a."recency" >= 90) THEN 2 WHEN (a."recency" >= 30) THEN 3 ELSE CAST(4 AS bigint) END AS "fixed:recency"
    FROM "metric_72d9e9229d4b740f" AS a
    WHERE (a."run_id" = CAST($1 AS bigint))
),
r2 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."fixed:recency" AS "fixed:recency",
        CASE WHEN (a."monetary" >= 5000000) THEN 4 WHEN (a."monetary" >= 1000000) THEN 3 WHEN (a."monetary" >= 100000) THEN 2 ELSE CAST(1 AS bigint) END AS "fixed:monetary"
    FROM r1 AS a
    OFFSET 0
),
r3 AS NOT MATERIALIZED (
    SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."recency" AS "recency",
        a."frequency" AS "frequency",
        a."monetary" AS "monetary",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."txn.3" AS "txn.3",
        a."fixed:recency" AS "fixed:recency",
        a."fixed:monetary" AS "fixed:monetary",
        CASE WHEN (a."frequency" >= 20) THEN 4 WHEN (a."frequency" >= 5) THEN 3 WHEN (a."frequency" >= 2) THEN 2 ELSE CAST(1 AS bigint) END AS "fixed:frequency"
    FROM r2 AS a
    OFFSET 0
),
r4 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        (a."status" <> 0) AS "barred",
        FALSE AS "failed",
        CASE WHEN (a."recency" IS NULL) THEN 8 WHEN ((a."fixed:recency" >= 4) AND (a."fixed:monetary" >= 3)) THEN 7 ELSE CAST(8 AS bigint) END AS "tier",
        CASE WHEN (a."recency" IS NULL) THEN 0 ELSE (((a."fixed:recency" * 100) + (a."fixed:frequency" * 10)) + a."fixed:monetary") END AS "rule",
        CASE WHEN (a."recency" IS NULL) THEN CAST(NULL AS bigint) ELSE CAST(div(((((a."fixed:recency" * 200000000) + (a."fixed:frequency" * 200000000)) + (a."fixed:monetary" * 200000000)) + 3), NULLIF(6, 0)) AS bigint) END AS "score"
    FROM r3 AS a
    OFFSET 0
),
r5 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."barred" AS "barred",
        a."failed" AS "failed",
        a."tier" AS "tier",
        a."rule" AS "rule",
        a."score" AS "score",
        (a."barred" OR a."failed") AS "out",
        CASE WHEN (a."barred" OR a."failed") THEN CAST(NULL AS bigint) ELSE a."tier" END AS "earned"
    FROM r4 AS a
    OFFSET 0
),
r6 AS NOT MATERIALIZED (
    SELECT CAST($1 AS bigint) AS "run_id",
        'fixed' AS "scheme",
        a."customer_id" AS "customer_id",
        CASE WHEN a."out" THEN 1 WHEN (a."earned" IS NULL) THEN 2 ELSE CAST(0 AS bigint) END AS "status",
        a."earned" AS "candidate",
        a."earned" AS "tier",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."rule" END AS "rule",
        CASE WHEN a."barred" THEN CAST(NULL AS bigint) ELSE a."score" END AS "score"
    FROM r5 AS a
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
    FROM r6 AS a;
