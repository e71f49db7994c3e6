-- $1: the load. A row is a customer's own, like that of table customer: of a number that was merged
-- it stays with that number, and the number that goes on keeps its own household.
INSERT INTO stage_same (target, line)
SELECT 'household_member', line FROM stage_repeat WHERE target = 'household_member';

INSERT INTO stage_same (target, line)
SELECT 'household_member', s.line
FROM (SELECT * FROM stage_household_member AS h
    WHERE NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'household_member' AND r.line = h.line)) AS s
JOIN customer_key AS k ON k.source_id = s.customer
JOIN household_member AS m ON m.customer_id = k.customer_id
    AND m.joined_on IS NOT DISTINCT FROM s.joined_on
WHERE m.until_load = 9223372036854775807 AND m.household = s.household
    AND m.role IS NOT DISTINCT FROM s.role AND m.left_on IS NOT DISTINCT FROM s.left_on;

DELETE FROM stage_household_member
WHERE line IN (SELECT line FROM stage_same WHERE target = 'household_member');

UPDATE household_member SET until_load = $1
WHERE until_load = 9223372036854775807 AND EXISTS (SELECT 1 FROM stage_household_member AS s
    JOIN customer_key AS k ON k.source_id = s.customer
    WHERE k.customer_id = household_member.customer_id
        AND s.joined_on IS NOT DISTINCT FROM household_member.joined_on);

INSERT INTO household_member (
    customer_id, household, role, joined_on, left_on, load_id, until_load)
SELECT k.customer_id, s.household, s.role, s.joined_on, s.left_on, CAST($1 AS BIGINT),
    9223372036854775807
FROM stage_household_member AS s
JOIN customer_key AS k ON k.source_id = s.customer
ORDER BY k.customer_id, s.joined_on;
