-- customer_key.booked_on as each load left it: a run, and its replay, finds the state that a merged
-- number brings along as its watermark saw it.
CREATE TABLE customer_booking (
    customer_id BIGINT NOT NULL,      -- the merged number
    booked_on BIGINT NOT NULL,        -- the number at the end of its merges
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

INSERT INTO customer_booking (customer_id, booked_on, load_id, until_load)
SELECT k.customer_id, k.booked_on, max(c.load_id), 9223372036854775807
FROM customer_key AS k
JOIN customer_change AS c ON c.from_id = k.customer_id AND c.kind = 'merge'
WHERE k.booked_on IS NOT NULL
GROUP BY k.customer_id, k.booked_on;
