/* A file of the bank while it is written: under a partial name until all files are whole.
 *
 * open → add (each block's sheet, in order) → finish → publish; then release. Write errors stick:
 * the caller asks st_demo_output_check now and then.
 */
#ifndef ST_DEMO_OUTPUT_H
#define ST_DEMO_OUTPUT_H

#include "demo/sheet.h"

#include <stdatomic.h>

enum { ST_DEMO_PATH_MAX = 4096, ST_DEMO_NAME_MAX = 32 };

struct st_demo_output {
    const struct st_demo_sheet_spec *spec;
    enum st_demo_format format;
    char name[ST_DEMO_NAME_MAX]; /* branches.csv */
    char path[ST_DEMO_PATH_MAX];
    char partial[ST_DEMO_PATH_MAX];
    char rows[ST_DEMO_PATH_MAX]; /* what is written row by row: the partial file, or what Parquet is
                                    made of */
    int fd;                      /* −1: closed */
    atomic_int error;            /* errno of the first failed write */
    bool published;
    int64_t bytes;
    struct st_demo_counts counts;
};

ST_MUST_CHECK st_code st_demo_output_open(struct st_demo_output *output,
    const struct st_demo_sheet_spec *spec, const struct st_demo_options *options,
    struct st_error *err);
/* Appends the sheet's rows and counts. */
void st_demo_output_add(struct st_demo_output *output, const struct st_demo_sheet *sheet);
ST_MUST_CHECK st_code st_demo_output_check(
    const struct st_demo_output *output, struct st_error *err);
/* Closes the file, and makes Parquet of it where that is asked for. */
ST_MUST_CHECK st_code st_demo_output_finish(struct st_demo_output *output, struct st_error *err);
/* Gives the finished file its name. */
ST_MUST_CHECK st_code st_demo_output_publish(struct st_demo_output *output, struct st_error *err);
/* When `failed`, removes the file under whatever name it has. */
void st_demo_output_release(struct st_demo_output *output, bool failed);

#endif
