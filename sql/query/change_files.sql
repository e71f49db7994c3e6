-- Change files of scheme $1 (NULL: all), newest first, with how many customers were rejected.
SELECT f.sequence, f.scheme, f.as_of, f.run_id, r.policy_hash, f.rows_told, f.customers, f.hash,
    f.sent_at, f.acked_at, f.acked_by, coalesce(x.rejected, 0) AS rejected
FROM change_file AS f
JOIN run AS r ON r.run_id = f.run_id
LEFT JOIN (
    SELECT c.sequence, count(*) AS rejected
    FROM change_row AS c WHERE c.rejected GROUP BY c.sequence
) AS x ON x.sequence = f.sequence
WHERE CAST($1 AS TEXT) IS NULL OR f.scheme = CAST($1 AS TEXT)
ORDER BY f.sequence DESC
