/* PostgreSQL's answers in our words: by SQLSTATE, the first row whose code begins it wins. */
#include "store/store_pg.h"

#include <string.h>

enum { ENGINE_TEXT_MAX = 320 };

struct rule {
    const char *state; /* a whole SQLSTATE, or its class */
    st_code code;
    struct st_text message; /* takes the location, then the server's text */
    const struct st_text *hint;
};

static const struct st_text hint_server = {
    "once the server is back, repeat the command: what was not committed is gone, what was done "
    "before is known; its log says why",
    "服务器恢复后请重新执行该命令：未提交的内容已作废，已完成的部分会被识别；原因见服务器日志"};
static const struct st_text hint_worker = {
    "once all servers are back, repeat the command: what was not committed is gone, what was done "
    "before is known",
    "所有服务器恢复后请重新执行该命令：未提交的内容已作废，已完成的部分会被识别"};
static const struct st_text hint_disk = {
    "free some space on the server's disk, then repeat the command: nothing of it was kept",
    "请释放服务器磁盘空间后重新执行该命令：未保留其任何内容"};
static const struct st_text hint_memory = {
    "give the server more memory, or lower work_mem", "请增加服务器内存，或调低 work_mem"};
static const struct st_text hint_rights = {
    "the database's owner can grant what is missing", "请由数据库所有者授予相应权限"};
static const struct st_text hint_retry = {"try again", "请重试"};
static const struct st_text hint_timeout = {"raise statement_timeout, or ask the server's "
                                            "administrator who ended it, then repeat the command",
    "请调高 statement_timeout，或向管理员确认是谁终止了语句，然后重新执行该命令"};
static const struct st_text hint_waiting = {"another session holds a lock; see pg_stat_activity",
    "另一会话持有锁，请查看 pg_stat_activity"};
static const struct st_text hint_connections = {
    "raise max_connections, or end idle sessions", "请调高 max_connections，或结束空闲会话"};
static const struct st_text hint_primary = {
    "a standby takes no changes: name the primary, or all hosts with "
    "target_session_attrs=read-write",
    "备库不接受写入：请指定主库，或列出所有主机并加 target_session_attrs=read-write"};
static const struct st_text hint_restore = {
    "restore the database from a backup", "请从备份恢复数据库"};

#define LOST                                                                                       \
    {                                                                                              \
        "the connection to %s was lost (%s)", "与 %s 的连接已断开（%s）"                  \
    }
#define OUT_OF_RANGE                                                                               \
    {                                                                                              \
        "%s: a number left its range (%s)", "%s：数值超出范围（%s）"                      \
    }

#define VALUES                                                                                     \
    {                                                                                              \
        "%s: a statement takes other values than it was given (%s)",                               \
            "%s：语句所需的值与所给不符（%s）"                                       \
    }

static const struct rule rules[] = {
    {"57P01", ST_E_IO, LOST, &hint_server},
    {"57P02", ST_E_IO, LOST, &hint_server},
    {"57P03", ST_E_IO, LOST, &hint_server},
    {"57P05", ST_E_IO, LOST, &hint_server},
    {"25P03", ST_E_IO, LOST, &hint_server},
    {"08P01", ST_E_INTERNAL, VALUES, NULL},
    {"42P02", ST_E_INTERNAL, VALUES, NULL},
    {"08", ST_E_IO, LOST, &hint_server},
    {"57014", ST_E_STORE, {"%s: the server ended a statement (%s)", "%s：服务器终止了语句（%s）"},
        &hint_timeout},
    {"22003", ST_E_LIMIT, OUT_OF_RANGE, NULL},
    {"22008", ST_E_LIMIT, OUT_OF_RANGE, NULL},
    {"22021", ST_E_DATA, {"%s: a text is not valid UTF-8 (%s)", "%s：文本不是有效的 UTF-8（%s）"},
        NULL},
    {"53100", ST_E_IO, {"%s: the disk is full (%s)", "%s：磁盘已满（%s）"}, &hint_disk},
    {"53200", ST_E_LIMIT, {"%s: the server's memory is used up (%s)", "%s：服务器内存已用尽（%s）"},
        &hint_memory},
    {"53300", ST_E_BUSY, {"%s has no connection left (%s)", "%s 已无可用连接（%s）"},
        &hint_connections},
    {"54", ST_E_LIMIT, {"%s: a limit of the server was met (%s)", "%s：达到服务器上限（%s）"},
        NULL},
    {"42501", ST_E_IO, {"%s: this user may not do that (%s)", "%s：当前用户没有权限（%s）"},
        &hint_rights},
    {"25006", ST_E_STORE, {"%s was opened for reading only (%s)", "%s 以只读方式打开（%s）"},
        &hint_primary},
    {"40", ST_E_CONFLICT,
        {"%s: two changes met in the same rows (%s)", "%s：对相同的行有并发修改（%s）"},
        &hint_retry},
    {"55P03", ST_E_BUSY, {"%s: a lock was not to be had (%s)", "%s：未能取得锁（%s）"},
        &hint_waiting},
    {"XX001", ST_E_CORRUPT, {"%s is damaged (%s)", "%s 已损坏（%s）"}, &hint_restore},
    {"XX002", ST_E_CORRUPT, {"%s is damaged (%s)", "%s 已损坏（%s）"}, &hint_restore},
    {"58", ST_E_IO, {"%s: the system refused (%s)", "%s：系统拒绝操作（%s）"}, NULL},
    {"", ST_E_STORE, {"%s: the server refused a statement (%s)", "%s：服务器拒绝执行语句（%s）"},
        NULL},
};

/* The session goes on, so another connection was lost: one of Citus's to a worker. */
static const struct rule worker_rule = {"08", ST_E_IO,
    {"%s: one of its servers cannot be reached (%s)", "%s：其中一台服务器无法连接（%s）"},
    &hint_worker};

static const struct rule *find_rule(const struct pg_store *store, const char *state)
{
    const struct rule *rule = rules;
    while (strncmp(state, rule->state, strlen(rule->state)) != 0)
        rule++; /* the last one always does */
    bool lost = strcmp(rule->state, worker_rule.state) == 0;
    return lost && PQstatus(store->connection) == CONNECTION_OK ? &worker_rule : rule;
}

/* The first line, never half a character. */
static void first_line(const char *text, char line[ENGINE_TEXT_MAX])
{
    size_t len = strcspn(text, "\r\n");
    if (len >= ENGINE_TEXT_MAX)
        len = ENGINE_TEXT_MAX - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    memcpy(line, text, len);
    line[len] = '\0';
}

static st_code fail_lost(struct st_error *err, const struct pg_store *store)
{
    char line[ENGINE_TEXT_MAX];
    first_line(PQerrorMessage(store->connection), line);
    st_code code = st_fail(
        err, rules[0].code, rules[0].message.en, rules[0].message.zh, store->base.location, line);
    st_error_hint(err, "%s%.0s", "%.0s%s", hint_server.en, hint_server.zh);
    return code;
}

st_code st_pg_fail(
    struct st_error *err, const struct pg_store *store, const PGresult *result, const char *sql)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (!state) /* no answer came */
        return fail_lost(err, store);
    if (strcmp(state, "57014") == 0 && store->interrupted)
        return st_fail(err, ST_E_CANCELLED, "cancelled", "已取消");
    const struct rule *rule = find_rule(store, state);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char line[ENGINE_TEXT_MAX];
    first_line(text ? text : "", line);
    bool first = err && err->code == ST_OK;
    st_code code =
        st_fail(err, rule->code, rule->message.en, rule->message.zh, store->base.location, line);
    if (first)
        snprintf(err->sqlstate, sizeof err->sqlstate, "%.5s", state);
    if (rule->hint)
        st_error_hint(err, "%s%.0s", "%.0s%s", rule->hint->en, rule->hint->zh);
    if (sql && rule->code == ST_E_STORE)
        st_error_value(err, "%s", sql); /* values are bound: no customer's data is in it */
    return code;
}

/* libpq has texts only, and in the user's language: they are handed on. */
st_code st_pg_fail_connect(struct st_error *err, const struct pg_store *store, bool later)
{
    char line[ENGINE_TEXT_MAX];
    first_line(PQerrorMessage(store->connection), line);
    st_code code = st_fail(
        err, ST_E_IO, "cannot connect to %s: %s", "无法连接 %s：%s", store->location.shown, line);
    if (later)
        st_error_hint(err, "repeat the command once it is up; connect_timeout=60 waits a minute",
            "请待其启动后重新执行该命令；connect_timeout=60 可等待一分钟");
    else
        st_error_hint(err,
            "is the server there, and does the database exist? passwords may stand in ~/.pgpass",
            "请确认服务器可达、数据库存在；密码可写入 ~/.pgpass");
    return code;
}
