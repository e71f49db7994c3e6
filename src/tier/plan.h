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

/* Does any scheme build on the run before? */
bool st_plan_has_moves(const struct st_compiled *compiled);

#endif
