-- Day of the newest balance or movement, not before $2, that watermark $1 sees; NULL without any.
SELECT max(f.on_date) AS newest
FROM (
    SELECT max(b.on_date) AS on_date FROM balance AS b
    WHERE b.on_date >= $2 AND b.load_id <= $1 AND b.until_load > $1
    UNION ALL
    SELECT max(t.on_date) AS on_date FROM txn AS t
    WHERE t.on_date >= $2 AND t.load_id <= $1 AND t.until_load > $1
) AS f
