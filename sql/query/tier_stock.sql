-- Customers by (status, tier) in run $1, whose rows are in series $2, as tier_flow.sql gives them with no
-- run before.
SELECT -1 AS status_before, 0 AS tier_before, x.status AS status_now, coalesce(x.tier, 0) AS tier_now,
    CAST(sum(x.customers) AS BIGINT) AS customers
FROM (
    SELECT t.status, t.tier, count(*) AS customers FROM tier_row AS t
    WHERE t.series = $2 AND t.run_id <= $1 AND t.until_run > $1
    GROUP BY t.status, t.tier
    UNION ALL
    SELECT t.status, t.tier, count(*) AS customers FROM tier_row_held AS t
    WHERE t.series = $2 AND t.run_id <= $1 AND t.until_run > $1
    GROUP BY t.status, t.tier
) AS x
GROUP BY x.status, x.tier
ORDER BY x.status, tier_now
