/* What a format of table_file.h implements. */
#ifndef ST_RUN_TABLE_INTERNAL_H
#define ST_RUN_TABLE_INTERNAL_H

#include "base/vec.h"
#include "run/internal.h"
#include "run/table_file.h"

struct st_table_note {
    bool heading;
    size_t count;
    const char *cells[ST_TABLE_NOTE_CELLS];
};

struct st_table_file {
    const struct st_table_ops *ops;
    struct st_arena *arena;
    struct st_table_spec spec;
    const char *temporary; /* what the format writes */
    void *state;           /* the format's own */
    struct ST_VEC(struct st_table_note) notes;
};

struct st_table_ops {
    st_code (*open)(struct st_table_file *file, struct st_error *err);
    st_code (*add)(struct st_table_file *file, const struct st_batch *batch, struct st_error *err);
    /* Completes the temporary file. */
    st_code (*finish)(struct st_table_file *file, struct st_error *err);
    /* Frees the state; at any time after open, which may have failed. */
    void (*release)(struct st_table_file *file);
};

extern const struct st_table_ops st_table_csv, st_table_parquet, st_table_xlsx;

/* ST_E_IO, the path and errno's text. */
ST_MUST_CHECK st_code st_table_fail_write(const struct st_table_file *file, struct st_error *err);

/* Whether the workbook at `path` has `sheets` sheets that end as sheets end and hold `rows` rows in
 * all: libxlsxwriter does not look whether its temporary files could be written. Cost: unpacks
 * every sheet once. */
bool st_xlsx_is_whole(const char *path, uint64_t sheets, uint64_t rows);

#endif
