#include "ingest/mapping.h"

#include "base/vec.h"
#include "expr/params.h"
#include "ingest/internal.h"

#include <ctype.h>

static const char *const manifest_choices[] = {"optional", "required", NULL};
static const char *const close_choices[] = {"given", "nearest", NULL};
static const char *const encoding_choices[] = {"auto", "utf-8", "gb18030", "gbk", "utf-16", NULL};
static const enum st_encoding encodings[] = {ST_ENCODING_AUTO, ST_ENCODING_UTF8,
    ST_ENCODING_GB18030, ST_ENCODING_GB18030, ST_ENCODING_UTF16};
const char *const st_attribute_type_names[] = {
    "text", "number", "integer", "money", "date", "boolean", NULL};

/* --- parameter tables --- */

struct document {
    int64_t version;
    const char *name;
    struct st_text title;
    const char *currency;
    const struct st_node *currencies;
    int manifest;
    int64_t refuse_above;
    const struct st_node *lookups;
    const struct st_node *sources;
};

#define AT(field) offsetof(struct document, field)
static const struct st_param document_params[] = {
    {"strata-mapping", ST_PARAM_INT, true, AT(version), NULL, 1, 1, NULL, NULL,
        {"version of this format: 1", "格式版本：1"}},
    {"name", ST_PARAM_NAME, true, AT(name), NULL, 0, 0, NULL, NULL,
        {"name of the mapping", "映射名称"}},
    {"title", ST_PARAM_TITLE, false, AT(title), NULL, 0, 0, NULL, NULL,
        {"what people read", "标题"}},
    {"currency", ST_PARAM_TEXT, true, AT(currency), NULL, 0, 0, NULL, NULL,
        {"currency of money that names none", "默认币种"}},
    {"currencies", ST_PARAM_NODE, false, AT(currencies), NULL, 0, 0, NULL, NULL,
        {"decimals of a currency where they differ from ISO 4217", "与 ISO 4217 不同的小数位数"}},
    {"manifest", ST_PARAM_CHOICE, false, AT(manifest), "optional", 0, 0, NULL, manifest_choices,
        {"whether a manifest must come with the files", "是否必须附带清单"}},
    {"refuse_above", ST_PARAM_DECIMAL, false, AT(refuse_above), "50%", 0, 100000000, NULL, NULL,
        {"share of quarantined rows of a file above which nothing is imported",
            "一个文件的隔离行占比超过此值则整体拒绝"}},
    {"lookups", ST_PARAM_NODE, false, AT(lookups), NULL, 0, 0, NULL, NULL,
        {"files that expressions look values up in", "供表达式查找的文件"}},
    {"sources", ST_PARAM_NODE, true, AT(sources), NULL, 0, 0, NULL, NULL,
        {"the files to load, in this order", "要导入的文件，按书写顺序"}},
    ST_PARAM_END,
};
#undef AT

struct format_keys {
    const char *separator;
    const char *quote;
    bool header;
    const struct st_node *columns;
    const struct st_node *null;
    bool trim;
    int64_t skip_lines;
    int encoding;
};

#define AT(field) offsetof(struct format_keys, field)
static const struct st_param format_params[] = {
    {"separator", ST_PARAM_TEXT, false, AT(separator), ",", 0, 0, NULL, NULL,
        {"one ASCII character between fields, or tab", "字段分隔符（一个 ASCII 字符或 tab）"}},
    {"quote", ST_PARAM_TEXT, false, AT(quote), "\"", 0, 0, NULL, NULL,
        {"character around text; \"\": none", "文本引号；\"\" 表示没有"}},
    {"header", ST_PARAM_BOOL, false, AT(header), "true", 0, 0, NULL, NULL,
        {"the first record names the columns", "首行是表头"}},
    {"columns", ST_PARAM_NODE, false, AT(columns), NULL, 0, 0, NULL, NULL,
        {"column names of a file without header", "无表头文件的列名"}},
    {"null", ST_PARAM_NODE, false, AT(null), NULL, 0, 0, NULL, NULL,
        {"fields that stand for no value; default [\"\"]", "表示空值的文本，默认 [\"\"]"}},
    {"trim", ST_PARAM_BOOL, false, AT(trim), "true", 0, 0, NULL, NULL,
        {"blanks around a field are dropped", "去除字段首尾空白"}},
    {"skip_lines", ST_PARAM_INT, false, AT(skip_lines), "0", 0, 1000, "lines", NULL,
        {"lines before the header", "表头之前要跳过的行数"}},
    {"encoding", ST_PARAM_CHOICE, false, AT(encoding), "auto", 0, 0, NULL, encoding_choices,
        {"of the file; auto looks at its bytes", "文件编码；auto 按内容判断"}},
    ST_PARAM_END,
};
#undef AT

struct source_keys {
    const char *file;
    const char *key;
    const struct st_node *format;
    const struct st_expr *where;
    const struct st_node *load;
};

#define AT(field) offsetof(struct source_keys, field)
#define FILE_ROW                                                                                   \
    {                                                                                              \
        "file", ST_PARAM_TEXT, true, AT(file), NULL, 0, 0, NULL, NULL,                             \
        {                                                                                          \
            "file name or glob, like trans_*.csv", "文件名或通配符，如 trans_*.csv"       \
        }                                                                                          \
    }
#define FORMAT_ROW                                                                                 \
    {                                                                                              \
        "format", ST_PARAM_NODE, false, AT(format), NULL, 0, 0, NULL, NULL,                        \
        {                                                                                          \
            "separator, quote, header …", "分隔符、引号、表头等"                         \
        }                                                                                          \
    }
#define WHERE_ROW                                                                                  \
    {                                                                                              \
        "where", ST_PARAM_EXPR, false, AT(where), NULL, 0, 0, NULL, NULL,                          \
        {                                                                                          \
            "rows for which this is not true are skipped", "不满足此条件的行将被略过"  \
        }                                                                                          \
    }

static const struct st_param source_params[] = {
    FILE_ROW,
    FORMAT_ROW,
    WHERE_ROW,
    {"load", ST_PARAM_NODE, true, AT(load), NULL, 0, 0, NULL, NULL,
        {"the tables and columns it feeds", "要写入的表和列"}},
    ST_PARAM_END,
};

static const struct st_param lookup_params[] = {
    FILE_ROW,
    FORMAT_ROW,
    WHERE_ROW,
    {"key", ST_PARAM_TEXT, true, AT(key), NULL, 0, 0, NULL, NULL,
        {"the column looked up by", "用作查找键的列"}},
    ST_PARAM_END,
};
#undef AT

struct attribute_keys {
    int type;
    struct st_expr *value;
};

static const struct st_param attribute_params[] = {
    {"type", ST_PARAM_CHOICE, false, offsetof(struct attribute_keys, type), "text", 0, 0, NULL,
        st_attribute_type_names, {"type", "类型"}},
    {"value", ST_PARAM_EXPR, true, offsetof(struct attribute_keys, value), NULL, 0, 0, NULL, NULL,
        {"expression", "表达式"}},
    ST_PARAM_END,
};

/* --- reading --- */

struct reader {
    struct st_arena *arena;
    struct st_mapping *mapping;
    struct st_error *err;
};

static st_code expect_map(
    const struct reader *r, const struct st_node *node, const char *key, size_t max)
{
    if (node->kind != ST_NODE_MAP || node->count == 0)
        return st_fail_at(
            r->err, node, ST_E_POLICY, "'%s' must be keys and values", "“%s”应为键值对", key);
    if (node->count > max)
        return st_fail_at(r->err, node, ST_E_LIMIT, "'%s' has more than %d entries",
            "“%s”超过 %d 项", key, (int)max);
    return ST_OK;
}

static bool currency_code(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return text[3] == '\0';
}

static st_code read_currencies(
    struct reader *r, const struct st_node *root, const struct st_node *node)
{
    struct st_mapping *m = r->mapping;
    if (node) {
        TRY(expect_map(r, node, "currencies", 256));
        m->currencies = st_arena_array(r->arena, struct st_mapping_currency, node->count);
        for (size_t i = 0; i < node->count; i++) {
            const struct st_entry *entry = &node->entries[i];
            const char *text = entry->value->kind == ST_NODE_SCALAR ? entry->value->text : "";
            if (!currency_code(entry->key))
                return st_fail_at_key(r->err, node, entry, ST_E_POLICY,
                    "'%s' is no currency code of three capital letters",
                    "“%s”不是三个大写字母的币种代码", entry->key);
            if (text[0] < '0' || text[0] > '0' + ST_CURRENCY_EXPONENT_MAX || text[1])
                return st_fail_at(r->err, entry->value, ST_E_POLICY,
                    "the decimals of %s must be 0 to %d", "%s 的小数位数应为 0 至 %d", entry->key,
                    (int)ST_CURRENCY_EXPONENT_MAX);
            m->currencies[m->currency_count++] =
                (struct st_mapping_currency){st_arena_strdup(r->arena, entry->key), text[0] - '0'};
        }
    }
    m->exponent = st_mapping_exponent(m, m->currency, strlen(m->currency));
    if (m->exponent >= 0)
        return ST_OK;
    st_code rc = st_fail_at(r->err, st_node_get(root, "currency"), ST_E_POLICY,
        "'%s' is no known currency", "“%s”不是已知的币种", m->currency);
    st_error_value(r->err, "%s", m->currency);
    st_error_hint(r->err, "ISO 4217 has three letters, like CNY; others need currencies: {%s: 2}",
        "ISO 4217 代码为三个字母，如 CNY；其他币种请写 currencies: {%s: 2}", m->currency);
    return rc;
}

static st_code read_texts(struct reader *r, const struct st_node *node, const char *key,
    const char *const **out, size_t *count)
{
    if (node->kind != ST_NODE_LIST || node->count == 0)
        return st_fail_at(
            r->err, node, ST_E_POLICY, "'%s' must be a list of texts", "“%s”应为文本列表", key);
    const char **texts = st_arena_array(r->arena, const char *, node->count);
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind != ST_NODE_SCALAR)
            return st_fail_at(r->err, node->items[i], ST_E_POLICY, "'%s' must be a list of texts",
                "“%s”应为文本列表", key);
        texts[i] = st_arena_strdup(r->arena, node->items[i]->text);
    }
    *out = texts;
    *count = node->count;
    return ST_OK;
}

/* One ASCII character; "" where none is allowed. */
static st_code read_character(struct reader *r, const struct st_node *node, const char *key,
    const char *text, bool may_be_none, char *out)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        text = "\t";
    bool none = text[0] == '\0';
    if ((none && !may_be_none) || (!none && text[1]) || text[0] < 0 || text[0] == '\n' ||
        text[0] == '\r') {
        const struct st_node *at = st_node_get(node, key);
        st_fail_at(r->err, at ? at : node, ST_E_POLICY, "'%s' must be one ASCII character",
            "“%s”应为一个 ASCII 字符", key);
        st_error_value(r->err, "%s", text);
        return ST_E_POLICY;
    }
    *out = text[0];
    return ST_OK;
}

static st_code read_format(struct reader *r, const struct st_node *node, struct st_csv_format *out)
{
    static const char *const empty[] = {""};
    struct format_keys keys = {0};
    TRY(st_params_read(r->arena, format_params, node, &keys, r->err));
    *out = (struct st_csv_format){.header = keys.header,
        .trim = keys.trim,
        .skip_lines = keys.skip_lines,
        .null_texts = empty,
        .null_count = 1,
        .encoding = encodings[keys.encoding]};
    TRY(read_character(r, node, "separator", keys.separator, false, &out->separator));
    TRY(read_character(r, node, "quote", keys.quote, true, &out->quote));
    if (keys.null)
        TRY(read_texts(r, keys.null, "null", &out->null_texts, &out->null_count));
    if (keys.columns)
        TRY(read_texts(r, keys.columns, "columns", &out->columns, &out->column_count));
    if (keys.header == (keys.columns != NULL))
        return st_fail_at(r->err, keys.columns ? keys.columns : node, ST_E_POLICY,
            "a file without header needs 'columns', one with a header has none",
            "无表头文件须给出 columns，有表头文件则不可给出");
    return ST_OK;
}

static st_code read_lookups(struct reader *r, const struct st_node *node)
{
    struct st_mapping *m = r->mapping;
    if (!node)
        return ST_OK;
    TRY(expect_map(r, node, "lookups", 64));
    m->lookups = st_arena_array(r->arena, struct st_mapping_lookup, node->count);
    for (size_t i = 0; i < node->count; i++) {
        struct source_keys keys = {0};
        struct st_mapping_lookup *l = &m->lookups[m->lookup_count++];
        TRY(st_params_read(r->arena, lookup_params, node->entries[i].value, &keys, r->err));
        l->name = st_arena_strdup(r->arena, node->entries[i].key);
        l->node = node->entries[i].value;
        l->file = keys.file;
        l->key = keys.key;
        l->where = keys.where;
        TRY(read_format(r, keys.format, &l->format));
    }
    return ST_OK;
}

/* --- load: --- */

static void allow_columns(struct st_error *err, enum st_target_table table, const char *word)
{
    size_t count, n = 0;
    const char *names[ST_TARGET_COLUMNS_MAX + 2];
    const struct st_target *columns = st_target_columns(table, &count);
    struct st_str list = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        names[n++] = columns[i].column;
    if (table == ST_TARGET_TXN)
        names[n++] = "create_customers";
    if (table == ST_TARGET_BALANCE)
        names[n++] = "close";
    for (size_t i = 0; i < n; i++)
        st_str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    st_error_allowed(err, "%s", "%s", list.text);
    const char *nearest = st_str_nearest(word, names, n);
    if (nearest)
        st_error_hint(err, "did you mean '%s'?", "是否想写“%s”？", nearest);
    st_str_release(&list);
}

static st_code read_attributes(
    struct reader *r, struct st_mapping_load *load, const struct st_node *node)
{
    TRY(expect_map(r, node, "attributes", ST_MAPPING_ATTRIBUTES_MAX));
    load->attributes = st_arena_array(r->arena, struct st_mapping_attribute, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const struct st_entry *entry = &node->entries[i];
        struct attribute_keys keys = {0};
        if (entry->value->kind == ST_NODE_SCALAR)
            TRY(st_expr_parse_node(r->arena, entry->value, &keys.value, r->err));
        else
            TRY(st_params_read(r->arena, attribute_params, entry->value, &keys, r->err));
        const char *p = entry->key;
        while (isalnum((unsigned char)*p) || *p == '_')
            p++;
        if (*p || isdigit((unsigned char)entry->key[0]) || strlen(entry->key) > 63)
            return st_fail_at_key(r->err, node, entry, ST_E_POLICY,
                "'%s' is no name: letters, digits and _ only, at most 63",
                "“%s”不是合法的名称：只可用字母、数字和下划线，最长 63", entry->key);
        load->attributes[load->attribute_count++] = (struct st_mapping_attribute){
            st_arena_strdup(r->arena, entry->key), keys.type, keys.value, entry->value};
    }
    return ST_OK;
}

/* Keys of a target that are no columns. */
struct option_keys {
    bool create_customers;
    int close;
};

static st_code read_option(
    struct reader *r, struct st_mapping_load *load, const struct st_entry *entry, bool *taken)
{
    static const struct st_param txn[] = {
        {.name = "create_customers",
            .type = ST_PARAM_BOOL,
            .offset = offsetof(struct option_keys, create_customers)},
        ST_PARAM_END};
    static const struct st_param balance[] = {{.name = "close",
                                                  .type = ST_PARAM_CHOICE,
                                                  .offset = offsetof(struct option_keys, close),
                                                  .choices = close_choices},
        ST_PARAM_END};
    struct option_keys keys = {false, 0};
    const struct st_param *params = load->table == ST_TARGET_TXN       ? txn
                                    : load->table == ST_TARGET_BALANCE ? balance
                                                                       : NULL;
    *taken = params && strcmp(entry->key, params->name) == 0;
    if (!*taken)
        return ST_OK;
    struct st_entry one = *entry;
    struct st_node map = {.kind = ST_NODE_MAP,
        .line = entry->line,
        .column = entry->column,
        .source = entry->value->source,
        .entries = &one,
        .count = 1};
    TRY(st_params_read(r->arena, params, &map, &keys, r->err));
    load->create_customers = load->create_customers || keys.create_customers;
    load->close_nearest = load->close_nearest || keys.close == 1;
    return ST_OK;
}

static st_code read_column(
    struct reader *r, struct st_mapping_load *load, const struct st_entry *entry)
{
    size_t count;
    const struct st_target *columns = st_target_columns(load->table, &count);
    const struct st_target *column = st_target_find(load->table, entry->key);
    bool taken = false;
    TRY(read_option(r, load, entry, &taken));
    if (taken)
        return ST_OK;
    if (!column) {
        st_fail_at_key(r->err, load->node, entry, ST_E_POLICY, "%s has no column '%s'",
            "%s 没有“%s”列", st_target_table_name(load->table), entry->key);
        allow_columns(r->err, load->table, entry->key);
        return ST_E_POLICY;
    }
    if (column->type == ST_TARGET_ATTRIBUTES)
        return read_attributes(r, load, entry->value);
    if (entry->value->kind != ST_NODE_SCALAR)
        return st_fail_at(r->err, entry->value, ST_E_POLICY, "'%s' must be an expression",
            "“%s”应为表达式", entry->key);
    struct st_expr *expr;
    TRY(st_expr_parse_node(r->arena, entry->value, &expr, r->err));
    load->values[column - columns] = expr;
    return ST_OK;
}

static bool mapped(const struct st_mapping_load *load, const char *name)
{
    size_t count;
    const struct st_target *columns = st_target_columns(load->table, &count);
    return load->values[st_target_find(load->table, name) - columns] != NULL;
}

/* What one column's row cannot say: choices between columns. */
static st_code check_load(struct reader *r, const struct st_mapping_load *load)
{
    size_t count;
    const struct st_target *columns = st_target_columns(load->table, &count);
    for (size_t i = 0; i < count; i++)
        if (columns[i].required && !load->values[i]) {
            st_fail_at(r->err, load->node, ST_E_POLICY, "%s needs '%s'", "%s 缺少“%s”",
                st_target_table_name(load->table), columns[i].column);
            st_error_hint(r->err, "%s: %s%.0s", "%s：%.0s%s", columns[i].column, columns[i].help.en,
                columns[i].help.zh);
            return ST_E_POLICY;
        }
    if (load->table == ST_TARGET_TXN && !mapped(load, "account") && !mapped(load, "customer"))
        return st_fail_at(r->err, load->node, ST_E_POLICY, "txn needs 'account' or 'customer'",
            "txn 需要 account 或 customer");
    if (load->create_customers && !mapped(load, "customer"))
        return st_fail_at(r->err, load->node, ST_E_POLICY, "create_customers needs 'customer'",
            "create_customers 需要 customer");
    if (load->table != ST_TARGET_BALANCE)
        return ST_OK;
    bool nearest = mapped(load, "movement") && mapped(load, "running") && !mapped(load, "amount");
    bool given = mapped(load, "amount") && !mapped(load, "movement") && !mapped(load, "running");
    if (load->close_nearest ? nearest : given)
        return ST_OK;
    return st_fail_at(r->err, load->node, ST_E_POLICY,
        "balance needs either 'amount', or 'movement' and 'running' with close: nearest",
        "balance 需要 amount，或 movement 和 running 加 close: nearest");
}

static st_code read_load(struct reader *r, const struct st_node *node, const struct st_entry *entry,
    struct st_mapping_load *load)
{
    int table = st_target_table_find(entry->key);
    if (table < 0) {
        const char *names[ST_TARGET_COUNT];
        struct st_str list = ST_STR_INIT;
        for (int i = 0; i < ST_TARGET_COUNT; i++) {
            names[i] = st_target_table_name((enum st_target_table)i);
            st_str_addf(&list, "%s%s", i ? ", " : "", names[i]);
        }
        st_fail_at_key(r->err, node, entry, ST_E_POLICY, "there is no table '%s' to load",
            "没有可导入的表“%s”", entry->key);
        st_error_allowed(r->err, "%s", "%s", list.text);
        const char *nearest = st_str_nearest(entry->key, names, ST_TARGET_COUNT);
        if (nearest)
            st_error_hint(r->err, "did you mean '%s'?", "是否想写“%s”？", nearest);
        st_str_release(&list);
        return ST_E_POLICY;
    }
    load->table = (enum st_target_table)table;
    load->node = entry->value;
    TRY(expect_map(r, entry->value, entry->key, ST_TARGET_COLUMNS_MAX + 2));
    for (size_t i = 0; i < entry->value->count; i++)
        TRY(read_column(r, load, &entry->value->entries[i]));
    return check_load(r, load);
}

static int compare_loads(const void *a, const void *b)
{
    return (int)((const struct st_mapping_load *)a)->table -
           (int)((const struct st_mapping_load *)b)->table;
}

static st_code read_sources(struct reader *r, const struct st_node *node)
{
    struct st_mapping *m = r->mapping;
    TRY(expect_map(r, node, "sources", ST_MAPPING_SOURCES_MAX));
    m->sources = st_arena_array(r->arena, struct st_mapping_source, node->count);
    for (size_t i = 0; i < node->count; i++) {
        struct source_keys keys = {0};
        struct st_mapping_source *s = &m->sources[m->source_count++];
        TRY(st_params_read(r->arena, source_params, node->entries[i].value, &keys, r->err));
        s->name = st_arena_strdup(r->arena, node->entries[i].key);
        s->node = node->entries[i].value;
        s->file = keys.file;
        s->where = keys.where;
        TRY(read_format(r, keys.format, &s->format));
        TRY(expect_map(r, keys.load, "load", ST_TARGET_COUNT));
        s->loads = st_arena_array(r->arena, struct st_mapping_load, keys.load->count);
        for (size_t k = 0; k < keys.load->count; k++)
            TRY(read_load(r, keys.load, &keys.load->entries[k], &s->loads[s->load_count++]));
        qsort(s->loads, s->load_count, sizeof *s->loads, compare_loads);
        for (size_t k = 0; k < s->load_count && s->load_count > 1; k++)
            if (s->loads[k].table == ST_TARGET_CUSTOMER_CHANGE)
                return st_fail_at(r->err, s->loads[k].node, ST_E_POLICY,
                    "customer_change is loaded by a source of its own",
                    "customer_change 须由单独的来源导入");
    }
    return ST_OK;
}

static bool load_uses_as_of(const struct st_mapping_load *load)
{
    bool uses = false;
    for (size_t i = 0; i < ST_TARGET_COLUMNS_MAX; i++)
        uses = uses || st_expr_calls(load->values[i], "as_of");
    for (size_t i = 0; i < load->attribute_count; i++)
        uses = uses || st_expr_calls(load->attributes[i].value, "as_of");
    return uses;
}

static bool uses_as_of(const struct st_mapping *m)
{
    bool uses = false;
    for (size_t i = 0; i < m->source_count; i++) {
        const struct st_mapping_source *s = &m->sources[i];
        uses = uses || st_expr_calls(s->where, "as_of");
        for (size_t k = 0; k < s->load_count; k++)
            uses = uses || load_uses_as_of(&s->loads[k]);
    }
    return uses;
}

/* The file, when it is no other kind of document: the two are easily exchanged on a command line.
 */
static st_code load_document(struct st_arena *arena, const char *path, struct st_node **root,
    const char **text, struct st_error *err)
{
    st_code code = st_node_load(arena, path, root, text, err);
    if (code == ST_E_NOT_FOUND)
        st_error_hint(err, "strata init STORE FILE… drafts a mapping.yaml from your files",
            "strata init 库 文件… 可为您的文件起草 mapping.yaml");
    if (code != ST_OK || (*root)->kind != ST_NODE_MAP || !st_node_get(*root, "strata"))
        return code;
    code = st_fail_at(err, st_node_get(*root, "strata"), ST_E_POLICY,
        "%s is a policy, not a mapping", "%s 是策略，不是映射", path);
    st_error_hint(err,
        "a mapping begins with strata-mapping: 1; strata import STORE MAPPING.yaml FILES…, a "
        "policy is "
        "for strata run",
        "映射以 strata-mapping: 1 开头；strata import 库 映射.yaml 文件…，策略用于 strata run");
    return code;
}

st_code st_mapping_load(
    struct st_arena *arena, const char *path, const struct st_mapping **out, struct st_error *err)
{
    struct st_node *root;
    const char *text;
    struct document d = {0};
    struct st_hash hash;
    struct st_mapping *m = st_arena_new(arena, struct st_mapping);
    struct reader r = {arena, m, err};
    TRY(load_document(arena, path, &root, &text, err));
    TRY(st_params_read(arena, document_params, root, &d, err));
    st_hash_init(&hash);
    st_hash_add_text(&hash, text);
    st_hash_hex(&hash, m->hash);
    m->path = st_arena_strdup(arena, path);
    m->name = d.name;
    m->title = d.title.en ? d.title : (struct st_text){d.name, d.name};
    m->currency = d.currency;
    m->manifest_required = d.manifest == 1;
    m->refuse_above = d.refuse_above;
    TRY(read_currencies(&r, root, d.currencies));
    TRY(read_lookups(&r, d.lookups));
    TRY(read_sources(&r, d.sources));
    m->uses_as_of = uses_as_of(m);
    *out = m;
    return ST_OK;
}

int st_mapping_exponent(const struct st_mapping *mapping, const char *code, size_t len)
{
    char text[4] = {0};
    if (len != 3)
        return -1;
    memcpy(text, code, 3);
    for (size_t i = 0; i < mapping->currency_count; i++)
        if (strcmp(mapping->currencies[i].code, text) == 0)
            return mapping->currencies[i].exponent;
    return st_currency_exponent(text);
}

const struct st_mapping_source *st_mapping_source(
    const struct st_mapping *mapping, const char *name)
{
    for (size_t i = 0; i < mapping->source_count; i++)
        if (strcmp(mapping->sources[i].name, name) == 0)
            return &mapping->sources[i];
    return NULL;
}
