-- What an expert keeps for the runs, made of the raw tables: short integer keys, money in minor units,
-- transactions by (month, customer). No validation, no quarantine, no history of corrections.
CREATE TABLE customer AS
SELECT row_number() OVER (ORDER BY customer_no COLLATE "C") AS customer_id, customer_no, kind, region, opened_on
FROM raw_customer;
ANALYZE customer;

CREATE TABLE txn AS
SELECT c.customer_id, t.on_date, CAST(t.amount * 100 AS bigint) AS amount, t.kind
FROM raw_txn AS t
JOIN customer AS c ON c.customer_no = t.customer_no
ORDER BY date_trunc('month', t.on_date), c.customer_id;

CREATE INDEX txn_days ON txn USING brin (on_date);

DROP TABLE raw_customer, raw_txn;

-- The history that runs add to, each row to be found by its run.
CREATE TABLE metric (run_id bigint, customer_id bigint, status bigint, recency bigint, frequency bigint,
    monetary bigint, active_months bigint);
CREATE INDEX metric_run ON metric (run_id);
CREATE TABLE tier_state (run_id bigint, scheme text, customer_id bigint, status bigint, candidate bigint,
    tier bigint, rule bigint, score bigint);
CREATE INDEX tier_state_run ON tier_state (run_id, customer_id);
