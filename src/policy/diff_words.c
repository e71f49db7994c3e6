/* The words of differences: phrases by key, words of the policy language, values for people.
 *
 * A key without a row here is said in a general sentence: rows are for what is changed often. */
#include "policy/diff_internal.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "policy/hash.h"

/* --- phrases --- */

static const struct diff_phrase phrases[] = {
    /* tiers */
    {"tier.from", DIFF_AUTO, NULL, {"{s}starts at {n}, was {o}", "{s}起点由 {o} 调整为 {n}"},
        {"{s}now starts at {n}", "{s}起点设为 {n}"},
        {"{s}no longer has a lower bound, was {o}", "{s}不再设起点（原为 {o}）"}},
    {"tier.above", DIFF_AUTO, NULL,
        {"{s}starts above {n}, was above {o}", "{s}起点由高于 {o} 调整为高于 {n}"},
        {"{s}now starts above {n}", "{s}起点设为高于 {n}"},
        {"{s}no longer has a lower bound, was above {o}", "{s}不再设起点（原为高于 {o}）"}},
    {"tier.when", DIFF_EXPR, NULL, {"{s}requires {n}, was {o}", "{s}条件由 {o} 改为 {n}"},
        {"{s}now requires {n}", "{s}新增条件 {n}"},
        {"{s}no longer has a condition, was {o}", "{s}不再设条件（原为 {o}）"}},
    {"tier.top", DIFF_AUTO, NULL,
        {"{s}is the top {n}, was the top {o}", "{s}由前 {o} 调整为前 {n}"},
        {"{s}is now the top {n}", "{s}设为前 {n}"},
        {"{s}takes the rest, was the top {o}", "{s}改为其余客户（原为前 {o}）"}},
    {"tier.until", DIFF_AUTO, NULL,
        {"{s}ends at {n} of the total, was {o}", "{s}累计占比上限由 {o} 调整为 {n}"},
        {"{s}now ends at {n} of the total", "{s}累计占比上限设为 {n}"},
        {"{s}takes the rest, ended at {o} of the total",
            "{s}改为其余客户（累计占比上限原为 {o}）"}},
    {"tier.title", DIFF_TITLE, NULL, {"{s}is now called {n}", "{s}更名为 {n}"},
        {"{s}is now called {n}", "{s}命名为 {n}"}, {"{s}has no title any more", "{s}不再有名称"}},
    {"tier.needs", DIFF_TITLE, NULL,
        {"{p}what its customers need: {n}; was: {o}", "{p}客户需求由 {o} 改为 {n}"},
        {"{p}what its customers need: {n}", "{p}新增客户需求 {n}"},
        {"{p}no longer says what its customers need, was: {o}", "{p}取消客户需求 {o}"}},
    {"tier.services", DIFF_TITLE, NULL,
        {"{p}what is done for its customers: {n}; was: {o}", "{p}对应服务由 {o} 改为 {n}"},
        {"{p}what is done for its customers: {n}", "{p}新增对应服务 {n}"},
        {"{p}no longer says what is done for its customers, was: {o}", "{p}取消对应服务 {o}"}},
    {"tier.value", DIFF_EXPR, NULL,
        {"{s}is measured by {n}, was {o}", "{s}衡量指标由 {o} 改为 {n}"},
        {"{s}is now measured by {n}", "{s}衡量指标设为 {n}"},
        {"{s}is no longer measured, was {o}", "{s}不再衡量（原为 {o}）"}},
    /* metrics */
    {"metric.title", DIFF_TITLE, NULL, {"is now called {n}, was {o}", "名称由 {o} 改为 {n}"},
        {"is now called {n}", "命名为 {n}"}, {"has no title any more", "不再有名称"}},
    {"metric.window", DIFF_WINDOW, "all", {"the window is {n}, was {o}", "时间窗由{o}调整为{n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"metric.where", DIFF_EXPR, NULL,
        {"counts only where {n}, was where {o}", "计入条件由 {o} 改为 {n}"},
        {"now counts only where {n}", "新增计入条件 {n}"},
        {"now counts all rows, was where {o}", "改为全部计入（原条件 {o}）"}},
    {"metric.value", DIFF_EXPR, NULL, {"the value is {n}, was {o}", "取值由 {o} 改为 {n}"},
        {"the value is now {n}", "取值设为 {n}"},
        {"no longer reads a value, was {o}", "不再直接取值（原为 {o}）"}},
    {"metric.is", DIFF_EXPR, NULL, {"is {n}, was {o}", "算式由 {o} 改为 {n}"},
        {"is now {n}", "算式设为 {n}"}, {"is no longer {o}", "不再使用算式 {o}"}},
    {"metric.from", DIFF_WORD, NULL, {"is computed from {n}, was {o}", "数据来源由{o}改为{n}"},
        {"is now computed from {n}", "数据来源设为{n}"},
        {"is no longer computed from {o}", "数据来源不再是{o}"}},
    {"metric.weights.*", DIFF_AUTO, NULL,
        {"the weight of {k} is {n}, was {o}", "{k} 的系数由 {o} 调整为 {n}"},
        {"{k} now counts with weight {n}", "{k} 开始计入，系数 {n}"},
        {"{k} no longer counts, its weight was {o}", "{k} 不再计入（系数原为 {o}）"}},
    {"metric.overdraft", DIFF_WORD, "zero",
        {"a negative balance {n}, {o} before", "负余额由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"metric.days", DIFF_AUTO, NULL,
        {"averages are over {n} days, was {o}", "日均除数由 {o} 天调整为 {n} 天"},
        {"averages are now over {n} days, whatever the window", "日均除数固定为 {n} 天"},
        {"averages are over the days of the window, was {o}",
            "日均除数改为窗口天数（原为 {o} 天）"}},
    /* schemes */
    {"scheme.title", DIFF_TITLE, NULL, {"is now called {n}, was {o}", "名称由 {o} 改为 {n}"},
        {"is now called {n}", "命名为 {n}"}, {"has no title any more", "不再有名称"}},
    {"scheme.method", DIFF_TEXT, NULL, {"the method is {n}, was {o}", "方法由 {o} 改为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"scheme.value", DIFF_EXPR, NULL, {"is measured by {n}, was {o}", "衡量指标由 {o} 改为 {n}"},
        {"is now measured by {n}", "衡量指标设为 {n}"},
        {"is no longer measured by {o}", "不再以 {o} 衡量"}},
    {"scheme.nulls", DIFF_TIER, NULL,
        {"customers without a value are {n}, were {o}", "缺失值由归入 {o} 改为归入 {n}"},
        {"customers without a value are {n}", "缺失值归入 {n}"},
        {"nothing is said of customers without a value, they were {o}",
            "不再规定缺失值（原归入 {o}）"}},
    {"scheme.household", DIFF_WORD, NULL,
        {"members of a household share {n}, was {o}", "家庭成员共享{n}（原为{o}）"},
        {"members of a household now share {n}", "家庭成员开始共享{n}"},
        {"members of a household no longer share {o}", "家庭成员不再共享{o}"}},
    {"scheme.household.up_to", DIFF_TIER, NULL,
        {"a household lifts up to {n}, was {o}", "家庭共享最高至由 {o} 改为 {n}"},
        {"a household lifts up to {n}", "家庭共享最高至 {n}"},
        {"a household lifts without limit, was up to {o}", "家庭共享不再设上限（原为 {o}）"}},
    {"scheme.rows", DIFF_SCHEME, NULL, {"the rows are {n}, were {o}", "行由 {o} 改为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"scheme.columns", DIFF_SCHEME, NULL, {"the columns are {n}, were {o}", "列由 {o} 改为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"scheme.weights.*", DIFF_AUTO, NULL,
        {"the weight of {k} is {n}, was {o}", "{k} 的权重由 {o} 调整为 {n}"},
        {"{k} now has weight {n}", "{k} 权重设为 {n}"},
        {"{k} has no weight any more, was {o}", "{k} 不再有权重（原为 {o}）"}},
    {"scheme.cells.tier", DIFF_TIER, NULL, {"{s}is {n}, was {o}", "{s}由 {o} 改为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"item.weight", DIFF_AUTO, NULL, {"{s}weighs {n}, was {o}", "{s}权重由 {o} 调整为 {n}"},
        {"{s}now weighs {n}", "{s}权重设为 {n}"},
        {"{s}has no weight any more, was {o}", "{s}不再有权重（原为 {o}）"}},
    {"item.value", DIFF_EXPR, NULL,
        {"{s}is measured by {n}, was {o}", "{s}衡量指标由 {o} 改为 {n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"item.bands.from", DIFF_AUTO, NULL, {"{s}starts at {n}, was {o}", "{s}起点由 {o} 调整为 {n}"},
        {"{s}now starts at {n}", "{s}起点设为 {n}"},
        {"{s}no longer has a lower bound, was {o}", "{s}不再设起点（原为 {o}）"}},
    {"item.bands.score", DIFF_AUTO, NULL, {"{s}scores {n}, was {o}", "{s}得分由 {o} 调整为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"scheme.multipliers.factor", DIFF_AUTO, NULL,
        {"{s}multiplies by {n}, was {o}", "{s}系数由 {o} 调整为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    {"scheme.caps.score", DIFF_AUTO, NULL,
        {"{s}caps the score at {n}, was {o}", "{s}得分上限由 {o} 调整为 {n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"scheme.multipliers.when", DIFF_EXPR, NULL,
        {"{s}applies when {n}, was {o}", "{s}适用条件由 {o} 改为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    {"scheme.caps.when", DIFF_EXPR, NULL,
        {"{s}applies when {n}, was {o}", "{s}适用条件由 {o} 改为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    {"scheme.conditions.when", DIFF_EXPR, NULL,
        {"{s}holds when {n}, was {o}", "{s}成立条件由 {o} 改为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    /* moves */
    {"moves.up.on", DIFF_WORD, "every_period",
        {"{p}rating days for rises: {n}, were {o}", "{p}升级评定日由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.up.after", DIFF_AUTO, "1",
        {"{p}rating days above that a rise takes: {n}, was {o}",
            "{p}升级须达标期数由 {o} 调整为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"moves.up.within", DIFF_AUTO, NULL,
        {"{p}those days may be any of the last {n}, was {o}",
            "{p}升级观察期由最近 {o} 期调整为最近 {n} 期"},
        {"{p}the rising days may be any of the last {n}, had to follow each other",
            "{p}升级达标期由须连续改为最近 {n} 期内"},
        {"{p}the rising days must follow each other, were any of the last {o}",
            "{p}升级达标期改为须连续（原为最近 {o} 期内）"}},
    {"moves.up.lands", DIFF_WORD, "tier_of_all",
        {"{p}a rise lands in {n}, was {o}", "{p}升级落点由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"moves.up.effective", DIFF_WORD, "now",
        {"{p}a rise takes effect {n}, was {o}", "{p}升级生效由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.up.never", DIFF_WORD, "no",
        {"{p}never rising: {n}, was {o}", "{p}不升级：由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"moves.down.on", DIFF_WORD, "every_period",
        {"{p}rating days for falls: {n}, were {o}", "{p}降级评定日由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.down.after", DIFF_AUTO, "1",
        {"{p}failing rating days that a fall takes: {n}, was {o}",
            "{p}降级前未达标期数由 {o} 调整为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"moves.down.within", DIFF_AUTO, NULL,
        {"{p}those days may be any of the last {n}, was {o}",
            "{p}降级观察期由最近 {o} 期调整为最近 {n} 期"},
        {"{p}the failing days may be any of the last {n}, had to follow each other",
            "{p}未达标期由须连续改为最近 {n} 期内"},
        {"{p}the failing days must follow each other, were any of the last {o}",
            "{p}未达标期改为须连续（原为最近 {o} 期内）"}},
    {"moves.down.lands", DIFF_WORD, "tier_of_last",
        {"{p}a fall lands in {n}, was {o}", "{p}降级落点由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"moves.down.effective", DIFF_WORD, "now",
        {"{p}a fall takes effect {n}, was {o}", "{p}降级生效由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.down.never", DIFF_WORD, "no",
        {"{p}never falling: {n}, was {o}", "{p}不降级：由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"moves.down.recovers", DIFF_WORD, "any_period",
        {"{p}the failing count returns to 0 on {n}, was {o}", "{p}未达标计数归零由{o}改为{n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"moves.down.unless", DIFF_EXPR, NULL,
        {"{p}keeps the tier while {n}, was {o}", "{p}保级条件由 {o} 改为 {n}"},
        {"{p}now keeps the tier while {n}", "{p}新增保级条件 {n}"},
        {"{p}no longer keeps the tier while {o}", "{p}取消保级条件 {o}"}},
    {"moves.watch.after", DIFF_AUTO, NULL,
        {"{p}failing rating days until the watch: {n}, was {o}",
            "{p}列入关注前未达标期数由 {o} 调整为 {n}"},
        {"{p}there is a watch now, failing rating days until it: {n}",
            "{p}新增关注：未达标 {n} 期起"},
        {"{p}there is no watch any more, failing rating days until it were: {o}",
            "{p}不再设关注（原为未达标 {o} 期起）"}},
    {"moves.watch.effective", DIFF_WORD, "now",
        {"{p}a watch takes effect {n}, was {o}", "{p}关注生效由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.valid.for", DIFF_WINDOW, NULL,
        {"{p}an entered tier is kept {n}, was {o}", "{p}层级有效期由{o}调整为{n}"},
        {"{p}an entered tier is now kept {n}", "{p}新增层级有效期{n}"},
        {"{p}an entered tier is no longer kept {o}", "{p}取消层级有效期{o}"}},
    {"moves.valid.until", DIFF_WORD, NULL,
        {"{p}an entered tier is kept to {n}, was {o}", "{p}层级有效期由至{o}改为至{n}"},
        {"{p}an entered tier is now kept to {n}", "{p}新增层级有效期至{n}"},
        {"{p}an entered tier is no longer kept to {o}", "{p}取消层级有效期至{o}"}},
    {"moves.valid.renews", DIFF_WORD, "at_expiry",
        {"{p}validity is renewed {n}, was {o}", "{p}有效期续期由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.valid.grace", DIFF_WINDOW, NULL,
        {"{p}grace is {n}, was {o}", "{p}宽限期由{o}调整为{n}"},
        {"{p}there is now a grace of {n}", "{p}新增宽限期{n}"},
        {"{p}there is no grace any more, was {o}", "{p}取消宽限期（原为{o}）"}},
    {"moves.new_customers.starts", DIFF_WORD, "earned",
        {"{p}new customers start in {n}, was {o}", "{p}新客户初始层级由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.new_customers.opens_in", DIFF_EXPR, NULL,
        {"{p}new customers open in {n}, was {o}", "{p}新客户开户层级由 {o} 改为 {n}"},
        {"{p}new customers now open in {n}", "{p}新客户开户层级取自 {n}"},
        {"{p}new customers no longer open in {o}", "{p}新客户开户层级不再取自 {o}"}},
    {"moves.new_customers.protected", DIFF_WINDOW, NULL,
        {"{p}new customers are protected for {n}, was {o}", "{p}新客户保护期由{o}调整为{n}"},
        {"{p}new customers are now protected for {n}", "{p}新增新客户保护期{n}"},
        {"{p}new customers are no longer protected, was {o}", "{p}取消新客户保护期（原为{o}）"}},
    {"moves.new_customers.failing", DIFF_WORD, "forgiven",
        {"{p}failing days under protection are {n}, were {o}", "{p}保护期内未达标由{o}改为{n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"moves.when", DIFF_EXPR, NULL,
        {"{p}who belongs to it is {n}, was {o}", "{p}适用客户由 {o} 改为 {n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.on_change", DIFF_WORD, "keep",
        {"when the version changes: {n}, before: {o}", "版本更替时由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"moves.map.*", DIFF_TIER, NULL,
        {"holders of {k} go to {n}, was {o}", "{k} 的持有者由转入 {o} 改为转入 {n}"},
        {"holders of {k} go to {n}", "{k} 的持有者转入 {n}"},
        {"nothing is said any more of holders of {k}, went to {o}",
            "不再规定 {k} 的持有者（原转入 {o}）"}},
    /* the policy */
    {"policy.title", DIFF_TITLE, NULL, {"is now called {n}, was {o}", "名称由 {o} 改为 {n}"},
        {"is now called {n}", "命名为 {n}"}, {"has no title any more", "不再有名称"}},
    {"policy.currency", DIFF_TEXT, "CNY", {"money is in {n}, was {o}", "计价货币由 {o} 改为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"policy.fx_days_max", DIFF_AUTO, "10",
        {"an exchange rate may be {n} days old, was {o}", "汇率可沿用天数由 {o} 调整为 {n}"},
        {NULL, NULL}, {NULL, NULL}},
    {"policy.population", DIFF_WORD, "holders",
        {"who is rated: {n}, was {o}", "参评范围由{o}改为{n}"}, {NULL, NULL}, {NULL, NULL}},
    {"policy.entity", DIFF_TEXT, "customer",
        {"what is tiered: {n}, was {o}", "分层对象由 {o} 改为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    {"policy.calendar.period", DIFF_WORD, "month",
        {"the rating period is the {n}, was the {o}", "评定周期由{o}改为{n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"policy.calendar.fiscal_year_starts", DIFF_TEXT, "01-01",
        {"the fiscal year starts on {n}, was {o}", "财年起始日由 {o} 改为 {n}"}, {NULL, NULL},
        {NULL, NULL}},
    {"policy.calendar.timezone", DIFF_TEXT, "Asia/Shanghai",
        {"the timezone is {n}, was {o}", "时区由 {o} 改为 {n}"}, {NULL, NULL}, {NULL, NULL}},
    {"policy.attributes.*", DIFF_TEXT, NULL,
        {"attribute {k} is {n}, was {o}", "属性 {k} 由 {o} 改为 {n}"},
        {"attribute {k} ({n}) is now used", "新增属性 {k}（{n}）"},
        {"attribute {k} is no longer used", "不再使用属性 {k}"}},
};

static const struct diff_phrase general[] = {
    [DIFF_AUTO] = {NULL, DIFF_AUTO, NULL, {"{p}{k} is {n}, was {o}", "{p}{k} 由 {o} 改为 {n}"},
        {"{p}{k} is now {n}", "{p}{k} 设为 {n}"},
        {"{p}{k} is left out now, was {o}", "{p}{k} 不再给出（原为 {o}）"}},
    [DIFF_TITLE] = {NULL, DIFF_TITLE, NULL, {"{p}{k} is {n}, was {o}", "{p}{k} 由 {o} 改为 {n}"},
        {"{p}{k} is now {n}", "{p}{k} 设为 {n}"},
        {"{p}{k} is left out now, was {o}", "{p}{k} 不再给出（原为 {o}）"}},
};

static bool matches(const char *pattern, const char *text)
{
    const char *star = strchr(pattern, '*');
    if (!star)
        return strcmp(pattern, text) == 0;
    return strncmp(pattern, text, (size_t)(star - pattern)) == 0;
}

const struct diff_phrase *st_diff_phrase(const char *pattern)
{
    static const char *const titled[] = {".title", ".description"};
    for (size_t i = 0; i < ST_COUNT(phrases); i++)
        if (matches(phrases[i].pattern, pattern))
            return &phrases[i];
    const char *key = strrchr(pattern, '.');
    for (size_t i = 0; key && i < ST_COUNT(titled); i++)
        if (strcmp(key, titled[i]) == 0)
            return &general[DIFF_TITLE];
    return &general[DIFF_AUTO];
}

/* --- words --- */

struct word {
    const char *word;
    struct st_text text;
};

static const struct word labels[] = {
    {"description", {"the description", "说明"}},
    {"title", {"the title", "名称"}},
    {"when", {"the condition", "条件"}},
    {"bound", {"the bound", "界限"}},
    {"bins", {"the number of scores", "分档数"}},
    {"nulls", {"who lacks a value", "缺失值"}},
    {"bands", {"band", "分段"}},
    {"multipliers", {"multiplier", "乘数"}},
    {"caps", {"cap", "封顶"}},
    {"cells", {"cell", "单元"}},
    {"conditions", {"condition", "条件"}},
};

static const struct word words[] = {
    {"yes", {"yes", "是"}},
    {"true", {"yes", "是"}},
    {"no", {"no", "否"}},
    {"false", {"no", "否"}},
    {"now", {"at once", "当期"}},
    {"next_period", {"from the next period on", "下一期"}},
    {"every_period", {"every period", "每期"}},
    {"quarter", {"quarter", "季"}},
    {"half_year", {"half year", "半年"}},
    {"year", {"year", "年"}},
    {"month", {"month", "月"}},
    {"day", {"day", "日"}},
    {"tier_of_all", {"the best tier that every such day reached", "各期均达到的最高层级"}},
    {"tier_of_last", {"the tier that the last day earns", "最后一期所得层级"}},
    {"tier_of_best_in_window", {"the best tier of the failing days", "未达标期间的最高所得层级"}},
    {"one_step", {"the next tier", "相邻层级"}},
    {"any_period", {"any period that does not fail", "任一达标周期"}},
    {"rating_day", {"a rating day that does not fail", "达标的评定日"}},
    {"end_of_year", {"the end of the year", "当年末"}},
    {"end_of_next_year", {"the end of the next year", "次年末"}},
    {"at_expiry", {"when it runs out", "到期时"}},
    {"when_reached", {"whenever the tier is earned", "每次达标时"}},
    {"earned", {"the tier they earn", "所得层级"}},
    {"lowest", {"the lowest tier", "最低层级"}},
    {"forgiven", {"forgiven", "不计"}},
    {"counted", {"counted", "计入"}},
    {"keep", {"counts go on", "计数延续"}},
    {"reset", {"counts start at 0", "计数归零"}},
    {"rerate", {"everybody is rated afresh", "全部重新评定"}},
    {"zero", {"counts as zero", "按零计"}},
    {"net", {"is netted", "轧差"}},
    {"holders", {"who held an account", "已开户客户"}},
    {"everyone", {"everyone but prospects", "除潜在客户外全部"}},
    {"best", {"its best tier", "最高层级"}},
    {"balance", {"balances", "余额"}},
    {"txn", {"transactions", "交易"}},
    {"account", {"accounts", "账户"}},
    {"customer", {"the customer's columns", "客户信息"}},
    {"unrated", {"unrated", "未评级"}},
    {"all", {"all history", "全部历史"}},
    {"month_to_date", {"month to date", "本月至今"}},
    {"quarter_to_date", {"quarter to date", "本季至今"}},
    {"year_to_date", {"year to date", "本年至今"}},
};

static const char *in_language(const struct st_text *text, enum st_lang lang)
{
    return lang == ST_LANG_ZH ? text->zh : text->en;
}

static const char *word_of(
    const struct word *table, size_t count, const char *word, enum st_lang lang)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].word, word) == 0)
            return in_language(&table[i].text, lang);
    return word;
}

const char *st_diff_label(const char *key, enum st_lang lang)
{
    return word_of(labels, ST_COUNT(labels), key, lang);
}

/* --- values --- */

const char *st_diff_title(const struct st_node *map, const char *name, enum st_lang lang)
{
    const struct st_node *title = st_node_get(map, "title");
    const struct st_node *own = st_node_get(title, lang == ST_LANG_ZH ? "zh" : "en");
    if (!own)
        own = st_node_get(title, lang == ST_LANG_ZH ? "en" : "zh");
    if (title && title->kind == ST_NODE_SCALAR)
        own = title;
    return own && own->kind == ST_NODE_SCALAR && own->text[0] ? own->text : name;
}

static struct st_expr *parsed(struct st_arena *arena, const char *text)
{
    struct st_expr *e = NULL;
    return st_expr_parse(arena, "", 1, 1, text, &e, NULL) == ST_OK ? e : NULL;
}

static const char *kept(struct st_arena *arena, struct st_str *text)
{
    const char *copy = st_arena_strdup(arena, text->text);
    st_str_release(text);
    return copy;
}

static const char *printed(struct st_arena *arena, const char *text)
{
    const struct st_expr *e = parsed(arena, text);
    struct st_str out = ST_STR_INIT;
    if (!e)
        return text;
    st_expr_print(&out, e);
    return kept(arena, &out);
}

static const char *number_text(struct st_arena *arena, const char *text)
{
    char number[ST_DECIMAL_TEXT_SIZE];
    const struct st_expr *e = strchr(text, '%') ? NULL : parsed(arena, text);
    if (!e || e->kind != ST_EXPR_NUMBER)
        return text;
    return st_arena_strdup(arena, st_decimal_format_grouped(e->integer, e->scale, number));
}

static const char *expr_text(
    struct st_arena *arena, const struct diff_side *side, const char *text, enum st_lang lang)
{
    const struct st_metric_def *m = st_policy_metric(side->policy, text);
    if (m)
        return st_arena_printf(arena, lang == ST_LANG_ZH ? "%s（%s）" : "%s (%s)",
            in_language(&m->title, lang), m->name);
    const char *number = number_text(arena, text);
    return number == text ? printed(arena, text) : number;
}

static const char *window_text(struct st_arena *arena, const char *text, enum st_lang lang)
{
    static const char *const zh[] = {
        [ST_DAYS] = "天",
        [ST_WEEKS] = "周",
        [ST_MONTHS] = "个月",
        [ST_QUARTERS] = "个季度",
        [ST_YEARS] = "年",
    };
    struct st_window w;
    struct st_str out = ST_STR_INIT;
    if (!st_window_parse(text, &w))
        return text;
    st_window_print(&out, &w);
    const char *en = kept(arena, &out);
    if (w.kind == ST_WINDOW_ALL || w.kind == ST_WINDOW_TO_DATE)
        return word_of(words, ST_COUNT(words), en, lang);
    if (lang != ST_LANG_ZH)
        return en;
    return st_arena_printf(
        arena, " %s%d %s", w.kind == ST_WINDOW_PREVIOUS ? "之前 " : "", w.count, zh[w.unit]);
}

static const struct st_node *coded(const struct st_node *list, const char *code)
{
    for (size_t i = 0; list && list->kind == ST_NODE_LIST && i < list->count; i++) {
        const struct st_node *own = st_node_get(list->items[i], "code");
        if (own && own->kind == ST_NODE_SCALAR && strcmp(own->text, code) == 0)
            return list->items[i];
    }
    return NULL;
}

static const char *tier_text(const struct diff_side *side, const char *code, enum st_lang lang)
{
    static const char *const lists[] = {"tiers", "segments", "shares", "indicators"};
    const struct st_node *tier = NULL;
    for (size_t i = 0; i < ST_COUNT(lists) && !tier; i++)
        tier = coded(st_node_get(side->scheme, lists[i]), code);
    return tier ? st_diff_title(tier, code, lang) : word_of(words, ST_COUNT(words), code, lang);
}

static const char *scheme_text(const struct diff_side *side, const char *name, enum st_lang lang)
{
    const struct st_node *schemes = st_node_get(side->policy->root, "schemes");
    return st_diff_title(st_node_get(schemes, name), name, lang);
}

static const char *scalar_text(struct st_arena *arena, const struct diff_side *side,
    enum diff_value value, const char *text, enum st_lang lang)
{
    switch (value) {
    case DIFF_AUTO: return number_text(arena, text);
    case DIFF_WORD: return word_of(words, ST_COUNT(words), text, lang);
    case DIFF_EXPR: return expr_text(arena, side, text, lang);
    case DIFF_WINDOW: return window_text(arena, text, lang);
    case DIFF_TIER: return tier_text(side, text, lang);
    case DIFF_SCHEME: return scheme_text(side, text, lang);
    case DIFF_TEXT:
    case DIFF_TITLE: break;
    }
    return text;
}

static bool is_title(const struct st_node *node)
{
    return st_node_get(node, "zh") || st_node_get(node, "en");
}

/* Lists and maps on one line; a title as what it says in the language. */
const char *st_diff_value(struct st_arena *arena, const struct diff_side *side,
    enum diff_value value, const struct st_node *node, enum st_lang lang)
{
    struct st_str out = ST_STR_INIT;
    if (node->kind == ST_NODE_SCALAR)
        return scalar_text(arena, side, value, node->text, lang);
    if (is_title(node)) {
        const struct st_entry entry = {.key = "title", .value = (struct st_node *)node};
        const struct st_node map = {
            .kind = ST_NODE_MAP, .entries = (struct st_entry *)&entry, .count = 1};
        return st_diff_title(&map, "", lang);
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct st_node *part =
            node->kind == ST_NODE_LIST ? node->items[i] : node->entries[i].value;
        st_str_add(&out, i == 0 ? "" : lang == ST_LANG_ZH ? "、" : ", ");
        if (node->kind == ST_NODE_MAP)
            st_str_addf(&out, "%s ", node->entries[i].key);
        st_str_add(&out, st_diff_value(arena, side, value, part, lang));
    }
    return kept(arena, &out);
}

static void add_canon(
    struct st_arena *arena, enum diff_value value, const struct st_node *node, struct st_str *out)
{
    if (node->kind == ST_NODE_SCALAR) {
        bool raw = value == DIFF_TEXT || value == DIFF_TITLE;
        const char *text = value == DIFF_WINDOW ? window_text(arena, node->text, ST_LANG_EN)
                           : value == DIFF_WORD
                               ? word_of(words, ST_COUNT(words), node->text, ST_LANG_EN)
                           : raw ? node->text
                                 : printed(arena, node->text);
        st_str_addf(out, "%s\n", text);
        return;
    }
    st_str_add(out, node->kind == ST_NODE_LIST ? "[\n" : "{\n");
    for (size_t i = 0; node->kind == ST_NODE_LIST && i < node->count; i++)
        add_canon(arena, value, node->items[i], out);
    const struct st_entry **sorted = node->kind == ST_NODE_MAP ? st_node_sorted(arena, node) : NULL;
    for (size_t i = 0; sorted && i < node->count; i++) {
        bool title = strcmp(sorted[i]->key, "title") == 0;
        st_str_addf(out, "%s ", sorted[i]->key);
        add_canon(arena, title ? DIFF_TITLE : value, sorted[i]->value, out);
    }
    st_str_add(out, "}\n");
}

const char *st_diff_canon(struct st_arena *arena, enum diff_value value, const struct st_node *node)
{
    struct st_str out = ST_STR_INIT;
    if (node)
        add_canon(arena, value, node, &out);
    return kept(arena, &out);
}

/* --- filling in --- */

static void add_subject(struct st_str *out, const char *subject, bool colon, enum st_lang lang)
{
    if (subject[0])
        st_str_addf(out, "%s%s", subject, !colon ? " " : lang == ST_LANG_ZH ? "：" : ": ");
}

const char *st_diff_fill(struct st_arena *arena, const char *phrase, enum st_lang lang,
    const struct diff_filling *filling)
{
    struct st_str out = ST_STR_INIT;
    for (const char *p = phrase; *p; p++) {
        if (*p != '{') {
            st_str_add_char(&out, *p);
            continue;
        }
        switch (p[1]) {
        case 's':
        case 'p': add_subject(&out, filling->subject, p[1] == 'p', lang); break;
        case 'k': st_str_add(&out, filling->key); break;
        case 'o': st_str_add(&out, filling->was); break;
        default: st_str_add(&out, filling->is); break;
        }
        p += 2;
    }
    return kept(arena, &out);
}
