/* strata check, run */
#include "cli/cli.h"

#include "base/vec.h"

#include <time.h>

/* --- check --- */

static json_t *check_json(const struct cli *cli, const struct st_compiled *c)
{
    json_t *metrics = json_array(), *schemes = json_array();
    for (size_t i = 0; i < c->metric_count; i++)
        json_array_append_new(metrics,
            json_pack("{s:s, s:s, s:s, s:b}", "name", c->metrics[i].name, "title",
                cli_title(cli, &c->metrics[i].title), "type",
                st_kind_name(c->metrics[i].kind, ST_LANG_EN), "nullable", c->metrics[i].nullable));
    for (size_t i = 0; i < c->scheme_count; i++) {
        const struct st_scheme *s = c->schemes[i];
        json_t *tiers = json_array();
        for (size_t k = 0; k < s->tier_count; k++)
            json_array_append_new(tiers, json_pack("{s:s, s:s, s:o, s:o}", "code", s->tiers[k].code,
                                             "title", cli_title(cli, &s->tiers[k].title), "needs",
                                             cli_titles_json(cli, &s->tiers[k].needs), "services",
                                             cli_titles_json(cli, &s->tiers[k].services)));
        json_array_append_new(
            schemes, json_pack("{s:s, s:s, s:s, s:o}", "name", s->def->name, "title",
                         cli_title(cli, &s->def->title), "method", s->ops->name, "tiers", tiers));
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "policy", c->policy->name, "hash", c->policy->hash,
        "metrics", metrics, "schemes", schemes);
}

static void print_check(struct cli *cli, const struct st_compiled *c)
{
    printf(cli_text(cli, "%s is a good policy: %s (%.12s)\n", "%s 检查通过：%s（%.12s）\n"),
        c->policy->source, cli_title(cli, &c->policy->title), c->policy->hash);
    struct cli_table t = {.columns = 4};
    for (size_t i = 0; i < c->scheme_count; i++) {
        const struct st_scheme *s = c->schemes[i];
        struct st_str tiers = ST_STR_INIT;
        for (size_t k = 0; k < s->tier_count; k++)
            st_str_addf(&tiers, "%s%s", k ? " · " : "", cli_title(cli, &s->tiers[k].title));
        cli_table_cell(&t, s->def->name);
        cli_table_cell(&t, cli_title(cli, &s->def->title));
        cli_table_cell(&t, cli_title(cli, &s->ops->title));
        cli_table_cell(&t, st_arena_strdup(&cli->arena, tiers.text));
        st_str_release(&tiers);
    }
    cli_table_print(&t, stdout);
}

static st_code read_dialect(const char *name, enum st_dialect *out, struct st_error *err)
{
    static const char *const names[] = {[ST_DIALECT_DUCKDB] = "duckdb",
        [ST_DIALECT_POSTGRESQL] = "postgresql",
        [ST_DIALECT_CITUS] = "citus"};
    for (size_t i = 0; i < ST_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum st_dialect)i;
            return ST_OK;
        }
    }
    st_code code = st_fail(err, ST_E_USAGE, "--sql is not a dialect", "--sql 不是可用方言");
    st_error_value(err, "%s", name);
    st_error_allowed(err, "duckdb, postgresql, citus", "duckdb、postgresql、citus");
    return code;
}

static void print_sql(const struct st_compiled *c, enum st_dialect dialect)
{
    struct st_str sql = ST_STR_INIT;
    st_app_plan_sql(c, dialect, &sql);
    fputs(sql.text, stdout);
    st_str_release(&sql);
}

static st_code run_check(struct cli *cli, struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    enum st_dialect dialect = ST_DIALECT_DUCKDB;
    st_code code = cli->sql ? read_dialect(cli->sql, &dialect, err) : ST_OK;
    if (code == ST_OK)
        code = st_app_check(&cli->arena, cli->positionals[0], cli->currencies,
            dialect == ST_DIALECT_CITUS, &compiled, err);
    if (code != ST_OK)
        return code;
    if (cli->sql)
        print_sql(compiled, dialect);
    else if (cli->json)
        cli_print_json(check_json(cli, compiled));
    else if (!cli->quiet)
        print_check(cli, compiled);
    return ST_OK;
}

static const struct cli_option check_options[] = {
    {"--sql", "DIALECT", offsetof(struct cli, sql),
        {"print the plan as duckdb, postgresql or citus would get it",
            "打印 duckdb、postgresql 或 citus 的执行计划"}},
    {"--currencies", NULL, offsetof(struct cli, currencies),
        {"with --sql: the plan for a store that holds several currencies",
            "与 --sql 同用：多币种库的执行计划"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_check = {
    .name = "check",
    .usage = "POLICY.yaml",
    .summary = {"check a policy; no store needed", "检查策略文件，无需数据库"},
    .detail = {"Names, types and units; every tier reachable, no gap, no overlap; missing values\n"
               "have a declared outcome.",
        "检查名称、类型与单位；每层可达、无缺口、无重叠；缺失值有明确归属。"},
    .least = 1,
    .most = 1,
    .options = check_options,
    .run = run_check,
};

/* --- run --- */

static void show_progress(void *context, size_t period, size_t periods, const char *step)
{
    const struct cli *cli = context;
    if (cli->terminal && !cli->quiet)
        fprintf(stderr, "\r%zu/%zu  %-40.40s", period + 1, periods, step);
}

static json_t *period_json(const struct st_run_report *r, const struct st_run_period *p)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *schemes = json_array();
    for (size_t i = 0; i < p->scheme_count; i++) {
        const struct st_run_scheme *s = &p->schemes[i];
        json_array_append_new(schemes,
            json_pack("{s:s, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "scheme",
                s->name, "rated", s->movement.rated, "gated", s->movement.gated, "unrated",
                s->movement.unrated, "compared", s->has_before, "up", s->movement.up, "down",
                s->movement.down, "moved", s->movement.moved, "same", s->movement.same, "entered",
                s->movement.entered, "left", s->movement.left, "standings",
                s->moves ? cli_standings_json(&s->standings) : json_null()));
    }
    return json_pack("{s:I, s:s, s:s, s:s, s:o, s:I, s:I, s:s, s:o}", "run", p->run_id, "as_of",
        st_date_format(p->as_of, date), "policy", r->policy->name, "hash", r->policy->hash,
        "version", cli_version_json(r->policy_version), "customers", p->customers, "base_run",
        p->base_run, "carried", p->carried, "schemes", schemes);
}

enum { PLAIN_COLUMNS = 10 };

static void print_period(struct cli *cli, struct cli_table *t, const struct st_run_period *p)
{
    for (size_t i = 0; i < p->scheme_count; i++) {
        const struct st_run_scheme *s = &p->schemes[i];
        char date[ST_DATE_TEXT_SIZE];
        cli_table_cell(t, st_arena_strdup(&cli->arena, st_date_format(p->as_of, date)));
        cli_table_cell(t, st_arena_printf(&cli->arena, "%lld", (long long)p->run_id));
        cli_table_cell(t, cli_title(cli, &s->title));
        cli_table_cell(t, cli_count(cli, s->movement.rated));
        cli_table_cell(t, s->has_before && s->ranked ? cli_count(cli, s->movement.up) : "—");
        cli_table_cell(t, s->has_before && s->ranked ? cli_count(cli, s->movement.down) : "—");
        cli_table_cell(t, s->has_before && !s->ranked ? cli_count(cli, s->movement.moved) : "—");
        cli_table_cell(t, s->has_before ? cli_count(cli, s->movement.entered) : "—");
        cli_table_cell(t, cli_count(cli, s->movement.gated));
        cli_table_cell(t, cli_count(cli, s->movement.unrated));
        if (t->columns > PLAIN_COLUMNS)
            cli_table_cell(
                t, s->moves ? cli_count(cli, s->standings.customers[ST_STANDING_WATCH]) : "—");
    }
}

static bool any_moves(const struct st_run_period *p)
{
    for (size_t i = 0; i < p->scheme_count; i++)
        if (p->schemes[i].moves)
            return true;
    return false;
}

static void print_run(struct cli *cli, const struct st_run_report *r, double seconds)
{
    struct cli_table t = {.columns = PLAIN_COLUMNS + any_moves(&r->periods[0]),
        .right = {false, true, false, true, true, true, true, true, true, true, true}};
    const char *const heads[] = {cli_text(cli, "as of", "评定日"), cli_text(cli, "run", "运行"),
        cli_text(cli, "scheme", "方案"), cli_text(cli, "rated", "参评"),
        cli_text(cli, "up", "升级"), cli_text(cli, "down", "降级"), cli_text(cli, "moved", "变动"),
        cli_text(cli, "new", "新增"), cli_text(cli, "gated", "未准入"),
        cli_text(cli, "unrated", "未评级"), cli_text(cli, "on watch", "关注")};
    for (size_t i = 0; i < t.columns; i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < r->period_count; i++)
        print_period(cli, &t, &r->periods[i]);
    cli_table_print(&t, stdout);
    const struct st_run_period *last = &r->periods[r->period_count - 1];
    printf(
        cli_text(cli, "\npolicy %s (%.12s)%s, %s %s, %zu periods, data up to load %lld, %.2f s\n",
            "\n策略 %1$s（%2$.12s）%3$s，%5$s %4$s，周期 %6$zu 个，数据截至批次 %7$lld，用时 "
            "%8$.2f 秒\n"),
        cli_title(cli, &r->policy->title), r->policy->hash, cli_version(cli, r->policy_version),
        cli_count(cli, last->customers),
        r->policy->entity == ST_ENTITY_HOUSEHOLD ? cli_text(cli, "households", "家庭")
                                                 : cli_text(cli, "customers", "客户"),
        r->period_count, (long long)r->watermark, seconds);
}

/* What the last run went on from, where it did. */
static void print_base(const struct cli *cli, const struct st_run_report *r)
{
    const struct st_run_period *last = &r->periods[r->period_count - 1];
    if (!last->base_run)
        return;
    printf(cli_text(cli, "run %lld goes on from run %lld: %s rows since then%s\n",
               "运行 %lld 以运行 %lld 为基础：仅读取其后的 %s 数据%s\n"),
        (long long)last->run_id, (long long)last->base_run, last->carried,
        cli->verify ? cli_text(cli, "; a full run gives the same", "；与完整运行结果一致") : "");
}

/* A balance feed that stopped looks like balances that do not change: say so. */
static void note_old_data(const struct cli *cli, const struct st_run_report *r)
{
    enum { DAYS_NORMAL = 31 };
    st_date as_of = r->periods[r->period_count - 1].as_of;
    char newest[ST_DATE_TEXT_SIZE], last[ST_DATE_TEXT_SIZE];
    if (!r->has_newest || as_of - r->newest <= DAYS_NORMAL)
        return;
    fprintf(stderr,
        cli_text(cli, "note: the newest balance or movement is of %s, %d days before %s\n",
            "注意：最新的余额或交易日期为 %s，早于评定日 %d 天（%s）\n"),
        st_date_format(r->newest, newest), (int)(as_of - r->newest), st_date_format(as_of, last));
}

static st_code read_run_options(struct cli *cli, struct st_run_options *o, struct st_error *err)
{
    if (!cli->as_of) {
        st_code code =
            st_fail(err, ST_E_USAGE, "strata run needs --as-of", "strata run 需要 --as-of");
        st_error_allowed(err, "--as-of DATE", "--as-of 日期");
        st_error_hint(err, "the day the data stands at, such as --as-of 2025-12-31",
            "数据所截止的日期，如 --as-of 2025-12-31");
        return code;
    }
    st_code code = cli_date("--as-of", cli->as_of, &o->as_of, err);
    if (code == ST_OK && cli->from) {
        code = cli_date("--from", cli->from, &o->from, err);
        o->has_from = true;
    }
    o->every = cli->every;
    o->full = cli->full;
    o->verify = cli->verify;
    if (code == ST_OK && cli->from && !cli->every) {
        code = st_fail(err, ST_E_USAGE, "--from needs --every", "--from 须与 --every 同用");
        st_error_hint(err, "--every month rates at each month's end from --from to --as-of",
            "--every month 在 --from 至 --as-of 的每个月末评定");
    }
    return code;
}

/* The periods of all stretches; what is said of the whole is the last one's. */
static json_t *runs_json(const struct st_app_runs *runs, double seconds)
{
    const struct st_run_report *last = &runs->reports[runs->count - 1];
    json_t *periods = json_array();
    char newest[ST_DATE_TEXT_SIZE];
    for (size_t i = 0; i < runs->count; i++)
        for (size_t k = 0; k < runs->reports[i].period_count; k++)
            json_array_append_new(
                periods, period_json(&runs->reports[i], &runs->reports[i].periods[k]));
    st_date_format(last->newest, newest);
    return json_pack("{s:s, s:s, s:o, s:I, s:s?, s:f, s:o}", "policy", last->policy->name, "hash",
        last->policy->hash, "version", cli_version_json(last->policy_version), "watermark",
        last->watermark, "newest_fact", last->has_newest ? newest : NULL, "seconds", seconds,
        "periods", periods);
}

/* Stretches are published one by one: an error in a later one leaves those before. */
static void note_published(const struct cli *cli, const struct st_app_runs *runs)
{
    const struct st_run_report *last = &runs->reports[runs->count - 1];
    char date[ST_DATE_TEXT_SIZE];
    fprintf(stderr,
        cli_text(cli, "note: what was run under earlier versions, up to %s, is published\n",
            "注意：此前版本截至 %s 的运行已发布\n"),
        st_date_format(last->periods[last->period_count - 1].as_of, date));
}

static st_code run_run(struct cli *cli, struct st_error *err)
{
    char now[ST_NOW_SIZE];
    struct st_run_options options = {
        .now = st_app_now(now), .progress = show_progress, .progress_context = cli};
    struct st_app_runs runs = {.count = 0};
    struct timespec start, end;
    cli->store.location = cli->positionals[0];
    st_code code = read_run_options(cli, &options, err);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (code == ST_OK)
        code = st_app_run(&cli->store, &cli->arena,
            cli->positional_count > 1 ? cli->positionals[1] : NULL, cli->policy, &options, &runs,
            err);
    if (cli->terminal && !cli->quiet)
        fprintf(stderr, "\r%52s\r", "");
    if (code != ST_OK && runs.count)
        note_published(cli, &runs);
    if (code != ST_OK)
        return code;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    if (cli->json)
        cli_print_json(runs_json(&runs, seconds));
    for (size_t i = 0; i < runs.count && !cli->json && !cli->quiet; i++) {
        print_run(cli, &runs.reports[i], seconds);
        print_base(cli, &runs.reports[i]);
    }
    if (!cli->json && !cli->quiet)
        note_old_data(cli, &runs.reports[runs.count - 1]);
    return ST_OK;
}

static const struct cli_option run_options[] = {
    {"--as-of", "DATE", offsetof(struct cli, as_of), {"day to rate at", "评定日"}},
    {"--every", "PERIOD", offsetof(struct cli, every),
        {"rate at every period's end: month, quarter, year, day, as the policy says",
            "在每个周期末评定：month、quarter、year、day，与策略一致"}},
    {"--from", "DATE", offsetof(struct cli, from), {"first day of the series", "序列的起始日"}},
    {"--policy", "NAME", offsetof(struct cli, policy),
        {"without a file: the versions of this policy (default: of all)",
            "不写文件时：只运行该策略的版本（默认全部）"}},
    {"--full", NULL, offsetof(struct cli, full),
        {"compute everything anew, go on from no earlier run", "全部重新计算，不以先前运行为基础"}},
    {"--verify", NULL, offsetof(struct cli, verify),
        {"compute everything anew as well, compare, and publish nothing if one row differs",
            "同时完整计算并逐行比较，有任何不同即不发布"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_run = {
    .name = "run",
    .usage = "STORE [POLICY.yaml] --as-of DATE [--every month --from DATE]",
    .summary = {"tier the customers and publish", "评定客户层级并发布"},
    .detail =
        {"All periods of one command are published together, or none; where the version of the\n"
         "policy changes on the way, those of each version on their own.\n"
         "A run goes on from the newest one with the same metrics, and reads what is new since.\n"
         "Without a file the version in force on each day is run (strata policy --help). A "
         "file\nruns as it is until a version of its name was approved; then it must be the "
         "one in force.",
            "一次命令的所有周期同时发布，或都不发布；其间策略版本更替时，按版本分段发布。\n"
            "运行以指标相同的最近一次运行为基础，仅读取其后的新数据。\n"
            "不写文件时运行各日生效的版本（见 strata policy --help）。\n"
            "同名策略有版本获批之前，文件可直接运行；之后文件须与生效版本一致。"},
    .least = 1,
    .most = 2,
    .options = run_options,
    .run = run_run,
};
