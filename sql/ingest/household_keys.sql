-- After the customers or members of a file: its households get their numbers, below all others.
INSERT INTO customer_key (customer_id, source_id, household)
SELECT m.low - row_number() OVER (ORDER BY n.household), 'household:' || n.household, n.household
FROM (SELECT household FROM stage_customer WHERE household IS NOT NULL
    UNION SELECT household FROM stage_household_member) AS n
CROSS JOIN (SELECT LEAST(coalesce(min(customer_id), 0), 0) AS low FROM customer_key) AS m
LEFT JOIN customer_key AS k ON k.household = n.household
WHERE k.household IS NULL;
