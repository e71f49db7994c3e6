-- $1: the load. until_load 0: the row of a merged number, which no run sees; its corrections stay
-- so (customer_change_apply.sql).
INSERT INTO stage_same (target, line) SELECT 'customer', line FROM stage_repeat WHERE target = 'customer';

DELETE FROM stage_customer WHERE line IN (SELECT line FROM stage_repeat WHERE target = 'customer');

DELETE FROM stage_attribute
WHERE line IN (SELECT line FROM stage_repeat WHERE target = 'customer');

INSERT INTO customer_key (customer_id, source_id)
SELECT m.top + row_number() OVER (ORDER BY s.id), s.id
FROM stage_customer AS s
CROSS JOIN (SELECT coalesce(max(customer_id), 0) AS top FROM customer_key) AS m
LEFT JOIN customer_key AS k ON k.source_id = s.id
WHERE k.source_id IS NULL;

DELETE FROM stage_attribute_change;

INSERT INTO stage_attribute_change (line, customer_id, name, number_value, text_value)
SELECT s.line, k.customer_id, s.name, s.number_value, s.text_value
FROM stage_attribute AS s
JOIN customer_key AS k ON k.source_id = s.customer
LEFT JOIN customer_attribute AS a ON a.customer_id = k.customer_id AND a.name = s.name
    AND a.until_load IN (0, 9223372036854775807)
WHERE a.number_value IS DISTINCT FROM s.number_value
    OR a.text_value IS DISTINCT FROM s.text_value;

DELETE FROM stage_change;

-- Rows whose own columns are new or corrected.
INSERT INTO stage_change (line, id)
SELECT s.line, k.customer_id
FROM stage_customer AS s
JOIN customer_key AS k ON k.source_id = s.id
LEFT JOIN customer AS t ON t.customer_id = k.customer_id
    AND t.until_load IN (0, 9223372036854775807)
WHERE t.customer_id IS NULL OR NOT (t.kind IS NOT DISTINCT FROM s.kind
    AND t.birth_date IS NOT DISTINCT FROM s.birth_date
    AND t.gender IS NOT DISTINCT FROM s.gender
    AND t.region IS NOT DISTINCT FROM s.region
    AND t.branch IS NOT DISTINCT FROM s.branch
    AND t.occupation IS NOT DISTINCT FROM s.occupation
    AND t.industry IS NOT DISTINCT FROM s.industry
    AND t.annual_income IS NOT DISTINCT FROM s.annual_income
    AND t.risk_level IS NOT DISTINCT FROM s.risk_level
    AND t.risk_assessed_on IS NOT DISTINCT FROM s.risk_assessed_on
    AND t.opened_on IS NOT DISTINCT FROM s.opened_on
    AND t.closed_on IS NOT DISTINCT FROM s.closed_on
    AND t.household IS NOT DISTINCT FROM s.household);

INSERT INTO stage_same (target, line)
SELECT 'customer', s.line FROM stage_customer AS s
WHERE NOT EXISTS (SELECT 1 FROM stage_change AS c WHERE c.line = s.line)
    AND NOT EXISTS (SELECT 1 FROM stage_attribute_change AS x WHERE x.line = s.line);

UPDATE customer SET
    until_load = CASE WHEN until_load = 0 THEN load_id ELSE CAST($1 AS BIGINT) END
WHERE until_load IN (0, 9223372036854775807)
    AND customer_id IN (SELECT id FROM stage_change);

INSERT INTO customer (
    customer_id, kind, birth_date, gender, region, branch, occupation, industry,
    annual_income, risk_level, risk_assessed_on, opened_on, closed_on, household, load_id,
    until_load)
SELECT
    c.id, s.kind, s.birth_date, s.gender, s.region, s.branch, s.occupation, s.industry,
    s.annual_income, s.risk_level, s.risk_assessed_on, s.opened_on, s.closed_on,
    s.household, CAST($1 AS BIGINT),
    CASE WHEN k.booked_on IS NULL THEN 9223372036854775807 ELSE 0 END
FROM stage_customer AS s
JOIN stage_change AS c ON c.line = s.line
JOIN customer_key AS k ON k.customer_id = c.id
ORDER BY c.id;

-- A value that is now missing only ends the old one.
UPDATE customer_attribute SET
    until_load = CASE WHEN until_load = 0 THEN load_id ELSE CAST($1 AS BIGINT) END
FROM stage_attribute_change AS x
WHERE until_load IN (0, 9223372036854775807)
    AND x.customer_id = customer_attribute.customer_id AND x.name = customer_attribute.name;

INSERT INTO customer_attribute (
    customer_id, name, number_value, text_value, load_id, until_load)
SELECT x.customer_id, x.name, x.number_value, x.text_value, CAST($1 AS BIGINT),
    CASE WHEN k.booked_on IS NULL THEN 9223372036854775807 ELSE 0 END
FROM stage_attribute_change AS x
JOIN customer_key AS k ON k.customer_id = x.customer_id
WHERE x.number_value IS NOT NULL OR x.text_value IS NOT NULL
ORDER BY x.customer_id, x.name;
