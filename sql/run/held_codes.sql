-- Codes of the tiers that customers of scheme $2 hold, or will hold, after run $1.
SELECT t.code
FROM (
    SELECT s.held AS tier_id FROM tier_state AS s WHERE s.run_id = $1 AND s.scheme = $2
    UNION
    SELECT s.pending AS tier_id FROM tier_state AS s WHERE s.run_id = $1 AND s.scheme = $2
) AS h
JOIN tier AS t ON t.tier_id = h.tier_id
ORDER BY t.code
