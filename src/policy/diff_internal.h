/* Shared by the walk over two policies and the words for what it finds. */
#ifndef ST_POLICY_DIFF_INTERNAL_H
#define ST_POLICY_DIFF_INTERNAL_H

#include "policy/diff.h"

/* How a scalar is read for people. */
enum diff_value {
    DIFF_AUTO,   /* numbers grouped, all else as written */
    DIFF_TEXT,   /* as written */
    DIFF_TITLE,  /* {zh:, en:} */
    DIFF_WORD,   /* one of the words that diff_words.c knows in both languages */
    DIFF_EXPR,   /* an expression, or the title of the metric it is */
    DIFF_WINDOW, /* a span of time */
    DIFF_TIER,   /* the code of a tier of the scheme */
    DIFF_SCHEME, /* the name of a scheme */
};

/* Sentences about one key. {s} is the subject and a blank, {p} the subject and a colon, both empty
 * where the heading says it all; {k} the key, {o} and {n} the old and the new value. */
struct diff_phrase {
    const char *pattern; /* tier.from; a * stands for any name */
    enum diff_value value;
    const char *fallback; /* what a key that is left out means; NULL: nothing */
    struct st_text changed, given, dropped;
};

/* The row for a pattern; one that names the key as it is written where there is none. */
const struct diff_phrase *st_diff_phrase(const char *pattern);

/* What a key is called. */
const char *st_diff_label(const char *key, enum st_lang lang);

/* One side of the comparison. */
struct diff_side {
    const struct st_policy *policy;
    const struct st_node *scheme; /* the scheme being compared, or NULL */
};

/* A node's value for people. `node` is not NULL. */
const char *st_diff_value(struct st_arena *arena, const struct diff_side *side,
    enum diff_value value, const struct st_node *node, enum st_lang lang);

/* A node's value as equal values have it. */
const char *st_diff_canon(
    struct st_arena *arena, enum diff_value value, const struct st_node *node);

/* A map's title:, else `name`. */
const char *st_diff_title(const struct st_node *map, const char *name, enum st_lang lang);

/* A phrase with its places filled in. */
struct diff_filling {
    const char *subject, *key, *was, *is;
};
const char *st_diff_fill(struct st_arena *arena, const char *phrase, enum st_lang lang,
    const struct diff_filling *filling);

#endif
