-- The end of a statement, after migrate_customers.sql: who went from $8 (and tier $9) to $10 (and tier $11),
-- NULL: from or to anywhere; at most $12, by the bytes of the customer number.
SELECT
    k.source_id AS customer_id,
    CASE x.was_at WHEN 0 THEN 'rated' WHEN 1 THEN 'gated' WHEN 2 THEN 'unrated'
        WHEN 3 THEN 'new' WHEN 4 THEN 'reopened' ELSE 'merged' END AS was,
    b.code AS tier_before,
    CASE x.is_at WHEN 0 THEN 'rated' WHEN 1 THEN 'gated' WHEN 2 THEN 'unrated'
        WHEN 5 THEN 'merged' ELSE 'closed' END AS became,
    n.code AS tier_after,
    CASE WHEN x.is_at = 5 THEN i.source_id END AS merged_into,
    CASE WHEN x.was_at < 3 THEN CAST(x.value_before AS BIGINT) END AS value_before,
    CASE WHEN x.is_at < 3 THEN CAST(x.value_now AS BIGINT) END AS value_after
FROM customers AS x
JOIN (SELECT y.customer_id, y.source_id FROM customer_key AS y /* apart */) AS k
    ON k.customer_id = x.customer_id
LEFT JOIN (SELECT y.customer_id, y.source_id FROM customer_key AS y
    WHERE y.customer_id IN (SELECT m.into_id FROM merged AS m) /* apart */) AS i
    ON i.customer_id = x.merged_into
LEFT JOIN (SELECT t.tier_id, t.code FROM tier AS t /* apart */) AS b ON b.tier_id = x.tier_before
LEFT JOIN (SELECT t.tier_id, t.code FROM tier AS t /* apart */) AS n ON n.tier_id = x.tier_now
WHERE (CAST($8 AS BIGINT) IS NULL OR x.was_at = CAST($8 AS BIGINT))
    AND (CAST($9 AS BIGINT) IS NULL OR x.tier_before = CAST($9 AS BIGINT))
    AND (CAST($10 AS BIGINT) IS NULL OR x.is_at = CAST($10 AS BIGINT))
    AND (CAST($11 AS BIGINT) IS NULL OR x.tier_now = CAST($11 AS BIGINT))
ORDER BY k.source_id
LIMIT $12
