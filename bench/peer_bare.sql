-- The honest lower bound: R, F, M and one tier per customer, without keys of runs, quintiles,
-- reasons, scores or history.
DROP TABLE IF EXISTS bare;

CREATE TABLE bare AS
SELECT customer_id, DATE '2025-12-31' - max(on_date) AS recency, count(*) AS frequency,
    sum(abs(amount)) AS monetary,
    CASE WHEN monetary >= 2000000 THEN 1 WHEN monetary >= 1000000 THEN 2
        WHEN monetary >= 500000 THEN 3 WHEN monetary >= 100000 THEN 4 ELSE 5 END AS tier
FROM txn
WHERE on_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' AND kind = 'purchase'
GROUP BY customer_id;
