-- Signals that hold in run $1 as of $2, and how many of them are new, by name.
SELECT s.name, count(*) AS holding,
    count(*) FILTER (WHERE s.fired_on = CAST($2 AS DATE)) AS fresh
FROM signal AS s
WHERE s.run_id = $1
GROUP BY s.name
