/* DuckDB's messages in our words.
 *
 * The C API gives most failures as a text only (open, prepare, appender), so all are told apart by
 * the text: the first row whose fragments are all in it wins. The engine is pinned to one minor
 * version and the tests make each of these happen.
 */
#include "store/store_duckdb.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ENGINE_TEXT_MAX = 320 };

struct rule {
    const char *fragment[2]; /* both must be in the text; the second may be NULL */
    bool own_file;           /* and the text names the store's file */
    st_code code;
    struct st_text message;     /* takes the location, then the engine's text */
    const struct st_text *hint; /* nullable */
};

static const struct st_text hint_disk = {"free some space, or move the store to a larger disk",
    "请释放磁盘空间，或把存储移到更大的磁盘"};
static const struct st_text hint_memory = {"give it more with --memory, or use fewer --threads",
    "请用 --memory 提高上限，或用 --threads 减少线程"};
static const struct st_text hint_restore = {"restore the store from a backup", "请从备份恢复存储"};
static const struct st_text hint_init = {
    "name the file that strata init made", "请给出由 strata init 创建的文件"};
static const struct st_text hint_newer = {"use the newer strata", "请使用更新版本的 strata"};
static const struct st_text hint_temporary = {
    "free some space in the store's directory, or give more memory with --memory",
    "请在存储所在目录释放空间，或用 --memory 提高内存上限"};
static const struct st_text hint_file_size = {
    "raise the limit on file sizes: ulimit -f", "请提高文件大小上限：ulimit -f"};
static const struct st_text hint_retry = {"try again", "请重试"};
static const struct st_text hint_restart = {"start the program again", "请重新启动程序"};

static const struct rule rules[] = {
    {{"INTERRUPT Error"}, false, ST_E_CANCELLED, {"cancelled", "已取消"}, NULL},
    {{"not a valid DuckDB database file"}, true, ST_E_CORRUPT,
        {"%s is not a store: it is not a DuckDB file", "%s 不是存储：不是 DuckDB 文件"},
        &hint_init},
    {{"database file with version number"}, false, ST_E_VERSION,
        {"%s was written by a newer version of its engine (%s)", "%s 由更新版本的引擎写入（%s）"},
        &hint_newer},
    {{"max_temp_directory_size"}, false, ST_E_IO,
        {"%s: no room for temporary files (%s)", "%s：临时文件空间不足（%s）"}, &hint_temporary},
    {{"No space left on device", "duckdb_temp"}, false, ST_E_IO,
        {"%s: the disk is full of temporary files (%s)", "%s：临时文件写满了磁盘（%s）"},
        &hint_temporary},
    {{"No space left on device"}, false, ST_E_IO,
        {"%s: the disk is full (%s)", "%s：磁盘已满（%s）"}, &hint_disk},
    {{"Disk quota exceeded"}, false, ST_E_IO,
        {"%s: the disk quota is used up (%s)", "%s：磁盘配额已用尽（%s）"}, &hint_disk},
    {{"File too large"}, false, ST_E_IO,
        {"%s: the file cannot grow any further (%s)", "%s：文件已达大小上限（%s）"},
        &hint_file_size},
    {{"Could not write all bytes"}, false, ST_E_IO,
        {"%s: the disk took only part of a write; it is probably full (%s)",
            "%s：磁盘未能写完数据，可能已满（%s）"},
        &hint_disk},
    {{"Out of Memory Error"}, false, ST_E_LIMIT,
        {"%s: the memory allowed is used up (%s)", "%s：允许的内存已用尽（%s）"}, &hint_memory},
    {{"replaying WAL"}, false, ST_E_CORRUPT,
        {"%s: its log is damaged (%s)", "%s：日志已损坏（%s）"}, &hint_restore},
    {{"computed checksum"}, false, ST_E_CORRUPT, {"%s is damaged (%s)", "%s 已损坏（%s）"},
        &hint_restore},
    {{"Corrupt database file"}, false, ST_E_CORRUPT, {"%s is damaged (%s)", "%s 已损坏（%s）"},
        &hint_restore},
    {{"Could not read enough bytes"}, true, ST_E_CORRUPT,
        {"%s is damaged: its end is missing (%s)", "%s 已损坏：文件不完整（%s）"}, &hint_restore},
    {{"Out of Range Error"}, false, ST_E_LIMIT,
        {"%s: a number left its range (%s)", "%s：数值超出范围（%s）"}, NULL},
    {{"out of range"}, false, ST_E_LIMIT,
        {"%s: a number left its range (%s)", "%s：数值超出范围（%s）"}, NULL},
    {{"onflict on"}, false, ST_E_CONFLICT,
        {"%s: two changes met in the same rows (%s)", "%s：对相同的行有并发修改（%s）"},
        &hint_retry},
    {{"has been invalidated"}, false, ST_E_STORE,
        {"%s: the engine stopped after an earlier error (%s)", "%s：引擎因先前的错误已停止（%s）"},
        &hint_restart},
    {{"IO Error"}, false, ST_E_IO, {"%s: the system refused (%s)", "%s：系统拒绝操作（%s）"}, NULL},
    {{"Permission Error"}, false, ST_E_IO,
        {"%s: the system refused (%s)", "%s：系统拒绝操作（%s）"}, NULL},
    {{""}, false, ST_E_STORE,
        {"%s: the engine refused a statement (%s)", "%s：存储引擎拒绝执行语句（%s）"}, NULL},
};

static bool applies(const struct rule *rule, const char *text, const char *path)
{
    return strstr(text, rule->fragment[0]) &&
           (!rule->fragment[1] || strstr(text, rule->fragment[1])) &&
           (!rule->own_file || (path && strstr(text, path)));
}

/* The first line, without the engine's advice on its own settings. */
static void first_line(const char *text, char line[ENGINE_TEXT_MAX])
{
    size_t len = strcspn(text, "\r\n");
    if (len >= ENGINE_TEXT_MAX)
        len = ENGINE_TEXT_MAX - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--; /* never half a character */
    memcpy(line, text, len);
    line[len] = '\0';
}

/* "… Conflicting lock is held in /usr/bin/strata (PID 4711). See also …" */
static st_code fail_in_use(struct st_error *err, const char *shown, const char *text)
{
    const char *pid_text = strstr(text, "(PID ");
    long pid = pid_text ? strtol(pid_text + 5, NULL, 10) : 0;
    st_code code = pid > 0 ? st_fail(err, ST_E_BUSY, "%s is in use by process %ld",
                                 "%s 正被进程 %ld 使用", shown, pid)
                           : st_fail(err, ST_E_BUSY, "%s is in use by another process",
                                 "%s 正被另一个进程使用", shown);
    st_error_hint(err, "one process at a time may open a store: wait for it to end, or stop it",
        "同一时间只能有一个进程打开存储：请等它结束，或将其停止");
    return code;
}

st_code st_duckdb_fail(struct st_error *err, const struct duckdb_store *store,
    const char *engine_text, const char *sql)
{
    const char *shown = store->base.location;
    const char *text = engine_text ? engine_text : "";
    if (strstr(text, "Could not set lock"))
        return fail_in_use(err, shown, text);
    char line[ENGINE_TEXT_MAX];
    first_line(text, line);
    const struct rule *rule = rules;
    while (!applies(rule, text, store->path))
        rule++; /* the last one always does */
    st_code code = st_fail(err, rule->code, rule->message.en, rule->message.zh, shown, line);
    if (rule->hint)
        st_error_hint(err, rule->hint->en, rule->hint->zh, shown);
    if (sql && rule->code == ST_E_STORE)
        st_error_value(err, "%s", sql); /* values are bound: no customer's data is in it */
    return code;
}

st_code st_duckdb_appender_fail(
    struct st_error *err, const struct duckdb_store *store, duckdb_appender appender)
{
    duckdb_error_data data = duckdb_appender_error_data(appender);
    st_code code = st_duckdb_fail(err, store, duckdb_error_data_message(data), NULL);
    duckdb_destroy_error_data(&data);
    return code;
}
