/* Tokens of the expression language.
 *
 * st_lexer_init, then st_lexer_next until ST_TOKEN_END. Full-width brackets, commas, digits and
 * operators are read as their half-width forms: input methods for Chinese type them by default.
 */
#ifndef ST_EXPR_LEX_H
#define ST_EXPR_LEX_H

#include "expr/expr.h"

enum st_token_kind {
    ST_TOKEN_END,
    ST_TOKEN_NUMBER,
    ST_TOKEN_TEXT,
    ST_TOKEN_NAME,
    ST_TOKEN_OPEN,
    ST_TOKEN_CLOSE,
    ST_TOKEN_COMMA,
    ST_TOKEN_PLUS,
    ST_TOKEN_MINUS,
    ST_TOKEN_STAR,
    ST_TOKEN_SLASH,
    ST_TOKEN_PERCENT,
    ST_TOKEN_EQ,
    ST_TOKEN_NE,
    ST_TOKEN_LT,
    ST_TOKEN_LE,
    ST_TOKEN_GT,
    ST_TOKEN_GE,
    ST_TOKEN_OR, /* keywords from here on */
    ST_TOKEN_AND,
    ST_TOKEN_NOT,
    ST_TOKEN_BETWEEN,
    ST_TOKEN_IN,
    ST_TOKEN_IS,
    ST_TOKEN_NULL,
    ST_TOKEN_TRUE,
    ST_TOKEN_FALSE,
    ST_TOKEN_CASE,
    ST_TOKEN_WHEN,
    ST_TOKEN_THEN,
    ST_TOKEN_ELSE,
    ST_TOKEN_STOP, /* end */
};

struct st_token {
    enum st_token_kind kind;
    size_t offset, len; /* as written */
    int line, column;
    const char *text; /* NAME, TEXT: decoded, in the arena */
    bool back_quoted; /* NAME */
    int64_t integer;  /* NUMBER × 10^−scale */
    int scale;
};

struct st_lexer {
    struct st_arena *arena;
    struct st_error *err;
    const char *source;
    const char *text;
    size_t len, offset;
    const struct st_place *places; /* nullable: see struct st_node */
    size_t place_count, place_next;
    size_t at; /* what line and column belong to */
    int line, column;
};

void st_lexer_init(struct st_lexer *lexer, struct st_arena *arena, const char *source, int line,
    int column, const char *text, struct st_error *err);

/* Error: ST_E_POLICY at the character that begins no token, with a hint. */
ST_MUST_CHECK st_code st_lexer_next(struct st_lexer *lexer, struct st_token *token);

/* Records the place of a token that does not belong where it is. */
st_code st_token_place(const struct st_lexer *lexer, const struct st_token *token, st_code code);

#endif
