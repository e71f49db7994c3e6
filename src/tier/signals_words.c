/* Signals in words: a sentence made of the row and the policy, exact to the last digit. */
#include "tier/explain.h"
#include "tier/signals.h"

#include "base/vec.h"

struct words {
    const struct st_compiled *compiled;
    const struct st_signal_row *row;
    const struct st_signal *signal;
    enum st_lang lang;
    struct st_str *out;
};

/* "50,000.00" at the signal's scale */
static void add_amount(const struct words *w, int64_t amount)
{
    const struct st_ir_value value = {.type = ST_IR_BIGINT, .number = amount};
    st_method_print_value(w->out, w->signal->value.kind, w->signal->value.scale, &value);
}

/* A piece of a sentence with one text in it. */
static void add(const struct words *w, const char *en, const char *zh, const char *text)
{
    const char *form = st_pick(w->lang, en, zh), *place = strstr(form, "{}");
    if (!place) {
        st_str_add(w->out, form);
        return;
    }
    st_str_addf(w->out, "%.*s%s%s", (int)(place - form), form, text, place + 2);
}

/* A piece with an amount in it. */
static void add_with(const struct words *w, const char *en, const char *zh, int64_t amount)
{
    const char *form = st_pick(w->lang, en, zh), *place = strstr(form, "{}");
    st_str_addf(w->out, "%.*s", (int)(place - form), form);
    add_amount(w, amount);
    st_str_add(w->out, place + 2);
}

static void add_day(const struct words *w, const char *en, const char *zh, st_date day)
{
    char text[ST_DATE_TEXT_SIZE];
    add(w, en, zh, st_date_format(day, text));
}

static void add_count(const struct words *w, const char *en, const char *zh, int64_t count)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    add(w, en, zh, st_decimal_format_grouped(count, 0, text));
}

static const char *tier_title(const struct words *w, int tier)
{
    bool known = tier >= 0 && (size_t)tier < w->signal->scheme->tier_count;
    return known ? st_pick_text(w->lang, &w->signal->scheme->tiers[tier].title) : "—";
}

/* The metric that is, alone, what the scheme's tiers divide; NULL when it is none. */
static const struct st_metric_column *divided_metric(const struct words *w)
{
    const struct st_typed *value = w->signal->view.value;
    if (!value || value->ir->kind != ST_IR_COLUMN)
        return NULL;
    for (size_t i = 0; i < w->compiled->metric_count; i++)
        if (strcmp(w->compiled->metrics[i].name, value->ir->name) == 0)
            return &w->compiled->metrics[i];
    return NULL;
}

/* "(assets 18,000.00, from 50,000.00 on)" */
static void add_value_and_bound(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    const struct st_metric_column *metric = divided_metric(w);
    const char *title = metric ? st_pick_text(w->lang, &metric->title)
                               : st_pick(w->lang, w->signal->view.value ? "value" : "score",
                                     w->signal->view.value ? "数值" : "得分");
    if (!row->has_value || !row->has_threshold)
        return;
    add(w, " ({} ", "（{} ", title);
    add_amount(w, row->value);
    add_with(w, ", from {} on)", "，起点 {}）", row->threshold);
}

/* "; each day from tomorrow to 2026-01-31 it takes 61,935.49" */
static void add_daily(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    const struct st_metric_column *metric = divided_metric(w);
    int64_t daily;
    st_date until;
    if (!metric || !row->has_value || !row->has_threshold ||
        !st_explain_daily(metric, row->as_of, row->value, row->threshold, &daily, &until))
        return;
    add_day(w, "; each day from tomorrow to {} it takes ", "；自明日起至 {} 每日须保持 ", until);
    add_amount(w, daily);
}

static void say_near(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    const char *title = tier_title(w, row->tier);
    if (w->signal->def->toward == ST_TOWARD_DOWN) {
        add(w, "", "比{}的起点", title);
        add_with(w, "{} above the bound of ", "高出 {}", row->value - row->threshold);
        add(w, "{}", "", title);
        add_value_and_bound(w);
        return;
    }
    add_with(w, "{} short of ", "差 {} 达到", row->threshold - row->value);
    st_str_add(w->out, title);
    add_value_and_bound(w);
    add_daily(w);
}

/* To what a fall still to be decided leads. */
static void add_landing(const struct words *w, const struct st_moves_way *down)
{
    switch (down->lands) {
    case ST_DOWN_OF_BEST:
        add(w, " for the best tier that the failing days earned", "降至未达标期间的最高层级", "");
        break;
    case ST_DOWN_ONE_STEP: add(w, " for {}", "降至{}", tier_title(w, w->row->tier + 1)); break;
    default: add(w, " for the tier that the last day earns", "降至末个评定日所得层级", "");
    }
}

static void add_fall(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    const struct st_moves_way *down =
        &st_ladder_rule(w->signal->scheme->ladder, row->cohort, (size_t)(row->tier + 1))->down;
    int64_t left = down->after - row->progress;
    if (row->next >= 0) {
        add_day(w, "; decided: from {} on ", "；已确定自 {} 起为", row->day);
        st_str_add(w->out, tier_title(w, row->next));
        return;
    }
    add_daily(w);
    if (!row->has_day)
        return;
    add_count(w, "; {} more failing and it is lost from ",
        down->within ? "；再有 {} 个评定日未达标，将于 " : "；再连续 {} 个评定日未达标，将于 ",
        left > 1 ? left : 1);
    add_day(w, "{} on", "{} ", row->day);
    add_landing(w, down);
}

static void say_watch(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    if (row->next >= 0)
        add(w, "on watch", "关注", "");
    else
        add_count(
            w, "on watch, {} failing rating days", "关注，已 {} 个评定日未达标", row->progress);
    if (row->has_value && row->has_threshold && row->value < row->threshold)
        add_with(w, ": {} short of ", "：差 {} 达到", row->threshold - row->value);
    else
        add(w, ": holds ", "：持有", "");
    st_str_add(w->out, tier_title(w, row->tier));
    add_value_and_bound(w);
    add_fall(w);
}

static void say_condition(const struct words *w)
{
    const struct st_signal_def *def = w->signal->def;
    const struct st_signal_row *row = w->row;
    struct st_str text = ST_STR_INIT;
    const struct st_metric_def *metric =
        def->value && def->value->kind == ST_EXPR_NAME
            ? st_policy_metric(w->compiled->policy, def->value->text)
            : NULL;
    st_expr_print(&text, def->value ? def->value : def->when);
    if (!def->value) {
        add(w, "it holds that {}", "条件成立：{}", text.text);
    } else {
        add(w, "{} ", "{} ", metric ? st_pick_text(w->lang, &metric->title) : text.text);
        if (row->has_value)
            add_amount(w, row->value);
        else
            add(w, "missing", "缺失", "");
    }
    if (row->has_threshold)
        add_with(w, ", bound {}", "，界限 {}", row->threshold);
    st_str_release(&text);
}

static void say_birthday(const struct words *w)
{
    if (w->lang == ST_LANG_EN)
        add_count(w, "turns {}", "", w->row->value);
    add_day(w, " on {}", "{} 生日", w->row->day);
    if (w->lang == ST_LANG_ZH)
        add_count(w, "", "，满 {} 岁", w->row->value);
}

static void say_account(const struct words *w)
{
    const struct st_signal_row *row = w->row;
    bool matures = w->signal->def->kind == ST_SIGNAL_MATURING;
    add(w, "account {}", "账户 {}", row->account);
    add(w, " ({})", "（{}）", row->class_name);
    if (matures)
        add_day(w, " matures on {} and does not renew itself", "将于 {} 到期，未约定自动转存",
            row->day);
    else
        add_day(w, " opened on {}", "于 {} 开立", row->day);
    if (row->has_value)
        add_with(w, ", {} on it", "，余额 {}", row->value);
}

void st_signal_explain(const struct st_compiled *compiled, const struct st_signal_row *row,
    enum st_lang lang, struct st_str *out)
{
    static void (*const say[])(const struct words *w) = {[ST_SIGNAL_NEAR_TIER] = say_near,
        [ST_SIGNAL_WATCH] = say_watch,
        [ST_SIGNAL_CONDITION] = say_condition,
        [ST_SIGNAL_BIRTHDAY] = say_birthday,
        [ST_SIGNAL_MATURING] = say_account,
        [ST_SIGNAL_NEW_ACCOUNT] = say_account};
    _Static_assert(ST_COUNT(say) == ST_SIGNAL_KIND_COUNT, "a sentence for every kind");
    const struct words w = {compiled, row, row->signal, lang, out};
    say[row->signal->def->kind](&w);
}
