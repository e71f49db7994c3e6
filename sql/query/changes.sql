-- Rows of file $1, by the bytes of the customer number, then the day. Titles, kind of change and
-- reason are filled in by the reader from the numbers that stand in their place.
WITH name AS NOT MATERIALIZED (
    SELECT t.tier_id, t.code FROM tier AS t /* apart */
)
SELECT
    x.sequence,
    x.scheme,
    x.source_id AS customer_id,
    x.effective_on,
    o.code AS old_tier,
    x.old_tier AS old_title_en,
    x.old_tier AS old_title_zh,
    n.code AS new_tier,
    x.new_tier AS new_title_en,
    x.new_tier AS new_title_zh,
    x.old_tier AS change,
    x.reason,
    x.status,
    x.override_id AS override,
    x.as_of,
    x.run_id AS run,
    x.policy_hash
FROM (
    SELECT u.*, k.source_id, f.as_of, f.run_id, g.policy_hash
    FROM (
        SELECT r.sequence, r.scheme, r.customer_id, r.effective_on, r.old_tier, r.tier AS new_tier,
            r.reason, r.status, r.override_id
        FROM change_row AS r WHERE r.sequence = $1 AND r.told_now
        UNION ALL
        SELECT r.sequence, r.scheme, r.customer_id, r.next_on, r.old_next, r.next_tier, r.reason,
            r.status, r.override_id
        FROM change_row AS r WHERE r.sequence = $1 AND r.told_next
    ) AS u
    JOIN change_file AS f ON f.sequence = u.sequence
    JOIN run AS g ON g.run_id = f.run_id
    JOIN customer_key AS k ON k.customer_id = u.customer_id
    /* apart */
) AS x
LEFT JOIN name AS o ON o.tier_id = x.old_tier
LEFT JOIN name AS n ON n.tier_id = x.new_tier
ORDER BY x.source_id, x.effective_on
