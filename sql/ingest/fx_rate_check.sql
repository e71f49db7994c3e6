DELETE FROM stage_repeat WHERE target = 'fx_rate';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'fx_rate', s.line, g.first_line
FROM stage_fx_rate AS s
JOIN (SELECT currency, base, on_date, min(line) AS first_line FROM stage_fx_rate
    GROUP BY currency, base, on_date HAVING count(*) > 1) AS g ON s.currency = g.currency AND s.base = g.base AND s.on_date = g.on_date
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'fx_rate.currency', s.currency
FROM stage_repeat AS r
JOIN stage_fx_rate AS s ON s.line = r.line
LEFT JOIN stage_fx_rate AS f ON f.line = r.first_line
WHERE r.target = 'fx_rate' AND (s.rate IS DISTINCT FROM f.rate);
