/* strata signals */
#include "cli/cli.h"

#include "base/vec.h"

#include <inttypes.h>

enum { LIST_DEFAULT = 50 };

static const char *amount_text(
    struct st_arena *arena, const struct st_signal *s, bool has, int64_t amount)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return has ? st_arena_strdup(arena, st_decimal_format(amount, s->value.scale, text)) : NULL;
}

static json_t *item_json(struct cli *cli, const struct st_signal_item *item)
{
    const struct st_signal_row *row = &item->row;
    const struct st_signal *s = row->signal;
    char day[ST_DATE_TEXT_SIZE], first[ST_DATE_TEXT_SIZE], fired[ST_DATE_TEXT_SIZE];
    return json_pack("{s:s, s:s, s:I, s:s, s:s?, s:b, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, "
                     "s:s?, s:I, s:s, s:s}",
        "signal", s->def->name, "kind", st_signal_kinds[s->def->kind].word, "priority",
        s->def->priority, "customer", item->customer, "branch", item->branch, "new", item->is_new,
        "first_on", st_date_format(row->first_on, first), "fired_on",
        st_date_format(row->fired_on, fired), "account", row->account, "scheme", s->def->scheme,
        "tier", row->tier < 0 ? NULL : s->scheme->tiers[row->tier].code, "value",
        amount_text(&cli->arena, s, row->has_value, row->value), "threshold",
        amount_text(&cli->arena, s, row->has_threshold, row->threshold), "on_date",
        row->has_day ? st_date_format(row->day, day) : NULL, "run", item->run_id, "reason_en",
        item->reason[ST_LANG_EN], "reason_zh", item->reason[ST_LANG_ZH]);
}

static json_t *list_json(struct cli *cli, const struct st_signal_list *list)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *counts = json_array(), *items = json_array();
    for (size_t i = 0; i < list->count_count; i++) {
        const struct st_signal_count *c = &list->counts[i];
        json_array_append_new(counts,
            json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "signal", c->signal->def->name,
                "title", cli_title(cli, &c->signal->def->title), "kind",
                st_signal_kinds[c->signal->def->kind].word, "priority", c->signal->def->priority,
                "run", c->run_id, "customers", c->holding, "new", c->fresh));
    }
    for (size_t i = 0; i < list->item_count; i++)
        json_array_append_new(items, item_json(cli, &list->items[i]));
    return json_pack("{s:s, s:o, s:I, s:o}", "as_of", st_date_format(list->as_of, date), "counts",
        counts, "total", list->total, "signals", items);
}

static void print_counts(struct cli *cli, const struct st_signal_list *list)
{
    char date[ST_DATE_TEXT_SIZE];
    struct cli_table t = {.columns = 5, .right = {true, false, false, true, true}};
    const char *const heads[] = {cli_text(cli, "priority", "优先级"),
        cli_text(cli, "signal", "信号"), cli_text(cli, "kind", "类型"),
        cli_text(cli, "holding", "成立"), cli_text(cli, "new", "新")};
    printf("%s  %s\n", cli_text(cli, "Signals", "信号"), st_date_format(list->as_of, date));
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < list->count_count; i++) {
        const struct st_signal_count *c = &list->counts[i];
        const struct st_signal_def *def = c->signal->def;
        cli_table_cell(&t, cli_count(cli, def->priority));
        cli_table_cell(
            &t, st_arena_printf(&cli->arena, "%s  %s", def->name, cli_title(cli, &def->title)));
        cli_table_cell(&t, cli_title(cli, &st_signal_kinds[def->kind].title));
        cli_table_cell(&t, cli_count(cli, c->holding));
        cli_table_cell(&t, cli_count(cli, c->fresh));
    }
    cli_table_print(&t, stdout);
}

static void print_items(struct cli *cli, const struct st_signal_list *list)
{
    struct cli_table t = {.columns = 6};
    const char *const heads[] = {"", cli_text(cli, "customer", "客户"),
        cli_text(cli, "branch", "网点"), cli_text(cli, "signal", "信号"),
        cli_text(cli, "since", "起始日"), cli_text(cli, "why", "原因")};
    putchar('\n');
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < list->item_count; i++) {
        const struct st_signal_item *item = &list->items[i];
        char first[ST_DATE_TEXT_SIZE];
        cli_table_cell(&t, item->is_new ? cli_text(cli, "new", "新") : "");
        cli_table_cell(&t, item->customer);
        cli_table_cell(&t, item->branch ? item->branch : "");
        cli_table_cell(&t, cli_title(cli, &item->row.signal->def->title));
        cli_table_cell(&t, st_arena_strdup(&cli->arena, st_date_format(item->row.first_on, first)));
        cli_table_cell(&t, item->reason[cli->lang]);
    }
    cli_table_print(&t, stdout);
    if (list->total > (int64_t)list->item_count)
        printf(cli_text(cli, "  … %s of %s; --limit shows more, -o FILE writes all\n",
                   "  …… 显示 %s / %s；--limit 显示更多，-o 文件 可写出全部\n"),
            cli_count(cli, (int64_t)list->item_count), cli_count(cli, list->total));
}

static st_code check_kind(const struct cli *cli, struct st_error *err)
{
    size_t count = 0;
    for (; st_signal_kind_words[count]; count++)
        if (!cli->kind || strcmp(cli->kind, st_signal_kind_words[count]) == 0)
            return ST_OK;
    st_code code =
        st_fail(err, ST_E_USAGE, "--kind is not a kind of signal", "--kind 不是可用的信号类型");
    st_error_value(err, "%s", cli->kind);
    st_error_allowed(err, "near_tier, watch, condition, birthday, maturing, new_account",
        "near_tier、watch、condition、birthday、maturing、new_account");
    const char *near = st_str_nearest(cli->kind, st_signal_kind_words, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static void print_list(struct cli *cli, const struct st_signal_list *list)
{
    if (cli->quiet && cli->output)
        return;
    print_counts(cli, list);
    if (cli->output)
        printf(cli_text(cli, "%s rows in %s\n", "%s 行写入 %s\n"), cli_count(cli, list->total),
            cli->output);
    else if (list->item_count)
        print_items(cli, list);
}

static st_code run_signals(struct cli *cli, struct st_error *err)
{
    st_date date;
    struct st_signal_list list;
    struct st_signal_query q = {.name = cli->name,
        .kind = cli->kind,
        .branch = cli->branch,
        .only_new = cli->only_new,
        .limit = LIST_DEFAULT,
        .path = cli->output,
        .plain = cli->plain,
        .lang = cli->lang};
    cli->store.location = cli->positionals[0];
    st_code code = cli_optional_date("--as-of", cli->as_of, &date, &q.as_of, err);
    if (code == ST_OK)
        code = check_kind(cli, err);
    if (code == ST_OK && cli->limit)
        code = cli_number("--limit", cli->limit, 0, INT32_MAX, &q.limit, err);
    if (code == ST_OK && cli->output)
        code = cli_export_format(cli, cli->output, &q.format, err);
    if (code == ST_OK)
        code = st_app_signals(&cli->store, &cli->arena, &q, &list, err);
    if (code != ST_OK)
        return code;
    if (cli->json)
        cli_print_json(list_json(cli, &list));
    else
        print_list(cli, &list);
    return ST_OK;
}

static const struct cli_option signals_options[] = {
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"a past run (default: the latest)", "历史运行（默认最新）"}},
    {"--name", "NAME", offsetof(struct cli, name),
        {"one signal of the policy", "策略中的某个信号"}},
    {"--kind", "KIND", offsetof(struct cli, kind),
        {"near_tier, watch, condition, birthday, maturing, new_account",
            "near_tier、watch、condition、birthday、maturing、new_account"}},
    {"--new", NULL, offsetof(struct cli, only_new),
        {"only those that this run tells; others held before", "仅本次运行新提示的信号"}},
    {"--branch", "CODE", offsetof(struct cli, branch),
        {"customers of one branch", "仅某网点的客户"}},
    {"--limit", "N", offsetof(struct cli, limit),
        {"rows of the list (default 50)", "列表行数（默认 50）"}},
    {"--output", "FILE", offsetof(struct cli, output),
        {"write every row to a file instead, also -o", "将全部写入文件，亦可写 -o"}},
    {"--format", "csv|parquet|xlsx", offsetof(struct cli, format),
        {"format (default: by the file's name)", "格式（默认按文件名）"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs: no byte-order mark, no guard against formulas",
            "供程序读取的 csv：不加 BOM，不做公式防护"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_signals = {
    .name = "signals",
    .usage = "STORE [--as-of DATE] [--name NAME] [--kind KIND] [--new] [--branch CODE] [-o FILE]",
    .summary = {"what a run tells of customers, each with its reason",
        "运行提示的客户信号，逐条附原因"},
    .detail = {"Counts by signal, then who: near a tier, on watch, a condition of the policy, an "
               "account that\nmatures, a birthday, a new account; by priority, then customer "
               "number. A signal is new once,\nunless its repeat: says otherwise.",
        "先按信号计数，再逐客户列出：临界、关注、策略条件、到期、生日、新开账户；按优先级与客户号"
        "排序。\n每个信号只新提示一次，除非 repeat: 另有规定。"},
    .least = 1,
    .most = 1,
    .options = signals_options,
    .run = run_signals,
};
