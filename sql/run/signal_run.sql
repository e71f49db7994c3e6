-- The newest published run of the policy named $1 before day $2, the last made for its day.
SELECT r.run_id, r.as_of
FROM run AS r
JOIN policy AS p ON p.policy_hash = r.policy_hash
WHERE p.name = $1 AND r.as_of < CAST($2 AS DATE) AND r.state = 'published'
ORDER BY r.as_of DESC, r.run_id DESC
LIMIT 1
