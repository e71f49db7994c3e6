#include "ingest/files.h"

#include "base/vec.h"
#include "ingest/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>

struct names ST_VEC(const char *);

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *folder_of(struct st_arena *arena, const char *path)
{
    const char *name = base_name(path);
    if (name == path)
        return ".";
    size_t len = (size_t)(name - path);
    return st_arena_strndup(arena, path, len > 1 ? len - 1 : 1);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Regular files of `folder` whose names match, sorted by their bytes. A pattern may begin with a
 * path below the folder; the name alone is a glob. */
static void list_matches(
    struct st_arena *arena, const char *folder, const char *pattern, struct names *out)
{
    const char *name = base_name(pattern);
    const char *below = name == pattern ? folder
                                        : st_arena_printf(arena, "%s/%.*s", folder,
                                              (int)(name - pattern - 1), pattern);
    DIR *dir = opendir(below);
    size_t first = out->count;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct stat info;
        if (fnmatch(name, e->d_name, FNM_PERIOD) != 0)
            continue;
        const char *path = strcmp(below, ".") == 0
                               ? st_arena_strdup(arena, e->d_name)
                               : st_arena_printf(arena, "%s/%s", below, e->d_name);
        if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
            *st_vec_push(out) = path;
    }
    if (dir)
        closedir(dir);
    if (out->count > first)
        qsort(out->items + first, out->count - first, sizeof *out->items, compare_names);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static st_code fail_unmatched(
    const struct st_mapping *mapping, const char *path, struct st_error *err)
{
    struct st_str list = ST_STR_INIT;
    for (size_t i = 0; i < mapping->source_count; i++)
        st_str_addf(&list, "%s%s", i ? ", " : "", mapping->sources[i].file);
    st_fail(err, ST_E_NOT_FOUND, "no source of %s reads %s", "%s 中没有来源读取 %s", mapping->path,
        path);
    st_error_allowed(err, "%s", "%s", list.text);
    st_error_hint(err,
        "a source reads the names its file: gives; change it there, bank_*.csv takes many",
        "数据源按其 file: 给出的文件名读取；可在映射中修改，如 bank_*.csv 可匹配多个文件");
    st_str_release(&list);
    return ST_E_NOT_FOUND;
}

static st_code check_paths(struct st_arena *arena, const struct st_mapping *mapping,
    const char *const *paths, size_t path_count, struct st_files *out, struct st_error *err)
{
    out->folders = st_arena_array(arena, const char *, path_count + 1);
    for (size_t i = 0; i < path_count; i++) {
        struct stat info;
        if (stat(paths[i], &info) != 0) {
            st_code code = errno == ENOENT ? ST_E_NOT_FOUND : ST_E_IO;
            const struct st_text why = st_error_system(errno);
            st_fail(err, code, "cannot open %s: %s%.0s", "无法打开 %s：%.0s%s", paths[i], why.en,
                why.zh);
            st_error_hint(
                err, "name a folder of files, or a file", "请给出文件所在目录，或某个文件");
            return code;
        }
        bool matched = S_ISDIR(info.st_mode);
        out->chosen = out->chosen || !matched;
        for (size_t k = 0; !matched && k < mapping->source_count; k++)
            matched =
                fnmatch(base_name(mapping->sources[k].file), base_name(paths[i]), FNM_PERIOD) == 0;
        if (!matched)
            return fail_unmatched(mapping, paths[i], err);
        out->folders[out->folder_count++] =
            S_ISDIR(info.st_mode) ? paths[i] : folder_of(arena, paths[i]);
    }
    out->folders[out->folder_count++] = folder_of(arena, mapping->path);
    return ST_OK;
}

static void list_source(struct st_arena *arena, const struct st_mapping_source *source,
    const char *const *paths, size_t path_count, struct names *out)
{
    for (size_t i = 0; i < path_count; i++) {
        if (is_folder(paths[i]))
            list_matches(arena, paths[i], source->file, out);
        else if (fnmatch(base_name(source->file), base_name(paths[i]), FNM_PERIOD) == 0)
            *st_vec_push(out) = paths[i];
    }
}

st_code st_files_find(struct st_arena *arena, const struct st_mapping *mapping,
    const char *const *paths, size_t path_count, struct st_files *out, struct st_error *err)
{
    struct ST_VEC(struct st_files_entry) found = {0};
    const char *own = folder_of(arena, mapping->path);
    *out = (struct st_files){0};
    TRY(check_paths(arena, mapping, paths, path_count, out, err));
    if (path_count == 0) {
        paths = &own;
        path_count = 1;
    }
    for (size_t i = 0; i < mapping->source_count; i++) {
        struct names names = {0};
        list_source(arena, &mapping->sources[i], paths, path_count, &names);
        for (size_t k = 0; k < names.count; k++) {
            struct stat info;
            bool repeated = false;
            for (size_t j = 0; j < k; j++)
                repeated = repeated || strcmp(names.items[j], names.items[k]) == 0;
            if (repeated || stat(names.items[k], &info) != 0)
                continue;
            *st_vec_push(&found) = (struct st_files_entry){
                &mapping->sources[i], names.items[k], (int64_t)info.st_size};
        }
        st_vec_release(&names);
    }
    out->count = found.count;
    out->items = st_arena_array(arena, struct st_files_entry, found.count + 1);
    if (found.count > 0)
        memcpy(out->items, found.items, found.count * sizeof *found.items);
    st_vec_release(&found);
    return out->count > 0 ? ST_OK : fail_unmatched(mapping, paths[0], err);
}

const char *st_files_locate(
    struct st_arena *arena, const struct st_files *files, const char *pattern)
{
    const char *found = NULL;
    for (size_t i = 0; !found && i < files->folder_count; i++) {
        struct names names = {0};
        list_matches(arena, files->folders[i], pattern, &names);
        if (names.count > 0)
            found = names.items[0];
        st_vec_release(&names);
    }
    return found;
}
