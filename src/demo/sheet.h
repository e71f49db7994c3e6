/* One CSV file being written: buffered, counted, summed, with a sprinkle of defective rows.
 *
 * open → (field… → end_row)… → finish → publish, or discard. Write errors stick to the sheet: the
 * caller looks at `error` now and then instead of after every field.
 *
 * A defective row is a copy of a good row with one thing wrong, written after it, so that the good
 * rows alone are always a whole and consistent bank.
 */
#ifndef ST_DEMO_SHEET_H
#define ST_DEMO_SHEET_H

#include "base/date.h"
#include "base/decimal.h"

enum {
    ST_DEMO_ROW_MAX = 1024,
    ST_DEMO_COLUMNS_MAX = 48,
    ST_DEMO_DEFECTS_MAX = 12,
    ST_DEMO_PATH_MAX = 4096,
    ST_DEMO_SUM_SCALE = 3, /* the finest a defect writes */
};

enum st_demo_damage {
    ST_DEMO_REPLACE, /* the column holds `text` instead */
    ST_DEMO_EXTEND,  /* the amount gets a third decimal */
    ST_DEMO_CUT,     /* the row ends after `column` columns */
    ST_DEMO_REPEAT,  /* the same key again, with `text` in the column */
    ST_DEMO_BY_HAND, /* written by the owner through st_demo_end_defect; listed last */
};

struct st_demo_defect_kind {
    const char *name;
    enum st_demo_damage damage;
    int column;
    const char *text;
};

struct st_demo_sheet_spec {
    const char *name;
    const char *header;
    const char *sum; /* the column that the manifest totals, or NULL */
    bool for_people; /* no part of the feed: the manifest leaves it out */
    int key;         /* a defective row gets its own key: the first letter becomes X; −1 none */
    bool each_defect_once; /* small reference files: every defect once, early on */
    struct st_demo_defect_kind defects[ST_DEMO_DEFECTS_MAX]; /* ends with a NULL name */
};

struct st_demo_sheet {
    const struct st_demo_sheet_spec *spec;
    char path[ST_DEMO_PATH_MAX];
    char partial[ST_DEMO_PATH_MAX]; /* where it is written until all files are whole */
    FILE *out;
    int error; /* errno of the first failed write */
    bool published;
    char *buffer;
    size_t used;
    char row[ST_DEMO_ROW_MAX]; /* each field followed by a comma */
    size_t row_len;
    size_t starts[ST_DEMO_COLUMNS_MAX + 1];
    int columns;
    int summed;           /* index of the summed column, once a row was written */
    st_wide row_sum, sum; /* at ST_DEMO_SUM_SCALE; every row whose field reads as a number */
    int64_t rows, bad_rows, bytes;
    int64_t defect_rows[ST_DEMO_DEFECTS_MAX];
    int bad_per_100k;
    int64_t credit; /* bad rows due × 100,000 */
    int next_defect;
};

ST_MUST_CHECK st_code st_demo_sheet_open(struct st_demo_sheet *sheet, const char *directory,
    const struct st_demo_sheet_spec *spec, int bad_per_100k, struct st_error *err);

void st_demo_field_text(struct st_demo_sheet *sheet, const char *text);
void st_demo_field_empty(struct st_demo_sheet *sheet);
/* The letters of `prefix`, then the number with at least `width` digits. */
void st_demo_field_number(
    struct st_demo_sheet *sheet, const char *prefix, int64_t value, int width);
/* 2025-12-31; ST_DEMO_NO_DATE is empty. */
void st_demo_field_date(struct st_demo_sheet *sheet, st_date date);
/* The value with `scale` decimals. */
void st_demo_field_decimal(struct st_demo_sheet *sheet, int64_t value, int scale);
/* The same, added to the manifest's sum; scale 0 or 2. */
void st_demo_field_summed(struct st_demo_sheet *sheet, int64_t value, int scale);

void st_demo_end_row(struct st_demo_sheet *sheet);
/* Ends the row as a defective one of the spec's kind `name`. */
void st_demo_end_defect(struct st_demo_sheet *sheet, const char *name);

ST_MUST_CHECK st_code st_demo_sheet_check(const struct st_demo_sheet *sheet, struct st_error *err);
/* Writes what is buffered and closes the file; it stays under its partial name. */
ST_MUST_CHECK st_code st_demo_sheet_finish(struct st_demo_sheet *sheet, struct st_error *err);
/* Gives the finished file its name. */
ST_MUST_CHECK st_code st_demo_sheet_publish(struct st_demo_sheet *sheet, struct st_error *err);
/* Frees the sheet; when `failed`, removes its file under either name. Harmless when repeated. */
void st_demo_sheet_discard(struct st_demo_sheet *sheet, bool failed);

enum { ST_DEMO_NO_DATE = INT32_MIN };

#endif
