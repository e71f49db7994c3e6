#include "run/migrate_internal.h"

const char *const st_at_names[ST_AT_COUNT] = {
    [ST_AT_RATED] = "rated",
    [ST_AT_GATED] = "gated",
    [ST_AT_UNRATED] = "unrated",
    [ST_AT_NEW] = "new",
    [ST_AT_REOPENED] = "reopened",
    [ST_AT_MERGED] = "merged",
    [ST_AT_CLOSED] = "closed",
};

const struct st_roll_title st_roll_titles[ST_ROLL_LINES] = {
    [ST_ROLL_OPENING] = {"opening", {"opening", "期初"}},
    [ST_ROLL_NEW] = {"new", {"new", "新增"}},
    [ST_ROLL_REOPENED] = {"reopened", {"reopened", "重新开户"}},
    [ST_ROLL_MERGED_IN] = {"merged_in", {"merged in", "并入"}},
    [ST_ROLL_MOVED_IN] = {"moved_in", {"moved in", "转入"}},
    [ST_ROLL_BECAME_RATED] = {"became_rated", {"became rated", "转为参评"}},
    [ST_ROLL_VALUE_CHANGE] = {"value_change", {"change of value", "存量增减"}},
    [ST_ROLL_CLOSED] = {"closed", {"closed", "销户"}},
    [ST_ROLL_MERGED_OUT] = {"merged_out", {"merged out", "并出"}},
    [ST_ROLL_MOVED_OUT] = {"moved_out", {"moved out", "转出"}},
    [ST_ROLL_NO_LONGER_RATED] = {"no_longer_rated", {"no longer rated", "不再参评"}},
    [ST_ROLL_CLOSING] = {"closing", {"closing", "期末"}},
    [ST_ROLL_COUNTED] = {"counted", {"counted", "独立清点"}},
};

/* --- the statements --- */

/* What customers have of the measure in a run; nothing without one. A metric whose policies give
 * it different decimals is brought to the more. */
static void add_values(struct st_str *sql, const char *name, const char *table,
    const struct st_metric_column *measure, int scale, const char *run)
{
    st_str_addf(sql, "%s AS NOT MATERIALIZED (SELECT ", name);
    if (measure) {
        st_str_add(sql, "m.customer_id, m.");
        st_emit_identifier(sql, measure->name);
        if (scale > measure->scale)
            st_str_addf(sql, " * %lld", (long long)st_pow10(scale - measure->scale));
        st_str_add(sql, " AS value FROM ");
        st_emit_identifier(sql, table);
        st_str_addf(sql, " AS m WHERE m.run_id = %s /* apart */),\n", run);
    } else {
        st_str_add(sql, "k.customer_id, CAST(0 AS BIGINT) AS value FROM customer_key AS k "
                        "WHERE 1 = 0 /* apart */),\n");
    }
}

void st_migrate_sql(const struct migrate *m, const char *end, struct st_str *sql)
{
    const struct st_migration *out = m->out;
    st_str_add(sql, "WITH ");
    add_values(
        sql, "value_before", out->from.metric_table, m->measure_before, out->value_scale, "$1");
    add_values(sql, "value_now", out->to.metric_table, out->measure, out->value_scale, "$2");
    st_str_addf(sql, "%s,\n%s\n%s", st_sql_file_text("query/migrate_rating.sql"),
        st_sql_file_text("query/migrate_customers.sql"), st_sql_file_text(end));
}

void st_migrate_binds(const struct migrate *m, struct st_bind binds[MIGRATE_BINDS])
{
    const struct st_migration *out = m->out;
    const struct st_bind all[MIGRATE_BINDS] = {st_bind_int(out->from.run_id),
        st_bind_int(out->to.run_id), st_bind_text(out->to.scheme), st_bind_date(out->from.as_of),
        st_bind_date(out->to.as_of), st_bind_int(out->watermark_from),
        st_bind_int(out->watermark_to)};
    memcpy(binds, all, sizeof all);
}

/* --- which runs, which measure --- */

static st_code read_watermark(
    struct migrate *m, const struct st_published *run, int64_t *watermark, struct st_error *err)
{
    struct st_bind bind = st_bind_int(run->run_id);
    return st_store_query_ints(m->store, "SELECT r.watermark FROM run AS r WHERE r.run_id = $1",
        &bind, 1, watermark, NULL, 1, err);
}

static st_code fail_no_earlier(const struct migrate *m, struct st_error *err)
{
    char day[ST_DATE_TEXT_SIZE];
    st_date_format(m->out->to.as_of, day);
    st_code code = st_fail(err, ST_E_NOT_FOUND, "scheme %s has no run before %s",
        "方案 %s 在 %s 之前没有运行", m->options->scheme, day);
    st_error_value(err, "%s", day);
    st_error_hint(err,
        "movement needs two runs: strata run STORE POLICY.yaml --every period --from "
        "DATE --as-of DATE",
        "变动需要两次运行：strata run 库 策略.yaml --every period --from 日期 --as-of 日期");
    return code;
}

static st_code fail_order(const struct migrate *m, struct st_error *err)
{
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    st_code code =
        st_fail(err, ST_E_USAGE, "--from %s is not before --to %s", "--from %s 不早于 --to %s",
            st_date_format(m->out->from.as_of, from), st_date_format(m->out->to.as_of, to));
    st_error_value(err, "%s", from);
    st_error_hint(err, "movement goes from the earlier run to the later one",
        "变动由较早的运行算到较晚的运行");
    return code;
}

/* The earlier day: asked for, or of the first run of a series, or of the run before the later. */
static st_code find_from(struct migrate *m, st_date *day, struct st_error *err)
{
    const struct st_migrate_options *o = m->options;
    const struct st_bind binds[] = {st_bind_text(o->scheme), st_bind_date(m->out->to.as_of)};
    int64_t values[2];
    bool nulls[2];
    *day = o->from ? *o->from : 0;
    if (o->from)
        return ST_OK;
    TRY(st_store_query_ints(m->store,
        "SELECT min(p.as_of), max(p.as_of) FROM published AS p WHERE p.scheme = $1 AND p.as_of < "
        "$2",
        binds, ST_COUNT(binds), values, nulls, 2, err));
    *day = (st_date)values[o->every ? 0 : 1];
    return nulls[0] ? fail_no_earlier(m, err) : ST_OK;
}

static st_code find_runs(struct migrate *m, struct st_error *err)
{
    const struct st_migrate_options *o = m->options;
    struct st_migration *out = m->out;
    st_date from;
    TRY(st_read_published(m->store, m->arena, o->scheme, o->to, &out->to, err));
    TRY(find_from(m, &from, err));
    TRY(st_read_published(m->store, m->arena, o->scheme, &from, &out->from, err));
    if (out->from.as_of >= out->to.as_of)
        return fail_order(m, err);
    TRY(read_watermark(m, &out->from, &out->watermark_from, err));
    TRY(read_watermark(m, &out->to, &out->watermark_to, err));
    TRY(st_read_policy(m->store, m->arena, out->to.policy_hash, &m->after, err));
    m->before = m->after;
    if (strcmp(out->from.policy_hash, out->to.policy_hash) != 0)
        TRY(st_read_policy(m->store, m->arena, out->from.policy_hash, &m->before, err));
    out->scheme = st_compiled_scheme(m->after, o->scheme);
    return ST_OK;
}

static st_code find_measure(struct migrate *m, struct st_error *err)
{
    const char *name = m->options->measure;
    struct st_migration *out = m->out;
    const struct st_metric_column *now = name ? st_run_find_metric(m->after, name, err)
                                              : st_read_divided(m->arena, m->after, out->scheme);
    if (!now)
        return name ? ST_E_NOT_FOUND : ST_OK;
    const struct st_metric_column *was = st_run_find_metric(m->before, now->name, NULL);
    if (!was || was->kind != now->kind) {
        char day[ST_DATE_TEXT_SIZE];
        if (!name)
            return ST_OK;
        st_code code = st_fail(err, ST_E_CONFLICT, "the policy of %s has no such metric %s",
            "%s 所用的策略没有这样的指标 %s", st_date_format(out->from.as_of, day), name);
        st_error_value(err, "%s", name);
        st_error_hint(err, "name a metric of both policies", "请选择两个策略都有的指标");
        return code;
    }
    out->measure = now;
    m->measure_before = was;
    out->value_scale = was->scale > now->scale ? was->scale : now->scale;
    return ST_OK;
}

/* --- the stocks --- */

static void add_tiers(struct migrate *m, const struct st_compiled *policy)
{
    struct st_migration *out = m->out;
    const struct st_scheme *scheme = st_compiled_scheme(policy, m->options->scheme);
    for (size_t i = 0; scheme && i < scheme->tier_count; i++) {
        const struct st_tier *tier = &scheme->tiers[i];
        size_t k = 0;
        while (k < out->roll_count && out->rolls[k].tier_id != tier->id)
            k++;
        if (k == out->roll_count)
            out->rolls[out->roll_count++] =
                (struct st_roll){.tier_id = tier->id, .code = tier->code, .title = tier->title};
    }
}

static void make_rolls(struct migrate *m)
{
    static const struct st_text titles[] = {
        [ST_AT_GATED] = {"not admitted", "未准入"}, [ST_AT_UNRATED] = {"unrated", "未评级"}};
    struct st_migration *out = m->out;
    const struct st_scheme *before = st_compiled_scheme(m->before, m->options->scheme);
    size_t most = out->scheme->tier_count + (before ? before->tier_count : 0) + 2;
    out->rolls = st_arena_array(m->arena, struct st_roll, most);
    add_tiers(m, m->after);
    add_tiers(m, m->before);
    for (enum st_at place = ST_AT_GATED; place <= ST_AT_UNRATED; place++)
        out->rolls[out->roll_count++] =
            (struct st_roll){.place = place, .code = st_at_names[place], .title = titles[place]};
    out->total = (struct st_roll){.code = "total", .title = {"total", "合计"}};
}

static struct st_roll *roll_of(struct st_migration *out, int64_t place, int64_t tier)
{
    for (size_t i = 0; i < out->roll_count; i++)
        if ((int64_t)out->rolls[i].place == place && out->rolls[i].tier_id == tier)
            return &out->rolls[i];
    return NULL;
}

static st_code fail_tier(int64_t tier, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_CORRUPT, "customers hold a tier that neither policy has",
        "有客户处于两个策略都没有的层级");
    st_error_value(err, "%lld", (long long)tier);
    return code;
}

/* Sums of either width; NULL is 0. */
static st_code read_sum(
    const struct st_batch *b, size_t column, size_t row, int64_t *out, struct st_error *err)
{
    *out = 0;
    if (st_batch_is_null(b, column, row))
        return ST_OK;
    if (b->vectors[column].type != ST_IR_WIDE)
        *out = st_batch_int(b, column, row);
    else if (!st_wide_to_int64(st_batch_wide(b, column, row), out))
        return st_fail(err, ST_E_LIMIT, "a sum does not fit 64 bits", "合计超出 64 位");
    return ST_OK;
}

struct stock_reader {
    struct st_migration *out;
    enum st_roll_line line;
};

static st_code read_stock(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    const struct stock_reader *r = context;
    int64_t tier = st_batch_int(b, 1, row);
    struct st_roll *roll = roll_of(r->out, st_batch_int(b, 0, row), tier);
    if (!roll)
        return fail_tier(tier, err);
    TRY(read_sum(b, 2, row, &roll->customers[r->line], err));
    return read_sum(b, 3, row, &roll->value[r->line], err);
}

/* One run's stock, counted on its own. */
static st_code count_stock(struct migrate *m, const struct st_published *run,
    const struct st_metric_column *measure, enum st_roll_line line, struct st_error *err)
{
    struct stock_reader reader = {m->out, line};
    const struct st_bind binds[] = {st_bind_int(run->run_id), st_bind_text(run->scheme)};
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "WITH ");
    add_values(&sql, "value_now", run->metric_table, measure, m->out->value_scale, "$1");
    st_str_addf(&sql, "%s\n%s", st_sql_file_text("query/migrate_rating.sql"),
        st_sql_file_text("query/migrate_stock.sql"));
    st_code code =
        st_run_each(m->store, sql.text, binds, ST_COUNT(binds), read_stock, &reader, err);
    st_str_release(&sql);
    return code;
}

/* --- the matrix --- */

struct move_reader {
    struct migrate *m;
    struct ST_VEC(struct st_migration_cell) moves;
};

static void add_line(struct st_roll *roll, enum st_roll_line line, int64_t customers, int64_t value)
{
    roll->customers[line] += customers;
    roll->value[line] += value;
}

static enum st_roll_line line_between(const struct st_roll *from, const struct st_roll *to)
{
    bool was = from->place == ST_AT_RATED, is = to->place == ST_AT_RATED;
    return was == is ? ST_ROLL_MOVED_IN : is ? ST_ROLL_BECAME_RATED : ST_ROLL_NO_LONGER_RATED;
}

static void add_move(
    const struct st_migration_cell *move, struct st_roll *from, struct st_roll *to, int64_t brought)
{
    static const enum st_roll_line reasons[ST_AT_COUNT] = {
        [ST_AT_NEW] = ST_ROLL_NEW,
        [ST_AT_REOPENED] = ST_ROLL_REOPENED,
        [ST_AT_MERGED] = ST_ROLL_MERGED_IN,
        [ST_AT_CLOSED] = ST_ROLL_CLOSED,
    };
    int64_t n = move->customers, before = move->value_before, after = move->value_after;
    if (!from && to)
        add_line(to, reasons[move->was], n, after);
    if (from && !to)
        add_line(
            from, move->is == ST_AT_MERGED ? ST_ROLL_MERGED_OUT : reasons[move->is], -n, -before);
    if (!from || !to)
        return;
    if (from != to) {
        enum st_roll_line line = line_between(from, to);
        add_line(from, line == ST_ROLL_MOVED_IN ? ST_ROLL_MOVED_OUT : line, -n, -before);
        add_line(to, line, n, before);
    }
    add_line(to, ST_ROLL_MERGED_IN, 0, brought);
    add_line(to, ST_ROLL_VALUE_CHANGE, 0, after - before - brought);
}

enum { WAS_AT, TIER_BEFORE, IS_AT, TIER_NOW, CUSTOMERS, VALUE_BEFORE, VALUE_NOW, BROUGHT };

static st_code read_move(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct move_reader *r = context;
    struct st_migration *out = r->m->out;
    int64_t was, before, is, now, brought;
    struct st_migration_cell move = {0};
    TRY(read_sum(b, WAS_AT, row, &was, err));
    TRY(read_sum(b, TIER_BEFORE, row, &before, err));
    TRY(read_sum(b, IS_AT, row, &is, err));
    TRY(read_sum(b, TIER_NOW, row, &now, err));
    TRY(read_sum(b, CUSTOMERS, row, &move.customers, err));
    TRY(read_sum(b, VALUE_BEFORE, row, &move.value_before, err));
    TRY(read_sum(b, VALUE_NOW, row, &move.value_after, err));
    TRY(read_sum(b, BROUGHT, row, &brought, err));
    struct st_roll *from = roll_of(out, was, before), *to = roll_of(out, is, now);
    if (!from && was <= ST_AT_UNRATED)
        return fail_tier(before, err);
    if (!to && is <= ST_AT_UNRATED)
        return fail_tier(now, err);
    move.was = (enum st_at)was;
    move.is = (enum st_at)is;
    move.from = from;
    move.to = to;
    add_move(&move, from, to, brought);
    *st_vec_push(&r->moves) = move;
    return ST_OK;
}

static st_code read_matrix(struct migrate *m, struct st_error *err)
{
    struct move_reader reader = {.m = m};
    struct st_bind binds[MIGRATE_BINDS];
    struct st_str sql = ST_STR_INIT;
    st_migrate_sql(m, "query/migrate_matrix.sql", &sql);
    st_migrate_binds(m, binds);
    st_code code = st_run_each(m->store, sql.text, binds, MIGRATE_BINDS, read_move, &reader, err);
    m->out->move_count = reader.moves.count;
    m->out->moves = st_arena_array(m->arena, struct st_migration_cell, reader.moves.count + 1);
    for (size_t i = 0; i < reader.moves.count; i++)
        m->out->moves[i] = reader.moves.items[i];
    st_vec_release(&reader.moves);
    st_str_release(&sql);
    return code;
}

static void close_roll(struct st_roll *roll)
{
    for (enum st_roll_line line = ST_ROLL_OPENING; line < ST_ROLL_CLOSING; line++)
        add_line(roll, ST_ROLL_CLOSING, roll->customers[line], roll->value[line]);
}

static void reconcile(struct st_migration *out)
{
    for (size_t i = 0; i < out->roll_count; i++) {
        struct st_roll *roll = &out->rolls[i];
        close_roll(roll);
        out->breaks += roll->customers[ST_ROLL_CLOSING] != roll->customers[ST_ROLL_COUNTED] ||
                       roll->value[ST_ROLL_CLOSING] != roll->value[ST_ROLL_COUNTED];
        for (enum st_roll_line line = ST_ROLL_OPENING; line < ST_ROLL_LINES; line++)
            add_line(&out->total, line, roll->customers[line], roll->value[line]);
    }
}

st_code st_migrate(struct st_store *store, struct st_arena *arena,
    const struct st_migrate_options *options, struct st_migration *out, struct st_error *err)
{
    struct migrate m = {.store = store, .arena = arena, .options = options, .out = out};
    *out = (struct st_migration){0};
    TRY(find_runs(&m, err));
    if (options->every)
        return st_migrate_rates(&m, err);
    TRY(find_measure(&m, err));
    make_rolls(&m);
    TRY(count_stock(&m, &out->from, m.measure_before, ST_ROLL_OPENING, err));
    TRY(count_stock(&m, &out->to, out->measure, ST_ROLL_COUNTED, err));
    TRY(read_matrix(&m, err));
    reconcile(out);
    return st_migrate_list(&m, err);
}
