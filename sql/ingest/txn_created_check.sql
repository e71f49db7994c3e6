-- Numbers of which customers would be made (create_customers: true).
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'reserved_number', 'txn.customer', s.customer
FROM stage_txn AS s
WHERE starts_with(s.customer, 'household:');
