-- Tier rows stand for all runs of a series from run_id on, before until_run, so that a run writes just
-- what is not as it was (docs/adr/0037-rows-stand-for-later-runs.md). Schemes without moves have a
-- table without the state of moves.
CREATE TABLE tier_row (
    series BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    until_run BIGINT NOT NULL,        -- first run of the series that no longer says so
    customer_id BIGINT NOT NULL,
    status BIGINT NOT NULL,
    candidate BIGINT,
    tier BIGINT,
    rule BIGINT,
    score BIGINT,
    override_id BIGINT,
    shared_from BIGINT
);

CREATE TABLE tier_row_held (
    series BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    until_run BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    status BIGINT NOT NULL,
    candidate BIGINT,
    tier BIGINT,
    rule BIGINT,
    score BIGINT,
    override_id BIGINT,
    shared_from BIGINT,
    held BIGINT,
    pending BIGINT,
    standing BIGINT,
    fails BIGINT,
    fail_days BIGINT,
    best BIGINT,
    rises BIGINT,
    rise_days BIGINT,
    reached BIGINT,
    watch_since DATE,
    valid_until DATE,
    since DATE,
    reason BIGINT,
    cohort BIGINT
);

-- Customers of whom something may have changed since the run that a run goes on from, while it runs.
CREATE TABLE run_customer (run_id BIGINT NOT NULL, customer_id BIGINT NOT NULL);

-- The series that the rows of a run and scheme are in; no two schemes have one in common.
ALTER TABLE run_scheme ADD COLUMN series BIGINT;

INSERT INTO run_scheme (run_id, scheme, previous_run, scheme_hash)
SELECT DISTINCT t.run_id, t.scheme, 0, ''
FROM tier_state AS t
LEFT JOIN run_scheme AS s ON s.run_id = t.run_id AND s.scheme = t.scheme
WHERE s.run_id IS NULL;

UPDATE run_scheme SET series = n.series
FROM (SELECT s.run_id, s.scheme, row_number() OVER (ORDER BY s.run_id, s.scheme) AS series
    FROM run_scheme AS s) AS n
WHERE run_scheme.run_id = n.run_id AND run_scheme.scheme = n.scheme;

INSERT INTO tier_row_held (series, run_id, until_run, customer_id, status, candidate, tier, rule, score,
    override_id, shared_from, held, pending, standing, fails, fail_days, best, rises, rise_days, reached,
    watch_since, valid_until, since, reason, cohort)
SELECT s.series, t.run_id, 9223372036854775807, t.customer_id, t.status, t.candidate, t.tier, t.rule,
    t.score, t.override_id, t.shared_from, t.held, t.pending, t.standing, t.fails, t.fail_days, t.best,
    t.rises, t.rise_days, t.reached, t.watch_since, t.valid_until, t.since, t.reason, t.cohort
FROM tier_state AS t
JOIN run_scheme AS s ON s.run_id = t.run_id AND s.scheme = t.scheme
JOIN run AS r ON r.run_id = t.run_id AND r.state <> 'staged';

UPDATE run SET state = 'abandoned' WHERE state = 'staged';

DROP TABLE tier_state;

-- The rows of every run and scheme, and for which runs of a series they stand.
CREATE VIEW tier_state AS
SELECT s.run_id, s.scheme, t.series, t.run_id AS from_run, t.until_run, t.customer_id, t.status, t.candidate, t.tier, t.rule, t.score, t.override_id,
    t.shared_from, CAST(NULL AS BIGINT) AS held, CAST(NULL AS BIGINT) AS pending,
    CAST(NULL AS BIGINT) AS standing, CAST(NULL AS BIGINT) AS fails, CAST(NULL AS BIGINT) AS fail_days,
    CAST(NULL AS BIGINT) AS best, CAST(NULL AS BIGINT) AS rises, CAST(NULL AS BIGINT) AS rise_days,
    CAST(NULL AS BIGINT) AS reached, CAST(NULL AS DATE) AS watch_since,
    CAST(NULL AS DATE) AS valid_until, CAST(NULL AS DATE) AS since, CAST(NULL AS BIGINT) AS reason,
    CAST(NULL AS BIGINT) AS cohort
FROM run_scheme AS s
JOIN tier_row AS t ON t.series = s.series AND t.run_id <= s.run_id AND t.until_run > s.run_id
UNION ALL
SELECT s.run_id, s.scheme, t.series, t.run_id AS from_run, t.until_run, t.customer_id, t.status,
    t.candidate, t.tier, t.rule, t.score, t.override_id, t.shared_from, t.held, t.pending, t.standing, t.fails, t.fail_days, t.best, t.rises, t.rise_days,
    t.reached, t.watch_since, t.valid_until, t.since, t.reason, t.cohort
FROM run_scheme AS s
JOIN tier_row_held AS t ON t.series = s.series AND t.run_id <= s.run_id AND t.until_run > s.run_id;
