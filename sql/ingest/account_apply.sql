-- $1: the load.
INSERT INTO stage_same (target, line) SELECT 'account', line FROM stage_repeat WHERE target = 'account';

DELETE FROM stage_account WHERE line IN (SELECT line FROM stage_repeat WHERE target = 'account');

INSERT INTO account_key (account_id, source_id)
SELECT m.top + row_number() OVER (ORDER BY s.id), s.id
FROM stage_account AS s
CROSS JOIN (SELECT coalesce(max(account_id), 0) AS top FROM account_key) AS m
LEFT JOIN account_key AS k ON k.source_id = s.id
WHERE k.source_id IS NULL;

DELETE FROM stage_change;

-- Rows whose own columns are new or corrected.
INSERT INTO stage_change (line, id)
SELECT s.line, k.account_id
FROM stage_account AS s
JOIN account_key AS k ON k.source_id = s.id
LEFT JOIN account AS t ON t.account_id = k.account_id
    AND t.until_load = 9223372036854775807
WHERE t.account_id IS NULL OR NOT (t.product IS NOT DISTINCT FROM s.product
    AND t.class IS NOT DISTINCT FROM s.class
    AND t.currency IS NOT DISTINCT FROM s.currency
    AND t.branch IS NOT DISTINCT FROM s.branch
    AND t.opened_on IS NOT DISTINCT FROM s.opened_on
    AND t.matures_on IS NOT DISTINCT FROM s.matures_on
    AND t.auto_renew IS NOT DISTINCT FROM s.auto_renew
    AND t.closed_on IS NOT DISTINCT FROM s.closed_on
    AND t.rate IS NOT DISTINCT FROM s.rate);

INSERT INTO stage_same (target, line)
SELECT 'account', s.line FROM stage_account AS s
WHERE NOT EXISTS (SELECT 1 FROM stage_change AS c WHERE c.line = s.line);

UPDATE account SET until_load = $1
WHERE until_load = 9223372036854775807
    AND account_id IN (SELECT id FROM stage_change);

INSERT INTO account (
    account_id, product, class, currency, branch, opened_on, matures_on, auto_renew,
    closed_on, rate, load_id, until_load)
SELECT
    c.id, s.product, s.class, s.currency, s.branch, s.opened_on, s.matures_on, s.auto_renew,
    s.closed_on, s.rate, CAST($1 AS BIGINT), 9223372036854775807
FROM stage_account AS s
JOIN stage_change AS c ON c.line = s.line
ORDER BY c.id;

INSERT INTO stage_touched (account_id) SELECT id FROM stage_change;
