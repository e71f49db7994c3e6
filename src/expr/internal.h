/* What the files of this folder share and nobody else needs. */
#ifndef ST_EXPR_INTERNAL_H
#define ST_EXPR_INTERNAL_H

#include "expr/expr.h"

/* Leaves the function with the code of a call that failed. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        st_code try_code_ = (call);                                                                \
        if (try_code_ != ST_OK)                                                                    \
            return try_code_;                                                                      \
    } while (0)

/* "months", "Month", "个月" → ST_MONTHS; `len` bytes. */
bool st_duration_unit_parse(const char *text, size_t len, enum st_duration_unit *unit);
/* "month" or "months" as the count asks. */
const char *st_duration_unit_name(enum st_duration_unit unit, int64_t count);

/* A letter, digit or _ of any script; `first`: no digit. Full-width forms of the language's own
 * characters are none. */
bool st_expr_is_name_character(int32_t c, bool first);

#endif
