/* Evaluates an IR expression over one row in C, with SQL's three-valued logic.
 *
 * Explanations and "what would change it" run the very expression that the store ran, so they
 * cannot drift from it. Columns and parameters are looked up by name; aggregates and windows are
 * not evaluated here.
 */
#ifndef ST_IR_EVAL_H
#define ST_IR_EVAL_H

#include "base/decimal.h"
#include "ir/plan.h"

struct st_ir_value {
    enum st_ir_type type;
    bool is_null;
    st_wide number;   /* BOOL, BIGINT, WIDE, DATE */
    const char *text; /* TEXT */
};

/* False when the row has no such column or parameter. */
typedef bool st_ir_lookup_fn(
    void *context, const struct st_ir_expr *reference, struct st_ir_value *out);

ST_MUST_CHECK st_code st_ir_eval(const struct st_ir_expr *expr, st_ir_lookup_fn *lookup,
    void *context, struct st_ir_value *out, struct st_error *err);

#endif
