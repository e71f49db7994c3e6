/* Who a customer is: every trait follows from the seed and the customer's index alone. */
#ifndef ST_DEMO_PERSONA_H
#define ST_DEMO_PERSONA_H

#include "demo/catalog.h"
#include "demo/demo.h"

enum st_demo_kind { ST_DEMO_PERSON, ST_DEMO_COMPANY, ST_DEMO_PROSPECT };

/* How assets and activity go over the window. */
enum st_demo_course {
    ST_DEMO_STEADY,
    ST_DEMO_GROWING,
    ST_DEMO_DECLINING,
    ST_DEMO_DORMANT, /* keeps the money, does nothing */
    ST_DEMO_LEAVING, /* draws the money out; most close in the end */
};

enum { ST_DEMO_FAMILY_MAX = 3, ST_DEMO_FAMILY_BLOCK = 4 };

struct st_demo_persona {
    int64_t index; /* 0-based; the customer number is index + 1 */
    enum st_demo_kind kind;
    enum st_demo_course course;
    st_date birth_date; /* ST_DEMO_NO_DATE for companies */
    int age;
    const char *gender;
    const struct st_demo_branch *branch;
    size_t branch_index;
    const struct st_demo_occupation *occupation; /* NULL for companies */
    const char *industry;
    int64_t income; /* yuan a year; 0: not known */
    int risk_level; /* 1..5 for C1..C5; 0: not assessed */
    st_date risk_assessed_on;
    st_date opened_on; /* ST_DEMO_NO_DATE for prospects */
    st_date closed_on; /* ST_DEMO_NO_DATE while open */
    int64_t household; /* −1: none */
    const char *marital;
    const char *education;
    int manager;    /* staff number without its letters; 0: none */
    int64_t wealth; /* fen, what the assets come to at the level 1 of the course */
    double drift;   /* monthly growth or decline of the course */
    int salary_day;
    int purchases; /* a month, in hundredths */
};

/* First and last day of the window that the options describe. */
st_date st_demo_window_start(const struct st_demo_options *options);

void st_demo_persona(
    struct st_demo_persona *persona, const struct st_demo_options *options, int64_t index);

/* Members of the customer's household, itself included, in order of index; their number, or 0. */
int st_demo_family(
    const struct st_demo_options *options, int64_t index, int64_t members[ST_DEMO_FAMILY_MAX]);

/* Fen of assets at quantile `u` in (0, 1) of the population: lognormal body, Pareto tail. */
int64_t st_demo_wealth_at(double u);

#endif
