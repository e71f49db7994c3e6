-- A run may build its metrics on those of an earlier one, its base, and what is new since. NULL, and
-- '' for the families: it was computed in full.
ALTER TABLE run ADD COLUMN base_run BIGINT;
ALTER TABLE run ADD COLUMN carried TEXT;   -- families of rows whose sums were carried: 'txn balance'
ALTER TABLE run ADD COLUMN keeps_sums BOOLEAN; -- its metric rows have the sums that a later run goes on from
