/* A what-if as data and as one HTML file. */
#ifndef ST_REPORT_SIMULATION_H
#define ST_REPORT_SIMULATION_H

#include "run/simulate.h"

#include <jansson.h>

/* A new object that the caller owns; README.md has its shape. Aggregates only. */
json_t *st_simulation_json(const struct st_simulation *simulation);

/* Writes that data as a page, as st_report_write does. */
ST_MUST_CHECK st_code st_simulation_write(struct st_arena *arena, const json_t *data,
    enum st_lang lang, const char *path, int64_t *bytes, struct st_error *err);

#endif
