-- By hand, the rows that strata run writes for policy_balances.yaml as of 2025-12-31: peer_run.sql
-- with the month's average of balances, an amount standing from its day until the next. It leaves
-- out what its data do not need: accounts' own first and last days, other currencies. A metrics table and
-- tier_state with tier, rule and score of both schemes. Months are bits of a mask, which is faster
-- than count(DISTINCT …). Quintiles are Hyndman and Fan's type 7, kept exactly as 5 × cut. Groups
-- of up to 2^20 customers are kept in an array, which is faster than a hash table.
SET perfect_ht_threshold = 20;

DROP TABLE IF EXISTS metric;
DROP TABLE IF EXISTS tier_state;

CREATE TABLE metric AS
SELECT CAST(1 AS BIGINT) AS run_id, c.customer_id, CAST(0 AS BIGINT) AS status,
    CAST(DATE '2025-12-31' - t.last_on AS BIGINT) AS recency,
    coalesce(t.purchases, 0) AS frequency,
    CAST(coalesce(t.amount, 0) AS BIGINT) AS monetary,
    CAST(coalesce(bit_count(t.months), 0) AS BIGINT) AS active_months,
    CAST((2 * coalesce(b.total, 0) + 31) // 62 AS BIGINT) AS aum
FROM customer AS c
LEFT JOIN (
    SELECT customer_id,
        max(on_date) FILTER (WHERE kind = 'purchase') AS last_on,
        count(*) FILTER (WHERE kind = 'purchase') AS purchases,
        sum(abs(amount)) FILTER (WHERE kind = 'purchase') AS amount,
        bit_or(1::INTEGER << month(on_date)::INTEGER) AS months
    FROM txn
    WHERE on_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
    GROUP BY customer_id) AS t ON t.customer_id = c.customer_id
LEFT JOIN (
    SELECT customer_id, CAST(sum(greatest(amount, 0) * (least(next_on, DATE '2026-01-01')
        - greatest(on_date, DATE '2025-12-01'))) AS BIGINT) AS total
    FROM (
        SELECT customer_id, amount, on_date, lead(on_date, 1, DATE '2026-01-01')
            OVER (PARTITION BY account_id ORDER BY on_date) AS next_on
        FROM balance WHERE on_date <= DATE '2025-12-31')
    WHERE next_on > DATE '2025-12-01'
    GROUP BY customer_id) AS b ON b.customer_id = c.customer_id
WHERE c.opened_on <= DATE '2025-12-31';

CREATE TEMP TABLE cut AS
WITH value AS (
    SELECT 'r' AS axis, recency AS v, count(*) AS n FROM metric WHERE recency IS NOT NULL GROUP BY 2
    UNION ALL SELECT 'f', frequency, count(*) FROM metric GROUP BY 2
    UNION ALL SELECT 'm', monetary, count(*) FROM metric GROUP BY 2),
cumulative AS (
    SELECT axis, v, CAST(sum(n) OVER (PARTITION BY axis ORDER BY v) AS BIGINT) AS upto,
        CAST(sum(n) OVER (PARTITION BY axis) AS BIGINT) AS total
    FROM value),
place AS (
    SELECT c.axis, g.i, min(v) FILTER (WHERE upto > (total - 1) * g.i // 5) AS low,
        min(v) FILTER (WHERE upto > least((total - 1) * g.i // 5 + 1, total - 1)) AS high,
        max((total - 1) * g.i % 5) AS part
    FROM cumulative AS c, (VALUES (1), (2), (3), (4)) AS g(i)
    GROUP BY c.axis, g.i)
SELECT axis, list(CAST(low * 5 + part * (high - low) AS BIGINT) ORDER BY i) AS bounds
FROM place GROUP BY axis;

SET VARIABLE r = (SELECT bounds FROM cut WHERE axis = 'r');
SET VARIABLE f = (SELECT bounds FROM cut WHERE axis = 'f');
SET VARIABLE m = (SELECT bounds FROM cut WHERE axis = 'm');

CREATE TABLE tier_state (run_id BIGINT, scheme TEXT, customer_id BIGINT, status BIGINT,
    candidate BIGINT, tier BIGINT, rule BIGINT, score BIGINT);

INSERT INTO tier_state
SELECT run_id, 'asset', customer_id, 0, tier, tier, tier, NULL
FROM (SELECT run_id, customer_id,
        CASE WHEN aum >= 5000000 THEN 1 WHEN aum >= 1000000 THEN 2 ELSE 3 END AS tier
    FROM metric);

INSERT INTO tier_state
SELECT run_id, 'rfm', customer_id, 0, tier, tier, coalesce(r * 100 + f * 10 + m, 0),
    (CAST(200000000 AS BIGINT) * (r + f + m) + 3) // 6 -- the mean, rounded half up
FROM (SELECT *, CASE WHEN r IS NULL THEN 11
            WHEN r >= 4 AND f >= 4 AND m >= 4 THEN 4 WHEN f >= 4 AND m >= 4 THEN 5
            WHEN r >= 4 AND m >= 4 THEN 6 WHEN m >= 4 THEN 7
            WHEN r >= 4 AND f >= 4 THEN 8 WHEN r >= 4 THEN 9
            WHEN f >= 4 THEN 10 ELSE 11 END AS tier
    FROM (SELECT run_id, customer_id,
            CASE WHEN recency IS NULL THEN NULL
                WHEN recency * 5 >= getvariable('r')[4] THEN 1
                WHEN recency * 5 >= getvariable('r')[3] THEN 2
                WHEN recency * 5 >= getvariable('r')[2] THEN 3
                WHEN recency * 5 >= getvariable('r')[1] THEN 4 ELSE 5 END AS r,
            CASE WHEN frequency * 5 >= getvariable('f')[4] THEN 5
                WHEN frequency * 5 >= getvariable('f')[3] THEN 4
                WHEN frequency * 5 >= getvariable('f')[2] THEN 3
                WHEN frequency * 5 >= getvariable('f')[1] THEN 2 ELSE 1 END AS f,
            CASE WHEN monetary * 5 >= getvariable('m')[4] THEN 5
                WHEN monetary * 5 >= getvariable('m')[3] THEN 4
                WHEN monetary * 5 >= getvariable('m')[2] THEN 3
                WHEN monetary * 5 >= getvariable('m')[1] THEN 2 ELSE 1 END AS m
        FROM metric));
