/* One scheme of the report: tiers with their measure, movement, trend, value, cells. */
#include "report/internal.h"

static json_t *movement_json(const struct st_movement *m)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "up", m->up, "down", m->down, "moved",
        m->moved, "same", m->same, "entered", m->entered, "left", m->left);
}

static int rank_of(const struct st_scheme *scheme, int64_t tier_id)
{
    for (size_t i = 0; i < scheme->tier_count; i++)
        if (scheme->tiers[i].id == tier_id)
            return (int)i;
    return -1;
}

json_t *st_report_flow(const struct st_scheme *scheme, const struct st_flow *cells, size_t count)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct st_flow *f = &cells[i];
        bool was = f->status_before == ST_STATUS_RATED, is = f->status_now == ST_STATUS_RATED;
        int from = was ? rank_of(scheme, f->tier_before) : -1;
        int to = is ? rank_of(scheme, f->tier_now) : -1;
        if (was || is)
            json_array_append_new(out, json_pack("[i, i, I]", from, to, f->customers));
    }
    return out;
}

/* --- tiers --- */

/* Per tier: customers with a measure, and its sum. */
static st_code read_amounts(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const char *scheme, struct st_report_table *out,
    struct st_error *err)
{
    static const char *const by_tier[] = {"tier"};
    struct st_rel *rows = st_report_rows(a, run, scheme, NULL, false);
    const struct st_ir_column sum = {.name = "amount",
        .expr = st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, rows, 0, "measure"), NULL)};
    return st_report_query(store, a, run, st_rel_aggregate(a, rows, 1, by_tier, 1, &sum), out, err);
}

/* A tier's least value: a literal of the policy, or what the run bound. */
static json_t *bound_json(
    const struct st_report_run *run, const struct st_ir_expr *bound, int scale)
{
    if (!bound)
        return json_null();
    if (bound->kind == ST_IR_LITERAL)
        return st_report_amount(&(struct st_ir_value){.number = bound->integer}, scale);
    for (size_t row = 0; row < run->bounds.rows; row++)
        if (strcmp(st_report_cell(&run->bounds, row, 0)->text, bound->name) == 0)
            return st_report_amount(st_report_cell(&run->bounds, row, 1), scale);
    return json_null();
}

static json_t *titles_json(const struct st_texts *texts)
{
    json_t *out = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(out, st_report_title(&texts->items[i]));
    return out;
}

/* The measure's sum in a tier; nobody there holds nothing. */
static json_t *amount_of(
    const struct st_report_run *run, const struct st_report_table *amounts, int64_t tier_id)
{
    const struct st_ir_value nothing = {.number = 0};
    const struct st_ir_value *amount = &nothing;
    if (!run->measure)
        return json_null();
    for (size_t row = 0; row < amounts->rows; row++)
        if (st_report_int(amounts, row, 0) == tier_id && !st_report_cell(amounts, row, 1)->is_null)
            amount = st_report_cell(amounts, row, 1);
    return st_report_amount(amount, run->measure->scale);
}

static json_t *tiers_json(const struct st_report_run *run, const struct st_tiers *t,
    const struct st_report_table *amounts, const struct st_method_view *view)
{
    json_t *out = json_array();
    int value_scale = view->value ? view->value->scale : t->scheme->score_scale;
    for (size_t i = 0; i < t->tier_count; i++) {
        const struct st_tier_count *tier = &t->tiers[i];
        const struct st_tier *compiled = &t->scheme->tiers[i];
        json_array_append_new(
            out, json_pack("{s:s, s:o, s:I, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "code", tier->code,
                     "title", st_report_title(&tier->title), "customers", tier->customers, "amount",
                     amount_of(run, amounts, compiled->id), "from",
                     bound_json(run, view->bounds ? view->bounds[i] : NULL, value_scale), "joined",
                     tier->joined, "left", tier->left, "entered", tier->entered, "needs",
                     titles_json(&compiled->needs), "services", titles_json(&compiled->services)));
    }
    return out;
}

/* --- trend --- */

static st_code add_trend(struct st_store *store, struct st_arena *a, const struct st_tiers *t,
    json_t *out, struct st_error *err)
{
    struct st_report_table rows;
    struct st_bind binds[] = {
        st_bind_text(t->run.scheme), st_bind_date(t->run.as_of), st_bind_int(ST_REPORT_PERIODS)};
    st_code code = st_report_fetch(
        store, a, st_sql_file_text("report/trend.sql"), binds, ST_COUNT(binds), &rows, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array(), *customers = NULL;
    for (size_t row = 0; row < rows.rows; row++) {
        if (row == 0 || st_report_int(&rows, row, 0) != st_report_int(&rows, row - 1, 0)) {
            customers = json_array();
            for (size_t i = 0; i < t->tier_count; i++)
                json_array_append_new(customers, json_integer(0));
            json_array_append_new(
                list, json_pack("{s:o, s:o}", "as_of",
                          st_report_date(st_report_cell(&rows, row, 0)), "customers", customers));
        }
        int rank = rank_of(t->scheme, st_report_int(&rows, row, 1));
        if (rank >= 0) /* a tier that the policy of the day no longer has is left out */
            json_array_set_new(customers, (size_t)rank, json_integer(st_report_int(&rows, row, 2)));
    }
    json_object_set_new(out, "trend", list);
    return ST_OK;
}

/* --- cells: rfm's and a matrix's --- */

/* By the method's rule: customers, the measure's sum, and of rfm the monetary value's. */
static st_code read_cells(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const char *scheme, struct st_ir_expr *value,
    struct st_report_table *out, struct st_error *err)
{
    static const char *const by_rule[] = {"rule"};
    struct st_rel *rows = st_report_rows(a, run, scheme, value, false);
    const struct st_ir_column columns[] = {
        {.name = "customers", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)},
        {.name = "amount",
            .expr = st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, rows, 0, "measure"), NULL)},
        {.name = "total",
            .expr = st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, rows, 0, "value"), NULL)}};
    return st_report_query(
        store, a, run, st_rel_aggregate(a, rows, 1, by_rule, ST_COUNT(columns), columns), out, err);
}

static void add_wide(struct st_ir_value *to, const struct st_ir_value *value)
{
    to->number += value->number; /* NULL is 0 */
}

/* The cube R × F × M laid flat onto R × F. */
static st_code add_rfm(struct st_store *store, struct st_arena *a, const struct st_report_run *run,
    const struct st_scheme *scheme, const struct st_method_view *view, json_t *out,
    struct st_error *err)
{
    struct st_report_table t;
    const struct st_typed *monetary = &view->axes[2];
    st_code code = read_cells(store, a, run, scheme->def->name, monetary->ir, &t, err);
    if (code != ST_OK)
        return code;
    json_t *cells = json_array();
    for (int r = 1; r <= view->bins; r++)
        for (int f = 1; f <= view->bins; f++) {
            struct st_ir_value total = {.number = 0};
            int64_t customers = 0;
            for (size_t row = 0; row < t.rows; row++)
                if (st_report_int(&t, row, 0) / 10 == r * 10 + f) {
                    customers += st_report_int(&t, row, 1);
                    add_wide(&total, st_report_cell(&t, row, 3));
                }
            json_array_append_new(
                cells, json_pack("{s:i, s:i, s:I, s:o}", "r", r, "f", f, "customers", customers,
                           "monetary", st_report_amount(&total, monetary->scale)));
        }
    json_object_set_new(out, "rfm",
        json_pack("{s:i, s:s, s:o}", "bins", view->bins, "kind",
            monetary->kind == ST_KIND_MONEY ? "money" : "number", "cells", cells));
    return ST_OK;
}

static json_t *axis_json(const struct st_scheme *scheme)
{
    json_t *tiers = json_array();
    for (size_t i = 0; i < scheme->tier_count; i++)
        json_array_append_new(tiers, st_report_title(&scheme->tiers[i].title));
    return json_pack("{s:o, s:o}", "title", st_report_title(&scheme->def->title), "tiers", tiers);
}

static st_code add_matrix(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const struct st_scheme *scheme,
    const struct st_method_view *view, json_t *out, struct st_error *err)
{
    struct st_report_table t;
    size_t count = view->rows->tier_count * view->columns->tier_count;
    st_code code = read_cells(store, a, run, scheme->def->name, NULL, &t, err);
    if (code != ST_OK)
        return code;
    json_t *cells = json_array();
    for (size_t i = 0; i < count; i++) {
        struct st_ir_value amount = {.number = 0};
        int64_t customers = 0;
        for (size_t row = 0; row < t.rows; row++)
            if (st_report_int(&t, row, 0) == (int64_t)i + 1) {
                customers = st_report_int(&t, row, 1);
                add_wide(&amount, st_report_cell(&t, row, 2));
            }
        json_array_append_new(cells,
            json_pack("{s:i, s:I, s:o}", "tier", view->cells[i], "customers", customers, "amount",
                run->measure ? st_report_amount(&amount, run->measure->scale) : json_null()));
    }
    json_object_set_new(out, "matrix",
        json_pack("{s:o, s:o, s:o}", "rows", axis_json(view->rows), "columns",
            axis_json(view->columns), "cells", cells));
    return ST_OK;
}

/* --- the whole --- */

static bool divides_amounts(const struct st_method_view *view)
{
    return view->divides_score || (view->value && (view->value->kind == ST_KIND_MONEY ||
                                                      view->value->kind == ST_KIND_NUMBER));
}

static st_code add_parts(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const struct st_tiers *t, const struct st_method_view *view,
    json_t *out, struct st_error *err)
{
    json_t *distribution = NULL, *path = NULL;
    st_code code = add_trend(store, a, t, out, err);
    if (code == ST_OK)
        code = st_report_path(store, a, run, t->scheme, &path, err);
    if (path)
        json_object_set_new(out, "path", path);
    if (code == ST_OK && divides_amounts(view))
        code = st_report_distribution(store, a, run, t->scheme, view, &distribution, err);
    if (distribution)
        json_object_set_new(out, "distribution", distribution);
    if (code == ST_OK && view->axes)
        code = add_rfm(store, a, run, t->scheme, view, out, err);
    if (code == ST_OK && view->rows)
        code = add_matrix(store, a, run, t->scheme, view, out, err);
    return code;
}

st_code st_report_scheme(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const char *name, json_t **out, struct st_error *err)
{
    struct st_tiers t;
    struct st_report_table amounts = {0};
    struct st_method_view view = {0};
    const struct st_scheme *scheme = st_compiled_scheme(run->compiled, name);
    char date[ST_DATE_TEXT_SIZE];
    st_code code = st_read_tiers(store, a, name, &run->as_of, &t, err);
    if (code == ST_OK && run->measure)
        code = read_amounts(store, a, run, name, &amounts, err);
    if (code != ST_OK)
        return code;
    t.scheme = scheme;
    if (scheme->ops->view)
        scheme->ops->view(a, scheme, &view);
    json_t *o = json_pack("{s:s, s:o, s:s, s:b, s:I, s:I, s:I, s:I, s:o}", "name", name, "title",
        st_report_title(&scheme->def->title), "method", scheme->ops->name, "ranked", scheme->ranked,
        "run", run->run_id, "rated", t.movement.rated, "gated", t.movement.gated, "unrated",
        t.movement.unrated, "tiers", tiers_json(run, &t, &amounts, &view));
    if (t.has_before)
        json_object_set_new(o, "movement",
            json_pack("{s:s, s:o, s:o}", "before", st_date_format(t.before, date), "counts",
                movement_json(&t.movement), "flow", st_report_flow(scheme, t.flow, t.flow_count)));
    code = add_parts(store, a, run, &t, &view, o, err);
    if (code != ST_OK) {
        json_decref(o);
        return code;
    }
    *out = o;
    return ST_OK;
}
