/* What a run writes of a scheme: all rows of tier_state, or those that are not as they were.
 *
 * Rows stand for the runs of their series as metric rows do (compile/table.c). The plain rows of
 * schemes without moves have a table of their own: state is fourteen columns more. */
#include "tier/plan.h"

#include "ir/carry.h"
#include "ir/reads.h"
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

/* The scheme's rows of the base run: customer_id, and what they say. */
static struct st_rel *base_rows(const struct builder *outer, const struct st_rel *shape)
{
    struct builder at = *outer, *b = &at;
    struct st_ir_column *columns =
        st_arena_array(b->arena, struct st_ir_column, shape->column_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < shape->column_count; i++)
        if (!is_key(shape->columns[i].name) || strcmp(shape->columns[i].name, "customer_id") == 0)
            columns[count++] = shape->columns[i];
    read_states(b, count, columns, st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_BASE_RUN),
        ST_PLAN_TIER_SERIES);
    count = 0;
    columns[count++] = st_rel_pass(b->arena, b->rel, 0, "customer_id");
    columns[count++] = (struct st_ir_column){.name = "in:base", .expr = INT(b, 1)};
    for (size_t i = 0; i < shape->column_count; i++)
        if (!is_key(shape->columns[i].name))
            columns[count++] =
                (struct st_ir_column){.name = st_metrics_was(b->arena, shape->columns[i].name),
                    .expr = COL(b, shape->columns[i].name)};
    return st_rel_project(b->arena, b->rel, count, columns);
}

/* The scheme's rows beside those of the base run, joined. */
static struct st_rel *beside_base(const struct builder *outer, struct st_rel *rows)
{
    struct builder at = *outer, *b = &at;
    b->rel = rows;
    left_join(b, base_rows(b, rows), "customer_id");
    return b->rel;
}

/* --- both evaluated --- */

static struct st_ir_expr *stays(void *context, const struct st_ir_expr *param)
{
    (void)context;
    (void)param;
    return NULL;
}

static struct st_ir_expr *as_in_base(void *context, const struct st_ir_expr *param)
{
    struct st_compiled *c = context;
    return st_plan_is_of_day(st_plan_kind(&c->params, param->name))
               ? st_plan_of_base(c->arena, &c->params, param)
               : NULL;
}

static const char *now(struct builder *b, const char *name)
{
    return st_arena_printf(b->arena, "now:%s", name);
}

/* Is anything in `names` not as it was? */
static struct st_ir_expr *any_changed(
    struct builder *b, const struct st_rel *pairs, const struct st_column_names *names)
{
    struct st_ir_expr *changed = FN(b, IS_NULL, st_ir_column(b->arena, pairs, 0, "in:base"));
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->items[i];
        changed = FN(b, OR, changed,
            FN(b, DISTINCT, st_ir_column(b->arena, pairs, 0, name),
                st_ir_column(b->arena, pairs, 0, st_metrics_was(b->arena, name))));
    }
    return changed;
}

/* `rows` as of today over pairs of metric rows, with the columns that the same plan asks of the
 * base's and whether any is another now; NULL: it is no chain over them. */
static struct st_rel *today(struct builder *b, struct st_rel *rows, struct st_follows follows,
    const struct st_column_names *names)
{
    size_t count = 0;
    struct st_rel *pairs = st_compiled_pairs(b->compiled, names, follows.values || follows.day);
    struct st_ir_column *columns = st_arena_array(b->arena, struct st_ir_column, names->count + 2);
    for (size_t i = 0; i < names->count; i++)
        columns[count++] =
            st_rel_pass(b->arena, pairs, 0, st_metrics_was(b->arena, names->items[i]));
    columns[count++] = st_rel_pass(b->arena, pairs, 0, "in:base");
    columns[count++] = (struct st_ir_column){.name = "changed",
        .expr = follows.day ? st_ir_bool(b->arena, true) : any_changed(b, pairs, names)};
    const struct st_carry carry = {.arena = b->arena,
        .table = b->compiled->metric_table,
        .start = pairs,
        .columns = columns,
        .column_count = count,
        .value = stays};
    return st_rel_carry(&carry, rows);
}

/* `rows` over what today() gives: its own columns as in the base, those of today as "now:…". */
static struct st_rel *in_base(struct builder *b, struct st_rel *rows, struct st_rel *today,
    const struct st_column_names *names)
{
    size_t own = rows->column_count, count = 0, kept = 0;
    struct st_ir_column *start =
        st_arena_array(b->arena, struct st_ir_column, today->column_count + 2);
    struct st_ir_column *columns = st_arena_array(b->arena, struct st_ir_column, own + 2);
    start[count++] = st_rel_pass(b->arena, today, 0, "run_id");
    start[count++] = st_rel_pass(b->arena, today, 0, "customer_id");
    for (size_t i = 0; i < names->count; i++)
        start[count++] = (struct st_ir_column){.name = names->items[i],
            .expr = st_ir_column(b->arena, today, 0, st_metrics_was(b->arena, names->items[i]))};
    for (size_t i = 0; i < own; i++)
        start[count++] = (struct st_ir_column){.name = now(b, rows->columns[i].name),
            .expr = st_ir_column(b->arena, today, 0, rows->columns[i].name)};
    start[count++] = st_rel_pass(b->arena, today, 0, "in:base");
    start[count++] = st_rel_pass(b->arena, today, 0, "changed");
    struct st_rel *rel = st_rel_project(b->arena, today, count, start);
    for (size_t i = count - own - 2; i < count; i++)
        columns[kept++] = st_rel_pass(b->arena, rel, 0, start[i].name);
    const struct st_carry carry = {.arena = b->arena,
        .table = b->compiled->metric_table,
        .start = rel,
        .columns = columns,
        .column_count = kept,
        .value = as_in_base,
        .context = b->compiled};
    return st_rel_carry(&carry, rows);
}

static struct st_column_names columns_read(struct builder *b, const struct st_rel *rows)
{
    struct st_column_names read = {0}, names = {0};
    st_rel_reads(b->arena, rows, b->compiled->metric_table, &read);
    for (size_t i = 0; i < read.count; i++)
        if (!is_key(read.items[i]))
            st_column_names_add(b->arena, &names, read.items[i]);
    return names;
}

/* What the base's rows were follows from its metric rows as these from today's: both are worked
 * out in one pass, which costs less than a join with the former. Customers of whom nothing changed
 * can be in another tier by the day alone. NULL: more than that decides. */
static struct st_rel *beside_evaluated(struct builder *b, struct st_rel *rows)
{
    struct st_follows follows = st_compiled_follows(b->compiled, rows);
    if (b->scheme->ladder || follows.more)
        return NULL;
    struct st_column_names names = columns_read(b, rows);
    struct st_rel *rel = today(b, rows, follows, &names);
    if (!rel)
        return NULL;
    rel = in_base(b, rows, rel, &names);
    struct st_ir_column *columns =
        st_arena_array(b->arena, struct st_ir_column, 2 * rows->column_count + 2);
    size_t count = 0;
    for (size_t i = 0; i < rows->column_count; i++) {
        const char *name = rows->columns[i].name;
        columns[count++] = (struct st_ir_column){
            .name = name, .expr = st_ir_column(b->arena, rel, 0, now(b, name))};
        columns[count++] = (struct st_ir_column){
            .name = st_metrics_was(b->arena, name), .expr = st_ir_column(b->arena, rel, 0, name)};
    }
    columns[count++] = st_rel_pass(b->arena, rel, 0, "in:base");
    columns[count++] = st_rel_pass(b->arena, rel, 0, "changed");
    return st_rel_project(b->arena, rel, count, columns);
}

struct st_step st_plan_tier_changes(struct st_compiled *compiled, const struct st_scheme *scheme)
{
    struct st_rel *rows = st_ladder_rows(compiled, scheme);
    struct builder at = {
        .arena = compiled->arena, .compiled = compiled, .scheme = scheme, .rel = rows};
    struct builder *b = &at;
    struct st_rel *beside = beside_evaluated(b, rows);
    b->rel = beside ? beside : beside_base(b, rows);
    struct st_ir_expr *differs = FN(b, IS_NULL, COL(b, "in:base"));
    for (size_t i = 0; i < rows->column_count; i++) {
        const char *name = rows->columns[i].name;
        if (!is_key(name))
            differs = FN(b, OR, differs,
                FN(b, DISTINCT, COL(b, name), COL(b, st_metrics_was(b->arena, name))));
    }
    if (beside) /* DuckDB asks a CASE's later parts of the rows that are left alone */
        differs = WHEN(b, COL(b, "changed"), differs, st_ir_bool(b->arena, false));
    b->rel = st_rel_filter(b->arena, b->rel, differs);
    return insert(compiled, scheme, b->rel, rows);
}
