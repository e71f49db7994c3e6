/* What Citus makes of a plan: in a database with the extension, given as STRATA_TEST_CITUS, every
 * step over customers' rows goes to the workers whole, in full and going on from another run.
 * Skipped without one. */
#include "helper_steps.h"

#include "base/vec.h"
#include "ir/emit.h"
#include "ir/placement.h"
#include "ir/spread.h"
#include "store/migrate.h"
#include "store/sql_files.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIPPED = 77 };

struct fixture {
    struct st_store *store;
    const char *path;
    int64_t shards;
    int steps, exchanges; /* of customers' rows */
};

static void ok(st_code code, const struct st_error *err, const char *what)
{
    if (code != ST_OK)
        fail_msg("%s: %s (%s)", what, err->message[0], err->value);
}

/* A schema of this process's own. */
static int open_store(void **state)
{
    static struct fixture f;
    struct st_error err = {.code = ST_OK};
    struct st_store_options options = {.create = true, .must_not_exist = true};
    struct st_str location = ST_STR_INIT;
    const char *server = getenv("STRATA_TEST_CITUS");
    st_str_addf(&location, "%s%cschema=strata_test_%ld", server, strchr(server, '?') ? '&' : '?',
        (long)getpid());
    ok(st_store_open(location.text, &options, &f.store, &err), &err, location.text);
    st_str_release(&location);
    assert_int_equal(st_store_dialect(f.store), ST_DIALECT_CITUS);
    ok(st_store_query_ints(f.store,
           "SELECT CAST(count(*) AS bigint) FROM pg_dist_shard AS s "
           "WHERE s.logicalrelid = to_regclass('customer')",
           NULL, 0, &f.shards, NULL, 1, &err),
        &err, "shards");
    *state = &f;
    return 0;
}

static int drop_store(void **state)
{
    struct fixture *f = *state;
    char sql[64];
    snprintf(sql, sizeof sql, "DROP SCHEMA strata_test_%ld CASCADE", (long)getpid());
    st_code code = st_store_exec(f->store, sql, NULL, 0, NULL, NULL);
    st_store_close(f->store);
    return code != ST_OK;
}

static struct st_bind any_value(enum st_ir_type type)
{
    enum { DAY = 20000 };
    struct st_bind bind = type == ST_IR_TEXT ? st_bind_text("CNY") : st_bind_int(DAY);
    bind.type = type;
    bind.wide = 1;
    return bind;
}

static void explain(struct fixture *f, const struct st_step *step, struct st_str *plan)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    struct st_str sql = ST_STR_INIT;
    st_emit_step(ST_DIALECT_CITUS, step, &emitted);
    struct st_bind *binds = st_calloc(emitted.params.count, sizeof *binds);
    for (size_t i = 0; i < emitted.params.count; i++)
        binds[i] = any_value(emitted.params.items[i].type);
    st_str_addf(&sql, "EXPLAIN (COSTS OFF) %s", emitted.sql.text);
    ok(st_cursor_open(f->store, sql.text, binds, emitted.params.count, &cursor, &err), &err,
        step->label);
    do {
        ok(st_cursor_next(cursor, &batch, &err), &err, step->label);
        for (size_t i = 0; i < batch->rows; i++) {
            struct st_text_cell cell = st_batch_text(batch, 0, i);
            st_str_addf(plan, "%.*s\n", (int)cell.len, cell.data);
        }
    } while (batch->rows);
    st_cursor_close(cursor);
    free(binds);
    st_str_release(&sql);
    st_emitted_release(&emitted);
}

/* One task for each shard; nothing is kept for the others, gathered or sent on. */
static bool is_pushed_down(const struct fixture *f, const char *plan)
{
    static const char head[] = "Custom Scan (Citus Adaptive)\n", tasks[] = "  Task Count: ";
    return strncmp(plan, head, sizeof head - 1) == 0 &&
           strncmp(plan + sizeof head - 1, tasks, sizeof tasks - 1) == 0 &&
           strtoll(plan + sizeof head + sizeof tasks - 2, NULL, 10) == f->shards &&
           !strstr(plan, "Subplan") && !strstr(plan, "intermediate_result");
}

static void check_step(void *context, const struct st_step *step)
{
    struct fixture *f = context;
    struct st_error err = {.code = ST_OK};
    struct st_str plan = ST_STR_INIT;
    enum st_placement placement;
    bool exchanges = false;
    ok(st_step_check_spread(step, &exchanges, &err), &err, step->label);
    if (!exchanges) /* with parts of their own and bound values, Citus explains none */
        explain(f, step, &plan);
    bool heavy = step->kind == ST_STEP_INSERT && st_placement_of(step->table, &placement) &&
                 placement == ST_PLACED_BY_CUSTOMER;
    if (heavy && !exchanges && !is_pushed_down(f, plan.text))
        fail_msg("%s: %s\n%s", f->path, step->label, plan.text);
    f->steps += heavy;
    f->exchanges += heavy && exchanges;
    st_str_release(&plan);
}

/* The tables a run would make. */
static void make_tables(struct fixture *f, const struct st_compiled *c)
{
    const struct st_metric_storage *s = &c->storage;
    const char *const tables[] = {s->rows, s->runs};
    struct st_str sql[3] = {ST_STR_INIT, ST_STR_INIT, ST_STR_INIT};
    struct st_error err = {.code = ST_OK};
    st_emit_create_table(ST_DIALECT_CITUS, s->rows, s->row_columns, s->row_column_count, &sql[0]);
    st_emit_create_table(ST_DIALECT_CITUS, s->runs, s->run_columns, s->run_column_count, &sql[1]);
    st_emit_create_view(ST_DIALECT_CITUS, c->metric_table, s->view, &sql[2]);
    for (size_t i = 0; i < ST_COUNT(sql); i++) {
        ok(st_store_exec(f->store, sql[i].text, NULL, 0, NULL, &err), &err, sql[i].text);
        if (i < ST_COUNT(tables))
            ok(st_store_place(f->store, tables[i], &err), &err, tables[i]);
        st_str_release(&sql[i]);
    }
}

static void check_policy(struct fixture *f, const char *path, const struct st_compile_env *env)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_policy *policy = NULL;
    struct st_compiled *c = NULL;
    f->path = path;
    ok(st_policy_load(&arena, path, &policy, &err), &err, path);
    ok(st_plan_policy(&arena, policy, env, &c, &err), &err, path);
    ok(st_store_begin(f->store, &err), &err, path);
    make_tables(f, c);
    ok(st_store_commit(f->store, &err), &err, path);
    helper_each_step(c, check_step, f);
    const char *const made[] = {c->metric_table, c->storage.rows, c->storage.runs};
    for (size_t i = 0; i < ST_COUNT(made); i++) {
        struct st_str drop = ST_STR_INIT;
        st_str_add(&drop, i ? "DROP TABLE " : "DROP VIEW ");
        st_emit_identifier(&drop, made[i]);
        ok(st_store_exec(f->store, drop.text, NULL, 0, NULL, &err), &err, drop.text);
        st_str_release(&drop);
    }
    st_arena_release(&arena);
}

static void test_presets(void **state)
{
    static const struct st_compile_env envs[] = {{.currency_exponent = -1, .spread = true},
        {.currency_exponent = 2, .foreign = true, .overrides = true, .spread = true}};
    struct fixture *f = *state;
    glob_t found = {0};
    assert_int_equal(glob(STRATA_SOURCE_DIR "/policies/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        for (size_t e = 0; e < ST_COUNT(envs); e++)
            check_policy(f, found.gl_pathv[i], &envs[e]);
    print_message("%d steps over customers' rows\n", f->steps);
    assert_true(f->steps > 100 && f->exchanges == 0);
    globfree(&found);
}

/* Members of a household are on several servers, as are merged numbers: those steps do move rows.
 */
static void test_exchanges(void **state)
{
    static const struct st_compile_env env = {
        .currency_exponent = -1, .merges = true, .spread = true};
    static const char *const cases[] = {"household_best", "entity_household", "moves_everything"};
    struct fixture *f = *state;
    for (size_t i = 0; i < ST_COUNT(cases); i++) {
        char path[512];
        snprintf(
            path, sizeof path, STRATA_SOURCE_DIR "/tests/policy/valid/%s/policy.yaml", cases[i]);
        f->exchanges = 0;
        check_policy(f, path, &env);
        assert_true(f->exchanges > 0);
    }
}

/* A later version of the schema changes tables that are spread, and makes one anew. */
static void test_migration(void **state)
{
    static const struct st_sql_file files[] = {
        {"schema/9000_later.sql",
            "ALTER TABLE customer ADD COLUMN later BIGINT; -- of all servers\n"
            "INSERT INTO customer (customer_id, kind, load_id, until_load) VALUES (1, 'person', 1, "
            "2);\n"
            "UPDATE customer SET later = 7 WHERE later IS NULL;\n"
            "DROP TABLE run_customer;\n"
            "CREATE TABLE run_customer (run_id BIGINT NOT NULL, customer_id BIGINT NOT NULL);\n"
            "INSERT INTO run_customer (run_id, customer_id) SELECT c.later, c.customer_id\n"
            "FROM customer AS c;\n"},
        {NULL, NULL}};
    struct fixture *f = *state;
    struct st_error err = {.code = ST_OK};
    int64_t found[2] = {0, 0};
    ok(st_store_begin(f->store, &err), &err, "begin");
    ok(st_store_migrate_files(f->store, files, &err), &err, "migrate");
    ok(st_store_place(f->store, "run_customer", &err), &err, "place");
    ok(st_store_commit(f->store, &err), &err, "commit");
    ok(st_store_query_ints(f->store,
           "SELECT r.run_id, (SELECT CAST(count(*) AS bigint) FROM pg_dist_partition AS p "
           "WHERE p.logicalrelid = to_regclass('run_customer')) FROM run_customer AS r",
           NULL, 0, found, NULL, 2, &err),
        &err, "rows");
    assert_int_equal(found[0], 7);
    assert_int_equal(found[1], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_migration),
    };
    if (!getenv("STRATA_TEST_CITUS"))
        return SKIPPED;
    return cmocka_run_group_tests(tests, open_store, drop_store);
}
