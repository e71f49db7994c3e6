#include "ir/dialect.h"

/* `//` truncates on HUGEINT; `/` would be a double. abs and sign keep the operand's width. */
static const struct st_dialect_words words = {
    .type_names =
        {
            [ST_IR_BOOL] = "BOOLEAN",
            [ST_IR_BIGINT] = "BIGINT",
            [ST_IR_WIDE] = "HUGEINT",
            [ST_IR_DATE] = "DATE",
            [ST_IR_TEXT] = "TEXT",
        },
    .fn_templates =
        {
            [ST_FN_DIV_HALF_UP] = "(sign({0}) * sign({1}) * ((2 * abs({0}) + abs({1})) // "
                                  "(2 * NULLIF(abs({1}), 0))))",
            [ST_FN_DIV_TRUNC] = "({0} // NULLIF({1}, 0))",
            [ST_FN_DAYS_BETWEEN] = "CAST(({1} - {0}) AS BIGINT)",
            [ST_FN_ADD_DAYS] = "({0} + CAST({1} AS INTEGER))",
            [ST_FN_BIT] = "(CAST(1 AS BIGINT) << ({0} % 63))",
            [ST_FN_BIT_COUNT] = "CAST(bit_count({0}) AS BIGINT)",
        },
};

const struct st_dialect_table st_dialect_duckdb = {
    .words = &words,
    .materialize_shared = true,
    .nests = true,
};
