/* A run that goes on from an earlier one gives what a full run gives: random histories of a small
 * bank, night by night, with late rows, corrections, re-imports, merges, closings and reopenings,
 * attributes that change and decisions of people, under random policies, of which two may share
 * their metrics and one may be edited. Every run is computed in full beside it and compared
 * (verify); every tenth history is also imported anew and run once, and its exports compared byte
 * by byte; of every third all runs are replayed at its end, when later ones have ended rows that
 * they read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/str.h"
#include "base/vec.h"
#include "ingest/import.h"
#include "run/export.h"
#include "run/override.h"
#include "run/replay.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
#ifdef __SANITIZE_ADDRESS__
    HISTORIES = 12, /* a sanitizer makes each several times as long */
#else
    HISTORIES = 40, /* $STRATA_HISTORIES by hand */
#endif
    NIGHTS_LEAST = 3,
    NIGHTS_MORE = 3,
    CUSTOMERS_MAX = 60,
    ACCOUNTS_MAX = 120,
    FACTS_MAX = 2000,
    FRESH_EVERY = 10,
    REPLAY_EVERY = 3,
    WORKERS = 2,
    TEXT = 64,
};

/* --- a bank that changes --- */

struct person {
    st_date opened, closed; /* closed 0: not */
    st_date born;
    int points;
    bool merged;
};

struct holding {
    int owner;
    st_date opened, closed;
    int class; /* of classes[] */
};

struct fact {    /* a movement or a balance */
    int account; /* −1: a movement without one */
    int customer;
    st_date day;
    int64_t amount;
    int kind;
};

struct bank {
    struct st_rng rng;
    char dir[TEXT], policy[4096], other[4096]; /* other: over the same metrics; "": none */
    struct st_store *store;
    struct person customers[CUSTOMERS_MAX];
    struct holding accounts[ACCOUNTS_MAX];
    struct fact movements[FACTS_MAX], balances[FACTS_MAX];
    size_t customer_count, account_count, movement_count, balance_count;
    bool foreign, moves, decides;
    int nights, runs;
};

static const char *const classes[] = {"deposit", "wealth", "fund"};
static const char *const kinds[] = {"purchase", "transfer", "fee"};

static int below(struct bank *b, int bound)
{
    return (int)st_rng_below(&b->rng, (uint64_t)bound);
}

static bool one_in(struct bank *b, int n)
{
    return below(b, n) == 0;
}

/* --- files of one night --- */

struct night {
    struct st_str customers, accounts, holders, movements, balances, changes;
};

static void add_date(struct st_str *out, st_date day)
{
    char text[ST_DATE_TEXT_SIZE];
    st_str_addf(out, ",%s", day ? st_date_format(day, text) : "");
}

static void tell_customer(struct bank *b, struct night *n, size_t i)
{
    st_str_addf(&n->customers, "C%zu", i);
    add_date(&n->customers, b->customers[i].opened);
    add_date(&n->customers, b->customers[i].closed);
    add_date(&n->customers, b->customers[i].born);
    st_str_addf(&n->customers, ",%d\n", b->customers[i].points);
}

static void tell_account(struct bank *b, struct night *n, size_t i)
{
    const struct holding *h = &b->accounts[i];
    st_str_addf(
        &n->accounts, "A%zu,%s,%s", i, classes[h->class], b->foreign && i % 7 == 0 ? "USD" : "CNY");
    add_date(&n->accounts, h->opened);
    add_date(&n->accounts, h->closed);
    st_str_add(&n->accounts, "\n");
}

static void tell_movement(struct bank *b, struct night *n, size_t i)
{
    const struct fact *f = &b->movements[i];
    st_str_addf(&n->movements, "T%zu,C%d,", i, f->customer);
    if (f->account >= 0)
        st_str_addf(&n->movements, "A%d", f->account);
    add_date(&n->movements, f->day);
    st_str_addf(&n->movements, ",%lld,%s\n", (long long)f->amount, kinds[f->kind]);
}

static void tell_balance(struct bank *b, struct night *n, size_t i)
{
    const struct fact *f = &b->balances[i];
    st_str_addf(&n->balances, "A%d", f->account);
    add_date(&n->balances, f->day);
    st_str_addf(&n->balances, ",%lld\n", (long long)f->amount);
}

static void open_customer(struct bank *b, struct night *n, st_date day)
{
    if (b->customer_count == CUSTOMERS_MAX)
        return;
    b->customers[b->customer_count] = (struct person){
        .opened = day - below(b, 400), .born = day - 8000 - below(b, 8000), .points = below(b, 10)};
    tell_customer(b, n, b->customer_count++);
}

static int some_customer(struct bank *b)
{
    int i = below(b, (int)b->customer_count);
    while (b->customers[i].merged)
        i = (i + 1) % (int)b->customer_count;
    return i;
}

static void open_account(struct bank *b, struct night *n, st_date day)
{
    if (b->account_count == ACCOUNTS_MAX)
        return;
    b->accounts[b->account_count] = (struct holding){
        .owner = some_customer(b), .opened = day - below(b, 300) + 10, .class = below(b, 3)};
    st_str_addf(&n->holders, "A%zu,C%d\n", b->account_count, b->accounts[b->account_count].owner);
    tell_account(b, n, b->account_count++);
}

/* Now and then long ago, or still to come. */
static st_date fact_day(struct bank *b, st_date day)
{
    if (one_in(b, 6))
        return day - below(b, 400);
    return one_in(b, 12) ? day + below(b, 40) : day - below(b, 4);
}

static void move(struct bank *b, struct night *n, st_date day)
{
    if (b->movement_count == FACTS_MAX)
        return;
    int account = one_in(b, 3) ? -1 : below(b, (int)b->account_count);
    b->movements[b->movement_count] = (struct fact){.account = account,
        .customer = account < 0 ? some_customer(b) : b->accounts[account].owner,
        .day = day,
        .amount = below(b, 400) - 150,
        .kind = below(b, 3)};
    tell_movement(b, n, b->movement_count++);
}

static void stand(struct bank *b, struct night *n, st_date day)
{
    int account = below(b, (int)b->account_count);
    for (size_t i = 0; i < b->balance_count; i++)
        if (b->balances[i].account == account && b->balances[i].day == day)
            return;
    if (b->balance_count == FACTS_MAX)
        return;
    b->balances[b->balance_count] =
        (struct fact){.account = account, .day = day, .amount = below(b, 3000) - 300};
    tell_balance(b, n, b->balance_count++);
}

/* --- what happens in a night --- */

static void correct(struct bank *b, struct night *n)
{
    for (int i = below(b, 4); i > 0 && b->movement_count; i--) {
        size_t which = (size_t)below(b, (int)b->movement_count);
        if (one_in(b, 2))
            b->movements[which].amount = below(b, 400) - 150;
        if (one_in(b, 3))
            b->movements[which].day += below(b, 60) - 30;
        tell_movement(b, n, which); /* some come again as they were */
    }
    for (int i = below(b, 3); i > 0 && b->balance_count; i--) {
        size_t which = (size_t)below(b, (int)b->balance_count);
        b->balances[which].amount += one_in(b, 2) ? below(b, 500) : 0;
        tell_balance(b, n, which);
    }
}

static void change_customers(struct bank *b, struct night *n, st_date day)
{
    int i = some_customer(b);
    if (one_in(b, 3)) { /* closes, today or soon; or comes back */
        b->customers[i].closed = b->customers[i].closed ? 0 : day + below(b, 20) - 5;
        tell_customer(b, n, (size_t)i);
    }
    if (one_in(b, 2)) { /* a birthday soon; points or a birth date put right */
        int who = some_customer(b);
        b->customers[who].points = below(b, 10);
        if (one_in(b, 2))
            b->customers[who].born =
                st_date_add_months(day + below(b, 3), -12 * (20 + below(b, 9)));
        tell_customer(b, n, (size_t)who);
    }
    if (one_in(b, 3) && b->account_count) {
        size_t which = (size_t)below(b, (int)b->account_count);
        struct holding *h = &b->accounts[which];
        h->closed = h->closed ? 0 : day + below(b, 20) - 10;
        h->class = below(b, 3);
        tell_account(b, n, which);
    }
    if (one_in(b, 8)) {
        int from = some_customer(b), into = some_customer(b);
        if (from == into)
            return;
        st_str_addf(&n->changes, "merge,C%d,C%d", from, into);
        add_date(&n->changes, day);
        st_str_add(&n->changes, "\n");
        b->customers[from].merged = true;
        for (size_t k = 0; k < b->account_count; k++)
            if (b->accounts[k].owner == from)
                b->accounts[k].owner = into;
        for (size_t k = 0; k < b->movement_count; k++)
            if (b->movements[k].customer == from)
                b->movements[k].customer = into;
    }
}

static void begin(struct bank *b, struct night *n, st_date day)
{
    for (int i = 25 + below(b, 15); i > 0; i--)
        open_customer(b, n, day);
    for (int i = 30 + below(b, 30); i > 0; i--)
        open_account(b, n, day);
    for (int i = 150 + below(b, 100); i > 0; i--)
        move(b, n, day - below(b, 420));
    for (int i = 100 + below(b, 100); i > 0; i--)
        stand(b, n, day - below(b, 420));
}

static void go_on(struct bank *b, struct night *n, st_date day)
{
    for (int i = below(b, 3); i > 0; i--)
        open_customer(b, n, day);
    for (int i = below(b, 4); i > 0; i--)
        open_account(b, n, day);
    for (int i = below(b, 25); i > 0; i--)
        move(b, n, fact_day(b, day));
    for (int i = below(b, 15); i > 0; i--)
        stand(b, n, fact_day(b, day));
    if (one_in(b, 2))
        correct(b, n);
    change_customers(b, n, day);
}

/* --- import --- */

static const char mapping[] =
    "strata-mapping: 1\nname: nights\ncurrency: CNY\nrefuse_above: 100%\nsources:\n"
    "  customers: {file: customers.csv, load: {customer: {id: id, opened_on: opened_on, "
    "closed_on: closed_on, birth_date: born, attributes: {points: {value: points, type: "
    "integer}}}}}"
    "\n"
    "  accounts: {file: accounts.csv, load: {account: {id: id, class: class, currency: currency, "
    "opened_on: opened_on, closed_on: closed_on}}}\n"
    "  holders: {file: holders.csv, load: {account_holder: {account: account, customer: customer, "
    "role: \"'owner'\", share: 100%}}}\n"
    "  movements: {file: movements.csv, load: {txn: {id: id, customer: customer, account: account, "
    "on_date: on_date, amount: amount, kind: kind, currency: \"'CNY'\"}}}\n"
    "  balances: {file: balances.csv, load: {balance: {account: account, on_date: on_date, "
    "amount: amount}}}\n"
    "  changes: {file: changes.csv, load: {customer_change: {kind: kind, from_customer: from, "
    "into_customer: into, on_date: on_date}}}\n"
    "  rates: {file: rates.csv, load: {fx_rate: {currency: currency, base: base, on_date: on_date, "
    "rate: rate}}}\n";

static void put(const char *folder, const char *name, const char *head, const char *rows)
{
    char path[3 * TEXT];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fprintf(f, "%s%s", head, rows);
    assert_int_equal(fclose(f), 0);
}

static void write_night(const char *folder, const struct night *n, bool foreign, int number)
{
    const struct {
        const char *name, *head;
        const struct st_str *rows;
    } files[] = {{"customers.csv", "id,opened_on,closed_on,born,points\n", &n->customers},
        {"accounts.csv", "id,class,currency,opened_on,closed_on\n", &n->accounts},
        {"holders.csv", "account,customer\n", &n->holders},
        {"movements.csv", "id,customer,account,on_date,amount,kind\n", &n->movements},
        {"balances.csv", "account,on_date,amount\n", &n->balances},
        {"changes.csv", "kind,from,into,on_date\n", &n->changes}};
    char command[3 * TEXT], note[TEXT];
    snprintf(command, sizeof command, "mkdir -p %s", folder);
    assert_int_equal(system(command), 0);
    snprintf(note, sizeof note, "# night %d\n", number);
    put(folder, "map.yaml", note, mapping);
    for (size_t i = 0; i < ST_COUNT(files); i++)
        if (files[i].rows->len)
            put(folder, files[i].name, files[i].head, files[i].rows->text);
    if (foreign && number == 0)
        put(folder, "rates.csv", "currency,base,on_date,rate\n",
            "USD,CNY,2022-06-01,7.1\nUSD,CNY,2023-05-01,7.2\nUSD,CNY,2024-04-01,7.3\n");
}

static void check(st_code code, const struct st_error *err, const struct bank *b, uint64_t seed)
{
    if (code == ST_OK)
        return;
    st_error_print(err, ST_LANG_EN, stderr);
    fprintf(stderr, "%s\n", b->policy);
    fail_msg("history %llu", (unsigned long long)seed);
}

static void import_folder(
    struct st_store *store, const struct bank *b, const char *folder, uint64_t seed)
{
    char path[3 * TEXT];
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_import_report report;
    snprintf(path, sizeof path, "%s/map.yaml", folder);
    const struct st_import_options options = {.mapping = path, .loaded_at = "2024-02-01T00:00:00Z"};
    check(st_import(store, &arena, &options, &report, &err), &err, b, seed);
    st_arena_release(&arena);
}

/* --- policies --- */

static const char *const txn_values[] = {"count()", "sum(amount)", "sum(abs(amount))",
    "max(on_date)", "days_since(max(on_date))", "min(on_date)", "max(amount)", "min(amount)",
    "average(amount)", "count_distinct(year_month(on_date))", "count_distinct(kind)",
    "sum(amount) / count()", "max(amount) - min(amount)"};
static const char *const txn_windows[] = {"12 months", "1 month", "3 months", "30 days", "90 days",
    "previous 1 month", "quarter_to_date", "year_to_date", "all", "1 year", "2 weeks"};
static const char *const txn_wheres[] = {"kind = 'purchase'", "amount > 0", "class = 'deposit'",
    "channel is null", "days_since(on_date) < 45"};
static const char *const balance_values[] = {"daily_average(amount)", "closing(amount)",
    "daily_average(amount * weight(class))", "daily_average(amount) - closing(amount)",
    "max(amount)"};
static const char *const balance_windows[] = {
    "1 month", "3 months", "30 days", "12 months", "month_to_date", "previous 1 month"};
static const char *const others[] = {"{from: account, value: count(), where: open}",
    "{is: \"case when has('wealth') then m0 else 1 end\"}",
    "{from: account, value: max(days_since(opened_on))}", "{from: account, value: max(opened_on)}",
    "{from: customer, value: days_since(opened_on)}", "{from: customer, value: age(birth_date)}",
    "{is: \"case when points > 4 then m0 else m1 end\"}",
    "{is: \"case when age(birth_date) < 25 then m0 else 0 end\"}",
    "{is: \"m0 - lag(m0, 1 month)\"}", "{is: \"coalesce(lag(m1, 2 months), 0)\"}"};

#define PICK(b, list) (list)[below((b), (int)ST_COUNT(list))]

static void add_metric(struct bank *b, struct st_str *out, int number)
{
    st_str_addf(out, "  m%d: ", number);
    if (number == 0) {
        st_str_addf(
            out, "{from: txn, value: sum(abs(amount)), window: %s}\n", PICK(b, txn_windows));
    } else if (number == 1) {
        st_str_addf(out, "{from: balance, value: daily_average(amount), window: %s}\n",
            PICK(b, balance_windows));
    } else if (one_in(b, 6)) {
        st_str_addf(out, "%s\n", PICK(b, others));
    } else if (one_in(b, 3)) {
        const char *value = one_in(b, 8) ? balance_values[4] : balance_values[below(b, 4)];
        st_str_addf(out, "{from: balance, value: \"%s\", window: %s%s%s}\n", value,
            PICK(b, balance_windows), one_in(b, 2) ? ", overdraft: net" : "",
            strstr(value, "weight") ? ", weights: {deposit: 1, wealth: 0.8}" : "");
    } else if (one_in(b, 8)) {
        st_str_addf(out, "{from: txn, value: count_distinct(on_date), window: 30 days}\n");
    } else {
        const char *value = txn_values[one_in(b, 12) ? 10 : below(b, 10)];
        if (one_in(b, 6))
            value = txn_values[11 + below(b, 2)];
        st_str_addf(out, "{from: txn, value: \"%s\", window: %s", value, PICK(b, txn_windows));
        if (one_in(b, 3))
            st_str_addf(out, ", where: \"%s\"", txn_wheres[one_in(b, 6) ? 4 : below(b, 4)]);
        st_str_add(out, "}\n");
    }
}

static const char metric_schemes[] =
    "  worth: {method: thresholds, value: m1, tiers: [{code: rich, from: 900}, {code: fair, from: "
    "300}, {code: low}]%s}\n"
    "  rank: {method: rfm, recency: r, frequency: f, monetary: m0, nulls: rest, segments: "
    "[{code: best, r: [4, 5], f: [4, 5], m: [4, 5]}, {code: rest}]}\n"
    "  idle: {method: thresholds, value: r, nulls: busy, tiers: [{code: quiet, from: 12}, {code: "
    "busy}]}\n"
    "  years: {method: thresholds, value: days_since(opened_on), nulls: new, tiers: [{code: old, "
    "from: 200}, "
    "{code: new}]}\n";
static const char moves[] = ", moves: {up: {after: 1}, down: {after: 2}, watch: {after: 1}}";

/* Where a day changes nothing: customers' own values decide, in the matrix by another scheme. */
static const char own_schemes[] =
    "  %sspend: {method: thresholds, value: m0, tiers: [{code: high, from: %d}, {code: low}]}\n"
    "  %sowns: {method: thresholds, value: \"case when has('%s') then m0 else 0 end\", tiers: "
    "[{code: much, from: 100}, {code: less}]}\n"
    "  %skeen: {method: thresholds, value: points, nulls: none, tiers: [{code: yes, from: 5}, "
    "{code: none}]}\n"
    "  %sgrid: {method: matrix, rows: %sspend, columns: %sowns, tiers: [{code: good}, {code: "
    "rest}], cells: [{row: high, column: much, tier: good}, {row: high, column: less, tier: rest}, "
    "{row: low, column: much, tier: rest}, {row: low, column: less, tier: rest}]}\n";

static void add_own_schemes(struct st_str *out, const char *prefix, int bound, const char *class)
{
    st_str_addf(out, own_schemes, prefix, bound, prefix, class, prefix, prefix, prefix, prefix);
}

static void write_policies(struct bank *b)
{
    struct st_str metrics = ST_STR_INIT, own = ST_STR_INIT, out = ST_STR_INIT;
    st_str_addf(&metrics,
        "currency: CNY\nfx_days_max: 366\npopulation: %s\nattributes: {points: "
        "integer}\nmetrics:\n",
        one_in(b, 2) ? "everyone" : "holders");
    int count = 2 + below(b, 6);
    for (int i = 0; i < count; i++)
        add_metric(b, &metrics, i);
    st_str_add(&metrics, "  r: {from: txn, value: days_since(max(on_date)), window: 12 months}\n"
                         "  f: {from: txn, value: count(), window: 12 months}\n");
    const char *class = PICK(b, classes);
    add_own_schemes(&own, "", 500, class);
    st_str_addf(&out, "strata: 1\nname: random\n%sschemes:\n%s", metrics.text, own.text);
    st_str_addf(&out, metric_schemes, b->moves ? moves : "");
    assert_true(out.len < sizeof b->policy);
    strcpy(b->policy, out.text);
    if (one_in(b, 3)) {
        out.len = own.len = 0;
        add_own_schemes(&own, "other_", 300, class);
        st_str_addf(&out, "strata: 1\nname: other\n%sschemes:\n%s", metrics.text, own.text);
        assert_true(out.len < sizeof b->other);
        strcpy(b->other, out.text);
    }
    st_str_release(&metrics);
    st_str_release(&own);
    st_str_release(&out);
}

/* Another bound of a scheme that the matrix builds on, or the one before. */
static void edit_policy(struct bank *b)
{
    char *bound = strstr(b->policy, "value: m0, tiers: [{code: high, from: ");
    assert_non_null(bound);
    char *digit = strstr(bound, "from: ") + strlen("from: ");
    *digit = *digit == '5' ? '1' : '5';
}

/* --- runs --- */

struct tally {
    int runs, carried_txn, carried_balance, stood;
};

static void run_policy(struct st_store *store, const struct bank *b, const char *text,
    st_date as_of, bool fresh, struct tally *tally, uint64_t seed)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_policy *policy = NULL;
    struct st_run_report report;
    const struct st_run_options options = {
        .as_of = as_of, .full = fresh, .verify = !fresh, .now = "2024-02-01T00:00:00Z"};
    st_code code = st_policy_parse(&arena, "random policy", text, strlen(text), &policy, &err);
    if (code == ST_OK)
        code = st_run(store, &arena, policy, &options, &report, &err);
    check(code, &err, b, seed);
    if (tally) {
        tally->runs++;
        tally->carried_txn += strstr(report.periods[0].carried, "txn") != NULL;
        tally->carried_balance += strstr(report.periods[0].carried, "balance") != NULL;
        tally->stood += report.periods[0].stands;
    }
    st_arena_release(&arena);
}

static void run(struct st_store *store, const struct bank *b, st_date as_of, bool fresh,
    struct tally *tally, uint64_t seed)
{
    run_policy(store, b, b->policy, as_of, fresh, tally, seed);
    if (*b->other)
        run_policy(store, b, b->other, as_of, fresh, tally, seed);
}

/* People decide upon a tier, for some days. */
static void decide(struct bank *b, st_date day, uint64_t seed)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_override override;
    char customer[TEXT];
    st_date until = day + below(b, 12);
    snprintf(customer, sizeof customer, "C%d", some_customer(b));
    const struct st_override_ask ask = {.scheme = "spend",
        .customer = customer,
        .action = "raise",
        .tier = "high",
        .from = day,
        .until = &until,
        .reason = "a promise",
        .by = "manager-a",
        .now = "2024-02-01T00:00:00Z"};
    st_code code = st_override_ask(b->store, &arena, &ask, &override, &err);
    if (code == ST_OK)
        check(st_override_act(b->store, &arena, ST_OVERRIDE_APPROVE, override.id, "manager-b", NULL,
                  "2024-02-01T00:00:00Z", &override, &err),
            &err, b, seed);
    else
        assert_int_equal(code, ST_E_CONFLICT); /* decided already */
    st_arena_release(&arena);
}

static char *exported(struct st_store *store, const struct bank *b, enum st_export_what what,
    const char *scheme, uint64_t seed)
{
    char path[3 * TEXT];
    int64_t rows = 0;
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    snprintf(path, sizeof path, "%s/export.csv", b->dir);
    const struct st_export_options options = {
        .what = what, .scheme = scheme, .format = ST_EXPORT_CSV, .plain = true, .path = path};
    check(st_export(store, &arena, &options, &rows, &err), &err, b, seed);
    st_arena_release(&arena);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(f);
    char *text = st_calloc(size + 1, 1);
    rewind(f);
    assert_int_equal(fread(text, 1, size, f), size);
    fclose(f);
    return text;
}

static struct st_store *new_store(void)
{
    const struct st_store_options options = {.create = true, .threads = 1};
    struct st_store *store = NULL;
    assert_int_equal(st_store_open(":memory:", &options, &store, NULL), ST_OK);
    return store;
}

/* Without moves, what was before does not matter: the last day alone gives the same files. */
static void compare_with_fresh(struct bank *b, st_date as_of, uint64_t seed)
{
    char folder[2 * TEXT];
    struct st_store *fresh = new_store();
    for (int i = 0; i < b->nights; i++) {
        snprintf(folder, sizeof folder, "%s/%d", b->dir, i);
        import_folder(fresh, b, folder, seed);
    }
    run(fresh, b, as_of, true, NULL, seed);
    const struct {
        enum st_export_what what;
        const char *scheme; /* the two policies' metrics have tables of their own */
    } files[] = {
        {ST_EXPORT_TIERS, NULL}, {ST_EXPORT_METRICS, "spend"}, {ST_EXPORT_METRICS, "other_spend"}};
    for (size_t i = 0; i < ST_COUNT(files) - !*b->other; i++) {
        char *ours = exported(b->store, b, files[i].what, files[i].scheme, seed);
        char *theirs = exported(fresh, b, files[i].what, files[i].scheme, seed);
        if (strcmp(ours, theirs) != 0)
            fail_msg("history %llu: not what a fresh store exports", (unsigned long long)seed);
        free(ours);
        free(theirs);
    }
    st_store_close(fresh);
}

/* Rows that later runs ended still stand for the runs before. */
static void replay_all(struct bank *b, uint64_t seed)
{
    for (int run_id = 1; run_id <= b->runs; run_id++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_replay replay;
        check(st_replay(b->store, &arena, run_id, &replay, &err), &err, b, seed);
        if (!replay.identical)
            fail_msg("history %llu: run %d is not what it was", (unsigned long long)seed, run_id);
        st_arena_release(&arena);
    }
}

/* What runs counted beside their rows, counted: of every run, however many stand for it. */
static void compare_stocks(const struct bank *b, uint64_t seed)
{
    struct st_error err = {.code = ST_OK};
    int64_t counts[2];
    check(st_store_query_ints(b->store,
              "SELECT count(*) FILTER (WHERE r.customers IS DISTINCT FROM s.customers), count(*) "
              "FROM (SELECT t.run_id, t.scheme, t.status, coalesce(t.tier, 0) AS tier, "
              "count(*) AS customers FROM tier_state AS t "
              "GROUP BY t.run_id, t.scheme, t.status, coalesce(t.tier, 0)) AS r "
              "FULL JOIN tier_stock AS s ON s.run_id = r.run_id AND s.scheme = r.scheme "
              "AND s.status = r.status AND coalesce(s.tier, 0) = r.tier",
              NULL, 0, counts, NULL, 2, &err),
        &err, b, seed);
    if (counts[0] || !counts[1])
        fail_msg("history %llu: %lld of %lld counts are not those of the rows",
            (unsigned long long)seed, (long long)counts[0], (long long)counts[1]);
}

static void release_night(struct night *n)
{
    struct st_str *const all[] = {
        &n->customers, &n->accounts, &n->holders, &n->movements, &n->balances, &n->changes};
    for (size_t i = 0; i < ST_COUNT(all); i++)
        st_str_release(all[i]);
}

static void live(uint64_t seed, struct tally *tally)
{
    struct bank *b = st_calloc(1, sizeof *b);
    char folder[2 * TEXT], command[2 * TEXT];
    st_rng_init(&b->rng, seed, 1);
    strcpy(b->dir, "/tmp/strata-nights-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    b->store = new_store();
    b->foreign = one_in(b, 12);
    b->moves = one_in(b, 3);
    b->decides = one_in(b, 5);
    write_policies(b);
    st_date day = st_date_from_civil((struct st_civil){2024, 1, 10}) + below(b, 360);
    int last = NIGHTS_LEAST + below(b, NIGHTS_MORE);
    for (int i = 0; i < last; i++) {
        struct night n = {.customers = ST_STR_INIT};
        if (i == 0)
            begin(b, &n, day);
        else
            go_on(b, &n, day);
        snprintf(folder, sizeof folder, "%s/%d", b->dir, i);
        write_night(folder, &n, b->foreign, i);
        release_night(&n);
        import_folder(b->store, b, folder, seed);
        b->nights++;
        run(b->store, b, day, false, tally, seed);
        b->runs += *b->other ? 2 : 1;
        if (b->decides && one_in(b, 2))
            decide(b, day, seed);
        if (one_in(b, 3))
            edit_policy(b);
        if (i + 1 < last)
            day += one_in(b, 4) ? 8 + below(b, 20) : below(b, 4);
    }
    if (one_in(b, 2))
        edit_policy(b);
    run(b->store, b, day, false, tally, seed); /* the same day once more, and what was decided */
    b->runs += *b->other ? 2 : 1;
    compare_stocks(b, seed);
    if (seed % FRESH_EVERY == 0 && !b->moves && !b->decides)
        compare_with_fresh(b, day, seed);
    if (seed % REPLAY_EVERY == 0 && !b->foreign)
        replay_all(b, seed);
    st_store_close(b->store);
    snprintf(command, sizeof command, "rm -rf '%s'", b->dir);
    free(b);
    assert_int_equal(system(command), 0);
}

/* Every WORKERS-th history in a process of its own; what it tallied comes back by the pipe. */
static pid_t start_worker(int number, int *from)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *from = ends[0];
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        close(ends[1]);
        return child;
    }
    struct tally tally = {0};
    const char *wanted = getenv("STRATA_HISTORIES");
    uint64_t last = wanted ? strtoull(wanted, NULL, 10) : HISTORIES;
    for (uint64_t seed = 1 + (uint64_t)number; seed <= last; seed += WORKERS)
        live(seed, &tally);
    ssize_t written = write(ends[1], &tally, sizeof tally);
    _exit(written == (ssize_t)sizeof tally ? 0 : 1);
}

static void test_random_histories_give_what_full_runs_give(void **state)
{
    const char *one = getenv("STRATA_HISTORY"); /* to look at one that failed */
    struct tally all = {0}, part;
    pid_t workers[WORKERS];
    int from[WORKERS], status;
    (void)state;
    if (one) {
        live(strtoull(one, NULL, 10), &all);
        return;
    }
    for (int i = 0; i < WORKERS; i++)
        workers[i] = start_worker(i, &from[i]);
    for (int i = 0; i < WORKERS; i++) {
        ssize_t got = read(from[i], &part, sizeof part);
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        assert_int_equal(got, sizeof part);
        close(from[i]);
        all.runs += part.runs;
        all.carried_txn += part.carried_txn;
        all.carried_balance += part.carried_balance;
        all.stood += part.stood;
    }
    print_message("%d runs, %d carried movements, %d balances, %d wrote just what changed\n",
        all.runs, all.carried_txn, all.carried_balance, all.stood);
    assert_true(all.stood * 5 > all.runs);
    assert_true(all.carried_txn * 2 > all.runs);
    assert_true(all.carried_balance * 5 > all.runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_histories_give_what_full_runs_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
