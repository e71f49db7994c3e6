/* The canonical hash of YAML nodes: what a document says, not how it is laid out. */
#ifndef ST_POLICY_HASH_H
#define ST_POLICY_HASH_H

#include "base/hash.h"
#include "expr/node.h"

/* Adds a node: maps by sorted key, lists in order, scalars by their text. NULL adds a mark. */
void st_hash_add_node(struct st_hash *hash, const struct st_node *node);

/* A map's entries by the bytes of their keys, in the arena. */
const struct st_entry **st_node_sorted(struct st_arena *arena, const struct st_node *map);

#endif
