#include "report/bins.h"

static const int64_t TOP = INT64_MAX / 10000; /* beyond it nothing is drawn */

/* R10 times a hundred. */
static const int64_t series[] = {100, 125, 160, 200, 250, 315, 400, 500, 630, 800};
enum {
    SERIES = sizeof series / sizeof *series,
    DECADES_FINE = 5,
    DECADES_MAX = 7, /* enough to look at: what is smaller is counted below the first edge */
    BINS = 40,
};

static bool is_drawn(const struct st_bins_of *of)
{
    return of->least >= -TOP && of->most <= TOP;
}

static void add_edge(struct st_bins *b, int64_t edge)
{
    bool grows = b->count == 0 || edge > b->edges[b->count - 1];
    if (grows && b->count < ST_BINS_EDGES_MAX)
        b->edges[b->count++] = edge;
}

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

bool st_bins_by_ratio(const struct st_bins_of *of, struct st_bins *out)
{
    *out = (struct st_bins){.log = true};
    bool spread = of->high / 30 > of->median || of->high / 1000 > of->low;
    if (!is_drawn(of) || of->low <= 0 || !spread)
        return false;
    int64_t floor = of->most / power_of_ten(DECADES_MAX), decade = 1;
    int64_t low = of->low > floor ? of->low : floor;
    int decades = 0;
    while (decade <= low / 10)
        decade *= 10;
    for (int64_t d = decade; d <= of->most / 10; d *= 10)
        decades++;
    for (; out->count == 0 || out->edges[out->count - 1] <= of->most; decade *= 10)
        for (int i = 0; i<SERIES; i += decades> DECADES_FINE ? 2 : 1) {
            int64_t edge = decade * series[i] / 100; /* digits below the scale go */
            if (out->count == 1 && edge <= low)
                out->edges[0] = edge;
            else if (out->count == 0 || out->edges[out->count - 1] <= of->most)
                add_edge(out, edge);
        }
    return true;
}

void st_bins_by_step(const struct st_bins_of *of, struct st_bins *out)
{
    static const int64_t steps[] = {1, 2, 5};
    *out = (struct st_bins){.log = false};
    if (!is_drawn(of))
        return;
    int64_t width = (of->high - of->low + BINS - 1) / BINS, step = 1;
    for (int i = 1; step < width; i++)
        step = steps[i % 3] * power_of_ten(i / 3);
    int64_t rest = of->low % step;
    int64_t edge = of->low - rest - (rest < 0 ? step : 0);
    while (out->count == 0 || out->edges[out->count - 1] <= of->high) {
        add_edge(out, edge);
        edge += step;
    }
}
