-- Files of tier changes for channels, and what each told of whom (docs/changes.md). Tiers are tier_ids.
CREATE TABLE change_file (
    sequence BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    run_id BIGINT NOT NULL,
    previous_run BIGINT NOT NULL,     -- the run it was compared with; 0: what was acknowledged
    as_of DATE NOT NULL,
    customers BIGINT NOT NULL,
    rows_told BIGINT NOT NULL,
    hash TEXT NOT NULL,               -- SHA-256 of the file
    sent_at TEXT NOT NULL,
    acked_at TEXT,
    acked_by TEXT
);

-- A customer's whole state as a file tells it: the tier now, and the one from next_on on.
CREATE TABLE change_row (
    sequence BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    old_tier BIGINT,                  -- what the channel had; NULL: none
    tier BIGINT,
    effective_on DATE NOT NULL,
    told_now BOOLEAN NOT NULL,        -- a row of the file says tier
    old_next BIGINT,                  -- what the channel had from next_on on
    next_tier BIGINT,
    next_on DATE NOT NULL,
    told_next BOOLEAN NOT NULL,       -- a row of the file says next_tier
    status TEXT NOT NULL,             -- new, repeated, corrected
    reason BIGINT,                    -- tier/ladder.h
    override_id BIGINT,
    rejected BOOLEAN NOT NULL         -- the channel did not take it
);
