-- $1: the source.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT f.line, 'fix_id', 'strata_quarantine_id', CAST(f.quarantine_id AS TEXT)
FROM stage_fix AS f
WHERE NOT EXISTS (SELECT 1 FROM stage_reject AS r WHERE r.line = f.line)
    AND NOT EXISTS (SELECT 1 FROM quarantine AS q
        WHERE q.quarantine_id = f.quarantine_id AND q.source = CAST($1 AS TEXT)
            AND q.resolved_load IS NULL);
