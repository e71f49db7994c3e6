INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line,
    CASE WHEN o.account IS NULL THEN 'unknown_account'
        WHEN NOT o.held THEN 'no_holder'
        ELSE 'too_precise' END,
    CASE WHEN o.account IS NULL OR NOT o.held THEN 'balance.account' ELSE 'balance.amount' END,
    CASE WHEN o.account IS NULL OR NOT o.held THEN s.account END
FROM stage_balance AS s
LEFT JOIN stage_owner AS o ON o.account = s.account
WHERE o.account IS NULL OR NOT o.held
    OR (o.factor > 1 AND (coalesce(s.amount % o.factor, 0) <> 0
        OR coalesce(s.movement % o.factor, 0) <> 0 OR coalesce(s.running % o.factor, 0) <> 0));

DELETE FROM stage_repeat WHERE target = 'balance';

-- Rows of close: nearest have no amount, and any number of them may share a day.
INSERT INTO stage_repeat (target, line, first_line, differs)
SELECT 'balance', s.line, g.first_line, g.differs
FROM stage_balance AS s
JOIN (SELECT account, on_date, min(line) AS first_line, min(amount) <> max(amount) AS differs
    FROM stage_balance WHERE amount IS NOT NULL
    GROUP BY account, on_date HAVING count(*) > 1) AS g
    ON g.account = s.account AND g.on_date = s.on_date
WHERE s.line > g.first_line;

-- Nobody can say which of two is right: all balances of that account and day are set aside.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'balance_conflict', 'balance.amount', NULL
FROM stage_balance AS s
WHERE s.line IN (SELECT line FROM stage_repeat WHERE target = 'balance' AND differs
    UNION ALL SELECT first_line FROM stage_repeat WHERE target = 'balance' AND differs);
