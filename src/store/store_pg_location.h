/* postgresql://…: what libpq gets of it, the schema, and what messages may show. */
#ifndef ST_STORE_STORE_PG_LOCATION_H
#define ST_STORE_STORE_PG_LOCATION_H

#include "base/error.h"

enum { ST_PG_NAME_MAX = 63 };

struct st_pg_location {
    char *connection; /* the URI without our own setting */
    char *schema;
    char *shown; /* the URI without any password */
};

bool st_pg_location_is(const char *location);

/* Takes `schema=NAME` out of the URI (default: strata) and leaves all other settings to libpq.
 * ST_E_USAGE for a schema that PostgreSQL keeps to itself or that is too long. */
ST_MUST_CHECK st_code st_pg_location_read(
    const char *location, struct st_pg_location *out, struct st_error *err);
void st_pg_location_release(struct st_pg_location *location);

/* The URI without its password, whatever else is wrong with it. free() it. */
char *st_pg_location_shown(const char *location);

#endif
