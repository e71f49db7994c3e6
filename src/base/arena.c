#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct st_arena_block {
    struct st_arena_block *next;
    size_t used;
    size_t cap;
    alignas(max_align_t) unsigned char data[];
};

void *st_malloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        st_die_no_memory(size);
    return p;
}

void *st_calloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        st_die_no_memory(count * size);
    return p;
}

void *st_calloc_table(size_t count, size_t size)
{
    char *table = st_calloc(count, size);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)table + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)table + count * size) / page * page;
    if (end > start)
        madvise((void *)start, end - start, MADV_HUGEPAGE); /* where there are none, none */
    return table;
}

void *st_realloc(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q)
        st_die_no_memory(size);
    return q;
}

char *st_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(st_malloc(size), text, size);
}

static struct st_arena_block *block_new(size_t at_least)
{
    size_t cap = at_least > BLOCK_SIZE ? at_least : BLOCK_SIZE;
    struct st_arena_block *block = st_malloc(sizeof *block + cap);
    block->next = NULL;
    block->used = 0;
    block->cap = cap;
    return block;
}

void *st_arena_alloc(struct st_arena *arena, size_t size)
{
    size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit - sizeof(struct st_arena_block))
        st_die_no_memory(size);
    size_t need = (size + unit - 1) / unit * unit;
    struct st_arena_block *block = arena->head;
    if (!block || block->cap - block->used < need) {
        block = block_new(need);
        block->next = arena->head;
        arena->head = block;
    }
    void *p = block->data + block->used;
    block->used += need;
    return memset(p, 0, size);
}

void *st_arena_alloc_array(struct st_arena *arena, size_t size, size_t count)
{
    if (size && count > SIZE_MAX / size)
        st_die_no_memory(SIZE_MAX);
    return st_arena_alloc(arena, size * count);
}

void st_arena_release(struct st_arena *arena)
{
    struct st_arena_block *next;
    for (struct st_arena_block *block = arena->head; block; block = next) {
        next = block->next;
        free(block);
    }
    arena->head = NULL;
}

char *st_arena_strndup(struct st_arena *arena, const char *text, size_t len)
{
    char *copy = st_arena_alloc(arena, len + 1);
    memcpy(copy, text, len);
    return copy;
}

char *st_arena_strdup(struct st_arena *arena, const char *text)
{
    return st_arena_strndup(arena, text, strlen(text));
}

char *st_arena_printf(struct st_arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = st_arena_alloc(arena, len < 0 ? 1 : (size_t)len + 1);
    if (len >= 0)
        vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}
