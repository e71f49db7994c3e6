/* Typed growable arrays: struct { T *items; size_t count, cap; } with one macro to append.
 *
 *     struct names ST_VEC(const char *);      →  struct names { const char **items; … }
 *     *st_vec_push(&v) = x;   st_vec_release(&v);
 */
#ifndef ST_BASE_VEC_H
#define ST_BASE_VEC_H

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define ST_VEC(type)                                                                               \
    {                                                                                              \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t cap;                                                                                \
    }

void *st_vec_grow(void *items, size_t *cap, size_t count, size_t item_size);

/* A pointer to one new zeroed item at the end. */
#define st_vec_push(v)                                                                             \
    ((v)->items = st_vec_grow((v)->items, &(v)->cap, (v)->count, sizeof *(v)->items),              \
        (v)->count++, memset(&(v)->items[(v)->count - 1], 0, sizeof *(v)->items),                  \
        &(v)->items[(v)->count - 1])

#define st_vec_release(v) (free((v)->items), (v)->items = NULL, (v)->count = 0, (v)->cap = 0)

#define ST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
