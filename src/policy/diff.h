/* What differs between two policies, in sentences that a manager reads: "Gold starts at 600,000,
 * was 500,000" / "金卡 起点由 500,000 调整为 600,000".
 *
 * Works on the YAML nodes, so a key that has no sentence of its own is still named. What is written
 * differently and says the same (60万, 600_000) is no difference; nor is a key left out beside the
 * same key with its default.
 */
#ifndef ST_POLICY_DIFF_H
#define ST_POLICY_DIFF_H

#include "policy/policy.h"

enum st_difference_kind {
    ST_DIFFERENCE_ADDED,
    ST_DIFFERENCE_REMOVED,
    ST_DIFFERENCE_CHANGED,
    ST_DIFFERENCE_RENAMED, /* a code or name: what it stands for is the same */
    ST_DIFFERENCE_ORDER,
    ST_DIFFERENCE_KIND_COUNT
};

struct st_difference {
    enum st_difference_kind kind;
    const char *path; /* schemes.asset.tiers.gold.from: list items by their code */
    const char *where[ST_LANG_COUNT];
    const char *text[ST_LANG_COUNT];
    const char *was, *is; /* as they are written; NULL: not there */
};

struct st_policy_diff {
    struct st_difference *items;
    size_t count;
};

/* In the order of the new policy: the policy's own keys, attributes, metrics, schemes. Cost: the
 * size of both documents, squared in the length of their lists. */
void st_policy_diff(struct st_arena *arena, const struct st_policy *was, const struct st_policy *is,
    struct st_policy_diff *out);

/* The name of a kind for programs: added, removed, changed, renamed, order. */
const char *st_difference_kind_name(enum st_difference_kind kind);

#endif
