/* Reads a policy's shape by parameter tables. The order of metrics and schemes is kept: it is the
 * order of columns and of output. */
#include "policy/policy.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "policy/hash.h"

#include <ctype.h>
#include <strings.h>

static const char *const period_names[] = {"month", "quarter", "year", "day", NULL};
static const char *const population_names[] = {"holders", "everyone", NULL};
static const char *const entity_names[] = {"customer", "household", NULL};
static const char *const overdraft_names[] = {"zero", "net", NULL};
static const char *const source_names[] = {"", "balance", "txn", "account", "customer", NULL};
static const char *const attribute_types[] = {
    "text", "number", "integer", "money", "date", "boolean", NULL};

/* What the top level holds before it is taken apart. */
struct top {
    int64_t version;
    const char *name;
    struct st_text title, description;
    const struct st_node *calendar, *attributes, *metrics, *schemes, *signals;
    const char *entity, *currency;
    int64_t fx_days_max;
    int population;
};

const struct st_param st_policy_params[] = {
    {.name = "strata",
        .type = ST_PARAM_INT,
        .required = true,
        .offset = offsetof(struct top, version),
        .min = 1,
        .max = 1,
        .help = {"1, the version of the policy language", "1，即策略语言的版本"}},
    {.name = "name",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct top, name),
        .help = {"short name of the policy: letters, digits, - and _",
            "策略简称：字母、数字、- 和 _"}},
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct top, title),
        .help = {"what people call it, {zh:, en:}", "显示名称 {zh:, en:}"}},
    {.name = "description",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct top, description),
        .help = {"a few sentences for readers", "供阅读者参考的说明"}},
    {.name = "calendar",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct top, calendar),
        .help = {"rating period and fiscal year", "评定周期与财年"}},
    {.name = "entity",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct top, entity),
        .default_text = "customer",
        .help = {"what is tiered: customer, or household",
            "分层对象：customer 客户或 household 家庭"}},
    {.name = "currency",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct top, currency),
        .default_text = "CNY",
        .help = {"currency that money metrics are expressed in", "金额指标的计价货币"}},
    {.name = "fx_days_max",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct top, fx_days_max),
        .default_text = "10",
        .min = 0,
        .max = 366,
        .unit = "days",
        .help = {"oldest exchange rate that may stand in for a day without one",
            "某日无汇率时可沿用的最旧汇率天数"}},
    {.name = "population",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct top, population),
        .default_text = "holders",
        .choices = population_names,
        .help = {"who is rated: holders (of an account opened by as_of) or everyone but prospects",
            "参评范围：holders（截至评定日已开户）或 everyone（除潜在客户外全部）"}},
    {.name = "attributes",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct top, attributes),
        .help = {"customer attributes the policy uses: {name: type}",
            "策略使用的客户属性：{名称: 类型}"}},
    {.name = "metrics",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct top, metrics),
        .help = {"measures per customer", "每位客户的指标"}},
    {.name = "schemes",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct top, schemes),
        .help = {"tier schemes", "分层方案"}},
    {.name = "signals",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct top, signals),
        .help = {"what runs tell staff about customers", "运行向员工提示的客户信号"}},
    ST_PARAM_END,
};

struct calendar {
    int period;
    const char *timezone;
    const char *fiscal;
};

const struct st_param st_calendar_params[] = {
    {.name = "period",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct calendar, period),
        .default_text = "month",
        .choices = period_names,
        .help = {"how often customers are rated", "评定周期"}},
    {.name = "timezone",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct calendar, timezone),
        .default_text = "Asia/Shanghai",
        .help = {"zone the dates in the data are in; a note for readers, nothing is converted",
            "数据日期所在时区；仅供阅读者参考，不作换算"}},
    {.name = "fiscal_year_starts",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct calendar, fiscal),
        .default_text = "01-01",
        .help = {"month and day the fiscal year starts, MM-DD", "财年起始月日 MM-DD"}},
    ST_PARAM_END,
};

const struct st_param st_metric_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct st_metric_def, title),
        .help = {"what people call it, {zh:, en:}", "显示名称 {zh:, en:}"}},
    {.name = "from",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct st_metric_def, from),
        .choices = source_names,
        .help = {"rows it is computed from: balance, txn, account or customer",
            "数据来源：balance 余额、txn 交易、account 账户、customer 客户"}},
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_metric_def, value),
        .help = {"aggregate over those rows, such as daily_average(amount)",
            "对这些行的聚合，如 daily_average(amount)"}},
    {.name = "where",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_metric_def, where),
        .help = {"condition on each row", "逐行条件"}},
    {.name = "window",
        .type = ST_PARAM_WINDOW,
        .offset = offsetof(struct st_metric_def, window),
        .default_text = "all",
        .help = {"span of time: 30 days, 1 month, 12 months, previous 3 months, year_to_date, all",
            "时间窗：30 days、1 month、12 months、previous 3 months、year_to_date、all"}},
    {.name = "days",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct st_metric_def, days),
        .min = 1,
        .max = 3660,
        .unit = "days",
        .help = {"fixed divisor of daily_average instead of the window's calendar days",
            "日均的固定除数，替代窗口的日历天数"}},
    {.name = "overdraft",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct st_metric_def, overdraft),
        .default_text = "zero",
        .choices = overdraft_names,
        .help = {"a negative balance counts as zero, or nets", "透支余额按零计或轧差"}},
    {.name = "weights",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct st_metric_def, weights_node),
        .help = {"weight per class for weight(class), {deposit: 1, wealth: 0.8}",
            "weight(class) 的系数 {deposit: 1, wealth: 0.8}"}},
    {.name = "is",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_metric_def, is),
        .help = {"expression over other metrics instead of from:/value:",
            "由其他指标计算的表达式，替代 from:/value:"}},
    ST_PARAM_END,
};

struct scheme_keys {
    struct st_text title;
    const char *method;
    const struct st_node *moves, *household;
};

const struct st_param st_scheme_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct scheme_keys, title),
        .help = {"what people call it, {zh:, en:}", "显示名称 {zh:, en:}"}},
    {.name = "method",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct scheme_keys, method),
        .help = {"how customers are tiered", "分层方法"}},
    {.name = "moves",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct scheme_keys, moves),
        .help = {"how held tiers follow what values earn; without it they are what is earned",
            "持有层级如何跟随所得层级；不写则等于当期所得"}},
    {.name = "household",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct scheme_keys, household),
        .help = {"members of a household share its best tier: best, or the limits of it",
            "家庭成员共享最高层级：best，或其限制条件"}},
    ST_PARAM_END,
};

const char *const st_scheme_common_keys[] = {"title", "method", "moves", "household", NULL};

/* --- names --- */

static bool is_name(const char *text, bool dash)
{
    size_t len = strlen(text);
    if (len == 0 || len > ST_POLICY_NAME_MAX || isdigit((unsigned char)text[0]))
        return false;
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && !(dash && *p == '-'))
            return false;
    return true;
}

static st_code check_name(
    const struct st_node *map, const struct st_entry *entry, struct st_error *err)
{
    if (is_name(entry->key, false))
        return ST_OK;
    st_code code = st_fail_at_key(
        err, map, entry, ST_E_POLICY, "'%s' is not a name", "“%s”不是合法的名称", entry->key);
    st_error_value(err, "%s", entry->key);
    st_error_allowed(err, "letters, digits and _, not starting with a digit, at most %d characters",
        "英文字母、数字和 _，不以数字开头，最长 %d 个字符", ST_POLICY_NAME_MAX);
    st_error_hint(err, "put what people read into title:", "显示用的文字请写在 title: 中");
    return code;
}

/* Engines fold the case of names: AUM and aum would be one column. */
static st_code check_case(const struct st_node *map, size_t i, struct st_error *err)
{
    const struct st_entry *entry = &map->entries[i];
    for (size_t j = 0; j < i; j++) {
        if (strcasecmp(map->entries[j].key, entry->key) != 0)
            continue;
        st_code code = st_fail_at_key(err, map, entry, ST_E_POLICY,
            "'%s' and '%s' differ in upper and lower case only", "“%s”与“%s”仅大小写不同",
            map->entries[j].key, entry->key);
        st_error_hint(err, "the first is on line %d; give one of them another name",
            "前一个在第 %d 行，请将其中之一改名", map->entries[j].line);
        return code;
    }
    return ST_OK;
}

static st_code expect_map(
    const struct st_node *node, const char *what, size_t most, struct st_error *err)
{
    if (node->kind != ST_NODE_MAP || node->count == 0) {
        st_code code = st_fail_at(err, node, ST_E_POLICY, "%s: must hold at least one named entry",
            "%s: 下至少要有一个“名称: …”项", what);
        st_error_hint(err, "write one indented `name: …` per line", "每行缩进写一个 `名称: …`");
        return code;
    }
    if (node->count > most)
        return st_fail_at(err, node, ST_E_LIMIT, "%s: has %zu entries, at most %zu are allowed",
            "%s: 有 %zu 项，最多允许 %zu 项", what, node->count, most);
    return ST_OK;
}

/* --- metrics --- */

static st_code read_weights(struct st_arena *arena, struct st_metric_def *m, struct st_error *err)
{
    const struct st_node *node = m->weights_node;
    st_code code = expect_map(node, "weights", ST_POLICY_TIERS_MAX, err);
    if (code != ST_OK)
        return code;
    m->weights = st_arena_array(arena, struct st_weight, node->count);
    m->weight_count = node->count;
    struct st_param *table = st_arena_array(arena, struct st_param, node->count + 1);
    for (size_t i = 0; i < node->count; i++) {
        m->weights[i].key = node->entries[i].key;
        table[i] = (struct st_param){.name = node->entries[i].key,
            .type = ST_PARAM_DECIMAL,
            .offset = i * sizeof *m->weights + offsetof(struct st_weight, weight)};
    }
    return st_params_read(arena, table, node, m->weights, err);
}

/* from: + value:, or is:, and nothing that belongs to the other. */
static st_code check_metric_keys(const struct st_metric_def *m, struct st_error *err)
{
    static const char *const only_from[] = {
        "value", "where", "window", "days", "overdraft", "weights"};
    st_code code = ST_OK;
    if (m->is && m->from != ST_SOURCE_NONE) {
        code = st_fail_at(err, m->node, ST_E_POLICY,
            "metric %s has both is: and from:", "指标 %s 同时写了 is: 和 from:", m->name);
        st_error_hint(err, "keep one: from: reads rows, is: combines other metrics",
            "二者取一：from: 读取数据行，is: 组合其他指标");
        return code;
    }
    if (!m->is && (m->from == ST_SOURCE_NONE || !m->value)) {
        code = st_fail_at(err, m->node, ST_E_POLICY,
            "metric %s says neither from: with value: nor is:",
            "指标 %s 既没有 from: 加 value:，也没有 is:", m->name);
        st_error_hint(err,
            "for example {from: balance, value: daily_average(amount), window: 1 month}",
            "例如 {from: balance, value: daily_average(amount), window: 1 month}");
        return code;
    }
    for (size_t i = 0; m->is && i < ST_COUNT(only_from); i++) {
        const struct st_node *given = st_node_get(m->node, only_from[i]);
        if (given) {
            code = st_fail_at(err, given, ST_E_POLICY,
                "%s: has no meaning beside is:", "%s: 与 is: 同用没有意义", only_from[i]);
            st_error_hint(err, "remove it, or put it on the metrics that is: combines",
                "请删除，或写在 is: 所引用的指标上");
            return code;
        }
    }
    return ST_OK;
}

static st_code read_metric(struct st_arena *arena, const struct st_node *map,
    const struct st_entry *entry, struct st_metric_def *m, struct st_error *err)
{
    st_code code = check_name(map, entry, err);
    if (code == ST_OK && st_expr_is_keyword(entry->key, strlen(entry->key))) {
        code = st_fail_at_key(err, map, entry, ST_E_POLICY,
            "a metric cannot be called %s: expressions reserve the word",
            "指标不能命名为 %s：它是表达式的保留字", entry->key);
        st_error_value(err, "%s", entry->key);
    }
    if (code != ST_OK)
        return code;
    m->name = entry->key;
    m->node = entry->value;
    code = st_params_read(arena, st_metric_params, entry->value, m, err);
    if (code == ST_OK)
        code = check_metric_keys(m, err);
    if (code == ST_OK && m->weights_node)
        code = read_weights(arena, m, err);
    if (!m->title.en)
        m->title = (struct st_text){m->name, m->name};
    st_error_path(err, "metrics.%s", entry->key);
    return code;
}

/* --- sections --- */

static st_code read_metrics(struct st_arena *arena, const struct st_node *node,
    struct st_policy *policy, struct st_error *err)
{
    st_code code = expect_map(node, "metrics", ST_POLICY_METRICS_MAX, err);
    if (code != ST_OK)
        return code;
    policy->metrics = st_arena_array(arena, struct st_metric_def, node->count);
    policy->metric_count = node->count;
    for (size_t i = 0; i < node->count && code == ST_OK; i++) {
        code = read_metric(arena, node, &node->entries[i], &policy->metrics[i], err);
        if (code == ST_OK)
            code = check_case(node, i, err);
    }
    return code;
}

static st_code read_scheme(struct st_arena *arena, const struct st_node *map,
    const struct st_entry *entry, struct st_scheme_def *scheme, struct st_error *err)
{
    st_code code = check_name(map, entry, err);
    const struct st_node *node = entry->value;
    scheme->name = entry->key;
    scheme->node = node;
    if (code == ST_OK && node->kind != ST_NODE_MAP) {
        code = st_fail_at(err, node, ST_E_POLICY, "scheme %s must be keys and values",
            "方案 %s 应为键值对", scheme->name);
        st_error_hint(err, "start with method: thresholds", "请从 method: thresholds 写起");
    }
    const struct st_node *method = code == ST_OK ? st_node_get(node, "method") : NULL;
    if (code == ST_OK && (!method || method->kind != ST_NODE_SCALAR || !method->text[0])) {
        code = st_fail_at(err, method ? method : node, ST_E_POLICY,
            "scheme %s names no method:", "方案 %s 没有写 method:", scheme->name);
        st_error_hint(err, "for example method: thresholds", "例如 method: thresholds");
    }
    if (code == ST_OK) {
        scheme->method = method->text;
        scheme->title = (struct st_text){scheme->name, scheme->name};
        const struct st_node *title = st_node_get(node, "title");
        if (title)
            code = st_title_read(arena, title, &scheme->title, err);
    }
    const struct st_node *moves = code == ST_OK ? st_node_get(node, "moves") : NULL;
    if (moves)
        code = st_moves_read(arena, moves, &scheme->moves, err);
    const struct st_node *household = code == ST_OK ? st_node_get(node, "household") : NULL;
    if (household)
        code = st_sharing_read(arena, household, &scheme->sharing, err);
    st_error_path(err, "schemes.%s", entry->key);
    return code;
}

static st_code read_schemes(struct st_arena *arena, const struct st_node *node,
    struct st_policy *policy, struct st_error *err)
{
    st_code code = expect_map(node, "schemes", ST_POLICY_SCHEMES_MAX, err);
    if (code != ST_OK)
        return code;
    policy->schemes = st_arena_array(arena, struct st_scheme_def, node->count);
    policy->scheme_count = node->count;
    for (size_t i = 0; i < node->count && code == ST_OK; i++) {
        code = read_scheme(arena, node, &node->entries[i], &policy->schemes[i], err);
        if (code == ST_OK)
            code = check_case(node, i, err);
    }
    return code;
}

static st_code read_signals(struct st_arena *arena, const struct st_node *node,
    struct st_policy *policy, struct st_error *err)
{
    st_code code = expect_map(node, "signals", ST_SIGNALS_MAX, err);
    if (code != ST_OK)
        return code;
    policy->signals = st_arena_array(arena, struct st_signal_def, node->count);
    policy->signal_count = node->count;
    for (size_t i = 0; i < node->count && code == ST_OK; i++) {
        struct st_signal_def *signal = &policy->signals[i];
        signal->name = node->entries[i].key;
        code = check_name(node, &node->entries[i], err);
        if (code == ST_OK)
            code = check_case(node, i, err);
        if (code == ST_OK)
            code = st_signal_read(arena, node->entries[i].value, signal, err);
        st_error_path(err, "signals.%s", signal->name);
    }
    return code;
}

static st_code read_attributes(struct st_arena *arena, const struct st_node *node,
    struct st_policy *policy, struct st_error *err)
{
    st_code code = expect_map(node, "attributes", ST_POLICY_METRICS_MAX, err);
    if (code != ST_OK)
        return code;
    policy->attributes = st_arena_array(arena, struct st_attribute_def, node->count);
    policy->attribute_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        const struct st_node *value = node->entries[i].value;
        code = check_name(node, &node->entries[i], err);
        if (code == ST_OK)
            code = check_case(node, i, err);
        if (code != ST_OK)
            return code;
        int type = 0;
        while (attribute_types[type] &&
               (value->kind != ST_NODE_SCALAR || strcmp(value->text, attribute_types[type]) != 0))
            type++;
        if (!attribute_types[type]) {
            code = st_fail_at(err, value, ST_E_POLICY, "attribute %s has no known type",
                "属性 %s 的类型无法识别", node->entries[i].key);
            st_error_value(err, "%s", value->kind == ST_NODE_SCALAR ? value->text : "…");
            st_error_allowed(err, "text, number, integer, money, date, boolean",
                "text、number、integer、money、date、boolean");
            return code;
        }
        policy->attributes[i] =
            (struct st_attribute_def){node->entries[i].key, (enum st_attribute_type)type, value};
    }
    return ST_OK;
}

static st_code read_calendar(struct st_arena *arena, const struct st_node *node,
    struct st_policy *policy, struct st_error *err)
{
    struct calendar calendar = {.fiscal = "01-01"};
    policy->fiscal_month = 1;
    if (!node)
        return ST_OK;
    st_code code = st_params_read(arena, st_calendar_params, node, &calendar, err);
    if (code != ST_OK)
        return code;
    int month = 0, day = 0;
    char rest = 0;
    if (sscanf(calendar.fiscal, "%2d-%2d%c", &month, &day, &rest) != 2 || month < 1 || month > 12 ||
        day != 1) {
        code = st_fail_at(err, st_node_get(node, "fiscal_year_starts"), ST_E_POLICY,
            "fiscal_year_starts is not the first day of a month",
            "fiscal_year_starts 不是某月 1 日");
        st_error_value(err, "%s", calendar.fiscal);
        st_error_allowed(err, "01-01, 04-01, …", "01-01、04-01 等");
        return code;
    }
    policy->period = calendar.period;
    policy->fiscal_month = month;
    return ST_OK;
}

/* enum st_entity; −1: something else. */
static int find_entity(const char *name)
{
    for (int i = 0; entity_names[i]; i++)
        if (strcmp(entity_names[i], name) == 0)
            return i;
    return -1;
}

static st_code check_top(const struct top *top, const struct st_node *root, struct st_error *err)
{
    st_code code;
    if (!is_name(top->name, true)) {
        code = st_fail_at(err, st_node_get(root, "name"), ST_E_POLICY, "name: is not a short name",
            "name: 不是合法简称");
        st_error_value(err, "%s", top->name);
        st_error_allowed(err,
            "letters, digits, - and _, not starting with a digit, at most %d characters",
            "英文字母、数字、- 和 _，不以数字开头，最长 %d 个字符", ST_POLICY_NAME_MAX);
        st_error_hint(err, "put what people read into title:", "显示用的文字请写在 title: 中");
        return code;
    }
    if (st_currency_exponent(top->currency) < 0) {
        code = st_fail_at(err, st_node_get(root, "currency"), ST_E_POLICY,
            "currency: is not a currency code", "currency: 不是货币代码");
        st_error_value(err, "%s", top->currency);
        st_error_allowed(
            err, "an ISO 4217 code such as CNY, USD, EUR", "ISO 4217 代码，如 CNY、USD、EUR");
        return code;
    }
    if (find_entity(top->entity) < 0) {
        code = st_fail_at(err, st_node_get(root, "entity"), ST_E_POLICY,
            "entity: %s cannot be tiered", "entity: 无法对 %s 分层", top->entity);
        st_error_allowed(err, "customer, household", "customer、household");
        return code;
    }
    return ST_OK;
}

static void hash_policy(struct st_policy *policy, const struct top *top)
{
    struct st_hash hash;
    st_hash_init(&hash);
    st_hash_add_node(&hash, policy->root);
    st_hash_hex(&hash, policy->hash);
    st_hash_init(&hash);
    st_hash_add_text(&hash, policy->currency);
    st_hash_add_int(&hash, policy->fx_days_max);
    st_hash_add_int(&hash, policy->population);
    if (policy->entity != ST_ENTITY_CUSTOMER)
        st_hash_add_text(&hash, entity_names[policy->entity]);
    st_hash_add_int(&hash, policy->fiscal_month);
    st_hash_add_node(&hash, top->attributes);
    st_hash_add_node(&hash, top->metrics);
    st_hash_hex(&hash, policy->metrics_hash);
    for (size_t i = 0; i < policy->scheme_count; i++) {
        st_hash_init(&hash);
        st_hash_add_text(&hash, policy->metrics_hash);
        st_hash_add_node(&hash, policy->schemes[i].node);
        st_hash_hex(&hash, policy->schemes[i].hash);
    }
}

static st_code read_policy(struct st_arena *arena, struct st_policy *policy, struct st_error *err)
{
    const struct st_node *root = policy->root;
    struct top top = {0};
    st_code code = st_params_read(arena, st_policy_params, root, &top, err);
    if (code == ST_OK)
        code = check_top(&top, root, err);
    if (code != ST_OK)
        return code;
    policy->name = top.name;
    policy->title = top.title.en ? top.title : (struct st_text){top.name, top.name};
    policy->currency = top.currency;
    policy->currency_exponent = st_currency_exponent(top.currency);
    policy->fx_days_max = top.fx_days_max;
    policy->entity = find_entity(top.entity);
    policy->population = top.population;
    code = read_calendar(arena, top.calendar, policy, err);
    if (code == ST_OK && top.attributes)
        code = read_attributes(arena, top.attributes, policy, err);
    if (code == ST_OK)
        code = read_metrics(arena, top.metrics, policy, err);
    if (code == ST_OK)
        code = read_schemes(arena, top.schemes, policy, err);
    if (code == ST_OK && top.signals)
        code = read_signals(arena, top.signals, policy, err);
    if (code == ST_OK)
        hash_policy(policy, &top);
    return code;
}

st_code st_policy_parse(struct st_arena *arena, const char *source, const char *text, size_t len,
    struct st_policy **out, struct st_error *err)
{
    struct st_policy *policy = st_arena_new(arena, struct st_policy);
    struct st_node *root = NULL;
    policy->source = st_arena_strdup(arena, source);
    policy->body = st_arena_strndup(arena, text, len);
    st_code code = st_node_parse(arena, policy->source, text, len, &root, err);
    if (code != ST_OK)
        return code;
    policy->root = root;
    if (root->kind == ST_NODE_MAP && st_node_get(root, "strata-mapping")) {
        code = st_fail_at(err, st_node_get(root, "strata-mapping"), ST_E_POLICY,
            "%s is a mapping, not a policy", "%s 是映射，不是策略", source);
        st_error_hint(err,
            "strata run STORE POLICY.yaml --as-of DATE; a mapping is for strata import",
            "strata run 库 策略.yaml --as-of 日期；映射用于 strata import");
        return code;
    }
    code = read_policy(arena, policy, err);
    if (code == ST_OK)
        *out = policy;
    return code;
}

st_code st_policy_load(
    struct st_arena *arena, const char *path, struct st_policy **out, struct st_error *err)
{
    struct st_str text = ST_STR_INIT;
    st_code code = st_str_read_file(&text, path, ST_DOCUMENT_BYTES_MAX, err);
    if (code == ST_E_NOT_FOUND)
        st_error_hint(err, "strata init STORE FILE… drafts a policy.yaml from your files",
            "strata init 库 文件… 可为您的文件起草 policy.yaml");
    if (code == ST_OK)
        code = st_policy_parse(arena, path, text.text, text.len, out, err);
    st_str_release(&text);
    return code;
}

const struct st_metric_def *st_policy_metric(const struct st_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->metric_count; i++)
        if (strcmp(policy->metrics[i].name, name) == 0)
            return &policy->metrics[i];
    return NULL;
}
