-- The last $3 published runs of scheme $1 up to day $2 whose metrics are in table $4.
SELECT p.as_of, p.run_id
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
WHERE p.scheme = $1 AND p.as_of <= $2 AND r.metric_table = $4
ORDER BY p.as_of DESC
LIMIT $3
