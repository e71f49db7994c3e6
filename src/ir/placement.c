#include "ir/placement.h"

#include <string.h>

#define BY_CUSTOMER(name)                                                                          \
    {                                                                                              \
        name, ST_PLACED_BY_CUSTOMER, false                                                         \
    }
#define BY_ACCOUNT(name)                                                                           \
    {                                                                                              \
        name, ST_PLACED_BY_ACCOUNT, false                                                          \
    }
#define ONCE(name)                                                                                 \
    {                                                                                              \
        name, ST_PLACED_ONCE, false                                                                \
    }
#define EVERYWHERE(name)                                                                           \
    {                                                                                              \
        name, ST_PLACED_EVERYWHERE, false                                                          \
    }

/* `customer` first: the others are laid out as it is. */
const struct st_placed_table st_placed_tables[] = {
    BY_CUSTOMER("customer"),
    BY_CUSTOMER("balance"),
    BY_CUSTOMER("change_row"),
    BY_CUSTOMER("customer_attribute"),
    BY_CUSTOMER("customer_booking"),
    BY_CUSTOMER("customer_key"),
    BY_CUSTOMER("holding"),
    BY_CUSTOMER("household_member"),
    BY_CUSTOMER("override_request"),
    BY_CUSTOMER("run_customer"),
    BY_CUSTOMER("signal"),
    BY_CUSTOMER("tier_override"),
    BY_CUSTOMER("tier_row"),
    BY_CUSTOMER("tier_row_held"),
    BY_CUSTOMER("txn"),
    BY_ACCOUNT("account"),
    BY_ACCOUNT("account_holder"),
    BY_ACCOUNT("account_key"),
    BY_ACCOUNT("standing_order"),
    EVERYWHERE("attribute"),
    EVERYWHERE("branch"),
    EVERYWHERE("change_file"),
    EVERYWHERE("control_total"),
    EVERYWHERE("currency"),
    EVERYWHERE("customer_change"),
    EVERYWHERE("decision"),
    EVERYWHERE("feed"),
    EVERYWHERE("fx_rate"),
    EVERYWHERE("load"),
    EVERYWHERE("metric_column"),
    EVERYWHERE("policy"),
    EVERYWHERE("policy_version"),
    EVERYWHERE("product"),
    EVERYWHERE("published"),
    EVERYWHERE("rerate_request"),
    EVERYWHERE("run"),
    EVERYWHERE("run_scheme"),
    EVERYWHERE("tier"),
    ONCE("quarantine"),
    ONCE("run_bound"),
    ONCE("stock_change"),
    ONCE("strata_meta"),
    {"customer_number", ST_PLACED_BY_CUSTOMER, true},
    {"day_run", ST_PLACED_EVERYWHERE, true},
    {"tier_state", ST_PLACED_BY_CUSTOMER, true},
    {"tier_stock", ST_PLACED_ONCE, true},
};
const size_t st_placed_table_count = sizeof st_placed_tables / sizeof st_placed_tables[0];

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool st_placement_of(const char *table, enum st_placement *out)
{
    static const char metrics[] = "metric_";
    for (size_t i = 0; i < st_placed_table_count; i++) {
        if (strcmp(st_placed_tables[i].name, table) == 0) {
            *out = st_placed_tables[i].placement;
            return true;
        }
    }
    *out = ends_with(table, "_run") ? ST_PLACED_EVERYWHERE : ST_PLACED_BY_CUSTOMER;
    return strncmp(table, metrics, sizeof metrics - 1) == 0;
}

const char *st_placement_key(enum st_placement placement)
{
    static const char *const keys[] = {[ST_PLACED_BY_CUSTOMER] = "customer_id",
        [ST_PLACED_BY_ACCOUNT] = "account_id",
        [ST_PLACED_EVERYWHERE] = NULL,
        [ST_PLACED_ONCE] = NULL};
    return keys[placement];
}
