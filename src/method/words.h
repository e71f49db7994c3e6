/* Pieces of the sentences in which methods explain themselves. */
#ifndef ST_METHOD_WORDS_H
#define ST_METHOD_WORDS_H

#include "method/method.h"

/* What people call an expression: the title of the metric it names, else its text. */
const char *st_words_expr(const struct st_why *why, const struct st_expr *expr);

/* The customer's value of a typed expression, as people read it; "—" when it is missing. */
const char *st_words_value(const struct st_why *why, const struct st_typed *typed);

/* A number of a kind and scale; a ratio as a percentage, "35 %" for 0.35. */
const char *st_words_number(const struct st_why *why, enum st_kind kind, int scale, st_wide number);
const char *st_words_percent(const struct st_why *why, int scale, st_wide ratio);

/* Whether a condition holds for the customer; NULL does not. */
bool st_words_holds(const struct st_why *why, const struct st_ir_expr *condition);

#endif
