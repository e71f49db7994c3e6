/* Methods: a policy's text → tier, rule and score of rows worked out by hand, and every refusal.
 * Each row goes through the evaluation in C and through the plan's own SQL on DuckDB.
 *
 * Rows are written "name=value …" in the value's own unit; what a row does not name is missing.
 * Cuts that a store would bind are given under their parameter's name, as the integers they are.
 */
#include "ir/emit.h"
#include "tier/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <duckdb.h>

#include <cmocka.h>

static const char head[] =
    "strata: 1\n"
    "name: methods\n"
    "attributes: {need: boolean, budget: boolean, strategic: boolean, overdue: boolean,\n"
    "  income: money, grade: number, months: integer, idle: integer, price: number,\n"
    "  quality: number}\n"
    "metrics:\n"
    "  aum: {title: {zh: 月日均, en: Average assets}, from: balance, value: "
    "daily_average(amount),\n"
    "    window: 1 month}\n"
    "  aum_before: {is: 'lag(aum, 3 months)'}\n"
    "  growth: {title: {zh: 增长率, en: Growth}, is: 'aum / aum_before - 1'}\n"
    "  history: {from: txn, value: sum(amount), where: kind = 'sale'}\n"
    "  forecast: {from: txn, value: sum(amount), where: kind = 'order'}\n"
    "  deposits: {from: txn, value: sum(amount), where: kind = 'deposit'}\n"
    "  loans: {from: txn, value: sum(amount), where: kind = 'loan'}\n"
    "  fees: {from: txn, value: sum(amount), where: kind = 'fee'}\n"
    "  visits: {from: txn, value: count()}\n"
    "  recency: {from: txn, value: days_since(max(on_date))}\n"
    "schemes:\n";

struct fixture {
    struct st_arena arena;
    struct st_error err;
    struct st_compiled *compiled;
    const char *row;
    struct st_str why;
    duckdb_database db;
    duckdb_connection connection;
};

static st_code compile(struct fixture *f, const char *schemes)
{
    static const struct st_compile_env env = {.currency_exponent = -1};
    char *text = st_arena_printf(&f->arena, "%s%s", head, schemes);
    struct st_policy *policy = NULL;
    st_code code = st_policy_parse(&f->arena, "methods.yaml", text, strlen(text), &policy, &f->err);
    return code == ST_OK ? st_plan_policy(&f->arena, policy, &env, &f->compiled, &f->err) : code;
}

static void release(struct fixture *f)
{
    duckdb_disconnect(&f->connection);
    duckdb_close(&f->db);
    st_arena_release(&f->arena);
    st_str_release(&f->why);
}

#define FIXTURE                                                                                    \
    {                                                                                              \
        .arena = ST_ARENA_INIT, .row = "", .why = ST_STR_INIT                                      \
    }

/* --- rows --- */

static int scale_of(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->compiled->metric_count; i++)
        if (strcmp(f->compiled->metrics[i].name, name) == 0)
            return f->compiled->metrics[i].scale;
    return 0;
}

static bool known(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->compiled->table_column_count; i++)
        if (strcmp(f->compiled->table_columns[i].name, name) == 0)
            return true;
    return false;
}

/* The value of `name` in "a=1 b=2.50"; false when it is not there. */
static bool row_value(const struct fixture *f, const char *name, st_wide *value)
{
    size_t len = strlen(name);
    for (const char *p = f->row; *p;) {
        size_t span = strcspn(p, " ");
        if (span > len && p[len] == '=' && strncmp(p, name, len) == 0) {
            int64_t number = 0;
            assert_int_equal(
                st_decimal_parse(p + len + 1, span - len - 1, scale_of(f, name), &number), ST_OK);
            *value = number;
            return true;
        }
        p += span + (p[span] == ' ');
    }
    return false;
}

static bool lookup(void *context, const struct st_ir_expr *reference, struct st_ir_value *out)
{
    struct fixture *f = context;
    *out = (struct st_ir_value){.type = reference->type};
    if (row_value(f, reference->name, &out->number))
        return true;
    if (reference->kind != ST_IR_COLUMN)
        return false;
    struct st_ir_expr *added = st_compiled_added_column(f->compiled, reference->name);
    if (added)
        return st_ir_eval(added, lookup, f, out, NULL) == ST_OK;
    out->is_null = strcmp(reference->name, "status") != 0;
    return known(f, reference->name);
}

static struct st_ir_value eval(struct fixture *f, const struct st_ir_expr *expr)
{
    struct st_ir_value value = {.is_null = true};
    if (expr && st_ir_eval(expr, lookup, f, &value, &f->err) != ST_OK)
        fail_msg("%s: %s", f->row, f->err.message[ST_LANG_EN]);
    return value;
}

static int tier_index(const struct st_scheme *s, const struct st_ir_value *tier)
{
    for (size_t i = 0; i < s->tier_count && !tier->is_null; i++)
        if (s->tiers[i].id == (int64_t)tier->number)
            return (int)i;
    return -1;
}

/* "gold", "unrated" or "gated" */
static const char *outcome(struct fixture *f, const struct st_scheme *s)
{
    struct st_ir_value gated = eval(f, s->gated), tier = eval(f, s->tier);
    int index = tier_index(s, &tier);
    if (!gated.is_null && gated.number)
        return "gated";
    return index < 0 ? "unrated" : s->tiers[index].code;
}

static const char *explain(struct fixture *f, const struct st_scheme *s, enum st_lang lang)
{
    struct st_ir_value tier = eval(f, s->tier), rule = eval(f, s->rule), score = eval(f, s->score);
    struct st_why why = {.arena = &f->arena,
        .lang = lang,
        .policy = f->compiled->policy,
        .scheme = s,
        .tier = tier_index(s, &tier),
        .rule = (int64_t)rule.number,
        .score = (int64_t)score.number,
        .has_score = !score.is_null,
        .lookup = lookup,
        .context = f,
        .out = &f->why};
    st_str_reset(&f->why);
    s->ops->why(&why);
    return f->why.text;
}

/* --- the same by SQL --- */

static void run_sql(struct fixture *f, const char *sql)
{
    duckdb_result result;
    if (duckdb_query(f->connection, sql, &result) != DuckDBSuccess)
        fail_msg("%s\n%s", duckdb_result_error(&result), sql);
    duckdb_destroy_result(&result);
}

static void open_store(struct fixture *f)
{
    struct st_str sql = ST_STR_INIT;
    assert_int_equal(duckdb_open(NULL, &f->db), DuckDBSuccess);
    assert_int_equal(duckdb_connect(f->db, &f->connection), DuckDBSuccess);
    st_emit_create_table(ST_DIALECT_DUCKDB, f->compiled->metric_table, f->compiled->table_columns,
        f->compiled->table_column_count, &sql);
    run_sql(f, sql.text);
    st_str_release(&sql);
}

/* The row as the one customer of the metric table. */
static void store_row(struct fixture *f)
{
    struct st_str sql = ST_STR_INIT;
    st_str_addf(&sql, "DELETE FROM %s; INSERT INTO %s VALUES (", f->compiled->metric_table,
        f->compiled->metric_table);
    for (size_t i = 0; i < f->compiled->table_column_count; i++) {
        const char *name = f->compiled->table_columns[i].name;
        st_wide value = strcmp(name, "status") != 0;
        st_str_add(&sql, i ? ", " : "");
        if (row_value(f, name, &value) || i < 3)
            st_str_addf(&sql, "%lld", (long long)value);
        else
            st_str_add(&sql, "NULL");
    }
    st_str_add(&sql, ")");
    run_sql(f, sql.text);
    st_str_release(&sql);
}

static void bind(struct fixture *f, duckdb_prepared_statement statement, size_t i, const char *name)
{
    st_wide value = 1; /* run_id, tier_series */
    for (size_t k = 0; k < f->compiled->params.count; k++)
        if (strcmp(f->compiled->params.items[k]->name, name) == 0 &&
            f->compiled->params.items[k]->kind != ST_PLAN_RUN_ID &&
            f->compiled->params.items[k]->kind != ST_PLAN_TIER_SERIES)
            assert_true(row_value(f, name, &value));
    assert_int_equal(duckdb_bind_int64(statement, i + 1, (int64_t)value), DuckDBSuccess);
}

static const struct st_step *step_of(const struct fixture *f, const struct st_scheme *s)
{
    for (size_t i = 0; i < f->compiled->step_count; i++)
        if (f->compiled->steps[i].kind == ST_STEP_INSERT &&
            strcmp(f->compiled->steps[i].label, s->def->name) == 0)
            return &f->compiled->steps[i];
    fail_msg("no step for %s", s->def->name);
    return NULL;
}

static void check_number(const char *what, const struct st_ir_value *want, duckdb_result *result,
    const struct st_rel *rel, const char *column)
{
    idx_t i = 0;
    while (strcmp(rel->columns[i].name, column) != 0)
        i++;
    bool is_null = duckdb_value_is_null(result, i, 0);
    int64_t got = duckdb_value_int64(result, i, 0);
    if (is_null != want->is_null || (!is_null && got != (int64_t)want->number))
        fail_msg("%s: %s by SQL is %s%lld, in C %s%lld", what, column, is_null ? "NULL " : "",
            (long long)got, want->is_null ? "NULL " : "", (long long)want->number);
}

static void check_sql(struct fixture *f, const struct st_scheme *s, const char *what)
{
    const struct st_step *step = step_of(f, s);
    struct st_emitted emitted = ST_EMITTED_INIT;
    duckdb_prepared_statement statement;
    duckdb_result result;
    store_row(f);
    st_emit_query(ST_DIALECT_DUCKDB, step->rel, &emitted);
    if (duckdb_prepare(f->connection, emitted.sql.text, &statement) != DuckDBSuccess)
        fail_msg("%s: %s\n%s", what, duckdb_prepare_error(statement), emitted.sql.text);
    for (size_t i = 0; i < emitted.params.count; i++)
        bind(f, statement, i, emitted.params.items[i].name);
    if (duckdb_execute_prepared(statement, &result) != DuckDBSuccess)
        fail_msg("%s: %s\n%s", what, duckdb_result_error(&result), emitted.sql.text);
    assert_int_equal(duckdb_row_count(&result), 1);
    struct st_ir_value tier = eval(f, s->tier), rule = eval(f, s->rule), score = eval(f, s->score);
    check_number(what, &tier, &result, step->rel, "tier");
    check_number(what, &rule, &result, step->rel, "rule");
    check_number(what, &score, &result, step->rel, "score");
    duckdb_destroy_result(&result);
    duckdb_destroy_prepare(&statement);
    st_emitted_release(&emitted);
}

/* A customer, and what comes out. `why` (nullable) is part of the explanation in English. */
struct row {
    const char *what, *row, *tier;
    int64_t rule;
    const char *score, *why; /* nullable */
};

static void check_row(struct fixture *f, const struct st_scheme *s, const struct row *row)
{
    f->row = row->row;
    const char *tier = outcome(f, s);
    int64_t rule = (int64_t)eval(f, s->rule).number;
    if (strcmp(tier, row->tier) != 0 || rule != row->rule)
        fail_msg("%s: %s: got %s by rule %lld, want %s by rule %lld", row->what, row->row, tier,
            (long long)rule, row->tier, (long long)row->rule);
    struct st_ir_value score = eval(f, s->score);
    char text[ST_DECIMAL_TEXT_SIZE] = "none";
    if (!score.is_null)
        st_decimal_format((int64_t)score.number, s->score_scale, text);
    if (row->score && strcmp(text, row->score) != 0)
        fail_msg("%s: %s: got score %s, want %s", row->what, row->row, text, row->score);
    if (!*explain(f, s, ST_LANG_ZH) || !*explain(f, s, ST_LANG_EN))
        fail_msg("%s: %s: no explanation", row->what, row->row);
    if (row->why && !strstr(f->why.text, row->why))
        fail_msg("%s: %s: got explanation\n%swant in it\n%s", row->what, row->row, f->why.text,
            row->why);
    check_sql(f, s, row->what);
}

static void check_rows(const char *schemes, const char *name, size_t count, const struct row *rows)
{
    struct fixture f = FIXTURE;
    if (compile(&f, schemes) != ST_OK)
        fail_msg("%d:%d %s (%s)", f.err.line, f.err.column, f.err.message[ST_LANG_EN],
            f.err.hint[ST_LANG_EN]);
    const struct st_scheme *s = st_compiled_scheme(f.compiled, name);
    assert_non_null(s);
    open_store(&f);
    for (size_t i = 0; i < count; i++)
        check_row(&f, s, &rows[i]);
    release(&f);
}

#define CHECK_ROWS(schemes, name, rows) check_rows((schemes), (name), ST_COUNT(rows), (rows))

/* --- refusals --- */

struct refusal {
    const char *what, *schemes, *message;
    const char *help; /* part of the hint or of what is allowed; nullable */
};

static void check_refusal(const struct refusal *r)
{
    struct fixture f = FIXTURE;
    st_code code = compile(&f, r->schemes);
    const struct st_error *e = &f.err;
    if (code == ST_OK)
        fail_msg("%s: accepted", r->what);
    if (!strstr(e->message[ST_LANG_EN], r->message))
        fail_msg("%s: got \"%s\", want \"%s\"", r->what, e->message[ST_LANG_EN], r->message);
    if (r->help && !strstr(e->hint[ST_LANG_EN], r->help) &&
        !strstr(e->allowed[ST_LANG_EN], r->help))
        fail_msg("%s: got hint \"%s\", allowed \"%s\", want \"%s\"", r->what, e->hint[ST_LANG_EN],
            e->allowed[ST_LANG_EN], r->help);
    if (!e->message[ST_LANG_ZH][0] || e->line <= 17 || e->column <= 0)
        fail_msg("%s: no Chinese, or no place: %d:%d %s", r->what, e->line, e->column,
            e->message[ST_LANG_ZH]);
    if (strncmp(e->path, "schemes.", 8) != 0)
        fail_msg("%s: path %s", r->what, e->path);
    release(&f);
}

#define CHECK_REFUSALS(rows)                                                                       \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < ST_COUNT(rows); i_++)                                             \
            check_refusal(&(rows)[i_]);                                                            \
    } while (0)

/* --- thresholds --- */

static const char asset[] =
    "  asset:\n"
    "    method: thresholds\n"
    "    value: aum\n"
    "    tiers: [{code: hnw, from: 5_000_000}, {code: mid, from: 50万}, {code: base}]\n";

static void test_thresholds_bounds_are_inclusive(void **state)
{
    static const struct row rows[] = {
        {"on the bound", "aum=500000.00", "mid", 2, "none",
            "Average assets is 500,000.00: at least 500,000.00, below 5,000,000.00"},
        {"a cent below", "aum=499999.99", "base", 3, "none", "below 500,000.00"},
        {"the highest", "aum=5000000", "hnw", 1, "none", NULL},
        {"negative", "aum=-0.01", "base", 3, "none", "-0.01"},
        {"far below", "aum=-90000000000000", "base", 3, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(asset, "asset", rows);
}

static void test_thresholds_above_is_exclusive(void **state)
{
    static const char deposit[] = "  deposit:\n"
                                  "    method: thresholds\n"
                                  "    value: aum\n"
                                  "    tiers: [{code: card, above: 10万}, {code: mid, from: 5万},\n"
                                  "      {code: low, above: -1}, {code: debt}]\n";
    static const struct row rows[] = {
        {"on the bound", "aum=100000.00", "mid", 2, "none",
            "Average assets is 100,000.00: at least 50,000.00, at most 100,000.00"},
        {"a cent above", "aum=100000.01", "card", 1, "none", ": above 100,000.00"},
        {"an inclusive bound beside it", "aum=50000.00", "mid", 2, "none", NULL},
        {"between", "aum=0", "low", 3, "none", ": above -1.00, below 50,000.00"},
        {"on the lowest", "aum=-1", "debt", 4, "none", ": at most -1.00"},
    };
    (void)state;
    CHECK_ROWS(deposit, "deposit", rows);
}

static void test_thresholds_rank(void **state)
{
    static const struct {
        const char *key;
        bool ranked;
    } rows[] = {{"", true}, {"    ranked: true\n", true}, {"    ranked: false\n", false}};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct fixture f = FIXTURE;
        char text[256];
        snprintf(text, sizeof text,
            "  kinds:\n    method: thresholds\n%s    tiers: [{code: a, when: visits > 1}, "
            "{code: b}]\n",
            rows[i].key);
        assert_int_equal(compile(&f, text), ST_OK);
        assert_int_equal(st_compiled_scheme(f.compiled, "kinds")->ranked, rows[i].ranked);
        release(&f);
    }
}

static void test_thresholds_conditions_in_order(void **state)
{
    static const char vip[] = "  vip:\n"
                              "    method: thresholds\n"
                              "    tiers:\n"
                              "      - {code: vip, when: aum >= 1_000_000 or income >= 500_000}\n"
                              "      - {code: loyal, when: visits >= 12}\n"
                              "      - {code: plain}\n";
    static const struct row rows[] = {
        {"either side of or", "aum=1000000 visits=0", "vip", 1, "none", "holds:"},
        {"the other side", "aum=0 income=500000 visits=0", "vip", 1, "none", NULL},
        {"a missing income does not hold", "aum=999999.99 visits=12", "loyal", 2, "none", NULL},
        {"the rest", "aum=0 income=1 visits=11", "plain", 3, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(vip, "vip", rows);
}

static void test_thresholds_missing_values(void **state)
{
    static const char wealth[] = "  wealth:\n"
                                 "    method: thresholds\n"
                                 "    value: income\n"
                                 "    tiers: [{code: high, from: 200_000}, {code: low}]\n"
                                 "    nulls: unrated\n";
    static const struct row rows[] = {
        {"missing", "", "unrated", 0, "none", "missing"},
        {"known", "income=200000", "high", 1, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(wealth, "wealth", rows);
}

/* --- pyramid and pareto: the cuts as a store would bind them --- */

static void test_pyramid_compares_with_cuts(void **state)
{
    static const char pyramid[] =
        "  top:\n"
        "    method: pyramid\n"
        "    value: aum\n"
        "    tiers: [{code: one, top: 1%}, {code: five, top: 5%}, {code: rest}]\n";
    static const struct row rows[] = {
        {"at the cut", "aum=9000 top:one=900000 top:five=10000", "one", 1, "none", "9,000.00"},
        {"a cent below", "aum=8999.99 top:one=900000 top:five=10000", "five", 2, "none", NULL},
        {"the rest", "aum=99.99 top:one=900000 top:five=10000", "rest", 3, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(pyramid, "top", rows);
}

static void test_pareto_compares_with_cuts(void **state)
{
    static const char abc[] =
        "  abc:\n"
        "    method: pareto\n"
        "    value: aum\n"
        "    tiers: [{code: a, until: 70%}, {code: b, until: 90%}, {code: c}]\n";
    static const struct row rows[] = {
        {"at the cut", "aum=7000 abc:a=700000 abc:b=1", "a", 1, "none", NULL},
        {"between", "aum=0.01 abc:a=700000 abc:b=1", "b", 2, "none", NULL},
        {"nothing is positive", "aum=0 abc:a=700000 abc:b=1", "c", 3, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(abc, "abc", rows);
}

static void test_pareto_by_own_share(void **state)
{
    static const char abc[] = "  abc:\n"
                              "    method: pareto\n"
                              "    share: own\n"
                              "    value: aum\n"
                              "    tiers: [{code: a, above: 70%}, {code: b, from: 30%}, "
                              "{code: c}]\n";
    static const struct row rows[] = {
        {"at the cut", "aum=7000.01 abc:a=700001 abc:b=300000", "a", 1, "none",
            "the share of the total that is asked for, 70 %"},
        {"a cent below", "aum=7000 abc:a=700001 abc:b=300000", "b", 2, "none", "3,000.00"},
        {"the rest", "aum=2999.99 abc:a=700001 abc:b=300000", "c", 3, "none", "has not the share"},
    };
    (void)state;
    CHECK_ROWS(abc, "abc", rows);
}

/* --- what tiers say for people --- */

static void test_tiers_keep_needs_and_services(void **state)
{
    static const char schemes[] =
        "  asset:\n"
        "    method: thresholds\n"
        "    value: aum\n"
        "    tiers:\n"
        "      - {code: high, from: 1, needs: [{zh: 传承, en: Legacy}], services: [经理, 茶]}\n"
        "      - {code: low}\n"
        "  admitted:\n"
        "    method: gate\n"
        "    conditions: [{code: seen, when: visits > 0}]\n"
        "    then: asset\n"
        "  stage:\n"
        "    method: lifecycle\n"
        "    tenure: visits\n"
        "    growth: visits\n"
        "    tiers: [{code: decline, services: [回访]}]\n";
    static const struct {
        const char *scheme, *tier, *title, *need, *service;
        size_t needs, services;
    } rows[] = {
        {"asset", "high", "high", "Legacy", "经理", 1, 2},
        {"asset", "low", "low", NULL, NULL, 0, 0},
        {"admitted", "high", "high", "Legacy", "经理", 1, 2},
        {"stage", "decline", "Decline", NULL, "回访", 0, 1},
        {"stage", "growth", "Growth", NULL, NULL, 0, 0},
    };
    struct fixture f = FIXTURE;
    (void)state;
    assert_int_equal(compile(&f, schemes), ST_OK);
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        const struct st_scheme *s = st_compiled_scheme(f.compiled, rows[i].scheme);
        const struct st_tier *t = &s->tiers[st_method_tier_index(s, rows[i].tier, NULL, NULL)];
        assert_string_equal(t->title.en, rows[i].title);
        assert_int_equal(t->needs.count, rows[i].needs);
        assert_int_equal(t->services.count, rows[i].services);
        if (rows[i].need)
            assert_string_equal(t->needs.items[0].en, rows[i].need);
        if (rows[i].service)
            assert_string_equal(t->services.items[0].en, rows[i].service);
    }
    release(&f);
}

/* --- rfm --- */

static void test_rfm_scores_by_fixed_cuts(void **state)
{
    static const char rfm[] =
        "  rfm:\n"
        "    method: rfm\n"
        "    recency: recency\n"
        "    frequency: visits\n"
        "    monetary: aum\n"
        "    bins: 3\n"
        "    cuts: {recency: [30, 90], frequency: [2, 10], monetary: [1000, 50000]}\n"
        "    segments: [{code: best, r: 3, f: [2, 3], m: 3}, {code: others}]\n"
        "    nulls: unrated\n";
    static const struct row rows[] = {
        {"few days are good", "recency=29 visits=10 aum=50000", "best", 333, NULL, "RFM"},
        {"a cut is inclusive", "recency=30 visits=2 aum=1000", "others", 222, NULL, NULL},
        {"the worst", "recency=90 visits=1 aum=999.99", "others", 111, NULL, NULL},
        {"never seen", "visits=0 aum=0", "unrated", 0, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(rfm, "rfm", rows);
}

/* --- scorecard --- */

static const char card[] =
    "  card:\n"
    "    method: scorecard\n"
    "    items:\n"
    "      history:\n"
    "        title: {zh: 历史销售, en: Sales history}\n"
    "        value: history\n"
    "        weight: 50%\n"
    "        bands: [{from: 2_000_000, score: 100}, {from: 1_000_000, score: 90}, {score: 60}]\n"
    "      forecast:\n"
    "        value: forecast\n"
    "        weight: 50%\n"
    "        bands: [{from: 5_000_000, score: 100}, {from: 3_000_000, score: 70}, {score: 0}]\n"
    "    multipliers: [{title: {zh: 战略客户, en: Strategic}, when: strategic, factor: 1.05}]\n"
    "    caps: [{title: {zh: 逾期, en: Overdue}, when: overdue, score: 59}]\n"
    "    tiers: [{code: a, from: 80}, {code: b, from: 60}, {code: c}]\n";

static void test_scorecard_worked_example(void **state)
{
    static const struct row rows[] = {
        {"the published example", "history=1500000 forecast=4000000 strategic=1", "a", 1,
            "84.00000000",
            "Sales history is 1,500,000.00, at least 1,000,000.00, "
            "below 2,000,000.00: 90 points × 50 %"},
        {"the steps are told", "history=1500000 forecast=4000000 strategic=1", "a", 1, NULL,
            "weighted score 80\nStrategic: × 1.05\nscore 84: at least 80"},
        {"without the bonus, on the bound", "history=1500000 forecast=4000000 strategic=0", "a", 1,
            "80.00000000", NULL},
        {"an unknown condition does not hold", "history=1500000 forecast=4000000", "a", 1,
            "80.00000000", NULL},
        {"band bounds are inclusive", "history=1000000 forecast=3000000", "a", 1, "80.00000000",
            NULL},
        {"a cent below", "history=999999.99 forecast=3000000", "b", 2, "65.00000000",
            "below 1,000,000.00: 60 points"},
        {"the rest of both", "history=-5 forecast=0", "c", 3, "30.00000000", "score 30: below 60"},
        {"a cap comes last", "history=2000000 forecast=5000000 strategic=1 overdue=1", "c", 3,
            "59.00000000", "Overdue: at most 59"},
        {"a cap never raises", "history=0 forecast=0 overdue=1", "c", 3, "30.00000000", NULL},
    };
    (void)state;
    CHECK_ROWS(card, "card", rows);
}

/* 0.5 × 10^−8 × 100 is 0.0000005; rounding after the first factor would make it 0.000001. */
static void test_scorecard_rounds_once(void **state)
{
    static const char fine[] =
        "  fine:\n"
        "    method: scorecard\n"
        "    items:\n"
        "      x: {value: visits, weight: 100%, bands: [{from: 1, score: 0.5}, {score: -0.5}]}\n"
        "    multipliers:\n"
        "      - {when: strategic, factor: 0.00000001}\n"
        "      - {when: overdue, factor: 100}\n"
        "    tiers: [{code: up, from: 0.0000005}, {code: down}]\n";
    static const struct row rows[] = {
        {"exact until the end", "visits=1 strategic=1 overdue=1", "up", 1, "0.00000050", NULL},
        {"a half goes away from zero", "visits=1 strategic=1", "down", 2, "0.00000001", NULL},
        {"below zero too", "visits=0 strategic=1", "down", 2, "-0.00000001", NULL},
        {"no factor", "visits=0", "down", 2, "-0.50000000", NULL},
    };
    (void)state;
    CHECK_ROWS(fine, "fine", rows);
}

static void test_scorecard_missing_value(void **state)
{
    static const char nulls[] =
        "  n:\n"
        "    method: scorecard\n"
        "    items:\n"
        "      x: {value: income, weight: 40%, bands: [{from: 1, score: 10}, {score: 0}]}\n"
        "      y: {value: visits, weight: 60%, bands: [{from: 1, score: 10}, {score: 0}]}\n"
        "    caps: [{when: overdue, score: 3}]\n"
        "    tiers: [{code: up, from: 5}, {code: down}]\n"
        "    nulls: down\n";
    static const struct row rows[] = {
        {"missing has no score, capped or not", "visits=1 overdue=1", "down", 0, "none",
            "x is missing"},
        {"known", "income=1 visits=0", "down", 2, "4.00000000", NULL},
        {"both", "income=1 visits=1", "up", 1, "10.00000000", NULL},
    };
    (void)state;
    CHECK_ROWS(nulls, "n", rows);
}

#define CARD(items, rest)                                                                          \
    "  card:\n    method: scorecard\n    items:\n" items "    tiers: " rest "\n"
#define ITEM(name, weight, bands)                                                                  \
    "      " name ": {value: visits, weight: " weight ", bands: " bands "}\n"
#define TWO_BANDS "[{from: 5, score: 100}, {score: 0}]"

static void test_scorecard_refusals(void **state)
{
    static const struct refusal rows[] = {
        {"weights short of the whole",
            CARD(ITEM("x", "50%", TWO_BANDS) ITEM("y", "49.99%", TWO_BANDS), "[{code: a}]"),
            "do not total 100%", "33.34%"},
        {"bands that grow",
            CARD(ITEM("x", "100%",
                     "[{from: 1, score: 1}, {from: 2, score: 2}, "
                     "{score: 0}]"),
                "[{code: a}]"),
            "band can never be reached", "highest first"},
        {"equal bands",
            CARD(ITEM("x", "100%",
                     "[{from: 1, score: 1}, {from: 1.0, score: 2}, "
                     "{score: 0}]"),
                "[{code: a}]"),
            "band can never be reached", NULL},
        {"no band for the rest", CARD(ITEM("x", "100%", "[{from: 1, score: 1}]"), "[{code: a}]"),
            "last band must be the rest", NULL},
        {"a band without from: in between",
            CARD(ITEM("x", "100%", "[{score: 1}, {score: 0}]"), "[{code: a}]"),
            "has no from:", "only the last"},
        {"more decimals than the value",
            CARD(ITEM("x", "100%", "[{from: 1.5, score: 1}, {score: 0}]"), "[{code: a}]"),
            "more decimals", "at most 0"},
        {"a bound that varies",
            CARD(ITEM("x", "100%", "[{from: visits, score: 1}, {score: 0}]"), "[{code: a}]"),
            "must be a constant", NULL},
        {"a tier above every score",
            CARD(ITEM("x", "100%", TWO_BANDS), "[{code: a, from: 100.01}, {code: b}]"),
            "tier a can never be reached", "0.00 to 100.00"},
        {"a rest below every score",
            CARD(ITEM("x", "100%", TWO_BANDS), "[{code: a, from: 0}, {code: b}]"),
            "tier b can never be reached", "scores are"},
        {"tiers that grow",
            CARD(ITEM("x", "100%", TWO_BANDS),
                "[{code: a, from: 50}, {code: b, from: 50}, {code: c}]"),
            "tier b can never be reached", "highest first"},
        {"no tier for the rest", CARD(ITEM("x", "100%", TWO_BANDS), "[{code: a, from: 50}]"),
            "last one must be the rest", NULL},
        {"a text is no value",
            CARD("      x: {value: kind, weight: 100%, bands: [{score: 1}]}\n", "[{code: a}]"),
            "must be a number, money or a date", "case when"},
        {"nulls: undeclared",
            CARD("      x: {value: income, weight: 100%, bands: [{score: 1}]}\n", "[{code: a}]"),
            "can be missing", "nulls: a"},
        {"nulls: without a reason", CARD(ITEM("x", "100%", TWO_BANDS), "[{code: a}]\n    nulls: a"),
            "never missing", NULL},
        {"too many digits",
            CARD(ITEM("x", "100%", "[{from: 1, score: 99.99999999}, {score: 0}]"),
                "[{code: a, from: 1}, {code: b}]\n    multipliers:\n"
                "      - {when: need, factor: 1.00000001}\n"
                "      - {when: need, factor: 1.00000001}\n"
                "      - {when: need, factor: 1.00000001}"),
            "too many digits", "fewer decimals"},
        {"an unknown key",
            CARD("      x: {value: visits, wieght: 100%, bands: [{score: 1}]}\n", "[{code: a}]"),
            "wieght", "weight"},
    };
    (void)state;
    CHECK_REFUSALS(rows);
}

/* --- lifecycle --- */

static void test_lifecycle_every_stage(void **state)
{
    static const char life[] = "  life:\n"
                               "    method: lifecycle\n"
                               "    tenure: months\n"
                               "    growth: growth\n"
                               "    inactive_days: idle\n"
                               "    nulls: unrated\n"
                               "    tiers: [{code: lost, title: {zh: 已流失, en: Gone}}]\n";
    static const struct row rows[] = {
        {"lost, however new", "months=2 growth=0.5 idle=365", "lost", 6, "none",
            "no activity for 365 days: at least 365"},
        {"lost without a tenure", "idle=400", "lost", 6, "none", NULL},
        {"dormant", "months=2 growth=0.5 idle=180", "dormant", 5, "none",
            "180 days: at least 180, below 365"},
        {"a day before lost", "months=60 growth=0 idle=364", "dormant", 5, "none", NULL},
        {"introduction", "months=5 growth=0.5 idle=179", "introduction", 1, "none",
            "a customer for 5 months: below 6"},
        {"introduction before any movement", "months=0", "introduction", 1, "none", NULL},
        {"growth, on the bound", "months=6 growth=0.1 idle=0", "growth", 2, "none",
            "Growth is 10 %: at least 10 %"},
        {"just short of growth", "months=6 growth=0.09999999 idle=0", "maturity", 3, "none",
            "Growth is 9.999999 %: above -10 %, below 10 %"},
        {"decline, on the bound", "months=6 growth=-0.1 idle=0", "decline", 4, "none",
            "at most -10 %"},
        {"just short of decline", "months=6 growth=-0.09999999 idle=0", "maturity", 3, "none",
            NULL},
        {"nothing to compare with", "months=6 idle=0", "maturity", 7, "none", "no earlier value"},
        {"activity unknown", "months=6 growth=0.5", "unrated", 0, "none", "unknown"},
        {"tenure unknown", "growth=0.5 idle=0", "unrated", 0, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(life, "life", rows);
}

static void test_lifecycle_without_activity(void **state)
{
    static const char life[] = "  life:\n"
                               "    method: lifecycle\n"
                               "    tenure: visits\n"
                               "    growth: growth\n"
                               "    introduction_months: 3\n"
                               "    growing: 0.25\n"
                               "    shrinking: 0\n"
                               "    growth_nulls: growth\n";
    static const struct row rows[] = {
        {"introduction", "visits=2 growth=9", "introduction", 1, "none", NULL},
        {"growth", "visits=3 growth=0.25", "growth", 2, "none", NULL},
        {"maturity", "visits=3 growth=0.00000001", "maturity", 3, "none", NULL},
        {"decline", "visits=3 growth=0", "decline", 4, "none", NULL},
        {"no earlier value, as declared", "visits=3", "growth", 7, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(life, "life", rows);
}

#define LIFE(rest) "  life: {method: lifecycle, tenure: visits, growth: growth, " rest "}\n"

static void test_lifecycle_refusals(void **state)
{
    static const struct refusal rows[] = {
        {"growing below shrinking", LIFE("growing: -20%"),
            "shrinking: is not below growing:", "-10%"},
        {"equal bounds", LIFE("growing: 5%, shrinking: 5%"), "not below", NULL},
        {"lost before dormant", LIFE("inactive_days: idle, nulls: unrated, lost_days: 180"),
            "nobody can be dormant", "365"},
        {"days without activity", LIFE("lost_days: 400"),
            "no meaning without inactive_days:", NULL},
        {"an unknown stage", LIFE("tiers: [{code: growht, title: x}]"), "no tier growht",
            "did you mean growth"},
        {"a stage without activity", LIFE("tiers: [{code: lost, title: x}]"), "no tier lost",
            "with inactive_days"},
        {"nulls: undeclared", LIFE("inactive_days: idle"), "can be missing", NULL},
        {"growth in money", "  life: {method: lifecycle, tenure: visits, growth: aum}\n",
            "must be a number", NULL},
        {"an unknown outcome", LIFE("growth_nulls: gone"), "no tier gone", NULL},
    };
    (void)state;
    CHECK_REFUSALS(rows);
}

/* --- preference --- */

static void test_preference_by_share(void **state)
{
    static const char lean[] =
        "  lean:\n"
        "    method: preference\n"
        "    shares:\n"
        "      - {code: deposit, title: {zh: 存款依赖, en: Deposits}, value: deposits}\n"
        "      - {code: loan, value: loans}\n"
        "      - {code: fee, value: fees}\n"
        "    otherwise: {code: balanced, title: {zh: 均衡, en: Balanced}}\n"
        "    nulls: unrated\n";
    static const struct row rows[] = {
        {"more than half", "deposits=50.01 loans=50 fees=0", "deposit", 1, "none",
            "Deposits: 50.01 of 100.01, about 50 %\n"},
        {"exactly half is not", "deposits=50 loans=50 fees=0", "balanced", 4, "none",
            "no share is above 50 %"},
        {"the last", "deposits=10 loans=10 fees=20.01", "fee", 3, "none",
            "the share of fee is above 50 %"},
        {"a negative counts as nothing", "deposits=-1000 loans=1 fees=0.5", "loan", 2, "none",
            NULL},
        {"a missing value counts as nothing", "loans=1", "loan", 2, "none", NULL},
        {"nothing of anything", "deposits=0 loans=-1 fees=0", "unrated", 0, "none", NULL},
        {"all missing", "", "unrated", 0, "none", "missing, zero or negative"},
        {"beyond 64 bits when multiplied", "deposits=60000000000000 loans=59999999999999.99 fees=0",
            "deposit", 1, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(lean, "lean", rows);
}

static void test_preference_by_indicators(void **state)
{
    static const char habit[] = "  habit:\n"
                                "    method: preference\n"
                                "    indicators:\n"
                                "      - {code: relationship, points: visits}\n"
                                "      - {code: quality, points: quality}\n"
                                "      - {code: price, points: price}\n"
                                "    otherwise: {code: none}\n";
    static const struct row rows[] = {
        {"the most points", "visits=1 quality=2.5 price=2.49999999", "quality", 2, "none",
            "quality has the most points\n"},
        {"a tie goes to the first", "visits=1 quality=2 price=2", "quality", 2, "none",
            "the first of equals"},
        {"a tie of all", "visits=2 quality=2 price=2", "relationship", 1, "none", NULL},
        {"the last", "visits=0 price=0.00000001", "price", 3, "none", NULL},
        {"nobody", "visits=0 quality=0", "none", 4, "none", "none has any points"},
        {"negative points are none", "visits=0 quality=-1 price=-3", "none", 4, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(habit, "habit", rows);
}

#define LEAN(rest) "  lean: {method: preference, otherwise: {code: balanced}, " rest "}\n"
#define SHARES "shares: [{code: d, value: deposits}, {code: l, value: loans}]"

static void test_preference_refusals(void **state)
{
    static const struct refusal rows[] = {
        {"a bound below half", LEAN(SHARES ", nulls: unrated, bound: 40%"), "both dominate",
            "50% or more"},
        {"neither list", LEAN("nulls: unrated"), "either shares: or indicators:", NULL},
        {"both lists", LEAN(SHARES ", indicators: [{code: x, points: visits}]"),
            "either shares: or indicators:", NULL},
        {"one share is always the whole", LEAN("shares: [{code: d, value: deposits}]"),
            "list of choices", "2 to 20"},
        {"nulls: undeclared", LEAN(SHARES), "can be missing", "nulls:"},
        {"a bound on points",
            LEAN("bound: 60%, indicators: [{code: x, points: visits}, "
                 "{code: y, points: price}]"),
            "no meaning beside indicators:", NULL},
        {"the other's key", LEAN("shares: [{code: d, points: deposits}, {code: l, value: loans}]"),
            "value: instead", NULL},
        {"money beside numbers",
            LEAN("nulls: unrated, shares: [{code: d, value: deposits}, {code: v, value: visits}]"),
            "cannot be compared", "all of them money"},
        {"otherwise: with a value",
            "  lean: {method: preference, nulls: unrated, " SHARES
            ", otherwise: {code: b, value: fees}}\n",
            "code: and title: only", NULL},
        {"a code twice",
            "  lean: {method: preference, nulls: unrated, " SHARES ", otherwise: {code: d}}\n",
            "two tiers have the code d", NULL},
    };
    (void)state;
    CHECK_REFUSALS(rows);
}

/* --- matrix --- */

#define AXES                                                                                       \
    "  value: {method: thresholds, title: {zh: 价值, en: Value}, value: aum,\n"                  \
    "    tiers: [{code: high, from: 100}, {code: low}]}\n"                                         \
    "  promise: {method: thresholds, title: {zh: 潜力, en: Promise}, value: income,\n"           \
    "    tiers: [{code: great, from: 50}, {code: some, from: 10}, {code: little}], nulls: "        \
    "unrated}\n"
#define CROSS(rest)                                                                                \
    AXES "  cross: {method: matrix, rows: value, columns: promise, "                               \
         "tiers: [{code: main}, {code: grow}, {code: keep}], " rest "}\n"

static void test_matrix_cells(void **state)
{
    static const char cross[] =
        /* defined before what it refers to */
        "  cross:\n"
        "    method: matrix\n"
        "    rows: value\n"
        "    columns: promise\n"
        "    tiers:\n"
        "      - {code: main, title: {zh: 主力, en: Main force}}\n"
        "      - {code: grow, title: {zh: 培育, en: Cultivate}}\n"
        "      - {code: keep, title: {zh: 维持, en: Maintain}}\n"
        "    cells:\n"
        "      - {row: high, column: great, tier: main}\n"
        "      - {row: high, column: some, tier: grow}\n"
        "      - {row: high, column: little, tier: unrated}\n"
        "      - {row: low, column: all, tier: keep}\n"
        "    nulls: keep\n" AXES;
    static const struct row rows[] = {
        {"first cell", "aum=100 income=50", "main", 1, "none",
            "the cell high × great is Main force"},
        {"the schemes explain themselves", "aum=100 income=50", "main", 1, "none",
            "Value: high\nAverage assets is 100.00: at least 100.00"},
        {"second cell", "aum=100 income=49.99", "grow", 2, "none", NULL},
        {"a cell that is unrated", "aum=100 income=9.99", "unrated", 3, "none", "is unrated"},
        {"a whole row", "aum=99.99 income=50", "keep", 4, "none", NULL},
        {"its end", "aum=0 income=0", "keep", 6, "none", NULL},
        {"unrated in one scheme", "aum=100", "keep", 0, "none", "Promise: unrated"},
    };
    (void)state;
    CHECK_ROWS(cross, "cross", rows);
}

static void test_matrix_of_matrix(void **state)
{
    static const char both[] =
        CROSS("nulls: keep, cells: [{row: high, column: great, tier: main}, {row: high, column: "
              "some, tier: grow}, {row: high, column: little, tier: grow}, {row: low, column: all, "
              "tier: keep}]") "  busy: {method: thresholds, value: visits, tiers: [{code: 'yes', "
                              "from: 1}, {code: idle}]}\n"
                              "  outer: {method: matrix, rows: cross, columns: busy, tiers: "
                              "[{code: care}, {code: leave}],\n"
                              "    cells: [{row: main, column: all, tier: care}, {row: grow, "
                              "column: all, tier: care},\n"
                              "      {row: keep, column: 'yes', tier: care}, {row: keep, column: "
                              "idle, tier: leave}]}\n";
    static const struct row rows[] = {
        {"through two matrices", "aum=100 income=50 visits=0", "care", 2, "none", NULL},
        {"the last cell", "aum=1 income=50 visits=0", "leave", 6, "none", NULL},
        {"nobody is unrated", "aum=1 visits=2", "care", 5, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(both, "outer", rows);
}

static void test_matrix_refusals(void **state)
{
    static const struct refusal rows[] = {
        {"a gap",
            CROSS("nulls: keep, cells: [{row: high, column: all, tier: main}, "
                  "{row: low, column: great, tier: grow}]"),
            "low × some is not named; unnamed: 2", "{row: low, column: some"},
        {"an overlap",
            CROSS("nulls: keep, cells: [{row: high, column: all, tier: main}, "
                  "{row: all, column: some, tier: grow}]"),
            "high × some is named twice", "the first is on line"},
        {"an unknown row", CROSS("cells: [{row: hihg, column: all, tier: main}]"), "no tier hihg",
            "did you mean high"},
        {"an unknown tier", CROSS("cells: [{row: all, column: all, tier: mian}]"), "no tier mian",
            NULL},
        {"a tier without a cell",
            CROSS("nulls: keep, cells: [{row: all, column: all, tier: main}]"), "no cell is grow",
            NULL},
        {"nulls: undeclared",
            CROSS("cells: [{row: high, column: all, tier: main}, {row: low, column: great, tier: "
                  "grow}, {row: low, column: some, tier: keep}, {row: low, column: little, tier: "
                  "keep}]"),
            "can be missing", NULL},
        {"an unknown scheme",
            "  x: {method: matrix, rows: y, columns: x, tiers: [{code: a}], "
            "cells: []}\n",
            "no scheme y", NULL},
        {"the same scheme",
            AXES "  x: {method: matrix, rows: value, columns: value, "
                 "tiers: [{code: a}], cells: []}\n",
            "the same scheme", NULL},
        {"itself",
            AXES "  x: {method: matrix, rows: value, columns: x, tiers: [{code: a}], "
                 "cells: []}\n",
            "depends on itself", NULL},
        {"each other",
            AXES "  x: {method: matrix, rows: value, columns: y, tiers: [{code: a}], cells: []}\n"
                 "  y: {method: matrix, rows: value, columns: x, tiers: [{code: a}], cells: []}\n",
            "depends on itself", NULL},
    };
    (void)state;
    CHECK_REFUSALS(rows);
}

/* --- gate --- */

#define CONDITIONS                                                                                 \
    "    conditions:\n"                                                                            \
    "      - {code: need, title: {zh: 需求明确, en: Clear need}, when: need}\n"                \
    "      - {code: budget, title: {zh: 预算匹配, en: Budget}, when: budget}\n"                \
    "      - {code: income, when: income >= 1000}\n"

static void test_gate_failed_conditions(void **state)
{
    static const char gate[] = "  gate:\n    method: gate\n" CONDITIONS;
    static const struct row rows[] = {
        {"all hold", "status=1 need=1 budget=1 income=1000", "passed", 0, "none", "all 3"},
        {"one fails", "status=1 need=1 budget=0 income=1000", "gated", 2, "none",
            "not met: Budget (budget)"},
        {"two fail", "status=1 need=0 budget=1 income=999.99", "gated", 5, "none",
            "not met: income (income >= 1000)"},
        {"a missing value fails", "status=1 need=1 budget=1", "gated", 4, "none",
            "a value is missing: income"},
        {"everything missing", "status=1", "gated", 7, "none", NULL},
        {"an existing customer need not pass", "status=0", "passed", 0, "none",
            "an existing customer"},
    };
    (void)state;
    CHECK_ROWS(gate, "gate", rows);
}

static void test_gate_for_everyone(void **state)
{
    static const char gate[] = "  gate:\n    method: gate\n    applies_to: everyone\n"
                               "    tiers: [{code: ok}]\n" CONDITIONS;
    static const struct row rows[] = {
        {"an existing customer too", "status=0 need=1 budget=1", "gated", 4, "none", NULL},
        {"all hold", "status=0 need=1 budget=1 income=1000", "ok", 0, "none", NULL},
    };
    (void)state;
    CHECK_ROWS(gate, "gate", rows);
}

static void test_gate_then_rates(void **state)
{
    static const char gate[] = "  gate:\n    method: gate\n    then: card\n" CONDITIONS;
    static const struct row rows[] = {
        {"rated after passing",
            "status=1 need=1 budget=1 income=1000 history=1500000 forecast=4000000 strategic=1",
            "a", 0, "84.00000000", "score 84: at least 80"},
        {"gated has no score",
            "status=1 need=1 budget=1 income=1 history=1500000 forecast=4000000 strategic=1",
            "gated", 4, "none", NULL},
        {"the rest", "status=1 need=1 budget=1 income=1000 history=0 forecast=0", "c", 0,
            "30.00000000", NULL},
    };
    (void)state;
    char *both = NULL;
    struct st_arena arena = ST_ARENA_INIT;
    both = st_arena_printf(&arena, "%s%s", gate, card);
    CHECK_ROWS(both, "gate", rows);
    st_arena_release(&arena);
}

static void test_gate_rates_prospects(void **state)
{
    struct fixture f = FIXTURE;
    (void)state;
    assert_int_equal(compile(&f, "  gate:\n    method: gate\n    then: asset\n" CONDITIONS
                                 "  asset: {method: thresholds, value: aum, tiers: [{code: a}]}\n"),
        ST_OK);
    const struct st_scheme *gate = st_compiled_scheme(f.compiled, "gate");
    const struct st_scheme *inner = st_compiled_scheme(f.compiled, "asset");
    assert_true(gate->rates_prospects);
    assert_false(inner->rates_prospects);
    assert_string_equal(gate->tiers[0].code, inner->tiers[0].code);
    assert_int_not_equal(gate->tiers[0].id, inner->tiers[0].id);
    release(&f);
}

static void test_gate_refusals(void **state)
{
    static const struct refusal rows[] = {
        {"no conditions", "  g: {method: gate, conditions: []}\n", "list of conditions", "1 to 60"},
        {"a code twice",
            "  g: {method: gate, conditions: [{code: x, when: need}, {code: x, when: budget}]}\n",
            "two conditions have the code x", NULL},
        {"a number is no condition", "  g: {method: gate, conditions: [{code: x, when: visits}]}\n",
            "must be a condition", NULL},
        {"the same for all", "  g: {method: gate, conditions: [{code: x, when: true}]}\n",
            "the same for every customer", NULL},
        {"two tiers",
            "  g: {method: gate, conditions: [{code: x, when: need}], "
            "tiers: [{code: a}, {code: b}]}\n",
            "b can never be reached", "then:"},
        {"tiers beside then:",
            "  g: {method: gate, conditions: [{code: x, when: need}], "
            "tiers: [{code: a}], then: h}\n",
            "do not go together", NULL},
        {"then: itself", "  g: {method: gate, conditions: [{code: x, when: need}], then: g}\n",
            "depends on itself", NULL},
        {"an unknown choice",
            "  g: {method: gate, conditions: [{code: x, when: need}], "
            "applies_to: all}\n",
            "cannot be 'all'", "prospects"},
    };
    (void)state;
    CHECK_REFUSALS(rows);
}

/* --- all of them --- */

static void test_every_method_describes_itself(void **state)
{
    (void)state;
    size_t count = 0;
    for (; st_methods[count]; count++) {
        const struct st_method_ops *m = st_methods[count];
        assert_ptr_equal(st_method_find(m->name), m);
        assert_true(m->title.en && m->title.zh && m->summary.en && m->summary.zh && m->source);
        assert_true(m->config_size >= sizeof(struct st_scheme_keys));
        for (const struct st_param *p = m->params; p->name; p++)
            if (!p->help.en || !p->help.zh)
                fail_msg("%s: %s: has no help", m->name, p->name);
        for (const struct st_param *p = m->tier_params; p && p->name; p++)
            if (!p->help.en || !p->help.zh)
                fail_msg("%s: tiers: %s: has no help", m->name, p->name);
    }
    assert_int_equal(count, 9);
    assert_null(st_method_find("guess"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thresholds_bounds_are_inclusive),
        cmocka_unit_test(test_thresholds_above_is_exclusive),
        cmocka_unit_test(test_thresholds_rank),
        cmocka_unit_test(test_thresholds_conditions_in_order),
        cmocka_unit_test(test_thresholds_missing_values),
        cmocka_unit_test(test_pyramid_compares_with_cuts),
        cmocka_unit_test(test_pareto_compares_with_cuts),
        cmocka_unit_test(test_pareto_by_own_share),
        cmocka_unit_test(test_tiers_keep_needs_and_services),
        cmocka_unit_test(test_rfm_scores_by_fixed_cuts),
        cmocka_unit_test(test_scorecard_worked_example),
        cmocka_unit_test(test_scorecard_rounds_once),
        cmocka_unit_test(test_scorecard_missing_value),
        cmocka_unit_test(test_scorecard_refusals),
        cmocka_unit_test(test_lifecycle_every_stage),
        cmocka_unit_test(test_lifecycle_without_activity),
        cmocka_unit_test(test_lifecycle_refusals),
        cmocka_unit_test(test_preference_by_share),
        cmocka_unit_test(test_preference_by_indicators),
        cmocka_unit_test(test_preference_refusals),
        cmocka_unit_test(test_matrix_cells),
        cmocka_unit_test(test_matrix_of_matrix),
        cmocka_unit_test(test_matrix_refusals),
        cmocka_unit_test(test_gate_failed_conditions),
        cmocka_unit_test(test_gate_for_everyone),
        cmocka_unit_test(test_gate_then_rates),
        cmocka_unit_test(test_gate_rates_prospects),
        cmocka_unit_test(test_gate_refusals),
        cmocka_unit_test(test_every_method_describes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
