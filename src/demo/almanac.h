/* The Chinese business year: festivals, working days, and how spending follows them. */
#ifndef ST_DEMO_ALMANAC_H
#define ST_DEMO_ALMANAC_H

#include "base/date.h"

/* First day of the lunar year that begins in that solar year. */
st_date st_demo_spring_festival(int year);
/* A day on which exchange rates are published: no weekend and no long holiday. */
bool st_demo_is_business_day(st_date date);
/* Percent of an ordinary month's spending in the month of `date`. */
int st_demo_season(st_date date);

#endif
