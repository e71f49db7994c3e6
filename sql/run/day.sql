-- What was published on day $1, run by run.
SELECT p.scheme, r.run_id, r.policy_hash, r.metric_table, r.watermark
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
WHERE p.as_of = CAST($1 AS DATE)
ORDER BY r.run_id, p.scheme
