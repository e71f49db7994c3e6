/* What the files of this folder share and nobody else needs. */
#ifndef ST_DRAFT_INTERNAL_H
#define ST_DRAFT_INTERNAL_H

#include "base/str.h"
#include "draft/draft.h"

/* Leaves the function with the code of a call that failed. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        st_code try_code_ = (call);                                                                \
        if (try_code_ != ST_OK)                                                                    \
            return try_code_;                                                                      \
    } while (0)

/* --- decide.c --- */

/* Roles of the columns and what a row is. */
ST_MUST_CHECK st_code st_draft_decide(
    struct st_arena *arena, struct st_draft_file *file, struct st_error *err);

/* The column of a role; NULL when the file has none. */
const struct st_profile_column *st_draft_column(
    const struct st_draft_file *file, enum st_role role);
/* The column that says whose a row is; NULL: none. */
const struct st_profile_column *st_draft_party(const struct st_draft_file *file);
/* A file of the kind; NULL when the draft has none. */
const struct st_draft_file *st_draft_file_of(const struct st_draft *draft, enum st_draft_kind kind);
/* The first file with balances on rows; NULL when there is none. */
const struct st_draft_file *st_draft_balance_file(const struct st_draft *draft);
/* The attribute that the column of a file of customers becomes; NULL when it becomes none. */
const char *st_draft_attribute(const struct st_draft_file *file, size_t column);

/* --- writing --- */

struct st_draft_writer {
    struct st_str text;
    struct st_arena *arena;
    enum st_lang lang;
};

/* A line of YAML at an indent. */
void st_draft_line(struct st_draft_writer *w, int indent, const char *fmt, ...) ST_PRINTF(3, 4);
/* A comment in the user's language; both formats take the same arguments. */
void st_draft_say(struct st_draft_writer *w, int indent, const char *en, const char *zh, ...)
    ST_PRINTF(3, 5) ST_PRINTF(4, 5);
/* A column as a name in an expression: in back quotes where it must be. */
const char *st_draft_name(struct st_arena *arena, const struct st_profile_column *column);
/* Text as a YAML scalar: in quotes where it must be. */
const char *st_draft_scalar(struct st_arena *arena, const char *text);

/* True when accounts have classes of their own. */
bool st_draft_has_classes(const struct st_draft *draft);

void st_draft_write_mapping(struct st_draft_writer *w, struct st_draft *draft);
ST_MUST_CHECK st_code st_draft_write_policy(
    struct st_draft_writer *w, const struct st_draft *draft, struct st_error *err);

#endif
