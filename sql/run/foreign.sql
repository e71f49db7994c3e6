-- Is anything held or moved in a currency other than $1, as of watermark $2?
SELECT CASE WHEN EXISTS (
    SELECT 1 FROM holding AS h
    WHERE h.currency <> $1 AND h.load_id <= $2 AND h.until_load > $2
) OR EXISTS (
    SELECT 1 FROM txn AS t
    WHERE t.currency <> $1 AND t.load_id <= $2 AND t.until_load > $2
) THEN 1 ELSE 0 END AS is_foreign
