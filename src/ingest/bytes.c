/* Conversion is block by block: what is left of a block is the beginning of a character, at most
 * three bytes, and is carried to the front of the next. */
#include "ingest/bytes.h"

#include "base/arena.h"
#include "ingest/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { GZ_BUFFER = 256 * 1024 };

static const iconv_t no_conversion = (iconv_t)-1;

struct st_bytes {
    const char *path;
    int fd;
    gzFile gz;
    int64_t read;
    bool at_end; /* of the file */
    enum st_encoding encoding;
    iconv_t converter;
    char *block; /* ST_BYTES_SAMPLE bytes: the sample, then what is to be converted */
    char *pos, *end;
};

/* --- the file --- */

static st_code fail_read(const struct st_bytes *b, struct st_error *err)
{
    if (!b->gz)
        return st_fail(
            err, ST_E_IO, "cannot read %s: %s", "无法读取 %s：%s", b->path, strerror(errno));
    int number;
    const char *text = gzerror(b->gz, &number);
    const char *reason = strstr(text, ": "); /* after the name of a descriptor */
    st_fail(err, ST_E_DATA, "%s is a damaged gzip file: %s", "%s 是损坏的 gzip 文件：%s", b->path,
        number == Z_OK ? "it ends too early"
        : reason       ? reason + 2
                       : text);
    st_error_hint(err, "gzip -t tells whether it is whole: ask for it again",
        "可用 gzip -t 检查是否完整，请重新获取");
    return ST_E_DATA;
}

/* As the file has them; *got is 0 at its end only. */
static st_code read_raw(
    struct st_bytes *b, char *into, size_t room, size_t *got, struct st_error *err)
{
    ssize_t n;
    do
        n = b->gz ? gzread(b->gz, into, (unsigned)room) : read(b->fd, into, room);
    while (n < 0 && !b->gz && errno == EINTR);
    if (n < 0)
        return fail_read(b, err);
    int number = Z_OK;
    if (n == 0 && b->gz && (gzerror(b->gz, &number), number != Z_OK))
        return fail_read(b, err);
    b->at_end = n == 0;
    b->read = b->gz ? (int64_t)gzoffset(b->gz) : b->read + n;
    *got = (size_t)n;
    return ST_OK;
}

/* Fills the block behind what is left of it. */
static st_code fill_block(struct st_bytes *b, struct st_error *err)
{
    size_t kept = (size_t)(b->end - b->pos);
    memmove(b->block, b->pos, kept);
    while (!b->at_end && kept < ST_BYTES_SAMPLE) {
        size_t got;
        TRY(read_raw(b, b->block + kept, ST_BYTES_SAMPLE - kept, &got, err));
        kept += got;
    }
    b->pos = b->block;
    b->end = b->block + kept;
    return ST_OK;
}

static st_code open_file(struct st_bytes *b, struct st_error *err)
{
    struct stat info;
    b->fd = open(b->path, O_RDONLY | O_CLOEXEC);
    if (b->fd < 0 || fstat(b->fd, &info) != 0) {
        st_code code = errno == ENOENT ? ST_E_NOT_FOUND : ST_E_IO;
        const struct st_text why = st_error_system(errno);
        st_fail(
            err, code, "cannot open %s: %s%.0s", "无法打开 %s：%.0s%s", b->path, why.en, why.zh);
        st_error_hint(err, "check the name: ls shows what is in a folder",
            "请检查文件名：可用 ls 查看目录内容");
        return code;
    }
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        return st_fail(err, ST_E_IO, "%s is not a file", "%s 不是文件", b->path);
    unsigned char magic[2] = {0, 0};
    if (pread(b->fd, magic, 2, 0) == 2 && magic[0] == 0x1F && magic[1] == 0x8B) {
        b->gz = gzdopen(b->fd, "rb");
        if (!b->gz)
            return st_fail(err, ST_E_IO, "cannot open %s", "无法打开 %s", b->path);
        b->fd = -1;
        gzbuffer(b->gz, GZ_BUFFER);
    }
    return ST_OK;
}

/* --- the encoding --- */

static st_code refuse(const struct st_bytes *b, enum st_encoding stated, struct st_error *err)
{
    if (stated == ST_ENCODING_UTF8) {
        st_fail(err, ST_E_DATA, "%s is not UTF-8 text, as its mapping says",
            "%s 不是映射所说的 UTF-8 文本", b->path);
        st_error_hint(err, "leave encoding: out, or say encoding: gb18030",
            "请去掉 encoding:，或写 encoding: gb18030");
        return ST_E_DATA;
    }
    st_fail(err, ST_E_DATA, "%s is neither UTF-8 nor GB18030 text",
        "%s 既不是 UTF-8 也不是 GB18030 文本", b->path);
    st_error_hint(err,
        "say encoding: gb18030 if it is that all the same; convert others: iconv -f BIG5 -t UTF-8",
        "若确为 GB18030，请写 encoding: gb18030；其他编码请先转换：iconv -f BIG5 -t UTF-8");
    return ST_E_DATA;
}

static st_code choose_encoding(struct st_bytes *b, enum st_encoding stated, struct st_error *err)
{
    static const char *const names[] = {[ST_ENCODING_GB18030] = "GB18030",
        [ST_ENCODING_UTF16] = "UTF-16LE",
        [ST_ENCODING_UTF16_BE] = "UTF-16BE"};
    size_t mark;
    TRY(fill_block(b, err));
    b->encoding = st_encoding_detect(b->pos, (size_t)(b->end - b->pos), b->at_end, stated, &mark);
    b->pos += mark;
    if (b->encoding == ST_ENCODING_AUTO)
        return refuse(b, stated, err);
    if (b->encoding == ST_ENCODING_UTF8)
        return ST_OK;
    b->converter = iconv_open("UTF-8", names[b->encoding]);
    if (b->converter != no_conversion)
        return ST_OK;
    st_fail(err, ST_E_IO, "this system cannot convert %s: %s", "本系统无法转换 %s：%s",
        names[b->encoding], strerror(errno));
    st_error_hint(err, "glibc keeps its converters in the package libc-bin (gconv)",
        "glibc 的转换模块（gconv）在 libc-bin 软件包中");
    return ST_E_IO;
}

st_code st_bytes_open(
    const char *path, enum st_encoding stated, struct st_bytes **out, struct st_error *err)
{
    struct st_bytes *b = st_calloc(1, sizeof *b);
    *b = (struct st_bytes){.path = path, .fd = -1, .converter = no_conversion};
    b->pos = b->end = b->block = st_malloc(ST_BYTES_SAMPLE);
    st_code rc = open_file(b, err);
    if (rc == ST_OK)
        rc = choose_encoding(b, stated, err);
    if (rc != ST_OK) {
        st_bytes_close(b);
        return rc;
    }
    *out = b;
    return ST_OK;
}

void st_bytes_close(struct st_bytes *b)
{
    if (!b)
        return;
    if (b->converter != no_conversion)
        iconv_close(b->converter);
    if (b->gz)
        gzclose_r(b->gz);
    if (b->fd >= 0)
        close(b->fd);
    free(b->block);
    free(b);
}

enum st_encoding st_bytes_encoding(const struct st_bytes *bytes)
{
    return bytes->encoding;
}

int64_t st_bytes_read_so_far(const struct st_bytes *bytes)
{
    return bytes->read;
}

/* --- reading --- */

/* A byte, or a unit of UTF-16, that is no character. */
static void mark_broken(struct st_bytes *b, char **out, size_t *room)
{
    size_t unit = b->encoding == ST_ENCODING_GB18030 ? 1 : 2, left = (size_t)(b->end - b->pos);
    b->pos += unit < left ? unit : left;
    *(*out)++ = '\xFF';
    --*room;
}

static st_code read_converted(
    struct st_bytes *b, char *into, size_t room, size_t *got, struct st_error *err)
{
    char *out = into;
    while (room >= ST_BYTES_ROOM_MIN) {
        size_t left = (size_t)(b->end - b->pos);
        if (iconv(b->converter, &b->pos, &left, &out, &room) != (size_t)-1 || errno == EINVAL) {
            if (out > into)
                break;
            bool ended = b->at_end;
            if (!ended)
                TRY(fill_block(b, err));
            else if (b->pos == b->end)
                break;
            else
                mark_broken(b, &out, &room);
        } else if (errno == EILSEQ) {
            mark_broken(b, &out, &room);
        } else {
            break; /* E2BIG: full */
        }
    }
    *got = (size_t)(out - into);
    return ST_OK;
}

st_code st_bytes_read(
    struct st_bytes *b, char *into, size_t room, size_t *got, struct st_error *err)
{
    if (b->converter != no_conversion)
        return read_converted(b, into, room, got, err);
    *got = (size_t)(b->end - b->pos);
    if (*got > 0) { /* the sample */
        *got = *got < room ? *got : room;
        memcpy(into, b->pos, *got);
        b->pos += *got;
        return ST_OK;
    }
    return b->at_end ? ST_OK : read_raw(b, into, room, got, err);
}
