/* Edges of a histogram, chosen from order statistics: exact integers at the value's scale. */
#ifndef ST_REPORT_BINS_H
#define ST_REPORT_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ST_BINS_EDGES_MAX = 128 };

/* What is known of the values, at their scale. */
struct st_bins_of {
    int64_t least, low, median, high, most; /* minimum, 1 %, 50 %, 99 %, maximum */
};

struct st_bins {
    bool log; /* edges grow by ratios */
    int64_t edges[ST_BINS_EDGES_MAX];
    size_t count; /* bins are [edges[i], edges[i + 1]); fewer than two: nothing to draw */
};

/* Edges 1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8, 10 … (Renard's R10; every second one beyond five
 * decades) from below the lowest hundredth to beyond the maximum, for positive values that spread:
 * the highest hundredth is more than 30 medians away, or 1,000 times the lowest. False, and no
 * edges, for others. */
bool st_bins_by_ratio(const struct st_bins_of *of, struct st_bins *out);

/* Some twenty to forty equal steps of 1, 2 or 5 times a power of ten between the lowest and the
 * highest hundredth; values outside are counted apart. */
void st_bins_by_step(const struct st_bins_of *of, struct st_bins *out);

#endif
