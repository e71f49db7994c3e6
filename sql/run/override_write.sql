-- What changes in the life of override $1.
UPDATE override_request SET state = $2, decided_by = $3, decided_at = $4, revoke_by = $5,
    revoke_at = $6, revoke_reason = $7, revoked_by = $8, revoked_at = $9
WHERE override_id = $1
