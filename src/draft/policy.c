/* The policy of a draft: bounds from the files' own quantiles, schemes that the columns support. */
#include "draft/internal.h"

#include "base/decimal.h"
#include "base/vec.h"

enum {
    BOUNDS_MAX = 4,
    LIFECYCLE_DAYS_MIN = 270, /* of history before growth means anything */
    ALL_HISTORY_DAYS_MAX = 731,
    MONTH_DAYS_MAX = 31,
    MANY_PERMILLE = 200, /* of amounts, before their sign is taken for a direction */
};

/* The nearest 1, 2 or 5 × 10^n on a logarithmic scale, at ST_PROFILE_SCALE. */
static int64_t round_125(int64_t value)
{
    int64_t unit = 1;
    while (value / 10 >= unit)
        unit *= 10;
    int64_t tenths = value / (unit >= 10 ? unit / 10 : 1);
    if (unit < 10)
        tenths *= 10;
    return tenths < 14   ? unit     /* √2 = 1.41 */
           : tenths < 32 ? unit * 2 /* √10 = 3.16 */
           : tenths < 71 ? unit * 5 /* √50 = 7.07 */
                         : unit * 10;
}

/* Bounds of tiers, highest first: quantiles, rounded, each below the one before. */
static size_t find_bounds(const struct st_profile_column *c, int64_t bounds[BOUNDS_MAX])
{
    static const int permilles[BOUNDS_MAX] = {990, 950, 800, 500};
    size_t count = 0;
    for (size_t i = 0; i < BOUNDS_MAX; i++) {
        int64_t value = st_profile_quantile(c, permilles[i]);
        int64_t bound = value > 0 ? round_125(value) : 0;
        if (bound > 0 && bound <= c->most && (count == 0 || bound < bounds[count - 1]))
            bounds[count++] = bound;
    }
    return count;
}

/* Tiers by how many there are: a middle needs a high and a base around it. */
static const struct {
    const char *code, *zh, *en;
    size_t least; /* bounds there must be for this tier to be used */
} tier_names[] = {
    {"top", "顶级", "Top", 3},
    {"high", "高端", "High", 1},
    {"upper", "中上", "Upper", 4},
    {"middle", "中端", "Middle", 2},
    {"base", "基础", "Base", 0},
};

static const char *bound_text(int64_t bound, char text[ST_DECIMAL_TEXT_SIZE])
{
    int scale = ST_PROFILE_SCALE;
    for (; scale > 0 && bound % 10 == 0; scale--)
        bound /= 10;
    st_decimal_format_grouped(bound, scale, text);
    for (char *p = text; *p; p++)
        if (*p == ',')
            *p = '_';
    return text;
}

static void write_tiers(struct st_draft_writer *w, const int64_t *bounds, size_t count)
{
    size_t next = 0;
    st_draft_line(w, 4, "tiers:");
    for (size_t i = 0; i < ST_COUNT(tier_names); i++) {
        char text[ST_DECIMAL_TEXT_SIZE];
        if (tier_names[i].least > count)
            continue;
        if (next < count)
            st_draft_line(w, 6, "- {code: %s, title: {zh: %s, en: %s}, from: %s}",
                tier_names[i].code, tier_names[i].zh, tier_names[i].en,
                bound_text(bounds[next++], text));
        else
            st_draft_line(w, 6, "- {code: %s, title: {zh: %s, en: %s}}", tier_names[i].code,
                tier_names[i].zh, tier_names[i].en);
    }
}

/* --- what the files offer --- */

struct offer {
    const struct st_draft *draft;
    const struct st_draft_file *balances, *movements, *customers;
    const struct st_profile_column *measure; /* when there is neither */
    const char *measure_name;                /* expression */
    const struct st_profile_column *income;
    const char *age; /* expression */
    bool history;    /* balances of more than a month */
    const char *schemes_by;
};

static const struct st_profile_column *day_of(const struct st_draft_file *f)
{
    const struct st_profile_column *c = f ? st_draft_column(f, ST_ROLE_DATE) : NULL;
    return c && c->type == ST_COLUMN_DATE ? c : NULL;
}

static int64_t span_days(const struct st_draft_file *f)
{
    const struct st_profile_column *c = day_of(f);
    return c ? c->last - c->first : 0;
}

static struct offer see(const struct st_draft *d)
{
    struct offer o = {.draft = d,
        .balances = st_draft_balance_file(d),
        .movements = st_draft_file_of(d, ST_DRAFT_MOVEMENTS),
        .customers = st_draft_file_of(d, ST_DRAFT_CUSTOMERS)};
    const struct st_draft_file *c = o.customers;
    o.history = o.balances && span_days(o.balances) > MONTH_DAYS_MAX;
    if (!c)
        return o;
    const struct st_profile_column *income = st_draft_column(c, ST_ROLE_INCOME);
    if (income && income->odd == 0)
        o.income = income;
    if (st_draft_column(c, ST_ROLE_BIRTH) &&
        st_draft_column(c, ST_ROLE_BIRTH)->type == ST_COLUMN_DATE)
        o.age = "age(birth_date)";
    else if (c->role[ST_ROLE_AGE] >= 0)
        o.age = st_draft_attribute(c, (size_t)c->role[ST_ROLE_AGE]);
    if (o.balances || o.movements || c->measure < 0)
        return o;
    o.measure = &c->profile->columns[c->measure];
    bool by_income = o.measure == o.income;
    o.measure_name = by_income ? "annual_income" : st_draft_attribute(c, (size_t)c->measure);
    if (by_income)
        o.income = NULL;
    return o;
}

/* --- metrics --- */

static void metric(struct st_draft_writer *w, const char *name, const char *zh, const char *en)
{
    st_draft_line(w, 2, "%s:", name);
    st_draft_line(w, 4, "title: {zh: %s, en: %s}", zh, en);
}

static void write_asset_metric(struct st_draft_writer *w, const struct offer *o)
{
    const struct st_profile_column *c = st_draft_column(o->balances, ST_ROLE_BALANCE);
    if (o->history) {
        metric(w, "assets", "月日均资产", "Month-daily-average assets");
        st_draft_line(w, 4, "from: balance");
        st_draft_line(w, 4, "value: daily_average(amount)");
        st_draft_line(w, 4, "window: 1 month");
    } else {
        metric(w, "assets", "资产余额", "Balance");
        st_draft_say(w, 4, "with balances of many days: daily_average(amount) and window: 1 month",
            "有多日余额后可改为 daily_average(amount) 与 window: 1 month（月日均）");
        st_draft_line(w, 4, "from: balance");
        st_draft_line(w, 4, "value: closing(amount)");
    }
    if (st_draft_has_classes(o->draft))
        st_draft_line(w, 4,
            "where: class in ('deposit', 'fund', 'wealth', 'insurance', 'bond', "
            "'metal', 'trust')");
    if (c->negative > 0) {
        st_draft_say(w, 4, "a negative balance counts as it is; zero instead: overdraft: zero",
            "负余额按实际计入；如按零计，改为 overdraft: zero");
        st_draft_line(w, 4, "overdraft: net");
    }
}

/* Which amounts are spending: positive ones, negative ones, or all when both are common. */
static int spending_sign(const struct st_draft_file *f)
{
    const struct st_profile_column *c = st_draft_column(f, ST_ROLE_AMOUNT);
    if (!c)
        c = st_draft_column(f, ST_ROLE_QUANTITY);
    if (c->negative * 1000 > c->present * (1000 - MANY_PERMILLE))
        return -1;
    return c->negative * 1000 > c->present * MANY_PERMILLE ? 0 : 1;
}

static void write_movement_where(struct st_draft_writer *w, int sign)
{
    if (sign > 0)
        st_draft_line(w, 4, "where: amount > 0");
    else if (sign < 0)
        st_draft_line(w, 4, "where: amount < 0");
}

static void write_movement_metrics(struct st_draft_writer *w, const struct offer *o)
{
    const struct st_draft_file *f = o->movements;
    const struct st_profile_column *document = st_draft_column(f, ST_ROLE_DOCUMENT);
    int sign = spending_sign(f);
    bool year = span_days(f) > ALL_HISTORY_DAYS_MAX;
    const char *money = sign > 0 ? "sum(amount)" : "sum(abs(amount))";
    if (sign > 0)
        st_draft_say(w, 2, "amounts of zero and below (returns, corrections) do not count",
            "零与负数金额（退货、冲正）不计入");
    metric(w, "recency", "最近一次距今天数", "Days since the last one");
    st_draft_line(w, 4, "from: txn");
    st_draft_line(w, 4, "value: days_since(max(on_date))");
    write_movement_where(w, sign);
    metric(w, "frequency", "次数", "How many");
    st_draft_line(w, 4, "from: txn");
    if (document && !document->unique)
        st_draft_say(
            w, 4, "rows with the same %s count once", "%s 相同的行算作一次", document->name);
    st_draft_line(
        w, 4, "value: %s", document && !document->unique ? "count_distinct(reference)" : "count()");
    write_movement_where(w, sign);
    if (year)
        st_draft_line(w, 4, "window: 12 months");
    metric(w, "monetary", "金额", "How much");
    st_draft_line(w, 4, "from: txn");
    st_draft_line(w, 4, "value: %s", money);
    write_movement_where(w, sign);
    if (year)
        st_draft_line(w, 4, "window: 12 months");
    if (span_days(f) < LIFECYCLE_DAYS_MIN)
        return;
    metric(w, "first_on", "首次日期", "First one");
    st_draft_line(w, 4, "from: txn");
    st_draft_line(w, 4, "value: min(on_date)");
    write_movement_where(w, sign);
    metric(w, "tenure", "客户年限（月）", "Tenure in months");
    st_draft_line(w, 4, "is: months_between(first_on)");
    metric(w, "recent", "近三个月金额", "Last three months");
    st_draft_line(w, 4, "from: txn");
    st_draft_line(w, 4, "value: %s", money);
    write_movement_where(w, sign);
    st_draft_line(w, 4, "window: 3 months");
    metric(w, "growth", "较前三个月增长", "Growth over the three months before");
    st_draft_line(w, 4, "is: recent / lag(recent, 3 months) - 1");
}

static void write_metrics(struct st_draft_writer *w, const struct offer *o)
{
    st_draft_line(w, 0, "metrics:");
    if (o->balances)
        write_asset_metric(w, o);
    if (o->movements)
        write_movement_metrics(w, o);
    if (o->measure) {
        const char *header = *o->measure->header ? o->measure->header : o->measure->name;
        metric(w, "measure", st_draft_scalar(w->arena, header), st_draft_scalar(w->arena, header));
        st_draft_line(w, 4, "is: %s", o->measure_name);
    }
    if (o->income) {
        metric(w, "income", "年收入", "Yearly income");
        st_draft_line(w, 4, "is: annual_income");
    }
    if (o->age) {
        metric(w, "years", "年龄", "Age");
        st_draft_line(w, 4, "is: %s", o->age);
    }
}

/* --- schemes --- */

static void scheme(
    struct st_draft_writer *w, const char *name, const char *zh, const char *en, const char *method)
{
    st_draft_line(w, 0, "%s", "");
    st_draft_line(w, 2, "%s:", name);
    st_draft_line(w, 4, "title: {zh: %s, en: %s}", zh, en);
    st_draft_line(w, 4, "method: %s", method);
}

static void write_bands(struct st_draft_writer *w, const char *name, const char *zh, const char *en,
    const char *value, const struct st_profile_column *c, bool nullable)
{
    int64_t bounds[BOUNDS_MAX] = {0};
    size_t count = find_bounds(c, bounds);
    if (count == 0)
        return;
    scheme(w, name, zh, en, "thresholds");
    st_draft_line(w, 4, "value: %s", value);
    if (nullable)
        st_draft_line(w, 4, "nulls: unrated");
    st_draft_say(w, 4, "near the best 1 %%, 5 %%, 20 %% and half of %s; set the bank's own bounds",
        "约为 %s 的前 1%%、5%%、20%% 与中位数，请改为本行的标准", c->name);
    write_tiers(w, bounds, count);
}

static void write_ranks(struct st_draft_writer *w, const char *value, bool nullable)
{
    scheme(w, "pyramid", "金字塔", "Pyramid", "pyramid");
    st_draft_line(w, 4, "value: %s", value);
    if (nullable)
        st_draft_line(w, 4, "nulls: unrated");
    st_draft_line(w, 4, "tiers:");
    st_draft_line(w, 6, "- {code: diamond, title: {zh: 前 1%%, en: Top 1 %%}, top: 1%%}");
    st_draft_line(w, 6, "- {code: gold, title: {zh: 前 5%%, en: Top 5 %%}, top: 5%%}");
    st_draft_line(w, 6, "- {code: silver, title: {zh: 前 20%%, en: Top 20 %%}, top: 20%%}");
    st_draft_line(w, 6, "- {code: bronze, title: {zh: 其余, en: The rest}}");
    scheme(w, "abc", "ABC 分类", "ABC classes", "pareto");
    st_draft_line(w, 4, "value: %s", value);
    if (nullable)
        st_draft_line(w, 4, "nulls: unrated");
    st_draft_say(w, 4, "A together hold 70 %% of the total, B the next 20 %%",
        "A 类合计占总额的 70%%，B 类占其后的 20%%");
    st_draft_line(w, 4, "tiers:");
    st_draft_line(w, 6, "- {code: a, title: {zh: A 类, en: A}, until: 70%%}");
    st_draft_line(w, 6, "- {code: b, title: {zh: B 类, en: B}, until: 90%%}");
    st_draft_line(w, 6, "- {code: c, title: {zh: C 类, en: C}}");
}

static void write_rfm(struct st_draft_writer *w, const struct offer *o)
{
    static const struct {
        const char *code, *zh, *en, *ranges;
    } segments[] = {
        {"champions", "重要价值", "Champions", "r: [4, 5], f: [4, 5], m: [4, 5]"},
        {"keep", "重要保持", "Must keep", "r: [1, 3], f: [4, 5], m: [4, 5]"},
        {"develop", "重要发展", "To develop", "r: [4, 5], f: [1, 3], m: [4, 5]"},
        {"rescue", "重要挽留", "To win back", "r: [1, 3], f: [1, 3], m: [4, 5]"},
        {"loyal", "一般价值", "Loyal", "r: [4, 5], f: [4, 5], m: [1, 3]"},
        {"recent", "一般发展", "Recent", "r: [4, 5], f: [1, 3], m: [1, 3]"},
        {"regular", "一般保持", "Regular", "r: [1, 3], f: [4, 5], m: [1, 3]"},
        {"inactive", "一般挽留", "Inactive", "r: [1, 3], f: [1, 3], m: [1, 3]"},
    };
    scheme(w, "rfm", "RFM 细分", "RFM segments", "rfm");
    st_draft_line(w, 4, "recency: recency");
    st_draft_line(w, 4, "frequency: frequency");
    st_draft_line(w, 4, "monetary: monetary");
    st_draft_say(w, 4, "customers without any movement that counts have no score",
        "没有有效交易的客户不评分");
    st_draft_line(w, 4, "nulls: unrated");
    st_draft_say(w, 4, "scores 1 to 5 are fifths of the customers; 5 is best",
        "得分 1–5 为五等分，5 分最高");
    st_draft_line(w, 4, "segments:");
    for (size_t i = 0; i < ST_COUNT(segments); i++)
        st_draft_line(w, 6, "- {code: %s, title: {zh: %s, en: %s}, %s}", segments[i].code,
            segments[i].zh, segments[i].en, segments[i].ranges);
    if (span_days(o->movements) < LIFECYCLE_DAYS_MIN)
        return;
    scheme(w, "lifecycle", "生命周期", "Lifecycle", "lifecycle");
    st_draft_line(w, 4, "tenure: tenure");
    st_draft_line(w, 4, "growth: growth");
    st_draft_line(w, 4, "inactive_days: recency");
    st_draft_line(w, 4, "nulls: unrated");
}

static void write_life_stage(struct st_draft_writer *w)
{
    scheme(w, "life_stage", "人生阶段", "Life stage", "thresholds");
    st_draft_line(w, 4, "value: years");
    st_draft_line(w, 4, "nulls: unrated");
    st_draft_line(w, 4, "tiers:");
    st_draft_line(w, 6, "- {code: senior, title: {zh: 老年, en: Senior}, from: 60}");
    st_draft_line(w, 6, "- {code: middle, title: {zh: 中年, en: Middle-aged}, from: 35}");
    st_draft_line(w, 6, "- {code: young, title: {zh: 青年, en: Young}}");
}

static void write_schemes(struct st_draft_writer *w, const struct offer *o)
{
    st_draft_line(w, 0, "%s", "");
    st_draft_line(w, 0, "schemes:");
    if (o->balances)
        write_bands(w, "asset", "资产分层", "Asset tiers", "assets",
            st_draft_column(o->balances, ST_ROLE_BALANCE), false);
    if (o->movements)
        write_rfm(w, o);
    if (o->measure)
        write_bands(w, "value", "价值分层", "Value tiers", "measure", o->measure, true);
    if (o->balances || o->movements || o->measure)
        write_ranks(w,
            o->balances    ? "assets"
            : o->movements ? "monetary"
                           : "measure",
            !o->balances && !o->movements);
    if (o->income)
        write_bands(w, "income", "收入分层", "Income bands", "income", o->income, true);
    if (o->age)
        write_life_stage(w);
}

/* --- the whole --- */

static const char *attribute_kind(
    const struct st_draft *d, const struct st_draft_file *f, int column)
{
    const struct st_profile_column *c = &f->profile->columns[column];
    bool money = column == f->measure && f->columns[column].role == ST_ROLE_AMOUNT &&
                 c->scale <= d->exponent;
    return money ? "money" : c->type == ST_COLUMN_INTEGER ? "integer" : "number";
}

static void write_attributes(struct st_draft_writer *w, const struct offer *o)
{
    const struct st_draft_file *f = o->customers;
    const int used[] = {f ? f->role[ST_ROLE_AGE] : -1, o->measure ? f->measure : -1};
    struct st_str list = ST_STR_INIT;
    for (size_t i = 0; i < ST_COUNT(used); i++) {
        const char *name = used[i] >= 0 ? st_draft_attribute(f, (size_t)used[i]) : NULL;
        if (name && !(i > 0 && used[0] == used[1]))
            st_str_addf(&list, "%s%s: %s", list.len ? ", " : "", name,
                attribute_kind(o->draft, f, used[i]));
    }
    if (list.len > 0) {
        st_draft_say(w, 0, "columns of the bank's own that rules use; the mapping lists the others",
            "规则用到的自定义属性；其余见映射文件");
        st_draft_line(w, 0, "attributes: {%s}", list.text);
    }
    st_str_release(&list);
}

static st_code fail_nothing(const struct st_draft *d, struct st_error *err)
{
    const struct st_draft_file *f = &d->files[0];
    st_fail(err, ST_E_DATA, "%s holds no number to rate customers by",
        "%s 中没有可用于分层的数字列", f->profile->path);
    st_error_allowed(err, "a balance, an amount with a date, an income or an age",
        "余额、带日期的金额、收入或年龄");
    st_error_hint(err,
        "name several files at once when the numbers are in another: strata init STORE "
        "customers.csv balances.csv",
        "若数字在别的文件中，请一并给出：strata init 库 客户.csv 余额.csv");
    return ST_E_DATA;
}

st_code st_draft_write_policy(
    struct st_draft_writer *w, const struct st_draft *d, struct st_error *err)
{
    struct offer o = see(d);
    if (!o.balances && !o.movements && !o.measure && !o.age)
        return fail_nothing(d, err);
    st_draft_say(w, 0,
        "Drafted by strata init: how customers become tiers. A start, not a standard.",
        "由 strata init 起草：客户如何分层。仅为起点，并非标准。");
    st_draft_say(w, 0, "Every key: docs/policy-reference.md; every method: docs/methods.md",
        "各项说明见 docs/policy-reference.zh-CN.md，各方法见 docs/methods.zh-CN.md");
    st_draft_line(w, 0, "strata: 1");
    st_draft_line(w, 0, "name: %s", d->name);
    st_draft_line(w, 0, "title: {zh: 客户分层, en: Customer tiers}");
    st_draft_line(w, 0, "currency: %s", d->currency);
    st_draft_line(w, 0, "calendar: {period: month}");
    st_draft_say(w, 0, "everyone in the files is rated; holders: only who holds an account",
        "文件中的客户全部参与；holders 则仅限持有账户的客户");
    st_draft_line(w, 0, "population: everyone");
    write_attributes(w, &o);
    st_draft_line(w, 0, "%s", "");
    write_metrics(w, &o);
    write_schemes(w, &o);
    return ST_OK;
}
