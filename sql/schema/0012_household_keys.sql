-- Households as entities: one that a policy rates has a number in the same space as customers, from
-- -1 downwards, so that whatever prints a customer's number prints a household's.
DROP VIEW customer_number;

ALTER TABLE customer_key ADD COLUMN household TEXT; -- NULL: a customer

CREATE VIEW customer_number AS
SELECT source_id, coalesce(booked_on, customer_id) AS customer_id
FROM customer_key
WHERE household IS NULL;

INSERT INTO customer_key (customer_id, source_id, household)
SELECT -row_number() OVER (ORDER BY n.household), 'household:' || n.household, n.household
FROM (SELECT household FROM customer WHERE household IS NOT NULL
    UNION SELECT household FROM household_member) AS n;
