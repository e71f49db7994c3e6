-- What the core system says its accounts total, for the reconciliation. A column that no row of a
-- day fills is a breakdown the core system does not give.
CREATE TABLE control_total (
    as_of DATE NOT NULL,
    branch TEXT,
    product TEXT,
    class TEXT,
    currency TEXT NOT NULL,
    accounts BIGINT,                  -- open at the end of the day
    balance BIGINT NOT NULL,          -- signed, minor units
    average BIGINT,                   -- daily average of the month to the day, minor units
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);
