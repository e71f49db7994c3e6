-- A load of override $2's own at $3, so that runs see the decision, or do not, by their watermark.
-- It has no mapping: that tells it from the loads of files.
INSERT INTO load (load_id, source, file, file_hash, mapping_hash, rows_read, rows_loaded,
    rows_unchanged, rows_skipped, rows_quarantined, as_of, loaded_at)
SELECT CAST($1 AS BIGINT), 'override', CAST($2 AS TEXT), '', '', 0, 0, 0, 0, 0, CAST(NULL AS DATE),
    CAST($3 AS TEXT)
