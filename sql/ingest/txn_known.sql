-- $1: the load. Rows with the source's own number may be known already, as they are or otherwise.
INSERT INTO stage_same (target, line) SELECT 'txn', line FROM stage_repeat WHERE target = 'txn';

INSERT INTO stage_same (target, line)
SELECT DISTINCT 'txn', s.line
FROM (SELECT x.line, x.account, x.customer, x.currency, t.customer_id, t.account_id,
        t.currency AS known_currency
    FROM stage_txn AS x
    JOIN txn AS t ON t.source_id = x.id
    WHERE t.until_load = 9223372036854775807 AND t.on_date = x.on_date AND t.amount = x.amount
        AND t.kind IS NOT DISTINCT FROM x.kind AND t.channel IS NOT DISTINCT FROM x.channel
        AND t.product IS NOT DISTINCT FROM x.product
        AND t.reference IS NOT DISTINCT FROM x.reference) AS s
LEFT JOIN (SELECT account, account_id, currency FROM stage_owner) AS o
    ON o.account = s.account
LEFT JOIN (SELECT line FROM stage_repeat WHERE target = 'txn') AS r ON r.line = s.line
LEFT JOIN (SELECT customer_id, source_id FROM customer_number) AS k
    ON k.source_id = s.customer
WHERE r.line IS NULL AND (s.customer IS NULL OR s.customer_id = k.customer_id)
    AND s.account_id IS NOT DISTINCT FROM o.account_id
    AND s.known_currency = coalesce(s.currency, o.currency);

DELETE FROM stage_txn WHERE line IN (SELECT line FROM stage_same WHERE target = 'txn');

UPDATE txn SET until_load = $1
WHERE until_load = 9223372036854775807
    AND source_id IN (SELECT id FROM stage_txn WHERE id IS NOT NULL);
