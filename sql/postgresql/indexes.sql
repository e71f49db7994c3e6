-- What only PostgreSQL needs, made once a schema is new or brought up to date: rows of results are
-- looked for by what they are of. Facts are read whole, but for days and loads that a run need not look
-- at: they come month by month and load by load, so the least and the greatest of each stretch of pages
-- tell, in a thousandth of the space that a tree would take.
CREATE INDEX IF NOT EXISTS tier_row_series ON tier_row (series, customer_id);
CREATE INDEX IF NOT EXISTS tier_row_held_series ON tier_row_held (series, customer_id);
CREATE INDEX IF NOT EXISTS signal_run ON signal (run_id);
CREATE INDEX IF NOT EXISTS txn_days ON txn USING brin (on_date, load_id, until_load) WITH (autosummarize = on);
CREATE INDEX IF NOT EXISTS balance_days ON balance USING brin (on_date, load_id, until_load) WITH (autosummarize = on);
