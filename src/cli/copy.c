/* strata copy */
#include "cli/cli.h"

static void print_json(const struct st_copy_report *r)
{
    json_t *tables = json_array();
    for (size_t i = 0; i < r->table_count; i++)
        json_array_append_new(tables,
            json_pack("{s:s, s:I, s:s, s:b}", "table", r->tables[i].name, "rows", r->tables[i].rows,
                "hash", r->tables[i].hash, "frozen", r->tables[i].frozen));
    cli_print_json(json_pack("{s:o, s:I}", "tables", tables, "rows", r->rows));
}

static void print_tables(struct cli *cli, const struct st_copy_report *r)
{
    struct cli_table t = {.columns = 3, .right = {false, true, false}};
    cli_table_cell(&t, cli_text(cli, "table", "表"));
    cli_table_cell(&t, cli_text(cli, "rows", "行数"));
    cli_table_cell(&t, cli_text(cli, "hash", "哈希"));
    for (size_t i = 0; i < r->table_count; i++) {
        if (r->tables[i].rows == 0)
            continue;
        cli_table_cell(&t, r->tables[i].name);
        cli_table_cell(&t, cli_count(cli, r->tables[i].rows));
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%.16s", r->tables[i].hash));
    }
    cli_table_print(&t, stdout);
    printf(cli_text(cli, "%s rows of %zu tables, read back and the same\n",
               "%2$zu 张表共 %1$s 行，回读核对一致\n"),
        cli_count(cli, r->rows), r->table_count);
}

static void note_frozen(const struct cli *cli, const struct st_copy_report *r)
{
    for (size_t i = 0; i < r->table_count; i++)
        if (r->tables[i].frozen)
            fprintf(stderr,
                cli_text(cli,
                    "note: %s is of an earlier strata: its runs read as they did, in a table that "
                    "no run adds to\n",
                    "注意：%s 由较早版本的 strata "
                    "写入：其运行仍可照常读取，但后续运行不再写入该表\n"),
                r->tables[i].name);
}

static st_code run_copy(struct cli *cli, struct st_error *err)
{
    struct st_copy_report report;
    struct st_store_roles roles = {0};
    cli->store.location = cli->positionals[0];
    cli->store.roles = cli->roles ? &roles : NULL;
    st_code code = cli->roles ? cli_read_roles(cli, cli->roles, &roles, err) : ST_OK;
    if (code == ST_OK)
        code = st_app_copy(&cli->store, cli->positionals[1], &cli->arena, &report, err);
    if (code != ST_OK)
        return code;
    note_frozen(cli, &report);
    if (cli->json)
        print_json(&report);
    else if (!cli->quiet) {
        print_tables(cli, &report);
        if (cli->store.roles)
            cli_print_roles(cli, cli->store.roles);
    }
    return ST_OK;
}

static const struct cli_option copy_options[] = {
    {"--roles", "ROLES", offsetof(struct cli, roles),
        {"roles of a new store in PostgreSQL, as in strata init (none)",
            "PostgreSQL 新库的角色，写法同 strata init（默认不创建）"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_copy = {
    .name = "copy",
    .usage = "STORE NEW-STORE",
    .summary = {"a whole store, history included, into a new one", "将整个库连同历史复制到新库"},
    .detail =
        {"Between files and PostgreSQL, either way. Every table is read back and compared by its\n"
         "rows and a hash; the new store appears whole or not at all. The old one is not written.",
            "可在文件与 PostgreSQL "
            "之间双向复制。每张表写入后回读，核对行数与哈希；新库要么完整出现，要么不出现。\n"
            "原库不会被写入。"},
    .least = 2,
    .most = 2,
    .options = copy_options,
    .run = run_copy,
};
