/* Ids in memory: exact positions, and a filter that never forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"
#include "ingest/keys.h"
#include "ingest/seen.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 50000, ID_SIZE = 24 };

/* Ids of different lengths, some of them prefixes of others. */
static struct st_text_cell make_id(uint32_t i, char buffer[ID_SIZE])
{
    int len = snprintf(buffer, ID_SIZE, i % 3 == 0 ? "%u" : i % 3 == 1 ? "C%08u" : "客户%u-x", i);
    return (struct st_text_cell){buffer, (size_t)len};
}

static void every_key_keeps_its_position(void **state)
{
    (void)state;
    struct st_keys *keys = st_keys_new();
    char buffer[ID_SIZE];
    for (uint32_t i = 0; i < MANY; i++) {
        struct st_text_cell id = make_id(i, buffer);
        assert_int_equal(st_keys_add(keys, id.data, id.len), i);
    }
    for (uint32_t i = 0; i < MANY; i += 7) { /* again: nothing new */
        struct st_text_cell id = make_id(i, buffer);
        assert_int_equal(st_keys_add(keys, id.data, id.len), i);
    }
    assert_int_equal(st_keys_count(keys), MANY);
    st_keys_free(keys);
}

static void many_are_found_at_once_and_strangers_are_not(void **state)
{
    (void)state;
    static char buffers[2048][ID_SIZE];
    static struct st_text_cell texts[2048];
    static uint32_t found[2048];
    struct st_keys *keys = st_keys_new();
    for (uint32_t i = 0; i < MANY; i += 2) { /* the even ones */
        char buffer[ID_SIZE];
        struct st_text_cell id = make_id(i, buffer);
        st_keys_add(keys, id.data, id.len);
    }
    for (uint32_t i = 0; i < 2048; i++)
        texts[i] = make_id(i, buffers[i]);
    st_keys_find(keys, texts, 2048, found);
    for (uint32_t i = 0; i < 2048; i++)
        assert_int_equal(found[i], i % 2 ? ST_KEYS_NONE : i / 2);
    st_keys_free(keys);
}

static void an_empty_id_is_a_key_like_others(void **state)
{
    (void)state;
    struct st_keys *keys = st_keys_new();
    const struct st_text_cell texts[] = {{"", 0}, {"a", 1}};
    uint32_t found[2];
    st_keys_find(keys, texts, 2, found);
    assert_int_equal(found[0], ST_KEYS_NONE);
    st_keys_add(keys, "", 0);
    st_keys_find(keys, texts, 2, found);
    assert_int_equal(found[0], 0);
    assert_int_equal(found[1], ST_KEYS_NONE);
    st_keys_free(keys);
}

static void what_was_seen_is_never_denied(void **state)
{
    (void)state;
    struct st_seen *seen = st_seen_new(MANY);
    char buffer[ID_SIZE];
    int wrong = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        struct st_text_cell id = make_id(i, buffer);
        wrong += st_seen_add(seen, id.data, id.len);
    }
    assert_in_range(wrong, 0, MANY / 100);
    for (uint32_t i = 0; i < MANY; i++) {
        struct st_text_cell id = make_id(i, buffer);
        assert_true(st_seen_add(seen, id.data, id.len));
    }
    st_seen_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_keeps_its_position),
        cmocka_unit_test(many_are_found_at_once_and_strangers_are_not),
        cmocka_unit_test(an_empty_id_is_a_key_like_others),
        cmocka_unit_test(what_was_seen_is_never_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
