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

/* Two more accounts of the customer, who is not the bank's first: one without a balance of its
 * own that gets two on one day and an authorised person with a share, and one whose only holder
 * falls short of the whole, so that it has none. Neither ever has a balance that counts: leaving
 * them out changes no total. */
void st_demo_write_flawed_accounts(struct st_demo_sheet *sheets, const struct st_demo_life *life);

#endif
