/* strata override request, approve, reject, revoke, list */
#include "app/life.h"
#include "base/vec.h"
#include "cli/cli.h"

static const struct st_text action_texts[] = {[ST_OVERRIDE_NONE] = {"", ""},
    [ST_OVERRIDE_RAISE] = {"at least", "不低于"},
    [ST_OVERRIDE_LOWER] = {"at most", "不高于"},
    [ST_OVERRIDE_PIN] = {"exactly", "固定为"},
    [ST_OVERRIDE_EXCLUDE] = {"not rated", "不参评"}};

static const struct st_text state_texts[] = {[ST_OVERRIDE_REQUESTED] = {"requested", "待批准"},
    [ST_OVERRIDE_APPROVED] = {"approved", "已批准"},
    [ST_OVERRIDE_REJECTED] = {"rejected", "已驳回"},
    [ST_OVERRIDE_REVOKED] = {"revoked", "已撤销"}};

json_t *cli_override_json(const struct st_override *o)
{
    char from[ST_DATE_TEXT_SIZE], until[ST_DATE_TEXT_SIZE];
    return json_pack("{s:I, s:s, s:s, s:s, s:s?, s:s, s:s?, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, "
                     "s:s?, s:s?, s:s?, s:s?}",
        "override", o->id, "scheme", o->scheme, "customer", o->customer, "action",
        st_override_actions[o->action], "tier", o->tier, "from", st_date_format(o->from, from),
        "until", o->has_until ? st_date_format(o->until, until) : NULL, "reason", o->reason,
        "state", st_override_states[o->state], "asked_by", o->asked_by, "asked_at", o->asked_at,
        "decided_by", o->decided_by, "decided_at", o->decided_at, "revoke_by", o->revoke_by,
        "revoke_at", o->revoke_at, "revoke_reason", o->revoke_reason, "revoked_by", o->revoked_by,
        "revoked_at", o->revoked_at);
}

static const char *until_text(struct cli *cli, const struct st_override *o)
{
    char text[ST_DATE_TEXT_SIZE];
    return o->has_until ? st_arena_strdup(&cli->arena, st_date_format(o->until, text)) : "—";
}

static const char *what_text(struct cli *cli, const struct st_override *o, const char *tier)
{
    const char *action = cli_title(cli, &action_texts[o->action]);
    return tier ? st_arena_printf(&cli->arena, "%s %s", action, tier) : action;
}

void cli_print_mask(struct cli *cli, const struct st_customer_state *s)
{
    const struct st_override *o = s->override;
    const char *tier = o->tier;
    int index = tier ? st_method_tier_index(s->scheme, tier, NULL, NULL) : -1;
    if (index >= 0)
        tier = cli_title(cli, &s->scheme->tiers[index].title);
    printf(cli_text(cli, "  override %lld is over it: %s", "  人工调整 %lld 覆盖其上：%s"),
        (long long)o->id, what_text(cli, o, tier));
    if (o->has_until)
        printf(cli_text(cli, ", until %s", "，至 %s"), until_text(cli, o));
    printf(cli_text(cli, "; asked by %s, approved by %s\n  reason: %s\n",
               "；%s 申请，%s 批准\n  理由：%s\n"),
        o->asked_by, o->decided_by ? o->decided_by : "—", o->reason);
}

static const char *state_text(struct cli *cli, const struct st_override *o)
{
    const char *state = cli_title(cli, &state_texts[o->state]);
    if (o->state != ST_OVERRIDE_APPROVED || !o->revoke_by)
        return state;
    return st_arena_printf(&cli->arena,
        cli_text(cli, "%s, revocation asked by %s", "%s，%s 申请撤销"), state, o->revoke_by);
}

static void print_overrides(struct cli *cli, const struct st_override *list, size_t count)
{
    char from[ST_DATE_TEXT_SIZE];
    struct cli_table t = {.columns = 10, .right = {true}};
    const char *const heads[] = {"id", cli_text(cli, "customer", "客户"),
        cli_text(cli, "scheme", "方案"), cli_text(cli, "tier", "层级"),
        cli_text(cli, "from", "起始日"), cli_text(cli, "until", "截止日"),
        cli_text(cli, "state", "状态"), cli_text(cli, "asked by", "申请"),
        cli_text(cli, "decided by", "审批"), cli_text(cli, "reason", "理由")};
    for (size_t i = 0; i < t.columns; i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct st_override *o = &list[i];
        const char *decided = o->revoked_by ? o->revoked_by : o->decided_by;
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%lld", (long long)o->id));
        cli_table_cell(&t, o->customer);
        cli_table_cell(&t, o->scheme);
        cli_table_cell(&t, what_text(cli, o, o->tier));
        cli_table_cell(&t, st_arena_strdup(&cli->arena, st_date_format(o->from, from)));
        cli_table_cell(&t, until_text(cli, o));
        cli_table_cell(&t, state_text(cli, o));
        cli_table_cell(&t, o->asked_by);
        cli_table_cell(&t, decided ? decided : "—");
        cli_table_cell(&t, o->reason);
    }
    cli_table_print(&t, stdout);
}

static void print_override(struct cli *cli, const struct st_override *o)
{
    if (cli->json)
        cli_print_json(cli_override_json(o));
    else if (!cli->quiet)
        print_overrides(cli, o, 1);
}

/* --- asking --- */

static st_code need(const char *option, const char *value, struct st_error *err)
{
    if (value)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "%s is missing", "缺少 %s", option);
    st_error_hint(err, "strata override request --help", "strata override request --help");
    return code;
}

static st_code run_request(struct cli *cli, struct st_error *err)
{
    struct st_override_ask ask = {.scheme = cli->scheme,
        .customer = cli->customer,
        .action = cli->action,
        .tier = cli->tier,
        .reason = cli->reason,
        .by = cli->by};
    struct st_override made;
    st_date until;
    const char *const needed[][2] = {{"--scheme", cli->scheme}, {"--customer", cli->customer},
        {"--action", cli->action}, {"--from", cli->from}};
    st_code code = ST_OK;
    cli->store.location = cli->positionals[0];
    for (size_t i = 0; i < ST_COUNT(needed) && code == ST_OK; i++)
        code = need(needed[i][0], needed[i][1], err);
    if (code == ST_OK)
        code = cli_date("--from", cli->from, &ask.from, err);
    if (code == ST_OK)
        code = cli_optional_date("--until", cli->until, &until, &ask.until, err);
    if (code == ST_OK)
        code = st_app_override_ask(&cli->store, &cli->arena, &ask, &made, err);
    if (code == ST_OK)
        print_override(cli, &made);
    return code;
}

/* --- deciding --- */

static st_code act_on(struct cli *cli, enum st_override_verb verb, struct st_error *err)
{
    struct st_override changed;
    int64_t id = 0;
    cli->store.location = cli->positionals[0];
    st_code code = cli_number("ID", cli->positionals[1], 1, INT64_MAX, &id, err);
    if (code == ST_OK)
        code = st_app_override_act(
            &cli->store, &cli->arena, verb, id, cli->by, cli->reason, &changed, err);
    if (code == ST_OK)
        print_override(cli, &changed);
    return code;
}

static st_code run_approve(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_OVERRIDE_APPROVE, err);
}

static st_code run_reject(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_OVERRIDE_REJECT, err);
}

static st_code run_revoke(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_OVERRIDE_REVOKE, err);
}

/* --- reading --- */

static st_code read_state(const char *text, int *state, struct st_error *err)
{
    *state = -1;
    for (int i = 0; text && st_override_states[i]; i++)
        if (strcmp(st_override_states[i], text) == 0)
            *state = i;
    if (!text || *state >= 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--state is not one", "--state 不是可用的状态");
    st_error_value(err, "%s", text);
    st_error_allowed(
        err, "requested, approved, rejected, revoked", "requested、approved、rejected、revoked");
    return code;
}

static st_code run_list(struct cli *cli, struct st_error *err)
{
    struct st_override_query query = {.customer = cli->customer, .scheme = cli->scheme};
    struct st_override *list = NULL;
    size_t count = 0;
    cli->store.location = cli->positionals[0];
    st_code code = read_state(cli->state, &query.state, err);
    if (code == ST_OK)
        code = st_app_override_list(&cli->store, &cli->arena, &query, &list, &count, err);
    if (code != ST_OK)
        return code;
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, cli_override_json(&list[i]));
    if (cli->json)
        cli_print_json(json_incref(all));
    else if (count)
        print_overrides(cli, list, count);
    else
        puts(cli_text(cli, "no overrides", "没有人工调整"));
    json_decref(all);
    return ST_OK;
}

/* --- the tables --- */

#define BY                                                                                               \
    {                                                                                                    \
        "--by", "NAME", offsetof(struct cli, by),                                                        \
        {                                                                                                \
            "who does this; kept, not authenticated", "操作人；会被记录，但不作身份验证" \
        }                                                                                                \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, 0,                                                                             \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

static const struct cli_option request_options[] = {
    {"--scheme", "NAME", offsetof(struct cli, scheme), {"whose tier", "所属方案"}},
    {"--customer", "NUMBER", offsetof(struct cli, customer), {"the customer", "客户号"}},
    {"--action", "raise|lower|pin|exclude", offsetof(struct cli, action),
        {"at least, at most, exactly the tier; or not rated",
            "不低于、不高于、固定为该层级；或不参评"}},
    {"--tier", "CODE", offsetof(struct cli, tier),
        {"the tier, but for exclude", "层级代码；exclude 不写"}},
    {"--from", "DATE", offsetof(struct cli, from), {"first day it holds", "生效首日"}},
    {"--until", "DATE", offsetof(struct cli, until),
        {"last day it holds (default: until it is revoked)", "生效末日（默认直至撤销）"}},
    {"--reason", "TEXT", offsetof(struct cli, reason), {"why", "理由"}}, BY, END};
static const struct cli_option act_options[] = {BY,
    {"--reason", "TEXT", offsetof(struct cli, reason), {"kept in the log", "备注，记入日志"}}, END};
static const struct cli_option revoke_options[] = {
    BY, {"--reason", "TEXT", offsetof(struct cli, reason), {"why", "理由"}}, END};
static const struct cli_option list_options[] = {
    {"--customer", "NUMBER", offsetof(struct cli, customer), {"of one customer", "某一客户的"}},
    {"--scheme", "NAME", offsetof(struct cli, scheme), {"of one scheme", "某一方案的"}},
    {"--state", "STATE", offsetof(struct cli, state),
        {"requested, approved, rejected or revoked",
            "requested 待批准、approved 已批准、rejected 已驳回、revoked 已撤销"}},
    END};

static const struct cli_command override_request = {.name = "override request",
    .usage = "STORE --scheme NAME --customer NUMBER --action raise|lower|pin|exclude "
             "[--tier CODE]\n         --from DATE [--until DATE] --reason TEXT --by NAME",
    .summary = {"ask that a customer is shown in another tier", "申请调整某客户的层级"},
    .detail =
        {"The machine of moves runs on beneath; when the override ends, its tier shows again.",
            "层级机制在其下照常运行；调整结束后恢复其所持层级。"},
    .least = 1,
    .most = 1,
    .options = request_options,
    .run = run_request};

static const struct cli_command override_approve = {.name = "override approve",
    .usage = "STORE ID --by NAME",
    .summary = {"by another person: it holds for the runs from now on; or its revocation does",
        "由他人批准：此后的运行即采用；或批准撤销"},
    .least = 2,
    .most = 2,
    .options = act_options,
    .run = run_approve};

static const struct cli_command override_reject = {.name = "override reject",
    .usage = "STORE ID --by NAME [--reason TEXT]",
    .summary = {"by another person: it does not hold; or it is not revoked",
        "由他人驳回申请，或驳回撤销"},
    .least = 2,
    .most = 2,
    .options = act_options,
    .run = run_reject};

static const struct cli_command override_revoke = {.name = "override revoke",
    .usage = "STORE ID --reason TEXT --by NAME",
    .summary = {"ask that an approved one ends; another person approves it",
        "申请撤销已批准的调整，须由他人批准"},
    .least = 2,
    .most = 2,
    .options = revoke_options,
    .run = run_revoke};

static const struct cli_command override_list = {.name = "override list",
    .usage = "STORE [--customer NUMBER] [--scheme NAME] [--state STATE]",
    .summary = {"overrides, who asked, who decided, why", "人工调整：申请人、审批人与理由"},
    .least = 1,
    .most = 1,
    .options = list_options,
    .run = run_list};

static const struct cli_command *const override_verbs[] = {
    &override_request, &override_approve, &override_reject, &override_revoke, &override_list, NULL};

const struct cli_command cli_override = {.name = "override",
    .usage = "request|approve|reject|revoke|list …",
    .summary = {"tiers that people set, for a reason and a time, with a second person",
        "人工调整层级：有理由、有期限、两人经手"},
    .verbs = override_verbs};
