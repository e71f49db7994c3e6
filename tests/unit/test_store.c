/* The store: DuckDB files and every way opening them fails; then, on both engines, values in and
 * out, transactions, failures. What only servers do is in test_store_pg.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/vec.h"
#include "helper_pg.h"
#include "store/migrate.h"
#include "store/store.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- a scratch directory per test ---------------------------------------------------------- */

struct scratch {
    char dir[64];
    char path[128]; /* of the store */
};

static int make_scratch(void **state)
{
    struct scratch *s = st_calloc(1, sizeof *s);
    strcpy(s->dir, "/tmp/strata-store-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->path, sizeof s->path, "%s/bank.duckdb", s->dir);
    *state = s;
    return 0;
}

static int remove_scratch(void **state)
{
    struct scratch *s = *state;
    char command[160];
    snprintf(command, sizeof command, "rm -rf '%s'", s->dir);
    int status = system(command);
    free(s);
    return status;
}

static const struct st_store_options creating = {.create = true, .threads = 2};
static const struct st_store_options creating_new = {.create = true, .must_not_exist = true};
static const struct st_store_options existing = {.threads = 2};

static void print_failure(const struct st_error *err)
{
    if (err->code != ST_OK)
        st_error_print(err, ST_LANG_EN, stderr);
}

#define OK(call)                                                                                   \
    do {                                                                                           \
        struct st_error err_ = {0}, *err = &err_;                                                  \
        st_code code_ = (call);                                                                    \
        print_failure(err);                                                                        \
        assert_int_equal(code_, ST_OK);                                                            \
    } while (0)

/* Where the tests of both engines have their stores. */
static bool on_server;

/* The word of the engine under test. */
static const char *word(const char *duckdb, const char *postgresql)
{
    return on_server ? postgresql : duckdb;
}

/* A new store of the engine under test. */
static struct st_store *open_fresh(const struct st_store_options *options)
{
    struct st_store *store = NULL;
    OK(st_store_open(on_server ? helper_pg_location() : ":memory:", options, &store, err));
    return store;
}

static struct st_store *open_path(const char *path, const struct st_store_options *options)
{
    struct st_store *store = NULL;
    OK(st_store_open(path, options, &store, err));
    return store;
}

static void run(struct st_store *store, const char *sql)
{
    OK(st_store_exec_script(store, sql, err));
}

static int64_t number(struct st_store *store, const char *sql)
{
    int64_t value = 0;
    OK(st_store_query_ints(store, sql, NULL, 0, &value, NULL, 1, err));
    return value;
}

/* The call fails with `code`, its message holds `words` and neither language is empty. */
static void assert_failed(
    const char *what, const struct st_error *err, st_code got, st_code code, const char *words)
{
    if (got != code || err->code != code || !strstr(err->message[ST_LANG_EN], words) ||
        !err->message[ST_LANG_ZH][0])
        fail_msg("%s: wanted %s with '%s', got %s with '%s' / '%s'", what, st_code_name(code),
            words, st_code_name(got), err->message[ST_LANG_EN], err->message[ST_LANG_ZH]);
}

static void assert_open_fails(const char *what, const char *location,
    const struct st_store_options *options, st_code code, const char *words)
{
    struct st_store *store = NULL;
    struct st_error err = {0};
    st_code got = st_store_open(location, options, &store, &err);
    assert_null(store);
    assert_failed(what, &err, got, code, words);
}

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, len, out), len);
    fclose(out);
}

static size_t count_files(const char *dir)
{
    char command[160];
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", dir);
    FILE *in = popen(command, "r");
    size_t count = 0;
    assert_int_equal(fscanf(in, "%zu", &count), 1);
    pclose(in);
    return count;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void opens_refused_before_the_engine(void **state)
{
    struct scratch *s = *state;
    write_file(s->path, "x", 1);
    char pipe_path[128], empty[128], orphan[128], log[160];
    snprintf(pipe_path, sizeof pipe_path, "%s/pipe", s->dir);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    snprintf(empty, sizeof empty, "%s/empty", s->dir);
    write_file(empty, "", 0);
    char dangling[128];
    snprintf(dangling, sizeof dangling, "%s/dangling", s->dir);
    assert_int_equal(symlink("nowhere", dangling), 0);
    snprintf(orphan, sizeof orphan, "%s/orphan", s->dir);
    snprintf(log, sizeof log, "%s.wal", orphan);
    write_file(log, "log", 3);
    const struct {
        const char *what;
        const char *location; /* %s: the scratch directory */
        const struct st_store_options *options;
        st_code code;
        const char *words;
    } rows[] = {
        {"empty location", "", &creating, ST_E_USAGE, "empty"},
        {"postgresql", "postgresql://u:secret@h/db?schema=pg_x", &existing, ST_E_USAGE,
            "no name for"},
        {"other scheme", "mysql://h/db", &existing, ST_E_USAGE, "no kind of store"},
        {"missing", "%s/none.duckdb", &existing, ST_E_NOT_FOUND, "no store at"},
        {"empty file", "%s/empty", &existing, ST_E_NOT_FOUND, "empty file"},
        {"directory", "%s", &existing, ST_E_USAGE, "is a directory"},
        {"create at a directory", "%s", &creating, ST_E_USAGE, "is a directory"},
        {"missing directory", "%s/no/such.duckdb", &creating, ST_E_NOT_FOUND, "the directory of"},
        {"file as directory", "%s/bank.duckdb/x", &creating, ST_E_USAGE, "no directory"},
        {"pipe", "%s/pipe", &creating, ST_E_USAGE, "not a regular file"},
        {"link to nothing", "%s/dangling", &creating, ST_E_USAGE, "link to nothing"},
        {"exists", "%s/bank.duckdb", &creating_new, ST_E_CONFLICT, "already exists"},
        {"log without its store", "%s/orphan", &creating, ST_E_CONFLICT, "is missing but its log"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_str location = ST_STR_INIT;
        const char *mark = strstr(rows[i].location, "%s");
        st_str_addf(&location, "%s%s", mark ? s->dir : rows[i].location, mark ? mark + 2 : "");
        assert_open_fails(
            rows[i].what, location.text, rows[i].options, rows[i].code, rows[i].words);
        st_str_release(&location);
    }
}

static void hints_name_the_way_out(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = NULL;
    struct st_error err = {0};
    assert_int_equal(st_store_open(s->path, &existing, &store, &err), ST_E_NOT_FOUND);
    assert_non_null(strstr(err.hint[ST_LANG_EN], "strata init /tmp/"));
    assert_non_null(strstr(err.hint[ST_LANG_ZH], "strata init /tmp/"));
}

/* Permissions do not bind the superuser, so a child gives that up first. */
static void assert_open_fails_for_a_user(
    const char *what, const char *path, st_code code, const char *words)
{
    pid_t child = fork();
    if (child == 0) {
        struct st_store *store = NULL;
        struct st_error error = {0};
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        st_code got = st_store_open(path, &creating, &store, &error);
        if (got == code && strstr(error.message[ST_LANG_EN], words))
            _exit(0);
        print_failure(&error);
        _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: see above", what);
}

static void read_only_places_are_refused(void **state)
{
    struct scratch *s = *state;
    assert_int_equal(chmod(s->dir, 0555), 0);
    assert_open_fails_for_a_user("new", s->path, ST_E_IO, "the directory of");
    assert_int_equal(chmod(s->dir, 0755), 0);
    st_store_close(open_path(s->path, &creating));
    assert_int_equal(chmod(s->dir, 0555), 0);
    assert_int_equal(chmod(s->path, 0666), 0);
    assert_open_fails_for_a_user("log", s->path, ST_E_IO, "the directory of");
    assert_int_equal(chmod(s->dir, 0777), 0);
    assert_int_equal(chmod(s->path, 0444), 0);
    assert_open_fails_for_a_user("file", s->path, ST_E_IO, "cannot be read and written");
}

static void creates_then_opens(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = open_path(s->path, &creating_new);
    assert_string_equal(st_store_location(store), s->path);
    assert_int_equal(st_store_dialect(store), ST_DIALECT_DUCKDB);
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    st_store_close(store);
    assert_int_equal(count_files(s->dir), 1); /* no log, nothing of the creation */
    store = open_path(s->path, &existing);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 1);
    st_store_close(store);
}

static void empty_file_is_completed_by_init(void **state)
{
    struct scratch *s = *state;
    write_file(s->path, "", 0);
    st_store_close(open_path(s->path, &creating_new));
    st_store_close(open_path(s->path, &existing));
}

static void relative_and_odd_names_are_paths(void **state)
{
    struct scratch *s = *state;
    char before[256];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(s->dir), 0);
    const char *const names[] = {
        "plain", "sqlite:odd.db", "银行 分层.duckdb", "a'b\"c;d", "./md:x"};
    for (size_t i = 0; i < ST_COUNT(names); i++) {
        st_store_close(open_path(names[i], &creating_new));
        st_store_close(open_path(names[i], &existing));
        assert_int_equal(access(names[i], F_OK), 0);
    }
    assert_int_equal(chdir(before), 0);
}

/* One store has one log, under whatever name it is reached. */
static void links_lead_to_the_same_store(void **state)
{
    struct scratch *s = *state;
    char link_path[128];
    snprintf(link_path, sizeof link_path, "%s/link", s->dir);
    assert_int_equal(symlink("bank.duckdb", link_path), 0);
    struct st_store *store = open_path(s->path, &creating);
    assert_open_fails("link", link_path, &existing, ST_E_BUSY, "already open in this program");
    st_store_close(store);
    store = open_path(link_path, &existing);
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    char log[160];
    snprintf(log, sizeof log, "%s.wal", link_path);
    assert_int_not_equal(access(log, F_OK), 0);
    st_store_close(store);
}

static void second_handle_in_this_process_is_refused(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = open_path(s->path, &creating);
    assert_open_fails("second", s->path, &existing, ST_E_BUSY, "already open in this program");
    st_store_close(store);
    st_store_close(open_path(s->path, &existing));
}

/* A child that holds the store until it is killed; returns once it does. */
static pid_t hold_in_child(const char *path)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct st_store *store = NULL;
        char sign = st_store_open(path, &existing, &store, NULL) == ST_OK ? 'y' : 'n';
        if (write(ready[1], &sign, 1) == 1)
            pause();
        _exit(0);
    }
    char sign = 0;
    assert_int_equal(read(ready[0], &sign, 1), 1);
    assert_int_equal(sign, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void store_in_use_names_the_process(void **state)
{
    struct scratch *s = *state;
    st_store_close(open_path(s->path, &creating));
    pid_t child = hold_in_child(s->path);
    char words[64];
    snprintf(words, sizeof words, "in use by process %ld", (long)child);
    assert_open_fails("in use", s->path, &existing, ST_E_BUSY, words);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    st_store_close(open_path(s->path, &existing)); /* a killed holder leaves a good store */
}

/* ---- files that are no good store ---------------------------------------------------------- */

static void read_all(const char *path, struct st_str *bytes)
{
    OK(st_str_read_file(bytes, path, 64u << 20, err));
}

enum { HEADER_SIZE = 4096, VERSION_AT = 12, FIRST_BLOCK = 3 * HEADER_SIZE };

/* DuckDB's checksum of its main header, stored in its first 8 bytes. */
static void seal_main_header(char *file)
{
    uint64_t sum = 5381, word;
    for (size_t at = 8; at < HEADER_SIZE; at += 8) {
        memcpy(&word, file + at, 8);
        sum ^= word * UINT64_C(0xbf58476d1ce4e5b9);
    }
    memcpy(file, &sum, 8);
}

static void damaged_files_are_told_apart(void **state)
{
    struct scratch *s = *state;
    struct st_str good = ST_STR_INIT;
    st_store_close(open_path(s->path, &creating));
    read_all(s->path, &good);
    const struct {
        const char *what;
        size_t keep;         /* bytes of the good file; 0: all */
        size_t flip;         /* where one byte is changed; 0: nowhere */
        uint64_t version;    /* written into the header; 0: as it is */
        const char *instead; /* another content altogether */
        st_code code;
        const char *words;
    } rows[] = {
        {"text file", 0, 0, 0, "customer,amount\n", ST_E_CORRUPT, "not a DuckDB file"},
        {"cut in its header", 1000, 0, 0, NULL, ST_E_CORRUPT, "its end is missing"},
        {"cut in its second header", 10000, 0, 0, NULL, ST_E_CORRUPT, "its end is missing"},
        {"cut in its first block", 20000, 0, 0, NULL, ST_E_CORRUPT, "its end is missing"},
        {"header byte changed", 0, 100, 0, NULL, ST_E_CORRUPT, "damaged"},
        {"block byte changed", 0, FIRST_BLOCK + 100, 0, NULL, ST_E_CORRUPT, "damaged"},
        {"newer engine", 0, 0, 999, NULL, ST_E_VERSION, "newer version of its engine"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        char *file = st_malloc(good.len);
        memcpy(file, good.text, good.len);
        if (rows[i].flip)
            file[rows[i].flip] = (char)(file[rows[i].flip] ^ 0x55);
        if (rows[i].version) {
            memcpy(file + VERSION_AT, &rows[i].version, sizeof rows[i].version);
            seal_main_header(file);
        }
        if (rows[i].instead)
            write_file(s->path, rows[i].instead, strlen(rows[i].instead));
        else
            write_file(s->path, file, rows[i].keep ? rows[i].keep : good.len);
        free(file);
        assert_open_fails(rows[i].what, s->path, &existing, rows[i].code, rows[i].words);
        assert_open_fails(rows[i].what, s->path, &creating, rows[i].code, rows[i].words);
    }
    st_str_release(&good);
}

/* What a killed process had committed is in the log; a log that lies is not silently dropped. */
static void log_is_replayed_or_refused(void **state)
{
    struct scratch *s = *state;
    char log[160];
    snprintf(log, sizeof log, "%s.wal", s->path);
    st_store_close(open_path(s->path, &creating));
    pid_t child = fork();
    if (child == 0) {
        struct st_store *store = NULL;
        st_code code = st_store_open(s->path, &existing, &store, NULL);
        if (code == ST_OK)
            code = st_store_exec(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)",
                NULL, 0, NULL, NULL);
        _exit((int)code); /* without closing */
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    struct st_str good = ST_STR_INIT;
    read_all(log, &good);
    good.text[good.len / 2] ^= 0x55;
    write_file(log, good.text, good.len);
    assert_open_fails("log", s->path, &existing, ST_E_CORRUPT, "its log is damaged");
    good.text[good.len / 2] ^= 0x55;
    write_file(log, good.text, good.len);
    struct st_store *store = open_path(s->path, &existing);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 1);
    st_store_close(store);
    st_str_release(&good);
}

/* The engine opens a file whose last blocks are gone: it must be told when they are read. */
static void truncated_data_is_corrupt_when_read(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = open_path(s->path, &creating);
    run(store, "CREATE TABLE big AS SELECT hash(range) AS h, range AS n FROM range(1000000)");
    st_store_close(store);
    struct stat st;
    assert_int_equal(stat(s->path, &st), 0);
    assert_int_equal(truncate(s->path, st.st_size / 2), 0);
    struct st_error err = {0};
    st_code code = st_store_open(s->path, &existing, &store, &err);
    int64_t value;
    if (code == ST_OK)
        code = st_store_query_ints(
            store, "SELECT sum(h % 7)::BIGINT AS s FROM big", NULL, 0, &value, NULL, 1, &err);
    assert_failed("truncated", &err, code, ST_E_CORRUPT, "its end is missing");
    st_store_close(store);
}

static void foreign_database_is_refused(void **state)
{
    struct scratch *s = *state;
    const struct st_store_options raw = {.create = true, .skip_migration_check = true};
    struct st_store *store = open_path(s->path, &raw);
    run(store, "CREATE TABLE sales (id INTEGER)");
    st_store_close(store);
    assert_open_fails("foreign", s->path, &existing, ST_E_CONFLICT, "not a strata store");
    assert_open_fails("foreign", s->path, &creating, ST_E_CONFLICT, "not a strata store");
}

static void newer_schema_is_refused(void **state)
{
    struct scratch *s = *state;
    const struct {
        const char *what, *sql;
        st_code code;
        const char *words;
    } rows[] = {
        {"newer", "UPDATE strata_meta SET value = '999'", ST_E_VERSION, "version 999"},
        {"no number", "UPDATE strata_meta SET value = 'x'", ST_E_CORRUPT, "schema version"},
        {"no row", "DELETE FROM strata_meta", ST_E_CORRUPT, "schema version"},
    };
    st_store_close(open_path(s->path, &creating));
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        const struct st_store_options raw = {.skip_migration_check = true};
        struct st_store *store = open_path(s->path, &raw);
        run(store, rows[i].sql);
        st_store_close(store);
        assert_open_fails(rows[i].what, s->path, &existing, rows[i].code, rows[i].words);
    }
}

/* ---- migrations and atomic creation -------------------------------------------------------- */

static const struct st_sql_file two_steps[] = {
    {"queries/other.sql", "THIS IS NOT RUN"},
    {"schema/0001_a.sql",
        "CREATE TABLE strata_meta (name TEXT, value TEXT); CREATE TABLE a (n BIGINT);"},
    {"schema/0002_b.sql",
        "-- half; a comment\nCREATE TABLE b (n BIGINT); INSERT INTO b VALUES (7)"},
    {NULL, NULL},
};
static const struct st_sql_file second_fails[] = {
    {"schema/0001_a.sql",
        "CREATE TABLE strata_meta (name TEXT, value TEXT); CREATE TABLE a (n BIGINT);"},
    {"schema/0002_b.sql", "CREATE TABLE b (n BIGINT); CREATE TABLE a (n BIGINT);"},
    {NULL, NULL},
};

static void migrations_apply_once_and_in_order(void **state)
{
    (void)state;
    const struct st_store_options raw = {.skip_migration_check = true};
    struct st_store *store = open_fresh(&raw);
    if (on_server)
        run(store, "CREATE SCHEMA fresh; SET search_path = fresh, pg_catalog");
    struct st_error error = {0};
    st_code code = st_store_migrate_files(store, second_fails, &error);
    assert_failed("second step", &error, code, ST_E_STORE, "already exists");
    assert_string_equal(error.path, "sql/schema/0002_b.sql");
    const char *tables = "SELECT count(*) AS n FROM information_schema.tables"
                         " WHERE table_schema = current_schema()";
    const char *version = "SELECT value::BIGINT AS v FROM strata_meta";
    assert_int_equal(number(store, tables), 2); /* the failed step left nothing */
    assert_int_equal(number(store, version), 1);
    for (int round = 0; round < 2; round++) {
        OK(st_store_migrate_files(store, two_steps, err));
        assert_int_equal(number(store, tables), 3);
        assert_int_equal(number(store, version), 2);
        assert_int_equal(number(store, "SELECT count(*) AS n FROM b"), 1);
    }
    code = st_store_migrate_files(store, (struct st_sql_file[]){{NULL, NULL}}, NULL);
    assert_int_equal(code, ST_E_VERSION);
    st_store_close(store);
}

static void schema_is_current_and_migrating_again_changes_nothing(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    int version = 0;
    OK(st_store_schema_version(store, &version, err));
    assert_int_equal(version, st_schema_version());
    assert_true(version >= 1);
    OK(st_store_migrate(store, err));
    assert_int_equal(number(store, "SELECT count(*) AS n FROM strata_meta"), 1);
    assert_non_null(st_sql_file_text("schema/0001_initial.sql"));
    assert_null(st_sql_file_text("schema/none.sql"));
    st_store_close(store);
}

/* Killed at any moment, init leaves no store or a good one, and can be run again. */
static void killed_init_leaves_all_or_nothing(void **state)
{
    struct scratch *s = *state;
    enum { ROUNDS = 12 };
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    st_store_close(open_path(s->path, &creating));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long whole_us =
        (after.tv_sec - before.tv_sec) * 1000000L + (after.tv_nsec - before.tv_nsec) / 1000;
    assert_int_equal(unlink(s->path), 0);
    int nothing = 0;
    for (long round = 0; round < ROUNDS; round++) {
        long us = whole_us * round / (ROUNDS - 2); /* the last round is past the end */
        pid_t child = fork();
        if (child == 0) {
            struct st_store *store = NULL;
            _exit(st_store_open(s->path, &creating, &store, NULL) == ST_OK ? 0 : 1);
        }
        usleep((useconds_t)us);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct st_store *store = NULL;
        st_code code = st_store_open(s->path, &existing, &store, NULL);
        assert_true(code == ST_OK || code == ST_E_NOT_FOUND);
        nothing += code != ST_OK;
        st_store_close(store);
        st_store_close(open_path(s->path, &creating));
        assert_int_equal(count_files(s->dir), 1); /* leftovers were swept */
        assert_int_equal(unlink(s->path), 0);
    }
    assert_true(nothing > 0);
}

/* ---- values in and out --------------------------------------------------------------------- */

static void binds_of_every_type_come_back(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    st_wide wide = (st_wide)INT64_MAX * INT64_MAX;
    const struct st_bind binds[] = {
        st_bind_bool(true),
        st_bind_int(INT64_MIN),
        st_bind_wide(-wide),
        st_bind_date(-25567),
        st_bind_text("黄金客户，超过十二个字节"),
        st_bind_text(""),
        st_bind_null(ST_IR_BOOL),
        st_bind_null(ST_IR_BIGINT),
        st_bind_null(ST_IR_WIDE),
        st_bind_null(ST_IR_DATE),
        st_bind_text(NULL),
    };
    run(store, "CREATE TABLE t (b BOOLEAN, i BIGINT, w DECIMAL(38, 0), d DATE, x TEXT, e TEXT,"
               " nb BOOLEAN, ni BIGINT, nw DECIMAL(38, 0), nd DATE, nx TEXT)");
    int64_t changed = 0;
    OK(st_store_exec(store, "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        binds, ST_COUNT(binds), &changed, err));
    assert_int_equal(changed, 1);
    struct st_cursor *cursor = NULL;
    const struct st_batch *b = NULL;
    OK(st_cursor_open(store, "SELECT * FROM t", NULL, 0, &cursor, err));
    OK(st_cursor_next(cursor, &b, err));
    assert_int_equal(b->rows, 1);
    assert_int_equal(b->columns, ST_COUNT(binds));
    for (size_t i = 0; i < b->columns; i++) {
        assert_int_equal(b->vectors[i].type, binds[i].type);
        assert_int_equal(st_batch_is_null(b, i, 0), i >= 6);
    }
    assert_true(st_batch_bool(b, 0, 0));
    assert_true(st_batch_int(b, 1, 0) == INT64_MIN);
    assert_true(st_batch_wide(b, 2, 0) == -wide);
    assert_int_equal(st_batch_date(b, 3, 0), -25567);
    assert_int_equal(st_batch_text(b, 4, 0).len, strlen(binds[4].text));
    assert_memory_equal(st_batch_text(b, 4, 0).data, binds[4].text, strlen(binds[4].text));
    assert_int_equal(st_batch_text(b, 5, 0).len, 0);
    OK(st_cursor_next(cursor, &b, err));
    assert_int_equal(b->rows, 0);
    OK(st_cursor_next(cursor, &b, err)); /* past the end it stays at the end */
    assert_int_equal(b->rows, 0);
    st_cursor_close(cursor);
    st_store_close(store);
}

enum { MANY = 100000 };

/* Row i of the table below, NULL where (i + column) % 7 is 0. */
static bool wanted_null(size_t i, size_t column)
{
    return (i + column) % 7 == 0;
}

static size_t wanted_text(size_t i, char text[64])
{
    static const char letters[] = "客户-abcdefghijklmnopqrstuvwxyz-0123456789";
    size_t len = i % 40;
    if (len > 0 && len < 6)
        len = 6; /* whole characters */
    memcpy(text, letters, len);
    return len;
}

static int64_t wanted_int(size_t i)
{
    return ((int64_t)i - MANY / 2) * 1000003;
}

enum { LOAD_COLUMNS = 5 };
static const char *const load_columns[LOAD_COLUMNS] = {"x", "w", "b", "d", "i"};
static const enum st_ir_type load_types[LOAD_COLUMNS] = {
    ST_IR_TEXT, ST_IR_WIDE, ST_IR_BOOL, ST_IR_DATE, ST_IR_BIGINT};

/* `rows` rows from number `first` on, as a batch whose memory is in `arena`. */
static struct st_batch *make_batch(struct st_arena *arena, size_t first, size_t rows)
{
    struct st_batch *batch = st_arena_new(arena, struct st_batch);
    struct st_text_cell *x = st_arena_array(arena, struct st_text_cell, rows);
    st_wide *w = st_arena_array(arena, st_wide, rows);
    bool *b = st_arena_array(arena, bool, rows);
    st_date *d = st_arena_array(arena, st_date, rows);
    int64_t *n = st_arena_array(arena, int64_t, rows);
    const void *values[LOAD_COLUMNS] = {x, w, b, d, n};
    batch->rows = rows;
    batch->columns = LOAD_COLUMNS;
    for (size_t c = 0; c < LOAD_COLUMNS; c++) {
        uint64_t *valid = st_arena_array(arena, uint64_t, rows / 64 + 1);
        for (size_t i = 0; i < rows; i++)
            if (!wanted_null(first + i, c))
                valid[i / 64] |= UINT64_C(1) << (i % 64);
        batch->vectors[c] = (struct st_vector){load_types[c], values[c], valid};
    }
    for (size_t i = 0; i < rows; i++) {
        char text[64];
        size_t len = wanted_text(first + i, text);
        if (!wanted_null(first + i, 0)) /* else {NULL, 0}: never to be read */
            x[i] = (struct st_text_cell){st_arena_strndup(arena, text, len), len};
        n[i] = wanted_int(first + i);
        w[i] = (st_wide)n[i] * INT64_MAX;
        b[i] = (first + i) % 3 == 0;
        d[i] = (st_date)(first + i) - 1000;
    }
    return batch;
}

static void load_many(struct st_store *store, size_t batch_rows)
{
    struct st_appender *appender = NULL;
    OK(st_appender_open(store, "many", load_columns, load_types, LOAD_COLUMNS, &appender, err));
    for (size_t first = 0; first < MANY; first += batch_rows) {
        struct st_arena arena = ST_ARENA_INIT;
        size_t rows = MANY - first < batch_rows ? MANY - first : batch_rows;
        OK(st_appender_add(appender, make_batch(&arena, first, rows), err));
        st_arena_release(&arena); /* the batch is the caller's as soon as add returns */
    }
    OK(st_appender_close(appender, err));
}

static void check_row(const struct st_batch *b, size_t row, size_t i)
{
    for (size_t c = 0; c < LOAD_COLUMNS; c++)
        assert_int_equal(st_batch_is_null(b, c, row), wanted_null(i, c));
    char text[64];
    size_t len = wanted_text(i, text);
    struct st_text_cell cell = st_batch_text(b, 0, row);
    assert_int_equal(cell.len, wanted_null(i, 0) ? 0 : len);
    assert_memory_equal(cell.data, text, cell.len);
    if (!wanted_null(i, 1))
        assert_true(st_batch_wide(b, 1, row) == (st_wide)wanted_int(i) * INT64_MAX);
    if (!wanted_null(i, 2))
        assert_int_equal(st_batch_bool(b, 2, row), i % 3 == 0);
    if (!wanted_null(i, 3))
        assert_int_equal(st_batch_date(b, 3, row), (st_date)i - 1000);
    if (!wanted_null(i, 4))
        assert_true(st_batch_int(b, 4, row) == wanted_int(i));
}

/* Columns are loaded in another order than the table's; one of the table's is left out. */
static const char many_table[] =
    "DROP TABLE IF EXISTS many;"
    " CREATE TABLE many (i BIGINT, left_out TEXT, d DATE, b BOOLEAN, w DECIMAL(38, 0), x TEXT)";

static void loads_come_back_row_by_row(void **state)
{
    (void)state;
    const size_t batch_rows[] = {2048, 1000, 5000, MANY};
    for (size_t k = 0; k < ST_COUNT(batch_rows); k++) {
        struct st_store *store = open_fresh(&creating);
        run(store, many_table);
        OK(st_store_begin(store, err));
        load_many(store, batch_rows[k]);
        OK(st_store_commit(store, err));
        struct st_cursor *cursor = NULL;
        const struct st_batch *b = NULL;
        size_t seen = 0;
        /* Rows have an order only by what is in them: i, or d where i is NULL. */
        OK(st_cursor_open(store,
            "SELECT x, w, b, d, i FROM many ORDER BY coalesce(i, (CAST(d - DATE '1970-01-01' AS"
            " BIGINT) + 1000 - 50000) * 1000003)",
            NULL, 0, &cursor, err));
        do {
            OK(st_cursor_next(cursor, &b, err));
            for (size_t row = 0; row < b->rows; row++)
                check_row(b, row, seen + row);
            seen += b->rows;
        } while (b->rows > 0);
        assert_int_equal(seen, MANY);
        st_cursor_close(cursor);
        assert_int_equal(number(store, "SELECT count(left_out) AS n FROM many"), 0);
        st_store_close(store);
    }
}

static void result_types_are_widened(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    const struct {
        const char *name;
        enum st_ir_type type;
        bool duckdb_only;
    } rows[] = {
        {"TINYINT", ST_IR_BIGINT, true},
        {"SMALLINT", ST_IR_BIGINT, false},
        {"INTEGER", ST_IR_BIGINT, false},
        {"BIGINT", ST_IR_BIGINT, false},
        {"DECIMAL(4, 0)", ST_IR_BIGINT, false},
        {"DECIMAL(9, 0)", ST_IR_BIGINT, false},
        {"DECIMAL(18, 0)", ST_IR_BIGINT, false},
        {"DECIMAL(38, 0)", ST_IR_WIDE, false},
        {"HUGEINT", ST_IR_WIDE, true},
        {"BIGINT) * CAST(1 AS DECIMAL(38, 0)", ST_IR_WIDE, false},
    };
    for (size_t k = 0; k < ST_COUNT(rows); k++) {
        struct st_str sql = ST_STR_INIT;
        /* TINYINT holds the middle of the range only; every fifth row is NULL. */
        bool tiny = strcmp(rows[k].name, "TINYINT") == 0;
        if (on_server && rows[k].duckdb_only)
            continue;
        st_str_addf(&sql,
            "SELECT CAST(CASE WHEN n %% 5 = 0 THEN NULL ELSE n - 2500 END AS %s) AS v, n"
            " FROM generate_series(%d, %d) AS r(n) ORDER BY n",
            rows[k].name, tiny ? 2400 : 0, tiny ? 2600 : 5000);
        struct st_cursor *cursor = NULL;
        const struct st_batch *b = NULL;
        OK(st_cursor_open(store, sql.text, NULL, 0, &cursor, err));
        do {
            OK(st_cursor_next(cursor, &b, err));
            assert_int_equal(b->vectors[0].type, rows[k].type);
            for (size_t i = 0; i < b->rows; i++) {
                int64_t n = st_batch_int(b, 1, i);
                assert_int_equal(st_batch_is_null(b, 0, i), n % 5 == 0);
                if (n % 5 != 0 && rows[k].type == ST_IR_WIDE)
                    assert_true(st_batch_wide(b, 0, i) == n - 2500);
                if (n % 5 != 0 && rows[k].type == ST_IR_BIGINT)
                    assert_true(st_batch_int(b, 0, i) == n - 2500);
            }
        } while (b->rows > 0);
        st_cursor_close(cursor);
        st_str_release(&sql);
    }
    st_store_close(store);
}

static void single_rows_are_read(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    struct st_arena arena = ST_ARENA_INIT;
    int64_t v[5];
    bool null[5];
    OK(st_store_query_ints(store,
        "SELECT true, 5::SMALLINT, 7::DECIMAL(38, 0), DATE '1970-01-31', NULL::BIGINT", NULL, 0, v,
        null, 5, err));
    assert_true(v[0] == 1 && v[1] == 5 && v[2] == 7 && v[3] == 30 && v[4] == 0);
    assert_true(!null[0] && !null[1] && !null[2] && !null[3] && null[4]);
    const char *text = NULL;
    OK(st_store_query_text(store, "SELECT '金卡'", NULL, 0, &arena, &text, err));
    assert_string_equal(text, "金卡");
    OK(st_store_query_text(store, "SELECT NULL::TEXT", NULL, 0, &arena, &text, err));
    assert_null(text);
    st_arena_release(&arena);
    const struct {
        const char *what, *sql;
        size_t columns;
        st_code code;
        const char *words;
    } rows[] = {
        {"no row", "SELECT 1 WHERE false", 1, ST_E_NOT_FOUND, "no row"},
        {"too wide", "SELECT 9223372036854775808::DECIMAL(38, 0)", 1, ST_E_LIMIT, "64 bits"},
        {"text", "SELECT 'x'", 1, ST_E_INTERNAL, "text"},
        {"columns", "SELECT 1", 2, ST_E_INTERNAL, "columns"},
        {"double", "SELECT 1.5::DOUBLE PRECISION", 1, ST_E_INTERNAL, "type no plan knows"},
        {"decimals", "SELECT 1.5::DECIMAL(9,2)", 1, ST_E_INTERNAL, "type no plan knows"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_error error = {0};
        st_code code =
            st_store_query_ints(store, rows[i].sql, NULL, 0, v, NULL, rows[i].columns, &error);
        assert_failed(rows[i].what, &error, code, rows[i].code, rows[i].words);
    }
    st_store_close(store);
}

static void changed_rows_are_counted(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    const struct {
        const char *sql;
        int64_t changed;
    } rows[] = {
        {"CREATE TABLE t (n BIGINT)", 0},
        {"INSERT INTO t SELECT n FROM generate_series(0, 9) AS r(n)", 10},
        {"UPDATE t SET n = n + 1 WHERE n < 4", 4},
        {"DELETE FROM t WHERE n > 100", 0},
        {"DELETE FROM t", 10},
        {"SELECT 1", 0},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        int64_t changed = -1;
        OK(st_store_exec(store, rows[i].sql, NULL, 0, &changed, err));
        assert_true(changed == rows[i].changed);
    }
    st_store_close(store);
}

static void scripts_are_split_outside_quotes_and_comments(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    run(store, "");
    run(store, "-- nothing; here\n/* nor; here */");
    run(store, "CREATE TABLE t (x TEXT); -- one; comment\n"
               "INSERT INTO t VALUES ('a;b'); /* ; */ INSERT INTO t VALUES ('c'';d');;\n"
               "CREATE TABLE \"odd;name\" (n BIGINT)");
    assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 2);
    struct st_error error = {0};
    st_code code = st_store_exec_script(
        store, "INSERT INTO t VALUES ('e'); INSERT INTO none VALUES (1)", &error);
    assert_failed("second", &error, code, ST_E_STORE, "none");
    assert_string_equal(error.value, "statement 2 of a script");
    st_store_close(store);
}

/* ---- failures of statements ---------------------------------------------------------------- */

static void statement_failures_have_our_codes(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    run(store, "CREATE TABLE t (n BIGINT NOT NULL); INSERT INTO t VALUES (9223372036854775807)");
    const struct {
        const char *what, *sql;
        st_code code;
        const char *words;
    } rows[] = {
        {"addition overflows", "SELECT n + 1 FROM t", ST_E_LIMIT, "left its range"},
        {"product overflows", "SELECT n * n FROM t", ST_E_LIMIT, "left its range"},
        {"wide overflows", "SELECT CAST(n::DECIMAL(38, 0) * n * n AS DECIMAL(38, 0)) FROM t",
            ST_E_LIMIT, "left its range"},
        {"cast overflows",
            word("SELECT (n::HUGEINT * 2)::BIGINT FROM t",
                "SELECT (n::DECIMAL(38, 0) * 2)::BIGINT FROM t"),
            ST_E_LIMIT, "left its range"},
        {"insert overflows",
            word("INSERT INTO t SELECT n::HUGEINT + n FROM t",
                "INSERT INTO t SELECT n::DECIMAL(38, 0) + n FROM t"),
            ST_E_LIMIT, "range"},
        {"unknown table", "SELECT 1 FROM none", ST_E_STORE, "none"},
        {"syntax", "SELEC 1", ST_E_STORE, "SELEC"},
        {"two statements", "SELECT 1; SELECT 2", ST_E_STORE, "multiple"},
        {"null refused", "INSERT INTO t VALUES (NULL)", ST_E_STORE, word("NOT NULL", "not-null")},
        {"export into nothing", "COPY t TO '/nonexistent/x.csv'", ST_E_IO, "No such file"},
        {"missing value", "SELECT $1::BIGINT", ST_E_INTERNAL, "takes"},
        {"extension", "SELECT * FROM read_xlsx('x')", ST_E_STORE, "read_xlsx"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_error error = {0};
        st_code code = st_store_exec(store, rows[i].sql, NULL, 0, NULL, &error);
        assert_failed(rows[i].what, &error, code, rows[i].code, rows[i].words);
    }
    assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 1);
    struct st_bind bad = st_bind_text("a\xff");
    assert_int_equal(st_store_exec(store, "SELECT $1::TEXT", &bad, 1, NULL, NULL), ST_E_DATA);
    st_store_close(store);
}

static void memory_limit_is_named(void **state)
{
    (void)state;
    const struct st_store_options small = {.threads = 1, .memory_bytes_max = 30 << 20};
    struct st_store *store = open_path(":memory:", &small);
    struct st_error error = {0};
    st_code code = st_store_exec(store,
        "CREATE TABLE t AS SELECT md5(range::TEXT) AS x FROM range(5000000) ORDER BY x", NULL, 0,
        NULL, &error);
    assert_failed("memory", &error, code, ST_E_LIMIT, "memory allowed is used up");
    assert_non_null(strstr(error.hint[ST_LANG_EN], "--memory"));
    st_store_close(store);
}

/* In a child whose files may not grow past `bytes`: the exit status is the code it failed with. */
static int fail_in_child(const char *path, rlim_t bytes, bool check_again)
{
    pid_t child = fork();
    if (child == 0) {
        struct st_store *store = NULL;
        st_code code = st_store_open(path, &existing, &store, NULL);
        const struct rlimit limit = {bytes, bytes};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (code == ST_OK)
            code = st_store_begin(store, NULL);
        if (code == ST_OK)
            code = st_store_exec(store,
                "CREATE TABLE big AS SELECT hash(range) AS h FROM range(4000000)", NULL, 0, NULL,
                NULL);
        if (code == ST_OK)
            code = st_store_commit(store, NULL);
        if (check_again && code != ST_OK)
            st_store_rollback(store);
        _exit((int)code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void full_disk_leaves_the_store_as_it_was(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = open_path(s->path, &creating);
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    st_store_close(store);
    assert_int_equal(fail_in_child(s->path, 8 << 20, true), ST_E_IO);
    store = open_path(s->path, &existing);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 1);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM information_schema.tables"
                                   " WHERE table_name = 'big'"),
        0);
    st_store_close(store);
}

/* ---- transactions -------------------------------------------------------------------------- */

static void rollback_undoes_data_and_schema(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    st_store_rollback(store); /* nothing open: nothing happens */
    st_store_rollback(NULL);
    OK(st_store_begin(store, err));
    assert_true(st_store_in_transaction(store));
    run(store, "CREATE TABLE t AS SELECT 1 AS n");
    run(store, many_table);
    load_many(store, 4096);
    st_store_rollback(store);
    assert_false(st_store_in_transaction(store));
    assert_int_equal(number(store, "SELECT count(*) AS n FROM information_schema.tables"
                                   " WHERE table_schema = current_schema()"
                                   " AND table_name IN ('t', 'many')"),
        0);
    OK(st_store_begin(store, err));
    assert_int_equal(st_store_begin(store, NULL), ST_E_INTERNAL);
    OK(st_store_commit(store, err));
    assert_int_equal(st_store_commit(store, NULL), ST_E_INTERNAL);
    st_store_close(store);
}

/* After a failed statement a commit must not claim success. */
static void failed_statement_leaves_only_rollback(void **state)
{
    (void)state;
    const char *const failing[] = {"SELECT 'x'::BIGINT", "SELECT 1 FROM none", "SELEC"};
    for (size_t i = 0; i < ST_COUNT(failing); i++) {
        struct st_store *store = open_fresh(&creating);
        run(store, "CREATE TABLE t (n BIGINT)");
        OK(st_store_begin(store, err));
        run(store, "INSERT INTO t VALUES (1)");
        assert_int_not_equal(st_store_exec(store, failing[i], NULL, 0, NULL, NULL), ST_OK);
        struct st_error error = {0};
        st_code code = st_store_exec(store, "INSERT INTO t VALUES (2)", NULL, 0, NULL, &error);
        assert_failed("next", &error, code, ST_E_STORE, "rolled back");
        assert_int_equal(st_store_commit(store, NULL), ST_E_STORE);
        assert_false(st_store_in_transaction(store));
        assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 0);
        OK(st_store_begin(store, err)); /* and the store goes on */
        run(store, "INSERT INTO t VALUES (3)");
        OK(st_store_commit(store, err));
        st_store_close(store);
    }
}

static void closing_rolls_back(void **state)
{
    struct scratch *s = *state;
    struct st_store *store = open_path(s->path, &creating);
    OK(st_store_begin(store, err));
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    st_store_close(store);
    store = open_path(s->path, &existing);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 0);
    st_store_close(store);
}

static void cursor_outlives_other_statements(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    struct st_cursor *cursor = NULL;
    const struct st_batch *b = NULL;
    OK(st_store_begin(store, err));
    run(store, "CREATE TABLE t AS SELECT n::BIGINT AS n FROM generate_series(0, 4999) AS r(n)");
    OK(st_cursor_open(store, "SELECT n FROM t ORDER BY n", NULL, 0, &cursor, err));
    OK(st_cursor_next(cursor, &b, err));
    run(store, "DELETE FROM t");
    OK(st_store_commit(store, err));
    size_t seen = 0;
    for (; b->rows > 0; seen += b->rows) {
        size_t rows = b->rows;
        assert_true(st_batch_int(b, 0, rows - 1) == (int64_t)(seen + rows - 1));
        seen += rows;
        OK(st_cursor_next(cursor, &b, err));
        seen -= b->rows;
    }
    assert_int_equal(seen, 5000);
    st_cursor_close(cursor);
    st_store_close(store);
}

static void bulk_load_failures(void **state)
{
    (void)state;
    const struct {
        const char *what, *table;
        const char *column;
        st_code code;
        const char *words;
    } rows[] = {
        {"unknown table", "none", "n", ST_E_STORE, "none"},
        {"unknown column", "t", "none", ST_E_STORE, "none"},
        {"null refused", "t", "n", ST_E_STORE, word("NOT NULL", "not-null")},
        {"quoted name", "odd\"; DROP TABLE t; --", "n", ST_E_STORE, "odd"},
    };
    const enum st_ir_type type = ST_IR_BIGINT;
    const int64_t values[2] = {1, 2};
    const uint64_t valid = 1; /* the second is NULL */
    struct st_batch *batch = st_calloc(1, sizeof *batch);
    batch->rows = 2;
    batch->columns = 1;
    batch->vectors[0] = (struct st_vector){ST_IR_BIGINT, values, &valid};
    struct st_store *store = open_fresh(&creating);
    run(store, "CREATE TABLE t (n BIGINT NOT NULL)");
    struct st_appender *appender = NULL;
    assert_int_equal(
        st_appender_open(store, "t", &rows[0].column, &type, 1, &appender, NULL), ST_E_INTERNAL);
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_error error = {0};
        OK(st_store_begin(store, err));
        st_code code =
            st_appender_open(store, rows[i].table, &rows[i].column, &type, 1, &appender, &error);
        if (code == ST_OK)
            code = st_appender_add(appender, batch, &error);
        st_code closed = st_appender_close(appender, &error); /* NULL when open failed */
        assert_failed(
            rows[i].what, &error, code == ST_OK ? closed : code, rows[i].code, rows[i].words);
        assert_int_equal(st_store_commit(store, NULL), ST_E_STORE);
        assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 0);
        appender = NULL;
    }
    free(batch);
    st_store_close(store);
}

/* ---- interrupting -------------------------------------------------------------------------- */

struct interrupter {
    struct st_store *store;
    long every_ns;
    atomic_bool stop;
};

static void *interrupt_until_told(void *arg)
{
    struct interrupter *i = arg;
    while (!atomic_load(&i->stop)) {
        nanosleep(&(struct timespec){.tv_nsec = i->every_ns}, NULL);
        st_store_interrupt(i->store);
    }
    return NULL;
}

static void interrupt_cancels_the_statement(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    struct interrupter i = {.store = store, .every_ns = 20000000};
    pthread_t thread;
    run(store, "CREATE TABLE t (n BIGINT)");
    OK(st_store_begin(store, err));
    run(store, "INSERT INTO t VALUES (1)");
    assert_int_equal(pthread_create(&thread, NULL, interrupt_until_told, &i), 0);
    struct st_error error = {0};
    st_code code = st_store_exec(store,
        "SELECT count(*) AS n FROM generate_series(1, 200000) AS a(x),"
        " generate_series(1, 200000) AS b(y)"
        " WHERE (x * 7 + y) % 1000003 = 1",
        NULL, 0, NULL, &error);
    atomic_store(&i.stop, true);
    pthread_join(thread, NULL);
    assert_failed("interrupt", &error, code, ST_E_CANCELLED, "cancelled");
    st_store_rollback(store);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 0);
    st_store_close(store);
}

/* What was committed while interrupts rained is there, what was cancelled is not. */
static void interrupts_never_hide_a_commit(void **state)
{
    (void)state;
    struct st_store *store = open_fresh(&creating);
    struct interrupter i = {.store = store, .every_ns = 300000};
    pthread_t thread;
    run(store, "CREATE TABLE t (n BIGINT)");
    assert_int_equal(pthread_create(&thread, NULL, interrupt_until_told, &i), 0);
    int64_t committed = 0;
    struct st_error odd = {0};                 /* asserted once the thread has ended */
    const int rounds = on_server ? 150 : 1000; /* there every interrupt is a connection */
    for (int round = 0; round < rounds && odd.code == ST_OK; round++) {
        struct st_error error = {0};
        st_code code = st_store_begin(store, &error);
        if (code == ST_OK)
            code =
                st_store_exec(store, "INSERT INTO t SELECT n FROM generate_series(1, 2000) AS r(n)",
                    NULL, 0, NULL, &error);
        if (code == ST_OK)
            code = st_store_commit(store, &error);
        st_store_rollback(store);
        committed += code == ST_OK;
        if (code != ST_OK && code != ST_E_CANCELLED)
            odd = error;
    }
    atomic_store(&i.stop, true);
    pthread_join(thread, NULL);
    print_failure(&odd);
    assert_int_equal(odd.code, ST_OK);
    assert_true(number(store, "SELECT count(*) AS n FROM t") == committed * 2000);
    st_store_close(store);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest files[] = {
        IN_SCRATCH(opens_refused_before_the_engine),
        IN_SCRATCH(hints_name_the_way_out),
        IN_SCRATCH(read_only_places_are_refused),
        IN_SCRATCH(creates_then_opens),
        IN_SCRATCH(empty_file_is_completed_by_init),
        IN_SCRATCH(relative_and_odd_names_are_paths),
        IN_SCRATCH(links_lead_to_the_same_store),
        IN_SCRATCH(second_handle_in_this_process_is_refused),
        IN_SCRATCH(store_in_use_names_the_process),
        IN_SCRATCH(damaged_files_are_told_apart),
        IN_SCRATCH(truncated_data_is_corrupt_when_read),
        IN_SCRATCH(log_is_replayed_or_refused),
        IN_SCRATCH(foreign_database_is_refused),
        IN_SCRATCH(newer_schema_is_refused),
        IN_SCRATCH(killed_init_leaves_all_or_nothing),
        IN_SCRATCH(full_disk_leaves_the_store_as_it_was),
        IN_SCRATCH(closing_rolls_back),
        cmocka_unit_test(memory_limit_is_named),
    };
    const struct CMUnitTest both[] = {
        cmocka_unit_test(migrations_apply_once_and_in_order),
        cmocka_unit_test(schema_is_current_and_migrating_again_changes_nothing),
        cmocka_unit_test(binds_of_every_type_come_back),
        cmocka_unit_test(loads_come_back_row_by_row),
        cmocka_unit_test(result_types_are_widened),
        cmocka_unit_test(single_rows_are_read),
        cmocka_unit_test(changed_rows_are_counted),
        cmocka_unit_test(scripts_are_split_outside_quotes_and_comments),
        cmocka_unit_test(statement_failures_have_our_codes),
        cmocka_unit_test(rollback_undoes_data_and_schema),
        cmocka_unit_test(failed_statement_leaves_only_rollback),
        cmocka_unit_test(cursor_outlives_other_statements),
        cmocka_unit_test(bulk_load_failures),
        cmocka_unit_test(interrupt_cancels_the_statement),
        cmocka_unit_test(interrupts_never_hide_a_commit),
    };
    int failed = cmocka_run_group_tests_name("store: DuckDB files", files, NULL, NULL);
    failed += cmocka_run_group_tests_name("store: DuckDB", both, NULL, NULL);
    on_server = helper_pg_there();
    if (on_server)
        failed += cmocka_run_group_tests_name("store: PostgreSQL", both, NULL, NULL);
    return failed;
}
