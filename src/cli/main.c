#include "cli/cli.h"

#include "base/vec.h"

#include <signal.h>
#include <unistd.h>

const struct cli_command *const cli_commands[] = {&cli_demo, &cli_init, &cli_import,
    &cli_quarantine, &cli_quality, &cli_check, &cli_run, &cli_tiers, &cli_explain, &cli_signals,
    &cli_changes, &cli_export, &cli_report, &cli_reconcile, &cli_replay, &cli_rerate, &cli_migrate,
    &cli_simulate, &cli_copy, &cli_policy, &cli_override, NULL};

static enum st_lang locale_language(void)
{
    static const char *const variables[] = {"STRATA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < ST_COUNT(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0 ? ST_LANG_ZH : ST_LANG_EN;
    }
    return ST_LANG_EN;
}

static void print_overview(const struct cli *cli, FILE *out)
{
    fprintf(out, "%s\n\n",
        cli_text(cli, "strata — customer tiering for banks", "strata——银行客户分层管理"));
    for (size_t i = 0; cli_commands[i]; i++)
        fprintf(out, "  strata %-11s %s\n", cli_commands[i]->name,
            cli_title(cli, &cli_commands[i]->summary));
    fprintf(out, "\n%s\n",
        cli_text(cli, "strata COMMAND --help says more; strata --version",
            "strata 命令 --help 查看详情；strata --version"));
}

static void print_options(const struct cli *cli, const struct cli_option *options)
{
    for (; options && options->name; options++) {
        const char *argument = options->argument ? options->argument : "";
        int pad = 24 - (int)strlen(options->name) - (int)strlen(argument);
        printf("  %s %s%*s %s\n", options->name, argument, pad > 0 ? pad : 0, "",
            cli_title(cli, &options->help));
    }
}

static void print_verbs(const struct cli *cli, const struct cli_command *group)
{
    putchar('\n');
    for (size_t i = 0; group->verbs[i]; i++) {
        const struct cli_command *verb = group->verbs[i];
        printf(
            "  strata %s %s\n      %s\n", verb->name, verb->usage, cli_title(cli, &verb->summary));
    }
}

static void print_help(const struct cli *cli, const struct cli_command *command)
{
    printf(
        "strata %s %s\n\n%s\n", command->name, command->usage, cli_title(cli, &command->summary));
    if (command->detail.en)
        printf("\n%s\n", cli_title(cli, &command->detail));
    if (command->verbs)
        print_verbs(cli, command);
    if (command->options) {
        printf("\n%s\n", cli_text(cli, "Options:", "选项："));
        print_options(cli, command->options);
    }
    printf("\n%s\n", cli_text(cli, "Every command:", "通用选项："));
    print_options(cli, cli_global_options);
}

/* `group`: what the commands of the list share before their own word, "policy " or "". */
static const struct cli_command *find_command(const struct cli_command *const *list,
    const char *group, const char *name, struct st_error *err)
{
    const char *names[32];
    size_t count = 0;
    for (; list[count]; count++) {
        names[count] = list[count]->name + strlen(group);
        if (strcmp(names[count], name) == 0)
            return list[count];
    }
    (void)!st_fail(err, ST_E_USAGE, "there is no command %s%s", "没有命令 %s%s", group, name);
    st_error_value(err, "%s", name);
    const char *near = st_str_nearest(name, names, count);
    if (near)
        st_error_hint(err, "did you mean strata %s%s?", "是否想写 strata %s%s？", group, near);
    else
        st_error_hint(
            err, "strata %s--help lists the commands", "strata %s--help 可列出全部命令", group);
    return NULL;
}

/* The command that argv names; *words is how many of them that took. A group alone shows its help.
 */
static const struct cli_command *choose_command(
    struct cli *cli, int argc, char **argv, int *words, struct st_error *err)
{
    const struct cli_command *command = find_command(cli_commands, "", argv[1], err);
    *words = 1;
    if (!command || !command->verbs)
        return command;
    cli->help = argc < 3 || argv[2][0] == '-';
    if (cli->help)
        return command;
    *words = 2;
    const char *group = st_arena_printf(&cli->arena, "%s ", command->name);
    return find_command(command->verbs, group, argv[2], err);
}

static json_t *error_json(const struct st_error *err, enum st_lang lang)
{
    json_t *e =
        json_pack("{s:s, s:s}", "code", st_code_name(err->code), "message", err->message[lang]);
    if (err->source[0])
        json_object_set_new(e, "source", json_string(err->source));
    if (err->line)
        json_object_set_new(e, "line", json_integer(err->line));
    if (err->column)
        json_object_set_new(e, "column", json_integer(err->column));
    const char *const parts[][2] = {{"path", err->path}, {"value", err->value},
        {"allowed", err->allowed[lang]}, {"hint", err->hint[lang]}};
    for (size_t i = 0; i < ST_COUNT(parts); i++)
        if (parts[i][1][0])
            json_object_set_new(e, parts[i][0], json_string(parts[i][1]));
    return json_pack("{s:o}", "error", e);
}

static int report_failure(const struct cli *cli, const struct st_error *err)
{
    if (cli->json)
        cli_print_json(error_json(err, cli->lang));
    st_error_print(err, cli->lang, stderr);
    return st_code_exit_status(err->code);
}

/* A full disk or a closed pipe is a failure too: what was printed may be all a script sees. */
static int finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("strata: error: cannot write the output 无法写出结果\n", stderr);
    return status ? status : 1;
}

int main(int argc, char **argv)
{
    struct cli cli = {.lang = locale_language(), .terminal = isatty(STDERR_FILENO) == 1};
    struct st_error err = {.code = ST_OK};
    signal(SIGXFSZ, SIG_IGN); /* a file at its size limit is a failed write, with a message */
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("strata %s\n", STRATA_VERSION);
        return finish_output(0);
    }
    bool overview = argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 ||
                    strcmp(argv[1], "-h") == 0;
    if (overview) {
        print_overview(&cli, argc < 2 ? stderr : stdout);
        return finish_output(argc < 2 ? 2 : 0);
    }
    int words = 1;
    const struct cli_command *command = choose_command(&cli, argc, argv, &words, &err);
    st_code code =
        command ? cli_parse(&cli, command, argc - 1 - words, argv + 1 + words, &err) : err.code;
    int status;
    cli.store.task = command ? command->name : NULL;
    if (code == ST_OK && cli.help)
        print_help(&cli, command);
    else if (code == ST_OK)
        code = command->run(&cli, &err);
    status = code == ST_OK ? cli.status : report_failure(&cli, &err);
    st_arena_release(&cli.arena);
    return finish_output(status);
}
