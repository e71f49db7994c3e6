DELETE FROM stage_repeat WHERE target = 'product';

INSERT INTO stage_repeat (target, line, first_line)
SELECT 'product', s.line, g.first_line
FROM stage_product AS s
JOIN (SELECT code, min(line) AS first_line FROM stage_product
    GROUP BY code HAVING count(*) > 1) AS g ON s.code = g.code
WHERE s.line > g.first_line;

INSERT INTO stage_reject (line, reason, column_name, value)
SELECT s.line, 'duplicate_key', 'product.code', s.code
FROM stage_repeat AS r
JOIN stage_product AS s ON s.line = r.line
LEFT JOIN stage_product AS f ON f.line = r.first_line
WHERE r.target = 'product' AND (s.title IS DISTINCT FROM f.title OR s.class IS DISTINCT FROM f.class OR s.risk IS DISTINCT FROM f.risk OR s.minimum IS DISTINCT FROM f.minimum OR s.term_days IS DISTINCT FROM f.term_days OR s.margin IS DISTINCT FROM f.margin OR s.sale_from IS DISTINCT FROM f.sale_from OR s.sale_until IS DISTINCT FROM f.sale_until);
