-- Customer numbers that merged with or split from another, one row each, as the source named them.
CREATE TABLE customer_change (
    kind TEXT NOT NULL,               -- merge, split
    from_id BIGINT NOT NULL,          -- the number that ends, or that gives the account away
    into_id BIGINT NOT NULL,
    account_id BIGINT,                -- split: the account that moves
    on_date DATE NOT NULL,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL        -- merge: the load that took it back by splitting
);

-- A merged number's rows are booked on the number at the end of its merges; NULL: on itself.
-- Follows from the merges in force, and is worked out anew whenever they change.
ALTER TABLE customer_key ADD COLUMN booked_on BIGINT;

-- The one answer to "whose is a row that names this number?".
CREATE VIEW customer_number AS
SELECT source_id, coalesce(booked_on, customer_id) AS customer_id FROM customer_key;
