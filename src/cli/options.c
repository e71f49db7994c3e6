#include "cli/cli.h"

#include "base/vec.h"

#include <errno.h>
#include <strings.h>

const struct cli_option cli_global_options[] = {
    {"--lang", "en|zh", 0,
        {"language of messages (default: the locale's)", "消息语言（默认随系统）"}},
    {"--json", NULL, offsetof(struct cli, json), {"results as JSON", "以 JSON 输出结果"}},
    {"--quiet", NULL, offsetof(struct cli, quiet), {"no progress, no summary", "不显示进度与摘要"}},
    {"--threads", "N", 0, {"threads of the store (default: all)", "数据库线程数（默认全部）"}},
    {"--memory", "SIZE", 0, {"memory of the store, such as 2GB", "数据库内存上限，如 2GB"}},
    {"--help", NULL, offsetof(struct cli, help), {"this text", "显示本说明"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

st_code cli_date(const char *option, const char *text, st_date *out, struct st_error *err)
{
    if (st_date_parse(text, strlen(text), out))
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "%s is not a date", "%s 不是日期", option);
    st_error_value(err, "%s", text);
    st_error_allowed(err, "a day that exists, such as 2025-12-31", "存在的日期，如 2025-12-31");
    return code;
}

st_code cli_optional_date(
    const char *option, const char *text, st_date *date, const st_date **out, struct st_error *err)
{
    *out = NULL;
    if (!text)
        return ST_OK;
    *out = date;
    return cli_date(option, text, date, err);
}

st_code cli_number(const char *option, const char *text, int64_t least, int64_t most, int64_t *out,
    struct st_error *err)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*text && !*end && errno == 0 && value >= least && value <= most) {
        *out = value;
        return ST_OK;
    }
    st_code code =
        st_fail(err, ST_E_USAGE, "%s is not a number it can take", "%s 的数值无效", option);
    st_error_value(err, "%s", text);
    st_error_allowed(err, "a whole number from %lld to %lld", "%lld 至 %lld 的整数",
        (long long)least, (long long)most);
    return code;
}

static st_code set_lang(struct cli *cli, const char *value, struct st_error *err)
{
    if (strcmp(value, "en") == 0 || strcmp(value, "zh") == 0) {
        cli->lang = value[0] == 'z' ? ST_LANG_ZH : ST_LANG_EN;
        return ST_OK;
    }
    st_code code = st_fail(err, ST_E_USAGE, "--lang is not a language", "--lang 不是可用语言");
    st_error_value(err, "%s", value);
    st_error_allowed(err, "en, zh", "en、zh");
    return code;
}

static st_code set_memory(struct cli *cli, const char *value, struct st_error *err)
{
    static const struct {
        const char *unit;
        int64_t bytes;
    } units[] = {{"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {"KiB", 1024}, {"MiB", 1 << 20},
        {"GiB", 1 << 30}};
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    for (size_t i = 0; i < ST_COUNT(units); i++) {
        if (errno || n <= 0 || n > 1000000 || strcmp(end, units[i].unit) != 0)
            continue;
        cli->store.memory_bytes_max = n * units[i].bytes;
        return ST_OK;
    }
    st_code code = st_fail(err, ST_E_USAGE, "--memory is not a size", "--memory 不是容量");
    st_error_value(err, "%s", value);
    st_error_allowed(err, "a number and KB, MB, GB, KiB, MiB or GiB: 2GB",
        "数字加 KB、MB、GB、KiB、MiB 或 GiB，如 2GB");
    return code;
}

static const struct cli_option *find(const struct cli_option *options, const char *name, size_t len)
{
    for (; options && options->name; options++)
        if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
            return options;
    return NULL;
}

static st_code fail_unknown(
    const struct cli_command *command, const char *argument, struct st_error *err)
{
    const char *names[64];
    size_t count = 0;
    for (const struct cli_option *o = command->options; o && o->name; o++)
        names[count++] = o->name;
    for (const struct cli_option *o = cli_global_options; o->name; o++)
        names[count++] = o->name;
    st_code code = st_fail(err, ST_E_USAGE, "strata %s has no option %s", "strata %s 没有选项 %s",
        command->name, argument);
    st_error_value(err, "%s", argument);
    const char *near = st_str_nearest(argument, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    else
        st_error_hint(
            err, "strata %s --help lists them", "strata %s --help 可列出全部选项", command->name);
    return code;
}

static st_code set_global(
    struct cli *cli, const struct cli_option *option, const char *value, struct st_error *err)
{
    int64_t number = 0;
    st_code code = ST_OK;
    if (strcmp(option->name, "--lang") == 0)
        return set_lang(cli, value, err);
    if (strcmp(option->name, "--memory") == 0)
        return set_memory(cli, value, err);
    code = cli_number("--threads", value, 1, 256, &number, err);
    cli->store.threads = (int)number;
    return code;
}

/* One option with its value; *used is how many of argv it took. */
static st_code set_option(struct cli *cli, const struct cli_command *command, int left, char **argv,
    int *used, struct st_error *err)
{
    const char *name = strcmp(argv[0], "-o") == 0 ? "--output" : argv[0];
    const char *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct cli_option *option = find(command->options, name, len);
    bool global = !option;
    if (global)
        option = find(cli_global_options, name, len);
    if (!option)
        return fail_unknown(command, argv[0], err);
    *used = 1;
    if (!option->argument) {
        if (equals) {
            st_code code = st_fail(err, ST_E_USAGE, "%s takes no value", "%s 不带值", option->name);
            st_error_value(err, "%s", argv[0]);
            return code;
        }
        *(bool *)((char *)cli + option->offset) = true;
        return ST_OK;
    }
    const char *value = equals ? equals + 1 : left > 1 ? argv[1] : NULL;
    if (!value || (!equals && strncmp(value, "--", 2) == 0)) {
        st_code code = st_fail(err, ST_E_USAGE, "%s needs a value", "%s 需要一个值", option->name);
        st_error_allowed(err, "%s %s", "%s %s", option->name, option->argument);
        return code;
    }
    *used = equals ? 1 : 2;
    if (global)
        return set_global(cli, option, value, err);
    *(const char **)(void *)((char *)cli + option->offset) = value;
    return ST_OK;
}

st_code cli_parse(
    struct cli *cli, const struct cli_command *command, int argc, char **argv, struct st_error *err)
{
    bool only_positionals = false;
    for (int i = 0; i < argc;) {
        int used = 1;
        st_code code = ST_OK;
        if (!only_positionals && strcmp(argv[i], "--") == 0) {
            only_positionals = true;
        } else if (!only_positionals && strcmp(argv[i], "-h") == 0) {
            cli->help = true;
        } else if (!only_positionals && argv[i][0] == '-' && argv[i][1]) {
            code = set_option(cli, command, argc - i, &argv[i], &used, err);
        } else if (cli->positional_count == CLI_POSITIONALS_MAX) {
            code = st_fail(
                err, ST_E_USAGE, "more than %d arguments", "参数超过 %d 个", CLI_POSITIONALS_MAX);
        } else {
            cli->positionals[cli->positional_count++] = argv[i];
        }
        if (code != ST_OK)
            return code;
        i += used;
    }
    if (cli->help)
        return ST_OK;
    bool few = cli->positional_count < command->least;
    if (!few && cli->positional_count <= command->most)
        return ST_OK;
    st_code code = few ? st_fail(err, ST_E_USAGE, "strata %s needs more arguments",
                             "strata %s 缺少参数", command->name)
                       : st_fail(err, ST_E_USAGE, "strata %s takes fewer arguments",
                             "strata %s 参数过多", command->name);
    if (!few)
        st_error_value(err, "%s", cli->positionals[command->most]);
    st_error_allowed(err, "strata %s %s", "strata %s %s", command->name, command->usage);
    return code;
}

bool cli_is_table(const char *path)
{
    static const char *const ends[] = {".csv", ".tsv", ".txt", ".gz", ".asc", ".dat", ".parquet"};
    size_t len = strlen(path);
    for (size_t i = 0; i < ST_COUNT(ends); i++)
        if (len > strlen(ends[i]) && strcasecmp(path + len - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

const char *cli_shell(struct cli *cli, const char *path)
{
    char *word = st_shell_word(path);
    const char *kept = st_arena_strdup(&cli->arena, word);
    free(word);
    return kept;
}

const char *cli_store(struct cli *cli)
{
    return cli_shell(cli, st_app_store_shown(&cli->arena, &cli->store));
}
