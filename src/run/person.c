#include "run/person.h"

#include "base/str.h"
#include "run/internal.h"

#include <utf8proc.h>

/* The text with `options` applied, or NULL when it is no UTF-8; freed by the caller. */
static char *mapped(const char *text, int options)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
        (utf8proc_option_t)(options | UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    return len < 0 ? NULL : (char *)out;
}

/* Bytes of a blank at `p`: ASCII, no-break or ideographic; 0 when it is none. */
static size_t blank(const char *p)
{
    if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
        return 1;
    if (strncmp(p, "\xC2\xA0", 2) == 0)
        return 2;
    return strncmp(p, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

/* Runs of blanks become one, those at the ends nothing. */
static void squeeze(char *text)
{
    char *out = text;
    for (const char *p = text; *p;) {
        size_t len = blank(p);
        if (!len) {
            *out++ = *p++;
            continue;
        }
        while ((len = blank(p)))
            p += len;
        if (out > text && *p)
            *out++ = ' ';
    }
    *out = '\0';
}

static bool has_controls(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7F || (p[0] == 0xC2 && p[1] < 0xA0))
            return true;
    return false;
}

static st_code read_text(struct st_arena *arena, const char *what, const char *text, size_t most,
    const char **out, struct st_error *err)
{
    char *nfc = mapped(text, 0);
    if (nfc)
        squeeze(nfc);
    const char *en = NULL, *zh = NULL;
    if (!nfc) {
        en = "is not UTF-8";
        zh = "不是 UTF-8 文本";
    } else if (has_controls(nfc)) {
        en = "has control characters";
        zh = "含有控制字符";
    } else if (strlen(nfc) > most) {
        en = "is too long";
        zh = "过长";
    }
    if (!en)
        *out = st_arena_strdup(arena, nfc);
    free(nfc);
    if (!en)
        return ST_OK;
    st_code code = st_fail_each(err, ST_E_USAGE, st_arena_printf(arena, "%s %s", what, en),
        st_arena_printf(arena, "%s %s", what, zh));
    st_error_allowed(
        err, "a text of at most %zu bytes in UTF-8", "至多 %zu 字节的 UTF-8 文本", most);
    return code;
}

static char *key_of(const char *name)
{
    char *key = mapped(name, UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    if (key)
        squeeze(key);
    return key;
}

bool st_person_same(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    char *x = key_of(a), *y = key_of(b);
    bool same = x && y && strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

st_code st_person_other(const char *asked_by, const char *by, struct st_error *err)
{
    if (!st_person_same(by, asked_by))
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "%s asked for this: another person must decide",
        "%s 提出了该申请：须由他人决定", by);
    st_error_value(err, "--by %s", by);
    st_error_hint(err, "four eyes: ask a colleague", "四眼原则：请由同事处理");
    return code;
}

st_code st_person_read(
    struct st_arena *arena, const char *text, const char **name, struct st_error *err)
{
    *name = "";
    st_code code = text ? read_text(arena, "--by", text, ST_PERSON_BYTES_MAX, name, err) : ST_OK;
    if (code != ST_OK)
        return code;
    char *key = key_of(*name); /* invisible characters alone name nobody */
    bool nobody = !key || !*key;
    free(key);
    if (!nobody)
        return ST_OK;
    code = st_fail(
        err, ST_E_USAGE, "--by NAME is missing: who does this?", "缺少 --by 姓名：由谁操作？");
    st_error_hint(err, "a decision needs two persons, and is kept with their names",
        "决定须由两人作出，并记录姓名");
    return code;
}

st_code st_remark_read(struct st_arena *arena, const char *what, const char *text,
    const char **remark, struct st_error *err)
{
    const char *read = "";
    st_code code = text ? read_text(arena, what, text, ST_REMARK_BYTES_MAX, &read, err) : ST_OK;
    *remark = *read ? read : NULL;
    return code;
}

st_code st_decision_add(struct st_store *store, const struct st_decision *d, struct st_error *err)
{
    struct st_bind on = d->on ? st_bind_date(*d->on) : st_bind_null(ST_IR_DATE);
    struct st_bind number = st_bind_int(d->number), none = st_bind_null(ST_IR_BIGINT);
    struct st_bind binds[] = {st_bind_text(d->person), st_bind_text(d->at), st_bind_text(d->action),
        st_bind_text(d->policy), d->policy ? number : none, d->policy ? none : number, on,
        st_bind_text(d->note)};
    return st_store_exec(store,
        "INSERT INTO decision (decision_id, person, decided_at, action, policy, version, "
        "override_id, on_date, note) "
        "SELECT coalesce(max(d.decision_id), 0) + 1, CAST($1 AS TEXT), CAST($2 AS TEXT), "
        "CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), "
        "CAST($7 AS DATE), CAST($8 AS TEXT) FROM decision AS d",
        binds, ST_COUNT(binds), NULL, err);
}
