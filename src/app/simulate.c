#include "app/simulate.h"

st_code st_app_simulate(const struct st_app_store *where, struct st_arena *arena,
    const char *policy_path, const struct st_simulate_options *options,
    struct st_simulation_files *files, json_t **data, struct st_error *err)
{
    const struct st_store_options open = {.threads = where->threads,
        .memory_bytes_max = where->memory_bytes_max,
        .read_only = true,
        .task = where->task};
    struct st_policy *policy = NULL;
    struct st_store *store = NULL;
    struct st_simulation simulation = {.movers = 0};
    st_code code = st_policy_load(arena, policy_path, &policy, err);
    if (code == ST_OK)
        code = st_store_open(where->location, &open, &store, err);
    if (code == ST_OK)
        code = st_simulate(store, arena, policy, options, &simulation, err);
    if (code == ST_OK)
        *data = st_simulation_json(&simulation);
    st_store_close(store);
    if (code == ST_OK && files->page)
        code = st_simulation_write(arena, *data, files->lang, files->page, &files->bytes, err);
    files->movers = code == ST_OK ? simulation.movers : 0;
    return code;
}
