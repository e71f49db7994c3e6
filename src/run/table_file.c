#include "run/table_file.h"

#include "run/table_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const struct st_table_ops *const formats[] = {[ST_EXPORT_CSV] = &st_table_csv,
    [ST_EXPORT_PARQUET] = &st_table_parquet,
    [ST_EXPORT_XLSX] = &st_table_xlsx};

st_code st_table_fail_write(const struct st_table_file *f, struct st_error *err)
{
    st_code code = st_fail(
        err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", f->spec.path, strerror(errno));
    st_error_hint(
        err, "check the folder, its permissions and the free space", "请检查目录、权限与剩余空间");
    return code;
}

/* A clear message before any work, whatever the format. */
static st_code make_temporary(const struct st_table_file *f, struct st_error *err)
{
    FILE *probe = fopen(f->temporary, "wb");
    if (!probe || fclose(probe) != 0)
        return st_table_fail_write(f, err);
    return ST_OK;
}

st_code st_table_file_open(struct st_arena *arena, const struct st_table_spec *spec,
    struct st_table_file **out, struct st_error *err)
{
    struct st_table_file *f = st_calloc(1, sizeof *f);
    *f = (struct st_table_file){.ops = formats[spec->format],
        .arena = arena,
        .spec = *spec,
        .temporary = st_arena_printf(arena, "%s.part%ld", spec->path, (long)getpid())};
    st_code code = make_temporary(f, err);
    if (code == ST_OK)
        code = f->ops->open(f, err);
    if (code == ST_OK)
        *out = f;
    else
        (void)!st_table_file_close(f, false, NULL);
    return code;
}

st_code st_table_file_add(
    struct st_table_file *f, const struct st_batch *batch, struct st_error *err)
{
    return f->ops->add(f, batch, err);
}

void st_table_file_note(
    struct st_table_file *f, bool heading, const char *const *cells, size_t count)
{
    struct st_table_note *note = st_vec_push(&f->notes);
    note->heading = heading;
    note->count = count;
    for (size_t i = 0; i < count; i++)
        note->cells[i] = cells[i];
}

/* On disk, then under its name: after a power cut there is no half file. */
static st_code publish(const struct st_table_file *f, struct st_error *err)
{
    int fd = open(f->temporary, O_RDONLY | O_CLOEXEC);
    bool bad = fd < 0 || fsync(fd) != 0;
    if (fd >= 0)
        close(fd);
    bad = bad || rename(f->temporary, f->spec.path) != 0;
    return bad ? st_table_fail_write(f, err) : ST_OK;
}

st_code st_table_file_close(struct st_table_file *f, bool commit, struct st_error *err)
{
    st_code code = commit ? f->ops->finish(f, err) : ST_OK;
    f->ops->release(f);
    if (commit && code == ST_OK)
        code = publish(f, err);
    if (!commit || code != ST_OK)
        unlink(f->temporary);
    st_vec_release(&f->notes);
    free(f);
    return code;
}
