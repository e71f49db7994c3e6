-- Customers of scheme $3 by (status, tier) in run $2 (the period before) and run $1, whose rows are in
-- the series $5 and $4: a server finds them by it. Statuses are -1 where a customer is absent from a
-- run; tiers are 0 where there is none. Rows that stand for both runs need not find each other.
SELECT x.status_before, x.tier_before, x.status_now, x.tier_now, CAST(sum(x.customers) AS BIGINT) AS customers
FROM (
    SELECT t.status AS status_before, coalesce(t.tier, 0) AS tier_before, t.status AS status_now,
        coalesce(t.tier, 0) AS tier_now, count(*) AS customers
    FROM tier_state AS t
    WHERE t.run_id = $1 AND t.scheme = $3 AND t.series = $4 AND $4 = $5
        AND t.from_run <= least($1, $2) AND t.until_run > greatest($1, $2)
    GROUP BY t.status, t.tier
    UNION ALL
    SELECT coalesce(p.status, -1) AS status_before, coalesce(p.tier, 0) AS tier_before,
        coalesce(c.status, -1) AS status_now, coalesce(c.tier, 0) AS tier_now, count(*) AS customers
    FROM (SELECT t.customer_id, t.status, t.tier FROM tier_state AS t
          WHERE t.run_id = $1 AND t.scheme = $3 AND t.series = $4 AND ($4 <> $5
              OR t.from_run > least($1, $2) OR t.until_run <= greatest($1, $2))) AS c
    FULL JOIN (SELECT t.customer_id, t.status, t.tier FROM tier_state AS t
          WHERE t.run_id = $2 AND t.scheme = $3 AND t.series = $5 AND ($4 <> $5
              OR t.from_run > least($1, $2) OR t.until_run <= greatest($1, $2))) AS p
    ON p.customer_id = c.customer_id
    GROUP BY p.status, p.tier, c.status, c.tier
) AS x
GROUP BY x.status_before, x.tier_before, x.status_now, x.tier_now
ORDER BY x.status_before, x.tier_before, x.status_now, x.tier_now
