-- What people decide, and the second pair of eyes on it (docs/policy-life.md). Persons are names as
-- they were given: nobody is authenticated until there are accounts. Times are UTC, as text.
CREATE TABLE policy_version (
    name TEXT NOT NULL,               -- of the policy
    version BIGINT NOT NULL,          -- 1, 2, 3 … within the name
    policy_hash TEXT NOT NULL,
    body TEXT NOT NULL,               -- the file as it was drafted
    state TEXT NOT NULL,              -- draft, submitted, approved, rejected
    drafted_by TEXT NOT NULL,
    drafted_at TEXT NOT NULL,
    submitted_by TEXT,
    submitted_at TEXT,
    decided_by TEXT,                  -- who approved or rejected
    decided_at TEXT,
    note TEXT,                        -- of the draft
    in_force_from DATE,
    retired_from DATE,                -- first day it is no longer in force; NULL: none
    retire_by TEXT,                   -- a retirement asked for, not decided yet
    retire_at TEXT,
    retire_from DATE
);

-- Overrides of tiers as they were asked for; those in force are facts, in tier_override.
CREATE TABLE override_request (
    override_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    customer_id BIGINT NOT NULL,      -- the number it was asked for, also after a merge
    action BIGINT NOT NULL,           -- as tier_override
    tier BIGINT,
    from_on DATE NOT NULL,
    until_on DATE,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,              -- requested, approved, rejected, revoked
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    decided_by TEXT,                  -- who approved or rejected
    decided_at TEXT,
    revoke_by TEXT,                   -- a revocation asked for
    revoke_at TEXT,
    revoke_reason TEXT,
    revoked_by TEXT,                  -- who approved it
    revoked_at TEXT
);

-- Who did what, when; only ever added to.
CREATE TABLE decision (
    decision_id BIGINT NOT NULL,
    person TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    action TEXT NOT NULL,             -- draft, submit, approve, reject, retire, request, revoke
    policy TEXT,                      -- of a version …
    version BIGINT,
    override_id BIGINT,               -- … or of an override
    on_date DATE,
    note TEXT
);

-- The version a run followed; NULL: a file that is no version.
ALTER TABLE run ADD COLUMN policy_version BIGINT;
