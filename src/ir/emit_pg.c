#include "ir/dialect.h"

/* numeric(38,0): div() truncates exactly, while `/` on numeric would keep decimals. */
static const struct st_dialect_words words = {
    .type_names =
        {
            [ST_IR_BOOL] = "boolean",
            [ST_IR_BIGINT] = "bigint",
            [ST_IR_WIDE] = "numeric(38,0)",
            [ST_IR_DATE] = "date",
            [ST_IR_TEXT] = "text",
        },
    .widened = "numeric", /* no digits to check: half the cost */
    .fn_templates =
        {
            [ST_FN_DIV_HALF_UP] = "div(2 * {0} + sign({0}) * abs({1}), 2 * NULLIF({1}, 0))",
            [ST_FN_DIV_TRUNC] = "div({0}, NULLIF({1}, 0))",
            [ST_FN_DAYS_BETWEEN] = "CAST(({1} - {0}) AS bigint)",
            [ST_FN_ADD_DAYS] = "({0} + CAST({1} AS integer))",
            [ST_FN_BIT] = "(CAST(1 AS bigint) << CAST({0} % 63 AS integer))",
            /* EXTRACT gives numeric, which costs twice as much. */
            [ST_FN_YEAR] = "CAST(date_part('year', {0}) AS bigint)",
            [ST_FN_MONTH] = "CAST(date_part('month', {0}) AS bigint)",
            [ST_FN_DAY] = "CAST(date_part('day', {0}) AS bigint)",
            [ST_FN_BIT_COUNT] = "bit_count(CAST({0} AS bit(64)))",
        },
};

const struct st_dialect_table st_dialect_postgresql = {
    .words = &words,
    .materialize_shared = true,
    .lateral_views = true,
    .fence = "\n    OFFSET 0",
};

/* Workers of Citus get a statement whole where nothing of it is kept apart: no relation is
 * materialised, no subquery has an OFFSET. An order by a constant keeps a step apart as well, and
 * the planner drops the sort. */
const struct st_dialect_table st_dialect_citus = {
    .words = &words,
    .fence = "\n    ORDER BY CAST(0 AS integer)",
};
