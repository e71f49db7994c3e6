-- Rated customers of scheme $1 by day and tier, in its last $3 published runs up to day $2.
SELECT x.as_of, c.tier, c.customers
FROM (
    SELECT s.run_id, s.tier, count(*) AS customers
    FROM tier_state AS s
    WHERE s.scheme = $1 AND s.status = 0 AND s.run_id IN (
        SELECT p.run_id FROM published AS p
        WHERE p.scheme = $1 AND p.as_of <= $2
        ORDER BY p.as_of DESC LIMIT $3)
    GROUP BY s.run_id, s.tier
) AS c
JOIN published AS x ON x.run_id = c.run_id AND x.scheme = $1 AND x.as_of <= $2
ORDER BY x.as_of, c.tier
