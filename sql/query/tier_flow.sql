-- Customers of scheme $3 by (status, tier) in run $2 (the period before) and run $1.
-- Statuses are -1 where a customer is absent from a run; tiers are 0 where there is none.
SELECT x.status_before, x.tier_before, x.status_now, x.tier_now, count(*) AS customers
FROM (
    SELECT
        coalesce(p.status, -1) AS status_before,
        coalesce(p.tier, 0) AS tier_before,
        coalesce(c.status, -1) AS status_now,
        coalesce(c.tier, 0) AS tier_now
    FROM (SELECT t.customer_id, t.status, t.tier FROM tier_state AS t
          WHERE t.run_id = $1 AND t.scheme = $3) AS c
    FULL JOIN (SELECT t.customer_id, t.status, t.tier FROM tier_state AS t
          WHERE t.run_id = $2 AND t.scheme = $3) AS p
    ON p.customer_id = c.customer_id
) AS x
GROUP BY x.status_before, x.tier_before, x.status_now, x.tier_now
ORDER BY x.status_before, x.tier_before, x.status_now, x.tier_now
