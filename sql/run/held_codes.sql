-- Codes of the tiers that customers of scheme $2 hold, or will hold, after run $1.
SELECT t.code
FROM tier AS t
WHERE t.tier_id IN (
    SELECT s.held FROM tier_state AS s WHERE s.run_id = $1 AND s.scheme = $2
    UNION
    SELECT s.pending FROM tier_state AS s WHERE s.run_id = $1 AND s.scheme = $2)
ORDER BY t.code
