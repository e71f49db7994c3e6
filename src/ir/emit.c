/* A relation becomes a common table expression, except that a Scan is named in place and a
 * Filter folds into the block above it. CTEs are NOT MATERIALIZED: DuckDB would otherwise write
 * each out, and Citus would not push the statement down. Only where two relations read one does
 * DuckDB compute it once; where one does, it gets the relation in place, but people a name. */
#include "ir/emit.h"

#include "base/vec.h"
#include "ir/dialect.h"

#include <assert.h>

struct emitter {
    const struct st_dialect_table *dialect;
    struct st_emitted *out;
    bool view;   /* a condition on its rows must find its way in: nothing is fenced */
    bool nested; /* what is read once stands where it is read */
    struct {
        const struct st_rel **items;
        size_t count, cap;
    } named; /* relations printed as CTEs, in order: r1, r2, … */
};

static void emit_expr(struct emitter *em, const struct st_ir_expr *e);
static void emit_block(struct emitter *em, const struct st_rel *rel);

void st_emit_identifier(struct st_str *out, const char *name)
{
    st_str_add_char(out, '"');
    for (const char *p = name; *p; p++) {
        if (*p == '"')
            st_str_add_char(out, '"');
        st_str_add_char(out, *p);
    }
    st_str_add_char(out, '"');
}

void st_emit_text(struct st_str *out, const char *text)
{
    st_str_add_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            st_str_add_char(out, '\'');
        st_str_add_char(out, *p);
    }
    st_str_add_char(out, '\'');
}

static const char *type_name(const struct emitter *em, enum st_ir_type type)
{
    return em->dialect->words->type_names[type];
}

/* `to`, into which a value of type `from` is brought: 64-bit numbers need no check of their size.
 */
static const char *type_of_wide(const struct emitter *em, enum st_ir_type to, enum st_ir_type from)
{
    bool fits = to == ST_IR_WIDE && from == ST_IR_BIGINT && em->dialect->words->widened;
    return fits ? em->dialect->words->widened : type_name(em, to);
}

static void emit_literal(struct emitter *em, const struct st_ir_expr *e)
{
    struct st_str *sql = &em->out->sql;
    char date[ST_DATE_TEXT_SIZE];
    switch (e->type) {
    case ST_IR_BOOL: st_str_add(sql, e->integer ? "TRUE" : "FALSE"); break;
    case ST_IR_BIGINT: st_str_addf(sql, "%lld", (long long)e->integer); break;
    case ST_IR_WIDE:
        st_str_addf(sql, "CAST(%lld AS %s)", (long long)e->integer,
            type_of_wide(em, e->type, ST_IR_BIGINT));
        break;
    case ST_IR_DATE:
        st_str_addf(sql, "DATE '%s'", st_date_format((st_date)e->integer, date));
        break;
    case ST_IR_TEXT: st_emit_text(sql, e->name); break;
    }
}

static void emit_param(struct emitter *em, const struct st_ir_expr *e)
{
    struct st_emitted *out = em->out;
    size_t index = 0;
    while (index < out->params.count && strcmp(out->params.items[index].name, e->name) != 0)
        index++;
    if (index == out->params.count)
        *st_vec_push(&out->params) = (struct st_emitted_param){e->name, e->type};
    st_str_addf(&out->sql, "CAST($%zu AS %s)", index + 1, type_name(em, e->type));
}

/* Functions every engine writes alike. */
static const struct {
    const char *infix;  /* between arguments */
    const char *prefix; /* name( … ) */
    const char *form;   /* {0}, {1} */
} shared_forms[ST_FN_COUNT] = {
    [ST_FN_ADD] = {.infix = " + "},
    [ST_FN_SUB] = {.infix = " - "},
    [ST_FN_MUL] = {.infix = " * "},
    [ST_FN_NEG] = {.form = "(- {0})"},
    [ST_FN_ABS] = {.prefix = "abs"},
    [ST_FN_EQ] = {.infix = " = "},
    [ST_FN_NE] = {.infix = " <> "},
    [ST_FN_LT] = {.infix = " < "},
    [ST_FN_LE] = {.infix = " <= "},
    [ST_FN_GT] = {.infix = " > "},
    [ST_FN_GE] = {.infix = " >= "},
    [ST_FN_DISTINCT] = {.infix = " IS DISTINCT FROM "},
    [ST_FN_BIT_AND] = {.infix = " & "},
    [ST_FN_AND] = {.infix = " AND "},
    [ST_FN_OR] = {.infix = " OR "},
    [ST_FN_NOT] = {.form = "(NOT {0})"},
    [ST_FN_IS_NULL] = {.form = "({0} IS NULL)"},
    [ST_FN_IS_NOT_NULL] = {.form = "({0} IS NOT NULL)"},
    [ST_FN_COALESCE] = {.prefix = "COALESCE"},
    [ST_FN_GREATEST] = {.prefix = "GREATEST"},
    [ST_FN_LEAST] = {.prefix = "LEAST"},
    [ST_FN_NULLIF] = {.prefix = "NULLIF"},
    [ST_FN_YEAR] = {.form = "CAST(EXTRACT(YEAR FROM {0}) AS BIGINT)"},
    [ST_FN_MONTH] = {.form = "CAST(EXTRACT(MONTH FROM {0}) AS BIGINT)"},
    [ST_FN_DAY] = {.form = "CAST(EXTRACT(DAY FROM {0}) AS BIGINT)"},
    [ST_FN_AGE] = {.form = "CAST(EXTRACT(YEAR FROM {1}) - EXTRACT(YEAR FROM {0}) - CASE WHEN "
                           "EXTRACT(MONTH FROM {1}) * 100 + EXTRACT(DAY FROM {1}) < "
                           "EXTRACT(MONTH FROM {0}) * 100 + EXTRACT(DAY FROM {0}) "
                           "THEN 1 ELSE 0 END AS BIGINT)"},
    [ST_FN_MONTHS_BETWEEN] = {.form = "CAST((EXTRACT(YEAR FROM {1}) - EXTRACT(YEAR FROM {0})) * 12 "
                                      "+ EXTRACT(MONTH FROM {1}) - EXTRACT(MONTH FROM {0}) - CASE "
                                      "WHEN EXTRACT(DAY FROM {1}) < EXTRACT(DAY FROM {0}) "
                                      "THEN 1 ELSE 0 END AS BIGINT)"},
    [ST_FN_STARTS_WITH] = {.prefix = "starts_with"},
};

static void emit_list(
    struct emitter *em, struct st_ir_expr *const *args, size_t count, const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            st_str_add(&em->out->sql, separator);
        emit_expr(em, args[i]);
    }
}

static void emit_template(struct emitter *em, const char *form, const struct st_ir_expr *e)
{
    for (const char *p = form; *p; p++) {
        if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}') {
            emit_expr(em, e->args[p[1] - '0']);
            p += 2;
        } else {
            st_str_add_char(&em->out->sql, *p);
        }
    }
}

/* Bare literals, and a CASE of them, are 32-bit numbers to DuckDB; columns and casts are not. */
static bool is_typed(const struct st_ir_expr *e)
{
    return e->kind == ST_IR_COLUMN || e->kind == ST_IR_CAST || e->kind == ST_IR_PARAM;
}

static void emit_call(struct emitter *em, const struct st_ir_expr *e)
{
    struct st_str *sql = &em->out->sql;
    const char *form = em->dialect->words->fn_templates[e->fn];
    if (!form)
        form = shared_forms[e->fn].form;
    if (form) {
        emit_template(em, form, e);
    } else if (e->fn == ST_FN_IN) {
        st_str_add_char(sql, '(');
        emit_expr(em, e->args[0]);
        st_str_add(sql, " IN (");
        emit_list(em, e->args + 1, e->arg_count - 1, ", ");
        st_str_add(sql, "))");
    } else {
        const char *infix = shared_forms[e->fn].infix;
        st_str_addf(sql, "%s(", infix ? "" : shared_forms[e->fn].prefix);
        if (e->fn == ST_FN_MUL && e->type == ST_IR_BIGINT && !is_typed(e->args[0]))
            st_str_addf(sql, "CAST(1 AS %s) * ", type_name(em, ST_IR_BIGINT));
        emit_list(em, e->args, e->arg_count, infix ? infix : ", ");
        st_str_add_char(sql, ')');
    }
}

static void emit_case(struct emitter *em, const struct st_ir_expr *e)
{
    struct st_str *sql = &em->out->sql;
    st_str_add(sql, "CASE");
    for (size_t i = 0; i + 1 < e->arg_count; i += 2) {
        st_str_add(sql, " WHEN ");
        emit_expr(em, e->args[i]);
        st_str_add(sql, " THEN ");
        emit_expr(em, e->args[i + 1]);
    }
    const struct st_ir_expr *otherwise = e->args[e->arg_count - 1];
    bool bare = otherwise->kind == ST_IR_LITERAL && e->type == ST_IR_BIGINT;
    st_str_add(sql, bare ? " ELSE CAST(" : " ELSE ");
    emit_expr(em, otherwise);
    if (bare) /* DuckDB would make 32-bit numbers of literals alone */
        st_str_addf(sql, " AS %s)", type_name(em, e->type));
    st_str_add(sql, " END");
}

static void emit_aggregate(struct emitter *em, const struct st_ir_expr *e)
{
    static const char *const names[] = {[ST_AGG_SUM] = "sum(",
        [ST_AGG_COUNT] = "count(",
        [ST_AGG_COUNT_DISTINCT] = "count(DISTINCT ",
        [ST_AGG_MIN] = "min(",
        [ST_AGG_MAX] = "max(",
        [ST_AGG_BIT_OR] = "bit_or("};
    struct st_str *sql = &em->out->sql;
    bool cast = e->agg == ST_AGG_SUM; /* engines give sums different types */
    if (cast)
        st_str_add(sql, "CAST(");
    st_str_add(sql, names[e->agg]);
    if (e->args[0])
        emit_expr(em, e->args[0]);
    else
        st_str_add_char(sql, '*');
    st_str_add_char(sql, ')');
    if (e->args[1]) {
        st_str_add(sql, " FILTER (WHERE ");
        emit_expr(em, e->args[1]);
        st_str_add_char(sql, ')');
    }
    if (cast) /* no number of rows brings 64 bits beyond 38 digits */
        st_str_addf(sql, " AS %s)", type_of_wide(em, e->type, e->args[0]->type));
}

static void emit_names(struct emitter *em, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        st_str_add(&em->out->sql, i ? ", a." : "a.");
        st_emit_identifier(&em->out->sql, names[i]);
    }
}

static void emit_over(struct emitter *em, const struct st_ir_expr *e)
{
    static const char *const names[] = {[ST_WIN_LAG] = "lag(",
        [ST_WIN_LEAD] = "lead(",
        [ST_WIN_ROW_NUMBER] = "row_number(",
        [ST_WIN_SUM] = "sum("};
    struct st_str *sql = &em->out->sql;
    bool cast = e->window == ST_WIN_SUM;
    st_str_addf(sql, "%s%s", cast ? "CAST(" : "", names[e->window]);
    emit_list(em, e->args, e->arg_count, ", ");
    st_str_add(sql, ") OVER (");
    if (e->partition_count) {
        st_str_add(sql, "PARTITION BY ");
        emit_names(em, e->partition, e->partition_count);
    }
    if (e->order_count) {
        st_str_add(sql, e->partition_count ? " ORDER BY " : "ORDER BY ");
        emit_names(em, e->order, e->order_count);
    }
    st_str_add_char(sql, ')');
    if (cast)
        st_str_addf(sql, " AS %s)", type_name(em, e->type));
}

static void emit_expr(struct emitter *em, const struct st_ir_expr *e)
{
    struct st_str *sql = &em->out->sql;
    switch (e->kind) {
    case ST_IR_COLUMN:
        st_str_addf(sql, "%c.", 'a' + e->side);
        st_emit_identifier(sql, e->name);
        break;
    case ST_IR_PARAM: emit_param(em, e); break;
    case ST_IR_LITERAL: emit_literal(em, e); break;
    case ST_IR_NULL: st_str_addf(sql, "CAST(NULL AS %s)", type_name(em, e->type)); break;
    case ST_IR_CALL: emit_call(em, e); break;
    case ST_IR_CASE: emit_case(em, e); break;
    case ST_IR_CAST:
        st_str_add(sql, "CAST(");
        emit_expr(em, e->args[0]);
        st_str_addf(sql, " AS %s)", type_of_wide(em, e->type, e->args[0]->type));
        break;
    case ST_IR_AGGREGATE: emit_aggregate(em, e); break;
    case ST_IR_OVER: emit_over(em, e); break;
    }
}

/* --- relations --- */

static size_t cte_number(const struct emitter *em, const struct st_rel *rel)
{
    for (size_t i = 0; i < em->named.count; i++)
        if (em->named.items[i] == rel)
            return i + 1;
    return 0;
}

/* What a block reads directly: below a Filter that only this block uses. */
static struct st_rel *block_source(struct st_rel *input)
{
    while (input->kind == ST_REL_FILTER && input->uses <= 1)
        input = input->inputs[0];
    return input;
}

static bool is_block_top(const struct st_rel *rel)
{
    return rel->kind == ST_REL_FILTER || rel->kind == ST_REL_PROJECT ||
           rel->kind == ST_REL_AGGREGATE || rel->kind == ST_REL_WINDOW;
}

static void emit_source(struct emitter *em, const struct st_rel *rel, char alias)
{
    struct st_str *sql = &em->out->sql;
    size_t number = cte_number(em, rel);
    if (rel->kind == ST_REL_SCAN) {
        st_emit_identifier(sql, rel->table);
    } else if (number) {
        st_str_addf(sql, "r%zu", number);
    } else {
        st_str_add_char(sql, '(');
        emit_block(em, rel);
        st_str_add_char(sql, ')');
    }
    if (alias)
        st_str_addf(sql, " AS %c", alias);
}

static void emit_conditions(
    struct emitter *em, const struct st_rel *top, const struct st_rel *source)
{
    const char *word = "\n    WHERE ";
    const struct st_rel *rel = top->kind == ST_REL_FILTER ? top : top->inputs[0];
    for (; rel != source; rel = rel->inputs[0]) {
        st_str_add(&em->out->sql, word);
        emit_expr(em, rel->condition);
        word = " AND ";
    }
}

static void emit_columns(struct emitter *em, const struct st_rel *rel)
{
    struct st_str *sql = &em->out->sql;
    for (size_t i = 0; i < rel->column_count; i++) {
        const struct st_ir_column *column = &rel->columns[i];
        st_str_add(sql, i ? ",\n        " : "");
        if (column->expr && rel->kind != ST_REL_FILTER) {
            emit_expr(em, column->expr);
        } else {
            st_str_add(sql, "a.");
            st_emit_identifier(sql, column->name);
        }
        st_str_add(sql, " AS ");
        st_emit_identifier(sql, column->name);
    }
}

static void emit_keys(struct emitter *em, const struct st_rel *rel, const char *first)
{
    struct st_str *sql = &em->out->sql;
    for (size_t i = 0; i < rel->key_count; i++) {
        st_str_add(sql, i ? " AND a." : first);
        st_emit_identifier(sql, rel->keys[i]);
        st_str_add(sql, " = b.");
        st_emit_identifier(sql, rel->keys[i]);
    }
}

/* The right side's rows are looked for with each row of the left one: a view of few runs' many rows
 * is read by their index even where nothing else may be. */
static void emit_lateral(struct emitter *em, const struct st_rel *rel)
{
    struct st_str *sql = &em->out->sql;
    st_str_add(sql, "\n    CROSS JOIN LATERAL (SELECT b.* FROM ");
    emit_source(em, rel->inputs[1], 'b');
    emit_keys(em, rel, " WHERE a.");
    st_str_addf(sql, "%s) AS b", em->dialect->fence);
}

static void emit_join_block(struct emitter *em, const struct st_rel *rel)
{
    static const char *const words[] = {
        [ST_JOIN_INNER] = "\n    JOIN ", [ST_JOIN_LEFT] = "\n    LEFT JOIN "};
    struct st_str *sql = &em->out->sql;
    st_str_add(sql, "SELECT ");
    emit_columns(em, rel);
    st_str_add(sql, "\n    FROM ");
    emit_source(em, rel->inputs[0], 'a');
    if (em->view && em->dialect->lateral_views && rel->join == ST_JOIN_INNER) {
        emit_lateral(em, rel);
        return;
    }
    bool anti = rel->join == ST_JOIN_ANTI;
    st_str_add(sql, anti ? "\n    WHERE NOT EXISTS (SELECT 1 FROM " : words[rel->join]);
    emit_source(em, rel->inputs[1], 'b');
    emit_keys(em, rel, anti ? " WHERE a." : " ON a.");
    if (anti)
        st_str_add_char(sql, ')');
}

static void emit_union_block(struct emitter *em, const struct st_rel *rel)
{
    struct st_str *sql = &em->out->sql;
    for (size_t i = 0; i < rel->input_count; i++) {
        st_str_add(sql, i ? "\n    UNION ALL SELECT " : "SELECT ");
        for (size_t c = 0; c < rel->column_count; c++) {
            st_str_add(sql, c ? ", a." : "a.");
            st_emit_identifier(sql, rel->columns[c].name);
            st_str_add(sql, " AS ");
            st_emit_identifier(sql, rel->columns[c].name);
        }
        st_str_add(sql, " FROM ");
        emit_source(em, rel->inputs[i], 'a');
    }
}

static void emit_block(struct emitter *em, const struct st_rel *rel)
{
    struct st_str *sql = &em->out->sql;
    if (rel->kind == ST_REL_JOIN) {
        emit_join_block(em, rel);
        return;
    }
    if (rel->kind == ST_REL_UNION_ALL) {
        emit_union_block(em, rel);
        return;
    }
    const struct st_rel *source = block_source(rel->inputs[0]);
    st_str_add(sql, "SELECT ");
    emit_columns(em, rel);
    st_str_add(sql, "\n    FROM ");
    emit_source(em, source, 'a');
    emit_conditions(em, rel, source);
    if (rel->kind == ST_REL_AGGREGATE && rel->key_count) {
        st_str_add(sql, "\n    GROUP BY ");
        emit_names(em, rel->keys, rel->key_count);
    }
}

static bool is_computed(const struct st_ir_column *column)
{
    const struct st_ir_expr *e = column->expr;
    return e && e->kind != ST_IR_COLUMN && e->kind != ST_IR_LITERAL && e->kind != ST_IR_NULL &&
           e->kind != ST_IR_PARAM;
}

static bool is_step(const struct st_rel *rel)
{
    if (rel->kind != ST_REL_PROJECT)
        return false;
    for (size_t i = 0; i < rel->column_count; i++)
        if (is_computed(&rel->columns[i]))
            return block_source(rel->inputs[0])->kind != ST_REL_SCAN;
    return false;
}

/* Reading it again costs no more than keeping it: rows of a table, filtered and projected. */
static bool is_plain_read(const struct st_rel *rel)
{
    while (rel->kind == ST_REL_FILTER || rel->kind == ST_REL_PROJECT)
        rel = rel->inputs[0];
    return rel->kind == ST_REL_SCAN;
}

/* Names every relation below `rel` that needs a CTE, inputs first. */
static void emit_ctes(struct emitter *em, struct st_rel *rel, bool root)
{
    if (rel->kind == ST_REL_SCAN || cte_number(em, rel))
        return;
    if (is_block_top(rel)) {
        emit_ctes(em, block_source(rel->inputs[0]), false);
    } else {
        for (size_t i = 0; i < rel->input_count; i++)
            emit_ctes(em, rel->inputs[i], false);
    }
    if (root || (em->nested && rel->uses <= 1))
        return;
    bool once = em->dialect->materialize_shared && rel->uses > 1 && !is_plain_read(rel);
    st_str_addf(&em->out->sql, "%sr%zu AS %sMATERIALIZED (\n    ",
        em->named.count ? ",\n" : "WITH ", em->named.count + 1, once ? "" : "NOT ");
    emit_block(em, rel);
    if (em->dialect->fence && !em->view && is_step(rel))
        st_str_add(&em->out->sql, em->dialect->fence);
    st_str_add(&em->out->sql, "\n)");
    *st_vec_push(&em->named) = rel;
}

static void emit_query(struct emitter *em, struct st_rel *rel)
{
    assert(rel->kind != ST_REL_SCAN);
    emit_ctes(em, rel, true);
    if (em->named.count)
        st_str_add_char(&em->out->sql, '\n');
    emit_block(em, rel);
}

static const struct st_dialect_table *const dialects[] = {
    [ST_DIALECT_DUCKDB] = &st_dialect_duckdb,
    [ST_DIALECT_POSTGRESQL] = &st_dialect_postgresql,
    [ST_DIALECT_CITUS] = &st_dialect_citus,
};

static void print_query(
    enum st_dialect dialect, struct st_rel *rel, bool for_people, struct st_emitted *out)
{
    struct emitter em = {.dialect = dialects[dialect],
        .out = out,
        .nested = dialects[dialect]->nests && !for_people};
    emit_query(&em, rel);
    st_vec_release(&em.named);
}

static void print_step(
    enum st_dialect dialect, const struct st_step *step, bool for_people, struct st_emitted *out)
{
    if (step->kind == ST_STEP_INSERT) {
        st_str_add(&out->sql, "INSERT INTO ");
        st_emit_identifier(&out->sql, step->table);
        st_str_add(&out->sql, " (");
        for (size_t i = 0; i < step->rel->column_count; i++) {
            st_str_add(&out->sql, i ? ", " : "");
            st_emit_identifier(&out->sql, step->rel->columns[i].name);
        }
        st_str_add(&out->sql, ")\n");
    }
    print_query(dialect, step->rel, for_people, out);
}

void st_emit_query(enum st_dialect dialect, struct st_rel *rel, struct st_emitted *out)
{
    print_query(dialect, rel, false, out);
}

void st_emit_step(enum st_dialect dialect, const struct st_step *step, struct st_emitted *out)
{
    print_step(dialect, step, false, out);
}

void st_emit_step_for_people(
    enum st_dialect dialect, const struct st_step *step, struct st_emitted *out)
{
    print_step(dialect, step, true, out);
}

static void emit_create(enum st_dialect dialect, const char *words, const char *table,
    const struct st_ir_column *columns, size_t count, struct st_str *out)
{
    st_str_add(out, words);
    st_emit_identifier(out, table);
    for (size_t i = 0; i < count; i++) {
        st_str_add(out, i ? ", " : " (");
        st_emit_identifier(out, columns[i].name);
        st_str_addf(out, " %s", dialects[dialect]->words->type_names[columns[i].type]);
    }
    st_str_add_char(out, ')');
}

void st_emit_create_table(enum st_dialect dialect, const char *table,
    const struct st_ir_column *columns, size_t count, struct st_str *out)
{
    emit_create(dialect, "CREATE TABLE ", table, columns, count, out);
}

void st_emit_create_temporary(enum st_dialect dialect, const char *table,
    const struct st_ir_column *columns, size_t count, struct st_str *out)
{
    emit_create(dialect, "CREATE TEMPORARY TABLE ", table, columns, count, out);
}

static void emit_view(enum st_dialect dialect, const char *words, const char *view,
    struct st_rel *rel, struct st_str *out)
{
    struct st_emitted query = ST_EMITTED_INIT;
    struct emitter em = {.dialect = dialects[dialect], .out = &query, .view = true};
    emit_query(&em, rel);
    st_vec_release(&em.named);
    assert(query.params.count == 0);
    st_str_add(out, words);
    st_emit_identifier(out, view);
    st_str_addf(out, " AS\n%s", query.sql.text);
    st_emitted_release(&query);
}

void st_emit_create_view(
    enum st_dialect dialect, const char *view, struct st_rel *rel, struct st_str *out)
{
    emit_view(dialect, "CREATE VIEW ", view, rel, out);
}

void st_emit_create_temporary_view(
    enum st_dialect dialect, const char *view, struct st_rel *rel, struct st_str *out)
{
    emit_view(dialect, "CREATE TEMPORARY VIEW ", view, rel, out);
}

void st_emitted_release(struct st_emitted *out)
{
    st_str_release(&out->sql);
    st_vec_release(&out->params);
}
