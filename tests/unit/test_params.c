/* Parameter tables and windows: every type, its defaults, and what a wrong value is told. */
#include "expr/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    bool open;
    int64_t days;
    int64_t ratio;
    int64_t amount;
    const char *note;
    const char *code;
    st_date from;
    int kind;
    struct st_text title;
    struct st_texts aims;
    struct st_expr *when;
    struct st_window window;
    const struct st_node *rest;
};

static const char *const kinds[] = {"", "balance", "txn", "account", NULL};

static const struct st_param table[] = {
    {.name = "open",
        .type = ST_PARAM_BOOL,
        .offset = offsetof(struct sample, open),
        .default_text = "true",
        .help = {"whether", "是否"}},
    {.name = "days",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct sample, days),
        .default_text = "30",
        .min = 1,
        .max = 366,
        .unit = "days",
        .help = {"how long", "多久"}},
    {.name = "ratio",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct sample, ratio),
        .min = 0,
        .max = 150000000,
        .help = {"share", "占比"}},
    {.name = "amount",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct sample, amount),
        .help = {"money", "金额"}},
    {.name = "note",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct sample, note),
        .help = {"words", "说明"}},
    {.name = "code",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct sample, code),
        .help = {"short name", "代码"}},
    {.name = "from",
        .type = ST_PARAM_DATE,
        .offset = offsetof(struct sample, from),
        .default_text = "2024-01-31",
        .help = {"day", "日期"}},
    {.name = "kind",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct sample, kind),
        .default_text = "txn",
        .choices = kinds,
        .help = {"kind", "类型"}},
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct sample, title),
        .help = {"title", "标题"}},
    {.name = "aims",
        .type = ST_PARAM_TITLES,
        .offset = offsetof(struct sample, aims),
        .help = {"aims", "目标"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct sample, when),
        .default_text = "aum > 5万",
        .help = {"condition", "条件"}},
    {.name = "window",
        .type = ST_PARAM_WINDOW,
        .offset = offsetof(struct sample, window),
        .default_text = "12 months",
        .help = {"window", "窗口"}},
    {.name = "rest",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct sample, rest),
        .help = {"the rest", "其余"}},
    ST_PARAM_END,
};

static void dump(struct st_str *out, const struct sample *s)
{
    char date[ST_DATE_TEXT_SIZE];
    st_str_addf(out, "%d %lld %lld %lld %s %s %s %s %s/%s ", s->open, (long long)s->days,
        (long long)s->ratio, (long long)s->amount, s->note ? s->note : "-", s->code,
        st_date_format(s->from, date), kinds[s->kind], s->title.zh ? s->title.zh : "-",
        s->title.en ? s->title.en : "-");
    st_expr_print(out, s->when);
    st_str_add(out, ", ");
    st_window_print(out, &s->window);
    st_str_addf(out, ", %zu", s->rest ? s->rest->count : 99);
    for (size_t i = 0; i < s->aims.count; i++)
        st_str_addf(out, " %s/%s", s->aims.items[i].zh, s->aims.items[i].en);
}

static st_code read_sample(
    struct st_arena *arena, const char *text, struct sample *out, struct st_error *err)
{
    struct st_node *root;
    memset(out, 0, sizeof *out);
    if (st_node_parse(arena, "p.yaml", text, strlen(text), &root, err) != ST_OK)
        fail_msg("not YAML: %s", text);
    return st_params_read(arena, table, root, out, err);
}

static void test_reading(void **state)
{
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"defaults", "code: a\n", "1 30 0 0 - a 2024-01-31 txn -/- aum > 50000, 12 months, 99"},
        {"every key",
            "code: hnw_1\nopen: false\ndays: 366\nratio: 0.25\namount: 5_000_000\nnote: 'a: b'\n"
            "from: 2023/12/1\nkind: account\ntitle: {zh: 金卡, en: Gold}\nwhen: x in (1, 2)\n"
            "window: previous 3 months\nrest: [1, 2]\n",
            "0 366 25000000 5000000 a: b hnw_1 2023-12-01 account 金卡/Gold x in (1, 2), "
            "previous 3 months, 2"},
        {"numbers as in expressions", "code: a\namount: 1.2亿\nratio: 35%\n",
            "1 30 35000000 120000000 - a 2024-01-31 txn -/- aum > 50000, 12 months, 99"},
        {"the ends of a range", "code: a\ndays: 1\nratio: 150%\n",
            "1 1 150000000 0 - a 2024-01-31 txn -/- aum > 50000, 12 months, 99"},
        {"a title in one language", "code: a\ntitle: {zh: 金卡}\n",
            "1 30 0 0 - a 2024-01-31 txn 金卡/金卡 aum > 50000, 12 months, 99"},
        {"a title as text", "code: a\ntitle: 金卡\n",
            "1 30 0 0 - a 2024-01-31 txn 金卡/金卡 aum > 50000, 12 months, 99"},
        {"titles, each in two languages, one or as text",
            "code: a\naims: [{zh: 保值, en: Safety}, {en: Yield}, 便利]\n",
            "1 30 0 0 - a 2024-01-31 txn -/- aum > 50000, 12 months, 99 保值/Safety Yield/Yield "
            "便利/便利"},
        {"quoted empty text", "code: a\nrest: {}\nnote: 'x'\n",
            "1 30 0 0 x a 2024-01-31 txn -/- aum > 50000, 12 months, 0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_error err = {.code = ST_OK};
        struct sample sample;
        if (read_sample(&arena, rows[i].input, &sample, &err) != ST_OK)
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        dump(&got, &sample);
        if (strcmp(got.text, rows[i].want) != 0)
            fail_msg("%s\n  got:  %s\n  want: %s", rows[i].what, got.text, rows[i].want);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *what, *input, *want; /* line:column path message | allowed | hint */
    } rows[] = {
        {"unknown key", "code: a\nkidn: txn\n",
            "2:1 kidn unknown key 'kidn' | open, days, ratio, amount, note, code, from, kind, "
            "title, aims, "
            "when, window, rest | did you mean 'kind'?"},
        {"nothing near", "code: a\nzzzzzz: 1\n",
            "2:1 zzzzzz unknown key 'zzzzzz' | open, days, ratio, amount, note, code, from, kind, "
            "title, aims, when, window, rest | "},
        {"missing", "open: true\n", "1:1  'code' is missing |  | code: short name"},
        {"empty value", "code:\n", "1:6 code 'code' has no value |  | write a value after"},
        {"a list for a value", "code: [a]\n",
            "1:7 code 'code' must be a single value, not a list |  | "},
        {"yes", "code: a\nopen: yes\n", "2:7 open 'open' must be true or false | true, false | "},
        {"not a number", "code: a\ndays: soon\n",
            "2:7 days 'days' must be a number |  | for example"},
        {"ledger number", "code: a\ndays: 1,000\n",
            "2:7 days 'days' must be a number |  | for example"},
        {"fraction", "code: a\ndays: 1.5\n", "2:7 days 'days' must be a whole number |  | "},
        {"below", "code: a\ndays: 0\n", "2:7 days 'days' is out of range | 1 to 366 days | "},
        {"above", "code: a\ndays: 367\n", "2:7 days 'days' is out of range | 1 to 366 days | "},
        {"decimal above", "code: a\nratio: 1.51\n",
            "2:8 ratio 'ratio' is out of range | 0 to 1.5 | "},
        {"far above", "code: a\nratio: 9223372036854775807\n",
            "2:8 ratio 'ratio' is out of range | 0 to 1.5 | "},
        {"nine decimals", "code: a\nratio: 0.000000001\n",
            "2:8 ratio 'ratio' has more than 8 decimals |  | "},
        {"a name with a blank", "code: a b\n",
            "1:7 code 'code' is not a name | letters a-z, digits"},
        {"a Chinese name", "code: 金\n", "1:7 code 'code' is not a name | letters a-z, digits"},
        {"a name with a digit first", "code: 1a\n", "1:7 code 'code' is not a name | letters a-z"},
        {"a reserved name", "code: end\n", "1:7 code 'code' cannot be 'end': expressions reserve"},
        {"a name of 64 characters",
            "code: a123456789b123456789c123456789d123456789e123456789f123456789g123\n",
            "1:7 code 'code' is longer than 63 characters |  | "},
        {"no date", "code: a\nfrom: 2023-02-29\n",
            "2:7 from 'from' is not a date | a day written as"},
        {"no choice", "code: a\nkind: tnx\n",
            "2:7 kind 'kind' cannot be 'tnx' | balance, txn, account | did you mean 'txn'?"},
        {"the empty choice is none", "code: a\nkind: ''\n",
            "2:7 kind 'kind' cannot be '' | balance, txn, account | "},
        {"language", "code: a\ntitle: {zh: 甲, fr: b}\n",
            "2:16 title.fr a title has no language 'fr' | zh, en | "},
        {"title list", "code: a\ntitle: [a]\n",
            "2:8 title a title must be a text or {zh: …, en: …} | "},
        {"empty title", "code: a\ntitle: {}\n",
            "2:8 title a title must be a text or {zh: …, en: …} | "},
        {"title in title", "code: a\ntitle: {zh: {en: x}}\n",
            "2:13 title.zh a title must be a text"},
        {"a text for a list of titles", "code: a\naims: 便利\n",
            "2:7 aims 'aims' must be a list of texts | 1 to 40 texts, or {zh: …, en: …} each | "},
        {"no titles", "code: a\naims: []\n", "2:7 aims 'aims' must be a list of texts | 1 to 40"},
        {"a title of nothing", "code: a\naims: [x, {}]\n",
            "2:11 aims[2] a title must be a text or {zh: …, en: …} | "},
        {"expression", "code: a\nwhen: aum >\n", "2:12 when the expression ends where a value was"},
        {"window", "code: a\nwindow: 12 moons\n",
            "2:9 window 'window' is not a window of time | all; 30 days; 2 weeks; 12 months; "
            "previous 3"},
        {"a list for the map", "- a\n", "1:1  keys and values are expected here, not a list |  | "},
    };
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct sample sample;
        char got[ST_ERROR_TEXT_MAX * 4];
        st_code code = read_sample(&arena, rows[i].input, &sample, &err);
        snprintf(got, sizeof got, "%d:%d %s %s | %s | %s", err.line, err.column, err.path,
            err.message[ST_LANG_EN], err.allowed[ST_LANG_EN], err.hint[ST_LANG_EN]);
        if (code != ST_E_POLICY || strncmp(got, rows[i].want, strlen(rows[i].want)) != 0) {
            print_error("%s\n  got:  %s\n  want: %s…\n", rows[i].what, got, rows[i].want);
            wrong++;
        }
        if (!err.message[ST_LANG_ZH][0] || !err.hint[ST_LANG_ZH][0] != !err.hint[ST_LANG_EN][0] ||
            !err.allowed[ST_LANG_ZH][0] != !err.allowed[ST_LANG_EN][0])
            fail_msg("%s: not bilingual", rows[i].what);
        st_arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void test_no_map_is_all_defaults(void **state)
{
    static const struct st_param optional[] = {
        {.name = "days", .type = ST_PARAM_INT, .default_text = "7"}, ST_PARAM_END};
    struct st_arena arena = ST_ARENA_INIT;
    int64_t days = 0;
    (void)state;
    assert_int_equal(st_params_read(&arena, optional, NULL, &days, NULL), ST_OK);
    assert_int_equal(days, 7);
    st_arena_release(&arena);
}

static void test_windows(void **state)
{
    static const struct {
        const char *what, *input, *want; /* "" when it is refused */
        enum st_window_kind kind;
    } rows[] = {
        {"all", "all", "all", ST_WINDOW_ALL},
        {"days trail", "30 days", "30 days", ST_WINDOW_TRAILING},
        {"weeks trail", "1 week", "1 week", ST_WINDOW_TRAILING},
        {"months are calendar months", "12 months", "12 months", ST_WINDOW_CALENDAR},
        {"singular", "1 months", "1 month", ST_WINDOW_CALENDAR},
        {"quarters", "4 quarters", "4 quarters", ST_WINDOW_CALENDAR},
        {"years", "2 year", "2 years", ST_WINDOW_CALENDAR},
        {"previous", "previous 3 months", "previous 3 months", ST_WINDOW_PREVIOUS},
        {"previous without a count", "previous quarter", "previous 1 quarter", ST_WINDOW_PREVIOUS},
        {"month to date", "month_to_date", "month_to_date", ST_WINDOW_TO_DATE},
        {"quarter to date", "quarter_to_date", "quarter_to_date", ST_WINDOW_TO_DATE},
        {"year to date", "Year_To_Date", "year_to_date", ST_WINDOW_TO_DATE},
        {"Chinese", "12个月", "12 months", ST_WINDOW_CALENDAR},
        {"blanks", "  12   months ", "12 months", ST_WINDOW_CALENDAR},
        {"largest count", "1200 days", "1200 days", ST_WINDOW_TRAILING},
        {"count too large", "1201 days", "", ST_WINDOW_ALL},
        {"count far too large", "99999999999999 days", "", ST_WINDOW_ALL},
        {"no count", "days", "", ST_WINDOW_ALL},
        {"zero", "0 days", "", ST_WINDOW_ALL},
        {"negative", "-1 days", "", ST_WINDOW_ALL},
        {"no unit", "30", "", ST_WINDOW_ALL},
        {"previous days do not exist", "previous 3 days", "", ST_WINDOW_ALL},
        {"previous nothing", "previous ", "", ST_WINDOW_ALL},
        {"more text", "30 days ago", "", ST_WINDOW_ALL},
        {"empty", "", "", ST_WINDOW_ALL},
        {"blank", "  ", "", ST_WINDOW_ALL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_window window = {.count = -1}, again;
        struct st_str text = ST_STR_INIT;
        bool ok = st_window_parse(rows[i].input, &window);
        if (ok)
            st_window_print(&text, &window);
        if (ok != (rows[i].want[0] != '\0') || strcmp(text.text, rows[i].want) != 0 ||
            (ok && window.kind != rows[i].kind))
            fail_msg("%s: got '%s' kind %d", rows[i].what, text.text, (int)window.kind);
        if (ok) {
            assert_true(st_window_parse(text.text, &again));
            assert_memory_equal(&window, &again, sizeof window);
        }
        st_str_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_map_is_all_defaults),
        cmocka_unit_test(test_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
