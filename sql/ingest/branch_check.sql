DELETE FROM stage_repeat WHERE target = 'branch';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'branch', s.line, g.first_line
FROM stage_branch AS s
JOIN (SELECT code, min(line) AS first_line FROM stage_branch
    GROUP BY code HAVING count(*) > 1) AS g ON s.code = g.code
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'branch.code', s.code
FROM stage_repeat AS r
JOIN stage_branch AS s ON s.line = r.line
LEFT JOIN stage_branch AS f ON f.line = r.first_line
WHERE r.target = 'branch' AND (s.title IS DISTINCT FROM f.title OR s.region IS DISTINCT FROM f.region OR s.parent IS DISTINCT FROM f.parent);
