/* Prints one step of a plan as one SQL statement of an engine (rules: docs/adr/0003).
 *
 * The statement is `INSERT INTO t (columns) WITH … SELECT …` or `WITH … SELECT …`; parameters are
 * $1, $2, … with an explicit cast. `params` receives the parameters in the order of their
 * numbers; a parameter used twice keeps its number.
 */
#ifndef ST_IR_EMIT_H
#define ST_IR_EMIT_H

#include "base/str.h"
#include "base/vec.h"
#include "ir/plan.h"

struct st_emitted_param {
    const char *name;
    enum st_ir_type type;
};

struct st_emitted {
    struct st_str sql;
    struct ST_VEC(struct st_emitted_param) params;
};

#define ST_EMITTED_INIT                                                                            \
    {                                                                                              \
        .sql = ST_STR_INIT                                                                         \
    }

void st_emit_step(enum st_dialect dialect, const struct st_step *step, struct st_emitted *out);
void st_emit_query(enum st_dialect dialect, struct st_rel *rel, struct st_emitted *out);
/* The same statement with a name for every relation, one below the other: to be read. */
void st_emit_step_for_people(
    enum st_dialect dialect, const struct st_step *step, struct st_emitted *out);
/* CREATE TABLE for a relation's columns. */
void st_emit_create_table(enum st_dialect dialect, const char *table,
    const struct st_ir_column *columns, size_t count, struct st_str *out);
/* The same of a table that is gone with the connection, and never in the store's file. */
void st_emit_create_temporary(enum st_dialect dialect, const char *table,
    const struct st_ir_column *columns, size_t count, struct st_str *out);
/* CREATE VIEW of a relation, which has no parameters; the other is gone with the connection. */
void st_emit_create_view(
    enum st_dialect dialect, const char *view, struct st_rel *rel, struct st_str *out);
void st_emit_create_temporary_view(
    enum st_dialect dialect, const char *view, struct st_rel *rel, struct st_str *out);
/* "name", its quotes doubled. */
void st_emit_identifier(struct st_str *out, const char *name);
/* 'text', its quotes doubled: for statements that take no parameter there. */
void st_emit_text(struct st_str *out, const char *text);
void st_emitted_release(struct st_emitted *out);

#endif
