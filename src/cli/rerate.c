/* strata rerate request, approve, reject, list */
#include "app/life.h"
#include "base/vec.h"
#include "cli/cli.h"

static const struct st_text state_texts[ST_RERATE_STATES] = {
    {"requested", "待批准"}, {"done", "已重评"}, {"rejected", "已驳回"}};

static json_t *rerate_json(const struct st_rerate *r)
{
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:o, s:o}",
        "rerate", r->id, "policy", r->policy, "hash", r->policy_hash, "version",
        r->policy_version ? json_integer(r->policy_version) : json_null(), "from",
        st_date_format(r->from, from), "as_of", st_date_format(r->to, to), "reason", r->reason,
        "state", st_rerate_states[r->state], "asked_by", r->asked_by, "asked_at", r->asked_at,
        "decided_by", r->decided_by, "decided_at", r->decided_at, "first_run",
        r->first_run ? json_integer(r->first_run) : json_null(), "last_run",
        r->last_run ? json_integer(r->last_run) : json_null());
}

static void print_rerates(struct cli *cli, const struct st_rerate *list, size_t count)
{
    char text[ST_DATE_TEXT_SIZE];
    struct cli_table t = {.columns = 9, .right = {true}};
    const char *const heads[] = {"id", cli_text(cli, "policy", "策略"),
        cli_text(cli, "from", "起始日"), cli_text(cli, "to", "截止日"),
        cli_text(cli, "state", "状态"), cli_text(cli, "runs", "运行"),
        cli_text(cli, "asked by", "申请"), cli_text(cli, "decided by", "审批"),
        cli_text(cli, "reason", "理由")};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct st_rerate *r = &list[i];
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%lld", (long long)r->id));
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%s %.12s", r->policy, r->policy_hash));
        cli_table_cell(&t, st_arena_strdup(&cli->arena, st_date_format(r->from, text)));
        cli_table_cell(&t, st_arena_strdup(&cli->arena, st_date_format(r->to, text)));
        cli_table_cell(&t, cli_title(cli, &state_texts[r->state]));
        cli_table_cell(&t, r->first_run ? st_arena_printf(&cli->arena, "%lld–%lld",
                                              (long long)r->first_run, (long long)r->last_run)
                                        : "—");
        cli_table_cell(&t, r->asked_by);
        cli_table_cell(&t, r->decided_by ? r->decided_by : "—");
        cli_table_cell(&t, r->reason);
    }
    cli_table_print(&t, stdout);
}

static void print_rerate(struct cli *cli, const struct st_rerate *r)
{
    if (cli->json)
        cli_print_json(rerate_json(r));
    else if (!cli->quiet)
        print_rerates(cli, r, 1);
}

static st_code run_request(struct cli *cli, struct st_error *err)
{
    struct st_rerate_ask ask = {.reason = cli->reason, .by = cli->by};
    struct st_rerate made;
    st_date to;
    st_code code = ST_OK;
    cli->store.location = cli->positionals[0];
    if (!cli->from) {
        code = st_fail(err, ST_E_USAGE, "--from is missing", "缺少 --from");
        st_error_hint(err, "the first period to rerate, such as --from 2025-06-30",
            "首个重评周期，如 --from 2025-06-30");
    }
    if (code == ST_OK)
        code = cli_date("--from", cli->from, &ask.from, err);
    if (code == ST_OK)
        code = cli_optional_date("--as-of", cli->as_of, &to, &ask.to, err);
    if (code == ST_OK)
        code = st_app_rerate_ask(&cli->store, &cli->arena, cli->positionals[1], &ask, &made, err);
    if (code == ST_OK)
        print_rerate(cli, &made);
    return code;
}

static st_code decide(struct cli *cli, bool approve, struct st_error *err)
{
    char now[ST_NOW_SIZE];
    struct st_run_options options = {.now = st_app_now(now)};
    struct st_run_report report;
    struct st_rerate decided;
    int64_t id = 0;
    cli->store.location = cli->positionals[0];
    st_code code = cli_number("ID", cli->positionals[1], 1, INT64_MAX, &id, err);
    if (code == ST_OK)
        code = st_app_rerate_decide(
            &cli->store, &cli->arena, id, approve, cli->by, &options, &decided, &report, err);
    if (code == ST_OK)
        print_rerate(cli, &decided);
    return code;
}

static st_code run_approve(struct cli *cli, struct st_error *err)
{
    return decide(cli, true, err);
}

static st_code run_reject(struct cli *cli, struct st_error *err)
{
    return decide(cli, false, err);
}

static st_code run_list(struct cli *cli, struct st_error *err)
{
    struct st_rerate *list = NULL;
    size_t count = 0;
    cli->store.location = cli->positionals[0];
    st_code code = st_app_rerate_list(&cli->store, &cli->arena, &list, &count, err);
    if (code != ST_OK)
        return code;
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, rerate_json(&list[i]));
    if (cli->json)
        cli_print_json(json_incref(all));
    else if (count)
        print_rerates(cli, list, count);
    else
        puts(cli_text(cli, "no requests", "没有重评申请"));
    json_decref(all);
    return ST_OK;
}

/* clang-format off */
#define BY {"--by", "NAME", offsetof(struct cli, by), \
    {"who does this; kept, not authenticated", "操作人；会被记录，但不作身份验证"}}
#define END {NULL, NULL, 0, {NULL, NULL}}
/* clang-format on */

static const struct cli_option request_options[] = {
    {"--from", "DATE", offsetof(struct cli, from), {"first period", "首个周期"}},
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"last period (default: the last that was run)", "末个周期（默认最后一个已运行的周期）"}},
    {"--reason", "TEXT", offsetof(struct cli, reason), {"why", "理由"}}, BY, END};
static const struct cli_option by_options[] = {BY, END};
static const struct cli_option no_options[] = {END};

static const struct cli_command rerate_request = {.name = "rerate request",
    .usage = "STORE POLICY.yaml --from DATE [--as-of DATE] --reason TEXT --by NAME",
    .summary = {"ask that closed periods are computed anew", "申请重评已关闭的周期"},
    .least = 2,
    .most = 2,
    .options = request_options,
    .run = run_request};

static const struct cli_command rerate_approve = {.name = "rerate approve",
    .usage = "STORE ID --by NAME",
    .summary = {"by another person: runs it and publishes the new chain",
        "由他人批准：立即运行并发布新链"},
    .least = 2,
    .most = 2,
    .options = by_options,
    .run = run_approve};

static const struct cli_command rerate_reject = {.name = "rerate reject",
    .usage = "STORE ID --by NAME",
    .summary = {"by another person", "由他人驳回"},
    .least = 2,
    .most = 2,
    .options = by_options,
    .run = run_reject};

static const struct cli_command rerate_list = {.name = "rerate list",
    .usage = "STORE",
    .summary = {"requests, who asked, who decided, why", "重评申请：申请人、审批人与理由"},
    .least = 1,
    .most = 1,
    .options = no_options,
    .run = run_list};

static const struct cli_command *const rerate_verbs[] = {
    &rerate_request, &rerate_approve, &rerate_reject, &rerate_list, NULL};

const struct cli_command cli_rerate = {.name = "rerate",
    .usage = "request|approve|reject|list …",
    .summary = {"closed periods computed anew, with a second person; the old ones stay for replay",
        "重评已关闭的周期，须两人经手；原结果保留，可重放"},
    .verbs = rerate_verbs};
