-- $1: the load.
INSERT INTO stage_same (target, line)
SELECT 'control_total', line FROM stage_repeat WHERE target = 'control_total';

INSERT INTO stage_same (target, line)
SELECT 'control_total', s.line FROM stage_control_total AS s
JOIN control_total AS t ON t.as_of = s.as_of AND t.currency = s.currency
    AND coalesce(t.branch, '') = coalesce(s.branch, '')
    AND coalesce(t.product, '') = coalesce(s.product, '')
    AND coalesce(t.class, '') = coalesce(s.class, '')
WHERE t.until_load = 9223372036854775807 AND t.accounts IS NOT DISTINCT FROM s.accounts
    AND t.balance = s.balance AND t.average IS NOT DISTINCT FROM s.average
    AND NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'control_total' AND r.line = s.line);

DELETE FROM stage_control_total
WHERE line IN (SELECT line FROM stage_same WHERE target = 'control_total');

UPDATE control_total SET until_load = $1
WHERE until_load = 9223372036854775807
    AND (as_of, currency, coalesce(branch, ''), coalesce(product, ''), coalesce(class, ''))
    IN (SELECT as_of, currency, coalesce(branch, ''), coalesce(product, ''), coalesce(class, '')
        FROM stage_control_total);

INSERT INTO control_total (as_of, branch, product, class, currency, accounts, balance, average,
    load_id, until_load)
SELECT s.as_of, s.branch, s.product, s.class, s.currency, s.accounts, s.balance, s.average,
    CAST($1 AS BIGINT), 9223372036854775807
FROM stage_control_total AS s
ORDER BY s.as_of, s.branch, s.product, s.class, s.currency;
