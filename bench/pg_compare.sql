-- What Strata exported against what pg_run.sql wrote, customer by customer: rows that differ or stand on
-- one side only. Both counts must be 0, of rows that must be there.
CREATE TEMP TABLE tiers_file (as_of date, scheme text, customer_id text, status text, tier text,
    tier_title_en text, tier_title_zh text, rule bigint, score numeric(18,8));
CREATE TEMP TABLE metrics_file (as_of date, customer_id text, status text, recency bigint, frequency bigint,
    monetary numeric(18,2), active_months bigint);
\copy tiers_file FROM '${DIR}/tiers.csv' (FORMAT csv, HEADER)
\copy metrics_file FROM '${DIR}/metrics.csv' (FORMAT csv, HEADER)

CREATE TEMP TABLE tiers AS
SELECT s.scheme, c.customer_no, (string_to_array('${CODES}', ','))[s.tier] AS code, s.rule, s.score
FROM tier_state AS s JOIN customer AS c ON c.customer_id = s.customer_id;
CREATE TEMP TABLE tiers_strata AS
SELECT scheme, customer_id, tier, rule, CAST(score * 100000000 AS bigint) FROM tiers_file;
CREATE TEMP TABLE metrics AS
SELECT c.customer_no, m.recency, m.frequency, m.monetary, m.active_months
FROM metric AS m JOIN customer AS c ON c.customer_id = m.customer_id;
CREATE TEMP TABLE metrics_strata AS
SELECT customer_id, recency, frequency, CAST(monetary * 100 AS bigint), active_months FROM metrics_file;

SELECT (SELECT count(*) FROM tiers_strata),
    (SELECT count(*) FROM (TABLE tiers EXCEPT ALL TABLE tiers_strata) AS x)
        + (SELECT count(*) FROM (TABLE tiers_strata EXCEPT ALL TABLE tiers) AS x),
    (SELECT count(*) FROM metrics_strata),
    (SELECT count(*) FROM (TABLE metrics EXCEPT ALL TABLE metrics_strata) AS x)
        + (SELECT count(*) FROM (TABLE metrics_strata EXCEPT ALL TABLE metrics) AS x);
