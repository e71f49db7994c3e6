/* The types a plan knows: the least that all engines mean alike. */
#ifndef ST_IR_TYPE_H
#define ST_IR_TYPE_H

enum st_ir_type {
    ST_IR_BOOL,
    ST_IR_BIGINT, /* counts, keys, money in minor units, fixed-point numbers */
    ST_IR_WIDE,   /* 38 digits: products and sums on their way to one rounding */
    ST_IR_DATE,
    ST_IR_TEXT,
};

enum st_dialect { ST_DIALECT_DUCKDB, ST_DIALECT_POSTGRESQL, ST_DIALECT_CITUS };

#endif
