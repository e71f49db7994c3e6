/* A PostgreSQL server of the test's own, started when first asked for. */
#ifndef TESTS_UNIT_HELPER_PG_H
#define TESTS_UNIT_HELPER_PG_H

#include <stdbool.h>

/* False, after a loud word, where PostgreSQL is not installed. */
bool helper_pg_there(void);
/* postgresql://… of a schema that nobody has used; valid until the next call. */
const char *helper_pg_location(void);
/* The folder of the server's socket: host= of a connection. */
const char *helper_pg_host(void);

#endif
