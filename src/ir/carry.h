/* A relation with more columns: computed from the rows of the table it starts from, passed along.
 *
 * For plans that are a chain over one table: filters, projections and left joins give at most a
 * row for each of its rows. A second chain can be put on top of a first, so that both are evaluated
 * in one pass over the table.
 */
#ifndef ST_IR_CARRY_H
#define ST_IR_CARRY_H

#include "ir/plan.h"

struct st_carry {
    struct st_arena *arena;
    const char *table; /* where the chain starts */
    /* Read instead of the table, with at least the columns that decide rows: what is only passed
     * along is left out. NULL: the table itself. */
    struct st_rel *start;
    const struct st_ir_column *wanted; /* columns of the table that its Scan may lack */
    size_t wanted_count;
    const struct st_ir_column *columns; /* over the start's rows */
    size_t column_count;
    /* What a parameter is replaced by, or NULL: it stays. With the function a chain has no joins.
     */
    struct st_ir_expr *(*value)(void *context, const struct st_ir_expr *param);
    void *context;
};

/* A copy of `rel` with the columns after its own, or NULL: it is no such chain over the table, with
 * a projection in it. */
struct st_rel *st_rel_carry(const struct st_carry *carry, struct st_rel *rel);

#endif
