INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_account', 'txn.account', s.account
FROM stage_txn AS s
WHERE s.account IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM stage_owner AS o WHERE o.account = s.account);

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'no_holder', 'txn.account', s.account
FROM stage_txn AS s
JOIN stage_owner AS o ON o.account = s.account
WHERE s.customer IS NULL AND NOT o.held;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'too_precise', 'txn.amount', s.account
FROM stage_txn AS s
JOIN stage_owner AS o ON o.account = s.account
WHERE s.currency IS NULL AND o.factor > 1 AND s.amount % o.factor <> 0;
