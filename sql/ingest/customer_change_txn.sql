-- $1: the load. Rows of change_owner; run only when there are any (prime.sql says why).
INSERT INTO txn (customer_id, account_id, on_date, amount, currency, kind, channel, product,
    reference, source_id, load_id, until_load)
SELECT n.into_id, t.account_id, t.on_date, t.amount, t.currency, t.kind, t.channel, t.product,
    t.reference, t.source_id, CAST($1 AS BIGINT), 9223372036854775807
FROM txn AS t
JOIN change_owner AS n
    ON n.customer_id = t.customer_id AND n.account_id = coalesce(t.account_id, 0)
WHERE t.until_load = 9223372036854775807
ORDER BY CAST(date_trunc('month', t.on_date) AS DATE), n.into_id;

UPDATE txn SET until_load = $1
FROM change_owner AS n
WHERE until_load = 9223372036854775807 AND load_id < $1
    AND n.customer_id = txn.customer_id AND n.account_id = coalesce(txn.account_id, 0);
