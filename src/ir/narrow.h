/* The same value with fewer wide operations.
 *
 * A BIGINT that is made wide only to be compared with a number of 64 bits, or to be narrowed
 * again, stays a BIGINT: 128 bits cost DuckDB ten times as much, and PostgreSQL's numeric more.
 * What may leave 64 bits in between (sums, products) is left as it is.
 */
#ifndef ST_IR_NARROW_H
#define ST_IR_NARROW_H

#include "ir/plan.h"

struct st_ir_expr *st_ir_narrow(struct st_arena *a, struct st_ir_expr *e);

#endif
