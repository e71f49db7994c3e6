/* A balance stands from its day until the next row's; the account's opening and closing days cut
 * it. Exchange rates are spans of the same kind, so a foreign balance joins the rates whose span
 * overlaps its own and each piece keeps its own rate. */
#include "metric/rows.h"

#include "base/decimal.h"
#include "base/vec.h"

struct column_def {
    const char *name;
    enum st_ir_type type;
};

static struct st_rel *scan(
    struct st_arena *a, const char *table, size_t count, const struct column_def *defs)
{
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, count);
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct st_ir_column){.name = defs[i].name, .type = defs[i].type};
    return st_rel_scan(a, table, count, columns);
}

/* Rows in force at the run's watermark. */
static struct st_ir_expr *visible(const struct st_rows_env *env, const struct st_rel *rel)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *watermark = st_plan_simple(a, env->params, ST_PLAN_WATERMARK);
    return st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_LE, st_ir_column(a, rel, 0, "load_id"), watermark),
        st_ir_fn(a, ST_FN_GT, st_ir_column(a, rel, 0, "until_load"), watermark));
}

/* Rows that came, or ended, after the base's watermark and by this run's. */
static struct st_ir_expr *since_base(
    const struct st_rows_env *env, const struct st_rel *rel, const char *column)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *watermark = st_plan_simple(a, env->params, ST_PLAN_WATERMARK);
    struct st_ir_expr *load = st_ir_column(a, rel, 0, column);
    return st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_GT, load, st_plan_of_base(a, env->params, watermark)),
        st_ir_fn(a, ST_FN_LE, load, watermark));
}

static struct st_ir_expr *came_or_ended(const struct st_rows_env *env, const struct st_rel *rel)
{
    return st_ir_fn(
        env->arena, ST_FN_OR, since_base(env, rel, "load_id"), since_base(env, rel, "until_load"));
}

/* `rel`'s rows of the customers that are asked for. */
static struct st_rel *of_customers(const struct st_rows_env *env, struct st_rel *rel)
{
    static const char *const keys[] = {"customer_id"};
    if (!env->only)
        return rel;
    struct st_ir_column *columns =
        st_arena_array(env->arena, struct st_ir_column, rel->column_count);
    for (size_t i = 0; i < rel->column_count; i++)
        columns[i] = st_rel_pass(env->arena, rel, 0, rel->columns[i].name);
    return st_rel_join(env->arena, ST_JOIN_INNER, rel, env->only, ST_COUNT(keys), keys,
        rel->column_count, columns);
}

static struct st_ir_expr *as_of(const struct st_rows_env *env)
{
    return st_plan_as_of(env->arena, env->params, 0);
}

/* The day beyond every day. */
static struct st_ir_expr *never(struct st_arena *a)
{
    return st_ir_date(a, st_date_from_civil((struct st_civil){ST_DATE_YEAR_MAX, 12, 31}));
}

int st_rows_amount_scale(const struct st_rows_env *env)
{
    return env->foreign ? ST_ROWS_FX_SCALE : env->policy->currency_exponent;
}

static struct st_rel *all_holdings(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {{"customer_id", ST_IR_BIGINT},
        {"account_id", ST_IR_BIGINT}, {"role", ST_IR_TEXT}, {"product", ST_IR_TEXT},
        {"class", ST_IR_TEXT}, {"currency", ST_IR_TEXT}, {"branch", ST_IR_TEXT},
        {"opened_on", ST_IR_DATE}, {"matures_on", ST_IR_DATE}, {"auto_renew", ST_IR_BOOL},
        {"closed_on", ST_IR_DATE}, {"rate", ST_IR_BIGINT}, {"load_id", ST_IR_BIGINT},
        {"until_load", ST_IR_BIGINT}, {"position", ST_IR_BIGINT}};
    size_t count = env->members ? ST_COUNT(defs) : ST_COUNT(defs) - 1;
    return scan(env->arena, "holding", count, defs);
}

static struct st_rel *holdings(const struct st_rows_env *env)
{
    struct st_rel *rel = all_holdings(env);
    return st_rel_filter(env->arena, rel, visible(env, rel));
}

/* --- balances as spans --- */

static struct st_rel *all_balances(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {{"customer_id", ST_IR_BIGINT},
        {"account_id", ST_IR_BIGINT}, {"on_date", ST_IR_DATE}, {"amount", ST_IR_BIGINT},
        {"load_id", ST_IR_BIGINT}, {"until_load", ST_IR_BIGINT}};
    return scan(env->arena, "balance", ST_COUNT(defs), defs);
}

/* Rows up to as_of, with what a balance is. */
static struct st_rel *balance_rows(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *rel = all_balances(env);
    rel = st_rel_filter(a, rel,
        st_ir_and(a, visible(env, rel),
            st_ir_fn(a, ST_FN_LE, st_ir_column(a, rel, 0, "on_date"), as_of(env))));
    rel = of_customers(env, rel);
    struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "account_id"), st_rel_pass(a, rel, 0, "on_date"),
        st_rel_pass(a, rel, 0, "amount")};
    return st_rel_project(a, rel, ST_COUNT(kept), kept);
}

static const char *const by_account[] = {"customer_id", "account_id"};

/* `rel` with next_on, without what ended before any window: most rows of a long history. */
static struct st_rel *with_next(const struct st_rows_env *env, struct st_rel *rel)
{
    static const char *const day[] = {"on_date"};
    struct st_arena *a = env->arena;
    struct st_ir_column next = {.name = "next_on",
        .expr = st_ir_over(a, ST_WIN_LEAD, st_ir_column(a, rel, 0, "on_date"), ST_COUNT(by_account),
            by_account, 1, day)};
    rel = st_rel_window(a, rel, 1, &next);
    struct st_ir_expr *until = st_ir_column(a, rel, 0, "next_on");
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, until),
            st_ir_fn(a, ST_FN_GT, until, st_plan_simple(a, env->params, ST_PLAN_BALANCE_FROM))));
}

/* What a balance has of its account. */
static const char *const of_account[] = {
    "class", "product", "currency", "branch", "role", "opened_on", "matures_on"};
enum { SPAN_COLUMNS = 4 + ST_COUNT(of_account) };

/* The columns of a balance with its account: `b` is side 0 of a join with holdings `h`, or has
 * their columns itself. start_on and end_on are cut by the account's own days. */
static void span_columns(
    struct st_arena *a, const struct st_rel *b, const struct st_rel *h, struct st_ir_column *out)
{
    int side = h != b;
    struct st_ir_expr *on = st_ir_column(a, b, 0, "on_date");
    struct st_ir_expr *opened = st_ir_column(a, h, side, "opened_on");
    out[0] = st_rel_pass(a, b, 0, "customer_id");
    out[1] = st_rel_pass(a, b, 0, "amount");
    out[2] = (struct st_ir_column){.name = "start_on",
        .expr = st_ir_fn(a, ST_FN_GREATEST, on, st_ir_fn(a, ST_FN_COALESCE, opened, on))};
    out[3] = (struct st_ir_column){.name = "end_on",
        .expr = st_ir_fn(a, ST_FN_LEAST,
            st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, b, 0, "next_on"), never(a)),
            st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, h, side, "closed_on"), never(a)))};
    for (size_t i = 0; i < ST_COUNT(of_account); i++)
        out[4 + i] = st_rel_pass(a, h, side, of_account[i]);
}

static struct st_rel *standing(const struct st_rows_env *env, struct st_rel *rel)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *first = st_plan_simple(a, env->params, ST_PLAN_BALANCE_FROM);
    struct st_ir_expr *end = st_ir_column(a, rel, 0, "end_on");
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_GT, end, first),
            st_ir_fn(a, ST_FN_LT, st_ir_column(a, rel, 0, "start_on"), end)));
}

/* Each balance with its account. */
static struct st_rel *balances_of_holdings(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *b = with_next(env, balance_rows(env)), *h = holdings(env);
    struct st_ir_column columns[SPAN_COLUMNS];
    span_columns(a, b, h, columns);
    return standing(env, st_rel_join(a, ST_JOIN_INNER, b, h, ST_COUNT(by_account), by_account,
                             SPAN_COLUMNS, columns));
}

/* --- accounts that moved --- */

static struct st_ir_expr *since_first(
    const struct st_rows_env *env, const struct st_rel *rel, const char *column)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *day = st_ir_column(a, rel, 0, column);
    struct st_ir_expr *first = st_plan_simple(a, env->params, ST_PLAN_BALANCE_FROM);
    return st_ir_fn(
        a, ST_FN_AND, st_ir_fn(a, ST_FN_GT, day, first), st_ir_fn(a, ST_FN_LE, day, as_of(env)));
}

static struct st_rel *accounts_where(
    struct st_arena *a, struct st_rel *rel, struct st_ir_expr *condition)
{
    rel = st_rel_filter(a, rel, condition);
    const struct st_ir_column columns[] = {
        st_rel_pass(a, rel, 0, by_account[0]), st_rel_pass(a, rel, 0, by_account[1])};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

/* What balances take of their accounts, and what they are joined by. */
enum { ACCOUNT_COLUMNS = ST_COUNT(by_account) + ST_COUNT(of_account) + 1 };

static void account_columns(
    struct st_arena *a, const struct st_rel *held, struct st_ir_column *columns)
{
    for (size_t i = 0; i < ST_COUNT(by_account); i++)
        *columns++ = st_rel_pass(a, held, 0, by_account[i]);
    for (size_t i = 0; i < ST_COUNT(of_account); i++)
        *columns++ = st_rel_pass(a, held, 0, of_account[i]);
    *columns = st_rel_pass(a, held, 0, "closed_on");
}

/* Accounts with a balance, an opening or a closing after the first day of all windows: what stands
 * on the others is the same on every day. */
static struct st_rel *moved_holdings(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *balances = all_balances(env), *held = holdings(env);
    struct st_rel *parts[] = {
        accounts_where(a, balances,
            st_ir_and(a, since_first(env, balances, "on_date"), visible(env, balances))),
        accounts_where(a, held,
            st_ir_fn(a, ST_FN_OR, since_first(env, held, "opened_on"),
                since_first(env, held, "closed_on")))};
    struct st_rel *moved = st_rel_aggregate(
        a, st_rel_union_all(a, ST_COUNT(parts), parts), ST_COUNT(by_account), by_account, 0, NULL);
    struct st_ir_column columns[ACCOUNT_COLUMNS];
    account_columns(a, held, columns);
    return st_rel_join(
        a, ST_JOIN_INNER, held, moved, ST_COUNT(by_account), by_account, ACCOUNT_COLUMNS, columns);
}

/* Balances of few accounts are put in order after they were joined: there are few. */
static struct st_rel *balances_of_few(const struct st_rows_env *env, struct st_rel *accounts)
{
    struct st_arena *a = env->arena;
    struct st_ir_column columns[SPAN_COLUMNS];
    struct st_rel *rel = with_next(env, st_rel_widen(a, ST_JOIN_INNER, balance_rows(env), accounts,
                                            ST_COUNT(by_account), by_account));
    span_columns(a, rel, rel, columns);
    return standing(env, st_rel_project(a, rel, SPAN_COLUMNS, columns));
}

struct st_rel *st_rows_balance_moves(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *rel = all_balances(env);
    const struct st_ir_column columns[] = {
        {.name = "moved",
            .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, since_first(env, rel, "on_date"))},
        {.name = "counted", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)}};
    return st_rel_aggregate(a, rel, 0, NULL, ST_COUNT(columns), columns);
}

/* --- exchange rates as spans --- */

/* Rates still in force on day `first` or later: currency, fx_start, fx_end and the factor that
 * turns its minor units into 10^-12 of ours. */
static struct st_rel *fx_spans(const struct st_rows_env *env, struct st_ir_expr *first)
{
    static const struct column_def defs[] = {{"currency", ST_IR_TEXT}, {"base", ST_IR_TEXT},
        {"on_date", ST_IR_DATE}, {"rate", ST_IR_BIGINT}, {"load_id", ST_IR_BIGINT},
        {"until_load", ST_IR_BIGINT}};
    static const struct column_def exponents[] = {{"code", ST_IR_TEXT}, {"exponent", ST_IR_BIGINT}};
    static const char *const code[] = {"currency"}, *const day[] = {"on_date"};
    struct st_arena *a = env->arena;
    struct st_rel *rel = scan(a, "fx_rate", ST_COUNT(defs), defs);
    rel = st_rel_filter(a, rel,
        st_ir_and(a, visible(env, rel),
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "base"),
                st_ir_text(a, env->policy->currency))));
    struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "currency"),
        st_rel_pass(a, rel, 0, "on_date"), st_rel_pass(a, rel, 0, "rate")};
    rel = st_rel_project(a, rel, ST_COUNT(kept), kept);
    struct st_ir_column next = {.name = "next_on",
        .expr = st_ir_over(a, ST_WIN_LEAD, st_ir_column(a, rel, 0, "on_date"), 1, code, 1, day)};
    rel = st_rel_window(a, rel, 1, &next);
    struct st_rel *minor = scan(a, "currency", ST_COUNT(exponents), exponents);
    struct st_ir_column renamed[] = {
        {.name = "currency", .expr = st_ir_column(a, minor, 0, "code")},
        {.name = "unit",
            .expr = st_ir_when(a,
                st_ir_fn(a, ST_FN_EQ, st_ir_column(a, minor, 0, "exponent"), st_ir_int(a, 0)),
                st_ir_int(a, 10000),
                st_ir_fn(a, ST_FN_EQ, st_ir_column(a, minor, 0, "exponent"), st_ir_int(a, 1)),
                st_ir_int(a, 1000),
                st_ir_fn(a, ST_FN_EQ, st_ir_column(a, minor, 0, "exponent"), st_ir_int(a, 2)),
                st_ir_int(a, 100),
                st_ir_fn(a, ST_FN_EQ, st_ir_column(a, minor, 0, "exponent"), st_ir_int(a, 3)),
                st_ir_int(a, 10), st_ir_int(a, 1))}};
    minor = st_rel_project(a, minor, ST_COUNT(renamed), renamed);
    struct st_ir_expr *start = st_ir_column(a, rel, 0, "on_date");
    struct st_ir_column columns[] = {st_rel_pass(a, rel, 0, "currency"),
        {.name = "fx_start", .expr = start},
        {.name = "fx_end",
            .expr = st_ir_fn(a, ST_FN_LEAST,
                st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, rel, 0, "next_on"), never(a)),
                st_ir_fn(a, ST_FN_ADD_DAYS, start, st_ir_int(a, env->policy->fx_days_max + 1)))},
        {.name = "factor",
            .expr =
                st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, st_ir_column(a, rel, 0, "rate"), ST_IR_WIDE),
                    st_ir_cast(a, st_ir_column(a, minor, 1, "unit"), ST_IR_WIDE))}};
    rel = st_rel_join(a, ST_JOIN_INNER, rel, minor, 1, code, ST_COUNT(columns), columns);
    return st_rel_filter(a, rel, st_ir_fn(a, ST_FN_GT, st_ir_column(a, rel, 0, "fx_end"), first));
}

static struct st_ir_expr *is_domestic(const struct st_rows_env *env, const struct st_rel *rel)
{
    return st_ir_fn(env->arena, ST_FN_EQ, st_ir_column(env->arena, rel, 0, "currency"),
        st_ir_text(env->arena, env->policy->currency));
}

/* `rel` with its own-currency amounts brought to ST_ROWS_FX_SCALE. */
static struct st_rel *domestic_part(const struct st_rows_env *env, struct st_rel *rel)
{
    struct st_arena *a = env->arena;
    struct st_rel *own = st_rel_filter(a, rel, is_domestic(env, rel));
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, own->column_count);
    for (size_t i = 0; i < own->column_count; i++) {
        columns[i] = st_rel_pass(a, own, 0, own->columns[i].name);
        if (strcmp(columns[i].name, "amount") == 0)
            columns[i].expr = st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, columns[i].expr, ST_IR_WIDE),
                st_ir_wide(a, st_pow10(ST_ROWS_FX_SCALE - env->policy->currency_exponent)));
    }
    return st_rel_project(a, own, own->column_count, columns);
}

/* `rel` with `bucket`, in which of the stretches of days that a rate may hold its `day` lies, and
 * how many of them later. */
static struct st_rel *in_bucket(
    const struct st_rows_env *env, struct st_rel *rel, const char *day, int later)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *zero =
        st_ir_date(a, st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1}));
    struct st_ir_expr *days = st_ir_fn(a, ST_FN_DAYS_BETWEEN, zero, st_ir_column(a, rel, 0, day));
    struct st_ir_expr *bucket = st_ir_fn(a, ST_FN_DIV_TRUNC, st_ir_cast(a, days, ST_IR_WIDE),
        st_ir_wide(a, env->policy->fx_days_max + 1));
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, rel->column_count + 1);
    for (size_t i = 0; i < rel->column_count; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    columns[rel->column_count] = (struct st_ir_column){.name = "bucket",
        .expr = st_ir_fn(a, ST_FN_ADD, st_ir_cast(a, bucket, ST_IR_BIGINT), st_ir_int(a, later))};
    return st_rel_project(a, rel, rel->column_count + 1, columns);
}

/* Rates in each bucket they reach into. A movement then meets the few rates near its day instead of
 * all there ever were. */
static struct st_rel *in_buckets(const struct st_rows_env *env, struct st_rel *fx)
{
    struct st_rel *parts[] = {in_bucket(env, fx, "fx_start", 0), in_bucket(env, fx, "fx_start", 1)};
    return st_rel_union_all(env->arena, ST_COUNT(parts), parts);
}

/* `rel`'s columns of `other`'s rows joined with the rates that hold for them. */
static struct st_rel *at_rates(const struct st_rows_env *env, const struct st_rel *rel,
    struct st_rel *other, struct st_rel *fx, bool spans)
{
    static const char *const keys[] = {"currency", "bucket"};
    struct st_arena *a = env->arena;
    size_t count = rel->column_count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, count + 2);
    for (size_t i = 0; i < count; i++) {
        columns[i] = st_rel_pass(a, other, 0, rel->columns[i].name);
        if (strcmp(columns[i].name, "amount") == 0)
            columns[i].expr = st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, columns[i].expr, ST_IR_WIDE),
                st_ir_column(a, fx, 1, "factor"));
        if (strcmp(columns[i].name, "start_on") == 0)
            columns[i].expr =
                st_ir_fn(a, ST_FN_GREATEST, columns[i].expr, st_ir_column(a, fx, 1, "fx_start"));
        if (strcmp(columns[i].name, "end_on") == 0)
            columns[i].expr =
                st_ir_fn(a, ST_FN_LEAST, columns[i].expr, st_ir_column(a, fx, 1, "fx_end"));
    }
    columns[count] = st_rel_pass(a, fx, 1, "fx_start");
    columns[count + 1] = st_rel_pass(a, fx, 1, "fx_end");
    struct st_rel *joined =
        st_rel_join(a, ST_JOIN_INNER, other, fx, spans ? 1 : 2, keys, count + 2, columns);
    struct st_ir_expr *overlaps =
        spans ? st_ir_fn(a, ST_FN_LT, st_ir_column(a, joined, 0, "start_on"),
                    st_ir_column(a, joined, 0, "end_on"))
              : st_ir_fn(a, ST_FN_AND,
                    st_ir_fn(a, ST_FN_GE, st_ir_column(a, joined, 0, "on_date"),
                        st_ir_column(a, joined, 0, "fx_start")),
                    st_ir_fn(a, ST_FN_LT, st_ir_column(a, joined, 0, "on_date"),
                        st_ir_column(a, joined, 0, "fx_end")));
    struct st_rel *kept = st_rel_filter(a, joined, overlaps);
    struct st_ir_column *out = st_arena_array(a, struct st_ir_column, count);
    for (size_t i = 0; i < count; i++)
        out[i] = st_rel_pass(a, kept, 0, rel->columns[i].name);
    return st_rel_project(a, kept, count, out);
}

/* `rel`'s other-currency rows joined with rates; `spans`: rows have days from start_on to end_on,
 * else on_date alone. */
static struct st_rel *foreign_from(
    const struct st_rows_env *env, struct st_rel *rel, bool spans, struct st_ir_expr *first)
{
    struct st_arena *a = env->arena;
    struct st_rel *other = st_rel_filter(a, rel, st_ir_fn(a, ST_FN_NOT, is_domestic(env, rel)));
    struct st_rel *fx = fx_spans(env, first);
    if (spans)
        return at_rates(env, rel, other, fx, spans);
    if (!env->spread)
        return at_rates(env, rel, in_bucket(env, other, "on_date", 0), in_buckets(env, fx), spans);
    struct st_rel *parts[2];
    for (int i = 0; i < 2; i++) /* servers cannot unite small tables: the movements are twofold */
        parts[i] = at_rates(env, rel, in_bucket(env, other, "on_date", -i),
            in_bucket(env, fx, "fx_start", 0), spans);
    return st_rel_union_all(a, ST_COUNT(parts), parts);
}

static struct st_rel *foreign_part(const struct st_rows_env *env, struct st_rel *rel, bool spans)
{
    return foreign_from(env, rel, spans,
        st_plan_simple(
            env->arena, env->params, spans ? ST_PLAN_BALANCE_FROM : ST_PLAN_HISTORY_FROM));
}

static struct st_rel *converted(const struct st_rows_env *env, struct st_rel *rel, bool spans)
{
    if (!env->foreign)
        return rel;
    struct st_rel *parts[] = {domestic_part(env, rel), foreign_part(env, rel, spans)};
    return st_rel_union_all(env->arena, 2, parts);
}

/* Rows of members become rows of their entity; of who is not there none are left. */
static struct st_rel *of_entities(const struct st_rows_env *env, struct st_rel *rel)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    if (!env->members)
        return rel;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, rel->column_count);
    for (size_t i = 0; i < rel->column_count; i++) {
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
        if (strcmp(columns[i].name, keys[0]) == 0)
            columns[i].expr = st_ir_column(a, env->members, 1, "entity_id");
    }
    return st_rel_join(a, ST_JOIN_INNER, rel, env->members, 1, keys, rel->column_count, columns);
}

struct st_rel *st_rows_balance(const struct st_rows_env *env)
{
    struct st_rel *rel =
        env->moved ? balances_of_few(env, moved_holdings(env)) : balances_of_holdings(env);
    return of_entities(env, converted(env, rel, true));
}

/* `rel`'s customers, each row with one value. */
static struct st_rel *valued(
    struct st_arena *a, struct st_rel *rel, const char *name, struct st_ir_expr *value)
{
    const struct st_ir_column columns[] = {
        st_rel_pass(a, rel, 0, "customer_id"), {.name = name, .expr = value}};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

/* True when the column `name` adds up alike in `all` and in `rated`, which have customer_id beside
 * it: servers that hold customers apart add up their own. */
static struct st_rel *adds_up(
    struct st_arena *a, struct st_rel *all, struct st_rel *rated, const char *name)
{
    struct st_rel *less =
        valued(a, rated, name, st_ir_fn(a, ST_FN_NEG, st_ir_column(a, rated, 0, name)));
    struct st_rel *parts[] = {all, less};
    struct st_rel *both = st_rel_union_all(a, 2, parts);
    struct st_ir_column total = {
        .name = name, .expr = st_ir_aggregate(a, ST_AGG_SUM, st_ir_column(a, both, 0, name), NULL)};
    struct st_rel *sum = st_rel_aggregate(a, both, 0, NULL, 1, &total);
    struct st_ir_column covered = {.name = "covered",
        .expr = st_ir_fn(a, ST_FN_EQ,
            st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, sum, 0, name), st_ir_wide(a, 0)),
            st_ir_wide(a, 0))};
    return st_rel_project(a, sum, 1, &covered);
}

/* Accounts in other currencies. */
static struct st_rel *foreign_holdings(const struct st_rows_env *env)
{
    struct st_ir_column columns[ACCOUNT_COLUMNS];
    struct st_arena *a = env->arena;
    struct st_rel *held = holdings(env);
    held = st_rel_filter(a, held, st_ir_fn(a, ST_FN_NOT, is_domestic(env, held)));
    account_columns(a, held, columns);
    return st_rel_project(a, held, ACCOUNT_COLUMNS, columns);
}

/* Days of foreign balances in the window, with and without a rate: the counts must agree. */
struct st_rel *st_rows_fx_check(const struct st_rows_env *env, struct st_ir_expr *from)
{
    struct st_arena *a = env->arena;
    struct st_rel *all = balances_of_few(env, foreign_holdings(env));
    struct st_rel *parts[2];
    struct st_rel *other = st_rel_filter(
        a, all, st_ir_fn(a, ST_FN_NE, st_ir_column(a, all, 0, "amount"), st_ir_int(a, 0)));
    struct st_rel *sources[] = {other, foreign_part(env, other, true)};
    struct st_ir_expr *next = st_ir_fn(a, ST_FN_ADD_DAYS, as_of(env), st_ir_int(a, 1));
    for (int i = 0; i < 2; i++) {
        struct st_rel *s = sources[i];
        struct st_ir_expr *days = st_ir_fn(a, ST_FN_DAYS_BETWEEN,
            st_ir_fn(a, ST_FN_GREATEST, st_ir_column(a, s, 0, "start_on"), from),
            st_ir_fn(a, ST_FN_LEAST, st_ir_column(a, s, 0, "end_on"), next));
        parts[i] = valued(a, s, "days", st_ir_fn(a, ST_FN_GREATEST, days, st_ir_int(a, 0)));
    }
    return adds_up(a, parts[0], parts[1], "days");
}

/* --- movements --- */

enum { MOVEMENT_COLUMNS = 9 };

static struct st_rel *all_movements(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {{"customer_id", ST_IR_BIGINT},
        {"account_id", ST_IR_BIGINT}, {"on_date", ST_IR_DATE}, {"amount", ST_IR_BIGINT},
        {"currency", ST_IR_TEXT}, {"kind", ST_IR_TEXT}, {"channel", ST_IR_TEXT},
        {"product", ST_IR_TEXT}, {"reference", ST_IR_TEXT}, {"load_id", ST_IR_BIGINT},
        {"until_load", ST_IR_BIGINT}};
    return scan(env->arena, "txn", ST_COUNT(defs), defs);
}

/* Every column but the loads, and those of the account where they are asked for. */
static struct st_rel *with_account(
    const struct st_rows_env *env, struct st_rel *rel, bool with_holding)
{
    static const char *const keys[] = {"customer_id", "account_id"};
    static const char *const joined[] = {"customer_id", "account_id", "class", "branch"};
    if (!with_holding)
        return rel;
    struct st_rel *h = holdings(env);
    struct st_ir_column columns[ST_COUNT(joined)];
    for (size_t i = 0; i < ST_COUNT(joined); i++)
        columns[i] = st_rel_pass(env->arena, h, 0, joined[i]);
    return st_rel_widen(env->arena, ST_JOIN_LEFT, rel,
        st_rel_project(env->arena, h, ST_COUNT(columns), columns), ST_COUNT(keys), keys);
}

/* Days that some window over movements looks at, as this run or as its base saw them from. */
static struct st_ir_expr *recent(
    const struct st_rows_env *env, const struct st_rel *rel, struct st_ir_expr *from)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *on = st_ir_column(a, rel, 0, "on_date");
    return st_ir_fn(
        a, ST_FN_AND, st_ir_fn(a, ST_FN_GE, on, from), st_ir_fn(a, ST_FN_LE, on, as_of(env)));
}

static struct st_rel *movements(const struct st_rows_env *env, bool with_holding)
{
    struct st_arena *a = env->arena;
    struct st_rel *rel = all_movements(env);
    struct st_ir_column columns[MOVEMENT_COLUMNS];
    struct st_ir_expr *from = st_plan_simple(a, env->params, ST_PLAN_HISTORY_FROM);
    rel = st_rel_filter(a, rel, st_ir_and(a, recent(env, rel, from), visible(env, rel)));
    rel = of_customers(env, rel);
    for (size_t i = 0; i < MOVEMENT_COLUMNS; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    return with_account(env, st_rel_project(a, rel, MOVEMENT_COLUMNS, columns), with_holding);
}

/* Movements that meet `condition`, marked. */
static struct st_rel *marked(const struct st_rows_env *env, struct st_rel *all,
    struct st_ir_expr *condition, bool now, bool before)
{
    struct st_arena *a = env->arena;
    struct st_ir_column columns[MOVEMENT_COLUMNS + 2];
    struct st_rel *rel = st_rel_filter(a, all, condition);
    for (size_t i = 0; i < MOVEMENT_COLUMNS; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    columns[MOVEMENT_COLUMNS] = (struct st_ir_column){.name = "now", .expr = st_ir_bool(a, now)};
    columns[MOVEMENT_COLUMNS + 1] =
        (struct st_ir_column){.name = "before", .expr = st_ir_bool(a, before)};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

static struct st_ir_expr *moved_day(
    const struct st_rows_env *env, enum st_plan_param_kind kind, bool txn, int slot)
{
    return st_plan_moves(env->arena, env->params,
        &(struct st_plan_param){.kind = kind, .reads_txn = txn, .slot = slot});
}

/* Is the day in `column` in the slot's span? */
static struct st_ir_expr *in_moved(const struct st_rows_env *env, const struct st_rel *rel,
    const char *column, bool txn, size_t slot)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *day = st_ir_column(a, rel, 0, column);
    return st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_GE, day, moved_day(env, ST_PLAN_MOVED_FROM, txn, (int)slot)),
        st_ir_fn(a, ST_FN_LT, day, moved_day(env, ST_PLAN_MOVED_NEXT, txn, (int)slot)));
}

/* One scan for what came, one for what ended, one for each span of days: each reads few pages, as
 * an OR of them would not. */
struct st_rel *st_rows_txn_changes(const struct st_rows_env *env, bool with_holding)
{
    struct st_arena *a = env->arena;
    size_t slots = st_plan_moved_slots(env->params, true), count = 0;
    struct st_rel **parts = st_arena_array(a, struct st_rel *, slots + 2);
    struct st_rel *all = all_movements(env);
    struct st_ir_expr *watermark = st_plan_simple(a, env->params, ST_PLAN_WATERMARK);
    struct st_ir_expr *earlier = st_plan_of_base(a, env->params, watermark);
    struct st_ir_expr *from =
        st_plan_of_base(a, env->params, st_plan_simple(a, env->params, ST_PLAN_HISTORY_FROM));
    struct st_ir_expr *known = st_ir_fn(a, ST_FN_LE, st_ir_column(a, all, 0, "load_id"), earlier);
    struct st_ir_expr *stands =
        st_ir_fn(a, ST_FN_GT, st_ir_column(a, all, 0, "until_load"), watermark);
    struct st_ir_expr *days = recent(env, all, from);
    parts[count++] = marked(env, all,
        st_ir_fn(a, ST_FN_AND, since_base(env, all, "load_id"), stands, days), true, false);
    parts[count++] = marked(env, all,
        st_ir_fn(a, ST_FN_AND, since_base(env, all, "until_load"), known, days), false, true);
    for (size_t i = 0; i < slots; i++)
        parts[count++] = marked(env, all,
            st_ir_fn(a, ST_FN_AND, in_moved(env, all, "on_date", true, i), known, stands), true,
            true);
    return with_account(env, st_rel_union_all(a, count, parts), with_holding);
}

static struct st_rel *customers_where(
    const struct st_rows_env *env, struct st_rel *all, struct st_ir_expr *condition)
{
    struct st_rel *rel = st_rel_filter(env->arena, all, condition);
    struct st_ir_column id = st_rel_pass(env->arena, rel, 0, "customer_id");
    return st_rel_project(env->arena, rel, 1, &id);
}

struct st_rel *st_rows_holding_changes(const struct st_rows_env *env)
{
    struct st_rel *all = all_holdings(env);
    return customers_where(env, all, came_or_ended(env, all));
}

/* Is the day in `column` after the base's and no later than as_of? */
static struct st_ir_expr *since_base_day(
    const struct st_rows_env *env, const struct st_rel *rel, const char *column)
{
    struct st_arena *a = env->arena;
    struct st_ir_expr *day = st_ir_column(a, rel, 0, column);
    struct st_ir_expr *before = st_plan_of_base(a, env->params, as_of(env));
    return st_ir_fn(
        a, ST_FN_AND, st_ir_fn(a, ST_FN_GT, day, before), st_ir_fn(a, ST_FN_LE, day, as_of(env)));
}

struct st_rel *st_rows_account_changes(const struct st_rows_env *env)
{
    struct st_rel *held = holdings(env);
    struct st_rel *parts[] = {st_rows_holding_changes(env),
        customers_where(env, held, since_base_day(env, held, "opened_on")),
        customers_where(env, held, since_base_day(env, held, "closed_on"))};
    return st_rel_union_all(env->arena, ST_COUNT(parts), parts);
}

/* Rows that came or ended; rows known before whose day has come; accounts that open or close. */
struct st_rel *st_rows_balance_changes(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    size_t slots = st_plan_moved_slots(env->params, false), count = 0;
    struct st_rel **parts = st_arena_array(a, struct st_rel *, 3 * slots + 3);
    struct st_rel *all = all_balances(env), *held = holdings(env);
    static const char *const loads[] = {"load_id", "until_load"};
    for (size_t i = 0; i < ST_COUNT(loads); i++)
        parts[count++] = customers_where(env, all,
            st_ir_fn(a, ST_FN_AND, since_base(env, all, loads[i]),
                st_ir_fn(a, ST_FN_LE, st_ir_column(a, all, 0, "on_date"), as_of(env))));
    parts[count++] = st_rows_holding_changes(env);
    for (size_t i = 0; i < slots; i++) {
        parts[count++] = customers_where(env, all,
            st_ir_fn(a, ST_FN_AND, in_moved(env, all, "on_date", false, i), visible(env, all)));
        parts[count++] = customers_where(env, held, in_moved(env, held, "opened_on", false, i));
        parts[count++] = customers_where(env, held, in_moved(env, held, "closed_on", false, i));
    }
    return st_rel_union_all(a, count, parts);
}

struct st_rel *st_rows_txn(const struct st_rows_env *env, bool with_holding, bool with_amount)
{
    struct st_rel *rel = movements(env, with_holding);
    return of_entities(env, with_amount ? converted(env, rel, false) : rel);
}

/* Foreign movements, with and without a rate: the counts must agree. */
struct st_rel *st_rows_txn_fx_check(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *all = movements(env, false);
    struct st_rel *other = st_rel_filter(a, all, st_ir_fn(a, ST_FN_NOT, is_domestic(env, all)));
    static const char name[] = "movements";
    return adds_up(a, valued(a, other, name, st_ir_int(a, 1)),
        valued(a, foreign_part(env, other, false), name, st_ir_int(a, 1)), name);
}

/* --- accounts --- */

static struct st_rel *accounts_of(const struct st_rows_env *env, struct st_rel *h, bool numbered)
{
    static const char *const passed[] = {"customer_id", "role", "product", "class", "currency",
        "branch", "opened_on", "matures_on", "auto_renew", "closed_on", "rate", "account_id"};
    struct st_arena *a = env->arena;
    struct st_ir_expr *opened = st_ir_column(a, h, 0, "opened_on");
    h = st_rel_filter(a, h,
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, opened),
            st_ir_fn(a, ST_FN_LE, opened, as_of(env))));
    struct st_ir_expr *closed = st_ir_column(a, h, 0, "closed_on");
    struct st_ir_column columns[ST_COUNT(passed) + 1];
    size_t count = ST_COUNT(passed) - !numbered;
    for (size_t i = 0; i < count; i++)
        columns[i] = st_rel_pass(a, h, 0, passed[i]);
    columns[count++] = (struct st_ir_column){.name = "open",
        .expr = st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, closed),
            st_ir_fn(a, ST_FN_GT, closed, as_of(env)))};
    return st_rel_project(a, h, count, columns);
}

/* An account that several members hold is one account of their household: its first holder's row.
 */
static struct st_rel *holdings_of_entities(const struct st_rows_env *env)
{
    static const char *const account[] = {"customer_id", "account_id"}, *const first[] = {
                                                                            "position"};
    struct st_arena *a = env->arena;
    struct st_rel *h = holdings(env);
    if (!env->members)
        return h;
    h = of_entities(env, h);
    struct st_ir_column place = {
        .name = "place", .expr = st_ir_over(a, ST_WIN_ROW_NUMBER, NULL, 2, account, 1, first)};
    h = st_rel_window(a, h, 1, &place);
    return st_rel_filter(
        a, h, st_ir_fn(a, ST_FN_EQ, st_ir_column(a, h, 0, "place"), st_ir_int(a, 1)));
}

struct st_rel *st_rows_account(const struct st_rows_env *env)
{
    return accounts_of(env, holdings_of_entities(env), false);
}

struct st_rel *st_rows_account_numbered(const struct st_rows_env *env)
{
    return accounts_of(env, holdings_of_entities(env), true);
}

/* The newest row of each account; few accounts are asked for, so they are joined first. */
static struct st_rel *last_balances(const struct st_rows_env *env, struct st_rel *accounts)
{
    static const char *const account[] = {"customer_id", "account_id"};
    static const char *const day[] = {"on_date"};
    struct st_arena *a = env->arena;
    struct st_rel *rel = balance_rows(env);
    struct st_ir_column joined[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "account_id"), st_rel_pass(a, rel, 0, "on_date"),
        st_rel_pass(a, rel, 0, "amount"), st_rel_pass(a, accounts, 1, "currency")};
    rel = st_rel_join(
        a, ST_JOIN_INNER, rel, accounts, ST_COUNT(account), account, ST_COUNT(joined), joined);
    struct st_ir_column next = {.name = "next_on",
        .expr = st_ir_over(a, ST_WIN_LEAD, st_ir_column(a, rel, 0, "on_date"), 2, account, 1, day)};
    rel = st_rel_window(a, rel, 1, &next);
    rel = st_rel_filter(a, rel, st_ir_fn(a, ST_FN_IS_NULL, st_ir_column(a, rel, 0, "next_on")));
    struct st_ir_column standing[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "account_id"), st_rel_pass(a, rel, 0, "amount"),
        st_rel_pass(a, rel, 0, "currency"), {.name = "on_date", .expr = as_of(env)}};
    return st_rel_project(a, rel, ST_COUNT(standing), standing);
}

struct st_rel *st_rows_closing(const struct st_rows_env *env, struct st_rel *accounts)
{
    struct st_arena *a = env->arena;
    struct st_rel *rel = last_balances(env, accounts);
    if (env->foreign) {
        struct st_rel *parts[] = {
            domestic_part(env, rel), foreign_from(env, rel, false, as_of(env))};
        rel = st_rel_union_all(a, 2, parts);
    }
    int extra = st_rows_amount_scale(env) - env->policy->currency_exponent;
    struct st_ir_expr *amount = st_ir_column(a, rel, 0, "amount");
    if (extra > 0)
        amount = st_ir_cast(a,
            st_ir_fn(a, ST_FN_DIV_HALF_UP, amount, st_ir_wide(a, st_pow10(extra))), ST_IR_BIGINT);
    struct st_ir_column columns[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "account_id"), {.name = "amount", .expr = amount}};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

/* --- customers --- */

static const struct column_def customer_defs[] = {{"customer_id", ST_IR_BIGINT},
    {"kind", ST_IR_TEXT}, {"birth_date", ST_IR_DATE}, {"gender", ST_IR_TEXT},
    {"region", ST_IR_TEXT}, {"branch", ST_IR_TEXT}, {"occupation", ST_IR_TEXT},
    {"industry", ST_IR_TEXT}, {"annual_income", ST_IR_BIGINT}, {"risk_level", ST_IR_TEXT},
    {"risk_assessed_on", ST_IR_DATE}, {"opened_on", ST_IR_DATE}, {"household", ST_IR_TEXT},
    {"closed_on", ST_IR_DATE}, {"load_id", ST_IR_BIGINT}, {"until_load", ST_IR_BIGINT}};
enum { CUSTOMER_KEPT = 13 };

static struct st_rel *all_customers(const struct st_rows_env *env)
{
    return scan(env->arena, "customer", ST_COUNT(customer_defs), customer_defs);
}

static struct st_rel *all_attributes(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {{"customer_id", ST_IR_BIGINT}, {"name", ST_IR_TEXT},
        {"number_value", ST_IR_BIGINT}, {"text_value", ST_IR_TEXT}, {"load_id", ST_IR_BIGINT},
        {"until_load", ST_IR_BIGINT}};
    return scan(env->arena, "customer_attribute", ST_COUNT(defs), defs);
}

struct st_rel *st_rows_customer_changes(const struct st_rows_env *env)
{
    static const char *const days[] = {"opened_on", "closed_on"};
    struct st_arena *a = env->arena;
    struct st_rel *all = all_customers(env);
    struct st_ir_expr *changed = came_or_ended(env, all);
    for (size_t i = 0; i < ST_COUNT(days); i++)
        changed = st_ir_fn(a, ST_FN_OR, changed, since_base_day(env, all, days[i]));
    struct st_rel *parts[4] = {customers_where(env, all, changed)};
    size_t count = 1;
    if (env->policy->attribute_count) {
        struct st_rel *attributes = all_attributes(env);
        parts[count++] = customers_where(env, attributes, came_or_ended(env, attributes));
    }
    if (env->policy->population != ST_POPULATION_EVERYONE) {
        struct st_rel *held = holdings(env);
        parts[count++] = st_rows_holding_changes(env);
        parts[count++] = customers_where(env, held, since_base_day(env, held, "opened_on"));
    }
    return count > 1 ? st_rel_union_all(a, count, parts) : parts[0];
}

static struct st_rel *present_customers(const struct st_rows_env *env)
{
    struct st_arena *a = env->arena;
    struct st_rel *rel = all_customers(env);
    struct st_ir_expr *opened = st_ir_column(a, rel, 0, "opened_on");
    struct st_ir_expr *closed = st_ir_column(a, rel, 0, "closed_on");
    struct st_ir_expr *here = st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, opened),
            st_ir_fn(a, ST_FN_LE, opened, as_of(env))),
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, closed),
            st_ir_fn(a, ST_FN_GT, closed, as_of(env))));
    return st_rel_filter(a, rel, st_ir_and(a, visible(env, rel), here));
}

/* customer_id and status: who is rated and who is gated. */
static struct st_rel *with_status(const struct st_rows_env *env, struct st_rel *customers)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    struct st_ir_column columns[CUSTOMER_KEPT + 1];
    for (size_t i = 0; i < CUSTOMER_KEPT; i++)
        columns[i] = st_rel_pass(a, customers, 0, customer_defs[i].name);
    struct st_ir_column *status = &columns[CUSTOMER_KEPT];
    status->name = "status";
    struct st_ir_expr *zero = st_ir_int(a, 0), *one = st_ir_int(a, 1);
    if (env->policy->population == ST_POPULATION_EVERYONE) {
        status->expr = st_ir_when(a,
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, customers, 0, "kind"), st_ir_text(a, "prospect")),
            one, zero);
        return st_rel_project(a, customers, ST_COUNT(columns), columns);
    }
    struct st_rel *accounts = accounts_of(env, holdings(env), false);
    struct st_ir_column held = {
        .name = "held", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)};
    struct st_rel *holders = st_rel_aggregate(a, accounts, 1, keys, 1, &held);
    status->expr =
        st_ir_when(a, st_ir_fn(a, ST_FN_IS_NULL, st_ir_column(a, holders, 1, "held")), one, zero);
    return st_rel_join(a, ST_JOIN_LEFT, customers, holders, 1, keys, ST_COUNT(columns), columns);
}

/* One row per customer with the policy's attributes as columns. */
static struct st_rel *attributes_of(const struct st_rows_env *env)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    const struct st_policy *policy = env->policy;
    struct st_rel *rel = all_attributes(env);
    rel = st_rel_filter(a, rel, visible(env, rel));
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, policy->attribute_count);
    for (size_t i = 0; i < policy->attribute_count; i++) {
        bool text = policy->attributes[i].type == ST_ATTRIBUTE_TEXT;
        columns[i].name = policy->attributes[i].name;
        columns[i].expr = st_ir_aggregate(a, ST_AGG_MAX,
            st_ir_column(a, rel, 0, text ? "text_value" : "number_value"),
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "name"),
                st_ir_text(a, policy->attributes[i].name)));
    }
    return st_rel_aggregate(a, rel, 1, keys, policy->attribute_count, columns);
}

/* Attributes are stored as integers; dates and booleans take their type back here. */
static struct st_ir_expr *attribute_value(
    struct st_arena *a, enum st_attribute_type type, struct st_ir_expr *stored)
{
    if (type == ST_ATTRIBUTE_BOOLEAN)
        return st_ir_fn(a, ST_FN_NE, stored, st_ir_int(a, 0));
    if (type == ST_ATTRIBUTE_DATE)
        return st_ir_fn(a, ST_FN_ADD_DAYS, st_ir_date(a, 0), stored);
    return stored;
}

/* --- households --- */

/* Every customer with dated memberships, once: household and role on as_of, NULL where the latest
 * joining has ended or none has begun. */
static struct st_rel *memberships(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {{"customer_id", ST_IR_BIGINT},
        {"household", ST_IR_TEXT}, {"role", ST_IR_TEXT}, {"joined_on", ST_IR_DATE},
        {"left_on", ST_IR_DATE}, {"load_id", ST_IR_BIGINT}, {"until_load", ST_IR_BIGINT}};
    static const char *const customer[] = {"customer_id"}, *const day[] = {"start_on"};
    struct st_arena *a = env->arena;
    struct st_ir_expr *now = as_of(env), *none = st_ir_null(a, ST_IR_TEXT);
    struct st_rel *rel = scan(a, "household_member", ST_COUNT(defs), defs);
    rel = st_rel_filter(a, rel, visible(env, rel));
    struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "household"), st_rel_pass(a, rel, 0, "role"),
        st_rel_pass(a, rel, 0, "left_on"),
        {.name = "start_on",
            .expr = st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, rel, 0, "joined_on"),
                st_ir_date(a, st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1})))}};
    rel = st_rel_project(a, rel, ST_COUNT(kept), kept);
    struct st_ir_expr *start = st_ir_column(a, rel, 0, "start_on");
    struct st_ir_column beside[] = {
        {.name = "next_on", .expr = st_ir_over(a, ST_WIN_LEAD, start, 1, customer, 1, day)},
        {.name = "before_on", .expr = st_ir_over(a, ST_WIN_LAG, start, 1, customer, 1, day)}};
    rel = st_rel_window(a, rel, ST_COUNT(beside), beside);
    struct st_ir_expr *next = st_ir_column(a, rel, 0, "next_on"),
                      *before = st_ir_column(a, rel, 0, "before_on");
    struct st_ir_expr *begun = st_ir_fn(a, ST_FN_LE, start, now);
    struct st_ir_expr *latest =
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, next), st_ir_fn(a, ST_FN_GT, next, now));
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_AND, begun, latest),
            st_ir_fn(
                a, ST_FN_AND, st_ir_fn(a, ST_FN_NOT, begun), st_ir_fn(a, ST_FN_IS_NULL, before))));
    struct st_ir_expr *left = st_ir_column(a, rel, 0, "left_on");
    struct st_ir_expr *inside = st_ir_fn(a, ST_FN_AND, begun,
        st_ir_fn(a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, left), st_ir_fn(a, ST_FN_GT, left, now)));
    struct st_ir_column columns[] = {st_rel_pass(a, rel, 0, "customer_id"),
        {.name = "dated", .expr = st_ir_bool(a, true)},
        {.name = "household",
            .expr = st_ir_when(a, inside, st_ir_column(a, rel, 0, "household"), none)},
        {.name = "role", .expr = st_ir_when(a, inside, st_ir_column(a, rel, 0, "role"), none)}};
    return st_rel_project(a, rel, ST_COUNT(columns), columns);
}

/* household as of the day, and household_role. */
static struct st_rel *with_households(const struct st_rows_env *env, struct st_rel *customers)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    struct st_rel *dated = memberships(env);
    size_t count = customers->column_count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, count + 1);
    for (size_t i = 0; i < count; i++) {
        columns[i] = st_rel_pass(a, customers, 0, customers->columns[i].name);
        if (strcmp(columns[i].name, "household") == 0)
            columns[i].expr =
                st_ir_when(a, st_ir_fn(a, ST_FN_IS_NULL, st_ir_column(a, dated, 1, "dated")),
                    columns[i].expr, st_ir_column(a, dated, 1, "household"));
    }
    columns[count] =
        (struct st_ir_column){.name = "household_role", .expr = st_ir_column(a, dated, 1, "role")};
    return st_rel_join(a, ST_JOIN_LEFT, customers, dated, 1, keys, count + 1, columns);
}

struct st_rel *st_rows_members(const struct st_rows_env *env)
{
    static const struct column_def defs[] = {
        {"customer_id", ST_IR_BIGINT}, {"household", ST_IR_TEXT}};
    static const char *const keys[] = {"household"};
    struct st_arena *a = env->arena;
    struct st_rel *customers = with_households(env, present_customers(env));
    struct st_rel *numbers = scan(a, "customer_key", ST_COUNT(defs), defs);
    numbers = st_rel_filter(
        a, numbers, st_ir_fn(a, ST_FN_IS_NOT_NULL, st_ir_column(a, numbers, 0, "household")));
    struct st_ir_column columns[] = {st_rel_pass(a, customers, 0, "customer_id"),
        {.name = "entity_id",
            .expr = st_ir_fn(a, ST_FN_COALESCE, st_ir_column(a, numbers, 1, "customer_id"),
                st_ir_column(a, customers, 0, "customer_id"))}};
    return st_rel_join(a, ST_JOIN_LEFT, customers, numbers, 1, keys, ST_COUNT(columns), columns);
}

struct st_rel *st_rows_household(const struct st_rows_env *env)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    struct st_rel *m =
        of_entities(env, with_households(env, with_status(env, present_customers(env))));
    const struct st_ir_column columns[] = {
        {.name = "status",
            .expr = st_ir_aggregate(a, ST_AGG_MIN, st_ir_column(a, m, 0, "status"), NULL)},
        {.name = "household",
            .expr = st_ir_aggregate(a, ST_AGG_MIN, st_ir_column(a, m, 0, "household"), NULL)},
        {.name = "members", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)},
        {.name = "opened_on",
            .expr = st_ir_aggregate(a, ST_AGG_MIN, st_ir_column(a, m, 0, "opened_on"), NULL)}};
    return st_rel_aggregate(a, m, 1, keys, ST_COUNT(columns), columns);
}

static struct st_rel *customers_of(const struct st_rows_env *env, bool households)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = env->arena;
    const struct st_policy *policy = env->policy;
    struct st_rel *rel = with_status(env, present_customers(env));
    if (households)
        rel = with_households(env, rel);
    if (policy->attribute_count == 0)
        return rel;
    struct st_rel *attributes = attributes_of(env);
    size_t count = rel->column_count;
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, count + policy->attribute_count);
    for (size_t i = 0; i < count; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    for (size_t i = 0; i < policy->attribute_count; i++) {
        const struct st_attribute_def *def = &policy->attributes[i];
        columns[count + i] = (struct st_ir_column){.name = def->name,
            .expr = attribute_value(a, def->type, st_ir_column(a, attributes, 1, def->name))};
    }
    return st_rel_join(
        a, ST_JOIN_LEFT, rel, attributes, 1, keys, count + policy->attribute_count, columns);
}

struct st_rel *st_rows_customer(const struct st_rows_env *env, bool households)
{
    return of_entities(env, customers_of(env, households));
}
