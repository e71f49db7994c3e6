-- The day to reconcile: $1, or the newest one with control totals, or of the newest balance; whether
-- it has control totals; which breakdowns they give; the days that have some.
SELECT
    d.day,
    count(t.as_of) AS totals,
    count(t.branch) AS by_branch,
    count(t.product) AS by_product,
    count(t.class) AS by_class,
    count(t.average) AS averages,
    min(d.first_day) AS first_day,
    min(d.last_day) AS last_day
FROM (
    SELECT
        coalesce(CAST($1 AS DATE), max(x.as_of), (
            SELECT max(b.on_date) FROM balance AS b
            WHERE b.until_load = 9223372036854775807)) AS day,
        min(x.as_of) AS first_day,
        max(x.as_of) AS last_day
    FROM control_total AS x WHERE x.until_load = 9223372036854775807
) AS d
LEFT JOIN control_total AS t ON t.as_of = d.day AND t.until_load = 9223372036854775807
GROUP BY d.day
