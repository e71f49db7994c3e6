/* strata init: an empty store, and with files a mapping and a policy drafted from them. */
#include "cli/cli.h"

#include "app/draft.h"
#include "base/vec.h"

enum { COLUMNS_SHOWN_MAX = 30 };

static const char *type_text(struct cli *cli, const struct st_profile_column *c)
{
    static const struct st_text types[] = {
        [ST_COLUMN_EMPTY] = {"empty", "空"},
        [ST_COLUMN_BOOLEAN] = {"yes/no", "是否"},
        [ST_COLUMN_INTEGER] = {"whole number", "整数"},
        [ST_COLUMN_DECIMAL] = {"decimal", "小数"},
        [ST_COLUMN_DATE] = {"date", "日期"},
        [ST_COLUMN_TEXT] = {"text", "文本"},
    };
    if (c->type == ST_COLUMN_DATE && c->order)
        return st_arena_printf(&cli->arena, "%s %s", cli_title(cli, &types[c->type]), c->order);
    return cli_title(cli, &types[c->type]);
}

static void print_file(struct cli *cli, const struct st_draft_file *f)
{
    static const struct st_text kinds[] = {
        [ST_DRAFT_CUSTOMERS] = {"one row per customer", "每行一位客户"},
        [ST_DRAFT_ACCOUNTS] = {"one row per account", "每行一个账户"},
        [ST_DRAFT_BALANCES] = {"one row per balance and day", "每行为某日的一笔余额"},
        [ST_DRAFT_MOVEMENTS] = {"one row per movement", "每行一笔交易"},
    };
    struct cli_table t = {.columns = 3, .right = {false, false, false}};
    size_t shown = f->profile->column_count;
    if (shown > COLUMNS_SHOWN_MAX)
        shown = COLUMNS_SHOWN_MAX;
    printf(cli_text(cli, "%s: %s rows, %s\n", "%s：%s 行，%s\n"), f->profile->file,
        cli_count(cli, f->profile->rows), cli_title(cli, &kinds[f->kind]));
    cli_table_cell(&t, cli_text(cli, "column", "列"));
    cli_table_cell(&t, cli_text(cli, "holds", "内容"));
    cli_table_cell(&t, cli_text(cli, "becomes", "导入为"));
    for (size_t i = 0; i < shown; i++) {
        const struct st_draft_column *c = &f->columns[i];
        cli_table_cell(&t, c->profile->name);
        cli_table_cell(&t, type_text(cli, c->profile));
        if (c->target)
            cli_table_cell(&t, c->target);
        else
            cli_table_cell(&t, st_arena_printf(&cli->arena, cli_text(cli, "— %s", "—— %s"),
                                   c->note.en ? cli_title(cli, &c->note) : ""));
    }
    cli_table_print(&t, stdout);
    if (shown < f->profile->column_count)
        printf(cli_text(cli, "  … and %zu more columns: see the mapping\n",
                   "  ……另有 %zu 列，见映射文件\n"),
            f->profile->column_count - shown);
    if (f->profile->flawed > 0)
        printf(cli_text(cli, "  %s lines cannot be read as rows and will be quarantined\n",
                   "  %s 行无法解析，将进入隔离区\n"),
            cli_count(cli, f->profile->flawed));
}

static void print_trial(struct cli *cli, const struct st_app_draft_report *r)
{
    int64_t read = 0, loaded = 0, skipped = 0, quarantined = 0;
    if (!r->tried) {
        puts(cli_text(cli, "the files are large: the drafts were checked, not tried on them",
            "文件较大：草稿已检查，但未试运行"));
        return;
    }
    for (size_t i = 0; i < r->import.file_count; i++) {
        const struct st_import_file *f = &r->import.files[i];
        read += f->rows_read;
        loaded += f->rows_loaded + f->rows_unchanged;
        skipped += f->rows_skipped;
        quarantined += f->rows_quarantined;
    }
    printf(cli_text(cli, "tried: of %s rows %s load, %s are left out, %s go to quarantine\n",
               "试运行：%s 行中可导入 %s 行，不导入 %s 行，进入隔离区 %s 行\n"),
        cli_count(cli, read), cli_count(cli, loaded), cli_count(cli, skipped),
        cli_count(cli, quarantined));
    const struct st_run_period *p = &r->run.periods[0];
    for (size_t i = 0; i < p->scheme_count; i++)
        printf(cli_text(cli, "  %s: %s customers rated\n", "  %s：已评定客户 %s\n"),
            cli_title(cli, &p->schemes[i].title), cli_count(cli, p->schemes[i].movement.rated));
}

static void print_next(struct cli *cli, const struct st_app_draft_report *r)
{
    static const struct st_text days[] = {
        [ST_DRAFT_DAY_GIVEN] = {"as given", "按指定"},
        [ST_DRAFT_DAY_NEWEST] = {"the newest date in the files", "文件中最新的日期"},
        [ST_DRAFT_DAY_TODAY] = {"today: the files have no dates; another day with --as-of",
            "今天：文件中没有日期，可用 --as-of 另行指定"},
    };
    const char *store = cli_store(cli);
    char day[ST_DATE_TEXT_SIZE];
    st_date_format(r->draft.as_of, day);
    printf(cli_text(cli, "day of the data: %s (%s)\n", "数据日期：%s（%s）\n"), day,
        cli_title(cli, &days[r->draft.day]));
    printf(cli_text(cli, "%s %s; wrote %s and %s\n", "%s %s；已写出 %s 和 %s\n"),
        r->made_store ? cli_text(cli, "made", "已创建") : cli_text(cli, "kept", "沿用"), store,
        r->mapping_path, r->policy_path);
    puts(cli_text(cli, "\nread the two files, change what is wrong, then:",
        "\n请阅读这两个文件，改正不妥之处，然后执行："));
    printf("  strata import %s %s", store, cli_shell(cli, r->mapping_path));
    for (size_t i = 0; i < r->draft.file_count; i++)
        printf(" %s", cli_shell(cli, r->draft.files[i].profile->path));
    if (r->draft.import_needs_as_of)
        printf(" --as-of %s", day);
    printf(
        "\n  strata run %s %s --as-of %s\n  strata tiers %s\n  strata report %s -o report.html\n",
        store, cli_shell(cli, r->policy_path), day, store, store);
}

static json_t *file_json(const struct cli *cli, const struct st_draft_file *f)
{
    static const char *const kinds[] = {[ST_DRAFT_CUSTOMERS] = "customers",
        [ST_DRAFT_ACCOUNTS] = "accounts",
        [ST_DRAFT_BALANCES] = "balances",
        [ST_DRAFT_MOVEMENTS] = "movements"};
    static const char *const types[] = {[ST_COLUMN_EMPTY] = "empty",
        [ST_COLUMN_BOOLEAN] = "boolean",
        [ST_COLUMN_INTEGER] = "integer",
        [ST_COLUMN_DECIMAL] = "decimal",
        [ST_COLUMN_DATE] = "date",
        [ST_COLUMN_TEXT] = "text"};
    json_t *columns = json_array();
    for (size_t i = 0; i < f->profile->column_count; i++) {
        const struct st_draft_column *c = &f->columns[i];
        json_array_append_new(columns, json_pack("{s:s, s:s, s:s?, s:s?}", "name", c->profile->name,
                                           "type", types[c->profile->type], "becomes", c->target,
                                           "note", c->note.en ? cli_title(cli, &c->note) : NULL));
    }
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "file", f->profile->path, "source",
        f->source, "kind", kinds[f->kind], "rows", f->profile->rows, "flawed", f->profile->flawed,
        "columns", columns);
}

static void print_draft_json(struct cli *cli, const struct st_app_draft_report *r)
{
    char day[ST_DATE_TEXT_SIZE];
    json_t *files = json_array(), *schemes = json_array();
    int64_t loaded = 0, quarantined = 0, skipped = 0;
    for (size_t i = 0; i < r->draft.file_count; i++)
        json_array_append_new(files, file_json(cli, &r->draft.files[i]));
    for (size_t i = 0; i < r->import.file_count; i++) {
        loaded += r->import.files[i].rows_loaded + r->import.files[i].rows_unchanged;
        skipped += r->import.files[i].rows_skipped;
        quarantined += r->import.files[i].rows_quarantined;
    }
    for (size_t i = 0; r->tried && i < r->run.periods[0].scheme_count; i++) {
        const struct st_run_scheme *s = &r->run.periods[0].schemes[i];
        json_array_append_new(
            schemes, json_pack("{s:s, s:I}", "scheme", s->name, "rated", s->movement.rated));
    }
    cli_print_json(json_pack("{s:s, s:b, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:o, s:o}",
        "store", st_app_store_shown(&cli->arena, &cli->store), "made", r->made_store, "mapping",
        r->mapping_path, "policy", r->policy_path, "as_of", st_date_format(r->draft.as_of, day),
        "import_needs_as_of", r->draft.import_needs_as_of, "tried", r->tried, "loaded", loaded,
        "skipped", skipped, "quarantined", quarantined, "files", files, "schemes", schemes));
}

/* The store's own folder. */
static const char *beside(struct cli *cli, const char *store)
{
    const char *slash = strrchr(store, '/');
    if (!slash || strstr(store, "://"))
        return ".";
    return slash == store ? "/" : st_arena_strndup(&cli->arena, store, (size_t)(slash - store));
}

static st_code draft_files(struct cli *cli, struct st_error *err)
{
    struct st_app_draft_report report = {0};
    st_date as_of = 0;
    st_code code = cli->as_of ? cli_date("--as-of", cli->as_of, &as_of, err) : ST_OK;
    struct st_app_draft_options options = {.draft = {.paths = cli->positionals + 1,
                                               .path_count = cli->positional_count - 1,
                                               .as_of = cli->as_of ? &as_of : NULL,
                                               .currency = cli->currency,
                                               .lang = cli->lang},
        .directory = cli->output ? cli->output : beside(cli, cli->store.location),
        .force = cli->force};
    if (code == ST_OK)
        code = st_app_draft(&cli->store, &cli->arena, &options, &report, err);
    if (code != ST_OK)
        return code;
    if (cli->json) {
        print_draft_json(cli, &report);
        return ST_OK;
    }
    for (size_t i = 0; !cli->quiet && i < report.draft.file_count; i++)
        print_file(cli, &report.draft.files[i]);
    if (!cli->quiet) {
        if (cli->store.roles && report.made_store)
            cli_print_roles(cli, cli->store.roles);
        print_trial(cli, &report);
        print_next(cli, &report);
    }
    return ST_OK;
}

static void print_made(struct cli *cli)
{
    if (cli->json) {
        json_t *made = json_pack("{s:s}", "store", st_app_store_shown(&cli->arena, &cli->store));
        if (cli->store.roles)
            json_object_set_new(made, "roles", cli_roles_json(cli->store.roles));
        cli_print_json(made);
        return;
    }
    if (cli->quiet)
        return;
    printf(cli_text(cli, "made %s\n", "已创建 %s\n"), cli_store(cli));
    if (cli->store.roles)
        cli_print_roles(cli, cli->store.roles);
    printf(cli_text(cli, "next: strata import %s MAPPING.yaml FILES…\n",
               "下一步：strata import %s 映射.yaml 文件…\n"),
        cli_store(cli));
}

static st_code run_init(struct cli *cli, struct st_error *err)
{
    cli->store.location = cli->positionals[0];
    if (cli_is_table(cli->store.location)) {
        (void)!st_fail(err, ST_E_USAGE, "%s is no name for a store", "%s 不宜作库的文件名",
            cli->store.location);
        st_error_hint(err, "the store comes first: strata init bank.duckdb %s",
            "请先写库名：strata init bank.duckdb %s", cli->store.location);
        return ST_E_USAGE;
    }
    struct st_store_roles roles = {0};
    st_code code = cli->roles ? cli_read_roles(cli, cli->roles, &roles, err) : ST_OK;
    cli->store.roles = cli->roles ? &roles : NULL;
    if (code == ST_OK && cli->positional_count > 1)
        return draft_files(cli, err);
    if (code == ST_OK)
        code = st_app_init(&cli->store, err);
    if (code == ST_OK)
        print_made(cli);
    return code;
}

static const struct cli_option init_options[] = {
    {"--output", "DIR", offsetof(struct cli, output),
        {"where the two files go (the store's folder); -o too",
            "两个文件的目录（默认为库所在目录），也可写 -o"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"the day of the data (the newest date in the files, else today)",
            "数据日期（默认为文件中最新日期，否则为今天）"}},
    {"--currency", "CODE", offsetof(struct cli, currency),
        {"currency of the amounts (a column's, else CNY)", "金额的币种（默认取币种列，否则 CNY）"}},
    {"--roles", "ROLES", offsetof(struct cli, roles),
        {"in PostgreSQL: bank makes bank_owner, bank_runner, bank_reader; "
         "owner=A,runner=B,reader=C "
         "names them (none)",
            "PostgreSQL：bank 创建 bank_owner、bank_runner、bank_reader；也可写 "
            "owner=A,runner=B,reader=C（默认不创建）"}},
    {"--force", NULL, offsetof(struct cli, force),
        {"replace mapping.yaml and policy.yaml; the store is never replaced",
            "覆盖已有的 mapping.yaml 与 policy.yaml；库不会被覆盖"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_init = {
    .name = "init",
    .usage = "STORE [FILE…]",
    .summary = {"make a store; with files, draft a mapping and a policy for them",
        "创建库；给出文件时为其起草映射与策略"},
    .detail =
        {"STORE is a DuckDB file, such as bank.duckdb, or a schema of a PostgreSQL database:\n"
         "'postgresql://user@host/database?schema=bank'. FILE is a table: CSV with any\n"
         "separator, with or without a header, plain or gzip, or Parquet. Its columns are\n"
         "guessed by name and content; mapping.yaml and policy.yaml say what was guessed,\n"
         "and are tried on the files before they are written. A store that is there is kept.",
            "STORE 为 DuckDB 文件（如 bank.duckdb），或 PostgreSQL 数据库中的一个模式：\n"
            "'postgresql://用户@主机/数据库?schema=bank'。FILE 为表格：CSV（任意分隔符，\n"
            "有无表头均可，可为 gzip）或 Parquet。程序按列名与内容猜测各列含义，\n"
            "写入 mapping.yaml 与 policy.yaml，写出前先在文件上试运行。已有的库保持不变。"},
    .least = 1,
    .most = CLI_POSITIONALS_MAX,
    .options = init_options,
    .run = run_init,
};
