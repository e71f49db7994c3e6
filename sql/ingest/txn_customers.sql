-- $1: the load. Customers that appear in transactions only (create_customers: true).
INSERT INTO customer_key (customer_id, source_id)
SELECT m.top + row_number() OVER (ORDER BY s.customer), s.customer
FROM (SELECT DISTINCT customer FROM stage_txn WHERE customer IS NOT NULL) AS s
CROSS JOIN (SELECT coalesce(max(customer_id), 0) AS top FROM customer_key) AS m
LEFT JOIN customer_key AS k ON k.source_id = s.customer
WHERE k.source_id IS NULL;

INSERT INTO customer (customer_id, kind, load_id, until_load)
SELECT k.customer_id, 'person', CAST($1 AS BIGINT), 9223372036854775807
FROM customer_key AS k
WHERE k.source_id IN (SELECT customer FROM stage_txn)
    AND NOT EXISTS (SELECT 1 FROM customer AS c WHERE c.customer_id = k.customer_id)
ORDER BY k.customer_id;
