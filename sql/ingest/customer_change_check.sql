-- $1: the day the feed reaches; NULL when no manifest says so.
--
-- All merges of a file are taken together, then all splits: the order of its rows does not matter.
-- change_merge says where merged numbers end, change_split which account leaves whom for whom.

DROP TABLE IF EXISTS change_key;

-- The numbers and accounts that the file names. number_id: where a number is booked; NULL: it is a
-- household's.
CREATE TEMP TABLE change_key AS
SELECT k.customer_id, k.source_id, k.booked_on,
    CASE WHEN k.household IS NULL THEN coalesce(k.booked_on, k.customer_id) END AS number_id
FROM customer_key AS k
WHERE k.source_id IN (SELECT from_customer FROM stage_customer_change
    UNION SELECT into_customer FROM stage_customer_change);

DROP TABLE IF EXISTS change_account;

CREATE TEMP TABLE change_account AS
SELECT a.account_id, a.source_id FROM account_key AS a
WHERE a.source_id IN (SELECT account FROM stage_customer_change);

-- Rows loaded before change nothing, whatever became of them since: banks may send the whole list.
INSERT INTO stage_same (target, line)
SELECT DISTINCT 'customer_change', s.line
FROM stage_customer_change AS s
JOIN change_key AS f ON f.source_id = s.from_customer
JOIN change_key AS i ON i.source_id = s.into_customer
LEFT JOIN change_account AS a ON a.source_id = s.account
JOIN customer_change AS c ON c.kind = s.kind AND c.from_id = f.customer_id
    AND c.into_id = i.customer_id AND c.on_date = s.on_date
    AND c.account_id IS NOT DISTINCT FROM a.account_id
WHERE s.account IS NULL OR a.account_id IS NOT NULL;

DELETE FROM stage_customer_change
WHERE line IN (SELECT line FROM stage_same WHERE target = 'customer_change');

DELETE FROM stage_repeat WHERE target = 'customer_change';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'customer_change', s.line, g.first_line
FROM stage_customer_change AS s
JOIN (SELECT kind, from_customer, into_customer, account, on_date, min(line) AS first_line
    FROM stage_customer_change
    GROUP BY kind, from_customer, into_customer, account, on_date HAVING count(*) > 1) AS g
    ON g.kind = s.kind AND g.from_customer = s.from_customer
    AND g.into_customer = s.into_customer AND g.account IS NOT DISTINCT FROM s.account
    AND g.on_date = s.on_date
WHERE s.line > g.first_line;

-- What a row says by itself.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'unknown_customer',
    CASE WHEN f.number_id IS NULL THEN 'customer_change.from_customer'
        ELSE 'customer_change.into_customer' END,
    CASE WHEN f.number_id IS NULL THEN s.from_customer ELSE s.into_customer END
FROM stage_customer_change AS s
LEFT JOIN change_key AS f ON f.source_id = s.from_customer
LEFT JOIN change_key AS i ON i.source_id = s.into_customer
WHERE f.number_id IS NULL OR i.number_id IS NULL;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'change_itself', 'customer_change.into_customer', s.into_customer
FROM stage_customer_change AS s
WHERE s.from_customer = s.into_customer;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'merge_account', 'customer_change.account', s.account
FROM stage_customer_change AS s
WHERE s.kind = 'merge' AND s.account IS NOT NULL;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, CASE WHEN s.account IS NULL THEN 'missing' ELSE 'unknown_account' END,
    'customer_change.account', s.account
FROM stage_customer_change AS s
WHERE s.kind = 'split'
    AND NOT EXISTS (SELECT 1 FROM change_account AS a WHERE a.source_id = s.account);

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'future_change', 'customer_change.on_date', CAST(s.on_date AS TEXT)
FROM stage_customer_change AS s
WHERE s.on_date > CAST($1 AS DATE);

-- Merges.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'merged_already', 'customer_change.from_customer', s.from_customer
FROM stage_customer_change AS s
JOIN change_key AS f ON f.source_id = s.from_customer
WHERE s.kind = 'merge' AND f.booked_on IS NOT NULL;

-- Nobody can say which of two is right: both are set aside.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'change_conflict', 'customer_change.from_customer', s.from_customer
FROM stage_customer_change AS s
JOIN (SELECT from_customer FROM stage_customer_change WHERE kind = 'merge'
    GROUP BY from_customer
    HAVING min(into_customer) <> max(into_customer) OR min(on_date) <> max(on_date)) AS g
    ON g.from_customer = s.from_customer
WHERE s.kind = 'merge';

INSERT INTO stage_reject (line, reason, column_name, value)
WITH RECURSIVE edge AS (
    SELECT f.customer_id AS from_id, coalesce(i.booked_on, i.customer_id) AS into_id
    FROM stage_customer_change AS s
    JOIN change_key AS f ON f.source_id = s.from_customer
    JOIN change_key AS i ON i.source_id = s.into_customer
    WHERE s.kind = 'merge'
), reach AS (
    SELECT e.from_id, e.into_id FROM edge AS e
    UNION
    SELECT r.from_id, e.into_id FROM reach AS r JOIN edge AS e ON e.from_id = r.into_id
)
SELECT s.line, 'merge_cycle', 'customer_change.into_customer', s.into_customer
FROM stage_customer_change AS s
JOIN change_key AS f ON f.source_id = s.from_customer
JOIN reach AS r ON r.from_id = f.customer_id AND r.into_id = f.customer_id
WHERE s.kind = 'merge';

DROP TABLE IF EXISTS change_person;

-- Who they are. until_load 0: the row of a merged number (customer_change_apply.sql).
CREATE TEMP TABLE change_person AS
SELECT c.customer_id, c.kind, c.closed_on, c.until_load > 0 AS in_force
FROM customer AS c
WHERE c.until_load IN (0, 9223372036854775807) AND c.customer_id IN (
    SELECT customer_id FROM change_key UNION SELECT number_id FROM change_key);

-- The receiver of one that this file merges further is looked at in that row.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line,
    CASE WHEN g.kind = 'prospect' OR r.kind = 'prospect' THEN 'prospect_change'
        WHEN r.closed_on <= s.on_date THEN 'into_closed'
        ELSE 'kinds_differ' END,
    CASE WHEN g.kind = 'prospect' THEN 'customer_change.from_customer'
        ELSE 'customer_change.into_customer' END,
    CASE WHEN g.kind = 'prospect' THEN s.from_customer ELSE s.into_customer END
FROM stage_customer_change AS s
JOIN change_key AS f ON f.source_id = s.from_customer
JOIN change_key AS i ON i.source_id = s.into_customer
JOIN change_person AS g ON g.customer_id = f.customer_id AND g.in_force
JOIN change_person AS r ON r.customer_id = i.number_id AND r.in_force
WHERE s.kind = 'merge' AND (g.kind = 'prospect' OR r.kind <> g.kind
    OR (r.closed_on <= s.on_date AND NOT EXISTS (SELECT 1 FROM stage_customer_change AS m
        JOIN change_key AS n ON n.source_id = m.from_customer
        WHERE m.kind = 'merge' AND n.number_id = r.customer_id)));

DROP TABLE IF EXISTS change_merge;

-- Numbers that this file merges, and where each ends.
CREATE TEMP TABLE change_merge AS
WITH RECURSIVE edge AS (
    SELECT DISTINCT f.customer_id AS from_id, coalesce(i.booked_on, i.customer_id) AS into_id
    FROM stage_customer_change AS s
    JOIN change_key AS f ON f.source_id = s.from_customer
    JOIN change_key AS i ON i.source_id = s.into_customer
    WHERE s.kind = 'merge'
), reach AS (
    SELECT e.from_id, e.into_id FROM edge AS e
    UNION
    SELECT r.from_id, e.into_id FROM reach AS r JOIN edge AS e ON e.from_id = r.into_id
)
SELECT r.from_id AS customer_id, r.into_id
FROM reach AS r
WHERE NOT EXISTS (SELECT 1 FROM edge AS e WHERE e.from_id = r.into_id);

DROP TABLE IF EXISTS change_split;

-- Splits. Into a number that was merged into the giver, on that day or later: the merge is taken
-- back (reopens). Into any other merged number: to where it is booked.
CREATE TEMP TABLE change_split AS
SELECT x.line, x.on_date, x.account_id, x.from_id, x.reopens,
    CASE WHEN x.reopens THEN x.named_id ELSE x.into_id END AS into_id
FROM (SELECT s.line, s.on_date, a.account_id, i.customer_id AS named_id,
        coalesce(cf.into_id, nf.number_id) AS from_id,
        coalesce(ci.into_id, i.number_id) AS into_id,
        m.on_date IS NOT NULL AND m.on_date <= s.on_date
            AND coalesce(cf.into_id, nf.number_id) = coalesce(ci.into_id, i.number_id)
            AS reopens
    FROM stage_customer_change AS s
    JOIN change_account AS a ON a.source_id = s.account
    JOIN change_key AS nf ON nf.source_id = s.from_customer AND nf.number_id IS NOT NULL
    JOIN change_key AS i ON i.source_id = s.into_customer AND i.number_id IS NOT NULL
    LEFT JOIN change_merge AS cf ON cf.customer_id = nf.number_id
    LEFT JOIN change_merge AS ci ON ci.customer_id = i.number_id
    LEFT JOIN (SELECT from_id, on_date FROM customer_change
        WHERE kind = 'merge' AND until_load = 9223372036854775807
        UNION
        SELECT k.customer_id, c.on_date FROM stage_customer_change AS c
        JOIN change_key AS k ON k.source_id = c.from_customer
        WHERE c.kind = 'merge') AS m ON m.from_id = i.customer_id
    WHERE s.kind = 'split') AS x;

DROP TABLE IF EXISTS change_held;

-- Who holds a share of the accounts that leave, the merges of this file done.
CREATE TEMP TABLE change_held AS
SELECT DISTINCT o.account_id, coalesce(m.into_id, o.customer_id) AS customer_id
FROM account_holder AS o
LEFT JOIN change_merge AS m ON m.customer_id = o.customer_id
WHERE o.until_load = 9223372036854775807 AND o.share > 0
    AND o.account_id IN (SELECT account_id FROM change_split);

-- Only what holds a share leaves; one account of a number goes to one place.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line,
    CASE WHEN h.account_id IS NULL THEN 'not_held'
        WHEN g.account_id IS NOT NULL THEN 'change_conflict'
        WHEN r.kind = 'prospect' THEN 'prospect_change'
        ELSE 'into_closed' END,
    CASE WHEN h.account_id IS NULL OR g.account_id IS NOT NULL THEN 'customer_change.account'
        ELSE 'customer_change.into_customer' END,
    CASE WHEN h.account_id IS NULL OR g.account_id IS NOT NULL THEN c.account
        ELSE c.into_customer END
FROM change_split AS s
JOIN stage_customer_change AS c ON c.line = s.line
JOIN change_person AS r ON r.customer_id = s.into_id
LEFT JOIN change_held AS h
    ON h.account_id = s.account_id AND h.customer_id = s.from_id
LEFT JOIN (SELECT account_id, from_id FROM change_split
    GROUP BY account_id, from_id HAVING min(into_id) <> max(into_id)) AS g
    ON g.account_id = s.account_id AND g.from_id = s.from_id
WHERE h.account_id IS NULL OR g.account_id IS NOT NULL OR r.kind = 'prospect'
    OR r.closed_on <= s.on_date;

-- Into a number that this file takes back from another: one file cannot say which comes first.
INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'change_conflict', 'customer_change.into_customer', s.into_customer
FROM stage_customer_change AS s
JOIN change_key AS i ON i.source_id = s.into_customer
WHERE s.kind = 'merge' AND EXISTS (SELECT 1 FROM change_split AS x
    WHERE x.reopens AND (x.into_id = i.customer_id OR x.from_id = i.booked_on));
