/* strata policy draft, submit, approve, reject, retire, list, show, diff */
#include "app/life.h"

#include "base/vec.h"
#include "cli/cli.h"

/* --- a version --- */

static const struct {
    const char *name;
    struct st_text text;
} stages[] = {
    [ST_STAGE_DRAFT] = {"draft", {"draft", "草稿"}},
    [ST_STAGE_SUBMITTED] = {"submitted", {"submitted", "已提交"}},
    [ST_STAGE_SCHEDULED] = {"approved", {"approved", "已批准"}},
    [ST_STAGE_IN_FORCE] = {"in_force", {"in force", "生效中"}},
    [ST_STAGE_RETIRED] = {"retired", {"retired", "已退役"}},
    [ST_STAGE_REJECTED] = {"rejected", {"rejected", "已驳回"}},
};

static void set_date(json_t *json, const char *key, bool given, st_date date)
{
    char text[ST_DATE_TEXT_SIZE];
    json_object_set_new(json, key, given ? json_string(st_date_format(date, text)) : json_null());
}

static json_t *version_json(const struct st_version *v, st_date day)
{
    json_t *json = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}",
        "policy", v->name, "version", v->version, "hash", v->hash, "state",
        stages[st_version_stage(v, day)].name, "drafted_by", v->drafted_by, "drafted_at",
        v->drafted_at, "submitted_by", v->submitted_by, "submitted_at", v->submitted_at,
        "decided_by", v->decided_by, "decided_at", v->decided_at, "note", v->note, "retire_by",
        v->retire_by);
    set_date(json, "from", v->has_from, v->from);
    set_date(json, "until", v->has_until, v->until);
    set_date(json, "retire_from", v->retire_by != NULL, v->retire_from);
    return json;
}

static const char *date_text(struct cli *cli, bool given, st_date date)
{
    char text[ST_DATE_TEXT_SIZE];
    return given ? st_arena_strdup(&cli->arena, st_date_format(date, text)) : "—";
}

static const char *stage_text(struct cli *cli, const struct st_version *v, st_date day)
{
    const char *stage = cli_title(cli, &stages[st_version_stage(v, day)].text);
    if (!v->retire_by)
        return stage;
    return st_arena_printf(&cli->arena,
        cli_text(cli, "%s, to end on %s (asked by %s)", "%s，申请于 %s 退役（%s）"), stage,
        date_text(cli, true, v->retire_from), v->retire_by);
}

static void print_versions(
    struct cli *cli, const struct st_version *versions, size_t count, st_date day)
{
    struct cli_table t = {.columns = 9, .right = {false, true}};
    const char *const heads[] = {cli_text(cli, "policy", "策略"), cli_text(cli, "version", "版本"),
        cli_text(cli, "hash", "哈希"), cli_text(cli, "state", "状态"),
        cli_text(cli, "from", "生效日"), cli_text(cli, "until", "终止日"),
        cli_text(cli, "drafted by", "起草"), cli_text(cli, "submitted by", "提交"),
        cli_text(cli, "decided by", "审批")};
    for (size_t i = 0; i < t.columns; i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct st_version *v = &versions[i];
        cli_table_cell(&t, v->name);
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%lld", (long long)v->version));
        cli_table_cell(&t, st_arena_printf(&cli->arena, "%.12s", v->hash));
        cli_table_cell(&t, stage_text(cli, v, day));
        cli_table_cell(&t, date_text(cli, v->has_from, v->from));
        cli_table_cell(&t, date_text(cli, v->has_until, v->until));
        cli_table_cell(&t, v->drafted_by);
        cli_table_cell(&t, v->submitted_by ? v->submitted_by : "—");
        cli_table_cell(&t, v->decided_by ? v->decided_by : "—");
    }
    cli_table_print(&t, stdout);
}

static void print_version(struct cli *cli, const struct st_version *v)
{
    if (cli->json)
        cli_print_json(version_json(v, st_app_today()));
    else if (!cli->quiet)
        print_versions(cli, v, 1, st_app_today());
}

/* --- what people do with it --- */

static st_code read_act(
    struct cli *cli, struct st_app_act *act, st_date *from, struct st_error *err)
{
    *act = (struct st_app_act){.by = cli->by, .note = cli->note};
    cli->store.location = cli->positionals[0];
    return cli_optional_date("--from", cli->from, from, &act->from, err);
}

static st_code run_draft(struct cli *cli, struct st_error *err)
{
    struct st_app_act act;
    struct st_version version;
    st_date from;
    st_code code = read_act(cli, &act, &from, err);
    if (code == ST_OK)
        code =
            st_app_policy_draft(&cli->store, &cli->arena, cli->positionals[1], &act, &version, err);
    if (code == ST_OK)
        print_version(cli, &version);
    return code;
}

/* What was published stays: say how much of it the new version would have decided. */
static void note_others(struct cli *cli, int64_t others)
{
    if (others && !cli->quiet)
        fprintf(stderr,
            cli_text(cli,
                "note: %s published runs of its days followed another version; they stay as they "
                "are\n",
                "注意：其生效期内已发布的 %s 次运行依据其他版本，保持不变\n"),
            cli_count(cli, others));
}

static st_code act_on(struct cli *cli, enum st_version_verb verb, struct st_error *err)
{
    struct st_app_act act;
    struct st_version version;
    int64_t others = 0;
    st_date from;
    st_code code = read_act(cli, &act, &from, err);
    const struct st_version_key key = {cli->policy, cli->positionals[1]};
    if (code == ST_OK)
        code =
            st_app_policy_act(&cli->store, &cli->arena, verb, &key, &act, &version, &others, err);
    if (code != ST_OK)
        return code;
    print_version(cli, &version);
    note_others(cli, others);
    return ST_OK;
}

static st_code run_submit(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_VERB_SUBMIT, err);
}

static st_code run_approve(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_VERB_APPROVE, err);
}

static st_code run_reject(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_VERB_REJECT, err);
}

static st_code run_retire(struct cli *cli, struct st_error *err)
{
    return act_on(cli, ST_VERB_RETIRE, err);
}

/* --- reading --- */

static st_code read_day(struct cli *cli, st_date *day, struct st_error *err)
{
    *day = st_app_today();
    return cli->as_of ? cli_date("--as-of", cli->as_of, day, err) : ST_OK;
}

static st_code run_list(struct cli *cli, struct st_error *err)
{
    struct st_version *versions = NULL;
    size_t count = 0;
    st_date day;
    cli->store.location = cli->positionals[0];
    st_code code = read_day(cli, &day, err);
    if (code == ST_OK)
        code = st_app_policy_list(&cli->store, &cli->arena, cli->policy, &versions, &count, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, version_json(&versions[i], day));
    if (cli->json)
        cli_print_json(json_incref(list));
    else if (count)
        print_versions(cli, versions, count, day);
    else
        puts(cli_text(cli, "no policy has a version yet", "尚无策略版本"));
    json_decref(list);
    return ST_OK;
}

static st_code run_show(struct cli *cli, struct st_error *err)
{
    const struct st_version_key key = {cli->policy, cli->positionals[1]};
    struct st_version version;
    cli->store.location = cli->positionals[0];
    st_code code = st_app_policy_find(&cli->store, &cli->arena, &key, &version, err);
    if (code != ST_OK)
        return code;
    json_t *json = version_json(&version, st_app_today());
    json_object_set_new(json, "body", json_string(version.body));
    if (cli->json)
        cli_print_json(json_incref(json));
    else
        fputs(version.body, stdout);
    json_decref(json);
    return ST_OK;
}

/* --- diff --- */

static json_t *diff_json(const struct st_app_diff *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->diff.count; i++) {
        const struct st_difference *item = &d->diff.items[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?}", "kind",
                      st_difference_kind_name(item->kind), "path", item->path, "where_en",
                      item->where[ST_LANG_EN], "where_zh", item->where[ST_LANG_ZH], "text_en",
                      item->text[ST_LANG_EN], "text_zh", item->text[ST_LANG_ZH], "was", item->was,
                      "is", item->is));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "was", d->name[0], "was_hash", d->hash[0], "is",
        d->name[1], "is_hash", d->hash[1], "differences", list);
}

static void print_diff(struct cli *cli, const struct st_app_diff *d)
{
    const char *where = "";
    printf(cli_text(cli, "from %s (%.12s) to %s (%.12s)\n", "由 %s（%.12s）到 %s（%.12s）\n"),
        d->name[0], d->hash[0], d->name[1], d->hash[1]);
    if (d->diff.count == 0)
        puts(cli_text(cli, "they say the same", "内容相同"));
    for (size_t i = 0; i < d->diff.count; i++) {
        const struct st_difference *item = &d->diff.items[i];
        if (strcmp(item->where[cli->lang], where) != 0)
            printf("\n%s\n", item->where[cli->lang]);
        where = item->where[cli->lang];
        printf("  · %s\n", item->text[cli->lang]);
    }
}

static bool is_document(const char *text)
{
    size_t len = strlen(text);
    return (len > 5 && strcmp(text + len - 5, ".yaml") == 0) ||
           (len > 4 && strcmp(text + len - 4, ".yml") == 0);
}

static struct st_app_side side_of(const char *text)
{
    bool file = is_document(text);
    return (struct st_app_side){.path = file ? text : NULL, .version = file ? NULL : text};
}

/* FILE FILE; STORE A B; STORE A: against the version in force. */
static st_code run_diff(struct cli *cli, struct st_error *err)
{
    const char *const *given = cli->positionals;
    struct st_app_side sides[2] = {{NULL, NULL}, {NULL, NULL}};
    struct st_app_diff diff;
    st_date day;
    bool files = cli->positional_count == 2 && is_document(given[0]);
    st_code code = read_day(cli, &day, err);
    if (code != ST_OK)
        return code;
    if (!files)
        cli->store.location = given[0];
    sides[1] = side_of(given[cli->positional_count - 1]);
    if (files || cli->positional_count == 3)
        sides[0] = side_of(given[cli->positional_count - 2]);
    code = st_app_policy_diff(&cli->store, &cli->arena, sides, cli->policy, day, &diff, err);
    if (code != ST_OK)
        return code;
    if (cli->json)
        cli_print_json(diff_json(&diff));
    else
        print_diff(cli, &diff);
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
#define NOTE                                                                                       \
    {                                                                                              \
        "--note", "TEXT", offsetof(struct cli, note),                                              \
        {                                                                                          \
            "kept with it", "备注，随之保存"                                                \
        }                                                                                          \
    }
#define POLICY                                                                                     \
    {                                                                                              \
        "--policy", "NAME", offsetof(struct cli, policy),                                          \
        {                                                                                          \
            "which policy, where the store has versions of several",                               \
                "库中有多个策略时，指明哪一个"                                       \
        }                                                                                          \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, 0,                                                                             \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

static const struct cli_option draft_options[] = {BY, NOTE, END};
static const struct cli_option act_options[] = {BY, NOTE, POLICY, END};
static const struct cli_option approve_options[] = {BY,
    {"--from", "DATE", offsetof(struct cli, from),
        {"first day it is in force; not for a retirement", "生效首日；批准退役时不写"}},
    NOTE, POLICY, END};
static const struct cli_option retire_options[] = {BY,
    {"--from", "DATE", offsetof(struct cli, from),
        {"first day it is no longer in force", "不再生效的首日"}},
    NOTE, POLICY, END};
static const struct cli_option list_options[] = {POLICY,
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"states as of this day (default: today)", "按该日显示状态（默认今天）"}},
    END};
static const struct cli_option show_options[] = {POLICY, END};
static const struct cli_option diff_options[] = {POLICY,
    {"--as-of", "DATE", offsetof(struct cli, as_of),
        {"the day of the version in force (default: today)", "生效版本所指的日期（默认今天）"}},
    END};

static const struct cli_command policy_draft = {.name = "policy draft",
    .usage = "STORE POLICY.yaml --by NAME [--note TEXT]",
    .summary = {"check a file and keep it as the next version", "检查文件并存为下一版本"},
    .least = 2,
    .most = 2,
    .options = draft_options,
    .run = run_draft};

static const struct cli_command policy_submit = {.name = "policy submit",
    .usage = "STORE VERSION --by NAME",
    .summary = {"hand a draft in for approval", "提交草稿待批"},
    .least = 2,
    .most = 2,
    .options = act_options,
    .run = run_submit};

static const struct cli_command policy_approve = {.name = "policy approve",
    .usage = "STORE VERSION --by NAME --from DATE",
    .summary = {"by another person: in force from a date on; or the retirement asked for",
        "由他人批准：自某日起生效；或批准退役申请"},
    .detail = {"Who drafted or submitted a version cannot approve it. The version in force until "
               "then\nends on that date.",
        "起草或提交者不能批准。此前生效的版本于该日终止。"},
    .least = 2,
    .most = 2,
    .options = approve_options,
    .run = run_approve};

static const struct cli_command policy_reject = {.name = "policy reject",
    .usage = "STORE VERSION --by NAME [--note TEXT]",
    .summary = {"by another person: not in force; or no retirement",
        "由他人驳回：不予生效，或不予退役"},
    .least = 2,
    .most = 2,
    .options = act_options,
    .run = run_reject};

static const struct cli_command policy_retire = {.name = "policy retire",
    .usage = "STORE VERSION --by NAME --from DATE",
    .summary = {"ask that a version ends with no other in its place; another person approves it",
        "申请某版本终止且无后继版本，须由他人批准"},
    .least = 2,
    .most = 2,
    .options = retire_options,
    .run = run_retire};

static const struct cli_command policy_list = {.name = "policy list",
    .usage = "STORE [--policy NAME] [--as-of DATE]",
    .summary = {"versions, their states and who decided", "版本、状态与决定人"},
    .least = 1,
    .most = 1,
    .options = list_options,
    .run = run_list};

static const struct cli_command policy_show = {.name = "policy show",
    .usage = "STORE VERSION",
    .summary = {"the file of a version, as it was drafted", "某版本的文件原文"},
    .least = 2,
    .most = 2,
    .options = show_options,
    .run = run_show};

static const struct cli_command policy_diff = {.name = "policy diff",
    .usage = "STORE VERSION|FILE [VERSION|FILE] | FILE FILE",
    .summary = {"what differs, in words", "以文字说明差异"},
    .detail = {"One alone is compared with the version in force.", "只给一个时，与生效版本比较。"},
    .least = 2,
    .most = 3,
    .options = diff_options,
    .run = run_diff};

static const struct cli_command *const policy_verbs[] = {&policy_draft, &policy_submit,
    &policy_approve, &policy_reject, &policy_retire, &policy_list, &policy_show, &policy_diff,
    NULL};

const struct cli_command cli_policy = {.name = "policy",
    .usage = "draft|submit|approve|reject|retire|list|show|diff …",
    .summary = {"versions of a policy: drafted by one, approved by another",
        "策略版本：一人起草，他人批准"},
    .detail = {"VERSION is a number, or the start of a hash.", "VERSION 为版本号，或哈希的开头。"},
    .verbs = policy_verbs};
