#include "policy/sharing.h"

#include "policy/policy.h"

#include <string.h>

const struct st_param st_sharing_params[] = {
    {.name = "lift",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct st_sharing_def, lift),
        .min = 1,
        .max = ST_POLICY_TIERS_MAX,
        .unit = "tiers",
        .help = {"most tiers a member is lifted above its own (default: any number)",
            "成员最多可高于自身层级多少级（默认不限）"}},
    {.name = "up_to",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct st_sharing_def, up_to),
        .help = {"code of the best tier that a household lifts to",
            "家庭共享可达到的最高层级代码"}},
    {.name = "where",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_sharing_def, where),
        .help = {"members whose tiers count (default: all)", "哪些成员的层级可供共享（默认全部）"}},
    {.name = "for",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_sharing_def, whom),
        .help = {"members who profit (default: all)", "哪些成员享受共享（默认全部）"}},
    ST_PARAM_END,
};

st_code st_sharing_read(struct st_arena *arena, const struct st_node *node,
    const struct st_sharing_def **out, struct st_error *err)
{
    struct st_sharing_def *def = st_arena_new(arena, struct st_sharing_def);
    st_code code = ST_OK;
    def->node = node;
    if (node->kind == ST_NODE_MAP) {
        code = st_params_read(arena, st_sharing_params, node, def, err);
    } else if (node->kind != ST_NODE_SCALAR || strcmp(node->text, "best") != 0) {
        code =
            st_fail_at(err, node, ST_E_POLICY, "household: cannot be read", "household: 无法识别");
        st_error_value(err, "%s", node->kind == ST_NODE_SCALAR ? node->text : "…");
        st_error_allowed(err, "best, or such as {lift: 1, up_to: gold, where: …, for: …}",
            "best，或如 {lift: 1, up_to: gold, where: …, for: …}");
    }
    *out = def;
    return code;
}
