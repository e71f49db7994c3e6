-- Schemes without a published run on day $1, and the last day they have one.
SELECT p.scheme, max(p.as_of) AS as_of
FROM published AS p
GROUP BY p.scheme
HAVING sum(CASE WHEN p.as_of = $1 THEN 1 ELSE 0 END) = 0
ORDER BY p.scheme
