#include "tier/ladder.h"

#include "tier/internal.h"

const struct st_coded_text st_move_texts[ST_MOVE_COUNT] = {[ST_MOVE_NONE] = {"", {"", ""}},
#define ST_MOVE_ROW(name, word, en, zh) [ST_MOVE_##name] = {word, {en, zh}},
    ST_MOVES(ST_MOVE_ROW)
#undef ST_MOVE_ROW
};

const struct st_coded_text st_standing_texts[ST_STANDING_COUNT] = {
    [ST_STANDING_NORMAL] = {"normal", {"normal", "正常"}},
    [ST_STANDING_WATCH] = {"watch", {"on watch", "关注"}},
    [ST_STANDING_PROTECTED] = {"protected", {"protected", "保护期"}},
    [ST_STANDING_VALID] = {"valid", {"valid", "有效期内"}},
    [ST_STANDING_GRACE] = {"grace", {"in grace", "宽限期"}},
};

const struct ladder_rule *ladder_rule(const struct st_ladder *ladder, int cohort, size_t level)
{
    return &ladder->rules[(size_t)(cohort + 1) * (ladder->levels + 1) + level];
}

const struct st_moves_rule *st_ladder_rule(const struct st_ladder *ladder, int cohort, size_t level)
{
    return &ladder_rule(ladder, cohort, level)->rule;
}

/* --- what refers to the scheme's tiers --- */

static st_code check_tier_codes(
    const struct st_scheme *scheme, const struct st_node *map, struct st_error *err)
{
    for (size_t i = 0; map && i < map->count; i++) {
        if (st_method_tier_index(scheme, map->entries[i].key, NULL, NULL) >= 0)
            continue;
        (void)st_method_tier_index(scheme, map->entries[i].key, map->entries[i].value, err);
        return ST_E_POLICY;
    }
    return ST_OK;
}

static st_code check_maps(
    const struct st_scheme *scheme, const struct st_moves *moves, struct st_error *err)
{
    for (size_t i = 0; i < moves->map_count; i++) {
        const struct st_moves_map *m = &moves->maps[i];
        if (st_method_tier_index(scheme, m->to, m->node, err) < 0)
            return ST_E_POLICY;
        if (st_method_tier_index(scheme, m->from, NULL, NULL) < 0)
            continue;
        st_code code = st_fail_at(err, m->node, ST_E_POLICY,
            "map: moves tier %s away, but the scheme still has it",
            "map: 移走了层级 %s，但方案仍有该层", m->from);
        st_error_hint(err, "map: is for codes that are no longer tiers of the scheme",
            "map: 仅用于方案中已不存在的代码");
        return code;
    }
    return ST_OK;
}

/* --- rating days --- */

/* A day on which no period ends would never rate anybody. */
static st_code check_days(
    const struct st_policy *policy, const struct st_moves_way *way, struct st_error *err)
{
    for (size_t i = 0; i < way->on.day_count; i++) {
        int day = way->on.days[i];
        st_date date = st_date_from_civil((struct st_civil){2023, day / 100, day % 100});
        if (st_period_end(policy, date) == date)
            continue;
        st_code code = st_fail_at(err, way->on_node, ST_E_POLICY,
            "%02d-%02d is not the end of a rating period", "%02d-%02d 不是评定周期的末日",
            day / 100, day % 100);
        st_error_hint(err,
            "periods end with the calendar's months, quarters or years; period: day "
            "rates on every day",
            "评定周期止于 calendar 的月末、季末或年末；period: day 则每日评定");
        return code;
    }
    if (policy->period != ST_PERIOD_YEAR ||
        (way->on.on != ST_ON_QUARTER && way->on.on != ST_ON_HALF_YEAR))
        return ST_OK;
    st_code code = st_fail_at(err, way->on_node, ST_E_POLICY,
        "on: rates more often than the calendar's period", "on: 比 calendar 的评定周期更频繁");
    st_error_hint(err, "calendar: {period: month}", "calendar: {period: month}");
    return code;
}

/* --- lowering --- */

static st_code lower_keep(
    struct st_compiled *c, struct st_ladder *ladder, struct ladder_rule *rule, struct st_error *err)
{
    struct st_typed typed;
    rule->keep = -1;
    if (!rule->rule.down.unless)
        return ST_OK;
    st_code code =
        st_lower_kind(st_compiled_lower(c), rule->rule.down.unless, ST_KIND_BOOL, &typed, err);
    if (code != ST_OK)
        return code;
    size_t i = 0;
    while (i < ladder->keep_count && !st_ir_equal(ladder->keeps[i], typed.ir))
        i++;
    if (i == ladder->keep_count)
        ladder->keeps[ladder->keep_count++] = typed.ir;
    rule->keep = (int)i;
    return ST_OK;
}

static st_code lower_opens(struct st_compiled *c, struct ladder_rule *rule, struct st_error *err)
{
    const struct st_expr *opens = rule->rule.new_customers.opens_in;
    return opens ? st_lower_kind(st_compiled_lower(c), opens, ST_KIND_TEXT, &rule->opens, err)
                 : ST_OK;
}

static st_code lower_opened_on(
    struct st_compiled *c, struct st_ladder *ladder, struct st_error *err)
{
    struct st_expr *name = NULL;
    struct st_typed typed;
    if (ladder->opened_on)
        return ST_OK;
    st_code code = st_expr_parse(c->arena, "opened_on", 1, 1, "opened_on", &name, err);
    if (code == ST_OK)
        code = st_lower_kind(st_compiled_lower(c), name, ST_KIND_DATE, &typed, err);
    if (code == ST_OK)
        ladder->opened_on = typed.ir;
    return code;
}

static st_code check_one(struct st_compiled *c, struct st_scheme *scheme, struct st_ladder *ladder,
    int cohort, size_t level, struct st_error *err)
{
    struct ladder_rule *rule = &ladder->rules[(size_t)(cohort + 1) * (ladder->levels + 1) + level];
    const char *tier = level ? scheme->tiers[level - 1].code : NULL;
    st_code code = st_moves_rule_of(c->arena, ladder->moves, cohort, tier, &rule->rule, err);
    if (code == ST_OK)
        code = check_days(c->policy, &rule->rule.up, err);
    if (code == ST_OK)
        code = check_days(c->policy, &rule->rule.down, err);
    if (code == ST_OK)
        code = lower_keep(c, ladder, rule, err);
    if (code == ST_OK)
        code = lower_opens(c, rule, err);
    if (code == ST_OK && rule->rule.new_customers.protected_months)
        code = lower_opened_on(c, ladder, err);
    return code;
}

static st_code check_cohorts(
    struct st_compiled *c, struct st_scheme *scheme, struct st_ladder *ladder, struct st_error *err)
{
    const struct st_moves *moves = ladder->moves;
    st_code code = check_tier_codes(scheme, moves->part.per_tier, err);
    ladder->whens = st_arena_array(c->arena, struct st_ir_expr *, moves->cohort_count);
    for (size_t i = 0; i < moves->cohort_count && code == ST_OK; i++) {
        const struct st_cohort *cohort = &moves->cohorts[i];
        struct st_typed typed;
        code = check_tier_codes(scheme, cohort->part.per_tier, err);
        for (size_t k = 0; k < i && code == ST_OK; k++)
            if (strcmp(moves->cohorts[k].code, cohort->code) == 0)
                code = st_fail_at(err, cohort->node, ST_E_POLICY, "two cohorts have the code %s",
                    "有两个客群的代码都是 %s", cohort->code);
        if (code == ST_OK)
            code = st_lower_kind(st_compiled_lower(c), cohort->when, ST_KIND_BOOL, &typed, err);
        if (code == ST_OK)
            ladder->whens[i] = typed.ir;
    }
    return code;
}

static st_code check_rules(
    struct st_compiled *c, struct st_scheme *scheme, struct st_ladder *ladder, struct st_error *err)
{
    size_t rows = ladder->moves->cohort_count + 1, columns = ladder->levels + 1;
    st_code code = ST_OK;
    ladder->rules = st_arena_array(c->arena, struct ladder_rule, rows * columns);
    ladder->keeps = st_arena_array(c->arena, struct st_ir_expr *, rows * columns);
    for (size_t row = 0; row < rows && code == ST_OK; row++)
        for (size_t level = 0; level < columns && code == ST_OK; level++)
            code = check_one(c, scheme, ladder, (int)row - 1, level, err);
    return code;
}

st_code st_ladder_check(struct st_compiled *c, struct st_scheme *scheme, struct st_error *err)
{
    const struct st_moves *moves = scheme->def->moves;
    if (!moves)
        return ST_OK;
    if (!scheme->ranked) {
        st_code code = st_fail_at(err, moves->node, ST_E_POLICY,
            "moves: needs tiers with a rank, but those of %s have none",
            "moves: 需要有高低之分的层级，而方案 %s 没有", scheme->def->name);
        st_error_hint(err, "rising and falling mean nothing among kinds; remove moves:",
            "不分高低的类别无所谓升降；请删去 moves:");
        return code;
    }
    struct st_ladder *ladder = st_arena_new(c->arena, struct st_ladder);
    ladder->moves = moves;
    ladder->levels = scheme->tier_count;
    st_code code = check_cohorts(c, scheme, ladder, err);
    if (code == ST_OK)
        code = check_maps(scheme, moves, err);
    if (code == ST_OK)
        code = check_rules(c, scheme, ladder, err);
    st_error_path(err, "schemes.%s.moves", scheme->def->name);
    scheme->ladder = ladder;
    return code;
}
