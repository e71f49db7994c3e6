#include "store/store_file.h"

#include "base/str.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char aside_mark[] = ".init-";

/* "a/b/c.duckdb" → "a/b"; "c.duckdb" → "."; "/c.duckdb" → "/". The caller frees it. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return st_strdup(".");
    if (slash == path)
        return st_strdup("/");
    char *dir = st_strdup(path);
    dir[slash - path] = '\0';
    return dir;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static st_code check_directory(const char *path, struct st_error *err)
{
    char *dir = directory_of(path);
    st_code code = ST_OK;
    struct stat st;
    if (stat(dir, &st) != 0) {
        code = st_fail(err, errno == ENOENT || errno == ENOTDIR ? ST_E_NOT_FOUND : ST_E_IO,
            "the directory of %s cannot be used: %s: %s", "%s 所在的目录无法使用：%s：%s", path,
            dir, strerror(errno));
        st_error_hint(err, "create it: mkdir -p %s", "请先创建目录：mkdir -p %s", dir);
    } else if (!S_ISDIR(st.st_mode)) {
        code = st_fail(err, ST_E_USAGE, "the directory of %s is no directory: %s",
            "%s 所在的不是目录：%s", path, dir);
        st_error_hint(err, "choose another path for the store", "请为存储另选路径");
    } else if (access(dir, W_OK | X_OK) != 0) {
        /* The engine keeps its log and its temporary files beside the store. */
        code = st_fail(err, ST_E_IO, "the directory of %s cannot be written: %s: %s",
            "%s 所在的目录不可写：%s：%s", path, dir, strerror(errno));
        st_error_hint(err, "a store needs a directory that this user may write",
            "存储所在目录须允许当前用户写入");
    }
    free(dir);
    return code;
}

static st_code missing(const char *path, bool empty, struct st_error *err)
{
    st_code code =
        empty ? st_fail(err, ST_E_NOT_FOUND, "%s is an empty file, not a store yet",
                    "%s 是空文件，还不是存储", path)
              : st_fail(err, ST_E_NOT_FOUND, "there is no store at %s", "%s 处没有存储", path);
    char *word = st_shell_word(path);
    st_error_hint(err,
        "create it: strata init %s; with your files behind, it drafts what they need",
        "请先创建：strata init %s；后面加上数据文件，可一并起草映射与策略", word);
    free(word);
    return code;
}

/* A log without its store would be replayed into the new one. */
static st_code check_no_log(const char *path, struct st_error *err)
{
    struct st_str log = ST_STR_INIT;
    st_str_addf(&log, "%s.wal", path);
    st_code code = ST_OK;
    if (access(log.text, F_OK) == 0) {
        code = st_fail(err, ST_E_CONFLICT, "%s is missing but its log %s is there",
            "缺少 %s，但其日志 %s 仍在", path, log.text);
        st_error_hint(err, "put the store back beside its log, or move the log away",
            "请把存储文件放回原处，或移走该日志");
    }
    st_str_release(&log);
    return code;
}

static st_code check_no_link(const char *path, struct st_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return ST_OK;
    return st_fail(err, ST_E_USAGE, "%s is a link to nothing", "%s 是失效的链接", path);
}

static st_code check_existing(const char *path, const struct stat *st,
    const struct st_store_options *options, struct st_error *err)
{
    if (S_ISDIR(st->st_mode)) {
        st_code code =
            st_fail(err, ST_E_USAGE, "%s is a directory, not a store", "%s 是目录，不是存储", path);
        st_error_hint(err, "name a file in it, such as %s/bank.duckdb",
            "请给出其中的文件名，例如 %s/bank.duckdb", path);
        return code;
    }
    if (!S_ISREG(st->st_mode))
        return st_fail(err, ST_E_USAGE, "%s is not a regular file", "%s 不是普通文件", path);
    if (st->st_size > 0 && options->create && options->must_not_exist) {
        st_code code = st_fail(err, ST_E_CONFLICT, "%s already exists", "%s 已经存在", path);
        st_error_hint(err, "use it as it is, or choose another path", "可直接使用，或另选路径");
        return code;
    }
    if (st->st_size > 0 && access(path, R_OK | W_OK) != 0) {
        st_code code = st_fail(err, ST_E_IO, "%s cannot be read and written: %s", "%s 无法读写：%s",
            path, strerror(errno));
        st_error_hint(err, "a store needs a file that this user may read and write",
            "存储文件须允许当前用户读写");
        return code;
    }
    return ST_OK;
}

st_code st_store_file_check(
    const char *path, const struct st_store_options *options, bool *exists, struct st_error *err)
{
    struct stat st;
    bool found = stat(path, &st) == 0;
    if (!found && errno != ENOENT && errno != ENOTDIR)
        return st_fail(
            err, ST_E_IO, "%s cannot be reached: %s", "无法访问 %s：%s", path, strerror(errno));
    st_code code = found ? check_existing(path, &st, options, err) : check_no_link(path, err);
    *exists = found && st.st_size > 0;
    if (code == ST_OK && !*exists && !options->create)
        code = missing(path, found, err);
    if (code == ST_OK)
        code = check_directory(path, err);
    if (code == ST_OK && !*exists)
        code = check_no_log(path, err);
    return code;
}

void st_store_file_discard(const char *path)
{
    static const char *const beside[] = {"", ".wal"};
    struct st_str name = ST_STR_INIT;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        st_str_reset(&name);
        st_str_addf(&name, "%s%s", path, beside[i]);
        unlink(name.text);
    }
    st_str_reset(&name);
    st_str_addf(&name, "%s.tmp", path);
    rmdir(name.text);
    st_str_release(&name);
}

/* The process that builds the store `base` under this file name; 0 when it is no such name. */
static pid_t builder_of(const char *name, const char *base)
{
    size_t len = strlen(base);
    if (strncmp(name, base, len) != 0 ||
        strncmp(name + len, aside_mark, sizeof aside_mark - 1) != 0)
        return 0;
    const char *digits = name + len + sizeof aside_mark - 1;
    if (!isdigit((unsigned char)*digits))
        return 0;
    char *end = NULL;
    errno = 0;
    long pid = strtol(digits, &end, 10);
    if (errno || pid <= 0 || pid > INT32_MAX || (*end && strcmp(end, ".wal") != 0))
        return 0;
    return (pid_t)pid;
}

static void sweep_leftovers(const char *path)
{
    char *dir = directory_of(path);
    DIR *listing = opendir(dir);
    struct st_str name = ST_STR_INIT;
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        pid_t pid = builder_of(entry->d_name, name_of(path));
        if (pid == 0 || pid == getpid() || kill(pid, 0) == 0 || errno != ESRCH)
            continue;
        st_str_reset(&name);
        st_str_addf(&name, "%s/%s", dir, entry->d_name);
        unlink(name.text);
    }
    st_str_release(&name);
    if (listing)
        closedir(listing);
    free(dir);
}

char *st_store_file_aside(const char *path)
{
    sweep_leftovers(path);
    struct st_str aside = ST_STR_INIT;
    st_str_addf(&aside, "%s%s%ld", path, aside_mark, (long)getpid());
    st_store_file_discard(aside.text); /* a killed process that had our number */
    return aside.text;                 /* never the shared empty text: something was added */
}

/* A rename is durable once its directory is. Not every file system can: then it is not ours. */
static void sync_directory(const char *path)
{
    char *dir = directory_of(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(dir);
}

static int rename_if_free(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (link(from, to) != 0) /* file systems without RENAME_NOREPLACE */
        return -1;
    return unlink(from);
}

st_code st_store_file_publish(
    const char *aside, const char *path, bool must_not_exist, struct st_error *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
        unlink(path); /* the empty file that the check took for no store */
    if (rename_if_free(aside, path) == 0) {
        sync_directory(path);
        return ST_OK;
    }
    if (errno != EEXIST)
        return st_fail(
            err, ST_E_IO, "cannot create %s: %s", "无法创建 %s：%s", path, strerror(errno));
    if (!must_not_exist)
        return ST_OK;
    return st_fail(err, ST_E_CONFLICT, "%s was just created by another process",
        "%s 刚被另一个进程创建", path);
}
