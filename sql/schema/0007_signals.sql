-- What runs tell of customers (docs/signals.md). A row stands while the signal holds for its subject;
-- tiers are tier_ids, amounts at the scale of the signal in the run's policy.
CREATE TABLE signal (
    run_id BIGINT NOT NULL,
    name TEXT NOT NULL,               -- of the signal in the policy
    kind TEXT NOT NULL,               -- near_tier, watch, condition, birthday, maturing, new_account
    priority BIGINT NOT NULL,         -- 1 first
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,       -- 0: the signal is about the customer
    scheme TEXT,
    tier BIGINT,                      -- the tier it is near to, or on watch in
    value BIGINT,
    threshold BIGINT,                 -- what value is compared with
    on_date DATE,                     -- day of the fall, the birthday, the maturity, the opening
    progress BIGINT,                  -- failing rating days counted, on watch
    first_on DATE NOT NULL,           -- day of the first run since which it has held
    fired_on DATE NOT NULL            -- day of the run that told it last: new when it is this run's
);

-- The run whose rows say which signals of this run are new; 0: none.
ALTER TABLE run ADD COLUMN signal_run BIGINT;

-- The last run of each policy that is published for a day.
CREATE VIEW day_run AS
SELECT p.as_of, max(p.run_id) AS run_id
FROM published AS p
JOIN run AS r ON r.run_id = p.run_id
JOIN policy AS y ON y.policy_hash = r.policy_hash
GROUP BY p.as_of, y.name;
