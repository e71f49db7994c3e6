#include "ir/reads.h"

#include <string.h>

struct search {
    struct st_arena *arena;
    const char *table;
    struct st_column_names *out;
};

bool st_column_names_have(const struct st_column_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

void st_column_names_add(struct st_arena *a, struct st_column_names *names, const char *name)
{
    if (st_column_names_have(names, name))
        return;
    if (names->count == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 16;
        const char **items = st_arena_array(a, const char *, cap);
        for (size_t i = 0; i < names->count; i++)
            items[i] = names->items[i];
        names->items = items;
        names->cap = cap;
    }
    names->items[names->count++] = name;
}

/* What an expression asks of input `side`. */
static void ask(
    const struct search *s, const struct st_ir_expr *e, int side, struct st_column_names *wanted)
{
    if (!e)
        return;
    if (e->kind == ST_IR_COLUMN && e->side == side)
        st_column_names_add(s->arena, wanted, e->name);
    for (size_t i = 0; i < e->arg_count; i++)
        ask(s, e->args[i], side, wanted);
    for (size_t i = 0; i < e->partition_count; i++)
        st_column_names_add(s->arena, wanted, e->partition[i]);
    for (size_t i = 0; i < e->order_count; i++)
        st_column_names_add(s->arena, wanted, e->order[i]);
}

static void follow(
    const struct search *s, const struct st_rel *rel, const struct st_column_names *wanted);

/* Input `side` of a relation of which `wanted` is asked. */
static void follow_input(const struct search *s, const struct st_rel *rel, int side,
    const struct st_column_names *wanted)
{
    struct st_column_names asked = {0};
    const struct st_rel *input = rel->inputs[side];
    bool own = rel->kind == ST_REL_FILTER || rel->kind == ST_REL_UNION_ALL;
    int at = rel->kind == ST_REL_JOIN ? side : 0;
    ask(s, rel->condition, at, &asked);
    for (size_t i = 0; i < rel->key_count; i++)
        st_column_names_add(s->arena, &asked, rel->keys[i]);
    for (size_t i = 0; i < rel->column_count; i++) {
        const struct st_ir_column *c = &rel->columns[i];
        if (!st_column_names_have(wanted, c->name))
            continue;
        if (own || !c->expr)
            st_column_names_add(s->arena, &asked, c->name);
        else
            ask(s, c->expr, at, &asked);
    }
    follow(s, input, &asked);
}

static void follow(
    const struct search *s, const struct st_rel *rel, const struct st_column_names *wanted)
{
    if (rel->kind == ST_REL_SCAN && strcmp(rel->table, s->table) == 0)
        for (size_t i = 0; i < wanted->count; i++)
            st_column_names_add(s->arena, s->out, wanted->items[i]);
    for (size_t i = 0; i < rel->input_count; i++)
        follow_input(s, rel, (int)i, wanted);
}

void st_rel_reads(
    struct st_arena *a, const struct st_rel *rel, const char *table, struct st_column_names *out)
{
    const struct search search = {a, table, out};
    struct st_column_names all = {0};
    for (size_t i = 0; i < rel->column_count; i++)
        st_column_names_add(a, &all, rel->columns[i].name);
    follow(&search, rel, &all);
}

static void add_params(struct st_arena *a, const struct st_ir_expr *e, struct st_column_names *out)
{
    if (!e)
        return;
    if (e->kind == ST_IR_PARAM)
        st_column_names_add(a, out, e->name);
    for (size_t i = 0; i < e->arg_count; i++)
        add_params(a, e->args[i], out);
}

void st_rel_params(struct st_arena *a, const struct st_rel *rel, struct st_column_names *out)
{
    add_params(a, rel->condition, out);
    for (size_t i = 0; i < rel->column_count; i++)
        add_params(a, rel->columns[i].expr, out);
    for (size_t i = 0; i < rel->input_count; i++)
        st_rel_params(a, rel->inputs[i], out);
}
