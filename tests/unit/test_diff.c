/* Sentences about what differs between two policies: a folder of tests/policy/diff for each case,
 * old.yaml and new.yaml beside what is said in both languages. */
#include "policy/diff.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>

static const char root[] = STRATA_SOURCE_DIR "/tests/policy/diff";

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct st_policy *load(struct st_arena *arena, const char *name, const char *file)
{
    struct st_policy *policy = NULL;
    struct st_error err = {.code = ST_OK};
    const char *path = st_arena_printf(arena, "%s/%s/%s", root, name, file);
    if (st_policy_load(arena, path, &policy, &err) != ST_OK)
        fail_msg("%s: %s", path, err.message[ST_LANG_EN]);
    return policy;
}

static void print_side(
    struct st_arena *arena, const struct st_policy_diff *diff, int lang, struct st_str *out)
{
    const char *where = "";
    (void)arena;
    for (size_t i = 0; i < diff->count; i++) {
        const struct st_difference *item = &diff->items[i];
        if (strcmp(item->where[lang], where) != 0)
            st_str_addf(out, "%s\n", item->where[lang]);
        where = item->where[lang];
        st_str_addf(out, "  %s\n", item->text[lang]);
    }
}

static void check_side(struct st_arena *arena, const char *name, const char *file,
    const struct st_policy_diff *diff, int lang)
{
    struct st_str said = ST_STR_INIT, want = ST_STR_INIT;
    struct st_error err = {.code = ST_OK};
    const char *path = st_arena_printf(arena, "%s/%s/%s", root, name, file);
    print_side(arena, diff, lang, &said);
    if (getenv("STRATA_UPDATE_GOLDEN")) {
        FILE *golden = fopen(path, "w");
        assert_non_null(golden);
        fputs(said.text, golden);
        fclose(golden);
    }
    assert_int_equal(st_str_read_file(&want, path, 1 << 20, &err), ST_OK);
    if (strcmp(said.text, want.text) != 0)
        fail_msg("%s/%s\n--- said\n%s--- wanted\n%s", name, file, said.text, want.text);
    st_str_release(&said);
    st_str_release(&want);
}

static void says_what_differs(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct {
        const char **items;
        size_t count, cap;
    } names = {0};
    DIR *folder = opendir(root);
    (void)state;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            *st_vec_push(&names) = st_arena_strdup(&arena, entry->d_name);
    closedir(folder);
    assert_true(names.count > 4);
    qsort(names.items, names.count, sizeof *names.items, by_name);
    for (size_t i = 0; i < names.count; i++) {
        struct st_policy_diff diff;
        st_policy_diff(&arena, load(&arena, names.items[i], "old.yaml"),
            load(&arena, names.items[i], "new.yaml"), &diff);
        check_side(&arena, names.items[i], "diff.en", &diff, ST_LANG_EN);
        check_side(&arena, names.items[i], "diff.zh", &diff, ST_LANG_ZH);
    }
    st_vec_release(&names);
    st_arena_release(&arena);
}

/* A policy beside itself, and there and back: as much is lost as was won. */
static void is_silent_about_itself(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_policy *old = load(&arena, "metrics", "old.yaml");
    struct st_policy *new = load(&arena, "metrics", "new.yaml");
    struct st_policy_diff there, back, self;
    size_t came = 0, went = 0;
    (void)state;
    st_policy_diff(&arena, old, old, &self);
    assert_int_equal(self.count, 0);
    st_policy_diff(&arena, old, new, &there);
    st_policy_diff(&arena, new, old, &back);
    assert_int_equal(there.count, back.count);
    for (size_t i = 0; i < there.count; i++) {
        came += there.items[i].kind == ST_DIFFERENCE_ADDED;
        went += back.items[i].kind == ST_DIFFERENCE_REMOVED;
    }
    assert_int_equal(came, went);
    st_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_differs),
        cmocka_unit_test(is_silent_about_itself),
    };
    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
