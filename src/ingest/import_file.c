/* One file of one source, in three steps:
 *
 *   stage   split, convert, write typed rows into staging tables; rejected rows with their reason
 *   check   SQL over the staged rows: unknown references, repeated keys, sums over rows. A row that
 *           is rejected leaves all tables it feeds, which may break others: repeated until quiet
 *   apply   keys, rows in force that are the same, corrections, inserts; then quarantine and load
 */
#include "base/vec.h"
#include "ingest/change.h"
#include "ingest/close.h"
#include "ingest/import_internal.h"
#include "ingest/internal.h"
#include "ingest/reader.h"
#include "ingest/row.h"
#include "ingest/script.h"
#include "ingest/txn_load.h"

#include <pthread.h>

enum {
    PROGRESS_RECORDS = 16384,
    HASH_BESIDE_BYTES = 64 * 1024 * 1024, /* above: a new file is hashed while it is read */
    TXN_BYTES_LEAST = 4, /* of a row with a number, an account, a date and an amount, in gzip */
    EXPONENT_MAX_ISO = 4,
};

static const char fix_column[] = "strata_quarantine_id";

static const struct st_stage_column reject_columns[] = {
    {"line", ST_IR_BIGINT},
    {"reason", ST_IR_TEXT},
    {"column_name", ST_IR_TEXT},
    {"value", ST_IR_TEXT},
    {"message_en", ST_IR_TEXT},
    {"message_zh", ST_IR_TEXT},
    {"raw", ST_IR_TEXT},
};
static const struct st_stage_column raw_columns[] = {{"line", ST_IR_BIGINT}, {"raw", ST_IR_TEXT}};
static const struct st_stage_column fix_columns[] = {
    {"line", ST_IR_BIGINT}, {"quarantine_id", ST_IR_BIGINT}};

struct job {
    struct st_importer *im;
    const struct st_files_entry *entry;
    const struct st_mapping_source *source;
    struct st_csv_format format;
    struct st_import_file *out;
    bool fix;
    struct st_reader *reader;
    struct st_rows *rows;
    struct st_stage *rejects, *fixes;
    bool at_once; /* transactions are loaded while they are read, and not staged */
    struct st_txn_load *txn_load;
    struct st_manifest_count count;
    struct st_slice header;
    int account_scale;
    bool mixed_scales;
    int64_t found; /* rows rejected by the check now running */
    pthread_t hasher;
    bool hashing;
    st_code hash_code;
    struct st_error hash_error;
    char hash[ST_HASH_HEX_SIZE];
};

static st_code run(struct job *job, const char *path, const struct st_bind *binds, size_t count,
    struct st_error *err)
{
    return st_script_run(job->im->store, path, binds, count, NULL, NULL, err);
}

static st_code run_load(struct job *job, const char *path, struct st_error *err)
{
    const struct st_bind load = st_bind_int(job->out->load_id);
    return run(job, path, &load, 1, err);
}

static const struct st_mapping_load *find_load(
    const struct st_mapping_source *source, enum st_target_table table)
{
    for (size_t i = 0; i < source->load_count; i++)
        if (source->loads[i].table == table)
            return &source->loads[i];
    return NULL;
}

static bool is_mapped(const struct st_mapping_load *load, const char *column)
{
    size_t count;
    const struct st_target *columns = st_target_columns(load->table, &count);
    return load->values[st_target_find(load->table, column) - columns] != NULL;
}

/* --- the file's hash --- */

static void *hash_file(void *context)
{
    struct job *job = context;
    job->hash_code = st_hash_file(job->entry->path, job->hash, &job->hash_error);
    return NULL;
}

static st_code finish_hash(struct job *job, struct st_error *err)
{
    if (job->hashing)
        pthread_join(job->hasher, NULL);
    job->hashing = false;
    job->out->hash = st_arena_strdup(job->im->arena, job->hash);
    if (job->hash_code != ST_OK && err)
        *err = job->hash_error;
    return job->hash_code;
}

static void start_hash(struct job *job, bool needed_now)
{
    job->hashing = !needed_now && job->entry->bytes > HASH_BESIDE_BYTES &&
                   pthread_create(&job->hasher, NULL, hash_file, job) == 0;
    if (!job->hashing)
        hash_file(job);
}

/* Only a file of a source that was loaded before, under this mapping, can be known. */
static st_code may_be_known(struct job *job, bool *maybe, struct st_error *err)
{
    int64_t loads;
    const struct st_bind binds[] = {
        st_bind_text(job->source->name), st_bind_text(job->im->mapping_hash)};
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*) FROM load WHERE source = $1 AND mapping_hash = $2", binds, ST_COUNT(binds),
        &loads, NULL, 1, err));
    *maybe = loads > 0;
    return ST_OK;
}

/* The same bytes under the same mapping were loaded before: report that load, change nothing. */
static st_code find_same_file(struct job *job, bool *same, struct st_error *err)
{
    struct st_import_file *o = job->out;
    int64_t known[6];
    const struct st_bind binds[] = {st_bind_text(job->source->name), st_bind_text(job->hash),
        st_bind_text(job->im->mapping_hash)};
    TRY(st_store_query_ints(job->im->store,
        "SELECT coalesce(max(load_id), 0), coalesce(max(rows_read), 0), "
        "coalesce(max(rows_loaded), 0), coalesce(max(rows_unchanged), 0), "
        "coalesce(max(rows_skipped), 0), coalesce(max(rows_quarantined), 0) "
        "FROM load WHERE source = $1 AND file_hash = $2 AND mapping_hash = $3",
        binds, ST_COUNT(binds), known, NULL, ST_COUNT(known), err));
    *same = known[0] > 0;
    if (!*same)
        return ST_OK;
    o->already_loaded = true;
    o->load_id = known[0];
    o->rows_read = known[1];
    o->rows_loaded = known[2];
    o->rows_unchanged = known[3];
    o->rows_skipped = known[4];
    o->rows_quarantined = known[5];
    return ST_OK;
}

/* --- staging --- */

/* Amounts in an account's currency are read before the account is looked up: with as many decimals
 * as any account may have. Where all have the same nothing is to do afterwards. */
static st_code choose_scale(struct job *job, struct st_error *err)
{
    const struct st_mapping *m = job->im->mapping;
    const struct st_mapping_load *account = find_load(job->source, ST_TARGET_ACCOUNT);
    int64_t known[2];
    TRY(st_store_query_ints(job->im->store,
        "SELECT coalesce(max(u.exponent), -1), coalesce(min(u.exponent), -1) FROM currency AS u "
        "WHERE u.code IN (SELECT currency FROM account WHERE until_load = 9223372036854775807)",
        NULL, 0, known, NULL, 2, err));
    int most = m->exponent > known[0] ? m->exponent : (int)known[0];
    job->mixed_scales = known[0] >= 0 && (known[0] != known[1] || known[0] != m->exponent);
    if (account && is_mapped(account, "currency")) {
        most = most > EXPONENT_MAX_ISO ? most : EXPONENT_MAX_ISO;
        for (size_t i = 0; i < m->currency_count; i++)
            if (m->currencies[i].exponent > most)
                most = m->currencies[i].exponent;
        job->mixed_scales = true;
    }
    job->account_scale = most;
    return ST_OK;
}

static st_code create_tables(struct job *job, struct st_error *err)
{
    struct st_store *store = job->im->store;
    struct st_stage_column columns[ST_STAGE_COLUMNS_MAX];
    TRY(run(job, "ingest/begin.sql", NULL, 0, err));
    for (int t = 0; t < ST_TARGET_COUNT; t++) {
        size_t count = st_rows_stage_columns((enum st_target_table)t, columns);
        TRY(st_stage_create(
            store, st_rows_stage_name((enum st_target_table)t), columns, count, err));
    }
    return st_stage_create(store, ST_STAGE_ATTRIBUTE, st_stage_attribute_columns,
        ST_COUNT(st_stage_attribute_columns), err);
}

static st_code drop_tables(struct job *job, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    for (int t = 0; t < ST_TARGET_COUNT; t++)
        st_str_addf(&sql, "DROP TABLE %s;\n", st_rows_stage_name((enum st_target_table)t));
    st_str_add(&sql, "DROP TABLE " ST_STAGE_ATTRIBUTE ";\n");
    st_code rc = st_store_exec_script(job->im->store, sql.text, err);
    st_str_release(&sql);
    return rc == ST_OK ? run(job, "ingest/end.sql", NULL, 0, err) : rc;
}

const char *st_import_clean(struct st_str *out, struct st_slice raw)
{
    size_t cap = raw.len < ST_QUARANTINE_RAW_MAX ? raw.len : ST_QUARANTINE_RAW_MAX;
    st_str_reset(out);
    for (size_t i = 0; i < cap;) {
        size_t len = 1;
        unsigned char c = (unsigned char)raw.data[i];
        if (c >= 0x80)
            for (len = 2; len <= 4 && i + len <= raw.len; len++)
                if (st_utf8_valid(raw.data + i, len))
                    break;
        bool broken = c == 0 || (c >= 0x80 && (len > 4 || i + len > raw.len));
        if (broken) {
            st_str_add(out, "\xEF\xBF\xBD");
            i++;
        } else if (i + len > cap) {
            break;
        } else {
            st_str_add_len(out, raw.data + i, len);
            i += len;
        }
    }
    return out->text;
}

/* The record as the source wrote it: without the number an export put in front. */
static struct st_slice raw_of(
    const struct job *job, struct st_reader *reader, const struct st_csv_record *r)
{
    struct st_slice raw = st_reader_raw(reader, r);
    const char *after =
        job->fix && raw.len ? memchr(raw.data, job->format.separator, raw.len) : NULL;
    if (!after)
        return raw;
    return (struct st_slice){after + 1, raw.len - (size_t)(after + 1 - raw.data)};
}

static void set_text(struct st_stage *stage, size_t column, const char *text)
{
    if (text && *text)
        st_stage_text(stage, column, text, strlen(text));
    else
        st_stage_null(stage, column);
}

static st_code stage_reject(struct job *job, const struct st_csv_record *r,
    const struct st_reject *reject, struct st_error *err)
{
    struct st_str clean = ST_STR_INIT;
    struct st_stage *s = job->rejects;
    st_stage_int(s, 0, r->line);
    set_text(s, 1, st_reasons[reject->reason].code);
    set_text(s, 2, reject->column);
    set_text(s, 3, reject->value);
    set_text(s, 4, reject->detail[ST_LANG_EN]);
    set_text(s, 5, reject->detail[ST_LANG_ZH]);
    st_import_clean(&clean, raw_of(job, job->reader, r));
    st_stage_text(s, 6, clean.text, clean.len);
    st_str_release(&clean);
    return st_stage_next(s, err);
}

/* The quarantine number in front of a corrected record, also of one that cannot be split. */
static bool fix_number(const struct st_csv_record *r, int64_t *id)
{
    struct st_slice text = r->count > 0 ? r->fields[0] : r->raw;
    size_t digits = 0;
    while (digits < text.len && digits < 18 && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    return digits > 0 && st_decimal_parse(text.data, digits, 0, id) == ST_OK &&
           (r->count == 0 || digits == text.len);
}

static st_code take_record(struct job *job, const struct st_csv_record *r, struct st_error *err)
{
    struct st_import_file *o = job->out;
    enum st_row_outcome outcome = ST_ROW_STAGED;
    struct st_reject reject;
    int64_t id = 0;
    o->rows_read++;
    st_manifest_count_row(&job->count, r->fields, r->count);
    if (job->fix && !fix_number(r, &id)) {
        outcome = ST_ROW_REJECTED;
        reject = (struct st_reject){.reason = ST_REASON_FIX_ID, .column = fix_column};
    } else {
        TRY(st_rows_take(job->rows, r, &outcome, &reject, err));
    }
    if (job->fix && id > 0) {
        st_stage_int(job->fixes, 0, r->line);
        st_stage_int(job->fixes, 1, id);
        TRY(st_stage_next(job->fixes, err));
    }
    if (outcome == ST_ROW_SKIPPED)
        o->rows_skipped++;
    return outcome == ST_ROW_REJECTED ? stage_reject(job, r, &reject, err) : ST_OK;
}

static void tell_progress(const struct job *job)
{
    const struct st_import_options *o = job->im->options;
    if (o->progress)
        o->progress(o->progress_context, job->im->bytes_before + job->reader->bytes_read,
            job->im->bytes_total, job->im->rows_before + job->out->rows_read);
}

static st_code read_records(struct job *job, struct st_error *err)
{
    for (;;) {
        const struct st_csv_record *r;
        TRY(st_reader_next(job->reader, &r, err));
        if (!r)
            break;
        TRY(take_record(job, r, err));
        if (job->out->rows_read % PROGRESS_RECORDS == 0)
            tell_progress(job);
    }
    tell_progress(job);
    return ST_OK;
}

static st_code know_accounts(struct job *job, struct st_error *err)
{
    enum st_target_table last = job->source->loads[job->source->load_count - 1].table;
    if (last < ST_TARGET_ACCOUNT_HOLDER) /* nothing of this source names an account */
        return ST_OK;
    const struct st_bind scale = st_bind_int(job->account_scale);
    return run(job, "ingest/owner.sql", &scale, 1, err);
}

static st_code count_staged_txns(const struct job *job, int64_t *rows, struct st_error *err)
{
    return st_store_query_ints(
        job->im->store, "SELECT count(*) FROM stage_txn", NULL, 0, rows, NULL, 1, err);
}

/* Whether any transaction of the store has a number of its own that staged ones may repeat. */
static st_code has_numbered_txns(const struct job *job, bool *yes, struct st_error *err)
{
    int64_t found;
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*) FROM (SELECT 1 AS n FROM txn WHERE source_id IS NOT NULL LIMIT 1) AS t",
        NULL, 0, &found, NULL, 1, err));
    *yes = found > 0;
    return ST_OK;
}

/* Transactions that need not be compared with those in the store, nor with accounts that moved. */
static st_code loads_at_once(const struct job *job, bool *yes, struct st_error *err)
{
    const struct st_mapping_load *load = &job->source->loads[0];
    int64_t splits;
    bool numbered = false;
    *yes = job->source->load_count == 1 && load->table == ST_TARGET_TXN &&
           !load->create_customers && !job->fix;
    if (!*yes)
        return ST_OK;
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*) FROM customer_change WHERE kind = 'split'", NULL, 0, &splits, NULL, 1,
        err));
    if (is_mapped(load, "id"))
        TRY(has_numbered_txns(job, &numbered, err));
    *yes = splits == 0 && !numbered;
    return ST_OK;
}

static st_code refuse_txn(void *context, int64_t line, enum st_reason reason, const char *column,
    struct st_text_cell value, struct st_error *err)
{
    struct st_stage *s = ((struct job *)context)->rejects;
    st_stage_int(s, 0, line);
    set_text(s, 1, st_reasons[reason].code);
    set_text(s, 2, column);
    st_stage_text(s, 3, value.data, value.len);
    for (size_t i = 4; i < ST_COUNT(reject_columns); i++) /* fetch_raw finds the record */
        st_stage_null(s, i);
    return st_stage_next(s, err);
}

static st_code open_txn_load(struct job *job, struct st_error *err)
{
    const struct st_mapping_load *load = &job->source->loads[0];
    const struct st_txn_load_options options = {.store = job->im->store,
        .load_id = job->out->load_id,
        .account = is_mapped(load, "account"),
        .customer = is_mapped(load, "customer"),
        .id = is_mapped(load, "id"),
        .rows_about = job->entry->bytes / TXN_BYTES_LEAST,
        .reject = refuse_txn,
        .context = job};
    if (options.account)
        TRY(know_accounts(job, err));
    return st_txn_load_open(&options, &job->txn_load, err);
}

static st_code open_staging(struct job *job, struct st_error *err)
{
    struct st_importer *im = job->im;
    TRY(loads_at_once(job, &job->at_once, err));
    if (job->at_once)
        TRY(open_txn_load(job, err));
    const struct st_rows_options options = {.store = im->store,
        .txn_sink = job->txn_load ? st_txn_load_take : NULL,
        .txn_sink_context = job->txn_load,
        .mapping = im->mapping,
        .source = job->source,
        .lookups = im->lookups,
        .as_of = im->report->has_as_of ? &im->report->as_of : NULL,
        .account_scale = job->account_scale,
        .fix = job->fix};
    size_t count = job->reader->column_count;
    const char *const *columns = job->reader->columns;
    if (job->fix && (count == 0 || strcmp(columns[0], fix_column) != 0))
        return st_fail(err, ST_E_DATA, "the first column of %s is not %s", "%s 的第一列不是 %s",
            job->entry->path, fix_column);
    job->header = job->reader->header;
    TRY(st_manifest_count_init(
        &job->count, st_manifest_find(im->manifest, job->entry->path), columns, count, err));
    TRY(st_stage_open(
        im->store, "stage_reject", reject_columns, ST_COUNT(reject_columns), &job->rejects, err));
    if (job->fix)
        TRY(st_stage_open(
            im->store, "stage_fix", fix_columns, ST_COUNT(fix_columns), &job->fixes, err));
    return st_rows_open(im->arena, &options, job->reader, &job->rows, err);
}

static st_code close_staging(struct job *job, bool good, struct st_error *err)
{
    st_code rows = st_rows_close(job->rows, err);
    st_code txns = st_txn_load_close(job->txn_load, good && rows == ST_OK, err);
    st_code rejects = st_stage_close(job->rejects, err);
    st_code fixes = st_stage_close(job->fixes, err);
    job->rejects = job->fixes = NULL;
    job->txn_load = NULL;
    return rows != ST_OK ? rows : txns != ST_OK ? txns : rejects != ST_OK ? rejects : fixes;
}

static st_code stage_file(struct job *job, struct st_error *err)
{
    job->format = job->source->format;
    if (job->fix) { /* an export always has a header */
        job->format.header = true;
        job->format.skip_lines = 0;
        job->format.encoding = ST_ENCODING_AUTO; /* whatever it was corrected with */
    }
    TRY(choose_scale(job, err));
    TRY(create_tables(job, err));
    TRY(st_reader_open(job->im->arena, job->entry->path, &job->format, &job->reader, err));
    st_code rc = open_staging(job, err);
    if (rc == ST_OK)
        rc = read_records(job, err);
    st_code closed = close_staging(job, rc == ST_OK, err);
    st_reader_close(job->reader);
    job->reader = NULL;
    TRY(rc);
    TRY(closed);
    size_t count;
    const struct st_mapping_currency *seen = st_rows_currencies(job->rows, &count);
    for (size_t i = 0; i < count; i++)
        TRY(st_import_currency(job->im->store, seen[i].code, seen[i].exponent, err));
    return st_manifest_count_check(&job->count, job->entry->path, err);
}

/* --- checking --- */

/* Rejected rows leave every table they feed before the next check looks. */
static st_code drop_rejected(struct job *job, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_code rc = ST_OK;
    for (size_t i = 0; rc == ST_OK && i <= job->source->load_count; i++) {
        bool attributes = i == job->source->load_count;
        st_str_reset(&sql);
        st_str_addf(&sql, "DELETE FROM %s WHERE line IN (SELECT line FROM stage_reject)",
            attributes ? ST_STAGE_ATTRIBUTE : st_rows_stage_name(job->source->loads[i].table));
        rc = st_store_exec(job->im->store, sql.text, NULL, 0, NULL, err);
    }
    st_str_release(&sql);
    return rc;
}

static st_code after_check(void *context, bool rejects, int64_t changed, struct st_error *err)
{
    struct job *job = context;
    if (!rejects || changed == 0)
        return ST_OK;
    job->found += changed;
    return drop_rejected(job, err);
}

static st_code check_with(
    struct job *job, const char *path, struct st_bind bind, struct st_error *err)
{
    return st_script_run(job->im->store, path, &bind, 1, after_check, job, err);
}

/* $1 of a check is the day the feed reaches; NULL when no manifest says so. */
static st_code check(struct job *job, const char *path, struct st_error *err)
{
    const struct st_import_report *r = job->im->report;
    struct st_bind as_of = st_bind_date(r->as_of);
    as_of.is_null = !r->has_as_of;
    return check_with(job, path, as_of, err);
}

static st_code check_load(struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    static const char *const scripts[ST_TARGET_COUNT] = {
        [ST_TARGET_BRANCH] = "ingest/branch_check.sql",
        [ST_TARGET_PRODUCT] = "ingest/product_check.sql",
        [ST_TARGET_FX_RATE] = "ingest/fx_rate_check.sql",
        [ST_TARGET_CONTROL_TOTAL] = "ingest/control_total_check.sql",
        [ST_TARGET_CUSTOMER] = "ingest/customer_check.sql",
        [ST_TARGET_CUSTOMER_CHANGE] = "ingest/customer_change_check.sql",
        [ST_TARGET_HOUSEHOLD_MEMBER] = "ingest/household_member_check.sql",
        [ST_TARGET_ACCOUNT] = "ingest/account_check.sql",
        [ST_TARGET_ACCOUNT_HOLDER] = "ingest/account_holder_check.sql",
        [ST_TARGET_BALANCE] = "ingest/balance_check.sql",
        [ST_TARGET_TXN] = "ingest/txn_check.sql",
        [ST_TARGET_STANDING_ORDER] = "ingest/standing_order_check.sql",
    };
    bool txn = load->table == ST_TARGET_TXN;
    if (!txn || is_mapped(load, "account"))
        TRY(check(job, scripts[load->table], err));
    if (txn && is_mapped(load, "customer") && !load->create_customers)
        TRY(check(job, "ingest/txn_customer_check.sql", err));
    if (txn && load->create_customers)
        TRY(check(job, "ingest/txn_created_check.sql", err));
    /* Numbers that only grow cannot repeat: then the costly search for repeats is saved. */
    if (txn && is_mapped(load, "id") && !st_rows_ids_ascend(job->rows))
        TRY(check(job, "ingest/txn_id_check.sql", err));
    if (job->at_once && is_mapped(load, "id"))
        TRY(check_with(job, "ingest/txn_repeat_check.sql", st_bind_int(job->out->load_id), err));
    return ST_OK;
}

static st_code check_rows(struct job *job, struct st_error *err)
{
    int64_t before = 0;
    TRY(st_store_query_ints(
        job->im->store, "SELECT count(*) FROM stage_reject", NULL, 0, &before, NULL, 1, err));
    if (job->fix) {
        const struct st_bind source = st_bind_text(job->source->name);
        TRY(run(job, "ingest/fix_check.sql", &source, 1, err));
    }
    if (job->at_once) {
        int64_t staged;
        TRY(count_staged_txns(job, &staged, err));
        if (staged == 0)
            return ST_OK;
    }
    if (before > 0 || job->fix)
        TRY(drop_rejected(job, err));
    do {
        job->found = 0;
        TRY(know_accounts(job, err));
        for (size_t i = 0; i < job->source->load_count; i++)
            TRY(check_load(job, &job->source->loads[i], err));
    } while (job->found > 0);
    return ST_OK;
}

struct lines ST_VEC(int64_t);

static st_code lines_without_raw(struct job *job, struct lines *lines, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *batch;
    TRY(st_cursor_open(job->im->store,
        "SELECT DISTINCT line FROM stage_reject WHERE raw IS NULL ORDER BY line", NULL, 0, &cursor,
        err));
    st_code rc;
    do {
        rc = st_cursor_next(cursor, &batch, err);
        for (size_t i = 0; rc == ST_OK && i < batch->rows; i++)
            *st_vec_push(lines) = st_batch_int(batch, 0, i);
    } while (rc == ST_OK && batch->rows > 0);
    st_cursor_close(cursor);
    return rc;
}

static st_code copy_raw(struct job *job, struct st_reader *reader, const struct lines *lines,
    struct st_stage *stage, struct st_error *err)
{
    struct st_str clean = ST_STR_INIT;
    st_code rc = ST_OK;
    for (size_t i = 0; rc == ST_OK && i < lines->count;) {
        const struct st_csv_record *r;
        rc = st_reader_next(reader, &r, err);
        if (rc != ST_OK || !r)
            break;
        if (r->line != lines->items[i])
            continue;
        i++;
        st_import_clean(&clean, raw_of(job, reader, r));
        st_stage_int(stage, 0, r->line);
        st_stage_text(stage, 1, clean.text, clean.len);
        rc = st_stage_next(stage, err);
    }
    st_str_release(&clean);
    return rc;
}

/* Keeping every raw record in memory for the few that SQL rejects would cost the file's size: the
 * file is read once more instead, when there are any. */
static st_code fetch_raw(struct job *job, struct st_error *err)
{
    struct lines lines = {0};
    struct st_reader *reader = NULL;
    struct st_stage *stage = NULL;
    st_code rc = lines_without_raw(job, &lines, err);
    if (rc == ST_OK && lines.count > 0) {
        rc = st_reader_open(job->im->arena, job->entry->path, &job->format, &reader, err);
        if (rc == ST_OK)
            rc = st_stage_open(
                job->im->store, "stage_raw", raw_columns, ST_COUNT(raw_columns), &stage, err);
        if (rc == ST_OK)
            rc = copy_raw(job, reader, &lines, stage, err);
        st_code closed = st_stage_close(stage, err);
        rc = rc != ST_OK ? rc : closed;
        st_reader_close(reader);
    }
    st_vec_release(&lines);
    return rc;
}

/* Checks know target columns; people look for the column of their file. */
static st_code name_source_columns(struct job *job, struct st_error *err)
{
    for (size_t i = 0; i < job->source->load_count; i++) {
        size_t count;
        enum st_target_table table = job->source->loads[i].table;
        const struct st_target *columns = st_target_columns(table, &count);
        for (size_t k = 0; k < count; k++) {
            const char *full = st_arena_printf(
                job->im->arena, "%s.%s", st_target_table_name(table), columns[k].column);
            const char *name = st_rows_source_column(job->rows, full);
            const struct st_bind binds[] = {st_bind_text(name), st_bind_text(full)};
            if (name)
                TRY(st_store_exec(job->im->store,
                    "UPDATE stage_reject SET column_name = $1 WHERE column_name = $2", binds, 2,
                    NULL, err));
        }
    }
    return ST_OK;
}

static st_code refuse_if_too_many(struct job *job, struct st_error *err)
{
    struct st_import_file *o = job->out;
    int64_t limit = job->im->mapping->refuse_above;
    TRY(st_store_query_ints(job->im->store, "SELECT count(DISTINCT line) FROM stage_reject", NULL,
        0, &o->rows_quarantined, NULL, 1, err));
    if (job->fix || o->rows_quarantined == 0 ||
        (st_wide)o->rows_quarantined * st_pow10(ST_SCALE_RATE) <= (st_wide)o->rows_read * limit)
        return ST_OK;
    struct st_cursor *cursor;
    const struct st_batch *b;
    st_fail(err, ST_E_DATA, "%s is refused: it would quarantine %lld of its %lld rows",
        "%s 被拒绝：需要隔离 %lld 行，共 %lld 行", job->entry->path, (long long)o->rows_quarantined,
        (long long)o->rows_read);
    if (st_cursor_open(job->im->store,
            "SELECT r.line, r.reason, coalesce(r.column_name, ''), coalesce(r.value, '') "
            "FROM stage_reject AS r ORDER BY r.line LIMIT 1",
            NULL, 0, &cursor, NULL) == ST_OK) {
        if (st_cursor_next(cursor, &b, NULL) == ST_OK && b->rows > 0) {
            struct st_text_cell reason = st_batch_text(b, 1, 0), column = st_batch_text(b, 2, 0),
                                value = st_batch_text(b, 3, 0);
            st_error_at(err, job->entry->path, (int)st_batch_int(b, 0, 0), 0);
            st_error_value(err, "%.*s%s%.*s%s%.*s", (int)reason.len, reason.data,
                column.len ? ": " : "", (int)column.len, column.data, value.len ? " = " : "",
                (int)value.len, value.data);
        }
        st_cursor_close(cursor);
    }
    st_error_hint(err,
        "nothing was imported; the first such row is shown. refuse_above: sets the limit",
        "未导入任何数据；此处显示第一个这样的行。refuse_above: 可调整上限");
    return ST_E_DATA;
}

/* --- applying --- */

/* Columns that this source does not give keep what is in force: several files may feed a table. */
static st_code keep_unmapped(
    struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    size_t count, kept = 0;
    const char *table = st_target_table_name(load->table);
    const struct st_target *columns = st_target_columns(load->table, &count);
    bool keyed = load->table == ST_TARGET_CUSTOMER || load->table == ST_TARGET_ACCOUNT;
    if (!keyed && load->table != ST_TARGET_BRANCH && load->table != ST_TARGET_PRODUCT)
        return ST_OK;
    struct st_str sql = ST_STR_INIT;
    st_str_addf(&sql, "UPDATE stage_%s SET", table);
    for (size_t i = 0; i < count; i++)
        if (!load->values[i] && columns[i].type != ST_TARGET_ATTRIBUTES)
            st_str_addf(
                &sql, "%s %s = t.%s", kept++ ? "," : "", columns[i].column, columns[i].column);
    st_str_addf(&sql, " FROM %s AS t", table);
    if (keyed)
        st_str_addf(&sql, ", %s_key AS k WHERE k.source_id = stage_%s.id AND t.%s_id = k.%s_id",
            table, table, table, table);
    else
        st_str_addf(&sql, " WHERE t.code = stage_%s.code", table);
    /* 0: the row of a customer number that was merged into another */
    st_str_add(&sql, " AND t.until_load IN (0, 9223372036854775807)");
    st_code rc = kept ? st_store_exec(job->im->store, sql.text, NULL, 0, NULL, err) : ST_OK;
    st_str_release(&sql);
    return rc;
}

/* Splits stage_close among the holders; `compare`: leaves out what is in force already. */
static st_code apply_closes(struct job *job, bool compare, struct st_error *err)
{
    int64_t range[3];
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*), coalesce(min(on_date) - CAST('1970-01-01' AS DATE), 0), "
        "coalesce(max(on_date) - CAST('1970-01-01' AS DATE), 0) FROM stage_close",
        NULL, 0, range, NULL, 3, err));
    if (range[0] == 0)
        return ST_OK;
    const struct st_bind binds[] = {st_bind_int(job->out->load_id), st_bind_date((st_date)range[1]),
        st_bind_date((st_date)range[2])};
    if (compare)
        TRY(run(job, "ingest/balance_apply.sql", binds, ST_COUNT(binds), err));
    return run(job, "ingest/balance_parts.sql", binds, ST_COUNT(binds), err);
}

static st_code apply_balance(
    struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    if (load->close_nearest)
        TRY(st_close_nearest(job->im->store, err));
    else
        TRY(run(job, "ingest/balance_given.sql", NULL, 0, err));
    return apply_closes(job, true, err);
}

/* Stored by (month, customer): what a window reads lies together. Only columns that the source
 * gives are named: those that are NULL in every row would still be moved by the sort. */
static void write_txn_insert(const struct st_mapping_load *load, struct st_str *sql)
{
    static const struct {
        const char *mapped, *column, *value;
    } columns[] = {
        {"account", "account_id", "o.account_id"},
        {"kind", "kind", "s.kind"},
        {"channel", "channel", "s.channel"},
        {"product", "product", "s.product"},
        {"reference", "reference", "s.reference"},
        {"id", "source_id", "s.id"},
    };
    bool account = is_mapped(load, "account"), customer = is_mapped(load, "customer");
    st_str_add(sql, "INSERT INTO txn (customer_id, on_date, amount, currency");
    for (size_t i = 0; i < ST_COUNT(columns); i++)
        if (is_mapped(load, columns[i].mapped))
            st_str_addf(sql, ", %s", columns[i].column);
    st_str_addf(sql,
        ", load_id, until_load)\n"
        "SELECT r.*, CAST($1 AS BIGINT), 9223372036854775807\n"
        "FROM (SELECT %s AS customer_id, s.on_date, s.amount, %s AS currency",
        account && customer ? "coalesce(k.customer_id, o.customer_id)"
        : customer          ? "k.customer_id"
                            : "o.customer_id",
        account ? "coalesce(s.currency, o.currency)" : "s.currency");
    for (size_t i = 0; i < ST_COUNT(columns); i++)
        if (is_mapped(load, columns[i].mapped))
            st_str_addf(sql, ", %s AS %s", columns[i].value, columns[i].column);
    st_str_add(sql, "\nFROM stage_txn AS s\n");
    if (account)
        st_str_add(sql, "LEFT JOIN stage_owner AS o ON o.account = s.account\n");
    if (customer)
        st_str_add(sql, "LEFT JOIN customer_number AS k ON k.source_id = s.customer\n");
    st_str_add(sql, "ORDER BY CAST(date_trunc('month', s.on_date) AS DATE), customer_id) AS r");
}

static st_code insert_txns(
    struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    int64_t rows;
    const struct st_bind binds[] = {st_bind_int(job->out->load_id)};
    TRY(count_staged_txns(job, &rows, err));
    if (rows == 0) /* nothing is inserted when there is nothing: prime.sql says why */
        return ST_OK;
    write_txn_insert(load, &sql);
    st_code rc = st_store_exec(job->im->store, sql.text, binds, ST_COUNT(binds), NULL, err);
    st_str_release(&sql);
    return rc;
}

static st_code apply_txn(struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    int64_t rows, repeats;
    bool known = false;
    TRY(count_staged_txns(job, &rows, err));
    if (rows == 0)
        return ST_OK;
    if (is_mapped(load, "account") && is_mapped(load, "customer"))
        TRY(st_change_book_txns(job->im->store, err));
    if (load->create_customers)
        TRY(run_load(job, "ingest/txn_customers.sql", err));
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*) FROM stage_repeat WHERE target = 'txn'", NULL, 0, &repeats, NULL, 1, err));
    if (is_mapped(load, "id"))
        TRY(has_numbered_txns(job, &known, err));
    if (repeats > 0 || known)
        TRY(run_load(job, "ingest/txn_known.sql", err));
    return insert_txns(job, load, err);
}

static st_code apply_load(struct job *job, const struct st_mapping_load *load, struct st_error *err)
{
    static const char *const scripts[ST_TARGET_COUNT] = {
        [ST_TARGET_BRANCH] = "ingest/branch_apply.sql",
        [ST_TARGET_PRODUCT] = "ingest/product_apply.sql",
        [ST_TARGET_FX_RATE] = "ingest/fx_rate_apply.sql",
        [ST_TARGET_CONTROL_TOTAL] = "ingest/control_total_apply.sql",
        [ST_TARGET_CUSTOMER] = "ingest/customer_apply.sql",
        [ST_TARGET_HOUSEHOLD_MEMBER] = "ingest/household_member_apply.sql",
        [ST_TARGET_ACCOUNT] = "ingest/account_apply.sql",
        [ST_TARGET_ACCOUNT_HOLDER] = "ingest/account_holder_apply.sql",
        [ST_TARGET_STANDING_ORDER] = "ingest/standing_order_apply.sql",
    };
    if (load->table == ST_TARGET_BALANCE)
        return apply_balance(job, load, err);
    if (load->table == ST_TARGET_TXN)
        return apply_txn(job, load, err);
    if (load->table == ST_TARGET_CUSTOMER_CHANGE)
        return st_change_apply(job->im->store, job->out->load_id, err);
    TRY(keep_unmapped(job, load, err));
    TRY(run_load(job, scripts[load->table], err));
    bool households =
        load->table == ST_TARGET_CUSTOMER || load->table == ST_TARGET_HOUSEHOLD_MEMBER;
    return households ? run(job, "ingest/household_keys.sql", NULL, 0, err) : ST_OK;
}

static st_code apply_rows(struct job *job, struct st_error *err)
{
    const struct st_mapping_source *s = job->source;
    bool accounts = find_load(s, ST_TARGET_ACCOUNT) || find_load(s, ST_TARGET_ACCOUNT_HOLDER) ||
                    find_load(s, ST_TARGET_CUSTOMER_CHANGE);
    bool settled = !accounts; /* holding and stage_owner say what the rows above them changed */
    if (job->mixed_scales)
        TRY(run(job, "ingest/rescale.sql", NULL, 0, err));
    for (size_t i = 0; i < s->load_count; i++) {
        if (!settled && s->loads[i].table > ST_TARGET_ACCOUNT_HOLDER) {
            settled = true;
            TRY(run_load(job, "ingest/holding.sql", err));
            TRY(apply_closes(job, false, err));
            TRY(know_accounts(job, err));
        }
        TRY(apply_load(job, &s->loads[i], err));
    }
    if (settled)
        return ST_OK;
    TRY(run_load(job, "ingest/holding.sql", err));
    return apply_closes(job, false, err);
}

/* --- accounting --- */

static st_code count_rows(struct job *job, struct st_error *err)
{
    struct st_import_file *o = job->out;
    const struct st_bind targets = st_bind_int((int64_t)job->source->load_count);
    TRY(st_store_query_ints(job->im->store,
        "SELECT count(*) FROM (SELECT line FROM stage_same GROUP BY line "
        "HAVING count(DISTINCT target) = CAST($1 AS BIGINT)) AS s",
        &targets, 1, &o->rows_unchanged, NULL, 1, err));
    o->rows_loaded = o->rows_read - o->rows_skipped - o->rows_quarantined - o->rows_unchanged;
    if (o->rows_loaded < 0)
        return st_fail(
            err, ST_E_INTERNAL, "the rows of %s do not add up", "%s 的行数不平", job->entry->path);
    return ST_OK;
}

static st_code write_reasons(struct job *job, struct st_error *err)
{
    struct st_store *store = job->im->store;
    for (int i = 0; i < ST_REASON_COUNT; i++) {
        const struct st_bind binds[] = {st_bind_text(st_reasons[i].code),
            st_bind_text(st_reasons[i].text.en), st_bind_text(st_reasons[i].text.zh)};
        TRY(st_store_exec(store, "INSERT INTO stage_reason (code, en, zh) VALUES ($1, $2, $3)",
            binds, ST_COUNT(binds), NULL, err));
    }
    return ST_OK;
}

static st_code write_quarantine(struct job *job, struct st_error *err)
{
    const struct st_bind binds[] = {st_bind_int(job->out->load_id), st_bind_text(job->source->name),
        st_bind_text(job->entry->path)};
    int64_t fixed = 0, written = 0;
    if (job->fix) {
        TRY(run(job, "ingest/fix_resolve.sql", binds, 2, err));
        TRY(st_store_query_ints(job->im->store,
            "SELECT count(*) FROM quarantine WHERE resolved_load = $1", binds, 1, &fixed, NULL, 1,
            err));
        job->im->report->rows_fixed += fixed;
    }
    if (job->out->rows_quarantined == 0)
        return ST_OK;
    TRY(write_reasons(job, err));
    TRY(run(job, "ingest/quarantine.sql", binds, ST_COUNT(binds), err));
    TRY(st_store_query_ints(job->im->store, "SELECT count(*) FROM quarantine WHERE load_id = $1",
        binds, 1, &written, NULL, 1, err));
    if (written != job->out->rows_quarantined)
        return st_fail(err, ST_E_INTERNAL, "a row of %s was rejected twice", "%s 的某行被重复拒绝",
            job->entry->path);
    return ST_OK;
}

/* The header and the way of quoting go with the feed, so that an export looks like the source. */
static st_code describe_feed(struct job *job, struct st_error *err)
{
    const struct st_csv_format *f = &job->source->format;
    const char separator[] = {f->separator, '\0'}, quote[] = {f->quote, '\0'};
    struct st_str header = ST_STR_INIT, clean = ST_STR_INIT;
    if (job->fix)
        return ST_OK;
    if (job->header.data)
        st_str_add_len(&header, job->header.data, job->header.len);
    else
        for (size_t i = 0; i < f->column_count; i++)
            st_str_addf(&header, "%s%s", i ? separator : "", f->columns[i]);
    const struct st_bind binds[] = {
        st_bind_text(st_import_clean(&clean, (struct st_slice){header.text, header.len})),
        st_bind_text(separator), st_bind_text(quote), st_bind_text(job->source->name),
        st_bind_text(job->im->mapping->name)};
    st_code rc = st_store_exec(job->im->store,
        "UPDATE feed SET header = $1, separator = $2, quote = $3 "
        "WHERE source = $4 AND mapping = $5",
        binds, ST_COUNT(binds), NULL, err);
    st_str_release(&header);
    st_str_release(&clean);
    return rc;
}

static st_code write_load(struct job *job, struct st_error *err)
{
    const struct st_import_file *o = job->out;
    const struct st_import_report *r = job->im->report;
    struct st_bind as_of = st_bind_date(r->as_of);
    as_of.is_null = !r->has_as_of;
    const struct st_bind binds[] = {st_bind_int(o->load_id), st_bind_text(o->source),
        st_bind_text(o->file), st_bind_text(job->hash), st_bind_text(job->im->mapping_hash),
        st_bind_int(o->rows_read), st_bind_int(o->rows_loaded), st_bind_int(o->rows_unchanged),
        st_bind_int(o->rows_skipped), st_bind_int(o->rows_quarantined), as_of,
        st_bind_text(job->im->options->loaded_at ? job->im->options->loaded_at : "")};
    return st_store_exec(job->im->store,
        "INSERT INTO load (load_id, source, file, file_hash, mapping_hash, rows_read, rows_loaded, "
        "rows_unchanged, rows_skipped, rows_quarantined, as_of, loaded_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code read_reasons(struct job *job, struct st_error *err)
{
    struct st_import_file *o = job->out;
    struct st_cursor *cursor;
    const struct st_batch *b;
    const struct st_bind load = st_bind_int(o->load_id);
    o->reasons = st_arena_array(job->im->arena, struct st_import_reason, ST_REASON_COUNT);
    TRY(st_cursor_open(job->im->store,
        "SELECT reason, count(*) FROM quarantine WHERE load_id = $1 GROUP BY reason "
        "ORDER BY count(*) DESC, reason",
        &load, 1, &cursor, err));
    st_code rc = st_cursor_next(cursor, &b, err);
    for (size_t i = 0; rc == ST_OK && i < b->rows && o->reason_count < ST_REASON_COUNT; i++) {
        struct st_text_cell code = st_batch_text(b, 0, i);
        o->reasons[o->reason_count++] = (struct st_import_reason){
            st_arena_strndup(job->im->arena, code.data, code.len), st_batch_int(b, 1, i)};
    }
    st_cursor_close(cursor);
    return rc;
}

static st_code load_file(struct job *job, struct st_error *err)
{
    TRY(stage_file(job, err));
    TRY(check_rows(job, err));
    TRY(fetch_raw(job, err));
    TRY(name_source_columns(job, err));
    TRY(refuse_if_too_many(job, err));
    TRY(apply_rows(job, err));
    TRY(count_rows(job, err));
    TRY(write_quarantine(job, err));
    return describe_feed(job, err);
}

st_code st_import_file(struct st_importer *importer, const struct st_files_entry *entry,
    struct st_import_file *out, struct st_error *err)
{
    struct job *job = st_arena_new(importer->arena, struct job);
    bool maybe, same;
    job->im = importer;
    job->entry = entry;
    job->source = entry->source;
    job->out = out;
    job->fix = importer->options->fix_file != NULL;
    *out = (struct st_import_file){.source = entry->source->name,
        .file = st_arena_strdup(importer->arena, entry->path),
        .load_id = importer->next_load};
    TRY(may_be_known(job, &maybe, err));
    start_hash(job, maybe);
    if (maybe) {
        TRY(finish_hash(job, err));
        TRY(find_same_file(job, &same, err));
        if (same)
            return ST_OK;
    }
    st_code rc = load_file(job, err);
    st_code hashed = finish_hash(job, rc == ST_OK ? err : NULL); /* the thread must end first */
    TRY(rc);
    TRY(hashed);
    TRY(write_load(job, err));
    TRY(read_reasons(job, err));
    importer->next_load++;
    return drop_tables(job, err);
}
