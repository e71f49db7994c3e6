/* The demonstration bank: the same bytes every time, whole without its bad rows, and rich in the
 * way a retail bank is rich. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"
#include "demo/almanac.h"
#include "demo/demo.h"
#include "demo/files.h"
#include "demo/persona.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIELDS_MAX = 48, FILE_MAX = 1 << 28, FILES = 9 };

static char root[] = "/tmp/strata-demo-XXXXXX";

static const char *at(struct st_arena *arena, const char *directory, const char *file)
{
    return st_arena_printf(arena, "%s/%s/%s", root, directory, file);
}

static struct st_demo_options small_bank(struct st_arena *arena, const char *name)
{
    struct st_demo_options options = ST_DEMO_OPTIONS_DEFAULT;
    options.directory = st_arena_printf(arena, "%s/%s", root, name);
    options.customers = 800;
    options.months = 12;
    return options;
}

static struct st_demo_report write_bank(
    const struct st_demo_options *options, struct st_arena *arena)
{
    struct st_demo_report report = {0};
    struct st_error err = {0};
    if (st_demo_write(options, arena, &report, &err) != ST_OK)
        st_error_print(&err, ST_LANG_EN, stderr);
    assert_int_equal(err.code, ST_OK);
    assert_int_equal(report.file_count, FILES);
    return report;
}

/* --- reading the files back --- */

struct table {
    struct st_str text;
    char *next;
    int columns;
    char *fields[FIELDS_MAX];
};

static int split(char *line, char **fields)
{
    int count = 0;
    for (char *p = line; p; count++) {
        assert_true(count < FIELDS_MAX);
        fields[count] = p;
        p = strchr(p, ',');
        if (p)
            *p++ = '\0';
    }
    return count;
}

/* The next row's fields; false at the end. */
static bool read_row(struct table *t)
{
    if (!*t->next)
        return false;
    char *end = strchr(t->next, '\n');
    assert_non_null(end);
    *end = '\0';
    t->columns = split(t->next, t->fields);
    t->next = end + 1;
    return true;
}

/* A bank's file; a zero byte, which one defect has, reads as a question mark. */
static void read_file(
    struct st_str *text, struct st_arena *arena, const char *bank, const char *file)
{
    assert_int_equal(st_str_read_file(text, at(arena, bank, file), FILE_MAX, NULL), ST_OK);
    for (char *p = text->text; (p = memchr(p, 0, text->len - (size_t)(p - text->text)));)
        *p = '?';
}

/* A bank's file, its header read. */
static void open_table(struct table *t, struct st_arena *arena, const char *bank, const char *file)
{
    *t = (struct table){.text = ST_STR_INIT};
    read_file(&t->text, arena, bank, file);
    t->next = t->text.text;
    assert_true(read_row(t));
}

static void close_table(struct table *t)
{
    st_str_release(&t->text);
}

static int64_t money(const char *text)
{
    int64_t value = 0;
    assert_int_equal(st_decimal_parse(text, strlen(text), 2, &value), ST_OK);
    return value;
}

static st_date date(const char *text)
{
    st_date day = 0;
    assert_true(st_date_parse(text, strlen(text), &day));
    return day;
}

static void hash_bank(struct st_arena *arena, const char *bank, const struct st_demo_report *report,
    char hex[ST_HASH_HEX_SIZE])
{
    struct st_hash all;
    st_hash_init(&all);
    for (size_t i = 0; i <= report->file_count; i++) {
        const char *name = i < report->file_count ? report->files[i].name : "manifest.yaml";
        assert_int_equal(st_hash_file(at(arena, bank, name), hex, NULL), ST_OK);
        st_hash_add_text(&all, hex);
    }
    st_hash_hex(&all, hex);
}

/* --- determinism --- */

static void check_bytes(enum st_demo_format format)
{
    static const struct {
        const char *what;
        uint64_t seed;
        int bad;
        int threads;
        bool same;
    } rows[] = {
        {"again", 7, 50, 1, true},
        {"two threads", 7, 50, 2, true},
        {"three threads", 7, 50, 3, true},
        {"more threads than blocks", 7, 50, 32, true},
        {"another seed", 8, 50, 3, false},
        {"more bad rows", 7, 5000, 3, false},
    };
    struct st_arena arena = ST_ARENA_INIT;
    char first[ST_HASH_HEX_SIZE], second[ST_HASH_HEX_SIZE];
    struct st_demo_options options = small_bank(&arena, "first");
    options.format = format;
    options.customers = 6000; /* several blocks */
    options.months = 2;
    options.seed = 7;
    options.threads = 1;
    struct st_demo_report report = write_bank(&options, &arena);
    hash_bank(&arena, "first", &report, first);
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        options.directory = at(&arena, "second", "");
        options.threads = rows[i].threads;
        options.seed = rows[i].seed;
        options.bad_rows_per_100k = rows[i].bad;
        report = write_bank(&options, &arena);
        hash_bank(&arena, "second", &report, second);
        if ((strcmp(first, second) == 0) != rows[i].same)
            fail_msg("%s: the bytes are %s", rows[i].what, rows[i].same ? "different" : "the same");
    }
    st_arena_release(&arena);
}

static void test_bytes_follow_from_the_options(void **state)
{
    (void)state;
    for (int format = ST_DEMO_UTF8; format <= ST_DEMO_PARQUET; format++)
        check_bytes((enum st_demo_format)format);
}

/* A larger bank begins with the smaller one: customers do not depend on each other. */
static void test_customers_are_independent(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str few = ST_STR_INIT, many = ST_STR_INIT;
    (void)state;
    struct st_demo_options options = small_bank(&arena, "few");
    options.bad_rows_per_100k = 0;
    options.customers = 200; /* whole blocks, so that no family is cut */
    write_bank(&options, &arena);
    options.directory = at(&arena, "many", "");
    options.customers = 400;
    write_bank(&options, &arena);
    static const char *const files[] = {"customers.csv", "accounts.csv", "transactions.csv"};
    for (size_t i = 0; i < ST_COUNT(files); i++) {
        st_str_reset(&few);
        st_str_reset(&many);
        assert_int_equal(
            st_str_read_file(&few, at(&arena, "few", files[i]), FILE_MAX, NULL), ST_OK);
        assert_int_equal(
            st_str_read_file(&many, at(&arena, "many", files[i]), FILE_MAX, NULL), ST_OK);
        assert_true(few.len < many.len);
        assert_memory_equal(few.text, many.text, few.len);
    }
    st_str_release(&few);
    st_str_release(&many);
    st_arena_release(&arena);
}

/* --- the accounts of a bank, by number --- */

enum { SLOTS = 100 };

struct account {
    bool known, deposit, asset;
    int currency; /* index into fx */
    st_date opened, closed;
    int64_t balance, moved; /* the running balance; amounts since */
    int64_t sum;            /* of balances over the days of the last month */
    st_date since;
    int shares;
    int holder_count;
    struct {
        int64_t customer;
        int share;
    } holders[3];
};

struct bank {
    int64_t customers;
    struct account *accounts; /* customers × SLOTS */
    double fx[5];
};

static const char *const currencies[] = {"CNY", "USD", "HKD", "EUR", "JPY"};

static int currency_index(const char *code)
{
    for (int i = 0; i < (int)ST_COUNT(currencies); i++) {
        if (strcmp(currencies[i], code) == 0)
            return i;
    }
    fail_msg("currency %s", code);
    return -1;
}

static struct account *find_account(struct bank *bank, const char *number)
{
    int64_t n = atoll(number + 1);
    assert_int_equal(number[0], 'A');
    assert_int_equal(strlen(number), 11);
    assert_in_range(n / 100, 1, (uintmax_t)bank->customers);
    return &bank->accounts[(n / 100 - 1) * SLOTS + n % 100];
}

static void load_accounts(struct bank *bank, struct st_arena *arena, const char *name)
{
    struct table t;
    open_table(&t, arena, name, "accounts.csv");
    while (read_row(&t)) {
        assert_int_equal(t.columns, 10);
        struct account *a = find_account(bank, t.fields[0]);
        assert_false(a->known);
        a->known = true;
        a->deposit = strcmp(t.fields[2], "deposit") == 0;
        a->asset = strcmp(t.fields[2], "loan") != 0 && strcmp(t.fields[2], "card") != 0;
        a->currency = currency_index(t.fields[3]);
        a->opened = date(t.fields[5]);
        a->closed = t.fields[8][0] ? date(t.fields[8]) : INT32_MAX;
    }
    close_table(&t);
}

static void load_holders(struct bank *bank, struct st_arena *arena, const char *name)
{
    struct table t;
    open_table(&t, arena, name, "holders.csv");
    while (read_row(&t)) {
        struct account *a = find_account(bank, t.fields[0]);
        assert_true(a->known);
        assert_in_range(a->holder_count, 0, 2);
        a->holders[a->holder_count].customer = atoll(t.fields[1] + 1) - 1;
        a->holders[a->holder_count].share = (int)money(t.fields[3]);
        a->shares += a->holders[a->holder_count++].share;
    }
    close_table(&t);
}

/* The rates of the last day. */
static void load_rates(struct bank *bank, struct st_arena *arena, const char *name)
{
    struct table t;
    bank->fx[0] = 1;
    open_table(&t, arena, name, "fx_rates.csv");
    while (read_row(&t)) {
        assert_string_equal(t.fields[1], "CNY");
        assert_true(st_demo_is_business_day(date(t.fields[2])));
        bank->fx[currency_index(t.fields[0])] = strtod(t.fields[3], NULL);
    }
    close_table(&t);
}

static void load_bank(
    struct bank *bank, struct st_arena *arena, const struct st_demo_options *o, const char *name)
{
    *bank = (struct bank){.customers = o->customers};
    bank->accounts = st_calloc((size_t)o->customers * SLOTS, sizeof *bank->accounts);
    load_accounts(bank, arena, name);
    load_holders(bank, arena, name);
    load_rates(bank, arena, name);
}

/* --- a whole bank, without bad rows --- */

/* Columns by name: the index in the row just read, which is the header. */
static int column_of(const struct table *t, const char *name)
{
    for (int c = 0; c < t->columns; c++) {
        if (strcmp(t->fields[c], name) == 0)
            return c;
    }
    fail_msg("no column %s", name);
    return -1;
}

/* What each kind of customer is asked, the bounds of the answers, and how many answer. */
static void test_traits_fit_the_kind(void **state)
{
    enum { WORDS, NUMBER, DAY };
    static const struct {
        const char *column;
        const char *kinds; /* first letters of person, company and "prospect" as x */
        int form;
        double low, high;
        int known_min, known_max; /* percent of those asked */
    } rows[] = {
        {"area", "pcx", WORDS, 0, 0, 92, 98},
        {"manager", "pc", WORDS, 0, 0, 92, 98},
        {"satisfaction", "pc", NUMBER, 1, 10, 56, 64},
        {"interest", "p", WORDS, 0, 0, 92, 98},
        {"influence", "pcx", NUMBER, 1, 5, 92, 98},
        {"leaving_barrier", "pcx", NUMBER, 1, 5, 92, 98},
        {"winning_difficulty", "pcx", NUMBER, 1, 5, 92, 98},
        {"need_score", "pcx", NUMBER, 1, 5, 92, 98},
        {"habit_relationship", "p", NUMBER, 0, 100, 92, 98},
        {"habit_quality", "p", NUMBER, 0, 100, 92, 98},
        {"habit_price", "p", NUMBER, 0, 100, 92, 98},
        {"habit_credit", "p", NUMBER, 0, 100, 92, 98},
        {"need", "x", WORDS, 0, 0, 90, 99},
        {"budget", "x", NUMBER, 0, 1e7, 90, 99},
        {"quote", "x", NUMBER, 0, 1e7, 90, 99},
        {"buys_on", "x", DAY, 20453 - 20, 20453 + 400, 90, 99},
        {"decision_maker", "x", WORDS, 0, 0, 90, 99},
        {"cash_last_year", "c", NUMBER, 100, 1e8, 88, 99},
        {"cash_year_before", "c", NUMBER, 100, 1e8, 88, 99},
        {"cash_forecast", "c", NUMBER, 100, 1e8, 88, 99},
        {"cash_margin", "c", NUMBER, 0.01, 0.5, 88, 99},
        {"trade_last_year", "c", NUMBER, 100, 1e8, 88, 99},
        {"trade_year_before", "c", NUMBER, 100, 1e8, 88, 99},
        {"trade_forecast", "c", NUMBER, 100, 1e8, 88, 99},
        {"trade_margin", "c", NUMBER, 0.01, 0.5, 88, 99},
        {"agent", "c", WORDS, 0, 0, 88, 99},
    };
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_options options = small_bank(&arena, "traits");
    (void)state;
    options.customers = 20000;
    options.months = 1;
    options.bad_rows_per_100k = 0;
    write_bank(&options, &arena);
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct table t;
        int asked = 0, known = 0;
        open_table(&t, &arena, "traits", "customers.csv");
        int column = column_of(&t, rows[i].column);
        while (read_row(&t)) {
            const char *text = t.fields[column];
            char kind = strcmp(t.fields[1], "prospect") == 0 ? 'x' : t.fields[1][0];
            bool wanted = strchr(rows[i].kinds, kind) != NULL;
            if (!wanted && text[0] && strcmp(rows[i].column, "manager") != 0)
                fail_msg("%s has %s", t.fields[0], rows[i].column);
            asked += wanted;
            known += wanted && text[0];
            double value = rows[i].form == DAY && text[0] ? date(text) : strtod(text, NULL);
            if (text[0] && rows[i].form != WORDS && (value < rows[i].low || value > rows[i].high))
                fail_msg("%s: %s is %s", t.fields[0], rows[i].column, text);
        }
        if (known * 100 < asked * rows[i].known_min || known * 100 > asked * rows[i].known_max)
            fail_msg("%s: %d of %d answers", rows[i].column, known, asked);
        close_table(&t);
    }
    st_arena_release(&arena);
}

/* Everybody's manager is on the staff of the customer's region, and books have the size that the
 * role allows. */
static void test_managers_are_staff(void **state)
{
    enum { STAFF_MAX = 4096 };
    static const struct {
        const char *role;
        int largest;
    } roles[] = {{"branch_head", 0}, {"service_desk", 3400}, {"customer_manager", 620},
        {"wealth_manager", 240}, {"private_banker", 110}, {"corporate_manager", 130}};
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_options options = small_bank(&arena, "staff");
    struct table staff, t;
    int book[STAFF_MAX] = {0}, count = 0;
    const char *number[STAFF_MAX], *role[STAFF_MAX];
    (void)state;
    options.customers = 60000;
    options.months = 1;
    options.bad_rows_per_100k = 0;
    write_bank(&options, &arena);
    for (open_table(&staff, &arena, "staff", "staff.csv"); read_row(&staff); count++) {
        assert_in_range(count, 0, STAFF_MAX - 1);
        number[count] = staff.fields[0];
        role[count] = staff.fields[1];
        if (count > 0)
            assert_true(strcmp(number[count - 1], number[count]) < 0);
    }
    open_table(&t, &arena, "staff", "customers.csv");
    int column = column_of(&t, "manager");
    while (read_row(&t)) {
        int low = 0, high = count;
        if (!t.fields[column][0])
            continue;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            *(strcmp(number[middle], t.fields[column]) <= 0 ? &low : &high) = middle;
        }
        assert_string_equal(number[low], t.fields[column]);
        assert_int_equal(t.fields[column][2], t.fields[5][1]); /* the region */
        book[low]++;
    }
    for (int s = 0; s < count; s++) {
        size_t r = 0;
        while (strcmp(roles[r].role, role[s]) != 0)
            r++;
        if (book[s] > roles[r].largest)
            fail_msg("%s, a %s, has %d customers", number[s], role[s], book[s]);
    }
    close_table(&t);
    close_table(&staff);
    st_arena_release(&arena);
}

static void test_holders_total_the_whole(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct bank bank;
    int joint = 0, all = 0, three = 0, uneven = 0;
    (void)state;
    struct st_demo_options options = small_bank(&arena, "holders");
    options.customers = 4000;
    options.months = 1;
    options.bad_rows_per_100k = 0;
    write_bank(&options, &arena);
    load_bank(&bank, &arena, &options, "holders");
    for (int64_t i = 0; i < bank.customers * SLOTS; i++) {
        const struct account *a = &bank.accounts[i];
        if (!a->known)
            continue;
        assert_int_equal(a->shares, 10000);
        all++;
        joint += a->holders[0].share < 10000;
        three += a->holders[2].share == 3334;
        uneven += a->holders[0].share == 6000;
    }
    assert_true(joint * 100 > all && joint * 100 < all * 5); /* about 3 % */
    assert_true(three > 0 && uneven > 0);
    free(bank.accounts);
    st_arena_release(&arena);
}

struct delta {
    struct account *account;
    st_date on;
    int64_t amount;
};

static int by_account_and_day(const void *a, const void *b)
{
    const struct delta *x = a, *y = b;
    if (x->account != y->account)
        return x->account < y->account ? -1 : 1;
    return (x->on > y->on) - (x->on < y->on);
}

struct deltas ST_VEC(struct delta);

static void load_deltas(
    struct deltas *deltas, struct bank *bank, struct st_arena *arena, const char *name)
{
    struct table t;
    open_table(&t, arena, name, "transactions.csv");
    while (read_row(&t)) {
        assert_int_equal(t.columns, 11);
        struct account *a = find_account(bank, t.fields[1]);
        st_date on = date(t.fields[3]);
        assert_true(a->known && on >= a->opened && on <= a->closed);
        assert_int_equal(currency_index(t.fields[5]), a->currency);
        assert_true(strcmp(t.fields[5], "JPY") != 0 || !strchr(t.fields[4], '.'));
        if (a->deposit)
            *st_vec_push(deltas) = (struct delta){a, on, money(t.fields[4])};
    }
    close_table(&t);
    qsort(deltas->items, deltas->count, sizeof *deltas->items, by_account_and_day);
}

static size_t first_delta(const struct deltas *deltas, const struct account *a)
{
    size_t low = 0, high = deltas->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (deltas->items[middle].account < a)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What the day's transactions add to the account. */
static int64_t day_total(
    const struct deltas *deltas, const struct account *a, st_date after, st_date on)
{
    int64_t total = 0;
    for (size_t i = first_delta(deltas, a); i < deltas->count; i++) {
        const struct delta *d = &deltas->items[i];
        if (d->account != a || d->on > on)
            break;
        if (d->on > after)
            total += d->amount;
    }
    return total;
}

/* Checks one row against the account's last; true when it was reckoned from transactions. */
static bool check_balance(struct bank *bank, const struct deltas *deltas, st_date start, char **row)
{
    struct account *a = find_account(bank, row[0]);
    st_date on = date(row[1]);
    int64_t balance = money(row[2]);
    bool opening = on == start - 1;
    assert_true(a->known && (on > a->since || a->since == 0));
    assert_int_equal(opening, a->since == 0 && a->opened < start);
    assert_true(balance >= 0 || !a->deposit);
    assert_true(on < a->closed || balance == 0);
    if (a->deposit && !opening)
        assert_int_equal(balance, a->balance + day_total(deltas, a, a->since, on));
    a->balance = balance;
    a->since = on;
    return a->deposit && !opening;
}

static void test_deposit_balances_follow_transactions(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct bank bank;
    struct deltas deltas = {0};
    struct table t;
    int64_t checked = 0;
    (void)state;
    struct st_demo_options options = small_bank(&arena, "deposits");
    options.bad_rows_per_100k = 0;
    options.months = 24;
    write_bank(&options, &arena);
    load_bank(&bank, &arena, &options, "deposits");
    load_deltas(&deltas, &bank, &arena, "deposits");
    open_table(&t, &arena, "deposits", "balances.csv");
    while (read_row(&t))
        checked += check_balance(&bank, &deltas, st_demo_window_start(&options), t.fields);
    close_table(&t);
    assert_true(checked > 1000);
    /* Nothing moved after the last balance of an account, and what is closed is empty. */
    for (int64_t i = 0; i < bank.customers * SLOTS; i++) {
        struct account *a = &bank.accounts[i];
        assert_int_equal(a->deposit ? day_total(&deltas, a, a->since, INT32_MAX) : 0, 0);
        assert_true(!a->known || a->closed == INT32_MAX || a->balance == 0);
    }
    st_vec_release(&deltas);
    free(bank.accounts);
    st_arena_release(&arena);
}

/* --- concentration --- */

static void carry_to(struct account *a, st_date first, st_date until)
{
    st_date from = a->since > first ? a->since : first;
    if (until > from)
        a->sum += a->balance * (until - from);
    a->since = until;
}

static void average_last_month(
    struct bank *bank, struct st_arena *arena, const struct st_demo_options *o, const char *name)
{
    struct table t;
    st_date first = st_date_month_start(o->as_of);
    open_table(&t, arena, name, "balances.csv");
    while (read_row(&t)) {
        struct account *a = find_account(bank, t.fields[0]);
        carry_to(a, first, date(t.fields[1]));
        a->balance = money(t.fields[2]);
    }
    close_table(&t);
    for (int64_t i = 0; i < bank->customers * SLOTS; i++)
        carry_to(&bank->accounts[i], first, o->as_of + 1);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Share of the assets that the top 2.3 % of the open customers hold. */
static double concentration(struct bank *bank, struct st_arena *arena, const char *name)
{
    struct table t;
    double *assets = st_calloc((size_t)bank->customers, sizeof *assets);
    double total = 0, top = 0;
    size_t open = 0, index = 0;
    for (int64_t i = 0; i < bank->customers * SLOTS; i++) {
        const struct account *a = &bank->accounts[i];
        for (int h = 0; h < a->holder_count && a->asset; h++)
            assets[a->holders[h].customer] +=
                (double)a->sum * bank->fx[a->currency] * a->holders[h].share;
    }
    open_table(&t, arena, name, "customers.csv");
    for (; read_row(&t); index++) {
        if (strcmp(t.fields[1], "prospect") == 0)
            assert_true(assets[index] == 0);
        else if (!t.fields[12][0])
            assets[open++] = assets[index]; /* open ≤ index: nothing unread is overwritten */
    }
    close_table(&t);
    assert_int_equal(index, bank->customers);
    qsort(assets, open, sizeof *assets, descending);
    for (size_t i = 0; i < open; i++) {
        total += assets[i];
        top += i < open * 23 / 1000 ? assets[i] : 0;
    }
    free(assets);
    return top / total;
}

static void test_few_hold_most(void **state)
{
    static const uint64_t seeds[] = {1, 2, 2026};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(seeds); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct bank bank;
        struct st_demo_options options = small_bank(&arena, "rich");
        options.seed = seeds[i];
        options.customers = 6000;
        options.bad_rows_per_100k = 0;
        write_bank(&options, &arena);
        load_bank(&bank, &arena, &options, "rich");
        average_last_month(&bank, &arena, &options, "rich");
        double share = concentration(&bank, &arena, "rich");
        if (share < 0.76 || share > 0.86)
            fail_msg("seed %d: the top 2.3 %% hold %.1f %%", (int)seeds[i], share * 100);
        free(bank.accounts);
        st_arena_release(&arena);
    }
}

static void test_wealth_rises_with_its_quantile(void **state)
{
    static const struct {
        const char *what;
        double u;
        int64_t low, high; /* yuan */
    } rows[] = {
        {"the poorest", 1e-9, 0, 10},
        {"the median", 0.5, 1100, 1100},
        {"the top tenth begins", 0.9, 70000, 72000},
        {"the top 2.3 % begins", 0.977, 700000, 740000},
        {"one in a thousand", 0.999, 25000000, 25500000},
        {"the cap", 1 - 1e-12, 150000000, 150000000},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        int64_t fen = st_demo_wealth_at(rows[i].u);
        if (fen < rows[i].low * 100 || fen > rows[i].high * 100)
            fail_msg("%s: %lld fen", rows[i].what, (long long)fen);
    }
}

/* --- bad rows, manifest, report --- */

/* Walks both files: every line of the clean one is in the other, in order. Returns how many lines
 * are in the other one only. */
static int64_t extra_lines(struct st_arena *arena, const char *file)
{
    struct st_str clean = ST_STR_INIT, dirty = ST_STR_INIT;
    read_file(&clean, arena, "clean", file);
    read_file(&dirty, arena, "dirty", file);
    const char *want = clean.text;
    int64_t extra = 0;
    for (const char *p = dirty.text; *p;) {
        size_t len = strcspn(p, "\n") + 1;
        bool same = strncmp(p, want, len) == 0;
        want += same ? len : 0;
        extra += !same;
        p += len;
    }
    assert_string_equal(want, "");
    st_str_release(&clean);
    st_str_release(&dirty);
    return extra;
}

/* The same bank twice: "clean" without bad rows, "dirty" with many. */
static void write_both(
    struct st_arena *arena, struct st_demo_report *clean, struct st_demo_report *dirty)
{
    struct st_demo_options options = small_bank(arena, "clean");
    options.bad_rows_per_100k = 0;
    *clean = write_bank(&options, arena);
    options = small_bank(arena, "dirty");
    options.bad_rows_per_100k = 3000;
    *dirty = write_bank(&options, arena);
}

static int64_t defect_rows(const struct st_demo_file *file, const char *name)
{
    for (size_t d = 0; d < file->defect_count; d++) {
        if (strcmp(file->defects[d].name, name) == 0)
            return file->defects[d].rows;
    }
    return 0;
}

static void test_bad_rows_are_added_to_a_whole_bank(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_report clean, dirty;
    (void)state;
    write_both(&arena, &clean, &dirty);
    int64_t broken = 0;
    for (size_t i = 0; i < FILES; i++)
        broken += defect_rows(&dirty.files[i], "shares_not_100");
    assert_true(broken > 0);
    for (size_t i = 0; i < FILES; i++) {
        const struct st_demo_file *file = &dirty.files[i];
        int64_t listed = 0;
        for (size_t d = 0; d < file->defect_count; d++)
            listed += file->defects[d].rows;
        assert_int_equal(listed, file->bad_rows);
        assert_int_equal(clean.files[i].bad_rows, 0);
        /* The flawed accounts are good rows themselves, and so is the one whole holder. */
        int64_t good = strcmp(file->name, "accounts.csv") == 0  ? 2 * broken
                       : strcmp(file->name, "holders.csv") == 0 ? broken
                                                                : 0;
        assert_int_equal(file->rows - file->bad_rows - good, clean.files[i].rows);
        assert_int_equal(extra_lines(&arena, file->name), file->bad_rows + good);
    }
    st_arena_release(&arena);
}

static struct st_demo_report write_thousand(enum st_demo_format format, struct st_arena *arena)
{
    struct st_demo_options options = small_bank(arena, "thousand");
    options.customers = 1000;
    options.months = 2;
    options.format = format;
    return write_bank(&options, arena);
}

static void test_thousand_customers_have_every_defect(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (int format = ST_DEMO_UTF8; format <= ST_DEMO_GB18030; format++) {
        struct st_demo_report report = write_thousand((enum st_demo_format)format, &arena);
        for (size_t i = 0; i < FILES; i++) {
            const struct st_demo_defect_kind *kind = st_demo_file_specs[i].defects;
            for (; kind->name; kind++) {
                if (defect_rows(&report.files[i], kind->name) == 0)
                    fail_msg("%s: no %s", report.files[i].name, kind->name);
            }
        }
    }
    st_arena_release(&arena);
}

/* What a typed column can hold, and nothing else. */
static void test_defects_in_parquet(void **state)
{
    static const struct {
        enum st_demo_file_id file;
        const char *defect;
        bool occurs;
    } rows[] = {
        {ST_DEMO_FILE_PRODUCTS, "level_out_of_range", true},
        {ST_DEMO_FILE_CUSTOMERS, "missing_customer", true},
        {ST_DEMO_FILE_CUSTOMERS, "neither_yes_nor_no", true},
        {ST_DEMO_FILE_CUSTOMERS, "impossible_date", false},
        {ST_DEMO_FILE_CUSTOMERS, "text_in_money", false},
        {ST_DEMO_FILE_CUSTOMERS, "too_few_columns", false},
        {ST_DEMO_FILE_CUSTOMERS, "unclosed_quote", false},
        {ST_DEMO_FILE_CUSTOMERS, "other_encoding", false},
        {ST_DEMO_FILE_ACCOUNTS, "unknown_currency", true},
        {ST_DEMO_FILE_HOLDERS, "negative_share", true},
        {ST_DEMO_FILE_HOLDERS, "shares_not_100", true},
        {ST_DEMO_FILE_BALANCES, "too_many_decimals", true},
        {ST_DEMO_FILE_BALANCES, "two_balances_of_a_day", true},
        {ST_DEMO_FILE_TRANSACTIONS, "duplicate_number", true},
        {ST_DEMO_FILE_TRANSACTIONS, "number_too_long", true},
        {ST_DEMO_FILE_TRANSACTIONS, "zero_byte", false},
        {ST_DEMO_FILE_TRANSACTIONS, "lost_line_ends", false},
    };
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    struct st_demo_report report = write_thousand(ST_DEMO_PARQUET, &arena);
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        if ((defect_rows(&report.files[rows[i].file], rows[i].defect) > 0) != rows[i].occurs)
            fail_msg("%s: %s", report.files[rows[i].file].name, rows[i].defect);
    }
    st_arena_release(&arena);
}

/* The total of a column, over every row whose field reads as a number: ", sums: {share: 1.000}"
 * or "" for a file that has none. */
static const char *sum_text(struct st_arena *arena, const char *bank, const char *file)
{
    static const struct {
        const char *file, *column;
        int index;
    } sums[] = {
        {"holders.csv", "share", 3},
        {"balances.csv", "balance", 2},
        {"transactions.csv", "amount", 4},
    };
    for (size_t i = 0; i < ST_COUNT(sums); i++) {
        struct table t;
        char text[ST_DECIMAL_TEXT_SIZE];
        int64_t total = 0;
        if (strcmp(sums[i].file, file) != 0)
            continue;
        open_table(&t, arena, bank, file);
        while (read_row(&t)) {
            const char *field = sums[i].index < t.columns ? t.fields[sums[i].index] : "";
            int64_t value;
            if (st_decimal_parse(field, strlen(field), 3, &value) == ST_OK)
                total += value;
        }
        close_table(&t);
        bool cents = total % 10 == 0; /* no zero behind the second decimal */
        st_decimal_format(cents ? total / 10 : total, cents ? 2 : 3, text);
        return st_arena_printf(arena, ", sums: {%s: %s}", sums[i].column, text);
    }
    return "";
}

static void test_manifest_agrees_with_the_files(void **state)
{
    static const char *const banks[] = {"clean", "dirty"};
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_report reports[2];
    (void)state;
    write_both(&arena, &reports[0], &reports[1]);
    for (size_t b = 0; b < ST_COUNT(banks); b++) {
        struct st_str got = ST_STR_INIT, want = ST_STR_INIT;
        st_str_add(&want, "strata-manifest: 1\nas_of: 2025-12-31\nfiles:\n");
        for (size_t i = 0; i < FILES; i++) {
            const char *name = reports[b].files[i].name;
            struct table t;
            int rows = 0;
            if (!reports[b].files[i].in_manifest)
                continue;
            open_table(&t, &arena, banks[b], name);
            while (read_row(&t))
                rows++;
            close_table(&t);
            assert_int_equal(rows, reports[b].files[i].rows);
            st_str_addf(
                &want, "  %s: {rows: %d%s}\n", name, rows, sum_text(&arena, banks[b], name));
        }
        assert_int_equal(
            st_str_read_file(&got, at(&arena, banks[b], "manifest.yaml"), FILE_MAX, NULL), ST_OK);
        assert_string_equal(got.text, want.text);
        st_str_release(&got);
        st_str_release(&want);
    }
    st_arena_release(&arena);
}

/* --- edges and failures --- */

static void test_edges(void **state)
{
    static const struct {
        const char *what;
        int64_t customers;
        int months;
        struct st_civil as_of;
        int bad;
    } rows[] = {
        {"nobody", 0, 24, {2025, 12, 31}, 50},
        {"one customer", 1, 24, {2025, 12, 31}, 50},
        {"one month, a leap February", 300, 1, {2024, 2, 29}, 50},
        {"ten years", 40, ST_DEMO_MONTHS_MAX, {2030, 6, 30}, 0},
        {"the earliest window", 300, ST_DEMO_MONTHS_MAX, {2015, 1, 31}, 0},
        {"as bad as it gets", 60, 2, {2025, 12, 31}, ST_DEMO_BAD_PER_100K_MAX},
    };
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_demo_options options = small_bank(&arena, "edge");
        options.customers = rows[i].customers;
        options.months = rows[i].months;
        options.as_of = st_date_from_civil(rows[i].as_of);
        options.bad_rows_per_100k = rows[i].bad;
        struct st_demo_report report = write_bank(&options, &arena);
        assert_string_equal(report.files[3].name, "customers.csv");
        assert_int_equal(report.files[3].rows - report.files[3].bad_rows, rows[i].customers);
        assert_true(report.files[0].rows >= 25);
    }
    st_arena_release(&arena);
}

static void test_default_as_of_is_a_year_end(void **state)
{
    struct st_demo_options options = ST_DEMO_OPTIONS_DEFAULT;
    char text[ST_DATE_TEXT_SIZE];
    (void)state;
    assert_string_equal(st_date_format(options.as_of, text), "2025-12-31");
}

static void test_options_out_of_range(void **state)
{
    static const struct {
        const char *what;
        int64_t customers;
        int months;
        int bad;
        st_date as_of;
    } rows[] = {
        {"negative customers", -1, 24, 50, 20453},
        {"too many customers", ST_DEMO_CUSTOMERS_MAX + 1LL, 24, 50, 20453},
        {"no months", 10, 0, 50, 20453},
        {"too many months", 10, ST_DEMO_MONTHS_MAX + 1, 50, 20453},
        {"too many bad rows", 10, 24, ST_DEMO_BAD_PER_100K_MAX + 1, 20453},
        {"not a month end", 10, 24, 50, 20452},
        {"before its time", 10, 24, 50, 16435 - 31},
    };
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_demo_report report;
        struct st_error err = {0};
        struct st_demo_options options = small_bank(&arena, "refused");
        options.customers = rows[i].customers;
        options.months = rows[i].months;
        options.bad_rows_per_100k = rows[i].bad;
        options.as_of = rows[i].as_of;
        if (st_demo_write(&options, &arena, &report, &err) != ST_E_USAGE || !err.value[0])
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        assert_int_not_equal(access(options.directory, F_OK), 0);
    }
    st_arena_release(&arena);
}

static int count_entries(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(dir);
    return count;
}

/* A link to /dev/full in the place of a file is a disk without space, for root too. */
static void test_full_disk_leaves_nothing(void **state)
{
    static const char *const files[] = {
        "branches.csv", "balances.csv", "transactions.csv", "manifest.yaml"};
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    for (size_t i = 0; i < ST_COUNT(files); i++) {
        struct st_demo_report report;
        struct st_error err = {0};
        struct st_demo_options options = small_bank(&arena, "full");
        assert_int_equal(mkdir(options.directory, 0700), 0);
        const char *partial = st_arena_printf(&arena, "%s/%s.partial", options.directory, files[i]);
        assert_int_equal(symlink("/dev/full", partial), 0);
        assert_int_equal(st_demo_write(&options, &arena, &report, &err), ST_E_IO);
        assert_non_null(strstr(err.message[ST_LANG_EN], files[i]));
        assert_non_null(strstr(err.message[ST_LANG_ZH], files[i]));
        assert_true(err.hint[ST_LANG_ZH][0]);
        assert_int_equal(count_entries(options.directory), 0);
        assert_int_equal(rmdir(options.directory), 0);
    }
    st_arena_release(&arena);
}

static void test_unwritable_places(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_report report;
    (void)state;
    const char *const places[] = {"/dev/null", "/dev/null/bank", at(&arena, "absent", "bank")};
    for (size_t i = 0; i < ST_COUNT(places); i++) {
        struct st_error err = {0};
        struct st_demo_options options = small_bank(&arena, "unused");
        options.directory = places[i];
        assert_int_equal(st_demo_write(&options, &arena, &report, &err), ST_E_IO);
        assert_non_null(strstr(err.message[ST_LANG_EN], places[i]));
    }
    st_arena_release(&arena);
}

/* A directory has the name of a file: found out only when the files get their names. */
static void test_name_that_is_taken(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_demo_report report;
    struct st_error err = {0};
    (void)state;
    struct st_demo_options options = small_bank(&arena, "taken");
    assert_int_equal(mkdir(options.directory, 0700), 0);
    assert_int_equal(mkdir(at(&arena, "taken", "balances.csv"), 0700), 0);
    assert_int_equal(st_demo_write(&options, &arena, &report, &err), ST_E_IO);
    assert_int_equal(count_entries(options.directory), 1);
    st_arena_release(&arena);
}

static void test_almanac(void **state)
{
    static const struct {
        const char *what;
        struct st_civil day;
        bool business;
    } rows[] = {
        {"a Monday", {2025, 12, 29}, true},
        {"a Saturday", {2025, 12, 27}, false},
        {"a Sunday", {2025, 12, 28}, false},
        {"new year", {2025, 1, 1}, false},
        {"the lunar new year", {2025, 1, 29}, false},
        {"its eve", {2025, 1, 28}, false},
        {"national day", {2024, 10, 1}, false},
        {"after the golden week", {2024, 10, 8}, true},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        if (st_demo_is_business_day(st_date_from_civil(rows[i].day)) != rows[i].business)
            fail_msg("%s", rows[i].what);
    }
    assert_true(st_demo_season(st_date_from_civil((struct st_civil){2025, 11, 1})) >
                st_demo_season(st_date_from_civil((struct st_civil){2025, 3, 1})));
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    if (dir) {
        for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
            struct st_arena arena = ST_ARENA_INIT;
            if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                remove_tree(st_arena_printf(&arena, "%s/%s", path, e->d_name));
            st_arena_release(&arena);
        }
        closedir(dir);
    }
    remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    remove_tree(root);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_follow_from_the_options),
        cmocka_unit_test(test_customers_are_independent),
        cmocka_unit_test(test_traits_fit_the_kind),
        cmocka_unit_test(test_managers_are_staff),
        cmocka_unit_test(test_holders_total_the_whole),
        cmocka_unit_test(test_deposit_balances_follow_transactions),
        cmocka_unit_test(test_few_hold_most),
        cmocka_unit_test(test_wealth_rises_with_its_quantile),
        cmocka_unit_test(test_bad_rows_are_added_to_a_whole_bank),
        cmocka_unit_test(test_thousand_customers_have_every_defect),
        cmocka_unit_test(test_defects_in_parquet),
        cmocka_unit_test(test_manifest_agrees_with_the_files),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_default_as_of_is_a_year_end),
        cmocka_unit_test(test_options_out_of_range),
        cmocka_unit_test(test_full_disk_leaves_nothing),
        cmocka_unit_test(test_unwritable_places),
        cmocka_unit_test(test_name_that_is_taken),
        cmocka_unit_test(test_almanac),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
