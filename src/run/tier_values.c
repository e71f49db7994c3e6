/* What the customers of each tier have of a metric: its sum and how many have it. */
#include "run/internal.h"

static bool adds_up(const struct st_metric_column *m)
{
    return m->kind == ST_KIND_NUMBER || m->kind == ST_KIND_MONEY;
}

const struct st_metric_column *st_run_find_metric(
    const struct st_compiled *c, const char *name, struct st_error *err)
{
    const char *names[ST_POLICY_METRICS_MAX];
    const struct st_metric_column *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < c->metric_count; i++) {
        const struct st_metric_column *m = &c->metrics[i];
        if (strcmp(m->name, name) == 0)
            found = m;
        if (adds_up(m))
            names[count++] = m->name;
    }
    if (found && adds_up(found))
        return found;
    st_code code = found ? st_fail(err, ST_E_USAGE, "the metric %s cannot be added up",
                               "指标 %s 无法求和", name)
                         : st_fail(err, ST_E_NOT_FOUND, "the policy %s has no metric %s",
                               "策略 %s 没有指标 %s", c->policy->name, name);
    (void)code;
    st_error_value(err, "%s", name);
    const char *near = st_str_nearest(name, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    else if (count)
        st_error_allowed(err, "a number or money, such as %s", "数字或金额，如 %s", names[0]);
    return NULL;
}

const struct st_metric_column *st_read_divided(
    struct st_arena *arena, const struct st_compiled *c, const struct st_scheme *scheme)
{
    struct st_method_view view = {0};
    if (scheme->ops->view)
        scheme->ops->view(arena, scheme, &view);
    const struct st_typed *value = view.axes ? &view.axes[2] : view.value;
    if (!value || value->ir->kind != ST_IR_COLUMN)
        return NULL;
    for (size_t i = 0; i < c->metric_count; i++)
        if (strcmp(c->metrics[i].name, value->ir->name) == 0)
            return adds_up(&c->metrics[i]) ? &c->metrics[i] : NULL;
    return NULL;
}

/* Rated customers of the scheme beside their row of the metric table, added up by tier. */
static struct st_rel *sums_by_tier(struct st_arena *a, const struct st_compiled *c,
    const struct st_published *run, const struct st_metric_column *metric)
{
    static const char *const by_customer[] = {"customer_id"}, *const by_tier[] = {"tier"};
    static const struct st_ir_column state_columns[] = {
        {.name = "run_id", .type = ST_IR_BIGINT},
        {.name = "scheme", .type = ST_IR_TEXT},
        {.name = "customer_id", .type = ST_IR_BIGINT},
        {.name = "status", .type = ST_IR_BIGINT},
        {.name = "tier", .type = ST_IR_BIGINT},
    };
    struct st_ir_expr *run_id = st_ir_param(a, "run_id", ST_IR_BIGINT);
    struct st_rel *states = st_rel_scan(a, "tier_state", ST_COUNT(state_columns), state_columns);
    struct st_rel *values =
        st_rel_scan(a, run->metric_table, c->table_column_count, c->table_columns);
    states = st_rel_filter(a, states,
        st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, states, 0, "run_id"), run_id),
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, states, 0, "scheme"),
                st_ir_param(a, "scheme", ST_IR_TEXT)),
            st_ir_fn(
                a, ST_FN_EQ, st_ir_column(a, states, 0, "status"), st_ir_int(a, ST_STATUS_RATED))));
    values = st_rel_filter(
        a, values, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, values, 0, "run_id"), run_id));
    struct st_ir_expr *value = st_ir_column(a, values, 1, metric->name);
    const struct st_ir_column columns[] = {st_rel_pass(a, states, 0, "tier"),
        {.name = "value", .expr = st_ir_cast(a, value, ST_IR_WIDE), .type = ST_IR_WIDE}};
    struct st_rel *rows = st_rel_join(a, ST_JOIN_INNER, states, values, ST_COUNT(by_customer),
        by_customer, ST_COUNT(columns), columns);
    struct st_ir_expr *joined = st_ir_column(a, rows, 0, "value");
    const struct st_ir_column sums[] = {
        {.name = "total", .expr = st_ir_aggregate(a, ST_AGG_SUM, joined, NULL)},
        {.name = "known", .expr = st_ir_aggregate(a, ST_AGG_COUNT, joined, NULL)}};
    return st_rel_aggregate(a, rows, ST_COUNT(by_tier), by_tier, ST_COUNT(sums), sums);
}

struct reader {
    const struct st_tiers *tiers;
    struct st_tier_values *out;
};

static st_code read_tier(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    const struct reader *r = context;
    int rank = st_run_rank(r->tiers->scheme, st_batch_int(batch, 0, row));
    if (rank < 0 || st_batch_is_null(batch, 1, row))
        return ST_OK;
    struct st_tier_value *tier = &r->out->tiers[rank];
    tier->known = st_batch_int(batch, 2, row);
    r->out->known += tier->known;
    if (st_wide_to_int64(st_batch_wide(batch, 1, row), &tier->sum) &&
        !__builtin_add_overflow(r->out->sum, tier->sum, &r->out->sum))
        return ST_OK;
    return st_fail(
        err, ST_E_LIMIT, "the sum of %s is too large", "%s 之和过大", r->out->metric->name);
}

st_code st_read_tier_values(struct st_store *store, struct st_arena *arena,
    const struct st_tiers *tiers, const char *metric, struct st_tier_values *out,
    struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    struct reader reader = {tiers, out};
    *out = (struct st_tier_values){0};
    st_code code = st_read_policy(store, arena, tiers->run.policy_hash, &compiled, err);
    if (code != ST_OK)
        return code;
    out->metric = st_run_find_metric(compiled, metric, err);
    if (!out->metric)
        return ST_E_NOT_FOUND;
    out->tiers = st_arena_array(arena, struct st_tier_value, tiers->tier_count);
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_bind binds[2];
    st_emit_query(
        st_store_dialect(store), sums_by_tier(arena, compiled, &tiers->run, out->metric), &emitted);
    for (size_t i = 0; i < emitted.params.count; i++)
        binds[i] = strcmp(emitted.params.items[i].name, "run_id") == 0
                       ? st_bind_int(tiers->run.run_id)
                       : st_bind_text(tiers->run.scheme);
    code =
        st_run_each(store, emitted.sql.text, binds, emitted.params.count, read_tier, &reader, err);
    st_emitted_release(&emitted);
    return code;
}
