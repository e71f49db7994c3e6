/* YAML read into nodes that know where they stand (libyaml events; docs/adr/0005).
 *
 * A document is strict: UTF-8, one document per file, no anchors, aliases, tags, duplicate keys or
 * tabs in the indentation, and at most ST_NODE_DEPTH_MAX levels. Nodes live in the arena of the
 * caller; nothing points into the text that was parsed.
 */
#ifndef ST_EXPR_NODE_H
#define ST_EXPR_NODE_H

#include "base/arena.h"

enum {
    ST_NODE_DEPTH_MAX = 32,
    ST_DOCUMENT_BYTES_MAX = 4 * 1024 * 1024,
};

enum st_node_kind { ST_NODE_SCALAR, ST_NODE_MAP, ST_NODE_LIST };

struct st_entry {
    const char *key;
    int line, column; /* of the key */
    struct st_node *value;
};

/* Where the text of a scalar from byte `offset` on stands in the document. */
struct st_place {
    size_t offset;
    int line, column;
};

struct st_node {
    enum st_node_kind kind;
    int line, column;              /* 1-based; column counts characters, not bytes */
    const char *source;            /* the document's name as the user gave it */
    const char *text;              /* SCALAR: its text, "" for an empty value */
    bool quoted;                   /* SCALAR: written '…', "…", | or > */
    struct st_entry *entries;      /* MAP, in the order written */
    struct st_node **items;        /* LIST */
    size_t count;                  /* of entries or items */
    const struct st_place *places; /* SCALAR of several lines or with escapes, by offset; or NULL */
    size_t place_count;
    const struct st_node *parent; /* NULL for the root */
    size_t index;                 /* among the parent's entries or items */
};

/* Parses `len` bytes of `text`. Error: ST_E_POLICY with line, column and a hint. */
ST_MUST_CHECK st_code st_node_parse(struct st_arena *arena, const char *source, const char *text,
    size_t len, struct st_node **root, struct st_error *err);

/* Reads and parses a file. Error: ST_E_NOT_FOUND or ST_E_IO too. `*text` (nullable) gets the
 * file's bytes, NUL-terminated, in the arena. */
ST_MUST_CHECK st_code st_node_load(struct st_arena *arena, const char *path, struct st_node **root,
    const char **text, struct st_error *err);

/* The value under `key`, or NULL; `map` may be NULL or of another kind. */
struct st_node *st_node_get(const struct st_node *map, const char *key);

/* A scalar left empty: `key:` and nothing after it. */
bool st_node_is_empty(const struct st_node *node);

/* st_fail at a node's place: source, line, column and path ("schemes.asset.tiers[2].from", items
 * counted from 1). `node` may be NULL: then only the error is recorded. */
#define st_fail_at(err, node, code, ...)                                                           \
    st_node_place((err), (node), st_fail((err), (code), __VA_ARGS__))
st_code st_node_place(struct st_error *err, const struct st_node *node, st_code code);

/* st_fail at the key of an entry. */
#define st_fail_at_key(err, node, entry, code, ...)                                                \
    st_node_place_key((err), (node), (entry), st_fail((err), (code), __VA_ARGS__))
st_code st_node_place_key(
    struct st_error *err, const struct st_node *map, const struct st_entry *entry, st_code code);

#endif
