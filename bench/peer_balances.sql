-- The yardstick of an import with accounts and balances: typed reading of all five files.
CREATE TABLE customer AS
SELECT * FROM read_csv('${DATA}/customers.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'kind': 'VARCHAR', 'region': 'VARCHAR',
        'opened_on': 'DATE'});

CREATE TABLE account AS
SELECT * FROM read_csv('${DATA}/accounts.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'class': 'VARCHAR', 'currency': 'VARCHAR',
        'opened_on': 'DATE'});

CREATE TABLE holder AS
SELECT * FROM read_csv('${DATA}/holders.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'customer_no': 'VARCHAR'});

CREATE TABLE balance AS
SELECT * FROM read_csv('${DATA}/balances.csv', header = true, auto_detect = false, delim = ',',
    columns = {'account_no': 'VARCHAR', 'on_date': 'DATE', 'balance': 'DECIMAL(18,2)'});

CREATE TABLE txn AS
SELECT * FROM read_csv('${DATA}/transactions.csv', header = true, auto_detect = false, delim = ',',
    columns = {'customer_no': 'VARCHAR', 'on_date': 'DATE', 'amount': 'DECIMAL(18,2)',
        'kind': 'VARCHAR'});
