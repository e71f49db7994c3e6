#include "policy/signals.h"

#include "base/vec.h"

const char *const st_signal_kind_words[] = {
    "near_tier", "watch", "condition", "birthday", "maturing", "new_account", NULL};
static const char *const toward_words[] = {"up", "down", NULL};

static const char *const near_keys[] = {"scheme", "within", "toward", NULL};
static const char *const watch_keys[] = {"scheme", NULL};
static const char *const condition_keys[] = {"when", "value", "threshold", NULL};
static const char *const birthday_keys[] = {"within", NULL};
static const char *const account_keys[] = {"within", "where", NULL};

const struct st_signal_kind_info st_signal_kinds[ST_SIGNAL_KIND_COUNT] = {
    [ST_SIGNAL_NEAR_TIER] = {.word = "near_tier",
        .title = {"near a tier", "临界"},
        .help = {"the value is close to the bound of the next tier, or of falling below the own",
            "数值接近上一层级的下限，或接近跌破本层级的下限"},
        .keys = near_keys,
        .needed = 2},
    [ST_SIGNAL_WATCH] = {.word = "watch",
        .title = {"on watch", "关注"},
        .help = {"a scheme with moves has the customer on watch: what is missing, and until when",
            "客户在有 moves 的方案中被列入关注：尚差多少、截止何时"},
        .keys = watch_keys,
        .needed = 1},
    [ST_SIGNAL_CONDITION] = {.word = "condition",
        .title = {"condition", "条件"},
        .help = {"any condition over metrics: a large movement, activity that falls, dormancy",
            "指标上的任意条件：异动、活跃度下降、睡眠"},
        .keys = condition_keys,
        .needed = 1},
    [ST_SIGNAL_BIRTHDAY] = {.word = "birthday",
        .title = {"birthday", "生日"},
        .help = {"a birthday in the days to come", "未来若干天内的生日"},
        .keys = birthday_keys,
        .days = "7 days",
        .days_max = ST_SIGNAL_BIRTHDAY_DAYS_MAX},
    [ST_SIGNAL_MATURING] = {.word = "maturing",
        .title = {"maturing", "到期"},
        .help = {"an open account matures in the days to come and does not renew itself",
            "账户将在未来若干天内到期，且未约定自动转存"},
        .keys = account_keys,
        .days = "30 days",
        .days_max = ST_SIGNAL_DAYS_MAX,
        .per_account = true},
    [ST_SIGNAL_NEW_ACCOUNT] = {.word = "new_account",
        .title = {"new account", "新开账户"},
        .help = {"an account opened in the last days", "最近若干天内开立的账户"},
        .keys = account_keys,
        .days = "30 days",
        .days_max = ST_SIGNAL_DAYS_MAX,
        .per_account = true},
};

const struct st_param st_signal_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct st_signal_def, title),
        .help = {"what people call it, {zh:, en:}", "显示名称 {zh:, en:}"}},
    {.name = "kind",
        .type = ST_PARAM_CHOICE,
        .required = true,
        .offset = offsetof(struct st_signal_def, kind),
        .choices = st_signal_kind_words,
        .help = {"what it tells: near_tier, watch, condition, birthday, maturing, new_account",
            "信号类型：near_tier、watch、condition、birthday、maturing、new_account"}},
    {.name = "priority",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct st_signal_def, priority),
        .default_text = "5",
        .min = 1,
        .max = ST_SIGNAL_PRIORITY_MAX,
        .help = {"1 is told first, 9 last", "1 最先，9 最后"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, when),
        .help = {"condition over metrics and customer columns: who is told of; condition needs it",
            "指标与客户字段上的条件，限定客户；condition 必填"}},
    {.name = "repeat",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, repeat_expr),
        .help = {"what still holds is new again: once (default: never), each_period, or after a "
                 "number of days: 30 days",
            "持续成立时何时再次提示：once（默认，不再提示）、each_period 每周期、或若干天后：30 "
            "days"}},
    {.name = "scheme",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct st_signal_def, scheme),
        .help = {"near_tier: a scheme whose tiers divide one value; watch: a scheme with moves",
            "near_tier：按单一数值分层的方案；watch：有 moves 的方案"}},
    {.name = "within",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, within),
        .help = {"near_tier: the largest distance to the bound, an amount (5万) or a share of the "
                 "bound (5%), inclusive; birthday (7 days), maturing and new_account (30 days): "
                 "how many days ahead or back",
            "near_tier：距下限的最大差额（含），金额（5万）或下限的比例（5%）；"
            "birthday（默认 7 days）、maturing 与 new_account（默认 30 days）：向前或向后的天数"}},
    {.name = "toward",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct st_signal_def, toward),
        .choices = toward_words,
        .help = {"near_tier: up (default), below the bound of the next tier; down, just above the "
                 "own tier's",
            "near_tier：up（默认）接近上一层级；down 接近跌破本层级"}},
    {.name = "where",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, where),
        .help = {"maturing, new_account: condition over account columns",
            "maturing、new_account：账户字段上的条件"}},
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, value),
        .help = {"condition: the number or amount that is shown with it",
            "condition：随信号展示的数值或金额"}},
    {.name = "threshold",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct st_signal_def, threshold),
        .help = {"condition: what that value is compared with, shown beside it",
            "condition：与之比较的界限，一并展示"}},
    ST_PARAM_END,
};

/* --- which keys a kind takes --- */

/* Keys of every signal: the rows of the table before `scheme`. */
static bool is_common(const char *key)
{
    for (const struct st_param *row = st_signal_params; strcmp(row->name, "scheme") != 0; row++)
        if (strcmp(row->name, key) == 0)
            return true;
    return false;
}

static bool takes(const struct st_signal_kind_info *kind, const char *key)
{
    for (size_t i = 0; kind->keys[i]; i++)
        if (strcmp(kind->keys[i], key) == 0)
            return true;
    return is_common(key);
}

static st_code check_keys(const struct st_signal_def *signal, struct st_error *err)
{
    const struct st_signal_kind_info *kind = &st_signal_kinds[signal->kind];
    const struct st_node *node = signal->node;
    for (size_t i = 0; i < node->count; i++) {
        const struct st_entry *entry = &node->entries[i];
        if (takes(kind, entry->key))
            continue;
        st_code code = st_fail_at_key(err, node, entry, ST_E_POLICY,
            "%s: has no meaning for kind: %s", "%s: 对 kind: %s 没有意义", entry->key, kind->word);
        struct st_str all = ST_STR_INIT;
        for (size_t k = 0; kind->keys[k]; k++)
            st_str_addf(&all, "%s%s", k ? ", " : "", kind->keys[k]);
        st_error_value(err, "%s", entry->key);
        st_error_allowed(err, "%s", "%s", all.text);
        st_str_release(&all);
        return code;
    }
    for (size_t i = 0; i < kind->needed; i++) {
        if (st_node_get(node, kind->keys[i]))
            continue;
        st_code code = st_fail_at(err, node, ST_E_POLICY,
            "signal %s of kind %s needs %s:", "信号 %s 的类型为 %s，须写 %s:", signal->name,
            kind->word, kind->keys[i]);
        return code;
    }
    return ST_OK;
}

/* --- spans --- */

static bool read_days(const struct st_expr *expr, int64_t most, int64_t *days)
{
    bool weeks = expr->kind == ST_EXPR_DURATION && expr->unit == ST_WEEKS;
    if (expr->kind != ST_EXPR_DURATION || (!weeks && expr->unit != ST_DAYS) || expr->integer < 1 ||
        expr->integer > most)
        return false;
    *days = expr->integer * (weeks ? 7 : 1);
    return *days <= most;
}

static st_code fail_days(const struct st_signal_def *signal, const char *key, const char *words,
    int64_t most, struct st_error *err)
{
    const struct st_node *node = st_node_get(signal->node, key);
    st_code code = st_fail_at(err, node, ST_E_POLICY, "%s: is not a number of days it can take",
        "%s: 不是可用的天数", key);
    st_error_value(err, "%s", node->kind == ST_NODE_SCALAR ? node->text : "…");
    st_error_allowed(err, "%s1 day to %lld days, or weeks", "%s1 day 至 %lld days，或 weeks", words,
        (long long)most);
    return code;
}

static st_code read_within(
    struct st_arena *arena, struct st_signal_def *signal, struct st_error *err)
{
    const struct st_signal_kind_info *kind = &st_signal_kinds[signal->kind];
    if (kind->days && !signal->within) {
        st_code code = st_expr_parse(arena, "within", 1, 1, kind->days, &signal->within, err);
        if (code != ST_OK)
            return code;
    }
    if (kind->days)
        return read_days(signal->within, kind->days_max, &signal->days)
                   ? ST_OK
                   : fail_days(signal, "within", "", kind->days_max, err);
    if (!signal->within)
        return ST_OK;
    const struct st_node *node = st_node_get(signal->node, "within");
    size_t len = strlen(node->text);
    signal->share = len > 0 && (node->text[len - 1] == '%' ||
                                   (len > 2 && strcmp(node->text + len - 3, "％") == 0));
    if (signal->within->kind == ST_EXPR_NUMBER && signal->within->integer >= 0)
        return ST_OK;
    st_code code = st_fail_at(err, node, ST_E_POLICY, "within: is not a distance from a bound",
        "within: 不是与下限的距离");
    st_error_value(err, "%s", node->text);
    st_error_allowed(err, "an amount such as 5万, or a share of the bound such as 5%%",
        "金额，如 5万；或下限的比例，如 5%%");
    return code;
}

static st_code read_repeat(struct st_signal_def *signal, struct st_error *err)
{
    static const char *const words[] = {
        [ST_REPEAT_ONCE] = "once", [ST_REPEAT_EACH_PERIOD] = "each_period"};
    const struct st_expr *expr = signal->repeat_expr;
    if (!expr)
        return ST_OK;
    for (size_t i = 0; i < ST_COUNT(words); i++)
        if (expr->kind == ST_EXPR_NAME && strcmp(expr->text, words[i]) == 0) {
            signal->repeat = (int)i;
            return ST_OK;
        }
    signal->repeat = ST_REPEAT_DAYS;
    return read_days(expr, ST_SIGNAL_DAYS_MAX, &signal->repeat_days)
               ? ST_OK
               : fail_days(signal, "repeat", "once, each_period, ", ST_SIGNAL_DAYS_MAX, err);
}

/* --- the whole --- */

st_code st_signal_read(struct st_arena *arena, const struct st_node *node,
    struct st_signal_def *out, struct st_error *err)
{
    out->node = node;
    st_code code = st_params_read(arena, st_signal_params, node, out, err);
    if (code == ST_OK)
        code = check_keys(out, err);
    if (code == ST_OK)
        code = read_within(arena, out, err);
    if (code == ST_OK)
        code = read_repeat(out, err);
    if (code == ST_OK && out->threshold && !out->value) {
        code = st_fail_at(err, st_node_get(node, "threshold"), ST_E_POLICY,
            "threshold: needs value:", "threshold: 须与 value: 同用");
        st_error_hint(err, "value: is what is compared with it", "value: 为与之比较的数值");
    }
    if (!out->title.en)
        out->title = st_signal_kinds[out->kind].title;
    return code;
}
