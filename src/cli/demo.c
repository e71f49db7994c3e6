/* strata demo: a synthetic bank, from nothing to tiers. */
#include "cli/cli.h"

static st_code read_format(const char *text, enum st_demo_format *format, struct st_error *err)
{
    static const char *const names[] = {
        [ST_DEMO_UTF8] = "utf-8", [ST_DEMO_GB18030] = "gb18030", [ST_DEMO_PARQUET] = "parquet"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *format = (enum st_demo_format)i;
            return ST_OK;
        }
    }
    st_code code = st_fail(err, ST_E_USAGE, "--format is unknown", "--format 未知");
    st_error_value(err, "%s", text);
    st_error_allowed(err, "utf-8, gb18030 or parquet", "utf-8、gb18030 或 parquet");
    return code;
}

static st_code read_demo_options(struct cli *cli, struct st_demo_options *o, struct st_error *err)
{
    int64_t number = 0;
    st_code code = ST_OK;
    o->directory = cli->positional_count ? cli->positionals[0] : "demo";
    if (cli->seed) {
        code = cli_number("--seed", cli->seed, 0, INT64_MAX, &number, err);
        o->seed = (uint64_t)number;
    }
    if (code == ST_OK && cli->customers)
        code = cli_number("--customers", cli->customers, 1, 90000000, &o->customers, err);
    o->threads = cli->store.threads;
    if (code == ST_OK && cli->format)
        code = read_format(cli->format, &o->format, err);
    if (code == ST_OK && cli->months) {
        code = cli_number("--months", cli->months, 1, 120, &number, err);
        o->months = (int)number;
    }
    return code;
}

static st_code run_demo(struct cli *cli, struct st_error *err)
{
    struct st_demo_options options = ST_DEMO_OPTIONS_DEFAULT;
    struct st_demo_report report = {0};
    st_code code = read_demo_options(cli, &options, err);
    if (code == ST_OK)
        code = st_demo_write(&options, &cli->arena, &report, err);
    if (code != ST_OK)
        return code;
    json_t *files = json_array();
    struct cli_table t = {.columns = 3, .right = {false, true, true}};
    cli_table_cell(&t, cli_text(cli, "file", "文件"));
    cli_table_cell(&t, cli_text(cli, "rows", "行数"));
    cli_table_cell(&t, cli_text(cli, "of them bad", "其中问题行"));
    for (size_t i = 0; i < report.file_count; i++) {
        const struct st_demo_file *f = &report.files[i];
        json_array_append_new(files,
            json_pack("{s:s, s:I, s:I}", "file", f->name, "rows", f->rows, "bad", f->bad_rows));
        cli_table_cell(&t, f->name);
        cli_table_cell(&t, cli_count(cli, f->rows));
        cli_table_cell(&t, cli_count(cli, f->bad_rows));
    }
    if (cli->json) {
        cli_print_json(json_pack("{s:s, s:o}", "directory", options.directory, "files", files));
        free(t.cells.items);
        return ST_OK;
    }
    json_decref(files);
    if (!cli->quiet)
        cli_table_print(&t, stdout);
    else
        free(t.cells.items);
    return ST_OK;
}

static const struct cli_option demo_options[] = {
    {"--customers", "N", offsetof(struct cli, customers),
        {"how many (20,000)", "客户数（20,000）"}},
    {"--months", "N", offsetof(struct cli, months), {"months of history (24)", "历史月数（24）"}},
    {"--seed", "N", offsetof(struct cli, seed),
        {"the same seed gives the same bank (1)", "相同种子生成相同银行（1）"}},
    {"--format", "utf-8|gb18030|parquet", offsetof(struct cli, format),
        {"CSV in UTF-8 (default), CSV in GB18030 with 万元, or Parquet",
            "UTF-8 CSV（默认）、以万元计的 GB18030 CSV，或 Parquet"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_demo = {
    .name = "demo",
    .usage = "[DIR]",
    .summary = {"write the files of a demonstration bank", "生成演示银行的数据文件"},
    .detail =
        {"Files with a manifest, and a small share of bad rows of every kind. Import them with\n"
         "mappings/demo.yaml, or with demo_gb18030.yaml or demo_parquet.yaml beside it when\n"
         "they are written in that form: the same bank each time. 1,000,000 customers take 7 GB\n"
         "and about a minute.",
            "生成数据文件与清单，含少量各类问题行。用 mappings/demo.yaml 导入；其他格式用同目录的\n"
            "demo_gb18030.yaml 或 demo_parquet.yaml 导入，内容是同一家银行。一百万客户约 7 "
            "GB，约一分钟。"},
    .least = 0,
    .most = 1,
    .options = demo_options,
    .run = run_demo,
};
