-- $1: the load; $2: the source; $3: the file. One record per source row: what
-- one check rejected, the next does not see.
INSERT INTO quarantine (quarantine_id, load_id, source, file, line, column_name, value, reason,
    message_en, message_zh, raw)
SELECT m.top + row_number() OVER (ORDER BY r.line), CAST($1 AS BIGINT), CAST($2 AS TEXT),
    CAST($3 AS TEXT), r.line, r.column_name, r.value, r.reason, coalesce(r.message_en, t.en),
    coalesce(r.message_zh, t.zh), coalesce(r.raw, w.raw, '')
FROM stage_reject AS r
JOIN stage_reason AS t ON t.code = r.reason
LEFT JOIN stage_raw AS w ON w.line = r.line
CROSS JOIN (SELECT coalesce(max(quarantine_id), 0) AS top FROM quarantine) AS m;
