-- $1: the load. Rows staged because their number may have come before in this file, beside those of
-- the file that are in the table already: the same number with other values is refused.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT DISTINCT s.line, 'duplicate_key', 'txn.id', s.id
FROM stage_txn AS s
JOIN txn AS t ON t.source_id = s.id AND t.load_id = CAST($1 AS BIGINT)
LEFT JOIN stage_owner AS o ON o.account = s.account
LEFT JOIN customer_number AS k ON k.source_id = s.customer
WHERE (s.customer IS NOT NULL AND t.customer_id <> k.customer_id)
    OR t.account_id IS DISTINCT FROM o.account_id
    OR t.on_date <> s.on_date
    OR (CASE WHEN s.currency IS NULL THEN t.amount * o.factor ELSE t.amount END) <> s.amount
    OR t.currency <> coalesce(s.currency, o.currency)
    OR t.kind IS DISTINCT FROM s.kind OR t.channel IS DISTINCT FROM s.channel
    OR t.product IS DISTINCT FROM s.product OR t.reference IS DISTINCT FROM s.reference;
