/* Sessions shared by threads.
 *
 * A slot is the right to one session, which may not be open yet. Threads hand slots to each other:
 * the one that gives passes its slot to the first who waits, so nobody who comes later is quicker.
 * Opening, asking and closing talk to a server, so they happen outside the lock, by the thread that
 * holds the slot. Rejected: one condition for all who wait (wakes all, serves any); a thread that
 * tends the pool (one more to start, stop and fork around).
 */
#include "store/pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MS = 1000, US_PER_MS = 1000, NS_PER_MS = 1000000 };

struct slot {
    struct st_store *store; /* NULL: not open */
    enum { FREE, TAKEN, TENDED } state;
    int64_t opened_us;
    int64_t given_us;
};

struct waiter {
    struct waiter *next;
    pthread_cond_t turn;
    struct slot *slot; /* what it was handed */
};

struct st_pool {
    char *location;
    char *shown; /* as messages name it */
    char *task;
    struct st_pool_options options;
    pthread_condattr_t clock;
    pthread_mutex_t lock; /* of all that follows */
    struct waiter *first;
    bool closed;
    struct st_pool_stats stats; /* but for what the slots tell */
    struct slot slots[];
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS * US_PER_MS + now.tv_nsec / (NS_PER_MS / US_PER_MS);
}

static bool past(int64_t since_us, int limit_ms)
{
    return limit_ms >= 0 && now_us() - since_us >= (int64_t)limit_ms * US_PER_MS;
}

/* ---- slots --------------------------------------------------------------------------------- */

/* The session given last: the others grow old and are closed. Called locked. */
static struct slot *claim(struct st_pool *pool)
{
    struct slot *best = NULL;
    for (struct slot *s = pool->slots; s < pool->slots + pool->options.most; s++)
        if (s->state == FREE &&
            (!best || (s->store && (!best->store || s->given_us > best->given_us))))
            best = s;
    if (best)
        best->state = TAKEN;
    return best;
}

/* To the first who waits, or to whoever comes. */
static void release(struct st_pool *pool, struct slot *slot)
{
    pthread_mutex_lock(&pool->lock);
    struct waiter *next = pool->closed ? NULL : pool->first;
    slot->state = next ? TAKEN : FREE;
    if (next) {
        pool->first = next->next;
        next->slot = slot;
        pthread_cond_signal(&next->turn);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void set_session(struct st_pool *pool, struct slot *slot, struct st_store *store)
{
    pthread_mutex_lock(&pool->lock);
    slot->store = store;
    pthread_mutex_unlock(&pool->lock);
}

static void end_session(struct st_pool *pool, struct slot *slot, bool replaced)
{
    struct st_store *store = slot->store;
    pthread_mutex_lock(&pool->lock);
    slot->store = NULL; /* first: another one may come to stand where it stood in memory */
    pool->stats.replaced += replaced;
    pthread_mutex_unlock(&pool->lock);
    st_store_close(store);
}

static st_code start_session(struct st_pool *pool, struct slot *slot, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = st_store_open(pool->location, &pool->options.session, &store, err);
    if (code == ST_OK)
        code = st_store_renew(store, err); /* the first: how it is now is how it will be again */
    if (code != ST_OK) {
        st_store_close(store);
        return code;
    }
    slot->opened_us = now_us();
    set_session(pool, slot, store);
    return ST_OK;
}

/* A session whose server is there. */
static st_code make_ready(struct st_pool *pool, struct slot *slot, struct st_error *err)
{
    bool old = slot->store && past(slot->opened_us, pool->options.life_ms);
    bool ask = slot->store && !old &&
               (past(slot->given_us, pool->options.trusted_ms) || st_store_stirred(slot->store));
    if (old || (ask && st_store_renew(slot->store, NULL) != ST_OK))
        end_session(pool, slot, true);
    return slot->store ? ST_OK : start_session(pool, slot, err);
}

/* ---- waiting ------------------------------------------------------------------------------- */

static st_code fail_closed(const struct st_pool *pool, struct st_error *err)
{
    return st_fail(err, ST_E_BUSY, "%s is being closed: no more work is taken on",
        "%s 正在关闭，不再接受新的请求", pool->shown);
}

static st_code fail_busy(const struct st_pool *pool, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_BUSY, "%s: all sessions (%d) are in use, and none came free within %d ms",
            "%s：全部 %d 个会话都在使用中，%d 毫秒内没有空出", pool->shown, pool->options.most,
            pool->options.wait_ms);
    st_error_hint(err, "try again in a moment; where this is often so, allow more sessions",
        "请稍后重试；若经常如此，请增加会话数");
    return code;
}

static struct timespec from_now(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / MS;
    t.tv_nsec += (long)(ms % MS) * NS_PER_MS;
    t.tv_sec += t.tv_nsec / (MS * NS_PER_MS);
    t.tv_nsec %= MS * NS_PER_MS;
    return t;
}

/* The link that leads to `waiter`; NULL: the last one. */
static struct waiter **link_to(struct st_pool *pool, const struct waiter *waiter)
{
    struct waiter **link = &pool->first;
    while (*link != waiter)
        link = &(*link)->next;
    return link;
}

/* Called locked. */
static st_code wait_for_slot(struct st_pool *pool, struct slot **slot, struct st_error *err)
{
    struct waiter self = {.slot = NULL};
    int wait_ms = pool->options.wait_ms, status = 0;
    struct timespec until = from_now(wait_ms);
    pthread_cond_init(&self.turn, &pool->clock);
    *link_to(pool, NULL) = &self;
    pool->stats.waiting++;
    pool->stats.waited++;
    while (!self.slot && !pool->closed && status != ETIMEDOUT)
        status = wait_ms < 0 ? pthread_cond_wait(&self.turn, &pool->lock)
                             : pthread_cond_timedwait(&self.turn, &pool->lock, &until);
    pool->stats.waiting--;
    if (!self.slot)
        *link_to(pool, &self) = self.next;
    pthread_cond_destroy(&self.turn);
    *slot = self.slot;
    if (self.slot)
        return ST_OK;
    return pool->closed ? fail_closed(pool, err) : fail_busy(pool, err);
}

/* ---- what threads call --------------------------------------------------------------------- */

st_code st_pool_take(struct st_pool *pool, struct st_store **out, struct st_error *err)
{
    st_code code = ST_OK;
    *out = NULL;
    st_pool_tend(pool);
    pthread_mutex_lock(&pool->lock);
    struct slot *slot = pool->closed ? NULL : claim(pool); /* none is while somebody waits */
    if (pool->closed)
        code = fail_closed(pool, err);
    else if (!slot)
        code = wait_for_slot(pool, &slot, err);
    pthread_mutex_unlock(&pool->lock);
    if (code != ST_OK)
        return code;
    code = make_ready(pool, slot, err);
    if (code == ST_OK)
        *out = slot->store;
    else
        release(pool, slot);
    return code;
}

static struct slot *slot_of(struct st_pool *pool, const struct st_store *store)
{
    struct slot *slot = pool->slots, *end = pool->slots + pool->options.most;
    pthread_mutex_lock(&pool->lock);
    while (slot < end && slot->store != store)
        slot++;
    pthread_mutex_unlock(&pool->lock);
    assert(slot < end && "given to a pool that it is not of");
    return slot;
}

void st_pool_give(struct st_pool *pool, struct st_store *store)
{
    if (!store)
        return;
    struct slot *slot = slot_of(pool, store);
    if (st_store_renew(store, NULL) != ST_OK)
        end_session(pool, slot, true);
    slot->given_us = now_us();
    release(pool, slot);
    st_pool_tend(pool);
}

/* A free session that is not to stay, claimed; NULL: none. */
static struct slot *claim_unwanted(struct st_pool *pool, bool *old)
{
    struct slot *found = NULL;
    pthread_mutex_lock(&pool->lock);
    for (struct slot *s = pool->slots; s < pool->slots + pool->options.most && !found; s++) {
        if (s->state != FREE || !s->store)
            continue;
        *old = past(s->opened_us, pool->options.life_ms);
        if (*old || pool->closed || past(s->given_us, pool->options.idle_ms))
            found = s;
    }
    if (found)
        found->state = TENDED;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

void st_pool_tend(struct st_pool *pool)
{
    bool old = false;
    for (struct slot *slot; (slot = claim_unwanted(pool, &old));) {
        end_session(pool, slot, old);
        release(pool, slot);
    }
}

struct st_pool_stats st_pool_stats(struct st_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct st_pool_stats stats = pool->stats;
    for (struct slot *s = pool->slots; s < pool->slots + pool->options.most; s++) {
        stats.open += s->store != NULL;
        stats.idle += s->store && s->state == FREE;
        stats.taken += s->state == TAKEN;
    }
    pthread_mutex_unlock(&pool->lock);
    return stats;
}

/* ---- its own life -------------------------------------------------------------------------- */

static struct st_pool *make(const char *location, const struct st_pool_options *options)
{
    struct st_pool *pool =
        st_calloc(1, sizeof *pool + (size_t)options->most * sizeof pool->slots[0]);
    const struct st_store_options *session = &options->session;
    pool->location = st_strdup(location);
    pool->task = session->task ? st_strdup(session->task) : NULL;
    pool->options = *options;
    pool->options.session = (struct st_store_options){.threads = session->threads,
        .memory_bytes_max = session->memory_bytes_max,
        .read_only = session->read_only,
        .reads = session->reads,
        .task = pool->task};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&pool->clock);
    pthread_condattr_setclock(&pool->clock, CLOCK_MONOTONIC);
    return pool;
}

st_code st_pool_open(const char *location, const struct st_pool_options *options,
    struct st_pool **out, struct st_error *err)
{
    *out = NULL;
    if (options->most < 1 || options->most > ST_POOL_SESSIONS_MAX) {
        st_code code =
            st_fail(err, ST_E_USAGE, "a pool of %d sessions", "会话数不能是 %d", options->most);
        st_error_allowed(err, "1 to %d", "1 至 %d", (int)ST_POOL_SESSIONS_MAX);
        return code;
    }
    struct st_pool *pool = make(location, options);
    struct slot *slot = pool->slots;
    st_code code = start_session(pool, slot, err);
    if (code != ST_OK) {
        st_pool_free(pool);
        return code;
    }
    pool->shown = st_strdup(st_store_location(slot->store));
    if (st_store_dialect(slot->store) == ST_DIALECT_DUCKDB ||
        !(options->session.reads || options->session.read_only))
        pool->options.most = 1;
    slot->given_us = now_us();
    *out = pool;
    return ST_OK;
}

void st_pool_close(struct st_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    for (struct waiter *w = pool->first; w; w = w->next)
        pthread_cond_signal(&w->turn);
    pthread_mutex_unlock(&pool->lock);
    st_pool_tend(pool);
}

void st_pool_free(struct st_pool *pool)
{
    if (!pool)
        return;
    st_pool_close(pool);
    assert(st_pool_stats(pool).taken == 0 && "freed while in use");
    pthread_mutex_destroy(&pool->lock);
    pthread_condattr_destroy(&pool->clock);
    free(pool->location);
    free(pool->shown);
    free(pool->task);
    free(pool);
}
