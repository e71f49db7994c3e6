-- $1: the load. Rows staged because their number may have come before in this file, beside those of
-- the file that are in the table already: the same number with other values is refused.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT DISTINCT s.line, 'duplicate_key', 'txn.id', s.id
FROM (SELECT x.line, x.id, x.account, x.customer, x.currency, x.amount, t.customer_id, t.account_id,
        t.currency AS known_currency, t.amount AS known_amount,
        t.on_date <> x.on_date OR t.kind IS DISTINCT FROM x.kind
            OR t.channel IS DISTINCT FROM x.channel OR t.product IS DISTINCT FROM x.product
            OR t.reference IS DISTINCT FROM x.reference AS differs
    FROM stage_txn AS x
    JOIN txn AS t ON t.source_id = x.id AND t.load_id = CAST($1 AS BIGINT)) AS s
LEFT JOIN (SELECT account, account_id, currency, factor FROM stage_owner) AS o
    ON o.account = s.account
LEFT JOIN (SELECT customer_id, source_id FROM customer_number) AS k
    ON k.source_id = s.customer
WHERE s.differs OR (s.customer IS NOT NULL AND s.customer_id <> k.customer_id)
    OR s.account_id IS DISTINCT FROM o.account_id
    OR (CASE WHEN s.currency IS NULL THEN s.known_amount * o.factor ELSE s.known_amount END)
        <> s.amount
    OR s.known_currency <> coalesce(s.currency, o.currency);
