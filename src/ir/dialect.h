/* What differs between engines when a plan is printed: one table each. */
#ifndef ST_IR_DIALECT_H
#define ST_IR_DIALECT_H

#include "ir/plan.h"

struct st_dialect_words {
    const char *type_names[ST_IR_TEXT + 1];
    const char *widened; /* the type that a BIGINT becomes where it is WIDE; NULL: that of WIDE */
    /* Printed with {0}, {1} for the arguments; NULL: the emitter's own infix or prefix form. */
    const char *fn_templates[ST_FN_COUNT];
};

struct st_dialect_table {
    const struct st_dialect_words *words;
    bool materialize_shared; /* a relation read twice is computed once; Citus needs it inlined */
    /* A relation that is read once stands where it is read: DuckDB copies, with each name, all
     * those before it, which is most of a night's planning. */
    bool nests;
    bool lateral_views; /* joins of a view look for the right side's rows; needs a fence */
    /* Ends a step of a computation whose input is computed too, NULL: nothing is needed. Else the
     * engine writes a step's expressions wherever the next one names them, and a chain of steps
     * doubles with each. */
    const char *fence;
};

extern const struct st_dialect_table st_dialect_duckdb;
extern const struct st_dialect_table st_dialect_postgresql;
extern const struct st_dialect_table st_dialect_citus;

#endif
