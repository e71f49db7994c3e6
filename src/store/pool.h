/* A pool of sessions of one store, for a program of many threads: readers mostly, few writers.
 *
 * open → (take → work → give)… from any thread → close → free. A session belongs to one thread
 * from take to give, and comes as if it had just been opened: no transaction, no temporary table,
 * settings as they were. Who finds none free waits in a queue: first come, first served. Sessions
 * that were lost (a server restarted, a session ended by an administrator) are replaced as they
 * are found, and whoever takes one hears nothing of it; one that is lost while it is taken gives
 * its user the store's error.
 *
 * How many: in a server as many as `most`, if they only read. A store's file is one handle per
 * process, and one session writes at a time: there `most` counts as 1. A pool that writes keeps
 * other writers out while its session is open: an idle_ms of 0 lets it go as it is given.
 *
 * Every function but free may be called by several threads at once.
 */
#ifndef ST_STORE_POOL_H
#define ST_STORE_POOL_H

#include "store/store.h"

struct st_pool;

enum {
    ST_POOL_SESSIONS_MAX = 1024,
    ST_POOL_NO_LIMIT = -1, /* of any of the durations */
};

struct st_pool_options {
    struct st_store_options session; /* of each; nothing is created */
    int most;                        /* sessions at once: 1 … ST_POOL_SESSIONS_MAX */
    int wait_ms;                     /* for a free one; 0: none is waited for */
    int trusted_ms; /* idle longer, its server is asked before it is handed out: a round trip */
    int idle_ms;    /* unused longer, a session is closed; 0: as it is given */
    int life_ms;    /* older, it is closed as it is given, or before it is taken again */
};

struct st_pool_stats {
    int open, idle, taken; /* sessions; one on its way counts as taken */
    int waiting;           /* threads */
    int64_t waited;        /* takes that had to wait, … */
    int64_t replaced; /* … sessions closed because they were lost, spoiled or old: since open */
};

/* Opens a pool and its first session, so that a location that is wrong fails here, with
 * st_store_open's errors; ST_E_USAGE: `most` is out of bounds. What `options` point to need not
 * stay. */
ST_MUST_CHECK st_code st_pool_open(const char *location, const struct st_pool_options *options,
    struct st_pool **out, struct st_error *err);

/* A session for this thread alone, to be given back. The one given last, else a new one while there
 * are fewer than `most`; else waits. Costs no round trip but for one idle for trusted_ms, or told
 * something by its server meanwhile. ST_E_BUSY: none came free within wait_ms, or the pool is
 * closed; st_store_open's errors when one had to be opened and could not. */
ST_MUST_CHECK st_code st_pool_take(
    struct st_pool *pool, struct st_store **out, struct st_error *err);

/* Gives a session back: what is open of a transaction is rolled back, the rest is made as new (one
 * round trip), or the session is closed where that cannot be. Its cursors and loads are closed
 * before, and nobody interrupts it any more: the next one's statement would be hit. NULL is fine.
 */
void st_pool_give(struct st_pool *pool, struct st_store *store);

/* Closes what has been idle for too long. Takes and gives do so too: only for quiet hours. */
void st_pool_tend(struct st_pool *pool);

struct st_pool_stats st_pool_stats(struct st_pool *pool);

/* No more sessions are taken: who waits fails at once. Idle ones are closed, taken ones as they are
 * given; none is waited for. Again: nothing. */
void st_pool_close(struct st_pool *pool);
/* Closes and frees, once all sessions are given and no other thread is in the pool. NULL is fine.
 */
void st_pool_free(struct st_pool *pool);

#endif
