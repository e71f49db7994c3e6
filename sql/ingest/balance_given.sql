-- Balances as the file gives them; repeats have been shown to be equal.
INSERT INTO stage_same (target, line)
SELECT 'balance', line FROM stage_repeat WHERE target = 'balance';

DELETE FROM stage_close;

INSERT INTO stage_close (line, account_id, on_date, amount)
SELECT s.line, o.account_id, s.on_date, s.amount
FROM stage_balance AS s
JOIN stage_owner AS o ON o.account = s.account
WHERE NOT EXISTS (SELECT 1 FROM stage_repeat AS r
    WHERE r.target = 'balance' AND r.line = s.line);
