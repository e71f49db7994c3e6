/* Everybody's tier before and after, side by side, and what they add up to: alike customers are one
 * cell, so that every count of a what-if is a sum of cells. */
#include "run/simulate_internal.h"

static struct st_ir_column named(const char *name, struct st_ir_expr *expr)
{
    return (struct st_ir_column){.name = name, .expr = expr};
}

static const struct st_ir_column row_columns[] = {{.name = "customer_id", .type = ST_IR_BIGINT},
    {.name = "status_before", .type = ST_IR_BIGINT}, {.name = "tier_before", .type = ST_IR_BIGINT},
    {.name = "status_after", .type = ST_IR_BIGINT}, {.name = "tier_after", .type = ST_IR_BIGINT},
    {.name = "reason", .type = ST_IR_BIGINT}, {.name = "amount", .type = ST_IR_BIGINT}};

/* Everybody, from the temporary table. */
static struct st_rel *rows(struct what_if *w)
{
    return st_rel_scan(w->arena, SIMULATED_ROWS, ST_COUNT(row_columns), row_columns);
}

static struct st_rel *grouped(
    struct st_arena *a, struct st_rel *rel, size_t key_count, const char *const *keys)
{
    const struct st_ir_column sums[] = {
        named("customers", st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)),
        named("total", st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, rel, 0, "amount"), NULL))};
    return st_rel_aggregate(a, rel, key_count, keys, ST_COUNT(sums), sums);
}

enum {
    CELL_BY,
    CELL_VALUE,
    CELL_FROM,
    CELL_TO,
    CELL_WAS,
    CELL_IS,
    CELL_REASON,
    CELL_COUNT,
    CELL_SUM
};

/* Groups as cells: the columns of CELL_BY to CELL_SUM. Not all groups have reasons. */
static struct st_rel *as_cells(struct st_arena *a, struct st_rel *rel, size_t by, const char *value)
{
    struct st_ir_expr *none = st_ir_null(a, ST_IR_BIGINT);
    const struct st_ir_column columns[] = {
        [CELL_BY] = named("by", st_ir_cast(a, st_ir_int(a, (int64_t)by), ST_IR_BIGINT)),
        [CELL_VALUE] =
            named("value", value ? st_ir_column(a, rel, 0, value) : st_ir_null(a, ST_IR_TEXT)),
        [CELL_FROM] = named("tier_before", st_ir_column(a, rel, 0, "tier_before")),
        [CELL_TO] = named("tier_after", st_ir_column(a, rel, 0, "tier_after")),
        [CELL_WAS] =
            named("status_before", value ? none : st_ir_column(a, rel, 0, "status_before")),
        [CELL_IS] = named("status_after", value ? none : st_ir_column(a, rel, 0, "status_after")),
        [CELL_REASON] = named("reason",
            value || !st_rel_column(rel, "reason") ? none : st_ir_column(a, rel, 0, "reason")),
        [CELL_COUNT] = named("customers", st_ir_column(a, rel, 0, "customers")),
        [CELL_SUM] = named("total", st_ir_column(a, rel, 0, "total"))};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

/* Only a machine gives reasons: one key less to put customers together by. */
static bool has_reasons(const struct what_if *w, const struct st_simulated_scheme *s)
{
    const struct st_step *step = what_if_step(w->new.plan, s->name);
    return step && st_rel_column(step->rel, "reason");
}

static struct st_rel *all_cells(
    struct what_if *w, const struct st_simulated_scheme *s, struct st_rel *everybody)
{
    static const char *const keys[] = {
        "status_before", "tier_before", "status_after", "tier_after", "reason"};
    struct st_arena *a = w->arena;
    size_t count = ST_COUNT(keys) - !has_reasons(w, s);
    return as_cells(a, grouped(a, everybody, count, keys), 0, NULL);
}

/* Everybody beside who they are, once; then a group for each breakdown. */
static struct st_rel *cells_by(struct what_if *w, struct st_rel *people)
{
    static const char *const by_customer[] = {"customer_id"};
    struct st_arena *a = w->arena;
    size_t count = w->out->by_count, n = 0;
    struct st_rel *left = rows(w);
    struct st_ir_column columns[3 + ST_SIMULATE_BY_MAX];
    struct st_rel *parts[ST_SIMULATE_BY_MAX];
    columns[n++] = st_rel_pass(a, left, 0, "tier_before");
    columns[n++] = st_rel_pass(a, left, 0, "tier_after");
    columns[n++] = st_rel_pass(a, left, 0, "amount");
    for (size_t i = 0; i < count; i++)
        columns[n++] = st_rel_pass(a, people, 1, w->out->by[i].name);
    struct st_rel *joined = st_rel_join(a, ST_JOIN_LEFT, left, people, 1, by_customer, n, columns);
    for (size_t i = 0; i < count; i++) {
        const char *const keys[] = {w->out->by[i].name, "tier_before", "tier_after"};
        parts[i] = as_cells(a, grouped(a, joined, ST_COUNT(keys), keys), i + 1, keys[0]);
    }
    return count == 1 ? parts[0] : st_rel_union_all(a, count, parts);
}

struct cell_reader {
    struct what_if *w;
    const struct st_simulated_scheme *scheme;
    struct ST_VEC(struct st_simulated_cell) cells;
};

static int tier_index(const struct st_simulated_scheme *s, int64_t id)
{
    size_t i = 0;
    while (i < s->tier_count && s->tiers[i].id != id)
        i++;
    return i < s->tier_count ? (int)i : ST_SIMULATED_NOBODY;
}

static int64_t int_or(const struct st_batch *b, size_t column, size_t row, int64_t none)
{
    return st_batch_is_null(b, column, row) ? none : st_batch_int(b, column, row);
}

static st_code read_cell(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct cell_reader *r = context;
    (void)err;
    *st_vec_push(&r->cells) =
        (struct st_simulated_cell){.by = (size_t)st_batch_int(b, CELL_BY, row),
            .value = st_batch_is_null(b, CELL_VALUE, row)
                         ? NULL
                         : st_run_text(r->w->arena, b, CELL_VALUE, row),
            .from = tier_index(r->scheme, int_or(b, CELL_FROM, row, 0)),
            .to = tier_index(r->scheme, int_or(b, CELL_TO, row, 0)),
            .status_before = int_or(b, CELL_WAS, row, -1),
            .status_after = int_or(b, CELL_IS, row, -1),
            .reason = int_or(b, CELL_REASON, row, 0),
            .customers = st_batch_int(b, CELL_COUNT, row),
            .amount = st_batch_is_null(b, CELL_SUM, row) ? 0 : st_batch_wide(b, CELL_SUM, row)};
    return ST_OK;
}

static int order(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

/* Unknown values last. */
static int compare_cells(const void *left, const void *right)
{
    const struct st_simulated_cell *x = left, *y = right;
    int by = order((int64_t)x->by, (int64_t)y->by);
    if (by == 0)
        by = x->value && y->value ? strcmp(x->value, y->value) : !x->value - !y->value;
    const int64_t parts[][2] = {{x->from, y->from}, {x->to, y->to},
        {x->status_before, y->status_before}, {x->status_after, y->status_after},
        {x->reason, y->reason}};
    for (size_t i = 0; i < ST_COUNT(parts) && by == 0; i++)
        by = order(parts[i][0], parts[i][1]);
    return by;
}

static st_code read_cells(struct what_if *w, struct side *side, struct st_rel *rel,
    struct cell_reader *reader, struct st_error *err)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    st_emit_query(st_store_dialect(w->store), rel, &emitted);
    struct st_bind *binds = st_arena_array(w->arena, struct st_bind, emitted.params.count);
    st_code code = what_if_bind(w, side, &emitted, binds, err);
    if (code == ST_OK)
        code = st_run_each(
            w->store, emitted.sql.text, binds, emitted.params.count, read_cell, reader, err);
    st_emitted_release(&emitted);
    return code;
}

static void keep_cells(struct what_if *w, struct st_simulated_scheme *s, struct cell_reader *reader)
{
    s->cell_count = reader->cells.count;
    s->cells = st_arena_array(w->arena, struct st_simulated_cell, s->cell_count);
    memcpy(s->cells, reader->cells.items, s->cell_count * sizeof *s->cells);
    qsort(s->cells, s->cell_count, sizeof *s->cells, compare_cells);
}

/* One pass makes everybody's row, and the breakdowns and the list are made of those; where neither
 * is asked for, sums alone. */
static st_code count_all(
    struct what_if *w, struct st_rel *everybody, struct cell_reader *reader, struct st_error *err)
{
    bool kept = w->out->by_count || w->movers;
    if (kept)
        TRY(what_if_table(w, &w->new, SIMULATED_ROWS, everybody, err));
    return read_cells(
        w, &w->new, all_cells(w, reader->scheme, kept ? rows(w) : everybody), reader, err);
}

static st_code count_details(struct what_if *w, const struct st_simulated_scheme *s,
    struct cell_reader *reader, struct st_error *err)
{
    struct side people = {0};
    struct st_rel *rel = NULL;
    if (w->out->by_count) {
        TRY(what_if_people(w, &people, &rel, err));
        TRY(read_cells(w, &people, cells_by(w, rel), reader, err));
    }
    if (w->movers)
        TRY(what_if_write_movers(w, s, err));
    return w->out->by_count || w->movers ? what_if_drop(w, SIMULATED_ROWS, err) : ST_OK;
}

/* --- what was published --- */

static st_code read_stocked(
    void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct what_if *w = context;
    (void)err;
    *st_vec_push(&w->stock) = (struct stocked){.scheme = st_run_text(w->arena, b, 0, row),
        .status = st_batch_int(b, 1, row),
        .tier = int_or(b, 2, row, 0),
        .customers = st_batch_int(b, 3, row)};
    return ST_OK;
}

st_code what_if_read_stock(struct what_if *w, struct st_error *err)
{
    struct st_bind run = st_bind_int(w->run_id);
    return st_run_each(w->store,
        "SELECT t.scheme, t.status, t.tier, t.customers FROM tier_stock AS t "
        "WHERE t.run_id = $1",
        &run, 1, read_stocked, w, err);
}

/* Where nobody moves customers are counted alone: adding up their measure would be most of the work
 * of a what-if that changes one scheme of many. */
static void stand_still(const struct what_if *w, struct cell_reader *reader)
{
    for (size_t i = 0; i < w->stock.count; i++) {
        const struct stocked *s = &w->stock.items[i];
        int tier = tier_index(reader->scheme, s->tier);
        if (strcmp(s->scheme, reader->scheme->name) == 0)
            *st_vec_push(&reader->cells) = (struct st_simulated_cell){.from = tier,
                .to = tier,
                .status_before = s->status,
                .status_after = s->status,
                .customers = s->customers};
    }
}

/* Customers by tier before, of cells that count everybody. */
static int64_t count_before(const struct cell_reader *r, int tier, int64_t status)
{
    int64_t sum = 0;
    for (size_t i = 0; i < r->cells.count; i++) {
        const struct st_simulated_cell *c = &r->cells.items[i];
        sum += c->from == tier && c->status_before == status ? c->customers : 0;
    }
    return sum;
}

/* Do the tiers that the plan in force gives count up to those that were published? They are the
 * same rows computed again; a run of a build that computed otherwise would show here. */
static bool is_as_published(const struct what_if *w, const struct cell_reader *computed)
{
    bool same = true;
    for (size_t i = 0; i < w->stock.count; i++) {
        const struct stocked *s = &w->stock.items[i];
        if (strcmp(s->scheme, computed->scheme->name) == 0)
            same &= count_before(computed, tier_index(computed->scheme, s->tier), s->status) ==
                    s->customers;
    }
    return same;
}

/* Without the published rows, where they follow from the metric rows; else beside them. */
static st_code count_changed(struct what_if *w, const struct st_simulated_scheme *s,
    struct cell_reader *reader, struct st_error *err)
{
    struct st_rel *fast = s->state == ST_SIMULATED_CHANGED ? what_if_one_pass(w, s) : NULL;
    bool done = false;
    if (fast) {
        TRY(count_all(w, fast, reader, err));
        done = is_as_published(w, reader);
        if (!done && (w->out->by_count || w->movers))
            TRY(what_if_drop(w, SIMULATED_ROWS, err));
    }
    if (!done) {
        reader->cells.count = 0;
        TRY(count_all(w, what_if_joined(w, s), reader, err));
    }
    return count_details(w, s, reader, err);
}

st_code what_if_scheme(struct what_if *w, struct st_simulated_scheme *s, struct st_error *err)
{
    struct cell_reader reader = {.w = w, .scheme = s};
    st_code code = ST_OK;
    if (s->state == ST_SIMULATED_UNCHANGED)
        stand_still(w, &reader);
    else
        code = count_changed(w, s, &reader, err);
    keep_cells(w, s, &reader);
    st_vec_release(&reader.cells);
    return code;
}
