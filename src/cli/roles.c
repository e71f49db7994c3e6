/* Roles of a store in a server: what --roles names, and what was made of it. */
#include "cli/cli.h"

#include "base/vec.h"

#include <string.h>

static st_code fail_roles(const char *text, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_USAGE, "--roles gives no roles", "--roles 没有给出角色");
    st_error_value(err, "%s", text);
    st_error_allowed(err, "PREFIX, or owner=NAME,runner=NAME,reader=NAME with any of them",
        "前缀，或 owner=名称,runner=名称,reader=名称（可只给其中几个）");
    return code;
}

/* Cut off, owner and reader could be one. */
static st_code fail_long(const char *name, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_USAGE, "--roles gives a name that is too long", "--roles 给出的名称过长");
    st_error_value(err, "%s", name);
    st_error_allowed(err, "%d bytes", "%d 个字节", (int)ST_ROLE_BYTES_MAX);
    return code;
}

st_code cli_read_roles(
    struct cli *cli, const char *text, struct st_store_roles *roles, struct st_error *err)
{
    const struct {
        const char *word;
        const char **name;
    } parts[] = {{"owner", &roles->owner}, {"runner", &roles->runner}, {"reader", &roles->reader}};
    const char *rest = text;
    bool prefix = !strchr(rest, '=');
    for (size_t i = 0; i < ST_COUNT(parts) && prefix && *rest; i++)
        *parts[i].name = st_arena_printf(&cli->arena, "%s_%s", rest, parts[i].word);
    while (!prefix && *rest) {
        size_t len = strcspn(rest, ","), word = strcspn(rest, "=");
        size_t i = 0;
        while (i < ST_COUNT(parts) &&
               (strlen(parts[i].word) != word || strncmp(rest, parts[i].word, word) != 0))
            i++;
        if (i == ST_COUNT(parts) || *parts[i].name || len < word + 2)
            return fail_roles(text, err);
        *parts[i].name = st_arena_strndup(&cli->arena, rest + word + 1, len - word - 1);
        rest += len + (rest[len] == ',');
    }
    if (!roles->owner && !roles->runner && !roles->reader)
        return fail_roles(text, err);
    for (size_t i = 0; i < ST_COUNT(parts); i++)
        if (*parts[i].name && strlen(*parts[i].name) > ST_ROLE_BYTES_MAX)
            return fail_long(*parts[i].name, err);
    return ST_OK;
}

static const struct st_text role_rights[] = {
    {"owns the schema and upgrades it", "拥有模式并负责升级"},
    {"imports, runs, publishes, decides", "导入、运行、发布、审批"},
    {"reads", "只读"},
};

void cli_print_roles(struct cli *cli, const struct st_store_roles *r)
{
    const char *const names[] = {r->owner, r->runner, r->reader};
    const bool made[] = {r->owner_made, r->runner_made, r->reader_made};
    struct cli_table t = {.columns = 3, .right = {false, false, false}};
    cli_table_cell(&t, cli_text(cli, "role", "角色"));
    cli_table_cell(&t, cli_text(cli, "may", "权限"));
    cli_table_cell(&t, "");
    for (size_t i = 0; i < ST_COUNT(names); i++) {
        if (!names[i])
            continue;
        cli_table_cell(&t, names[i]);
        cli_table_cell(&t, cli_title(cli, &role_rights[i]));
        cli_table_cell(
            &t, made[i] ? cli_text(cli, "made", "已创建") : cli_text(cli, "was there", "原已存在"));
    }
    cli_table_print(&t, stdout);
    if (r->given[0])
        printf(cli_text(cli, "give them to users: GRANT %s TO …\n", "授予用户：GRANT %s TO …\n"),
            r->given);
    if (r->owner_is_user)
        fputs(cli_text(cli,
                  "note: the store is spread over several servers: its owner is the user who made "
                  "it\n",
                  "注意：该库分布在多台服务器上，其所有者为创建它的用户\n"),
            stderr);
    if (r->lack_temporary)
        fputs(cli_text(cli,
                  "note: runs and what-if need temporary tables: GRANT TEMPORARY ON DATABASE … TO "
                  "these roles\n",
                  "注意：运行与模拟需要临时表：请执行 GRANT TEMPORARY ON DATABASE … TO 上述角色\n"),
            stderr);
}

json_t *cli_roles_json(const struct st_store_roles *r)
{
    return json_pack("{s:s?, s:s?, s:s?, s:b}", "owner", r->owner, "runner", r->runner, "reader",
        r->reader, "lack_temporary", r->lack_temporary);
}
