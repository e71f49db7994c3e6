-- Movements dated before a split that name who gave the account away are of who has it since; later
-- ones are taken at their word. Splits of an account may follow one another: the last one decides.
DROP TABLE IF EXISTS split_move;

CREATE TEMP TABLE split_move AS
SELECT c.account_id, f.number_id AS from_id, i.number_id AS into_id, c.on_date, c.load_id
FROM customer_change AS c
JOIN (SELECT customer_id, coalesce(booked_on, customer_id) AS number_id FROM customer_key
    WHERE customer_id IN (SELECT from_id FROM customer_change)) AS f ON f.customer_id = c.from_id
JOIN (SELECT customer_id, coalesce(booked_on, customer_id) AS number_id FROM customer_key
    WHERE customer_id IN (SELECT into_id FROM customer_change)) AS i ON i.customer_id = c.into_id
WHERE c.kind = 'split' AND f.number_id <> i.number_id;

DROP TABLE IF EXISTS split_span;

CREATE TEMP TABLE split_span AS
WITH RECURSIVE path AS (
    SELECT m.account_id, m.from_id, m.on_date, m.load_id, m.into_id,
        m.on_date AS last_date, m.load_id AS last_load
    FROM split_move AS m
    UNION
    SELECT p.account_id, p.from_id, p.on_date, p.load_id, m.into_id, m.on_date, m.load_id
    FROM path AS p
    JOIN split_move AS m ON m.account_id = p.account_id AND m.from_id = p.into_id
        AND (m.on_date > p.last_date OR (m.on_date = p.last_date AND m.load_id > p.last_load))
), ends AS (
    SELECT p.account_id, p.from_id, p.on_date, p.load_id, p.into_id,
        row_number() OVER (PARTITION BY p.account_id, p.from_id, p.on_date, p.load_id
            ORDER BY p.last_date DESC, p.last_load DESC) AS place
    FROM path AS p
)
SELECT e.account_id, e.from_id, e.into_id, e.on_date AS until_day,
    lag(e.on_date) OVER (PARTITION BY e.account_id, e.from_id
        ORDER BY e.on_date, e.load_id) AS from_day
FROM ends AS e WHERE e.place = 1;

UPDATE stage_txn SET customer = x.into_customer
FROM (SELECT a.source_id AS account, n.source_id AS from_customer, k.source_id AS into_customer,
        s.from_day, s.until_day
    FROM split_span AS s
    JOIN (SELECT account_id, source_id FROM account_key
        WHERE account_id IN (SELECT account_id FROM split_span)) AS a
        ON a.account_id = s.account_id
    JOIN (SELECT customer_id, source_id FROM customer_number
        WHERE customer_id IN (SELECT from_id FROM split_span)) AS n ON n.customer_id = s.from_id
    JOIN (SELECT customer_id, source_id FROM customer_key
        WHERE customer_id IN (SELECT into_id FROM split_span)) AS k
        ON k.customer_id = s.into_id) AS x
WHERE stage_txn.account = x.account AND stage_txn.customer = x.from_customer
    AND stage_txn.on_date < x.until_day
    AND (x.from_day IS NULL OR stage_txn.on_date >= x.from_day);
