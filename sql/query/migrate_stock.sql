-- The end of a statement, after migrate_rating.sql and the run's values (value_now): customers of scheme $2
-- in run $1 and what they have, counted without looking at any other run.
SELECT r.status, r.tier, count(*) AS customers, sum(coalesce(v.value, 0)) AS value
FROM rating AS r
LEFT JOIN value_now AS v ON v.customer_id = r.customer_id
WHERE r.run_id = $1 AND r.scheme = $2
GROUP BY r.status, r.tier
ORDER BY r.status, r.tier
