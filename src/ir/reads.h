/* Which columns of a table the rows of a relation depend on.
 *
 * Projects pass on more than anybody needs; what a relation reads is found from its result back.
 */
#ifndef ST_IR_READS_H
#define ST_IR_READS_H

#include "ir/plan.h"

struct st_column_names {
    const char **items; /* each once, in the order met */
    size_t count, cap;  /* grown in the arena */
};

/* Adds the columns of every Scan of `table` below `rel` that decide its rows. */
void st_rel_reads(
    struct st_arena *a, const struct st_rel *rel, const char *table, struct st_column_names *out);

/* Adds the names of the parameters below `rel`. */
void st_rel_params(struct st_arena *a, const struct st_rel *rel, struct st_column_names *out);

bool st_column_names_have(const struct st_column_names *names, const char *name);
void st_column_names_add(struct st_arena *a, struct st_column_names *names, const char *name);

#endif
