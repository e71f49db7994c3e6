#include "run/signals.h"

#include "run/internal.h"
#include "run/table_file.h"

struct day_run {
    int64_t run_id;
    st_date as_of;
    const char *policy_hash;
    const struct st_compiled *compiled;
};

struct reader {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_signal_query *query;
    struct st_signal_list *out;
    struct ST_VEC(struct day_run) runs;
};

/* --- the day's runs and their policies --- */

static st_code read_run(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct reader *r = context;
    (void)err;
    *st_vec_push(&r->runs) = (struct day_run){.run_id = st_batch_int(batch, 0, row),
        .as_of = st_batch_date(batch, 1, row),
        .policy_hash = st_run_text(r->arena, batch, 2, row)};
    return ST_OK;
}

static st_code fail_none(const struct reader *r, struct st_error *err)
{
    char date[ST_DATE_TEXT_SIZE];
    const char *where = st_store_location(r->store);
    st_code code;
    if (r->runs.count == 0) {
        code = st_fail(err, ST_E_NOT_FOUND, "nothing has been published for this day in %s",
            "%s 中该日没有已发布的运行", where);
        if (r->query->as_of)
            st_error_value(err, "%s", st_date_format(*r->query->as_of, date));
        st_error_hint(err, "strata run %s POLICY.yaml --as-of DATE",
            "strata run %s 策略.yaml --as-of 日期", where);
        return code;
    }
    code = st_fail(err, ST_E_NOT_FOUND, "the policy run as of %s has no signals",
        "%s 所用策略没有信号", st_date_format(r->out->as_of, date));
    st_error_hint(err, "signals: in a policy says what staff is told; docs/signals.md",
        "在策略中写 signals: 说明提示内容，见 docs/signals.zh-CN.md");
    return code;
}

static st_code fail_unknown(const struct reader *r, struct st_error *err)
{
    const char *names[ST_SIGNALS_MAX], *wanted = r->query->name;
    size_t count = 0;
    for (size_t i = 0; i < r->out->count_count && count < ST_SIGNALS_MAX; i++)
        names[count++] = r->out->counts[i].signal->def->name;
    st_code code = st_fail(err, ST_E_NOT_FOUND, "there is no signal %s", "没有信号 %s", wanted);
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    st_error_value(err, "%s", wanted);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(wanted, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static st_code read_runs(struct reader *r, struct st_error *err)
{
    struct st_bind day =
        r->query->as_of ? st_bind_date(*r->query->as_of) : st_bind_null(ST_IR_DATE);
    size_t signals = 0, n = 0;
    TRY(st_run_each(
        r->store, st_sql_file_text("query/signal_runs.sql"), &day, 1, read_run, r, err));
    for (size_t i = 0; i < r->runs.count; i++) {
        struct st_compiled *compiled = NULL;
        TRY(st_read_policy(r->store, r->arena, r->runs.items[i].policy_hash, &compiled, err));
        r->runs.items[i].compiled = compiled;
        signals += compiled->signal_count;
        r->out->as_of = r->runs.items[i].as_of;
    }
    if (signals == 0)
        return fail_none(r, err);
    r->out->counts = st_arena_array(r->arena, struct st_signal_count, signals);
    bool known = !r->query->name;
    for (size_t i = 0; i < r->runs.count; i++)
        for (size_t k = 0; k < r->runs.items[i].compiled->signal_count; k++) {
            const struct st_signal *s = &r->runs.items[i].compiled->signals[k];
            r->out->counts[n++] =
                (struct st_signal_count){.signal = s, .run_id = r->runs.items[i].run_id};
            known = known || strcmp(s->def->name, r->query->name) == 0;
        }
    r->out->count_count = n;
    return known ? ST_OK : fail_unknown(r, err);
}

/* --- counts --- */

enum { FILTERS = 5 };

static void bind_filters(const struct reader *r, struct st_bind *binds)
{
    const struct st_signal_query *q = r->query;
    binds[0] = st_bind_date(r->out->as_of);
    binds[1] = st_bind_text(q->name);
    binds[2] = st_bind_text(q->kind);
    binds[3] = st_bind_text(q->branch);
    binds[4] = st_bind_bool(q->only_new);
}

static st_code read_count(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct reader *r = context;
    struct st_text_cell name = st_batch_text(batch, 1, row);
    (void)err;
    for (size_t i = 0; i < r->out->count_count; i++) {
        struct st_signal_count *c = &r->out->counts[i];
        const char *own = c->signal->def->name;
        if (c->run_id != st_batch_int(batch, 0, row) || strlen(own) != name.len ||
            memcmp(own, name.data, name.len) != 0)
            continue;
        c->holding = st_batch_int(batch, 2, row);
        c->fresh = st_batch_int(batch, 3, row);
        r->out->total += c->holding;
    }
    return ST_OK;
}

/* --- rows --- */

/* Columns of query/signals.sql; those before FILE_COLUMNS are the file's. */
enum {
    AS_OF,
    SIGNAL,
    TITLE_EN,
    TITLE_ZH,
    KIND,
    PRIORITY,
    CUSTOMER,
    BRANCH,
    IS_NEW,
    FIRST_ON,
    FIRED_ON,
    ACCOUNT,
    SCHEME,
    TIER,
    VALUE,
    THRESHOLD,
    ON_DATE,
    REASON_EN,
    REASON_ZH,
    FILE_COLUMNS,
    RUN = FILE_COLUMNS,
    CLASS,
    TIER_ID,
    PROGRESS,
    COHORT,
    PENDING
};

static const struct day_run *find_run(const struct reader *r, int64_t run_id)
{
    for (size_t i = 0; i < r->runs.count; i++)
        if (r->runs.items[i].run_id == run_id)
            return &r->runs.items[i];
    return NULL;
}

static const char *optional_text(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row)
{
    return st_batch_is_null(batch, column, row) ? NULL : st_run_text(arena, batch, column, row);
}

static int64_t optional_int(
    const struct st_batch *batch, size_t column, size_t row, int64_t none, bool *has)
{
    bool is = !st_batch_is_null(batch, column, row);
    if (has)
        *has = is;
    return is ? st_batch_int(batch, column, row) : none;
}

/* False: the policy stored with the run has no such signal. */
static bool read_row(const struct reader *r, struct st_arena *arena, const struct st_batch *batch,
    size_t row, struct st_signal_item *out)
{
    const struct day_run *run = find_run(r, st_batch_int(batch, RUN, row));
    const char *name = st_run_text(arena, batch, SIGNAL, row);
    struct st_signal_row *s = &out->row;
    *out = (struct st_signal_item){.run_id = run ? run->run_id : 0};
    s->signal = run ? st_compiled_signal(run->compiled, name) : NULL;
    if (!s->signal)
        return false;
    out->customer = st_run_text(arena, batch, CUSTOMER, row);
    out->branch = optional_text(arena, batch, BRANCH, row);
    out->is_new = st_batch_bool(batch, IS_NEW, row);
    s->as_of = r->out->as_of;
    int64_t tier = optional_int(batch, TIER_ID, row, 0, NULL);
    s->tier = s->signal->scheme ? st_run_rank(s->signal->scheme, tier) : -1;
    s->value = optional_int(batch, VALUE, row, 0, &s->has_value);
    s->threshold = optional_int(batch, THRESHOLD, row, 0, &s->has_threshold);
    s->progress = optional_int(batch, PROGRESS, row, 0, &s->has_progress);
    int64_t next = optional_int(batch, PENDING, row, 0, NULL);
    s->next = s->signal->scheme ? st_run_rank(s->signal->scheme, next) : -1;
    s->cohort = (int)optional_int(batch, COHORT, row, -1, NULL);
    s->has_day = !st_batch_is_null(batch, ON_DATE, row);
    s->day = s->has_day ? st_batch_date(batch, ON_DATE, row) : 0;
    s->first_on = st_batch_date(batch, FIRST_ON, row);
    s->fired_on = st_batch_date(batch, FIRED_ON, row);
    s->account = optional_text(arena, batch, ACCOUNT, row);
    s->class_name = optional_text(arena, batch, CLASS, row);
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        struct st_str text = ST_STR_INIT;
        st_signal_explain(run->compiled, s, (enum st_lang)lang, &text);
        out->reason[lang] = st_arena_strndup(arena, text.text, text.len);
        st_str_release(&text);
    }
    return true;
}

static st_code fail_lost(struct st_error *err)
{
    return st_fail(err, ST_E_CORRUPT, "the store holds a signal that its policy does not know",
        "库中存有其策略未定义的信号");
}

static st_code read_item(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct reader *r = context;
    return read_row(r, r->arena, batch, row, &r->out->items[r->out->item_count++]) ? ST_OK
                                                                                   : fail_lost(err);
}

static st_code read_list(struct reader *r, struct st_error *err)
{
    struct st_bind binds[FILTERS + 1];
    int64_t most = r->query->limit < r->out->total ? r->query->limit : r->out->total;
    bind_filters(r, binds);
    binds[FILTERS] = st_bind_int(most);
    r->out->items = st_arena_array(r->arena, struct st_signal_item, (size_t)most);
    return st_run_each(
        r->store, st_sql_file_text("query/signals.sql"), binds, FILTERS + 1, read_item, r, err);
}

/* --- the file --- */

#define TEXT_COLUMN(NAME, EN, ZH, HELP_EN, HELP_ZH)                                                \
    {                                                                                              \
        NAME, {EN, ZH}, {HELP_EN, HELP_ZH}, ST_IR_TEXT, 0, ST_LOOK_NUMBER                          \
    }

static const struct st_table_column columns[FILE_COLUMNS] = {
    [AS_OF] = {"as_of", {"As of", "日期"}, {"the day of the run", "运行日期"}, ST_IR_DATE, 0,
        ST_LOOK_NUMBER},
    [SIGNAL] = TEXT_COLUMN("signal", "Signal", "信号", "its name in the policy", "策略中的信号名"),
    [TITLE_EN] = TEXT_COLUMN(
        "title_en", "Title", "英文名", "as the run's policy names it", "策略中的英文名称"),
    [TITLE_ZH] = TEXT_COLUMN(
        "title_zh", "Title (Chinese)", "名称", "as the run's policy names it", "策略中的中文名称"),
    [KIND] = TEXT_COLUMN("kind", "Kind", "类型", "docs/signals.md", "见 docs/signals.zh-CN.md"),
    [PRIORITY] = {"priority", {"Priority", "优先级"}, {"1 first", "1 最先"}, ST_IR_BIGINT, 0,
        ST_LOOK_NUMBER},
    [CUSTOMER] = TEXT_COLUMN(
        "customer_id", "Customer", "客户号", "the source's customer number", "源系统客户号"),
    [BRANCH] = TEXT_COLUMN("branch", "Branch", "网点", "the customer's branch", "客户所属网点"),
    [IS_NEW] = {"is_new", {"New", "新"}, {"told by this run", "本次运行新提示"}, ST_IR_BOOL, 0,
        ST_LOOK_NUMBER},
    [FIRST_ON] = {"first_on", {"Holds since", "起始日"},
        {"first run since which it has held", "持续成立以来的首次运行日"}, ST_IR_DATE, 0,
        ST_LOOK_NUMBER},
    [FIRED_ON] = {"fired_on", {"Told on", "提示日"}, {"run that told it last", "最近一次提示日"},
        ST_IR_DATE, 0, ST_LOOK_NUMBER},
    [ACCOUNT] = TEXT_COLUMN(
        "account_id", "Account", "账户", "where the signal is about an account", "涉及账户时填写"),
    [SCHEME] = TEXT_COLUMN("scheme", "Scheme", "方案", "its name in the policy", "策略中的方案名"),
    [TIER] = TEXT_COLUMN("tier", "Tier", "层级代码", "code of the tier that is near, or on watch",
        "接近或被关注的层级代码"),
    [VALUE] = {"value", {"Value", "数值"}, {"the amount the signal shows", "信号展示的数值"},
        ST_IR_BIGINT, 0, ST_LOOK_MONEY},
    [THRESHOLD] = {"threshold", {"Bound", "界限"}, {"what it is compared with", "与之比较的界限"},
        ST_IR_BIGINT, 0, ST_LOOK_MONEY},
    [ON_DATE] = {"on_date", {"Day", "相关日"},
        {"of the fall, the birthday, the maturity, the opening", "降级、生日、到期或开户的日期"},
        ST_IR_DATE, 0, ST_LOOK_NUMBER},
    [REASON_EN] = TEXT_COLUMN("reason_en", "Why", "原因（英文）", "why it holds", "成立原因"),
    [REASON_ZH] = TEXT_COLUMN("reason_zh", "Why (Chinese)", "原因", "why it holds", "成立原因"),
};

enum { FILLED_TEXTS = 4, FILLED_AMOUNTS = 2 };
static const size_t text_columns[FILLED_TEXTS] = {TITLE_EN, TITLE_ZH, REASON_EN, REASON_ZH};
static const size_t amount_columns[FILLED_AMOUNTS] = {VALUE, THRESHOLD};

struct filler {
    struct reader *reader;
    struct st_table_file *file;
    int scale; /* one for all amounts of the file: the finest */
    struct ST_VEC(struct st_text_cell) texts[FILLED_TEXTS];
    struct ST_VEC(int64_t) amounts[FILLED_AMOUNTS];
};

static st_code fill_row(struct filler *f, struct st_arena *arena, const struct st_batch *in,
    size_t row, struct st_error *err)
{
    struct st_signal_item item;
    if (!read_row(f->reader, arena, in, row, &item))
        return fail_lost(err);
    const struct st_signal *s = item.row.signal;
    const char *const texts[FILLED_TEXTS] = {
        s->def->title.en, s->def->title.zh, item.reason[ST_LANG_EN], item.reason[ST_LANG_ZH]};
    const int64_t amounts[FILLED_AMOUNTS] = {item.row.value, item.row.threshold};
    for (size_t i = 0; i < FILLED_TEXTS; i++)
        *st_vec_push(&f->texts[i]) = (struct st_text_cell){texts[i], strlen(texts[i])};
    for (size_t i = 0; i < FILLED_AMOUNTS; i++) {
        int64_t scaled = 0;
        if (!st_wide_to_int64(st_rescale(amounts[i], s->value.scale, f->scale), &scaled)) {
            st_code code = st_fail(err, ST_E_LIMIT,
                "an amount of signal %s does not fit a column of %d decimals",
                "信号 %s 的数值超出 %d 位小数列的范围", s->def->name, f->scale);
            st_error_hint(err, "write signals one by one: --name %s", "请分信号写出：--name %s",
                s->def->name);
            return code;
        }
        *st_vec_push(&f->amounts[i]) = scaled;
    }
    return ST_OK;
}

static st_code fill_batch(struct filler *f, const struct st_batch *in, struct st_error *err)
{
    struct st_arena arena = {0};
    struct st_batch out = *in;
    st_code code = ST_OK;
    for (size_t i = 0; i < FILLED_TEXTS; i++)
        f->texts[i].count = 0;
    for (size_t i = 0; i < FILLED_AMOUNTS; i++)
        f->amounts[i].count = 0;
    for (size_t row = 0; row < in->rows && code == ST_OK; row++)
        code = fill_row(f, &arena, in, row, err);
    for (size_t i = 0; i < FILLED_TEXTS; i++)
        out.vectors[text_columns[i]] =
            (struct st_vector){.type = ST_IR_TEXT, .values = f->texts[i].items};
    for (size_t i = 0; i < FILLED_AMOUNTS; i++)
        out.vectors[amount_columns[i]].values = f->amounts[i].items;
    out.columns = FILE_COLUMNS;
    if (code == ST_OK)
        code = st_table_file_add(f->file, &out, err);
    st_arena_release(&arena);
    return code;
}

static st_code open_file(struct filler *f, struct st_error *err)
{
    static const char *const heads[] = {"run 运行", "policy 策略", "policy hash 策略哈希"};
    struct reader *r = f->reader;
    const struct st_signal_query *q = r->query;
    struct st_table_column *own = st_arena_array(r->arena, struct st_table_column, FILE_COLUMNS);
    memcpy(own, columns, sizeof columns);
    for (size_t i = 0; i < r->out->count_count; i++)
        if (r->out->counts[i].holding && r->out->counts[i].signal->value.scale > f->scale)
            f->scale = r->out->counts[i].signal->value.scale;
    own[VALUE].scale = own[THRESHOLD].scale = f->scale;
    const struct st_table_spec spec = {.format = q->format,
        .path = q->path,
        .plain = q->plain,
        .lang = q->lang,
        .title = {"Signals", "信号"},
        .dated = r->out->as_of,
        .columns = own,
        .count = FILE_COLUMNS};
    TRY(st_table_file_open(r->arena, &spec, &f->file, err));
    st_table_file_note(f->file, true, heads, ST_COUNT(heads));
    for (size_t i = 0; i < r->runs.count; i++) {
        const struct day_run *run = &r->runs.items[i];
        const char *const cells[] = {st_arena_printf(r->arena, "%lld", (long long)run->run_id),
            run->compiled->policy->name, run->policy_hash};
        st_table_file_note(f->file, false, cells, ST_COUNT(cells));
    }
    return ST_OK;
}

static st_code copy_rows(struct filler *f, struct st_error *err)
{
    struct reader *r = f->reader;
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    struct st_bind binds[FILTERS + 1];
    bind_filters(r, binds);
    binds[FILTERS] = st_bind_int(INT64_MAX);
    st_code code = st_cursor_open(
        r->store, st_sql_file_text("query/signals.sql"), binds, FILTERS + 1, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        code = fill_batch(f, batch, err);
    }
    st_cursor_close(cursor);
    return code;
}

static st_code write_file(struct reader *r, struct st_error *err)
{
    struct filler f = {.reader = r};
    st_code code = open_file(&f, err);
    if (code == ST_OK)
        code = copy_rows(&f, err);
    if (f.file) {
        st_code closed = st_table_file_close(f.file, code == ST_OK, err);
        code = code == ST_OK ? closed : code;
    }
    for (size_t i = 0; i < FILLED_TEXTS; i++)
        st_vec_release(&f.texts[i]);
    for (size_t i = 0; i < FILLED_AMOUNTS; i++)
        st_vec_release(&f.amounts[i]);
    return code;
}

/* --- the whole --- */

st_code st_read_signals(struct st_store *store, struct st_arena *arena,
    const struct st_signal_query *query, struct st_signal_list *out, struct st_error *err)
{
    struct reader r = {.store = store, .arena = arena, .query = query, .out = out};
    struct st_bind binds[FILTERS];
    *out = (struct st_signal_list){0};
    st_code code = read_runs(&r, err);
    bind_filters(&r, binds);
    if (code == ST_OK)
        code = st_run_each(store, st_sql_file_text("query/signal_counts.sql"), binds, FILTERS,
            read_count, &r, err);
    if (code == ST_OK && query->path)
        code = write_file(&r, err);
    else if (code == ST_OK)
        code = read_list(&r, err);
    st_vec_release(&r.runs);
    return code;
}
