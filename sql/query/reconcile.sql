-- Accounts and balances in force at the end of day $1, and the sums of end-of-day balances over the
-- days from $2 to $1, beside the core system's control totals of that day. $3, $4, $5: whether by
-- branch, product, class; a breakdown that is not asked for is ''. A part of a balance carries
-- forward until its next row; days before an account opens and from the day it closes are 0.
WITH last_before AS (
    SELECT b.account_id, b.customer_id, max(b.on_date) AS on_date
    FROM balance AS b
    WHERE b.until_load = 9223372036854775807 AND b.on_date < CAST($2 AS DATE)
    GROUP BY b.account_id, b.customer_id
),
part AS (
    SELECT b.account_id, b.customer_id, b.on_date, b.amount
    FROM balance AS b
    JOIN last_before AS l ON l.account_id = b.account_id AND l.customer_id = b.customer_id
        AND l.on_date = b.on_date
    WHERE b.until_load = 9223372036854775807
    UNION ALL
    SELECT b.account_id, b.customer_id, b.on_date, b.amount
    FROM balance AS b
    WHERE b.until_load = 9223372036854775807
        AND b.on_date BETWEEN CAST($2 AS DATE) AND CAST($1 AS DATE)
),
carried AS (
    SELECT p.account_id, p.on_date, p.amount, lead(p.on_date) OVER (
        PARTITION BY p.account_id, p.customer_id ORDER BY p.on_date) AS next_on
    FROM part AS p
),
account_sum AS (
    SELECT
        c.account_id,
        sum(CASE WHEN c.next_on IS NULL THEN c.amount ELSE 0 END) AS balance,
        sum(CAST(c.amount AS DECIMAL(38, 0)) * greatest(0,
            least(coalesce(c.next_on, CAST($1 AS DATE) + 1),
                coalesce(a.closed_on, CAST($1 AS DATE) + 1), CAST($1 AS DATE) + 1)
            - greatest(c.on_date, coalesce(a.opened_on, c.on_date), CAST($2 AS DATE)))) AS day_sum
    FROM carried AS c
    JOIN account AS a ON a.account_id = c.account_id AND a.until_load = 9223372036854775807
    GROUP BY c.account_id
),
ours AS (
    SELECT
        CASE WHEN $3 THEN coalesce(a.branch, '') ELSE '' END AS branch,
        CASE WHEN $4 THEN coalesce(a.product, '') ELSE '' END AS product,
        CASE WHEN $5 THEN a.class ELSE '' END AS class,
        a.currency,
        sum(CASE WHEN a.closed_on IS NULL OR a.closed_on > CAST($1 AS DATE) THEN 1 ELSE 0 END)
            AS accounts,
        sum(CASE WHEN a.closed_on IS NULL OR a.closed_on > CAST($1 AS DATE)
            THEN coalesce(s.balance, 0) ELSE 0 END) AS balance,
        sum(coalesce(s.day_sum, 0)) AS day_sum
    FROM account AS a
    LEFT JOIN account_sum AS s ON s.account_id = a.account_id
    WHERE a.until_load = 9223372036854775807
        AND (a.opened_on IS NULL OR a.opened_on <= CAST($1 AS DATE))
        AND (a.closed_on IS NULL OR a.closed_on > CAST($2 AS DATE))
    GROUP BY 1, 2, 3, 4
),
theirs AS (
    SELECT
        coalesce(t.branch, '') AS branch,
        coalesce(t.product, '') AS product,
        coalesce(t.class, '') AS class,
        t.currency, t.accounts, t.balance, t.average
    FROM control_total AS t
    WHERE t.until_load = 9223372036854775807 AND t.as_of = CAST($1 AS DATE)
)
SELECT
    coalesce(o.branch, t.branch) AS branch,
    coalesce(o.product, t.product) AS product,
    coalesce(o.class, t.class) AS class,
    coalesce(o.currency, t.currency) AS currency,
    c.exponent,
    o.accounts AS accounts,
    o.balance AS balance,
    o.day_sum AS day_sum,
    t.accounts AS core_accounts,
    t.balance AS core_balance,
    t.average AS core_average
FROM ours AS o
FULL JOIN theirs AS t ON t.branch = o.branch AND t.product = o.product AND t.class = o.class
    AND t.currency = o.currency
LEFT JOIN currency AS c ON c.code = coalesce(o.currency, t.currency)
ORDER BY 1, 2, 3, 4
