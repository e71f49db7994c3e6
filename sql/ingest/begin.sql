-- Working tables of one source file; they live in the import's transaction, and outside the store:
-- what is dropped again need not be compressed and written. `line` is the line a
-- source row begins on, and names the row everywhere.

CREATE TEMP TABLE stage_reject (
    line BIGINT, reason TEXT, column_name TEXT, value TEXT,
    message_en TEXT, message_zh TEXT, raw TEXT);

-- Raw records of rows that the checks below rejected, read from the file once more.
CREATE TEMP TABLE stage_raw (line BIGINT, raw TEXT);

CREATE TEMP TABLE stage_reason (code TEXT, en TEXT, zh TEXT);

-- Later rows with the key of an earlier one in the same file; differs: balance only.
CREATE TEMP TABLE stage_repeat (target TEXT, line BIGINT, first_line BIGINT, differs BOOLEAN);

-- Rows that change nothing in one of the tables they feed.
CREATE TEMP TABLE stage_same (target TEXT, line BIGINT);

-- Rows that are new or corrected, and the surrogate of what they change.
CREATE TEMP TABLE stage_change (line BIGINT, id BIGINT);

CREATE TEMP TABLE stage_attribute_change (
    line BIGINT, customer_id BIGINT, name TEXT, number_value BIGINT, text_value TEXT);

-- Every account that a row may name: in the store, or in this very file (then without ids).
-- factor: 10^(decimals amounts were read with - decimals of the account's currency).
CREATE TEMP TABLE stage_owner (
    account TEXT, account_id BIGINT, customer_id BIGINT, currency TEXT, factor BIGINT,
    held BOOLEAN);

CREATE TEMP TABLE stage_holder (
    account_id BIGINT, customer_id BIGINT, role TEXT, share BIGINT, position BIGINT);

CREATE TEMP TABLE stage_touched (account_id BIGINT);

CREATE TEMP TABLE stage_resplit (account_id BIGINT);

-- End-of-day balances of whole accounts, and how they are split.
CREATE TEMP TABLE stage_close (line BIGINT, account_id BIGINT, on_date DATE, amount BIGINT);

CREATE TEMP TABLE stage_split (
    account_id BIGINT, customer_id BIGINT, share BIGINT, is_first BOOLEAN);

CREATE TEMP TABLE stage_fix (line BIGINT, quarantine_id BIGINT);

-- As prime.sql says.
INSERT INTO stage_reject (line) VALUES (0);
DELETE FROM stage_reject WHERE line = 0;
INSERT INTO stage_repeat (line) VALUES (0);
DELETE FROM stage_repeat WHERE line = 0;
INSERT INTO stage_same (line) VALUES (0);
DELETE FROM stage_same WHERE line = 0;
INSERT INTO stage_change (line) VALUES (0);
DELETE FROM stage_change WHERE line = 0;
INSERT INTO stage_attribute_change (line) VALUES (0);
DELETE FROM stage_attribute_change WHERE line = 0;
INSERT INTO stage_owner (account_id) VALUES (0);
DELETE FROM stage_owner WHERE account_id = 0;
INSERT INTO stage_holder (account_id) VALUES (0);
DELETE FROM stage_holder WHERE account_id = 0;
INSERT INTO stage_touched (account_id) VALUES (0);
DELETE FROM stage_touched WHERE account_id = 0;
INSERT INTO stage_resplit (account_id) VALUES (0);
DELETE FROM stage_resplit WHERE account_id = 0;
INSERT INTO stage_close (line) VALUES (0);
DELETE FROM stage_close WHERE line = 0;
INSERT INTO stage_split (account_id) VALUES (0);
DELETE FROM stage_split WHERE account_id = 0;
