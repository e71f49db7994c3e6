#include "draft/internal.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ingest/mapping.h"

#include <ctype.h>
#include <stdarg.h>

enum { DIGITS_OF_A_DATE = 4, EXPONENT_MAX = 4 };

/* --- writing --- */

void st_draft_line(struct st_draft_writer *w, int indent, const char *fmt, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        st_die_no_memory(0);
    va_end(args);
    if (*text)
        st_str_addf(&w->text, "%*s%s", indent, "", text);
    st_str_add_char(&w->text, '\n');
    free(text);
}

void st_draft_say(struct st_draft_writer *w, int indent, const char *en, const char *zh, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, zh);
    int length = w->lang == ST_LANG_ZH ? vasprintf(&text, zh, args) : vasprintf(&text, en, args);
    va_end(args);
    if (length < 0)
        st_die_no_memory(0);
    for (char *p = text; *p; p++) /* a name with a line break would end the comment */
        if ((unsigned char)*p < ' ')
            *p = ' ';
    st_str_addf(&w->text, "%*s# %s\n", indent, "", text);
    free(text);
}

/* Letters of ASCII and Chinese characters; anything else, and a reserved word, is quoted. */
const char *st_draft_name(struct st_arena *arena, const struct st_profile_column *column)
{
    const char *name = column->name;
    bool plain = *name && !isdigit((unsigned char)*name) && !st_expr_is_keyword(name, strlen(name));
    for (const unsigned char *p = (const unsigned char *)name; *p && plain;) {
        bool han = p[0] >= 0xE4 && p[0] <= 0xE9 && p[1] && p[2];
        plain = han || isalnum(*p) || *p == '_';
        p += han ? 3 : 1;
    }
    return plain ? name : st_arena_printf(arena, "`%s`", name);
}

const char *st_draft_scalar(struct st_arena *arena, const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t len = strlen(text);
    bool plain = isalnum(first) || first == '_' || first >= 0x80;
    plain = plain && !strstr(text, ": ") && !strstr(text, " #") && text[len - 1] != ':' &&
            text[len - 1] != ' ';
    for (const char *p = text; *p; p++)
        plain = plain && (unsigned char)*p >= ' ';
    if (plain)
        return text;
    struct st_str out = ST_STR_INIT;
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            st_str_add_char(&out, '\\');
        if ((unsigned char)*p < ' ')
            st_str_addf(&out, "\\x%02X", (unsigned char)*p);
        else
            st_str_add_char(&out, *p);
    }
    const char *quoted = st_arena_printf(arena, "\"%s\"", out.text);
    st_str_release(&out);
    return quoted;
}

const char *st_draft_attribute(const struct st_draft_file *file, size_t column)
{
    static const char prefix[] = "attribute ";
    const char *target = file->columns[column].target;
    bool is = target && strncmp(target, prefix, sizeof prefix - 1) == 0;
    return is ? target + sizeof prefix - 1 : NULL;
}

/* --- files --- */

/* trans_20250131.csv.gz → trans_*.csv*: what later deliveries may be called. */
static const char *pattern_of(struct st_arena *arena, const char *file)
{
    struct st_str out = ST_STR_INIT;
    size_t len = strlen(file);
    bool gzip = len > 3 && strcmp(file + len - 3, ".gz") == 0;
    for (size_t i = 0; i < len - (gzip ? 3 : 0);) {
        size_t digits = strspn(file + i, "0123456789");
        if (digits >= DIGITS_OF_A_DATE) {
            st_str_add_char(&out, '*');
            i += digits;
        } else if (strchr("*?[\\", file[i])) {
            st_str_add_char(&out, '?');
            i++;
        } else {
            st_str_add_char(&out, file[i++]);
        }
    }
    if (gzip)
        st_str_add_char(&out, '*');
    const char *pattern = st_arena_strdup(arena, out.text);
    st_str_release(&out);
    return pattern;
}

static const char *source_name(struct st_arena *arena, const struct st_draft *d, const char *file)
{
    const char *dot = strchr(file, '.');
    size_t len = dot && dot > file ? (size_t)(dot - file) : strlen(file);
    const char *base = st_role_identifier(arena, st_arena_strndup(arena, file, len));
    if (!*base)
        base = "file";
    const char *name = base;
    for (int n = 2;; n++) {
        bool taken = st_expr_is_keyword(name, strlen(name));
        for (size_t i = 0; i < d->file_count; i++)
            taken = taken || strcmp(d->files[i].source, name) == 0;
        if (!taken)
            return name;
        name = st_arena_printf(arena, "%s_%d", base, n);
    }
}

static bool same_columns(const struct st_profile *a, const struct st_profile *b)
{
    if (a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (strcmp(a->columns[i].name, b->columns[i].name) != 0)
            return false;
    return true;
}

static st_code add_file(
    struct st_arena *arena, struct st_draft *d, const char *path, struct st_error *err)
{
    struct st_profile *profile = st_arena_new(arena, struct st_profile);
    struct st_draft_file *f = &d->files[d->file_count];
    TRY(st_profile_file(arena, path, profile, err));
    *f = (struct st_draft_file){.profile = profile, .pattern = pattern_of(arena, profile->file)};
    f->source = source_name(arena, d, profile->file);
    for (size_t i = 0; i < d->file_count; i++)
        if (strcmp(d->files[i].pattern, f->pattern) == 0 &&
            same_columns(d->files[i].profile, profile))
            f->same_as_earlier = true;
    TRY(st_draft_decide(arena, f, err));
    d->file_count++;
    return ST_OK;
}

/* Files that name their customers in two ways, and nothing that leads from one to the other: rows
 * of the same number would become one customer although they are two. */
static st_code check_links(const struct st_draft *d, struct st_error *err)
{
    const struct st_draft_file *named = NULL, *numbered = NULL;
    for (size_t i = 0; i < d->file_count; i++) {
        const struct st_draft_file *f = &d->files[i];
        if (f->role[ST_ROLE_CUSTOMER] >= 0)
            named = f;
        else if (f->role[ST_ROLE_ACCOUNT] >= 0)
            numbered = f;
    }
    if (!named || !numbered || st_draft_file_of(d, ST_DRAFT_ACCOUNTS))
        return ST_OK;
    st_code code = st_fail(err, ST_E_DATA,
        "%s has accounts (%s), %s has customers (%s), and no file says whose an account is",
        "%s 只有账户（%s），%s 只有客户（%s），没有文件说明账户属于哪位客户",
        numbered->profile->path, st_draft_party(numbered)->name, named->profile->path,
        st_draft_party(named)->name);
    st_error_hint(err,
        "add a file with one row per account that has both, or draft from one file at a time",
        "请加入每账户一行、同时含账号与客户号的文件，或逐个文件起草");
    return code;
}

/* --- what all files share --- */

/* Days of events; births, maturities and closings say nothing of when the file was made. */
static void find_day(struct st_draft *d, const struct st_draft_options *o)
{
    static const enum st_role roles[] = {ST_ROLE_DATE, ST_ROLE_OPENED};
    bool found = false;
    d->day = ST_DRAFT_DAY_TODAY;
    d->as_of = o->today;
    for (size_t i = 0; i < d->file_count; i++)
        for (size_t k = 0; k < ST_COUNT(roles); k++) {
            const struct st_profile_column *c = st_draft_column(&d->files[i], roles[k]);
            if (!c || c->type != ST_COLUMN_DATE || c->last > o->today ||
                (found && c->last <= d->as_of))
                continue;
            d->as_of = c->last;
            d->day = ST_DRAFT_DAY_NEWEST;
            found = true;
        }
    if (o->as_of) {
        d->as_of = *o->as_of;
        d->day = ST_DRAFT_DAY_GIVEN;
    }
}

static st_code find_currency(
    struct st_draft *d, const struct st_draft_options *o, struct st_error *err)
{
    d->currency = o->currency ? o->currency : "CNY";
    d->currency_guessed = !o->currency;
    for (size_t i = 0; !o->currency && i < d->file_count; i++) {
        const struct st_profile_column *c = st_draft_column(&d->files[i], ST_ROLE_CURRENCY);
        bool one = c && c->distinct == 1 && c->value_count == 1 && strlen(c->values[0].text) == 3 &&
                   st_currency_exponent(c->values[0].text) >= 0;
        if (!one)
            continue;
        d->currency = c->values[0].text;
        d->currency_guessed = false;
    }
    if (strlen(d->currency) == 3 && st_currency_exponent(d->currency) >= 0)
        return ST_OK;
    st_fail(err, ST_E_USAGE, "--currency is not a currency", "--currency 不是币种代码");
    st_error_value(err, "%s", d->currency);
    st_error_allowed(err, "three letters of ISO 4217: CNY, USD, EUR …",
        "ISO 4217 三位字母代码：CNY、USD、EUR……");
    return ST_E_USAGE;
}

/* Money keeps as many decimals as the amounts that are rated have, where four are enough. */
static void find_exponent(struct st_draft *d)
{
    int need = 0;
    for (size_t i = 0; i < d->file_count; i++) {
        const struct st_draft_file *f = &d->files[i];
        const struct st_profile_column *amount = st_draft_column(f, ST_ROLE_AMOUNT);
        const struct st_profile_column *price = st_draft_column(f, ST_ROLE_PRICE);
        const struct st_profile_column *quantity = st_draft_column(f, ST_ROLE_QUANTITY);
        const struct st_profile_column *balance = st_draft_column(f, ST_ROLE_BALANCE);
        bool moves = f->kind == ST_DRAFT_MOVEMENTS;
        int scale = !moves   ? (balance ? balance->scale : 0)
                    : amount ? amount->scale
                             : price->scale + quantity->scale;
        need = scale > need ? scale : need;
    }
    d->exponent = st_currency_exponent(d->currency);
    if (need > d->exponent && need <= EXPONENT_MAX)
        d->exponent = need;
}

st_code st_draft_make(struct st_arena *arena, const struct st_draft_options *o,
    struct st_draft *out, struct st_error *err)
{
    struct st_draft_writer mapping = {ST_STR_INIT, arena, o->lang};
    struct st_draft_writer policy = {ST_STR_INIT, arena, o->lang};
    *out = (struct st_draft){0};
    if (o->path_count > ST_DRAFT_FILES_MAX)
        return st_fail(err, ST_E_LIMIT, "more than %d files to draft from",
            "起草所用文件超过 %d 个", ST_DRAFT_FILES_MAX);
    out->files = st_arena_array(arena, struct st_draft_file, o->path_count + 1);
    for (size_t i = 0; i < o->path_count; i++)
        TRY(add_file(arena, out, o->paths[i], err));
    TRY(check_links(out, err));
    out->name = out->files[0].source;
    find_day(out, o);
    TRY(find_currency(out, o, err));
    find_exponent(out);
    st_draft_write_mapping(&mapping, out);
    st_code code = st_draft_write_policy(&policy, out, err);
    out->mapping = st_arena_strdup(arena, mapping.text.text);
    out->policy = st_arena_strdup(arena, policy.text.text);
    st_str_release(&mapping.text);
    st_str_release(&policy.text);
    return code;
}

st_code st_draft_check_mapping(struct st_arena *arena, const char *path, struct st_error *err)
{
    const struct st_mapping *mapping;
    return st_mapping_load(arena, path, &mapping, err);
}
