/* Shared by the files of migration. */
#ifndef ST_RUN_MIGRATE_INTERNAL_H
#define ST_RUN_MIGRATE_INTERNAL_H

#include "base/vec.h"
#include "run/internal.h"
#include "run/migrate.h"

struct migrate {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_migrate_options *options;
    struct st_migration *out;
    struct st_compiled *before, *after; /* the policies of both runs */
    const struct st_metric_column *measure_before;
};

enum { MIGRATE_BINDS = 7 };

/* The statement that ends with the file `end`, over the customers of both runs, and its first
 * MIGRATE_BINDS values. */
void st_migrate_sql(const struct migrate *m, const char *end, struct st_str *sql);
void st_migrate_binds(const struct migrate *m, struct st_bind binds[MIGRATE_BINDS]);

/* Lists the cell's customers and writes its file (migrate_list.c). */
ST_MUST_CHECK st_code st_migrate_list(struct migrate *m, struct st_error *err);

/* Rates from run to run (migrate_rates.c). */
ST_MUST_CHECK st_code st_migrate_rates(struct migrate *m, struct st_error *err);

#endif
