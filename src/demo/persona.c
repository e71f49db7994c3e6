/* Wealth is lognormal: with that sigma the top 2.3 % of customers hold about 81 % of assets
 * (share of the top p = Φ(σ − z of 1 − p)), and every tier between has its people. It is drawn by
 * an even sequence over customers (Weyl 1916: the fractional parts of i·φ) instead of independent
 * draws: with a tail this heavy, independent draws would let one lucky customer move the whole
 * bank's concentration, and every seed would need its own tuning.
 */
#include "demo/persona.h"

#include "base/vec.h"
#include "demo/sheet.h"
#include "demo/staff.h"

#include <math.h>

static const double wealth_median = 1100.0; /* yuan */
static const double wealth_sigma = 3.25;
static const double wealth_end = 150e6;

/* Inverse of the standard normal distribution, central rational approximation and tails by
 * Acklam (2003); relative error below 1.2e-9, far finer than the rounding to 100 yuan. */
static double inverse_normal(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
        -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01,
        2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
        -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
        -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00,
        2.938163982698783e+00};
    static const double d[] = {
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
    const double low = 0.02425;
    if (p > 1 - low)
        return -inverse_normal(1 - p);
    if (p < low) {
        double q = sqrt(-2 * log(p));
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    }
    double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

int64_t st_demo_wealth_at(double u)
{
    double yuan = fmin(wealth_median * exp(wealth_sigma * inverse_normal(u)), wealth_end);
    return llround(yuan / 10) * 1000;
}

st_date st_demo_window_start(const struct st_demo_options *options)
{
    return st_date_month_start(
        st_date_add_months(st_date_month_start(options->as_of), 1 - options->months));
}

/* --- families: customers of one block of four may share a home, a branch and accounts --- */

struct family {
    int size; /* 0, 2 or 3 of the block's first customers */
    size_t branch;
    int head_age;
    bool head_is_man;
    int age_gap, generation;
};

static struct family draw_family(const struct st_demo_options *options, int64_t block)
{
    struct st_rng rng;
    struct family family = {0};
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_FAMILY, block);
    int64_t kind = st_demo_between(&rng, 0, 99);
    family.size = kind < 9 ? 3 : kind < 36 ? 2 : 0;
    family.branch = st_demo_pick(
        &rng, &st_demo_branches[0].weight, sizeof st_demo_branches[0], st_demo_branch_count);
    family.head_age = (int)st_demo_between(&rng, 26, 76);
    family.head_is_man = st_demo_chance(&rng, 500);
    family.age_gap = (int)st_demo_between(&rng, -5, 4);
    family.generation = (int)st_demo_between(&rng, 23, 31);
    return family;
}

/* The persona stream's first draw, so that a relative's kind costs nothing else. */
static enum st_demo_kind draw_kind(struct st_rng *rng)
{
    int64_t kind = st_demo_between(rng, 0, 999);
    return kind < 50 ? ST_DEMO_PROSPECT : kind < 70 ? ST_DEMO_COMPANY : ST_DEMO_PERSON;
}

int st_demo_family(
    const struct st_demo_options *options, int64_t index, int64_t members[ST_DEMO_FAMILY_MAX])
{
    int64_t first = index - index % ST_DEMO_FAMILY_BLOCK;
    struct family family = draw_family(options, index / ST_DEMO_FAMILY_BLOCK);
    int count = 0;
    if (index - first >= family.size)
        return 0;
    bool belongs = false;
    for (int64_t i = first; i < first + family.size && i < options->customers; i++) {
        struct st_rng rng;
        st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_PERSONA, i);
        if (draw_kind(&rng) != ST_DEMO_PERSON)
            continue;
        members[count++] = i;
        belongs = belongs || i == index;
    }
    return belongs && count > 1 ? count : 0;
}

static int family_age(const struct family *family, int position)
{
    if (position == 0)
        return family->head_age;
    if (position == 1)
        return family->head_age + family->age_gap;
    int child = family->head_age - family->generation;
    return child >= 18 ? child : family->head_age + family->generation;
}

/* --- traits --- */

static const struct {
    int weight;
    int age_min, age_max;
} ages[] = {{90, 18, 24}, {190, 25, 34}, {210, 35, 44}, {180, 45, 54}, {160, 55, 64}, {110, 65, 74},
    {60, 75, 90}};

static void draw_demography(struct st_demo_persona *p, struct st_rng *rng, st_date as_of,
    const struct family *family, int position)
{
    size_t band = st_demo_pick(rng, &ages[0].weight, sizeof ages[0], ST_COUNT(ages));
    p->age = (int)st_demo_between(rng, ages[band].age_min, ages[band].age_max);
    bool man = st_demo_chance(rng, 500);
    if (p->household >= 0) {
        p->age = family_age(family, position);
        if (position < 2)
            man = family->head_is_man == (position == 0);
    }
    p->gender = man ? "M" : "F";
    p->birth_date = st_date_add_months(as_of, -12 * p->age) - (st_date)st_rng_below(rng, 365);
    size_t level = st_demo_pick(
        rng, &st_demo_educations[0].weight, sizeof st_demo_educations[0], st_demo_education_count);
    p->education = st_demo_educations[level].text;
    if (p->household >= 0 && position < 2)
        p->marital = "已婚";
    else if (p->age < 24 || (p->age < 32 && st_demo_chance(rng, 550)))
        p->marital = "未婚";
    else if (p->age > 70 && st_demo_chance(rng, 350))
        p->marital = "丧偶";
    else
        p->marital = st_demo_chance(rng, 90) ? "离异" : st_demo_chance(rng, 60) ? "未婚" : "已婚";
}

static const char *draw_industry(struct st_rng *rng)
{
    return st_demo_industries[st_demo_pick(rng, &st_demo_industries[0].weight,
                                  sizeof st_demo_industries[0], st_demo_industry_count)]
        .text;
}

static void draw_work(struct st_demo_persona *p, struct st_rng *rng, double u)
{
    const struct st_demo_occupation *o;
    const int *weights =
        u > 0.95 ? &st_demo_occupations[0].weight_wealthy : &st_demo_occupations[0].weight;
    do {
        o = &st_demo_occupations[st_demo_pick(
            rng, weights, sizeof *st_demo_occupations, st_demo_occupation_count)];
    } while (p->age < o->age_min || p->age > o->age_max);
    p->occupation = o;
    p->industry = o->industry ? o->industry : draw_industry(rng);
    if (o->pay == ST_DEMO_PENSION || (o->pay == ST_DEMO_UNPAID && !o->industry))
        p->industry = "";
    /* Income follows wealth, loosely: rich pensioners and poor directors exist. */
    double z = 0.5 * inverse_normal(u) + 0.7 * st_demo_normal(rng);
    p->income = llround((double)o->income * exp(0.42 * z) / 100) * 100;
}

static const struct {
    int weight;
    enum st_demo_course course;
    int drift_min, drift_max; /* a month, parts per thousand */
} courses[] = {
    {560, ST_DEMO_STEADY, 0, 0},
    {140, ST_DEMO_GROWING, 10, 55},
    {120, ST_DEMO_DECLINING, 15, 55},
    {120, ST_DEMO_DORMANT, 0, 0},
    {60, ST_DEMO_LEAVING, 60, 160},
};

static void draw_tenure(
    struct st_demo_persona *p, struct st_rng *rng, const struct st_demo_options *options)
{
    st_date start = st_demo_window_start(options);
    double past = st_rng_uniform(rng);
    bool recent = st_demo_chance(rng, 130);
    st_date opened = start - 1 - (st_date)(past * past * 24 * 365);
    if (recent)
        opened = (st_date)st_demo_between(rng, start, options->as_of);
    st_date of_age =
        p->kind == ST_DEMO_PERSON ? st_date_add_months(p->birth_date, 16 * 12) : opened;
    p->opened_on = opened < of_age ? of_age : opened;
    if (p->opened_on > options->as_of)
        p->opened_on = options->as_of;
    size_t course = st_demo_pick(rng, &courses[0].weight, sizeof courses[0], ST_COUNT(courses));
    p->course = p->opened_on >= start && courses[course].course >= ST_DEMO_DORMANT
                    ? ST_DEMO_STEADY
                    : courses[course].course;
    int drift = (int)st_demo_between(rng, courses[course].drift_min, courses[course].drift_max);
    p->drift = drift / 1000.0;
    bool closes = st_demo_chance(rng, 700);
    st_date earliest = st_date_add_months(start, 3);
    if (p->course == ST_DEMO_LEAVING && closes && earliest < options->as_of)
        p->closed_on = (st_date)st_demo_between(rng, earliest, options->as_of);
}

static void draw_risk(
    struct st_demo_persona *p, struct st_rng *rng, const struct st_demo_options *options)
{
    bool wealthy = p->wealth >= 50000000;
    if (p->kind == ST_DEMO_PROSPECT || !st_demo_chance(rng, wealthy ? 970 : 780))
        return;
    int level = 3 + (p->age < 35) - (p->age > 62) + wealthy;
    level += (int)st_demo_between(rng, -2, 1);
    p->risk_level = level < 1 ? 1 : level > 5 ? 5 : level;
    /* An assessment is good for a year; some are older, as they are in every bank. */
    st_date on = options->as_of - (st_date)st_rng_below(rng, st_demo_chance(rng, 800) ? 365 : 1100);
    if (p->closed_on != ST_DEMO_NO_DATE && on > p->closed_on)
        on = p->closed_on;
    p->risk_assessed_on = on < p->opened_on ? p->opened_on : on;
}

static void draw_habits(struct st_demo_persona *p, struct st_rng *rng)
{
    static const int days[] = {5, 8, 10, 15, 20, 25};
    p->salary_day = days[st_rng_below(rng, ST_COUNT(days))];
    p->purchases = (int)st_demo_amount(rng, p->age < 45 ? 74 : p->age < 65 ? 56 : 30, 0.75);
    if (p->purchases > 900)
        p->purchases = 900;
    bool looked_after = st_demo_chance(rng, p->kind == ST_DEMO_PROSPECT ? 300
                                            : p->wealth >= 5000000      ? 995
                                                                        : 960);
    p->manager = looked_after ? st_demo_manager_of(p) : 0;
    if (p->kind == ST_DEMO_PERSON && st_demo_chance(rng, 80))
        p->income = 0; /* never asked */
}

/* Position of customer `index` in the population's wealth, in (0, 1). */
static double wealth_quantile(const struct st_demo_options *options, int64_t index)
{
    struct st_rng rng;
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_MARKET, 0);
    uint64_t turn = st_rng_next(&rng) + (uint64_t)index * 0x9E3779B97F4A7C15u;
    return ((double)(turn >> 12) + 0.5) * 0x1.0p-52;
}

static void draw_place(struct st_demo_persona *p, struct st_rng *rng,
    const struct st_demo_options *options, const struct family *family)
{
    int64_t members[ST_DEMO_FAMILY_MAX];
    if (st_demo_family(options, p->index, members) > 0)
        p->household = p->index / ST_DEMO_FAMILY_BLOCK;
    size_t branch = st_demo_pick(
        rng, &st_demo_branches[0].weight, sizeof st_demo_branches[0], st_demo_branch_count);
    p->branch_index = p->household >= 0 ? family->branch : branch;
    p->branch = &st_demo_branches[p->branch_index];
}

void st_demo_persona(
    struct st_demo_persona *p, const struct st_demo_options *options, int64_t index)
{
    struct st_rng rng;
    struct family family = draw_family(options, index / ST_DEMO_FAMILY_BLOCK);
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_PERSONA, index);
    *p = (struct st_demo_persona){
        .index = index,
        .kind = draw_kind(&rng),
        .birth_date = ST_DEMO_NO_DATE,
        .opened_on = ST_DEMO_NO_DATE,
        .closed_on = ST_DEMO_NO_DATE,
        .risk_assessed_on = ST_DEMO_NO_DATE,
        .household = -1,
        .gender = "",
        .marital = "",
        .education = "",
    };
    double u = wealth_quantile(options, index);
    if (p->kind == ST_DEMO_COMPANY)
        u = 1 - (1 - u) * 0.6; /* companies keep more */
    p->wealth = st_demo_wealth_at(u);
    draw_place(p, &rng, options, &family);
    if (p->kind == ST_DEMO_COMPANY) {
        p->industry = draw_industry(&rng);
    } else {
        draw_demography(p, &rng, options->as_of, &family, (int)(index % ST_DEMO_FAMILY_BLOCK));
        draw_work(p, &rng, u);
    }
    if (p->kind != ST_DEMO_PROSPECT)
        draw_tenure(p, &rng, options);
    draw_risk(p, &rng, options);
    draw_habits(p, &rng);
}
