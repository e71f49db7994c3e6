#include "policy/moves.h"

#include "base/date.h"
#include "base/vec.h"

static const char *const effective_names[] = {"now", "next_period", NULL};
static const char *const up_lands_names[] = {"tier_of_all", "tier_of_last", "one_step", NULL};
static const char *const down_lands_names[] = {
    "tier_of_last", "tier_of_best_in_window", "one_step", NULL};
static const char *const recovers_names[] = {"any_period", "rating_day", NULL};
static const char *const renews_names[] = {"at_expiry", "when_reached", NULL};
static const char *const until_names[] = {"", "end_of_year", "end_of_next_year", NULL};
static const char *const starts_names[] = {"earned", "lowest", NULL};
static const char *const failing_names[] = {"forgiven", "counted", NULL};
static const char *const change_names[] = {"keep", "reset", "rerate", NULL};
static const char *const on_names[] = {"every_period", "quarter", "half_year", "year", NULL};

/* --- tables; defaults are those of a zeroed rule, so that an exception changes what it says --- */

struct way_keys {
    const struct st_node *on;
    struct st_moves_way way;
};

#define WAY(member) (offsetof(struct way_keys, way) + offsetof(struct st_moves_way, member))
#define WAY_ON                                                                                             \
    {                                                                                                      \
        .name = "on", .type = ST_PARAM_NODE, .offset = offsetof(struct way_keys, on), .help = {            \
            "rating days: every_period (default), quarter, half_year, year, or days [06-30, "              \
            "12-31]",                                                                                      \
            "评定日：every_period（默认）、quarter、half_year、year，或日期列表 [06-30, " \
            "12-31]"                                                                                       \
        }                                                                                                  \
    }
#define WAY_AFTER                                                                                  \
    {                                                                                              \
        .name = "after", .type = ST_PARAM_INT, .offset = WAY(after), .min = 1,                     \
        .max = ST_MOVES_COUNT_MAX, .help = {                                                       \
            "rating days it takes (default 1)",                                                    \
            "所需评定日数（默认 1）"                                                     \
        }                                                                                          \
    }
#define WAY_WITHIN                                                                                 \
    {                                                                                              \
        .name = "within", .type = ST_PARAM_INT, .offset = WAY(within), .min = 1,                   \
        .max = ST_MOVES_COUNT_MAX, .help = {                                                       \
            "… out of the last so many rating days; without it they must follow each other",       \
            "……在最近若干评定日之内；不写则须连续"                            \
        }                                                                                          \
    }
#define WAY_EFFECTIVE                                                                              \
    {                                                                                              \
        .name = "effective", .type = ST_PARAM_CHOICE, .offset = WAY(effective),                    \
        .choices = effective_names, .help = {                                                      \
            "now (default): at the end of the deciding period, or from the next_period on",        \
            "now（默认）：当期期末生效；next_period：自下一周期起生效"        \
        }                                                                                          \
    }
#define WAY_NEVER                                                                                  \
    {                                                                                              \
        .name = "never", .type = ST_PARAM_BOOL, .offset = WAY(never), .help = {                    \
            "true: there is no way in this direction",                                             \
            "true：此方向不变动"                                                            \
        }                                                                                          \
    }

const struct st_param st_moves_up_params[] = {
    WAY_ON,
    WAY_AFTER,
    WAY_WITHIN,
    {.name = "lands",
        .type = ST_PARAM_CHOICE,
        .offset = WAY(lands),
        .choices = up_lands_names,
        .help = {"tier_of_all (default): the best tier that each of the days reached; "
                 "tier_of_last: what the last day earns; one_step: the next tier",
            "tier_of_all（默认）：各评定日均达到的最高层级；tier_of_last：末个评定日所得层级；"
            "one_step：上升一级"}},
    WAY_EFFECTIVE,
    WAY_NEVER,
    ST_PARAM_END,
};

const struct st_param st_moves_down_params[] = {
    WAY_ON,
    WAY_AFTER,
    WAY_WITHIN,
    {.name = "lands",
        .type = ST_PARAM_CHOICE,
        .offset = WAY(lands),
        .choices = down_lands_names,
        .help = {"tier_of_last (default): what the last day earns; tier_of_best_in_window: the "
                 "best that the failing days earned; one_step: the next tier",
            "tier_of_last（默认）：末个评定日所得层级；tier_of_best_in_window：未达标期间的最高"
            "层级；one_step：下降一级"}},
    WAY_EFFECTIVE,
    {.name = "recovers",
        .type = ST_PARAM_CHOICE,
        .offset = WAY(recovers),
        .choices = recovers_names,
        .help = {"the failing count returns to 0 on any_period (default) that does not fail, or on "
                 "a rating_day only",
            "未达标计数归零：any_period（默认）任一周期达标即归零；rating_day 仅评定日达标才"
            "归零"}},
    {.name = "unless",
        .type = ST_PARAM_EXPR,
        .offset = WAY(unless),
        .help = {"condition that keeps the tier while it holds", "成立时保留层级的条件"}},
    WAY_NEVER,
    ST_PARAM_END,
};

const struct st_param st_moves_watch_params[] = {
    {.name = "after",
        .type = ST_PARAM_INT,
        .required = false,
        .offset = offsetof(struct st_moves_watch, after),
        .min = 1,
        .max = ST_MOVES_COUNT_MAX,
        .help = {"failing rating days from which a customer is on watch",
            "未达标多少个评定日起列入关注"}},
    {.name = "effective",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct st_moves_watch, effective),
        .choices = effective_names,
        .help = {"now (default), or from the next_period on",
            "now（默认）当期起；next_period 自下一周期起"}},
    ST_PARAM_END,
};

/* Spans of months as they are written. */
struct valid_keys {
    struct st_window span, grace;
    struct st_moves_valid valid;
};

const struct st_param st_moves_valid_params[] = {
    {.name = "for",
        .type = ST_PARAM_WINDOW,
        .offset = offsetof(struct valid_keys, span),
        .help = {"how long an entered tier is kept: 12 months", "进入层级后的保有期：12 months"}},
    {.name = "until",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct valid_keys, valid) + offsetof(struct st_moves_valid, until),
        .choices = until_names,
        .help = {"… or the end of the fiscal year: end_of_year, end_of_next_year",
            "……或至财年末：end_of_year、end_of_next_year"}},
    {.name = "renews",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct valid_keys, valid) + offsetof(struct st_moves_valid, renews),
        .choices = renews_names,
        .help = {"at_expiry (default): extended when it runs out and the tier is earned again; "
                 "when_reached: by every period that earns it",
            "at_expiry（默认）：到期时达标则续期；when_reached：每个达标周期均续期"}},
    {.name = "grace",
        .type = ST_PARAM_WINDOW,
        .offset = offsetof(struct valid_keys, grace),
        .help = {"how much longer the tier is kept after that: 3 months",
            "到期后的宽限期：3 months"}},
    ST_PARAM_END,
};

struct new_keys {
    struct st_window protection;
    struct st_moves_new new_customers;
};

#define NEW(member)                                                                                \
    (offsetof(struct new_keys, new_customers) + offsetof(struct st_moves_new, member))

const struct st_param st_moves_new_params[] = {
    {.name = "starts",
        .type = ST_PARAM_CHOICE,
        .offset = NEW(starts),
        .choices = starts_names,
        .help = {"the tier held before the first period is decided: earned (default) or lowest",
            "首个周期评定前的层级：earned（默认）按所得，lowest 最低层"}},
    {.name = "opens_in",
        .type = ST_PARAM_EXPR,
        .offset = NEW(opens_in),
        .help = {"text whose value is the code of the tier a customer opens in",
            "文本表达式，其值为开户层级代码"}},
    {.name = "protected",
        .type = ST_PARAM_WINDOW,
        .offset = offsetof(struct new_keys, protection),
        .help = {"no fall so long after opening: 3 months", "开户后不降级的期限：3 months"}},
    {.name = "failing",
        .type = ST_PARAM_CHOICE,
        .offset = NEW(failing),
        .choices = failing_names,
        .help = {"failing days meanwhile are forgiven (default), or counted and take effect when "
                 "the protection ends",
            "保护期内未达标：forgiven（默认）不计；counted 计入，并在保护期结束时生效"}},
    ST_PARAM_END,
};

#define PART(where, key, text_en, text_zh)                                                         \
    {                                                                                              \
        .name = #key, .type = ST_PARAM_NODE,                                                       \
        .offset = offsetof(struct where, part) + offsetof(struct st_moves_part, key), .help = {    \
            text_en,                                                                               \
            text_zh                                                                                \
        }                                                                                          \
    }
#define PARTS(where)                                                                               \
    PART(where, up, "how customers rise", "升级规则"),                                             \
        PART(where, watch, "when customers are on watch (关注)", "列入关注的条件"),                \
        PART(where, down, "how customers fall", "降级规则"),                                       \
        PART(where, valid, "how long an entered tier is kept", "层级有效期")

struct tier_keys {
    struct st_moves_part part;
};

const struct st_param st_moves_tier_params[] = {PARTS(tier_keys), ST_PARAM_END};

const struct st_param st_moves_cohort_params[] = {
    {.name = "code",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct st_cohort, code),
        .help = {"the cohort's code", "客群代码"}},
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct st_cohort, title),
        .help = {"what people call it", "客群名称"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct st_cohort, when),
        .help = {"who belongs to it; the first cohort that holds counts",
            "归属条件；取首个成立的客群"}},
    PARTS(st_cohort),
    PART(st_cohort, new_customers, "how new customers start", "新客户规则"),
    PART(st_cohort, per_tier, "exceptions by the tier held", "按所持层级的例外"),
    ST_PARAM_END,
};

struct moves_keys {
    struct st_moves_part part;
    const struct st_node *cohorts, *map;
    int on_change;
};

const struct st_param st_moves_params[] = {
    PARTS(moves_keys),
    PART(moves_keys, new_customers, "how new customers start", "新客户规则"),
    PART(moves_keys, per_tier, "exceptions by the tier held: {hnw: {down: {after: 6}}}",
        "按所持层级的例外：{hnw: {down: {after: 6}}}"),
    {.name = "cohorts",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct moves_keys, cohorts),
        .help = {"exceptions for groups of customers: a list of {code:, when:, …}",
            "按客群的例外：{code:, when:, …} 列表"}},
    {.name = "on_change",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct moves_keys, on_change),
        .choices = change_names,
        .help = {"what a new version of the scheme does to counts: keep (default), reset, or "
                 "rerate everybody",
            "方案换版时计数的处理：keep（默认）保留、reset 归零、rerate 全部重评"}},
    {.name = "map",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct moves_keys, map),
        .help = {"where holders of a removed code go: {old: new}",
            "已删除层级的客户归入何层：{old: new}"}},
    ST_PARAM_END,
};

/* --- rating days --- */

static int compare_days(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

static st_code fail_on(const struct st_node *node, struct st_error *err)
{
    st_code code = st_fail_at(err, node, ST_E_POLICY, "on: is neither a period nor a list of days",
        "on: 既不是周期，也不是日期列表");
    if (node->kind == ST_NODE_SCALAR)
        st_error_value(err, "%s", node->text);
    st_error_allowed(err,
        "every_period, quarter, half_year, year, or up to %d days such as [06-30, 12-31]",
        "every_period、quarter、half_year、year，或至多 %d 个日期，如 [06-30, 12-31]",
        (int)ST_MOVES_DAYS_MAX);
    return code;
}

static st_code read_day(const struct st_node *node, int *day, struct st_error *err)
{
    int month = 0, in_month = 0;
    char rest = 0;
    if (node->kind == ST_NODE_SCALAR &&
        sscanf(node->text, "%2d-%2d%c", &month, &in_month, &rest) == 2 &&
        st_civil_valid((struct st_civil){2023, month, in_month})) {
        *day = month * 100 + in_month;
        return ST_OK;
    }
    st_code code =
        st_fail_at(err, node, ST_E_POLICY, "not a day of every year", "不是每年都有的日期");
    if (node->kind == ST_NODE_SCALAR)
        st_error_value(err, "%s", node->text);
    st_error_allowed(err, "MM-DD, such as 06-30; 02-28 is the end of February in every year",
        "MM-DD，如 06-30；02-28 在任何年份都表示二月末");
    return code;
}

static st_code read_schedule(
    const struct st_node *node, struct st_schedule *out, struct st_error *err)
{
    *out = (struct st_schedule){.on = ST_ON_PERIOD};
    if (node->kind == ST_NODE_SCALAR) {
        for (int i = 0; on_names[i]; i++)
            if (strcmp(on_names[i], node->text) == 0) {
                out->on = (enum st_moves_on)i;
                return ST_OK;
            }
        return fail_on(node, err);
    }
    if (node->kind != ST_NODE_LIST || node->count == 0 || node->count > ST_MOVES_DAYS_MAX)
        return fail_on(node, err);
    out->on = ST_ON_DAYS;
    st_code code = ST_OK;
    for (size_t i = 0; i < node->count && code == ST_OK; i++)
        code = read_day(node->items[i], &out->days[out->day_count++], err);
    qsort(out->days, out->day_count, sizeof *out->days, compare_days);
    return code;
}

/* --- one part over another --- */

static st_code apply_way(struct st_arena *arena, const struct st_param *table,
    const struct st_node *node, struct st_moves_way *way, struct st_error *err)
{
    struct way_keys keys = {.way = *way};
    if (!node)
        return ST_OK;
    st_code code = st_params_read(arena, table, node, &keys, err);
    keys.way.node = node;
    if (code == ST_OK && keys.on) {
        code = read_schedule(keys.on, &keys.way.on, err);
        keys.way.on_node = keys.on;
    }
    if (code == ST_OK && keys.way.within && keys.way.within < keys.way.after) {
        code = st_fail_at(
            err, node, ST_E_POLICY, "within: is less than after:", "within: 小于 after:");
        st_error_value(
            err, "after %lld, within %lld", (long long)keys.way.after, (long long)keys.way.within);
        st_error_hint(err, "after: 3 with within: 6 asks for 3 of the last 6 rating days",
            "after: 3 与 within: 6 表示最近 6 个评定日中的 3 个");
    }
    *way = keys.way;
    return code;
}

/* A span that must be whole months. */
static st_code months_of(const struct st_node *map, const char *key, const struct st_window *span,
    int64_t *months, struct st_error *err)
{
    static const int unit_months[] = {[ST_MONTHS] = 1, [ST_QUARTERS] = 3, [ST_YEARS] = 12};
    const struct st_node *node = st_node_get(map, key);
    if (!node)
        return ST_OK;
    bool spans = span->kind == ST_WINDOW_CALENDAR &&
                 (span->unit == ST_MONTHS || span->unit == ST_QUARTERS || span->unit == ST_YEARS);
    *months = spans ? (int64_t)span->count * unit_months[span->unit] : 0;
    if (spans && *months <= ST_MOVES_MONTHS_MAX)
        return ST_OK;
    st_code code =
        st_fail_at(err, node, ST_E_POLICY, "%s: must be whole months", "%s: 应为整月", key);
    st_error_value(err, "%s", node->text);
    st_error_allowed(err, "1 month to %d months, or quarters and years that are no more",
        "1 month 至 %d months，或相当的 quarters、years", (int)ST_MOVES_MONTHS_MAX);
    return code;
}

static st_code apply_valid(struct st_arena *arena, const struct st_node *node,
    struct st_moves_valid *valid, struct st_error *err)
{
    struct valid_keys keys = {.valid = *valid};
    if (!node)
        return ST_OK;
    st_code code = st_params_read(arena, st_moves_valid_params, node, &keys, err);
    bool spans = st_node_get(node, "for") != NULL, ends = st_node_get(node, "until") != NULL;
    if (code == ST_OK && spans && ends) {
        code = st_fail_at(err, st_node_get(node, "until"), ST_E_POLICY,
            "for: and until: do not go together", "for: 与 until: 不能同用");
        st_error_hint(err, "a tier is kept for months from its entry, or to a year's end",
            "层级或自进入起保有若干月，或保有至年末");
    }
    if (spans)
        keys.valid.until = ST_UNTIL_NONE;
    if (ends)
        keys.valid.months = 0;
    if (code == ST_OK)
        code = months_of(node, "for", &keys.span, &keys.valid.months, err);
    if (code == ST_OK)
        code = months_of(node, "grace", &keys.grace, &keys.valid.grace_months, err);
    keys.valid.node = node;
    *valid = keys.valid;
    return code;
}

static st_code apply_new(struct st_arena *arena, const struct st_node *node,
    struct st_moves_new *out, struct st_error *err)
{
    struct new_keys keys = {.new_customers = *out};
    if (!node)
        return ST_OK;
    st_code code = st_params_read(arena, st_moves_new_params, node, &keys, err);
    if (code == ST_OK)
        code = months_of(
            node, "protected", &keys.protection, &keys.new_customers.protected_months, err);
    *out = keys.new_customers;
    return code;
}

static st_code apply_part(struct st_arena *arena, const struct st_moves_part *part,
    struct st_moves_rule *rule, struct st_error *err)
{
    st_code code = apply_way(arena, st_moves_up_params, part->up, &rule->up, err);
    if (code == ST_OK)
        code = apply_way(arena, st_moves_down_params, part->down, &rule->down, err);
    if (code == ST_OK && part->watch)
        code = st_params_read(arena, st_moves_watch_params, part->watch, &rule->watch, err);
    if (code == ST_OK)
        code = apply_valid(arena, part->valid, &rule->valid, err);
    if (code == ST_OK)
        code = apply_new(arena, part->new_customers, &rule->new_customers, err);
    return code;
}

static st_code apply_tier(struct st_arena *arena, const struct st_moves_part *part,
    const char *tier, struct st_moves_rule *rule, struct st_error *err)
{
    struct tier_keys keys = {.part = {.up = NULL}};
    const struct st_node *node = tier ? st_node_get(part->per_tier, tier) : NULL;
    if (!node)
        return ST_OK;
    st_code code = st_params_read(arena, st_moves_tier_params, node, &keys, err);
    return code == ST_OK ? apply_part(arena, &keys.part, rule, err) : code;
}

/* What one parameter alone cannot say. */
static st_code check_rule(const struct st_moves *moves, const struct st_moves_rule *rule,
    const struct st_moves_part *part, struct st_error *err)
{
    const struct st_moves_watch *watch = &rule->watch;
    const struct st_node *place = part->watch ? part->watch : moves->node;
    st_code code = ST_OK;
    if (part->watch && watch->after == 0) {
        code = st_fail_at(err, place, ST_E_POLICY, "watch: does not say after how many days",
            "watch: 没有写明 after");
        st_error_hint(err, "watch: {after: 1}", "watch: {after: 1}");
    } else if (watch->after && !rule->down.never && !rule->down.within &&
               watch->after + watch->effective + (rule->down.effective == ST_EFFECTIVE_NOW) >
                   rule->down.after &&
               !rule->new_customers.protected_months && !rule->valid.months && !rule->valid.until) {
        code = st_fail_at(
            err, place, ST_E_POLICY, "nobody would ever be on watch", "永远没有客户会列入关注");
        st_error_value(err, "watch after %lld, down after %lld", (long long)watch->after,
            (long long)rule->down.after);
        st_error_hint(err,
            "customers fall before: down.after counts all failing days, those on watch included",
            "客户在此之前已降级：down.after 计入全部未达标评定日，含关注期");
    }
    if (code == ST_OK && rule->valid.grace_months && !rule->valid.months && !rule->valid.until) {
        code = st_fail_at(err, rule->valid.node, ST_E_POLICY,
            "grace: follows a validity, but "
            "there is none",
            "grace: 须在有效期之后，但没有写有效期");
        st_error_hint(err, "valid: {for: 12 months, grace: 3 months}",
            "valid: {for: 12 months, grace: 3 months}");
    }
    return code;
}

st_code st_moves_rule_of(struct st_arena *arena, const struct st_moves *moves, int cohort,
    const char *tier, struct st_moves_rule *out, struct st_error *err)
{
    const struct st_moves_part *parts[] = {
        &moves->part, cohort < 0 ? NULL : &moves->cohorts[cohort].part};
    *out = (struct st_moves_rule){.up.after = 1, .down.after = 1};
    st_code code = ST_OK;
    for (size_t i = 0; i < ST_COUNT(parts) && parts[i] && code == ST_OK; i++) {
        code = apply_part(arena, parts[i], out, err);
        if (code == ST_OK)
            code = apply_tier(arena, parts[i], tier, out, err);
    }
    return code == ST_OK ? check_rule(moves, out, parts[cohort >= 0], err) : code;
}

/* --- the whole --- */

static st_code read_cohorts(struct st_arena *arena, const struct st_node *list,
    struct st_moves *moves, struct st_error *err)
{
    st_code code = ST_OK;
    if (!list)
        return ST_OK;
    if (list->kind != ST_NODE_LIST || list->count == 0 || list->count > ST_MOVES_COHORTS_MAX) {
        code = st_fail_at(
            err, list, ST_E_POLICY, "cohorts: must be a list of cohorts", "cohorts: 应为客群列表");
        st_error_allowed(err, "1 to %d entries such as {code: staff, when: …, down: {never: true}}",
            "1 至 %d 项，如 {code: staff, when: …, down: {never: true}}",
            (int)ST_MOVES_COHORTS_MAX);
        return code;
    }
    moves->cohorts = st_arena_array(arena, struct st_cohort, list->count);
    for (size_t i = 0; i < list->count && code == ST_OK; i++) {
        struct st_cohort *cohort = &moves->cohorts[moves->cohort_count++];
        code = st_params_read(arena, st_moves_cohort_params, list->items[i], cohort, err);
        cohort->node = list->items[i];
        if (code == ST_OK && !cohort->title.en)
            cohort->title = (struct st_text){cohort->code, cohort->code};
    }
    return code;
}

static st_code read_maps(
    struct st_arena *arena, const struct st_node *map, struct st_moves *moves, struct st_error *err)
{
    if (!map)
        return ST_OK;
    st_code code = ST_OK;
    if (map->kind != ST_NODE_MAP || map->count == 0) {
        code = st_fail_at(err, map, ST_E_POLICY, "map: must be {old: new}", "map: 应为 {old: new}");
        st_error_hint(err, "map: {diamond: platinum}", "map: {diamond: platinum}");
        return code;
    }
    moves->maps = st_arena_array(arena, struct st_moves_map, map->count);
    for (size_t i = 0; i < map->count; i++) {
        const struct st_node *to = map->entries[i].value;
        if (to->kind != ST_NODE_SCALAR)
            return st_fail_at(
                err, to, ST_E_POLICY, "map: names one code for each", "map: 每项只能写一个代码");
        moves->maps[moves->map_count++] = (struct st_moves_map){map->entries[i].key, to->text, to};
    }
    return ST_OK;
}

st_code st_moves_read(struct st_arena *arena, const struct st_node *node,
    const struct st_moves **out, struct st_error *err)
{
    struct st_moves *moves = st_arena_new(arena, struct st_moves);
    struct moves_keys keys = {.on_change = ST_CHANGE_KEEP};
    struct st_moves_rule rule;
    st_code code = st_params_read(arena, st_moves_params, node, &keys, err);
    moves->node = node;
    moves->part = keys.part;
    moves->on_change = keys.on_change;
    if (code == ST_OK)
        code = read_cohorts(arena, keys.cohorts, moves, err);
    if (code == ST_OK)
        code = read_maps(arena, keys.map, moves, err);
    if (code == ST_OK)
        code = st_moves_rule_of(arena, moves, -1, NULL, &rule, err);
    *out = moves;
    return code;
}
