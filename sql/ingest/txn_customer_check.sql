-- Joins rather than NOT EXISTS, which DuckDB would first turn into a search of distinct values.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_customer', 'txn.customer', s.customer
FROM stage_txn AS s
LEFT JOIN customer_number AS k ON k.source_id = s.customer
LEFT JOIN stage_customer AS c ON c.id = s.customer
WHERE s.customer IS NOT NULL AND k.source_id IS NULL AND c.id IS NULL;
