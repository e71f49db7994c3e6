/* Measures: amounts and numbers of customers that reports add up by tier. */
#ifndef ST_RUN_MEASURE_H
#define ST_RUN_MEASURE_H

#include "compile/compile.h"

/* The metric of that name when it is an amount or a number; NULL. */
const struct st_metric_column *st_measure(const struct st_compiled *compiled, const char *name);

/* The policy's first metric that is money; NULL. */
const struct st_metric_column *st_measure_first(const struct st_compiled *compiled);

/* ST_E_NOT_FOUND, with what there is. */
ST_MUST_CHECK st_code st_measure_fail(
    const struct st_compiled *compiled, const char *name, struct st_error *err);

#endif
