/* A what-if as data and as one HTML file. */
#ifndef ST_REPORT_SIMULATION_H
#define ST_REPORT_SIMULATION_H

#include "run/simulate.h"

#include <jansson.h>

/* A new object that the caller owns; README.md has its shape. Aggregates only. */
json_t *st_simulation_json(const struct st_simulation *simulation);

#endif
