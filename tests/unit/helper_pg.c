#include "helper_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/strata-pg-XXXXXX";
static enum { UNKNOWN, THERE, MISSING } state;

bool helper_pg_there(void)
{
    enum { NOT_INSTALLED = 77 };
    char command[256];
    if (state != UNKNOWN)
        return state == THERE;
    if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
        abort();
    snprintf(command, sizeof command, "'%s/tests/pg_server.sh' '%s' %ld", STRATA_SOURCE_DIR, folder,
        (long)getpid());
    int status = system(command);
    if (status != 0 && WEXITSTATUS(status) != NOT_INSTALLED)
        abort();
    state = status == 0 ? THERE : MISSING;
    if (state == MISSING)
        rmdir(folder);
    return state == THERE;
}

const char *helper_pg_host(void)
{
    return folder;
}

const char *helper_pg_location(void)
{
    static char location[160];
    static int schemas;
    snprintf(location, sizeof location, "postgresql://strata:secret@/postgres?host=%s&schema=s%d",
        folder, ++schemas);
    return location;
}
