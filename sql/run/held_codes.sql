-- Codes of the tiers that customers of scheme $1 hold, or will hold, after run $2.
SELECT t.code
FROM tier AS t
WHERE t.tier_id IN (
    SELECT s.held FROM tier_state AS s WHERE s.run_id = $2 AND s.scheme = $1
    UNION
    SELECT s.pending FROM tier_state AS s WHERE s.run_id = $2 AND s.scheme = $1)
ORDER BY t.code
