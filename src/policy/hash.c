#include "policy/hash.h"

#include "base/vec.h"

static int by_key(const void *x, const void *y)
{
    const struct st_entry *const *a = x, *const *b = y;
    return strcmp((*a)->key, (*b)->key);
}

const struct st_entry **st_node_sorted(struct st_arena *arena, const struct st_node *map)
{
    const struct st_entry **sorted = st_arena_array(arena, const struct st_entry *, map->count);
    for (size_t i = 0; i < map->count; i++)
        sorted[i] = &map->entries[i];
    qsort(sorted, map->count, sizeof *sorted, by_key);
    return sorted;
}

static void add_map(struct st_hash *hash, const struct st_node *node)
{
    struct st_arena arena = ST_ARENA_INIT;
    const struct st_entry **sorted = st_node_sorted(&arena, node);
    for (size_t i = 0; i < node->count; i++) {
        st_hash_add_text(hash, sorted[i]->key);
        st_hash_add_node(hash, sorted[i]->value);
    }
    st_arena_release(&arena);
}

void st_hash_add_node(struct st_hash *hash, const struct st_node *node)
{
    static const char *const marks[] = {
        [ST_NODE_SCALAR] = "scalar", [ST_NODE_MAP] = "map", [ST_NODE_LIST] = "list"};
    st_hash_add_text(hash, node ? marks[node->kind] : "none");
    if (!node)
        return;
    if (node->kind == ST_NODE_SCALAR)
        st_hash_add_text(hash, node->text);
    else
        st_hash_add_int(hash, (int64_t)node->count);
    if (node->kind == ST_NODE_MAP)
        add_map(hash, node);
    for (size_t i = 0; node->kind == ST_NODE_LIST && i < node->count; i++)
        st_hash_add_node(hash, node->items[i]);
}
