/* Whether each server of a spread store can do a step on the customers it has, without asking the
 * others: the shapes that Citus takes to its workers whole (docs/adr/0039-citus.md).
 *
 * Plans are made in these shapes; this refuses what would slip in. No server is needed.
 */
#ifndef ST_IR_SPREAD_H
#define ST_IR_SPREAD_H

#include "base/error.h"
#include "ir/plan.h"

/* ST_E_INTERNAL, naming the step, the rule and what broke it:
 * - a table of which ir/placement.h does not know, or whose rows are kept by account;
 * - two relations of customers joined without `customer_id`, bare and uncast, on both sides;
 * - a small table on the left of a left or anti join with customers: each server would give its
 *   rows again;
 * - a group or window of customers across servers; in a step that binds or checks, counts per value
 *   may be gathered, and what follows is of them;
 * - a union of small tables, or of customers' rows and others;
 * - rows inserted into a table of customers whose `customer_id` is not a customer's own, or into
 * any other table from customers. What the plan cannot say is not looked for: NOT IN, EXCEPT,
 * grouping sets, locks, volatile functions, updates.
 *
 * `exchanges` (nullable): the step puts members of households together, or the state of a merged
 * number and of the one that goes on. They may be on several servers, and rows move between them;
 * nothing else does that. */
ST_MUST_CHECK st_code st_step_check_spread(
    const struct st_step *step, bool *exchanges, struct st_error *err);

#endif
