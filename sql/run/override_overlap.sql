-- The first override in force of scheme $1 and the customer numbered $2 that shares a day with $3 to
-- $4 (NULL: open); 0 when there is none. Merged numbers count as what they are booked on;
-- households have overrides too.
SELECT coalesce(min(o.override_id), 0) AS override_id
FROM tier_override AS o
WHERE o.scheme = $1 AND o.until_load = 9223372036854775807
  AND o.customer_id IN (SELECT coalesce(n.booked_on, n.customer_id) FROM customer_key AS n
    WHERE n.source_id = $2)
  AND (o.until_on IS NULL OR o.until_on >= CAST($3 AS DATE))
  AND (CAST($4 AS DATE) IS NULL OR o.from_on <= CAST($4 AS DATE))
