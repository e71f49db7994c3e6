-- By hand, the rows that strata run writes for policy.yaml as of 2025-12-31, added to the history:
-- metrics, and tier_state with tier, rule and score of both schemes. Months are bits of a mask, which is
-- faster than count(DISTINCT …); sums stay in 64 bits. Quintiles are Hyndman and Fan's type 7, kept
-- exactly as 5 × cut, and become literals of the insert that uses them.
BEGIN;

INSERT INTO metric
SELECT 1, c.customer_id, 0, DATE '2025-12-31' - t.last_on, coalesce(t.purchases, 0), coalesce(t.amount, 0),
    coalesce(bit_count(CAST(t.months AS bit(16))), 0)
FROM customer AS c
LEFT JOIN (
    SELECT customer_id,
        max(on_date) FILTER (WHERE kind = 'purchase') AS last_on,
        count(*) FILTER (WHERE kind = 'purchase') AS purchases,
        sum(abs(amount)) FILTER (WHERE kind = 'purchase') AS amount,
        bit_or(1 << CAST(date_part('month', on_date) AS integer)) AS months
    FROM txn
    WHERE on_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
    GROUP BY customer_id) AS t ON t.customer_id = c.customer_id
WHERE c.opened_on <= DATE '2025-12-31';

ANALYZE metric;

WITH value AS (
    SELECT 'r' AS axis, recency AS v, count(*) AS n FROM metric WHERE run_id = 1 AND recency IS NOT NULL GROUP BY 2
    UNION ALL SELECT 'f', frequency, count(*) FROM metric WHERE run_id = 1 GROUP BY 2
    UNION ALL SELECT 'm', monetary, count(*) FROM metric WHERE run_id = 1 GROUP BY 2),
cumulative AS (
    SELECT axis, v, CAST(sum(n) OVER (PARTITION BY axis ORDER BY v) AS bigint) AS upto,
        CAST(sum(n) OVER (PARTITION BY axis) AS bigint) AS total
    FROM value),
place AS (
    SELECT c.axis, g.i, min(v) FILTER (WHERE upto > (total - 1) * g.i / 5) AS low,
        min(v) FILTER (WHERE upto > least((total - 1) * g.i / 5 + 1, total - 1)) AS high,
        max((total - 1) * g.i % 5) AS part
    FROM cumulative AS c, (VALUES (1), (2), (3), (4)) AS g(i)
    GROUP BY c.axis, g.i),
bound AS (SELECT axis || i AS name, low * 5 + part * (high - low) AS cut FROM place)
SELECT max(cut) FILTER (WHERE name = 'r1') AS r1, max(cut) FILTER (WHERE name = 'r2') AS r2,
    max(cut) FILTER (WHERE name = 'r3') AS r3, max(cut) FILTER (WHERE name = 'r4') AS r4,
    max(cut) FILTER (WHERE name = 'f1') AS f1, max(cut) FILTER (WHERE name = 'f2') AS f2,
    max(cut) FILTER (WHERE name = 'f3') AS f3, max(cut) FILTER (WHERE name = 'f4') AS f4,
    max(cut) FILTER (WHERE name = 'm1') AS m1, max(cut) FILTER (WHERE name = 'm2') AS m2,
    max(cut) FILTER (WHERE name = 'm3') AS m3, max(cut) FILTER (WHERE name = 'm4') AS m4
FROM bound \gset

INSERT INTO tier_state
SELECT run_id, 'spending', customer_id, 0, tier, tier, tier, NULL
FROM (SELECT run_id, customer_id,
        CASE WHEN monetary >= 2000000 THEN 1 WHEN monetary >= 1000000 THEN 2
            WHEN monetary >= 500000 THEN 3 WHEN monetary >= 100000 THEN 4 ELSE 5 END AS tier
    FROM metric WHERE run_id = 1) AS x;

INSERT INTO tier_state
SELECT run_id, 'rfm', customer_id, 0, tier, tier, coalesce(r * 100 + f * 10 + m, 0),
    (CAST(200000000 AS bigint) * (r + f + m) + 3) / 6 -- the mean, rounded half up
FROM (SELECT run_id, customer_id, r, f, m, CASE WHEN r IS NULL THEN 13
            WHEN r >= 4 AND f >= 4 AND m >= 4 THEN 6 WHEN f >= 4 AND m >= 4 THEN 7
            WHEN r >= 4 AND m >= 4 THEN 8 WHEN m >= 4 THEN 9
            WHEN r >= 4 AND f >= 4 THEN 10 WHEN r >= 4 THEN 11
            WHEN f >= 4 THEN 12 ELSE 13 END AS tier
    FROM (SELECT run_id, customer_id,
            CASE WHEN recency IS NULL THEN NULL WHEN recency * 5 >= :r4 THEN 1 WHEN recency * 5 >= :r3 THEN 2
                WHEN recency * 5 >= :r2 THEN 3 WHEN recency * 5 >= :r1 THEN 4 ELSE 5 END AS r,
            CASE WHEN frequency * 5 >= :f4 THEN 5 WHEN frequency * 5 >= :f3 THEN 4
                WHEN frequency * 5 >= :f2 THEN 3 WHEN frequency * 5 >= :f1 THEN 2 ELSE 1 END AS f,
            CASE WHEN monetary * 5 >= :m4 THEN 5 WHEN monetary * 5 >= :m3 THEN 4
                WHEN monetary * 5 >= :m2 THEN 3 WHEN monetary * 5 >= :m1 THEN 2 ELSE 1 END AS m
        FROM metric WHERE run_id = 1
        OFFSET 0) AS scored) AS tiered; -- OFFSET 0: a score is worked out once

COMMIT;
