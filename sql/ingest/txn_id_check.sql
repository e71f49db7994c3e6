DELETE FROM stage_repeat WHERE target = 'txn';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'txn', s.line, g.first_line
FROM stage_txn AS s
JOIN (SELECT id, min(line) AS first_line FROM stage_txn
    WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1) AS g ON g.id = s.id
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'txn.id', s.id
FROM stage_repeat AS r
JOIN stage_txn AS s ON s.line = r.line
LEFT JOIN stage_txn AS f ON f.line = r.first_line
WHERE r.target = 'txn' AND (s.account IS DISTINCT FROM f.account
    OR s.customer IS DISTINCT FROM f.customer OR s.on_date <> f.on_date
    OR s.amount <> f.amount OR s.currency IS DISTINCT FROM f.currency
    OR s.kind IS DISTINCT FROM f.kind OR s.channel IS DISTINCT FROM f.channel
    OR s.product IS DISTINCT FROM f.product OR s.reference IS DISTINCT FROM f.reference);
