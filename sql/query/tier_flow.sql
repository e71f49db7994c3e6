-- Customers by (status, tier) in run $2 (the period before) and run $1, whose rows of one scheme are in
-- the series $4 and $3. Statuses are -1 where a customer is absent from a run; tiers are 0 where there is
-- none. Rows that stand for both runs are those of the run's stock that no changed row is of.
WITH t AS NOT MATERIALIZED (
    SELECT r.series, r.run_id, r.until_run, r.customer_id, r.status, r.tier FROM tier_row AS r
    UNION ALL
    SELECT h.series, h.run_id, h.until_run, h.customer_id, h.status, h.tier FROM tier_row_held AS h
),
changed AS MATERIALIZED (
    SELECT coalesce(p.status, -1) AS status_before, coalesce(p.tier, 0) AS tier_before,
        coalesce(c.status, -1) AS status_now, coalesce(c.tier, 0) AS tier_now, count(*) AS customers
    FROM (SELECT t.customer_id, t.status, t.tier FROM t
          WHERE t.series = $3 AND t.run_id <= $1 AND t.until_run > $1
              AND ($3 <> $4 OR t.run_id > $2 OR t.until_run <= $2)) AS c
    FULL JOIN (SELECT t.customer_id, t.status, t.tier FROM t
          WHERE t.series = $4 AND t.run_id <= $2 AND t.until_run > $2
              AND ($3 <> $4 OR t.run_id > $1 OR t.until_run <= $1)) AS p
    ON p.customer_id = c.customer_id
    GROUP BY p.status, p.tier, c.status, c.tier
)
SELECT x.status_before, x.tier_before, x.status_now, x.tier_now, CAST(sum(x.customers) AS BIGINT) AS customers
FROM (
    SELECT c.status_before, c.tier_before, c.status_now, c.tier_now, c.customers FROM changed AS c
    UNION ALL
    SELECT s.status, coalesce(s.tier, 0), s.status, coalesce(s.tier, 0), s.customers
    FROM stock_change AS s
    WHERE s.series = $3 AND $3 = $4 AND s.run_id <= $1
    UNION ALL
    SELECT c.status_now, c.tier_now, c.status_now, c.tier_now, -c.customers FROM changed AS c
    WHERE $3 = $4 AND c.status_now >= 0
) AS x
GROUP BY x.status_before, x.tier_before, x.status_now, x.tier_now
HAVING sum(x.customers) <> 0
ORDER BY x.status_before, x.tier_before, x.status_now, x.tier_now
