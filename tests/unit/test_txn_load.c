/* Transactions on the short way: sorted runs, and every row in one of three places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"
#include "ingest/txn_load.h"

#include <stdio.h>
#include <string.h>

enum { CUSTOMERS = 500, RUN_ROWS = 2 * ST_STAGE_ROWS, ROWS = 5 * RUN_ROWS + 777 };

static const struct st_stage_column columns[] = {
    {"line", ST_IR_BIGINT},
    {"customer", ST_IR_TEXT},
    {"on_date", ST_IR_DATE},
    {"amount", ST_IR_BIGINT},
    {"currency", ST_IR_TEXT},
    {"kind", ST_IR_TEXT},
};

struct refused {
    int count;
    int64_t lines;
};

static st_code refuse(void *context, int64_t line, enum st_reason reason, const char *column,
    struct st_text_cell value, struct st_error *err)
{
    struct refused *refused = context;
    (void)err;
    assert_int_equal(reason, ST_REASON_UNKNOWN_CUSTOMER);
    assert_string_equal(column, "txn.customer");
    assert_int_equal(value.len, 1);
    refused->count++;
    refused->lines += line;
    return ST_OK;
}

static int64_t ask(struct st_store *store, const char *sql)
{
    int64_t value;
    assert_int_equal(st_store_query_ints(store, sql, NULL, 0, &value, NULL, 1, NULL), ST_OK);
    return value;
}

static struct st_store *open_store(void)
{
    struct st_store *store;
    const struct st_store_options options = {.threads = 2};
    assert_int_equal(st_store_open(":memory:", &options, &store, NULL), ST_OK);
    assert_int_equal(st_store_begin(store, NULL), ST_OK);
    for (int i = 1; i <= CUSTOMERS; i++) {
        char id[16];
        snprintf(id, sizeof id, "C%d", i);
        const struct st_bind binds[] = {st_bind_int(i), st_bind_text(id)};
        assert_int_equal(st_store_exec(store,
                             "INSERT INTO customer_key (customer_id, source_id) VALUES ($1, $2)",
                             binds, 2, NULL, NULL),
            ST_OK);
    }
    return store;
}

/* One row in 50 names nobody; days run over four months again and again, customers in no order. */
static void stage_rows(struct st_stage *stage)
{
    for (int i = 0; i < ROWS; i++) {
        char customer[16];
        int number = i * 7919 % CUSTOMERS + 1;
        int len = snprintf(customer, sizeof customer, i % 50 ? "C%d" : "?", number);
        st_stage_int(stage, 0, i + 2);
        st_stage_text(stage, 1, customer, (size_t)len);
        st_stage_date(stage, 2, (st_date)(19723 + i % 120));
        st_stage_int(stage, 3, i);
        st_stage_text(stage, 4, "CNY", 3);
        if (i % 3)
            st_stage_text(
                stage, 5, i % 2 ? "purchase" : "a kind of more than twelve bytes", i % 2 ? 8 : 32);
        else
            st_stage_null(stage, 5);
        assert_int_equal(st_stage_next(stage, NULL), ST_OK);
    }
}

static void runs_are_sorted_and_nothing_is_lost(void **state)
{
    (void)state;
    struct refused refused = {0};
    struct st_store *store = open_store();
    const struct st_txn_load_options options = {.store = store,
        .load_id = 3,
        .customer = true,
        .run_rows = RUN_ROWS,
        .reject = refuse,
        .context = &refused};
    struct st_txn_load *load;
    assert_int_equal(st_txn_load_open(&options, &load, NULL), ST_OK);
    struct st_stage *stage = st_stage_open_sink(columns, ST_COUNT(columns), st_txn_load_take, load);
    stage_rows(stage);
    assert_int_equal(st_stage_close(stage, NULL), ST_OK);
    assert_int_equal(st_txn_load_close(load, true, NULL), ST_OK);

    int64_t want = 0, sum = 0, lines = 0;
    for (int i = 0; i < ROWS; i++) {
        want += i % 50 != 0;
        sum += i % 50 ? i : 0;
        lines += i % 50 ? 0 : i + 2;
    }
    assert_int_equal(refused.count, ROWS - want);
    assert_int_equal(refused.lines, lines);
    assert_int_equal(ask(store, "SELECT count(*) FROM txn"), want);
    assert_int_equal(ask(store, "SELECT CAST(sum(amount) AS BIGINT) FROM txn"), sum);
    assert_int_equal(ask(store, "SELECT count(*) FROM txn WHERE load_id <> 3 OR currency <> 'CNY' "
                                "OR account_id IS NOT NULL OR until_load <> 9223372036854775807 "
                                "OR customer_id <> amount * 7919 % 500 + 1 "
                                "OR on_date <> DATE '2024-01-01' + CAST(amount % 120 AS INTEGER)"),
        0);
    assert_int_equal(ask(store, "SELECT count(*) FROM txn WHERE kind IS DISTINCT FROM CASE "
                                "WHEN amount % 3 = 0 THEN NULL WHEN amount % 2 = 1 THEN 'purchase' "
                                "ELSE 'a kind of more than twelve bytes' END"),
        0);
    /* The order steps back where a run begins: six runs. */
    assert_int_equal(
        ask(store, "SELECT count(*) FROM (SELECT date_trunc('month', on_date) AS m, customer_id, "
                   "lag(date_trunc('month', on_date)) OVER (ORDER BY rowid) AS before_m, "
                   "lag(customer_id) OVER (ORDER BY rowid) AS before_c FROM txn) AS t "
                   "WHERE m < before_m OR (m = before_m AND customer_id < before_c)"),
        5);
    st_store_close(store);
}

static void an_error_of_the_writer_comes_back(void **state)
{
    (void)state;
    struct refused refused = {0};
    struct st_store *store = open_store();
    const struct st_txn_load_options options = {.store = store,
        .load_id = 3,
        .customer = true,
        .run_rows = RUN_ROWS,
        .reject = refuse,
        .context = &refused};
    struct st_txn_load *load;
    struct st_error err = {.code = ST_OK};
    assert_int_equal(st_txn_load_open(&options, &load, NULL), ST_OK);
    struct st_stage *stage = st_stage_open_sink(columns, ST_COUNT(columns), st_txn_load_take, load);
    for (int i = 0; i < 10; i++) {
        st_stage_int(stage, 0, i);
        st_stage_text(stage, 1, "C1", 2);
        st_stage_date(stage, 2, 19723);
        st_stage_int(stage, 3, 1);
        st_stage_null(stage, 4); /* the table refuses a movement without currency */
        st_stage_null(stage, 5);
        assert_int_equal(st_stage_next(stage, NULL), ST_OK);
    }
    st_code closed = st_stage_close(stage, &err);
    st_code ended = st_txn_load_close(load, closed == ST_OK, &err);
    assert_true(closed != ST_OK || ended != ST_OK);
    assert_int_not_equal(err.code, ST_OK);
    st_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_sorted_and_nothing_is_lost),
        cmocka_unit_test(an_error_of_the_writer_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
