-- Amounts read with more decimals than their account's currency has; the checks have shown that
-- the division leaves nothing. Decimal products are exact on every engine, divisions are not.
UPDATE stage_txn SET currency = o.currency,
    amount = CAST(CAST(stage_txn.amount AS DECIMAL(24,0)) * CASE o.factor
        WHEN 10 THEN CAST(0.1 AS DECIMAL(7,6)) WHEN 100 THEN CAST(0.01 AS DECIMAL(7,6))
        WHEN 1000 THEN CAST(0.001 AS DECIMAL(7,6)) WHEN 10000 THEN CAST(0.0001 AS DECIMAL(7,6))
        WHEN 100000 THEN CAST(0.00001 AS DECIMAL(7,6))
        ELSE CAST(0.000001 AS DECIMAL(7,6)) END AS BIGINT)
FROM stage_owner AS o
WHERE o.account = stage_txn.account AND stage_txn.currency IS NULL AND o.factor > 1;

UPDATE stage_balance SET
    amount = CAST(CAST(stage_balance.amount AS DECIMAL(24,0)) * CASE o.factor
        WHEN 10 THEN CAST(0.1 AS DECIMAL(7,6)) WHEN 100 THEN CAST(0.01 AS DECIMAL(7,6))
        WHEN 1000 THEN CAST(0.001 AS DECIMAL(7,6)) WHEN 10000 THEN CAST(0.0001 AS DECIMAL(7,6))
        WHEN 100000 THEN CAST(0.00001 AS DECIMAL(7,6))
        ELSE CAST(0.000001 AS DECIMAL(7,6)) END AS BIGINT),
    movement = CAST(CAST(stage_balance.movement AS DECIMAL(24,0)) * CASE o.factor
        WHEN 10 THEN CAST(0.1 AS DECIMAL(7,6)) WHEN 100 THEN CAST(0.01 AS DECIMAL(7,6))
        WHEN 1000 THEN CAST(0.001 AS DECIMAL(7,6)) WHEN 10000 THEN CAST(0.0001 AS DECIMAL(7,6))
        WHEN 100000 THEN CAST(0.00001 AS DECIMAL(7,6))
        ELSE CAST(0.000001 AS DECIMAL(7,6)) END AS BIGINT),
    running = CAST(CAST(stage_balance.running AS DECIMAL(24,0)) * CASE o.factor
        WHEN 10 THEN CAST(0.1 AS DECIMAL(7,6)) WHEN 100 THEN CAST(0.01 AS DECIMAL(7,6))
        WHEN 1000 THEN CAST(0.001 AS DECIMAL(7,6)) WHEN 10000 THEN CAST(0.0001 AS DECIMAL(7,6))
        WHEN 100000 THEN CAST(0.00001 AS DECIMAL(7,6))
        ELSE CAST(0.000001 AS DECIMAL(7,6)) END AS BIGINT)
FROM stage_owner AS o
WHERE o.account = stage_balance.account AND o.factor > 1;

UPDATE stage_standing_order SET
    amount = CAST(CAST(stage_standing_order.amount AS DECIMAL(24,0)) * CASE o.factor
        WHEN 10 THEN CAST(0.1 AS DECIMAL(7,6)) WHEN 100 THEN CAST(0.01 AS DECIMAL(7,6))
        WHEN 1000 THEN CAST(0.001 AS DECIMAL(7,6)) WHEN 10000 THEN CAST(0.0001 AS DECIMAL(7,6))
        WHEN 100000 THEN CAST(0.00001 AS DECIMAL(7,6))
        ELSE CAST(0.000001 AS DECIMAL(7,6)) END AS BIGINT)
FROM stage_owner AS o
WHERE o.account = stage_standing_order.account AND o.factor > 1;
