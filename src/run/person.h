/* Persons who ask and decide, and the rule of four eyes.
 *
 * There are no accounts yet: a person is a name as it was given, and names are not authenticated.
 * Two spellings are one person when they differ in case, width, composition, invisible characters
 * or blanks only (Unicode NFKC_Casefold, UAX 44; runs of blanks count as one).
 */
#ifndef ST_RUN_PERSON_H
#define ST_RUN_PERSON_H

#include "store/store.h"

enum { ST_PERSON_BYTES_MAX = 200, ST_REMARK_BYTES_MAX = 2000 };

/* A name, trimmed and NFC, in the arena. ST_E_USAGE: missing, nothing but blanks, too long, or with
 * control characters. */
ST_MUST_CHECK st_code st_person_read(
    struct st_arena *arena, const char *text, const char **name, struct st_error *err);

/* A note or a reason: trimmed and NFC; NULL when it is missing or blank. ST_E_USAGE: too long, no
 * UTF-8, or with control characters; `what` names it in messages, such as --note. */
ST_MUST_CHECK st_code st_remark_read(struct st_arena *arena, const char *what, const char *text,
    const char **remark, struct st_error *err);

/* NULL is nobody. */
bool st_person_same(const char *a, const char *b);

/* The rule of four eyes: ST_E_CONFLICT when who asked decides. */
ST_MUST_CHECK st_code st_person_other(const char *asked_by, const char *by, struct st_error *err);

/* What a person did, for the log of decisions. */
struct st_decision {
    const char *person, *at, *action;
    const char *policy; /* NULL: of an override */
    int64_t number;     /* the version, or the override's id */
    const st_date *on;  /* nullable */
    const char *note;   /* nullable */
};

/* Adds to the log, in the open transaction. */
ST_MUST_CHECK st_code st_decision_add(
    struct st_store *store, const struct st_decision *decision, struct st_error *err);

#endif
