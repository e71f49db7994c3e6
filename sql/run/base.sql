-- The run that a run as of $2, at watermark $3, can build its metrics in table $1 on: the newest that
-- saw no later day and no later load, published or staged by the same command, whose first run is $4.
SELECT r.run_id, r.as_of, r.watermark
FROM run AS r
WHERE r.metric_table = $1 AND r.keeps_sums AND r.as_of <= CAST($2 AS DATE) AND r.watermark <= $3
    AND (r.state = 'published' OR (r.state = 'staged' AND r.run_id >= $4))
ORDER BY r.as_of DESC, r.watermark DESC, r.run_id DESC
LIMIT 1
