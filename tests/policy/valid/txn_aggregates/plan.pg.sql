CREATE TABLE "metric_645828371f03c0c8_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "movements" bigint, "visits" bigint, "spent" bigint, "net_flow" bigint, "largest" bigint, "smallest" bigint, "mean" bigint, "recency" bigint, "active_months" bigint, "channels" bigint, "card_spend" bigint, "per_visit" bigint);
CREATE TABLE "metric_645828371f03c0c8_run" ("series" bigint, "run_id" bigint, "derives" boolean);
CREATE VIEW "metric_645828371f03c0c8" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."movements" AS "movements",
        a."visits" AS "visits",
        a."spent" AS "spent",
        a."net_flow" AS "net_flow",
        a."largest" AS "largest",
        a."smallest" AS "smallest",
        a."mean" AS "mean",
        a."recency" AS "recency",
        a."active_months" AS "active_months",
        a."channels" AS "channels",
        a."card_spend" AS "card_spend",
        a."per_visit" AS "per_visit"
    FROM "metric_645828371f03c0c8_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."movements" AS "movements",
        b."visits" AS "visits",
        b."spent" AS "spent",
        b."net_flow" AS "net_flow",
        b."largest" AS "largest",
        b."smallest" AS "smallest",
        b."mean" AS "mean",
        b."recency" AS "recency",
        b."active_months" AS "active_months",
        b."channels" AS "channels",
        b."card_spend" AS "card_spend",
        b."per_visit" AS "per_visit"
    FROM "metric_645828371f03c0c8_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."movements" AS "movements",
        a."visits" AS "visits",
        a."spent" AS "spent",
        a."net_flow" AS "net_flow",
        a."largest" AS "largest",
        a."smallest" AS "smallest",
        a."mean" AS "mean",
        a."recency" AS "recency",
        a."active_months" AS "active_months",
        a."channels" AS "channels",
        a."card_spend" AS "card_spend",
        a."per_visit" AS "per_visit"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_645828371f03c0c8_run" ("series", "run_id", "derives")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($2 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = history_from
-- $4 = all:txn:from
-- $5 = all:txn:next
-- $6 = 90_days:txn:from
-- $7 = 90_days:txn:next
-- $8 = 12_months:txn:from
-- $9 = 12_months:txn:next
-- $10 = month_to_date:txn:from
-- $11 = month_to_date:txn:next
-- $12 = previous_3_months:txn:from
-- $13 = previous_3_months:txn:next
-- $14 = 4_weeks:txn:from
-- $15 = 4_weeks:txn:next
-- $16 = year_to_date:txn:from
-- $17 = year_to_date:txn:next
-- $18 = 1_quarter:txn:from
-- $19 = 1_quarter:txn:next
-- $20 = metric_series
-- $21 = run_id
INSERT INTO "metric_645828371f03c0c8_row" ("series", "run_id", "until_run", "customer_id", "status", "movements", "visits", "spent", "net_flow", "largest", "smallest", "mean", "recency", "active_months", "channels", "card_spend", "per_visit")
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
        a."account_id" AS "account_id",
        a."class" AS "class",
        a."branch" AS "branch"
    FROM "holding" AS a
    WHERE ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint)))
),
r8 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        a."account_id" AS "account_id",
        a."on_date" AS "on_date",
        a."amount" AS "amount",
        a."currency" AS "currency",
        a."kind" AS "kind",
        a."channel" AS "channel",
        a."product" AS "product",
        a."reference" AS "reference",
        b."class" AS "class",
        b."branch" AS "branch"
    FROM r6 AS a
    LEFT JOIN r7 AS b ON a."customer_id" = b."customer_id" AND a."account_id" = b."account_id"
),
r9 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        count(*) FILTER (WHERE ((a."on_date" >= CAST($4 AS date)) AND (a."on_date" < CAST($5 AS date)))) AS "txn.1",
        count(*) FILTER (WHERE (((a."on_date" >= CAST($6 AS date)) AND (a."on_date" < CAST($7 AS date))) AND (a."channel" = 'counter'))) AS "txn.2",
        CAST(sum(abs(a."amount")) FILTER (WHERE (((a."on_date" >= CAST($8 AS date)) AND (a."on_date" < CAST($9 AS date))) AND (a."kind" = 'purchase'))) AS numeric) AS "txn.3",
        CAST(sum(a."amount") FILTER (WHERE ((a."on_date" >= CAST($10 AS date)) AND (a."on_date" < CAST($11 AS date)))) AS numeric) AS "txn.4",
        max(a."amount") FILTER (WHERE ((a."on_date" >= CAST($12 AS date)) AND (a."on_date" < CAST($13 AS date)))) AS "txn.5",
        min(a."amount") FILTER (WHERE ((a."on_date" >= CAST($14 AS date)) AND (a."on_date" < CAST($15 AS date)))) AS "txn.6",
        CAST(sum(a."amount") FILTER (WHERE (((a."on_date" >= CAST($16 AS date)) AND (a."on_date" < CAST($17 AS date))) AND (a."amount" > 0))) AS numeric) AS "txn.7",
        count(a."amount") FILTER (WHERE (((a."on_date" >= CAST($16 AS date)) AND (a."on_date" < CAST($17 AS date))) AND (a."amount" > 0))) AS "txn.8",
        max(a."on_date") FILTER (WHERE ((a."on_date" >= CAST($4 AS date)) AND (a."on_date" < CAST($5 AS date)))) AS "txn.9",
        bit_or((CAST(1 AS bigint) << CAST(((CAST(1 AS bigint) * CAST(date_part('year', a."on_date") AS bigint) * 12) + CAST(date_part('month', a."on_date") AS bigint)) % 63 AS integer))) FILTER (WHERE ((a."on_date" >= CAST($8 AS date)) AND (a."on_date" < CAST($9 AS date)))) AS "txn.10",
        count(DISTINCT a."channel") FILTER (WHERE ((a."on_date" >= CAST($8 AS date)) AND (a."on_date" < CAST($9 AS date)))) AS "txn.11",
        CAST(sum((- a."amount")) FILTER (WHERE (((a."on_date" >= CAST($18 AS date)) AND (a."on_date" < CAST($19 AS date))) AND (((a."class" = 'card') AND (a."amount" < 0)) AND (NOT starts_with(a."reference", 'T'))))) AS numeric) AS "txn.12",
        CAST(sum(a."amount") FILTER (WHERE ((a."on_date" >= CAST($8 AS date)) AND (a."on_date" < CAST($9 AS date)))) AS numeric) AS "txn.13",
        count(*) FILTER (WHERE ((a."on_date" >= CAST($8 AS date)) AND (a."on_date" < CAST($9 AS date)))) AS "txn.14"
    FROM r8 AS a
    GROUP BY a."customer_id"
),
r10 AS NOT MATERIALIZED (
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
        b."txn.3" AS "txn.3",
        b."txn.4" AS "txn.4",
        b."txn.5" AS "txn.5",
        b."txn.6" AS "txn.6",
        b."txn.7" AS "txn.7",
        b."txn.8" AS "txn.8",
        b."txn.9" AS "txn.9",
        b."txn.10" AS "txn.10",
        b."txn.11" AS "txn.11",
        b."txn.12" AS "txn.12",
        b."txn.13" AS "txn.13",
        b."txn.14" AS "txn.14"
    FROM r5 AS a
    LEFT JOIN r9 AS b ON a."customer_id" = b."customer_id"
),
r11 AS NOT MATERIALIZED (
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
        a."txn.4" AS "txn.4",
        a."txn.5" AS "txn.5",
        a."txn.6" AS "txn.6",
        a."txn.7" AS "txn.7",
        a."txn.8" AS "txn.8",
        a."txn.9" AS "txn.9",
        a."txn.10" AS "txn.10",
        a."txn.11" AS "txn.11",
        a."txn.12" AS "txn.12",
        a."txn.13" AS "txn.13",
        a."txn.14" AS "txn.14",
        COALESCE(a."txn.1", 0) AS "movements",
        COALESCE(a."txn.2", 0) AS "visits",
        CAST(COALESCE(a."txn.3", CAST(0 AS numeric)) AS bigint) AS "spent",
        CAST(COALESCE(a."txn.4", CAST(0 AS numeric)) AS bigint) AS "net_flow",
        a."txn.5" AS "largest",
        a."txn.6" AS "smallest",
        CAST(CASE WHEN ((a."txn.7" >= CAST(0 AS numeric)) AND (a."txn.7" < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(a."txn.7" AS bigint) * 2) + a."txn.8"), NULLIF((a."txn.8" * 2), 0)) ELSE div(2 * a."txn.7" + sign(a."txn.7") * abs(CAST(a."txn.8" AS numeric)), 2 * NULLIF(CAST(a."txn.8" AS numeric), 0)) END AS bigint) AS "mean",
        CAST((CAST($2 AS date) - a."txn.9") AS bigint) AS "recency",
        bit_count(CAST(COALESCE(a."txn.10", 0) AS bit(64))) AS "active_months",
        COALESCE(a."txn.11", 0) AS "channels",
        CAST(COALESCE(a."txn.12", CAST(0 AS numeric)) AS bigint) AS "card_spend",
        CAST(div(2 * div(2 * (COALESCE(a."txn.13", CAST(0 AS numeric)) * CAST(1000000 AS numeric)) + sign((COALESCE(a."txn.13", CAST(0 AS numeric)) * CAST(1000000 AS numeric))) * abs(CAST(COALESCE(a."txn.14", 0) AS numeric)), 2 * NULLIF(CAST(COALESCE(a."txn.14", 0) AS numeric), 0)) + sign(div(2 * (COALESCE(a."txn.13", CAST(0 AS numeric)) * CAST(1000000 AS numeric)) + sign((COALESCE(a."txn.13", CAST(0 AS numeric)) * CAST(1000000 AS numeric))) * abs(CAST(COALESCE(a."txn.14", 0) AS numeric)), 2 * NULLIF(CAST(COALESCE(a."txn.14", 0) AS numeric), 0))) * abs(CAST(1000000 AS numeric)), 2 * NULLIF(CAST(1000000 AS numeric), 0)) AS bigint) AS "per_visit"
    FROM r10 AS a
    OFFSET 0
)
SELECT CAST($20 AS bigint) AS "series",
        CAST($21 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."movements" AS "movements",
        a."visits" AS "visits",
        a."spent" AS "spent",
        a."net_flow" AS "net_flow",
        a."largest" AS "largest",
        a."smallest" AS "smallest",
        a."mean" AS "mean",
        a."recency" AS "recency",
        a."active_months" AS "active_months",
        a."channels" AS "channels",
        a."card_spend" AS "card_spend",
        a."per_visit" AS "per_visit"
    FROM r11 AS a;

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
    FROM "metric_645828371f03c0c8" AS a
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
