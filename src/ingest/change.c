#include "ingest/change.h"

#include "ingest/internal.h"
#include "ingest/script.h"

st_code st_change_apply(struct st_store *store, int64_t load, struct st_error *err)
{
    const struct st_bind bind = st_bind_int(load);
    int64_t owners;
    TRY(st_script_run(store, "ingest/customer_change_apply.sql", &bind, 1, NULL, NULL, err));
    TRY(st_store_query_ints(
        store, "SELECT count(*) FROM change_owner", NULL, 0, &owners, NULL, 1, err));
    if (owners == 0)
        return ST_OK;
    return st_script_run(store, "ingest/customer_change_txn.sql", &bind, 1, NULL, NULL, err);
}

st_code st_change_book_txns(struct st_store *store, struct st_error *err)
{
    int64_t splits;
    TRY(st_store_query_ints(store, "SELECT count(*) FROM customer_change WHERE kind = 'split'",
        NULL, 0, &splits, NULL, 1, err));
    if (splits == 0)
        return ST_OK;
    return st_script_run(store, "ingest/txn_split.sql", NULL, 0, NULL, NULL, err);
}
