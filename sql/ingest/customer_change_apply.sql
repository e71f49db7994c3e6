-- $1: the load. Everything but transactions (customer_change_txn.sql); holding.sql follows, and
-- splits the balances of the accounts touched anew.
INSERT INTO stage_same (target, line)
SELECT 'customer_change', line FROM stage_repeat WHERE target = 'customer_change';

INSERT INTO customer_change (kind, from_id, into_id, account_id, on_date, load_id, until_load)
SELECT s.kind, f.customer_id, i.customer_id, a.account_id, s.on_date, CAST($1 AS BIGINT),
    9223372036854775807
FROM stage_customer_change AS s
JOIN change_key AS f ON f.source_id = s.from_customer
JOIN change_key AS i ON i.source_id = s.into_customer
LEFT JOIN change_account AS a ON a.source_id = s.account
WHERE NOT EXISTS (SELECT 1 FROM stage_repeat AS r
    WHERE r.target = 'customer_change' AND r.line = s.line)
ORDER BY s.on_date, s.kind, f.customer_id, a.account_id;

-- A merged number is no customer any more: its own row and attributes end for runs, and go on under
-- until_load 0, which no run sees. There later files correct them (customer_apply.sql), and there
-- they are found when the merge is taken back.
INSERT INTO customer (customer_id, kind, birth_date, gender, region, branch, occupation, industry,
    annual_income, risk_level, risk_assessed_on, opened_on, closed_on, household, load_id,
    until_load)
SELECT c.customer_id, c.kind, c.birth_date, c.gender, c.region, c.branch, c.occupation, c.industry,
    c.annual_income, c.risk_level, c.risk_assessed_on, c.opened_on, c.closed_on, c.household,
    CAST($1 AS BIGINT), 0
FROM customer AS c
WHERE c.until_load = 9223372036854775807
    AND c.customer_id IN (SELECT customer_id FROM change_merge)
ORDER BY c.customer_id;

UPDATE customer SET until_load = $1
WHERE until_load = 9223372036854775807
    AND customer_id IN (SELECT customer_id FROM change_merge);

INSERT INTO customer_attribute (customer_id, name, number_value, text_value, load_id, until_load)
SELECT a.customer_id, a.name, a.number_value, a.text_value, CAST($1 AS BIGINT), 0
FROM customer_attribute AS a
WHERE a.until_load = 9223372036854775807
    AND a.customer_id IN (SELECT customer_id FROM change_merge)
ORDER BY a.customer_id, a.name;

UPDATE customer_attribute SET until_load = $1
WHERE until_load = 9223372036854775807
    AND customer_id IN (SELECT customer_id FROM change_merge);

-- Merges taken back.
UPDATE customer_change SET until_load = $1
WHERE kind = 'merge' AND until_load = 9223372036854775807
    AND from_id IN (SELECT into_id FROM change_split WHERE reopens);

INSERT INTO customer (customer_id, kind, birth_date, gender, region, branch, occupation, industry,
    annual_income, risk_level, risk_assessed_on, opened_on, closed_on, household, load_id,
    until_load)
SELECT c.customer_id, c.kind, c.birth_date, c.gender, c.region, c.branch, c.occupation, c.industry,
    c.annual_income, c.risk_level, c.risk_assessed_on, c.opened_on, c.closed_on, c.household,
    CAST($1 AS BIGINT), 9223372036854775807
FROM customer AS c
WHERE c.until_load = 0 AND c.customer_id IN (SELECT into_id FROM change_split WHERE reopens)
ORDER BY c.customer_id;

UPDATE customer SET until_load = load_id
WHERE until_load = 0 AND customer_id IN (SELECT into_id FROM change_split WHERE reopens);

INSERT INTO customer_attribute (customer_id, name, number_value, text_value, load_id, until_load)
SELECT a.customer_id, a.name, a.number_value, a.text_value, CAST($1 AS BIGINT),
    9223372036854775807
FROM customer_attribute AS a
WHERE a.until_load = 0 AND a.customer_id IN (SELECT into_id FROM change_split WHERE reopens)
ORDER BY a.customer_id, a.name;

UPDATE customer_attribute SET until_load = load_id
WHERE until_load = 0 AND customer_id IN (SELECT into_id FROM change_split WHERE reopens);

-- Where numbers are booked from now on.
UPDATE customer_key SET booked_on = NULL WHERE booked_on IS NOT NULL;

DROP TABLE IF EXISTS change_end;

CREATE TEMP TABLE change_end AS
WITH RECURSIVE edge AS (
    SELECT from_id, into_id FROM customer_change
    WHERE kind = 'merge' AND until_load = 9223372036854775807
), reach AS (
    SELECT e.from_id, e.into_id FROM edge AS e
    UNION
    SELECT r.from_id, e.into_id FROM reach AS r JOIN edge AS e ON e.from_id = r.into_id
)
SELECT r.from_id, r.into_id FROM reach AS r
WHERE NOT EXISTS (SELECT 1 FROM edge AS e WHERE e.from_id = r.into_id);

UPDATE customer_key SET booked_on = x.into_id
FROM change_end AS x
WHERE customer_key.customer_id = x.from_id;

UPDATE customer_booking SET until_load = $1
WHERE until_load = 9223372036854775807
    AND NOT EXISTS (SELECT 1 FROM customer_key AS k
        WHERE k.customer_id = customer_booking.customer_id
            AND k.booked_on = customer_booking.booked_on);

INSERT INTO customer_booking (customer_id, booked_on, load_id, until_load)
SELECT k.customer_id, k.booked_on, CAST($1 AS BIGINT), 9223372036854775807
FROM customer_key AS k
WHERE k.booked_on IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM customer_booking AS b
        WHERE b.customer_id = k.customer_id AND b.until_load = 9223372036854775807)
ORDER BY k.customer_id;

-- Overrides go where the number they were asked for is booked. Where two would mask a customer on
-- one day, the one that is there stays, and of those that come the first asked for.
DROP TABLE IF EXISTS change_override;

CREATE TEMP TABLE change_override AS
SELECT r.override_id, r.scheme, coalesce(k.booked_on, k.customer_id) AS customer_id, r.action,
    r.tier, r.from_on, r.until_on
FROM override_request AS r
JOIN customer_key AS k ON k.customer_id = r.customer_id
LEFT JOIN (SELECT override_id, customer_id FROM tier_override
    WHERE until_load = 9223372036854775807) AS o ON o.override_id = r.override_id
WHERE r.state = 'approved'
    AND (o.override_id IS NULL OR o.customer_id <> coalesce(k.booked_on, k.customer_id));

UPDATE tier_override SET until_load = $1
WHERE until_load = 9223372036854775807
    AND override_id IN (SELECT override_id FROM change_override);

INSERT INTO tier_override (override_id, scheme, customer_id, action, tier, from_on, until_on,
    load_id, until_load)
SELECT c.override_id, c.scheme, c.customer_id, c.action, c.tier, c.from_on, c.until_on,
    CAST($1 AS BIGINT), 9223372036854775807
FROM change_override AS c
LEFT JOIN tier_override AS o
    ON o.scheme = c.scheme AND o.customer_id = c.customer_id
        AND o.until_load = 9223372036854775807
        AND (o.until_on IS NULL OR o.until_on >= c.from_on)
        AND (c.until_on IS NULL OR c.until_on >= o.from_on)
LEFT JOIN change_override AS x
    ON x.scheme = c.scheme AND x.customer_id = c.customer_id AND x.override_id < c.override_id
        AND (x.until_on IS NULL OR x.until_on >= c.from_on)
        AND (c.until_on IS NULL OR c.until_on >= x.from_on)
WHERE o.override_id IS NULL AND x.override_id IS NULL
ORDER BY c.override_id;

-- Holders. Two of an account that have become one hold the sum, in the first one's place.
DROP TABLE IF EXISTS change_holder;

CREATE TEMP TABLE change_holder AS
SELECT o.account_id, o.customer_id, o.role, o.share, o.position,
    coalesce(x.into_id, m.into_id, o.customer_id) AS into_id
FROM account_holder AS o
LEFT JOIN change_merge AS m ON m.customer_id = o.customer_id
LEFT JOIN (SELECT DISTINCT account_id, from_id, into_id FROM change_split) AS x
    ON x.account_id = o.account_id AND x.from_id = coalesce(m.into_id, o.customer_id)
WHERE o.until_load = 9223372036854775807
    AND o.account_id IN (SELECT account_id FROM account_holder
        WHERE until_load = 9223372036854775807
            AND customer_id IN (SELECT customer_id FROM change_merge)
        UNION SELECT account_id FROM change_split);

INSERT INTO stage_touched (account_id)
SELECT DISTINCT account_id FROM change_holder WHERE into_id <> customer_id;

INSERT INTO stage_resplit (account_id)
SELECT DISTINCT account_id FROM change_holder WHERE into_id <> customer_id AND share > 0;

UPDATE account_holder SET until_load = $1
WHERE until_load = 9223372036854775807
    AND account_id IN (SELECT account_id FROM stage_touched);

INSERT INTO account_holder (account_id, customer_id, role, share, position, load_id, until_load)
SELECT n.account_id, n.into_id,
    CASE n.rank WHEN 0 THEN 'owner' WHEN 1 THEN 'joint' ELSE 'authorised' END, n.share,
    row_number() OVER (PARTITION BY n.account_id
        ORDER BY CASE WHEN n.share > 0 THEN 0 ELSE 1 END, n.position),
    CAST($1 AS BIGINT), 9223372036854775807
FROM (SELECT account_id, into_id, CAST(sum(share) AS BIGINT) AS share, min(position) AS position,
        min(CASE role WHEN 'owner' THEN 0 WHEN 'joint' THEN 1 ELSE 2 END) AS rank
    FROM change_holder
    WHERE account_id IN (SELECT account_id FROM stage_touched)
    GROUP BY account_id, into_id) AS n
ORDER BY n.account_id, n.position;

-- Transactions: whose on which account (0: on none) go to whom.
DROP TABLE IF EXISTS change_owner;

CREATE TEMP TABLE change_owner AS
SELECT t.customer_id, t.account_id, coalesce(x.into_id, m.into_id) AS into_id
FROM (SELECT DISTINCT customer_id, coalesce(account_id, 0) AS account_id FROM txn
    WHERE until_load = 9223372036854775807
        AND (customer_id IN (SELECT customer_id FROM change_merge)
            OR account_id IN (SELECT account_id FROM change_split))) AS t
LEFT JOIN change_merge AS m ON m.customer_id = t.customer_id
LEFT JOIN (SELECT DISTINCT account_id, from_id, into_id FROM change_split) AS x
    ON x.account_id = t.account_id AND x.from_id = coalesce(m.into_id, t.customer_id)
WHERE coalesce(x.into_id, m.into_id) <> t.customer_id;
