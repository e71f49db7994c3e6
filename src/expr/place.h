/* Finds where each piece of a scalar's text stands in its document.
 *
 * libyaml gives the place of a scalar's first byte only. Escapes, folded lines and block
 * indentation make text and document drift apart after it; an error message inside a long
 * condition must still point at the right column.
 */
#ifndef ST_EXPR_PLACE_H
#define ST_EXPR_PLACE_H

#include "expr/node.h"

enum st_scalar_style { ST_SCALAR_PLAIN, ST_SCALAR_SINGLE, ST_SCALAR_DOUBLE, ST_SCALAR_BLOCK };

/* A scalar as the document writes it: quotes, block header and indentation included. */
struct st_raw_scalar {
    enum st_scalar_style style;
    const char *data;
    size_t len;
    int line, column; /* of the first byte, 1-based */
};

/* Sets node->places from its text and the raw scalar; leaves it NULL when the text stands on one
 * line exactly as written. Linear in the raw length. */
void st_place_scalar(
    struct st_arena *arena, struct st_node *node, size_t text_len, const struct st_raw_scalar *raw);

#endif
