-- Published tiers of scheme $1 (NULL: all) from $2 to $3 (both NULL: the latest of each scheme).
SELECT
    p.as_of,
    p.scheme,
    k.source_id AS customer_id,
    CASE s.status WHEN 0 THEN 'rated' WHEN 1 THEN 'gated' ELSE 'unrated' END AS status,
    t.code AS tier,
    s.rule,
    s.score
FROM published AS p
JOIN tier_state AS s ON s.run_id = p.run_id AND s.scheme = p.scheme
JOIN customer_key AS k ON k.customer_id = s.customer_id
LEFT JOIN tier AS t ON t.tier_id = s.tier
WHERE (CAST($1 AS TEXT) IS NULL OR p.scheme = CAST($1 AS TEXT))
  AND (CAST($2 AS DATE) IS NULL OR p.as_of >= CAST($2 AS DATE))
  AND (CAST($3 AS DATE) IS NULL OR p.as_of <= CAST($3 AS DATE))
  AND (CAST($2 AS DATE) IS NOT NULL OR CAST($3 AS DATE) IS NOT NULL OR p.as_of = (
      SELECT max(q.as_of) FROM published AS q WHERE q.scheme = p.scheme))
ORDER BY p.scheme, p.as_of, k.source_id
