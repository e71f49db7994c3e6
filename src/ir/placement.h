/* Where the rows of a table are kept when a store is spread over several servers.
 *
 * The one list of it: what makes tables and what checks plans ask here, and a test compares it with
 * the schema, so that no table is forgotten.
 */
#ifndef ST_IR_PLACEMENT_H
#define ST_IR_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

enum st_placement {
    ST_PLACED_BY_CUSTOMER, /* by customer_id: all rows of a customer on one server */
    ST_PLACED_BY_ACCOUNT,  /* by account_id: import alone reads them */
    ST_PLACED_EVERYWHERE,  /* small: a copy on every server */
    ST_PLACED_ONCE,        /* read by no plan: where the program connects to */
};

struct st_placed_table {
    const char *name;
    enum st_placement placement;
    bool is_view;
};

extern const struct st_placed_table st_placed_tables[];
extern const size_t st_placed_table_count;

/* Of a table or view of the schema, or one that runs make for metrics (NAME_row, NAME_run and the
 * view NAME, NAME as compile/ forms it); false: of no such table. */
bool st_placement_of(const char *table, enum st_placement *out);

/* The column that rows are spread by; NULL: they are not. */
const char *st_placement_key(enum st_placement placement);

#endif
