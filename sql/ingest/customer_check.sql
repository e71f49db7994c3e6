-- So the store numbers households: a customer of that name would be taken for one.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'reserved_number', 'customer.id', s.id
FROM stage_customer AS s
WHERE starts_with(s.id, 'household:');

DELETE FROM stage_repeat WHERE target = 'customer';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'customer', s.line, g.first_line
FROM stage_customer AS s
JOIN (SELECT id, min(line) AS first_line FROM stage_customer
    GROUP BY id HAVING count(*) > 1) AS g ON g.id = s.id
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'customer.id', s.id
FROM stage_repeat AS r
JOIN stage_customer AS s ON s.line = r.line
LEFT JOIN stage_customer AS f ON f.line = r.first_line
WHERE r.target = 'customer' AND (s.kind IS DISTINCT FROM f.kind
    OR s.birth_date IS DISTINCT FROM f.birth_date
    OR s.gender IS DISTINCT FROM f.gender
    OR s.region IS DISTINCT FROM f.region
    OR s.branch IS DISTINCT FROM f.branch
    OR s.occupation IS DISTINCT FROM f.occupation
    OR s.industry IS DISTINCT FROM f.industry
    OR s.annual_income IS DISTINCT FROM f.annual_income
    OR s.risk_level IS DISTINCT FROM f.risk_level
    OR s.risk_assessed_on IS DISTINCT FROM f.risk_assessed_on
    OR s.opened_on IS DISTINCT FROM f.opened_on
    OR s.closed_on IS DISTINCT FROM f.closed_on
    OR s.household IS DISTINCT FROM f.household
    OR s.line IN (SELECT n.line FROM stage_repeat AS n
        JOIN stage_attribute AS a ON a.line = n.line
        LEFT JOIN stage_attribute AS b ON b.line = n.first_line AND b.name = a.name
        WHERE n.target = 'customer' AND (a.number_value IS DISTINCT FROM b.number_value
            OR a.text_value IS DISTINCT FROM b.text_value)));
