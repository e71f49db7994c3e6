/* Drafting: files that nobody has described → a mapping that loads them and a policy that fits.
 *
 * st_draft_make reads every file once, guesses what its rows and columns are, and writes both
 * documents as text, with comments in the user's language that say what was guessed and why.
 * Nothing is written to disk, and no store is touched.
 */
#ifndef ST_DRAFT_DRAFT_H
#define ST_DRAFT_DRAFT_H

#include "draft/roles.h"

enum { ST_DRAFT_FILES_MAX = 64, ST_DRAFT_ATTRIBUTES_MAX = 64 };

/* What one row of a file is. */
enum st_draft_kind {
    ST_DRAFT_CUSTOMERS, /* a customer, with what the bank knows of it on one day */
    ST_DRAFT_ACCOUNTS,  /* an account of a customer */
    ST_DRAFT_BALANCES,  /* an account's or customer's balance of one of several days */
    ST_DRAFT_MOVEMENTS, /* a purchase, a payment, a transaction */
};

enum st_draft_day {
    ST_DRAFT_DAY_GIVEN,
    ST_DRAFT_DAY_NEWEST, /* of the dates in the files */
    ST_DRAFT_DAY_TODAY,
};

struct st_draft_column {
    const struct st_profile_column *profile;
    enum st_role role;
    const char *target;  /* "customer.gender", "attribute score"; NULL: not loaded */
    struct st_text note; /* why; {NULL, NULL}: the name says it */
};

struct st_draft_file {
    const struct st_profile *profile;
    const char *source;  /* its name in the mapping */
    const char *pattern; /* of file names: digits become * */
    enum st_draft_kind kind;
    struct st_draft_column *columns; /* as profile->columns */
    int role[ST_ROLE_COUNT];         /* index of the column, or −1 */
    int measure;                     /* of customers without balance: what to rate by, or −1 */
    bool uses_as_of;                 /* its rows carry no date of their own */
    bool same_as_earlier;            /* another delivery of a source already drafted */
};

struct st_draft_options {
    const char *const *paths;
    size_t path_count;
    const st_date *as_of; /* NULL: the newest date in the files, else today */
    st_date today;
    const char *currency; /* NULL: a currency column's, else CNY */
    enum st_lang lang;    /* of the comments */
};

struct st_draft {
    struct st_draft_file *files;
    size_t file_count;
    const char *name; /* of mapping and policy */
    const char *currency;
    bool currency_guessed;
    int exponent; /* decimals of money */
    st_date as_of;
    enum st_draft_day day;
    bool import_needs_as_of;
    const char *mapping, *policy; /* the documents */
};

/* Errors: those of st_profile_file; ST_E_DATA when the rows are nobody's, or hold no number to rate
 * by; ST_E_USAGE for an unknown currency. Documents and report are in `arena`. */
ST_MUST_CHECK st_code st_draft_make(struct st_arena *arena, const struct st_draft_options *options,
    struct st_draft *out, struct st_error *err);

/* Reads a drafted mapping back from a file; an error would be a fault of the draft. */
ST_MUST_CHECK st_code st_draft_check_mapping(
    struct st_arena *arena, const char *path, struct st_error *err);

#endif
