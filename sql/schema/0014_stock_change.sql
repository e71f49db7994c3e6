-- Customers by (status, tier), added up once: what each run put into and took out of the counts of its
-- series. A run's stock is the sum over the runs of its series up to it.
CREATE TABLE stock_change (
    series BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    status BIGINT NOT NULL,
    tier BIGINT,
    customers BIGINT NOT NULL
);

INSERT INTO stock_change (series, run_id, status, tier, customers)
SELECT x.series, x.run_id, x.status, x.tier, CAST(sum(x.customers) AS BIGINT)
FROM (
    SELECT t.series, t.run_id, t.status, t.tier, count(*) AS customers FROM tier_row AS t
    WHERE t.run_id < t.until_run GROUP BY t.series, t.run_id, t.status, t.tier
    UNION ALL
    SELECT t.series, t.until_run AS run_id, t.status, t.tier, -count(*) AS customers FROM tier_row AS t
    WHERE t.run_id < t.until_run AND t.until_run < 9223372036854775807
    GROUP BY t.series, t.until_run, t.status, t.tier
    UNION ALL
    SELECT t.series, t.run_id, t.status, t.tier, count(*) AS customers FROM tier_row_held AS t
    WHERE t.run_id < t.until_run GROUP BY t.series, t.run_id, t.status, t.tier
    UNION ALL
    SELECT t.series, t.until_run AS run_id, t.status, t.tier, -count(*) AS customers FROM tier_row_held AS t
    WHERE t.run_id < t.until_run AND t.until_run < 9223372036854775807
    GROUP BY t.series, t.until_run, t.status, t.tier
) AS x
GROUP BY x.series, x.run_id, x.status, x.tier
HAVING sum(x.customers) <> 0;

CREATE VIEW tier_stock AS
SELECT s.run_id, s.scheme, c.status, c.tier, CAST(sum(c.customers) AS BIGINT) AS customers
FROM run_scheme AS s
JOIN stock_change AS c ON c.series = s.series AND c.run_id <= s.run_id
GROUP BY s.run_id, s.scheme, c.status, c.tier
HAVING sum(c.customers) <> 0;
