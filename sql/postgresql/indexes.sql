-- What only PostgreSQL needs, made once a schema is new or brought up to date: rows of results are
-- looked for by what they are of. Facts have no indexes: imports and runs read whole tables.
CREATE INDEX IF NOT EXISTS tier_row_series ON tier_row (series, customer_id);
CREATE INDEX IF NOT EXISTS tier_row_held_series ON tier_row_held (series, customer_id);
CREATE INDEX IF NOT EXISTS signal_run ON signal (run_id);
