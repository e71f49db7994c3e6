-- The newest published run of scheme $1 before day $2, the version of the scheme it followed, and the series
-- of its rows.
SELECT p.run_id, p.as_of, coalesce(s.scheme_hash, '') AS scheme_hash, coalesce(s.series, 0) AS series
FROM published AS p
LEFT JOIN run_scheme AS s ON s.run_id = p.run_id AND s.scheme = p.scheme
WHERE p.scheme = $1 AND p.as_of < CAST($2 AS DATE)
ORDER BY p.as_of DESC
LIMIT 1
