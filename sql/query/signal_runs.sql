-- The last run of each policy published for day $1 (NULL: the latest day), by run.
SELECT d.run_id, d.as_of, r.policy_hash
FROM day_run AS d
JOIN run AS r ON r.run_id = d.run_id
WHERE d.as_of = coalesce(CAST($1 AS DATE), (SELECT max(p.as_of) FROM published AS p))
ORDER BY d.run_id
