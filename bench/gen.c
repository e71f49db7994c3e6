/* The files the benchmark reads: seeded, the same on every machine.
 *
 * customers.csv     customer_no, kind, region, opened_on
 * transactions.csv  customer_no, on_date, amount, kind; in date order, as a bank's feed comes
 * accounts.csv      account_no, class, currency, opened_on        (--balances)
 * holders.csv       account_no, customer_no                       (--balances)
 * balances.csv      account_no, on_date, balance; three a account (--balances)
 *
 * --days FROM COUNT: transactions, alone, of other days than 2024-01-01 and the 730 after it.
 *
 * A few customers do much: customer N × u² of a uniform u, its number then scattered, so that
 * neither activity nor date goes with the number. Amounts are Pareto with shape 2, capped. Only
 * +, ×, ÷ and sqrt are used on doubles, which IEEE 754 rounds alike everywhere.
 */
#include "base/date.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER = 1 << 20,
    ROW_MAX = 256,
    DAYS = 731, /* 2024-01-01 … 2025-12-31 */
    BALANCES_PER_ACCOUNT = 3,
    ACCOUNTS_PER_CUSTOMER = 2,
};

struct out {
    FILE *file;
    char *buffer;
    size_t used;
};

static void die(const char *what, const char *name)
{
    fprintf(stderr, "bench_gen: %s %s\n", what, name);
    exit(1);
}

static void out_open(struct out *o, const char *directory, const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    o->file = fopen(path, "wb");
    o->buffer = malloc(BUFFER);
    o->used = 0;
    if (!o->file || !o->buffer)
        die("cannot write", path);
    fputs(header, o->file);
}

static void out_flush(struct out *o)
{
    if (fwrite(o->buffer, 1, o->used, o->file) != o->used)
        die("cannot write", "rows");
    o->used = 0;
}

static void out_close(struct out *o)
{
    out_flush(o);
    if (fclose(o->file) != 0)
        die("cannot write", "rows");
    free(o->buffer);
}

static void put_text(struct out *o, const char *text)
{
    size_t len = strlen(text);
    memcpy(o->buffer + o->used, text, len);
    o->used += len;
}

static void put_char(struct out *o, char c)
{
    o->buffer[o->used++] = c;
}

/* `width` digits at least, with leading zeros. */
static void put_number(struct out *o, uint64_t value, int width)
{
    char digits[24];
    int n = 0;
    for (; value > 0 || n < width; value /= 10)
        digits[n++] = (char)('0' + value % 10);
    while (n > 0)
        put_char(o, digits[--n]);
}

static void put_cents(struct out *o, int64_t cents)
{
    uint64_t size = (uint64_t)(cents < 0 ? -cents : cents);
    if (cents < 0)
        put_char(o, '-');
    put_number(o, size / 100, 1);
    put_char(o, '.');
    put_number(o, size % 100, 2);
}

static void put_date(struct out *o, st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    put_number(o, (uint64_t)c.year, 4);
    put_char(o, '-');
    put_number(o, (uint64_t)c.month, 2);
    put_char(o, '-');
    put_number(o, (uint64_t)c.day, 2);
}

static void put_key(struct out *o, char letter, uint64_t number)
{
    put_char(o, letter);
    put_number(o, number, 9);
}

static void end_row(struct out *o)
{
    put_char(o, '\n');
    if (o->used + ROW_MAX > BUFFER)
        out_flush(o);
}

static st_date first_day(void)
{
    return st_date_from_civil((struct st_civil){2024, 1, 1});
}

/* The rank-th most active customer has this number: a multiplication that is a permutation. */
static uint64_t customer_of_rank(uint64_t rank, uint64_t customers)
{
    static const uint64_t factor = UINT64_C(2654435761); /* prime, above any number of customers */
    return rank * factor % customers + 1;
}

static int64_t pareto_cents(struct st_rng *rng, double least, double most)
{
    double cents = least / sqrt(1.0 - st_rng_uniform(rng));
    return (int64_t)(cents < most ? cents : most);
}

static void write_customers(const char *directory, uint64_t customers, uint64_t seed)
{
    static const char *const regions[] = {"华北", "东北", "华东", "华中", "华南", "西南", "西北"};
    struct out o;
    struct st_rng rng;
    st_rng_init(&rng, seed, 1);
    out_open(&o, directory, "customers.csv", "customer_no,kind,region,opened_on\n");
    for (uint64_t i = 1; i <= customers; i++) {
        put_key(&o, 'C', i);
        put_text(&o, st_rng_below(&rng, 100) < 97 ? ",person," : ",company,");
        put_text(&o, regions[st_rng_below(&rng, sizeof regions / sizeof regions[0])]);
        put_char(&o, ',');
        put_date(&o, first_day() - (st_date)st_rng_below(&rng, 3650));
        end_row(&o);
    }
    out_close(&o);
}

static void write_transactions(const char *directory, uint64_t customers, uint64_t rows,
    uint64_t seed, st_date from, uint64_t days)
{
    static const struct {
        const char *name;
        uint64_t until; /* of 100 */
        int sign;
    } kinds[] = {{"purchase", 70, -1}, {"transfer", 82, -1}, {"withdrawal", 90, -1},
        {"salary", 96, 1}, {"fee", 100, -1}};
    struct out o;
    struct st_rng rng;
    st_rng_init(&rng, seed, 2);
    out_open(&o, directory, "transactions.csv", "customer_no,on_date,amount,kind\n");
    for (uint64_t i = 0; i < rows; i++) {
        double u = st_rng_uniform(&rng);
        uint64_t dice = st_rng_below(&rng, 100);
        size_t kind = 0;
        while (dice >= kinds[kind].until)
            kind++;
        put_key(&o, 'C', customer_of_rank((uint64_t)(u * u * (double)customers), customers));
        put_char(&o, ',');
        put_date(&o, from + (st_date)(i * days / rows));
        put_char(&o, ',');
        put_cents(&o, kinds[kind].sign * pareto_cents(&rng, 2000.0, 5e7));
        put_char(&o, ',');
        put_text(&o, kinds[kind].name);
        end_row(&o);
    }
    out_close(&o);
}

static void write_accounts(const char *directory, uint64_t customers, uint64_t seed)
{
    static const char *const classes[] = {",deposit,CNY,", ",wealth,CNY,", ",fund,CNY,"};
    struct out accounts, holders;
    struct st_rng rng;
    st_rng_init(&rng, seed, 3);
    out_open(&accounts, directory, "accounts.csv", "account_no,class,currency,opened_on\n");
    out_open(&holders, directory, "holders.csv", "account_no,customer_no\n");
    for (uint64_t i = 0; i < customers * ACCOUNTS_PER_CUSTOMER; i++) {
        put_key(&accounts, 'A', i + 1);
        put_text(&accounts, classes[i % ACCOUNTS_PER_CUSTOMER ? 1 + st_rng_below(&rng, 2) : 0]);
        put_date(&accounts, first_day() - (st_date)st_rng_below(&rng, 3650));
        end_row(&accounts);
        put_key(&holders, 'A', i + 1);
        put_char(&holders, ',');
        put_key(&holders, 'C', i / ACCOUNTS_PER_CUSTOMER + 1);
        end_row(&holders);
    }
    out_close(&accounts);
    out_close(&holders);
}

/* Account by account within each third of the history. */
static void write_balances(const char *directory, uint64_t customers, uint64_t seed)
{
    enum { SPAN = DAYS / BALANCES_PER_ACCOUNT };
    struct out o;
    struct st_rng rng;
    st_rng_init(&rng, seed, 4);
    out_open(&o, directory, "balances.csv", "account_no,on_date,balance\n");
    for (int part = 0; part < BALANCES_PER_ACCOUNT; part++)
        for (uint64_t i = 0; i < customers * ACCOUNTS_PER_CUSTOMER; i++) {
            put_key(&o, 'A', i + 1);
            put_char(&o, ',');
            put_date(&o, first_day() + part * SPAN + (st_date)st_rng_below(&rng, SPAN));
            put_char(&o, ',');
            put_cents(&o, pareto_cents(&rng, 100000.0, 1e10));
            end_row(&o);
        }
    out_close(&o);
}

static uint64_t number(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*end || end == text || value == 0 || value > 1000000000)
        die("not a number from 1 to 1,000,000,000:", text);
    return value;
}

int main(int argc, char **argv)
{
    bool balances = argc == 6 && strcmp(argv[5], "--balances") == 0;
    bool days = argc == 8 && strcmp(argv[5], "--days") == 0;
    st_date from = first_day();
    if ((argc != 5 && !balances && !days) ||
        (days && !st_date_parse(argv[6], strlen(argv[6]), &from))) {
        fputs("usage: bench_gen DIR CUSTOMERS TRANSACTIONS SEED [--balances | --days FROM COUNT]\n",
            stderr);
        return 2;
    }
    uint64_t customers = number(argv[2]), rows = number(argv[3]), seed = number(argv[4]);
    if (!days)
        write_customers(argv[1], customers, seed);
    write_transactions(argv[1], customers, rows, seed, from, days ? number(argv[7]) : DAYS);
    if (balances) {
        write_accounts(argv[1], customers, seed);
        write_balances(argv[1], customers, seed);
    }
    return 0;
}
