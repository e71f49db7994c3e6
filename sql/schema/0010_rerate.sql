-- Closed periods that people asked to compute anew (docs/policy-life.md).
CREATE TABLE rerate_request (
    rerate_id BIGINT NOT NULL,
    policy TEXT NOT NULL,             -- its name
    policy_hash TEXT NOT NULL,
    policy_version BIGINT,            -- NULL or 0: a file that is no version
    body TEXT NOT NULL,               -- the policy as it was asked for
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,              -- requested, done, rejected
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    first_run BIGINT,                 -- of the new chain
    last_run BIGINT
);
