/* strata reconcile */
#include "cli/cli.h"

#include "base/vec.h"

enum { BREAKS_SHOWN = 40 };

static const char *const by_names[ST_TOTAL_BY_COUNT] = {"branch", "product", "class", "currency"};

static const char *money(struct cli *cli, const struct st_total *t, bool given, int64_t amount)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    if (!given)
        return "—";
    return st_arena_strdup(&cli->arena, st_decimal_format_grouped(amount, t->exponent, text));
}

static const char *count(struct cli *cli, bool given, int64_t n)
{
    return given ? cli_count(cli, n) : "—";
}

/* --- JSON --- */

static json_t *amount_json(const struct st_total *t, bool given, int64_t amount)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return given ? json_string(st_decimal_format(amount, t->exponent, text)) : json_null();
}

static json_t *side_json(const struct st_total *t, const struct st_total_side *s)
{
    if (!s->given)
        return json_null();
    return json_pack("{s:o, s:o, s:o}", "accounts",
        s->has_accounts ? json_integer(s->accounts) : json_null(), "balance",
        amount_json(t, true, s->balance), "average", amount_json(t, s->has_average, s->average));
}

static json_t *total_json(
    const struct st_reconciliation *r, const struct st_total *t, const bool *by)
{
    const char *const keys[] = {t->branch, t->product, t->class, t->currency};
    json_t *json = json_object();
    for (int i = 0; i < ST_TOTAL_BY_COUNT; i++)
        if (by[i])
            json_object_set_new(json, by_names[i], json_string(keys[i]));
    json_object_set_new(json, "ours", side_json(t, &t->ours));
    json_object_set_new(json, "core", side_json(t, &t->core));
    if (r->compared) {
        json_object_set_new(
            json, "difference", amount_json(t, true, st_total_balance_difference(t)));
        json_object_set_new(json, "break", json_boolean(t->breaks));
    }
    return json;
}

static void print_json(const struct st_reconciliation *r)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *cells = json_array(), *sums = json_object();
    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(cells, total_json(r, &r->cells[i], r->by));
    for (int i = 0; i < ST_TOTAL_BY_COUNT; i++) {
        bool by[ST_TOTAL_BY_COUNT] = {[ST_TOTAL_CURRENCY] = true};
        json_t *list = json_array();
        by[i] = true;
        for (size_t k = 0; k < r->sums[i].count; k++)
            json_array_append_new(list, total_json(r, &r->sums[i].items[k], by));
        json_object_set_new(sums, by_names[i], list);
    }
    cli_print_json(json_pack("{s:s, s:b, s:I, s:o, s:o}", "as_of", st_date_format(r->as_of, date),
        "compared", r->compared, "breaks", (json_int_t)r->breaks, "by", sums, "cells", cells));
}

/* --- tables --- */

/* Columns of one table: the keys asked for, then ours, the core system's and the difference. */
static void print_totals(struct cli *cli, const struct st_reconciliation *r, const bool *by,
    const struct st_total *totals, size_t total_count, bool breaks_only)
{
    const char *const heads[] = {cli_text(cli, "branch", "机构"), cli_text(cli, "product", "产品"),
        cli_text(cli, "class", "大类"), cli_text(cli, "currency", "币种")};
    bool averages = cli->average || r->averages;
    const char *const figures[] = {cli_text(cli, "accounts", "账户数"),
        cli_text(cli, "core", "核心"), cli_text(cli, "balance", "余额"),
        cli_text(cli, "core", "核心"), cli_text(cli, "difference", "差异"),
        cli_text(cli, "month-daily average", "月日均"), cli_text(cli, "core", "核心"),
        cli_text(cli, "difference", "差异")};
    const bool shown[] = {true, r->compared, true, r->compared, r->compared, averages,
        averages && r->averages, averages && r->averages};
    struct cli_table table = {.columns = 0};
    size_t printed = 0;
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        table.columns += by[i];
    for (size_t i = 0; i < ST_COUNT(figures); i++)
        if (shown[i])
            table.right[table.columns++] = true;
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        if (by[i])
            cli_table_cell(&table, heads[i]);
    for (size_t i = 0; i < ST_COUNT(figures); i++)
        if (shown[i])
            cli_table_cell(&table, figures[i]);
    for (size_t k = 0; k < total_count && printed < BREAKS_SHOWN; k++) {
        const struct st_total *t = &totals[k];
        if (breaks_only && !t->breaks)
            continue;
        printed += breaks_only;
        const char *const keys[] = {t->branch, t->product, t->class, t->currency};
        for (size_t i = 0; i < ST_COUNT(heads); i++)
            if (by[i])
                cli_table_cell(&table, keys[i][0] ? keys[i] : cli_text(cli, "(none)", "（无）"));
        const char *const cells[] = {count(cli, t->ours.given, t->ours.accounts),
            count(cli, t->core.has_accounts, t->core.accounts),
            money(cli, t, t->ours.given, t->ours.balance),
            money(cli, t, t->core.given, t->core.balance),
            money(cli, t, true, st_total_balance_difference(t)),
            money(cli, t, t->ours.has_average, t->ours.average),
            money(cli, t, t->core.has_average, t->core.average),
            money(cli, t, t->core.has_average, st_total_average_difference(t))};
        for (size_t i = 0; i < ST_COUNT(cells); i++)
            if (shown[i])
                cli_table_cell(&table, cells[i]);
    }
    cli_table_print(&table, stdout);
}

static void print_verdict(struct cli *cli, const struct st_reconciliation *r)
{
    if (!r->compared) {
        printf("\n%s\n",
            cli_text(cli,
                "  nothing was compared: no control totals of the core system were imported "
                "(mappings/README.md, control_total)",
                "  未作比较：尚未导入核心系统的控制总数（见 mappings/README.md 的 "
                "control_total）"));
        return;
    }
    if (r->breaks == 0) {
        printf(cli_text(cli, "\n  all %s totals agree\n", "\n  %s 项合计全部相符\n"),
            cli_count(cli, (int64_t)r->count));
        return;
    }
    printf(cli_text(cli, "\nBreaks: %s of %s totals\n", "\n不符：%s 项，共 %s 项\n"),
        cli_count(cli, (int64_t)r->breaks), cli_count(cli, (int64_t)r->count));
    print_totals(cli, r, r->by, r->cells, r->count, true);
    if (r->breaks > BREAKS_SHOWN)
        printf(cli_text(cli, "  … and %s more; -o FILE writes all\n",
                   "  ……另有 %s 项；-o 文件 可写出全部\n"),
            cli_count(cli, (int64_t)r->breaks - BREAKS_SHOWN));
}

static void print_reconciliation(struct cli *cli, const struct st_reconciliation *r)
{
    static const struct st_text titles[ST_TOTAL_BY_COUNT] = {{"By branch", "按机构"},
        {"By product", "按产品"}, {"By class", "按大类"}, {"By currency", "按币种"}};
    char date[ST_DATE_TEXT_SIZE];
    printf(cli_text(cli, "Balances at the end of %s\n", "%s 日终余额\n"),
        st_date_format(r->as_of, date));
    for (int i = 0; i < ST_TOTAL_BY_COUNT; i++) {
        bool by[ST_TOTAL_BY_COUNT] = {[ST_TOTAL_CURRENCY] = true};
        by[i] = true;
        if (!r->by[i])
            continue;
        printf("\n%s\n", cli_title(cli, &titles[i]));
        print_totals(cli, r, by, r->sums[i].items, r->sums[i].count, false);
    }
    print_verdict(cli, r);
}

/* --- the command --- */

static st_code read_tolerance(struct cli *cli, int64_t *tolerance, struct st_error *err)
{
    const char *text = cli->tolerance;
    if (!text || (st_decimal_parse(text, strlen(text), ST_SCALE_RATE, tolerance) == ST_OK &&
                     *tolerance >= 0))
        return ST_OK;
    st_code code =
        st_fail(err, ST_E_USAGE, "--tolerance is not an amount", "--tolerance 不是有效金额");
    st_error_value(err, "%s", text);
    st_error_allowed(err, "an amount that is not negative, such as 0.01", "非负金额，如 0.01");
    return code;
}

static st_code run_reconcile(struct cli *cli, struct st_error *err)
{
    st_date as_of;
    struct st_reconciliation r;
    struct st_reconcile_options o = {.path = cli->output, .plain = cli->plain, .lang = cli->lang};
    cli->store.location = cli->positionals[0];
    st_code code = read_tolerance(cli, &o.tolerance, err);
    if (code == ST_OK && cli->as_of) {
        o.as_of = &as_of;
        code = cli_date("--as-of", cli->as_of, &as_of, err);
    }
    if (code == ST_OK && cli->output)
        code = cli_export_format(cli, cli->output, &o.format, err);
    if (code == ST_OK)
        code = st_app_reconcile(&cli->store, &cli->arena, &o, &r, err);
    if (code != ST_OK)
        return code;
    if (cli->json)
        print_json(&r);
    else if (!cli->quiet)
        print_reconciliation(cli, &r);
    cli->status = r.breaks > 0;
    return ST_OK;
}

static const struct cli_option reconcile_options[] = {
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"day (default: the newest with control totals)", "日期（默认最新有控制总数之日）"}},
    {"--tolerance", "AMOUNT", offsetof(struct cli, tolerance),
        {"difference of an amount that is no break (default 0)", "金额差异容限（默认 0）"}},
    {"--average", NULL, offsetof(struct cli, average),
        {"month-daily averages too", "同时列出月日均"}},
    {"--output", "FILE", offsetof(struct cli, output),
        {"write every total to a file, also -o", "将全部合计写入文件，亦可写 -o"}},
    {"--format", "csv|parquet|xlsx", offsetof(struct cli, format),
        {"format (default: by the file's name)", "格式（默认按文件名）"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs, as in strata export", "供程序读取的 csv，同 strata export"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_reconcile = {
    .name = "reconcile",
    .usage = "STORE [--as-of DATE] [-o FILE]",
    .summary = {"totals by branch, product and currency beside the core system's",
        "按机构、产品、币种与核心系统核对合计"},
    .detail =
        {"Control totals are imported like any file (control_total in the mapping). Compared is\n"
         "by what they give: branch, product, class, currency; balances, numbers of accounts\n"
         "and month-daily averages. A total that one side alone knows is a break.\n"
         "Exit status 1 when there are breaks. Without control totals ours are printed.",
            "控制总数与其他文件一样导入（映射中的 "
            "control_total）。按其给出的维度（机构、产品、大类、\n"
            "币种）核对余额、账户数与月日均；只有一方存在的合计也算不符。\n"
            "有不符时退出码为 1。没有控制总数时只列出本系统合计。"},
    .least = 1,
    .most = 1,
    .options = reconcile_options,
    .run = run_reconcile,
};
