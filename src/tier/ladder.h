/* A scheme's moves compiled: the tier state machine of docs/moves.md as plan expressions.
 *
 * Tiers are levels here: 1 is the highest, as many as the scheme has tiers the lowest. The state of
 * a period is the columns of tier_state; a period reads those of the run before and nothing else.
 */
#ifndef ST_TIER_LADDER_H
#define ST_TIER_LADDER_H

#include "compile/compile.h"

/* What became of a customer in a period: code, its word in exports, what it says. */
#define ST_MOVES(X)                                                                                \
    X(TAKEN_OVER, "taken_over", "the scheme's first run: holds what the values earn",              \
        "方案首次运行：按所得层级持有")                                                            \
    X(RERATED, "rerated", "a new version of the scheme rates everybody afresh",                    \
        "方案新版本：全部重新评定")                                                                \
    X(ENTERED, "entered", "a new customer", "新客户")                                              \
    X(EARNED, "earned", "the values earn the tier held", "数值达到所持层级")                       \
    X(UP, "up", "rose: the values earned a higher tier", "升级：数值达到更高层级")                 \
    X(UP_NEXT, "up_next", "rises from the next period on", "下一周期起升级")                       \
    X(UP_WAITS, "up_waits", "the values earn a higher tier, not yet often enough to rise",         \
        "数值达到更高层级，但次数尚不足以升级")                                                    \
    X(UP_APPLIED, "up_applied", "rose: decided in the period before", "升级：上一周期已确定")      \
    X(DOWN, "down", "fell: the values did not reach the tier often enough",                        \
        "降级：多次未达到所持层级")                                                                \
    X(DOWN_NEXT, "down_next", "falls from the next period on", "下一周期起降级")                   \
    X(DOWN_APPLIED, "down_applied", "fell: decided in the period before", "降级：上一周期已确定")  \
    X(FAILING, "failing", "the values earn less than the tier held", "数值低于所持层级")           \
    X(NOT_RATED_NOW, "no_rating_day",                                                              \
        "the values earn less, but falls are decided on rating days",                              \
        "数值低于所持层级，但降级仅在评定日决定")                                                  \
    X(PROTECTED, "protected", "the values earn less; new customers are protected",                 \
        "数值低于所持层级；新客户保护期内")                                                        \
    X(VALID, "valid", "the values earn less; the tier is still valid",                             \
        "数值低于所持层级；层级仍在有效期内")                                                      \
    X(GRACE, "grace", "the values earn less; the validity has run out, grace runs",                \
        "数值低于所持层级；有效期已满，处于宽限期")                                                \
    X(KEPT, "kept", "the values earn less, but the condition that keeps the tier holds",           \
        "数值低于所持层级，但保级条件成立")

enum st_move {
    ST_MOVE_NONE,
#define ST_MOVE_ENUM(name, word, en, zh) ST_MOVE_##name,
    ST_MOVES(ST_MOVE_ENUM)
#undef ST_MOVE_ENUM
        ST_MOVE_COUNT
};

struct st_coded_text {
    const char *word; /* in exports and JSON */
    struct st_text text;
};
extern const struct st_coded_text st_move_texts[ST_MOVE_COUNT];

enum st_standing {
    ST_STANDING_NORMAL,
    ST_STANDING_WATCH,
    ST_STANDING_PROTECTED,
    ST_STANDING_VALID,
    ST_STANDING_GRACE,
    ST_STANDING_COUNT
};
extern const struct st_coded_text st_standing_texts[ST_STANDING_COUNT];

enum st_override_action {
    ST_OVERRIDE_NONE,
    ST_OVERRIDE_RAISE,
    ST_OVERRIDE_LOWER,
    ST_OVERRIDE_PIN,
    ST_OVERRIDE_EXCLUDE
};

/* Between the halves of compiling: resolves the rules of every cohort and tier, lowers their
 * conditions, refuses what contradicts itself. ST_E_POLICY at the place. */
ST_MUST_CHECK st_code st_ladder_check(
    struct st_compiled *compiled, struct st_scheme *scheme, struct st_error *err);

/* The same for `household:` (tier/sharing.c). */
ST_MUST_CHECK st_code st_sharing_check(
    struct st_compiled *compiled, struct st_scheme *scheme, struct st_error *err);

/* The rule for those in `cohort` (−1: none) who hold the tier of `level` (0: none of them). */
const struct st_moves_rule *st_ladder_rule(
    const struct st_ladder *ladder, int cohort, size_t level);

/* Rows of tier_state for this run: outcome, state of the run before → next state. */
struct st_rel *st_ladder_rows(struct st_compiled *compiled, const struct st_scheme *scheme);

#endif
