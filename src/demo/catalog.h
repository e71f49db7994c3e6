/* The invented bank's fixed tables: branches, products, currencies, occupations.
 *
 * Money here is whole yuan, rates are fractions a year at scale 8. Rows with a weight are drawn
 * in its proportion.
 */
#ifndef ST_DEMO_CATALOG_H
#define ST_DEMO_CATALOG_H

#include "base/date.h"
#include "demo/dice.h"

enum st_demo_class {
    ST_DEMO_DEPOSIT,
    ST_DEMO_WEALTH,
    ST_DEMO_FUND,
    ST_DEMO_INSURANCE,
    ST_DEMO_BOND,
    ST_DEMO_METAL,
    ST_DEMO_TRUST,
    ST_DEMO_LOAN,
    ST_DEMO_CARD,
    ST_DEMO_CLASS_COUNT,
};
extern const char *const st_demo_class_names[ST_DEMO_CLASS_COUNT];

enum st_demo_currency {
    ST_DEMO_CNY,
    ST_DEMO_USD,
    ST_DEMO_HKD,
    ST_DEMO_EUR,
    ST_DEMO_JPY,
    ST_DEMO_CURRENCY_COUNT,
};

struct st_demo_currency_info {
    int weight; /* among foreign-currency deposits */
    const char *code;
    int exponent;
    int64_t rate; /* yuan per unit × 10⁶ on the first day */
    int drift;    /* typical daily change, parts per million */
    int64_t interest;
};
extern const struct st_demo_currency_info st_demo_currencies[ST_DEMO_CURRENCY_COUNT];

/* Who may hold a product. */
enum st_demo_audience { ST_DEMO_FOR_PERSONS = 1, ST_DEMO_FOR_COMPANIES = 2, ST_DEMO_FOR_ALL = 3 };

struct st_demo_product {
    int weight; /* within its class; 0: opened by rule, never drawn */
    enum st_demo_class class;
    const char *code;
    const char *title;
    int risk; /* 1..5 for R1..R5; 0: carries no investment risk class */
    int audience;
    int64_t minimum; /* yuan */
    int term_months; /* 0: open-ended */
    int64_t margin;  /* what the bank earns a year, scale 8 */
    int64_t rate;    /* what the customer earns or pays a year, scale 8 */
    int swing;       /* typical monthly change of value, parts per million; 0: none */
    const char *sale_from;
    const char *sale_until; /* NULL: still sold */
};
extern const struct st_demo_product st_demo_products[];
extern const size_t st_demo_product_count;

/* Products that rules name. */
extern const struct st_demo_product *const st_demo_personal_demand;
extern const struct st_demo_product *const st_demo_company_demand;
extern const struct st_demo_product *const st_demo_foreign_demand;
extern const struct st_demo_product *const st_demo_mortgage;
extern const struct st_demo_product *const st_demo_consumer_loan;
extern const struct st_demo_product *const st_demo_company_loan;

int st_demo_term_days(const struct st_demo_product *product); /* 0: open-ended */

/* A product of the class that the customer may buy on that day: sold then, for that audience,
 * minimum at most `yuan`, risk class at most `risk_max`. NULL when there is none. */
const struct st_demo_product *st_demo_choose_product(struct st_rng *rng, enum st_demo_class class,
    int audience, int64_t yuan, int risk_max, st_date on);

struct st_demo_branch {
    int weight;
    const char *code;
    const char *title;
    const char *city;
    const char *parent;
    int county; /* per mille of its customers live in the counties around */
};
extern const struct st_demo_branch st_demo_branches[];
extern const size_t st_demo_branch_count;

enum st_demo_pay { ST_DEMO_UNPAID, ST_DEMO_SALARY, ST_DEMO_PENSION, ST_DEMO_TAKINGS };

struct st_demo_occupation {
    int weight;
    int weight_wealthy;
    const char *title;
    int age_min, age_max;
    int64_t income; /* median yuan a year */
    enum st_demo_pay pay;
    const char *industry; /* NULL: drawn */
};
extern const struct st_demo_occupation st_demo_occupations[];
extern const size_t st_demo_occupation_count;

struct st_demo_word {
    int weight;
    const char *text;
};
extern const struct st_demo_word st_demo_industries[];
extern const size_t st_demo_industry_count;
extern const struct st_demo_word st_demo_merchants[];
extern const size_t st_demo_merchant_count;
extern const struct st_demo_word st_demo_educations[];
extern const size_t st_demo_education_count;

#endif
