/* What-if as a use case. */
#ifndef ST_APP_SIMULATE_H
#define ST_APP_SIMULATE_H

#include "app/app.h"
#include "report/simulation.h"

struct st_simulation_files {
    const char *page; /* HTML to write, opening in `lang`; NULL: none */
    enum st_lang lang;
    int64_t bytes, movers; /* out: of the page; rows of the list of movers */
};

/* Parses the new policy, opens the store read-only and simulates; `data` gets a new object that the
 * caller owns (src/report/README.md has its shape). */
ST_MUST_CHECK st_code st_app_simulate(const struct st_app_store *store, struct st_arena *arena,
    const char *policy_path, const struct st_simulate_options *options,
    struct st_simulation_files *files, json_t **data, struct st_error *err);

#endif
