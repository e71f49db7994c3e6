-- Balances beside what peer_keyed.sql made, as an expert keeps them: short keys, minor units, each
-- account's owner in its rows, by (month, account).
SET preserve_insertion_order = false;

CREATE TABLE account AS
SELECT row_number() OVER (ORDER BY a.account_no) AS account_id, a.account_no, c.customer_id, a.class
FROM read_csv('${DATA}/accounts.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'class': 'VARCHAR', 'currency': 'VARCHAR',
        'opened_on': 'DATE'}) AS a
JOIN read_csv('${DATA}/holders.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'customer_no': 'VARCHAR'}) AS h
    ON h.account_no = a.account_no
JOIN customer AS c ON c.customer_no = h.customer_no;

SET preserve_insertion_order = true;

CREATE TABLE balance AS
SELECT a.customer_id, a.account_id, b.on_date, CAST(b.balance * 100 AS BIGINT) AS amount
FROM read_csv('${DATA}/balances.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'on_date': 'DATE', 'balance': 'DECIMAL(18,2)'}) AS b
JOIN account AS a ON a.account_no = b.account_no
ORDER BY date_trunc('month', b.on_date), a.account_id;
