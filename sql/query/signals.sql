-- Signals as of $1: of the last run of each policy published for that day. Filters are NULL for none:
-- name $2, kind $3, the customer's branch $4; $5 true: new ones only; $6: at most so many. What the
-- policy says of a signal (title, reason) is filled in by the reader, and follows the file's columns.
SELECT
    CAST($1 AS DATE) AS as_of,
    s.name AS signal,
    s.name AS title_en,
    s.name AS title_zh,
    s.kind,
    s.priority,
    s.source_id AS customer_id,
    s.branch,
    s.fired_on = CAST($1 AS DATE) AS is_new,
    s.first_on,
    s.fired_on,
    s.account AS account_id,
    s.scheme,
    s.code AS tier,
    s.value,
    s.threshold,
    s.on_date,
    s.name AS reason_en,
    s.name AS reason_zh,
    s.run_id,
    s.class,
    s.tier AS tier_id,
    s.progress,
    h.cohort,
    h.pending
FROM (
    SELECT s.run_id, s.customer_id, s.name, s.kind, s.priority, k.source_id, c.branch, s.first_on,
        s.fired_on, n.source_id AS account, s.scheme, t.code, s.value, s.threshold, s.on_date,
        a.class, s.tier, s.progress
    FROM signal AS s
    JOIN day_run AS d ON d.run_id = s.run_id AND d.as_of = CAST($1 AS DATE)
    JOIN run AS r ON r.run_id = s.run_id
    JOIN customer_key AS k ON k.customer_id = s.customer_id
    LEFT JOIN customer AS c ON c.customer_id = s.customer_id
        AND c.load_id <= r.watermark AND c.until_load > r.watermark
    LEFT JOIN (SELECT x.account_id, x.source_id FROM account_key AS x
        WHERE x.account_id IN (SELECT y.account_id FROM signal AS y
            JOIN day_run AS e ON e.run_id = y.run_id AND e.as_of = CAST($1 AS DATE)
            WHERE y.account_id IS NOT NULL)) AS n
        ON n.account_id = s.account_id
    LEFT JOIN (SELECT x.account_id, x.class, x.load_id, x.until_load FROM account AS x
        WHERE x.account_id IN (SELECT y.account_id FROM signal AS y
            JOIN day_run AS e ON e.run_id = y.run_id AND e.as_of = CAST($1 AS DATE)
            WHERE y.account_id IS NOT NULL)) AS a
        ON a.account_id = s.account_id
        AND a.load_id <= r.watermark AND a.until_load > r.watermark
    LEFT JOIN tier AS t ON t.tier_id = s.tier
    WHERE (CAST($2 AS TEXT) IS NULL OR s.name = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR s.kind = CAST($3 AS TEXT))
    AND (CAST($4 AS TEXT) IS NULL OR c.branch = CAST($4 AS TEXT))
    AND (NOT CAST($5 AS BOOLEAN) OR s.fired_on = CAST($1 AS DATE))
    /* apart */
) AS s
LEFT JOIN tier_state AS h ON h.run_id = s.run_id AND h.scheme = s.scheme
    AND h.customer_id = s.customer_id
ORDER BY s.priority, s.source_id, s.name, s.account, s.on_date
LIMIT CAST($6 AS BIGINT)
