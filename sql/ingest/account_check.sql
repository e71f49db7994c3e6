DELETE FROM stage_repeat WHERE target = 'account';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'account', s.line, g.first_line
FROM stage_account AS s
JOIN (SELECT id, min(line) AS first_line FROM stage_account
    GROUP BY id HAVING count(*) > 1) AS g ON g.id = s.id
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'account.id', s.id
FROM stage_repeat AS r
JOIN stage_account AS s ON s.line = r.line
LEFT JOIN stage_account AS f ON f.line = r.first_line
WHERE r.target = 'account' AND (s.product IS DISTINCT FROM f.product
    OR s.class IS DISTINCT FROM f.class
    OR s.currency IS DISTINCT FROM f.currency
    OR s.branch IS DISTINCT FROM f.branch
    OR s.opened_on IS DISTINCT FROM f.opened_on
    OR s.matures_on IS DISTINCT FROM f.matures_on
    OR s.auto_renew IS DISTINCT FROM f.auto_renew
    OR s.closed_on IS DISTINCT FROM f.closed_on
    OR s.rate IS DISTINCT FROM f.rate);
