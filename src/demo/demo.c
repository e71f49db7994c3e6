/* Customers are written one after another; nothing is kept but the shared market, so the size of
 * the bank does not show in memory, and a customer's rows depend on the seed and its index only.
 */
#include "demo/demo.h"

#include "base/str.h"
#include "demo/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the bank --- */

static st_code check_sheets(struct st_demo_sheet *sheets, struct st_error *err)
{
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++) {
        st_code code = st_demo_sheet_check(&sheets[i], err);
        if (code != ST_OK)
            return code;
    }
    return ST_OK;
}

static st_code write_customers(
    struct st_demo_sheet *sheets, struct st_demo_life *life, struct st_error *err)
{
    enum { CHECK_EVERY = 1024, BROKEN_WHOLE = 200000 };
    int64_t broken_credit = 0;
    for (int64_t i = 0; i < life->options->customers; i++) {
        st_demo_live(life, i);
        st_demo_write_owner(sheets, life);
        broken_credit += life->options->bad_rows_per_100k;
        if (broken_credit >= BROKEN_WHOLE && life->who.kind == ST_DEMO_PERSON) {
            broken_credit -= BROKEN_WHOLE;
            st_demo_write_broken_account(sheets, &life->who);
        }
        st_code code = i % CHECK_EVERY == 0 ? check_sheets(sheets, err) : ST_OK;
        if (code != ST_OK)
            return code;
    }
    return ST_OK;
}

static st_code write_sheets(
    struct st_demo_sheet *sheets, const struct st_demo_options *options, struct st_error *err)
{
    struct st_demo_market *market = st_malloc(sizeof *market);
    struct st_demo_life *life = st_calloc(1, sizeof *life);
    st_demo_market_init(market, options);
    *life = (struct st_demo_life){
        .options = options,
        .market = market,
        .transactions = &sheets[ST_DEMO_FILE_TRANSACTIONS],
        .balances = &sheets[ST_DEMO_FILE_BALANCES],
    };
    st_demo_write_branches(&sheets[ST_DEMO_FILE_BRANCHES]);
    st_demo_write_staff(&sheets[ST_DEMO_FILE_STAFF], options);
    st_demo_write_products(&sheets[ST_DEMO_FILE_PRODUCTS]);
    st_demo_write_rates(&sheets[ST_DEMO_FILE_FX_RATES], market);
    st_code code = write_customers(sheets, life, err);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_sheet_finish(&sheets[i], err);
    free(life);
    free(market);
    return code;
}

/* --- manifest and report --- */

/* A sum at ST_DEMO_SUM_SCALE of any length that 64-bit amounts can add up to. */
static void add_sum(struct st_str *text, st_wide sum)
{
    st_wide size = sum < 0 ? -sum : sum;
    int64_t high = (int64_t)(size / st_pow10(18));
    int64_t low = (int64_t)(size % st_pow10(18));
    st_str_add(text, sum < 0 ? "-" : "");
    if (high > 0)
        st_str_addf(text, "%lld%015lld.%03lld", (long long)high, (long long)(low / 1000),
            (long long)(low % 1000));
    else
        st_str_addf(text, "%lld.%03lld", (long long)(low / 1000), (long long)(low % 1000));
}

static void compose_manifest(
    struct st_str *text, const struct st_demo_sheet *sheets, const struct st_demo_options *options)
{
    char day[ST_DATE_TEXT_SIZE];
    st_str_addf(
        text, "strata-manifest: 1\nas_of: %s\nfiles:\n", st_date_format(options->as_of, day));
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++) {
        const struct st_demo_sheet *s = &sheets[i];
        if (s->spec->for_people)
            continue;
        st_str_addf(text, "  %s: {rows: %lld", s->spec->name, (long long)s->rows);
        if (s->spec->sum) {
            st_str_addf(text, ", sums: {%s: ", s->spec->sum);
            add_sum(text, s->sum);
            st_str_add(text, "}");
        }
        st_str_add(text, "}\n");
    }
}

static st_code io_failed(const char *path, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    st_error_hint(err, "name a directory that you may write to; its parent must exist",
        "请指定可写入的目录，其上级目录必须存在");
    return code;
}

static st_code write_manifest(
    const struct st_str *text, const char *path, const char *partial, struct st_error *err)
{
    FILE *out = fopen(partial, "wb");
    bool written = out && fwrite(text->text, 1, text->len, out) == text->len;
    if (out && fclose(out) != 0)
        written = false;
    if (written && rename(partial, path) == 0)
        return ST_OK;
    st_code code = io_failed(path, err);
    unlink(partial);
    return code;
}

/* The old manifest goes first and the new one comes last: with a manifest, the files are whole. */
static st_code publish(
    struct st_demo_sheet *sheets, const struct st_demo_options *options, struct st_error *err)
{
    struct st_str text = ST_STR_INIT, path = ST_STR_INIT, partial = ST_STR_INIT;
    st_code code = ST_OK;
    st_str_addf(&path, "%s/manifest.yaml", options->directory);
    st_str_addf(&partial, "%s.partial", path.text);
    if (unlink(path.text) != 0 && errno != ENOENT)
        code = io_failed(path.text, err);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_sheet_publish(&sheets[i], err);
    compose_manifest(&text, sheets, options);
    if (code == ST_OK)
        code = write_manifest(&text, path.text, partial.text, err);
    st_str_release(&text);
    st_str_release(&path);
    st_str_release(&partial);
    return code;
}

static void describe(
    struct st_demo_report *report, const struct st_demo_sheet *sheets, struct st_arena *arena)
{
    struct st_demo_file *files = st_arena_array(arena, struct st_demo_file, ST_DEMO_FILE_COUNT);
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++) {
        const struct st_demo_sheet *s = &sheets[i];
        struct st_demo_defect *defects =
            st_arena_array(arena, struct st_demo_defect, ST_DEMO_DEFECTS_MAX);
        size_t count = 0;
        for (; s->spec->defects[count].name; count++)
            defects[count] =
                (struct st_demo_defect){s->spec->defects[count].name, s->defect_rows[count]};
        files[i] = (struct st_demo_file){
            .name = s->spec->name,
            .in_manifest = !s->spec->for_people,
            .rows = s->rows,
            .bad_rows = s->bad_rows,
            .bytes = s->bytes,
            .defects = defects,
            .defect_count = count,
        };
    }
    *report = (struct st_demo_report){files, ST_DEMO_FILE_COUNT};
}

/* --- options --- */

static st_code check_range(
    const char *name, int64_t value, int64_t low, int64_t high, struct st_error *err)
{
    if (value >= low && value <= high)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "%s of the demonstration bank is out of range",
        "演示银行的 %s 超出范围", name);
    st_error_value(err, "%lld", (long long)value);
    st_error_allowed(err, "%lld to %lld", "%lld 至 %lld", (long long)low, (long long)high);
    return code;
}

static st_code check_options(const struct st_demo_options *o, struct st_error *err)
{
    char day[ST_DATE_TEXT_SIZE];
    st_code code = check_range("customers", o->customers, 0, ST_DEMO_CUSTOMERS_MAX, err);
    if (code == ST_OK)
        code = check_range("months", o->months, 1, ST_DEMO_MONTHS_MAX, err);
    if (code == ST_OK)
        code = check_range(
            "bad_rows_per_100k", o->bad_rows_per_100k, 0, ST_DEMO_BAD_PER_100K_MAX, err);
    if (code == ST_OK)
        code = check_range(
            "as_of", st_date_to_civil(o->as_of).year, ST_DEMO_YEAR_MIN, ST_DEMO_YEAR_MAX, err);
    if (code == ST_OK && o->as_of != st_date_month_end(o->as_of)) {
        code = st_fail(err, ST_E_USAGE, "as_of is not the last day of a month", "as_of 不是月末日");
        st_error_value(err, "%s", st_date_format(o->as_of, day));
        st_error_hint(err, "use %s", "请使用 %s", st_date_format(st_date_month_end(o->as_of), day));
    }
    if (code == ST_OK && (!o->directory || !o->directory[0]))
        code = st_fail(err, ST_E_USAGE, "no directory was given for the demonstration bank",
            "未指定演示银行的输出目录");
    return code;
}

st_code st_demo_write(const struct st_demo_options *options, struct st_arena *arena,
    struct st_demo_report *report, struct st_error *err)
{
    st_code code = check_options(options, err);
    if (code != ST_OK)
        return code;
    bool made = mkdir(options->directory, 0777) == 0;
    if (!made && errno != EEXIST)
        return io_failed(options->directory, err);
    struct st_demo_sheet *sheets = st_calloc(ST_DEMO_FILE_COUNT, sizeof *sheets);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_sheet_open(&sheets[i], options->directory, &st_demo_file_specs[i],
            options->bad_rows_per_100k, err);
    if (code == ST_OK)
        code = write_sheets(sheets, options, err);
    if (code == ST_OK)
        code = publish(sheets, options, err);
    if (code == ST_OK)
        describe(report, sheets, arena);
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++)
        st_demo_sheet_discard(&sheets[i], code != ST_OK);
    free(sheets);
    if (code != ST_OK && made)
        rmdir(options->directory);
    return code;
}
