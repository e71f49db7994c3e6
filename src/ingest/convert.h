/* One value → the type of its column, exactly or with the reason why not. */
#ifndef ST_INGEST_CONVERT_H
#define ST_INGEST_CONVERT_H

#include "base/arena.h"
#include "expr/eval.h"
#include "ingest/target.h"

enum { ST_CONVERT_TEXT_SIZE = ST_DECIMAL_TEXT_SIZE };

/* Converts a value that is not NULL. Text results go to *text (the value's own bytes, `scratch`, or
 * `buffer`) and are NFC; all others to *number: days, 0 or 1, the integer at scale `money`, 8
 * (rates) or 4 (shares). Returns an enum st_reason, or −1 when the value is fine. */
int st_convert(const struct st_target *target, const struct st_value *value, int money,
    struct st_arena *scratch, char buffer[ST_CONVERT_TEXT_SIZE], struct st_slice *text,
    int64_t *number);

/* A code with its full-width letters as ASCII ones: "ＣＮＹ" is CNY. */
struct st_slice st_convert_fold(struct st_slice text, struct st_arena *scratch);

/* The value as people read it. */
struct st_slice st_convert_show(const struct st_value *value, char buffer[ST_CONVERT_TEXT_SIZE]);

#endif
