-- What changes in the life of version $2 of policy $1.
UPDATE policy_version SET state = $3, submitted_by = $4, submitted_at = $5, decided_by = $6,
    decided_at = $7, in_force_from = $8, retired_from = $9, retire_by = $10, retire_at = $11,
    retire_from = $12
WHERE name = $1 AND version = $2
