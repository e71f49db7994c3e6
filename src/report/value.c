/* The value a scheme divides: its histogram by tier, and how a measure concentrates. */
#include "report/bins.h"
#include "report/internal.h"

static struct st_ir_column sum_of(struct st_arena *a, const struct st_rel *rel, const char *name)
{
    return (struct st_ir_column){
        .name = name, .expr = st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, rel, 0, name), NULL)};
}

static struct st_ir_column count_of(struct st_arena *a)
{
    return (struct st_ir_column){
        .name = "customers", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)};
}

static struct st_rel *having(struct st_arena *a, struct st_rel *rows, const char *name)
{
    return st_rel_filter(a, rows, st_ir_fn(a, ST_FN_IS_NOT_NULL, st_ir_column(a, rows, 0, name)));
}

/* row_number by a column, as "position". */
static struct st_rel *numbered(struct st_arena *a, struct st_rel *rel, const char *by)
{
    const char *const order[] = {by};
    const struct st_ir_column over = {
        .name = "position", .expr = st_ir_over(a, ST_WIN_ROW_NUMBER, NULL, 0, NULL, 1, order)};
    const struct st_ir_column one = st_rel_pass(a, rel, 0, by);
    return st_rel_window(a, st_rel_project(a, rel, 1, &one), 1, &over);
}

/* --- distribution --- */

struct summary {
    int64_t count, least, most;
    int64_t none, negative; /* zero or less; less */
    struct st_ir_value sum;
};

static st_code read_summary(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, struct st_rel *rows, struct summary *out, struct st_error *err)
{
    struct st_report_table t;
    rows = having(a, rows, "value");
    struct st_ir_expr *value = st_ir_column(a, rows, 0, "value"), *zero = st_ir_int(a, 0);
    const struct st_ir_column columns[] = {count_of(a),
        {.name = "least", .expr = st_ir_aggregate(a, ST_AGG_MIN, value, NULL)},
        {.name = "most", .expr = st_ir_aggregate(a, ST_AGG_MAX, value, NULL)},
        {.name = "none",
            .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, st_ir_fn(a, ST_FN_LE, value, zero))},
        {.name = "negative",
            .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, st_ir_fn(a, ST_FN_LT, value, zero))},
        sum_of(a, rows, "value")};
    struct st_rel *row = st_rel_aggregate(a, rows, 0, NULL, ST_COUNT(columns), columns);
    st_code code = st_report_query(store, a, run, row, &t, err);
    if (code == ST_OK)
        *out = (struct summary){st_report_int(&t, 0, 0), st_report_int(&t, 0, 1),
            st_report_int(&t, 0, 2), st_report_int(&t, 0, 3), st_report_int(&t, 0, 4),
            *st_report_cell(&t, 0, 5)};
    return code;
}

/* Lower order statistics, the value at position ⌈p × n⌉: some of all values, some of the
 * positive ones alone. */
static const struct {
    int64_t per_mille;
    bool positive;
} quantiles[] = {{10, false}, {50, false}, {250, false}, {500, false}, {750, false}, {950, false},
    {990, false}, {10, true}, {500, true}, {990, true}};
enum { QUANTILES = ST_COUNT(quantiles), QUANTILES_OF_ALL = 7 };

static int64_t position_of(const struct summary *s, size_t quantile)
{
    int64_t before = quantiles[quantile].positive ? s->none : 0, n = s->count - before;
    int64_t position = before + (n * quantiles[quantile].per_mille + 999) / 1000;
    return position < 1 ? 1 : position;
}

static st_code read_quantiles(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, struct st_rel *rows, const struct summary *s, int64_t *out,
    struct st_error *err)
{
    struct st_report_table t;
    struct st_rel *ranked = numbered(a, having(a, rows, "value"), "value");
    struct st_ir_expr *list[QUANTILES + 1] = {st_ir_column(a, ranked, 0, "position")};
    for (size_t i = 0; i < QUANTILES; i++)
        list[i + 1] = st_ir_int(a, position_of(s, i));
    struct st_rel *chosen = st_rel_filter(a, ranked, st_ir_call(a, ST_FN_IN, QUANTILES + 1, list));
    st_code code = st_report_query(store, a, run, chosen, &t, err);
    for (size_t i = 0; i < QUANTILES && code == ST_OK; i++)
        for (size_t row = 0; row < t.rows; row++)
            if (st_report_int(&t, row, 1) == position_of(s, i))
                out[i] = st_report_int(&t, row, 0);
    return code;
}

static void choose_bins(const struct summary *s, const int64_t *q, struct st_bins *bins)
{
    struct st_bins_of all = {s->least, q[0], q[3], q[6], s->most};
    struct st_bins_of positive = {q[7], q[7], q[8], q[9], s->most};
    bool few_negative = s->negative * 20 < s->count && s->none < s->count;
    if (!few_negative || !st_bins_by_ratio(&positive, bins))
        st_bins_by_step(&all, bins);
}

/* 0 … count − 2: the bin; −1: below the first edge; count − 1: from the last one on. */
static struct st_ir_expr *bin_of(
    struct st_arena *a, struct st_ir_expr *value, const struct st_bins *bins)
{
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, 2 * bins->count + 1);
    for (size_t i = 0; i < bins->count; i++) { /* from the highest edge down */
        size_t edge = bins->count - 1 - i;
        args[2 * i] = st_ir_fn(a, ST_FN_GE, value, st_ir_int(a, bins->edges[edge]));
        args[2 * i + 1] = st_ir_int(a, (int64_t)edge);
    }
    args[2 * bins->count] = st_ir_int(a, -1);
    return st_ir_cast(a, st_ir_case(a, 2 * bins->count + 1, args), ST_IR_BIGINT);
}

static st_code read_bins(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const struct st_scheme *scheme, struct st_rel *rows,
    const struct st_bins *bins, json_t *out, struct st_error *err)
{
    static const char *const keys[] = {"bin", "tier"};
    struct st_report_table t;
    rows = having(a, rows, "value");
    const struct st_ir_column columns[] = {
        {.name = "bin", .expr = bin_of(a, st_ir_column(a, rows, 0, "value"), bins)},
        st_rel_pass(a, rows, 0, "tier")};
    const struct st_ir_column count = count_of(a);
    struct st_rel *counted = st_rel_aggregate(
        a, st_rel_project(a, rows, ST_COUNT(columns), columns), 2, keys, 1, &count);
    st_code code = st_report_query(store, a, run, counted, &t, err);
    if (code != ST_OK)
        return code;
    /* customers[tier][bin], bin 0 being what lies below the first edge */
    json_t *by_tier = json_array();
    for (size_t tier = 0; tier < scheme->tier_count; tier++) {
        json_t *counts = json_array();
        for (int64_t bin = -1; bin < (int64_t)bins->count; bin++) {
            int64_t n = 0;
            for (size_t row = 0; row < t.rows; row++)
                if (st_report_int(&t, row, 0) == bin &&
                    st_report_int(&t, row, 1) == scheme->tiers[tier].id)
                    n = st_report_int(&t, row, 2);
            json_array_append_new(counts, json_integer(n));
        }
        json_array_append_new(by_tier, counts);
    }
    json_object_set_new(out, "customers", by_tier);
    return ST_OK;
}

static json_t *number(int64_t value, int scale)
{
    return st_report_amount(&(struct st_ir_value){.number = value}, scale);
}

static struct st_rel *value_rows(struct st_arena *a, const struct st_report_run *run,
    const struct st_scheme *scheme, const struct st_method_view *view)
{
    return st_report_rows(
        a, run, scheme->def->name, view->value ? view->value->ir : NULL, view->divides_score);
}

st_code st_report_distribution(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, const struct st_scheme *scheme,
    const struct st_method_view *view, json_t **out, struct st_error *err)
{
    int scale = view->value ? view->value->scale : scheme->score_scale;
    bool money = view->value && view->value->kind == ST_KIND_MONEY;
    struct summary s;
    int64_t q[QUANTILES] = {0};
    struct st_bins bins;
    *out = NULL;
    st_code code = read_summary(store, a, run, value_rows(a, run, scheme, view), &s, err);
    if (code != ST_OK || s.count == 0)
        return code;
    code = read_quantiles(store, a, run, value_rows(a, run, scheme, view), &s, q, err);
    if (code != ST_OK)
        return code;
    choose_bins(&s, q, &bins);
    if (bins.count < 2)
        return ST_OK;
    json_t *edges = json_array(), *marks = json_array();
    for (size_t i = 0; i < bins.count; i++)
        json_array_append_new(edges, number(bins.edges[i], scale));
    for (size_t i = 0; i < QUANTILES_OF_ALL; i++)
        json_array_append_new(marks, json_pack("{s:I, s:o}", "per_mille", quantiles[i].per_mille,
                                         "value", number(q[i], scale)));
    *out = json_pack("{s:s, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "kind",
        money ? "money" : "number", "log", bins.log, "count", s.count, "none", s.none, "sum",
        st_report_amount(&s.sum, scale), "least", number(s.least, scale), "most",
        number(s.most, scale), "edges", edges, "quantiles", marks);
    const char *name =
        view->value && view->value->ir->kind == ST_IR_COLUMN ? view->value->ir->name : NULL;
    for (size_t i = 0; name && i < run->compiled->metric_count; i++)
        if (strcmp(run->compiled->metrics[i].name, name) == 0)
            json_object_set_new(*out, "title", st_report_title(&run->compiled->metrics[i].title));
    code = read_bins(store, a, run, scheme, value_rows(a, run, scheme, view), &bins, *out, err);
    if (code != ST_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return code;
}

/* --- concentration --- */

enum { STEPS = 1000 };

/* The population in ascending order of the measure, nothing for what is not positive, in a
 * thousand steps: step s ends at position ⌊s × n ÷ 1000⌋. */
static st_code read_steps(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, int64_t *count, struct st_report_table *out,
    struct st_error *err)
{
    static const char *const by_step[] = {"step"};
    struct st_report_table total;
    struct st_rel *rows = st_report_population(a, run);
    const struct st_ir_column n = count_of(a);
    st_code code =
        st_report_query(store, a, run, st_rel_aggregate(a, rows, 0, NULL, 1, &n), &total, err);
    if (code != ST_OK)
        return code;
    *count = st_report_int(&total, 0, 0);
    struct st_rel *ranked = numbered(a, st_report_population(a, run), "amount");
    struct st_ir_expr *position = st_ir_cast(a, st_ir_column(a, ranked, 0, "position"), ST_IR_WIDE);
    struct st_ir_expr *value = st_ir_cast(a, st_ir_column(a, ranked, 0, "amount"), ST_IR_WIDE);
    const struct st_ir_column columns[] = {
        {.name = "step",
            .expr = st_ir_cast(a,
                st_ir_fn(a, ST_FN_DIV_TRUNC,
                    st_ir_fn(a, ST_FN_ADD, st_ir_fn(a, ST_FN_MUL, position, st_ir_wide(a, STEPS)),
                        st_ir_wide(a, *count - 1)),
                    st_ir_wide(a, *count)),
                ST_IR_BIGINT)},
        {.name = "amount", .expr = value},
        {.name = "weighted", .expr = st_ir_fn(a, ST_FN_MUL, position, value)}};
    struct st_rel *stepped = st_rel_project(a, ranked, ST_COUNT(columns), columns);
    const struct st_ir_column sums[] = {
        count_of(a), sum_of(a, stepped, "amount"), sum_of(a, stepped, "weighted")};
    return *count ? st_report_query(store, a, run,
                        st_rel_aggregate(a, stepped, 1, by_step, ST_COUNT(sums), sums), out, err)
                  : ST_OK;
}

/* Gini = 2 Σ i x_i ÷ (n Σ x) − (n + 1) ÷ n over x ascending, i from 1; to four decimals. */
static json_t *gini(struct st_arena *a, int64_t n, st_wide sum, st_wide weighted)
{
    double g = 2.0 * (double)weighted / ((double)n * (double)sum) - (double)(n + 1) / (double)n;
    return json_string(st_arena_printf(a, "%.4f", g));
}

st_code st_report_concentration(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, json_t **out, struct st_error *err)
{
    struct step {
        int64_t customers;
        st_wide amount;
    } steps[STEPS + 1] = {{0}};
    struct st_report_table t = {0};
    int64_t n = 0;
    st_wide weighted = 0;
    *out = NULL;
    st_code code = run->measure ? read_steps(store, a, run, &n, &t, err) : ST_OK;
    if (code != ST_OK)
        return code;
    for (size_t row = 0; row < t.rows; row++) {
        struct step *s = &steps[st_report_int(&t, row, 0)];
        s->customers = st_report_int(&t, row, 1);
        s->amount = st_report_cell(&t, row, 2)->number;
        weighted += st_report_cell(&t, row, 3)->number;
    }
    for (size_t i = 1; i <= STEPS; i++) {
        steps[i].customers += steps[i - 1].customers;
        steps[i].amount += steps[i - 1].amount;
    }
    st_wide sum = steps[STEPS].amount;
    if (sum == 0)
        return ST_OK;
    json_t *points = json_array();
    for (size_t i = 0; i <= STEPS; i += i < 900 ? 10 : 1)
        json_array_append_new(
            points, json_pack("[I, o]", steps[i].customers,
                        st_report_amount(&(struct st_ir_value){.number = steps[i].amount},
                            run->measure->scale)));
    *out = json_pack("{s:I, s:o, s:o, s:o}", "count", n, "sum",
        st_report_amount(&(struct st_ir_value){.number = sum}, run->measure->scale), "gini",
        gini(a, n, sum, weighted), "points", points);
    return ST_OK;
}
