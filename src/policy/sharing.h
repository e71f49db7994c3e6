/* `household:` of a scheme: the tier that members of a household share (docs/households.md). */
#ifndef ST_POLICY_SHARING_H
#define ST_POLICY_SHARING_H

#include "expr/params.h"

struct st_sharing_def {
    const struct st_node *node;
    int64_t lift;          /* most levels above one's own tier; 0: any number */
    const char *up_to;     /* code of the best tier that can be shared; NULL: any */
    struct st_expr *where; /* whose tiers count; NULL: every member's */
    struct st_expr *whom;  /* `for:` who profits; NULL: every member */
};

/* Reads `best`, or a map of the keys above. ST_E_POLICY at the place. */
ST_MUST_CHECK st_code st_sharing_read(struct st_arena *arena, const struct st_node *node,
    const struct st_sharing_def **out, struct st_error *err);

/* Parameter table, for reading and for the reference pages. */
extern const struct st_param st_sharing_params[];

#endif
