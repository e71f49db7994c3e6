/* Overrides of tiers: asked for by one person with a reason, approved by another, and from then on
 * facts (tier_override) that runs read like any other, up to their watermark.
 *
 * An override masks what the machine of moves holds; the machine runs on beneath. At most one masks
 * a customer and scheme on a day. Each call is one transaction, written to the log of decisions.
 */
#ifndef ST_RUN_OVERRIDE_H
#define ST_RUN_OVERRIDE_H

#include "run/person.h"
#include "tier/ladder.h"

enum st_override_state {
    ST_OVERRIDE_REQUESTED,
    ST_OVERRIDE_APPROVED,
    ST_OVERRIDE_REJECTED,
    ST_OVERRIDE_REVOKED,
    ST_OVERRIDE_STATE_COUNT
};

struct st_override {
    int64_t id;
    const char *scheme, *customer;
    enum st_override_action action;
    const char *tier; /* code; NULL: exclude */
    st_date from, until;
    bool has_until;
    const char *reason;
    enum st_override_state state;
    const char *asked_by, *asked_at;
    const char *decided_by, *decided_at;               /* NULL: not yet */
    const char *revoke_by, *revoke_at, *revoke_reason; /* NULL: nobody asked */
    const char *revoked_by, *revoked_at;
};

struct st_override_query {
    int64_t id;           /* 0: any */
    const char *customer; /* nullable: the number as its source writes it */
    const char *scheme;   /* nullable */
    int state;            /* enum st_override_state; −1: any */
};

/* What is asked for. */
struct st_override_ask {
    const char *scheme, *customer, *action, *tier;
    st_date from;
    const st_date *until;
    const char *reason, *by, *now;
};

enum st_override_verb { ST_OVERRIDE_APPROVE, ST_OVERRIDE_REJECT, ST_OVERRIDE_REVOKE };

extern const char *const st_override_actions[]; /* by enum st_override_action, from RAISE on */
extern const char *const st_override_states[];  /* NULL-terminated */

/* By id. */
ST_MUST_CHECK st_code st_overrides_read(struct st_store *store, struct st_arena *arena,
    const struct st_override_query *query, struct st_override **out, size_t *count,
    struct st_error *err);

/* Checks the request against the scheme's last published run. ST_E_NOT_FOUND: no such scheme,
 * customer or tier; ST_E_USAGE: what does not go together; ST_E_CONFLICT: an approved override of
 * the same days. */
ST_MUST_CHECK st_code st_override_ask(struct st_store *store, struct st_arena *arena,
    const struct st_override_ask *ask, struct st_override *out, struct st_error *err);

/* APPROVE or REJECT what another person asked for: an override, or its revocation; REVOKE asks for
 * the end of an approved one, for a reason. ST_E_CONFLICT: not in that state, the same person, or
 * an approved override of the same days. */
ST_MUST_CHECK st_code st_override_act(struct st_store *store, struct st_arena *arena,
    enum st_override_verb verb, int64_t id, const char *by, const char *reason, const char *now,
    struct st_override *out, struct st_error *err);

#endif
