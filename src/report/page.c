/* The page: web/report/template.html with {{names}} filled in. */
#include "report/report.h"

#include "base/str.h"
#include "report/simulation.h"
#include "report/web.h"

#include <errno.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <string.h>
#include <unistd.h>

struct part {
    const char *name;
    const char *text;
    size_t len;
};

enum {
    HASH_SIZE = sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)
};

/* What the content security policy calls a script: only those of the page may run. */
static void script_hash(const char *text, size_t len, char out[HASH_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)text, len);
    sodium_bin2base64(out, HASH_SIZE, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
}

/* JSON that can stand in a script element: "<" occurs in texts alone. */
static char *embedded_json(struct st_arena *arena, const json_t *data)
{
    struct st_str out = ST_STR_INIT;
    char *text = json_dumps(data, JSON_COMPACT);
    for (const char *p = text; *p; p++)
        if (*p == '<')
            st_str_add(&out, "\\u003c");
        else
            st_str_add_char(&out, *p);
    free(text);
    char *kept = st_arena_strndup(arena, out.text, out.len);
    st_str_release(&out);
    return kept;
}

static void fill(const struct part *parts, size_t count, struct st_str *out)
{
    const char *p = st_web_template;
    size_t rest = st_web_template_size;
    for (const char *open; (open = memmem(p, rest, "{{", 2));) {
        const char *name = open + 2, *close = strstr(name, "}}");
        st_str_add_len(out, p, (size_t)(open - p));
        for (size_t i = 0; i < count; i++)
            if (strlen(parts[i].name) == (size_t)(close - name) &&
                memcmp(name, parts[i].name, strlen(parts[i].name)) == 0)
                st_str_add_len(out, parts[i].text, parts[i].len);
        rest -= (size_t)(close + 2 - p);
        p = close + 2;
    }
    st_str_add_len(out, p, rest);
}

static st_code fail_write(const char *path, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    st_error_hint(
        err, "check the folder, its permissions and the free space", "请检查目录、权限与剩余空间");
    return code;
}

static st_code write_file(
    struct st_arena *arena, const char *path, const struct st_str *text, struct st_error *err)
{
    const char *temporary = st_arena_printf(arena, "%s.part%ld", path, (long)getpid());
    FILE *file = fopen(temporary, "wb");
    if (!file)
        return fail_write(path, err);
    bool bad = fwrite(text->text, 1, text->len, file) != text->len;
    bad |= fflush(file) != 0 || fsync(fileno(file)) != 0;
    st_code code = bad ? fail_write(path, err) : ST_OK;
    if (fclose(file) != 0 && code == ST_OK)
        code = fail_write(path, err);
    if (code == ST_OK && rename(temporary, path) != 0)
        code = fail_write(path, err);
    if (code != ST_OK)
        unlink(temporary);
    return code;
}

static st_code write_page(struct st_arena *arena, const json_t *data, enum st_lang lang,
    const struct part *own, const char *path, int64_t *bytes, struct st_error *err)
{
    char script[HASH_SIZE], page[HASH_SIZE], echarts[HASH_SIZE];
    const char *json = embedded_json(arena, data);
    const char *name = lang == ST_LANG_ZH ? "zh-CN" : "en";
    script_hash(own->text, own->len, script);
    script_hash(st_web_page, st_web_page_size, page);
    script_hash(st_web_echarts, st_web_echarts_size, echarts);
    const struct part parts[] = {{"lang", name, strlen(name)},
        {"script-hash", script, strlen(script)}, {"page-hash", page, strlen(page)},
        {"echarts-hash", echarts, strlen(echarts)}, {"style", st_web_style, st_web_style_size},
        {"data", json, strlen(json)}, {"echarts", st_web_echarts, st_web_echarts_size},
        {"page", st_web_page, st_web_page_size}, *own};
    struct st_str text = ST_STR_INIT;
    fill(parts, sizeof parts / sizeof *parts, &text);
    st_code code = write_file(arena, path, &text, err);
    *bytes = (int64_t)text.len;
    st_str_release(&text);
    return code;
}

st_code st_report_write(struct st_arena *arena, const json_t *data, enum st_lang lang,
    const char *path, int64_t *bytes, struct st_error *err)
{
    const struct part own = {"script", st_web_report, st_web_report_size};
    return write_page(arena, data, lang, &own, path, bytes, err);
}

st_code st_simulation_write(struct st_arena *arena, const json_t *data, enum st_lang lang,
    const char *path, int64_t *bytes, struct st_error *err)
{
    const struct part own = {"script", st_web_simulation, st_web_simulation_size};
    return write_page(arena, data, lang, &own, path, bytes, err);
}
