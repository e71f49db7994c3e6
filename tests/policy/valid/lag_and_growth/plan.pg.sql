CREATE TABLE "metric_7411440807e45c3f_row" ("series" bigint, "run_id" bigint, "until_run" bigint, "customer_id" bigint, "status" bigint, "aum" bigint, "spent" bigint, "aum_before" bigint, "growth" bigint, "growth_before" bigint, "trend" bigint, "year_on_year" bigint, "share" bigint, "filled" bigint, "balance.1" bigint, "balance.2" bigint, "balance.3" bigint, "balance.4" bigint, "balance.5" bigint, "balance.6" bigint, "txn.1" bigint, "txn.2" bigint);
CREATE TABLE "metric_7411440807e45c3f_run" ("series" bigint, "run_id" bigint, "derives" boolean, "day:1" bigint, "day:2" bigint, "day:3" bigint);
CREATE VIEW "metric_7411440807e45c3f" AS
WITH r1 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "from_run",
        a."until_run" AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."aum_before" AS "aum_before",
        a."growth" AS "growth",
        a."growth_before" AS "growth_before",
        a."trend" AS "trend",
        a."year_on_year" AS "year_on_year",
        a."share" AS "share",
        a."filled" AS "filled",
        a."balance.1" AS "balance.1",
        a."balance.2" AS "balance.2",
        a."balance.3" AS "balance.3",
        a."balance.4" AS "balance.4",
        a."balance.5" AS "balance.5",
        a."balance.6" AS "balance.6",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2"
    FROM "metric_7411440807e45c3f_row" AS a
),
r2 AS NOT MATERIALIZED (
    SELECT a."series" AS "series",
        a."run_id" AS "run_id",
        a."derives" AS "derives",
        a."day:1" AS "day:1",
        a."day:2" AS "day:2",
        a."day:3" AS "day:3",
        b."from_run" AS "from_run",
        b."until_run" AS "until_run",
        b."customer_id" AS "customer_id",
        b."status" AS "status",
        b."aum" AS "aum",
        b."spent" AS "spent",
        b."aum_before" AS "aum_before",
        b."growth" AS "growth",
        b."growth_before" AS "growth_before",
        b."trend" AS "trend",
        b."year_on_year" AS "year_on_year",
        b."share" AS "share",
        b."filled" AS "filled",
        b."balance.1" AS "balance.1",
        b."balance.2" AS "balance.2",
        b."balance.3" AS "balance.3",
        b."balance.4" AS "balance.4",
        b."balance.5" AS "balance.5",
        b."balance.6" AS "balance.6",
        b."txn.1" AS "txn.1",
        b."txn.2" AS "txn.2"
    FROM "metric_7411440807e45c3f_run" AS a
    CROSS JOIN LATERAL (SELECT b.* FROM r1 AS b WHERE a."series" = b."series"
    OFFSET 0) AS b
)
SELECT a."run_id" AS "run_id",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.4" >= -4398046511104) AND (a."balance.4" <= 4398046511104)))) THEN CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((a."balance.1" IS NOT NULL) AND (a."balance.4" IS NOT NULL))) THEN CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) ELSE a."aum" END AS "aum",
        a."spent" AS "spent",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104)))) THEN CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL))) THEN CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) ELSE a."aum_before" END AS "aum_before",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.4" >= -4398046511104) AND (a."balance.4" <= 4398046511104))) AND (((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104))))) THEN CAST((div(2 * (CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" IS NOT NULL) AND (a."balance.4" IS NOT NULL)) AND ((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL)))) THEN CAST((div(2 * (CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) ELSE a."growth" END AS "growth",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104))) AND (((a."balance.3" >= -1152921504606846976) AND (a."balance.3" <= 1152921504606846976)) AND ((a."balance.6" >= -4398046511104) AND (a."balance.6" <= 4398046511104))))) THEN CAST((div(2 * (CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) >= 0) AND (COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric)) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) >= 0) AND (COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric)) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) AS bigint) END AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL)) AND ((a."balance.3" IS NOT NULL) AND (a."balance.6" IS NOT NULL)))) THEN CAST((div(2 * (CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) END AS bigint) AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) ELSE a."growth_before" END AS "growth_before",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.4" >= -4398046511104) AND (a."balance.4" <= 4398046511104))) AND (((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104)))) AND ((((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104))) AND (((a."balance.3" >= -1152921504606846976) AND (a."balance.3" <= 1152921504606846976)) AND ((a."balance.6" >= -4398046511104) AND (a."balance.6" <= 4398046511104)))))) THEN CAST((CAST(CAST((div(2 * (CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS numeric) - CAST(CAST((div(2 * (CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) >= 0) AND (COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric)) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) >= 0) AND (COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.3" + (a."balance.6" * a."day:3")), 0) AS numeric)) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) AS bigint) END AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS numeric)) AS bigint) WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((((a."balance.1" IS NOT NULL) AND (a."balance.4" IS NOT NULL)) AND ((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL))) AND (((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL)) AND ((a."balance.3" IS NOT NULL) AND (a."balance.6" IS NOT NULL))))) THEN CAST((CAST(CAST((div(2 * (CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS numeric) - CAST(CAST((div(2 * (CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:3"), NULLIF((a."day:3" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:3" AS numeric)), 2 * NULLIF(CAST(a."day:3" AS numeric), 0)) END AS bigint) AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS numeric)) AS bigint) ELSE a."trend" END AS "trend",
        a."year_on_year" AS "year_on_year",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.4" >= -4398046511104) AND (a."balance.4" <= 4398046511104)))) THEN CAST(div(2 * (CAST(a."spent" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."spent" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric), 0)) AS bigint) WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((a."balance.1" IS NOT NULL) AND (a."balance.4" IS NOT NULL))) THEN CAST(div(2 * (CAST(a."spent" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."spent" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric), 0)) AS bigint) ELSE a."share" END AS "share",
        CASE WHEN (((a."from_run" < a."run_id") AND a."derives") AND ((((a."balance.1" >= -1152921504606846976) AND (a."balance.1" <= 1152921504606846976)) AND ((a."balance.4" >= -4398046511104) AND (a."balance.4" <= 4398046511104))) AND (((a."balance.2" >= -1152921504606846976) AND (a."balance.2" <= 1152921504606846976)) AND ((a."balance.5" >= -4398046511104) AND (a."balance.5" <= 4398046511104))))) THEN COALESCE(CAST((div(2 * (CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CASE WHEN ((COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) >= 0) AND (COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.1" + (a."balance.4" * a."day:1")), 0) AS numeric)) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) AS bigint) END AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric)), 2 * NULLIF(CAST(CASE WHEN ((COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) >= 0) AND (COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) < 1152921504606846976)) THEN CAST(div(((CAST(1 AS bigint) * COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) AS bigint) ELSE CAST(div(2 * CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric) + sign(CAST(COALESCE((a."balance.2" + (a."balance.5" * a."day:2")), 0) AS numeric)) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) AS bigint) END AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint), 0) WHEN (((a."from_run" < a."run_id") AND a."derives") AND (((a."balance.1" IS NOT NULL) AND (a."balance.4" IS NOT NULL)) AND ((a."balance.2" IS NOT NULL) AND (a."balance.5" IS NOT NULL)))) THEN COALESCE(CAST((div(2 * (CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:1"), NULLIF((a."day:1" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:1" AS numeric)), 2 * NULLIF(CAST(a."day:1" AS numeric), 0)) END AS bigint) AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST(CASE WHEN ((COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) AS bigint) * 2) + a."day:2"), NULLIF((a."day:2" * 2), 0)) ELSE div(2 * COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric)) + sign(COALESCE((CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))), CAST(0 AS numeric))) * abs(CAST(a."day:2" AS numeric)), 2 * NULLIF(CAST(a."day:2" AS numeric), 0)) END AS bigint) AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint), 0) ELSE a."filled" END AS "filled",
        (CAST(a."balance.1" AS numeric) + (CAST(a."balance.4" AS numeric) * CAST(a."day:1" AS numeric))) AS "balance.1",
        (CAST(a."balance.2" AS numeric) + (CAST(a."balance.5" AS numeric) * CAST(a."day:2" AS numeric))) AS "balance.2",
        (CAST(a."balance.3" AS numeric) + (CAST(a."balance.6" AS numeric) * CAST(a."day:3" AS numeric))) AS "balance.3",
        CAST(a."balance.4" AS numeric) AS "balance.4",
        CAST(a."balance.5" AS numeric) AS "balance.5",
        CAST(a."balance.6" AS numeric) AS "balance.6",
        CAST(a."txn.1" AS numeric) AS "txn.1",
        CAST(a."txn.2" AS numeric) AS "txn.2"
    FROM r2 AS a
    WHERE ((a."from_run" <= a."run_id") AND (a."until_run" > a."run_id"));

-- the run's days
-- $1 = metric_series
-- $2 = 1_month:days
-- $3 = 1_month_minus_3_months:days
-- $4 = 1_month_minus_6_months:days
-- $5 = run_id
INSERT INTO "metric_7411440807e45c3f_run" ("series", "run_id", "derives", "day:1", "day:2", "day:3")
SELECT CAST($1 AS bigint) AS "series",
        a."run_id" AS "run_id",
        TRUE AS "derives",
        CAST($2 AS bigint) AS "day:1",
        CAST($3 AS bigint) AS "day:2",
        CAST($4 AS bigint) AS "day:3"
    FROM "run" AS a
    WHERE (a."run_id" = CAST($5 AS bigint));

-- metrics
-- $1 = watermark
-- $2 = as_of
-- $3 = balance_from
-- $4 = 1_month:next
-- $5 = 1_month:from
-- $6 = 1_month_minus_3_months:next
-- $7 = 1_month_minus_3_months:from
-- $8 = 1_month_minus_6_months:next
-- $9 = 1_month_minus_6_months:from
-- $10 = history_from
-- $11 = 3_months:txn:from
-- $12 = 3_months:txn:next
-- $13 = 3_months_minus_12_months:txn:from
-- $14 = 3_months_minus_12_months:txn:next
-- $15 = 1_month:days
-- $16 = 1_month_minus_3_months:days
-- $17 = 1_month_minus_6_months:days
-- $18 = metric_series
-- $19 = run_id
INSERT INTO "metric_7411440807e45c3f_row" ("series", "run_id", "until_run", "customer_id", "status", "aum", "spent", "aum_before", "growth", "growth_before", "trend", "year_on_year", "share", "filled", "balance.1", "balance.2", "balance.3", "balance.4", "balance.5", "balance.6", "txn.1", "txn.2")
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
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($4 AS date)) - GREATEST(a."start_on", CAST($5 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($4 AS date)) AND (a."end_on" > CAST($5 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.1",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($6 AS date)) - GREATEST(a."start_on", CAST($7 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($6 AS date)) AND (a."end_on" > CAST($7 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.2",
        CAST(sum((CAST(GREATEST(a."amount", 0) AS numeric) * CAST(CAST((LEAST(a."end_on", CAST($8 AS date)) - GREATEST(a."start_on", CAST($9 AS date))) AS bigint) AS numeric))) FILTER (WHERE (((a."start_on" < CAST($8 AS date)) AND (a."end_on" > CAST($9 AS date))) AND (a."start_on" < a."end_on"))) AS numeric(38,0)) AS "balance.3",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE ((a."start_on" < CAST($4 AS date)) AND (a."end_on" >= CAST($4 AS date)))) AS numeric) AS "balance.4",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE ((a."start_on" < CAST($6 AS date)) AND (a."end_on" >= CAST($6 AS date)))) AS numeric) AS "balance.5",
        CAST(sum(GREATEST(a."amount", 0)) FILTER (WHERE ((a."start_on" < CAST($8 AS date)) AND (a."end_on" >= CAST($8 AS date)))) AS numeric) AS "balance.6"
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
        b."balance.6" AS "balance.6"
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
    WHERE (((a."on_date" >= CAST($10 AS date)) AND (a."on_date" <= CAST($2 AS date))) AND ((a."load_id" <= CAST($1 AS bigint)) AND (a."until_load" > CAST($1 AS bigint))))
),
r14 AS NOT MATERIALIZED (
    SELECT a."customer_id" AS "customer_id",
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($11 AS date)) AND (a."on_date" < CAST($12 AS date)))) AS numeric) AS "txn.1",
        CAST(sum(abs(a."amount")) FILTER (WHERE ((a."on_date" >= CAST($13 AS date)) AND (a."on_date" < CAST($14 AS date)))) AS numeric) AS "txn.2"
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
        a."balance.3" AS "balance.3",
        a."balance.4" AS "balance.4",
        a."balance.5" AS "balance.5",
        a."balance.6" AS "balance.6",
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
        a."balance.3" AS "balance.3",
        a."balance.4" AS "balance.4",
        a."balance.5" AS "balance.5",
        a."balance.6" AS "balance.6",
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        CAST(CASE WHEN ((COALESCE(a."balance.1", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.1", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.1", CAST(0 AS numeric)) AS bigint) * 2) + CAST($15 AS bigint)), NULLIF((CAST($15 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.1", CAST(0 AS numeric)) + sign(COALESCE(a."balance.1", CAST(0 AS numeric))) * abs(CAST(CAST($15 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($15 AS bigint) AS numeric), 0)) END AS bigint) AS "aum",
        CAST(COALESCE(a."txn.1", CAST(0 AS numeric)) AS bigint) AS "spent",
        CAST(CASE WHEN ((COALESCE(a."balance.2", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.2", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.2", CAST(0 AS numeric)) AS bigint) * 2) + CAST($16 AS bigint)), NULLIF((CAST($16 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.2", CAST(0 AS numeric)) + sign(COALESCE(a."balance.2", CAST(0 AS numeric))) * abs(CAST(CAST($16 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($16 AS bigint) AS numeric), 0)) END AS bigint) AS "aum@-3",
        CAST(CASE WHEN ((COALESCE(a."balance.3", CAST(0 AS numeric)) >= CAST(0 AS numeric)) AND (COALESCE(a."balance.3", CAST(0 AS numeric)) < CAST(1152921504606846976 AS numeric))) THEN div(((CAST(COALESCE(a."balance.3", CAST(0 AS numeric)) AS bigint) * 2) + CAST($17 AS bigint)), NULLIF((CAST($17 AS bigint) * 2), 0)) ELSE div(2 * COALESCE(a."balance.3", CAST(0 AS numeric)) + sign(COALESCE(a."balance.3", CAST(0 AS numeric))) * abs(CAST(CAST($17 AS bigint) AS numeric)), 2 * NULLIF(CAST(CAST($17 AS bigint) AS numeric), 0)) END AS bigint) AS "aum@-6",
        CAST(COALESCE(a."txn.2", CAST(0 AS numeric)) AS bigint) AS "spent@-12"
    FROM r15 AS a
    OFFSET 0
),
r17 AS NOT MATERIALIZED (
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
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."aum@-3" AS "aum@-3",
        a."aum@-6" AS "aum@-6",
        a."spent@-12" AS "spent@-12",
        a."aum@-3" AS "aum_before",
        CAST((div(2 * (CAST(a."aum" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."aum" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(a."aum@-3" AS numeric)), 2 * NULLIF(CAST(a."aum@-3" AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS "growth",
        CAST((div(2 * (CAST(a."aum@-3" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."aum@-3" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(a."aum@-6" AS numeric)), 2 * NULLIF(CAST(a."aum@-6" AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS "growth@-3",
        CAST((div(2 * (CAST(a."spent" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."spent" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(a."spent@-12" AS numeric)), 2 * NULLIF(CAST(a."spent@-12" AS numeric), 0)) - CAST(100000000 AS numeric)) AS bigint) AS "year_on_year",
        CAST(div(2 * (CAST(a."spent" AS numeric) * CAST(100000000 AS numeric)) + sign((CAST(a."spent" AS numeric) * CAST(100000000 AS numeric))) * abs(CAST(a."aum" AS numeric)), 2 * NULLIF(CAST(a."aum" AS numeric), 0)) AS bigint) AS "share"
    FROM r16 AS a
    OFFSET 0
),
r18 AS NOT MATERIALIZED (
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
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."aum@-3" AS "aum@-3",
        a."aum@-6" AS "aum@-6",
        a."spent@-12" AS "spent@-12",
        a."aum_before" AS "aum_before",
        a."growth" AS "growth",
        a."growth@-3" AS "growth@-3",
        a."year_on_year" AS "year_on_year",
        a."share" AS "share",
        a."growth@-3" AS "growth_before",
        COALESCE(a."growth", 0) AS "filled"
    FROM r17 AS a
    OFFSET 0
),
r19 AS NOT MATERIALIZED (
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
        a."txn.1" AS "txn.1",
        a."txn.2" AS "txn.2",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."aum@-3" AS "aum@-3",
        a."aum@-6" AS "aum@-6",
        a."spent@-12" AS "spent@-12",
        a."aum_before" AS "aum_before",
        a."growth" AS "growth",
        a."growth@-3" AS "growth@-3",
        a."year_on_year" AS "year_on_year",
        a."share" AS "share",
        a."growth_before" AS "growth_before",
        a."filled" AS "filled",
        CAST((CAST(a."growth" AS numeric) - CAST(a."growth_before" AS numeric)) AS bigint) AS "trend"
    FROM r18 AS a
    OFFSET 0
)
SELECT CAST($18 AS bigint) AS "series",
        CAST($19 AS bigint) AS "run_id",
        9223372036854775807 AS "until_run",
        a."customer_id" AS "customer_id",
        a."status" AS "status",
        a."aum" AS "aum",
        a."spent" AS "spent",
        a."aum_before" AS "aum_before",
        a."growth" AS "growth",
        a."growth_before" AS "growth_before",
        a."trend" AS "trend",
        a."year_on_year" AS "year_on_year",
        a."share" AS "share",
        a."filled" AS "filled",
        CASE WHEN ((COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.4", CAST(0 AS numeric)) * CAST(CAST($15 AS bigint) AS numeric))), CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.4", CAST(0 AS numeric)) * CAST(CAST($15 AS bigint) AS numeric))), CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE((COALESCE(a."balance.1", CAST(0 AS numeric)) - (COALESCE(a."balance.4", CAST(0 AS numeric)) * CAST(CAST($15 AS bigint) AS numeric))), CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.1",
        CASE WHEN ((COALESCE((COALESCE(a."balance.2", CAST(0 AS numeric)) - (COALESCE(a."balance.5", CAST(0 AS numeric)) * CAST(CAST($16 AS bigint) AS numeric))), CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE((COALESCE(a."balance.2", CAST(0 AS numeric)) - (COALESCE(a."balance.5", CAST(0 AS numeric)) * CAST(CAST($16 AS bigint) AS numeric))), CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE((COALESCE(a."balance.2", CAST(0 AS numeric)) - (COALESCE(a."balance.5", CAST(0 AS numeric)) * CAST(CAST($16 AS bigint) AS numeric))), CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.2",
        CASE WHEN ((COALESCE((COALESCE(a."balance.3", CAST(0 AS numeric)) - (COALESCE(a."balance.6", CAST(0 AS numeric)) * CAST(CAST($17 AS bigint) AS numeric))), CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE((COALESCE(a."balance.3", CAST(0 AS numeric)) - (COALESCE(a."balance.6", CAST(0 AS numeric)) * CAST(CAST($17 AS bigint) AS numeric))), CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE((COALESCE(a."balance.3", CAST(0 AS numeric)) - (COALESCE(a."balance.6", CAST(0 AS numeric)) * CAST(CAST($17 AS bigint) AS numeric))), CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.3",
        CASE WHEN ((COALESCE(a."balance.4", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.4", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.4", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.4",
        CASE WHEN ((COALESCE(a."balance.5", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.5", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.5", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.5",
        CASE WHEN ((COALESCE(a."balance.6", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."balance.6", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."balance.6", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "balance.6",
        CASE WHEN ((COALESCE(a."txn.1", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.1", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.1", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.1",
        CASE WHEN ((COALESCE(a."txn.2", CAST(0 AS numeric)) <= CAST(9223372036854775807 AS numeric)) AND (COALESCE(a."txn.2", CAST(0 AS numeric)) >= CAST(-9223372036854775807 AS numeric))) THEN CAST(COALESCE(a."txn.2", CAST(0 AS numeric)) AS bigint) ELSE CAST(NULL AS bigint) END AS "txn.2"
    FROM r19 AS a;

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
    FROM "metric_7411440807e45c3f" AS a
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
