/* Shared by the files that metrics compile with: metrics.c, table.c, view.c, increment.c,
 * same_day.c. */
#ifndef ST_COMPILE_INTERNAL_H
#define ST_COMPILE_INTERNAL_H

#include "compile/metrics.h"

struct instance {
    const struct st_metric_def *def;
    int shift; /* months back */
    enum { UNSEEN, OPEN, DONE } state;
    int stage; /* Project stage it is computed in: 1 + the deepest it builds on */
    struct st_typed value;
    const char *column;
    bool derived;                           /* the metric table's view works it out */
    enum { UNASKED, UNTIMED, TIMED } timed; /* does the value follow from the day of a run too? */
    struct instance *next;
};

struct aggregate_column {
    const char *name;
    struct st_ir_expr *expr;
    const struct st_window *window; /* NULL: none, as accounts have */
    int shift;
    enum aggregate_bits { NO_BITS, BITS_OF_DAYS, BITS_OF_MONTHS } bits; /* BIT_OR: what a bit is */
    struct st_ir_expr *daily; /* amounts that are summed day by day */
    struct st_ir_expr
        *where;          /* what the metric asks of a row beside the window; daily and accounts */
    const char *closing; /* daily: the aggregate of the same amounts on the last day, if carried */
};

struct st_metrics {
    struct st_rows_env env;
    struct instance *instances, **last_instance;
    struct {
        struct aggregate_column *items;
        size_t count, cap;
    } aggregates[ST_SOURCE_CUSTOMER + 1]; /* by family; grown in the arena */
    bool txn_needs_holding;
    bool txn_needs_amount;
    bool customer_needs_household;
    struct st_metric_column *columns;
    size_t column_count, column_cap;
    /* values of the columns that are not metrics: customers' own, has() */
    struct st_ir_expr **extra_values;
    bool stands; /* rows can stand for later runs */
    struct {
        struct st_ir_expr **items;
        size_t count, cap;
    } run_params;                /* what values ask of a run's day; grown in the arena */
    struct st_ir_column *leaves; /* customers' own columns that the view needs */
    size_t leaf_count;
    const char **names; /* for "did you mean" */
    size_t name_count;
    struct st_scope scheme_scope;
    struct st_lower scheme_lower;
    struct st_scope account_scope;
    struct st_lower account_lower;
};

static inline struct st_arena *arena_of(const struct st_metrics *m)
{
    return m->env.arena;
}

/* Customers: customer_id, status and "customer.<column>". */
struct st_rel *metrics_customers(struct st_metrics *m);

/* The aggregates of a family, for the customers of `env`. */
struct st_rel *metrics_grouped(
    struct st_metrics *m, const struct st_rows_env *env, enum st_metric_source source);

/* `rel`, which has metrics_customers' columns and every aggregate, with the metrics over them: what
 * is inserted into the metric table's rows. `until`: the run from which on the row no longer
 * stands; NULL: it does. */
struct st_rel *metrics_over(struct st_metrics *m, struct st_rel *rel, struct st_ir_expr *until);

/* What an aggregate's window spans in a run as of `as_of`. */
struct st_span metrics_window(
    const struct st_metrics *m, const struct aggregate_column *item, st_date as_of);

/* After the aggregates are known: what rows must hold so that they can stand for later runs. */
void metrics_settle_table(struct st_metrics *m);

/* --- what rows hold (table.c), and how they are read (view.c) --- */

enum { METRICS_FIXED_COLUMNS = 3 }; /* of the view: run_id, customer_id, status */

/* NULL: there is none. */
struct instance *metrics_instance(const struct st_metrics *m, const char *column);
const struct aggregate_column *metrics_aggregate(const struct st_metrics *m, const char *name);

/* What column `column` is made of. Does a value follow from the day of a run too? */
struct st_ir_expr *metrics_value(const struct st_metrics *m, size_t column);
bool metrics_is_timed(const struct st_metrics *m, const struct st_ir_expr *e);

/* Days in the window of a sum over days. */
struct st_ir_expr *metrics_days(struct st_metrics *m, const struct aggregate_column *item);

/* Sums that runs go on from, which rows keep; returns how many. `items` may be NULL. */
size_t metrics_sums(const struct st_metrics *m, const struct aggregate_column **items);

/* A parameter as the table of runs has it. */
struct st_ir_expr *metrics_of_run(struct st_metrics *m, struct st_ir_expr *param);

/* Every run's rows, as everybody reads them. */
struct st_rel *metrics_view(struct st_metrics *m, const struct st_metric_storage *s);

/* Whether sums and counts of the family can be carried from run to run: they are then columns of
 * the metric table. */
bool metrics_carry(const struct st_metrics *m, enum st_metric_source source);

/* Adds what the amounts that balances' aggregate `i` sums are on the last day of a window. */
void metrics_add_closing(struct st_metrics *m, size_t i, const struct st_window *window, int shift);

/* Does any metric look at customers' own columns? */
bool metrics_need_customers(const struct st_metrics *m);

#endif
