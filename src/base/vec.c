#include "base/vec.h"

#include <stdint.h>

void *st_vec_grow(void *items, size_t *cap, size_t count, size_t item_size)
{
    if (count < *cap)
        return items;
    size_t want = *cap ? *cap * 2 : 8;
    if (want > SIZE_MAX / item_size)
        st_die_no_memory(SIZE_MAX);
    *cap = want;
    return st_realloc(items, want * item_size);
}
