-- What file $1 tells of scheme $2 after run $3 as of $4; a new period starts on $5. Known is what the
-- channel acknowledged, or run $6 (not 0), whose next period starts on $7.
INSERT INTO change_row (sequence, scheme, customer_id, old_tier, tier, effective_on, told_now,
    old_next, next_tier, next_on, told_next, status, reason, override_id, rejected)
WITH told AS NOT MATERIALIZED (
    SELECT r.*, f.acked_at IS NOT NULL AS acked
    FROM change_row AS r
    JOIN change_file AS f ON f.sequence = r.sequence
    WHERE r.scheme = $2 AND NOT r.rejected
),
acked AS (
    SELECT x.* FROM (
        SELECT t.*, row_number() OVER (PARTITION BY t.customer_id ORDER BY t.sequence DESC) AS n
        FROM told AS t WHERE t.acked AND CAST($6 AS BIGINT) = 0
    ) AS x WHERE x.n = 1
    /* apart */
),
sent AS (
    SELECT x.* FROM (
        SELECT t.*, row_number() OVER (PARTITION BY t.customer_id ORDER BY t.sequence DESC) AS n
        FROM told AS t
    ) AS x WHERE x.n = 1 AND NOT x.acked
    /* apart */
),
states AS NOT MATERIALIZED (
    SELECT s.run_id, s.customer_id, s.tier, s.reason, s.override_id,
        CASE WHEN s.tier IS NOT NULL AND s.override_id IS NULL AND s.shared_from IS NULL
            THEN coalesce(s.pending, s.tier) ELSE s.tier END AS next_tier
    FROM tier_state AS s
    WHERE s.scheme = $2
),
now_in AS (
    SELECT s.* FROM states AS s WHERE s.run_id = CAST($3 AS BIGINT)
    /* apart */
),
known_in AS (
    SELECT s.* FROM states AS s WHERE s.run_id = CAST($6 AS BIGINT)
    /* apart */
),
beside AS (
    SELECT i.customer_id, n.tier, n.next_tier, n.reason, n.override_id,
        CASE WHEN a.next_on <= CAST($4 AS DATE) THEN a.next_tier
            WHEN a.customer_id IS NOT NULL THEN a.tier
            WHEN CAST($7 AS DATE) <= CAST($4 AS DATE) THEN k.next_tier ELSE k.tier
            END AS known_tier,
        CASE WHEN a.customer_id IS NOT NULL THEN a.next_tier ELSE k.next_tier END AS known_next,
        s.customer_id IS NOT NULL AS waits,
        CASE WHEN s.next_on <= CAST($4 AS DATE) THEN s.next_tier ELSE s.tier END AS sent_tier,
        s.next_tier AS sent_next,
        CASE WHEN s.next_on <= CAST($4 AS DATE) AND s.told_next THEN s.next_on
            WHEN s.told_now THEN s.effective_on END AS sent_on
    FROM (SELECT x.customer_id FROM customer_key AS x /* apart */) AS i
    LEFT JOIN now_in AS n ON n.customer_id = i.customer_id
    LEFT JOIN known_in AS k ON k.customer_id = i.customer_id
    LEFT JOIN acked AS a ON a.customer_id = i.customer_id
    LEFT JOIN sent AS s ON s.customer_id = i.customer_id
    WHERE n.customer_id IS NOT NULL OR k.customer_id IS NOT NULL OR a.customer_id IS NOT NULL
        OR s.customer_id IS NOT NULL
),
compared AS (
    SELECT b.*,
        b.tier IS DISTINCT FROM b.known_tier OR b.next_tier IS DISTINCT FROM b.known_next
            AS differs,
        b.waits AND (b.tier IS DISTINCT FROM b.sent_tier
            OR b.next_tier IS DISTINCT FROM b.sent_next) AS corrects,
        b.tier IS DISTINCT FROM b.known_tier
            OR (b.waits AND b.tier IS DISTINCT FROM b.sent_tier) AS told_now,
        CASE WHEN b.tier IS DISTINCT FROM b.known_tier THEN b.known_tier
            WHEN b.waits THEN b.sent_tier ELSE b.known_tier END AS old_tier
    FROM beside AS b
)
SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), c.customer_id, c.old_tier, c.tier,
    CASE WHEN c.waits AND NOT c.corrects THEN coalesce(c.sent_on, CAST($4 AS DATE))
        ELSE CAST($4 AS DATE) END AS effective_on,
    c.told_now,
    CASE WHEN c.next_tier IS DISTINCT FROM c.tier THEN c.tier
        WHEN c.next_tier IS DISTINCT FROM c.known_next THEN c.known_next
        ELSE c.sent_next END AS old_next,
    c.next_tier,
    CAST($5 AS DATE) AS next_on,
    c.next_tier IS DISTINCT FROM c.tier OR NOT c.told_now AS told_next,
    CASE WHEN c.waits AND NOT c.corrects THEN 'repeated'
        WHEN NOT c.differs THEN 'corrected' ELSE 'new' END AS status,
    c.reason, c.override_id, FALSE AS rejected
FROM compared AS c
WHERE c.differs OR c.corrects
