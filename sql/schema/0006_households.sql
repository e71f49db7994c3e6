-- Who belongs to which household (docs/households.md). Of a customer's rows the latest joining on or
-- before a day decides that day; customers without any row belong to customer.household.
CREATE TABLE household_member (
    customer_id BIGINT NOT NULL,
    household TEXT NOT NULL,
    role TEXT,                        -- as the bank calls it: spouse, child, …
    joined_on DATE,                   -- NULL: before every day
    left_on DATE,                     -- first day without; NULL: until the next joining
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

-- The member of the household through whom `tier` is higher than one's own.
ALTER TABLE tier_state ADD COLUMN shared_from BIGINT;
