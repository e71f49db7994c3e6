/* strata changes */
#include "cli/cli.h"

#include "base/vec.h"

static json_t *file_json(const struct st_change_file *f)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *counts = json_array();
    for (size_t i = 0; i < f->count_count; i++) {
        const struct st_change_count *c = &f->counts[i];
        json_array_append_new(counts,
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "from", c->from, "to", c->to, "now", c->now,
                "pending", c->pending, "repeated", c->repeated, "corrected", c->corrected));
    }
    return json_pack("{s:I, s:s, s:s, s:I, s:s, s:I, s:I, s:s, s:s, s:s?, s:s?, s:I, s:o}",
        "sequence", f->sequence, "scheme", f->scheme, "as_of", st_date_format(f->as_of, date),
        "run", f->run_id, "policy_hash", f->policy_hash, "rows", f->rows, "customers", f->customers,
        "sha256", f->hash, "sent_at", f->sent_at, "acked_at", f->acked_at, "acked_by", f->acked_by,
        "rejected", f->rejected, "counts", counts);
}

static const char *code_text(const struct cli *cli, const char *code)
{
    return *code ? code : cli_text(cli, "(none)", "（无）");
}

static void print_written(struct cli *cli, const struct st_change_file *f)
{
    struct cli_table t = {.columns = 6, .right = {false, false, true, true, true, true}};
    const char *const heads[] = {cli_text(cli, "from", "原层级"), cli_text(cli, "to", "新层级"),
        cli_text(cli, "now", "已生效"), cli_text(cli, "to come", "待生效"),
        cli_text(cli, "repeated", "重复"), cli_text(cli, "corrected", "更正")};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < f->count_count; i++) {
        const struct st_change_count *c = &f->counts[i];
        cli_table_cell(&t, code_text(cli, c->from));
        cli_table_cell(&t, code_text(cli, c->to));
        cli_table_cell(&t, cli_count(cli, c->now));
        cli_table_cell(&t, cli_count(cli, c->pending));
        cli_table_cell(&t, cli_count(cli, c->repeated));
        cli_table_cell(&t, cli_count(cli, c->corrected));
    }
    cli_table_print(&t, stdout);
    printf(cli_text(cli, "%s rows of %s customers in %s, number %lld\n",
               "%s 行、%s 位客户写入 %s，序号 %lld\n"),
        cli_count(cli, f->rows), cli_count(cli, f->customers), cli->output, (long long)f->sequence);
}

static void print_list(struct cli *cli, const struct st_change_file *files, size_t count)
{
    struct cli_table t = {.columns = 8, .right = {true, false, false, true, true, true}};
    const char *const heads[] = {cli_text(cli, "file", "序号"), cli_text(cli, "scheme", "方案"),
        cli_text(cli, "as of", "日期"), cli_text(cli, "rows", "行数"),
        cli_text(cli, "customers", "客户数"), cli_text(cli, "rejected", "拒收"),
        cli_text(cli, "sent", "发送"), cli_text(cli, "acknowledged", "确认")};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct st_change_file *f = &files[i];
        char date[ST_DATE_TEXT_SIZE];
        cli_table_cell(&t, cli_count(cli, f->sequence));
        cli_table_cell(&t, f->scheme);
        cli_table_cell(&t, st_arena_strdup(&cli->arena, st_date_format(f->as_of, date)));
        cli_table_cell(&t, cli_count(cli, f->rows));
        cli_table_cell(&t, cli_count(cli, f->customers));
        cli_table_cell(&t, cli_count(cli, f->rejected));
        cli_table_cell(&t, f->sent_at);
        cli_table_cell(&t,
            f->acked_at ? st_arena_printf(&cli->arena, "%s  %s", f->acked_at, f->acked_by) : "—");
    }
    cli_table_print(&t, stdout);
}

static st_code run_list(struct cli *cli, struct st_error *err)
{
    struct st_change_file *files = NULL;
    size_t count = 0;
    st_code code = st_app_change_list(&cli->store, &cli->arena, cli->scheme, &files, &count, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, file_json(&files[i]));
    if (cli->json) {
        cli_print_json(list);
        return ST_OK;
    }
    json_decref(list);
    print_list(cli, files, count);
    return ST_OK;
}

static st_code run_write(struct cli *cli, struct st_error *err)
{
    char now[ST_NOW_SIZE];
    st_date as_of, from;
    struct st_change_file file;
    struct st_change_options o = {.scheme = cli->scheme,
        .path = cli->output,
        .plain = cli->plain,
        .lang = cli->lang,
        .now = st_app_now(now)};
    if (!o.scheme) {
        st_code code =
            st_fail(err, ST_E_USAGE, "a change file is of one scheme", "变动文件须指定一个方案");
        st_error_allowed(err, "--scheme NAME", "--scheme 名称");
        return code;
    }
    st_code code = cli_export_format(cli, cli->output, &o.format, err);
    if (code == ST_OK)
        code = cli_optional_date("--as-of", cli->as_of, &as_of, &o.as_of, err);
    if (code == ST_OK)
        code = cli_optional_date("--from", cli->from, &from, &o.from, err);
    if (code == ST_OK)
        code = st_app_change_write(&cli->store, &cli->arena, &o, &file, err);
    if (code == ST_OK && cli->json)
        cli_print_json(file_json(&file));
    else if (code == ST_OK && !cli->quiet)
        print_written(cli, &file);
    return code;
}

static st_code run_ack(struct cli *cli, struct st_error *err)
{
    char now[ST_NOW_SIZE];
    struct st_change_file file;
    struct st_change_receipt r = {.by = cli->by,
        .control = cli->control,
        .rejected = cli->rejected,
        .rows = -1,
        .now = st_app_now(now)};
    if (cli->positional_count != 3 || !cli->by || (!cli->control && !cli->rows)) {
        st_code code = st_fail(err, ST_E_USAGE,
            "an acknowledgement needs the file's number, who "
            "gives it, and what the channel counted",
            "确认须写明文件序号、确认人与渠道回执的总数");
        st_error_allowed(err, "%s", "%s",
            "strata changes ack STORE SEQUENCE --by NAME --control FILE | --rows N");
        return code;
    }
    st_code code = cli_number("SEQUENCE", cli->positionals[2], 1, INT64_MAX, &r.sequence, err);
    if (code == ST_OK && cli->rows)
        code = cli_number("--rows", cli->rows, 0, INT64_MAX, &r.rows, err);
    if (code == ST_OK)
        code = st_app_change_ack(&cli->store, &cli->arena, &r, &file, err);
    if (code == ST_OK && cli->json)
        cli_print_json(file_json(&file));
    else if (code == ST_OK && !cli->quiet)
        printf(cli_text(cli, "file %lld acknowledged, %s customers rejected\n",
                   "序号 %lld 已确认，拒收客户 %s\n"),
            (long long)file.sequence, cli_count(cli, file.rejected));
    return code;
}

static st_code run_changes(struct cli *cli, struct st_error *err)
{
    bool ack = strcmp(cli->positionals[0], "ack") == 0;
    cli->store.location = cli->positionals[ack && cli->positional_count > 1];
    if (ack)
        return run_ack(cli, err);
    if (cli->positional_count > 1) {
        st_code code = st_fail(
            err, ST_E_USAGE, "strata changes takes fewer arguments", "strata changes 参数过多");
        st_error_value(err, "%s", cli->positionals[1]);
        return code;
    }
    return cli->output ? run_write(cli, err) : run_list(cli, err);
}

static const struct cli_option changes_options[] = {
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"the scheme; for the list: one only", "方案；列表时可只看一个"}},
    {"--output", "FILE", offsetof(struct cli, output),
        {"write the next file, also -o; its control totals go to FILE.control.json",
            "写出下一个文件，亦可写 -o；控制总数写入 文件.control.json"}},
    {"--format", "csv|parquet|xlsx", offsetof(struct cli, format),
        {"format (default: by the file's name)", "格式（默认按文件名）"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs: no byte-order mark, no guard against formulas",
            "供程序读取的 csv：不加 BOM，不做公式防护"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"the run to tell (default: the latest)", "所发送的运行（默认最新）"}},
    {"--from", "DATE", offsetof(struct cli, from),
        {"compare with this day's run, not with what was acknowledged",
            "与该日的运行比较，而不是与已确认的状态比较"}},
    {"--by", "NAME", offsetof(struct cli, by), {"ack: who acknowledges", "ack：确认人"}},
    {"--control", "FILE", offsetof(struct cli, control),
        {"ack: the channel's control totals, in the form of FILE.control.json",
            "ack：渠道回执的控制总数，格式同 文件.control.json"}},
    {"--rows", "N", offsetof(struct cli, rows),
        {"ack: rows the channel counted", "ack：渠道清点的行数"}},
    {"--rejected", "FILE", offsetof(struct cli, rejected),
        {"ack: customer numbers it did not take, one a line", "ack：渠道拒收的客户号，每行一个"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_changes = {
    .name = "changes",
    .usage = "STORE --scheme NAME -o FILE | STORE | ack STORE SEQUENCE --by NAME --control FILE",
    .summary = {"tier changes as a file for channels, and their acknowledgement",
        "供渠道使用的层级变动文件及其确认"},
    .detail = {"With -o: who has another tier than the channel acknowledged, with the day it takes "
               "effect, and\ncontrol totals beside it. Without: the files sent. What is not "
               "acknowledged comes again.",
        "写 -o 时：层级与渠道已确认状态不同的客户及生效日，并附控制总数。不写则列出已发送的文件。\n"
        "未确认的变动会再次发送。"},
    .least = 1,
    .most = 3,
    .options = changes_options,
    .run = run_changes,
};
