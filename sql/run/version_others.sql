-- Published runs of policy $1 from $3 to the day before $4 (NULL: no end) whose hash is not $2.
SELECT count(DISTINCT r.run_id) AS runs
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
JOIN policy AS y ON y.policy_hash = r.policy_hash
WHERE y.name = $1 AND r.policy_hash <> $2 AND p.as_of >= CAST($3 AS DATE)
  AND (CAST($4 AS DATE) IS NULL OR p.as_of < CAST($4 AS DATE))
