-- One pass over what may be a hundred million rows.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line,
    CASE WHEN o.account IS NULL THEN 'unknown_account'
        WHEN s.customer IS NULL AND NOT o.held THEN 'no_holder'
        ELSE 'too_precise' END,
    CASE WHEN o.account IS NULL OR (s.customer IS NULL AND NOT o.held) THEN 'txn.account'
        ELSE 'txn.amount' END,
    s.account
FROM stage_txn AS s
LEFT JOIN stage_owner AS o ON o.account = s.account
WHERE s.account IS NOT NULL AND (o.account IS NULL OR (s.customer IS NULL AND NOT o.held)
    OR (s.currency IS NULL AND o.factor > 1 AND s.amount % o.factor <> 0));
