-- $1: the load. What plans join is derived anew for every account that changed.
UPDATE holding SET until_load = $1
WHERE until_load = 9223372036854775807
    AND account_id IN (SELECT account_id FROM stage_touched);

INSERT INTO holding (customer_id, account_id, role, share, position, product, class, currency,
    branch, opened_on, matures_on, auto_renew, closed_on, rate, load_id, until_load)
SELECT h.customer_id, a.account_id, h.role, h.share, h.position, a.product, a.class, a.currency,
    a.branch, a.opened_on, a.matures_on, a.auto_renew, a.closed_on, a.rate, CAST($1 AS BIGINT),
    9223372036854775807
FROM account AS a
JOIN account_holder AS h ON h.account_id = a.account_id
WHERE a.until_load = 9223372036854775807 AND h.until_load = 9223372036854775807
    AND h.share > 0 AND a.account_id IN (SELECT account_id FROM stage_touched)
ORDER BY h.customer_id, a.account_id;

-- Balances whose split changed: the whole amounts are the sums of the parts in force.
DELETE FROM stage_close;

INSERT INTO stage_close (line, account_id, on_date, amount)
SELECT NULL, b.account_id, b.on_date, CAST(sum(b.amount) AS BIGINT)
FROM balance AS b
WHERE b.until_load = 9223372036854775807
    AND b.account_id IN (SELECT account_id FROM stage_resplit)
GROUP BY b.account_id, b.on_date;
