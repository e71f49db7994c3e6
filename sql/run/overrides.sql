-- Overrides: $1 an id (0: any), $2 a customer's number, $3 a scheme, $4 a state (each NULL: any).
SELECT o.override_id, o.scheme, k.source_id, o.action, t.code, o.from_on, o.until_on, o.reason,
    o.state, o.asked_by, o.asked_at, o.decided_by, o.decided_at, o.revoke_by, o.revoke_at,
    o.revoke_reason, o.revoked_by, o.revoked_at
FROM override_request AS o
JOIN customer_key AS k ON k.customer_id = o.customer_id
LEFT JOIN tier AS t ON t.tier_id = o.tier
WHERE ($1 = 0 OR o.override_id = $1)
  AND (CAST($2 AS TEXT) IS NULL OR k.source_id = CAST($2 AS TEXT))
  AND (CAST($3 AS TEXT) IS NULL OR o.scheme = CAST($3 AS TEXT))
  AND (CAST($4 AS TEXT) IS NULL OR o.state = CAST($4 AS TEXT))
ORDER BY o.override_id
