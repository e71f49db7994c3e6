/* Rows of table txn by the store's bulk load alone, or the same rows as a file for psql's \copy:
 *
 *   bench_load STORE TABLE ROWS CUSTOMERS    into TABLE of a store, in one transaction
 *   bench_load --text FILE ROWS CUSTOMERS    separated by tabs
 *
 * As an import hands them over: months one after the other, customers in order within each. */
#include "base/rng.h"
#include "ir/plan.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 24, CHUNK = 2048, COLUMNS = 7 };

static const char *const names[COLUMNS] = {
    "customer_id", "on_date", "amount", "currency", "kind", "load_id", "until_load"};
static const enum st_ir_type types[COLUMNS] = {ST_IR_BIGINT, ST_IR_DATE, ST_IR_BIGINT, ST_IR_TEXT,
    ST_IR_TEXT, ST_IR_BIGINT, ST_IR_BIGINT};
static const char *const kinds[] = {"purchase", "transfer", "salary", "withdrawal"};

struct row {
    int64_t customer, amount;
    st_date on;
    const char *kind;
};

struct maker {
    struct st_rng rng;
    int64_t rows, customers, made;
};

static void fail(const char *what, const struct st_error *err)
{
    fprintf(stderr, "bench_load: %s%s%s\n", what, err ? ": " : "", err ? err->message[ST_LANG_EN] : "");
    exit(1);
}

static bool make(struct maker *m, struct row *row)
{
    if (m->made == m->rows)
        return false;
    int64_t month = m->made * MONTHS / m->rows;
    int64_t first = (month * m->rows + MONTHS - 1) / MONTHS;
    int64_t in_month = m->rows / MONTHS + 1;
    int month_of = (int)month;
    row->customer = (m->made - first) * m->customers / in_month + 1;
    row->on = st_date_from_civil((struct st_civil){2024 + month_of / 12, month_of % 12 + 1, 1}) +
              (st_date)st_rng_below(&m->rng, 28);
    row->amount = (int64_t)st_rng_below(&m->rng, 1000000) - 200000;
    row->kind = kinds[st_rng_below(&m->rng, sizeof kinds / sizeof *kinds)];
    m->made++;
    return true;
}

static void write_text(const char *path, struct maker *m)
{
    FILE *file = fopen(path, "wb");
    char day[ST_DATE_TEXT_SIZE];
    struct row row;
    if (!file)
        fail("cannot write the file", NULL);
    while (make(m, &row))
        fprintf(file, "%" PRId64 "\t%s\t%" PRId64 "\tCNY\t%s\t1\t%" PRId64 "\n", row.customer,
            st_date_format(row.on, day), row.amount, row.kind, INT64_MAX);
    if (fclose(file) != 0)
        fail("cannot write the file", NULL);
}

struct chunk {
    int64_t customers[CHUNK], amounts[CHUNK], loads[CHUNK], untils[CHUNK];
    st_date days[CHUNK];
    struct st_text_cell currencies[CHUNK], kinds[CHUNK];
};

static size_t fill(struct chunk *c, struct maker *m)
{
    struct row row;
    size_t n = 0;
    for (; n < CHUNK && make(m, &row); n++) {
        c->customers[n] = row.customer;
        c->amounts[n] = row.amount;
        c->loads[n] = 1;
        c->untils[n] = INT64_MAX;
        c->days[n] = row.on;
        c->currencies[n] = (struct st_text_cell){"CNY", 3};
        c->kinds[n] = (struct st_text_cell){row.kind, strlen(row.kind)};
    }
    return n;
}

static st_code load(
    struct st_store *store, const char *table, struct maker *m, struct st_error *err)
{
    static struct chunk c;
    void *const columns[COLUMNS] = {
        c.customers, c.days, c.amounts, c.currencies, c.kinds, c.loads, c.untils};
    struct st_batch batch = {.columns = COLUMNS};
    struct st_appender *appender = NULL;
    for (size_t i = 0; i < COLUMNS; i++)
        batch.vectors[i] = (struct st_vector){.type = types[i], .values = columns[i]};
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = st_appender_open(store, table, names, types, COLUMNS, &appender, err);
    while (code == ST_OK && (batch.rows = fill(&c, m)) > 0)
        code = st_appender_add(appender, &batch, err);
    if (appender) {
        st_code closed = st_appender_close(appender, err);
        code = code == ST_OK ? closed : code;
    }
    return code == ST_OK ? st_store_commit(store, err) : code;
}

int main(int argc, char **argv)
{
    bool text = argc > 1 && strcmp(argv[1], "--text") == 0;
    if (argc != 5)
        fail("usage: bench_load STORE TABLE ROWS CUSTOMERS | --text FILE ROWS CUSTOMERS", NULL);
    struct maker m = {.rows = strtoll(argv[3], NULL, 10), .customers = strtoll(argv[4], NULL, 10)};
    st_rng_init(&m.rng, 1, 0);
    if (text) {
        write_text(argv[2], &m);
        return 0;
    }
    struct st_error err = {.code = ST_OK};
    struct st_store *store = NULL;
    const struct st_store_options options = {.threads = 0};
    if (st_store_open(argv[1], &options, &store, &err) != ST_OK)
        fail("cannot open the store", &err);
    if (load(store, argv[2], &m, &err) != ST_OK)
        fail("cannot load", &err);
    st_store_close(store);
    return 0;
}
