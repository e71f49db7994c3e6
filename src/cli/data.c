/* strata import, quarantine, quality */
#include "cli/cli.h"

#include "base/vec.h"

/* --- import --- */

static void show_progress(void *context, int64_t done, int64_t total, int64_t rows)
{
    const struct cli *cli = context;
    char text[ST_DECIMAL_TEXT_SIZE];
    if (!cli->terminal || cli->quiet)
        return;
    fprintf(stderr, "\r%3d %%  %s %s  ", total > 0 ? (int)(done * 100 / total) : 0,
        st_decimal_format_grouped(rows, 0, text), cli_text(cli, "rows", "行"));
    if (done >= total)
        fputs("\r                                \r", stderr);
}

static json_t *file_json(const struct st_import_file *f)
{
    json_t *reasons = json_object();
    for (size_t i = 0; i < f->reason_count; i++)
        json_object_set_new(reasons, f->reasons[i].code, json_integer(f->reasons[i].rows));
    return json_pack("{s:s, s:s, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:o}", "source", f->source,
        "file", f->file, "load", f->load_id, "already_loaded", f->already_loaded, "read",
        f->rows_read, "loaded", f->rows_loaded, "unchanged", f->rows_unchanged, "skipped",
        f->rows_skipped, "quarantined", f->rows_quarantined, "reasons", reasons);
}

static void print_import_json(const struct st_import_report *r)
{
    json_t *files = json_array();
    for (size_t i = 0; i < r->file_count; i++)
        json_array_append_new(files, file_json(&r->files[i]));
    cli_print_json(json_pack("{s:o, s:I}", "files", files, "fixed", r->rows_fixed));
}

static void print_import(struct cli *cli, const struct st_import_report *r)
{
    struct cli_table t = {.columns = 7, .right = {false, true, true, true, true, true, false}};
    const char *const heads[] = {cli_text(cli, "file", "文件"), cli_text(cli, "read", "读取"),
        cli_text(cli, "loaded", "载入"), cli_text(cli, "unchanged", "无变化"),
        cli_text(cli, "skipped", "跳过"), cli_text(cli, "quarantined", "隔离"), ""};
    int64_t quarantined = 0;
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < r->file_count; i++) {
        const struct st_import_file *f = &r->files[i];
        cli_table_cell(&t, f->file);
        cli_table_cell(&t, cli_count(cli, f->rows_read));
        cli_table_cell(&t, cli_count(cli, f->rows_loaded));
        cli_table_cell(&t, cli_count(cli, f->rows_unchanged));
        cli_table_cell(&t, cli_count(cli, f->rows_skipped));
        cli_table_cell(&t, cli_count(cli, f->rows_quarantined));
        cli_table_cell(
            &t, f->already_loaded ? cli_text(cli, "(already loaded)", "（已导入过）") : "");
        quarantined += f->already_loaded ? 0 : f->rows_quarantined;
    }
    cli_table_print(&t, stdout);
    for (size_t i = 0; i < r->sources_without_file_count; i++)
        printf(cli_text(cli, "  no file for source %s\n", "  数据源 %s 没有文件\n"),
            r->sources_without_file[i]);
    if (r->rows_fixed)
        printf(cli_text(cli, "%s quarantined records were sent again and are closed\n",
                   "已重新提交并关闭 %s 条隔离记录\n"),
            cli_count(cli, r->rows_fixed));
    if (quarantined)
        printf(cli_text(cli, "quarantined rows: %s; strata quarantine %s shows them\n",
                   "隔离行数：%s；用 strata quarantine %s 查看\n"),
            cli_count(cli, quarantined), cli_store(cli));
}

static st_code run_import(struct cli *cli, struct st_error *err)
{
    char now[ST_NOW_SIZE];
    struct st_import_report report = {0};
    st_date as_of = 0;
    st_code code = cli->as_of ? cli_date("--as-of", cli->as_of, &as_of, err) : ST_OK;
    if (code != ST_OK)
        return code;
    cli->store.location = cli->positionals[0];
    if (cli_is_table(cli->positionals[1])) {
        (void)!st_fail(err, ST_E_USAGE, "%s is data, and a mapping is expected first",
            "%s 是数据文件，此处应先给出映射", cli->positionals[1]);
        st_error_hint(err, "strata import %s mapping.yaml %s; strata init %s %s drafts the mapping",
            "strata import %s mapping.yaml %s；映射可由 strata init %s %s 起草", cli_store(cli),
            cli->positionals[1], cli_store(cli), cli->positionals[1]);
        return ST_E_USAGE;
    }
    struct st_import_options options = {.mapping = cli->positionals[1],
        .paths = cli->positionals + 2,
        .path_count = cli->positional_count - 2,
        .manifest = cli->manifest,
        .as_of = cli->as_of ? &as_of : NULL,
        .fix_file = cli->fix,
        .fix_source = cli->source,
        .loaded_at = st_app_now(now),
        .progress = show_progress,
        .progress_context = cli};
    if ((cli->fix == NULL) != (cli->source == NULL)) {
        (void)!st_fail(err, ST_E_USAGE, "--fix FILE and --source NAME go together",
            "--fix 文件 与 --source 名称 须同时使用");
        st_error_hint(err, "the source is the one whose records were exported: strata quarantine",
            "来源即导出记录时所用的数据源，见 strata quarantine");
        return ST_E_USAGE;
    }
    code = st_app_import(&cli->store, &cli->arena, &options, &report, err);
    if (code != ST_OK)
        return code;
    if (cli->json)
        print_import_json(&report);
    else if (!cli->quiet)
        print_import(cli, &report);
    return ST_OK;
}

static const struct cli_option import_options[] = {
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"the day the files are of, for mappings that use as_of()",
            "文件的数据日期，供用到 as_of() 的映射使用"}},
    {"--manifest", "FILE", offsetof(struct cli, manifest),
        {"manifest of the feed (default: manifest.yaml in a folder given)",
            "数据清单（默认为所给目录中的 manifest.yaml）"}},
    {"--fix", "FILE", offsetof(struct cli, fix),
        {"corrected records of a quarantine export", "修正后的隔离导出文件"}},
    {"--source", "NAME", offsetof(struct cli, source),
        {"source the corrected records belong to", "修正记录所属的数据源"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_import = {
    .name = "import",
    .usage = "STORE MAPPING.yaml [PATH…]",
    .summary = {"load files by a mapping; bad rows go to quarantine",
        "按映射导入文件；问题行进入隔离区"},
    .detail = {"PATH is a folder or a file; without one, the mapping's own folder. Everything is\n"
               "loaded or nothing. The same file twice changes nothing.",
        "PATH "
        "为目录或文件；省略时为映射文件所在目录。要么全部导入，要么不导入。\n重复导入同一文件不产生"
        "变化。"},
    .least = 2,
    .most = CLI_POSITIONALS_MAX,
    .options = import_options,
    .run = run_import,
};

/* --- quarantine --- */

static json_t *record_json(const struct cli *cli, const struct st_quarantine_record *r)
{
    return json_pack("{s:I, s:s, s:s, s:I, s:s?, s:s?, s:s, s:s, s:s}", "id", r->id, "source",
        r->source, "file", r->file, "line", r->line, "column", r->column, "value", r->value,
        "reason", r->reason, "message", cli_title(cli, &r->message), "raw", r->raw);
}

static bool is_asked(const struct cli *cli, const struct st_quarantine_total *t)
{
    return (!cli->source || strcmp(cli->source, t->source) == 0) &&
           (!cli->reason || strcmp(cli->reason, t->reason) == 0);
}

static void print_quarantine(struct cli *cli, const struct st_quarantine_total *totals,
    size_t total_count, const struct st_quarantine_record *records, size_t record_count)
{
    struct cli_table t = {.columns = 4, .right = {false, false, true, true}};
    cli_table_cell(&t, cli_text(cli, "source", "数据源"));
    cli_table_cell(&t, cli_text(cli, "reason", "原因"));
    cli_table_cell(&t, cli_text(cli, "open", "待处理"));
    cli_table_cell(&t, cli_text(cli, "fixed", "已修复"));
    for (size_t i = 0; i < total_count; i++) {
        if (!is_asked(cli, &totals[i]))
            continue;
        cli_table_cell(&t, totals[i].source);
        cli_table_cell(&t, totals[i].reason);
        cli_table_cell(&t, cli_count(cli, totals[i].open));
        cli_table_cell(&t, cli_count(cli, totals[i].resolved));
    }
    cli_table_print(&t, stdout);
    for (size_t i = 0; i < record_count; i++) {
        const struct st_quarantine_record *r = &records[i];
        printf("\n%s:%lld", r->file, (long long)r->line);
        if (r->column)
            printf(": %s", r->column);
        if (r->value)
            printf(" \"%s\"", r->value);
        printf("\n    %s\n    %.160s\n", cli_title(cli, &r->message), r->raw);
    }
    if (total_count == 0)
        puts(cli_text(cli, "  nothing is in quarantine", "  隔离区为空"));
}

static st_code export_quarantine(struct cli *cli, struct st_error *err)
{
    int64_t written = 0;
    if (!cli->source) {
        (void)!st_fail(err, ST_E_USAGE, "--export needs --source NAME: a file has one header",
            "--export 需要 --source 名称：一个文件只有一个表头");
        st_error_hint(
            err, "strata quarantine STORE lists the sources", "strata quarantine 库 可列出数据源");
        return ST_E_USAGE;
    }
    st_code code =
        st_app_quarantine_export(&cli->store, cli->source, cli->export_path, &written, err);
    if (code == ST_OK && cli->json)
        cli_print_json(json_pack("{s:s, s:I}", "file", cli->export_path, "records", written));
    else if (code == ST_OK && !cli->quiet)
        printf(cli_text(cli,
                   "%s records in %s: correct them, then\n"
                   "  strata import %s MAPPING.yaml --fix %s --source %s\n",
                   "%s 条记录已写入 %s：修正后执行\n"
                   "  strata import %s 映射.yaml --fix %s --source %s\n"),
            cli_count(cli, written), cli->export_path, cli_store(cli), cli->export_path,
            cli->source);
    return code;
}

static st_code run_quarantine(struct cli *cli, struct st_error *err)
{
    struct st_quarantine_total *totals = NULL;
    struct st_quarantine_record *records = NULL;
    size_t total_count = 0, record_count = 0;
    int64_t limit = 10;
    cli->store.location = cli->positionals[0];
    if (cli->export_path)
        return export_quarantine(cli, err);
    if (cli->limit) {
        st_code bad = cli_number("--limit", cli->limit, 1, 1000000, &limit, err);
        if (bad != ST_OK)
            return bad;
    }
    struct st_quarantine_query query = {
        .source = cli->source, .reason = cli->reason, .limit = limit};
    st_code code = st_app_quarantine(
        &cli->store, &cli->arena, &query, &totals, &total_count, &records, &record_count, err);
    if (code != ST_OK)
        return code;
    if (!cli->json) {
        print_quarantine(cli, totals, total_count, records, record_count);
        return ST_OK;
    }
    json_t *list = json_array(), *sums = json_array();
    for (size_t i = 0; i < record_count; i++)
        json_array_append_new(list, record_json(cli, &records[i]));
    for (size_t i = 0; i < total_count; i++)
        json_array_append_new(
            sums, json_pack("{s:s, s:s, s:I, s:I}", "source", totals[i].source, "reason",
                      totals[i].reason, "open", totals[i].open, "resolved", totals[i].resolved));
    cli_print_json(json_pack("{s:o, s:o}", "totals", sums, "records", list));
    return ST_OK;
}

static const struct cli_option quarantine_options[] = {
    {"--source", "NAME", offsetof(struct cli, source), {"records of one source", "仅某一数据源"}},
    {"--reason", "CODE", offsetof(struct cli, reason), {"records of one reason", "仅某一原因"}},
    {"--limit", "N", offsetof(struct cli, limit), {"how many to show (10)", "显示条数（10）"}},
    {"--export", "FILE", offsetof(struct cli, export_path),
        {"write the open records of --source to a file to correct",
            "将 --source 的待处理记录写入文件以便修正"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_quarantine = {
    .name = "quarantine",
    .usage = "STORE",
    .summary = {"rows that were not loaded, and why", "未载入的行及其原因"},
    .least = 1,
    .most = 1,
    .options = quarantine_options,
    .run = run_quarantine,
};

/* --- quality --- */

static void print_quality(struct cli *cli, const struct st_quality *q)
{
    struct cli_table t = {.columns = 5, .right = {false, false, true, true, true}};
    const char *const heads[] = {cli_text(cli, "table", "表"), cli_text(cli, "column", "字段"),
        cli_text(cli, "rows", "行数"), cli_text(cli, "missing", "缺失"), ""};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < q->column_count; i++) {
        const struct st_quality_column *c = &q->columns[i];
        if (c->rows == 0)
            continue;
        cli_table_cell(&t, c->table);
        cli_table_cell(&t, c->column);
        cli_table_cell(&t, cli_count(cli, c->rows));
        cli_table_cell(&t, cli_count(cli, c->missing));
        cli_table_cell(&t, cli_share(cli, c->missing, c->rows));
    }
    cli_table_print(&t, stdout);
    printf(cli_text(cli,
               "\n  customers %s, without account %s\n  accounts %s, without balance %s, "
               "without holder %s\n",
               "\n  客户 %s，无账户 %s\n  账户 %s，无余额 %s，无持有人 %s\n"),
        cli_count(cli, q->customers), cli_count(cli, q->customers_without_account),
        cli_count(cli, q->accounts), cli_count(cli, q->accounts_without_balance),
        cli_count(cli, q->accounts_without_holder));
}

static st_code run_quality(struct cli *cli, struct st_error *err)
{
    struct st_quality q = {0};
    cli->store.location = cli->positionals[0];
    st_code code = st_app_quality(&cli->store, &cli->arena, &q, err);
    if (code != ST_OK)
        return code;
    if (!cli->json) {
        print_quality(cli, &q);
        return ST_OK;
    }
    json_t *columns = json_array();
    for (size_t i = 0; i < q.column_count; i++)
        json_array_append_new(columns,
            json_pack("{s:s, s:s, s:I, s:I}", "table", q.columns[i].table, "column",
                q.columns[i].column, "rows", q.columns[i].rows, "missing", q.columns[i].missing));
    cli_print_json(json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "columns", columns, "customers",
        q.customers, "customers_without_account", q.customers_without_account, "accounts",
        q.accounts, "accounts_without_balance", q.accounts_without_balance,
        "accounts_without_holder", q.accounts_without_holder));
    return ST_OK;
}

const struct cli_command cli_quality = {
    .name = "quality",
    .usage = "STORE",
    .summary = {"how complete the data is", "数据完整性"},
    .least = 1,
    .most = 1,
    .run = run_quality,
};
