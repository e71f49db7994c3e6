/* What the bank's people have put down about a customer: surveys, questionnaires, judgements, the
 * plans of prospects and the sales to companies. From a stream of its own, so that other questions
 * leave the same customers and the same movements. */
#ifndef ST_DEMO_TRAITS_H
#define ST_DEMO_TRAITS_H

#include "demo/persona.h"

enum { ST_DEMO_UNKNOWN = -1 }; /* of everything here: nobody asked, or it was not noted */

enum st_demo_habit {
    ST_DEMO_HABIT_RELATIONSHIP,
    ST_DEMO_HABIT_QUALITY,
    ST_DEMO_HABIT_PRICE,
    ST_DEMO_HABIT_CREDIT,
    ST_DEMO_HABIT_COUNT,
};

enum st_demo_line { ST_DEMO_LINE_CASH, ST_DEMO_LINE_TRADE, ST_DEMO_LINE_COUNT };

struct st_demo_sales {
    int64_t last_year, year_before, forecast; /* fen */
    int64_t margin;                           /* ten-thousandths */
};

struct st_demo_traits {
    const char *area;     /* city or county */
    const char *interest; /* individuals; "" when unknown */
    int satisfaction;     /* 1..10 */
    int influence, leaving_barrier, winning_difficulty, need_score; /* 1..5 */
    int habits[ST_DEMO_HABIT_COUNT];                                /* 0..100; individuals */
    int need, decision_maker;                                       /* 0 or 1; prospects */
    int64_t budget, quote;                                          /* fen; prospects */
    st_date buys_on;                                                /* prospects */
    struct st_demo_sales sales[ST_DEMO_LINE_COUNT];                 /* companies */
    int agent;                                                      /* 0 or 1; companies */
};

void st_demo_traits(struct st_demo_traits *traits, const struct st_demo_persona *persona,
    const struct st_demo_options *options);

#endif
