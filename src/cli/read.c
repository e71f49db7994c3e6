/* strata tiers, explain, export */
#include "cli/cli.h"

#include "base/vec.h"

/* --- tiers --- */

enum { AVERAGE_SCALE = 8, AVERAGE_SHOWN = 4 };

/* Money keeps its currency's decimals; other averages have as many as are asked for. */
static int average_scale(const struct st_metric_column *m, int scale)
{
    return m->kind == ST_KIND_MONEY ? m->scale : scale;
}

static int64_t average(const struct st_metric_column *m, int64_t sum, int64_t known, int scale)
{
    return (int64_t)st_div_half_up(st_rescale(sum, m->scale, AVERAGE_SCALE),
        known * (st_wide)st_pow10(AVERAGE_SCALE - average_scale(m, scale)));
}

static void add_sum_json(json_t *tier, const struct st_metric_column *m, int64_t sum, int64_t known)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    int scale = average_scale(m, AVERAGE_SCALE);
    json_object_set_new(tier, "sum", json_string(st_decimal_format(sum, m->scale, text)));
    json_object_set_new(tier, "known", json_integer(known));
    json_object_set_new(tier, "average",
        known ? json_string(st_decimal_format(average(m, sum, known, AVERAGE_SCALE), scale, text))
              : json_null());
}

static void add_sum_cells(struct cli *cli, struct cli_table *t, const struct st_tier_values *v,
    int64_t sum, int64_t known)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    const struct st_metric_column *m = v->metric;
    int scale = average_scale(m, AVERAGE_SHOWN);
    cli_table_cell(t, st_arena_strdup(&cli->arena, st_decimal_format_grouped(sum, m->scale, text)));
    cli_table_cell(t, cli_share(cli, sum, v->sum));
    cli_table_cell(t,
        known ? st_arena_strdup(&cli->arena,
                    st_decimal_format_grouped(average(m, sum, known, AVERAGE_SHOWN), scale, text))
              : "—");
}

json_t *cli_standings_json(const struct st_standings *s)
{
    json_t *json = json_object();
    for (int i = 0; i < ST_STANDING_COUNT; i++)
        json_object_set_new(json, st_standing_texts[i].word, json_integer(s->customers[i]));
    json_object_set_new(json, "rise_next", json_integer(s->rise));
    json_object_set_new(json, "fall_next", json_integer(s->fall));
    return json;
}

static json_t *tiers_json(const struct cli *cli, const struct st_tiers *t)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *tiers = json_array();
    const struct st_tier_values *v = &t->values;
    for (size_t i = 0; i < t->tier_count; i++) {
        json_t *tier = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "code", t->tiers[i].code,
            "title", cli_title(cli, &t->tiers[i].title), "customers", t->tiers[i].customers,
            "joined", t->tiers[i].joined, "left", t->tiers[i].left, "entered", t->tiers[i].entered);
        if (v->metric)
            add_sum_json(tier, v->metric, v->tiers[i].sum, v->tiers[i].known);
        if (t->scheme->ladder)
            json_object_set_new(tier, "standings", cli_standings_json(&t->tiers[i].standings));
        json_array_append_new(tiers, tier);
    }
    json_t *json = json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
        "scheme", t->run.scheme, "as_of", st_date_format(t->run.as_of, date), "run", t->run.run_id,
        "policy", t->run.policy_hash, "rated", t->movement.rated, "gated", t->movement.gated,
        "unrated", t->movement.unrated, "up", t->movement.up, "down", t->movement.down, "moved",
        t->movement.moved, "exited", t->movement.left, "tiers", tiers);
    json_object_set_new(json, "version", cli_version_json(t->run.policy_version));
    if (v->metric)
        json_object_set_new(json, "measure", json_string(v->metric->name));
    return json;
}

/* A bar of at most `width` cells, so that shares can be seen at a glance. */
static const char *bar(struct cli *cli, int64_t part, int64_t whole)
{
    enum { WIDTH = 24 };
    struct st_str text = ST_STR_INIT;
    int64_t cells = whole ? (part * WIDTH + whole / 2) / whole : 0;
    if (part && !cells)
        st_str_add(&text, "▏");
    for (int64_t i = 0; i < cells; i++)
        st_str_add(&text, "█");
    const char *kept = st_arena_strdup(&cli->arena, text.text);
    st_str_release(&text);
    return kept;
}

/* "  on watch 12, protected 3; next period: 4 rise, 2 fall" */
static void print_standings(struct cli *cli, const struct st_standings *s)
{
    const char *lead = "  ";
    for (int i = ST_STANDING_WATCH; i < ST_STANDING_COUNT; i++) {
        if (!s->customers[i] && i != ST_STANDING_WATCH)
            continue;
        printf("%s%s %s", lead, cli_title(cli, &st_standing_texts[i].text),
            cli_count(cli, s->customers[i]));
        lead = cli_text(cli, ", ", "，");
    }
    if (s->rise || s->fall)
        printf(cli_text(cli, "; from the next period on: up %s, down %s",
                   "；下一周期起：升级 %s，降级 %s"),
            cli_count(cli, s->rise), cli_count(cli, s->fall));
    putchar('\n');
}

static void print_tiers(struct cli *cli, const struct st_tiers *t)
{
    char date[ST_DATE_TEXT_SIZE], before[ST_DATE_TEXT_SIZE];
    printf("%s  %s  %s %lld%s\n", cli_title(cli, &t->scheme->def->title),
        st_date_format(t->run.as_of, date), cli_text(cli, "run", "运行"), (long long)t->run.run_id,
        cli_version(cli, t->run.policy_version));
    const struct st_tier_values *v = &t->values;
    struct cli_table table = {.columns = v->metric ? 10 : 7,
        .right = {false, true, true, false, true, true, true, true, true, true}};
    const char *const heads[] = {cli_text(cli, "tier", "层级"),
        cli_text(cli, "customers", "客户数"), cli_text(cli, "share", "占比"), "",
        t->has_before ? cli_text(cli, "moved in", "转入") : "",
        t->has_before ? cli_text(cli, "moved out", "转出") : "",
        t->has_before ? cli_text(cli, "new", "新增") : "",
        v->metric ? cli_title(cli, &v->metric->title) : "", cli_text(cli, "share", "占比"),
        cli_text(cli, "average", "平均")};
    for (size_t i = 0; i < table.columns; i++)
        cli_table_cell(&table, heads[i]);
    for (size_t i = 0; i < t->tier_count; i++) {
        const struct st_tier_count *tier = &t->tiers[i];
        cli_table_cell(&table, cli_title(cli, &tier->title));
        cli_table_cell(&table, cli_count(cli, tier->customers));
        cli_table_cell(&table, cli_share(cli, tier->customers, t->movement.rated));
        cli_table_cell(&table, bar(cli, tier->customers, t->movement.rated));
        cli_table_cell(&table, t->has_before ? cli_count(cli, tier->joined) : "");
        cli_table_cell(&table, t->has_before ? cli_count(cli, tier->left) : "");
        cli_table_cell(&table, t->has_before ? cli_count(cli, tier->entered) : "");
        if (v->metric)
            add_sum_cells(cli, &table, v, v->tiers[i].sum, v->tiers[i].known);
    }
    cli_table_print(&table, stdout);
    printf(cli_text(cli, "  rated %s, gated %s, unrated %s", "  参评 %s，未准入 %s，未评级 %s"),
        cli_count(cli, t->movement.rated), cli_count(cli, t->movement.gated),
        cli_count(cli, t->movement.unrated));
    if (t->has_before && t->scheme->ranked)
        printf(cli_text(cli, "; since %s up %s, down %s, exited %s",
                   "；较 %s 升级 %s，降级 %s，退出 %s"),
            st_date_format(t->before, before), cli_count(cli, t->movement.up),
            cli_count(cli, t->movement.down), cli_count(cli, t->movement.left));
    else if (t->has_before)
        printf(cli_text(cli, "; since %s moved %s, exited %s", "；较 %s 变动 %s，退出 %s"),
            st_date_format(t->before, before), cli_count(cli, t->movement.moved),
            cli_count(cli, t->movement.left));
    putchar('\n');
    if (t->scheme->ladder)
        print_standings(cli, &t->standings);
    putchar('\n');
}

static st_code run_tiers(struct cli *cli, struct st_error *err)
{
    st_date date;
    const st_date *as_of;
    struct st_tiers *tiers = NULL;
    size_t count = 0;
    cli->store.location = cli->positionals[0];
    st_code code = cli_optional_date("--as-of", cli->as_of, &date, &as_of, err);
    if (code == ST_OK)
        code = st_app_tiers(
            &cli->store, &cli->arena, cli->scheme, cli->measure, as_of, &tiers, &count, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (cli->json)
            json_array_append_new(list, tiers_json(cli, &tiers[i]));
        else
            print_tiers(cli, &tiers[i]);
    }
    if (cli->json)
        cli_print_json(list);
    else
        json_decref(list);
    return ST_OK;
}

static const struct cli_option tiers_options[] = {
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"one scheme (default: all)", "方案（默认全部）"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"a past run (default: the latest)", "历史运行（默认最新）"}},
    {"--measure", "NAME", offsetof(struct cli, measure),
        {"also a metric's sum, share and average in each tier",
            "同时给出各层级某指标的合计、占比与平均"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_tiers = {
    .name = "tiers",
    .usage = "STORE [--scheme NAME] [--as-of DATE] [--measure NAME]",
    .summary = {"counts, shares and movement by tier", "各层级的客户数、占比与变动"},
    .detail =
        {"With --measure aum: how much of it each tier holds. The average of a metric that is 1 "
         "or 0\nis the part of the tier for which it is 1.",
            "写 --measure aum 时给出各层级的持有量。取值为 1 或 0 的指标，其平均即该层中取 1 "
            "的客户占比。"},
    .least = 1,
    .most = 1,
    .options = tiers_options,
    .run = run_tiers,
};

/* --- explain --- */

static const char *value_text(
    struct cli *cli, const struct st_metric_column *m, const struct st_ir_value *value)
{
    struct st_str text = ST_STR_INIT;
    st_method_print_value(&text, m->kind, m->scale, value);
    const char *kept = st_arena_strdup(&cli->arena, text.text);
    st_str_release(&text);
    return kept;
}

/* A value as programs read it: money and numbers plain, with all their decimals. */
static json_t *value_json(const struct st_metric_column *m, const struct st_ir_value *value)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    if (value->is_null)
        return json_null();
    switch (m->kind) {
    case ST_KIND_TEXT: return json_string(value->text);
    case ST_KIND_BOOL: return json_boolean(value->number != 0);
    case ST_KIND_DATE: return json_string(st_date_format((st_date)value->number, text));
    default: return json_string(st_decimal_format((int64_t)value->number, m->scale, text));
    }
}

static json_t *number_json(const struct st_metric_column *m, int64_t number)
{
    return value_json(m, &(struct st_ir_value){.type = ST_IR_BIGINT, .number = number});
}

static const char *number_text(struct cli *cli, const struct st_metric_column *m, int64_t number)
{
    struct st_ir_value value = {.type = ST_IR_BIGINT, .number = number};
    return value_text(cli, m, &value);
}

static json_t *change_json(const struct st_explanation *e, const struct st_change *c)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:s, s:b}", "metric", c->metric->name, "now",
        number_json(c->metric, c->now), "needed", number_json(c->metric, c->needed), "difference",
        number_json(c->metric, c->needed - c->now), "tier", e->state.scheme->tiers[c->tier].code,
        "better", c->better);
    if (c->pays_daily) {
        json_object_set_new(json, "daily_until", json_string(st_date_format(c->until, date)));
        json_object_set_new(json, "daily", number_json(c->metric, c->daily));
    }
    static const char *const effects[] = {
        [ST_EFFECT_RISES] = "rises", [ST_EFFECT_KEEPS] = "keeps", [ST_EFFECT_FAILS] = "falls"};
    if (c->effect != ST_EFFECT_TIER)
        json_object_set_new(json, "effect",
            json_pack("{s:s, s:I}", "move", effects[c->effect], "rating_days", c->days));
    return json;
}

static json_t *date_json(bool known, st_date day)
{
    char text[ST_DATE_TEXT_SIZE];
    return known ? json_string(st_date_format(day, text)) : json_null();
}

static json_t *tier_code_json(const struct st_scheme *scheme, int tier)
{
    return tier < 0 ? json_null() : json_string(scheme->tiers[tier].code);
}

static json_t *hold_json(const struct st_explanation *e)
{
    const struct st_customer_state *s = &e->state;
    const struct st_hold *h = &s->hold;
    if (!s->has_hold)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:s, s:s}", "held",
        tier_code_json(s->scheme, h->held), "earned", tier_code_json(s->scheme, h->earned),
        "pending", tier_code_json(s->scheme, h->pending), "standing",
        st_standing_texts[h->standing].word, "move", st_move_texts[h->move].word, "failing",
        h->fails, "rising", h->rises, "since", date_json(true, h->since), "watch_since",
        date_json(h->watched, h->watch_since), "valid_until", date_json(h->valid, h->valid_until),
        "how_en", e->hold[ST_LANG_EN], "how_zh", e->hold[ST_LANG_ZH]);
}

/* Of a household; null of a customer. */
static json_t *members_json(const struct st_customer_state *s)
{
    if (!s->member_count)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < s->member_count; i++)
        json_array_append_new(list, json_string(s->members[i]));
    return list;
}

static json_t *explanation_json(const struct cli *cli, const struct st_explanation *e)
{
    static const char *const statuses[] = {"rated", "gated", "unrated"};
    const struct st_customer_state *s = &e->state;
    char date[ST_DATE_TEXT_SIZE], score[ST_DECIMAL_TEXT_SIZE], merged[ST_DATE_TEXT_SIZE];
    json_t *metrics = json_object(), *changes = json_array();
    for (size_t i = 0; i < s->metric_count; i++)
        json_object_set_new(metrics, s->metrics[i].column->name,
            value_json(s->metrics[i].column, &s->metrics[i].value));
    for (size_t i = 0; i < e->change_count; i++)
        json_array_append_new(changes, change_json(e, &e->changes[i]));
    static const struct st_tier none;
    const struct st_tier *tier = s->tier < 0 ? &none : &s->scheme->tiers[s->tier];
    return json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:I, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s, s:o, "
                     "s:o, s:o, s:o, s:o, s:o, s:s?, s:o, s:o, s:o}",
        "customer", s->source_id, "merged_into", s->merged_into, "merged_on",
        s->merged_into ? st_date_format(s->merged_on, merged) : NULL, "scheme", s->run.scheme,
        "as_of", st_date_format(s->run.as_of, date), "run", s->run.run_id, "policy",
        s->run.policy_hash, "status", statuses[s->status], "tier", tier->code, "before",
        s->tier_before, "score",
        s->has_score ? st_decimal_format(s->score, s->scheme->score_scale, score) : NULL, "why_en",
        e->why[ST_LANG_EN], "why_zh", e->why[ST_LANG_ZH], "metrics", metrics, "changes", changes,
        "needs", cli_titles_json(cli, &tier->needs), "services",
        cli_titles_json(cli, &tier->services), "hold", hold_json(e), "override",
        s->override_id ? json_integer(s->override_id) : json_null(), "shared_from", s->shared_from,
        "masked", s->override ? cli_override_json(s->override) : json_null(), "version",
        cli_version_json(s->run.policy_version), "members", members_json(s));
}

static void print_lines(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        printf("  %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

/* What the change comes to where tiers are held. */
static void print_effect(struct cli *cli, const struct st_explanation *e, const struct st_change *c)
{
    const struct st_hold *h = &e->state.hold;
    long long days = c->days;
    if (c->effect == ST_EFFECT_KEEPS)
        printf(cli_text(cli, "; keeps %s", "；可保住%s"),
            cli_title(cli, &e->state.scheme->tiers[h->held].title));
    else if (c->effect == ST_EFFECT_RISES && days)
        printf(days > 1
                   ? cli_text(cli, "; rises after %lld rating days", "；连续 %lld 个评定日后升级")
                   : cli_text(cli, "; rises on the next rating day", "；下一评定日即升级"),
            days);
    else if (c->effect == ST_EFFECT_FAILS && days)
        printf(days > 1
                   ? cli_text(cli, "; falls after %lld rating days", "；持续 %lld 个评定日后降级")
                   : cli_text(cli, "; falls on the next rating day", "；下一评定日即降级"),
            days);
    else if (c->effect != ST_EFFECT_TIER)
        printf("%s", cli_text(cli, "; the tier held stays", "；持有层级不变"));
}

static void print_change(struct cli *cli, const struct st_explanation *e, const struct st_change *c)
{
    int64_t by = c->needed - c->now;
    const char *amount = number_text(cli, c->metric, by < 0 ? -by : by);
    char until[ST_DATE_TEXT_SIZE];
    printf(cli_text(cli, "  · %s %s %s, to %s → %s", "  · %s%s %s，达到 %s → %s"),
        cli_title(cli, &c->metric->title),
        by < 0 ? cli_text(cli, "down by", "减少") : cli_text(cli, "up by", "增加"), amount,
        number_text(cli, c->metric, c->needed),
        cli_title(cli, &e->state.scheme->tiers[c->tier].title));
    if (c->pays_daily)
        printf(cli_text(
                   cli, "; from tomorrow to %s that is %s a day", "；即从明日起至 %s 每日保持 %s"),
            st_date_format(c->until, until), number_text(cli, c->metric, c->daily));
    print_effect(cli, e, c);
    putchar('\n');
}

static const char *tier_before_title(const struct cli *cli, const struct st_customer_state *s)
{
    if (!s->tier_before)
        return cli_text(cli, "not rated", "未参评");
    int tier = st_method_tier_index(s->scheme, s->tier_before, NULL, NULL);
    return tier < 0 ? s->tier_before : cli_title(cli, &s->scheme->tiers[tier].title);
}

static void print_titles(const struct cli *cli, const char *head, const struct st_texts *texts)
{
    if (texts->count)
        printf("%s\n", head);
    for (size_t i = 0; i < texts->count; i++)
        printf("  · %s\n", cli_title(cli, &texts->items[i]));
}

/* One's own tier, and whose lifts it: no more of that member than the number. */
static void print_sharing(struct cli *cli, const struct st_customer_state *s)
{
    int own = s->has_hold ? s->hold.held : s->earned;
    if (!s->shared_from)
        return;
    printf(cli_text(cli, "  its own tier is %s; lifted through the household of %s\n",
               "  自身层级为%s；因与 %s 同一家庭而提升\n"),
        own < 0 ? "—" : cli_title(cli, &s->scheme->tiers[own].title), s->shared_from);
}

static void print_explanation(struct cli *cli, const struct st_explanation *e)
{
    const struct st_customer_state *s = &e->state;
    char date[ST_DATE_TEXT_SIZE], before[ST_DATE_TEXT_SIZE], score[ST_DECIMAL_TEXT_SIZE];
    const char *tier = s->tier >= 0 ? cli_title(cli, &s->scheme->tiers[s->tier].title)
                       : s->status == ST_STATUS_GATED ? cli_text(cli, "not admitted", "未准入")
                                                      : cli_text(cli, "unrated", "未评级");
    printf("%s  %s  %s: %s", s->source_id, st_date_format(s->run.as_of, date),
        cli_title(cli, &s->scheme->def->title), tier);
    if (s->has_score)
        printf("  (%s %s)", cli_text(cli, "score", "得分"),
            st_decimal_format_grouped(
                (int64_t)st_rescale(s->score, s->scheme->score_scale, 2), 2, score));
    if (s->has_before)
        printf("  [%s: %s]", st_date_format(s->before, before), tier_before_title(cli, s));
    if (s->merged_into)
        printf(cli_text(cli, "\n merged on %s, now part of %s", "\n 已于 %s 合并，现属于 %s"),
            st_date_format(s->merged_on, date), s->merged_into);
    for (size_t i = 0; i < s->member_count; i++)
        printf("%s%s", i ? cli_text(cli, ", ", "、") : cli_text(cli, "\n members: ", "\n 成员："),
            s->members[i]);
    bool held = e->hold[cli->lang][0] || s->shared_from;
    printf("\n%s\n", held ? cli_text(cli, " why it is earned", " 所得层级的原因")
                          : cli_text(cli, " why", " 原因"));
    print_lines(e->why[cli->lang]);
    if (held)
        printf("%s\n", cli_text(cli, " how it is held", " 持有情况"));
    print_lines(e->hold[cli->lang]);
    print_sharing(cli, s);
    if (s->override)
        cli_print_mask(cli, s);
    if (e->change_count)
        printf("%s\n", cli_text(cli, " what would change it, all else equal",
                           " 其他不变时，以下任一变化会改变层级"));
    for (size_t i = 0; i < e->change_count; i++)
        print_change(cli, e, &e->changes[i]);
    if (s->tier >= 0) {
        const struct st_tier *own = &s->scheme->tiers[s->tier];
        print_titles(cli, cli_text(cli, " what such customers need", " 客户需求"), &own->needs);
        print_titles(cli, cli_text(cli, " what is done for them", " 对应服务"), &own->services);
    }
    putchar('\n');
}

static void print_metrics(struct cli *cli, const struct st_customer_state *s)
{
    struct cli_table t = {.columns = 2, .right = {false, true}};
    printf("%s\n", cli_text(cli, " values", " 指标值"));
    for (size_t i = 0; i < s->metric_count; i++) {
        cli_table_cell(&t, cli_title(cli, &s->metrics[i].column->title));
        cli_table_cell(&t, value_text(cli, s->metrics[i].column, &s->metrics[i].value));
    }
    cli_table_print(&t, stdout);
    printf(cli_text(cli, "\n run %lld, policy %.12s%s\n", "\n 运行 %lld，策略 %.12s%s\n"),
        (long long)s->run.run_id, s->run.policy_hash, cli_version(cli, s->run.policy_version));
}

static st_code run_explain(struct cli *cli, struct st_error *err)
{
    st_date date;
    const st_date *as_of;
    struct st_explanation *list = NULL;
    size_t count = 0;
    cli->store.location = cli->positionals[0];
    st_code code = cli_optional_date("--as-of", cli->as_of, &date, &as_of, err);
    if (code == ST_OK)
        code = st_app_explain(
            &cli->store, &cli->arena, cli->positionals[1], cli->scheme, as_of, &list, &count, err);
    if (code != ST_OK)
        return code;
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        if (cli->json)
            json_array_append_new(all, explanation_json(cli, &list[i]));
        else
            print_explanation(cli, &list[i]);
    }
    if (cli->json) {
        cli_print_json(all);
        return ST_OK;
    }
    json_decref(all);
    print_metrics(cli, &list[count - 1].state);
    return ST_OK;
}

static const struct cli_option explain_options[] = {
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"one scheme (default: all)", "方案（默认全部）"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"a past run (default: the latest)", "历史运行（默认最新）"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_explain = {
    .name = "explain",
    .usage = "STORE CUSTOMER [--scheme NAME] [--as-of DATE]",
    .summary = {"why a customer has a tier, and what would change it",
        "客户层级的原因，以及如何改变"},
    .least = 2,
    .most = 2,
    .options = explain_options,
    .run = run_explain,
};

/* --- export --- */

static const char *const format_names[] = {
    [ST_EXPORT_CSV] = "csv", [ST_EXPORT_PARQUET] = "parquet", [ST_EXPORT_XLSX] = "xlsx"};

st_code cli_export_format(
    struct cli *cli, const char *path, enum st_export_format *format, struct st_error *err)
{
    const char *name = cli->format;
    if (!name) {
        const char *dot = strrchr(path, '.');
        name = dot ? dot + 1 : path;
    }
    size_t i = 0;
    while (i < ST_COUNT(format_names) && strcmp(name, format_names[i]) != 0)
        i++;
    if (i == ST_COUNT(format_names)) {
        st_code code =
            cli->format
                ? st_fail(err, ST_E_USAGE, "--format is not a format", "--format 不是可用格式")
                : st_fail(err, ST_E_USAGE, "the file's name says no format that is written",
                      "文件名未表明可用的格式");
        st_error_value(err, "%s", name);
        st_error_allowed(err, "csv, parquet, xlsx", "csv、parquet、xlsx");
        return code;
    }
    *format = (enum st_export_format)i;
    if (!cli->plain || *format == ST_EXPORT_CSV)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--plain is for csv", "--plain 仅用于 csv");
    st_error_hint(err, "leave it out: parquet and xlsx hold texts as they are",
        "请去掉该选项：parquet 与 xlsx 中的文本本来就是原样");
    return code;
}

static st_code run_export(struct cli *cli, struct st_error *err)
{
    st_date as_of, from;
    struct st_export_options o = {
        .scheme = cli->scheme, .path = cli->output, .plain = cli->plain, .lang = cli->lang};
    const char *what = cli->positionals[1];
    int64_t rows = 0;
    cli->store.location = cli->positionals[0];
    if (strcmp(what, "tiers") != 0 && strcmp(what, "metrics") != 0) {
        st_code code = st_fail(err, ST_E_USAGE, "%s cannot be exported", "无法导出 %s", what);
        st_error_value(err, "%s", what);
        st_error_allowed(err, "tiers, metrics", "tiers、metrics");
        return code;
    }
    o.what = strcmp(what, "tiers") == 0 ? ST_EXPORT_TIERS : ST_EXPORT_METRICS;
    if (!cli->output) {
        (void)!st_fail(
            err, ST_E_USAGE, "strata export needs -o FILE", "strata export 需要 -o 文件");
        st_error_hint(err, "-o %s.csv, or -o %s.xlsx", "-o %s.csv 或 -o %s.xlsx", what, what);
        return ST_E_USAGE;
    }
    st_code code = cli_export_format(cli, cli->output, &o.format, err);
    if (code == ST_OK)
        code = cli_optional_date("--as-of", cli->as_of, &as_of, &o.as_of, err);
    if (code == ST_OK)
        code = cli_optional_date("--from", cli->from, &from, &o.from, err);
    if (code == ST_OK && o.as_of && !o.from)
        o.from = o.as_of;
    if (code == ST_OK)
        code = st_app_export(&cli->store, &cli->arena, &o, &rows, err);
    if (code == ST_OK && cli->json)
        cli_print_json(json_pack("{s:s, s:I}", "file", cli->output, "rows", rows));
    else if (code == ST_OK && !cli->quiet)
        printf(
            cli_text(cli, "%s rows in %s\n", "%s 行写入 %s\n"), cli_count(cli, rows), cli->output);
    return code;
}

static const struct cli_option export_options[] = {
    {"--output", "FILE", offsetof(struct cli, output),
        {"file to write, also -o", "输出文件，亦可写 -o"}},
    {"--format", "csv|parquet|xlsx", offsetof(struct cli, format),
        {"format (default: by the file's name)", "格式（默认按文件名）"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs: no byte-order mark, no guard against formulas",
            "供程序读取的 csv：不加 BOM，不做公式防护"}},
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"one scheme (default: all)", "方案（默认全部）"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"last date (default: the latest)", "最后日期（默认最新）"}},
    {"--from", "DATE", offsetof(struct cli, from), {"first date, for a series", "序列的起始日期"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_export = {
    .name = "export",
    .usage = "STORE tiers|metrics -o FILE",
    .summary = {"tiers or metric values as CSV, Excel or Parquet",
        "将层级或指标值导出为 CSV、Excel 或 Parquet"},
    .detail = {"tiers:   as_of, scheme, customer_id, status, tier, tier_title_en, tier_title_zh,\n"
               "         rule, score\n"
               "metrics: as_of, customer_id, status and one column per metric\n"
               "rule is the method's own number of what decided: 343 is rfm's R 3, F 4, M 3.\n"
               "Rows stand by scheme, date and customer number; the file appears whole or not at "
               "all.\n"
               "csv is UTF-8 with a byte-order mark, and a text that a spreadsheet would run as a\n"
               "formula gets an apostrophe in front; --plain leaves both out. xlsx keeps numbers\n"
               "of customers as texts, has its headings in the language of --lang, and a last\n"
               "sheet that says what was run and what each column means in both languages.",
        "tiers：  as_of、scheme、customer_id、status、tier、tier_title_en、tier_title_zh、\n"
        "         rule、score\n"
        "metrics：as_of、customer_id、status，以及每个指标一列\n"
        "rule 为方法内部的判定编号：343 即 RFM 的 R 3、F 4、M 3。\n"
        "按方案、日期、客户号排序；文件要么完整生成，要么不生成。\n"
        "csv 为带 BOM 的 UTF-8；会被电子表格当作公式的文本，前面加一个撇号；--plain 两者都不做。\n"
        "xlsx 中客户号为文本，表头语言随 --lang；最后一张工作表以两种语言说明运行信息与各列含义。"},
    .least = 2,
    .most = 2,
    .options = export_options,
    .run = run_export,
};
