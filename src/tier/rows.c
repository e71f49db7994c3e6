/* What a run writes of a scheme: all rows of tier_state, or those that are not as they were.
 *
 * Rows stand for the runs of their series as metric rows do (compile/table.c). The plain rows of
 * schemes without moves have a table of their own: state is fourteen columns more. */
#include "tier/plan.h"

#include "tier/internal.h"

#include <string.h>

static const char *table_of(const struct st_scheme *scheme)
{
    return scheme->ladder ? ST_TIER_TABLE_HELD : ST_TIER_TABLE;
}

static bool is_key(const char *name)
{
    return strcmp(name, "run_id") == 0 || strcmp(name, "scheme") == 0 ||
           strcmp(name, "customer_id") == 0;
}

/* `rel`, which has tier_state's columns (those of `shape`), as its table keeps it. */
static struct st_step insert(struct st_compiled *compiled, const struct st_scheme *scheme,
    struct st_rel *rel, const struct st_rel *shape)
{
    struct builder at = {.arena = compiled->arena, .compiled = compiled, .rel = rel}, *b = &at;
    struct st_ir_column *columns =
        st_arena_array(b->arena, struct st_ir_column, shape->column_count + 2);
    size_t count = 0;
    columns[count++] = (struct st_ir_column){.name = "series",
        .expr = moves_param(
            b, (struct st_plan_param){.kind = ST_PLAN_TIER_SERIES, .scheme = scheme->def->name})};
    columns[count++] = (struct st_ir_column){.name = "until_run", .expr = INT(b, ST_RUN_NEVER)};
    for (size_t i = 0; i < shape->column_count; i++)
        if (strcmp(shape->columns[i].name, "scheme") != 0)
            columns[count++] = st_rel_pass(b->arena, rel, 0, shape->columns[i].name);
    return (struct st_step){.kind = ST_STEP_INSERT,
        .label = scheme->def->name,
        .table = table_of(scheme),
        .rel = st_rel_project(b->arena, rel, count, columns)};
}

struct st_step st_plan_tiers(struct st_compiled *compiled, const struct st_scheme *scheme)
{
    struct st_rel *rows = st_ladder_rows(compiled, scheme);
    return insert(compiled, scheme, rows, rows);
}

static const char *before(struct builder *b, const char *name)
{
    return st_arena_printf(b->arena, "was:%s", name);
}

/* The scheme's rows of the base run: customer_id, and what they say. */
static struct st_rel *base_rows(const struct builder *outer, const struct st_rel *shape)
{
    struct builder at = *outer, *b = &at;
    struct st_ir_column *columns =
        st_arena_array(b->arena, struct st_ir_column, shape->column_count + 1);
    size_t count = 0;
    b->rel = st_rel_scan(b->arena, "tier_state", shape->column_count, shape->columns);
    b->rel = st_rel_filter(b->arena, b->rel,
        FN(b, AND,
            FN(b, EQ, COL(b, "run_id"),
                st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_BASE_RUN)),
            FN(b, EQ, COL(b, "scheme"), st_ir_text(b->arena, b->scheme->def->name))));
    columns[count++] = st_rel_pass(b->arena, b->rel, 0, "customer_id");
    columns[count++] = (struct st_ir_column){.name = "in:base", .expr = INT(b, 1)};
    for (size_t i = 0; i < shape->column_count; i++)
        if (!is_key(shape->columns[i].name))
            columns[count++] = (struct st_ir_column){
                .name = before(b, shape->columns[i].name), .expr = COL(b, shape->columns[i].name)};
    return st_rel_project(b->arena, b->rel, count, columns);
}

/* Nobody else's row can be another: the day, other customers and people's decisions do not count.
 */
static bool follows_own_values(
    const struct st_compiled *compiled, const struct st_scheme *scheme, struct st_rel *rows)
{
    return !scheme->ladder && !scheme->sharing && !compiled->overrides &&
           !st_compiled_follows_day(compiled, rows);
}

struct st_step st_plan_tier_changes(struct st_compiled *compiled, const struct st_scheme *scheme)
{
    static const char *const by_customer[] = {"customer_id"};
    struct st_rel *rows = st_ladder_rows(compiled, scheme);
    struct builder at = {
        .arena = compiled->arena, .compiled = compiled, .scheme = scheme, .rel = rows};
    struct builder *b = &at;
    struct st_rel *base = base_rows(b, rows);
    if (follows_own_values(compiled, scheme, rows)) {
        struct st_rel *ids = st_compiled_run_customers(compiled);
        builder_join(b, ST_JOIN_INNER, ids, 1, by_customer);
        base = st_rel_widen(b->arena, ST_JOIN_INNER, base, ids, 1, by_customer);
    }
    left_join(b, base, "customer_id");
    struct st_ir_expr *differs = FN(b, IS_NULL, COL(b, "in:base"));
    for (size_t i = 0; i < rows->column_count; i++) {
        const char *name = rows->columns[i].name;
        if (!is_key(name))
            differs = FN(b, OR, differs, FN(b, DISTINCT, COL(b, name), COL(b, before(b, name))));
    }
    b->rel = st_rel_filter(b->arena, b->rel, differs);
    return insert(compiled, scheme, b->rel, rows);
}
