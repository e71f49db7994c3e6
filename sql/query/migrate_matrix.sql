-- The end of a statement, after migrate_customers.sql: how many went which way, and what they had.
SELECT x.was_at, x.tier_before, x.is_at, x.tier_now, count(*) AS customers,
    sum(x.value_before) AS value_before, sum(x.value_now) AS value_now, sum(x.brought) AS brought
FROM customers AS x
GROUP BY x.was_at, x.tier_before, x.is_at, x.tier_now
ORDER BY x.was_at, x.tier_before, x.is_at, x.tier_now
