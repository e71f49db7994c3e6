-- A piece, after migrate_rating.sql and the values of both runs (value_before, value_now): everybody of
-- scheme $3 who is in run $1, of day $4 at watermark $6, or in run $2, of day $5 at watermark $7.
-- was_at, is_at: 0 rated, 1 gated, 2 unrated; who is in one run alone was_at 3 new, 4 reopened,
-- 5 merged in; is_at 5 merged out, 6 closed. brought: what numbers that were merged into this one
-- had in the earlier run.
was AS NOT MATERIALIZED (
    SELECT r.customer_id, r.status, r.tier, coalesce(v.value, 0) AS value
    FROM rating AS r
    LEFT JOIN value_before AS v ON v.customer_id = r.customer_id
    WHERE r.run_id = $1 AND r.scheme = $3
),
is_now AS NOT MATERIALIZED (
    SELECT r.customer_id, r.status, r.tier, coalesce(v.value, 0) AS value
    FROM rating AS r
    LEFT JOIN value_now AS v ON v.customer_id = r.customer_id
    WHERE r.run_id = $2 AND r.scheme = $3
),
pair AS NOT MATERIALIZED (
    SELECT x.customer_id, max(x.status_before) AS status_before, max(x.tier_before) AS tier_before,
        sum(x.value_before) AS value_before, max(x.status_now) AS status_now,
        max(x.tier_now) AS tier_now, sum(x.value_now) AS value_now
    FROM (
        SELECT w.customer_id, w.status AS status_before, w.tier AS tier_before,
            w.value AS value_before, -1 AS status_now, 0 AS tier_now, 0 AS value_now
        FROM was AS w
        UNION ALL
        SELECT n.customer_id, -1, 0, 0, n.status, n.tier, n.value
        FROM is_now AS n
    ) AS x
    GROUP BY x.customer_id
),
-- Merges that the later run knew: the numbers at the ends of their chains.
merged AS NOT MATERIALIZED (
    SELECT b.customer_id, b.booked_on AS into_id
    FROM customer_booking AS b
    WHERE b.load_id <= $7 AND b.until_load > $7
),
-- Numbers that took over others, or accounts of others, between the days or between the runs.
received AS (
    SELECT DISTINCT coalesce(m.into_id, c.into_id) AS customer_id
    FROM customer_change AS c
    LEFT JOIN merged AS m ON m.customer_id = c.into_id
    WHERE c.load_id <= $7 AND c.until_load > $7
        AND ((c.on_date > $4 AND c.on_date <= $5) OR c.load_id > $6)
),
brought AS (
    SELECT m.into_id AS customer_id, sum(p.value_before) AS value
    FROM merged AS m
    JOIN pair AS p ON p.customer_id = m.customer_id
    WHERE p.status_now = -1
    GROUP BY m.into_id
),
-- Of those who appear: who was in a run before, or was closed before.
known AS (
    SELECT DISTINCT x.customer_id
    FROM (
        SELECT r.customer_id
        FROM pair AS p
        JOIN rating AS r ON r.customer_id = p.customer_id
        JOIN published AS q ON q.run_id = r.run_id AND q.scheme = r.scheme
        WHERE p.status_before = -1 AND q.scheme = $3 AND q.as_of < $4
        UNION ALL
        SELECT c.customer_id
        FROM customer AS c
        WHERE c.load_id <= $7 AND c.closed_on <= $4
    ) AS x
),
customers AS NOT MATERIALIZED (
    SELECT
        p.customer_id,
        CASE WHEN p.status_before >= 0 THEN p.status_before
            WHEN r.customer_id IS NOT NULL THEN 5
            WHEN k.customer_id IS NOT NULL THEN 4
            ELSE 3 END AS was_at,
        p.tier_before,
        p.value_before,
        CASE WHEN p.status_now >= 0 THEN p.status_now
            WHEN m.customer_id IS NOT NULL THEN 5
            ELSE 6 END AS is_at,
        p.tier_now,
        p.value_now,
        coalesce(b.value, 0) AS brought,
        m.into_id AS merged_into
    FROM pair AS p
    LEFT JOIN received AS r ON r.customer_id = p.customer_id
    LEFT JOIN known AS k ON k.customer_id = p.customer_id
    LEFT JOIN merged AS m ON m.customer_id = p.customer_id
    LEFT JOIN brought AS b ON b.customer_id = p.customer_id
)
