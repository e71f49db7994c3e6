-- What run $1 built on, scheme by scheme: the run before, whether that followed another version of the
-- scheme, and whether its rows are there.
SELECT
    s.scheme,
    s.previous_run,
    s.previous_run <> 0 AND coalesce(p.scheme_hash, '') <> s.scheme_hash AS changed,
    s.previous_run = 0 OR r.run_id IS NOT NULL AS known,
    coalesce(p.series, 0) AS series
FROM run_scheme AS s
LEFT JOIN run_scheme AS p ON p.run_id = s.previous_run AND p.scheme = s.scheme
LEFT JOIN run AS r ON r.run_id = s.previous_run AND r.state = 'published'
WHERE s.run_id = $1
ORDER BY s.scheme
