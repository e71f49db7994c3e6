/* The store on PostgreSQL: what only a server does. What both engines do is in test_store.c. */
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

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct st_store_options creating = {.create = true};
static const struct st_store_options creating_new = {.create = true, .must_not_exist = true};
static const struct st_store_options existing = {.threads = 2};
static const struct st_store_options reading = {.reads = true};
static const struct st_store_options read_only = {.read_only = true};

#define OK(call)                                                                                   \
    do {                                                                                           \
        struct st_error err_ = {0}, *err = &err_;                                                  \
        st_code code_ = (call);                                                                    \
        if (code_ != ST_OK)                                                                        \
            st_error_print(err, ST_LANG_EN, stderr);                                               \
        assert_int_equal(code_, ST_OK);                                                            \
    } while (0)

static struct st_store *open_at(const char *location, const struct st_store_options *options)
{
    struct st_store *store = NULL;
    OK(st_store_open(location, options, &store, err));
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

static void assert_failed(const struct st_error *err, st_code got, st_code code, const char *words)
{
    if (got != code || err->code != code || !strstr(err->message[ST_LANG_EN], words) ||
        !err->message[ST_LANG_ZH][0] || strstr(err->message[ST_LANG_EN], "secret") ||
        strstr(err->hint[ST_LANG_EN], "secret"))
        fail_msg("wanted %s with '%s', got %s with '%s' / '%s'", st_code_name(code), words,
            st_code_name(got), err->message[ST_LANG_EN], err->message[ST_LANG_ZH]);
}

static void assert_open_fails(
    const char *location, const struct st_store_options *options, st_code code, const char *words)
{
    struct st_store *store = NULL;
    struct st_error err = {0};
    st_code got = st_store_open(location, options, &store, &err);
    assert_null(store);
    assert_failed(&err, got, code, words);
}

static void locations_hide_passwords(void **state)
{
    (void)state;
    const struct {
        const char *location, *shown;
    } rows[] = {
        {"bank.duckdb", "bank.duckdb"},
        {"postgresql://h/db", "postgresql://h/db"},
        {"postgres://u:s%40@h:5433/db", "postgres://u@h:5433/db"},
        {"postgresql://u:a:b@c@h,i/db?sslmode=require", "postgresql://u@h,i/db?sslmode=require"},
        {"postgresql://h/db?password=s&schema=b", "postgresql://h/db?schema=b"},
        {"postgresql://u@/db?host=/run&sslpassword=s", "postgresql://u@/db?host=/run"},
        {"postgresql://", "postgresql://"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        char *shown = st_store_location_shown(rows[i].location);
        assert_string_equal(shown, rows[i].shown);
        free(shown);
    }
}

static void schemas_are_named_by_the_user(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *refused; /* NULL: made */
    } rows[] = {
        {"pg_own", "no name for"},
        {"information_schema", "no name for"},
        {"", "no name for"},
        {"a23456789b23456789c23456789d23456789e23456789f23456789g23456789h", "no name for"},
        {"Bank%20%22A%22", NULL},
        {"%E9%93%B6%E8%A1%8C", NULL},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_str location = ST_STR_INIT;
        st_str_addf(&location, "postgresql://strata:secret@/postgres?schema=%s&host=%s",
            rows[i].name, helper_pg_host());
        if (rows[i].refused)
            assert_open_fails(location.text, &creating, ST_E_USAGE, rows[i].refused);
        else
            st_store_close(open_at(location.text, &creating));
        st_str_release(&location);
    }
}

static void stores_are_made_once(void **state)
{
    (void)state;
    const char *location = helper_pg_location();
    assert_open_fails(location, &existing, ST_E_NOT_FOUND, "there is no store");
    assert_open_fails(location, &reading, ST_E_NOT_FOUND, "there is no store");
    struct st_store *store = open_at(location, &creating_new);
    assert_int_equal(st_store_dialect(store), ST_DIALECT_POSTGRESQL);
    assert_null(strstr(st_store_location(store), "secret"));
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    st_store_close(store);
    assert_open_fails(location, &creating_new, ST_E_CONFLICT, "already exists");
    store = open_at(location, &creating);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 1);
    st_store_close(store);
}

static void servers_that_are_not_there_are_named(void **state)
{
    (void)state;
    struct st_str location = ST_STR_INIT;
    assert_open_fails("postgresql://u:secret@/db?host=/nonexistent", &existing, ST_E_IO,
        "cannot connect to postgresql://u@/db");
    st_str_addf(&location, "postgresql://strata:secret@/none?host=%s", helper_pg_host());
    assert_open_fails(location.text, &creating, ST_E_IO, "\"none\"");
    st_str_release(&location);
}

static void other_encodings_are_refused(void **state)
{
    (void)state;
    struct st_str location = ST_STR_INIT;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    OK(st_store_exec(store,
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc"
        " TEMPLATE template0",
        NULL, 0, NULL, err));
    st_store_close(store);
    st_str_addf(&location, "postgresql://strata@/latin?host=%s", helper_pg_host());
    assert_open_fails(location.text, &creating, ST_E_CONFLICT, "LATIN1");
    st_str_release(&location);
}

static void foreign_and_newer_schemas_are_left_alone(void **state)
{
    (void)state;
    const struct st_store_options raw = {.skip_migration_check = true};
    const char *location = helper_pg_location();
    st_store_close(open_at(location, &creating));
    struct st_store *store = open_at(location, &raw);
    run(store, "UPDATE strata_meta SET value = '999'");
    st_store_close(store);
    assert_open_fails(location, &existing, ST_E_VERSION, "version 999");
    assert_open_fails(location, &reading, ST_E_VERSION, "version 999");
    store = open_at(location, &raw);
    run(store, "DROP TABLE strata_meta");
    st_store_close(store);
    assert_open_fails(location, &existing, ST_E_CONFLICT, "not a strata store");
    assert_open_fails(location, &creating, ST_E_CONFLICT, "not a strata store");
}

/* A schema that somebody else made, with nothing in it, becomes the store. */
static void empty_schemas_are_used(void **state)
{
    (void)state;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    run(store, "CREATE SCHEMA prepared");
    st_store_close(store);
    struct st_str location = ST_STR_INIT;
    st_str_addf(
        &location, "postgresql://strata@/postgres?schema=prepared&host=%s", helper_pg_host());
    assert_open_fails(location.text, &existing, ST_E_NOT_FOUND, "holds no strata store yet");
    st_store_close(open_at(location.text, &creating_new));
    st_store_close(open_at(location.text, &existing));
    st_str_release(&location);
}

static void one_writer_many_readers(void **state)
{
    (void)state;
    const char *location = helper_pg_location();
    struct st_store *writer = open_at(location, &creating), *reader = NULL, *other = NULL;
    char words[64];
    run(writer, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
    snprintf(words, sizeof words, "in use by strata (%ld), user strata", (long)getpid());
    assert_open_fails(location, &existing, ST_E_BUSY, words);
    assert_open_fails(location, &creating, ST_E_BUSY, "(server process ");
    reader = open_at(location, &reading);
    other = open_at(location, &read_only);
    OK(st_store_begin(reader, err));
    assert_int_equal(number(reader, "SELECT count(*) AS n FROM currency"), 1);
    run(writer, "INSERT INTO currency (code, exponent) VALUES ('JPY', 0)");
    assert_int_equal(number(reader, "SELECT count(*) AS n FROM currency"), 1); /* of one moment */
    assert_int_equal(number(other, "SELECT count(*) AS n FROM currency"), 2);
    st_store_close(writer);
    st_store_close(open_at(location, &existing));
    st_store_close(other);
    st_store_close(reader);
}

static void readers_write_temporary_tables_only(void **state)
{
    (void)state;
    const char *location = helper_pg_location();
    st_store_close(open_at(location, &creating));
    struct st_store *store = open_at(location, &read_only);
    struct st_error error = {0};
    st_code code = st_store_exec(
        store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)", NULL, 0, NULL, &error);
    assert_failed(&error, code, ST_E_STORE, "for reading only");
    OK(st_store_exec(store, "CREATE TEMPORARY TABLE t (n BIGINT)", NULL, 0, NULL, err));
    OK(st_store_exec(
        store, "INSERT INTO t SELECT * FROM generate_series(1, 5000)", NULL, 0, NULL, err));
    assert_int_equal(number(store, "SELECT count(*) AS n FROM t"), 5000);
    OK(st_store_exec(store, "CREATE TEMP VIEW v AS SELECT n FROM t", NULL, 0, NULL, err));
    OK(st_store_exec(store, "DROP VIEW v", NULL, 0, NULL, err));
    OK(st_store_exec(store, "DROP TABLE t", NULL, 0, NULL, err));
    code = st_store_exec(store, "CREATE TABLE t (n BIGINT)", NULL, 0, NULL, NULL);
    assert_int_equal(code, ST_E_STORE);
    st_store_close(store);
}

/* Whatever the database's collation: the test's server orders texts by ICU, 'a' before 'B'. */
static void texts_are_ordered_by_their_bytes(void **state)
{
    (void)state;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    const char *const rows[] = {
        "SELECT CASE WHEN min(code) = 'B' THEN 1 ELSE 0 END AS n FROM currency",
        "SELECT CASE WHEN min(code) = 'B' THEN 1 ELSE 0 END AS n FROM copied",
        "SELECT CASE WHEN min(x) = 'B' THEN 1 ELSE 0 END AS n FROM typed",
        "SELECT CASE WHEN min('x' || code) = 'xB' THEN 1 ELSE 0 END AS n FROM currency",
        "SELECT CASE WHEN CAST('a' AS TEXT) > 'B' THEN 1 ELSE 0 END AS n",
        "SELECT count(*) AS n FROM currency WHERE code < 'a'",
    };
    run(store, "INSERT INTO currency (code, exponent) VALUES ('a', 2), ('B', 2), ('é', 2);"
               " CREATE TEMP TABLE copied AS SELECT code FROM currency;"
               " CREATE TEMP TABLE typed (x TEXT); INSERT INTO typed SELECT code FROM currency");
    for (size_t i = 0; i < ST_COUNT(rows); i++)
        assert_int_equal(number(store, rows[i]), 1);
    st_store_close(store);
}

static void role_location(struct st_str *location, const char *role)
{
    st_str_reset(location);
    st_str_addf(
        location, "postgresql://%s@/postgres?schema=granted&host=%s", role, helper_pg_host());
}

/* The rights that docs/operations.md gives a reader and a runner are enough, and no more. */
static void roles_have_the_rights_they_need(void **state)
{
    (void)state;
    struct st_str location = ST_STR_INIT;
    struct st_error error = {0};
    role_location(&location, "strata");
    struct st_store *store = open_at(location.text, &creating);
    run(store, "CREATE ROLE bank_reader LOGIN; CREATE ROLE bank_runner LOGIN;"
               " GRANT USAGE ON SCHEMA granted TO bank_reader, bank_runner;"
               " GRANT CREATE ON SCHEMA granted TO bank_runner;"
               " GRANT SELECT ON ALL TABLES IN SCHEMA granted TO bank_reader, bank_runner;"
               " GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA granted TO bank_runner");
    st_store_close(store);
    role_location(&location, "bank_runner");
    store = open_at(location.text, &existing);
    run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2);"
               " CREATE TABLE metric_x (run_id BIGINT)");
    OK(st_store_index(store, "metric_x", "run_id", err));
    OK(st_store_share(store, "metric_x", err));
    OK(st_store_exec(store,
        "INSERT INTO run_bound (run_id, name) SELECT n, '' FROM"
        " generate_series(1, 3000) AS r(n)",
        NULL, 0, NULL, err));
    st_code code = st_store_exec(store, "DROP TABLE currency", NULL, 0, NULL, &error);
    assert_failed(&error, code, ST_E_IO, "may not do that");
    st_store_close(store);
    role_location(&location, "bank_reader");
    store = open_at(location.text, &reading);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 1);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM metric_x"), 0);
    st_store_close(store);
    assert_open_fails(location.text, &existing, ST_E_IO, "may only read");
    st_str_release(&location);
}

/* Killed at any moment, init leaves no store or a whole one, and can be run again. */
static void killed_init_leaves_all_or_nothing(void **state)
{
    (void)state;
    enum { ROUNDS = 10, STEP_US = 8000 };
    int nothing = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char location[160];
        snprintf(location, sizeof location, "%s", helper_pg_location());
        pid_t child = fork();
        if (child == 0) {
            struct st_store *store = NULL;
            _exit(st_store_open(location, &creating, &store, NULL) == ST_OK ? 0 : 1);
        }
        usleep((useconds_t)(round * STEP_US));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct st_store *store = NULL;
        st_code code = st_store_open(location, &reading, &store, NULL);
        assert_true(code == ST_OK || code == ST_E_NOT_FOUND);
        nothing += code != ST_OK;
        st_store_close(store);
        st_store_close(open_at(location, &creating));
    }
    assert_true(nothing > 0);
}

static void end_session_of(struct st_store *store, const char *location)
{
    char sql[96];
    struct st_store *other = open_at(location, &reading);
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld)",
        (long long)number(store, "SELECT pg_backend_pid() AS pid"));
    assert_int_equal(number(other, sql), 1);
    st_store_close(other);
}

/* One clear error, nothing of the transaction, and the next session finds the store free. */
static void lost_connections_leave_nothing(void **state)
{
    (void)state;
    const char *location = helper_pg_location();
    for (int begun = 0; begun < 2; begun++) {
        struct st_store *store = open_at(location, &creating);
        struct st_error error = {0};
        OK(st_store_begin(store, err));
        run(store, "INSERT INTO currency (code, exponent) VALUES ('CNY', 2)");
        end_session_of(store, location);
        st_code code = begun ? st_store_commit(store, &error)
                             : st_store_exec(store, "SELECT 1", NULL, 0, NULL, &error);
        assert_failed(&error, code, ST_E_IO, "was lost");
        assert_non_null(error.hint[ST_LANG_EN][0] ? error.hint[ST_LANG_EN] : NULL);
        st_store_rollback(store);
        assert_int_equal(st_store_exec(store, "SELECT 1", NULL, 0, NULL, NULL), ST_E_IO);
        st_store_close(store);
        store = open_at(location, &existing);
        assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 0);
        st_store_close(store);
    }
}

/* Citus's way to say that it lost a worker. */
static void a_session_that_goes_on_was_not_lost(void **state)
{
    (void)state;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    struct st_error error = {0};
    st_code code = st_store_exec(store,
        "DO $$ BEGIN RAISE EXCEPTION 'the other' USING ERRCODE = '08006'; END $$", NULL, 0, NULL,
        &error);
    assert_failed(&error, code, ST_E_IO, "one of its servers cannot be reached (the other)");
    assert_int_equal(number(store, "SELECT 1 AS n"), 1);
    st_store_close(store);
}

static void statements_that_time_out_say_so(void **state)
{
    (void)state;
    struct st_str location = ST_STR_INIT;
    st_str_addf(&location, "%s&options=-cstatement_timeout%%3D50", helper_pg_location());
    struct st_store *store = open_at(location.text, &creating);
    struct st_error error = {0};
    st_code code = st_store_exec(store, "SELECT pg_sleep(20)", NULL, 0, NULL, &error);
    assert_failed(&error, code, ST_E_STORE, "the server ended a statement");
    assert_string_equal(error.sqlstate, "57014");
    assert_non_null(strstr(error.hint[ST_LANG_EN], "statement_timeout"));
    st_store_close(store);
    st_str_release(&location);
}

/* Two loads and a cursor that is being read, each in turn on one connection. */
static void loads_and_cursors_take_turns(void **state)
{
    (void)state;
    enum { ROWS = 20000, BATCH = 2048, ROUNDS = 40 };
    static int64_t values[BATCH];
    static struct st_batch batch = {.rows = BATCH, .columns = 1};
    const char *const column = "n";
    const enum st_ir_type type = ST_IR_BIGINT;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    struct st_appender *loads[2] = {NULL, NULL};
    struct st_cursor *cursor = NULL;
    const struct st_batch *rows = NULL;
    batch.vectors[0] = (struct st_vector){ST_IR_BIGINT, values, NULL};
    run(store, "CREATE TABLE a (n BIGINT); CREATE TABLE b (n INTEGER)");
    OK(st_store_begin(store, err));
    OK(st_appender_open(store, "a", &column, &type, 1, &loads[0], err));
    OK(st_appender_open(store, "b", &column, &type, 1, &loads[1], err));
    OK(st_cursor_open(store, "SELECT n FROM generate_series(CAST(1 AS BIGINT), 20000) AS r(n)",
        NULL, 0, &cursor, err));
    int64_t seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int64_t i = 0; i < BATCH; i++)
            values[i] = round * BATCH + i;
        for (int i = 0; i < 2; i++)
            for (int again = 0; again < 3; again++) /* enough for blocks to be sent */
                OK(st_appender_add(loads[i], &batch, err));
        OK(st_cursor_next(cursor, &rows, err));
        for (size_t i = 0; i < rows->rows; i++)
            assert_true(st_batch_int(rows, 0, i) == ++seen);
    }
    assert_true(seen == ROWS);
    st_cursor_close(cursor);
    OK(st_appender_close(loads[0], err));
    OK(st_appender_close(loads[1], err));
    OK(st_store_commit(store, err));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(number(store, i ? "SELECT count(*) AS n FROM b"
                                         : "SELECT count(*) AS n"
                                           " FROM a"),
            3 * ROUNDS * BATCH);
        assert_int_equal(
            number(store, i ? "SELECT sum(n) AS n FROM b" : "SELECT sum(n) AS n FROM a"),
            3 * (int64_t)(ROUNDS * BATCH) * (ROUNDS * BATCH - 1) / 2);
    }
    values[7] = INT64_MAX; /* more than b's column holds */
    struct st_error error = {0};
    OK(st_store_begin(store, err));
    OK(st_appender_open(store, "b", &column, &type, 1, &loads[1], err));
    st_code code = st_appender_add(loads[1], &batch, &error);
    assert_failed(&error, code, ST_E_LIMIT, "left its range");
    st_code closed = st_appender_close(loads[1], NULL);
    (void)closed;
    st_store_close(store);
}

static void numbers_of_every_size_come_back(void **state)
{
    (void)state;
    struct st_store *store = open_at(helper_pg_location(), &creating);
    st_wide value = 1;
    for (int i = 0; i < 126; i++, value *= 2) {
        const st_wide tried[] = {value, -value, value - 1, i < 110 ? value / 7 * 10000 : 0};
        for (size_t k = 0; k < ST_COUNT(tried); k++) {
            struct st_bind bind = st_bind_wide(tried[k]);
            struct st_cursor *cursor = NULL;
            const struct st_batch *b = NULL;
            OK(st_cursor_open(store, "SELECT $1 AS n", &bind, 1, &cursor, err));
            OK(st_cursor_next(cursor, &b, err));
            assert_true(st_batch_wide(b, 0, 0) == tried[k]);
            st_cursor_close(cursor);
        }
    }
    const struct {
        const char *sql, *words;
        st_code code;
    } rows[] = {
        {"SELECT CAST(1.5 AS numeric) AS n", "with decimals", ST_E_INTERNAL},
        {"SELECT CAST('NaN' AS numeric) AS n", "with decimals", ST_E_INTERNAL},
        {"SELECT trunc(CAST(10 AS numeric) ^ 60) AS n", "left its range", ST_E_LIMIT},
        {"SELECT CAST('infinity' AS date) AS n", "left its range", ST_E_LIMIT},
        {"SELECT now() AS n", "type no plan knows", ST_E_INTERNAL},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_error error = {0};
        int64_t n = 0;
        st_code code = st_store_query_ints(store, rows[i].sql, NULL, 0, &n, NULL, 1, &error);

        assert_failed(&error, code, rows[i].code, rows[i].words);
    }
    st_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_are_named_by_the_user),
        cmocka_unit_test(stores_are_made_once),
        cmocka_unit_test(servers_that_are_not_there_are_named),
        cmocka_unit_test(other_encodings_are_refused),
        cmocka_unit_test(foreign_and_newer_schemas_are_left_alone),
        cmocka_unit_test(empty_schemas_are_used),
        cmocka_unit_test(one_writer_many_readers),
        cmocka_unit_test(readers_write_temporary_tables_only),
        cmocka_unit_test(texts_are_ordered_by_their_bytes),
        cmocka_unit_test(roles_have_the_rights_they_need),
        cmocka_unit_test(killed_init_leaves_all_or_nothing),
        cmocka_unit_test(lost_connections_leave_nothing),
        cmocka_unit_test(a_session_that_goes_on_was_not_lost),
        cmocka_unit_test(statements_that_time_out_say_so),
        cmocka_unit_test(loads_and_cursors_take_turns),
        cmocka_unit_test(numbers_of_every_size_come_back),
    };
    const struct CMUnitTest anywhere[] = {cmocka_unit_test(locations_hide_passwords)};
    int failed = cmocka_run_group_tests_name("store: locations", anywhere, NULL, NULL);
    if (helper_pg_there())
        failed += cmocka_run_group_tests_name("store: a server", tests, NULL, NULL);
    return failed;
}
