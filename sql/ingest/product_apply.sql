-- $1: the load.
INSERT INTO stage_same (target, line) SELECT 'product', line FROM stage_repeat WHERE target = 'product';

INSERT INTO stage_same (target, line)
SELECT 'product', s.line FROM stage_product AS s
JOIN product AS t ON t.code = s.code
WHERE t.until_load = 9223372036854775807 AND t.title IS NOT DISTINCT FROM s.title AND t.class IS NOT DISTINCT FROM s.class AND t.risk IS NOT DISTINCT FROM s.risk AND t.minimum IS NOT DISTINCT FROM s.minimum AND t.term_days IS NOT DISTINCT FROM s.term_days AND t.margin IS NOT DISTINCT FROM s.margin AND t.sale_from IS NOT DISTINCT FROM s.sale_from AND t.sale_until IS NOT DISTINCT FROM s.sale_until
    AND NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'product' AND r.line = s.line);

DELETE FROM stage_product
WHERE line IN (SELECT line FROM stage_same WHERE target = 'product');

UPDATE product SET until_load = $1
WHERE until_load = 9223372036854775807 AND code IN (SELECT code FROM stage_product);

INSERT INTO product (code, title, class, risk, minimum, term_days, margin, sale_from, sale_until, load_id, until_load)
SELECT s.code, s.title, s.class, s.risk, s.minimum, s.term_days, s.margin, s.sale_from, s.sale_until, CAST($1 AS BIGINT), 9223372036854775807
FROM stage_product AS s ORDER BY s.code;
