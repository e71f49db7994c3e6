-- Rated customers of scheme $1 by day and tier, in its last $3 published runs up to day $2.
SELECT x.as_of, s.tier, count(*) AS customers
FROM (
    SELECT p.as_of, p.run_id FROM published AS p
    WHERE p.scheme = $1 AND p.as_of <= $2
    ORDER BY p.as_of DESC LIMIT $3
) AS x
JOIN tier_state AS s ON s.run_id = x.run_id
WHERE s.scheme = $1 AND s.status = 0
GROUP BY x.as_of, s.tier
ORDER BY x.as_of, s.tier
