-- Customers by (status, tier) of scheme $2 in run $1, as tier_flow.sql gives them with no run before.
SELECT -1 AS status_before, 0 AS tier_before, t.status AS status_now, coalesce(t.tier, 0) AS tier_now,
    t.customers
FROM tier_stock AS t
WHERE t.run_id = $1 AND t.scheme = $2
ORDER BY t.status, tier_now
