-- $1: the load.
INSERT INTO stage_same (target, line)
SELECT 'standing_order', line FROM stage_repeat WHERE target = 'standing_order';

INSERT INTO stage_same (target, line)
SELECT 'standing_order', s.line
FROM (SELECT * FROM stage_standing_order AS h
    WHERE NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'standing_order' AND r.line = h.line)) AS s
JOIN stage_owner AS o ON o.account = s.account
JOIN standing_order AS t ON t.source_id = s.id
WHERE t.until_load = 9223372036854775807 AND t.account_id = o.account_id
    AND t.amount = s.amount AND t.kind IS NOT DISTINCT FROM s.kind;

DELETE FROM stage_standing_order
WHERE line IN (SELECT line FROM stage_same WHERE target = 'standing_order');

UPDATE standing_order SET until_load = $1
WHERE until_load = 9223372036854775807
    AND source_id IN (SELECT id FROM stage_standing_order);

INSERT INTO standing_order (account_id, source_id, amount, kind, load_id, until_load)
SELECT o.account_id, s.id, s.amount, s.kind, CAST($1 AS BIGINT), 9223372036854775807
FROM stage_standing_order AS s
JOIN stage_owner AS o ON o.account = s.account
ORDER BY o.account_id, s.id;
