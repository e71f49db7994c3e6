#include "run/changes.h"

#include "run/internal.h"
#include "run/table_file.h"

#include <errno.h>
#include <jansson.h>

/* Columns of query/changes.sql, which are the file's. */
enum {
    SEQUENCE,
    SCHEME,
    CUSTOMER,
    EFFECTIVE_ON,
    OLD_TIER,
    OLD_TITLE_EN,
    OLD_TITLE_ZH,
    NEW_TIER,
    NEW_TITLE_EN,
    NEW_TITLE_ZH,
    CHANGE,
    REASON,
    STATUS,
    OVERRIDE,
    AS_OF,
    RUN,
    POLICY_HASH,
    FILE_COLUMNS
};

#define TEXT_COLUMN(NAME, EN, ZH, HELP_EN, HELP_ZH)                                                \
    {                                                                                              \
        NAME, {EN, ZH}, {HELP_EN, HELP_ZH}, ST_IR_TEXT, 0, ST_LOOK_NUMBER                          \
    }
#define OTHER_COLUMN(NAME, TYPE, LOOK, EN, ZH, HELP_EN, HELP_ZH)                                   \
    {                                                                                              \
        NAME, {EN, ZH}, {HELP_EN, HELP_ZH}, TYPE, 0, LOOK                                          \
    }

static const struct st_table_column columns[FILE_COLUMNS] = {
    [SEQUENCE] = OTHER_COLUMN("sequence", ST_IR_BIGINT, ST_LOOK_CODE, "File", "文件序号",
        "number of the file", "变动文件的序号"),
    [SCHEME] = TEXT_COLUMN("scheme", "Scheme", "方案", "its name in the policy", "策略中的方案名"),
    [CUSTOMER] = TEXT_COLUMN(
        "customer_id", "Customer", "客户号", "the source's customer number", "源系统客户号"),
    [EFFECTIVE_ON] = OTHER_COLUMN("effective_on", ST_IR_DATE, ST_LOOK_NUMBER, "Effective on",
        "生效日", "day from which the new tier counts", "新层级的生效日"),
    [OLD_TIER] = TEXT_COLUMN("old_tier", "Old tier", "原层级代码",
        "what the channel has; empty: none", "渠道现有层级；空为无"),
    [OLD_TITLE_EN] = TEXT_COLUMN(
        "old_title_en", "Old title", "原层级英文名", "in the run's policy", "策略中的英文名称"),
    [OLD_TITLE_ZH] = TEXT_COLUMN("old_title_zh", "Old title (Chinese)", "原层级名称",
        "in the run's policy", "策略中的中文名称"),
    [NEW_TIER] = TEXT_COLUMN(
        "new_tier", "New tier", "新层级代码", "empty: no tier any more", "空为不再有层级"),
    [NEW_TITLE_EN] = TEXT_COLUMN(
        "new_title_en", "New title", "新层级英文名", "in the run's policy", "策略中的英文名称"),
    [NEW_TITLE_ZH] = TEXT_COLUMN("new_title_zh", "New title (Chinese)", "新层级名称",
        "in the run's policy", "策略中的中文名称"),
    [CHANGE] = TEXT_COLUMN("change", "Change", "变动", "entered, left, up, down, moved, none",
        "entered 新增、left 退出、up 升、down 降、moved 平移、none 无"),
    [REASON] = TEXT_COLUMN("reason", "Move", "变动原因",
        "what became of the customer in the run's period: docs/moves.md",
        "当期变动原因，见 docs/moves"),
    [STATUS] = TEXT_COLUMN("status", "Status", "状态",
        "new; repeated: told before, never acknowledged; corrected: takes back such a row",
        "new 新；repeated 曾发送但未确认；corrected 更正未确认的行"),
    [OVERRIDE] = OTHER_COLUMN("override", ST_IR_BIGINT, ST_LOOK_CODE, "Override", "人工调整",
        "number of the override that masks the tier", "覆盖层级的人工调整编号"),
    [AS_OF] = OTHER_COLUMN(
        "as_of", ST_IR_DATE, ST_LOOK_NUMBER, "As of", "日期", "the day of the run", "运行日期"),
    [RUN] =
        OTHER_COLUMN("run", ST_IR_BIGINT, ST_LOOK_CODE, "Run", "运行", "its number", "运行编号"),
    [POLICY_HASH] =
        TEXT_COLUMN("policy_hash", "Policy", "策略哈希", "version of the policy", "策略版本"),
};

enum { LABELS = 6 };
static const size_t label_columns[LABELS] = {
    OLD_TITLE_EN, OLD_TITLE_ZH, NEW_TITLE_EN, NEW_TITLE_ZH, CHANGE, REASON};

struct writer {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_change_options *options;
    struct st_change_file *out;
    struct st_published run;
    const struct st_compiled *compiled;
    const struct st_scheme *scheme;
    int64_t from_run;  /* 0: none */
    st_date from_next; /* first day of the period after it */
    const char *partial, *control, *control_partial;
    struct st_table_file *file;
    struct ST_VEC(struct st_text_cell) labels[LABELS];
    struct {
        struct st_change_count *items;
        size_t count, cap;
    } counts;
    int64_t old_ranks, new_ranks, days;
};

/* --- words of a row --- */

static int rank_of(const struct writer *w, const struct st_batch *batch, size_t column, size_t row)
{
    return st_batch_is_null(batch, column, row)
               ? -1
               : st_run_rank(w->scheme, st_batch_int(batch, column, row));
}

static const char *change_word(const struct writer *w, const struct st_batch *batch, size_t row)
{
    bool had = !st_batch_is_null(batch, OLD_TIER, row);
    bool has = !st_batch_is_null(batch, NEW_TIER, row);
    int old = rank_of(w, batch, OLD_TITLE_EN, row), now = rank_of(w, batch, NEW_TITLE_EN, row);
    if (!had || !has)
        return has ? "entered" : had ? "left" : "none";
    if (old == now && old >= 0)
        return "none";
    return !w->scheme->ranked || old < 0 || now < 0 ? "moved" : now < old ? "up" : "down";
}

static const char *title_of(
    const struct writer *w, const struct st_batch *batch, size_t column, size_t row)
{
    int rank = rank_of(w, batch, column, row);
    enum st_lang lang = column == OLD_TITLE_EN || column == NEW_TITLE_EN ? ST_LANG_EN : ST_LANG_ZH;
    return rank < 0 ? "" : st_pick_text(lang, &w->scheme->tiers[rank].title);
}

static const char *label_of(
    const struct writer *w, const struct st_batch *batch, size_t column, size_t row)
{
    if (column == CHANGE)
        return change_word(w, batch, row);
    if (column != REASON)
        return title_of(w, batch, column, row);
    int64_t move =
        st_batch_is_null(batch, REASON, row) ? ST_MOVE_NONE : st_batch_int(batch, REASON, row);
    return move >= 0 && move < ST_MOVE_COUNT ? st_move_texts[move].word : "";
}

/* --- totals --- */

static const char *code_of(
    struct writer *w, const struct st_batch *batch, size_t column, size_t row)
{
    return st_batch_is_null(batch, column, row) ? "" : st_run_text(w->arena, batch, column, row);
}

static void count_row(struct writer *w, const struct st_batch *batch, size_t row)
{
    const char *from = code_of(w, batch, OLD_TIER, row), *to = code_of(w, batch, NEW_TIER, row);
    struct st_change_count *c = NULL;
    for (size_t i = 0; i < w->counts.count && !c; i++)
        if (strcmp(w->counts.items[i].from, from) == 0 && strcmp(w->counts.items[i].to, to) == 0)
            c = &w->counts.items[i];
    if (!c) {
        c = st_vec_push(&w->counts);
        *c = (struct st_change_count){.from = from, .to = to};
    }
    struct st_text_cell status = st_batch_text(batch, STATUS, row);
    st_date day = st_batch_date(batch, EFFECTIVE_ON, row);
    c->now += day <= w->run.as_of;
    c->pending += day > w->run.as_of;
    c->repeated += status.len > 0 && status.data[0] == 'r';
    c->corrected += status.len > 0 && status.data[0] == 'c';
    w->old_ranks += rank_of(w, batch, OLD_TITLE_EN, row) + 1;
    w->new_ranks += rank_of(w, batch, NEW_TITLE_EN, row) + 1;
    w->days += day;
    w->out->rows++;
}

static int by_codes(const void *x, const void *y)
{
    const struct st_change_count *a = x, *b = y;
    int order = strcmp(a->from, b->from);
    return order ? order : strcmp(a->to, b->to);
}

static json_t *control_json(const struct writer *w)
{
    const struct st_change_file *f = w->out;
    char date[ST_DATE_TEXT_SIZE];
    const char *slash = strrchr(w->options->path, '/');
    json_t *counts = json_array();
    for (size_t i = 0; i < f->count_count; i++) {
        const struct st_change_count *c = &f->counts[i];
        json_array_append_new(
            counts, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "from", c->from, "to", c->to, "now",
                        (json_int_t)c->now, "pending", (json_int_t)c->pending, "repeated",
                        (json_int_t)c->repeated, "corrected", (json_int_t)c->corrected));
    }
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:I, s:s, s:{s:I, s:I, s:I}, s:o}",
        "sequence", (json_int_t)f->sequence, "scheme", f->scheme, "as_of",
        st_date_format(f->as_of, date), "file", slash ? slash + 1 : w->options->path, "run",
        (json_int_t)f->run_id, "policy", w->compiled->policy->name, "policy_hash", f->policy_hash,
        "rows", (json_int_t)f->rows, "customers", (json_int_t)f->customers, "sha256", f->hash,
        "sums", "old_rank", (json_int_t)w->old_ranks, "new_rank", (json_int_t)w->new_ranks,
        "effective_on_days", (json_int_t)w->days, "counts", counts);
}

/* --- the file --- */

static st_code copy_batch(struct writer *w, const struct st_batch *in, struct st_error *err)
{
    struct st_batch out = *in;
    for (size_t i = 0; i < LABELS; i++) {
        w->labels[i].count = 0;
        for (size_t row = 0; row < in->rows; row++) {
            const char *text = label_of(w, in, label_columns[i], row);
            *st_vec_push(&w->labels[i]) = (struct st_text_cell){text, strlen(text)};
        }
        out.vectors[label_columns[i]] =
            (struct st_vector){.type = ST_IR_TEXT, .values = w->labels[i].items};
    }
    for (size_t row = 0; row < in->rows; row++)
        count_row(w, in, row);
    return st_table_file_add(w->file, &out, err);
}

static st_code copy_rows(struct writer *w, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    struct st_bind sequence = st_bind_int(w->out->sequence);
    st_code code =
        st_cursor_open(w->store, st_sql_file_text("query/changes.sql"), &sequence, 1, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        code = copy_batch(w, batch, err);
    }
    st_cursor_close(cursor);
    return code;
}

static st_code write_rows(struct writer *w, struct st_error *err)
{
    const struct st_change_options *o = w->options;
    const struct st_table_spec spec = {.format = o->format,
        .path = w->partial,
        .plain = o->plain,
        .lang = o->lang,
        .title = {"Tier changes", "层级变动"},
        .dated = w->run.as_of,
        .columns = columns,
        .count = FILE_COLUMNS};
    TRY(st_table_file_open(w->arena, &spec, &w->file, err));
    st_code code = copy_rows(w, err);
    st_code closed = st_table_file_close(w->file, code == ST_OK, err);
    if (w->counts.count) /* without rows there is no array */
        qsort(w->counts.items, w->counts.count, sizeof *w->counts.items, by_codes);
    w->out->counts = st_arena_array(w->arena, struct st_change_count, w->counts.count);
    for (size_t i = 0; i < w->counts.count; i++)
        w->out->counts[i] = w->counts.items[i];
    w->out->count_count = w->counts.count;
    return code == ST_OK ? closed : code;
}

static st_code fail_write(const char *path, struct st_error *err)
{
    struct st_text why = st_error_system(errno);
    st_code code = st_fail(err, ST_E_IO, "cannot write %s", "无法写入 %s", path);
    st_error_hint(err, "%s%.0s", "%.0s%s", why.en, why.zh);
    return code;
}

static st_code write_control(struct writer *w, struct st_error *err)
{
    json_t *json = control_json(w);
    FILE *file = fopen(w->control_partial, "wb");
    bool written = file && json_dumpf(json, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
    bool closed = file && fclose(file) == 0;
    json_decref(json);
    return written && closed ? ST_OK : fail_write(w->control_partial, err);
}

/* --- what is told --- */

static st_code find_runs(struct writer *w, struct st_error *err)
{
    const struct st_change_options *o = w->options;
    struct st_compiled *compiled = NULL;
    TRY(st_read_published(w->store, w->arena, o->scheme, o->as_of, &w->run, err));
    TRY(st_read_policy(w->store, w->arena, w->run.policy_hash, &compiled, err));
    w->compiled = compiled;
    w->scheme = st_compiled_scheme(compiled, o->scheme);
    if (o->from) {
        struct st_published before;
        TRY(st_read_published(w->store, w->arena, o->scheme, o->from, &before, err));
        w->from_run = before.run_id;
        w->from_next = st_period_end(compiled->policy, before.as_of) + 1;
    }
    w->out->scheme = o->scheme;
    w->out->as_of = w->run.as_of;
    w->out->run_id = w->run.run_id;
    w->out->policy_hash = w->run.policy_hash;
    w->out->sent_at = o->now;
    return ST_OK;
}

/* Files are told in the order of days: an older one would take back what a newer one said. */
static st_code check_order(struct writer *w, struct st_error *err)
{
    struct st_bind scheme = st_bind_text(w->options->scheme);
    int64_t last = 0;
    bool none = true;
    char day[ST_DATE_TEXT_SIZE], told[ST_DATE_TEXT_SIZE];
    TRY(st_store_query_ints(w->store,
        "SELECT max(f.as_of) FROM change_file AS f WHERE f.scheme = $1", &scheme, 1, &last, &none,
        1, err));
    if (none || w->run.as_of >= (st_date)last)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "changes up to %s have been sent already",
        "截至 %s 的变动已经发送", st_date_format((st_date)last, told));
    st_error_value(err, "%s", st_date_format(w->run.as_of, day));
    return code;
}

static st_code note_rows(struct writer *w, struct st_error *err)
{
    TRY(st_store_query_ints(w->store,
        "SELECT coalesce(max(f.sequence), 0) + 1 FROM change_file AS f", NULL, 0, &w->out->sequence,
        NULL, 1, err));
    struct st_bind binds[] = {st_bind_int(w->out->sequence), st_bind_text(w->options->scheme),
        st_bind_int(w->run.run_id), st_bind_date(w->run.as_of),
        st_bind_date(st_period_end(w->compiled->policy, w->run.as_of) + 1),
        st_bind_int(w->from_run), st_bind_date(w->from_next)};
    return st_store_exec(w->store, st_sql_file_text("run/changes.sql"), binds, ST_COUNT(binds),
        &w->out->customers, err);
}

/* change_row counts its files through change_file: the row of this one comes first, without totals
 * that are known only when the file is written. */
static st_code note_file(struct writer *w, struct st_error *err)
{
    const struct st_change_file *f = w->out;
    struct st_bind binds[] = {st_bind_int(f->sequence), st_bind_text(f->scheme),
        st_bind_int(f->run_id), st_bind_int(w->from_run), st_bind_date(f->as_of),
        st_bind_int(f->customers), st_bind_text(f->sent_at)};
    return st_store_exec(w->store,
        "INSERT INTO change_file (sequence, scheme, run_id, previous_run, as_of, customers, "
        "rows_told, hash, sent_at) VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7)",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code note_totals(struct writer *w, struct st_error *err)
{
    char hash[ST_HASH_HEX_SIZE];
    TRY(st_hash_file(w->partial, hash, err));
    w->out->hash = st_arena_strdup(w->arena, hash);
    struct st_bind binds[] = {
        st_bind_int(w->out->sequence), st_bind_int(w->out->rows), st_bind_text(w->out->hash)};
    return st_store_exec(w->store,
        "UPDATE change_file SET rows_told = $2, hash = $3 WHERE sequence = $1", binds, 3, NULL,
        err);
}

static st_code tell(struct writer *w, struct st_error *err)
{
    TRY(find_runs(w, err));
    TRY(check_order(w, err));
    TRY(note_rows(w, err));
    TRY(note_file(w, err));
    TRY(write_rows(w, err));
    TRY(note_totals(w, err));
    TRY(write_control(w, err));
    return st_store_commit(w->store, err);
}

st_code st_change_write(struct st_store *store, struct st_arena *arena,
    const struct st_change_options *options, struct st_change_file *out, struct st_error *err)
{
    struct writer w = {.store = store,
        .arena = arena,
        .options = options,
        .out = out,
        .partial = st_arena_printf(arena, "%s.partial", options->path),
        .control = st_arena_printf(arena, "%s.control.json", options->path),
        .control_partial = st_arena_printf(arena, "%s.control.json.partial", options->path)};
    *out = (struct st_change_file){.rows = 0};
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = tell(&w, err);
    if (code != ST_OK) {
        st_store_rollback(store);
        remove(w.partial);
        remove(w.control_partial);
    } else if (rename(w.control_partial, w.control) != 0 ||
               rename(w.partial, options->path) != 0) { /* the file last: it is there whole */
        code = fail_write(options->path, err);
    }
    for (size_t i = 0; i < LABELS; i++)
        st_vec_release(&w.labels[i]);
    st_vec_release(&w.counts);
    return code;
}
