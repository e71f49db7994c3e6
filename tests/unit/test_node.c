/* Documents → nodes: shape, places, and every refusal with its place and hint. */
#include "expr/node.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* [a, {k: v}] in one line; quoted scalars in quotes. */
static void dump(struct st_str *out, const struct st_node *node)
{
    if (node->kind == ST_NODE_SCALAR) {
        st_str_addf(out, node->quoted ? "'%s'" : "%s", node->text);
        return;
    }
    st_str_add_char(out, node->kind == ST_NODE_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            st_str_add(out, ", ");
        if (node->kind == ST_NODE_MAP)
            st_str_addf(out, "%s: ", node->entries[i].key);
        dump(out, node->kind == ST_NODE_MAP ? node->entries[i].value : node->items[i]);
    }
    st_str_add_char(out, node->kind == ST_NODE_MAP ? '}' : ']');
}

static void check(const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fail_msg("%s\n  got:  %s\n  want: %s", what, got, want);
}

static void test_shapes(void **state)
{
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"a map keeps its order", "b: 1\na: 2\n", "{b: 1, a: 2}"},
        {"a list", "- x\n- 'y'\n", "[x, 'y']"},
        {"flow inside block", "t: {zh: 金卡, en: Gold}\n", "{t: {zh: 金卡, en: Gold}}"},
        {"empty value", "a:\nb: ''\n", "{a: , b: ''}"},
        {"empty collections", "a: {}\nb: []\n", "{a: {}, b: []}"},
        {"an expression needs no quotes in a block", "w: class in ('a', 'b') and x > 5\n",
            "{w: class in ('a', 'b') and x > 5}"},
        {"byte order mark and CRLF",
            "\xEF\xBB\xBF"
            "a: 1\r\nb: 2\r\n",
            "{a: 1, b: 2}"},
        {"comments and a document start", "# 注释\n---\na: 1 # one\n", "{a: 1}"},
        {"a tab after content", "a:\t1\nb: 2 \t# two\n", "{a: 1, b: 2}"},
        {"folded lines", "a: >\n  x and\n  y\n", "{a: 'x and y\n'}"},
        {"text in block keeps inner tabs", "a: |\n  x\ty\n", "{a: 'x\ty\n'}"},
        {"a scalar document", "hello\n", "hello"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_node *root;
        if (st_node_parse(&arena, "p.yaml", rows[i].input, strlen(rows[i].input), &root, &err) !=
            ST_OK)
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        dump(&got, root);
        check(rows[i].what, got.text, rows[i].want);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *what, *input, *want; /* line:column message | hint begins */
    } rows[] = {
        {"empty", "", "1:1 the document is empty | "},
        {"only comments", "# nothing\n", "1:1 the document is empty | "},
        {"duplicate key", "a: 1\nb: 2\na: 3\n",
            "3:1 the key 'a' is given twice | the first one is on line 1"},
        {"duplicate key in flow", "t: {zh: 甲, en: a, zh: 乙}\n",
            "1:19 the key 'zh' is given twice | the first one is on line 1"},
        {"anchor", "a: &x 1\n", "1:4 anchors (&name) are not allowed | write the value out"},
        {"anchor on a map", "a: &x {b: 1}\n", "1:4 anchors (&name) are not allowed | "},
        {"alias", "a: 1\nb: *a\n", "2:4 aliases (*name) are not allowed | write the value out"},
        {"alias as a key", "*a : 1\n", "1:1 aliases (*name) are not allowed | "},
        {"tag", "a: !!str 1\n", "1:4 tags (!name) are not allowed | remove the tag"},
        {"unknown tag handle", "a: !x!y 1\n", "1:4 tags are not allowed | "},
        {"tag directive", "%TAG !x! tag:x\n---\na: 1\n", "1:1 tags (!name) are not allowed | "},
        {"second document", "a: 1\n---\nb: 2\n",
            "2:1 a second document begins here | one file holds one document"},
        {"tab as indentation", "a:\n\tb: 1\n",
            "2:1 a tab is used for indentation | indent with blanks"},
        {"tab after blanks", "a:\n  \tb: 1\n", "2:3 a tab is used for indentation | "},
        {"tab inside a flow", "a: {\n\tb: 1}\n", "2:1 a tab is used for indentation | "},
        {"not UTF-8", "a: 1\nb: x\xC3(\n",
            "2:5 the document is not UTF-8 text | save the file as UTF-8"},
        {"GBK", "title: \xBD\xF0\xBF\xA8\n", "1:8 the document is not UTF-8 text | "},
        {"UTF-16",
            "\xFF\xFE"
            "a\0:\0",
            "1:1 the document is not UTF-8 text | "},
        {"control character", "a: x\x01y\n",
            "1:5 the character U+0001 is not allowed in a document | "},
        {"line separator", "a: 金\xE2\x80\xA8y\n",
            "1:5 the character U+2028 is not allowed in a document | "},
        {"escaped NUL", "a: \"x\\0y\"\n",
            "1:4 a text contains the NUL character | remove the escape"},
        {"unclosed quote", "a: 1\nb: 'x\nc: 2\n",
            "2:4 this text has no closing quote | close the quote"},
        {"two colons", "a: b: c\n", "1:5 a ':' is not expected here | check the indentation"},
        {"text after a quoted part", "w: 'C4' = level\n", "1:9 a key was expected here | "},
        {"bad indentation", "a:\n    b: 1\n  c: 2\n",
            "3:3 a key was expected here | check the indentation"},
        {"no colon", "a: 1\nb\nc: 2\n", "2:1 this line has no 'key: value' | "},
        {"comma in a flow value", "m: {where: class in ('a', 'b'), x: 1}\n",
            "1:27 'b' has no value | inside { } a comma ends the value"},
        {"comma in a flow call", "m: {is: lag(aum, 3 months) - 1}\n",
            "1:18 '3 months) - 1' has no value | inside { } a comma ends the value"},
        {"unclosed map", "a: {b: 1\n", "2:1 a ',' or '}' was expected here | "},
        {"unclosed list", "a: [1, 2\nb: 3\n", "2:2 a ',' or ']' was expected here | "},
        {"list beside a key", "a: - b\n", "1:4 a list item is not expected here | "},
        {"back-quoted at the start", "a: `余额 元` > 5\n",
            "1:4 a value cannot begin with this character | put the whole value in quotes"},
        {"comparison taken for a block", "a: > 5\n",
            "1:6 a value that begins with | or > goes on from the next line | put the whole"},
        {"bad escape", "a: \"\\q\"\n", "1:5 unknown escape in a text in double quotes | "},
        {"map as a key", "? {a: 1}\n: 2\n", "1:3 a key must be a plain name | "},
        {"empty key", "'': 2\n", "1:1 a key is empty | "},
        {"garbage after the root", "[a]\nb: 1\n", "2:1 the document does not go on here | "},
        {"33 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            "1:33 the document is nested deeper than 32 levels | "},
    };
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_node *root;
        char got[ST_ERROR_TEXT_MAX * 3];
        size_t len = strcmp(rows[i].what, "UTF-16") == 0 ? 6 : strlen(rows[i].input);
        st_code code = st_node_parse(&arena, "p.yaml", rows[i].input, len, &root, &err);
        snprintf(got, sizeof got, "%d:%d %s | %s", err.line, err.column, err.message[ST_LANG_EN],
            err.hint[ST_LANG_EN]);
        if (code != ST_E_POLICY || root || strncmp(got, rows[i].want, strlen(rows[i].want)) != 0) {
            print_error("%s\n  got:  %s\n  want: %s…\n", rows[i].what, got, rows[i].want);
            wrong++;
        }
        if (!err.message[ST_LANG_ZH][0] || !err.hint[ST_LANG_ZH][0] != !err.hint[ST_LANG_EN][0])
            fail_msg("%s: not bilingual", rows[i].what);
        assert_string_equal(err.source, "p.yaml");
        st_arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void test_depth_limit_is_reachable(void **state)
{
    static const char text[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
    struct st_arena arena = ST_ARENA_INIT;
    struct st_node *root;
    (void)state;
    assert_int_equal(st_node_parse(&arena, "p", text, strlen(text), &root, NULL), ST_OK);
    st_arena_release(&arena);
}

static void test_size_limit(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_node *root;
    size_t len = ST_DOCUMENT_BYTES_MAX + 1;
    char *text = st_malloc(len);
    (void)state;
    memset(text, 'a', len);
    assert_int_equal(st_node_parse(&arena, "p", text, len, &root, &err), ST_E_POLICY);
    assert_string_equal(err.message[ST_LANG_EN], "the document is larger than 4194304 bytes");
    free(text);
    st_arena_release(&arena);
}

static void test_places_and_paths(void **state)
{
    static const char text[] =
        "名称: 零售\nschemes:\n  asset:\n    tiers:\n      - {code: 甲, from: 5}\n"
        "      - {code: 乙, from: 3}\n";
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_node *root;
    (void)state;
    assert_int_equal(st_node_parse(&arena, "p.yaml", text, strlen(text), &root, &err), ST_OK);
    struct st_node *tiers =
        st_node_get(st_node_get(st_node_get(root, "schemes"), "asset"), "tiers");
    struct st_node *from = st_node_get(tiers->items[1], "from");
    assert_int_equal(from->line, 6);
    assert_int_equal(from->column, 25); /* characters, not bytes */
    assert_int_equal(st_fail_at(&err, from, ST_E_POLICY, "bad %d", "错 %d", 3), ST_E_POLICY);
    assert_string_equal(err.path, "schemes.asset.tiers[2].from");
    assert_int_equal(err.line, 6);
    st_error_clear(&err);
    assert_int_equal(
        st_fail_at_key(&err, root, &root->entries[1], ST_E_POLICY, "bad", "错"), ST_E_POLICY);
    assert_string_equal(err.path, "schemes");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 1);
    assert_null(st_node_get(root, "none"));
    assert_null(st_node_get(from, "x"));
    assert_null(st_node_get(NULL, "x"));
    st_arena_release(&arena);
}

/* Where the piece `x9` of the first value stands, as its places tell. */
static void test_places_inside_scalars(void **state)
{
    static const struct {
        const char *what, *input;
        int line, column;
    } rows[] = {
        {"plain", "a: bb x9\n", 1, 7},
        {"plain of two lines", "a: 余额\n   余 x9\n", 2, 6},
        {"plain with an empty line", "a: b\n\n\n  c x9\n", 4, 5},
        {"CRLF", "a: b\r\n  c x9\r\n", 2, 5},
        {"single quotes", "a: 'bb x9'\n", 1, 8},
        {"doubled quote before", "a: 'b ''c'' x9'\n", 1, 13},
        {"single quotes over lines", "a: 'b ''c''\n  d ''e'' x9'\n", 2, 11},
        {"double quotes", "a: \"b \\\"c\\\" x9\"\n", 1, 13},
        {"Unicode escape", "a: \"\\u4f59 x9\"\n", 1, 12},
        {"escaped line break", "a: \"b \\\n   c x9\"\n", 2, 6},
        {"many blanks", "a: 'b        x9'\n", 1, 14},
        {"blanks before a fold", "a: 'b   \n   x9'\n", 2, 4},
        {"literal block", "a: |\n  b\n   c x9\n", 3, 6},
        {"literal block after empty lines", "a: |\n\n\n  b x9\n", 4, 5},
        {"folded block", "a: >-\n  b\n  c x9\n", 3, 5},
        {"folded block, one line indented more", "a: >\n  b\n    c x9\n  d\n", 3, 7},
        {"block with an indentation indicator", "a: |2\n    b\n   c x9\n", 3, 6},
        {"block with a header comment", "a: | # x\n  x9\n", 2, 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_node *root;
        if (st_node_parse(&arena, "p", rows[i].input, strlen(rows[i].input), &root, &err) != ST_OK)
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        const struct st_node *node = root->entries[0].value;
        const char *found = strstr(node->text, "x9");
        assert_non_null(found);
        size_t offset = (size_t)(found - node->text);
        struct st_place place = {0, node->line, node->column + node->quoted};
        for (size_t j = 0; j < node->place_count && node->places[j].offset <= offset; j++)
            place = node->places[j];
        for (const char *p = node->text + place.offset; p < found; p++)
            place.column += (*p & 0xC0) != 0x80;
        if (place.line != rows[i].line || place.column != rows[i].column)
            fail_msg("%s: got %d:%d, want %d:%d", rows[i].what, place.line, place.column,
                rows[i].line, rows[i].column);
        st_arena_release(&arena);
    }
}

static void test_load(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_node *root;
    const char *text = NULL;
    char path[] = "/tmp/strata-test-node-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: 1\n", 5), 5);
    close(fd);
    assert_int_equal(st_node_load(&arena, path, &root, &text, &err), ST_OK);
    assert_string_equal(text, "a: 1\n");
    assert_string_equal(st_node_get(root, "a")->source, path);
    unlink(path);
    assert_int_equal(st_node_load(&arena, path, &root, &text, &err), ST_E_NOT_FOUND);
    assert_null(root);
    st_arena_release(&arena);
}

/* 60,000 keys, or one long line, must not take quadratic time. */
static void test_large_documents(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str text = ST_STR_INIT;
    struct st_node *root;
    (void)state;
    for (int i = 0; i < 60000; i++)
        st_str_addf(&text, "k%d: 'it''s'\n", i);
    assert_int_equal(st_node_parse(&arena, "p", text.text, text.len, &root, NULL), ST_OK);
    assert_int_equal(root->count, 60000);
    st_str_reset(&text);
    st_str_add(&text, "[x");
    for (int i = 0; i < 60000; i++)
        st_str_add(&text, ", 'a   b'");
    st_str_add(&text, "]");
    assert_int_equal(st_node_parse(&arena, "p", text.text, text.len, &root, NULL), ST_OK);
    assert_int_equal(root->count, 60001);
    st_str_release(&text);
    st_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_depth_limit_is_reachable),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_places_and_paths),
        cmocka_unit_test(test_places_inside_scalars),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_large_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
