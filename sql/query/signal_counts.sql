-- How many signals hold as of $1, and how many of them are new, by run and name; filters $2 to $5 as in
-- signals.sql.
SELECT s.run_id, s.name, count(*) AS holding,
    count(*) FILTER (WHERE s.fired_on = CAST($1 AS DATE)) AS fresh
FROM signal AS s
JOIN day_run AS d ON d.run_id = s.run_id AND d.as_of = CAST($1 AS DATE)
JOIN run AS r ON r.run_id = s.run_id
LEFT JOIN customer AS c ON c.customer_id = s.customer_id
    AND c.load_id <= r.watermark AND c.until_load > r.watermark
WHERE (CAST($2 AS TEXT) IS NULL OR s.name = CAST($2 AS TEXT))
AND (CAST($3 AS TEXT) IS NULL OR s.kind = CAST($3 AS TEXT))
AND (CAST($4 AS TEXT) IS NULL OR c.branch = CAST($4 AS TEXT))
AND (NOT CAST($5 AS BOOLEAN) OR s.fired_on = CAST($1 AS DATE))
GROUP BY s.run_id, s.name
