/* strata simulate */
#include "app/simulate.h"

#include "cli/cli.h"

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int64_t count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *title_of(const struct cli *cli, const json_t *object)
{
    return text_of(json_object_get(object, "title"), cli->lang == ST_LANG_ZH ? "zh" : "en");
}

/* "+1,234" */
static const char *change(struct cli *cli, int64_t n)
{
    return n > 0 ? st_arena_printf(&cli->arena, "+%s", cli_count(cli, n)) : cli_count(cli, n);
}

/* An amount of the JSON with its thousands; "—" where there is none. */
static const char *amount(struct cli *cli, const json_t *stock, const char *key)
{
    const char *text = text_of(stock, key), *point = strchr(text, '.');
    char grouped[ST_DECIMAL_TEXT_SIZE];
    int64_t value = 0;
    int scale = point ? (int)strlen(point + 1) : 0;
    if (!*text || st_decimal_parse(text, strlen(text), scale, &value) != ST_OK)
        return "—";
    return st_arena_strdup(&cli->arena, st_decimal_format_grouped(value, scale, grouped));
}

static void print_tiers(struct cli *cli, const json_t *data, const json_t *scheme)
{
    const json_t *measure = json_object_get(data, "measure");
    const json_t *tiers = json_object_get(scheme, "tiers");
    bool costs = !json_is_null(json_object_get(json_object_get(scheme, "before"), "cost"));
    bool amounts = !json_is_null(measure);
    struct cli_table table = {.columns = 4 + (amounts ? 2u : 0u) + (costs ? 2u : 0u),
        .right = {false, true, true, true, true, true, true, true}};
    const char *const heads[] = {cli_text(cli, "tier", "层级"), cli_text(cli, "before", "现行"),
        cli_text(cli, "after", "新策略"), cli_text(cli, "change", "变化"),
        amounts ? title_of(cli, measure) : NULL, cli_text(cli, "after", "新策略"),
        cli_text(cli, "cost a year", "年服务成本"), cli_text(cli, "after", "新策略")};
    for (size_t i = 0; i < 8; i++)
        if (i < 4 || (i < 6 ? amounts : costs))
            cli_table_cell(&table, heads[i]);
    for (size_t i = 0; i < json_array_size(tiers); i++) {
        const json_t *tier = json_array_get(tiers, i);
        const json_t *before = json_object_get(tier, "before"),
                     *after = json_object_get(tier, "after");
        int64_t was = count_of(before, "customers"), is = count_of(after, "customers");
        cli_table_cell(&table, title_of(cli, tier));
        cli_table_cell(&table, cli_count(cli, was));
        cli_table_cell(&table, cli_count(cli, is));
        cli_table_cell(&table, change(cli, is - was));
        if (amounts) {
            cli_table_cell(&table, amount(cli, before, "amount"));
            cli_table_cell(&table, amount(cli, after, "amount"));
        }
        if (costs) {
            cli_table_cell(&table, amount(cli, before, "cost"));
            cli_table_cell(&table, amount(cli, after, "cost"));
        }
    }
    cli_table_print(&table, stdout);
}

static void print_scheme(struct cli *cli, const json_t *data, const json_t *scheme)
{
    static const struct {
        const char *name;
        struct st_text text;
    } states[] = {{"unchanged", {"nothing changes", "没有变化"}},
        {"added", {"new scheme", "新增方案"}}, {"removed", {"no longer there", "方案取消"}},
        {"changed", {"", ""}}};
    static const struct {
        const char *name;
        struct st_text text;
    } moves[] = {{"up", {"up", "升级"}}, {"down", {"down", "降级"}}, {"moved", {"moved", "变动"}},
        {"entered", {"newly rated", "新参评"}}, {"left", {"no longer rated", "不再参评"}}};
    const json_t *counts = json_object_get(scheme, "moves");
    printf("%s", title_of(cli, scheme));
    for (size_t i = 0; i < ST_COUNT(states); i++)
        if (strcmp(states[i].name, text_of(scheme, "state")) == 0 && *states[i].text.en)
            printf("  %s", cli_title(cli, &states[i].text));
    for (size_t i = 0; i < ST_COUNT(moves); i++)
        if (count_of(counts, moves[i].name))
            printf("  %s %s", cli_title(cli, &moves[i].text),
                cli_count(cli, count_of(counts, moves[i].name)));
    printf("\n");
    if (strcmp(text_of(scheme, "state"), "unchanged") != 0) {
        print_tiers(cli, data, scheme);
        printf("\n");
    }
}

/* What the tiers before follow, once for each run: a version, or a file; another version may be in
 * force by now. */
static void print_followed(struct cli *cli, const json_t *schemes)
{
    int64_t run = 0;
    for (size_t i = 0; i < json_array_size(schemes); i++) {
        const json_t *scheme = json_array_get(schemes, i);
        const json_t *policy = json_object_get(scheme, "in_force");
        int64_t version = count_of(policy, "version"), due = count_of(policy, "version_due");
        if (json_is_null(policy) || count_of(scheme, "run") == run)
            continue;
        run = count_of(scheme, "run");
        const char *name = text_of(policy, "name");
        if (version)
            printf(cli_text(cli, "before: run %lld of %s, version %lld",
                       "现行：运行 %lld，策略 %s 第 %lld 版"),
                (long long)run, name, (long long)version);
        else
            printf(cli_text(cli, "before: run %lld of %s", "现行：运行 %lld，策略 %s"),
                (long long)run, name);
        if (due && due != version)
            printf(
                cli_text(cli, "; version %lld is in force on that day: run it to compare with it",
                    "；当日生效的是第 %lld 版：先运行该版再对比"),
                (long long)due);
        printf("\n");
    }
    printf("\n");
}

static void print_simulation(
    struct cli *cli, const json_t *data, const struct st_simulation_files *files)
{
    const json_t *schemes = json_object_get(data, "schemes");
    printf(cli_text(cli, "as of %s: %s against what was published; nothing was written\n",
               "截至 %s：%s 与已发布结果对比；未写入任何数据\n"),
        text_of(data, "as_of"), title_of(cli, json_object_get(data, "policy")));
    print_followed(cli, schemes);
    for (size_t i = 0; i < json_array_size(schemes); i++)
        print_scheme(cli, data, json_array_get(schemes, i));
    if (cli->movers)
        printf(cli_text(cli, "%s movers in %s\n", "%s 位变动客户写入 %s\n"),
            cli_count(cli, files->movers), cli->movers);
    if (cli->output)
        printf(cli_text(cli, "report in %s\n", "报告写入 %s\n"), cli->output);
}

enum { BY_MAX = 16 };

/* "branch,age" → names in the arena; "none": none. */
static void split_by(struct cli *cli, const char **names, struct st_simulate_options *o)
{
    if (!cli->by)
        return;
    o->by = names;
    if (strcmp(cli->by, "none") == 0)
        return;
    for (char *rest = st_arena_strdup(&cli->arena, cli->by), *name;
         o->by_count < BY_MAX && (name = strsep(&rest, ","));)
        names[o->by_count++] = name;
}

static st_code read_options(struct cli *cli, const char **by, st_date *as_of,
    struct st_simulate_options *o, struct st_error *err)
{
    st_code code = ST_OK;
    *o = (struct st_simulate_options){.scheme = cli->scheme,
        .measure = cli->measure,
        .movers = cli->movers,
        .plain = cli->plain,
        .lang = cli->lang};
    split_by(cli, by, o);
    if (cli->as_of) {
        code = cli_date("--as-of", cli->as_of, as_of, err);
        o->as_of = as_of;
    }
    if (code == ST_OK && cli->movers)
        code = cli_export_format(cli, cli->movers, &o->format, err);
    return code;
}

static st_code run_simulate(struct cli *cli, struct st_error *err)
{
    struct st_simulate_options o;
    struct st_simulation_files files = {.page = cli->output, .lang = cli->lang};
    const char *by[BY_MAX];
    st_date as_of;
    json_t *data = NULL;
    cli->store.location = cli->positionals[0];
    st_code code = read_options(cli, by, &as_of, &o, err);
    if (code == ST_OK)
        code =
            st_app_simulate(&cli->store, &cli->arena, cli->positionals[1], &o, &files, &data, err);
    if (code == ST_OK && cli->json)
        cli_print_json(json_incref(data));
    else if (code == ST_OK && !cli->quiet)
        print_simulation(cli, data, &files);
    json_decref(data);
    return code;
}

static const struct cli_option simulate_options[] = {
    {"--output", "FILE", offsetof(struct cli, output),
        {"report.html to write, also -o", "输出报告 report.html，亦可写 -o"}},
    {"--movers", "FILE", offsetof(struct cli, movers),
        {"who moves, from, to and why: .csv, .xlsx or .parquet",
            "变动客户名单（来源、去向、原因）：.csv、.xlsx 或 .parquet"}},
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"one scheme (default: all)", "方案（默认全部）"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"a day that was run (default: the newest)", "已运行的日期（默认最新）"}},
    {"--measure", "METRIC", offsetof(struct cli, measure),
        {"what is added up (default: what the first scheme divides)",
            "合计所依据的指标（默认首个方案所划分的金额）"}},
    {"--by", "COLUMNS", offsetof(struct cli, by),
        {"breakdowns: text columns and attributes of customers, age; none",
            "分析维度：客户文本字段与属性、age；none 为不分析"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs: no mark, no guard against formulas",
            "供程序读取的 csv：无 BOM，不作公式防护"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_simulate = {
    .name = "simulate",
    .usage = "STORE NEW.yaml [-o report.html] [--movers FILE]",
    .summary = {"what a new policy would change, writing nothing to the store",
        "试算新策略的影响，不写入库"},
    .detail = {"The new policy against what was published for a day, over the whole population:\n"
               "customers, assets and service cost by tier before and after, who moves and why,\n"
               "the effect by branch, manager, age, gender and region, or --by others.\n"
               "The store is opened read-only. Metrics that did not change are not computed "
               "again.\n"
               "Service cost needs cost: on the tiers, of one customer for a year.",
        "将新策略与某日已发布的结果在全体客户上对比：各层客户数、资产与服务成本的前后变化，\n"
        "哪些客户变动及原因，以及对机构、客户经理、年龄、性别、地区（或 --by 所列维度）的影响。\n"
        "以只读方式打开库；未变化的指标不重新计算。\n"
        "服务成本取自层级的 cost:，即每位客户每年的成本。"},
    .least = 2,
    .most = 2,
    .options = simulate_options,
    .run = run_simulate,
};
