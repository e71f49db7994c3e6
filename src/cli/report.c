/* strata report */
#include "cli/cli.h"

/* cli is allowed base and app alone: the page is written by app. */
static json_t *summary_json(const struct cli *cli, const json_t *data, int64_t bytes)
{
    json_t *schemes = json_array();
    const json_t *all = json_object_get(data, "schemes");
    for (size_t i = 0; i < json_array_size(all); i++)
        json_array_append(schemes, json_object_get(json_array_get(all, i), "name"));
    return json_pack("{s:s, s:I, s:O, s:o}", "file", cli->output, "bytes", bytes, "as_of",
        json_object_get(data, "as_of"), "schemes", schemes);
}

static st_code write_page(struct cli *cli, const json_t *data, struct st_error *err)
{
    int64_t bytes = 0;
    const char *as_of = json_string_value(json_object_get(data, "as_of"));
    st_code code = st_report_write(&cli->arena, data, cli->lang, cli->output, &bytes, err);
    if (code == ST_OK && cli->json)
        cli_print_json(summary_json(cli, data, bytes));
    else if (code == ST_OK && !cli->quiet)
        printf(cli_text(cli, "report as of %s in %s\n", "%s 的报告写入 %s\n"), as_of, cli->output);
    return code;
}

static st_code run_report(struct cli *cli, struct st_error *err)
{
    struct st_report_options o = {
        .scheme = cli->scheme, .measure = cli->measure, .title = cli->title};
    st_date as_of;
    json_t *data = NULL;
    st_code code = ST_OK;
    cli->store.location = cli->positionals[0];
    if (!cli->output && !cli->json) {
        (void)!st_fail(
            err, ST_E_USAGE, "strata report needs -o FILE", "strata report 需要 -o 文件");
        st_error_hint(err, "-o report.html; or --json for the data alone",
            "-o report.html；或以 --json 只输出数据");
        return ST_E_USAGE;
    }
    if (cli->as_of) {
        code = cli_date("--as-of", cli->as_of, &as_of, err);
        o.as_of = &as_of;
    }
    if (code == ST_OK)
        code = st_app_report(&cli->store, &cli->arena, &o, &data, err);
    if (code == ST_OK && cli->output)
        code = write_page(cli, data, err);
    else if (code == ST_OK)
        cli_print_json(json_incref(data));
    json_decref(data);
    return code;
}

static const struct cli_option report_options[] = {
    {"--output", "FILE", offsetof(struct cli, output),
        {"file to write, also -o", "输出文件，亦可写 -o"}},
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"one scheme (default: all of the day)", "方案（默认当日全部）"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"a past run (default: the latest)", "历史运行（默认最新）"}},
    {"--measure", "METRIC", offsetof(struct cli, measure),
        {"what shares are of (default: what the first scheme divides)",
            "占比所依据的指标（默认首个方案所划分的金额）"}},
    {"--title", "TEXT", offsetof(struct cli, title), {"the report's title", "报告标题"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_report = {
    .name = "report",
    .usage = "STORE -o report.html",
    .summary = {"one HTML file with charts, for screen and paper",
        "生成单个 HTML 报告，含图表，可屏幕阅读与打印"},
    .detail =
        {"Pyramid and share of assets, distribution, RFM, lifecycle, matrix, movement, flows\n"
         "from tier to tier, concentration, data quality and what was run; each where a\n"
         "scheme gives it. The file opens in any browser without a network, in --lang, and\n"
         "switches to the other language and between light and dark. It holds aggregates,\n"
         "no customer. --json without -o prints the data it is drawn from.",
            "金字塔与资产占比、分布、RFM、生命周期、矩阵、变动、层级流动、集中度、数据质量与\n"
            "运行信息，按已运行的方案逐项呈现。文件无需网络即可在浏览器中打开，\n"
            "初始语言为 --lang，可切换语言与明暗；只含汇总数据，不含任何客户。\n"
            "仅写 --json 而不写 -o 时，输出报告所依据的数据。"},
    .least = 1,
    .most = 1,
    .options = report_options,
    .run = run_report,
};
