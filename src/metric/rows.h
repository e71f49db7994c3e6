/* The relations metrics read: what was loaded by the run's watermark, one row per fact.
 *
 * Every relation is keyed by customer_id; with `members` that is the entity, a household or who is
 * in none. With `foreign` set, amounts of other currencies are
 * converted day by day at that day's rate; they then carry ST_ROWS_FX_SCALE decimals, so that
 * nothing is rounded before the aggregate is.
 */
#ifndef ST_METRIC_ROWS_H
#define ST_METRIC_ROWS_H

#include "metric/window.h"
#include "policy/policy.h"

enum { ST_ROWS_FX_SCALE = 12 };

struct st_rows_env {
    struct st_arena *arena;
    struct st_plan_params *params;
    const struct st_policy *policy;
    bool foreign;        /* the store holds accounts or movements in another currency */
    bool spread;         /* its rows are on several servers */
    struct st_rel *only; /* customer_id, each once: balances and movements of these; NULL: of all */
    bool moved;          /* balances only of accounts that moved since BALANCE_FROM */
    struct st_rel *members; /* st_rows_members, where households are rated; else NULL */
};

/* Scale of `amount` in the balance and txn relations. */
int st_rows_amount_scale(const struct st_rows_env *env);

/* customer_id, amount, start_on, end_on (the day after the last the amount stands), and the
 * balance family's columns. */
struct st_rel *st_rows_balance(const struct st_rows_env *env);
/* One row: moved, counted: balances that `moved` looks at first, and all of them; superseded ones
 * too, for it is an estimate. */
struct st_rel *st_rows_balance_moves(const struct st_rows_env *env);
/* customer_id and the txn family's columns; rows from HISTORY_FROM to as_of. Without `with_amount`
 * nothing is converted and amount is not to be read; with it, rows that lack a rate are missing,
 * which st_rows_txn_fx_check refuses. */
struct st_rel *st_rows_txn(const struct st_rows_env *env, bool with_holding, bool with_amount);
/* customer_id and the account family's columns; accounts opened by as_of. */
struct st_rel *st_rows_account(const struct st_rows_env *env);
/* The same with account_id. */
struct st_rel *st_rows_account_numbered(const struct st_rows_env *env);
/* customer_id, account_id and amount, in minor units of the policy's currency: what stands on the
 * accounts of `accounts` (customer_id, account_id, currency) at the end of as_of. An account
 * without a balance, or without a usable exchange rate, is missing. */
struct st_rel *st_rows_closing(const struct st_rows_env *env, struct st_rel *accounts);
/* customer_id, status (0 rated, 1 gated), the customer family's columns and the policy's
 * attributes. Who has left, or has not come yet, is not there. Without `households` there is no
 * household_role, and household is not to be read. */
struct st_rel *st_rows_customer(const struct st_rows_env *env, bool households);

/* Whose rows an entity has: customer_id of everybody who is there, entity_id. */
struct st_rel *st_rows_members(const struct st_rows_env *env);
/* customer_id, status (0 when any member is rated) and the household's own columns. */
struct st_rel *st_rows_household(const struct st_rows_env *env);

/* --- what is new since the run that this one builds on; nothing else is read --- */

/* Movements that a window gained or lost: columns of st_rows_txn, `now` and `before`: whether this
 * run, and its base, could see the row. Of the days that st_plan_moved tells all rows are there.
 * Every window over movements is known by then. */
struct st_rel *st_rows_txn_changes(const struct st_rows_env *env, bool with_holding);

/* customer_id, some more than once: whose balances are not what they were, apart from standing
 * longer; whose own rows or attributes changed, who came or left, or may have another status; whose
 * holdings changed; whose holdings changed, began or ended. */
struct st_rel *st_rows_balance_changes(const struct st_rows_env *env);
struct st_rel *st_rows_customer_changes(const struct st_rows_env *env);
struct st_rel *st_rows_holding_changes(const struct st_rows_env *env);
struct st_rel *st_rows_account_changes(const struct st_rows_env *env);

/* One row, one boolean: no balance day in [from, as_of] lacks an exchange rate. */
struct st_rel *st_rows_fx_check(const struct st_rows_env *env, struct st_ir_expr *from);
/* The same of movements: none from HISTORY_FROM to as_of lacks a rate. */
struct st_rel *st_rows_txn_fx_check(const struct st_rows_env *env);

#endif
