/* Rows of one file, formatted in memory, with a sprinkle of defective ones.
 *
 * open → begin block → (field… → end_row)… → take the text → begin the next block … → close.
 * A block is a range of customers; what a sheet makes of it depends on the seed and the block only,
 * so blocks can be written by any thread and joined in order (output.h).
 *
 * A defective row is a copy of a good row with one thing wrong, written after it, so that the good
 * rows alone are always a whole and consistent bank.
 */
#ifndef ST_DEMO_SHEET_H
#define ST_DEMO_SHEET_H

#include "base/date.h"
#include "base/decimal.h"
#include "base/str.h"
#include "demo/demo.h"

#include <iconv.h>

enum {
    ST_DEMO_ROW_MAX = 1024,
    ST_DEMO_COLUMNS_MAX = 48,
    ST_DEMO_DEFECTS_MAX = 16,
    ST_DEMO_SUM_SCALE = 8,
};

enum st_demo_damage {
    ST_DEMO_REPLACE,  /* the column holds `text` instead */
    ST_DEMO_EXTEND,   /* the amount gets one decimal more */
    ST_DEMO_LENGTHEN, /* the column goes on and on */
    ST_DEMO_REPEAT,   /* the same key again, with `text` in the column */
    ST_DEMO_CUT,      /* the row ends after `column` columns; this and the next are no damage that
                         Parquet can hold */
    ST_DEMO_QUOTE,    /* the column holds `text`, which has a quote too many */
    ST_DEMO_MISCODE,  /* the column holds bytes of another encoding */
    ST_DEMO_ZERO,     /* the column ends with a zero byte */
    ST_DEMO_RUN_ON,   /* separators and line ends are lost: a row of more than 1 MiB */
    ST_DEMO_BY_HAND,  /* written by the owner through st_demo_end_defect; listed last */
};

struct st_demo_defect_kind {
    const char *name;
    enum st_demo_damage damage;
    int column;
    const char *text;
    bool once; /* not again in this file */
};

enum st_demo_date_form { ST_DEMO_DATE_ISO, ST_DEMO_DATE_SLASH, ST_DEMO_DATE_BARE, ST_DEMO_DATE_ZH };

struct st_demo_sheet_spec {
    const char *name;      /* without its ending */
    const char *header;    /* column names, separated by commas */
    const char *header_zh; /* the same in a GB18030 file */
    const char *types;     /* a letter a column, in Parquet: t text, d date, n number, i integer */
    enum st_demo_date_form date_form; /* in a GB18030 file */
    int sum;                          /* the column that the manifest totals; 0: none */
    bool for_people;                  /* no part of the feed: the manifest leaves it out */
    int key; /* a defective row gets its own key: the first letter becomes X; −1 none */
    bool each_defect_once; /* small reference files: every defect once, at the beginning */
    struct st_demo_defect_kind defects[ST_DEMO_DEFECTS_MAX]; /* ends with a NULL name */
};

/* What a block adds to its file. */
struct st_demo_counts {
    int64_t rows, bad_rows;
    int64_t defect_rows[ST_DEMO_DEFECTS_MAX];
    st_wide sum; /* at ST_DEMO_SUM_SCALE; every row whose field reads as a number */
};

struct st_demo_sheet {
    const struct st_demo_sheet_spec *spec;
    enum st_demo_format format;
    iconv_t iconv;      /* from UTF-8, in a GB18030 file */
    struct st_str text; /* whole rows */
    struct st_demo_counts counts;
    char row[ST_DEMO_ROW_MAX]; /* each field followed by a comma */
    size_t row_len;
    size_t starts[ST_DEMO_COLUMNS_MAX + 1];
    int columns;
    int summed;      /* index of the summed column, once a row was written */
    st_wide row_sum; /* of the row being written */
    st_date date;    /* the last one written, and how: rows mostly repeat it */
    char date_text[20];
    size_t date_len;
    int bad_per_100k;
    int kinds;      /* of defects that rows turn into by themselves */
    int introduced; /* of them, in the first block */
    int waited;     /* rows since the last one introduced */
    int64_t credit; /* bad rows due × 100,000 */
    int next_defect;
};

/* `options` outlive the sheet. */
void st_demo_sheet_open(struct st_demo_sheet *sheet, const struct st_demo_sheet_spec *spec,
    const struct st_demo_options *options);
void st_demo_sheet_close(struct st_demo_sheet *sheet);
/* Empties the sheet; `stream` tells the files of a block apart. In block 0 every kind of defect
 * has its turn early, later blocks go round from a kind drawn. */
void st_demo_sheet_begin(
    struct st_demo_sheet *sheet, const struct st_demo_options *options, int64_t block, int stream);

/* `text` is UTF-8, at most some hundred bytes. */
void st_demo_field_text(struct st_demo_sheet *sheet, const char *text);
void st_demo_field_empty(struct st_demo_sheet *sheet);
/* The letters of `prefix`, then the number with at least `width` digits. */
void st_demo_field_number(
    struct st_demo_sheet *sheet, const char *prefix, int64_t value, int width);
/* A count or a score; in full-width digits in a GB18030 file. */
void st_demo_field_count(struct st_demo_sheet *sheet, int64_t value);
/* Y or N; 是 or 否 in a GB18030 file. */
void st_demo_field_yes(struct st_demo_sheet *sheet, bool yes);
/* 2025-12-31, or the form of the file; ST_DEMO_NO_DATE is empty. */
void st_demo_field_date(struct st_demo_sheet *sheet, st_date date);
/* The value with `scale` decimals. */
void st_demo_field_decimal(struct st_demo_sheet *sheet, int64_t value, int scale);
/* Minor units of a currency with `exponent` decimals; in a GB18030 file in units of 10,000. */
void st_demo_field_money(struct st_demo_sheet *sheet, int64_t minor, int exponent);
/* The same, added to the manifest's sum as it is written. */
void st_demo_field_money_summed(struct st_demo_sheet *sheet, int64_t minor, int exponent);
void st_demo_field_decimal_summed(struct st_demo_sheet *sheet, int64_t value, int scale);

void st_demo_end_row(struct st_demo_sheet *sheet);
/* Ends the row as a defective one of the spec's kind `name`. */
void st_demo_end_defect(struct st_demo_sheet *sheet, const char *name);

/* The header row, as it stands in the file, added to `text`. */
void st_demo_header(struct st_demo_sheet *sheet, struct st_str *text);

enum { ST_DEMO_NO_DATE = INT32_MIN };

#endif
