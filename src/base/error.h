/* Errors: one code, one bilingual message, and where it happened.
 *
 * A fallible function returns st_code and takes a nullable `struct st_error *err` last. The first
 * error wins: once `err` holds one, later calls leave it alone, so a caller can add the place or
 * the hint that only it knows without losing what went wrong first.
 */
#ifndef ST_BASE_ERROR_H
#define ST_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* code, exit status of the program, HTTP status, name shown to machines */
#define ST_CODES(X)                                                                                \
    X(ST_OK, 0, 200, "ok")                                                                         \
    X(ST_E_USAGE, 2, 400, "usage")         /* the command line or request is malformed */          \
    X(ST_E_POLICY, 1, 422, "policy")       /* a policy or mapping file is wrong */                 \
    X(ST_E_DATA, 1, 422, "data")           /* a source file is wrong as a whole */                 \
    X(ST_E_NOT_FOUND, 1, 404, "not_found") /* a file, customer, scheme or run does not exist */    \
    X(ST_E_CONFLICT, 1, 409, "conflict")   /* would contradict what is stored */                   \
    X(ST_E_BUSY, 1, 409, "busy")           /* another process owns the store */                    \
    X(ST_E_VERSION, 1, 409, "version")     /* the store was written by another version */          \
    X(ST_E_CORRUPT, 1, 500, "corrupt")     /* a store or document that cannot be read */           \
    X(ST_E_IO, 1, 500, "io")               /* the operating system refused */                      \
    X(ST_E_LIMIT, 1, 413, "limit")         /* a named cap or a numeric range was exceeded */       \
    X(ST_E_STORE, 1, 500, "store")         /* the store's engine refused a statement */            \
    X(ST_E_CANCELLED, 1, 499, "cancelled")                                                         \
    X(ST_E_INTERNAL, 1, 500, "internal")

typedef enum st_code {
#define ST_CODE_ENUM(code, exit_status, http_status, name) code,
    ST_CODES(ST_CODE_ENUM)
#undef ST_CODE_ENUM
} st_code;

enum st_lang { ST_LANG_EN, ST_LANG_ZH, ST_LANG_COUNT };

/* A sentence in both languages; literals only, never owned. */
struct st_text {
    const char *en;
    const char *zh;
};

struct st_texts {
    const struct st_text *items;
    size_t count;
};

enum {
    ST_ERROR_TEXT_MAX = 640,
    ST_ERROR_SOURCE_MAX = 512,
    ST_ERROR_VALUE_MAX = 160,
};

struct st_error {
    st_code code;
    char source[ST_ERROR_SOURCE_MAX]; /* file the user gave, empty if none */
    int line;                         /* 1-based, 0 if unknown */
    int column;                       /* 1-based in characters, 0 if unknown */
    char path[ST_ERROR_VALUE_MAX];    /* place inside the document: schemes.asset.value */
    char message[ST_LANG_COUNT][ST_ERROR_TEXT_MAX];
    char value[ST_ERROR_VALUE_MAX]; /* the offending value, as it was written */
    char allowed[ST_LANG_COUNT][ST_ERROR_TEXT_MAX];
    char hint[ST_LANG_COUNT][ST_ERROR_TEXT_MAX];
    char sqlstate[6];
    const char *c_file; /* our own source, for bug reports */
    int c_line;
};

#define ST_MUST_CHECK __attribute__((warn_unused_result))
#define ST_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

void st_error_clear(struct st_error *err);

/* Records the first error and returns `code`. Both formats take the same arguments in the same
 * order; where the languages need another order, form the sentences first and use st_fail_each.
 * `err` may be NULL. */
st_code st_error_set(struct st_error *err, st_code code, const char *c_file, int c_line,
    const char *en, const char *zh, ...) ST_PRINTF(5, 7) ST_PRINTF(6, 7);
#define st_fail(err, code, ...) st_error_set((err), (code), __FILE__, __LINE__, __VA_ARGS__)
/* The same for two sentences already formed, where the languages need different arguments. */
#define st_fail_each(err, code, en, zh) st_fail((err), (code), "%s%.0s", "%.0s%s", (en), (zh))

/* Each adds to an error already recorded, unless that part is already known. NULL `err` is fine. */
void st_error_at(struct st_error *err, const char *source, int line, int column);
void st_error_path(struct st_error *err, const char *fmt, ...) ST_PRINTF(2, 3);
void st_error_value(struct st_error *err, const char *fmt, ...) ST_PRINTF(2, 3);
void st_error_allowed(struct st_error *err, const char *en, const char *zh, ...) ST_PRINTF(2, 4)
    ST_PRINTF(3, 4);
void st_error_hint(struct st_error *err, const char *en, const char *zh, ...) ST_PRINTF(2, 4)
    ST_PRINTF(3, 4);

/* Why the operating system refused (errno), in both languages where it is one that users meet. */
struct st_text st_error_system(int number);

const char *st_code_name(st_code code);
int st_code_exit_status(st_code code);
int st_code_http_status(st_code code);

/* Prints the error for people: place, message, value, allowed, hint; and, when the source is a
 * readable text file with a line, that line with a caret under the column. */
void st_error_print(const struct st_error *err, enum st_lang lang, FILE *out);

/* Prints `what` and ends the program: memory is gone, and every store is safe to leave at any
 * moment because nothing is published outside one transaction (docs/adr/0004). */
_Noreturn void st_die_no_memory(size_t bytes);

#endif
