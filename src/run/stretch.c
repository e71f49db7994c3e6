/* Which version of which policy a command runs, day by day.
 *
 * Rejected: checking the version inside st_run. A series may change its version, and with it its
 * metrics and even its calendar, so it is cut into stretches of one version each. */
#include "run/internal.h"
#include "run/version.h"

struct stretches {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_run_options *options;
    st_date first; /* of the series */
    struct {
        struct st_stretch *items;
        size_t count, cap;
    } found;
};

/* Versions of one policy that are in force on some day, by their first day. */
struct lives {
    struct st_version *items;
    size_t count;
};

static int by_from(const void *a, const void *b)
{
    const struct st_version *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static struct lives lives_of(struct st_version *all, size_t count)
{
    struct lives lives = {all, 0};
    for (size_t i = 0; i < count; i++)
        if (all[i].state == ST_VERSION_APPROVED &&
            (!all[i].has_until || all[i].until > all[i].from))
            lives.items[lives.count++] = all[i];
    qsort(lives.items, lives.count, sizeof *lives.items, by_from);
    return lives;
}

static st_code parse_version(struct st_arena *arena, const struct st_version *v,
    struct st_policy **out, struct st_error *err)
{
    const char *source = st_arena_printf(arena, "%s, version %lld", v->name, (long long)v->version);
    return st_policy_parse(arena, source, v->body, strlen(v->body), out, err);
}

static st_code fail_not_in_force(
    const char *name, st_date day, const struct lives *lives, struct st_error *err)
{
    char text[ST_DATE_TEXT_SIZE], from[ST_DATE_TEXT_SIZE];
    st_code code = st_fail(err, ST_E_NOT_FOUND, "no version of policy %s is in force on %s",
        "策略 %s 在 %s 没有生效的版本", name, st_date_format(day, text));
    st_error_value(err, "%s", text);
    struct st_str known = ST_STR_INIT;
    for (size_t i = 0; i < lives->count; i++)
        st_str_addf(&known, "%s%lld: %s", i ? ", " : "", (long long)lives->items[i].version,
            st_date_format(lives->items[i].from, from));
    st_error_allowed(
        err, "days from the first one of a version: %s", "各版本生效日起：%s", known.text);
    st_str_release(&known);
    st_error_hint(err, "strata policy list STORE; strata policy approve STORE VERSION --from DATE",
        "strata policy list 库；strata policy approve 库 版本 --from 日期");
    return code;
}

/* A file that is not what was approved. */
static st_code fail_other_file(
    const struct st_policy *file, const struct st_version *v, st_date day, struct st_error *err)
{
    char text[ST_DATE_TEXT_SIZE];
    st_code code =
        st_fail(err, ST_E_CONFLICT, "%s is not the version of policy %s that is in force on %s",
            "%s 不是策略 %s 在 %s 生效的版本", file->source, file->name, st_date_format(day, text));
    st_error_value(err, "%.12s", file->hash);
    st_error_allowed(
        err, "version %lld (%.12s)", "版本 %lld（%.12s）", (long long)v->version, v->hash);
    st_error_hint(err,
        "leave the file out to run the version in force; strata policy draft, submit, approve make "
        "the file the next version; under another name: it runs by itself",
        "不写文件即运行生效版本；strata policy draft、submit、approve 可使该文件成为新版本；"
        "改用其他 name: 则可单独运行");
    return code;
}

/* The days of [from, to] on which a version's calendar rates; in a series only. */
static size_t rating_days(const struct stretches *s, const struct st_policy *policy, st_date from,
    st_date to, st_date *first)
{
    if (from > to)
        return 0;
    *first = from;
    return s->options->every
               ? st_run_dates(policy->period, policy->fiscal_month, from, to, first, 1)
               : 1;
}

static st_code add_stretch(struct stretches *s, const struct st_policy *file,
    const struct st_version *v, struct st_policy *policy, st_date from, st_date to,
    struct st_error *err)
{
    st_date first;
    if (rating_days(s, policy, from, to, &first) == 0)
        return ST_OK;
    if (file && strcmp(file->hash, v->hash) != 0)
        return fail_other_file(file, v, first, err);
    *st_vec_push(&s->found) = (struct st_stretch){policy, v->version, from, to};
    return ST_OK;
}

/* One policy's stretches; days between versions may not hold a rating day of the next one, nor of
 * the last one after its end. */
static st_code add_policy(struct stretches *s, const struct st_policy *file, const char *name,
    const struct lives *lives, struct st_error *err)
{
    st_date next = s->first, last = s->options->as_of, missing;
    struct st_policy *policy = NULL;
    size_t known = s->found.count;
    for (size_t i = 0; i < lives->count; i++) {
        const struct st_version *v = &lives->items[i];
        st_date until = v->has_until ? v->until - 1 : last;
        if (until < next)
            continue;
        TRY(parse_version(s->arena, v, &policy, err));
        st_date gap = v->from - 1 < last ? v->from - 1 : last;
        if (rating_days(s, policy, next, gap, &missing))
            return fail_not_in_force(name, missing, lives, err);
        st_date from = v->from > next ? v->from : next;
        TRY(add_stretch(s, file, v, policy, from, until < last ? until : last, err));
        next = until + 1;
    }
    if (next <= last && (!policy || rating_days(s, policy, next, last, &missing)))
        return fail_not_in_force(name, policy ? missing : last, lives, err);
    if (s->found.count > known || lives->count == 0)
        return ST_OK;
    const struct st_version *v = &lives->items[lives->count - 1]; /* st_run says what is wrong */
    TRY(parse_version(s->arena, v, &policy, err));
    *st_vec_push(&s->found) = (struct st_stretch){policy, v->version, s->first, last};
    return ST_OK;
}

static st_code fail_nothing(struct st_store *store, const char *name, struct st_error *err)
{
    st_code code = name ? st_fail(err, ST_E_NOT_FOUND, "no version of policy %s was approved",
                              "策略 %s 没有已批准的版本", name)
                        : st_fail(err, ST_E_NOT_FOUND, "no policy of %s was approved",
                              "%s 中没有已批准的策略", st_store_location(store));
    st_error_hint(err,
        "run a file: strata run STORE POLICY.yaml --as-of DATE; or draft, submit and "
        "approve one: strata policy --help",
        "可直接运行文件：strata run 库 策略.yaml --as-of 日期；或起草、提交并批准："
        "strata policy --help");
    return code;
}

/* Every policy that has versions, one after another. */
static st_code add_policies(struct stretches *s, struct st_policy *file, const char *name,
    struct st_version *all, size_t count, struct st_error *err)
{
    bool any = false;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && strcmp(all[end].name, all[i].name) == 0;)
            end++;
        const char *own = all[i].name;
        bool approved = false;
        for (size_t k = i; k < end; k++)
            approved = approved || all[k].state == ST_VERSION_APPROVED;
        const struct lives lives = lives_of(&all[i], end - i);
        if (!approved)
            continue;
        any = true;
        TRY(add_policy(s, file, own, &lives, err));
    }
    if (!any && file)
        *st_vec_push(&s->found) = (struct st_stretch){file, 0, s->first, s->options->as_of};
    return any || file ? ST_OK : fail_nothing(s->store, name, err);
}

st_code st_version_stretches(struct st_store *store, struct st_arena *arena, struct st_policy *file,
    const char *name, const struct st_run_options *options, struct st_stretch **out, size_t *count,
    struct st_error *err)
{
    struct stretches s = {.store = store,
        .arena = arena,
        .options = options,
        .first = options->every && options->has_from ? options->from : options->as_of};
    struct st_version *all = NULL;
    size_t versions = 0;
    st_code code = st_versions_read(store, arena, file ? file->name : name, &all, &versions, err);
    if (code == ST_OK)
        code = add_policies(&s, file, name, all, versions, err);
    *count = s.found.count;
    *out = st_arena_array(arena, struct st_stretch, s.found.count);
    for (size_t i = 0; i < s.found.count; i++)
        (*out)[i] = s.found.items[i];
    st_vec_release(&s.found);
    return code;
}
