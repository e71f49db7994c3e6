-- $1: decimals that amounts in an account's currency were read with.
DELETE FROM stage_owner;

INSERT INTO stage_owner (account, account_id, customer_id, currency, factor, held)
SELECT k.source_id, a.account_id, h.customer_id, a.currency,
    CASE CAST($1 AS BIGINT) - u.exponent
        WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000
        WHEN 5 THEN 100000 WHEN 6 THEN 1000000 ELSE 1 END,
    h.customer_id IS NOT NULL
FROM account AS a
JOIN account_key AS k ON k.account_id = a.account_id
JOIN currency AS u ON u.code = a.currency
LEFT JOIN (SELECT account_id, customer_id FROM holding
    WHERE position = 1 AND until_load = 9223372036854775807) AS h ON h.account_id = a.account_id
WHERE a.until_load = 9223372036854775807;

INSERT INTO stage_owner (account, account_id, customer_id, currency, factor, held)
SELECT s.id, NULL, NULL, s.currency,
    CASE CAST($1 AS BIGINT) - u.exponent
        WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000
        WHEN 5 THEN 100000 WHEN 6 THEN 1000000 ELSE 1 END,
    FALSE
FROM (SELECT id, min(currency) AS currency FROM stage_account GROUP BY id) AS s
JOIN currency AS u ON u.code = s.currency
LEFT JOIN account_key AS k ON k.source_id = s.id
WHERE k.source_id IS NULL;

UPDATE stage_owner SET held = TRUE
WHERE NOT held AND account IN (SELECT account FROM stage_account_holder WHERE share > 0);
