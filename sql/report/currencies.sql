-- Accounts open on day $1, as watermark $2 saw them, by currency.
SELECT a.currency, count(*) AS accounts
FROM account AS a
WHERE a.load_id <= $2 AND a.until_load > $2
  AND (a.opened_on IS NULL OR a.opened_on <= $1) AND (a.closed_on IS NULL OR a.closed_on > $1)
GROUP BY a.currency
ORDER BY count(*) DESC, a.currency
