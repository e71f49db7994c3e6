/* Every step that runs of a policy can execute. */
#ifndef TESTS_UNIT_HELPER_STEPS_H
#define TESTS_UNIT_HELPER_STEPS_H

#include "tier/plan.h"

/* In full, and going on from another run in every way that the policy has. */
void helper_each_step(struct st_compiled *compiled,
    void (*visit)(void *context, const struct st_step *step), void *context);

#endif
