INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_customer', 'txn.customer', s.customer
FROM stage_txn AS s
WHERE s.customer IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM customer_key AS k WHERE k.source_id = s.customer)
    AND NOT EXISTS (SELECT 1 FROM stage_customer AS c WHERE c.id = s.customer);
