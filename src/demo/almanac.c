#include "demo/almanac.h"

enum { FESTIVAL_FIRST = 2015, FESTIVAL_LAST = 2035 };

/* Lunar new year's day by solar year, as month × 100 + day. */
static const int festival[FESTIVAL_LAST - FESTIVAL_FIRST + 1] = {
    219,
    208,
    128,
    216,
    205,
    125,
    212,
    201,
    122,
    210,
    129,
    217,
    206,
    126,
    213,
    203,
    123,
    211,
    131,
    219,
    208,
};

/* June has the 618 sales, November Double 11, October the golden week. */
static const int season[12] = {112, 96, 88, 92, 100, 112, 94, 96, 100, 108, 142, 112};

st_date st_demo_spring_festival(int year)
{
    /* Outside the table the middle of the possible range is near enough for a season. */
    int at = year < FESTIVAL_FIRST || year > FESTIVAL_LAST ? 205 : festival[year - FESTIVAL_FIRST];
    return st_date_from_civil((struct st_civil){year, at / 100, at % 100});
}

static bool is_weekend(st_date date)
{
    int weekday = (int)(((int64_t)date + 3) % 7); /* 1970-01-01 was a Thursday; 0 is Monday */
    if (weekday < 0)
        weekday += 7;
    return weekday >= 5;
}

bool st_demo_is_business_day(st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    int day = c.month * 100 + c.day;
    int after_festival = date - st_demo_spring_festival(c.year);
    bool holiday = day == 101 || (day >= 501 && day <= 505) || (day >= 1001 && day <= 1007) ||
                   (after_festival >= -1 && after_festival <= 6);
    return !holiday && !is_weekend(date);
}

int st_demo_season(st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    st_date festival_day = st_demo_spring_festival(c.year);
    /* The three weeks before the festival are when the year's goods are bought. */
    bool shopping = st_date_month_start(festival_day - 10) == st_date_month_start(date);
    return season[c.month - 1] + (shopping ? 30 : 0);
}
