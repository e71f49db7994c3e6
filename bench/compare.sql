-- What Strata exported against what peer_run.sql wrote, customer by customer: rows that differ or
-- stand on one side only. Both counts must be 0, of rows that must be there.
-- CODES lists the tiers' codes as the policy numbers them; MONEY names one more metric, an amount.
CREATE TEMP TABLE title AS
SELECT unnest(range(1, 1 + len(codes))) AS tier, unnest(codes) AS code
FROM (SELECT string_split('${CODES}', ',') AS codes);

CREATE TEMP TABLE tiers AS
SELECT s.scheme, c.customer_no, t.code, s.rule, s.score
FROM tier_state AS s
JOIN customer AS c ON c.customer_id = s.customer_id
JOIN title AS t ON t.tier = s.tier;

CREATE TEMP TABLE tiers_strata AS
SELECT scheme, customer_id, tier, rule, CAST(score * 100000000 AS BIGINT)
FROM read_csv('${TIERS}', header = true, auto_detect = false, delim = ',', columns = {
    'as_of': 'DATE', 'scheme': 'VARCHAR', 'customer_id': 'VARCHAR', 'status': 'VARCHAR',
    'tier': 'VARCHAR', 'tier_title_en': 'VARCHAR', 'tier_title_zh': 'VARCHAR', 'rule': 'BIGINT', 'score': 'DECIMAL(18,8)'});

CREATE TEMP TABLE metrics AS
SELECT c.customer_no, m.recency, m.frequency, m.monetary, m.active_months, m.${MONEY}
FROM metric AS m JOIN customer AS c ON c.customer_id = m.customer_id;

CREATE TEMP TABLE metrics_strata AS
SELECT customer_id, recency, frequency, CAST(monetary * 100 AS BIGINT), active_months,
    CAST(${MONEY} * 100 AS BIGINT)
FROM read_csv('${METRICS}', header = true, auto_detect = false, delim = ',', columns = {
    'as_of': 'DATE', 'customer_id': 'VARCHAR', 'status': 'VARCHAR', 'recency': 'BIGINT',
    'frequency': 'BIGINT', 'monetary': 'DECIMAL(18,2)', 'active_months': 'BIGINT'${COLUMN}});

SELECT CAST((SELECT count(*) FROM tiers_strata) AS VARCHAR),
    CAST((SELECT count(*) FROM (FROM tiers EXCEPT ALL FROM tiers_strata))
        + (SELECT count(*) FROM (FROM tiers_strata EXCEPT ALL FROM tiers)) AS VARCHAR),
    CAST((SELECT count(*) FROM metrics_strata) AS VARCHAR),
    CAST((SELECT count(*) FROM (FROM metrics EXCEPT ALL FROM metrics_strata))
        + (SELECT count(*) FROM (FROM metrics_strata EXCEPT ALL FROM metrics)) AS VARCHAR);
