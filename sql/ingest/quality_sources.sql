-- Every source: its loads' rows, records still in quarantine, and the day its data reaches. Loads
-- without a mapping are decisions on overrides, not files.
SELECT l.source, count(*) AS loads, CAST(sum(l.rows_read) AS BIGINT) AS rows_read,
    CAST(sum(l.rows_loaded) AS BIGINT) AS rows_loaded,
    CAST(sum(l.rows_unchanged) AS BIGINT) AS rows_unchanged,
    CAST(sum(l.rows_skipped) AS BIGINT) AS rows_skipped,
    CAST(sum(l.rows_quarantined) AS BIGINT) AS rows_quarantined,
    coalesce(max(q.open_rows), 0) AS open_rows, max(l.as_of) AS as_of
FROM load AS l
LEFT JOIN (SELECT source, count(*) AS open_rows FROM quarantine
    WHERE resolved_load IS NULL GROUP BY source) AS q ON q.source = l.source
WHERE l.mapping_hash <> ''
GROUP BY l.source
ORDER BY l.source
