/* Edges of histograms: what they must cover, and that they are round. */
#include "base/vec.h"
#include "report/bins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct row {
    const char *what;
    struct st_bins_of of; /* least, low, median, high, most */
    bool by_ratio;
    int64_t first, last; /* edges; 0 and 0: not looked at */
    size_t bins_least, bins_most;
};

static const struct row rows[] = {
    {"assets in cents", {0, 5000, 900000, 900000000, 15000000000}, true, 4000, 16000000000, 30, 60},
    {"few decades are fine", {1, 10, 100, 10100, 10100}, true, 10, 12500, 25, 40},
    {"counts", {1, 1, 2, 90, 700}, true, 1, 800, 20, 40},
    {"no further down than seven decades", {1, 1, 5, 1000000000000, 1000000000000}, true, 100000,
        1600000000000, 30, 60},
    {"scores", {30, 30, 56, 100, 105}, false, 30, 102, 30, 41},
    {"rates below and above nothing", {-900, -500, 3, 800, 5000}, false, -500, 850, 20, 41},
    {"one value", {7, 7, 7, 7, 7}, false, 7, 8, 1, 1},
    {"nothing but zeros", {0, 0, 0, 0, 0}, false, 0, 1, 1, 1},
    {"too large to draw", {0, 1, 1, INT64_MAX, INT64_MAX}, false, 0, 0, 0, 0},
};

static void check(const struct row *row, const struct st_bins *b)
{
    size_t bins = b->count ? b->count - 1 : 0;
    if (bins < row->bins_least || bins > row->bins_most)
        fail_msg("%s: %zu bins", row->what, bins);
    for (size_t i = 1; i < b->count; i++)
        if (b->edges[i] <= b->edges[i - 1])
            fail_msg("%s: edge %zu does not grow", row->what, i);
    if (b->count == 0)
        return;
    if (b->edges[0] != row->first || b->edges[bins] != row->last)
        fail_msg(
            "%s: from %lld to %lld", row->what, (long long)b->edges[0], (long long)b->edges[bins]);
}

static void test_edges(void **state)
{
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_bins bins;
        bool ratio = st_bins_by_ratio(&rows[i].of, &bins);
        if (ratio != rows[i].by_ratio)
            fail_msg("%s: by ratio %d", rows[i].what, ratio);
        assert_int_equal(bins.log, true);
        if (!ratio) {
            assert_int_equal(bins.count, 0);
            st_bins_by_step(&rows[i].of, &bins);
            assert_int_equal(bins.log, false);
        }
        check(&rows[i], &bins);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
