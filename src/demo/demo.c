/* The bank is written in blocks of customers. A block's rows depend on the options and its number
 * only, so threads make blocks in any order and append them to the files in turn; each thread holds
 * one block at a time, so the size of the bank does not show in memory.
 */
#include "demo/demo.h"

#include "base/str.h"
#include "demo/files.h"
#include "demo/output.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_CUSTOMERS = 1024 };

/* --- one block --- */

/* Every so many customers one has flawed accounts; in the first block soon. */
static int64_t flaw_credit(const struct st_demo_options *options, int64_t block, int64_t whole)
{
    enum { FIRST_AT = 300, STREAM = 31 };
    struct st_rng rng;
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_DEFECTS, block * (STREAM + 1) + STREAM);
    if (block > 0 || options->bad_rows_per_100k == 0)
        return st_demo_between(&rng, 0, whole - 1);
    int64_t first = whole - (int64_t)options->bad_rows_per_100k * FIRST_AT;
    return first > 0 ? first : 0;
}

static void write_block(struct st_demo_sheet *sheets, struct st_demo_life *life, int64_t block)
{
    enum { FLAW_WHOLE = 200000 };
    const struct st_demo_options *options = life->options;
    int64_t flaws = flaw_credit(options, block, FLAW_WHOLE);
    int64_t end = (block + 1) * BLOCK_CUSTOMERS;
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++)
        st_demo_sheet_begin(&sheets[i], options, block, i);
    for (int64_t i = end - BLOCK_CUSTOMERS; i < end && i < options->customers; i++) {
        st_demo_live(life, i);
        st_demo_write_owner(sheets, life);
        flaws += options->bad_rows_per_100k;
        if (flaws >= FLAW_WHOLE && life->who.kind == ST_DEMO_PERSON && i > 0) {
            flaws -= FLAW_WHOLE;
            st_demo_write_flawed_accounts(sheets, life);
        }
    }
}

/* --- the crew --- */

struct crew {
    const struct st_demo_options *options;
    const struct st_demo_market *market;
    struct st_demo_output *outputs;
    int64_t blocks;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    int64_t next;    /* block to make */
    int64_t written; /* blocks in the files; whose turn it is */
    bool stop;       /* a file cannot be written */
};

static bool take_block(struct crew *crew, int64_t *block)
{
    pthread_mutex_lock(&crew->lock);
    bool more = !crew->stop && crew->next < crew->blocks;
    if (more)
        *block = crew->next++;
    pthread_mutex_unlock(&crew->lock);
    return more;
}

/* Waits for the block's turn; only the thread whose turn it is touches the files. */
static void hand_in(struct crew *crew, const struct st_demo_sheet *sheets, int64_t block)
{
    pthread_mutex_lock(&crew->lock);
    while (crew->written != block)
        pthread_cond_wait(&crew->turn, &crew->lock);
    bool stop = crew->stop;
    pthread_mutex_unlock(&crew->lock);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && !stop; i++) {
        st_demo_output_add(&crew->outputs[i], &sheets[i]);
        stop = crew->outputs[i].error != 0;
    }
    pthread_mutex_lock(&crew->lock);
    crew->stop = stop;
    crew->written++;
    pthread_cond_broadcast(&crew->turn);
    pthread_mutex_unlock(&crew->lock);
}

static void *work(void *data)
{
    struct crew *crew = data;
    struct st_demo_sheet *sheets = st_calloc(ST_DEMO_FILE_COUNT, sizeof *sheets);
    struct st_demo_life *life = st_calloc(1, sizeof *life);
    int64_t block;
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++)
        st_demo_sheet_open(&sheets[i], &st_demo_file_specs[i], crew->options);
    *life = (struct st_demo_life){
        .options = crew->options,
        .market = crew->market,
        .transactions = &sheets[ST_DEMO_FILE_TRANSACTIONS],
        .balances = &sheets[ST_DEMO_FILE_BALANCES],
    };
    while (take_block(crew, &block)) {
        write_block(sheets, life, block);
        hand_in(crew, sheets, block);
    }
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++)
        st_demo_sheet_close(&sheets[i]);
    free(life);
    free(sheets);
    return NULL;
}

static void write_customers(struct st_demo_output *outputs, const struct st_demo_market *market,
    const struct st_demo_options *options)
{
    struct crew crew = {
        .options = options,
        .market = market,
        .outputs = outputs,
        .blocks = (options->customers + BLOCK_CUSTOMERS - 1) / BLOCK_CUSTOMERS,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .turn = PTHREAD_COND_INITIALIZER,
    };
    pthread_t threads[ST_DEMO_THREADS_MAX];
    int64_t most = options->threads > 0 ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);
    int count = 0;
    if (most > ST_DEMO_THREADS_MAX)
        most = ST_DEMO_THREADS_MAX;
    /* This thread works too, and alone where others cannot be had. */
    while (count + 1 < most && count + 1 < crew.blocks &&
           pthread_create(&threads[count], NULL, work, &crew) == 0)
        count++;
    work(&crew);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&crew.turn);
    pthread_mutex_destroy(&crew.lock);
}

static void write_small_files(struct st_demo_output *outputs, const struct st_demo_market *market,
    const struct st_demo_options *options)
{
    static const enum st_demo_file_id small[] = {
        ST_DEMO_FILE_BRANCHES, ST_DEMO_FILE_STAFF, ST_DEMO_FILE_PRODUCTS, ST_DEMO_FILE_FX_RATES};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        struct st_demo_sheet sheet;
        st_demo_sheet_open(&sheet, &st_demo_file_specs[small[i]], options);
        st_demo_sheet_begin(&sheet, options, 0, (int)small[i]);
        switch (small[i]) {
        case ST_DEMO_FILE_BRANCHES: st_demo_write_branches(&sheet); break;
        case ST_DEMO_FILE_STAFF: st_demo_write_staff(&sheet, options); break;
        case ST_DEMO_FILE_PRODUCTS: st_demo_write_products(&sheet); break;
        default: st_demo_write_rates(&sheet, market); break;
        }
        st_demo_output_add(&outputs[small[i]], &sheet);
        st_demo_sheet_close(&sheet);
    }
}

static st_code write_outputs(
    struct st_demo_output *outputs, const struct st_demo_options *options, struct st_error *err)
{
    struct st_demo_market *market = st_malloc(sizeof *market);
    st_code code = ST_OK;
    st_demo_market_init(market, options);
    write_small_files(outputs, market, options);
    write_customers(outputs, market, options);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_output_check(&outputs[i], err);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_output_finish(&outputs[i], err);
    free(market);
    return code;
}

/* --- manifest and report --- */

/* A sum at ST_DEMO_SUM_SCALE of any length that 64-bit amounts can add up to. */
static void add_sum(struct st_str *text, st_wide sum)
{
    st_wide size = sum < 0 ? -sum : sum;
    st_wide unit = st_pow10(ST_DEMO_SUM_SCALE);
    int64_t high = (int64_t)(size / unit / st_pow10(18));
    int64_t low = (int64_t)(size / unit % st_pow10(18));
    st_str_add(text, sum < 0 ? "-" : "");
    if (high > 0)
        st_str_addf(text, "%lld%018lld", (long long)high, (long long)low);
    else
        st_str_addf(text, "%lld", (long long)low);
    st_str_addf(text, ".%08lld", (long long)(size % unit));
    while (text->text[text->len - 1] == '0' && text->text[text->len - 3] != '.')
        text->text[--text->len] = '\0'; /* two decimals stay */
}

/* Name of column `index` in a file of the format. */
static void add_column(struct st_str *text, const struct st_demo_output *o, int index)
{
    const char *name = o->format == ST_DEMO_GB18030 ? o->spec->header_zh : o->spec->header;
    for (; index > 0; index--)
        name = strchr(name, ',') + 1;
    st_str_add_len(text, name, strcspn(name, ","));
}

static void compose_manifest(struct st_str *text, const struct st_demo_output *outputs,
    const struct st_demo_options *options)
{
    char day[ST_DATE_TEXT_SIZE];
    st_str_addf(
        text, "strata-manifest: 1\nas_of: %s\nfiles:\n", st_date_format(options->as_of, day));
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++) {
        const struct st_demo_output *o = &outputs[i];
        if (o->spec->for_people)
            continue;
        st_str_addf(text, "  %s: {rows: %lld", o->name, (long long)o->counts.rows);
        if (o->spec->sum > 0) {
            st_str_add(text, ", sums: {");
            add_column(text, o, o->spec->sum);
            st_str_add(text, ": ");
            add_sum(text, o->counts.sum);
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
    struct st_demo_output *outputs, const struct st_demo_options *options, struct st_error *err)
{
    struct st_str text = ST_STR_INIT, path = ST_STR_INIT, partial = ST_STR_INIT;
    st_code code = ST_OK;
    st_str_addf(&path, "%s/manifest.yaml", options->directory);
    st_str_addf(&partial, "%s.partial", path.text);
    if (unlink(path.text) != 0 && errno != ENOENT)
        code = io_failed(path.text, err);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_output_publish(&outputs[i], err);
    compose_manifest(&text, outputs, options);
    if (code == ST_OK)
        code = write_manifest(&text, path.text, partial.text, err);
    st_str_release(&text);
    st_str_release(&path);
    st_str_release(&partial);
    return code;
}

static void describe(
    struct st_demo_report *report, const struct st_demo_output *outputs, struct st_arena *arena)
{
    struct st_demo_file *files = st_arena_array(arena, struct st_demo_file, ST_DEMO_FILE_COUNT);
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++) {
        const struct st_demo_output *o = &outputs[i];
        const struct st_demo_defect_kind *kinds = o->spec->defects;
        struct st_demo_defect *defects =
            st_arena_array(arena, struct st_demo_defect, ST_DEMO_DEFECTS_MAX);
        size_t count = 0;
        for (int k = 0; k < ST_DEMO_DEFECTS_MAX && kinds[k].name; k++) {
            if (o->counts.defect_rows[k] > 0)
                defects[count++] = (struct st_demo_defect){kinds[k].name, o->counts.defect_rows[k]};
        }
        files[i] = (struct st_demo_file){
            .name = st_arena_strdup(arena, o->name),
            .in_manifest = !o->spec->for_people,
            .rows = o->counts.rows,
            .bad_rows = o->counts.bad_rows,
            .bytes = o->bytes,
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
        code = check_range("threads", o->threads, 0, ST_DEMO_THREADS_MAX, err);
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
    struct st_demo_output *outputs = st_calloc(ST_DEMO_FILE_COUNT, sizeof *outputs);
    for (int i = 0; i < ST_DEMO_FILE_COUNT && code == ST_OK; i++)
        code = st_demo_output_open(&outputs[i], &st_demo_file_specs[i], options, err);
    if (code == ST_OK)
        code = write_outputs(outputs, options, err);
    if (code == ST_OK)
        code = publish(outputs, options, err);
    if (code == ST_OK)
        describe(report, outputs, arena);
    for (int i = 0; i < ST_DEMO_FILE_COUNT; i++)
        st_demo_output_release(&outputs[i], code != ST_OK);
    free(outputs);
    if (code != ST_OK && made)
        rmdir(options->directory);
    return code;
}
