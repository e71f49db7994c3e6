-- DuckDB 1.4 loses rows: when the first INSERT … SELECT into a table in a transaction gives no row,
-- a later one of more than 122,880 rows (a row group) vanishes without an error. One row put in and
-- taken out again beforehand prevents it, and costs nothing elsewhere. begin.sql does so for the
-- working tables; this is for those of the schema.
--
-- Not txn: a deleted row keeps the commit from taking over the rows as they were written, so they
-- are written once more. The importer inserts into it only when there are rows.
INSERT INTO customer_key (customer_id, source_id) VALUES (0, '');
DELETE FROM customer_key WHERE customer_id = 0;
INSERT INTO account_key (account_id, source_id) VALUES (0, '');
DELETE FROM account_key WHERE account_id = 0;
INSERT INTO customer (customer_id, kind, load_id, until_load) VALUES (0, '', 0, 0);
DELETE FROM customer WHERE load_id = 0;
INSERT INTO customer_attribute (customer_id, name, load_id, until_load) VALUES (0, '', 0, 0);
DELETE FROM customer_attribute WHERE load_id = 0;
INSERT INTO customer_change (kind, from_id, into_id, on_date, load_id, until_load)
VALUES ('', 0, 0, DATE '1970-01-01', 0, 0);
DELETE FROM customer_change WHERE load_id = 0;
INSERT INTO household_member (customer_id, household, load_id, until_load) VALUES (0, '', 0, 0);
DELETE FROM household_member WHERE load_id = 0;
INSERT INTO account (account_id, class, currency, load_id, until_load) VALUES (0, '', '', 0, 0);
DELETE FROM account WHERE load_id = 0;
INSERT INTO account_holder (account_id, customer_id, role, share, position, load_id, until_load)
VALUES (0, 0, '', 0, 0, 0, 0);
DELETE FROM account_holder WHERE load_id = 0;
INSERT INTO holding (customer_id, account_id, role, share, position, class, currency, load_id,
    until_load)
VALUES (0, 0, '', 0, 0, '', '', 0, 0);
DELETE FROM holding WHERE load_id = 0;
INSERT INTO balance (customer_id, account_id, on_date, amount, load_id, until_load)
VALUES (0, 0, DATE '1970-01-01', 0, 0, 0);
DELETE FROM balance WHERE load_id = 0;
INSERT INTO product (code, load_id, until_load) VALUES ('', 0, 0);
DELETE FROM product WHERE load_id = 0;
INSERT INTO branch (code, load_id, until_load) VALUES ('', 0, 0);
DELETE FROM branch WHERE load_id = 0;
INSERT INTO standing_order (account_id, source_id, amount, load_id, until_load)
VALUES (0, '', 0, 0, 0);
DELETE FROM standing_order WHERE load_id = 0;
INSERT INTO fx_rate (currency, base, on_date, rate, load_id, until_load)
VALUES ('', '', DATE '1970-01-01', 0, 0, 0);
DELETE FROM fx_rate WHERE load_id = 0;
INSERT INTO control_total (as_of, currency, balance, load_id, until_load)
VALUES (DATE '1970-01-01', '', 0, 0, 0);
DELETE FROM control_total WHERE load_id = 0;
INSERT INTO quarantine (quarantine_id, load_id, source, file, line, reason, message_en, message_zh,
    raw)
VALUES (0, 0, '', '', 0, '', '', '', '');
DELETE FROM quarantine WHERE load_id = 0;
