-- $1: the load. The rows of a file replace all holders of the accounts they name.
INSERT INTO stage_same (target, line)
SELECT 'account_holder', line FROM stage_repeat WHERE target = 'account_holder';

DELETE FROM stage_holder;

-- Positions are 1, 2, … with those who hold a share first. Numbers that have merged are one holder.
INSERT INTO stage_holder (account_id, customer_id, role, share, position)
SELECT n.account_id, n.customer_id,
    CASE n.rank WHEN 0 THEN 'owner' WHEN 1 THEN 'joint' ELSE 'authorised' END, n.share,
    row_number() OVER (PARTITION BY n.account_id
        ORDER BY CASE WHEN n.share > 0 THEN 0 ELSE 1 END, n.position NULLS LAST, n.rank, n.line)
FROM (SELECT s.account_id, c.customer_id, CAST(sum(s.share) AS BIGINT) AS share,
        min(s.position) AS position, min(s.line) AS line,
        min(CASE s.role WHEN 'owner' THEN 0 WHEN 'joint' THEN 1 ELSE 2 END) AS rank
    FROM (SELECT h.*, k.account_id
        FROM stage_account_holder AS h
        JOIN account_key AS k ON k.source_id = h.account
        LEFT JOIN stage_repeat AS r ON r.target = 'account_holder' AND r.line = h.line
        WHERE r.line IS NULL) AS s
    JOIN customer_number AS c ON c.source_id = s.customer
    GROUP BY s.account_id, c.customer_id) AS n;

INSERT INTO stage_same (target, line)
SELECT 'account_holder', s.line
FROM (SELECT n.line, n.account_id, c.customer_id
    FROM (SELECT h.line, h.customer, k.account_id
        FROM stage_account_holder AS h
        JOIN account_key AS k ON k.source_id = h.account) AS n
    JOIN customer_number AS c ON c.source_id = n.customer) AS s
JOIN stage_holder AS h ON h.account_id = s.account_id AND h.customer_id = s.customer_id
JOIN account_holder AS o ON o.account_id = h.account_id AND o.customer_id = h.customer_id
    AND o.role = h.role AND o.share = h.share AND o.position = h.position
WHERE o.until_load = 9223372036854775807;

INSERT INTO stage_touched (account_id)
SELECT DISTINCT d.account_id FROM (
    SELECT h.account_id FROM stage_holder AS h
    LEFT JOIN account_holder AS o
        ON o.account_id = h.account_id AND o.customer_id = h.customer_id AND o.role = h.role
            AND o.share = h.share AND o.position = h.position
            AND o.until_load = 9223372036854775807
    WHERE o.account_id IS NULL
    UNION ALL
    SELECT o.account_id FROM account_holder AS o
    LEFT JOIN stage_holder AS h
        ON o.account_id = h.account_id AND o.customer_id = h.customer_id AND o.role = h.role
            AND o.share = h.share AND o.position = h.position
    WHERE o.until_load = 9223372036854775807
        AND o.account_id IN (SELECT account_id FROM stage_holder) AND h.account_id IS NULL
) AS d;

-- Accounts whose balances are split otherwise from now on.
INSERT INTO stage_resplit (account_id)
SELECT DISTINCT d.account_id FROM (
    SELECT h.account_id FROM stage_holder AS h
    LEFT JOIN holding AS o
        ON o.account_id = h.account_id AND o.customer_id = h.customer_id
            AND o.share = h.share AND o.position = h.position
            AND o.until_load = 9223372036854775807
    WHERE h.share > 0
        AND h.account_id IN (SELECT account_id FROM holding
            WHERE until_load = 9223372036854775807)
        AND o.account_id IS NULL
    UNION ALL
    SELECT o.account_id FROM holding AS o
    LEFT JOIN stage_holder AS h
        ON o.account_id = h.account_id AND o.customer_id = h.customer_id
            AND o.share = h.share AND o.position = h.position
    WHERE o.until_load = 9223372036854775807
        AND o.account_id IN (SELECT account_id FROM stage_holder) AND h.account_id IS NULL
) AS d;

UPDATE account_holder SET until_load = $1
FROM (SELECT o.account_id, o.customer_id FROM account_holder AS o
    LEFT JOIN stage_holder AS h
        ON o.account_id = h.account_id AND o.customer_id = h.customer_id AND o.role = h.role
            AND o.share = h.share AND o.position = h.position
    WHERE o.until_load = 9223372036854775807
        AND o.account_id IN (SELECT account_id FROM stage_holder) AND h.account_id IS NULL) AS x
WHERE account_holder.until_load = 9223372036854775807
    AND account_holder.account_id = x.account_id AND account_holder.customer_id = x.customer_id;

INSERT INTO account_holder (
    account_id, customer_id, role, share, position, load_id, until_load)
SELECT h.account_id, h.customer_id, h.role, h.share, h.position, CAST($1 AS BIGINT),
    9223372036854775807
FROM stage_holder AS h
LEFT JOIN account_holder AS o
    ON o.account_id = h.account_id AND o.customer_id = h.customer_id AND o.role = h.role
        AND o.share = h.share AND o.position = h.position
        AND o.until_load = 9223372036854775807
WHERE o.account_id IS NULL
ORDER BY h.account_id, h.position;
