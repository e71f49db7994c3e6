/* Which periods a command runs, and which of them are closed. */
#include "run/internal.h"

#include "run/run.h"

size_t st_run_dates(
    int period, int fiscal_month, st_date from, st_date to, st_date *dates, size_t most)
{
    size_t count = 0;
    for (st_date day = from; day <= to;) {
        st_date end = period == ST_PERIOD_DAY ? day : st_date_month_end(day);
        struct st_civil c = st_date_to_civil(end);
        int past = (c.month - fiscal_month + 12) % 12 + 1; /* months into the fiscal year */
        bool rating = period == ST_PERIOD_DAY || period == ST_PERIOD_MONTH ||
                      (period == ST_PERIOD_QUARTER && past % 3 == 0) ||
                      (period == ST_PERIOD_YEAR && past == 12);
        if (rating && end <= to) {
            if (count < most)
                dates[count] = end;
            count++;
        }
        day = end + 1;
    }
    return count;
}

static st_code check_every(const struct st_policy *policy, const char *every, struct st_error *err)
{
    static const char *const names[] = {
        [ST_PERIOD_MONTH] = "month",
        [ST_PERIOD_QUARTER] = "quarter",
        [ST_PERIOD_YEAR] = "year",
        [ST_PERIOD_DAY] = "day",
    };
    if (strcmp(every, names[policy->period]) == 0 || strcmp(every, "period") == 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--every is not the policy's rating period",
        "--every 与策略的评定周期不符");
    st_error_value(err, "%s", every);
    st_error_allowed(err, "%s, or period", "%s 或 period", names[policy->period]);
    return code;
}

st_code st_run_choose_dates(const struct st_policy *policy, const struct st_run_options *o,
    st_date *dates, size_t *count, struct st_error *err)
{
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    if (!o->every) {
        dates[0] = o->as_of;
        *count = 1;
        return ST_OK;
    }
    st_code wrong = check_every(policy, o->every, err);
    if (wrong != ST_OK)
        return wrong;
    st_date first = o->has_from ? o->from : o->as_of;
    st_date_format(first, from);
    st_date_format(o->as_of, to);
    if (first > o->as_of) {
        st_code code = st_fail(err, ST_E_USAGE, "--from %s is after --as-of %s",
            "--from %s 晚于 --as-of %s", from, to);
        st_error_hint(
            err, "the series runs from --from to --as-of", "序列从 --from 运行到 --as-of");
        return code;
    }
    *count = st_run_dates(
        policy->period, policy->fiscal_month, first, o->as_of, dates, ST_RUN_PERIODS_MAX);
    if (*count == 0) {
        st_code code = st_fail(err, ST_E_USAGE, "no rating period ends between %s and %s",
            "%s 至 %s 之间没有评定周期结束", from, to);
        st_error_hint(
            err, "leave --every out to run for one date", "去掉 --every 可只运行一个日期");
        return code;
    }
    if (*count > ST_RUN_PERIODS_MAX)
        return st_fail(err, ST_E_LIMIT, "%zu periods; at most %d in one command",
            "%zu 个周期；一次最多 %d 个", *count, ST_RUN_PERIODS_MAX);
    return ST_OK;
}

/* Later periods build on those that are over: they stay as they are, but for a rerate, which builds
 * a new chain up to the last one. */
static st_code check_scheme(struct runner *r, const struct st_scheme *scheme, st_date first,
    st_date last, struct st_error *err)
{
    const struct st_policy *policy = r->plan->policy;
    struct st_bind bind = st_bind_text(scheme->def->name);
    char closed[ST_DATE_TEXT_SIZE], newest[ST_DATE_TEXT_SIZE];
    int64_t day = 0;
    bool none = true;
    st_code code =
        st_store_query_ints(r->store, "SELECT max(p.as_of) FROM published AS p WHERE p.scheme = $1",
            &bind, 1, &day, &none, 1, err);
    if (code != ST_OK || none || st_period_end(policy, first) >= (st_date)day)
        return code;
    st_date_format(first, closed);
    st_date_format((st_date)day, newest);
    if (!r->options->rerate) {
        code = st_fail(err, ST_E_CONFLICT,
            "scheme %s: the period of %s is closed, because later ones build on it",
            "方案 %s：%s 所在周期已关闭，其后周期以其为基础", scheme->def->name, closed);
        st_error_value(err, "%s; last run %s", closed, newest);
        st_error_hint(err,
            "late rows count from the next period on; strata rerate builds a new chain from %s on",
            "迟到数据自下一周期起计入；strata rerate 可自 %s 起重建", closed);
    } else if (st_period_end(policy, last) < (st_date)day) {
        code = st_fail(err, ST_E_USAGE, "a rerate goes on to the last period that was run",
            "重评须一直到最后一个已运行的周期");
        st_error_value(err, "--as-of before %s", newest);
        st_error_hint(err, "--as-of %s", "--as-of %s", newest);
    }
    return code;
}

st_code st_run_check_closed(
    struct runner *r, const st_date *dates, size_t count, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = 0; i < r->plan->scheme_count && code == ST_OK; i++)
        if (r->plan->schemes[i]->ladder)
            code = check_scheme(r, r->plan->schemes[i], dates[0], dates[count - 1], err);
    return code;
}
