-- customers, those without a share in any account, accounts, those without any balance, those
-- without a holder.
SELECT
    (SELECT count(*) FROM customer AS c WHERE c.until_load = 9223372036854775807),
    (SELECT count(*) FROM customer AS c WHERE c.until_load = 9223372036854775807
        AND NOT EXISTS (SELECT 1 FROM holding AS h WHERE h.customer_id = c.customer_id
            AND h.until_load = 9223372036854775807)),
    (SELECT count(*) FROM account AS a WHERE a.until_load = 9223372036854775807),
    (SELECT count(*) FROM account AS a
        LEFT JOIN (SELECT DISTINCT account_id FROM balance
            WHERE until_load = 9223372036854775807) AS b ON b.account_id = a.account_id
        WHERE a.until_load = 9223372036854775807 AND b.account_id IS NULL),
    (SELECT count(*) FROM account AS a
        LEFT JOIN (SELECT DISTINCT account_id FROM holding
            WHERE until_load = 9223372036854775807) AS h ON h.account_id = a.account_id
        WHERE a.until_load = 9223372036854775807 AND h.account_id IS NULL)
