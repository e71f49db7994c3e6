-- Day of the newest balance or movement up to day $1 that watermark $2 saw; NULL without any.
SELECT max(f.on_date) AS newest
FROM (
    SELECT max(b.on_date) AS on_date FROM balance AS b
    WHERE b.on_date <= $1 AND b.load_id <= $2 AND b.until_load > $2
    UNION ALL
    SELECT max(t.on_date) AS on_date FROM txn AS t
    WHERE t.on_date <= $1 AND t.load_id <= $2 AND t.until_load > $2
) AS f
