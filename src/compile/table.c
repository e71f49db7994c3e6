/* The metric table: what a run writes of each customer, and how it is read again.
 *
 *   NAME_row   series, run_id, until_run, customer_id, status, metrics, sums
 *   NAME_run   series, run_id, derives, and what the values ask of a run's day: p1, p2, …
 *   NAME       the view that everybody reads: run_id, customer_id, status, metrics, sums
 *
 * A row stands for the runs of its series from run_id on, before until_run: a run that goes on from
 * another writes the customers of whom something changed. What follows from the day alone (days
 * since the last purchase, a sum over days that grows by the balance) is worked out by the view
 * from the row's sums and the run's days, so that it changes no row.
 *
 * Rejected: rows of changes with a pointer to the run they change. Reading would put together as
 * many runs as there were since the last full one. */
#include "compile/internal.h"

#include "base/vec.h"

#include <string.h>

enum { FIXED_ROW_COLUMNS = 5, FIXED_RUN_COLUMNS = 3, FIXED_COLUMNS = METRICS_FIXED_COLUMNS };

#define FN(m, fn, ...) st_ir_fn(arena_of(m), ST_FN_##fn, __VA_ARGS__)

/* --- what follows from the day of a run --- */

const struct aggregate_column *metrics_aggregate(const struct st_metrics *m, const char *name)
{
    for (int source = 0; source <= ST_SOURCE_CUSTOMER; source++)
        for (size_t i = 0; i < m->aggregates[source].count; i++)
            if (strcmp(m->aggregates[source].items[i].name, name) == 0)
                return &m->aggregates[source].items[i];
    return NULL;
}

struct instance *metrics_instance(const struct st_metrics *m, const char *column)
{
    struct instance *i = m->instances;
    while (i && strcmp(i->column, column) != 0)
        i = i->next;
    return i;
}

/* Asked once: values build on each other, and many use one more than once. */
static bool is_timed_instance(const struct st_metrics *m, struct instance *instance)
{
    if (instance->timed == UNASKED)
        instance->timed = metrics_is_timed(m, instance->value.ir) ? TIMED : UNTIMED;
    return instance->timed == TIMED;
}

bool metrics_is_timed(const struct st_metrics *m, const struct st_ir_expr *e)
{
    if (!e)
        return false;
    if (e->kind == ST_IR_PARAM)
        return true;
    if (e->kind == ST_IR_COLUMN) {
        struct instance *instance = metrics_instance(m, e->name);
        const struct aggregate_column *item = metrics_aggregate(m, e->name);
        return instance ? is_timed_instance(m, instance) : item && item->closing;
    }
    bool timed = false;
    for (size_t i = 0; i < e->arg_count && !timed; i++)
        timed = metrics_is_timed(m, e->args[i]);
    return timed;
}

struct st_ir_expr *metrics_value(const struct st_metrics *m, size_t column)
{
    return m->extra_values[column] ? m->extra_values[column]
                                   : metrics_instance(m, m->columns[column].name)->value.ir;
}

/* Is the instance's value in the row? */
static bool is_stored(const struct st_metrics *m, const struct instance *instance)
{
    return instance->shift == 0 && !metrics_is_timed(m, instance->value.ir);
}

static size_t param_index(const struct st_metrics *m, const char *name)
{
    size_t i = 0;
    while (i < m->run_params.count && strcmp(m->run_params.items[i]->name, name) != 0)
        i++;
    return i;
}

/* No metric or attribute can have the name. */
static const char *run_param(const struct st_metrics *m, size_t index)
{
    return st_arena_printf(arena_of(m), "day:%zu", index + 1);
}

struct st_ir_expr *metrics_of_run(struct st_metrics *m, struct st_ir_expr *param)
{
    return st_ir_column_named(
        arena_of(m), 0, run_param(m, param_index(m, param->name)), param->type);
}

static void need_param(struct st_metrics *m, struct st_ir_expr *param)
{
    if (param_index(m, param->name) < m->run_params.count)
        return;
    if (m->run_params.count == m->run_params.cap) {
        size_t cap = m->run_params.cap ? m->run_params.cap * 2 : 8;
        struct st_ir_expr **grown = st_arena_array(arena_of(m), struct st_ir_expr *, cap);
        for (size_t i = 0; i < m->run_params.count; i++)
            grown[i] = m->run_params.items[i];
        m->run_params.items = grown;
        m->run_params.cap = cap;
    }
    m->run_params.items[m->run_params.count++] = param;
}

static void need_leaf(struct st_metrics *m, const struct st_ir_expr *column)
{
    for (size_t i = 0; i < m->leaf_count; i++)
        if (strcmp(m->leaves[i].name, column->name) == 0)
            return;
    struct st_ir_column *grown =
        st_arena_array(arena_of(m), struct st_ir_column, m->leaf_count + 1);
    for (size_t i = 0; i < m->leaf_count; i++)
        grown[i] = m->leaves[i];
    grown[m->leaf_count++] = (struct st_ir_column){.name = column->name, .type = column->type};
    m->leaves = grown;
}

/* What the view needs to work a value out: parameters, customers' own columns, other values. */
static void need(struct st_metrics *m, struct st_ir_expr *e)
{
    if (!e)
        return;
    if (e->kind == ST_IR_PARAM)
        need_param(m, e);
    if (e->kind == ST_IR_COLUMN) {
        struct instance *instance = metrics_instance(m, e->name);
        if (instance && !is_stored(m, instance) && !instance->derived) {
            instance->derived = true;
            need(m, instance->value.ir);
        } else if (!instance && !metrics_aggregate(m, e->name)) {
            need_leaf(m, e);
        }
    }
    for (size_t i = 0; i < e->arg_count; i++)
        need(m, e->args[i]);
}

struct st_ir_expr *metrics_days(struct st_metrics *m, const struct aggregate_column *item)
{
    return st_plan_window(
        arena_of(m), m->env.params, ST_PLAN_WINDOW_DAYS, item->window, item->shift, false);
}

/* Is the value small enough to be spelled out, what it builds on in its place? Chains in which each
 * metric names the one before it twice grow beyond every statement. */
static bool is_short(const struct st_metrics *m, const struct st_ir_expr *e, size_t *room)
{
    if (!e)
        return true;
    if (*room == 0)
        return false;
    --*room;
    const struct instance *instance = e->kind == ST_IR_COLUMN ? metrics_instance(m, e->name) : NULL;
    if (instance && !is_stored(m, instance))
        return is_short(m, instance->value.ir, room);
    for (size_t i = 0; i < e->arg_count; i++)
        if (!is_short(m, e->args[i], room))
            return false;
    return true;
}

/* Rows of policies with a longer one do not stand, so that nothing has to be worked out. */
static bool are_short(const struct st_metrics *m)
{
    enum { NODES_MOST = 1000 };
    for (size_t i = 0; i < m->column_count; i++) {
        size_t room = NODES_MOST;
        if (metrics_is_timed(m, metrics_value(m, i)) && !is_short(m, metrics_value(m, i), &room))
            return false;
    }
    return true;
}

void metrics_settle_table(struct st_metrics *m)
{
    m->stands = m->env.policy->entity == ST_ENTITY_CUSTOMER && !m->customer_needs_household;
    for (int source = 0; source <= ST_SOURCE_CUSTOMER && m->stands; source++)
        m->stands = !m->aggregates[source].count || metrics_carry(m, (enum st_metric_source)source);
    m->stands = m->stands && are_short(m);
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_BALANCE].count && m->stands; i++)
        if (m->aggregates[ST_SOURCE_BALANCE].items[i].closing)
            need_param(m, metrics_days(m, &m->aggregates[ST_SOURCE_BALANCE].items[i]));
    for (size_t i = 0; i < m->column_count && m->stands; i++) {
        if (!metrics_is_timed(m, metrics_value(m, i)))
            continue;
        struct instance *instance =
            m->extra_values[i] ? NULL : metrics_instance(m, m->columns[i].name);
        if (instance)
            instance->derived = true;
        need(m, metrics_value(m, i));
    }
}

/* --- sums --- */

static struct st_ir_expr *narrow(struct st_metrics *m, struct st_ir_expr *sum)
{
    static const int64_t most = INT64_MAX;
    struct st_arena *a = arena_of(m);
    sum = FN(m, COALESCE, sum, st_ir_wide(a, 0));
    struct st_ir_expr *fits =
        FN(m, AND, FN(m, LE, sum, st_ir_wide(a, most)), FN(m, GE, sum, st_ir_wide(a, -most)));
    return st_ir_when(a, fits, st_ir_cast(a, sum, ST_IR_BIGINT), st_ir_null(a, ST_IR_BIGINT));
}

/* By how much a sum over days is more than the last day's amount on each of them: it stays the same
 * as long as the balance does. */
static struct st_ir_expr *beyond_closing(
    struct st_metrics *m, const struct st_rel *rel, const struct aggregate_column *item)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *zero = st_ir_wide(a, 0);
    struct st_ir_expr *sum = FN(m, COALESCE, st_ir_column(a, rel, 0, item->name), zero);
    struct st_ir_expr *closing = FN(m, COALESCE, st_ir_column(a, rel, 0, item->closing), zero);
    return FN(m, SUB, sum, FN(m, MUL, closing, st_ir_cast(a, metrics_days(m, item), ST_IR_WIDE)));
}

/* A sum as a row has it: NULL where 64 bits do not hold it, 0 where there is none. Wide columns
 * take DuckDB a quarter of a microsecond each to read or to write. */
static struct st_ir_column row_sum(
    struct st_metrics *m, const struct st_rel *rel, const struct aggregate_column *item)
{
    struct st_arena *a = arena_of(m);
    bool wide = item->expr->type == ST_IR_WIDE;
    struct st_ir_column column = {
        .name = item->name, .type = wide ? ST_IR_BIGINT : item->expr->type};
    if (rel && m->env.foreign) /* at the rates of this run: nothing to go on from */
        column.expr = st_ir_null(a, column.type);
    else if (rel && wide)
        column.expr = narrow(m, m->stands && item->closing ? beyond_closing(m, rel, item)
                                                           : st_ir_column(a, rel, 0, item->name));
    else if (rel)
        column.expr = st_ir_column(a, rel, 0, item->name);
    return column;
}

/* --- columns --- */

size_t metrics_sums(const struct st_metrics *m, const struct aggregate_column **items)
{
    size_t count = 0;
    for (int source = 0; source < ST_SOURCE_CUSTOMER; source++) {
        bool carried = metrics_carry(m, (enum st_metric_source)source);
        for (size_t i = 0; carried && i < m->aggregates[source].count; i++, count++)
            if (items)
                items[count] = &m->aggregates[source].items[i];
    }
    return count;
}

/* The sums as rows have them; `rel` NULL: their names and types. */
static void add_row_sums(
    struct st_metrics *m, const struct st_rel *rel, struct st_ir_column *columns, size_t *count)
{
    const struct aggregate_column **items =
        st_arena_array(arena_of(m), const struct aggregate_column *, metrics_sums(m, NULL));
    size_t sums = metrics_sums(m, items);
    for (size_t i = 0; i < sums; i++)
        columns[(*count)++] = row_sum(m, rel, items[i]);
}

struct st_ir_column *st_metrics_table_columns(struct st_metrics *m, size_t *count)
{
    static const char *const fixed[FIXED_COLUMNS] = {"run_id", "customer_id", "status"};
    struct st_ir_column *columns = st_arena_array(
        arena_of(m), struct st_ir_column, FIXED_COLUMNS + m->column_count + metrics_sums(m, NULL));
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        columns[i] = (struct st_ir_column){.name = fixed[i], .type = ST_IR_BIGINT};
    *count = FIXED_COLUMNS;
    for (size_t i = 0; i < m->column_count; i++)
        columns[(*count)++] = (struct st_ir_column){
            .name = m->columns[i].name, .type = st_kind_ir_type(m->columns[i].kind)};
    const struct aggregate_column **items =
        st_arena_array(arena_of(m), const struct aggregate_column *, metrics_sums(m, NULL));
    size_t sums = metrics_sums(m, items);
    for (size_t i = 0; i < sums; i++)
        columns[(*count)++] =
            (struct st_ir_column){.name = items[i]->name, .type = items[i]->expr->type};
    return columns;
}

static struct st_ir_column *row_columns(struct st_metrics *m, size_t *count)
{
    static const char *const fixed[FIXED_ROW_COLUMNS] = {
        "series", "run_id", "until_run", "customer_id", "status"};
    struct st_ir_column *columns = st_arena_array(arena_of(m), struct st_ir_column,
        FIXED_ROW_COLUMNS + m->column_count + metrics_sums(m, NULL) + m->leaf_count);
    for (size_t i = 0; i < FIXED_ROW_COLUMNS; i++)
        columns[i] = (struct st_ir_column){.name = fixed[i], .type = ST_IR_BIGINT};
    *count = FIXED_ROW_COLUMNS;
    for (size_t i = 0; i < m->column_count; i++)
        columns[(*count)++] = (struct st_ir_column){
            .name = m->columns[i].name, .type = st_kind_ir_type(m->columns[i].kind)};
    add_row_sums(m, NULL, columns, count);
    for (size_t i = 0; i < m->leaf_count; i++)
        columns[(*count)++] = m->leaves[i];
    return columns;
}

static struct st_ir_column *run_columns(struct st_metrics *m, size_t *count)
{
    const struct st_ir_column fixed[FIXED_RUN_COLUMNS] = {{.name = "series", .type = ST_IR_BIGINT},
        {.name = "run_id", .type = ST_IR_BIGINT}, {.name = "derives", .type = ST_IR_BOOL}};
    struct st_ir_column *columns =
        st_arena_array(arena_of(m), struct st_ir_column, FIXED_RUN_COLUMNS + m->run_params.count);
    memcpy(columns, fixed, sizeof fixed);
    *count = FIXED_RUN_COLUMNS;
    for (size_t i = 0; i < m->run_params.count; i++)
        columns[(*count)++] =
            (struct st_ir_column){.name = run_param(m, i), .type = m->run_params.items[i]->type};
    return columns;
}

/* --- what is inserted --- */

/* `rel` and the instances of one stage. */
static struct st_rel *add_stage(struct st_metrics *m, struct st_rel *rel, int stage)
{
    struct st_arena *a = arena_of(m);
    size_t count = rel->column_count;
    for (const struct instance *i = m->instances; i; i = i->next)
        count += i->stage == stage;
    if (count == rel->column_count)
        return NULL;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, count);
    size_t n = 0;
    for (; n < rel->column_count; n++)
        columns[n] = st_rel_pass(a, rel, 0, rel->columns[n].name);
    for (const struct instance *i = m->instances; i; i = i->next)
        if (i->stage == stage)
            columns[n++] = (struct st_ir_column){.name = i->column, .expr = i->value.ir};
    return st_rel_project(a, rel, count, columns);
}

struct st_rel *metrics_over(struct st_metrics *m, struct st_rel *rel, struct st_ir_expr *until)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *next;
    for (int stage = 1; (next = add_stage(m, rel, stage)); stage++)
        rel = next;
    const struct st_ir_column fixed[FIXED_ROW_COLUMNS] = {
        {.name = "series", .expr = st_plan_simple(a, m->env.params, ST_PLAN_METRIC_SERIES)},
        {.name = "run_id", .expr = st_plan_simple(a, m->env.params, ST_PLAN_RUN_ID)},
        {.name = "until_run", .expr = until ? until : st_ir_int(a, ST_RUN_NEVER)},
        st_rel_pass(a, rel, 0, "customer_id"), st_rel_pass(a, rel, 0, "status")};
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column,
        FIXED_ROW_COLUMNS + m->column_count + metrics_sums(m, NULL) + m->leaf_count);
    size_t count = FIXED_ROW_COLUMNS;
    memcpy(columns, fixed, sizeof fixed);
    for (size_t i = 0; i < m->column_count; i++) {
        const char *name = m->columns[i].name;
        columns[count++] = m->extra_values[i]
                               ? (struct st_ir_column){.name = name, .expr = m->extra_values[i]}
                               : st_rel_pass(a, rel, 0, name);
    }
    add_row_sums(m, rel, columns, &count);
    for (size_t i = 0; i < m->leaf_count; i++)
        columns[count++] = st_rel_pass(a, rel, 0, m->leaves[i].name);
    return st_rel_project(a, rel, count, columns);
}

/* The run's own row: its series and its days. */
static struct st_rel *run_row(struct st_metrics *m)
{
    static const struct st_ir_column run[] = {{.name = "run_id", .type = ST_IR_BIGINT}};
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = st_rel_scan(a, "run", ST_COUNT(run), run);
    struct st_ir_expr *run_id = st_plan_simple(a, m->env.params, ST_PLAN_RUN_ID);
    rel = st_rel_filter(a, rel, FN(m, EQ, st_ir_column(a, rel, 0, "run_id"), run_id));
    size_t count = 0;
    struct st_ir_column *columns = run_columns(m, &count);
    columns[0].expr = st_plan_simple(a, m->env.params, ST_PLAN_METRIC_SERIES);
    columns[1].expr = st_ir_column(a, rel, 0, "run_id");
    columns[2].expr = st_ir_bool(a, !m->env.foreign);
    for (size_t i = 0; i < m->run_params.count; i++)
        columns[FIXED_RUN_COLUMNS + i].expr = m->run_params.items[i];
    return st_rel_project(a, rel, count, columns);
}

void st_metrics_store_in(struct st_metrics *m, const char *table, struct st_metric_storage *out)
{
    *out = (struct st_metric_storage){.rows = st_arena_printf(arena_of(m), "%s_row", table),
        .runs = st_arena_printf(arena_of(m), "%s_run", table)};
    out->row_columns = row_columns(m, &out->row_column_count);
    out->run_columns = run_columns(m, &out->run_column_count);
}

void st_metrics_plan_storage(struct st_metrics *m, struct st_metric_storage *storage)
{
    storage->run_row = run_row(m);
    storage->view = metrics_view(m, storage);
}

/* --- do rows stand? --- */

/* Windows of a sum over days that begin on another day start it anew for everybody. */
bool st_metrics_stand(const struct st_metrics *m, unsigned families, st_date base, st_date as_of)
{
    bool stand = m->stands && !m->env.foreign;
    for (int source = 0; source < ST_SOURCE_CUSTOMER && stand; source++)
        stand = !m->aggregates[source].count || families >> source & 1;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_BALANCE].count && stand; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        stand = !item->closing ||
                metrics_window(m, item, base).from == metrics_window(m, item, as_of).from;
    }
    return stand;
}
