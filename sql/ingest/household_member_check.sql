INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_customer', 'household_member.customer', s.customer
FROM stage_household_member AS s
LEFT JOIN customer_number AS k ON k.source_id = s.customer
LEFT JOIN stage_customer AS c ON c.id = s.customer
WHERE k.source_id IS NULL AND c.id IS NULL;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'left_before_joined', 'household_member.left_on', CAST(s.left_on AS TEXT)
FROM stage_household_member AS s
WHERE s.left_on < s.joined_on;

DELETE FROM stage_repeat WHERE target = 'household_member';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'household_member', s.line, g.first_line
FROM stage_household_member AS s
JOIN (SELECT customer, joined_on, min(line) AS first_line FROM stage_household_member
    GROUP BY customer, joined_on HAVING count(*) > 1) AS g
    ON g.customer = s.customer AND g.joined_on IS NOT DISTINCT FROM s.joined_on
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'household_member.customer', s.customer
FROM stage_repeat AS r
JOIN stage_household_member AS s ON s.line = r.line
LEFT JOIN stage_household_member AS f ON f.line = r.first_line
WHERE r.target = 'household_member' AND (s.household IS DISTINCT FROM f.household
    OR s.role IS DISTINCT FROM f.role OR s.left_on IS DISTINCT FROM f.left_on);
