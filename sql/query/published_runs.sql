-- Distinct published runs of scheme $3 (NULL: of any) from $1 to $2 (both NULL: the latest), by date.
SELECT DISTINCT p.run_id, p.as_of, r.policy_hash, r.metric_table, '' AS scheme
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
WHERE (CAST($3 AS TEXT) IS NULL OR p.scheme = CAST($3 AS TEXT))
  AND (CAST($1 AS DATE) IS NULL OR p.as_of >= CAST($1 AS DATE))
  AND (CAST($2 AS DATE) IS NULL OR p.as_of <= CAST($2 AS DATE))
  AND (CAST($1 AS DATE) IS NOT NULL OR CAST($2 AS DATE) IS NOT NULL OR p.as_of = (
      SELECT max(q.as_of) FROM published AS q
      WHERE CAST($3 AS TEXT) IS NULL OR q.scheme = CAST($3 AS TEXT)))
ORDER BY p.as_of, p.run_id
