/* Any bytes: a document parses to consistent nodes or is refused at a place; every scalar can be
 * read as an expression, a window and a title. */
#include "expr/params.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_scalar(struct st_arena *arena, const struct st_node *node)
{
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr;
    struct st_window window;
    size_t len = strlen(node->text);
    for (size_t i = 0; i < node->place_count; i++)
        if (node->places[i].offset >= len || node->places[i].line < node->line ||
            (i && node->places[i].offset < node->places[i - 1].offset))
            abort();
    if (st_expr_parse_node(arena, node, &expr, &err) != ST_OK && (err.line < 1 || err.column < 1))
        abort();
    (void)st_window_parse(node->text, &window);
}

static void walk(struct st_arena *arena, const struct st_node *node)
{
    struct st_text title;
    (void)!st_title_read(arena, node, &title, NULL);
    if (node->kind == ST_NODE_SCALAR)
        read_scalar(arena, node);
    for (size_t i = 0; i < node->count; i++) {
        const struct st_node *child =
            node->kind == ST_NODE_MAP ? node->entries[i].value : node->items[i];
        if (child->parent != node || child->index != i)
            abort();
        walk(arena, child);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_node *root;
    st_code code = st_node_parse(&arena, "fuzz", (const char *)data, size, &root, &err);
    if (code == ST_OK)
        walk(&arena, root);
    else if (root || err.line < 1 || err.column < 1 || !err.message[ST_LANG_ZH][0])
        abort();
    st_arena_release(&arena);
    return 0;
}
