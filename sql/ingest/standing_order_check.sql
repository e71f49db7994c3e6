INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_account', 'standing_order.account', s.account
FROM stage_standing_order AS s
WHERE NOT EXISTS (SELECT 1 FROM stage_owner AS o WHERE o.account = s.account);

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'too_precise', 'standing_order.amount', s.account
FROM stage_standing_order AS s
JOIN stage_owner AS o ON o.account = s.account
WHERE o.factor > 1 AND s.amount % o.factor <> 0;

DELETE FROM stage_repeat WHERE target = 'standing_order';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'standing_order', s.line, g.first_line
FROM stage_standing_order AS s
JOIN (SELECT id, min(line) AS first_line FROM stage_standing_order
    GROUP BY id HAVING count(*) > 1) AS g ON g.id = s.id
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'standing_order.id', s.id
FROM stage_repeat AS r
JOIN stage_standing_order AS s ON s.line = r.line
LEFT JOIN stage_standing_order AS f ON f.line = r.first_line
WHERE r.target = 'standing_order' AND (s.account <> f.account
    OR s.amount <> f.amount OR s.kind IS DISTINCT FROM f.kind);
