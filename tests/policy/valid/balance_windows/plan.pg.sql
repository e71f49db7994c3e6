CREATE TABLE "metric_4ccff081c029f9d6_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "everything" bigint, "trailing_days" bigint, "trailing_weeks" bigint, "this_month" bigint, "two_quarters" bigint, "three_years" bigint, "month_before" bigint, "quarters_before" bigint, "year_before" bigint, "month_so_far" bigint, "quarter_so_far" bigint, "year_so_far" bigint, "end_of_last_month" bigint);
CREATE TABLE "metric_4ccff081c029f9d6_run" ("series" bigint, "run_id" bigint, "derives" boolean);
CREATE VIEW "metric_4ccff081c029f9d6" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."everything" AS "everything",
        a."trailing_days" AS "trailing_days",
        a."trailing_weeks" AS "trailing_weeks",
        a."this_month" AS "this_month",
        a."two_quarters" AS "two_quarters",
        a."three_years" AS "three_years",
        a."month_before" AS "month_before",
        a."quarters_before" AS "quarters_before",
        a."year_before" AS "year_before",
        a."month_so_far" AS "month_so_far",
        a."quarter_so_far" AS "quarter_so_far",
        a."year_so_far" AS "year_so_far",
        a."end_of_last_month" AS "end_of_last_month"
    FROM "metric_4ccff081c029f9d6_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."everything" AS "everything",
        b."trailing_days" AS "trailing_days",
        b."trailing_weeks" AS "trailing_weeks",
        b."this_month" AS "this_month",
        b."two_quarters" AS "two_quarters",
        b."three_years" AS "three_years",
        b."month_before" AS "month_before",
        b."quarters_before" AS "quarters_before",
        b."year_before" AS "year_before",
        b."month_so_far" AS "month_so_far",
        b."quarter_so_far" AS "quarter_so_far",
        b."year_so_far" AS "year_so_far",
        b."end_of_last_month" AS "end_of_last_month"
    FROM "metric_4ccff081c029f9d6_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."everything" AS "everything",
        a."trailing_days" AS "trailing_days",
        a."trailing_weeks" AS "trailing_weeks",
        a."this_month" AS "this_month",
        a."two_quarters" AS "two_quarters",
        a."three_years" AS "three_years",
        a."month_before" AS "month_before",
        a."quarters_before" AS "quarters_before",
        a."year_before" AS "year_before",
        a."month_so_far" AS "month_so_far",
        a."quarter_so_far" AS "quarter_so_far",
        a."year_so_far" AS "year_so_far",
        a."end_of_last_month" AS "end_of_last_month"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = run_id
INSERT INTO "metric_4ccff081c029f9d6_run" ("series", "run_id", "derives")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($2 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = balance_from
-- $4 = all:next
-- $5 = all:from
-- $6 = 30_days:next
-- $7 = 30_days:from
-- $8 = 2_weeks:next
-- $9 = 2_weeks:from
-- $10 = 1_month:next
-- $11 = 1_month:from
-- $12 = 2_quarters:next
-- $13 = 2_quarters:from
-- $14 = 3_years:next
-- $15 = 3_years:from
-- $16 = previous_1_month:next
-- $17 = previous_1_month:from
-- $18 = previous_2_quarters:next
-- $19 = previous_2_quarters:from
-- $20 = previous_1_year:next
-- $21 = previous_1_year:from
-- $22 = month_to_date:next
-- $23 = month_to_date:from
-- $24 = quarter_to_date:next
-- $25 = quarter_to_date:from
-- $26 = year_to_date:next
-- $27 = year_to_date:from
-- $28 = 30_days:days
-- $29 = 2_weeks:days
-- $30 = 1_month:days
-- $31 = 2_quarters:days
-- $32 = 3_years:days
-- $33 = previous_1_month:days
-- $34 = previous_2_quarters:days
-- $35 = previous_1_year:days
-- $36 = month_to_date:days
-- $37 = quarter_to_date:days
-- $38 = year_to_date:days
-- $39 = metric_series
-- $40 = run_id
INSERT INTO "metric_4ccff081c029f9d6_row" ("series", "run_id", "until_run", "customer_id", "status", "everything", "trailing_days", "trailing_weeks", "this_month", "two_quarters", "three_years", "month_before", "quarters_before", "year_before", "month_so_far", "quarter_so_far", "year_so_far", "end_of_last_month")
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
        max(GREATEST(a."amount", 0)) FILTER (WHERE (((a."start_on" < CAST($4 AS date)) AND (a."end_on" > CAST($5 AS date))) AND (a."start_on" < a."end_on"))) AS "balance.1",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($6 AS date)) - GREATEST(a."start_on", CAST($7 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($6 AS date)) AND (a."end_on" > CAST($7 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.2",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($8 AS date)) - GREATEST(a."start_on", CAST($9 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($8 AS date)) AND (a."end_on" > CAST($9 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.3",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($10 AS date)) - GREATEST(a."start_on", CAST($11 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($10 AS date)) AND (a."end_on" > CAST($11 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.4",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($12 AS date)) - GREATEST(a."start_on", CAST($13 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($12 AS date)) AND (a."end_on" > CAST($13 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.5",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($14 AS date)) - GREATEST(a."start_on", CAST($15 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($14 AS date)) AND (a."end_on" > CAST($15 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.6",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($16 AS date)) - GREATEST(a."start_on", CAST($17 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($16 AS date)) AND (a."end_on" > CAST($17 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.7",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($18 AS date)) - GREATEST(a."start_on", CAST($19 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($18 AS date)) AND (a."end_on" > CAST($19 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.8",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($20 AS date)) - GREATEST(a."start_on", CAST($21 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($20 AS date)) AND (a."end_on" > CAST($21 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.9",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($22 AS date)) - GREATEST(a."start_on", CAST($23 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($22 AS date)) AND (a."end_on" > CAST($23 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.10",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($24 AS date)) - GREATEST(a."start_on", CAST($25 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($24 AS date)) AND (a."end_on" > CAST($25 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.11",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($26 AS date)) - GREATEST(a."start_on", CAST($27 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($26 AS date)) AND (a."end_on" > CAST($27 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.12",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE ((a."start_on" < CAST($16 AS date)) AND (a."end_on" >= CAST($16 AS date)))) AS numeric) AS "balance.13"
    FROM r10 AS a
    WHERE ((a."end_on" > CAST($3 AS date)) AND (a."start_on" < a."end_on"))
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
        b."balance.2" AS "balance.2",
        b."balance.3" AS "balance.3",
        b."balance.4" AS "balance.4",
        b."balance.5" AS "balance.5",
        b."balance.6" AS "balance.6",
        b."balance.7" AS "balance.7",
        b."balance.8" AS "balance.8",
        b."balance.9" AS "balance.9",
        b."balance.10" AS "balance.10",
        b."balance.11" AS "balance.11",
        b."balance.12" AS "balance.12",
        b."balance.13" AS "balance.13"
    FROM r5 AS a
    LEFT JOIN r11 AS b ON a."customer_id" = b."customer_id"
),
r13 AS NOT MATERIALIZED (
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
        a."balance.3" AS "balance.3",
        a."balance.4" AS "balance.4",
        a."balance.5" AS "balance.5",
        a."balance.6" AS "balance.6",
        a."balance.7" AS "balance.7",
        a."balance.8" AS "balance.8",
        a."balance.9" AS "balance.9",
        a."balance.10" AS "balance.10",
        a."balance.11" AS "balance.11",
        a."balance.12" AS "balance.12",
        a."balance.13" AS "balance.13",
        a."balance.1" AS "everything",
        CAST(CASE WHEN ((COALESCE(a."balance.2", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.2", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.2", CAST(0 AS numeric)) AS bigint) * 2) + CAST($28 AS bigint)), NULLIF((CAST($28 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.2", CAST(0 AS numeric)) + sign(COALESCE(a."balance.2", CAST(0 AS numeric))) * abs(CAST(CAST($28 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($28 AS bigint) AS numeric), 0)) END AS bigint) AS "trailing_days",
        CAST(CASE WHEN ((COALESCE(a."balance.3", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.3", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.3", CAST(0 AS numeric)) AS bigint) * 2) + CAST($29 AS bigint)), NULLIF((CAST($29 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.3", CAST(0 AS numeric)) + sign(COALESCE(a."balance.3", CAST(0 AS numeric))) * abs(CAST(CAST($29 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($29 AS bigint) AS numeric), 0)) END AS bigint) AS "trailing_weeks",
        CAST(CASE WHEN ((COALESCE(a."balance.4", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.4", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.4", CAST(0 AS numeric)) AS bigint) * 2) + CAST($30 AS bigint)), NULLIF((CAST($30 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.4", CAST(0 AS numeric)) + sign(COALESCE(a."balance.4", CAST(0 AS numeric))) * abs(CAST(CAST($30 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($30 AS bigint) AS numeric), 0)) END AS bigint) AS "this_month",
        CAST(CASE WHEN ((COALESCE(a."balance.5", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.5", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.5", CAST(0 AS numeric)) AS bigint) * 2) + CAST($31 AS bigint)), NULLIF((CAST($31 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.5", CAST(0 AS numeric)) + sign(COALESCE(a."balance.5", CAST(0 AS numeric))) * abs(CAST(CAST($31 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($31 AS bigint) AS numeric), 0)) END AS bigint) AS "two_quarters",
        CAST(CASE WHEN ((COALESCE(a."balance.6", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.6", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.6", CAST(0 AS numeric)) AS bigint) * 2) + CAST($32 AS bigint)), NULLIF((CAST($32 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.6", CAST(0 AS numeric)) + sign(COALESCE(a."balance.6", CAST(0 AS numeric))) * abs(CAST(CAST($32 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($32 AS bigint) AS numeric), 0)) END AS bigint) AS "three_years",
        CAST(CASE WHEN ((COALESCE(a."balance.7", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.7", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.7", CAST(0 AS numeric)) AS bigint) * 2) + CAST($33 AS bigint)), NULLIF((CAST($33 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.7", CAST(0 AS numeric)) + sign(COALESCE(a."balance.7", CAST(0 AS numeric))) * abs(CAST(CAST($33 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($33 AS bigint) AS numeric), 0)) END AS bigint) AS "month_before",
        CAST(CASE WHEN ((COALESCE(a."balance.8", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.8", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.8", CAST(0 AS numeric)) AS bigint) * 2) + CAST($34 AS bigint)), NULLIF((CAST($34 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.8", CAST(0 AS numeric)) + sign(COALESCE(a."balance.8", CAST(0 AS numeric))) * abs(CAST(CAST($34 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($34 AS bigint) AS numeric), 0)) END AS bigint) AS "quarters_before",
        CAST(CASE WHEN ((COALESCE(a."balance.9", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.9", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.9", CAST(0 AS numeric)) AS bigint) * 2) + CAST($35 AS bigint)), NULLIF((CAST($35 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.9", CAST(0 AS numeric)) + sign(COALESCE(a."balance.9", CAST(0 AS numeric))) * abs(CAST(CAST($35 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($35 AS bigint) AS numeric), 0)) END AS bigint) AS "year_before",
        CAST(CASE WHEN ((COALESCE(a."balance.10", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.10", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.10", CAST(0 AS numeric)) AS bigint) * 2) + CAST($36 AS bigint)), NULLIF((CAST($36 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.10", CAST(0 AS numeric)) + sign(COALESCE(a."balance.10", CAST(0 AS numeric))) * abs(CAST(CAST($36 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($36 AS bigint) AS numeric), 0)) END AS bigint) AS "month_so_far",
        CAST(CASE WHEN ((COALESCE(a."balance.11", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.11", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.11", CAST(0 AS numeric)) AS bigint) * 2) + CAST($37 AS bigint)), NULLIF((CAST($37 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.11", CAST(0 AS numeric)) + sign(COALESCE(a."balance.11", CAST(0 AS numeric))) * abs(CAST(CAST($37 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($37 AS bigint) AS numeric), 0)) END AS bigint) AS "quarter_so_far",
        CAST(CASE WHEN ((COALESCE(a."balance.12", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.12", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.12", CAST(0 AS numeric)) AS bigint) * 2) + CAST($38 AS bigint)), NULLIF((CAST($38 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.12", CAST(0 AS numeric)) + sign(COALESCE(a."balance.12", CAST(0 AS numeric))) * abs(CAST(CAST($38 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($38 AS bigint) AS numeric), 0)) END AS bigint) AS "year_so_far",
        CAST(COALESCE(a."balance.13", CAST(0 AS numeric)) AS bigint) AS "end_of_last_month"
    FROM r12 AS a
    OFFSET 0
)
SELECT CAST($39 AS bigint) AS "series",
        CAST($40 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."everything" AS "everything",
        a."trailing_days" AS "trailing_days",
        a."trailing_weeks" AS "trailing_weeks",
        a."this_month" AS "this_month",
        a."two_quarters" AS "two_quarters",
        a."three_years" AS "three_years",
        a."month_before" AS "month_before",
        a."quarters_before" AS "quarters_before",
        a."year_before" AS "year_before",
        a."month_so_far" AS "month_so_far",
        a."quarter_so_far" AS "quarter_so_far",
        a."year_so_far" AS "year_so_far",
        a."end_of_last_month" AS "end_of_last_month"
    FROM r13 AS a;

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
    FROM "metric_4ccff081c029f9d6" AS a
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
