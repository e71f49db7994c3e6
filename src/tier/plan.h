/* The whole plan of a policy: metrics and cuts (compile/), then every scheme's tiers and moves,
 * then signals.
 *
 * st_plan_policy is what `strata check` does and what every run starts with: nothing that passes
 * it can fail for a reason that lies in the policy.
 */
#ifndef ST_TIER_PLAN_H
#define ST_TIER_PLAN_H

#include "tier/ladder.h"
#include "tier/signals.h"

ST_MUST_CHECK st_code st_plan_policy(struct st_arena *arena, struct st_policy *policy,
    const struct st_compile_env *env, struct st_compiled **out, struct st_error *err);

/* The tables behind the view tier_state: of schemes without moves, and with them. */
#define ST_TIER_TABLE "tier_row"
#define ST_TIER_TABLE_HELD "tier_row_held"

/* The step that writes a scheme's rows; with the base run's rows as tier_state gives them, just
 * those that are not the same. */
struct st_step st_plan_tiers(struct st_compiled *compiled, const struct st_scheme *scheme);
struct st_step st_plan_tier_changes(struct st_compiled *compiled, const struct st_scheme *scheme);

/* The scheme whose rows the step writes; NULL: it writes none. */
const struct st_scheme *st_plan_tiers_of(
    const struct st_compiled *compiled, const struct st_step *step);

/* Does any scheme build on the run before? */
bool st_plan_has_moves(const struct st_compiled *compiled);

#endif
