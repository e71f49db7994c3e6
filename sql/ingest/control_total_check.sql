DELETE FROM stage_repeat WHERE target = 'control_total';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'control_total', s.line, g.first_line
FROM stage_control_total AS s
JOIN (SELECT as_of, coalesce(branch, '') AS branch, coalesce(product, '') AS product,
        coalesce(class, '') AS class, currency, min(line) AS first_line
    FROM stage_control_total
    GROUP BY as_of, coalesce(branch, ''), coalesce(product, ''), coalesce(class, ''), currency
    HAVING count(*) > 1) AS g
ON s.as_of = g.as_of AND coalesce(s.branch, '') = g.branch AND coalesce(s.product, '') = g.product
    AND coalesce(s.class, '') = g.class AND s.currency = g.currency
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'control_total.branch', s.branch
FROM stage_repeat AS r
JOIN stage_control_total AS s ON s.line = r.line
LEFT JOIN stage_control_total AS f ON f.line = r.first_line
WHERE r.target = 'control_total' AND (s.accounts IS DISTINCT FROM f.accounts
    OR s.balance IS DISTINCT FROM f.balance OR s.average IS DISTINCT FROM f.average);
