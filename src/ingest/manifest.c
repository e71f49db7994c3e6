#include "ingest/manifest.h"

#include "base/vec.h"
#include "expr/params.h"
#include "ingest/internal.h"

enum { TOTAL_DIGITS_MAX = 28 };

struct document {
    int64_t version;
    st_date as_of;
    const struct st_node *files;
};

static const struct st_param document_params[] = {
    {"strata-manifest", ST_PARAM_INT, true, offsetof(struct document, version), NULL, 1, 1, NULL,
        NULL, {"version of this format: 1", "格式版本：1"}},
    {"as_of", ST_PARAM_DATE, true, offsetof(struct document, as_of), NULL, 0, 0, NULL, NULL,
        {"the day the data reaches", "数据截止日"}},
    {"files", ST_PARAM_NODE, true, offsetof(struct document, files), NULL, 0, 0, NULL, NULL,
        {"rows and sums by file name", "各文件的行数和合计"}},
    ST_PARAM_END,
};

struct file_keys {
    int64_t rows;
    const struct st_node *sums;
};

static const struct st_param file_params[] = {
    {"rows", ST_PARAM_INT, false, offsetof(struct file_keys, rows), NULL, 0, INT64_MAX, NULL, NULL,
        {"records, the header not counted", "记录数，不含表头"}},
    {"sums", ST_PARAM_NODE, false, offsetof(struct file_keys, sums), NULL, 0, 0, NULL, NULL,
        {"column: total", "列: 合计"}},
    ST_PARAM_END,
};

/* [-]digits[.digits], up to 28 digits and 8 decimals, to scale 8. */
static bool parse_total(const char *text, st_wide *out)
{
    st_wide n = 0;
    int digits = 0, decimals = -1;
    const char *p = text + (*text == '-' || *text == '+');
    for (; *p; p++) {
        if (*p == '.' && decimals < 0) {
            decimals = 0;
        } else if (*p >= '0' && *p <= '9' && digits < TOTAL_DIGITS_MAX) {
            n = n * 10 + (*p - '0');
            digits++;
            decimals += decimals >= 0;
        } else {
            return false;
        }
    }
    if (digits == 0 || decimals > ST_MANIFEST_SCALE)
        return false;
    n *= st_pow10(ST_MANIFEST_SCALE - (decimals < 0 ? 0 : decimals));
    *out = *text == '-' ? -n : n;
    return true;
}

static st_code read_file(struct st_arena *arena, const struct st_entry *entry,
    struct st_manifest_file *f, struct st_error *err)
{
    struct file_keys keys = {.rows = -1};
    TRY(st_params_read(arena, file_params, entry->value, &keys, err));
    f->name = st_arena_strdup(arena, entry->key);
    f->node = entry->value;
    f->rows = keys.rows;
    if (!keys.sums)
        return ST_OK;
    if (keys.sums->kind != ST_NODE_MAP || keys.sums->count > ST_MANIFEST_SUMS_MAX)
        return st_fail_at(err, keys.sums, ST_E_POLICY, "'sums' must be up to %d columns and totals",
            "sums 应为至多 %d 个“列: 合计”", (int)ST_MANIFEST_SUMS_MAX);
    f->sums = st_arena_array(arena, struct st_manifest_sum, keys.sums->count);
    for (size_t i = 0; i < keys.sums->count; i++) {
        const struct st_entry *sum = &keys.sums->entries[i];
        struct st_manifest_sum *out = &f->sums[f->sum_count++];
        out->column = st_arena_strdup(arena, sum->key);
        out->text = sum->value->kind == ST_NODE_SCALAR ? sum->value->text : "";
        if (!parse_total(out->text, &out->total)) {
            st_code rc = st_fail_at(err, sum->value, ST_E_POLICY, "the total of '%s' is no number",
                "“%s”的合计不是数字", sum->key);
            st_error_value(err, "%s", out->text);
            return rc;
        }
    }
    return ST_OK;
}

st_code st_manifest_load(
    struct st_arena *arena, const char *path, const struct st_manifest **out, struct st_error *err)
{
    struct st_node *root;
    struct document d = {0};
    struct st_manifest *m = st_arena_new(arena, struct st_manifest);
    st_code code = st_node_load(arena, path, &root, NULL, err);
    if (code == ST_E_NOT_FOUND)
        st_error_hint(err, "name the manifest that came with the files, or leave --manifest out",
            "请给出随文件送来的清单，或去掉 --manifest");
    TRY(code);
    TRY(st_params_read(arena, document_params, root, &d, err));
    if (d.files->kind != ST_NODE_MAP)
        return st_fail_at(err, d.files, ST_E_POLICY, "'files' must be names and counts",
            "files 应为文件名和行数");
    m->path = st_arena_strdup(arena, path);
    m->as_of = d.as_of;
    m->files = st_arena_array(arena, struct st_manifest_file, d.files->count);
    for (size_t i = 0; i < d.files->count; i++)
        TRY(read_file(arena, &d.files->entries[i], &m->files[m->file_count++], err));
    *out = m;
    return ST_OK;
}

const struct st_manifest_file *st_manifest_find(
    const struct st_manifest *manifest, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; manifest && i < manifest->file_count; i++)
        if (strcmp(manifest->files[i].name, name) == 0)
            return &manifest->files[i];
    return NULL;
}

st_code st_manifest_count_init(struct st_manifest_count *count,
    const struct st_manifest_file *expected, const char *const *columns, size_t column_count,
    struct st_error *err)
{
    *count = (struct st_manifest_count){.expected = expected};
    for (size_t i = 0; expected && i < expected->sum_count; i++) {
        size_t k = 0;
        while (k < column_count && strcmp(columns[k], expected->sums[i].column) != 0)
            k++;
        if (k == column_count) {
            st_code rc =
                st_fail_at(err, expected->node, ST_E_POLICY, "%s has no column '%s' to sum",
                    "%s 没有可合计的“%s”列", expected->name, expected->sums[i].column);
            st_error_hint(err, "sums: names columns of the file as its header does",
                "sums: 中的列名须与文件表头一致");
            return rc;
        }
        count->columns[i] = (int)k;
    }
    return ST_OK;
}

void st_manifest_count_row(
    struct st_manifest_count *count, const struct st_slice *fields, size_t field_count)
{
    count->rows++;
    for (size_t i = 0; count->expected && i < count->expected->sum_count; i++) {
        int64_t value;
        if ((size_t)count->columns[i] >= field_count)
            continue;
        struct st_slice f = fields[count->columns[i]];
        /* A large amount has few decimals: the widest scale it fits is exact. */
        for (int scale = ST_MANIFEST_SCALE; scale >= 0; scale -= 2)
            if (st_decimal_parse(f.data, f.len, scale, &value) == ST_OK) {
                count->sums[i] += (st_wide)value * st_pow10(ST_MANIFEST_SCALE - scale);
                break;
            }
    }
}

static void format_total(st_wide total, char text[ST_DECIMAL_TEXT_SIZE])
{
    st_wide unit = st_pow10(ST_MANIFEST_SCALE), n = total < 0 ? -total : total;
    snprintf(text, ST_DECIMAL_TEXT_SIZE, "%s%lld.%08lld", total < 0 ? "-" : "",
        (long long)(n / unit), (long long)(n % unit));
    for (size_t len = strlen(text); text[len - 1] == '0' && text[len - 3] != '.'; len--)
        text[len - 1] = '\0';
}

st_code st_manifest_count_check(
    const struct st_manifest_count *count, const char *path, struct st_error *err)
{
    const struct st_manifest_file *e = count->expected;
    st_code rc = ST_OK;
    if (e && e->rows >= 0 && e->rows > count->rows)
        rc = st_fail(err, ST_E_DATA, "%s is short: the manifest says %lld rows, the file has %lld",
            "%s 行数不足：清单为 %lld 行，文件为 %lld 行", e->name, (long long)e->rows,
            (long long)count->rows);
    if (e && e->rows >= 0 && e->rows < count->rows)
        rc = st_fail(err, ST_E_DATA, "%s is long: the manifest says %lld rows, the file has %lld",
            "%s 行数过多：清单为 %lld 行，文件为 %lld 行", e->name, (long long)e->rows,
            (long long)count->rows);
    for (size_t i = 0; rc == ST_OK && e && i < e->sum_count; i++)
        if (count->sums[i] != e->sums[i].total) {
            char got[ST_DECIMAL_TEXT_SIZE], want[ST_DECIMAL_TEXT_SIZE];
            format_total(count->sums[i], got);
            format_total(e->sums[i].total, want);
            rc = st_fail(err, ST_E_DATA, "%s: the sum of column %s is %s, the manifest says %s",
                "%s：%s 列合计为 %s，清单为 %s", e->name, e->sums[i].column, got, want);
        }
    if (rc != ST_OK) {
        st_error_at(err, path, 0, 0);
        st_error_hint(err, "nothing was imported; ask the sender for the file again",
            "未导入任何数据；请向发送方重新索取该文件");
    }
    return rc;
}
