-- $1: the load; $2: the source. A row that failed again has a new record: the old one is closed too.
UPDATE quarantine SET resolved_load = $1
WHERE resolved_load IS NULL AND source = CAST($2 AS TEXT)
    AND quarantine_id IN (SELECT f.quarantine_id FROM stage_fix AS f
        WHERE NOT EXISTS (SELECT 1 FROM stage_reject AS r
            WHERE r.line = f.line AND r.reason = 'fix_id'));
