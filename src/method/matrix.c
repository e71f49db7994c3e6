/* Matrix: two schemes crossed into named cells, value × potential → main-force, cultivate, …
 *
 * Every combination of the two schemes' tiers is named exactly once; `all` stands for every tier
 * of its axis. A customer gated by one of the two is unrated there, like one whose value is
 * missing, and gets `nulls:`.
 */
#include "method/compose.h"

enum { CELL_UNNAMED = -2, CELL_UNRATED = -1 };

struct cell {
    int tier;                   /* index, CELL_UNRATED or CELL_UNNAMED */
    const struct st_node *node; /* where it is named */
};

struct config {
    struct st_scheme_keys keys;
    const char *rows, *columns;
    const struct st_node *tiers, *cells;
    const char *nulls;
    const struct st_scheme *row_scheme, *column_scheme;
    struct cell *grid; /* row by row */
};

static const struct st_param params[] = {
    {.name = "rows",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct config, rows),
        .help = {"scheme whose tiers are the rows", "作为行的方案"}},
    {.name = "columns",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct config, columns),
        .help = {"scheme whose tiers are the columns", "作为列的方案"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, tiers),
        .help = {"tiers of the cells, highest first", "各格的层级，从高到低"}},
    {.name = "cells",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, cells),
        .help = {"[{row: code, column: code, tier: code}]; all for every row or column; tier may "
                 "be "
                 "unrated",
            "[{row: 代码, column: 代码, tier: 代码}]；行或列写 all 表示全部；tier 可写 unrated"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"tier of a customer unrated in one of the schemes, or unrated",
            "在任一方案中未评级的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

struct cell_keys {
    const char *row, *column, *tier;
};

static const struct st_param cell_params[] = {
    {.name = "row",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct cell_keys, row),
        .help = {"tier of the rows' scheme, or all", "行方案的层级，或 all"}},
    {.name = "column",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct cell_keys, column),
        .help = {"tier of the columns' scheme, or all", "列方案的层级，或 all"}},
    {.name = "tier",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct cell_keys, tier),
        .help = {"what the cell is, or unrated", "该格的层级，或 unrated"}},
    ST_PARAM_END,
};

/* --- check --- */

static struct cell *cell_at(const struct config *c, size_t row, size_t column)
{
    return &c->grid[row * c->column_scheme->tier_count + column];
}

/* Tiers first..last of an axis that a code stands for. */
static st_code read_axis(const struct st_scheme *axis, const char *code,
    const struct st_node *place, size_t *first, size_t *last, struct st_error *err)
{
    if (strcmp(code, "all") == 0) {
        *first = 0;
        *last = axis->tier_count - 1;
        return ST_OK;
    }
    int index = st_method_tier_index(axis, code, place, err);
    if (index < 0)
        return ST_E_POLICY;
    *first = *last = (size_t)index;
    return ST_OK;
}

static st_code name_cell(const struct config *c, size_t row, size_t column, int tier,
    const struct st_node *node, struct st_error *err)
{
    struct cell *cell = cell_at(c, row, column);
    if (cell->tier == CELL_UNNAMED) {
        *cell = (struct cell){tier, node};
        return ST_OK;
    }
    st_code code = st_fail_at(err, node, ST_E_POLICY, "the cell %s × %s is named twice",
        "格 %s × %s 被重复命名", c->row_scheme->tiers[row].code,
        c->column_scheme->tiers[column].code);
    st_error_hint(err, "the first is on line %d", "前一个在第 %d 行", cell->node->line);
    return code;
}

static st_code read_cell(struct st_method_ctx *ctx, const struct st_scheme *scheme,
    const struct st_node *node, struct st_error *err)
{
    const struct config *c = scheme->config;
    struct cell_keys keys = {0};
    size_t row, row_last, column_first, column_last;
    int tier = CELL_UNRATED;
    st_code code = st_params_read(ctx->arena, cell_params, node, &keys, err);
    if (code == ST_OK)
        code = read_axis(c->row_scheme, keys.row, st_node_get(node, "row"), &row, &row_last, err);
    if (code == ST_OK)
        code = read_axis(c->column_scheme, keys.column, st_node_get(node, "column"), &column_first,
            &column_last, err);
    if (code == ST_OK && strcmp(keys.tier, "unrated") != 0) {
        tier = st_method_tier_index(scheme, keys.tier, st_node_get(node, "tier"), err);
        code = tier < 0 ? ST_E_POLICY : ST_OK;
    }
    if (code != ST_OK)
        return code;
    for (; row <= row_last; row++)
        for (size_t column = column_first; column <= column_last; column++) {
            code = name_cell(c, row, column, tier, node, err);
            if (code != ST_OK)
                return code;
        }
    return ST_OK;
}

static st_code check_gaps(const struct config *c, struct st_error *err)
{
    size_t unnamed = 0;
    const struct st_tier *first_row = NULL, *first_column = NULL;
    for (size_t row = 0; row < c->row_scheme->tier_count; row++)
        for (size_t column = 0; column < c->column_scheme->tier_count; column++)
            if (cell_at(c, row, column)->tier == CELL_UNNAMED && unnamed++ == 0) {
                first_row = &c->row_scheme->tiers[row];
                first_column = &c->column_scheme->tiers[column];
            }
    if (unnamed == 0)
        return ST_OK;
    st_code code =
        st_fail_at(err, c->cells, ST_E_POLICY, "the cell %s × %s is not named; unnamed: %zu",
            "格 %s × %s 没有命名；未命名的共 %zu 格", first_row->code, first_column->code, unnamed);
    st_error_hint(err, "add {row: %s, column: %s, tier: …}, or tier: unrated",
        "请加上 {row: %s, column: %s, tier: …}，或 tier: unrated", first_row->code,
        first_column->code);
    return code;
}

static st_code check_reached(const struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    size_t count = c->row_scheme->tier_count * c->column_scheme->tier_count;
    for (size_t i = 0; i < scheme->tier_count; i++) {
        bool reached = c->nulls && strcmp(c->nulls, scheme->tiers[i].code) == 0;
        for (size_t j = 0; j < count && !reached; j++)
            reached = c->grid[j].tier == (int)i;
        if (reached)
            continue;
        st_code code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
            "no cell is %s: the tier can never be reached", "没有一格是 %s：该层级永远无人可达",
            scheme->tiers[i].code);
        st_error_hint(
            err, "name it in cells:, or remove the tier", "请在 cells: 中使用，或删除该层级");
        return code;
    }
    return ST_OK;
}

static st_code read_cells(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    size_t count = c->row_scheme->tier_count * c->column_scheme->tier_count;
    st_code code = ST_OK;
    if (c->cells->kind != ST_NODE_LIST) {
        code = st_fail_at(err, c->cells, ST_E_POLICY, "cells: must be a list", "cells: 必须是列表");
        st_error_hint(err, "- {row: high, column: low, tier: value}",
            "- {row: high, column: low, tier: value}");
        return code;
    }
    c->grid = st_arena_array(ctx->arena, struct cell, count);
    for (size_t i = 0; i < count; i++)
        c->grid[i].tier = CELL_UNNAMED;
    for (size_t i = 0; i < c->cells->count && code == ST_OK; i++)
        code = read_cell(ctx, scheme, c->cells->items[i], err);
    if (code == ST_OK)
        code = check_gaps(c, err);
    if (code == ST_OK)
        code = check_reached(scheme, err);
    return code;
}

static st_code check_axes(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    const struct st_node *rows = st_node_get(scheme->def->node, "rows");
    const struct st_node *columns = st_node_get(scheme->def->node, "columns");
    if (strcmp(c->rows, c->columns) == 0) {
        st_code code = st_fail_at(err, columns, ST_E_POLICY,
            "rows: and columns: are the same scheme", "rows: 与 columns: 是同一方案");
        st_error_value(err, "%s", c->columns);
        st_error_hint(err, "a matrix crosses two schemes", "矩阵须由两个方案交叉而成");
        return code;
    }
    c->row_scheme = ctx->scheme(ctx, c->rows, rows, false, err);
    if (!c->row_scheme)
        return ST_E_POLICY;
    c->column_scheme = ctx->scheme(ctx, c->columns, columns, false, err);
    if (!c->column_scheme)
        return ST_E_POLICY;
    scheme->rates_prospects = c->row_scheme->rates_prospects && c->column_scheme->rates_prospects;
    return ST_OK;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    scheme->ranked = true;
    scheme->null_tier = -1;
    if (code == ST_OK)
        code = st_method_read_tiers(ctx, scheme, c->tiers, "tiers", err);
    if (code == ST_OK)
        code = check_axes(ctx, scheme, err);
    if (code == ST_OK)
        code = read_cells(ctx, scheme, err);
    return code;
}

/* --- emit --- */

struct composing {
    struct st_method_ctx *ctx;
    const struct st_scheme *scheme;
    struct st_ir_expr *row_tier, *column_tier; /* outcomes of the two schemes */
    bool rules;                                /* leaves are rule numbers instead of tiers */
    int row;
};

static struct st_ir_expr *unrated_leaf(const struct composing *m)
{
    return m->rules ? st_ir_int(m->ctx->arena, ST_RULE_NULL)
                    : st_method_tier_ir(m->ctx, m->scheme, m->scheme->null_tier);
}

static struct st_ir_expr *column_leaf(void *context, int column)
{
    const struct composing *m = context;
    const struct config *c = m->scheme->config;
    if (column < 0)
        return unrated_leaf(m);
    size_t cell = (size_t)m->row * c->column_scheme->tier_count + (size_t)column;
    return m->rules ? st_ir_int(m->ctx->arena, (int64_t)cell + 1)
                    : st_method_tier_ir(m->ctx, m->scheme, c->grid[cell].tier);
}

static struct st_ir_expr *row_leaf(void *context, int row)
{
    struct composing *m = context;
    const struct config *c = m->scheme->config;
    m->row = row;
    return row < 0 ? unrated_leaf(m)
                   : st_compose(m->ctx->arena, c->column_scheme, m->column_tier, column_leaf, m);
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    const struct st_node *node = scheme->def->node;
    if (!ctx->scheme(ctx, c->rows, st_node_get(node, "rows"), true, err) ||
        !ctx->scheme(ctx, c->columns, st_node_get(node, "columns"), true, err))
        return ST_E_POLICY;
    /* Only the emitted schemes tell whether somebody stays unrated. */
    bool nullable = st_compose_unrated(c->row_scheme) || st_compose_unrated(c->column_scheme);
    st_code code = st_method_read_nulls(ctx, scheme, c->nulls, nullable, "rows: / columns:", err);
    if (code != ST_OK)
        return code;
    struct composing m = {.ctx = ctx, .scheme = scheme};
    m.row_tier = st_method_add_column(ctx, scheme, "row", c->row_scheme->tier);
    m.column_tier = st_method_add_column(ctx, scheme, "column", c->column_scheme->tier);
    scheme->tier = st_compose(ctx->arena, c->row_scheme, m.row_tier, row_leaf, &m);
    m.rules = true;
    scheme->rule = st_compose(ctx->arena, c->row_scheme, m.row_tier, row_leaf, &m);
    return ST_OK;
}

/* --- why --- */

static void why_axis(const struct st_why *w, const struct st_scheme *axis)
{
    int tier = st_compose_tier(w, axis);
    const char *title = tier < 0 ? st_pick(w->lang, "unrated", "未评级")
                                 : st_pick_text(w->lang, &axis->tiers[tier].title);
    st_str_addf(w->out, st_pick(w->lang, "%s: %s\n", "%s：%s\n"),
        st_pick_text(w->lang, &axis->def->title), title);
    st_compose_why(w, axis);
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    why_axis(w, c->row_scheme);
    why_axis(w, c->column_scheme);
    if (w->rule == ST_RULE_NULL) {
        st_str_add(w->out, st_pick(w->lang, "without both tiers there is no cell\n",
                               "缺少其中一个层级，无法定位到格\n"));
        return;
    }
    size_t row = (size_t)(w->rule - 1) / c->column_scheme->tier_count;
    size_t column = (size_t)(w->rule - 1) % c->column_scheme->tier_count;
    int tier = cell_at(c, row, column)->tier;
    st_str_addf(w->out, st_pick(w->lang, "the cell %s × %s is %s\n", "%s × %s 对应%s\n"),
        st_pick_text(w->lang, &c->row_scheme->tiers[row].title),
        st_pick_text(w->lang, &c->column_scheme->tiers[column].title),
        tier < 0 ? st_pick(w->lang, "unrated", "不评级")
                 : st_pick_text(w->lang, &w->scheme->tiers[tier].title));
}

static void view(struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out)
{
    const struct config *c = scheme->config;
    size_t count = c->row_scheme->tier_count * c->column_scheme->tier_count;
    int *cells = st_arena_array(arena, int, count);
    for (size_t i = 0; i < count; i++)
        cells[i] = c->grid[i].tier;
    out->rows = c->row_scheme;
    out->columns = c->column_scheme;
    out->cells = cells;
}

const struct st_method_ops st_method_matrix = {
    .name = "matrix",
    .title = {"Matrix", "矩阵分层"},
    .summary = {"two schemes crossed into named cells", "两个方案交叉成命名的格"},
    .source = "every combination of the two schemes' tiers is named exactly once",
    .params = params,
    .config_size = sizeof(struct config),
    .check = check,
    .emit = emit,
    .why = why,
    .view = view,
};
