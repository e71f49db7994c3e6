#include "run/export.h"

#include "run/internal.h"
#include "run/table_file.h"

struct published_run {
    int64_t run_id;
    st_date as_of;
    const char *policy_hash, *metric_table;
    const char *scheme; /* tiers only */
};

struct policy {
    const char *hash;
    const struct st_compiled *compiled;
};

enum { LABELS = 4 };

struct export
{
    struct st_store *store;
    struct st_arena *arena;
    const struct st_export_options *options;
    struct ST_VEC(struct published_run) runs;
    struct ST_VEC(struct policy) policies;
    struct ST_VEC(struct st_text_cell) labels[LABELS]; /* of one batch */
    struct st_table_file *file;
    size_t tier_columns; /* those of holding are left out where nothing is held */
    int64_t rows;
};

/* --- what was run --- */

static st_code read_run(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct export *x = context;
    (void)err;
    *st_vec_push(&x->runs) = (struct published_run){.run_id = st_batch_int(batch, 0, row),
        .as_of = st_batch_date(batch, 1, row),
        .policy_hash = st_run_text(x->arena, batch, 2, row),
        .metric_table = st_run_text(x->arena, batch, 3, row),
        .scheme = st_run_text(x->arena, batch, 4, row)};
    return ST_OK;
}

static struct st_bind optional_date(const st_date *date)
{
    return date ? st_bind_date(*date) : st_bind_null(ST_IR_DATE);
}

static st_code read_runs(struct export *x, const char *sql, struct st_error *err)
{
    const struct st_export_options *o = x->options;
    struct st_bind binds[] = {
        optional_date(o->from), optional_date(o->as_of), st_bind_text(o->scheme)};
    struct st_published known;
    if (o->scheme)
        TRY(st_read_published(x->store, x->arena, o->scheme, NULL, &known, err));
    TRY(st_run_each(x->store, st_sql_file_text(sql), binds, ST_COUNT(binds), read_run, x, err));
    if (x->runs.count > 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_NOT_FOUND, "nothing has been published for these dates",
        "这些日期没有已发布的运行");
    st_error_hint(
        err, "strata run STORE POLICY.yaml --as-of DATE", "strata run 库 策略.yaml --as-of 日期");
    return code;
}

/* The policy of a run, compiled once however many runs followed it. */
static st_code find_policy(
    struct export *x, const char *hash, const struct st_compiled **out, struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    for (size_t i = 0; i < x->policies.count; i++)
        if (strcmp(x->policies.items[i].hash, hash) == 0) {
            *out = x->policies.items[i].compiled;
            return ST_OK;
        }
    TRY(st_read_policy(x->store, x->arena, hash, &compiled, err));
    *st_vec_push(&x->policies) = (struct policy){hash, compiled};
    *out = compiled;
    return ST_OK;
}

/* --- the file --- */

static st_code open_file(struct export *x, struct st_text title,
    const struct st_table_column *columns, size_t count, struct st_error *err)
{
    static const char *const heads[] = {"run 运行", "as of 日期", "rows 行数", "policy 策略",
        "policy hash 策略哈希", "scheme 方案", "title", "名称"};
    const struct st_export_options *o = x->options;
    struct st_table_spec spec = {.format = o->format,
        .path = o->path,
        .plain = o->plain,
        .lang = o->lang,
        .title = title,
        .dated = x->runs.items[0].as_of,
        .columns = columns,
        .count = count};
    for (size_t i = 0; i < x->runs.count; i++)
        if (x->runs.items[i].as_of > spec.dated)
            spec.dated = x->runs.items[i].as_of;
    TRY(st_table_file_open(x->arena, &spec, &x->file, err));
    st_table_file_note(x->file, true, heads, o->what == ST_EXPORT_TIERS ? ST_COUNT(heads) : 5);
    return ST_OK;
}

static void note_run(struct export *x, const struct published_run *run,
    const struct st_compiled *compiled, int64_t rows)
{
    char date[ST_DATE_TEXT_SIZE];
    const struct st_scheme *scheme = st_compiled_scheme(compiled, run->scheme);
    const char *const cells[] = {st_arena_printf(x->arena, "%lld", (long long)run->run_id),
        st_arena_strdup(x->arena, st_date_format(run->as_of, date)),
        st_arena_printf(x->arena, "%lld", (long long)rows), compiled->policy->name,
        run->policy_hash, run->scheme, scheme ? scheme->def->title.en : NULL,
        scheme ? scheme->def->title.zh : NULL};
    st_table_file_note(x->file, false, cells, scheme ? ST_COUNT(cells) : 5);
}

/* What a number of a row means in words; "" for none. */
typedef const char *label_fn(const struct st_scheme *scheme, int64_t number);

static const char *tier_title(const struct st_scheme *scheme, int64_t id, enum st_lang lang)
{
    int rank = st_run_rank(scheme, id);
    return rank < 0 ? "" : st_pick_text(lang, &scheme->tiers[rank].title);
}

static const char *title_en(const struct st_scheme *scheme, int64_t id)
{
    return tier_title(scheme, id, ST_LANG_EN);
}

static const char *title_zh(const struct st_scheme *scheme, int64_t id)
{
    return tier_title(scheme, id, ST_LANG_ZH);
}

static const char *standing_word(const struct st_scheme *scheme, int64_t number)
{
    (void)scheme;
    return number >= 0 && number < ST_STANDING_COUNT ? st_standing_texts[number].word : "";
}

static const char *reason_word(const struct st_scheme *scheme, int64_t number)
{
    (void)scheme;
    return number >= 0 && number < ST_MOVE_COUNT ? st_move_texts[number].word : "";
}

enum {
    AS_OF,
    SCHEME,
    CUSTOMER,
    STATUS,
    TIER,
    TITLE_EN,
    TITLE_ZH,
    RULE,
    SCORE,
    CANDIDATE,
    STANDING,
    FAILING,
    PENDING,
    SINCE,
    VALID_UNTIL,
    WATCH_SINCE,
    REASON,
    OVERRIDE,
    SHARED_FROM
};

static const struct label {
    size_t column;
    label_fn *text;
} labels[LABELS] = {
    {TITLE_EN, title_en}, {TITLE_ZH, title_zh}, {STANDING, standing_word}, {REASON, reason_word}};

/* Columns that arrive as numbers leave as words. */
static void add_labels(struct export *x, const struct st_scheme *scheme, const struct st_batch *in,
    struct st_batch *out)
{
    *out = *in;
    for (size_t i = 0; i < LABELS; i++) {
        size_t column = labels[i].column;
        x->labels[i].count = 0;
        for (size_t row = 0; row < in->rows; row++) {
            bool none = st_batch_is_null(in, column, row);
            const char *text = none ? "" : labels[i].text(scheme, st_batch_int(in, column, row));
            *st_vec_push(&x->labels[i]) = (struct st_text_cell){text, strlen(text)};
        }
        out->vectors[column].type = ST_IR_TEXT;
        out->vectors[column].values = x->labels[i].items;
    }
}

/* A query's rows into the file; with a scheme they are tiers, and their labels are said. */
static st_code copy_rows(struct export *x, const char *sql, const struct st_bind *binds,
    size_t bind_count, const struct st_scheme *scheme, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    struct st_batch labelled;
    st_code code = st_cursor_open(x->store, sql, binds, bind_count, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        x->rows += (int64_t)batch->rows;
        if (scheme) {
            add_labels(x, scheme, batch, &labelled);
            labelled.columns = x->tier_columns;
            batch = &labelled;
        }
        code = st_table_file_add(x->file, batch, err);
    }
    st_cursor_close(cursor);
    return code;
}

/* --- tiers --- */

static const struct st_table_column tier_columns[] = {
    [AS_OF] = {"as_of", {"As of", "日期"}, {"the day that is rated", "评定日期"}, ST_IR_DATE, 0,
        ST_LOOK_NUMBER},
    [SCHEME] = {"scheme", {"Scheme", "方案"}, {"its name in the policy", "策略中的方案名"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [CUSTOMER] = {"customer_id", {"Customer", "客户号"},
        {"the source's customer number", "源系统客户号"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [STATUS] = {"status", {"Status", "状态"},
        {"rated; gated: not admitted to rating; unrated: a value is missing",
            "rated 参评；gated 未准入；unrated 未评级（指标缺失）"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [TIER] = {"tier", {"Tier", "层级代码"}, {"its code in the policy", "策略中的层级代码"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [TITLE_EN] = {"tier_title_en", {"Tier title", "层级英文名"},
        {"as the run's policy names it", "该次运行所用策略中的英文名称"}, ST_IR_TEXT, 0,
        ST_LOOK_NUMBER},
    [TITLE_ZH] = {"tier_title_zh", {"Tier title (Chinese)", "层级名称"},
        {"as the run's policy names it", "该次运行所用策略中的中文名称"}, ST_IR_TEXT, 0,
        ST_LOOK_NUMBER},
    [RULE] = {"rule", {"Rule", "判定编号"},
        {"the method's own number of what decided: 343 is rfm's R 3, F 4, M 3",
            "方法内部的判定编号：343 即 RFM 的 R 3、F 4、M 3"},
        ST_IR_BIGINT, 0, ST_LOOK_CODE},
    [SCORE] = {"score", {"Score", "得分"}, {"where the method gives one", "方法给出得分时填写"},
        ST_IR_BIGINT, ST_SCALE_RATE, ST_LOOK_NUMBER},
    [CANDIDATE] = {"candidate", {"Earned", "所得层级"},
        {"code of the tier that the values of the period earn", "当期数值所得层级的代码"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [STANDING] = {"standing", {"Standing", "持有状态"},
        {"normal, watch, protected, valid, grace; empty in schemes without moves",
            "normal 正常、watch 关注、protected 保护期、valid 有效期内、grace 宽限期"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [FAILING] = {"failing", {"Failing days", "未达标次数"},
        {"rating days counted on which less was earned", "已计入的未达标评定日数"}, ST_IR_BIGINT, 0,
        ST_LOOK_NUMBER},
    [PENDING] = {"pending", {"Next tier", "待生效层级"},
        {"code of the tier held from the next period on", "下一周期起持有层级的代码"}, ST_IR_TEXT,
        0, ST_LOOK_NUMBER},
    [SINCE] = {"since", {"Held since", "持有起始日"},
        {"day from which the tier is held", "持有该层级的起始日"}, ST_IR_DATE, 0, ST_LOOK_NUMBER},
    [VALID_UNTIL] = {"valid_until", {"Valid until", "有效期至"},
        {"last day the tier is valid", "层级有效期末日"}, ST_IR_DATE, 0, ST_LOOK_NUMBER},
    [WATCH_SINCE] = {"watch_since", {"Watched since", "关注起始日"},
        {"period end from which the customer is on watch", "列入关注的周期末"}, ST_IR_DATE, 0,
        ST_LOOK_NUMBER},
    [REASON] = {"reason", {"Move", "变动原因"},
        {"what became of the customer in the period: docs/moves.md", "当期变动原因，见 docs/moves"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [OVERRIDE] = {"override", {"Override", "人工调整"},
        {"number of the override that masks the tier", "覆盖层级的人工调整编号"}, ST_IR_BIGINT, 0,
        ST_LOOK_CODE},
    [SHARED_FROM] = {"shared_from", {"Shared from", "共享自"},
        {"customer of the household through whom the tier is higher than one's own",
            "使层级高于自身的家庭成员客户号"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
};

/* Whether any tier of the file is held by moves, masked, or shared. */
static st_code count_columns(struct export *x, struct st_error *err)
{
    x->tier_columns = CANDIDATE;
    for (size_t i = 0; i < x->runs.count; i++) {
        const struct st_compiled *compiled = NULL;
        TRY(find_policy(x, x->runs.items[i].policy_hash, &compiled, err));
        const struct st_scheme *scheme = st_compiled_scheme(compiled, x->runs.items[i].scheme);
        size_t columns = scheme->sharing                         ? ST_COUNT(tier_columns)
                         : compiled->overrides || scheme->ladder ? SHARED_FROM
                                                                 : CANDIDATE;
        x->tier_columns = columns > x->tier_columns ? columns : x->tier_columns;
    }
    return ST_OK;
}

static st_code export_tiers(struct export *x, struct st_error *err)
{
    TRY(read_runs(x, "query/published_tiers.sql", err));
    TRY(count_columns(x, err));
    TRY(open_file(x, (struct st_text){"Tiers", "层级"}, tier_columns, x->tier_columns, err));
    for (size_t i = 0; i < x->runs.count; i++) {
        const struct published_run *run = &x->runs.items[i];
        const struct st_compiled *compiled = NULL;
        struct st_bind binds[] = {
            st_bind_int(run->run_id), st_bind_text(run->scheme), st_bind_date(run->as_of)};
        int64_t before = x->rows;
        TRY(find_policy(x, run->policy_hash, &compiled, err));
        TRY(copy_rows(x, st_sql_file_text("query/export_tiers.sql"), binds, ST_COUNT(binds),
            st_compiled_scheme(compiled, run->scheme), err));
        note_run(x, run, compiled, x->rows - before);
    }
    return ST_OK;
}

/* --- metrics --- */

/* What a metric is, in the words of the policy. */
static const char *definition(struct st_arena *arena, const struct st_metric_column *m)
{
    struct st_str text = ST_STR_INIT;
    if (!m->def) {
        st_str_addf(&text, "customer: %s", m->name);
    } else if (m->def->is) {
        st_expr_print(&text, m->def->is);
    } else {
        st_expr_print(&text, m->def->value);
        if (m->def->where) {
            st_str_add(&text, "; where: ");
            st_expr_print(&text, m->def->where);
        }
        st_str_add(&text, "; window: ");
        st_window_print(&text, &m->def->window);
    }
    const char *kept = st_arena_strdup(arena, text.text);
    st_str_release(&text);
    return kept;
}

static struct st_table_column *metric_columns(
    struct st_arena *arena, const struct st_compiled *c, size_t *count)
{
    struct st_table_column *columns =
        st_arena_array(arena, struct st_table_column, c->metric_count + 3);
    columns[0] = tier_columns[AS_OF];
    columns[1] = tier_columns[CUSTOMER];
    columns[2] = tier_columns[STATUS];
    for (size_t i = 0; i < c->metric_count; i++) {
        const struct st_metric_column *m = &c->metrics[i];
        const char *meaning = definition(arena, m);
        columns[3 + i] = (struct st_table_column){.name = m->name,
            .title = m->title,
            .help = {meaning, meaning},
            .type = st_kind_ir_type(m->kind),
            .scale = m->scale,
            .look = m->kind == ST_KIND_MONEY ? ST_LOOK_MONEY : ST_LOOK_NUMBER};
    }
    *count = c->metric_count + 3;
    return columns;
}

/* Rows of one run with the customer's number, by its bytes. */
static void metric_sql(
    const struct st_compiled *c, const struct published_run *run, struct st_str *sql)
{
    st_str_add(sql, "SELECT CAST($2 AS DATE) AS as_of, k.source_id AS customer_id, "
                    "CASE m.status WHEN 0 THEN 'rated' ELSE 'gated' END AS status");
    for (size_t i = 0; i < c->metric_count; i++) {
        st_str_add(sql, ", m.");
        st_emit_identifier(sql, c->metrics[i].name);
    }
    st_str_add(sql, " FROM ");
    st_emit_identifier(sql, run->metric_table);
    st_str_add(sql, " AS m JOIN customer_key AS k ON k.customer_id = m.customer_id "
                    "WHERE m.run_id = $1 ORDER BY k.source_id");
}

/* One file has one set of columns. */
static st_code check_same_metrics(const struct export *x, struct st_error *err)
{
    const struct published_run *last = &x->runs.items[x->runs.count - 1];
    for (size_t i = 0; i < x->runs.count; i++) {
        const struct published_run *run = &x->runs.items[i];
        char here[ST_DATE_TEXT_SIZE], there[ST_DATE_TEXT_SIZE];
        if (strcmp(run->metric_table, last->metric_table) == 0)
            continue;
        st_code code = st_fail(err, ST_E_CONFLICT, "the runs of %s and %s have different metrics",
            "%s 与 %s 的运行指标不同", st_date_format(run->as_of, here),
            st_date_format(last->as_of, there));
        if (run->as_of == last->as_of)
            st_error_hint(err,
                "two policies were run: --scheme NAME takes the one with that scheme",
                "当日运行了两个策略：--scheme 名称 可选定含该方案的策略");
        else
            st_error_hint(err, "one file has one set of columns: export the dates apart",
                "一个文件只能有一组列：请分日期导出");
        return code;
    }
    return ST_OK;
}

static st_code export_metrics(struct export *x, struct st_error *err)
{
    const struct st_compiled *compiled = NULL;
    struct st_str sql = ST_STR_INIT;
    size_t count = 0;
    TRY(read_runs(x, "query/published_runs.sql", err));
    TRY(check_same_metrics(x, err));
    TRY(find_policy(x, x->runs.items[x->runs.count - 1].policy_hash, &compiled, err));
    struct st_table_column *columns = metric_columns(x->arena, compiled, &count);
    st_code code = open_file(x, (struct st_text){"Metrics", "指标"}, columns, count, err);
    for (size_t i = 0; i < x->runs.count && code == ST_OK; i++) {
        const struct published_run *run = &x->runs.items[i];
        int64_t before = x->rows;
        if (i + 1 < x->runs.count && run[1].as_of == run->as_of)
            continue; /* two policies over the same metrics: the later run's values */
        struct st_bind binds[] = {st_bind_int(run->run_id), st_bind_date(run->as_of)};
        st_str_reset(&sql);
        metric_sql(compiled, run, &sql);
        code = copy_rows(x, sql.text, binds, ST_COUNT(binds), NULL, err);
        if (code == ST_OK)
            code = find_policy(x, run->policy_hash, &compiled, err);
        if (code == ST_OK)
            note_run(x, run, compiled, x->rows - before);
    }
    st_str_release(&sql);
    return code;
}

st_code st_export(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *options, int64_t *rows, struct st_error *err)
{
    struct export x = {.store = store, .arena = arena, .options = options};
    st_code code =
        options->what == ST_EXPORT_TIERS ? export_tiers(&x, err) : export_metrics(&x, err);
    if (x.file) {
        st_code closed = st_table_file_close(x.file, code == ST_OK, err);
        code = code == ST_OK ? closed : code;
    }
    for (size_t i = 0; i < LABELS; i++)
        st_vec_release(&x.labels[i]);
    st_vec_release(&x.policies);
    st_vec_release(&x.runs);
    *rows = x.rows;
    return code;
}
