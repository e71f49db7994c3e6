-- $1: the load. Stored by (month, customer): what a window reads lies together.
INSERT INTO txn (customer_id, account_id, on_date, amount, currency, kind, channel, product,
    reference, source_id, load_id, until_load)
SELECT coalesce(k.customer_id, o.customer_id) AS customer_id, o.account_id, s.on_date, s.amount,
    coalesce(s.currency, o.currency), s.kind, s.channel, s.product, s.reference, s.id,
    CAST($1 AS BIGINT), 9223372036854775807
FROM stage_txn AS s
LEFT JOIN stage_owner AS o ON o.account = s.account
LEFT JOIN customer_key AS k ON k.source_id = s.customer
ORDER BY CAST(date_trunc('month', s.on_date) AS DATE), customer_id;
