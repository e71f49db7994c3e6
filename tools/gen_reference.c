/* Prints the policy reference: a hand-written template in which lines such as `@metrics` stand for
 * tables that are made from the program's own parameter tables, so that the pages cannot say
 * anything else than the program does.
 *
 *     gen_reference en|zh TEMPLATE         prints the page
 *     gen_reference en|zh TEMPLATE PAGE    compares it with PAGE; status 1 at the first difference
 */
#include "base/vec.h"
#include "compile/compile.h"

#include <ctype.h>

enum { TEMPLATE_MAX = 1 << 20 };

struct page {
    enum st_lang lang;
    struct st_str out;
    bool failed;
};

static const char *say(const struct page *p, const char *en, const char *zh)
{
    return st_pick(p->lang, en, zh);
}

/* A cell's text: a bar would end the cell. */
static void add_cell(struct page *p, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            st_str_add_char(&p->out, '\\');
        st_str_add_char(&p->out, *text == '\n' ? ' ' : *text);
    }
}

/* A phrase of a table as a sentence: with a capital letter and a full stop. */
static void add_sentence(struct page *p, const char *text)
{
    st_str_add_char(&p->out, (char)toupper((unsigned char)*text));
    st_str_addf(&p->out, "%s%s", text + (*text != '\0'), say(p, ".", "。"));
}

static void add_head(struct page *p, size_t count, const char *const *heads)
{
    for (size_t i = 0; i < count; i++)
        st_str_addf(&p->out, "| %s ", heads[i]);
    st_str_add(&p->out, "|\n");
    for (size_t i = 0; i < count; i++)
        st_str_add(&p->out, "|---");
    st_str_add(&p->out, "|\n");
}

/* --- parameter tables --- */

static const char *type_name(const struct page *p, const struct st_param *param)
{
    static const struct st_text names[] = {
        [ST_PARAM_BOOL] = {"true or false", "真假值"},
        [ST_PARAM_INT] = {"whole number", "整数"},
        [ST_PARAM_DECIMAL] = {"decimal", "小数"},
        [ST_PARAM_TEXT] = {"text", "文本"},
        [ST_PARAM_NAME] = {"name", "名称"},
        [ST_PARAM_DATE] = {"date", "日期"},
        [ST_PARAM_CHOICE] = {"choice", "选项"},
        [ST_PARAM_TITLE] = {"title", "显示名称"},
        [ST_PARAM_TITLES] = {"list of texts", "文本列表"},
        [ST_PARAM_EXPR] = {"expression", "表达式"},
        [ST_PARAM_WINDOW] = {"window", "时间窗"},
        [ST_PARAM_NODE] = {"map or list", "映射或列表"},
    };
    return st_pick_text(p->lang, &names[param->type]);
}

static void add_choices(struct page *p, const struct st_param *param)
{
    bool first = true;
    for (size_t i = 0; param->choices[i]; i++) {
        if (!param->choices[i][0])
            continue;
        st_str_addf(&p->out, "%s`%s`", first ? "" : say(p, ", ", "、"), param->choices[i]);
        first = false;
    }
}

static void add_range(struct page *p, const struct st_param *param)
{
    char low[ST_DECIMAL_TEXT_SIZE], high[ST_DECIMAL_TEXT_SIZE];
    int scale = param->type == ST_PARAM_DECIMAL ? ST_SCALE_RATE : 0;
    const char *ends[] = {low, high};
    st_decimal_format(param->min, scale, low);
    st_decimal_format(param->max, scale, high);
    for (size_t i = 0; scale && i < ST_COUNT(ends); i++) { /* 0.50000000 reads as 0.5 */
        char *text = i ? high : low;
        size_t len = strlen(text);
        while (text[len - 1] == '0')
            text[--len] = '\0';
        if (text[len - 1] == '.')
            text[--len] = '\0';
    }
    st_str_addf(&p->out, say(p, "%s to %s", "%s 至 %s"), ends[0], ends[1]);
}

static const char *unit_name(const struct page *p, const char *unit)
{
    static const struct st_text units[] = {{"days", "天"}, {"months", "月"}};
    for (size_t i = 0; i < ST_COUNT(units); i++)
        if (strcmp(units[i].en, unit) == 0)
            return st_pick_text(p->lang, &units[i]);
    return unit;
}

static void add_param(struct page *p, const struct st_param *param)
{
    bool numeric = param->type == ST_PARAM_INT || param->type == ST_PARAM_DECIMAL;
    st_str_addf(&p->out, "| `%s:` | %s", param->name, type_name(p, param));
    if (param->unit)
        st_str_addf(&p->out, say(p, ", %s", "（%s）"), unit_name(p, param->unit));
    st_str_add(&p->out, " | ");
    if (param->choices)
        add_choices(p, param);
    else if (numeric && (param->min || param->max))
        add_range(p, param);
    st_str_add(&p->out, " | ");
    if (param->required)
        st_str_add(&p->out, say(p, "required", "必填"));
    else if (param->default_text)
        st_str_addf(&p->out, "`%s`", param->default_text);
    st_str_add(&p->out, " | ");
    add_cell(p, st_pick_text(p->lang, &param->help));
    st_str_add(&p->out, " |\n");
}

static void add_params(struct page *p, const struct st_param *table)
{
    const char *const heads[] = {say(p, "key", "键"), say(p, "type", "类型"),
        say(p, "allowed", "可取值"), say(p, "default", "默认"), say(p, "meaning", "含义")};
    add_head(p, ST_COUNT(heads), heads);
    for (; table->name; table++)
        add_param(p, table);
}

static void add_policy(struct page *p)
{
    add_params(p, st_policy_params);
}

static void add_calendar(struct page *p)
{
    add_params(p, st_calendar_params);
}

static void add_metrics(struct page *p)
{
    add_params(p, st_metric_params);
}

static void add_schemes(struct page *p)
{
    add_params(p, st_scheme_params);
}

static void add_tiers(struct page *p)
{
    add_params(p, st_tier_params);
}

static void add_moves(struct page *p)
{
    static const struct {
        const char *name;
        const struct st_param *table;
    } parts[] = {
        {"moves", st_moves_params},
        {"up", st_moves_up_params},
        {"watch", st_moves_watch_params},
        {"down", st_moves_down_params},
        {"valid", st_moves_valid_params},
        {"new_customers", st_moves_new_params},
        {"cohorts", st_moves_cohort_params},
    };
    for (size_t i = 0; i < ST_COUNT(parts); i++) {
        st_str_addf(&p->out, i ? "\n#### `%s:`\n\n" : "#### `%s:`\n\n", parts[i].name);
        add_params(p, parts[i].table);
    }
}

static void add_sharing(struct page *p)
{
    add_params(p, st_sharing_params);
}

static void add_signals(struct page *p)
{
    add_params(p, st_signal_params);
    st_str_addf(&p->out, "\n| `kind:` | %s | %s |\n|---|---|---|\n",
        say(p, "what it tells", "含义"), say(p, "keys of its own", "自有的键"));
    for (size_t i = 0; i < ST_SIGNAL_KIND_COUNT; i++) {
        const struct st_signal_kind_info *kind = &st_signal_kinds[i];
        st_str_addf(&p->out, "| `%s` | %s | ", kind->word, say(p, kind->help.en, kind->help.zh));
        for (size_t k = 0; kind->keys[k]; k++)
            st_str_addf(&p->out, "%s`%s:`", k ? ", " : "", kind->keys[k]);
        st_str_add(&p->out, " |\n");
    }
}

/* --- families and aggregates --- */

static const char *kind_name(const struct page *p, const struct st_row_column *c)
{
    static const struct st_text names[] = {[ST_KIND_NULL] = {"null", "空值"},
        [ST_KIND_BOOL] = {"true/false", "真假值"},
        [ST_KIND_NUMBER] = {"number", "数字"},
        [ST_KIND_MONEY] = {"money", "金额"},
        [ST_KIND_DATE] = {"date", "日期"},
        [ST_KIND_TEXT] = {"text", "文本"}};
    return st_pick_text(p->lang, &names[c->kind]);
}

static void add_columns(struct page *p, const struct st_family *f)
{
    const char *const heads[] = {say(p, "column", "字段"), say(p, "type", "类型"),
        say(p, "may be missing", "可为空"), say(p, "meaning", "含义")};
    add_head(p, ST_COUNT(heads), heads);
    for (size_t i = 0; i < f->column_count; i++) {
        const struct st_row_column *c = &f->columns[i];
        st_str_addf(&p->out, "| `%s` | %s | %s | ", c->name, kind_name(p, c),
            c->nullable ? say(p, "yes", "是") : "");
        add_cell(p, st_pick_text(p->lang, &c->help));
        st_str_add(&p->out, " |\n");
    }
}

static void add_family(struct page *p, const struct st_family *f)
{
    bool first = true;
    st_str_addf(&p->out, "%s### from: %s\n\n", f->source == ST_SOURCE_BALANCE ? "" : "\n", f->name);
    add_sentence(p, st_pick_text(p->lang, &f->summary));
    st_str_add(&p->out, "\n\n");
    if (f->aggregates)
        st_str_add(&p->out, say(p, "Aggregates: ", "可用聚合："));
    else
        st_str_add(&p->out,
            say(p, "One row per customer: columns are used as they are, without an aggregate",
                "每位客户一行：直接使用字段，不需要聚合"));
    for (int i = 0; i < ST_AGGREGATE_FN_COUNT; i++) {
        if (!(f->aggregates >> i & 1))
            continue;
        st_str_addf(&p->out, "%s`%s()`", first ? "" : say(p, ", ", "、"), st_aggregates[i].name);
        first = false;
    }
    st_str_add(&p->out, say(p, ".\n\n", "。\n\n"));
    add_columns(p, f);
}

static void add_families(struct page *p)
{
    static const enum st_metric_source sources[] = {
        ST_SOURCE_BALANCE, ST_SOURCE_TXN, ST_SOURCE_ACCOUNT, ST_SOURCE_CUSTOMER};
    for (size_t i = 0; i < ST_COUNT(sources); i++)
        add_family(p, st_family_of(sources[i]));
}

static void add_household(struct page *p)
{
    add_columns(p, &st_family_household);
}

static void add_aggregates(struct page *p)
{
    const char *const heads[] = {say(p, "aggregate", "聚合"), say(p, "reads", "适用数据"),
        say(p, "without rows", "无数据时"), say(p, "meaning", "含义")};
    static const enum st_metric_source sources[] = {
        ST_SOURCE_BALANCE, ST_SOURCE_TXN, ST_SOURCE_ACCOUNT};
    add_head(p, ST_COUNT(heads), heads);
    for (int i = 0; i < ST_AGGREGATE_FN_COUNT; i++) {
        const struct st_aggregate_info *a = &st_aggregates[i];
        bool first = true;
        st_str_addf(&p->out, "| `%s(%s)` | ", a->name, a->takes_argument ? "x" : "");
        for (size_t k = 0; k < ST_COUNT(sources); k++) {
            const struct st_family *f = st_family_of(sources[k]);
            if (!(f->aggregates >> i & 1))
                continue;
            st_str_addf(&p->out, "%s%s", first ? "" : say(p, ", ", "、"), f->name);
            first = false;
        }
        st_str_addf(&p->out, " | %s | ", a->null_when_empty ? say(p, "missing", "空") : "0");
        add_cell(p, st_pick_text(p->lang, &a->help));
        st_str_add(&p->out, " |\n");
    }
}

/* --- functions --- */

static const struct function_help {
    const char *name, *form;
    struct st_text help;
} function_helps[] = {
    {"age", "age(date)`, `age(date, on)",
        {"whole years from the date to as_of, or to `on`; 29 February counts from 1 March",
            "从该日期到评定日（或 `on`）的整年数；2 月 29 日自 3 月 1 日起计"}},
    {"months_between", "months_between(date)`, `months_between(date, on)",
        {"whole months from the date to as_of, or to `on`: 31 January to 28 February is 0",
            "从该日期到评定日（或 `on`）的整月数：1 月 31 日至 2 月 28 日为 0"}},
    {"days_between", "days_between(date)`, `days_between(date, on)",
        {"days from the date to as_of, or to `on`", "从该日期到评定日（或 `on`）的天数"}},
    {"days_since", "days_since(date)",
        {"the same as days_between, worded for recency", "同 days_between，用于表述最近一次"}},
    {"year", "year(date)", {"year of the date", "年份"}},
    {"month", "month(date)", {"month, 1 to 12", "月份，1 至 12"}},
    {"day", "day(date)", {"day of the month", "日，1 至 31"}},
    {"year_month", "year_month(date)",
        {"year × 100 + month: 202511; counts calendar months",
            "年 × 100 + 月，如 202511；用于按自然月计数"}},
    {"abs", "abs(x)", {"size without sign", "绝对值"}},
    {"min", "min(x, y, …)",
        {"least of 2 to 16 values; missing ones are passed over",
            "2 至 16 个值中的最小者，忽略空值"}},
    {"max", "max(x, y, …)",
        {"greatest of 2 to 16 values; missing ones are passed over",
            "2 至 16 个值中的最大者，忽略空值"}},
    {"round", "round(x)`, `round(x, 0..8)",
        {"halves away from zero, to so many decimals", "四舍五入（远离零）到指定小数位"}},
    {"coalesce", "coalesce(x, y, …)", {"the first value that is not missing", "第一个非空的值"}},
    {"starts_with", "starts_with(text, start)", {"whether the text starts so", "文本是否以此开头"}},
    {"as_of", "as_of()", {"the day rated at", "评定日"}},
};

/* Functions that only some places know: not in the shared table. */
static const struct function_help place_helps[] = {
    {"weight", "weight(class)",
        {"in value: of a metric with weights:; 0 for what weights: does not name",
            "用于写有 weights: 的指标的 value:；未列出的为 0"}},
    {"lag", "lag(metric, 3 months)",
        {"in is: of a metric; the metric as of so many months, quarters or years earlier, worked "
         "out "
         "from the facts",
            "用于指标的 is:；该指标在若干月、季或年之前的值，由明细重新计算"}},
    {"has", "has('loan')",
        {"in is: of a metric and in schemes; holds an open account of that class or product",
            "用于指标的 is: 与方案；持有该大类或产品的未销户账户"}},
};

static void add_function(struct page *p, const struct function_help *f)
{
    st_str_addf(&p->out, "| `%s` | ", f->form);
    add_cell(p, st_pick_text(p->lang, &f->help));
    st_str_add(&p->out, " |\n");
}

static void add_functions(struct page *p)
{
    const char *const heads[] = {say(p, "function", "函数"), say(p, "meaning", "含义")};
    add_head(p, ST_COUNT(heads), heads);
    for (size_t i = 0; st_lower_functions[i]; i++) {
        size_t k = 0;
        while (k < ST_COUNT(function_helps) &&
               strcmp(function_helps[k].name, st_lower_functions[i]) != 0)
            k++;
        if (k < ST_COUNT(function_helps)) {
            add_function(p, &function_helps[k]);
            continue;
        }
        fprintf(
            stderr, "gen_reference: function_helps has no row for %s()\n", st_lower_functions[i]);
        p->failed = true;
    }
    for (size_t i = 0; i < ST_COUNT(place_helps); i++)
        add_function(p, &place_helps[i]);
    if (ST_COUNT(function_helps) != ST_LOWER_FUNCTION_COUNT) {
        fputs("gen_reference: function_helps has a row for a function that is gone\n", stderr);
        p->failed = true;
    }
}

/* --- windows --- */

/* Worked out by the code that resolves them in a run, for one fixed day. */
static void add_windows(struct page *p)
{
    static const char *const texts[] = {"30 days", "2 weeks", "1 month", "3 months", "12 months",
        "1 quarter", "1 year", "previous month", "previous 3 months", "month_to_date",
        "quarter_to_date", "year_to_date", "all"};
    const st_date as_of = st_date_from_civil((struct st_civil){2025, 11, 15});
    const char *const heads[] = {"`window:`", say(p, "first day", "首日"),
        say(p, "last day", "末日"), say(p, "days", "天数")};
    add_head(p, ST_COUNT(heads), heads);
    for (size_t i = 0; i < ST_COUNT(texts); i++) {
        struct st_window window;
        char from[ST_DATE_TEXT_SIZE], last[ST_DATE_TEXT_SIZE];
        if (!st_window_parse(texts[i], &window)) {
            fprintf(stderr, "gen_reference: %s is not a window\n", texts[i]);
            p->failed = true;
            continue;
        }
        struct st_span span = st_window_resolve(&window, as_of, 1);
        st_date_format(span.from, from);
        st_date_format(span.next - 1, last);
        if (window.kind == ST_WINDOW_ALL)
            st_str_addf(&p->out, "| `%s` | %s | %s | |\n", texts[i],
                say(p, "the first fact", "最早的数据"), last);
        else
            st_str_addf(&p->out, "| `%s` | %s | %s | %d |\n", texts[i], from, last,
                (int)(span.next - span.from));
    }
}

/* --- methods --- */

static void add_method_list(struct page *p)
{
    const char *const heads[] = {
        say(p, "method", "方法"), say(p, "name", "名称"), say(p, "what it does", "作用")};
    add_head(p, ST_COUNT(heads), heads);
    for (size_t i = 0; st_methods[i]; i++) {
        st_str_addf(&p->out, "| [`%s`](#method-%s) | %s | ", st_methods[i]->name,
            st_methods[i]->name, st_pick_text(p->lang, &st_methods[i]->title));
        add_cell(p, st_pick_text(p->lang, &st_methods[i]->summary));
        st_str_add(&p->out, " |\n");
    }
}

static void add_methods(struct page *p)
{
    for (size_t i = 0; st_methods[i]; i++) {
        const struct st_method_ops *m = st_methods[i];
        st_str_addf(&p->out, "\n### method: %s\n\n", m->name);
        add_sentence(p, st_pick_text(p->lang, &m->summary));
        if (m->source)
            st_str_addf(&p->out, say(p, " Definition: %s.", "口径：%s。"), m->source);
        st_str_add(&p->out, "\n\n");
        if (m->params && m->params->name)
            add_params(p, m->params);
        if (!m->tier_params || !m->tier_params->name)
            continue;
        st_str_addf(&p->out, "\n%s\n\n",
            say(p, "Each tier, beside the keys that all have:", "每个层级除共有的键外："));
        add_params(p, m->tier_params);
    }
}

/* --- the page --- */

static const struct {
    const char *name;
    void (*add)(struct page *p);
} tables[] = {
    {"@policy", add_policy},
    {"@calendar", add_calendar},
    {"@metrics", add_metrics},
    {"@families", add_families},
    {"@aggregates", add_aggregates},
    {"@functions", add_functions},
    {"@windows", add_windows},
    {"@schemes", add_schemes},
    {"@tiers", add_tiers},
    {"@moves", add_moves},
    {"@sharing", add_sharing},
    {"@signals", add_signals},
    {"@household", add_household},
    {"@method-list", add_method_list},
    {"@methods", add_methods},
};

static void add_line(struct page *p, const char *line, size_t len)
{
    for (size_t i = 0; i < ST_COUNT(tables); i++)
        if (strlen(tables[i].name) == len && memcmp(tables[i].name, line, len) == 0) {
            tables[i].add(p);
            return;
        }
    if (len > 1 && line[0] == '@' && islower((unsigned char)line[1])) {
        fprintf(stderr, "gen_reference: there is no table %.*s\n", (int)len, line);
        p->failed = true;
    }
    st_str_add_len(&p->out, line, len);
    st_str_add_char(&p->out, '\n');
}

static void add_template(struct page *p, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        add_line(p, text, len);
        text += len + (text[len] == '\n');
    }
}

/* 0 when equal; else says where. */
static int compare(const char *page, const char *want, const char *have)
{
    int line = 1;
    while (*want && *want == *have) {
        line += *want == '\n';
        want++;
        have++;
    }
    if (*want == *have)
        return 0;
    fprintf(stderr, "%s:%d: differs from what the program says; run make docs\n", page, line);
    return 1;
}

int main(int argc, char **argv)
{
    struct page p = {.out = ST_STR_INIT};
    struct st_str template = ST_STR_INIT, page = ST_STR_INIT;
    struct st_error err = {.code = ST_OK};
    if (argc < 3 || argc > 4 || (strcmp(argv[1], "en") != 0 && strcmp(argv[1], "zh") != 0)) {
        fputs("usage: gen_reference en|zh TEMPLATE [PAGE]\n", stderr);
        return 2;
    }
    p.lang = argv[1][0] == 'z' ? ST_LANG_ZH : ST_LANG_EN;
    st_code code = st_str_read_file(&template, argv[2], TEMPLATE_MAX, &err);
    if (code == ST_OK && argc == 4)
        code = st_str_read_file(&page, argv[3], TEMPLATE_MAX, &err);
    if (code == ST_OK)
        add_template(&p, template.text);
    else
        st_error_print(&err, ST_LANG_EN, stderr);
    int status = code != ST_OK || p.failed;
    if (status == 0 && argc == 4)
        status = compare(argv[3], p.out.text, page.text);
    else if (status == 0)
        status = fputs(p.out.text, stdout) < 0 || fflush(stdout) != 0;
    st_str_release(&page);
    st_str_release(&template);
    st_str_release(&p.out);
    return status;
}
