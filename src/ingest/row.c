#include "ingest/row.h"

#include "base/vec.h"
#include "ingest/convert.h"
#include "ingest/internal.h"

enum { SCRATCH_ROWS = 1024 }; /* rows between two emptyings of the scratch arena */

static const char *const stage_names[ST_TARGET_COUNT] = {
    [ST_TARGET_BRANCH] = "stage_branch",
    [ST_TARGET_PRODUCT] = "stage_product",
    [ST_TARGET_FX_RATE] = "stage_fx_rate",
    [ST_TARGET_CONTROL_TOTAL] = "stage_control_total",
    [ST_TARGET_CUSTOMER] = "stage_customer",
    [ST_TARGET_CUSTOMER_CHANGE] = "stage_customer_change",
    [ST_TARGET_HOUSEHOLD_MEMBER] = "stage_household_member",
    [ST_TARGET_ACCOUNT] = "stage_account",
    [ST_TARGET_ACCOUNT_HOLDER] = "stage_account_holder",
    [ST_TARGET_BALANCE] = "stage_balance",
    [ST_TARGET_TXN] = "stage_txn",
    [ST_TARGET_STANDING_ORDER] = "stage_standing_order",
};

const struct st_stage_column st_stage_attribute_columns[5] = {
    {"line", ST_IR_BIGINT},
    {"customer", ST_IR_TEXT},
    {"name", ST_IR_TEXT},
    {"number_value", ST_IR_BIGINT},
    {"text_value", ST_IR_TEXT},
};

/* One value of one table: where it comes from and where it goes. */
struct value {
    const struct st_target *target;
    struct st_eval *eval; /* NULL: not mapped */
    int plain;            /* the column it simply is, or −1 */
    int slot;             /* column of the staging row, or −1: NULL in every row */
    const char *label;    /* for messages */
    const char *full;     /* "txn.amount" */
};

struct attribute {
    const struct st_mapping_attribute *spec;
    struct value value;
};

struct load {
    const struct st_mapping_load *spec;
    struct st_stage *stage;
    struct value values[ST_TARGET_COLUMNS_MAX];
    size_t count;
    int currency;          /* index of the currency column, or −1 */
    int account, customer; /* likewise */
    struct attribute *attributes;
};

struct st_rows {
    struct st_rows_options o;
    struct st_arena *arena;
    struct st_arena scratch;
    int scratch_rows;
    int64_t line; /* of the current record */
    const char *const *columns;
    size_t column_count, first_column;
    bool *used;              /* columns that some expression reads */
    struct st_slice *values; /* this record's, trimmed and with NULLs */
    struct st_eval *where;
    struct load *loads;
    size_t load_count;
    struct st_stage *attributes;
    bool ids_ascend;
    char last_id[ST_TARGET_ID_MAX];
    size_t last_id_len;
    struct st_mapping_currency currencies[ST_CURRENCIES_SEEN_MAX];
    size_t currency_count;
};

size_t st_rows_stage_columns(enum st_target_table table, struct st_stage_column *columns)
{
    size_t count, n = 0;
    const struct st_target *targets = st_target_columns(table, &count);
    columns[n++] = (struct st_stage_column){"line", ST_IR_BIGINT};
    for (size_t i = 0; i < count; i++)
        if (targets[i].type != ST_TARGET_ATTRIBUTES)
            columns[n++] =
                (struct st_stage_column){targets[i].column, st_target_ir_type(targets[i].type)};
    return n;
}

const char *st_rows_stage_name(enum st_target_table table)
{
    return stage_names[table];
}

/* --- compiling --- */

static int find_column(void *context, const char *name)
{
    struct st_rows *rows = context;
    for (size_t i = rows->first_column; i < rows->column_count; i++)
        if (strcmp(rows->columns[i], name) == 0) {
            rows->used[i] = true;
            return (int)i;
        }
    return -1;
}

static bool find_lookup(
    void *context, const char *table, const char *column, int *lookup, int *column_index)
{
    const struct st_rows *rows = context;
    const struct st_mapping *m = rows->o.mapping;
    for (size_t i = 0; i < m->lookup_count; i++)
        if (strcmp(m->lookups[i].name, table) == 0) {
            *lookup = (int)i;
            *column_index = st_lookup_column(rows->o.lookups[i], column);
            return *column_index >= 0;
        }
    return false;
}

static bool look_up(
    void *context, int lookup, struct st_slice key, int column, struct st_slice *value)
{
    const struct st_rows *rows = context;
    return st_lookup_find(rows->o.lookups[lookup], key, column, value);
}

static st_code compile(
    struct st_rows *rows, const struct st_expr *expr, struct st_eval **out, struct st_error *err)
{
    const struct st_eval_env env = {.context = rows,
        .column = find_column,
        .resolve_lookup = find_lookup,
        .lookup = look_up,
        .column_names = rows->columns + rows->first_column,
        .column_count = rows->column_count - rows->first_column,
        .line = rows->o.fix ? NULL : &rows->line, /* a file of corrections has lines of its own */
        .as_of = rows->o.as_of};
    return st_eval_compile(rows->arena, &env, expr, out, err);
}

static st_code compile_value(struct st_rows *rows, const char *table, const char *name,
    const struct st_expr *expr, struct value *v, struct st_error *err)
{
    v->full = st_arena_printf(rows->arena, "%s.%s", table, name);
    v->label = v->full;
    v->plain = -1;
    if (!expr)
        return ST_OK;
    TRY(compile(rows, expr, &v->eval, err));
    v->plain = st_eval_plain_column(v->eval);
    if (v->plain >= 0)
        v->label = rows->columns[v->plain];
    return ST_OK;
}

/* The columns that can have a value: the mapped ones and those with a default. The others stay NULL
 * and cost nothing. */
static size_t staged_columns(struct load *load, struct st_stage_column *columns)
{
    size_t n = 0;
    columns[n++] = (struct st_stage_column){"line", ST_IR_BIGINT};
    for (size_t i = 0; i < load->count; i++) {
        struct value *v = &load->values[i];
        const struct st_target *t = v->target;
        v->slot = -1;
        if (!v->eval && !t->default_text && t->type != ST_TARGET_CURRENCY)
            continue;
        v->slot = (int)n;
        columns[n++] = (struct st_stage_column){t->column, st_target_ir_type(t->type)};
    }
    return n;
}

static st_code open_load(struct st_rows *rows, const struct st_mapping_load *spec,
    struct load *load, struct st_error *err)
{
    struct st_stage_column *columns =
        st_arena_array(rows->arena, struct st_stage_column, ST_STAGE_COLUMNS_MAX);
    const char *table = st_target_table_name(spec->table);
    const struct st_target *targets = st_target_columns(spec->table, &load->count);
    load->spec = spec;
    load->currency = load->account = load->customer = -1;
    if (load->count > 0 && targets[load->count - 1].type == ST_TARGET_ATTRIBUTES)
        load->count--;
    for (size_t i = 0; i < load->count; i++) {
        load->values[i].target = &targets[i];
        TRY(compile_value(rows, table, targets[i].column, spec->values[i], &load->values[i], err));
        if (strcmp(targets[i].column, "currency") == 0)
            load->currency = (int)i;
        else if (strcmp(targets[i].column, "account") == 0)
            load->account = (int)i;
        else if (strcmp(targets[i].column, "customer") == 0)
            load->customer = (int)i;
    }
    load->attributes = st_arena_array(rows->arena, struct attribute, spec->attribute_count);
    for (size_t i = 0; i < spec->attribute_count; i++) {
        struct attribute *a = &load->attributes[i];
        a->spec = &spec->attributes[i];
        TRY(compile_value(rows, table, a->spec->name, a->spec->value, &a->value, err));
    }
    if (spec->attribute_count > 0)
        TRY(st_stage_open(rows->o.store, ST_STAGE_ATTRIBUTE, st_stage_attribute_columns,
            ST_COUNT(st_stage_attribute_columns), &rows->attributes, err));
    size_t staged = staged_columns(load, columns);
    if (spec->table == ST_TARGET_TXN && rows->o.txn_sink) {
        load->stage =
            st_stage_open_sink(columns, staged, rows->o.txn_sink, rows->o.txn_sink_context);
        return ST_OK;
    }
    return st_stage_open(
        rows->o.store, stage_names[spec->table], columns, staged, &load->stage, err);
}

st_code st_rows_open(struct st_arena *arena, const struct st_rows_options *options,
    const struct st_reader *reader, struct st_rows **out, struct st_error *err)
{
    const struct st_mapping_source *source = options->source;
    struct st_rows *rows = st_arena_new(arena, struct st_rows);
    rows->o = *options;
    rows->arena = arena;
    rows->ids_ascend = true;
    rows->first_column = options->fix ? 1 : 0;
    rows->columns = reader->columns;
    rows->column_count = reader->column_count;
    rows->used = st_arena_array(arena, bool, rows->column_count + 1);
    rows->values = st_arena_array(arena, struct st_slice, rows->column_count + 1);
    rows->loads = st_arena_array(arena, struct load, source->load_count);
    *out = rows;
    if (source->where)
        TRY(compile(rows, source->where, &rows->where, err));
    for (size_t i = 0; i < source->load_count; i++)
        TRY(open_load(rows, &source->loads[i], &rows->loads[rows->load_count++], err));
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->used[i])
            TRY(st_reader_require(reader, i, err));
    return ST_OK;
}

/* --- rejecting --- */

static enum st_row_outcome reject_row(
    struct st_reject *reject, enum st_reason reason, const char *column, struct st_slice value)
{
    size_t len = value.data ? value.len : 0;
    if (len > ST_REJECT_VALUE_MAX - 1)
        len = ST_REJECT_VALUE_MAX - 1;
    while (len > 0 && len < value.len && ((unsigned char)value.data[len] & 0xC0) == 0x80)
        len--; /* not in the middle of a character */
    reject->reason = reason;
    reject->column = column;
    reject->detail[ST_LANG_EN][0] = reject->detail[ST_LANG_ZH][0] = '\0';
    if (len > 0)
        memcpy(reject->value, value.data, len);
    reject->value[len] = '\0';
    return ST_ROW_REJECTED;
}

static enum st_row_outcome reject_flaw(struct st_reject *reject, enum st_csv_flaw flaw)
{
    static const enum st_reason reasons[] = {
        [ST_CSV_FIELD_COUNT] = ST_REASON_FIELD_COUNT,
        [ST_CSV_BAD_QUOTE] = ST_REASON_BAD_QUOTE,
        [ST_CSV_UNCLOSED_QUOTE] = ST_REASON_UNCLOSED_QUOTE,
        [ST_CSV_TOO_LONG] = ST_REASON_TOO_LONG,
        [ST_CSV_BAD_UTF8] = ST_REASON_BAD_UTF8,
        [ST_CSV_BAD_ENCODING] = ST_REASON_BAD_ENCODING,
        [ST_CSV_NUL_BYTE] = ST_REASON_NUL_BYTE,
    };
    return reject_row(reject, reasons[flaw], NULL, (struct st_slice){NULL, 0});
}

/* The expression failed on this row: its message says why. */
static enum st_row_outcome reject_eval(
    struct st_reject *reject, const char *column, const struct st_error *why)
{
    struct st_slice value = {why->value, strlen(why->value)};
    reject_row(reject, ST_REASON_BAD_VALUE, column, value);
    for (int lang = 0; lang < ST_LANG_COUNT; lang++)
        snprintf(reject->detail[lang], sizeof reject->detail[lang], "%s", why->message[lang]);
    return ST_ROW_REJECTED;
}

/* --- converting --- */

/* False when the expression failed; `reject` is filled. */
static bool value_of(
    struct st_rows *rows, const struct value *v, struct st_value *out, struct st_reject *reject)
{
    if (v->plain >= 0) {
        struct st_slice text = rows->values[v->plain];
        *out = (struct st_value){.type = text.data ? ST_VALUE_TEXT : ST_VALUE_NULL, .text = text};
        return true;
    }
    struct st_error why;
    why.code = ST_OK;
    st_error_clear(&why);
    if (st_eval_row(v->eval, rows->values, &rows->scratch, out, &why) == ST_OK)
        return true;
    reject_eval(reject, v->label, &why);
    return false;
}

static struct st_slice shown(const struct st_value *value, char buffer[ST_CONVERT_TEXT_SIZE])
{
    return st_convert_show(value, buffer);
}

static bool see_currency(struct st_rows *rows, struct st_slice code, int exponent)
{
    for (size_t i = 0; i < rows->currency_count; i++)
        if (memcmp(rows->currencies[i].code, code.data, 3) == 0)
            return true;
    if (rows->currency_count == ST_CURRENCIES_SEEN_MAX)
        return false;
    rows->currencies[rows->currency_count++] =
        (struct st_mapping_currency){st_arena_strndup(rows->arena, code.data, code.len), exponent};
    return true;
}

static int currency_exponent(struct st_rows *rows, struct st_slice code)
{
    for (size_t i = 0; i < rows->currency_count; i++)
        if (code.len == 3 && memcmp(rows->currencies[i].code, code.data, 3) == 0)
            return rows->currencies[i].exponent;
    int exponent = st_mapping_exponent(rows->o.mapping, code.data, code.len);
    return exponent >= 0 && see_currency(rows, code, exponent) ? exponent : -1;
}

/* What a row's money is counted in. */
struct row_scale {
    int money;                /* decimals of this table's amounts */
    struct st_slice currency; /* NULL data: the account's */
};

/* The value of a column that is not mapped, or is NULL in this row. */
static void set_default(
    struct st_rows *rows, struct load *load, size_t i, const struct row_scale *scale)
{
    const struct st_target *t = load->values[i].target;
    if (load->values[i].slot < 0)
        return;
    size_t slot = (size_t)load->values[i].slot;
    if (t->type == ST_TARGET_CURRENCY && scale->currency.data)
        st_stage_text(load->stage, slot, scale->currency.data, scale->currency.len);
    else if (t->type == ST_TARGET_CURRENCY && t->default_text)
        st_stage_text(load->stage, slot, rows->o.mapping->currency, 3);
    else if (t->default_text)
        st_stage_text(load->stage, slot, t->default_text, strlen(t->default_text));
    else
        st_stage_null(load->stage, slot);
}

/* Converts one value into its column of the staging row; a reason, or −1 when it is fine. */
static int set_value(struct st_rows *rows, struct load *load, size_t i, const struct st_value *v,
    const struct row_scale *scale)
{
    const struct st_target *t = load->values[i].target;
    struct st_stage *stage = load->stage;
    size_t slot = (size_t)load->values[i].slot;
    char buffer[ST_CONVERT_TEXT_SIZE];
    struct st_slice text = {NULL, 0};
    int64_t number = 0;
    int reason = st_convert(t, v, scale->money, &rows->scratch, buffer, &text, &number);
    if (reason >= 0)
        return reason;
    switch (t->type) {
    case ST_TARGET_CURRENCY:
        if (currency_exponent(rows, text) < 0)
            return ST_REASON_UNKNOWN_CURRENCY;
        st_stage_text(stage, slot, text.data, text.len);
        break;
    case ST_TARGET_DATE: st_stage_date(stage, slot, (st_date)number); break;
    case ST_TARGET_BOOL: st_stage_bool(stage, slot, number != 0); break;
    case ST_TARGET_INTEGER:
    case ST_TARGET_MONEY:
    case ST_TARGET_RATE:
    case ST_TARGET_SHARE: st_stage_int(stage, slot, number); break;
    default: st_stage_text(stage, slot, text.data, text.len); break;
    }
    return -1;
}

/* The currency of the row decides how many decimals its amounts have, so it is read first. */
static bool row_scale_of(
    struct st_rows *rows, const struct load *load, struct row_scale *out, struct st_reject *reject)
{
    enum st_target_table table = load->spec->table;
    bool account =
        table == ST_TARGET_BALANCE || table == ST_TARGET_TXN || table == ST_TARGET_STANDING_ORDER;
    const struct st_mapping *m = rows->o.mapping;
    out->currency = (struct st_slice){NULL, 0};
    out->money = account ? rows->o.account_scale : m->exponent;
    if (table != ST_TARGET_TXN && table != ST_TARGET_CONTROL_TOTAL)
        return true;
    const struct value *v = &load->values[load->currency];
    struct st_value code = {.type = ST_VALUE_NULL};
    if (v->eval && !value_of(rows, v, &code, reject))
        return false;
    if (code.type == ST_VALUE_TEXT) {
        out->currency = st_convert_fold(code.text, &rows->scratch);
        out->money = currency_exponent(rows, out->currency);
        if (out->money < 0)
            reject_row(reject, ST_REASON_UNKNOWN_CURRENCY, v->label, code.text);
        return out->money >= 0;
    }
    if (table == ST_TARGET_CONTROL_TOTAL)
        return true;
    struct st_value account_value = {.type = ST_VALUE_NULL};
    const struct value *a = &load->values[load->account];
    if (a->eval && !value_of(rows, a, &account_value, reject))
        return false;
    if (account_value.type == ST_VALUE_NULL) {
        out->currency = (struct st_slice){m->currency, 3};
        out->money = m->exponent;
    }
    return true;
}

static bool convert_load(
    struct st_rows *rows, struct load *load, int64_t line, struct st_reject *reject)
{
    struct row_scale scale;
    char buffer[ST_CONVERT_TEXT_SIZE];
    if (!row_scale_of(rows, load, &scale, reject))
        return false;
    st_stage_int(load->stage, 0, line);
    for (size_t i = 0; i < load->count; i++) {
        const struct value *v = &load->values[i];
        struct st_value value = {.type = ST_VALUE_NULL};
        if (v->eval && !value_of(rows, v, &value, reject))
            return false;
        if (value.type == ST_VALUE_NULL) {
            if (v->target->required || (v->target->filled && v->eval))
                return reject_row(reject, ST_REASON_MISSING, v->label, value.text), false;
            set_default(rows, load, i, &scale);
            continue;
        }
        int reason = set_value(rows, load, i, &value, &scale);
        if (reason >= 0)
            return reject_row(reject, (enum st_reason)reason, v->label, shown(&value, buffer)),
                   false;
    }
    return true;
}

/* A transaction belongs to the customer its column names, or, when no such column is mapped, to its
 * account's first holder: the one that counts must have a value. */
static bool has_party(struct st_rows *rows, const struct load *load, struct st_reject *reject)
{
    const struct value *v = &load->values[load->customer];
    struct st_value value;
    if (!v->eval)
        v = &load->values[load->account];
    if (!value_of(rows, v, &value, reject))
        return false;
    if (value.type == ST_VALUE_NULL)
        reject_row(reject, ST_REASON_MISSING, v->label, (struct st_slice){NULL, 0});
    return value.type != ST_VALUE_NULL;
}

/* Attributes are appended as they are converted, so they come after all else was found good; one
 * that is not good leaves earlier ones behind, which the rejected line takes with it. */
static st_code stage_attributes(struct st_rows *rows, struct load *load, int64_t line, bool *good,
    struct st_reject *reject, struct st_error *err)
{
    static const enum st_target_type types[] = {
        [ST_ATTRIBUTE_TEXT] = ST_TARGET_TEXT,
        [ST_ATTRIBUTE_NUMBER] = ST_TARGET_RATE,
        [ST_ATTRIBUTE_INTEGER] = ST_TARGET_INTEGER,
        [ST_ATTRIBUTE_MONEY] = ST_TARGET_MONEY,
        [ST_ATTRIBUTE_DATE] = ST_TARGET_DATE,
        [ST_ATTRIBUTE_BOOLEAN] = ST_TARGET_BOOL,
    };
    struct st_stage *s = rows->attributes;
    struct st_value id, value;
    char id_buffer[ST_CONVERT_TEXT_SIZE], buffer[ST_CONVERT_TEXT_SIZE];
    struct st_slice id_text = {NULL, 0};
    int64_t number = 0;
    *good = value_of(rows, &load->values[0], &id, reject);
    if (!*good || st_convert(load->values[0].target, &id, 0, &rows->scratch, id_buffer, &id_text,
                      &number) >= 0)
        return ST_OK;
    for (size_t i = 0; *good && i < load->spec->attribute_count; i++) {
        const struct attribute *a = &load->attributes[i];
        struct st_slice text = {NULL, 0};
        *good = value_of(rows, &a->value, &value, reject);
        if (!*good)
            break;
        st_stage_int(s, 0, line);
        st_stage_text(s, 1, id_text.data, id_text.len);
        st_stage_text(s, 2, a->spec->name, strlen(a->spec->name));
        st_stage_null(s, 3);
        st_stage_null(s, 4);
        if (value.type != ST_VALUE_NULL) {
            const struct st_target target = {.type = types[a->spec->type]};
            int reason = st_convert(
                &target, &value, rows->o.mapping->exponent, &rows->scratch, buffer, &text, &number);
            *good = reason < 0;
            if (!*good)
                reject_row(reject, (enum st_reason)reason, a->value.label, shown(&value, buffer));
            else if (a->spec->type == ST_ATTRIBUTE_TEXT)
                st_stage_text(s, 4, text.data, text.len);
            else
                st_stage_int(s, 3, number);
        }
        if (*good)
            TRY(st_stage_next(s, err));
    }
    return ST_OK;
}

static void watch_ids(struct st_rows *rows, const struct load *load)
{
    struct st_value id;
    struct st_reject unused;
    if (!rows->ids_ascend)
        return;
    rows->ids_ascend = load->values[0].plain >= 0 &&
                       value_of(rows, &load->values[0], &id, &unused) && id.type == ST_VALUE_TEXT &&
                       id.text.len <= ST_TARGET_ID_MAX &&
                       (id.text.len > rows->last_id_len ||
                           (id.text.len == rows->last_id_len &&
                               memcmp(id.text.data, rows->last_id, id.text.len) > 0));
    if (rows->ids_ascend) {
        memcpy(rows->last_id, id.text.data, id.text.len);
        rows->last_id_len = id.text.len;
    }
}

static void read_values(struct st_rows *rows, const struct st_csv_record *record)
{
    const struct st_csv_format *format = &rows->o.source->format;
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->used[i])
            rows->values[i] = st_csv_value(format, record->fields[i]);
    if (++rows->scratch_rows == SCRATCH_ROWS) {
        st_arena_release(&rows->scratch);
        rows->scratch_rows = 0;
    }
}

st_code st_rows_take(struct st_rows *rows, const struct st_csv_record *record,
    enum st_row_outcome *outcome, struct st_reject *reject, struct st_error *err)
{
    *outcome = ST_ROW_STAGED;
    if (record->flaw != ST_CSV_SOUND) {
        *outcome = reject_flaw(reject, record->flaw);
        return ST_OK;
    }
    read_values(rows, record);
    rows->line = record->line;
    if (rows->where) {
        struct st_value kept;
        const struct value where = {.eval = rows->where, .plain = -1, .label = "where"};
        if (!value_of(rows, &where, &kept, reject))
            *outcome = ST_ROW_REJECTED;
        else if (kept.type != ST_VALUE_BOOL || !kept.integer)
            *outcome = ST_ROW_SKIPPED;
    }
    for (size_t i = 0; *outcome == ST_ROW_STAGED && i < rows->load_count; i++) {
        struct load *load = &rows->loads[i];
        bool good = (load->spec->table != ST_TARGET_TXN || has_party(rows, load, reject)) &&
                    convert_load(rows, load, record->line, reject);
        if (good && load->spec->attribute_count > 0)
            TRY(stage_attributes(rows, load, record->line, &good, reject, err));
        if (!good)
            *outcome = ST_ROW_REJECTED;
    }
    for (size_t i = 0; *outcome == ST_ROW_STAGED && i < rows->load_count; i++) {
        if (rows->loads[i].spec->table == ST_TARGET_TXN)
            watch_ids(rows, &rows->loads[i]);
        TRY(st_stage_next(rows->loads[i].stage, err));
    }
    return ST_OK;
}

st_code st_rows_close(struct st_rows *rows, struct st_error *err)
{
    st_code rc = ST_OK;
    if (!rows)
        return rc;
    for (size_t i = 0; i < rows->load_count; i++) {
        st_code closed = st_stage_close(rows->loads[i].stage, err);
        rc = rc != ST_OK ? rc : closed;
        rows->loads[i].stage = NULL;
    }
    st_code closed = st_stage_close(rows->attributes, err);
    rows->attributes = NULL;
    st_arena_release(&rows->scratch);
    return rc != ST_OK ? rc : closed;
}

bool st_rows_ids_ascend(const struct st_rows *rows)
{
    return rows->ids_ascend;
}

const struct st_mapping_currency *st_rows_currencies(const struct st_rows *rows, size_t *count)
{
    *count = rows->currency_count;
    return rows->currencies;
}

const char *st_rows_source_column(const struct st_rows *rows, const char *table_column)
{
    for (size_t i = 0; i < rows->load_count; i++)
        for (size_t k = 0; k < rows->loads[i].count; k++) {
            const struct value *v = &rows->loads[i].values[k];
            if (strcmp(v->full, table_column) == 0)
                return v->plain >= 0 ? v->label : NULL;
        }
    return NULL;
}
