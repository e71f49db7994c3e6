/* From a cell of the migration matrix to its customers: listed, or as a file. */
#include "run/migrate_internal.h"
#include "run/table_file.h"

/* --- the cell --- */

enum { ANYWHERE = -1 };

/* One side of a cell. */
struct end {
    int place;    /* enum st_at, or ANYWHERE */
    int64_t tier; /* 0: any */
};

struct cell {
    struct end from, to;
};

static const bool may_begin[ST_AT_COUNT] = {[ST_AT_RATED] = true,
    [ST_AT_GATED] = true,
    [ST_AT_UNRATED] = true,
    [ST_AT_NEW] = true,
    [ST_AT_REOPENED] = true,
    [ST_AT_MERGED] = true};
static const bool may_end[ST_AT_COUNT] = {[ST_AT_RATED] = true,
    [ST_AT_GATED] = true,
    [ST_AT_UNRATED] = true,
    [ST_AT_MERGED] = true,
    [ST_AT_CLOSED] = true};

static const char any[] = "any";

static st_code fail_word(
    const struct migrate *m, const char *word, const bool *may, struct st_error *err)
{
    const struct st_migration *out = m->out;
    const char **names = st_arena_array(m->arena, const char *, out->roll_count + ST_AT_COUNT + 1);
    struct st_str all = ST_STR_INIT;
    size_t count = 0;
    for (size_t i = 0; i < out->roll_count; i++)
        if (out->rolls[i].place == ST_AT_RATED)
            names[count++] = out->rolls[i].code;
    for (size_t i = 0; i < ST_AT_COUNT; i++)
        if (may[i])
            names[count++] = st_at_names[i];
    names[count++] = any;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    st_code code = st_fail(
        err, ST_E_USAGE, "--cell names no such place: %s", "--cell 中没有这样的位置：%s", word);
    st_error_value(err, "%s", word);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(word, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

/* A tier's code goes before a word; "@new" is the word where a tier has that code. */
static st_code read_end(const struct migrate *m, const char *word, const bool *may, struct end *out,
    struct st_error *err)
{
    const struct st_migration *all = m->out;
    const char *name = word[0] == '@' ? word + 1 : word;
    *out = (struct end){.place = ANYWHERE};
    for (size_t i = 0; i < all->roll_count && name == word; i++)
        if (all->rolls[i].place == ST_AT_RATED && strcmp(all->rolls[i].code, name) == 0) {
            *out = (struct end){ST_AT_RATED, all->rolls[i].tier_id};
            return ST_OK;
        }
    if (strcmp(name, any) == 0)
        return ST_OK;
    for (int place = 0; place < ST_AT_COUNT; place++)
        if (may[place] && strcmp(st_at_names[place], name) == 0) {
            out->place = place;
            return ST_OK;
        }
    return fail_word(m, word, may, err);
}

static st_code read_cell(const struct migrate *m, struct cell *out, struct st_error *err)
{
    const char *text = m->options->cell;
    *out = (struct cell){{ANYWHERE, 0}, {ANYWHERE, 0}};
    if (!text)
        return ST_OK;
    const char *colon = strchr(text, ':');
    if (!colon) {
        st_code code =
            st_fail(err, ST_E_USAGE, "--cell is not FROM:TO", "--cell 不是 起点:终点 的形式");
        st_error_value(err, "%s", text);
        st_error_allowed(
            err, "gold:silver, new:any, gold:closed", "gold:silver、new:any、gold:closed");
        return code;
    }
    const char *from = st_arena_strndup(m->arena, text, (size_t)(colon - text));
    TRY(read_end(m, from, may_begin, &out->from, err));
    return read_end(m, colon + 1, may_end, &out->to, err);
}

static bool end_holds(const struct end *end, enum st_at place, const struct st_roll *roll)
{
    return end->place == ANYWHERE ||
           (end->place == (int)place && (end->tier == 0 || roll->tier_id == end->tier));
}

/* --- rows --- */

enum {
    CUSTOMER,
    WAS,
    TIER_BEFORE,
    BECAME,
    TIER_AFTER,
    MERGED_INTO,
    VALUE_BEFORE,
    VALUE_AFTER,
    COLUMNS
};
enum { BINDS = MIGRATE_BINDS + 5 };

static void bind_end(const struct end *end, struct st_bind *binds)
{
    binds[0] = end->place == ANYWHERE ? st_bind_null(ST_IR_BIGINT) : st_bind_int(end->place);
    binds[1] = end->tier == 0 ? st_bind_null(ST_IR_BIGINT) : st_bind_int(end->tier);
}

static void bind_cell(
    const struct migrate *m, const struct cell *cell, int64_t limit, struct st_bind *binds)
{
    st_migrate_binds(m, binds);
    bind_end(&cell->from, &binds[MIGRATE_BINDS]);
    bind_end(&cell->to, &binds[MIGRATE_BINDS + 2]);
    binds[MIGRATE_BINDS + 4] = st_bind_int(limit);
}

struct mover_reader {
    struct migrate *m;
    struct ST_VEC(struct st_mover) movers;
};

static const char *text_or_null(
    struct st_arena *a, const struct st_batch *b, size_t column, size_t row)
{
    return st_batch_is_null(b, column, row) ? NULL : st_run_text(a, b, column, row);
}

static st_code read_mover(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct mover_reader *r = context;
    struct st_arena *a = r->m->arena;
    (void)err;
    struct st_mover *mover = st_vec_push(&r->movers);
    *mover = (struct st_mover){.source_id = st_run_text(a, b, CUSTOMER, row),
        .was = st_run_text(a, b, WAS, row),
        .tier_before = text_or_null(a, b, TIER_BEFORE, row),
        .is = st_run_text(a, b, BECAME, row),
        .tier_after = text_or_null(a, b, TIER_AFTER, row),
        .merged_into = text_or_null(a, b, MERGED_INTO, row),
        .has_before = !st_batch_is_null(b, VALUE_BEFORE, row),
        .has_after = !st_batch_is_null(b, VALUE_AFTER, row)};
    mover->value_before = mover->has_before ? st_batch_int(b, VALUE_BEFORE, row) : 0;
    mover->value_after = mover->has_after ? st_batch_int(b, VALUE_AFTER, row) : 0;
    return ST_OK;
}

static st_code list_cell(
    struct migrate *m, const struct cell *cell, const char *sql, struct st_error *err)
{
    struct mover_reader reader = {.m = m};
    struct st_bind binds[BINDS];
    bind_cell(m, cell, m->options->limit, binds);
    st_code code = st_run_each(m->store, sql, binds, BINDS, read_mover, &reader, err);
    m->out->mover_count = reader.movers.count;
    m->out->movers = st_arena_array(m->arena, struct st_mover, reader.movers.count + 1);
    for (size_t i = 0; i < reader.movers.count; i++)
        m->out->movers[i] = reader.movers.items[i];
    st_vec_release(&reader.movers);
    return code;
}

/* --- the file --- */

static const struct st_table_column file_columns[COLUMNS] = {
    [CUSTOMER] = {"customer_id", {"Customer", "客户号"},
        {"the source's customer number", "源系统客户号"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [WAS] = {"was", {"Was", "此前"},
        {"rated, gated, unrated; new, reopened, merged (in): not in the earlier run",
            "rated 参评、gated 未准入、unrated 未评级；new 新增、reopened 重新开户、merged "
            "并入：不在较早的运行中"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [TIER_BEFORE] = {"tier_before", {"Tier before", "此前层级"},
        {"its code in the policy", "策略中的层级代码"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [BECAME] = {"became", {"Is", "现在"},
        {"rated, gated, unrated; closed, merged (out): not in the later run",
            "rated 参评、gated 未准入、unrated 未评级；closed 销户、merged 并出：不在较晚的运行中"},
        ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [TIER_AFTER] = {"tier_after", {"Tier after", "现在层级"},
        {"its code in the policy", "策略中的层级代码"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [MERGED_INTO] = {"merged_into", {"Merged into", "并入客户号"},
        {"the number that goes on", "继续使用的客户号"}, ST_IR_TEXT, 0, ST_LOOK_NUMBER},
    [VALUE_BEFORE] = {"value_before", {"Value before", "此前金额"},
        {"of the measure in the earlier run", "较早运行中的指标值"}, ST_IR_BIGINT, 0,
        ST_LOOK_MONEY},
    [VALUE_AFTER] = {"value_after", {"Value after", "现在金额"},
        {"of the measure in the later run", "较晚运行中的指标值"}, ST_IR_BIGINT, 0, ST_LOOK_MONEY},
};

static void note_run(struct migrate *m, struct st_table_file *file, const struct st_published *run)
{
    char date[ST_DATE_TEXT_SIZE];
    const char *const cells[] = {st_arena_printf(m->arena, "%lld", (long long)run->run_id),
        st_arena_strdup(m->arena, st_date_format(run->as_of, date)), run->scheme, run->policy_hash,
        m->out->measure ? m->out->measure->name : ""};
    st_table_file_note(file, false, cells, ST_COUNT(cells));
}

static st_code write_rows(struct migrate *m, const struct cell *cell, const char *sql,
    struct st_table_file *file, size_t columns, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    struct st_batch shown;
    struct st_bind binds[BINDS];
    bind_cell(m, cell, m->options->file_limit ? m->options->file_limit : INT64_MAX, binds);
    st_code code = st_cursor_open(m->store, sql, binds, BINDS, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        m->out->rows_written += (int64_t)batch->rows;
        shown = *batch;
        shown.columns = columns; /* values last: without a measure there are none */
        code = st_table_file_add(file, &shown, err);
    }
    st_cursor_close(cursor);
    return code;
}

static st_code write_file(
    struct migrate *m, const struct cell *cell, const char *sql, struct st_error *err)
{
    static const char *const heads[] = {
        "run 运行", "as of 日期", "scheme 方案", "policy hash 策略哈希", "measure 指标"};
    const struct st_migrate_options *o = m->options;
    struct st_table_column columns[COLUMNS];
    struct st_table_file *file = NULL;
    size_t count = m->out->measure ? COLUMNS : VALUE_BEFORE;
    for (size_t i = 0; i < count; i++) {
        columns[i] = file_columns[i];
        if (i >= VALUE_BEFORE)
            columns[i].scale = m->out->value_scale;
    }
    struct st_table_spec spec = {.format = o->format,
        .path = o->path,
        .plain = o->plain,
        .lang = o->lang,
        .title = {"Migration", "层级变动"},
        .dated = m->out->to.as_of,
        .columns = columns,
        .count = count};
    TRY(st_table_file_open(m->arena, &spec, &file, err));
    st_table_file_note(file, true, heads, ST_COUNT(heads));
    note_run(m, file, &m->out->from);
    note_run(m, file, &m->out->to);
    st_code code = write_rows(m, cell, sql, file, count, err);
    st_code closed = st_table_file_close(file, code == ST_OK, err);
    return code == ST_OK ? closed : code;
}

st_code st_migrate_list(struct migrate *m, struct st_error *err)
{
    struct st_migration *out = m->out;
    struct cell cell;
    struct st_str sql = ST_STR_INIT;
    TRY(read_cell(m, &cell, err));
    for (size_t i = 0; i < out->move_count; i++)
        if (end_holds(&cell.from, out->moves[i].was, out->moves[i].from) &&
            end_holds(&cell.to, out->moves[i].is, out->moves[i].to))
            out->cell_customers += out->moves[i].customers;
    st_migrate_sql(m, "query/migrate_cell.sql", &sql);
    st_code code = m->options->limit ? list_cell(m, &cell, sql.text, err) : ST_OK;
    if (code == ST_OK && m->options->path)
        code = write_file(m, &cell, sql.text, err);
    st_str_release(&sql);
    return code;
}
