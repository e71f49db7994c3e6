/* Walks two documents side by side: maps by key, lists of things with codes by code, other lists by
 * position. The words are in diff_words.c.
 *
 * Rejected: comparing the parsed structs. Methods keep their own keys as nodes, and a key that this
 * file has never heard of must not change in silence. */
#include "policy/diff_internal.h"

#include "base/vec.h"

enum { WAS, IS, SIDES };

struct differ {
    struct st_arena *arena;
    struct diff_side sides[SIDES];
    const char *where[ST_LANG_COUNT];
    bool exception; /* below per_tier or cohorts: what is left out is not the default */
    struct {
        struct st_difference *items;
        size_t count, cap;
    } found;
};

/* A place in both documents. */
struct spot {
    const char *path;                   /* for programs */
    const char *pattern;                /* for phrases */
    const char *subject[ST_LANG_COUNT]; /* what sentences are about; "" where the heading says it */
    bool coded;                         /* an item found by its code: */
};

static struct st_difference *add(
    struct differ *d, enum st_difference_kind kind, const struct spot *spot)
{
    struct st_difference *item = st_vec_push(&d->found);
    item->kind = kind;
    item->path = spot->path;
    memcpy(item->where, d->where, sizeof item->where);
    return item;
}

static struct st_difference *last(struct differ *d)
{
    return &d->found.items[d->found.count - 1];
}

/* One sentence in both languages: the same phrase, filled from each language's values. */
static void say(struct differ *d, enum st_difference_kind kind, const struct spot *spot,
    const struct st_text *phrase, const struct diff_filling filling[ST_LANG_COUNT])
{
    struct st_difference *item = add(d, kind, spot);
    item->text[ST_LANG_EN] = st_diff_fill(d->arena, phrase->en, ST_LANG_EN, &filling[ST_LANG_EN]);
    item->text[ST_LANG_ZH] = st_diff_fill(d->arena, phrase->zh, ST_LANG_ZH, &filling[ST_LANG_ZH]);
}

static struct spot below(struct differ *d, const struct spot *spot, const char *key)
{
    struct spot next = *spot;
    bool moves = strcmp(key, "moves") == 0;
    next.path = st_arena_printf(d->arena, "%s%s%s", spot->path, spot->path[0] ? "." : "", key);
    next.pattern = moves ? key : st_arena_printf(d->arena, "%s.%s", spot->pattern, key);
    next.coded = false;
    return next;
}

/* --- leaves --- */

static const struct st_node *fallback_node(struct differ *d, const char *text)
{
    struct st_node *node = st_arena_new(d->arena, struct st_node);
    node->kind = ST_NODE_SCALAR;
    node->text = text;
    return node;
}

static const char *written(struct differ *d, int side, const struct st_node *node)
{
    return node ? st_diff_value(d->arena, &d->sides[side], DIFF_TEXT, node, ST_LANG_EN) : NULL;
}

/* An exception that comes or goes changes what was, or will be, left to the rule above it. */
static const struct st_text *phrase_of(
    const struct differ *d, const struct diff_phrase *row, bool was, bool is)
{
    const struct diff_phrase *common = st_diff_phrase(".");
    const struct st_text *own = was && is ? &row->changed : is ? &row->given : &row->dropped;
    if (own->en)
        return own;
    if (d->exception && row->changed.en)
        return &row->changed;
    return was && is ? &common->changed : is ? &common->given : &common->dropped;
}

static void fill_values(struct differ *d, const struct diff_phrase *row,
    const struct st_node *const nodes[SIDES], enum st_lang lang, struct diff_filling *out)
{
    enum st_lang other = lang == ST_LANG_ZH ? ST_LANG_EN : ST_LANG_ZH;
    const char *absent = lang == ST_LANG_ZH ? "随通则" : "left to the rule above";
    const char *texts[SIDES] = {absent, absent};
    for (int i = 0; i < SIDES; i++)
        if (nodes[i])
            texts[i] = st_diff_value(d->arena, &d->sides[i], row->value, nodes[i], lang);
    /* A title that changed in the other language alone is said with its words. */
    bool same = row->value == DIFF_TITLE && strcmp(texts[WAS], texts[IS]) == 0;
    for (int i = 0; same && i < SIDES; i++)
        texts[i] = st_diff_value(d->arena, &d->sides[i], row->value, nodes[i], other);
    out->was = texts[WAS];
    out->is = texts[IS];
}

/* A value that has no parts to compare one by one. */
static void compare_leaf(struct differ *d, const struct spot *spot, const char *key,
    const struct st_node *was, const struct st_node *is)
{
    const struct diff_phrase *row = st_diff_phrase(spot->pattern);
    const struct st_node *shown[SIDES] = {was, is};
    for (int i = 0; i < SIDES; i++)
        if (!shown[i] && row->fallback && !d->exception)
            shown[i] = fallback_node(d, row->fallback);
    const struct st_node *a = shown[WAS], *b = shown[IS];
    if (a && b &&
        strcmp(st_diff_canon(d->arena, row->value, a), st_diff_canon(d->arena, row->value, b)) == 0)
        return;
    struct diff_filling filling[ST_LANG_COUNT];
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        filling[lang] = (struct diff_filling){
            .subject = spot->subject[lang], .key = st_diff_label(key, (enum st_lang)lang)};
        fill_values(d, row, shown, (enum st_lang)lang, &filling[lang]);
    }
    enum st_difference_kind kind = a && b ? ST_DIFFERENCE_CHANGED
                                   : b    ? ST_DIFFERENCE_ADDED
                                          : ST_DIFFERENCE_REMOVED;
    say(d, kind, spot, phrase_of(d, row, a, b), filling);
    last(d)->was = written(d, WAS, was);
    last(d)->is = written(d, IS, is);
}

/* --- lists --- */

static const char *code_of(const struct st_node *item)
{
    const struct st_node *code = st_node_get(item, "code");
    return code && code->kind == ST_NODE_SCALAR ? code->text : NULL;
}

static bool is_coded(const struct st_node *list)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (!code_of(list->items[i]))
            return false;
    return true;
}

static const struct st_node *find_code(const struct st_node *list, const char *code)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (strcmp(code_of(list->items[i]), code) == 0)
            return list->items[i];
    return NULL;
}

/* The same thing under another code: not in the other list by code, and the same title. */
static const struct st_node *find_renamed(
    const struct st_node *item, const struct st_node *own, const struct st_node *other)
{
    const char *title = st_diff_title(item, "", ST_LANG_ZH);
    for (size_t i = 0; other && title[0] && i < other->count; i++)
        if (!find_code(own, code_of(other->items[i])) &&
            strcmp(st_diff_title(other->items[i], "", ST_LANG_ZH), title) == 0)
            return other->items[i];
    return NULL;
}

/* Lists whose items are a scheme's tiers, whatever the method calls them. */
static bool holds_tiers(const char *key)
{
    static const char *const lists[] = {"tiers", "segments", "shares", "indicators"};
    for (size_t i = 0; i < ST_COUNT(lists); i++)
        if (strcmp(key, lists[i]) == 0)
            return true;
    return false;
}

struct noun {
    const char *key;
    struct st_text one;
    bool subject; /* it stands before sentences about its items */
};

static const struct noun nouns[] = {
    {"tiers", {"tier", "层级"}, false},
    {"cohorts", {"cohort", "客群"}, true},
    {"conditions", {"condition", "条件"}, false},
    {"items", {"item", "评分项"}, false},
};

static const struct noun *noun_of(const char *key)
{
    for (size_t i = 0; i < ST_COUNT(nouns); i++)
        if (strcmp(nouns[i].key, key) == 0)
            return &nouns[i];
    return &nouns[0];
}

/* How a new tier is bounded, or what a new metric is. */
static const char *bound_text(
    struct differ *d, int side, const struct st_node *item, bool metric, enum st_lang lang)
{
    static const struct {
        const char *key;
        enum diff_value value;
        struct st_text text;
    } bounds[] = {
        {"from", DIFF_AUTO, {", from ", "，起点 "}},
        {"above", DIFF_AUTO, {", above ", "，高于 "}},
        {"when", DIFF_EXPR, {", when ", "，条件 "}},
        {"top", DIFF_AUTO, {", the top ", "，前 "}},
        {"until", DIFF_AUTO, {", until ", "，累计至 "}},
        {"weight", DIFF_AUTO, {", weight ", "，权重 "}},
        {"is", DIFF_EXPR, {": ", "："}},
        {"value", DIFF_EXPR, {": ", "："}},
    };
    for (size_t i = 0; i < ST_COUNT(bounds); i++) {
        const struct st_node *node = st_node_get(item, bounds[i].key);
        if (node && (!metric || bounds[i].text.en[0] == ':'))
            return st_arena_printf(d->arena, "%s%s",
                lang == ST_LANG_ZH ? bounds[i].text.zh : bounds[i].text.en,
                st_diff_value(d->arena, &d->sides[side], bounds[i].value, node, lang));
    }
    return "";
}

/* "new tier Gold (gold), from 50,000", "tier Gold (gold) is gone". */
static void say_item(struct differ *d, int side, const struct spot *spot, const struct noun *noun,
    const char *name, const struct st_node *item)
{
    static const struct st_text came = {"{p}new {k} {n}{o}", "{p}新增{k} {n}{o}"};
    static const struct st_text went = {"{p}{k} {n} is gone", "{p}取消{k} {n}"};
    struct diff_filling filling[ST_LANG_COUNT];
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        enum st_lang l = (enum st_lang)lang;
        const char *title = st_diff_title(item, name, l);
        const char *shown =
            strcmp(title, name) == 0
                ? name
                : st_arena_printf(d->arena, l == ST_LANG_ZH ? "%s（%s）" : "%s (%s)", title, name);
        filling[lang] = (struct diff_filling){.subject = spot->subject[lang],
            .key = l == ST_LANG_ZH ? noun->one.zh : noun->one.en,
            .was = bound_text(d, side, item, false, l),
            .is = shown};
    }
    bool added = side == IS;
    say(d, added ? ST_DIFFERENCE_ADDED : ST_DIFFERENCE_REMOVED, spot, added ? &came : &went,
        filling);
    *(added ? &last(d)->is : &last(d)->was) = written(d, side, item);
}

/* `item` NULL: the heading names it. */
static void say_renamed(struct differ *d, const struct spot *spot, const char *was, const char *is,
    const struct st_node *item)
{
    static const struct st_text code = {"{s}has the code {n}, was {o}", "{s}代码由 {o} 改为 {n}"};
    static const struct st_text name = {"has the name {n}, was {o}", "标识由 {o} 改为 {n}"};
    struct diff_filling filling[ST_LANG_COUNT];
    for (int lang = 0; lang < ST_LANG_COUNT; lang++)
        filling[lang] = (struct diff_filling){
            item ? st_diff_title(item, was, (enum st_lang)lang) : "", "", was, is};
    say(d, ST_DIFFERENCE_RENAMED, spot, item ? &code : &name, filling);
    last(d)->was = was;
    last(d)->is = is;
}

/* The subject of sentences about an item: its title, after what it is part of. */
static void name_item(struct differ *d, struct spot *spot, const struct noun *noun,
    const struct st_node *item, const char *name)
{
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        const char *title = st_diff_title(item, name, (enum st_lang)lang);
        bool zh = lang == ST_LANG_ZH;
        if (noun->subject)
            title = st_arena_printf(d->arena, "%s %s", zh ? noun->one.zh : noun->one.en, title);
        if (spot->subject[lang][0])
            title = st_arena_printf(d->arena, zh ? "%s，%s" : "%s, %s", spot->subject[lang], title);
        spot->subject[lang] = title;
    }
}

static void compare_map(
    struct differ *d, const struct spot *spot, const struct st_node *was, const struct st_node *is);

static const char *codes_text(struct differ *d, const struct st_node *list,
    const struct st_node *other, enum st_lang lang, bool codes)
{
    struct st_str out = ST_STR_INIT;
    for (size_t i = 0; i < list->count; i++) {
        const char *code = code_of(list->items[i]);
        if (find_code(other, code))
            st_str_addf(&out, "%s%s",
                out.len == 0         ? ""
                : lang == ST_LANG_ZH ? "、"
                                     : ", ",
                codes ? code : st_diff_title(list->items[i], code, lang));
    }
    const char *kept = st_arena_strdup(d->arena, out.text);
    st_str_release(&out);
    return kept;
}

/* The order of what both lists have. */
static void compare_order(struct differ *d, const struct spot *spot, const struct noun *noun,
    const struct st_node *was, const struct st_node *is)
{
    static const struct st_text phrase = {
        "{p}the order of {k}s is {n}; was {o}", "{p}{k}次序改为 {n}（原为 {o}）"};
    struct diff_filling filling[ST_LANG_COUNT];
    const char *before = codes_text(d, was, is, ST_LANG_EN, true);
    const char *now = codes_text(d, is, was, ST_LANG_EN, true);
    if (strcmp(before, now) == 0)
        return;
    for (int lang = 0; lang < ST_LANG_COUNT; lang++)
        filling[lang] = (struct diff_filling){spot->subject[lang],
            lang == ST_LANG_ZH ? noun->one.zh : noun->one.en,
            codes_text(d, was, is, (enum st_lang)lang, false),
            codes_text(d, is, was, (enum st_lang)lang, false)};
    say(d, ST_DIFFERENCE_ORDER, spot, &phrase, filling);
    last(d)->was = before;
    last(d)->is = now;
}

static const struct st_node no_items = {.kind = ST_NODE_LIST};

/* Tiers, cohorts, conditions: matched by code. */
static void compare_coded(struct differ *d, const struct spot *spot, const char *key,
    const struct st_node *was, const struct st_node *is)
{
    const struct noun *noun = noun_of(key);
    bool tiers = holds_tiers(key), cohorts = strcmp(key, "cohorts") == 0, outer = d->exception;
    was = was ? was : &no_items;
    is = is ? is : &no_items;
    for (size_t i = 0; i < was->count; i++)
        if (!find_code(is, code_of(was->items[i])) && !find_renamed(was->items[i], was, is)) {
            const struct spot gone = below(d, spot, code_of(was->items[i]));
            say_item(d, WAS, &gone, noun, code_of(was->items[i]), was->items[i]);
        }
    d->exception = outer || cohorts;
    for (size_t i = 0; i < is->count; i++) {
        const struct st_node *item = is->items[i];
        const char *code = code_of(item);
        const struct st_node *before = find_code(was, code);
        struct spot next = below(d, spot, code);
        if (!before) {
            before = find_renamed(item, is, was);
            if (before)
                say_renamed(d, &next, code_of(before), code, before);
            else
                say_item(d, IS, &next, noun, code, item);
        }
        next.pattern = tiers ? "tier" : cohorts ? "moves" : spot->pattern;
        next.coded = true;
        name_item(d, &next, noun, before, code);
        if (before)
            compare_map(d, &next, before, item);
    }
    d->exception = outer;
    compare_order(d, spot, noun, was, is);
}

/* "band 2": an item that has no code, by its place; or its title. */
static void name_place(
    struct differ *d, struct spot *spot, const char *key, size_t index, const struct st_node *item)
{
    const struct st_node *row = st_node_get(item, "row"), *column = st_node_get(item, "column");
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        enum st_lang l = (enum st_lang)lang;
        bool zh = l == ST_LANG_ZH;
        const char *label = st_diff_label(key, l);
        const char *name = st_diff_title(item, NULL, l);
        if (!name && row && column)
            name = st_arena_printf(d->arena, "%s %s × %s", label, row->text, column->text);
        if (!name)
            name = st_arena_printf(d->arena, zh ? "%s第 %zu 项" : "%s %zu", label, index + 1);
        if (spot->subject[lang][0])
            name = st_arena_printf(d->arena, zh ? "%s，%s" : "%s, %s", spot->subject[lang], name);
        spot->subject[lang] = name;
    }
}

static bool holds_maps(const struct st_node *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->kind != ST_NODE_MAP)
            return false;
    return list->count > 0;
}

static void compare_list(struct differ *d, const struct spot *spot, const char *key,
    const struct st_node *was, const struct st_node *is)
{
    bool lists = (!was || was->kind == ST_NODE_LIST) && (!is || is->kind == ST_NODE_LIST);
    if (lists && is_coded(was) && is_coded(is)) {
        compare_coded(d, spot, key, was, is);
        return;
    }
    bool titles = was && was->count && st_node_get(was->items[0], "zh");
    if (!lists || !was || !is || was->count != is->count || !holds_maps(was) || !holds_maps(is) ||
        titles) {
        compare_leaf(d, spot, key, was, is);
        return;
    }
    for (size_t i = 0; i < is->count; i++) {
        char place[24];
        snprintf(place, sizeof place, "%zu", i + 1);
        struct spot next = below(d, spot, place);
        next.pattern = spot->pattern;
        name_place(d, &next, key, i, is->items[i]);
        compare_map(d, &next, was->items[i], is->items[i]);
    }
}

/* --- maps --- */

/* per_tier: {gold: {down: …}}: the same phrases, about the holders of a tier. */
static void compare_holders(
    struct differ *d, const struct spot *spot, const struct st_node *was, const struct st_node *is)
{
    const struct st_node *both[] = {was, is};
    bool outer = d->exception;
    d->exception = true;
    for (int side = 0; side < SIDES; side++) {
        for (size_t i = 0; both[side] && i < both[side]->count; i++) {
            const char *code = both[side]->entries[i].key;
            if (side == IS && st_node_get(was, code))
                continue;
            struct spot next = below(d, spot, code);
            next.pattern = "moves";
            for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
                const struct st_node node = {.kind = ST_NODE_SCALAR, .text = code};
                const char *title =
                    st_diff_value(d->arena, &d->sides[side], DIFF_TIER, &node, (enum st_lang)lang);
                next.subject[lang] = st_arena_printf(d->arena,
                    lang == ST_LANG_ZH ? "%s%s%s的持有者" : "%s%sholders of %s",
                    spot->subject[lang],
                    !spot->subject[lang][0] ? ""
                    : lang == ST_LANG_ZH    ? "，"
                                            : ", ",
                    title);
            }
            compare_map(d, &next, st_node_get(was, code), st_node_get(is, code));
        }
    }
    d->exception = outer;
}

/* Named things in a map: items of a scorecard. */
static void compare_named(struct differ *d, const struct spot *spot, const char *key,
    const struct st_node *was, const struct st_node *is)
{
    const struct noun *noun = noun_of(key);
    const struct st_node *both[] = {was, is};
    for (int side = 0; side < SIDES; side++) {
        for (size_t i = 0; both[side] && i < both[side]->count; i++) {
            const char *name = both[side]->entries[i].key;
            const struct st_node *item = both[side]->entries[i].value;
            const struct st_node *other = st_node_get(both[!side], name);
            struct spot next = below(d, spot, name);
            if (!other)
                say_item(d, side, &next, noun, name, item);
            next.pattern = "item";
            name_item(d, &next, noun, item, name);
            if (other && side == IS)
                compare_map(d, &next, other, item);
        }
    }
}

static bool same_kind(const struct st_node *a, const struct st_node *b, enum st_node_kind kind)
{
    return (a || b) && (!a || a->kind == kind) && (!b || b->kind == kind);
}

/* `household: best` is a map of limits without any. */
static void compare_household(
    struct differ *d, const struct spot *spot, const struct st_node *was, const struct st_node *is)
{
    const struct st_node *best = fallback_node(d, "best");
    compare_leaf(d, spot, "household", was ? best : NULL, is ? best : NULL);
    compare_map(d, spot, was && was->kind == ST_NODE_MAP ? was : NULL,
        is && is->kind == ST_NODE_MAP ? is : NULL);
}

static void compare_value(struct differ *d, const struct spot *spot, const char *key,
    const struct st_node *was, const struct st_node *is)
{
    if (strcmp(key, "title") == 0 || strcmp(key, "description") == 0)
        compare_leaf(d, spot, key, was, is);
    else if (strcmp(spot->pattern, "scheme.household") == 0)
        compare_household(d, spot, was, is);
    else if (same_kind(was, is, ST_NODE_MAP) && strcmp(key, "per_tier") == 0)
        compare_holders(d, spot, was, is);
    else if (same_kind(was, is, ST_NODE_MAP) && strcmp(key, "items") == 0)
        compare_named(d, spot, key, was, is);
    else if (same_kind(was, is, ST_NODE_MAP))
        compare_map(d, spot, was, is);
    else if (same_kind(was, is, ST_NODE_LIST))
        compare_list(d, spot, key, was, is);
    else
        compare_leaf(d, spot, key, was, is);
}

/* `from: 50万` that became `above: 50万`, and the other way round: one bound, one sentence. */
static bool compare_bound(
    struct differ *d, const struct spot *spot, const struct st_node *was, const struct st_node *is)
{
    static const struct st_text to_above = {
        "{s}starts above {n}, was at {o}", "{s}起点由达到 {o} 改为高于 {n}"};
    static const struct st_text to_from = {
        "{s}starts at {n}, was above {o}", "{s}起点由高于 {o} 改为达到 {n}"};
    const struct st_node *from = st_node_get(was, "from"), *above = st_node_get(is, "above");
    bool exclusive = from && above;
    if (!exclusive) {
        from = st_node_get(was, "above");
        above = st_node_get(is, "from");
    }
    if (strcmp(spot->pattern, "tier") != 0 || !from || !above)
        return false;
    if ((exclusive && st_node_get(is, "from")) || (!exclusive && st_node_get(is, "above")))
        return false;
    struct diff_filling filling[ST_LANG_COUNT];
    for (int lang = 0; lang < ST_LANG_COUNT; lang++)
        filling[lang] = (struct diff_filling){spot->subject[lang], "",
            st_diff_value(d->arena, &d->sides[WAS], DIFF_AUTO, from, (enum st_lang)lang),
            st_diff_value(d->arena, &d->sides[IS], DIFF_AUTO, above, (enum st_lang)lang)};
    say(d, ST_DIFFERENCE_CHANGED, spot, exclusive ? &to_above : &to_from, filling);
    last(d)->was = written(d, WAS, from);
    last(d)->is = written(d, IS, above);
    return true;
}

static void compare_map(
    struct differ *d, const struct spot *spot, const struct st_node *was, const struct st_node *is)
{
    const struct st_node *both[] = {is, was};
    bool bound = was && is && compare_bound(d, spot, was, is);
    for (size_t side = 0; side < SIDES; side++) {
        for (size_t i = 0; both[side] && i < both[side]->count; i++) {
            const char *key = both[side]->entries[i].key;
            bool done = side == 1 && st_node_get(is, key);
            bool is_bound = bound && (strcmp(key, "from") == 0 || strcmp(key, "above") == 0);
            if (done || is_bound || (spot->coded && strcmp(key, "code") == 0))
                continue;
            const struct spot next = below(d, spot, key);
            compare_value(d, &next, key, st_node_get(was, key), st_node_get(is, key));
        }
    }
}

/* --- sections --- */

static void head(
    struct differ *d, const struct noun *noun, const char *name, const struct st_node *node)
{
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        bool zh = lang == ST_LANG_ZH;
        const char *title = st_diff_title(node, name, (enum st_lang)lang);
        const char *word = zh ? noun->one.zh : noun->one.en;
        d->where[lang] =
            strcmp(title, name) == 0
                ? st_arena_printf(d->arena, "%s %s", word, name)
                : st_arena_printf(d->arena, zh ? "%s %s（%s）" : "%s %s (%s)", word, title, name);
    }
}

static void say_moves(struct differ *d, const struct spot *spot, bool came)
{
    static const struct st_text now = {"tiers are now held by rules of moves (moves:), instead of "
                                       "following what each period earns",
        "改为按变动规则（moves:）持有层级，不再逐期随所得层级变化"};
    static const struct st_text gone = {
        "tiers now follow what each period earns, the rules of moves (moves:) are gone",
        "取消变动规则（moves:），层级逐期随所得变化"};
    static const struct diff_filling nothing[ST_LANG_COUNT];
    const struct spot at = below(d, spot, "moves");
    say(d, came ? ST_DIFFERENCE_ADDED : ST_DIFFERENCE_REMOVED, &at, came ? &now : &gone, nothing);
}

/* A metric or a scheme that both have. */
static void compare_part(struct differ *d, const struct spot *spot, const char *pattern,
    const struct st_node *was, const struct st_node *is)
{
    struct spot at = *spot;
    const struct st_node *before = st_node_get(was, "moves"), *now = st_node_get(is, "moves");
    at.pattern = pattern;
    if (!before != !now)
        say_moves(d, &at, now != NULL);
    compare_map(d, &at, was, is);
}

/* A whole metric or scheme that came or went: its heading names it. */
static void say_part(
    struct differ *d, int side, const struct spot *spot, const struct st_node *node)
{
    static const struct st_text came = {"is new{o}", "新增{o}"}, went = {"is gone", "已取消"};
    bool added = side == IS, metric = !st_node_get(node, "method");
    struct diff_filling filling[ST_LANG_COUNT];
    for (int lang = 0; lang < ST_LANG_COUNT; lang++)
        filling[lang] = (struct diff_filling){
            "", "", metric ? bound_text(d, side, node, true, (enum st_lang)lang) : "", ""};
    say(d, added ? ST_DIFFERENCE_ADDED : ST_DIFFERENCE_REMOVED, spot, added ? &came : &went,
        filling);
    *(added ? &last(d)->is : &last(d)->was) = written(d, side, node);
}

static const struct st_node *find_entry(const struct st_node *map, const struct st_node *value,
    const struct st_node *other, struct st_arena *arena, const char **name)
{
    const char *canon = st_diff_canon(arena, DIFF_AUTO, value);
    for (size_t i = 0; map && i < map->count; i++)
        if (!st_node_get(other, map->entries[i].key) &&
            strcmp(st_diff_canon(arena, DIFF_AUTO, map->entries[i].value), canon) == 0) {
            *name = map->entries[i].key;
            return map->entries[i].value;
        }
    return NULL;
}

/* metrics: and schemes:, by name; one that says the same under another name is renamed. */
static void compare_section(
    struct differ *d, const struct noun *noun, const char *key, const char *pattern)
{
    const struct st_node *was = st_node_get(d->sides[WAS].policy->root, key);
    const struct st_node *is = st_node_get(d->sides[IS].policy->root, key);
    const struct spot top = {key, pattern, {"", ""}, false};
    const char *other = NULL;
    for (size_t i = 0; i < was->count; i++) {
        const struct st_entry *e = &was->entries[i];
        const struct spot spot = below(d, &top, e->key);
        if (st_node_get(is, e->key) || find_entry(is, e->value, was, d->arena, &other))
            continue;
        head(d, noun, e->key, e->value);
        say_part(d, WAS, &spot, e->value);
    }
    for (size_t i = 0; i < is->count; i++) {
        const struct st_entry *e = &is->entries[i];
        const struct spot spot = below(d, &top, e->key);
        const struct st_node *before = st_node_get(was, e->key);
        d->sides[WAS].scheme = before;
        d->sides[IS].scheme = e->value;
        head(d, noun, e->key, before ? before : e->value);
        if (before)
            compare_part(d, &spot, pattern, before, e->value);
        else if ((before = find_entry(was, e->value, is, d->arena, &other)))
            say_renamed(d, &spot, other, e->key, NULL);
        else
            say_part(d, IS, &spot, e->value);
    }
}

/* The policy's own keys: all but the sections that have their own headings. */
static void compare_top(struct differ *d)
{
    static const char *const apart[] = {"metrics", "schemes"};
    const struct st_node *roots[] = {d->sides[IS].policy->root, d->sides[WAS].policy->root};
    const struct spot top = {"", "policy", {"", ""}, false};
    d->where[ST_LANG_EN] = "policy";
    d->where[ST_LANG_ZH] = "策略";
    for (size_t side = 0; side < SIDES; side++) {
        for (size_t i = 0; i < roots[side]->count; i++) {
            const char *key = roots[side]->entries[i].key;
            if (strcmp(key, apart[0]) == 0 || strcmp(key, apart[1]) == 0 ||
                (side == 1 && st_node_get(roots[0], key)))
                continue;
            const struct spot next = below(d, &top, key);
            compare_value(d, &next, key, st_node_get(roots[1], key), st_node_get(roots[0], key));
        }
    }
}

void st_policy_diff(struct st_arena *arena, const struct st_policy *was, const struct st_policy *is,
    struct st_policy_diff *out)
{
    static const struct noun metric = {"metrics", {"metric", "指标"}, false};
    static const struct noun scheme = {"schemes", {"scheme", "方案"}, false};
    struct differ d = {.arena = arena, .sides = {{.policy = was}, {.policy = is}}};
    compare_top(&d);
    compare_section(&d, &metric, "metrics", "metric");
    compare_section(&d, &scheme, "schemes", "scheme");
    out->count = d.found.count;
    out->items = st_arena_array(arena, struct st_difference, out->count);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = d.found.items[i];
    st_vec_release(&d.found);
}

const char *st_difference_kind_name(enum st_difference_kind kind)
{
    static const char *const names[] = {"added", "removed", "changed", "renamed", "order"};
    _Static_assert(ST_COUNT(names) == ST_DIFFERENCE_KIND_COUNT, "a name for every kind");
    return names[kind];
}
