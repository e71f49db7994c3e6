/* Reads maps by parameter tables: one function per type, in `readers`. */
#include "expr/params.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "expr/internal.h"

#include <ctype.h>

enum { NAME_BYTES_MAX = 63 }; /* PostgreSQL's longest identifier: names become columns */

/* One value being read. */
struct slot {
    struct st_arena *arena;
    const struct st_param *row;
    const struct st_node *node;
    void *at;
    struct st_error *err;
};

typedef st_code read_fn(const struct slot *s);

/* --- messages --- */

/* Records what is wrong with the value, the value itself, and its place. */
#define fail_value(s, ...)                                                                         \
    place_value((s), st_fail_at((s)->err, (s)->node, ST_E_POLICY, __VA_ARGS__))

static st_code place_value(const struct slot *s, st_code code)
{
    if (s->node->kind == ST_NODE_SCALAR && s->node->text[0])
        st_error_value(s->err, "%s", s->node->text);
    return code;
}

/* The names of a list, joined by commas; entries that are empty cannot be written. */
static void join(struct st_str *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i][0])
            st_str_addf(out, "%s%s", out->len ? ", " : "", names[i]);
}

static void allow_names(struct st_error *err, const char *const *names, size_t count)
{
    struct st_str list = ST_STR_INIT;
    join(&list, names, count);
    st_error_allowed(err, "%s", "%s", list.text);
    st_str_release(&list);
}

static void hint_nearest(
    struct st_error *err, const char *word, const char *const *names, size_t count)
{
    const char *nearest = st_str_nearest(word, names, count);
    if (nearest && nearest[0])
        st_error_hint(err, "did you mean '%s'?", "是否想写“%s”？", nearest);
}

static const struct {
    const char *en, *zh;
} kind_names[] = {
    [ST_NODE_SCALAR] = {"a single value", "单个值"},
    [ST_NODE_MAP] = {"keys and values", "键值对"},
    [ST_NODE_LIST] = {"a list", "列表"},
};

static st_code expect_scalar(const struct slot *s)
{
    const char *name = s->row->name;
    if (s->node->kind != ST_NODE_SCALAR)
        return fail_value(s, "'%s' must be a single value, not %s%.0s",
            "“%s”应为单个值，而不是%.0s%s", name, kind_names[s->node->kind].en,
            kind_names[s->node->kind].zh);
    if (!st_node_is_empty(s->node))
        return ST_OK;
    st_code code = fail_value(s, "'%s' has no value", "“%s”没有值", name);
    st_error_hint(
        s->err, "write a value after the ':', or remove the key", "请在“:”后填写值，或删除该键");
    return code;
}

/* --- one function per type --- */

static st_code read_bool(const struct slot *s)
{
    static const char *const names[] = {"true", "false"};
    TRY(expect_scalar(s));
    for (int i = 0; i < 2; i++)
        if (strcmp(s->node->text, names[i]) == 0) {
            *(bool *)s->at = i == 0;
            return ST_OK;
        }
    st_code code =
        fail_value(s, "'%s' must be true or false", "“%s”应为 true 或 false", s->row->name);
    allow_names(s->err, names, 2);
    return code;
}

static void trim_zeros(char *text)
{
    if (!strchr(text, '.'))
        return;
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[len - 1] = '\0';
}

static void allow_range(const struct slot *s, int scale)
{
    char low[ST_DECIMAL_TEXT_SIZE], high[ST_DECIMAL_TEXT_SIZE];
    const char *unit = s->row->unit ? s->row->unit : "";
    const char *unit_zh = strcmp(unit, "days") == 0     ? "天"
                          : strcmp(unit, "months") == 0 ? "个月"
                                                        : unit;
    trim_zeros(st_decimal_format(s->row->min, scale, low));
    trim_zeros(st_decimal_format(s->row->max, scale, high));
    if (s->row->min == s->row->max)
        st_error_allowed(s->err, "%s", "%s", low);
    else
        st_error_allowed(s->err, "%s to %s%s%s%.0s", "%s 至 %s%s%.0s%s", low, high,
            unit[0] ? " " : "", unit, unit_zh);
}

/* Numbers are written as in expressions (35%, 5万, 5_000_000), so that one rule covers both. */
static st_code read_number(const struct slot *s, int scale)
{
    struct st_expr *expr = NULL;
    const char *name = s->row->name;
    int64_t value = 0;
    TRY(expect_scalar(s));
    if (st_expr_parse_node(s->arena, s->node, &expr, NULL) != ST_OK ||
        expr->kind != ST_EXPR_NUMBER) {
        st_code code = fail_value(s, "'%s' must be a number", "“%s”应为数字", name);
        st_error_hint(s->err, "for example 5000, 5_000_000, 0.35, 35%% or 5万",
            "例如 5000、5_000_000、0.35、35%% 或 5万");
        return code;
    }
    if (scale == 0 && expr->scale > 0)
        return fail_value(s, "'%s' must be a whole number", "“%s”应为整数", name);
    if (expr->scale > scale)
        return fail_value(s, "'%s' has more than %d decimals", "“%s”的小数超过 %d 位", name, scale);
    bool bounded = s->row->min != 0 || s->row->max != 0;
    bool fits = st_wide_to_int64(st_rescale(expr->integer, expr->scale, scale), &value);
    if (!fits && !bounded)
        return fail_value(s, "'%s' is too large", "“%s”数值过大", name);
    if (!fits || (bounded && (value < s->row->min || value > s->row->max))) {
        st_code code = fail_value(s, "'%s' is out of range", "“%s”超出允许范围", name);
        allow_range(s, scale);
        return code;
    }
    *(int64_t *)s->at = value;
    return ST_OK;
}

static st_code read_int(const struct slot *s)
{
    return read_number(s, 0);
}

static st_code read_decimal(const struct slot *s)
{
    return read_number(s, ST_SCALE_RATE);
}

static st_code read_text(const struct slot *s)
{
    TRY(expect_scalar(s));
    *(const char **)s->at = st_arena_strdup(s->arena, s->node->text);
    return ST_OK;
}

static bool is_name(const char *text)
{
    const char *p = text;
    if (!isalpha((unsigned char)*p) && *p != '_')
        return false;
    while (isalnum((unsigned char)*p) || *p == '_')
        p++;
    return *p == '\0';
}

static st_code read_name(const struct slot *s)
{
    const char *text = s->node->text;
    TRY(expect_scalar(s));
    st_code code;
    if (st_expr_is_keyword(text, strlen(text))) {
        code = fail_value(s, "'%s' cannot be '%s': expressions reserve the word",
            "“%s”不能取名“%s”：它是表达式的保留字", s->row->name, text);
    } else if (strlen(text) > NAME_BYTES_MAX) {
        code = fail_value(s, "'%s' is longer than %d characters", "“%s”超过 %d 个字符",
            s->row->name, (int)NAME_BYTES_MAX);
    } else if (!is_name(text)) {
        code = fail_value(s, "'%s' is not a name", "“%s”不是合法的名称", s->row->name);
        st_error_allowed(s->err, "letters a-z, digits and _, beginning with a letter or _",
            "英文字母、数字和下划线，以字母或下划线开头");
        st_error_hint(s->err, "what people read goes into 'title'", "供阅读的名称请写在 title 中");
    } else {
        *(const char **)s->at = st_arena_strdup(s->arena, text);
        code = ST_OK;
    }
    return code;
}

static st_code read_date(const struct slot *s)
{
    TRY(expect_scalar(s));
    if (st_date_parse(s->node->text, strlen(s->node->text), (st_date *)s->at))
        return ST_OK;
    st_code code = fail_value(s, "'%s' is not a date", "“%s”不是有效日期", s->row->name);
    st_error_allowed(s->err, "a day written as 2024-01-31", "日期，写作 2024-01-31");
    return code;
}

static st_code read_choice(const struct slot *s)
{
    const char *const *choices = s->row->choices;
    size_t count = 0;
    TRY(expect_scalar(s));
    for (; choices[count]; count++)
        if (strcmp(choices[count], s->node->text) == 0 && choices[count][0]) {
            *(int *)s->at = (int)count;
            return ST_OK;
        }
    st_code code =
        fail_value(s, "'%s' cannot be '%s'", "“%s”不能取值“%s”", s->row->name, s->node->text);
    allow_names(s->err, choices, count);
    hint_nearest(s->err, s->node->text, choices, count);
    return code;
}

static st_code read_title(const struct slot *s)
{
    return st_title_read(s->arena, s->node, (struct st_text *)s->at, s->err);
}

static st_code read_titles(const struct slot *s)
{
    const struct st_node *list = s->node;
    if (list->kind != ST_NODE_LIST || list->count == 0 || list->count > ST_TITLES_MAX) {
        st_code code = st_fail_at(s->err, list, ST_E_POLICY, "'%s' must be a list of texts",
            "“%s”应为文本列表", s->row->name);
        st_error_allowed(s->err, "1 to %d texts, or {zh: …, en: …} each",
            "1 至 %d 项文本，或各写 {zh: …, en: …}", (int)ST_TITLES_MAX);
        return code;
    }
    struct st_text *items = st_arena_array(s->arena, struct st_text, list->count);
    for (size_t i = 0; i < list->count; i++)
        TRY(st_title_read(s->arena, list->items[i], &items[i], s->err));
    *(struct st_texts *)s->at = (struct st_texts){items, list->count};
    return ST_OK;
}

static st_code read_expr(const struct slot *s)
{
    TRY(expect_scalar(s));
    return st_expr_parse_node(s->arena, s->node, (struct st_expr **)s->at, s->err);
}

static st_code read_window(const struct slot *s)
{
    TRY(expect_scalar(s));
    if (st_window_parse(s->node->text, (struct st_window *)s->at))
        return ST_OK;
    st_code code =
        fail_value(s, "'%s' is not a window of time", "“%s”不是有效的时间窗口", s->row->name);
    st_error_allowed(s->err,
        "all; 30 days; 2 weeks; 12 months; previous 3 months; month_to_date, quarter_to_date, "
        "year_to_date; counts 1 to %d",
        "all；30 days；2 weeks；12 months；previous 3 months；month_to_date、quarter_to_date、"
        "year_to_date；数量 1 至 %d",
        (int)ST_WINDOW_COUNT_MAX);
    return code;
}

static st_code read_node(const struct slot *s)
{
    *(const struct st_node **)s->at = s->node;
    return ST_OK;
}

static read_fn *const readers[] = {
    [ST_PARAM_BOOL] = read_bool,
    [ST_PARAM_INT] = read_int,
    [ST_PARAM_DECIMAL] = read_decimal,
    [ST_PARAM_TEXT] = read_text,
    [ST_PARAM_NAME] = read_name,
    [ST_PARAM_DATE] = read_date,
    [ST_PARAM_CHOICE] = read_choice,
    [ST_PARAM_TITLE] = read_title,
    [ST_PARAM_TITLES] = read_titles,
    [ST_PARAM_EXPR] = read_expr,
    [ST_PARAM_WINDOW] = read_window,
    [ST_PARAM_NODE] = read_node,
};

/* --- titles --- */

static st_code fail_title_key(
    const struct st_node *node, const struct st_entry *entry, struct st_error *err)
{
    st_code code = st_fail_at_key(err, node, entry, ST_E_POLICY, "a title has no language '%s'",
        "标题不支持语言“%s”", entry->key);
    st_error_allowed(err, "zh, en", "zh、en");
    return code;
}

static st_code fail_title(const struct st_node *node, struct st_error *err)
{
    st_code code = st_fail_at(err, node, ST_E_POLICY, "a title must be a text or {zh: …, en: …}",
        "标题应为文本或 {zh: …, en: …}");
    st_error_hint(err, "for example {zh: 金卡, en: Gold}", "例如 {zh: 金卡, en: Gold}");
    return code;
}

static bool is_text(const struct st_node *node)
{
    return node->kind == ST_NODE_SCALAR && node->text[0];
}

st_code st_title_read(
    struct st_arena *arena, const struct st_node *node, struct st_text *out, struct st_error *err)
{
    struct st_text title = {NULL, NULL};
    if (is_text(node)) {
        title.en = title.zh = st_arena_strdup(arena, node->text);
    } else if (node->kind == ST_NODE_MAP) {
        for (size_t i = 0; i < node->count; i++) {
            const struct st_entry *entry = &node->entries[i];
            bool en = strcmp(entry->key, "en") == 0;
            if (!en && strcmp(entry->key, "zh") != 0)
                return fail_title_key(node, entry, err);
            if (!is_text(entry->value))
                return fail_title(entry->value, err);
            *(en ? &title.en : &title.zh) = st_arena_strdup(arena, entry->value->text);
        }
    }
    if (!title.en && !title.zh)
        return fail_title(node, err);
    out->en = title.en ? title.en : title.zh;
    out->zh = title.zh ? title.zh : title.en;
    return ST_OK;
}

/* --- maps --- */

static size_t row_count(const struct st_param *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

static st_code fail_unknown_key(const struct st_param *table, const struct st_node *map,
    const struct st_entry *entry, struct st_error *err)
{
    size_t count = row_count(table);
    const char **names = st_calloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = table[i].name;
    st_code code = st_fail_at_key(
        err, map, entry, ST_E_POLICY, "unknown key '%s'", "未知的键“%s”", entry->key);
    allow_names(err, names, count);
    hint_nearest(err, entry->key, names, count);
    free(names);
    return code;
}

static st_code check_keys(
    const struct st_param *table, const struct st_node *map, struct st_error *err)
{
    size_t count = row_count(table);
    for (size_t i = 0; i < map->count; i++) {
        size_t j = 0;
        while (j < count && strcmp(table[j].name, map->entries[i].key) != 0)
            j++;
        if (j == count)
            return fail_unknown_key(table, map, &map->entries[i], err);
    }
    return ST_OK;
}

static st_code read_row(struct st_arena *arena, const struct st_param *row,
    const struct st_node *map, void *at, struct st_error *err)
{
    struct slot s = {.arena = arena, .row = row, .at = at, .err = err};
    s.node = st_node_get(map, row->name);
    if (s.node)
        return readers[row->type](&s);
    if (row->required) {
        st_code code =
            st_fail_at(err, map, ST_E_POLICY, "'%s' is missing", "缺少必填项“%s”", row->name);
        st_error_hint(err, "%s: %s%.0s", "%s：%.0s%s", row->name,
            row->help.en ? row->help.en : row->name, row->help.zh ? row->help.zh : row->name);
        return code;
    }
    if (!row->default_text || row->type == ST_PARAM_NODE)
        return ST_OK;
    const struct st_node given = {
        .kind = ST_NODE_SCALAR, .source = "default", .text = row->default_text, .quoted = true};
    s.node = &given;
    return readers[row->type](&s);
}

st_code st_params_read(struct st_arena *arena, const struct st_param *table,
    const struct st_node *map, void *out, struct st_error *err)
{
    if (map && map->kind != ST_NODE_MAP) {
        st_code code =
            st_fail_at(err, map, ST_E_POLICY, "keys and values are expected here, not %s%.0s",
                "此处应为键值对，而不是%.0s%s", kind_names[map->kind].en, kind_names[map->kind].zh);
        st_error_hint(err, "write key: value, one per line", "请按“键: 值”逐行书写");
        return code;
    }
    if (map)
        TRY(check_keys(table, map, err));
    for (const struct st_param *row = table; row->name; row++)
        TRY(read_row(arena, row, map, (char *)out + row->offset, err));
    return ST_OK;
}
