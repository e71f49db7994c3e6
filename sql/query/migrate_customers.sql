-- A piece, after migrate_rating.sql and the values of both runs (value_before, value_now): everybody of
-- scheme $3 who is in run $1, of day $4 at watermark $6, or in run $2, of day $5 at watermark $7.
-- was_at, is_at: 0 rated, 1 gated, 2 unrated; who is in one run alone was_at 3 new, 4 reopened,
-- 5 merged in; is_at 5 merged out, 6 closed. brought: what numbers that were merged into this one
-- had in the earlier run.
pair AS NOT MATERIALIZED (
    SELECT r.customer_id,
        max(CASE WHEN r.run_id = $1 THEN r.status ELSE -1 END) AS status_before,
        max(CASE WHEN r.run_id = $1 THEN r.tier ELSE 0 END) AS tier_before,
        max(CASE WHEN r.run_id = $2 THEN r.status ELSE -1 END) AS status_now,
        max(CASE WHEN r.run_id = $2 THEN r.tier ELSE 0 END) AS tier_now
    FROM rating AS r
    WHERE r.run_id IN ($1, $2) AND r.scheme = $3
    GROUP BY r.customer_id
),
-- Merges that the later run knew: the numbers at the ends of their chains.
merged AS NOT MATERIALIZED (
    SELECT b.customer_id, b.booked_on AS into_id
    FROM customer_booking AS b
    WHERE b.load_id <= $7 AND b.until_load > $7
    /* apart */
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
    SELECT m.into_id AS customer_id, sum(v.value) AS value
    FROM merged AS m
    JOIN pair AS p ON p.customer_id = m.customer_id
    JOIN value_before AS v ON v.customer_id = m.customer_id
    WHERE p.status_before >= 0 AND p.status_now < 0
    GROUP BY m.into_id
),
-- Of those who appear: who was in a run before; and everybody who was closed before. (< 0, for -1:
-- PostgreSQL takes an aggregate that equals something for one row, and looks it up in a loop.)
rated_before AS (
    SELECT DISTINCT r.customer_id
    FROM pair AS p
    JOIN rating AS r ON r.customer_id = p.customer_id
    JOIN published AS q ON q.run_id = r.run_id AND q.scheme = r.scheme
    WHERE p.status_before < 0 AND q.scheme = $3 AND q.as_of < $4
),
closed_before AS (
    SELECT DISTINCT c.customer_id
    FROM customer AS c
    WHERE c.load_id <= $7 AND c.closed_on <= $4
),
customers AS NOT MATERIALIZED (
    SELECT
        p.customer_id,
        CASE WHEN p.status_before >= 0 THEN p.status_before
            WHEN r.customer_id IS NOT NULL THEN 5
            WHEN k.customer_id IS NOT NULL OR z.customer_id IS NOT NULL THEN 4
            ELSE 3 END AS was_at,
        p.tier_before,
        CASE WHEN p.status_before >= 0 THEN coalesce(v.value, 0) ELSE 0 END AS value_before,
        CASE WHEN p.status_now >= 0 THEN p.status_now
            WHEN m.customer_id IS NOT NULL THEN 5
            ELSE 6 END AS is_at,
        p.tier_now,
        CASE WHEN p.status_now >= 0 THEN coalesce(w.value, 0) ELSE 0 END AS value_now,
        coalesce(b.value, 0) AS brought,
        m.into_id AS merged_into
    FROM pair AS p
    LEFT JOIN value_before AS v ON v.customer_id = p.customer_id
    LEFT JOIN value_now AS w ON w.customer_id = p.customer_id
    LEFT JOIN received AS r ON r.customer_id = p.customer_id
    LEFT JOIN rated_before AS k ON k.customer_id = p.customer_id
    LEFT JOIN closed_before AS z ON z.customer_id = p.customer_id
    LEFT JOIN merged AS m ON m.customer_id = p.customer_id
    LEFT JOIN brought AS b ON b.customer_id = p.customer_id
)
