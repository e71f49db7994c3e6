-- Published runs of scheme $1 (NULL: all) on day $2 (NULL: the newest there is), run by run.
SELECT p.as_of, p.scheme, r.run_id, r.policy_hash, y.name AS policy, r.metric_table, r.watermark,
    r.customers, r.started_at, r.finished_at, coalesce(r.policy_version, 0) AS version
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
JOIN policy AS y ON y.policy_hash = r.policy_hash
WHERE (CAST($1 AS TEXT) IS NULL OR p.scheme = CAST($1 AS TEXT))
  AND p.as_of = coalesce(CAST($2 AS DATE), (
      SELECT max(q.as_of) FROM published AS q
      WHERE CAST($1 AS TEXT) IS NULL OR q.scheme = CAST($1 AS TEXT)))
ORDER BY r.run_id, p.scheme
