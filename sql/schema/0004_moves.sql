-- The tier state machine (docs/moves.md): what a period leaves for the next one. All NULL in schemes
-- without moves, where `tier` is what the values earn. Tiers are tier_ids.
ALTER TABLE tier_state ADD COLUMN override_id BIGINT;  -- the override that masks `tier`
ALTER TABLE tier_state ADD COLUMN held BIGINT;         -- tier held, beneath overrides
ALTER TABLE tier_state ADD COLUMN pending BIGINT;      -- tier held from the next period on
ALTER TABLE tier_state ADD COLUMN standing BIGINT;     -- 0 normal, 1 watch, 2 protected, 3 valid, 4 grace
ALTER TABLE tier_state ADD COLUMN fails BIGINT;        -- failing rating days counted
ALTER TABLE tier_state ADD COLUMN fail_days BIGINT;    -- the last rating days, a bit each, newest lowest
ALTER TABLE tier_state ADD COLUMN best BIGINT;         -- best candidate on those days
ALTER TABLE tier_state ADD COLUMN rises BIGINT;
ALTER TABLE tier_state ADD COLUMN rise_days BIGINT;
ALTER TABLE tier_state ADD COLUMN reached BIGINT;      -- worst candidate on rising days
ALTER TABLE tier_state ADD COLUMN watch_since DATE;
ALTER TABLE tier_state ADD COLUMN valid_until DATE;
ALTER TABLE tier_state ADD COLUMN since DATE;          -- day the tier has been held from
ALTER TABLE tier_state ADD COLUMN reason BIGINT;       -- tier/ladder.h
ALTER TABLE tier_state ADD COLUMN cohort BIGINT;       -- of the scheme's cohorts, from 0; -1: none

-- What each run built on, scheme by scheme: the chain that a replay follows.
CREATE TABLE run_scheme (
    run_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    previous_run BIGINT NOT NULL,     -- 0: none
    scheme_hash TEXT NOT NULL         -- of what decides its tiers and moves
);

-- Decisions of people over the machine's, as facts: a row is seen by a run whose watermark W has
-- load_id <= W and until_load > W.
CREATE TABLE tier_override (
    override_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    action BIGINT NOT NULL,           -- 1 raise, 2 lower, 3 pin, 4 exclude
    tier BIGINT,                      -- tier_id; NULL: exclude
    from_on DATE NOT NULL,
    until_on DATE,                    -- last day it masks; NULL: open
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);
