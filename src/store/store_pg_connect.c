/* Connecting to a server that may be starting up, shutting down or just being restarted.
 *
 * What failed is asked of PQping, because libpq gives a connection's failure as a text only, in the
 * user's language. Nothing has been sent yet, so to try again is safe. A password that was refused
 * is not tried twice: servers lock accounts for that.
 */
#include "store/store_pg.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    STARTING_SECONDS = 10, /* it says that it will be there … */
    ABSENT_SECONDS = 2,    /* … nobody answers: it may be between its end and its start */
    PAUSE_NS = 100000000,
    SILENT_SECONDS = 60, /* a peer that says nothing is asked whether it is there, … */
    ASK_SECONDS = 10,    /* … so often, … */
    ASK_TIMES = 6,       /* … so many times, before it is taken for gone */
};

struct dial {
    struct timespec started;
    int tries;
};

/* A libpq setting of the connection, wherever it comes from; "" when nobody has set it. The caller
 * frees it. */
static char *setting(PGconn *connection, const char *name)
{
    PQconninfoOption *options = PQconninfo(connection);
    char *value = NULL;
    for (PQconninfoOption *o = options; o && o->keyword && !value; o++)
        if (strcmp(o->keyword, name) == 0 && o->val)
            value = st_strdup(o->val);
    PQconninfoFree(options);
    return value ? value : st_strdup("");
}

static long patience(PGconn *connection, PGPing answer)
{
    char *own = setting(connection, "connect_timeout");
    long seconds = strtol(own, NULL, 10);
    free(own);
    return seconds > 0 ? seconds : answer == PQPING_REJECT ? STARTING_SECONDS : ABSENT_SECONDS;
}

static double waited(const struct dial *dial)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - dial->started.tv_sec) +
           (double)(now.tv_nsec - dial->started.tv_nsec) / 1e9;
}

/* Whether a failed connection is worth another try. The server may have come up between that and
 * the ping: then one more. */
static bool again(struct dial *dial, PGconn *connection, PGPing answer)
{
    dial->tries++;
    if (answer == PQPING_OK)
        return dial->tries == 1 && !PQconnectionUsedPassword(connection);
    return answer != PQPING_NO_ATTEMPT && waited(dial) < (double)patience(connection, answer);
}

/* libpq leaves it to the system after how long a host that went away without a word is noticed: two
 * hours. */
static void keep_asking(PGconn *connection)
{
    int fd = PQsocket(connection), idle = SILENT_SECONDS, interval = ASK_SECONDS, count = ASK_TIMES;
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char *on = setting(connection, "keepalives"), *own = setting(connection, "keepalives_idle");
    bool chosen = strcmp(on, "0") == 0 || *own;
    free(on);
    free(own);
    if (chosen || getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
        address.ss_family == AF_UNIX)
        return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

st_code st_pg_connect(struct pg_store *store, const char *task, struct st_error *err)
{
    char name[ST_PG_NAME_MAX + 1];
    snprintf(
        name, sizeof name, "strata%s%s (%ld)", task ? " " : "", task ? task : "", (long)getpid());
    const char *const keywords[] = {"fallback_application_name", "dbname", "client_encoding", NULL};
    const char *const values[] = {name, store->location.connection, "UTF8", NULL};
    struct dial dial = {.tries = 0};
    clock_gettime(CLOCK_MONOTONIC, &dial.started);
    for (;;) {
        store->connection = PQconnectdbParams(keywords, values, 1);
        if (PQstatus(store->connection) == CONNECTION_OK)
            break;
        PGPing answer = PQpingParams(keywords, values, 1);
        if (!again(&dial, store->connection, answer))
            return st_pg_fail_connect(err, store, answer == PQPING_REJECT);
        PQfinish(store->connection);
        store->connection = NULL;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    keep_asking(store->connection);
    store->cancel = PQgetCancel(store->connection);
    return ST_OK;
}
