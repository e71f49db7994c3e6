-- Required feeds that no load has brought up to date $1: the first by name.
SELECT f.source, max(l.as_of) AS reached
FROM feed AS f
LEFT JOIN load AS l ON l.source = f.source
WHERE f.manifest_required
GROUP BY f.source
HAVING max(l.as_of) IS NULL OR max(l.as_of) < $1
ORDER BY f.source
LIMIT 1
