-- Both files by \copy into typed tables, nothing else: what psql takes for them.
DROP TABLE IF EXISTS raw_customer, raw_txn;
CREATE TABLE raw_customer (customer_no text, kind text, region text, opened_on date);
CREATE TABLE raw_txn (customer_no text, on_date date, amount numeric(18,2), kind text);
\copy raw_customer FROM '${DATA}/customers.csv' (FORMAT csv, HEADER)
\copy raw_txn FROM '${DATA}/transactions.csv' (FORMAT csv, HEADER)
