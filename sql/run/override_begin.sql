-- Request $1 becomes a fact of load $2, of the customer its number is booked on.
INSERT INTO tier_override (override_id, scheme, customer_id, action, tier, from_on, until_on,
    load_id, until_load)
SELECT o.override_id, o.scheme, coalesce(k.booked_on, k.customer_id), o.action, o.tier, o.from_on,
    o.until_on, CAST($2 AS BIGINT), 9223372036854775807
FROM override_request AS o
JOIN customer_key AS k ON k.customer_id = o.customer_id
WHERE o.override_id = $1
