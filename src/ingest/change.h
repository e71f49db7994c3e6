/* Customer numbers that merge with or split from another (docs/adr/0026).
 *
 * A change corrects facts: what was booked on one number ends with the load and comes again under
 * the other. Runs that pinned an earlier load see what they saw.
 */
#ifndef ST_INGEST_CHANGE_H
#define ST_INGEST_CHANGE_H

#include "store/store.h"

/* Applies the staged rows that ingest/customer_change_check.sql left in; holdings and balances
 * follow from the accounts it notes in stage_touched and stage_resplit. Cost: two scans of txn. */
ST_MUST_CHECK st_code st_change_apply(struct st_store *store, int64_t load, struct st_error *err);

/* Staged transactions that name an account and a customer: those dated before a split are booked on
 * who has the account since. Called before numbers become ids. Cost: nothing without splits. */
ST_MUST_CHECK st_code st_change_book_txns(struct st_store *store, struct st_error *err);

#endif
