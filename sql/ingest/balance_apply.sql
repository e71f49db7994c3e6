-- $1: the load; $2, $3: first and last day of stage_close. The amount in force is the sum of the parts.
INSERT INTO stage_same (target, line)
SELECT 'balance', c.line
FROM stage_close AS c
JOIN (SELECT b.account_id, b.on_date, sum(b.amount) AS amount
    FROM balance AS b
    WHERE b.until_load = 9223372036854775807 AND CAST($1 AS BIGINT) > 0
        AND b.on_date >= CAST($2 AS DATE) AND b.on_date <= CAST($3 AS DATE)
    GROUP BY b.account_id, b.on_date) AS p
    ON p.account_id = c.account_id AND p.on_date = c.on_date
WHERE p.amount = c.amount;

DELETE FROM stage_close
WHERE line IN (SELECT line FROM stage_same WHERE target = 'balance');
