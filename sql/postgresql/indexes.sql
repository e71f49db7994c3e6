-- What only PostgreSQL needs, made once a schema is new or brought up to date.
CREATE INDEX IF NOT EXISTS txn_customer ON txn (customer_id);
