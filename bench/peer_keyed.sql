-- What an expert keeps for the runs: short integer keys, money in minor units, transactions by
-- (month, customer). No validation, no quarantine, no history of corrections.
SET preserve_insertion_order = false;

CREATE TABLE customer AS
SELECT row_number() OVER (ORDER BY customer_no) AS customer_id, customer_no, kind, region, opened_on
FROM read_csv('${DATA}/customers.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'kind': 'VARCHAR', 'region': 'VARCHAR',
        'opened_on': 'DATE'});

SET preserve_insertion_order = true;

CREATE TABLE txn AS
SELECT c.customer_id, t.on_date, CAST(t.amount * 100 AS BIGINT) AS amount, t.kind
FROM read_csv('${DATA}/transactions.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'on_date': 'DATE', 'amount': 'DECIMAL(18,2)',
        'kind': 'VARCHAR'}) AS t
JOIN customer AS c ON c.customer_no = t.customer_no
ORDER BY date_trunc('month', t.on_date), c.customer_id;
