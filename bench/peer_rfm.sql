-- The bare job that other tools do too, by DuckDB from ${SOURCE}: R, F, M of 2025 per customer,
-- quintiles and tiers. Prints how many customers each cell of scores and each tier has.
SET perfect_ht_threshold = 20;

CREATE TEMP TABLE metric AS
SELECT customer_id, DATE '2025-12-31' - max(on_date) AS r, count(*) AS f,
    CAST(sum(abs(amount)) AS BIGINT) AS m
FROM ${SOURCE}
WHERE on_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' AND kind = 'purchase'
GROUP BY customer_id;

CREATE TEMP TABLE cut AS
WITH value AS (
    SELECT 'r' AS axis, r AS v, count(*) AS n FROM metric GROUP BY 2
    UNION ALL SELECT 'f', f, count(*) FROM metric GROUP BY 2
    UNION ALL SELECT 'm', m, count(*) FROM metric GROUP BY 2),
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

CREATE TEMP TABLE scored AS
SELECT 5 - (r * 5 >= getvariable('r')[1])::INTEGER
        - (r * 5 >= getvariable('r')[2])::INTEGER
        - (r * 5 >= getvariable('r')[3])::INTEGER
        - (r * 5 >= getvariable('r')[4])::INTEGER AS rs,
    1 + (f * 5 >= getvariable('f')[1])::INTEGER
        + (f * 5 >= getvariable('f')[2])::INTEGER
        + (f * 5 >= getvariable('f')[3])::INTEGER
        + (f * 5 >= getvariable('f')[4])::INTEGER AS fs,
    1 + (m * 5 >= getvariable('m')[1])::INTEGER
        + (m * 5 >= getvariable('m')[2])::INTEGER
        + (m * 5 >= getvariable('m')[3])::INTEGER
        + (m * 5 >= getvariable('m')[4])::INTEGER AS ms,
    (m >= 100000)::INTEGER + (m >= 500000)::INTEGER + (m >= 1000000)::INTEGER
        + (m >= 2000000)::INTEGER AS tier
FROM metric;

SELECT line FROM (
    SELECT 1 AS part, rs, fs, ms, 'cell ' || rs || ' ' || fs || ' ' || ms || ' ' || count(*) AS line
    FROM scored GROUP BY rs, fs, ms
    UNION ALL
    SELECT 2, tier, 0, 0, 'tier ' || tier || ' ' || count(*) FROM scored GROUP BY tier)
ORDER BY part, rs, fs, ms;
