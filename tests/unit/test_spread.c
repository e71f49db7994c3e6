/* Plans for a store that is spread over servers: every table has a place, the plans of all presets
 * and golden policies are in shapes that each server can do alone, and every other shape is
 * refused. */
#include "helper_steps.h"

#include "base/vec.h"
#include "ir/emit.h"
#include "ir/placement.h"
#include "ir/spread.h"
#include "store/sql_files.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glob.h>
#include <string.h>

/* ---- placement ----------------------------------------------------------------------------- */

static st_code read_names(
    struct st_store *store, const char *sql, const char *bind, struct st_str *out)
{
    struct st_bind name = st_bind_text(bind ? bind : "");
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    st_code code = st_cursor_open(store, sql, &name, bind != NULL, &cursor, NULL);
    while (code == ST_OK && (code = st_cursor_next(cursor, &batch, NULL)) == ST_OK && batch->rows)
        for (size_t i = 0; i < batch->rows; i++) {
            struct st_text_cell cell = st_batch_text(batch, 0, i);
            st_str_addf(out, "%.*s\n", (int)cell.len, cell.data);
        }
    st_cursor_close(cursor);
    return code;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void test_every_table_has_a_place(void **state)
{
    struct st_store *store = NULL;
    struct st_str schema = ST_STR_INIT, listed = ST_STR_INIT;
    const char *names[128];
    (void)state;
    assert_int_equal(st_store_open(":memory:", NULL, &store, NULL), ST_OK);
    const char *sql = "SELECT t.table_name FROM information_schema.tables AS t "
                      "WHERE t.table_schema = current_schema() ORDER BY t.table_name";
    assert_int_equal(read_names(store, sql, NULL, &schema), ST_OK);
    assert_true(st_placed_table_count < ST_COUNT(names));
    for (size_t i = 0; i < st_placed_table_count; i++)
        names[i] = st_placed_tables[i].name;
    qsort(names, st_placed_table_count, sizeof *names, by_bytes);
    for (size_t i = 0; i < st_placed_table_count; i++)
        st_str_addf(&listed, "%s\n", names[i]);
    assert_string_equal(schema.text, listed.text);
    for (size_t i = 0; i < st_placed_table_count; i++) {
        const char *key = st_placement_key(st_placed_tables[i].placement);
        struct st_str columns = ST_STR_INIT;
        assert_int_equal(read_names(store, st_sql_file_text("query/columns.sql"),
                             st_placed_tables[i].name, &columns),
            ST_OK);
        if (key && !strstr(columns.text, key))
            fail_msg("%s has no column %s", st_placed_tables[i].name, key);
        st_str_release(&columns);
    }
    st_str_release(&schema);
    st_str_release(&listed);
    st_store_close(store);
}

/* ---- plans of policies --------------------------------------------------------------------- */

struct policy_check {
    const char *path;
    int exchanges;
};

static void check_step(void *context, const struct st_step *step)
{
    struct policy_check *p = context;
    struct st_error err = {.code = ST_OK};
    struct st_emitted emitted = ST_EMITTED_INIT;
    bool exchange = false;
    if (st_step_check_spread(step, &exchange, &err) != ST_OK)
        fail_msg("%s: %s (%s)", p->path, err.message[0], err.value);
    p->exchanges += exchange;
    st_emit_step(ST_DIALECT_CITUS, step, &emitted);
    assert_null(strstr(emitted.sql.text, "OFFSET"));
    assert_null(strstr(emitted.sql.text, " AS MATERIALIZED"));
    st_emitted_release(&emitted);
}

static int check_policy(const char *path, const struct st_compile_env *env)
{
    struct policy_check p = {.path = path};
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_policy *policy = NULL;
    struct st_compiled *c = NULL;
    st_code code = st_policy_load(&arena, path, &policy, &err);
    if (code == ST_OK)
        code = st_plan_policy(&arena, policy, env, &c, &err);
    if (code != ST_OK)
        fail_msg("%s: %s", path, err.message[0]);
    helper_each_step(c, check_step, &p);
    st_arena_release(&arena);
    return p.exchanges;
}

static void test_plans_of_policies(void **state)
{
    static const char *const patterns[] = {STRATA_SOURCE_DIR "/policies/*.yaml",
        STRATA_SOURCE_DIR "/tests/policy/valid/*/policy.yaml"};
    static const struct st_compile_env envs[] = {{.currency_exponent = -1, .spread = true},
        {.currency_exponent = 2, .foreign = true, .overrides = true, .spread = true},
        {.currency_exponent = 2,
            .foreign = true,
            .overrides = true,
            .merges = true,
            .spread = true}};
    glob_t found = {0};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(patterns); i++)
        assert_int_equal(glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 50);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        bool of_households = strstr(found.gl_pathv[i], "household") != NULL;
        for (size_t e = 0; e < ST_COUNT(envs); e++)
            if (check_policy(found.gl_pathv[i], &envs[e]) > 0 && !of_households && !envs[e].merges)
                fail_msg("%s moves rows between servers", found.gl_pathv[i]);
    }
    globfree(&found);
}

/* ---- statements by hand -------------------------------------------------------------------- */

/* What one pair of parentheses joins, nested ones apart. */
struct level {
    bool outer, tiers; /* has an outer join; names the view of two tables */
    char table[64];    /* a table it names as well; "" for none */
};

static const char *word_after(const char *p, char word[64])
{
    size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz_");
    snprintf(word, 64, "%.*s", (int)(len < 63 ? len : 63), p);
    return p + len;
}

static const char *read_source(const char *p, struct level *level)
{
    char word[64];
    enum st_placement placement;
    p = word_after(p + strspn(p, " \n"), word);
    if (strcmp(word, "tier_state") == 0)
        level->tiers = true;
    else if (st_placement_of(word, &placement))
        snprintf(level->table, sizeof level->table, "%s", word);
    return p;
}

/* Behind what says nothing of joins: a comment, a text; else where it is. */
static const char *skip_words(const char *p)
{
    if (strncmp(p, "--", 2) == 0)
        return p + strcspn(p, "\n");
    return *p == '\'' ? p + 1 + strcspn(p + 1, "'") : p;
}

/* The table that stands beside tier_state and an outer join somewhere in a statement; "": none. */
static void find_beside(const char *sql, char found[64])
{
    struct level levels[32] = {{0}}, *level = levels;
    *found = '\0';
    for (const char *p = skip_words(sql); !*found; p = skip_words(p + 1)) {
        if (*p == '(')
            *++level = (struct level){0};
        else if (strncmp(p, "LEFT JOIN ", 10) == 0 || strncmp(p, "FULL JOIN ", 10) == 0)
            level->outer = true;
        else if (strncmp(p, "JOIN ", 5) == 0 || strncmp(p, "FROM ", 5) == 0)
            p = read_source(p + 5, level) - 1;
        if ((*p == ')' || *p == ';' || !*p) && level->outer && level->tiers)
            snprintf(found, 64, "%s", level->table);
        if (*p == ')' && level > levels)
            level--;
        else if (*p == ';')
            *level = (struct level){0};
        else if (!*p)
            return;
    }
}

/* Citus gathers tier_state's rows where an outer join stands beside it and a table does, too: the
 * table is kept apart. */
static void test_tables_beside_tiers_are_apart(void **state)
{
    static const char apart[] = "/* apart */";
    char beside[64];
    int marks = 0;
    (void)state;
    for (const struct st_sql_file *f = st_sql_files; f->path; f++) {
        find_beside(f->text, beside);
        bool once = strncmp(f->path, "schema/", 7) == 0;
        if (*beside && !once)
            fail_msg("sql/%s joins %s beside tier_state: it is to be kept apart", f->path, beside);
        for (const char *p = f->text; (p = strstr(p, "/*")); p++, marks++)
            if (strncmp(p, apart, sizeof apart - 1) != 0)
                fail_msg("sql/%s: %.20s", f->path, p);
    }
    assert_true(marks > 0);
    find_beside("SELECT 1 FROM tier_state AS s JOIN customer_key AS k ON k.customer_id = "
                "s.customer_id LEFT JOIN (SELECT 1 FROM run AS r) AS x ON x.a = s.tier",
        beside);
    assert_string_equal(beside, "customer_key");
    find_beside("SELECT 1 FROM tier_state AS s JOIN tier AS t ON t.tier_id = s.tier", beside);
    assert_string_equal(beside, "");
}

/* ---- shapes that are refused --------------------------------------------------------------- */

static const char *const by_customer[] = {"customer_id"}, *const by_kind[] = {"kind"};
static const char *const by_account[] = {"account_id"};

static struct st_rel *table(struct st_arena *a, const char *name, const char *second)
{
    const struct st_ir_column columns[] = {
        {.name = "customer_id", .type = ST_IR_BIGINT}, {.name = second, .type = ST_IR_BIGINT}};
    return st_rel_scan(a, name, ST_COUNT(columns), columns);
}

static struct st_rel *small(struct st_arena *a)
{
    static const struct st_ir_column columns[] = {{.name = "kind", .type = ST_IR_BIGINT}};
    return st_rel_scan(a, "product", ST_COUNT(columns), columns);
}

static struct st_ir_column count_rows(struct st_arena *a)
{
    return (struct st_ir_column){
        .name = "rows", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)};
}

static struct st_rel *count_by(
    struct st_arena *a, struct st_rel *rel, size_t count, const char *const *keys)
{
    struct st_ir_column rows = count_rows(a);
    return st_rel_aggregate(a, rel, count, keys, 1, &rows);
}

static struct st_rel *ranked(
    struct st_arena *a, struct st_rel *rel, size_t count, const char *const *partition)
{
    struct st_ir_column place = {.name = "place",
        .expr = st_ir_over(a, ST_WIN_ROW_NUMBER, NULL, count, partition, 1, by_kind)};
    return st_rel_window(a, rel, 1, &place);
}

static struct st_rel *customers(struct st_arena *a)
{
    return table(a, "customer", "kind");
}

static struct st_rel *good_join(struct st_arena *a)
{
    struct st_rel *rel =
        st_rel_widen(a, ST_JOIN_LEFT, customers(a), table(a, "txn", "amount"), 1, by_customer);
    rel = st_rel_widen(a, ST_JOIN_LEFT, rel, small(a), 1, by_kind);
    return ranked(a, rel, 1, by_customer);
}

static struct st_rel *unknown(struct st_arena *a)
{
    return table(a, "elsewhere", "kind");
}

static struct st_rel *at_hand(struct st_arena *a)
{
    return table(a, "quarantine", "kind");
}

static struct st_rel *of_accounts(struct st_arena *a)
{
    return st_rel_widen(a, ST_JOIN_INNER, table(a, "holding", "account_id"),
        table(a, "account", "account_id"), 1, by_account);
}

static struct st_rel *join_by_kind(struct st_arena *a)
{
    struct st_rel *left = customers(a), *right = table(a, "household_member", "kind");
    struct st_ir_column column = st_rel_pass(a, left, 0, "customer_id");
    return st_rel_join(a, ST_JOIN_INNER, left, right, 1, by_kind, 1, &column);
}

static struct st_rel *join_each_with_each(struct st_arena *a)
{
    struct st_rel *left = customers(a);
    struct st_ir_column column = st_rel_pass(a, left, 0, "customer_id");
    return st_rel_join(a, ST_JOIN_INNER, left, table(a, "txn", "kind"), 0, NULL, 1, &column);
}

/* The same rows, customer_id being cast. */
static struct st_rel *cast(struct st_arena *a)
{
    struct st_rel *rel = customers(a);
    struct st_ir_column columns[] = {
        {.name = "customer_id",
            .expr = st_ir_cast(a, st_ir_cast(a, st_ir_column(a, rel, 0, "customer_id"), ST_IR_WIDE),
                ST_IR_BIGINT)},
        st_rel_pass(a, rel, 0, "kind")};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

static struct st_rel *join_with_cast(struct st_arena *a)
{
    return st_rel_widen(a, ST_JOIN_INNER, customers(a), cast(a), 1, by_customer);
}

static struct st_rel *join_twice_on_the_right(struct st_arena *a)
{
    struct st_rel *left = customers(a), *right = table(a, "txn", "amount");
    struct st_ir_column named[] = {
        {.name = "other", .expr = st_ir_column(a, right, 0, "customer_id")},
        st_rel_pass(a, right, 0, "customer_id")};
    right = st_rel_project(a, right, ST_COUNT(named), named);
    struct st_ir_column column = {
        .name = "customer_id", .expr = st_ir_column(a, right, 1, "other")};
    return st_rel_join(a, ST_JOIN_LEFT, left, right, 1, by_customer, 1, &column);
}

static struct st_rel *small_left(struct st_arena *a)
{
    return st_rel_widen(a, ST_JOIN_LEFT, small(a), customers(a), 1, by_kind);
}

static struct st_rel *small_without(struct st_arena *a)
{
    return st_rel_widen(a, ST_JOIN_ANTI, small(a), customers(a), 1, by_kind);
}

static struct st_rel *group_by_kind(struct st_arena *a)
{
    return count_by(a, customers(a), 1, by_kind);
}

static struct st_rel *total(struct st_arena *a)
{
    return count_by(a, customers(a), 0, NULL);
}

static struct st_rel *rank_all(struct st_arena *a)
{
    return ranked(a, customers(a), 0, NULL);
}

static struct st_rel *rank_by_kind(struct st_arena *a)
{
    return ranked(a, customers(a), 1, by_kind);
}

static struct st_rel *rank_of_counts(struct st_arena *a)
{
    return ranked(a, count_by(a, customers(a), 1, by_kind), 0, NULL);
}

static struct st_rel *counts_beside_customers(struct st_arena *a)
{
    return st_rel_widen(a, ST_JOIN_INNER, customers(a), group_by_kind(a), 1, by_kind);
}

static struct st_rel *union_with_small(struct st_arena *a)
{
    static const struct st_ir_column columns[] = {
        {.name = "customer_id", .type = ST_IR_BIGINT}, {.name = "kind", .type = ST_IR_BIGINT}};
    struct st_rel *parts[] = {customers(a), st_rel_scan(a, "run", ST_COUNT(columns), columns)};
    return st_rel_union_all(a, ST_COUNT(parts), parts);
}

static struct st_rel *union_of_small(struct st_arena *a)
{
    struct st_rel *parts[] = {small(a), small(a)};
    return st_rel_widen(
        a, ST_JOIN_INNER, customers(a), st_rel_union_all(a, ST_COUNT(parts), parts), 1, by_kind);
}

static struct st_rel *union_without_key(struct st_arena *a)
{
    struct st_rel *parts[] = {customers(a), cast(a)};
    return st_rel_union_all(a, ST_COUNT(parts), parts);
}

static const struct shape {
    const char *what;
    struct st_rel *(*make)(struct st_arena *a);
    enum st_step_kind kind;
    const char *into;
    const char *said; /* NULL: it is taken */
} shapes[] = {
    {"joins by customer, small tables on the right", good_join, ST_STEP_INSERT, "tier_row", NULL},
    {"a small table's rows into a small one", small, ST_STEP_INSERT, "metric_1_run", NULL},
    {"counts per value, bound", rank_of_counts, ST_STEP_BIND, NULL, NULL},
    {"a total, checked", total, ST_STEP_CHECK, NULL, NULL},
    {"a table of no place", unknown, ST_STEP_INSERT, "tier_row", "place is not known"},
    {"a table of one server", at_hand, ST_STEP_INSERT, "tier_row", "place is not known"},
    {"into a table of no place", customers, ST_STEP_INSERT, "elsewhere", "place is not known"},
    {"rows kept by account", of_accounts, ST_STEP_INSERT, "tier_row", "by account"},
    {"a join without customer_id", join_by_kind, ST_STEP_INSERT, "tier_row", "across servers"},
    {"a join without keys", join_each_with_each, ST_STEP_INSERT, "tier_row", "across servers"},
    {"a join with customer_id cast", join_with_cast, ST_STEP_INSERT, "tier_row", "across servers"},
    {"a left join from a small table", small_left, ST_STEP_BIND, NULL, "no customer's match"},
    {"an anti join from a small table", small_without, ST_STEP_BIND, NULL, "no customer's match"},
    {"groups by something else", group_by_kind, ST_STEP_INSERT, "tier_row", "groups"},
    {"one total beside", total, ST_STEP_INSERT, "tier_row", "groups"},
    {"a rank over all customers", rank_all, ST_STEP_INSERT, "tier_row", "ranks or sums"},
    {"a rank over all customers, bound", rank_all, ST_STEP_BIND, NULL, "ranks or sums"},
    {"a rank within something else", rank_by_kind, ST_STEP_INSERT, "tier_row", "ranks or sums"},
    {"counts beside customers", counts_beside_customers, ST_STEP_BIND, NULL, "together"},
    {"a union with a small table", union_with_small, ST_STEP_INSERT, "tier_row", "unites rows"},
    {"a union of small tables", union_of_small, ST_STEP_INSERT, "tier_row", "unites rows"},
    {"a union that loses customer_id", union_without_key, ST_STEP_INSERT, "tier_row",
        "unites rows"},
    {"customer_id computed", cast, ST_STEP_INSERT, "tier_row", "is computed"},
    {"customer_id of a row that may be missing", join_twice_on_the_right, ST_STEP_INSERT,
        "tier_row", "is computed"},
    {"customers into a small table", customers, ST_STEP_INSERT, "run", "in one table"},
};

static void test_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ST_COUNT(shapes); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        const struct shape *s = &shapes[i];
        const struct st_step step = {
            .kind = s->kind, .label = "the step", .table = s->into, .rel = s->make(&arena)};
        bool exchanges = true;
        st_code code = st_step_check_spread(&step, &exchanges, &err);
        if ((code == ST_OK) != (s->said == NULL) || exchanges)
            fail_msg("%s: %s", s->what, err.message[0]);
        if (s->said && (!strstr(err.message[0], s->said) || !strstr(err.message[0], "the step") ||
                           !err.message[1][0] || !err.value[0] || !err.allowed[0][0]))
            fail_msg("%s: %s", s->what, err.message[0]);
        st_arena_release(&arena);
    }
}

/* A relation that two others read is printed so that the engine may read it twice. */
static void test_shared_relations_are_inlined(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_emitted emitted = ST_EMITTED_INIT;
    (void)state;
    struct st_rel *shared = count_by(&arena, customers(&arena), 1, by_customer);
    struct st_rel *rel = st_rel_widen(&arena, ST_JOIN_INNER, shared, shared, 1, by_customer);
    st_emit_query(ST_DIALECT_CITUS, rel, &emitted);
    assert_non_null(strstr(emitted.sql.text, "r1 AS NOT MATERIALIZED"));
    assert_null(strstr(emitted.sql.text, " AS MATERIALIZED"));
    st_emitted_release(&emitted);
    st_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_table_has_a_place),
        cmocka_unit_test(test_plans_of_policies),
        cmocka_unit_test(test_tables_beside_tiers_are_apart),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_shared_relations_are_inlined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
