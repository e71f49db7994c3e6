/* Arena: memory of one policy, request or run, freed whole.
 *
 * init → alloc/strdup/printf … → release. Allocation is a pointer bump; it never returns NULL
 * (the program ends with one message when memory is gone, docs/adr/0004).
 */
#ifndef ST_BASE_ARENA_H
#define ST_BASE_ARENA_H

#include "base/error.h"

struct st_arena_block;

struct st_arena {
    struct st_arena_block *head;
};

#define ST_ARENA_INIT                                                                              \
    {                                                                                              \
        NULL                                                                                       \
    }

void st_arena_release(struct st_arena *arena);

/* `size` zeroed bytes, aligned for any type. */
void *st_arena_alloc(struct st_arena *arena, size_t size);
#define st_arena_new(arena, type) ((type *)st_arena_alloc((arena), sizeof(type)))
#define st_arena_array(arena, type, count)                                                         \
    ((type *)st_arena_alloc_array((arena), sizeof(type), (count)))
void *st_arena_alloc_array(struct st_arena *arena, size_t size, size_t count);

char *st_arena_strdup(struct st_arena *arena, const char *text);
char *st_arena_strndup(struct st_arena *arena, const char *text, size_t len);
char *st_arena_printf(struct st_arena *arena, const char *fmt, ...) ST_PRINTF(2, 3);

/* malloc family that ends the program instead of returning NULL; pair with free(). */
void *st_malloc(size_t size);
void *st_calloc(size_t count, size_t size);
/* As st_calloc, for tables read in no order: the kernel is asked for large pages, which keep most
 * of such reads from waiting for the page tables too. Untouched parts cost nothing but their last
 * page. */
void *st_calloc_table(size_t count, size_t size);
void *st_realloc(void *p, size_t size);
char *st_strdup(const char *text);

#endif
