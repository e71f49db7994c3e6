/* Signals: what the keys of a policy are read as, the days a plan binds, and sentences of rows
 * worked out by hand. Keys that are refused are in tests/policy/invalid. */
#include "tier/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char head[] =
    "strata: 1\n"
    "name: signals\n"
    "metrics:\n"
    "  aum: {title: {zh: 月日均, en: Average}, from: balance, value: daily_average(amount),\n"
    "    window: 1 month}\n"
    "  recency: {from: txn, value: days_since(max(on_date))}\n"
    "schemes:\n"
    "  asset:\n"
    "    method: thresholds\n"
    "    value: aum\n"
    "    tiers:\n"
    "      - {code: gold, title: {zh: 金卡, en: Gold}, from: 50万}\n"
    "      - {code: base, title: {zh: 大众, en: Base}}\n"
    "    moves: {watch: {after: 1}, down: {after: 3, on: quarter, effective: next_period}}\n"
    "signals:\n";

struct fixture {
    struct st_arena arena;
    struct st_compiled *compiled;
};

static void compile(struct fixture *f, const char *signals)
{
    static const struct st_compile_env env = {.currency_exponent = -1};
    struct st_error err = {.code = ST_OK};
    struct st_policy *policy = NULL;
    const char *text = st_arena_printf(&f->arena, "%s  %s\n", head, signals);
    st_code code = st_policy_parse(&f->arena, "p.yaml", text, strlen(text), &policy, &err);
    if (code == ST_OK)
        code = st_plan_policy(&f->arena, policy, &env, &f->compiled, &err);
    if (code != ST_OK)
        fail_msg("%s: %s", signals, err.message[ST_LANG_EN]);
}

static void keys_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t days, within, repeat_days, priority;
        bool share;
        int repeat;
    } rows[] = {
        {"s: {kind: near_tier, scheme: asset, within: 5%}", 0, 5000000, 0, 5, true, ST_REPEAT_ONCE},
        {"s: {kind: near_tier, scheme: asset, within: 5万}", 0, 5000000, 0, 5, false,
            ST_REPEAT_ONCE},
        {"s: {kind: near_tier, scheme: asset, within: 12.5％, priority: 1}", 0, 12500000, 0, 1,
            true, ST_REPEAT_ONCE},
        {"s: {kind: near_tier, scheme: asset, within: 0.01}", 0, 1, 0, 5, false, ST_REPEAT_ONCE},
        {"s: {kind: birthday}", 7, 0, 0, 5, false, ST_REPEAT_ONCE},
        {"s: {kind: birthday, within: 60 days, repeat: each_period}", 60, 0, 0, 5, false,
            ST_REPEAT_EACH_PERIOD},
        {"s: {kind: maturing, repeat: 2 weeks}", 30, 0, 14, 5, false, ST_REPEAT_DAYS},
        {"s: {kind: new_account, within: 1 week, repeat: once}", 7, 0, 0, 5, false, ST_REPEAT_ONCE},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct fixture f = {.arena = {0}};
        compile(&f, rows[i].text);
        const struct st_signal *s = &f.compiled->signals[0];
        if (s->def->days != rows[i].days || s->within != rows[i].within ||
            s->def->repeat_days != rows[i].repeat_days || s->def->share != rows[i].share ||
            s->def->repeat != rows[i].repeat || s->def->priority != rows[i].priority)
            fail_msg("%s: days %lld, within %lld, repeat %d after %lld", rows[i].text,
                (long long)s->def->days, (long long)s->within, s->def->repeat,
                (long long)s->def->repeat_days);
        st_arena_release(&f.arena);
    }
}

static st_date day(int year, int month, int in_month)
{
    return st_date_from_civil((struct st_civil){year, month, in_month});
}

static void days_are_bound(void **state)
{
    static const struct st_schedule every = {.on = ST_ON_PERIOD}, quarter = {.on = ST_ON_QUARTER};
    const struct {
        struct st_plan_param param;
        st_date as_of, want;
    } rows[] = {
        {{.kind = ST_PLAN_RATING_NEXT, .schedule = &every, .nth = 1}, day(2025, 9, 30),
            day(2025, 10, 31)},
        {{.kind = ST_PLAN_RATING_NEXT, .schedule = &every, .nth = 1}, day(2025, 9, 10),
            day(2025, 10, 31)},
        {{.kind = ST_PLAN_RATING_NEXT, .schedule = &every, .nth = 2, .later = true},
            day(2025, 11, 30), day(2026, 2, 1)},
        {{.kind = ST_PLAN_RATING_NEXT, .schedule = &every, .nth = 0, .later = true},
            day(2025, 11, 10), day(2025, 12, 1)},
        {{.kind = ST_PLAN_RATING_NEXT, .schedule = &quarter, .nth = 2}, day(2025, 9, 30),
            day(2026, 3, 31)},
        {{.kind = ST_PLAN_MONTH_START, .months = 0}, day(2025, 12, 31), day(2025, 12, 1)},
        {{.kind = ST_PLAN_MONTH_START, .months = 2}, day(2025, 12, 31), day(2026, 2, 1)},
    };
    const struct st_policy policy = {.period = ST_PERIOD_MONTH, .fiscal_month = 1};
    const struct st_plan_params none = {.count = 0};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++)
        assert_int_equal(
            st_plan_param_value(&none, &rows[i].param, rows[i].as_of, &policy), rows[i].want);
}

static void sentences(void **state)
{
    const st_date end = day(2025, 12, 31), middle = day(2025, 12, 10);
    const struct {
        const char *signal;
        struct st_signal_row row;
        const char *en, *zh;
    } rows[] = {
        {"s: {kind: near_tier, scheme: asset, within: 5%}",
            {.as_of = middle,
                .has_value = true,
                .has_threshold = true,
                .value = 48000000,
                .threshold = 50000000},
            "20,000.00 short of Gold (Average 480,000.00, from 500,000.00 on); each day from "
            "tomorrow to 2025-12-31 it takes 509,523.81",
            "差 20,000.00 达到金卡（月日均 480,000.00，起点 500,000.00）；自明日起至 2025-12-31 "
            "每日须保持 509,523.81"},
        {"s: {kind: near_tier, scheme: asset, within: 5%, toward: down}",
            {.as_of = end,
                .has_value = true,
                .has_threshold = true,
                .value = 50000001,
                .threshold = 50000000},
            "0.01 above the bound of Gold (Average 500,000.01, from 500,000.00 on)",
            "比金卡的起点高出 0.01（月日均 500,000.01，起点 500,000.00）"},
        {"s: {kind: watch, scheme: asset}",
            {.as_of = end,
                .has_value = true,
                .has_threshold = true,
                .value = 40000000,
                .threshold = 50000000,
                .progress = 2,
                .cohort = -1,
                .next = -1,
                .has_day = true,
                .day = day(2026, 4, 1)},
            "on watch, 2 failing rating days: 100,000.00 short of Gold (Average 400,000.00, from "
            "500,000.00 on); each day from tomorrow to 2026-01-31 it takes 500,000.00; 1 more "
            "failing and it is lost from 2026-04-01 on for the tier that the last day earns",
            "关注，已 2 个评定日未达标：差 100,000.00 达到金卡（月日均 400,000.00，起点 "
            "500,000.00）；自明日起至 2026-01-31 每日须保持 500,000.00；再连续 1 "
            "个评定日未达标，将于 2026-04-01 降至末个评定日所得层级"},
        {"s: {kind: condition, when: recency >= 180, value: recency, threshold: 180}",
            {.has_value = true, .has_threshold = true, .value = 200, .threshold = 180},
            "recency 200, bound 180", "recency 200，界限 180"},
        {"s: {kind: condition, when: recency>=180 and aum = 0}", {.as_of = end},
            "it holds that recency >= 180 and aum = 0", "条件成立：recency >= 180 and aum = 0"},
        {"s: {kind: birthday}",
            {.has_value = true, .value = 45, .has_day = true, .day = day(2026, 1, 3)},
            "turns 45 on 2026-01-03", "2026-01-03 生日，满 45 岁"},
        {"s: {kind: maturing}",
            {.has_value = true,
                .value = 123456,
                .has_day = true,
                .day = day(2026, 1, 3),
                .account = "A1",
                .class_name = "deposit"},
            "account A1 (deposit) matures on 2026-01-03 and does not renew itself, 1,234.56 on it",
            "账户 A1（deposit）将于 2026-01-03 到期，未约定自动转存，余额 1,234.56"},
        {"s: {kind: new_account}",
            {.has_day = true, .day = day(2026, 1, 3), .account = "A1", .class_name = "fund"},
            "account A1 (fund) opened on 2026-01-03", "账户 A1（fund）于 2026-01-03 开立"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct fixture f = {.arena = {0}};
        struct st_signal_row row = rows[i].row;
        struct st_str en = ST_STR_INIT, zh = ST_STR_INIT;
        compile(&f, rows[i].signal);
        row.signal = &f.compiled->signals[0];
        st_signal_explain(f.compiled, &row, ST_LANG_EN, &en);
        st_signal_explain(f.compiled, &row, ST_LANG_ZH, &zh);
        assert_string_equal(en.text, rows[i].en);
        assert_string_equal(zh.text, rows[i].zh);
        st_str_release(&en);
        st_str_release(&zh);
        st_arena_release(&f.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(days_are_bound),
        cmocka_unit_test(sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
