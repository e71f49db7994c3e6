-- Rated customers of scheme $1 by day and tier, in its last $3 published runs up to day $2.
SELECT p.as_of, t.tier, t.customers
FROM (
    SELECT q.as_of, q.run_id FROM published AS q
    WHERE q.scheme = $1 AND q.as_of <= $2
    ORDER BY q.as_of DESC LIMIT $3
) AS p
JOIN tier_stock AS t ON t.run_id = p.run_id AND t.scheme = $1 AND t.status = 0
ORDER BY p.as_of, t.tier
