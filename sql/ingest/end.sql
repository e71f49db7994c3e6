DROP TABLE stage_reject;
DROP TABLE stage_raw;
DROP TABLE stage_reason;
DROP TABLE stage_repeat;
DROP TABLE stage_same;
DROP TABLE stage_change;
DROP TABLE stage_attribute_change;
DROP TABLE stage_owner;
DROP TABLE stage_holder;
DROP TABLE stage_touched;
DROP TABLE stage_resplit;
DROP TABLE stage_close;
DROP TABLE stage_split;
DROP TABLE stage_fix;
-- Made by customer_change_check.sql and customer_change_apply.sql.
DROP TABLE IF EXISTS change_merge;
DROP TABLE IF EXISTS change_split;
DROP TABLE IF EXISTS change_holder;
DROP TABLE IF EXISTS change_owner;
