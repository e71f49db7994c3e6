/* The day's close out of running balances whose order within the day is not known. */
#ifndef ST_INGEST_CLOSE_H
#define ST_INGEST_CLOSE_H

#include "store/store.h"

/* Fills stage_close from stage_balance (close: nearest): of the day's running balances the one
 * nearest to the previous close plus the day's signed movements; of two equally near the lower. The
 * first day of an account continues from what the store holds, or from 0. The row chosen stands for
 * its day; the day's other rows are counted unchanged in balance. */
ST_MUST_CHECK st_code st_close_nearest(struct st_store *store, struct st_error *err);

#endif
