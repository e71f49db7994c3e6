#include "app/app.h"

struct copy {
    struct st_store *from;
    struct st_arena *arena;
    struct st_copy_report *report;
};

static st_code fill(void *context, struct st_store *store, struct st_error *err)
{
    struct copy *copy = context;
    return st_copy_store(copy->from, store, copy->arena, copy->report, err);
}

st_code st_app_copy(const struct st_app_store *from, const char *to, struct st_arena *arena,
    struct st_copy_report *report, struct st_error *err)
{
    struct copy copy = {.arena = arena, .report = report};
    int64_t memory = from->memory_bytes_max / 2; /* two engines share it */
    struct st_store_options reading = {.threads = from->threads,
        .memory_bytes_max = memory,
        .read_only = true,
        .reads = true,
        .task = from->task};
    struct st_store_options making = {.threads = from->threads,
        .memory_bytes_max = memory,
        .create = true,
        .must_not_exist = true,
        .fill = fill,
        .fill_context = &copy,
        .roles = from->roles,
        .task = from->task};
    struct st_store *store = NULL;
    *report = (struct st_copy_report){.table_count = 0};
    st_code code = st_store_open(from->location, &reading, &copy.from, err);
    if (code == ST_OK)
        code = st_store_begin(copy.from, err);
    if (code == ST_OK)
        code = st_store_open(to, &making, &store, err);
    st_store_close(store);
    st_store_close(copy.from);
    return code;
}
