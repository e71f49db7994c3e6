#include "expr/place.h"

#include "base/vec.h"

#include <stdint.h>

struct places ST_VEC(struct st_place);

/* Both texts walked side by side. */
struct walk {
    const char *raw, *raw_end;
    int line, column; /* of `raw` */
    const char *text;
    size_t offset, len; /* into `text` */
    struct places places;
};

static void mark(struct walk *w)
{
    if (w->offset < w->len)
        *st_vec_push(&w->places) = (struct st_place){w->offset, w->line, w->column};
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

/* Passes one character of the document. */
static void raw_step(struct walk *w)
{
    if (w->raw >= w->raw_end)
        return;
    if (is_break(*w->raw)) {
        w->raw += *w->raw == '\r' && w->raw + 1 < w->raw_end && w->raw[1] == '\n' ? 2 : 1;
        w->line++;
        w->column = 1;
        return;
    }
    do
        w->raw++;
    while (w->raw < w->raw_end && is_continuation(*w->raw));
    w->column++;
}

static void raw_steps(struct walk *w, int count)
{
    while (count-- > 0)
        raw_step(w);
}

static void text_step(struct walk *w)
{
    if (w->offset < w->len)
        w->offset++;
    while (w->offset < w->len && is_continuation(w->text[w->offset]))
        w->offset++;
}

static void raw_skip_blanks(struct walk *w)
{
    while (w->raw < w->raw_end && (*w->raw == ' ' || *w->raw == '\t'))
        raw_step(w);
}

/* The document ends its line here, possibly after blanks that folding drops. */
static bool at_fold(const struct walk *w)
{
    const char *p = w->raw;
    while (p < w->raw_end && (*p == ' ' || *p == '\t'))
        p++;
    return p < w->raw_end && is_break(*p);
}

/* One line break becomes a blank, n of them n − 1 line feeds (YAML 1.1, 4.2.6 line folding). */
static void fold(struct walk *w)
{
    size_t breaks = 0;
    while (at_fold(w)) {
        raw_skip_blanks(w);
        raw_step(w);
        breaks++;
    }
    raw_skip_blanks(w);
    for (size_t i = breaks > 1 ? breaks - 1 : 1; i > 0; i--)
        text_step(w);
    mark(w);
}

/* Length of the escape at `raw` in characters. */
static int escape_length(const struct walk *w)
{
    char kind = w->raw + 1 < w->raw_end ? w->raw[1] : '\0';
    return kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
}

static void double_quoted_escape(struct walk *w)
{
    bool joins_lines = w->raw + 1 < w->raw_end && is_break(w->raw[1]);
    raw_steps(w, escape_length(w));
    if (joins_lines)
        raw_skip_blanks(w);
    else
        text_step(w);
    mark(w);
}

/* A run of blanks goes in one piece: asking for a fold at each of them would be quadratic. */
static void step_both(struct walk *w)
{
    bool blank = *w->raw == ' ' || *w->raw == '\t';
    do {
        raw_step(w);
        text_step(w);
    } while (blank && w->raw < w->raw_end && (*w->raw == ' ' || *w->raw == '\t'));
}

static void walk_flow(struct walk *w, enum st_scalar_style style)
{
    if (style != ST_SCALAR_PLAIN)
        raw_step(w);
    mark(w);
    while (w->raw < w->raw_end && w->offset < w->len) {
        if (at_fold(w)) {
            fold(w);
        } else if (style == ST_SCALAR_DOUBLE && *w->raw == '\\') {
            double_quoted_escape(w);
        } else if (style == ST_SCALAR_SINGLE && *w->raw == '\'') {
            raw_steps(w, 2);
            text_step(w);
            mark(w);
        } else {
            step_both(w);
        }
    }
}

static size_t line_length(const struct walk *w)
{
    const char *p = w->raw;
    while (p < w->raw_end && !is_break(*p))
        p++;
    return (size_t)(p - w->raw);
}

/* Moves to the next line that holds more than blanks. */
static bool next_content_line(struct walk *w)
{
    while (w->raw < w->raw_end) {
        while (w->raw < w->raw_end && !is_break(*w->raw))
            raw_step(w);
        raw_step(w);
        if (w->raw < w->raw_end && !at_fold(w))
            return true;
    }
    return false;
}

/* Each line of a block scalar stands unchanged in the text once its indentation is gone: the
 * lines are found one after the other, whatever folding put between them. */
static void walk_block(struct walk *w)
{
    size_t indent = SIZE_MAX;
    while (next_content_line(w)) {
        size_t blanks = 0, text_blanks = 0;
        while (w->raw + blanks < w->raw_end && w->raw[blanks] == ' ')
            blanks++;
        if (indent == SIZE_MAX) {
            while (w->offset < w->len && w->text[w->offset] == '\n')
                w->offset++;
            while (w->offset + text_blanks < w->len && w->text[w->offset + text_blanks] == ' ')
                text_blanks++;
            indent = blanks > text_blanks ? blanks - text_blanks : 0;
        }
        raw_steps(w, (int)(blanks < indent ? blanks : indent));
        size_t length = line_length(w);
        while (w->offset + length <= w->len && memcmp(w->text + w->offset, w->raw, length) != 0)
            w->offset++;
        if (w->offset + length > w->len)
            return;
        mark(w);
        w->offset += length;
    }
}

void st_place_scalar(
    struct st_arena *arena, struct st_node *node, size_t text_len, const struct st_raw_scalar *raw)
{
    struct walk w = {
        .raw = raw->data,
        .raw_end = raw->data + raw->len,
        .line = raw->line,
        .column = raw->column,
        .text = node->text,
        .len = text_len,
    };
    if (raw->style == ST_SCALAR_BLOCK)
        walk_block(&w);
    else
        walk_flow(&w, raw->style);
    if (w.places.count > 1 || (raw->style == ST_SCALAR_BLOCK && w.places.count > 0)) {
        struct st_place *copy = st_arena_array(arena, struct st_place, w.places.count);
        memcpy(copy, w.places.items, w.places.count * sizeof *copy);
        node->places = copy;
        node->place_count = w.places.count;
    }
    st_vec_release(&w.places);
}
