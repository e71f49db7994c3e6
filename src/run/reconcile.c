#include "run/reconcile.h"

#include "base/vec.h"
#include "run/internal.h"
#include "run/table_file.h"

struct reconcile {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_reconcile_options *options;
    struct st_reconciliation *out;
    struct ST_VEC(struct st_total) cells;
    int days; /* from the month's 1st */
};

/* --- the day --- */

enum { DAY, TOTALS, BY_BRANCH, BY_PRODUCT, BY_CLASS, AVERAGES, FIRST_DAY, LAST_DAY, DAY_COLUMNS };

static st_code fail_no_totals(st_date day, const int64_t *values, struct st_error *err)
{
    char text[ST_DATE_TEXT_SIZE], first[ST_DATE_TEXT_SIZE], last[ST_DATE_TEXT_SIZE];
    st_code code = st_fail(err, ST_E_NOT_FOUND, "there are no control totals of %s",
        "没有 %s 的控制总数", st_date_format(day, text));
    st_error_value(err, "%s", text);
    st_error_hint(err, "import that day's; those imported reach from %s to %s",
        "请导入当日的控制总数；已导入的日期为 %s 至 %s",
        st_date_format((st_date)values[FIRST_DAY], first),
        st_date_format((st_date)values[LAST_DAY], last));
    return code;
}

static st_code fail_nothing(const struct reconcile *r, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_DATA, "%s has no account to total for that day",
        "%s 中没有当日可合计的账户", st_store_location(r->store));
    st_error_hint(err, "strata import STORE MAPPING.yaml, or another --as-of",
        "strata import 库 映射.yaml，或换一个 --as-of 日期");
    return code;
}

static st_code find_day(struct reconcile *r, struct st_error *err)
{
    struct st_bind day =
        r->options->as_of ? st_bind_date(*r->options->as_of) : st_bind_null(ST_IR_DATE);
    int64_t values[DAY_COLUMNS];
    bool nulls[DAY_COLUMNS];
    TRY(st_store_query_ints(r->store, st_sql_file_text("query/reconcile_day.sql"), &day, 1, values,
        nulls, DAY_COLUMNS, err));
    if (nulls[DAY])
        return fail_nothing(r, err);
    struct st_reconciliation *out = r->out;
    out->as_of = (st_date)values[DAY];
    out->compared = values[TOTALS] > 0;
    out->averages = values[AVERAGES] > 0;
    out->by[ST_TOTAL_BRANCH] = !out->compared || values[BY_BRANCH] > 0;
    out->by[ST_TOTAL_PRODUCT] = !out->compared || values[BY_PRODUCT] > 0;
    out->by[ST_TOTAL_CLASS] = values[BY_CLASS] > 0;
    out->by[ST_TOTAL_CURRENCY] = true;
    r->days = out->as_of - st_date_month_start(out->as_of) + 1;
    return out->compared || nulls[FIRST_DAY] ? ST_OK : fail_no_totals(out->as_of, values, err);
}

/* --- the totals --- */

static st_code wide_to_int64(st_wide value, int64_t *out, struct st_error *err)
{
    if (st_wide_to_int64(value, out))
        return ST_OK;
    st_code code = st_fail(err, ST_E_LIMIT, "a total does not fit 64 bits", "合计超出 64 位");
    st_error_hint(err, "look for balances in the wrong unit", "请检查余额单位是否有误");
    return code;
}

/* An integer of either width; 0 where it is NULL. */
static st_wide number(const struct st_batch *b, size_t column, size_t row)
{
    if (st_batch_is_null(b, column, row))
        return 0;
    return b->vectors[column].type == ST_IR_WIDE ? st_batch_wide(b, column, row)
                                                 : st_batch_int(b, column, row);
}

static bool differs(const struct st_total *t, int64_t difference, int64_t tolerance)
{
    st_wide distance = difference < 0 ? -(st_wide)difference : difference;
    return distance * st_pow10(ST_SCALE_RATE) > (st_wide)tolerance * st_pow10(t->exponent);
}

static bool is_zero(const struct st_total_side *s)
{
    return s->accounts == 0 && s->balance == 0 && s->average == 0;
}

/* A side that knows nothing of a total agrees with one that says zero, whatever the tolerance. */
static bool is_break(const struct st_total *t, int64_t tolerance)
{
    if (!t->ours.given || !t->core.given)
        return !is_zero(t->ours.given ? &t->ours : &t->core);
    return st_total_accounts_difference(t) != 0 ||
           differs(t, st_total_balance_difference(t), tolerance) ||
           differs(t, st_total_average_difference(t), tolerance);
}

int64_t st_total_balance_difference(const struct st_total *t)
{
    return t->ours.balance - t->core.balance;
}

int64_t st_total_accounts_difference(const struct st_total *t)
{
    return t->core.has_accounts || !t->core.given ? t->ours.accounts - t->core.accounts : 0;
}

int64_t st_total_average_difference(const struct st_total *t)
{
    return t->core.has_average ? t->ours.average - t->core.average : 0;
}

enum {
    BRANCH,
    PRODUCT,
    CLASS,
    CURRENCY,
    EXPONENT,
    ACCOUNTS,
    BALANCE,
    DAY_SUM,
    CORE_ACCOUNTS,
    CORE_BALANCE,
    CORE_AVERAGE,
};

static st_code read_total(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct reconcile *r = context;
    struct st_total t = {.branch = st_run_text(r->arena, b, BRANCH, row),
        .product = st_run_text(r->arena, b, PRODUCT, row),
        .class = st_run_text(r->arena, b, CLASS, row),
        .currency = st_run_text(r->arena, b, CURRENCY, row)};
    t.exponent = st_batch_is_null(b, EXPONENT, row) ? st_currency_exponent(t.currency)
                                                    : (int)number(b, EXPONENT, row);
    t.ours.given = !st_batch_is_null(b, ACCOUNTS, row);
    t.ours.has_accounts = t.ours.has_average = t.ours.given;
    t.ours.day_sum = number(b, DAY_SUM, row);
    TRY(wide_to_int64(number(b, ACCOUNTS, row), &t.ours.accounts, err));
    TRY(wide_to_int64(number(b, BALANCE, row), &t.ours.balance, err));
    TRY(wide_to_int64(st_div_half_up(t.ours.day_sum, r->days), &t.ours.average, err));
    t.core.given = !st_batch_is_null(b, CORE_BALANCE, row);
    t.core.has_accounts = !st_batch_is_null(b, CORE_ACCOUNTS, row);
    t.core.has_average = !st_batch_is_null(b, CORE_AVERAGE, row);
    TRY(wide_to_int64(number(b, CORE_ACCOUNTS, row), &t.core.accounts, err));
    TRY(wide_to_int64(number(b, CORE_BALANCE, row), &t.core.balance, err));
    TRY(wide_to_int64(number(b, CORE_AVERAGE, row), &t.core.average, err));
    t.breaks = r->out->compared && is_break(&t, r->options->tolerance);
    r->out->breaks += t.breaks;
    if (t.core.given || !is_zero(&t.ours))
        *st_vec_push(&r->cells) = t;
    return ST_OK;
}

static st_code read_totals(struct reconcile *r, struct st_error *err)
{
    struct st_reconciliation *out = r->out;
    struct st_bind binds[] = {st_bind_date(out->as_of),
        st_bind_date(st_date_month_start(out->as_of)), st_bind_bool(out->by[ST_TOTAL_BRANCH]),
        st_bind_bool(out->by[ST_TOTAL_PRODUCT]), st_bind_bool(out->by[ST_TOTAL_CLASS])};
    TRY(st_run_each(r->store, st_sql_file_text("query/reconcile.sql"), binds, ST_COUNT(binds),
        read_total, r, err));
    if (r->cells.count == 0)
        return fail_nothing(r, err);
    out->count = r->cells.count;
    out->cells = st_arena_array(r->arena, struct st_total, out->count + 1);
    for (size_t i = 0; i < out->count; i++)
        out->cells[i] = r->cells.items[i];
    return ST_OK;
}

/* --- sums by one breakdown --- */

static const char *key_of(const struct st_total *t, enum st_total_by by)
{
    switch (by) {
    case ST_TOTAL_BRANCH: return t->branch;
    case ST_TOTAL_PRODUCT: return t->product;
    case ST_TOTAL_CLASS: return t->class;
    case ST_TOTAL_CURRENCY: break;
    }
    return "";
}

static int compare_sums(const void *a, const void *b)
{
    const struct st_total *x = a, *y = b;
    int order = strcmp(x->branch, y->branch);
    order = order ? order : strcmp(x->product, y->product);
    order = order ? order : strcmp(x->class, y->class);
    return order ? order : strcmp(x->currency, y->currency);
}

static st_code add_side(
    struct st_total_side *sum, const struct st_total_side *s, struct st_error *err)
{
    sum->given |= s->given;
    sum->has_accounts |= s->has_accounts;
    sum->has_average |= s->has_average;
    sum->day_sum += s->day_sum;
    sum->accounts += s->accounts;
    TRY(wide_to_int64((st_wide)sum->balance + s->balance, &sum->balance, err));
    return wide_to_int64((st_wide)sum->average + s->average, &sum->average, err);
}

/* Averages are rounded once, from the sum of all days; beside the core system's, which can only be
 * added up, ours are added up too, so that a sum differs by what its parts differ. */
static st_code add_up(struct reconcile *r, enum st_total_by by, struct st_error *err)
{
    struct st_reconciliation *out = r->out;
    struct st_total *sums = st_arena_array(r->arena, struct st_total, out->count + 1);
    size_t count = 0;
    if (!out->by[by])
        return ST_OK;
    for (size_t i = 0; i < out->count; i++) {
        const char *key = key_of(&out->cells[i], by);
        sums[i] = out->cells[i];
        sums[i].branch = by == ST_TOTAL_BRANCH ? key : "";
        sums[i].product = by == ST_TOTAL_PRODUCT ? key : "";
        sums[i].class = by == ST_TOTAL_CLASS ? key : "";
    }
    qsort(sums, out->count, sizeof *sums, compare_sums);
    for (size_t i = 0; i < out->count; i++) {
        if (count > 0 && compare_sums(&sums[count - 1], &sums[i]) == 0) {
            sums[count - 1].breaks |= sums[i].breaks;
            TRY(add_side(&sums[count - 1].ours, &sums[i].ours, err));
            TRY(add_side(&sums[count - 1].core, &sums[i].core, err));
        } else {
            sums[count++] = sums[i];
        }
    }
    for (size_t i = 0; i < count && !out->averages; i++)
        TRY(wide_to_int64(
            st_div_half_up(sums[i].ours.day_sum, r->days), &sums[i].ours.average, err));
    out->sums[by].items = sums;
    out->sums[by].count = count;
    return ST_OK;
}

/* --- the file --- */

#define TEXT_COLUMN(name_, en, zh)                                                                 \
    {                                                                                              \
        .name = (name_), .title = {(en), (zh)}, .type = ST_IR_TEXT                                 \
    }
#define COUNT_COLUMN(name_, en, zh)                                                                \
    {                                                                                              \
        .name = (name_), .title = {(en), (zh)}, .type = ST_IR_BIGINT                               \
    }
#define MONEY_COLUMN(name_, en, zh)                                                                \
    {                                                                                              \
        .name = (name_), .title = {(en), (zh)}, .type = ST_IR_BIGINT, .look = ST_LOOK_MONEY        \
    }

enum { FILE_COLUMNS = 15, TEXT_COLUMNS = 4, FIRST_NUMBER = 5, NUMBER_COLUMNS = 9 };

static const struct st_table_column file_columns[FILE_COLUMNS] = {
    {.name = "as_of", .title = {"As of", "日期"}, .type = ST_IR_DATE},
    TEXT_COLUMN("branch", "Branch", "机构"),
    TEXT_COLUMN("product", "Product", "产品"),
    TEXT_COLUMN("class", "Class", "大类"),
    TEXT_COLUMN("currency", "Currency", "币种"),
    COUNT_COLUMN("accounts", "Accounts", "账户数"),
    COUNT_COLUMN("core_accounts", "Accounts, core", "账户数（核心）"),
    COUNT_COLUMN("accounts_difference", "Accounts, difference", "账户数差异"),
    MONEY_COLUMN("balance", "Balance", "余额"),
    MONEY_COLUMN("core_balance", "Balance, core", "余额（核心）"),
    MONEY_COLUMN("balance_difference", "Balance, difference", "余额差异"),
    MONEY_COLUMN("average", "Month-daily average", "月日均"),
    MONEY_COLUMN("core_average", "Month-daily average, core", "月日均（核心）"),
    MONEY_COLUMN("average_difference", "Month-daily average, difference", "月日均差异"),
    {.name = "breaks", .title = {"Break", "不符"}, .type = ST_IR_BOOL},
};

/* One row as a batch of one: there are thousands at most. */
static st_code add_row(struct st_table_file *file, const struct st_reconciliation *r,
    const struct st_total *t, int scale, struct st_error *err)
{
    static const uint64_t yes = 1, no = 0;
    const char *texts[TEXT_COLUMNS] = {t->branch, t->product, t->class, t->currency};
    struct st_text_cell cells[TEXT_COLUMNS];
    const bool core = t->core.given;
    const bool given[NUMBER_COLUMNS] = {t->ours.given, t->core.has_accounts, t->core.has_accounts,
        t->ours.given, core, core, t->ours.given, t->core.has_average, t->core.has_average};
    int64_t numbers[NUMBER_COLUMNS] = {t->ours.accounts, t->core.accounts,
        st_total_accounts_difference(t), t->ours.balance, t->core.balance,
        st_total_balance_difference(t), t->ours.average, t->core.average,
        st_total_average_difference(t)};
    struct st_batch batch = {.rows = 1, .columns = FILE_COLUMNS};
    batch.vectors[0] = (struct st_vector){ST_IR_DATE, &r->as_of, NULL};
    for (size_t i = 0; i < TEXT_COLUMNS; i++) {
        cells[i] = (struct st_text_cell){texts[i], strlen(texts[i])};
        batch.vectors[1 + i] = (struct st_vector){ST_IR_TEXT, &cells[i], texts[i][0] ? &yes : &no};
    }
    for (size_t i = 0; i < NUMBER_COLUMNS; i++) {
        if (file_columns[FIRST_NUMBER + i].look == ST_LOOK_MONEY)
            TRY(wide_to_int64(st_rescale(numbers[i], t->exponent, scale), &numbers[i], err));
        batch.vectors[FIRST_NUMBER + i] =
            (struct st_vector){ST_IR_BIGINT, &numbers[i], given[i] ? &yes : &no};
    }
    batch.vectors[FILE_COLUMNS - 1] =
        (struct st_vector){ST_IR_BOOL, &t->breaks, r->compared ? &yes : &no};
    return st_table_file_add(file, &batch, err);
}

static st_code write_file(struct reconcile *r, struct st_error *err)
{
    const struct st_reconcile_options *o = r->options;
    struct st_table_column columns[FILE_COLUMNS];
    struct st_table_file *file = NULL;
    int scale = 0;
    for (size_t i = 0; i < r->out->count; i++)
        scale = r->out->cells[i].exponent > scale ? r->out->cells[i].exponent : scale;
    for (size_t i = 0; i < FILE_COLUMNS; i++) {
        columns[i] = file_columns[i];
        columns[i].scale = columns[i].look == ST_LOOK_MONEY ? scale : 0;
    }
    struct st_table_spec spec = {.format = o->format,
        .path = o->path,
        .plain = o->plain,
        .lang = o->lang,
        .title = {"Reconciliation", "核对"},
        .dated = r->out->as_of,
        .columns = columns,
        .count = FILE_COLUMNS};
    TRY(st_table_file_open(r->arena, &spec, &file, err));
    st_code code = ST_OK;
    for (size_t i = 0; i < r->out->count && code == ST_OK; i++)
        code = add_row(file, r->out, &r->out->cells[i], scale, err);
    st_code closed = st_table_file_close(file, code == ST_OK, err);
    return code == ST_OK ? closed : code;
}

st_code st_reconcile(struct st_store *store, struct st_arena *arena,
    const struct st_reconcile_options *options, struct st_reconciliation *out, struct st_error *err)
{
    struct reconcile r = {.store = store, .arena = arena, .options = options, .out = out};
    *out = (struct st_reconciliation){0};
    st_code code = find_day(&r, err);
    if (code == ST_OK)
        code = read_totals(&r, err);
    for (int by = 0; by < ST_TOTAL_BY_COUNT && code == ST_OK; by++)
        code = add_up(&r, (enum st_total_by)by, err);
    if (code == ST_OK && options->path)
        code = write_file(&r, err);
    st_vec_release(&r.cells);
    return code;
}
