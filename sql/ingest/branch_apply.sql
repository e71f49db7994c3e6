-- $1: the load.
INSERT INTO stage_same (target, line) SELECT 'branch', line FROM stage_repeat WHERE target = 'branch';

INSERT INTO stage_same (target, line)
SELECT 'branch', s.line FROM stage_branch AS s
JOIN branch AS t ON t.code = s.code
WHERE t.until_load = 9223372036854775807 AND t.title IS NOT DISTINCT FROM s.title AND t.region IS NOT DISTINCT FROM s.region AND t.parent IS NOT DISTINCT FROM s.parent
    AND NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'branch' AND r.line = s.line);

DELETE FROM stage_branch
WHERE line IN (SELECT line FROM stage_same WHERE target = 'branch');

UPDATE branch SET until_load = $1
WHERE until_load = 9223372036854775807 AND code IN (SELECT code FROM stage_branch);

INSERT INTO branch (code, title, region, parent, load_id, until_load)
SELECT s.code, s.title, s.region, s.parent, CAST($1 AS BIGINT), 9223372036854775807
FROM stage_branch AS s ORDER BY s.code;
