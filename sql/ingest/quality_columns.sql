-- Rows in force, rows without a value and distinct values of every column; distinct values are not
-- counted in the two tables that may hold hundreds of millions of rows.
SELECT 'customer' AS table_name, 'kind' AS column_name, count(*) AS row_count,
    count(*) - count(kind) AS missing, count(DISTINCT kind) AS distinct_count,
    1 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'birth_date' AS column_name, count(*) AS row_count,
    count(*) - count(birth_date) AS missing, count(DISTINCT birth_date) AS distinct_count,
    2 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'gender' AS column_name, count(*) AS row_count,
    count(*) - count(gender) AS missing, count(DISTINCT gender) AS distinct_count,
    3 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'region' AS column_name, count(*) AS row_count,
    count(*) - count(region) AS missing, count(DISTINCT region) AS distinct_count,
    4 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'branch' AS column_name, count(*) AS row_count,
    count(*) - count(branch) AS missing, count(DISTINCT branch) AS distinct_count,
    5 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'occupation' AS column_name, count(*) AS row_count,
    count(*) - count(occupation) AS missing, count(DISTINCT occupation) AS distinct_count,
    6 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'industry' AS column_name, count(*) AS row_count,
    count(*) - count(industry) AS missing, count(DISTINCT industry) AS distinct_count,
    7 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'annual_income' AS column_name, count(*) AS row_count,
    count(*) - count(annual_income) AS missing, count(DISTINCT annual_income) AS distinct_count,
    8 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'risk_level' AS column_name, count(*) AS row_count,
    count(*) - count(risk_level) AS missing, count(DISTINCT risk_level) AS distinct_count,
    9 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'risk_assessed_on' AS column_name, count(*) AS row_count,
    count(*) - count(risk_assessed_on) AS missing, count(DISTINCT risk_assessed_on) AS distinct_count,
    10 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'opened_on' AS column_name, count(*) AS row_count,
    count(*) - count(opened_on) AS missing, count(DISTINCT opened_on) AS distinct_count,
    11 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'closed_on' AS column_name, count(*) AS row_count,
    count(*) - count(closed_on) AS missing, count(DISTINCT closed_on) AS distinct_count,
    12 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'customer' AS table_name, 'household' AS column_name, count(*) AS row_count,
    count(*) - count(household) AS missing, count(DISTINCT household) AS distinct_count,
    13 AS place
FROM customer WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'product' AS column_name, count(*) AS row_count,
    count(*) - count(product) AS missing, count(DISTINCT product) AS distinct_count,
    14 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'class' AS column_name, count(*) AS row_count,
    count(*) - count(class) AS missing, count(DISTINCT class) AS distinct_count,
    15 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'currency' AS column_name, count(*) AS row_count,
    count(*) - count(currency) AS missing, count(DISTINCT currency) AS distinct_count,
    16 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'branch' AS column_name, count(*) AS row_count,
    count(*) - count(branch) AS missing, count(DISTINCT branch) AS distinct_count,
    17 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'opened_on' AS column_name, count(*) AS row_count,
    count(*) - count(opened_on) AS missing, count(DISTINCT opened_on) AS distinct_count,
    18 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'matures_on' AS column_name, count(*) AS row_count,
    count(*) - count(matures_on) AS missing, count(DISTINCT matures_on) AS distinct_count,
    19 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'auto_renew' AS column_name, count(*) AS row_count,
    count(*) - count(auto_renew) AS missing, count(DISTINCT auto_renew) AS distinct_count,
    20 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'closed_on' AS column_name, count(*) AS row_count,
    count(*) - count(closed_on) AS missing, count(DISTINCT closed_on) AS distinct_count,
    21 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account' AS table_name, 'rate' AS column_name, count(*) AS row_count,
    count(*) - count(rate) AS missing, count(DISTINCT rate) AS distinct_count,
    22 AS place
FROM account WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account_holder' AS table_name, 'role' AS column_name, count(*) AS row_count,
    count(*) - count(role) AS missing, count(DISTINCT role) AS distinct_count,
    23 AS place
FROM account_holder WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account_holder' AS table_name, 'share' AS column_name, count(*) AS row_count,
    count(*) - count(share) AS missing, count(DISTINCT share) AS distinct_count,
    24 AS place
FROM account_holder WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'account_holder' AS table_name, 'position' AS column_name, count(*) AS row_count,
    count(*) - count(position) AS missing, count(DISTINCT position) AS distinct_count,
    25 AS place
FROM account_holder WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'balance' AS table_name, 'amount' AS column_name, count(*) AS row_count,
    count(*) - count(amount) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    26 AS place
FROM balance WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'account_id' AS column_name, count(*) AS row_count,
    count(*) - count(account_id) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    27 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'amount' AS column_name, count(*) AS row_count,
    count(*) - count(amount) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    28 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'currency' AS column_name, count(*) AS row_count,
    count(*) - count(currency) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    29 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'kind' AS column_name, count(*) AS row_count,
    count(*) - count(kind) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    30 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'channel' AS column_name, count(*) AS row_count,
    count(*) - count(channel) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    31 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'product' AS column_name, count(*) AS row_count,
    count(*) - count(product) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    32 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'reference' AS column_name, count(*) AS row_count,
    count(*) - count(reference) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    33 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'txn' AS table_name, 'source_id' AS column_name, count(*) AS row_count,
    count(*) - count(source_id) AS missing, CAST(NULL AS BIGINT) AS distinct_count,
    34 AS place
FROM txn WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'title' AS column_name, count(*) AS row_count,
    count(*) - count(title) AS missing, count(DISTINCT title) AS distinct_count,
    35 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'class' AS column_name, count(*) AS row_count,
    count(*) - count(class) AS missing, count(DISTINCT class) AS distinct_count,
    36 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'risk' AS column_name, count(*) AS row_count,
    count(*) - count(risk) AS missing, count(DISTINCT risk) AS distinct_count,
    37 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'minimum' AS column_name, count(*) AS row_count,
    count(*) - count(minimum) AS missing, count(DISTINCT minimum) AS distinct_count,
    38 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'term_days' AS column_name, count(*) AS row_count,
    count(*) - count(term_days) AS missing, count(DISTINCT term_days) AS distinct_count,
    39 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'margin' AS column_name, count(*) AS row_count,
    count(*) - count(margin) AS missing, count(DISTINCT margin) AS distinct_count,
    40 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'sale_from' AS column_name, count(*) AS row_count,
    count(*) - count(sale_from) AS missing, count(DISTINCT sale_from) AS distinct_count,
    41 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'product' AS table_name, 'sale_until' AS column_name, count(*) AS row_count,
    count(*) - count(sale_until) AS missing, count(DISTINCT sale_until) AS distinct_count,
    42 AS place
FROM product WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'branch' AS table_name, 'title' AS column_name, count(*) AS row_count,
    count(*) - count(title) AS missing, count(DISTINCT title) AS distinct_count,
    43 AS place
FROM branch WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'branch' AS table_name, 'region' AS column_name, count(*) AS row_count,
    count(*) - count(region) AS missing, count(DISTINCT region) AS distinct_count,
    44 AS place
FROM branch WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'branch' AS table_name, 'parent' AS column_name, count(*) AS row_count,
    count(*) - count(parent) AS missing, count(DISTINCT parent) AS distinct_count,
    45 AS place
FROM branch WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'standing_order' AS table_name, 'amount' AS column_name, count(*) AS row_count,
    count(*) - count(amount) AS missing, count(DISTINCT amount) AS distinct_count,
    46 AS place
FROM standing_order WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'standing_order' AS table_name, 'kind' AS column_name, count(*) AS row_count,
    count(*) - count(kind) AS missing, count(DISTINCT kind) AS distinct_count,
    47 AS place
FROM standing_order WHERE until_load = 9223372036854775807
UNION ALL
SELECT 'fx_rate' AS table_name, 'rate' AS column_name, count(*) AS row_count,
    count(*) - count(rate) AS missing, count(DISTINCT rate) AS distinct_count,
    48 AS place
FROM fx_rate WHERE until_load = 9223372036854775807
ORDER BY place
