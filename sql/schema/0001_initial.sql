-- The store's first schema. Facts are append-only: a row is seen by a run whose watermark W has
-- load_id <= W and until_load > W; a correction sets until_load of what it replaces.
-- until_load of a row in force is 9223372036854775807. Types are those all engines share.

CREATE TABLE strata_meta (name TEXT NOT NULL, value TEXT NOT NULL);

CREATE TABLE load (
    load_id BIGINT NOT NULL,
    source TEXT NOT NULL,             -- name of the source in the mapping
    file TEXT NOT NULL,               -- as the user gave it
    file_hash TEXT NOT NULL,          -- SHA-256 of its bytes
    mapping_hash TEXT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,      -- new or corrected
    rows_unchanged BIGINT NOT NULL,   -- already known, same values
    rows_skipped BIGINT NOT NULL,     -- left out by the mapping's own where:
    rows_quarantined BIGINT NOT NULL,
    as_of DATE,
    loaded_at TEXT NOT NULL           -- UTC, from the caller's clock
);

-- One row per source of a mapping: whether a run must wait for its manifest, and how its file looks
-- (for the export of quarantined records).
CREATE TABLE feed (
    source TEXT NOT NULL,
    mapping TEXT NOT NULL,
    manifest_required BOOLEAN NOT NULL,
    header TEXT,                      -- of the last file loaded
    separator TEXT,
    quote TEXT
);

CREATE TABLE quarantine (
    quarantine_id BIGINT NOT NULL,
    load_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    line BIGINT NOT NULL,
    column_name TEXT,
    value TEXT,
    reason TEXT NOT NULL,             -- a code of ingest/reason.h
    message_en TEXT NOT NULL,
    message_zh TEXT NOT NULL,
    raw TEXT NOT NULL,                -- the record as it stood in the file
    resolved_load BIGINT              -- the load that brought its corrected form
);

-- Surrogates: given once, never reused; order and ties go by source_id's bytes, never by these.
CREATE TABLE customer_key (customer_id BIGINT NOT NULL, source_id TEXT NOT NULL);
CREATE TABLE account_key (account_id BIGINT NOT NULL, source_id TEXT NOT NULL);

CREATE TABLE customer (
    customer_id BIGINT NOT NULL,
    kind TEXT NOT NULL,               -- person, company, prospect
    birth_date DATE,
    gender TEXT,
    region TEXT,
    branch TEXT,
    occupation TEXT,
    industry TEXT,
    annual_income BIGINT,             -- minor units of the store's base currency
    risk_level TEXT,                  -- C1..C5
    risk_assessed_on DATE,
    opened_on DATE,
    closed_on DATE,
    household TEXT,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE customer_attribute (
    customer_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    number_value BIGINT,              -- number (scale 8), money (minor units), date (days), boolean (0, 1)
    text_value TEXT,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

-- Declared types of attributes: text, number, integer, money, date, boolean.
CREATE TABLE attribute (name TEXT NOT NULL, type TEXT NOT NULL);

CREATE TABLE account (
    account_id BIGINT NOT NULL,
    product TEXT,
    class TEXT NOT NULL,              -- deposit, loan, fund, wealth, insurance, bond, metal, card, trust
    currency TEXT NOT NULL,
    branch TEXT,
    opened_on DATE,
    matures_on DATE,
    auto_renew BOOLEAN,
    closed_on DATE,
    rate BIGINT,                      -- scale 8
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE account_holder (
    account_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    role TEXT NOT NULL,               -- owner, joint, authorised
    share BIGINT NOT NULL,            -- basis points; holders of an account total 10,000; authorised 0
    position BIGINT NOT NULL,         -- 1 is the first holder: it takes the odd cent
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

-- account × holder with a share: what plans join, keyed by customer (derived at import).
CREATE TABLE holding (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    share BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product TEXT,
    class TEXT NOT NULL,
    currency TEXT NOT NULL,
    branch TEXT,
    opened_on DATE,
    matures_on DATE,
    auto_renew BOOLEAN,
    closed_on DATE,
    rate BIGINT,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

-- The customer's part of an account's end-of-day balance; a row only on days it changed.
CREATE TABLE balance (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    on_date DATE NOT NULL,
    amount BIGINT NOT NULL,           -- minor units of the account's currency
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE txn (
    customer_id BIGINT NOT NULL,
    account_id BIGINT,
    on_date DATE NOT NULL,
    amount BIGINT NOT NULL,           -- signed, minor units of `currency`
    currency TEXT NOT NULL,
    kind TEXT,
    channel TEXT,
    product TEXT,
    reference TEXT,                   -- document number; several lines may share it
    source_id TEXT,                   -- the source's own key, NULL when it has none
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE product (
    code TEXT NOT NULL,
    title TEXT,
    class TEXT,
    risk TEXT,                        -- R1..R5
    minimum BIGINT,
    term_days BIGINT,
    margin BIGINT,                    -- scale 8
    sale_from DATE,
    sale_until DATE,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE branch (
    code TEXT NOT NULL,
    title TEXT,
    region TEXT,
    parent TEXT,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE standing_order (
    account_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    kind TEXT,
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

CREATE TABLE fx_rate (
    currency TEXT NOT NULL,
    base TEXT NOT NULL,
    on_date DATE NOT NULL,
    rate BIGINT NOT NULL,             -- base units per unit of currency, scale 8
    load_id BIGINT NOT NULL,
    until_load BIGINT NOT NULL
);

-- Minor-unit exponents in use; ISO 4217 unless a mapping declared another.
CREATE TABLE currency (code TEXT NOT NULL, exponent BIGINT NOT NULL);

CREATE TABLE policy (
    policy_hash TEXT NOT NULL,        -- SHA-256 of the canonical form
    name TEXT NOT NULL,
    body TEXT NOT NULL,               -- the file as it was
    stored_at TEXT NOT NULL
);

-- Tier codes are remembered across policy versions: the same scheme and code keep their id.
CREATE TABLE tier (tier_id BIGINT NOT NULL, scheme TEXT NOT NULL, code TEXT NOT NULL);

CREATE TABLE run (
    run_id BIGINT NOT NULL,
    policy_hash TEXT NOT NULL,
    as_of DATE NOT NULL,
    watermark BIGINT NOT NULL,        -- highest load the run saw
    metric_table TEXT NOT NULL,
    state TEXT NOT NULL,              -- staged, published, abandoned
    customers BIGINT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT
);

-- What a run bound from the whole population (quantiles, cuts), so that explanations can say it.
CREATE TABLE run_bound (run_id BIGINT NOT NULL, name TEXT NOT NULL, value BIGINT);

-- The one pointer readers follow: (scheme, period) → run.
CREATE TABLE published (scheme TEXT NOT NULL, as_of DATE NOT NULL, run_id BIGINT NOT NULL);

CREATE TABLE tier_state (
    run_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    status BIGINT NOT NULL,           -- 0 normal, 1 gated, 2 unrated
    candidate BIGINT,                 -- tier_id the values earn; NULL when gated or unrated
    tier BIGINT,                      -- tier_id held
    rule BIGINT,                      -- which rule of the method decided (its own numbering)
    score BIGINT                      -- the method's score where it has one, at its own scale
);

-- Columns of the wide metric tables, named by the hash of the definitions they hold.
CREATE TABLE metric_column (
    metric_table TEXT NOT NULL,
    position BIGINT NOT NULL,
    metric TEXT NOT NULL,
    type TEXT NOT NULL,
    scale BIGINT NOT NULL,
    definition TEXT NOT NULL
);
