/* Acknowledgement of change files: totals compared, rejected customers taken out. */
#include "run/changes.h"

#include "run/internal.h"
#include "run/person.h"

#include <jansson.h>

/* --- files sent --- */

struct list_reader {
    struct st_arena *arena;
    struct ST_VEC(struct st_change_file) files;
};

static const char *optional_text(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row)
{
    return st_batch_is_null(batch, column, row) ? NULL : st_run_text(arena, batch, column, row);
}

static st_code read_file(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct list_reader *r = context;
    (void)err;
    *st_vec_push(&r->files) = (struct st_change_file){.sequence = st_batch_int(batch, 0, row),
        .scheme = st_run_text(r->arena, batch, 1, row),
        .as_of = st_batch_date(batch, 2, row),
        .run_id = st_batch_int(batch, 3, row),
        .policy_hash = st_run_text(r->arena, batch, 4, row),
        .rows = st_batch_int(batch, 5, row),
        .customers = st_batch_int(batch, 6, row),
        .hash = st_run_text(r->arena, batch, 7, row),
        .sent_at = st_run_text(r->arena, batch, 8, row),
        .acked_at = optional_text(r->arena, batch, 9, row),
        .acked_by = optional_text(r->arena, batch, 10, row),
        .rejected = st_batch_int(batch, 11, row)};
    return ST_OK;
}

st_code st_change_list(struct st_store *store, struct st_arena *arena, const char *scheme,
    struct st_change_file **out, size_t *count, struct st_error *err)
{
    struct list_reader reader = {.arena = arena};
    struct st_bind bind = st_bind_text(scheme);
    st_code code = st_run_each(
        store, st_sql_file_text("query/change_files.sql"), &bind, 1, read_file, &reader, err);
    *count = reader.files.count;
    *out = st_arena_array(arena, struct st_change_file, *count);
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = reader.files.items[i];
    st_vec_release(&reader.files);
    return code;
}

/* The file, which no acknowledgement has passed yet. */
static st_code find_open(struct st_store *store, struct st_arena *arena, int64_t sequence,
    struct st_change_file *out, struct st_error *err)
{
    struct st_change_file *files = NULL;
    size_t count = 0;
    TRY(st_change_list(store, arena, NULL, &files, &count, err));
    const struct st_change_file *found = NULL, *later = NULL;
    for (size_t i = 0; i < count; i++)
        if (files[i].sequence == sequence)
            found = &files[i];
    if (!found) {
        st_code code = st_fail(err, ST_E_NOT_FOUND, "no change file %lld has been sent",
            "没有发送过序号 %lld 的变动文件", (long long)sequence);
        st_error_hint(err, "strata changes STORE lists them", "strata changes 库 可列出");
        return code;
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].scheme, found->scheme) == 0 && files[i].sequence >= sequence &&
            files[i].acked_at)
            later = &files[i];
    *out = *found;
    if (!later)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "change file %lld has been acknowledged already",
        "序号 %lld 的变动文件已经确认", (long long)later->sequence);
    st_error_value(err, "%s, %s", later->acked_at, later->acked_by);
    return code;
}

/* --- control totals --- */

static st_code fail_total(const char *name, const char *got, const char *sent, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_CONFLICT, "the channel's total %s differs from what was sent",
        "渠道回执的 %s 与发送的不一致", name);
    st_error_value(err, "%s", got);
    st_error_allowed(err, "%s", "%s", sent);
    st_error_hint(err, "nothing was acknowledged: the changes come again in the next file",
        "未作确认：这些变动将在下一文件中再次发送");
    return code;
}

static st_code compare_number(
    const json_t *receipt, const char *name, int64_t sent, struct st_error *err)
{
    const json_t *value = json_object_get(receipt, name);
    char got[ST_DECIMAL_TEXT_SIZE], want[ST_DECIMAL_TEXT_SIZE];
    if (json_is_integer(value) && json_integer_value(value) == sent)
        return ST_OK;
    return fail_total(name,
        json_is_integer(value) ? st_decimal_format(json_integer_value(value), 0, got) : "—",
        st_decimal_format(sent, 0, want), err);
}

static st_code compare_receipt(
    const struct st_change_receipt *r, const struct st_change_file *sent, struct st_error *err)
{
    json_error_t problem;
    json_t *json = json_load_file(r->control, 0, &problem);
    if (!json_is_object(json)) {
        json_decref(json);
        st_code code = st_fail(err, ST_E_DATA, "%s is no JSON of control totals",
            "%s 不是控制总数的 JSON", r->control);
        st_error_value(err, "%s", problem.text);
        st_error_hint(err, "the form of FILE.control.json: sequence, rows, customers, sha256",
            "格式同 文件.control.json：sequence、rows、customers、sha256");
        return code;
    }
    st_code code = compare_number(json, "sequence", sent->sequence, err);
    if (code == ST_OK)
        code = compare_number(json, "rows", sent->rows, err);
    if (code == ST_OK)
        code = compare_number(json, "customers", sent->customers, err);
    const char *hash = json_string_value(json_object_get(json, "sha256"));
    if (code == ST_OK && (!hash || strcmp(hash, sent->hash) != 0))
        code = fail_total("sha256", hash ? hash : "—", sent->hash, err);
    json_decref(json);
    return code;
}

static st_code compare(
    const struct st_change_receipt *r, const struct st_change_file *sent, struct st_error *err)
{
    char got[ST_DECIMAL_TEXT_SIZE], want[ST_DECIMAL_TEXT_SIZE];
    if (r->control)
        TRY(compare_receipt(r, sent, err));
    if (r->rows >= 0 && r->rows != sent->rows)
        return fail_total("rows", st_decimal_format(r->rows, 0, got),
            st_decimal_format(sent->rows, 0, want), err);
    return ST_OK;
}

/* --- rejected customers --- */

static st_code reject(struct st_store *store, const struct st_change_receipt *r,
    const char *customer, int line, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->sequence), st_bind_text(customer)};
    int64_t changed = 0;
    TRY(st_store_exec(store,
        "UPDATE change_row SET rejected = TRUE WHERE sequence = $1 AND customer_id IN "
        "(SELECT k.customer_id FROM customer_key AS k WHERE k.source_id = $2)",
        binds, 2, &changed, err));
    if (changed)
        return ST_OK;
    st_code code = st_fail(err, ST_E_DATA, "customer %s is not in change file %lld",
        "客户 %s 不在序号 %lld 的变动文件中", customer, (long long)r->sequence);
    st_error_at(err, r->rejected, line, 0);
    return code;
}

/* Customer numbers, one a line; a heading customer_id, a byte-order mark, further columns and
 * quotes are passed over. */
static st_code reject_lines(
    struct st_store *store, const struct st_change_receipt *r, char *text, struct st_error *err)
{
    int line = 0;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    while (*text) {
        char *end = text + strcspn(text, "\n"), *cell = text;
        char *next = *end ? end + 1 : end;
        *end = '\0';
        line++;
        if (*cell == '"')
            cell++;
        cell[strcspn(cell, "\",;\t\r")] = '\0';
        if (*cell && !(line == 1 && strcmp(cell, "customer_id") == 0))
            TRY(reject(store, r, cell, line, err));
        text = next;
    }
    return ST_OK;
}

static st_code acknowledge(struct st_store *store, struct st_arena *arena,
    const struct st_change_receipt *r, struct st_change_file *out, struct st_error *err)
{
    struct st_str text = ST_STR_INIT;
    const char *by = NULL;
    TRY(st_person_read(arena, r->by, &by, err));
    TRY(find_open(store, arena, r->sequence, out, err));
    TRY(compare(r, out, err));
    st_code code = ST_OK;
    if (r->rejected)
        code = st_str_read_file(&text, r->rejected, ST_DOCUMENT_BYTES_MAX, err);
    if (code == ST_OK && text.text)
        code = reject_lines(store, r, text.text, err);
    st_str_release(&text);
    struct st_bind binds[] = {st_bind_int(r->sequence), st_bind_text(r->now), st_bind_text(by)};
    if (code == ST_OK)
        code = st_store_exec(store,
            "UPDATE change_file SET acked_at = $2, acked_by = $3 WHERE sequence = $1", binds, 3,
            NULL, err);
    if (code == ST_OK)
        code = st_store_query_ints(store,
            "SELECT count(*) FROM change_row AS r WHERE r.sequence = $1 AND r.rejected", binds, 1,
            &out->rejected, NULL, 1, err);
    out->acked_at = r->now;
    out->acked_by = by;
    return code;
}

st_code st_change_ack(struct st_store *store, struct st_arena *arena,
    const struct st_change_receipt *receipt, struct st_change_file *out, struct st_error *err)
{
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = acknowledge(store, arena, receipt, out, err);
    if (code == ST_OK)
        code = st_store_commit(store, err);
    if (code != ST_OK)
        st_store_rollback(store);
    return code;
}
