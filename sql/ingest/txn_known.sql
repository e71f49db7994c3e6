-- $1: the load. Rows with the source's own number may be known already, as they are or otherwise.
INSERT INTO stage_same (target, line) SELECT 'txn', line FROM stage_repeat WHERE target = 'txn';

INSERT INTO stage_same (target, line)
SELECT DISTINCT 'txn', s.line
FROM stage_txn AS s
JOIN txn AS t ON t.source_id = s.id
LEFT JOIN stage_owner AS o ON o.account = s.account
LEFT JOIN customer_number AS k ON k.source_id = s.customer
WHERE t.until_load = 9223372036854775807
    AND (s.customer IS NULL OR t.customer_id = k.customer_id)
    AND t.account_id IS NOT DISTINCT FROM o.account_id
    AND t.on_date = s.on_date AND t.amount = s.amount
    AND t.currency = coalesce(s.currency, o.currency)
    AND t.kind IS NOT DISTINCT FROM s.kind AND t.channel IS NOT DISTINCT FROM s.channel
    AND t.product IS NOT DISTINCT FROM s.product
    AND t.reference IS NOT DISTINCT FROM s.reference
    AND NOT EXISTS (SELECT 1 FROM stage_repeat AS r WHERE r.target = 'txn' AND r.line = s.line);

DELETE FROM stage_txn WHERE line IN (SELECT line FROM stage_same WHERE target = 'txn');

UPDATE txn SET until_load = $1
WHERE until_load = 9223372036854775807
    AND source_id IN (SELECT id FROM stage_txn WHERE id IS NOT NULL);
