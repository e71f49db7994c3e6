#include "tier/plan.h"

#include <string.h>

st_code st_plan_policy(struct st_arena *arena, struct st_policy *policy,
    const struct st_compile_env *env, struct st_compiled **out, struct st_error *err)
{
    struct st_compiled *c = NULL;
    st_code code = st_compile_begin(arena, policy, env, &c, err);
    for (size_t i = 0; code == ST_OK && i < c->scheme_count; i++) {
        code = st_ladder_check(c, c->schemes[i], err);
        if (code == ST_OK)
            code = st_sharing_check(c, c->schemes[i], err);
    }
    if (code == ST_OK)
        code = st_signals_check(c, err);
    if (code == ST_OK)
        code = st_compile_metrics(c, err);
    for (size_t i = 0; code == ST_OK && i < c->scheme_count; i++)
        st_compiled_add_step(c, st_plan_tiers(c, c->schemes[i]));
    for (size_t i = 0; code == ST_OK && i < c->signal_count; i++)
        st_compiled_add_step(
            c, (struct st_step){.kind = ST_STEP_INSERT,
                   .label = st_arena_printf(arena, "signal %s", c->signals[i].def->name),
                   .table = "signal",
                   .rel = st_signal_rows(c, &c->signals[i])});
    if (code == ST_OK)
        *out = c;
    return code;
}

const struct st_scheme *st_plan_tiers_of(
    const struct st_compiled *compiled, const struct st_step *step)
{
    bool tiers = step->kind == ST_STEP_INSERT && (strcmp(step->table, ST_TIER_TABLE) == 0 ||
                                                     strcmp(step->table, ST_TIER_TABLE_HELD) == 0);
    return tiers ? st_compiled_scheme(compiled, step->label) : NULL;
}

bool st_plan_has_moves(const struct st_compiled *compiled)
{
    for (size_t i = 0; i < compiled->scheme_count; i++)
        if (compiled->schemes[i]->ladder)
            return true;
    return false;
}
