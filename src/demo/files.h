/* The bank's files: their columns, how their rows are written, and what can be wrong in them. */
#ifndef ST_DEMO_FILES_H
#define ST_DEMO_FILES_H

#include "demo/life.h"

enum st_demo_file_id {
    ST_DEMO_FILE_BRANCHES,
    ST_DEMO_FILE_STAFF,
    ST_DEMO_FILE_PRODUCTS,
    ST_DEMO_FILE_CUSTOMERS,
    ST_DEMO_FILE_ACCOUNTS,
    ST_DEMO_FILE_HOLDERS,
    ST_DEMO_FILE_BALANCES,
    ST_DEMO_FILE_TRANSACTIONS,
    ST_DEMO_FILE_FX_RATES,
    ST_DEMO_FILE_COUNT,
};
extern const struct st_demo_sheet_spec st_demo_file_specs[ST_DEMO_FILE_COUNT];

void st_demo_write_branches(struct st_demo_sheet *sheet);
void st_demo_write_staff(struct st_demo_sheet *sheet, const struct st_demo_options *options);
void st_demo_write_products(struct st_demo_sheet *sheet);
void st_demo_write_rates(struct st_demo_sheet *sheet, const struct st_demo_market *market);

/* The customer who was just lived, with its accounts and their holders. `sheets` is indexed by
 * enum st_demo_file_id. */
void st_demo_write_owner(struct st_demo_sheet *sheets, const struct st_demo_life *life);

/* One more account of the customer, whose one holder row falls short of the whole: nothing in the
 * row shows it. The account never has a balance, so that leaving it out changes no total. */
void st_demo_write_broken_account(
    struct st_demo_sheet *sheets, const struct st_demo_persona *persona);

#endif
