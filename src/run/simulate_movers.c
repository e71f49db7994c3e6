/* Everybody who moves, as a file: from where, to where, and why. */
#include "compile/columns.h"
#include "run/simulate_internal.h"
#include "tier/explain.h"

#define SIMULATED_MOVERS "simulated_movers"

/* Columns of the file; after them the measure and the breakdowns. */
enum { AS_OF, SCHEME, CUSTOMER, FROM, FROM_TITLE, TO, TO_TITLE, MOVE, WHY, RULE, FIXED };

/* Columns of the query; after them the breakdowns and the metrics that decide. */
enum {
    Q_CUSTOMER,
    Q_FROM,
    Q_TO,
    Q_STATUS,
    Q_REASON,
    Q_CANDIDATE,
    Q_RULE,
    Q_SCORE,
    Q_AMOUNT,
    Q_FIXED
};

static const struct st_table_column fixed[] = {
    [AS_OF] = {"as_of", {"As of", "日期"}, {"the day simulated", "模拟日期"}, ST_IR_DATE, 0,
        ST_LOOK_NUMBER},
    [SCHEME] = {"scheme", {"Scheme", "方案"}, {"its name in the policy", "策略中的方案名"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [CUSTOMER] = {"customer_id", {"Customer", "客户号"},
        {"the source's customer number", "源系统客户号"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [FROM] = {"from", {"From", "原层级代码"},
        {"code of the tier that was published; empty: none", "已发布层级的代码；空为无"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [FROM_TITLE] = {"from_title", {"From (title)", "原层级"}, {"its title", "其名称"}, ST_IR_TEXT,
        0, ST_LOOK_NUMBER},
    [TO] = {"to", {"To", "新层级代码"},
        {"code of the tier under the new policy; empty: none", "新策略下的层级代码；空为无"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [TO_TITLE] = {"to_title", {"To (title)", "新层级"}, {"its title", "其名称"}, ST_IR_TEXT, 0,
        ST_LOOK_NUMBER},
    [MOVE] = {"move", {"Move", "变动"},
        {"up, down, moved (no order of tiers), entered (was not rated), left (is not rated)",
            "up 升、down 降、moved 变动（层级无高低）、entered 新参评、left 不再参评"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [WHY] = {"why", {"Why", "原因"}, {"what decides under the new policy", "新策略下的判定依据"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [RULE] = {"rule", {"Rule", "判定编号"},
        {"the method's own number of what decides", "方法内部的判定编号"}, ST_IR_BIGINT, 0,
        ST_LOOK_CODE},
};

/* --- the file --- */

st_code what_if_open_movers(struct what_if *w, struct st_table_file **file, struct st_error *err)
{
    const struct st_simulation *out = w->out;
    struct st_arena *a = w->arena;
    struct st_table_column *columns =
        st_arena_array(a, struct st_table_column, FIXED + 1 + out->by_count);
    const struct st_metric_column *m = out->measure;
    size_t n = FIXED;
    memcpy(columns, fixed, sizeof fixed);
    if (m)
        columns[n++] = (struct st_table_column){m->name, m->title, m->title, ST_IR_BIGINT, m->scale,
            m->kind == ST_KIND_MONEY ? ST_LOOK_MONEY : ST_LOOK_NUMBER};
    for (size_t i = 0; i < out->by_count; i++)
        columns[n++] = (struct st_table_column){
            out->by[i].name, out->by[i].title, out->by[i].title, ST_IR_TEXT, 0, ST_LOOK_NUMBER};
    const struct st_table_spec spec = {.format = w->options->format,
        .path = w->options->movers,
        .plain = w->options->plain,
        .lang = w->options->lang,
        .title = {"Movers", "变动客户"},
        .dated = out->as_of,
        .columns = columns,
        .count = n};
    return st_table_file_open(a, &spec, file, err);
}

/* --- why --- */

struct mover {
    struct what_if *w;
    const struct st_simulated_scheme *scheme;
    const struct st_scheme *method; /* in the new policy; NULL: it has none */
    const struct st_column_names *metrics;
    const struct st_batch *batch;
    size_t row, first_metric;
};

static bool look_up_param(
    const struct mover *m, const struct st_ir_expr *reference, struct st_ir_value *out)
{
    struct st_bind bind;
    if (st_run_bind(&m->w->new.runner, reference->name, &bind, NULL) != ST_OK)
        return false;
    *out = (struct st_ir_value){
        .type = reference->type, .is_null = bind.is_null, .number = bind.integer};
    return true;
}

static bool look_up(void *context, const struct st_ir_expr *reference, struct st_ir_value *out)
{
    const struct mover *m = context;
    if (reference->kind == ST_IR_PARAM)
        return look_up_param(m, reference, out);
    for (size_t i = 0; i < m->metrics->count; i++)
        if (strcmp(m->metrics->items[i], reference->name) == 0) {
            *out = st_run_cell(m->w->arena, m->batch, m->first_metric + i, m->row);
            return true;
        }
    const struct st_ir_expr *added = st_compiled_added_column(m->w->new.plan, reference->name);
    return added && st_ir_eval(added, look_up, context, out, NULL) == ST_OK;
}

static int index_of(
    const struct st_simulated_scheme *s, const struct st_batch *b, size_t column, size_t row)
{
    for (size_t i = 0; i < s->tier_count && !st_batch_is_null(b, column, row); i++)
        if (s->tiers[i].id == st_batch_int(b, column, row))
            return (int)i;
    return ST_SIMULATED_NOBODY;
}

/* The machine's word, then the method's sentences, on one line. */
static const char *why(const struct mover *m, enum st_lang lang)
{
    const struct st_batch *b = m->batch;
    struct st_arena *a = m->w->arena;
    struct st_str text = ST_STR_INIT;
    if (!m->method)
        return st_pick(lang, "the new policy has no such scheme", "新策略没有该方案");
    int64_t reason = st_batch_is_null(b, Q_REASON, m->row) ? 0 : st_batch_int(b, Q_REASON, m->row);
    bool has_rule = !st_batch_is_null(b, Q_RULE, m->row);
    bool has_score = !st_batch_is_null(b, Q_SCORE, m->row);
    struct st_explain_input input = {.compiled = m->w->new.plan,
        .scheme = m->method,
        .status = (enum st_status)st_batch_int(b, Q_STATUS, m->row),
        .tier = st_batch_is_null(b, Q_CANDIDATE, m->row)
                    ? -1
                    : st_run_rank(m->method, st_batch_int(b, Q_CANDIDATE, m->row)),
        .has_rule = has_rule,
        .has_score = has_score,
        .rule = has_rule ? st_batch_int(b, Q_RULE, m->row) : 0,
        .score = has_score ? st_batch_int(b, Q_SCORE, m->row) : 0,
        .as_of = m->w->as_of,
        .lookup = look_up,
        .context = (void *)(uintptr_t)m};
    if (reason > ST_MOVE_NONE && reason < ST_MOVE_COUNT)
        st_str_addf(&text, "%s\n", st_pick_text(lang, &st_move_texts[reason].text));
    st_explain_why(a, &input, lang, &text);
    while (text.len && text.text[text.len - 1] == '\n')
        text.text[--text.len] = 0;
    const char *from = text.text ? text.text : "";
    struct st_str line = ST_STR_INIT;
    for (; *from; from++)
        if (*from == '\n')
            st_str_add(&line, st_pick(lang, "; ", "；"));
        else
            st_str_add_char(&line, *from);
    const char *kept = st_arena_strdup(a, line.text ? line.text : "");
    st_str_release(&line);
    st_str_release(&text);
    return kept;
}

/* --- rows --- */

static struct st_ir_column named(const char *name, struct st_ir_expr *expr)
{
    return (struct st_ir_column){.name = name, .expr = expr};
}

/* Who moves, with their customer numbers. */
static struct st_rel *moving(struct what_if *w, bool explained)
{
    static const char *const columns[] = {"customer_id", "tier_before", "tier_after",
        "status_after", "reason", "candidate", "rule", "score", "amount"};
    static const struct st_ir_column number_columns[] = {
        {.name = "customer_id", .type = ST_IR_BIGINT}, {.name = "source_id", .type = ST_IR_TEXT}};
    struct st_arena *a = w->arena;
    struct st_ir_column rows[ST_COUNT(columns)], out[ST_COUNT(columns) + 1];
    for (size_t i = 0; i < ST_COUNT(columns); i++)
        rows[i] = (struct st_ir_column){.name = columns[i], .type = ST_IR_BIGINT};
    struct st_rel *numbers =
        st_rel_scan(a, "customer_key", ST_COUNT(number_columns), number_columns);
    size_t n = 0;
    if (!explained) { /* a scheme that the new policy lacks has no rule, score and candidate */
        rows[5] = rows[8];
        n = 3;
    }
    struct st_rel *rel = st_rel_scan(a, SIMULATED_ROWS, ST_COUNT(rows) - n, rows);
    struct st_ir_expr *zero = st_ir_int(a, 0);
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_NE,
            st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, rel, 0, "tier_before"), zero),
            st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, rel, 0, "tier_after"), zero)));
    n = 0;
    out[n++] = named("number", st_ir_column(a, numbers, 1, "source_id"));
    for (size_t i = 0; i < ST_COUNT(columns); i++) {
        bool there = st_rel_column(rel, columns[i]) != NULL;
        out[n++] = named(
            columns[i], there ? st_ir_column(a, rel, 0, columns[i]) : st_ir_null(a, ST_IR_BIGINT));
    }
    return st_rel_join(a, ST_JOIN_INNER, rel, numbers, 1, columns, n, out);
}

/* `rel` and all columns of a temporary table but its customer_id. */
static struct st_rel *beside(struct st_arena *a, struct st_rel *rel, struct st_rel *right)
{
    static const char *const keys[] = {"customer_id"};
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, rel->column_count + right->column_count);
    size_t n = 0;
    for (size_t i = 0; i < rel->column_count; i++)
        columns[n++] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    for (size_t i = 0; i < right->column_count; i++)
        if (strcmp(right->columns[i].name, keys[0]) != 0)
            columns[n++] = st_rel_pass(a, right, 1, right->columns[i].name);
    return st_rel_join(a, ST_JOIN_LEFT, rel, right, 1, keys, n, columns);
}

/* The metric values that decide, as "metric.NAME". */
static struct st_rel *deciding(struct what_if *w, const struct st_column_names *metrics)
{
    struct st_arena *a = w->arena;
    const struct st_compiled *plan = w->new.plan;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, metrics->count + 1);
    struct st_rel *rel = st_rel_scan(a, w->source, plan->table_column_count, plan->table_columns);
    rel = st_rel_filter(
        a, rel, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"), st_ir_int(a, w->run_id)));
    columns[0] = st_rel_pass(a, rel, 0, "customer_id");
    for (size_t i = 0; i < metrics->count; i++)
        columns[1 + i] = named(st_arena_printf(a, "metric.%s", metrics->items[i]),
            st_ir_column(a, rel, 0, metrics->items[i]));
    return st_rel_project(a, rel, 1 + metrics->count, columns);
}

/* Metrics that the scheme's step reads. */
static struct st_column_names metrics_of(struct what_if *w, const struct st_step *step)
{
    struct st_column_names read = {0}, metrics = {0};
    if (step)
        st_rel_reads(w->arena, step->rel, w->source, &read);
    for (size_t i = 0; i < w->new.plan->metric_count; i++)
        if (st_column_names_have(&read, w->new.plan->metrics[i].name))
            st_column_names_add(w->arena, &metrics, w->new.plan->metrics[i].name);
    return metrics;
}

static st_code gather(struct what_if *w, const struct st_step *step,
    const struct st_column_names *metrics, struct st_error *err)
{
    struct side side = w->new;
    struct st_rel *rel = moving(w, step != NULL), *people = NULL;
    if (w->out->by_count) {
        TRY(what_if_people(w, &side, &people, err));
        rel = beside(w->arena, rel, people);
    }
    if (metrics->count)
        rel = beside(w->arena, rel, deciding(w, metrics));
    return what_if_table(w, &side, SIMULATED_MOVERS, rel, err);
}

/* In the order of enum Q_…, by the bytes of the customer number. */
static void select_movers(
    const struct what_if *w, const struct st_column_names *metrics, struct st_str *sql)
{
    static const char *const columns[] = {"number", "tier_before", "tier_after", "status_after",
        "reason", "candidate", "rule", "score", "amount"};
    _Static_assert(ST_COUNT(columns) == Q_FIXED, "the query's columns");
    for (size_t i = 0; i < ST_COUNT(columns); i++) {
        st_str_add(sql, i ? ", m." : "SELECT m.");
        st_emit_identifier(sql, columns[i]);
    }
    for (size_t i = 0; i < w->out->by_count; i++) {
        st_str_add(sql, ", m.");
        st_emit_identifier(sql, w->out->by[i].name);
    }
    for (size_t i = 0; i < metrics->count; i++) {
        st_str_add(sql, ", m.");
        st_emit_identifier(sql, st_arena_printf(w->arena, "metric.%s", metrics->items[i]));
    }
    st_str_add(sql, " FROM " SIMULATED_MOVERS " AS m ORDER BY m.number");
}

static struct st_text_cell cell(const char *text)
{
    return (struct st_text_cell){text, strlen(text)};
}

static const char *move_word(const struct st_simulated_scheme *s, int from, int to)
{
    return from < 0     ? "entered"
           : to < 0     ? "left"
           : !s->ranked ? "moved"
           : to < from  ? "up"
                        : "down";
}

/* One batch of the query as one of the file. */
static st_code add_batch(struct mover *m, struct st_error *err)
{
    enum { TEXTS = 7 }; /* SCHEME and FROM … WHY, without CUSTOMER */
    static const size_t text_columns[TEXTS] = {SCHEME, FROM, FROM_TITLE, TO, TO_TITLE, MOVE, WHY};
    const struct st_batch *in = m->batch;
    enum st_lang lang = m->w->options->lang;
    struct st_arena *a = m->w->arena;
    struct st_batch *out = st_arena_new(a, struct st_batch);
    struct st_text_cell *texts[TEXTS];
    st_date *days = st_arena_array(a, st_date, in->rows);
    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = st_arena_array(a, struct st_text_cell, in->rows);
    for (m->row = 0; m->row < in->rows; m->row++) {
        int from = index_of(m->scheme, in, Q_FROM, m->row);
        int to = index_of(m->scheme, in, Q_TO, m->row);
        const struct st_simulated_tier *f = from < 0 ? NULL : &m->scheme->tiers[from];
        const struct st_simulated_tier *t = to < 0 ? NULL : &m->scheme->tiers[to];
        const char *const said[TEXTS] = {m->scheme->name, f ? f->code : "",
            f ? st_pick_text(lang, &f->title) : "", t ? t->code : "",
            t ? st_pick_text(lang, &t->title) : "", move_word(m->scheme, from, to), why(m, lang)};
        days[m->row] = m->w->as_of;
        for (size_t i = 0; i < TEXTS; i++)
            texts[i][m->row] = cell(said[i]);
    }
    size_t n = FIXED;
    out->rows = in->rows;
    out->vectors[AS_OF] = (struct st_vector){.type = ST_IR_DATE, .values = days};
    out->vectors[CUSTOMER] = in->vectors[Q_CUSTOMER];
    out->vectors[RULE] = in->vectors[Q_RULE];
    for (size_t i = 0; i < TEXTS; i++)
        out->vectors[text_columns[i]] = (struct st_vector){.type = ST_IR_TEXT, .values = texts[i]};
    if (m->w->out->measure)
        out->vectors[n++] = in->vectors[Q_AMOUNT];
    for (size_t i = 0; i < m->w->out->by_count; i++)
        out->vectors[n++] = in->vectors[Q_FIXED + i];
    out->columns = n;
    m->w->out->movers += (int64_t)in->rows;
    return st_table_file_add(m->w->movers, out, err);
}

static st_code copy_rows(struct mover *m, const char *sql, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    st_code code = st_cursor_open(m->w->store, sql, NULL, 0, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &m->batch, err);
        if (code != ST_OK || m->batch->rows == 0)
            break;
        code = add_batch(m, err);
    }
    st_cursor_close(cursor);
    return code;
}

st_code what_if_write_movers(
    struct what_if *w, const struct st_simulated_scheme *scheme, struct st_error *err)
{
    bool evaluated = scheme->state == ST_SIMULATED_CHANGED || scheme->state == ST_SIMULATED_ADDED;
    const struct st_step *step = evaluated ? what_if_step(w->new.plan, scheme->name) : NULL;
    struct st_column_names metrics = metrics_of(w, step);
    struct st_str sql = ST_STR_INIT;
    TRY(gather(w, step, &metrics, err));
    struct mover m = {.w = w,
        .scheme = scheme,
        .method = step ? st_compiled_scheme(w->new.plan, scheme->name) : NULL,
        .metrics = &metrics,
        .first_metric = Q_FIXED + w->out->by_count};
    select_movers(w, &metrics, &sql);
    st_code code = copy_rows(&m, sql.text, err);
    st_str_release(&sql);
    return code == ST_OK ? what_if_drop(w, SIMULATED_MOVERS, err) : code;
}
