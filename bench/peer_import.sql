-- The yardstick of an import: typed reading of the two files into tables, and nothing else.
CREATE TABLE customer AS
SELECT * FROM read_csv('${DATA}/customers.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'kind': 'VARCHAR', 'region': 'VARCHAR',
        'opened_on': 'DATE'});

CREATE TABLE txn AS
SELECT * FROM read_csv('${DATA}/transactions.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'on_date': 'DATE', 'amount': 'DECIMAL(18,2)',
        'kind': 'VARCHAR'});
