-- Versions of policy $1 (NULL: of all), by name and number.
SELECT v.name, v.version, v.policy_hash, v.body, v.state, v.drafted_by, v.drafted_at,
    v.submitted_by, v.submitted_at, v.decided_by, v.decided_at, v.note, v.in_force_from,
    v.retired_from, v.retire_by, v.retire_at, v.retire_from
FROM policy_version AS v
WHERE CAST($1 AS TEXT) IS NULL OR v.name = CAST($1 AS TEXT)
ORDER BY v.name, v.version
