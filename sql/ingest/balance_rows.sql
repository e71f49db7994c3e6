-- Rows for close: nearest, account by account and day by day, each with the account's close before
-- the first day of the file (NULL: none in the store).
SELECT o.account_id, s.on_date, s.line, s.running, s.movement, p.amount
FROM stage_balance AS s
JOIN stage_owner AS o ON o.account = s.account
LEFT JOIN (SELECT b.account_id, CAST(sum(b.amount) AS BIGINT) AS amount
    FROM balance AS b
    JOIN (SELECT e.account_id, max(e.on_date) AS on_date
        FROM balance AS e
        JOIN (SELECT w.account_id, min(f.on_date) AS on_date
            FROM stage_balance AS f JOIN stage_owner AS w ON w.account = f.account
            GROUP BY w.account_id) AS first_day
            ON first_day.account_id = e.account_id AND e.on_date < first_day.on_date
        WHERE e.until_load = 9223372036854775807
        GROUP BY e.account_id) AS last_day
        ON last_day.account_id = b.account_id AND last_day.on_date = b.on_date
    WHERE b.until_load = 9223372036854775807
    GROUP BY b.account_id) AS p ON p.account_id = o.account_id
ORDER BY o.account_id, s.on_date, s.line
