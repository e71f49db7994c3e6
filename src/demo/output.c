#include "demo/output.h"

#include "demo/parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static st_code write_failed(const char *path, int error, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(error));
    st_error_hint(err, "check free space and that you may write there",
        "请检查磁盘剩余空间和该目录的写入权限");
    return code;
}

static void write_all(struct st_demo_output *o, const char *text, size_t len)
{
    while (len > 0 && o->error == 0) {
        ssize_t written = write(o->fd, text, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            o->error = written < 0 ? errno : EIO;
            return;
        }
        text += written;
        len -= (size_t)written;
        o->bytes += written;
    }
}

st_code st_demo_output_open(struct st_demo_output *o, const struct st_demo_sheet_spec *spec,
    const struct st_demo_options *options, struct st_error *err)
{
    memset(o, 0, sizeof *o);
    o->spec = spec;
    o->format = options->format;
    o->fd = -1;
    bool parquet = o->format == ST_DEMO_PARQUET;
    snprintf(o->name, sizeof o->name, "%s.%s", spec->name, parquet ? "parquet" : "csv");
    int len = snprintf(o->partial, sizeof o->partial, "%s/%s.partial", options->directory, o->name);
    if (len < 0 || (size_t)len + sizeof ".rows" >= sizeof o->partial)
        return st_fail(err, ST_E_LIMIT, "the path of %s is longer than %d bytes",
            "%s 的路径超过 %d 字节", o->name, ST_DEMO_PATH_MAX - 8);
    snprintf(o->path, sizeof o->path, "%s/%s", options->directory, o->name);
    snprintf(o->rows, sizeof o->rows, "%s/%s%s", options->directory, o->name,
        parquet ? ".rows" : ".partial");
    o->fd = open(o->rows, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd < 0)
        return write_failed(o->rows, errno, err);
    struct st_demo_sheet sheet;
    struct st_str header = ST_STR_INIT;
    st_demo_sheet_open(&sheet, spec, options);
    st_demo_header(&sheet, &header);
    write_all(o, header.text, header.len);
    st_str_release(&header);
    st_demo_sheet_close(&sheet);
    return ST_OK;
}

void st_demo_output_add(struct st_demo_output *o, const struct st_demo_sheet *sheet)
{
    write_all(o, sheet->text.text, sheet->text.len);
    o->counts.rows += sheet->counts.rows;
    o->counts.bad_rows += sheet->counts.bad_rows;
    o->counts.sum += sheet->counts.sum;
    for (int i = 0; i < ST_DEMO_DEFECTS_MAX; i++)
        o->counts.defect_rows[i] += sheet->counts.defect_rows[i];
}

st_code st_demo_output_check(const struct st_demo_output *o, struct st_error *err)
{
    int error = o->error;
    return error ? write_failed(o->rows, error, err) : ST_OK;
}

st_code st_demo_output_finish(struct st_demo_output *o, struct st_error *err)
{
    if (close(o->fd) != 0 && o->error == 0)
        o->error = errno;
    o->fd = -1;
    st_code code = st_demo_output_check(o, err);
    if (code != ST_OK || o->format != ST_DEMO_PARQUET)
        return code;
    code = st_demo_parquet(o->spec, o->rows, o->partial, err);
    struct stat made;
    if (code == ST_OK && stat(o->partial, &made) == 0)
        o->bytes = made.st_size;
    if (unlink(o->rows) != 0 && code == ST_OK)
        code = write_failed(o->rows, errno, err);
    return code;
}

st_code st_demo_output_publish(struct st_demo_output *o, struct st_error *err)
{
    if (rename(o->partial, o->path) != 0)
        return write_failed(o->path, errno, err);
    o->published = true;
    return ST_OK;
}

void st_demo_output_release(struct st_demo_output *o, bool failed)
{
    if (!o->spec)
        return;
    if (o->fd >= 0)
        close(o->fd);
    o->fd = -1;
    if (!failed)
        return;
    unlink(o->rows);
    unlink(o->published ? o->path : o->partial);
}
