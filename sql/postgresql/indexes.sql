-- What only PostgreSQL needs, made once a schema is new or brought up to date.
CREATE INDEX IF NOT EXISTS txn_customer ON txn (customer_id);
CREATE INDEX IF NOT EXISTS tier_row_series ON tier_row (series, customer_id);
CREATE INDEX IF NOT EXISTS tier_row_held_series ON tier_row_held (series, customer_id);
