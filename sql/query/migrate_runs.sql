-- Published runs of scheme $1 from day $2 to day $3, in order.
SELECT p.as_of, p.run_id
FROM published AS p
WHERE p.scheme = $1 AND p.as_of >= $2 AND p.as_of <= $3
ORDER BY p.as_of
