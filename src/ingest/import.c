/* One import: mapping, files, manifest and lookups, then each file in the order of the mapping, all
 * in one transaction. Rejected: a transaction per file. A day's customers without its balances is a
 * state no bank was ever in. */
#include "ingest/import.h"

#include "base/vec.h"
#include "ingest/import_internal.h"
#include "ingest/internal.h"
#include "ingest/script.h"

static const char manifest_name[] = "manifest.yaml";

/* --- before the first file --- */

st_code st_import_currency(
    struct st_store *store, const char *code, int exponent, struct st_error *err)
{
    int64_t known[2];
    const struct st_bind binds[] = {st_bind_text(code), st_bind_int(exponent)};
    TRY(st_store_query_ints(store,
        "SELECT count(*), coalesce(max(exponent), 0) FROM currency WHERE code = $1", binds, 1,
        known, NULL, 2, err));
    if (known[0] == 0)
        return st_store_exec(
            store, "INSERT INTO currency (code, exponent) VALUES ($1, $2)", binds, 2, NULL, err);
    if (known[1] == exponent)
        return ST_OK;
    st_fail(err, ST_E_CONFLICT, "%s has %d decimals in this store, the mapping gives it %d",
        "%s 在此存储中有 %d 位小数，映射给出 %d 位", code, (int)known[1], exponent);
    st_error_hint(err,
        "amounts are stored as whole minor units: use another store, or the same decimals",
        "金额按最小单位的整数存放：请使用另一个存储，或相同的小数位数");
    return ST_E_CONFLICT;
}

static st_code declare_currencies(struct st_importer *im, struct st_error *err)
{
    const struct st_mapping *m = im->mapping;
    TRY(st_import_currency(im->store, m->currency, m->exponent, err));
    for (size_t i = 0; i < m->currency_count; i++)
        TRY(st_import_currency(im->store, m->currencies[i].code, m->currencies[i].exponent, err));
    return ST_OK;
}

static st_code declare_attribute(
    struct st_importer *im, const struct st_mapping_attribute *a, struct st_error *err)
{
    int64_t known[2];
    const char *type = st_attribute_type_names[a->type];
    const struct st_bind binds[] = {st_bind_text(a->name), st_bind_text(type)};
    TRY(st_store_query_ints(im->store,
        "SELECT count(*), count(*) FILTER (WHERE type = $2) FROM attribute WHERE name = $1", binds,
        2, known, NULL, 2, err));
    if (known[0] == 0)
        return st_store_exec(
            im->store, "INSERT INTO attribute (name, type) VALUES ($1, $2)", binds, 2, NULL, err);
    if (known[1] > 0)
        return ST_OK;
    st_code rc = st_fail_at(err, a->node, ST_E_CONFLICT,
        "attribute '%s' is of another type than %s in this store",
        "属性“%s”在此存储中的类型不是 %s", a->name, type);
    st_error_hint(err, "give it the type it was loaded with, or another name",
        "请使用导入时的类型，或另取名称");
    return rc;
}

static st_code declare_attributes(struct st_importer *im, struct st_error *err)
{
    const struct st_mapping *m = im->mapping;
    for (size_t s = 0; s < m->source_count; s++)
        for (size_t l = 0; l < m->sources[s].load_count; l++)
            for (size_t a = 0; a < m->sources[s].loads[l].attribute_count; a++)
                TRY(declare_attribute(im, &m->sources[s].loads[l].attributes[a], err));
    return ST_OK;
}

/* A feed is remembered so that a run can refuse when one that must report has not. */
static st_code declare_feeds(struct st_importer *im, struct st_error *err)
{
    for (size_t i = 0; i < im->mapping->source_count; i++) {
        const struct st_bind binds[] = {st_bind_text(im->mapping->sources[i].name),
            st_bind_text(im->mapping->name),
            {.type = ST_IR_BOOL, .integer = im->mapping->manifest_required}};
        int64_t known;
        TRY(st_store_query_ints(im->store,
            "SELECT count(*) FROM feed WHERE source = $1 AND mapping = $2", binds, 2, &known, NULL,
            1, err));
        TRY(st_store_exec(im->store,
            known ? "UPDATE feed SET manifest_required = $3 WHERE source = $1 AND mapping = $2"
                  : "INSERT INTO feed (source, mapping, manifest_required) VALUES ($1, $2, $3)",
            binds, ST_COUNT(binds), NULL, err));
    }
    return ST_OK;
}

static st_code fail_two_days(
    const struct st_manifest *manifest, st_date asked, struct st_error *err)
{
    char said[ST_DATE_TEXT_SIZE], text[ST_DATE_TEXT_SIZE];
    st_code rc = st_fail(err, ST_E_DATA, "the manifest %s says the files are of %s, not of %s",
        "清单 %s 写明文件日期为 %s，而非 %s", manifest->path, st_date_format(manifest->as_of, said),
        st_date_format(asked, text));
    st_error_hint(err, "leave --as-of out, or correct the manifest", "请去掉 --as-of，或更正清单");
    return rc;
}

/* What decides that a file was loaded before: its bytes, the mapping, and the day where values
 * depend on it. */
static st_code know_as_of(struct st_importer *im, struct st_error *err)
{
    struct st_import_report *r = im->report;
    struct st_hash hash;
    char text[ST_DATE_TEXT_SIZE];
    memcpy(im->mapping_hash, im->mapping->hash, sizeof im->mapping_hash);
    if (!im->mapping->uses_as_of)
        return ST_OK;
    if (!r->has_as_of) {
        st_fail(err, ST_E_USAGE, "%s needs to know which day the files are of: it uses as_of()",
            "%s 用到 as_of()，须给出文件的数据日期", im->mapping->path);
        st_error_hint(err, "add the day of the data: strata import … --as-of 2025-12-31",
            "请加上数据日期：strata import … --as-of 2025-12-31");
        return ST_E_USAGE;
    }
    st_hash_init(&hash);
    st_hash_add_text(&hash, im->mapping->hash);
    st_hash_add_text(&hash, st_date_format(r->as_of, text));
    st_hash_hex(&hash, im->mapping_hash);
    return ST_OK;
}

static st_code find_manifest(
    struct st_importer *im, const struct st_files *files, struct st_error *err)
{
    const struct st_import_options *o = im->options;
    const char *path = o->manifest;
    struct st_files beside =
        *files; /* the mapping's own folder counts only when it holds the files */
    beside.folder_count -= o->path_count > 0;
    if (!path)
        path = st_files_locate(im->arena, &beside, manifest_name);
    if (path) {
        TRY(st_manifest_load(im->arena, path, &im->manifest, err));
        im->report->manifest = im->manifest->path;
        if (o->as_of && *o->as_of != im->manifest->as_of)
            return fail_two_days(im->manifest, *o->as_of, err);
        im->report->has_as_of = true;
        im->report->as_of = im->manifest->as_of;
        return ST_OK;
    }
    if (!im->mapping->manifest_required)
        return ST_OK;
    st_fail(err, ST_E_DATA, "%s requires a manifest, and there is none",
        "%s 要求附带清单，但没有找到", im->mapping->path);
    st_error_hint(err, "put %s beside the files, or name it", "请把 %s 放在文件旁，或指定其路径",
        manifest_name);
    return ST_E_DATA;
}

static bool has_file(const struct st_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *slash = strrchr(files->items[i].path, '/');
        if (strcmp(slash ? slash + 1 : files->items[i].path, name) == 0)
            return true;
    }
    return false;
}

/* Every file the manifest lists is there, unless files were chosen by name, and every file there is
 * listed when a manifest is required. */
static st_code check_manifest(
    struct st_importer *im, const struct st_files *files, struct st_error *err)
{
    const struct st_manifest *m = im->manifest;
    for (size_t i = 0; m && !files->chosen && i < m->file_count; i++)
        if (!has_file(files, m->files[i].name)) {
            st_fail_at(err, m->files[i].node, ST_E_DATA, "the manifest lists %s, which is missing",
                "清单列出的 %s 不存在", m->files[i].name);
            st_error_hint(err, "nothing was imported; ask the sender for the file",
                "未导入任何数据；请向发送方索取该文件");
            return ST_E_DATA;
        }
    for (size_t i = 0; m && im->mapping->manifest_required && i < files->count; i++)
        if (!st_manifest_find(m, files->items[i].path)) {
            st_fail(err, ST_E_DATA, "%s is not listed in the manifest %s", "%s 不在清单 %s 中",
                files->items[i].path, m->path);
            st_error_hint(err, "nothing was imported; list the file, or move it away",
                "未导入任何数据；请把该文件列入清单，或移走");
            return ST_E_DATA;
        }
    return ST_OK;
}

static st_code load_lookups(
    struct st_importer *im, const struct st_files *files, struct st_error *err)
{
    const struct st_mapping *m = im->mapping;
    im->lookups = st_arena_array(im->arena, struct st_lookup *, m->lookup_count + 1);
    for (size_t i = 0; i < m->lookup_count; i++) {
        const char *path = st_files_locate(im->arena, files, m->lookups[i].file);
        if (!path)
            return st_fail_at(err, st_node_get(m->lookups[i].node, "file"), ST_E_NOT_FOUND,
                "the lookup file %s is not there", "查找文件 %s 不存在", m->lookups[i].file);
        TRY(st_lookup_load(im->arena, &m->lookups[i], path, &im->lookups[i], err));
    }
    return ST_OK;
}

/* --- files --- */

static st_code find_fix(struct st_importer *im, struct st_files *files, struct st_error *err)
{
    const struct st_import_options *o = im->options;
    const struct st_mapping_source *source = st_mapping_source(im->mapping, o->fix_source);
    if (!source) {
        st_fail(err, ST_E_USAGE, "%s has no source '%s'", "%s 没有来源“%s”", im->mapping->path,
            o->fix_source);
        return ST_E_USAGE;
    }
    /* Lookups are still needed: found beside the mapping, or below the paths. */
    st_code rc = st_files_find(im->arena, im->mapping, o->paths, o->path_count, files, NULL);
    (void)rc; /* no other file need be there */
    files->items = st_arena_new(im->arena, struct st_files_entry);
    files->items[0] = (struct st_files_entry){source, o->fix_file, 0};
    files->count = 1;
    return ST_OK;
}

static st_code import_files(
    struct st_importer *im, const struct st_files *files, struct st_error *err)
{
    struct st_import_report *r = im->report;
    r->files = st_arena_array(im->arena, struct st_import_file, files->count);
    for (size_t i = 0; i < files->count; i++)
        im->bytes_total += files->items[i].bytes;
    for (size_t i = 0; i < files->count; i++) {
        TRY(st_import_file(im, &files->items[i], &r->files[r->file_count], err));
        im->bytes_before += files->items[i].bytes;
        im->rows_before += r->files[r->file_count++].rows_read;
    }
    return ST_OK;
}

static void report_missing(struct st_importer *im, const struct st_files *files)
{
    struct st_import_report *r = im->report;
    r->sources_without_file = st_arena_array(im->arena, const char *, im->mapping->source_count);
    for (size_t i = 0; i < im->mapping->source_count; i++) {
        size_t k = 0;
        while (k < files->count && files->items[k].source != &im->mapping->sources[i])
            k++;
        if (k == files->count)
            r->sources_without_file[r->sources_without_file_count++] = im->mapping->sources[i].name;
    }
}

static st_code import_all(struct st_importer *im, struct st_error *err)
{
    struct st_files files;
    const struct st_import_options *o = im->options;
    im->report->has_as_of = o->as_of != NULL;
    im->report->as_of = o->as_of ? *o->as_of : 0;
    if (o->fix_file) {
        TRY(find_fix(im, &files, err));
    } else {
        TRY(st_files_find(im->arena, im->mapping, o->paths, o->path_count, &files, err));
        TRY(find_manifest(im, &files, err));
        TRY(check_manifest(im, &files, err));
        report_missing(im, &files);
    }
    TRY(know_as_of(im, err));
    TRY(load_lookups(im, &files, err));
    TRY(st_script_run(im->store, "ingest/prime.sql", NULL, 0, NULL, NULL, err));
    TRY(declare_currencies(im, err));
    TRY(declare_attributes(im, err));
    TRY(declare_feeds(im, err));
    TRY(st_store_query_ints(im->store, "SELECT coalesce(max(load_id), 0) + 1 FROM load", NULL, 0,
        &im->next_load, NULL, 1, err));
    return import_files(im, &files, err);
}

st_code st_import(struct st_store *store, struct st_arena *arena,
    const struct st_import_options *options, struct st_import_report *report, struct st_error *err)
{
    struct st_importer im = {.store = store, .arena = arena, .options = options, .report = report};
    *report = (struct st_import_report){0};
    if ((options->fix_file == NULL) != (options->fix_source == NULL))
        return st_fail(err, ST_E_USAGE, "a fix needs both the file and its source",
            "修复导入需要同时给出文件和来源");
    TRY(st_mapping_load(arena, options->mapping, &im.mapping, err));
    report->mapping = im.mapping->name;
    TRY(st_store_begin(store, err));
    st_code rc = import_all(&im, err);
    if (rc == ST_OK)
        rc = st_store_commit(store, err);
    if (rc != ST_OK)
        st_store_rollback(store);
    return rc;
}
