#include "helper_steps.h"

enum { DAY = 20000 }; /* neither it nor the next begins a month */

void helper_each_step(
    struct st_compiled *c, void (*visit)(void *context, const struct st_step *step), void *context)
{
    for (size_t i = 0; i < c->step_count; i++)
        visit(context, &c->steps[i]);
    unsigned families = st_compiled_carried(c, DAY, DAY + 1);
    for (unsigned f = 1; f <= families; f++) {
        struct st_step step;
        if (!(f & families))
            continue;
        step = st_compiled_increment(c, (struct st_onward){.families = f & families});
        visit(context, &step);
    }
    bool stands = families && st_compiled_stands(c, families, DAY, DAY + 1);
    for (int came = 0; stands && came < 2; came++) {
        struct st_onward how = {families, true, came != 0};
        struct st_step steps[] = {st_compiled_affected(c, how), st_compiled_increment(c, how)};
        visit(context, &steps[0]);
        visit(context, &steps[1]);
    }
    for (size_t i = 0; stands && i < c->scheme_count; i++) {
        struct st_step step = st_plan_tier_changes(c, c->schemes[i]);
        visit(context, &step);
    }
}
