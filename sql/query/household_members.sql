-- Who belonged to which household in run $1, as its metrics saw it: of household $2 all members, or
-- of customer $2 its own row.
WITH membership AS (
    SELECT m.customer_id, m.household, m.left_on,
        coalesce(m.joined_on, CAST('0001-01-01' AS DATE)) AS joined_on
    FROM household_member AS m
    JOIN run AS r ON r.run_id = $1
    WHERE m.load_id <= r.watermark AND m.until_load > r.watermark
),
dated AS (
    SELECT m.customer_id,
        max(CASE WHEN m.joined_on <= r.as_of AND (m.left_on IS NULL OR m.left_on > r.as_of)
            AND NOT EXISTS (SELECT 1 FROM membership AS l WHERE l.customer_id = m.customer_id
                AND l.joined_on > m.joined_on AND l.joined_on <= r.as_of)
            THEN m.household END) AS household
    FROM membership AS m
    JOIN run AS r ON r.run_id = $1
    GROUP BY m.customer_id
)
SELECT k.source_id AS member, h.customer_id AS household_id, h.source_id AS household
FROM customer AS c
JOIN run AS r ON r.run_id = $1
JOIN customer_key AS k ON k.customer_id = c.customer_id
LEFT JOIN dated AS d ON d.customer_id = c.customer_id
JOIN (SELECT y.customer_id, y.source_id, y.household FROM customer_key AS y
    WHERE y.customer_id = $2 OR y.household IN (
        SELECT m.household FROM household_member AS m WHERE m.customer_id = $2
        UNION SELECT p.household FROM customer AS p WHERE p.customer_id = $2)) AS h
    ON h.household = CASE WHEN d.customer_id IS NULL THEN c.household ELSE d.household END
WHERE c.load_id <= r.watermark AND c.until_load > r.watermark
    AND (c.opened_on IS NULL OR c.opened_on <= r.as_of)
    AND (c.closed_on IS NULL OR c.closed_on > r.as_of)
    AND (h.customer_id = $2 OR c.customer_id = $2)
ORDER BY k.source_id
