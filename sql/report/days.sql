-- Published runs of scheme $1 up to day $2, newest first, at most $3.
SELECT p.as_of, p.run_id
FROM published AS p
WHERE p.scheme = $1 AND p.as_of <= $2
ORDER BY p.as_of DESC
LIMIT $3
