/* Tiers before and after as relations: everybody's published row beside what the new plan gives, or
 * both plans over the same metric row. */
#include "ir/carry.h"
#include "run/simulate_internal.h"

enum { STATE_COLUMNS = 5 };

static struct st_ir_column named(const char *name, struct st_ir_expr *expr)
{
    return (struct st_ir_column){.name = name, .expr = expr};
}

static struct st_ir_expr *run_id(struct what_if *w)
{
    return st_plan_simple(w->arena, &w->new.plan->params, ST_PLAN_RUN_ID);
}

/* --- before and after --- */

/* What the run published. */
static struct st_rel *published(struct what_if *w, const char *scheme)
{
    static const struct st_ir_column columns[] = {{.name = "run_id", .type = ST_IR_BIGINT},
        {.name = "scheme", .type = ST_IR_TEXT}, {.name = "customer_id", .type = ST_IR_BIGINT},
        {.name = "status", .type = ST_IR_BIGINT}, {.name = "tier", .type = ST_IR_BIGINT}};
    struct st_arena *a = w->arena;
    struct st_rel *rel = st_rel_scan(a, "tier_state", ST_COUNT(columns), columns);
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"), run_id(w)),
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "scheme"), st_ir_text(a, scheme))));
    const struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"),
        named("status_before", st_ir_column(a, rel, 0, "status")),
        named("tier_before", st_ir_column(a, rel, 0, "tier"))};
    return st_rel_project(a, rel, ST_COUNT(kept), kept);
}

/* --- the measure and the tier before, beside what the new plan gives --- */

static struct st_ir_column measure(struct what_if *w)
{
    return named("amount", w->carried ? st_ir_column_named(w->arena, 0, w->carried, ST_IR_BIGINT)
                                      : st_ir_null(w->arena, ST_IR_BIGINT));
}

/* Everybody's row of the metrics: customer_id and the measure. */
static struct st_rel *measured(struct what_if *w)
{
    struct st_arena *a = w->arena;
    const struct st_ir_column columns[] = {{.name = "run_id", .type = ST_IR_BIGINT},
        {.name = "customer_id", .type = ST_IR_BIGINT}, {.name = w->carried, .type = ST_IR_BIGINT}};
    struct st_rel *rel = st_rel_scan(a, w->source, w->carried ? ST_COUNT(columns) : 2, columns);
    rel =
        st_rel_filter(a, rel, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"), run_id(w)));
    const struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"), measure(w)};
    return st_rel_project(a, rel, ST_COUNT(kept), kept);
}

/* A relation keyed by customer with the measure, where it cannot be carried along. */
static struct st_rel *beside_measure(struct what_if *w, struct st_rel *rel)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = w->arena;
    struct st_rel *right = measured(w);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, rel->column_count + 1);
    for (size_t i = 0; i < rel->column_count; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    columns[rel->column_count] = st_rel_pass(a, right, 1, "amount");
    return st_rel_join(a, ST_JOIN_INNER, rel, right, 1, keys, rel->column_count + 1, columns);
}

/* What the new plan makes of everybody, with columns of the source carried along; rule and score
 * only where a list of movers asks why. */
static struct st_rel *simulated(struct what_if *w, const struct st_step *step,
    const struct st_ir_column *more, size_t more_count)
{
    struct st_arena *a = w->arena;
    struct st_ir_column *wanted = st_arena_array(a, struct st_ir_column, 1 + more_count);
    struct st_ir_column *carried = st_arena_array(a, struct st_ir_column, 1 + more_count);
    size_t wanted_count = 0;
    carried[0] = measure(w);
    for (size_t i = 0; i < more_count; i++)
        carried[1 + i] = more[i];
    for (size_t i = 0; i <= more_count; i++)
        if (carried[i].expr->kind == ST_IR_COLUMN)
            wanted[wanted_count++] =
                (struct st_ir_column){.name = carried[i].expr->name, .type = carried[i].expr->type};
    const struct st_carry carry = {.arena = a,
        .table = w->source,
        .wanted = wanted,
        .wanted_count = wanted_count,
        .columns = carried,
        .column_count = 1 + more_count};
    struct st_rel *rel = st_rel_carry(&carry, step->rel);
    if (!rel && more_count == 0)
        rel = beside_measure(w, step->rel);
    bool machine = rel && st_rel_column(rel, "reason") != NULL;
    if (!rel)
        return NULL;
    const struct st_ir_column own[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "amount"), named("status_after", st_ir_column(a, rel, 0, "status")),
        named("tier_after", st_ir_column(a, rel, 0, "tier")),
        named("reason", machine ? st_ir_column(a, rel, 0, "reason") : st_ir_null(a, ST_IR_BIGINT)),
        named("candidate", st_ir_column(a, rel, 0, "candidate")),
        named("rule", st_ir_column(a, rel, 0, "rule")),
        named("score", st_ir_column(a, rel, 0, "score"))};
    size_t n = w->options->movers ? ST_COUNT(own) : STATE_COLUMNS;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, n + more_count);
    memcpy(columns, own, n * sizeof *own);
    for (size_t i = 0; i < more_count; i++)
        columns[n + i] = st_rel_pass(a, rel, 0, more[i].name);
    return st_rel_project(a, rel, n + more_count, columns);
}

/* A parameter of the plan in force as what it was. */
static struct st_ir_expr *old_value(void *context, const struct st_ir_expr *param)
{
    struct what_if *w = context;
    struct st_bind bind;
    if (st_run_bind(&w->old.runner, param->name, &bind, NULL) != ST_OK)
        return NULL;
    if (bind.is_null)
        return st_ir_null(w->arena, param->type);
    return param->type == ST_IR_DATE ? st_ir_date(w->arena, (st_date)bind.integer)
           : param->type == ST_IR_BOOL
               ? st_ir_bool(w->arena, bind.integer != 0)
               : st_ir_cast(w->arena, st_ir_int(w->arena, bind.integer), param->type);
}

#define UNDER_OLD "old."

/* The columns of the metric table that the plan in force needs, as "old.…" in the new one's rows.
 */
static size_t inputs_of(
    struct what_if *w, const struct st_step *before, struct st_ir_column *inputs)
{
    struct st_column_names read = {0};
    size_t n = 0;
    st_rel_reads(w->arena, before->rel, w->source, &read);
    for (size_t i = 0; i < w->old.plan->table_column_count; i++) {
        const struct st_ir_column *c = &w->old.plan->table_columns[i];
        const char *name = what_if_before(w, c->name);
        if (st_column_names_have(&read, c->name) || strcmp(c->name, "customer_id") == 0)
            inputs[n++] = named(st_arena_printf(w->arena, UNDER_OLD "%s", c->name),
                name ? st_ir_column_named(w->arena, 0, name, c->type)
                     : st_ir_null(w->arena, c->type));
    }
    return n;
}

/* The new plan's rows with the metric table's under their own names and what it gives as "new.…":
 * what the plan in force starts from. `kept` gets the latter. */
static struct st_rel *under_old(
    struct what_if *w, struct st_rel *rel, size_t own, struct st_ir_column *kept)
{
    struct st_arena *a = w->arena;
    size_t n = 0;
    struct st_ir_column *start = st_arena_array(a, struct st_ir_column, rel->column_count);
    for (size_t i = own; i < rel->column_count; i++)
        start[n++] = named(rel->columns[i].name + sizeof UNDER_OLD - 1,
            st_ir_column(a, rel, 0, rel->columns[i].name));
    for (size_t i = 0; i < own; i++) {
        const char *name = st_arena_printf(a, "new.%s", rel->columns[i].name);
        start[n++] = named(name, st_ir_column(a, rel, 0, rel->columns[i].name));
        kept[i] = named(name, st_ir_column_named(a, 0, name, rel->columns[i].type));
    }
    return st_rel_project(a, rel, n, start);
}

/* Both plans in one pass over the metric rows, the one in force on top of the new one. NULL: its
 * tiers do not follow from those rows alone (moves, overrides, households). */
struct st_rel *what_if_one_pass(struct what_if *w, const struct st_simulated_scheme *s)
{
    struct st_arena *a = w->arena;
    const struct st_step *before = what_if_step(w->old.plan, s->name);
    struct st_ir_column *inputs =
        st_arena_array(a, struct st_ir_column, w->old.plan->table_column_count);
    size_t count = inputs_of(w, before, inputs);
    struct st_rel *rel = simulated(w, what_if_step(w->new.plan, s->name), inputs, count);
    if (!rel)
        return NULL;
    size_t own = rel->column_count - count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, own + 2);
    const struct st_carry carry = {.arena = a,
        .table = w->source,
        .start = under_old(w, rel, own, columns),
        .columns = columns,
        .column_count = own,
        .value = old_value,
        .context = w};
    struct st_rel *both = st_rel_carry(&carry, before->rel);
    if (!both)
        return NULL;
    struct st_ir_column *out = st_arena_array(a, struct st_ir_column, own + 2);
    for (size_t i = 0; i < own; i++)
        out[i] = named(rel->columns[i].name, st_ir_column(a, both, 0, columns[i].name));
    out[own] = named("status_before", st_ir_column(a, both, 0, "status"));
    out[own + 1] = named("tier_before", st_ir_column(a, both, 0, "tier"));
    return st_rel_project(a, both, own + 2, out);
}

/* The same people on both sides, or nobody before or after. */
struct st_rel *what_if_joined(struct what_if *w, const struct st_simulated_scheme *s)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = w->arena;
    struct st_ir_expr *none = st_ir_null(a, ST_IR_BIGINT);
    bool removed = s->state == ST_SIMULATED_REMOVED;
    struct st_rel *after =
        removed ? measured(w) : simulated(w, what_if_step(w->new.plan, s->name), NULL, 0);
    struct st_rel *before = s->state == ST_SIMULATED_ADDED ? NULL : published(w, s->name);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, 16);
    size_t n = 0;
    for (size_t i = 0; i < after->column_count; i++)
        columns[n++] = st_rel_pass(a, after, 0, after->columns[i].name);
    columns[n++] =
        named("status_before", before ? st_ir_column(a, before, 1, "status_before") : none);
    columns[n++] = named("tier_before", before ? st_ir_column(a, before, 1, "tier_before") : none);
    if (removed) {
        columns[n++] = named("status_after", none);
        columns[n++] = named("tier_after", none);
        columns[n++] = named("reason", none);
    }
    return before ? st_rel_join(a, ST_JOIN_INNER, after, before, 1, keys, n, columns)
                  : st_rel_project(a, after, n, columns);
}
