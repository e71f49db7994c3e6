/* strata demo: a synthetic bank, from nothing to tiers. */
#include "cli/cli.h"

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
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_demo = {
    .name = "demo",
    .usage = "[DIR]",
    .summary = {"write the files of a demonstration bank", "生成演示银行的数据文件"},
    .detail = {"CSV files with a manifest, and a small share of bad rows; import them with\n"
               "mappings/demo.yaml.",
        "生成 CSV 文件与清单，含少量问题行；用 mappings/demo.yaml 导入。"},
    .least = 0,
    .most = 1,
    .options = demo_options,
    .run = run_demo,
};
