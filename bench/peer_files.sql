-- The movements as files that tools without a store of their own read: Parquet of all, and CSV of
-- ${ROWS} of 2025 for the one that holds all it reads in memory.
COPY (SELECT CAST(customer_id AS INTEGER) AS customer_id,
        CAST(on_date - DATE '1970-01-01' AS INTEGER) AS on_day, on_date, amount, kind FROM txn)
TO '${DIR}/movements.parquet' (FORMAT parquet);
COPY (SELECT customer_id, on_date, amount, kind FROM txn
    WHERE on_date >= DATE '2025-01-01' LIMIT ${ROWS})
TO '${DIR}/movements.csv' (FORMAT csv, HEADER);
