-- $1: the load.
INSERT INTO stage_same (target, line) SELECT 'fx_rate', line FROM stage_repeat WHERE target = 'fx_rate';

INSERT INTO stage_same (target, line)
SELECT 'fx_rate', s.line FROM stage_fx_rate AS s
JOIN fx_rate AS t ON t.currency = s.currency AND t.base = s.base AND t.on_date = s.on_date
WHERE t.until_load = 9223372036854775807 AND t.rate IS NOT DISTINCT FROM s.rate
    AND NOT EXISTS (SELECT 1 FROM stage_repeat AS r
        WHERE r.target = 'fx_rate' AND r.line = s.line);

DELETE FROM stage_fx_rate
WHERE line IN (SELECT line FROM stage_same WHERE target = 'fx_rate');

UPDATE fx_rate SET until_load = $1
WHERE until_load = 9223372036854775807
    AND (currency, base, on_date) IN (SELECT currency, base, on_date FROM stage_fx_rate);

INSERT INTO fx_rate (currency, base, on_date, rate, load_id, until_load)
SELECT s.currency, s.base, s.on_date, s.rate, CAST($1 AS BIGINT), 9223372036854775807
FROM stage_fx_rate AS s ORDER BY s.currency, s.base, s.on_date;
