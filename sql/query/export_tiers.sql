-- Tiers of scheme $2 in run $1 as of $3, by the bytes of the customer number. The titles are in the
-- policy: their columns arrive as the tier's id, and standing and reason as their
-- numbers.
WITH name AS NOT MATERIALIZED (
    SELECT t.tier_id, t.code FROM tier AS t /* apart */
)
SELECT
    CAST($3 AS DATE) AS as_of,
    s.scheme,
    k.source_id AS customer_id,
    CASE s.status WHEN 0 THEN 'rated' WHEN 1 THEN 'gated' ELSE 'unrated' END AS status,
    t.code AS tier,
    s.tier AS tier_title_en,
    s.tier AS tier_title_zh,
    s.rule,
    s.score,
    c.code AS candidate,
    s.standing,
    s.fails AS failing,
    n.code AS pending,
    s.since,
    s.valid_until,
    s.watch_since,
    s.reason,
    s.override_id AS override,
    h.source_id AS shared_from
FROM tier_state AS s
JOIN (SELECT x.customer_id, x.source_id FROM customer_key AS x /* apart */) AS k
    ON k.customer_id = s.customer_id
LEFT JOIN name AS t ON t.tier_id = s.tier
LEFT JOIN name AS c ON c.tier_id = s.candidate
LEFT JOIN name AS n ON n.tier_id = s.pending
LEFT JOIN (SELECT x.customer_id, x.source_id FROM customer_key AS x
    WHERE x.customer_id IN (SELECT m.shared_from FROM tier_state AS m
        WHERE m.run_id = $1 AND m.scheme = $2 AND m.shared_from IS NOT NULL) /* apart */) AS h
    ON h.customer_id = s.shared_from
WHERE s.run_id = $1 AND s.scheme = $2
ORDER BY k.source_id
