/* Any text: parsing never crashes, what parses prints and parses back to the same print, and what
 * compiles can be evaluated. */
#include "expr/eval.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 3 };

static int find_column(void *context, const char *name)
{
    (void)context;
    return name[0] >= 'a' && name[0] < 'a' + COLUMNS && !name[1] ? name[0] - 'a' : -1;
}

static bool resolve(void *context, const char *table, const char *column, int *lookup, int *index)
{
    (void)context, (void)table, (void)column;
    *lookup = *index = 0;
    return true;
}

static bool look_up(
    void *context, int lookup, struct st_slice key, int column, struct st_slice *value)
{
    (void)context, (void)lookup, (void)column;
    *value = key;
    return key.len > 0;
}

static void evaluate(struct st_arena *arena, const struct st_expr *expr, const char *text)
{
    const struct st_eval_env env = {
        .column = find_column, .resolve_lookup = resolve, .lookup = look_up};
    const struct st_slice row[COLUMNS] = {{text, strlen(text)}, {"2024-01-31", 10}, {NULL, 0}};
    struct st_arena scratch = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_eval *eval;
    struct st_value value;
    if (st_eval_compile(arena, &env, expr, &eval, &err) == ST_OK)
        (void)!st_eval_row(eval, row, &scratch, &value, &err);
    st_arena_release(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str first = ST_STR_INIT, second = ST_STR_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr, *again;
    const char *text = st_arena_strndup(&arena, (const char *)data, size);
    if (st_expr_parse(&arena, "fuzz", 1, 1, text, &expr, &err) == ST_OK) {
        st_expr_print(&first, expr);
        /* Printing may add brackets and so outgrow the cap on the text's length. */
        if (first.len <= ST_EXPR_TEXT_MAX) {
            if (st_expr_parse(&arena, "fuzz", 1, 1, first.text, &again, NULL) != ST_OK)
                abort();
            st_expr_print(&second, again);
            if (strcmp(first.text, second.text) != 0)
                abort();
        }
        evaluate(&arena, expr, text);
    } else if (err.line < 1 || err.column < 1 || !err.message[ST_LANG_ZH][0]) {
        abort();
    }
    st_str_release(&first);
    st_str_release(&second);
    st_arena_release(&arena);
    return 0;
}
