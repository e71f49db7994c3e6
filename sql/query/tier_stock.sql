-- Customers of scheme $2 by (status, tier) in run $1, series $3, as tier_flow.sql gives them with no
-- run before.
SELECT -1 AS status_before, 0 AS tier_before, t.status AS status_now,
    coalesce(t.tier, 0) AS tier_now, count(*) AS customers
FROM tier_state AS t
WHERE t.run_id = $1 AND t.scheme = $2 AND t.series = $3
GROUP BY t.status, t.tier
ORDER BY t.status, tier_now
