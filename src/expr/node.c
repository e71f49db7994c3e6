/* Document text → nodes, in two passes: `scan_text` refuses what no document may hold (bytes that
 * are not UTF-8, control characters, tabs as indentation); `read_node` follows libyaml's events.
 * libyaml's own messages are translated by `yaml_problems`.
 *
 * Rejected: libyaml's document loader. It drops positions of keys and styles, accepts duplicate
 * keys and expands aliases, and a billion laughs costs memory before we could refuse it.
 */
#include "expr/node.h"

#include "base/str.h"
#include "base/vec.h"
#include "expr/internal.h"
#include "expr/place.h"

#include <utf8proc.h>
#include <yaml.h>

struct reader {
    yaml_parser_t yaml;
    struct st_arena *arena;
    const char *source;
    const char *text; /* without its byte order mark */
    size_t len;
    size_t index, offset; /* the character last looked up and its byte */
    struct st_error *err;
};

static st_code place(const struct reader *r, st_code code, int line, int column)
{
    st_error_at(r->err, r->source, line, column);
    return code;
}

static st_code place_mark(const struct reader *r, st_code code, yaml_mark_t mark)
{
    return place(r, code, (int)mark.line + 1, (int)mark.column + 1);
}

#define fail_at(r, line, column, ...)                                                              \
    place((r), st_fail((r)->err, ST_E_POLICY, __VA_ARGS__), (line), (column))
#define fail_mark(r, mark, ...) place_mark((r), st_fail((r)->err, ST_E_POLICY, __VA_ARGS__), (mark))

/* --- the text as a whole --- */

static bool is_line_separator(utf8proc_int32_t c)
{
    return c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* What YAML 1.1 calls printable; everything else would stop libyaml without a position. */
static bool is_printable(utf8proc_int32_t c)
{
    return c == '\t' || (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c <= 0xFFFD && c != 0xFEFF) ||
           c >= 0x10000;
}

static st_code fail_not_utf8(const struct reader *r, int line, int column)
{
    st_code code =
        fail_at(r, line, column, "the document is not UTF-8 text", "文件不是 UTF-8 编码的文本");
    st_error_hint(r->err, "save the file as UTF-8 (editors on Chinese Windows may save as GBK)",
        "请将文件另存为 UTF-8 编码（中文 Windows 的编辑器可能默认保存为 GBK）");
    return code;
}

static st_code fail_character(const struct reader *r, utf8proc_int32_t c, int line, int column)
{
    st_code code = fail_at(r, line, column, "the character U+%04X is not allowed in a document",
        "文件中不允许出现字符 U+%04X", (unsigned)c);
    st_error_hint(r->err, "delete it, or write it as an escape in a text in double quotes",
        "请删除该字符，或在双引号文本中用转义写法表示");
    return code;
}

static st_code fail_tab(const struct reader *r, int line, int column)
{
    st_code code =
        fail_at(r, line, column, "a tab is used for indentation", "使用了制表符（Tab）缩进");
    st_error_hint(r->err, "indent with blanks, two for each level", "请使用空格缩进，每级两个空格");
    return code;
}

struct scan {
    size_t offset;
    int line, column;
    size_t tab_offset; /* of the tab that opens the line's indentation, while `in_indent` */
    int tab_column;
    bool in_indent;
};

/* One character: its length, or 0 after an error was recorded in *code. */
static size_t scan_character(const struct reader *r, struct scan *s, st_code *code)
{
    utf8proc_int32_t c;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)r->text + s->offset;
    utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)(r->len - s->offset), &c);
    if (n <= 0) {
        *code = fail_not_utf8(r, s->line, s->column);
        return 0;
    }
    if (c == '\n' || c == '\r')
        return (size_t)n;
    if (!is_printable(c) || is_line_separator(c)) {
        *code = fail_character(r, c, s->line, s->column);
        return 0;
    }
    if (c == '\t' && s->in_indent && s->tab_column == 0)
        s->tab_column = s->column;
    if (c != ' ' && c != '\t' && s->in_indent) {
        s->in_indent = false;
        if (s->tab_column > 0) {
            *code = fail_tab(r, s->line, s->tab_column);
            return 0;
        }
    }
    return (size_t)n;
}

static st_code scan_text(const struct reader *r)
{
    struct scan s = {.line = 1, .column = 1, .in_indent = true};
    st_code code = ST_OK;
    while (s.offset < r->len) {
        char c = r->text[s.offset];
        size_t n = scan_character(r, &s, &code);
        if (n == 0)
            return code;
        s.offset += n;
        s.column++;
        if (c == '\n' || (c == '\r' && (s.offset == r->len || r->text[s.offset] != '\n')))
            s = (struct scan){
                .offset = s.offset, .line = s.line + 1, .column = 1, .in_indent = true};
    }
    return ST_OK;
}

/* Marks count characters. They come in document order, so the walk is linear in all. */
static const char *text_at(struct reader *r, yaml_mark_t mark)
{
    if (mark.index < r->index)
        r->index = r->offset = 0;
    while (r->index < mark.index && r->offset < r->len) {
        r->offset += (size_t)utf8proc_utf8class[(unsigned char)r->text[r->offset]];
        r->index++;
    }
    return r->text + r->offset;
}

/* --- libyaml's events and messages --- */

/* libyaml's problem, matched by its beginning, in our words. `at_context`: the construct's start
 * tells more than the place where libyaml gave up. */
static const struct yaml_problem {
    const char *problem;
    bool at_context;
    struct st_text message, hint;
} yaml_problems[] = {
    {"found unexpected end of stream", true,
        {"this text has no closing quote", "文本缺少结尾的引号"},
        {"close the quote; a value that only begins with a quoted part must be quoted as a whole",
            "请补上结尾的引号；若值只是以引号开头，应将整个值用引号括起来"}},
    {"mapping values are not allowed", false, {"a ':' is not expected here", "此处不应出现“:”"},
        {"check the indentation; a value that contains ': ' must be quoted",
            "请检查缩进；值中含有“: ”时须用引号括起来"}},
    {"could not find expected ':'", true,
        {"this line has no 'key: value'", "此行不是“键: 值”的形式"},
        {"write a half-width ':' and a blank after the key, and indent continued lines",
            "键后请写半角冒号“:”加一个空格，续行须缩进"}},
    {"did not find expected key", false, {"a key was expected here", "此处应为一个键"},
        {"check the indentation; a value that begins with a quote must be quoted as a whole",
            "请检查缩进；以引号开头的值须将整个值用引号括起来"}},
    {"did not find expected '-' indicator", false,
        {"an item that begins with '-' was expected here", "此处应为以“-”开头的列表项"},
        {"align the items of a list", "请将列表各项左对齐"}},
    {"block sequence entries are not allowed", false,
        {"a list item is not expected here", "此处不应出现列表项"},
        {"put '-' on its own line below the key", "请将“-”另起一行写在键的下方"}},
    {"block mapping entries are not allowed", false,
        {"a key is not expected here", "此处不应出现键"},
        {"put the key on its own line", "请将键另起一行"}},
    {"did not find expected ',' or '}'", false,
        {"a ',' or '}' was expected here", "此处应为“,”或“}”"},
        {"inside { } quote a value that contains a comma, a bracket or begins with a quote",
            "在 { } 中，含逗号、括号或以引号开头的值须整体加引号"}},
    {"did not find expected ',' or ']'", false,
        {"a ',' or ']' was expected here", "此处应为“,”或“]”"},
        {"inside [ ] quote a value that contains a comma, a bracket or begins with a quote",
            "在 [ ] 中，含逗号、括号或以引号开头的值须整体加引号"}},
    {"did not find expected node content", false, {"a value was expected here", "此处应为一个值"},
        {"close every { and [ , and quote values with special characters",
            "请检查 { 和 [ 是否都已闭合，含特殊字符的值须加引号"}},
    {"found character that cannot start any token", false,
        {"a value cannot begin with this character", "值不能以该字符开头"},
        {"put the whole value in quotes", "请将整个值用引号括起来"}},
    {"found unknown escape character", false,
        {"unknown escape in a text in double quotes", "双引号文本中的转义符无法识别"},
        {"write \\\\ for a backslash, or use single quotes", "反斜杠请写作 \\\\，或改用单引号"}},
    {"did not find expected <document start>", false,
        {"the document does not go on here", "文档在此处已结束"},
        {"keep everything in one map, aligned at the left", "请将所有内容放在同一层级，并左对齐"}},
    {"found unexpected document indicator", false,
        {"'---' or '...' inside a quoted text", "引号文本中出现了“---”或“...”"},
        {"close the quote, or indent the line", "请补上结尾的引号，或缩进该行"}},
    {"did not find expected comment or line break", false,
        {"a value that begins with | or > goes on from the next line",
            "以 | 或 > 开头的值须从下一行开始书写"},
        {"put the whole value in quotes to compare: '> 5'",
            "若为比较表达式，请将整个值加引号：'> 5'"}},
    {"found undefined tag handle", true, {"tags are not allowed", "不允许使用标签（!）"},
        {"a value that begins with ! must be quoted", "以 ! 开头的值须加引号"}},
    {"did not find expected alphabetic or numeric character", true,
        {"a value cannot begin with * or &", "值不能以 * 或 & 开头"},
        {"put the whole value in quotes", "请将整个值用引号括起来"}},
};

static st_code fail_yaml(struct reader *r)
{
    const yaml_parser_t *yaml = &r->yaml;
    if (yaml->error == YAML_MEMORY_ERROR)
        st_die_no_memory(0);
    const char *problem = yaml->problem ? yaml->problem : "unreadable";
    yaml_mark_t mark = yaml->problem_mark;
    for (size_t i = 0; i < ST_COUNT(yaml_problems); i++) {
        const struct yaml_problem *known = &yaml_problems[i];
        if (strncmp(problem, known->problem, strlen(known->problem)) != 0)
            continue;
        if (known->at_context && yaml->context)
            mark = yaml->context_mark;
        st_code code =
            st_fail(r->err, ST_E_POLICY, "%s%.0s", "%.0s%s", known->message.en, known->message.zh);
        st_error_hint(r->err, "%s%.0s", "%.0s%s", known->hint.en, known->hint.zh);
        return place_mark(r, code, mark);
    }
    return fail_mark(r, mark, "not valid YAML: %s", "YAML 语法错误：%s", problem);
}

static st_code next_event(struct reader *r, yaml_event_t *event)
{
    if (!yaml_parser_parse(&r->yaml, event)) {
        memset(event, 0, sizeof *event);
        return fail_yaml(r);
    }
    return ST_OK;
}

static st_code refuse_anchor(const struct reader *r, yaml_mark_t mark, bool alias)
{
    st_code code =
        alias ? fail_mark(r, mark, "aliases (*name) are not allowed", "不允许使用别名（*名称）")
              : fail_mark(r, mark, "anchors (&name) are not allowed", "不允许使用锚点（&名称）");
    st_error_hint(r->err, "write the value out; a value that begins with * or & must be quoted",
        "请直接写出该值；以 * 或 & 开头的值须加引号");
    return code;
}

static st_code refuse_tag(const struct reader *r, yaml_mark_t mark)
{
    st_code code = fail_mark(r, mark, "tags (!name) are not allowed", "不允许使用标签（!名称）");
    st_error_hint(r->err, "remove the tag; a value that begins with ! must be quoted",
        "请删除标签；以 ! 开头的值须加引号");
    return code;
}

/* Anchors, aliases and tags make a document mean more than it shows. */
static st_code check_plain(const struct reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT: return refuse_anchor(r, event->start_mark, true);
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default: break;
    }
    if (anchor)
        return refuse_anchor(r, event->start_mark, false);
    return tag ? refuse_tag(r, event->start_mark) : ST_OK;
}

/* --- nodes --- */

static st_code read_value(struct reader *r, yaml_event_t *event, const struct st_node *parent,
    size_t index, int depth, struct st_node **out);

static st_code check_no_nul(const struct reader *r, const yaml_event_t *event)
{
    if (!memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return ST_OK;
    st_code code = fail_mark(
        r, event->start_mark, "a text contains the NUL character", "文本中含有空字符（NUL）");
    st_error_hint(r->err, "remove the escape \\0 or \\x00", "请删除转义符 \\0 或 \\x00");
    return code;
}

static enum st_scalar_style scalar_style(const yaml_event_t *event)
{
    switch (event->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return ST_SCALAR_SINGLE;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return ST_SCALAR_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE: return ST_SCALAR_BLOCK;
    default: return ST_SCALAR_PLAIN;
    }
}

static st_code read_scalar(struct reader *r, const yaml_event_t *event, struct st_node *node)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    TRY(check_no_nul(r, event));
    struct st_raw_scalar raw = {
        .style = scalar_style(event),
        .data = text_at(r, event->start_mark),
        .line = node->line,
        .column = node->column,
    };
    raw.len = (size_t)(text_at(r, event->end_mark) - raw.data);
    node->kind = ST_NODE_SCALAR;
    node->text = st_arena_strndup(r->arena, value, length);
    node->quoted = raw.style != ST_SCALAR_PLAIN;
    bool as_written = raw.len == length + (node->quoted ? 2 : 0) && raw.style != ST_SCALAR_BLOCK &&
                      memcmp(raw.data + node->quoted, value, length) == 0;
    if (!as_written)
        st_place_scalar(r->arena, node, length, &raw);
    return ST_OK;
}

struct entries ST_VEC(struct st_entry);
struct items ST_VEC(struct st_node *);

static int compare_entries(const void *a, const void *b)
{
    const struct st_entry *x = *(const struct st_entry *const *)a;
    const struct st_entry *y = *(const struct st_entry *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

/* Sorted, not compared pairwise: a hostile document may hold 100,000 keys. */
static st_code check_duplicates(const struct reader *r, const struct entries *entries)
{
    const struct st_entry **sorted = st_calloc(entries->count, sizeof *sorted);
    st_code code = ST_OK;
    for (size_t i = 0; i < entries->count; i++)
        sorted[i] = &entries->items[i];
    qsort(sorted, entries->count, sizeof *sorted, compare_entries);
    for (size_t i = 1; i < entries->count && code == ST_OK; i++) {
        const struct st_entry *first = sorted[i - 1], *again = sorted[i];
        if (strcmp(first->key, again->key) != 0)
            continue;
        code = fail_at(
            r, again->line, again->column, "the key '%s' is given twice", "键“%s”重复", again->key);
        st_error_hint(r->err, "the first one is on line %d; keep one of them",
            "该键首次出现在第 %d 行，请只保留一个", first->line);
    }
    free(sorted);
    return code;
}

/* `{where: class in ('a', 'b')}`: YAML ends the value at the comma and takes 'b') for a key. */
static st_code fail_no_value(const struct reader *r, const struct st_entry *entry)
{
    st_code code =
        fail_at(r, entry->line, entry->column, "'%s' has no value", "“%s”没有值", entry->key);
    st_error_hint(r->err,
        "inside { } a comma ends the value: quote a value that contains one, or give it its own "
        "line",
        "在 { } 中逗号表示值结束：含逗号的值须整体加引号，或改为每个键单独一行");
    return code;
}

static st_code read_key(const struct reader *r, const yaml_event_t *event, struct st_entry *entry)
{
    TRY(check_plain(r, event));
    if (event->type != YAML_SCALAR_EVENT)
        return fail_mark(r, event->start_mark, "a key must be a plain name", "键必须是普通名称");
    TRY(check_no_nul(r, event));
    if (event->data.scalar.length == 0)
        return fail_mark(r, event->start_mark, "a key is empty", "键为空");
    entry->key = st_arena_strndup(
        r->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    entry->line = (int)event->start_mark.line + 1;
    entry->column = (int)event->start_mark.column + 1;
    return ST_OK;
}

static bool is_missing(const yaml_event_t *event, size_t key_end)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->start_mark.index == key_end && event->end_mark.index == key_end;
}

static st_code read_entry(struct reader *r, const yaml_event_t *key, struct st_node *map,
    struct entries *entries, int depth, bool flow)
{
    struct st_entry *entry = st_vec_push(entries);
    TRY(read_key(r, key, entry));
    yaml_event_t event;
    TRY(next_event(r, &event));
    st_code code;
    if (flow && is_missing(&event, key->end_mark.index)) {
        code = fail_no_value(r, entry);
        yaml_event_delete(&event);
    } else {
        struct st_node *value = NULL;
        code = read_value(r, &event, map, entries->count - 1, depth, &value);
        entries->items[entries->count - 1].value = value;
    }
    return code;
}

static st_code read_map(struct reader *r, struct st_node *map, int depth, bool flow)
{
    struct entries entries = {NULL, 0, 0};
    st_code code = ST_OK;
    map->kind = ST_NODE_MAP;
    for (;;) {
        yaml_event_t event;
        code = next_event(r, &event);
        bool end = event.type == YAML_MAPPING_END_EVENT;
        if (code == ST_OK && !end)
            code = read_entry(r, &event, map, &entries, depth, flow);
        yaml_event_delete(&event);
        if (code != ST_OK || end)
            break;
    }
    if (code == ST_OK)
        code = check_duplicates(r, &entries);
    if (code == ST_OK && entries.count > 0) {
        map->entries = st_arena_array(r->arena, struct st_entry, entries.count);
        memcpy(map->entries, entries.items, entries.count * sizeof *entries.items);
        map->count = entries.count;
    }
    st_vec_release(&entries);
    return code;
}

static st_code read_list(struct reader *r, struct st_node *list, int depth)
{
    struct items items = {NULL, 0, 0};
    st_code code = ST_OK;
    list->kind = ST_NODE_LIST;
    for (;;) {
        yaml_event_t event;
        code = next_event(r, &event);
        if (code != ST_OK)
            break;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        struct st_node *item = NULL;
        code = read_value(r, &event, list, items.count, depth, &item);
        if (code != ST_OK)
            break;
        *st_vec_push(&items) = item;
    }
    if (code == ST_OK && items.count > 0) {
        list->items = st_arena_array(r->arena, struct st_node *, items.count);
        memcpy(list->items, items.items, items.count * sizeof(struct st_node *));
        list->count = items.count;
    }
    st_vec_release(&items);
    return code;
}

static st_code fail_depth(const struct reader *r, yaml_mark_t mark)
{
    return fail_mark(r, mark, "the document is nested deeper than %d levels", "文档嵌套超过 %d 层",
        (int)ST_NODE_DEPTH_MAX);
}

static st_code read_node(
    struct reader *r, const yaml_event_t *event, struct st_node *node, int depth)
{
    TRY(check_plain(r, event));
    switch (event->type) {
    case YAML_SCALAR_EVENT: return read_scalar(r, event, node);
    case YAML_MAPPING_START_EVENT:
        if (depth > ST_NODE_DEPTH_MAX)
            return fail_depth(r, event->start_mark);
        return read_map(r, node, depth, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_START_EVENT:
        if (depth > ST_NODE_DEPTH_MAX)
            return fail_depth(r, event->start_mark);
        return read_list(r, node, depth);
    default: return fail_mark(r, event->start_mark, "a value was expected here", "此处应为一个值");
    }
}

/* Consumes `event`. */
static st_code read_value(struct reader *r, yaml_event_t *event, const struct st_node *parent,
    size_t index, int depth, struct st_node **out)
{
    struct st_node *node = st_arena_new(r->arena, struct st_node);
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    node->source = r->source;
    node->parent = parent;
    node->index = index;
    st_code code = read_node(r, event, node, depth + 1);
    yaml_event_delete(event);
    *out = node;
    return code;
}

/* --- the document --- */

static st_code expect_end(struct reader *r)
{
    yaml_event_t event;
    TRY(next_event(r, &event)); /* document end */
    yaml_event_delete(&event);
    TRY(next_event(r, &event));
    st_code code = ST_OK;
    if (event.type != YAML_STREAM_END_EVENT) {
        code =
            fail_mark(r, event.start_mark, "a second document begins here", "此处开始了第二个文档");
        st_error_hint(r->err, "one file holds one document: remove the '---'",
            "一个文件只能包含一个文档，请删除“---”");
    }
    yaml_event_delete(&event);
    return code;
}

static st_code read_document(struct reader *r, struct st_node **root)
{
    yaml_event_t event;
    TRY(next_event(r, &event)); /* stream start */
    yaml_event_delete(&event);
    TRY(next_event(r, &event)); /* document start */
    bool empty = event.type == YAML_STREAM_END_EVENT;
    bool tagged =
        event.type == YAML_DOCUMENT_START_EVENT && event.data.document_start.tag_directives.start !=
                                                       event.data.document_start.tag_directives.end;
    yaml_mark_t mark = event.start_mark;
    yaml_event_delete(&event);
    if (empty) {
        st_code code = fail_at(r, 1, 1, "the document is empty", "文档为空");
        st_error_hint(r->err, "policies/ and mappings/ have examples to start from",
            "可从 policies/ 与 mappings/ 中的示例开始");
        return code;
    }
    if (tagged)
        return refuse_tag(r, mark);
    TRY(next_event(r, &event));
    TRY(read_value(r, &event, NULL, 0, 0, root));
    return expect_end(r);
}

static const char byte_order_mark[] = "\xEF\xBB\xBF";

st_code st_node_parse(struct st_arena *arena, const char *source, const char *text, size_t len,
    struct st_node **root, struct st_error *err)
{
    struct reader r = {.arena = arena, .err = err, .text = text, .len = len};
    r.source = st_arena_strdup(arena, source ? source : "");
    *root = NULL;
    if (len > ST_DOCUMENT_BYTES_MAX)
        return fail_at(&r, 1, 1, "the document is larger than %d bytes", "文档超过 %d 字节",
            (int)ST_DOCUMENT_BYTES_MAX);
    if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        r.text += 3;
        r.len -= 3;
    }
    st_code code = scan_text(&r);
    if (code == ST_OK) {
        if (!yaml_parser_initialize(&r.yaml))
            st_die_no_memory(sizeof r.yaml);
        yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&r.yaml, (const unsigned char *)r.text, r.len);
        code = read_document(&r, root);
        yaml_parser_delete(&r.yaml);
    }
    if (code != ST_OK)
        *root = NULL;
    return code;
}

st_code st_node_load(struct st_arena *arena, const char *path, struct st_node **root,
    const char **text, struct st_error *err)
{
    struct st_str bytes = ST_STR_INIT;
    *root = NULL;
    st_code code = st_str_read_file(&bytes, path, ST_DOCUMENT_BYTES_MAX, err);
    if (code == ST_OK)
        code = st_node_parse(arena, path, bytes.text, bytes.len, root, err);
    if (code == ST_OK && text)
        *text = st_arena_strndup(arena, bytes.text, bytes.len);
    st_str_release(&bytes);
    return code;
}

/* --- reading nodes --- */

struct st_node *st_node_get(const struct st_node *map, const char *key)
{
    if (!map || map->kind != ST_NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->entries[i].key, key) == 0)
            return map->entries[i].value;
    return NULL;
}

bool st_node_is_empty(const struct st_node *node)
{
    return node->kind == ST_NODE_SCALAR && !node->quoted && node->text[0] == '\0';
}

static void add_path(struct st_str *path, const struct st_node *node)
{
    const struct st_node *parent = node->parent;
    if (!parent || node->index >= parent->count)
        return;
    add_path(path, parent);
    if (parent->kind == ST_NODE_MAP)
        st_str_addf(path, "%s%s", path->len ? "." : "", parent->entries[node->index].key);
    else
        st_str_addf(path, "[%zu]", node->index + 1);
}

static void place_path(struct st_error *err, const struct st_node *node, const char *key)
{
    struct st_str path = ST_STR_INIT;
    add_path(&path, node);
    if (key)
        st_str_addf(&path, "%s%s", path.len ? "." : "", key);
    if (path.len)
        st_error_path(err, "%s", path.text);
    st_str_release(&path);
}

st_code st_node_place(struct st_error *err, const struct st_node *node, st_code code)
{
    if (err && node) {
        st_error_at(err, node->source, node->line, node->column);
        place_path(err, node, NULL);
    }
    return code;
}

st_code st_node_place_key(
    struct st_error *err, const struct st_node *map, const struct st_entry *entry, st_code code)
{
    if (err) {
        st_error_at(err, map->source, entry->line, entry->column);
        place_path(err, map, entry->key);
    }
    return code;
}
