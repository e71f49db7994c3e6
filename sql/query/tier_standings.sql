-- Rated customers of scheme $2 in run $1, series $3, by the tier they hold, how they hold it, and the tier that takes
-- effect next period (0: none). Nothing in schemes without moves.
SELECT t.held, t.standing, coalesce(t.pending, 0) AS pending, count(*) AS customers
FROM tier_state AS t
WHERE t.run_id = $1 AND t.scheme = $2 AND t.series = $3 AND t.held IS NOT NULL AND t.status = 0
GROUP BY t.held, t.standing, coalesce(t.pending, 0)
ORDER BY t.held, t.standing, coalesce(t.pending, 0)
