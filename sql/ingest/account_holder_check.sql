INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_account', 'account_holder.account', s.account
FROM stage_account_holder AS s
WHERE NOT EXISTS (SELECT 1 FROM stage_owner AS o WHERE o.account = s.account);

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_customer', 'account_holder.customer', s.customer
FROM stage_account_holder AS s
LEFT JOIN customer_number AS k ON k.source_id = s.customer
LEFT JOIN stage_customer AS c ON c.id = s.customer
WHERE k.source_id IS NULL AND c.id IS NULL;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'authorised_share', 'account_holder.share', s.account
FROM stage_account_holder AS s
WHERE s.role = 'authorised' AND s.share <> 0;

DELETE FROM stage_repeat WHERE target = 'account_holder';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'account_holder', s.line, g.first_line
FROM stage_account_holder AS s
JOIN (SELECT account, customer, min(line) AS first_line FROM stage_account_holder
    GROUP BY account, customer HAVING count(*) > 1) AS g
    ON g.account = s.account AND g.customer = s.customer
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'account_holder.customer', s.customer
FROM stage_repeat AS r
JOIN stage_account_holder AS s ON s.line = r.line
LEFT JOIN stage_account_holder AS f ON f.line = r.first_line
WHERE r.target = 'account_holder' AND (s.role <> f.role OR s.share <> f.share
    OR s.position IS DISTINCT FROM f.position);

-- A file gives all holders of an account it names: their shares make one whole.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'shares_total', 'account_holder.share', s.account
FROM stage_account_holder AS s
JOIN (SELECT h.account FROM stage_account_holder AS h
    WHERE NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'account_holder' AND r.line = h.line)
    GROUP BY h.account HAVING sum(h.share) <> 10000) AS g ON g.account = s.account;
