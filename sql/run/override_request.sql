-- A new request, under id $1, of the customer numbered $3.
INSERT INTO override_request (override_id, scheme, customer_id, action, tier, from_on, until_on,
    reason, state, asked_by, asked_at)
SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), k.customer_id, CAST($4 AS BIGINT),
    CAST($5 AS BIGINT), CAST($6 AS DATE), CAST($7 AS DATE), CAST($8 AS TEXT), 'requested',
    CAST($9 AS TEXT), CAST($10 AS TEXT)
FROM customer_key AS k
WHERE k.source_id = $3
