-- $1: the load; $2, $3: first and last day of stage_close.
-- Each holder but the first gets trunc(amount * share / 10,000), toward zero; the first the rest.
DELETE FROM stage_split;

INSERT INTO stage_split (account_id, customer_id, share, is_first)
SELECT h.account_id, h.customer_id, h.share, h.position = 1
FROM holding AS h
WHERE h.until_load = 9223372036854775807
    AND h.account_id IN (SELECT account_id FROM stage_close);

UPDATE balance SET until_load = $1
FROM stage_close AS c
WHERE balance.until_load = 9223372036854775807
    AND balance.on_date >= CAST($2 AS DATE) AND balance.on_date <= CAST($3 AS DATE)
    AND c.account_id = balance.account_id AND c.on_date = balance.on_date;

INSERT INTO balance (customer_id, account_id, on_date, amount, load_id, until_load)
SELECT p.customer_id, c.account_id, c.on_date,
    CASE WHEN p.share = 10000 THEN c.amount
        WHEN p.is_first THEN c.amount - coalesce(r.others, 0)
        ELSE CAST(trunc(CAST(c.amount AS DECIMAL(19,0)) * CAST(p.share AS DECIMAL(5,0))
            * CAST(0.0001 AS DECIMAL(5,4))) AS BIGINT) END,
    CAST($1 AS BIGINT), 9223372036854775807
FROM stage_close AS c
JOIN stage_split AS p ON p.account_id = c.account_id
LEFT JOIN (SELECT e.account_id, e.on_date,
        CAST(sum(CAST(trunc(CAST(e.amount AS DECIMAL(19,0)) * CAST(q.share AS DECIMAL(5,0))
            * CAST(0.0001 AS DECIMAL(5,4))) AS BIGINT)) AS BIGINT) AS others
    FROM stage_close AS e
    JOIN stage_split AS q ON q.account_id = e.account_id
    WHERE NOT q.is_first
    GROUP BY e.account_id, e.on_date) AS r
    ON r.account_id = c.account_id AND r.on_date = c.on_date
WHERE CAST($2 AS DATE) <= CAST($3 AS DATE)
ORDER BY CAST(date_trunc('month', c.on_date) AS DATE), p.customer_id;
