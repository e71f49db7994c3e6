/* The drafts are tried before anybody sees them: the files are imported by the mapping into a store
 * in memory, and the policy rates what is there. A draft that parses but quarantines every row
 * would help nobody. */
#include "app/draft.h"

#include "run/run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct document {
    const char *path;
    const char *aside; /* written and tried under this name, then renamed */
    const char *text;
};

static st_code fail_write(const char *path, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    st_error_hint(err, "choose a folder you may write: strata init … -o FOLDER",
        "请另选可写的目录：strata init … -o 目录");
    return code;
}

static st_code check_free(const struct document *d, bool force, struct st_error *err)
{
    if (force || access(d->path, F_OK) != 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "%s is already there", "%s 已经存在", d->path);
    st_error_hint(err, "keep it and draft elsewhere with -o FOLDER, or replace it with --force",
        "可用 -o 目录 另存，或用 --force 覆盖");
    return code;
}

/* The folder named by -o, made when it is missing. */
static st_code make_directory(const char *path, bool *made, struct st_error *err)
{
    *made = mkdir(path, 0777) == 0;
    return *made || errno == EEXIST ? ST_OK : fail_write(path, err);
}

static st_code write_aside(const struct document *d, struct st_error *err)
{
    FILE *file = fopen(d->aside, "wb");
    if (!file)
        return fail_write(d->aside, err);
    size_t len = strlen(d->text);
    bool bad =
        fwrite(d->text, 1, len, file) != len || fflush(file) != 0 || fsync(fileno(file)) != 0;
    bad |= fclose(file) != 0;
    return bad ? fail_write(d->aside, err) : ST_OK;
}

static int64_t bytes_of(const struct st_draft_options *o)
{
    int64_t total = 0;
    for (size_t i = 0; i < o->path_count; i++) {
        struct stat info;
        size_t len = strlen(o->paths[i]);
        bool gzip = len > 3 && strcmp(o->paths[i] + len - 3, ".gz") == 0;
        if (stat(o->paths[i], &info) == 0)
            total += (int64_t)info.st_size * (gzip ? 8 : 1);
    }
    return total;
}

/* Imports and rates in memory. */
static st_code try_drafts(const struct st_app_store *where, struct st_arena *arena,
    const struct st_app_draft_options *o, const struct document *mapping,
    const struct document *policy, struct st_app_draft_report *r, struct st_error *err)
{
    struct st_store_options options = {
        .create = true, .threads = where->threads, .memory_bytes_max = where->memory_bytes_max};
    struct st_store *store = NULL;
    struct st_policy *parsed = NULL;
    char now[ST_NOW_SIZE];
    const struct st_import_options import = {.mapping = mapping->aside,
        .paths = o->draft.paths,
        .path_count = o->draft.path_count,
        .as_of = r->draft.import_needs_as_of ? &r->draft.as_of : NULL,
        .loaded_at = st_app_now(now)};
    const struct st_run_options run = {.as_of = r->draft.as_of, .now = now};
    st_code code = st_store_open(":memory:", &options, &store, err);
    if (code == ST_OK)
        code = st_import(store, arena, &import, &r->import, err);
    if (code == ST_OK)
        code =
            st_policy_parse(arena, policy->path, policy->text, strlen(policy->text), &parsed, err);
    if (code == ST_OK)
        code = st_run(store, arena, parsed, &run, &r->run, err);
    st_store_close(store);
    r->tried = code == ST_OK;
    return code;
}

static st_code check_drafts(const struct st_app_store *where, struct st_arena *arena,
    const struct st_app_draft_options *o, const struct document *mapping,
    const struct document *policy, struct st_app_draft_report *r, struct st_error *err)
{
    struct st_compiled *compiled;
    st_code code = st_draft_check_mapping(arena, mapping->aside, err);
    if (code == ST_OK)
        code = st_app_check(arena, policy->aside, false, false, &compiled, err);
    if (code == ST_OK && bytes_of(&o->draft) <= ST_APP_DRAFT_TRIED_BYTES_MAX)
        code = try_drafts(where, arena, o, mapping, policy, r, err);
    return code;
}

/* A store that is there stays as it is, when it is one. */
static st_code make_store(
    const struct st_app_store *where, struct st_app_draft_report *r, struct st_error *err)
{
    struct st_store_options options = {
        .threads = where->threads, .reads = true, .task = where->task};
    struct st_store *store = NULL;
    struct st_error why = {0};
    st_code code = st_store_open(where->location, &options, &store, &why);
    st_store_close(store);
    r->made_store = code == ST_E_NOT_FOUND;
    if (r->made_store)
        return st_app_init(where, err);
    if (code != ST_OK && err && err->code == ST_OK)
        *err = why;
    return code;
}

static st_code publish(const struct document *d, struct st_error *err)
{
    return rename(d->aside, d->path) == 0 ? ST_OK : fail_write(d->path, err);
}

/* The second of the two; when it cannot be put in place, the first goes too. */
static st_code publish_policy(const struct document *mapping, const struct document *policy,
    bool replaced, struct st_error *err)
{
    st_code code = publish(policy, err);
    if (code != ST_OK && !replaced)
        unlink(mapping->path);
    return code;
}

static struct document document(struct st_arena *arena, const char *directory, const char *name)
{
    const char *slash = strcmp(directory, ".") == 0 ? "" : "/";
    const char *folder = *slash ? directory : "";
    return (struct document){.path = st_arena_printf(arena, "%s%s%s.yaml", folder, slash, name),
        .aside = st_arena_printf(arena, "%s%s.%s-%ld.yaml", folder, slash, name, (long)getpid())};
}

st_code st_app_draft(const struct st_app_store *where, struct st_arena *arena,
    const struct st_app_draft_options *o, struct st_app_draft_report *r, struct st_error *err)
{
    struct document mapping = document(arena, o->directory, "mapping");
    struct document policy = document(arena, o->directory, "policy");
    struct st_draft_options draft = o->draft;
    bool made_directory = false;
    *r = (struct st_app_draft_report){.mapping_path = mapping.path, .policy_path = policy.path};
    draft.today = st_app_today();
    st_code code = check_free(&mapping, o->force, err);
    if (code == ST_OK)
        code = check_free(&policy, o->force, err);
    if (code == ST_OK)
        code = st_draft_make(arena, &draft, &r->draft, err);
    mapping.text = r->draft.mapping;
    policy.text = r->draft.policy;
    if (code == ST_OK)
        code = make_directory(o->directory, &made_directory, err);
    if (code == ST_OK)
        code = write_aside(&mapping, err);
    if (code == ST_OK)
        code = write_aside(&policy, err);
    if (code == ST_OK)
        code = check_drafts(where, arena, o, &mapping, &policy, r, err);
    if (code == ST_OK)
        code = make_store(where, r, err);
    if (code == ST_OK)
        code = publish(&mapping, err);
    if (code == ST_OK)
        code = publish_policy(&mapping, &policy, o->force, err);
    if (code != ST_OK) {
        unlink(mapping.aside);
        unlink(policy.aside);
        if (made_directory)
            rmdir(o->directory);
    }
    return code;
}
