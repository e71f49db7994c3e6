/* Pools: sessions shared by threads. On both engines what their users see of each other; then what
 * only a server does to its sessions. Nothing is timed: what is waited for comes, or the test ends
 * with what is missing.
 *
 * With -fsanitize=thread: TSAN_OPTIONS=io_sync=0, or sockets seem to put threads in order, and
 * suppressions called_from_lib:libduckdb.so, race:libduckdb.so, race:libstdc++.so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/vec.h"
#include "helper_pg.h"
#include "store/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000, PATIENCE_MS = 60 * 1000 };

#define OK(call)                                                                                   \
    do {                                                                                           \
        struct st_error err_ = {0}, *err = &err_;                                                  \
        st_code code_ = (call);                                                                    \
        if (code_ != ST_OK)                                                                        \
            st_error_print(err, ST_LANG_EN, stderr);                                               \
        assert_int_equal(code_, ST_OK);                                                            \
    } while (0)

/* ---- stores and pools of the test ---------------------------------------------------------- */

static bool on_server;

/* The word of the engine under test. */
static const char *word(const char *duckdb, const char *postgresql)
{
    return on_server ? postgresql : duckdb;
}

static char folder[] = "/tmp/strata-pool-XXXXXX"; /* of stores in files */
static char location[192];

/* One for each group: no test leaves anything in it. */
static int make_store(void **state)
{
    const struct st_store_options creating = {.create = true};
    struct st_store *store = NULL;
    (void)state;
    if (on_server)
        snprintf(location, sizeof location, "%s", helper_pg_location());
    else
        snprintf(location, sizeof location, "%s/bank.duckdb", folder);
    if (st_store_open(location, &creating, &store, NULL) != ST_OK)
        return -1;
    st_store_close(store);
    return 0;
}

static const struct st_pool_options patient = {
    .session = {.reads = true, .threads = 1},
    .most = 3,
    .wait_ms = PATIENCE_MS,
    .trusted_ms = HOUR_MS,
    .idle_ms = ST_POOL_NO_LIMIT,
    .life_ms = ST_POOL_NO_LIMIT,
};

static struct st_pool *open_pool(const struct st_pool_options *options)
{
    struct st_pool *pool = NULL;
    OK(st_pool_open(location, options, &pool, err));
    return pool;
}

/* For one session. */
static struct st_pool *open_queue(int wait_ms)
{
    struct st_pool_options options = patient;
    options.most = 1;
    options.wait_ms = wait_ms;
    return open_pool(&options);
}

static struct st_store *take(struct st_pool *pool)
{
    struct st_store *store = NULL;
    OK(st_pool_take(pool, &store, err));
    return store;
}

static int64_t number(struct st_store *store, const char *sql)
{
    int64_t value = 0;
    OK(st_store_query_ints(store, sql, NULL, 0, &value, NULL, 1, err));
    return value;
}

static int64_t pid_of(struct st_store *store)
{
    return number(store, "SELECT pg_backend_pid() AS pid");
}

static void assert_stats(struct st_pool *pool, int open, int idle, int taken, int64_t replaced)
{
    struct st_pool_stats s = st_pool_stats(pool);
    if (s.open != open || s.idle != idle || s.taken != taken || s.replaced != replaced)
        fail_msg("open %d, idle %d, taken %d, replaced %lld; wanted %d, %d, %d, %lld", s.open,
            s.idle, s.taken, (long long)s.replaced, open, idle, taken, (long long)replaced);
}

static void assert_failed(const struct st_error *err, st_code got, st_code code, const char *words)
{
    if (got != code || err->code != code || !strstr(err->message[ST_LANG_EN], words) ||
        !err->message[ST_LANG_ZH][0] || strstr(err->message[ST_LANG_EN], "secret"))
        fail_msg("wanted %s with '%s', got %s with '%s' / '%s'", st_code_name(code), words,
            st_code_name(got), err->message[ST_LANG_EN], err->message[ST_LANG_ZH]);
}

static void assert_take_fails(struct st_pool *pool, st_code code, const char *words)
{
    struct st_error error = {0};
    struct st_store *store = NULL;
    st_code got = st_pool_take(pool, &store, &error);
    assert_null(store);
    assert_failed(&error, got, code, words);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void until_waiting(struct st_pool *pool, int threads)
{
    for (int i = 0; i < PATIENCE_MS && st_pool_stats(pool).waiting < threads; i++)
        nap();
    assert_int_equal(st_pool_stats(pool).waiting, threads);
}

/* ---- on both engines ----------------------------------------------------------------------- */

static void wrong_pools_are_refused_at_once(void **state)
{
    (void)state;
    const struct {
        const char *place; /* NULL: the store's */
        int most;
        st_code code;
        const char *words;
    } rows[] = {
        {NULL, 0, ST_E_USAGE, "a pool of 0 sessions"},
        {NULL, ST_POOL_SESSIONS_MAX + 1, ST_E_USAGE, "a pool of 1025 sessions"},
        {"nosuch://bank", 1, ST_E_USAGE, "no kind of store"},
        {on_server ? helper_pg_location() : "/nonexistent/bank.duckdb", 1, ST_E_NOT_FOUND, ""},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_pool_options options = patient;
        struct st_pool *pool = NULL;
        struct st_error error = {0};
        options.most = rows[i].most;
        options.session.create = true; /* a pool makes no store */
        st_code code =
            st_pool_open(rows[i].place ? rows[i].place : location, &options, &pool, &error);
        assert_null(pool);
        assert_failed(&error, code, rows[i].code, rows[i].words);
    }
    st_pool_free(NULL);
}

/* As many as `most` in a server, if they read; else one. */
static void sessions_are_as_many_as_may_be(void **state)
{
    (void)state;
    struct st_pool_options options = patient;
    struct st_store *taken[3];
    options.wait_ms = 0;
    for (int writes = 0; writes < 2; writes++) {
        int most = on_server && !writes ? 3 : 1;
        options.session.reads = !writes;
        struct st_pool *pool = open_pool(&options);
        assert_stats(pool, 1, 1, 0, 0);
        for (int i = 0; i < most; i++)
            taken[i] = take(pool);
        assert_stats(pool, most, 0, most, 0);
        assert_take_fails(pool, ST_E_BUSY,
            most == 3 ? "all sessions (3) are in use, and none came free within 0 ms"
                      : "all sessions (1)");
        for (int i = 0; i < most; i++)
            st_pool_give(pool, taken[i]);
        st_pool_give(pool, NULL);
        assert_ptr_equal(take(pool), taken[most - 1]); /* given last, taken first */
        st_pool_give(pool, taken[most - 1]);
        assert_stats(pool, most, most, 0, 0);
        assert_int_equal(st_pool_stats(pool).waited, 1);
        st_pool_free(pool);
    }
}

/* What a user leaves behind, and what the next one would see of it. */
static void users_leave_nothing_behind(void **state)
{
    (void)state;
    static const char tables[] =
        "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'moved'";
    const struct {
        const char *left, *asked;
        bool in_transaction;
        bool writes;
    } rows[] = {
        {"CREATE TEMP TABLE moved (n BIGINT)", tables, false, false},
        {"CREATE TEMP TABLE moved (n BIGINT)", tables, true, true},
        {"INSERT INTO currency (code, exponent) VALUES ('CNY', 2)",
            "SELECT count(*) AS n FROM currency", true, true},
        {"SELECT nothing FROM nowhere", "SELECT 0 AS n", true, false},
        {word("SET perfect_ht_threshold = 20", "SET work_mem TO '1MB'"),
            word("SELECT CAST(current_setting('perfect_ht_threshold') = 20 AS INTEGER) AS n",
                "SELECT CAST(current_setting('work_mem') = '1MB' AS INTEGER) AS n"),
            false, false},
        {word("SET enable_progress_bar = true", "SET statement_timeout TO '9min'"),
            word("SELECT CAST(current_setting('enable_progress_bar') AS INTEGER) AS n",
                "SELECT CAST(current_setting('statement_timeout') = '9min' AS INTEGER) AS n"),
            false, false},
    };
    for (size_t i = 0; i < 2 * ST_COUNT(rows); i++) { /* each for who writes, then for who reads */
        size_t row = i / 2;
        struct st_pool_options options = patient;
        options.session.reads = i % 2;
        if (rows[row].writes && options.session.reads)
            continue;
        struct st_pool *pool = open_pool(&options);
        struct st_store *store = take(pool);
        if (rows[row].in_transaction)
            OK(st_store_begin(store, err));
        st_code code = st_store_exec(store, rows[row].left, NULL, 0, NULL, NULL);
        assert_int_equal(code, strstr(rows[row].left, "nowhere") ? ST_E_STORE : ST_OK);
        st_pool_give(pool, store);
        store = take(pool);
        assert_false(st_store_in_transaction(store));
        assert_int_equal(number(store, rows[row].asked), 0);
        st_pool_give(pool, store);
        assert_stats(pool, 1, 1, 0, 0); /* by one session all the time */
        st_pool_free(pool);
    }
}

static void sessions_end_when_they_are_due(void **state)
{
    (void)state;
    struct st_pool_options options = patient;
    options.idle_ms = 0;
    struct st_pool *pool = open_pool(&options);
    st_pool_give(pool, take(pool));
    assert_stats(pool, 0, 0, 0, 0);
    st_pool_free(pool);
    options = patient;
    options.life_ms = 0;
    pool = open_pool(&options);
    for (int i = 1; i <= 2; i++) {
        st_pool_give(pool, take(pool));
        assert_stats(pool, 0, 0, 0, i + 1); /* the one that opening made as well */
    }
    st_pool_free(pool);
    options = patient;
    options.idle_ms = 1;
    pool = open_pool(&options);
    nap();
    st_pool_tend(pool);
    assert_stats(pool, 0, 0, 0, 0);
    st_pool_give(pool, take(pool));
    st_pool_free(pool);
}

struct worker {
    pthread_t thread;
    struct st_pool *pool;
    int number;
    int takes;
    st_code code;
    struct st_error error;
    bool shared; /* a session was another thread's, too */
    int turn;    /* in which it was served */
};

static atomic_int turns;
static _Atomic(struct st_store *) used[64];

static void swap(struct st_store *from, struct st_store *to)
{
    for (size_t i = 0; i < ST_COUNT(used); i++) {
        struct st_store *expected = from;
        if (atomic_compare_exchange_strong(&used[i], &expected, to))
            return;
    }
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < w->takes && w->code == ST_OK; i++) {
        struct st_store *store = NULL;
        int64_t n = 0;
        w->code = st_pool_take(w->pool, &store, &w->error);
        if (w->code != ST_OK)
            break;
        for (size_t k = 0; k < ST_COUNT(used); k++)
            w->shared = w->shared || atomic_load(&used[k]) == store;
        swap(NULL, store);
        if (i % 3 == w->number % 3)
            w->code = st_store_begin(store, &w->error); /* left open */
        if (w->code == ST_OK)
            w->code = st_store_query_ints(
                store, "SELECT count(*) AS n FROM currency", NULL, 0, &n, NULL, 1, &w->error);
        swap(store, NULL);
        st_pool_give(w->pool, store);
    }
    return NULL;
}

static void start(
    struct worker *w, struct st_pool *pool, int takes, void *(*function)(void *), int count)
{
    for (int i = 0; i < count; i++) {
        w[i] = (struct worker){.pool = pool, .number = i, .takes = takes};
        assert_int_equal(pthread_create(&w[i].thread, NULL, function, &w[i]), 0);
    }
}

/* Sixteen threads, which all wait at first. */
static void share(struct st_pool *pool, int most, int takes)
{
    enum { THREADS = 16 };
    struct worker workers[THREADS];
    struct st_store *taken[3];
    for (int i = 0; i < most; i++)
        taken[i] = take(pool);
    start(workers, pool, takes, work, THREADS);
    until_waiting(pool, THREADS);
    for (int i = 0; i < most; i++)
        st_pool_give(pool, taken[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_false(workers[i].shared);
        if (workers[i].code != ST_OK)
            st_error_print(&workers[i].error, ST_LANG_EN, stderr);
        assert_int_equal(workers[i].code, ST_OK);
    }
    struct st_pool_stats stats = st_pool_stats(pool);
    assert_true(stats.waited >= THREADS && stats.waiting == 0);
}

static void many_threads_share_few_sessions(void **state)
{
    (void)state;
    struct st_pool *pool = open_pool(&patient);
    int most = on_server ? 3 : 1;
    share(pool, most, 20);
    assert_stats(pool, most, most, 0, 0);
    st_pool_free(pool);
}

static void *take_a_turn(void *arg)
{
    struct worker *w = arg;
    struct st_store *store = NULL;
    w->code = st_pool_take(w->pool, &store, &w->error);
    w->turn = atomic_fetch_add(&turns, 1);
    st_pool_give(w->pool, store);
    return NULL;
}

/* Also before a thread that gives and takes again at once. */
static void who_comes_first_is_served_first(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    struct worker workers[THREADS];
    struct st_pool *pool = open_queue(PATIENCE_MS);
    struct st_store *store = take(pool);
    atomic_store(&turns, 0);
    for (int i = 0; i < THREADS; i++) {
        start(&workers[i], pool, 1, take_a_turn, 1);
        until_waiting(pool, i + 1);
    }
    st_pool_give(pool, store);
    store = take(pool);
    assert_int_equal(atomic_load(&turns), THREADS);
    st_pool_give(pool, store);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].code, ST_OK);
        assert_int_equal(workers[i].turn, i);
    }
    st_pool_free(pool);
}

/* One that gives up leaves the queue in order. */
static void waits_end(void **state)
{
    (void)state;
    struct st_pool *pool = open_queue(20);
    struct st_store *store = take(pool);
    for (int i = 0; i < 2; i++)
        assert_take_fails(pool, ST_E_BUSY, "in use, and none came free within 20 ms");
    st_pool_give(pool, store);
    st_pool_give(pool, take(pool));
    struct st_pool_stats stats = st_pool_stats(pool);
    assert_true(stats.waited == 2 && stats.waiting == 0);
    st_pool_free(pool);
}

static void closing_waits_for_nobody(void **state)
{
    (void)state;
    enum { THREADS = 3 };
    struct worker workers[THREADS];
    struct st_pool *pool = open_queue(ST_POOL_NO_LIMIT);
    struct st_store *store = take(pool);
    start(workers, pool, 1, take_a_turn, THREADS);
    until_waiting(pool, THREADS);
    st_pool_close(pool);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_failed(&workers[i].error, workers[i].code, ST_E_BUSY, "is being closed");
    }
    assert_take_fails(pool, ST_E_BUSY, "is being closed");
    assert_stats(pool, 1, 0, 1, 0);
    assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 0); /* goes on */
    st_pool_give(pool, store);
    assert_stats(pool, 0, 0, 0, 0);
    st_pool_close(pool);
    st_pool_free(pool);
}

struct interrupter {
    pthread_t thread;
    struct st_store *store;
    atomic_bool stop;
};

static void *interrupt(void *arg)
{
    struct interrupter *i = arg;
    while (!atomic_load(&i->stop)) {
        nap();
        st_store_interrupt(i->store);
    }
    return NULL;
}

static void interrupted_sessions_are_used_again(void **state)
{
    (void)state;
    struct st_pool *pool = open_queue(PATIENCE_MS);
    for (int begun = 0; begun < 2; begun++) {
        struct interrupter i = {.store = take(pool)};
        struct st_error error = {0};
        if (begun)
            OK(st_store_begin(i.store, err));
        assert_int_equal(pthread_create(&i.thread, NULL, interrupt, &i), 0);
        st_code code = st_store_exec(i.store,
            "SELECT count(*) AS n FROM generate_series(1, 200000) AS a(x),"
            " generate_series(1, 200000) AS b(y) WHERE (x * 7 + y) % 1000003 = 1",
            NULL, 0, NULL, &error);
        atomic_store(&i.stop, true);
        pthread_join(i.thread, NULL);
        assert_failed(&error, code, ST_E_CANCELLED, "cancelled");
        if (!begun) /* by the same user, too */
            assert_int_equal(number(i.store, "SELECT 7 AS n"), 7);
        st_pool_give(pool, i.store);
        struct st_store *store = take(pool);
        assert_int_equal(number(store, "SELECT count(*) AS n FROM currency"), 0);
        st_pool_give(pool, store);
    }
    assert_stats(pool, 1, 1, 0, 0);
    st_pool_free(pool);
}

/* ---- in a server --------------------------------------------------------------------------- */

static void until_gone(struct st_store *other, int64_t pid)
{
    const struct st_bind bind = st_bind_int(pid);
    int64_t there = 1;
    for (int i = 0; i < PATIENCE_MS && there; i++, nap())
        OK(st_store_query_ints(other,
            "SELECT count(*) AS n FROM pg_stat_activity AS a WHERE a.pid = $1", &bind, 1, &there,
            NULL, 1, err));
    assert_int_equal(there, 0);
}

static void end_session(int64_t pid)
{
    const struct st_store_options reading = {.reads = true};
    const struct st_bind bind = st_bind_int(pid);
    struct st_store *other = NULL;
    int64_t n = 0;
    OK(st_store_open(location, &reading, &other, err));
    OK(st_store_query_ints(
        other, "SELECT pg_terminate_backend(CAST($1 AS integer))", &bind, 1, &n, NULL, 1, err));
    assert_int_equal(n, 1);
    until_gone(other, pid);
    st_store_close(other);
}

/* Whether or not sessions are asked each time: a server says goodbye. */
static void lost_while_idle_is_not_noticed(void **state)
{
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        struct st_pool_options options = patient;
        options.trusted_ms = asked ? 0 : HOUR_MS;
        struct st_pool *pool = open_pool(&options);
        struct st_store *store = take(pool);
        int64_t pid = pid_of(store);
        st_pool_give(pool, store);
        end_session(pid);
        store = take(pool);
        assert_true(pid_of(store) != pid);
        assert_stats(pool, 1, 0, 1, 1);
        st_pool_give(pool, store);
        st_pool_free(pool);
    }
}

static void sessions_come_and_go_among_threads(void **state)
{
    (void)state;
    enum { TAKES = 2 };
    struct st_pool_options options = patient;
    options.life_ms = 0;
    struct st_pool *pool = open_pool(&options);
    share(pool, options.most, TAKES);
    struct st_pool_stats stats = st_pool_stats(pool);
    assert_true(stats.open == 0 && stats.replaced >= 16 * TAKES);
    st_pool_free(pool);
}

/* When the server last had something to do for a session. */
static int64_t last_asked(struct st_store *other, int64_t pid)
{
    const struct st_bind bind = st_bind_int(pid);
    int64_t us = 0;
    OK(st_store_query_ints(other,
        "SELECT CAST(date_part('epoch', a.state_change) * 1000000 AS bigint) AS us"
        " FROM pg_stat_activity AS a WHERE a.pid = $1",
        &bind, 1, &us, NULL, 1, err));
    return us;
}

static void sessions_idle_for_long_are_asked(void **state)
{
    (void)state;
    struct st_pool *others = open_pool(&patient);
    struct st_store *other = take(others);
    for (int asked = 0; asked < 2; asked++) {
        struct st_pool_options options = patient;
        options.trusted_ms = asked ? 0 : HOUR_MS;
        struct st_pool *pool = open_pool(&options);
        struct st_store *store = take(pool);
        int64_t pid = pid_of(store);
        st_pool_give(pool, store);
        int64_t given = last_asked(other, pid);
        store = take(pool);
        assert_int_equal(last_asked(other, pid) > given, asked);
        st_pool_give(pool, store);
        st_pool_free(pool);
    }
    st_pool_give(others, other);
    st_pool_free(others);
}

static void lost_while_taken_is_replaced(void **state)
{
    (void)state;
    struct st_pool *pool = open_pool(&patient);
    for (int begun = 0; begun < 2; begun++) {
        struct st_store *store = take(pool);
        struct st_error error = {0};
        int64_t pid = pid_of(store);
        if (begun)
            OK(st_store_begin(store, err));
        end_session(pid);
        st_code code = st_store_exec(store, "SELECT 1", NULL, 0, NULL, &error);
        assert_failed(&error, code, ST_E_IO, "was lost");
        st_pool_give(pool, store);
        assert_stats(pool, 0, 0, 0, begun + 1);
        store = take(pool);
        assert_true(pid_of(store) != pid);
        st_pool_give(pool, store);
    }
    st_pool_free(pool);
}

static void sessions_in_the_middle_are_not_passed_on(void **state)
{
    (void)state;
    struct st_pool *pool = open_pool(&patient);
    struct st_store *store = take(pool);
    st_code code = st_store_exec(store, "BEGIN", NULL, 0, NULL, NULL); /* past the front */
    assert_int_equal(code, ST_OK);
    st_pool_give(pool, store);
    assert_stats(pool, 0, 0, 0, 1);
    st_pool_free(pool);
}

/* The writer's lock stays the session's while it is kept, and goes with it. */
static void writers_keep_their_lock(void **state)
{
    (void)state;
    struct st_pool *readers = open_pool(&patient);
    struct st_store *reader = take(readers);
    for (int kept = 0; kept < 2; kept++) {
        struct st_pool_options options = patient;
        options.session.reads = false;
        options.idle_ms = kept ? ST_POOL_NO_LIMIT : 0;
        struct st_pool *pool = open_pool(&options);
        struct st_store *store = take(pool);
        int64_t pid = pid_of(store);
        st_pool_give(pool, store);
        if (!kept)
            until_gone(reader, pid);
        assert_int_equal(number(reader, "SELECT count(*) AS n FROM pg_locks AS l"
                                        " WHERE l.locktype = 'advisory' AND l.granted"),
            kept);
        st_pool_free(pool);
    }
    st_pool_give(readers, reader);
    st_pool_free(readers);
}

static void control_server(const char *verb)
{
    char command[192];
    snprintf(command, sizeof command, "'%s/pg_ctl' -m immediate -w %s", helper_pg_host(), verb);
    assert_int_equal(system(command), 0);
}

static void servers_come_and_go(void **state)
{
    (void)state;
    struct st_str hasty = ST_STR_INIT;
    struct st_store *taken[2];
    st_str_addf(&hasty, "%s&connect_timeout=1", location);
    struct st_pool *pool = NULL;
    OK(st_pool_open(hasty.text, &patient, &pool, err));
    st_str_release(&hasty);
    for (int i = 0; i < 2; i++)
        taken[i] = take(pool);
    for (int i = 0; i < 2; i++)
        st_pool_give(pool, taken[i]);
    control_server("stop");
    assert_take_fails(pool, ST_E_IO, "cannot connect to");
    assert_stats(pool, 1, 1, 0, 1);
    control_server("start");
    for (int i = 0; i < 2; i++) {
        taken[i] = take(pool);
        assert_int_equal(number(taken[i], "SELECT count(*) AS n FROM currency"), 0);
    }
    assert_stats(pool, 2, 0, 2, 2);
    for (int i = 0; i < 2; i++)
        st_pool_give(pool, taken[i]);
    st_pool_free(pool);
}

int main(void)
{
    char command[64];
    const struct CMUnitTest both[] = {
        cmocka_unit_test(wrong_pools_are_refused_at_once),
        cmocka_unit_test(sessions_are_as_many_as_may_be),
        cmocka_unit_test(users_leave_nothing_behind),
        cmocka_unit_test(sessions_end_when_they_are_due),
        cmocka_unit_test(many_threads_share_few_sessions),
        cmocka_unit_test(who_comes_first_is_served_first),
        cmocka_unit_test(waits_end),
        cmocka_unit_test(closing_waits_for_nobody),
        cmocka_unit_test(interrupted_sessions_are_used_again),
    };
    const struct CMUnitTest server[] = {
        cmocka_unit_test(lost_while_idle_is_not_noticed),
        cmocka_unit_test(sessions_come_and_go_among_threads),
        cmocka_unit_test(sessions_idle_for_long_are_asked),
        cmocka_unit_test(lost_while_taken_is_replaced),
        cmocka_unit_test(sessions_in_the_middle_are_not_passed_on),
        cmocka_unit_test(writers_keep_their_lock),
        cmocka_unit_test(servers_come_and_go),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests_name("pool: DuckDB", both, make_store, NULL);
    on_server = helper_pg_there();
    if (on_server)
        failed += cmocka_run_group_tests_name("pool: PostgreSQL", both, make_store, NULL) +
                  cmocka_run_group_tests_name("pool: a server", server, make_store, NULL);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? failed : 1;
}
