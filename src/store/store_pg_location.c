#include "store/store_pg_location.h"

#include "base/arena.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char schema_default[] = "strata";

bool st_pg_location_is(const char *location)
{
    return strncmp(location, "postgresql://", 13) == 0 || strncmp(location, "postgres://", 11) == 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "bank%5Fa" → "bank_a", as libpq reads its own settings. */
static char *decode(const char *text, size_t len)
{
    struct st_str out = ST_STR_INIT;
    for (size_t i = 0; i < len; i++) {
        bool coded =
            text[i] == '%' && i + 2 < len && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        st_str_add_char(&out, coded ? (char)(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i]);
        i += coded ? 2 : 0;
    }
    char *copy = st_strdup(out.text);
    st_str_release(&out);
    return copy;
}

/* Where "user:password@" has its password; false when there is none. Passwords may hold ':'. */
static bool find_password(const char *location, const char **from, const char **until)
{
    const char *start = strstr(location, "://") + 3;
    const char *end = start + strcspn(start, "/?");
    const char *at = NULL;
    for (const char *p = start; p < end; p++)
        if (*p == '@')
            at = p;
    const char *colon = at ? memchr(start, ':', (size_t)(at - start)) : NULL;
    *from = colon;
    *until = at;
    return colon;
}

static bool names(const char *setting, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    return len > name_len && strncmp(setting, name, name_len) == 0 && setting[name_len] == '=';
}

/* One "name=value" behind the '?'; the first one kept takes a '?' of its own, the others '&'. */
static void add_setting(struct st_str *uri, const char *setting, size_t len, bool *any)
{
    st_str_add_char(uri, *any ? '&' : '?');
    st_str_add_len(uri, setting, len);
    *any = true;
}

static void split_settings(
    const char *settings, struct st_str *connection, struct st_str *shown, char **schema)
{
    bool any = false, any_shown = false;
    while (*settings) {
        size_t len = strcspn(settings, "&");
        if (names(settings, len, "schema")) {
            free(*schema);
            *schema = decode(settings + 7, len - 7);
            add_setting(shown, settings, len, &any_shown);
        } else {
            add_setting(connection, settings, len, &any);
            if (!names(settings, len, "password") && !names(settings, len, "sslpassword"))
                add_setting(shown, settings, len, &any_shown);
        }
        settings += len + (settings[len] == '&');
    }
}

static void split(const char *location, struct st_pg_location *out)
{
    const char *from = NULL, *until = NULL;
    const char *settings = strchr(location, '?');
    size_t len = settings ? (size_t)(settings - location) : strlen(location);
    struct st_str connection = ST_STR_INIT, shown = ST_STR_INIT;
    st_str_add_len(&connection, location, len);
    if (find_password(location, &from, &until)) {
        st_str_add_len(&shown, location, (size_t)(from - location));
        st_str_add_len(&shown, until, (size_t)(location + len - until));
    } else {
        st_str_add_len(&shown, location, len);
    }
    if (settings)
        split_settings(settings + 1, &connection, &shown, &out->schema);
    out->connection = st_strdup(connection.text);
    out->shown = st_strdup(shown.text);
    st_str_release(&connection);
    st_str_release(&shown);
}

static st_code check_schema(const char *schema, struct st_error *err)
{
    bool own = strncmp(schema, "pg_", 3) == 0 || strcmp(schema, "information_schema") == 0;
    if (schema[0] && strlen(schema) <= ST_PG_NAME_MAX && !own)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "%s is no name for a store's schema",
        "%s 不能用作存储的模式名", schema[0] ? schema : "''");
    st_error_allowed(err, "1 to 63 bytes; not pg_… or information_schema, which are PostgreSQL's",
        "1 至 63 字节；pg_… 与 information_schema 为 PostgreSQL 保留");
    return code;
}

st_code st_pg_location_read(const char *location, struct st_pg_location *out, struct st_error *err)
{
    *out = (struct st_pg_location){0};
    split(location, out);
    if (!out->schema)
        out->schema = st_strdup(schema_default);
    st_code code = check_schema(out->schema, err);
    if (code != ST_OK)
        st_pg_location_release(out);
    return code;
}

void st_pg_location_release(struct st_pg_location *location)
{
    free(location->connection);
    free(location->schema);
    free(location->shown);
    *location = (struct st_pg_location){0};
}

char *st_pg_location_shown(const char *location)
{
    struct st_pg_location parts = {0};
    split(location, &parts);
    char *shown = st_strdup(parts.shown);
    st_pg_location_release(&parts);
    return shown;
}
