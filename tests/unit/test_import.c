/* Import end to end: what lands in the store, what in quarantine, and that every row is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/vec.h"
#include "demo/demo.h"
#include "ingest/import.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a folder of files, a mapping and a store for each test --- */

struct bank {
    char dir[64];
    char mapping[96];
    char path[96]; /* of the store */
    struct st_store *store;
    struct st_arena arena;
    struct st_import_report report;
    struct st_error err;
};

static void open_store(struct bank *b)
{
    const struct st_store_options options = {.create = true, .threads = 2};
    struct st_error err = {0};
    st_code rc = st_store_open(b->path, &options, &b->store, &err);
    if (rc != ST_OK)
        st_error_print(&err, ST_LANG_EN, stderr);
    assert_int_equal(rc, ST_OK);
}

static int make_bank(void **state)
{
    struct bank *b = st_calloc(1, sizeof *b);
    strcpy(b->dir, "/tmp/strata-import-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    snprintf(b->mapping, sizeof b->mapping, "%s/map.yaml", b->dir);
    snprintf(b->path, sizeof b->path, "%s/bank.duckdb", b->dir);
    open_store(b);
    *state = b;
    return 0;
}

static int remove_bank(void **state)
{
    struct bank *b = *state;
    char command[128];
    st_store_close(b->store);
    st_arena_release(&b->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", b->dir);
    free(b);
    return system(command);
}

static void put(struct bank *b, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void take_away(struct bank *b, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    unlink(path);
}

static st_code import_with(struct bank *b, const struct st_import_options *options)
{
    st_error_clear(&b->err);
    st_code rc = st_import(b->store, &b->arena, options, &b->report, &b->err);
    for (size_t i = 0; rc == ST_OK && i < b->report.file_count; i++) {
        const struct st_import_file *f = &b->report.files[i];
        int64_t reasons = 0;
        assert_int_equal(f->rows_read,
            f->rows_loaded + f->rows_unchanged + f->rows_skipped + f->rows_quarantined);
        for (size_t k = 0; k < f->reason_count; k++)
            reasons += f->reasons[k].rows;
        if (!f->already_loaded)
            assert_int_equal(reasons, f->rows_quarantined);
    }
    return rc;
}

static st_code import_all(struct bank *b)
{
    const struct st_import_options options = {
        .mapping = b->mapping, .loaded_at = "2024-02-01T00:00:00Z"};
    return import_with(b, &options);
}

#define IMPORT(b)                                                                                  \
    do {                                                                                           \
        if (import_all(b) != ST_OK) {                                                              \
            st_error_print(&(b)->err, ST_LANG_EN, stderr);                                         \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

static const struct st_import_file *file_of(const struct bank *b, const char *source)
{
    for (size_t i = 0; i < b->report.file_count; i++)
        if (strcmp(b->report.files[i].source, source) == 0)
            return &b->report.files[i];
    fail_msg("no file of source %s", source);
    return NULL;
}

static void assert_counts(const struct bank *b, const char *source, int64_t read, int64_t loaded,
    int64_t unchanged, int64_t skipped, int64_t quarantined)
{
    const struct st_import_file *f = file_of(b, source);
    assert_int_equal(f->rows_read, read);
    assert_int_equal(f->rows_loaded, loaded);
    assert_int_equal(f->rows_unchanged, unchanged);
    assert_int_equal(f->rows_skipped, skipped);
    assert_int_equal(f->rows_quarantined, quarantined);
}

static int64_t ask(struct bank *b, const char *sql)
{
    int64_t value = 0;
    struct st_error err = {0};
    st_code rc = st_store_query_ints(b->store, sql, NULL, 0, &value, NULL, 1, &err);
    if (rc != ST_OK)
        st_error_print(&err, ST_LANG_EN, stderr);
    assert_int_equal(rc, ST_OK);
    return value;
}

/* The store holds no trace of an import: tables empty, no staging left behind. */
static void assert_empty(struct bank *b)
{
    assert_int_equal(ask(b, "SELECT count(*) FROM load"), 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer_key"), 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM quarantine"), 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM feed"), 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM information_schema.tables "
                            "WHERE table_name LIKE 'stage%'"),
        0);
}

/* The records in quarantine as "line reason column" lines, in the order of the file. */
static const char *quarantined(struct bank *b, const char *source)
{
    struct st_quarantine_record *records;
    size_t count;
    struct st_str text = ST_STR_INIT;
    const struct st_quarantine_query query = {.source = source};
    assert_int_equal(
        st_quarantine_list(b->store, &b->arena, &query, &records, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        st_str_addf(&text, "%d %s %s\n", (int)records[i].line, records[i].reason,
            records[i].column ? records[i].column : "-");
    const char *out = st_arena_strdup(&b->arena, text.text);
    st_str_release(&text);
    return out;
}

#define IN_FORCE " WHERE until_load = 9223372036854775807"

static const char bank_mapping[] =
    "strata-mapping: 1\n"
    "name: bank\n"
    "currency: CNY\n"
    "refuse_above: 100%\n"
    "sources:\n"
    "  customers:\n"
    "    file: customers.csv\n"
    "    load:\n"
    "      customer: {id: id, kind: kind, birth_date: born, region: region, annual_income: income,"
    " attributes: {score: {type: number, value: score}, town: town}}\n"
    "  accounts:\n"
    "    file: accounts.csv\n"
    "    load:\n"
    "      account: {id: id, class: class, currency: currency, rate: rate, auto_renew: renew}\n"
    "  holders:\n"
    "    file: holders.csv\n"
    "    load:\n"
    "      account_holder: {account: account, customer: customer, role: role, share: share}\n"
    "  balances:\n"
    "    file: balances*.csv\n"
    "    load:\n"
    "      balance: {account: account, on_date: day, amount: amount}\n"
    "  closes:\n"
    "    file: closes*.csv\n"
    "    load:\n"
    "      balance: {account: account, on_date: day, close: nearest, movement: moved,"
    " running: running}\n"
    "  moves:\n"
    "    file: moves*.csv\n"
    "    where: kind <> 'void'\n"
    "    load:\n"
    "      txn: {id: id, account: account, on_date: day, amount: amount, kind: kind}\n";

static const char bank_customers[] = "id,kind,born,region,income,score,town\n"
                                     "c1,person,1980-02-29,north,1234.50,0.25,张家\n"
                                     "c2,person,,south,,,\n"
                                     "c3,company,,north,99,1.5,x\n";
static const char bank_accounts[] = "id,class,currency,rate,renew\n"
                                    "a1,deposit,CNY,2.25%,是\n"
                                    "a2,fund,CNY,0.01,no\n"
                                    "a3,deposit,JPY,,\n";
static const char bank_holders[] = "account,customer,role,share\n"
                                   "a1,c1,owner,33.34%\n"
                                   "a1,c2,joint,33.33%\n"
                                   "a1,c3,joint,0.3333\n"
                                   "a2,c1,owner,100%\n"
                                   "a2,c2,authorised,0\n"
                                   "a3,c3,owner,1\n";

static void set_up_bank(struct bank *b)
{
    put(b, "map.yaml", bank_mapping);
    put(b, "customers.csv", bank_customers);
    put(b, "accounts.csv", bank_accounts);
    put(b, "holders.csv", bank_holders);
}

/* --- tests --- */

static void load_a_small_bank(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "balances.csv", "account,day,amount\na1,2024-01-31,100.00\na3,2024/1/31,5000\n");
    put(b, "moves.csv",
        "id,account,day,amount,kind\n1,a1,20240130,-5.5,buy\n2,a1,20240131,1,void\n"
        "3,a3,20240131,70,buy\n");
    IMPORT(b);
    assert_counts(b, "customers", 3, 3, 0, 0, 0);
    assert_counts(b, "accounts", 3, 3, 0, 0, 0);
    assert_counts(b, "holders", 6, 6, 0, 0, 0);
    assert_counts(b, "balances", 2, 2, 0, 0, 0);
    assert_counts(b, "moves", 3, 2, 0, 1, 0);
    static const struct {
        const char *sql;
        int64_t want;
    } rows[] = {
        {"SELECT count(*) FROM holding", 5}, /* an authorised person holds nothing */
        {"SELECT annual_income FROM customer WHERE annual_income IS NOT NULL ORDER BY 1 DESC",
            123450},
        {"SELECT number_value FROM customer_attribute WHERE name = 'score' ORDER BY 1", 25000000},
        {"SELECT count(*) FROM customer_attribute", 4},
        {"SELECT rate FROM account WHERE class = 'deposit' AND rate IS NOT NULL", 2250000},
        {"SELECT rate FROM account WHERE class = 'fund'", 1000000},
        {"SELECT count(*) FROM account WHERE auto_renew", 1},
        {"SELECT sum(amount) FROM balance WHERE account_id = 1", 10000},
        {"SELECT sum(amount) FROM balance WHERE account_id = 3", 5000}, /* yen has no cents */
        {"SELECT amount FROM txn WHERE account_id = 3", 70},
        {"SELECT count(*) FROM txn WHERE account_id = 3 AND currency = 'JPY'", 1},
        {"SELECT amount FROM txn WHERE account_id = 1", -550},
        {"SELECT customer_id FROM txn WHERE account_id = 1", 1}, /* the first holder */
        {"SELECT count(*) FROM currency", 2},
        {"SELECT count(*) FROM feed", 6},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        int64_t got = ask(b, rows[i].sql);
        if (got != rows[i].want)
            print_error("%s\n", rows[i].sql);
        assert_int_equal(got, rows[i].want);
    }
}

/* 33.34 + 33.33 + 33.33 %: the others' parts are cut toward zero, the first takes the rest. */
static void split_the_odd_cent(void **state)
{
    static const struct {
        const char *amount;
        int64_t first, others;
    } rows[] = {
        {"100.00", 3334, 3333},
        {"0.01", 1, 0},
        {"0.05", 3, 1},
        {"-0.05", -3, -1}, /* toward zero: −1.6665 becomes −1 */
        {"-100.01", -3335, -3333},
        {"90000000000000.00", 3000600000000000, 2999700000000000},
    };
    struct bank *b = *state;
    struct st_str text = ST_STR_INIT;
    set_up_bank(b);
    st_str_add(&text, "account,day,amount\n");
    for (size_t i = 0; i < ST_COUNT(rows); i++)
        st_str_addf(&text, "a1,2024-01-%02d,%s\n", (int)i + 1, rows[i].amount);
    put(b, "balances.csv", text.text);
    st_str_release(&text);
    IMPORT(b);
    for (size_t i = 0; i < ST_COUNT(rows); i++)
        for (int customer = 1; customer <= 3; customer++) {
            char sql[160];
            snprintf(sql, sizeof sql,
                "SELECT amount FROM balance WHERE customer_id = %d AND on_date = '2024-01-%02d'",
                customer, (int)i + 1);
            assert_int_equal(ask(b, sql), customer == 1 ? rows[i].first : rows[i].others);
        }
}

static void the_same_file_changes_nothing(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "moves.csv", "id,account,day,amount,kind\n1,a1,20240130,-5.5,buy\n");
    IMPORT(b);
    IMPORT(b);
    for (size_t i = 0; i < b->report.file_count; i++)
        assert_true(b->report.files[i].already_loaded);
    assert_int_equal(ask(b, "SELECT count(*) FROM load"), 4);
    assert_int_equal(file_of(b, "customers")->rows_read, 3);
}

/* Another mapping hash makes it another import; rows as they are in force still change nothing. */
static void rows_in_force_are_unchanged(void **state)
{
    struct bank *b = *state;
    struct st_str text = ST_STR_INIT;
    set_up_bank(b);
    put(b, "balances.csv", "account,day,amount\na1,2024-01-31,100.01\na2,2024-01-31,5\n");
    put(b, "closes.csv", "account,day,moved,running\na2,2024-02-01,1,6\na2,2024-02-01,1,7\n");
    put(b, "moves.csv", "id,account,day,amount,kind\n1,a1,20240130,-5.5,buy\n");
    IMPORT(b);
    st_str_addf(&text, "# a remark\n%s", bank_mapping);
    put(b, "map.yaml", text.text);
    st_str_release(&text);
    IMPORT(b);
    assert_counts(b, "customers", 3, 0, 3, 0, 0);
    assert_counts(b, "accounts", 3, 0, 3, 0, 0);
    assert_counts(b, "holders", 6, 0, 6, 0, 0);
    assert_counts(b, "balances", 2, 0, 2, 0, 0);
    assert_counts(b, "closes", 2, 0, 2, 0, 0);
    assert_counts(b, "moves", 1, 0, 1, 0, 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer"), 3);
    assert_int_equal(ask(b, "SELECT count(*) FROM balance"), 5);
    assert_int_equal(ask(b, "SELECT count(*) FROM txn"), 1);
}

static void corrections_supersede(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "balances.csv", "account,day,amount\na2,2024-01-31,5\na2,2024-02-01,6\n");
    put(b, "moves.csv",
        "id,account,day,amount,kind\n1,a2,20240130,-5.5,buy\n2,a2,20240130,1,buy\n");
    IMPORT(b);
    int64_t before = ask(b, "SELECT max(load_id) FROM load");
    put(b, "customers.csv",
        "id,kind,born,region,income,score,town\n"
        "c1,person,1980-02-29,west,1234.50,0.25,张家\n"
        "c2,person,,south,,,\n"
        "c3,company,,north,99,,x\n");
    put(b, "balances.csv", "account,day,amount\na2,2024-01-31,4\na2,2024-02-01,6\n");
    put(b, "moves.csv",
        "id,account,day,amount,kind\n1,a2,20240130,-5.6,buy\n2,a2,20240130,1,buy\n");
    IMPORT(b);
    assert_counts(b, "customers", 3, 2, 1, 0, 0); /* a region; a score that is gone */
    assert_counts(b, "balances", 2, 1, 1, 0, 0);
    assert_counts(b, "moves", 2, 1, 1, 0, 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer"), 4);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer" IN_FORCE), 3);
    assert_int_equal(
        ask(b, "SELECT count(*) FROM customer_attribute" IN_FORCE " AND name = 'score'"), 1);
    assert_int_equal(
        ask(b, "SELECT amount FROM balance" IN_FORCE " AND on_date = '2024-01-31'"), 400);
    assert_int_equal(ask(b, "SELECT amount FROM txn" IN_FORCE " AND source_id = '1'"), -560);
    /* What a run with the old watermark sees is what it saw. */
    char sql[200];
    snprintf(sql, sizeof sql,
        "SELECT sum(amount) FROM balance WHERE load_id <= %d AND until_load > %d", (int)before,
        (int)before);
    assert_int_equal(ask(b, sql), 1100);
    assert_int_equal(ask(b, "SELECT count(*) FROM balance AS o JOIN balance AS n "
                            "ON n.load_id = o.until_load AND n.on_date = o.on_date"),
        1);
}

static void new_holders_split_balances_anew(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "balances.csv", "account,day,amount\na2,2024-01-31,100.01\na1,2024-01-31,7\n");
    IMPORT(b);
    take_away(b, "balances.csv");
    put(b, "holders.csv",
        "account,customer,role,share\n"
        "a2,c2,owner,50%\na2,c3,joint,50%\n");
    IMPORT(b);
    assert_counts(b, "holders", 2, 2, 0, 0, 0);
    assert_int_equal(
        ask(b, "SELECT amount FROM balance" IN_FORCE " AND account_id = 2 AND customer_id = 2"),
        5001);
    assert_int_equal(
        ask(b, "SELECT amount FROM balance" IN_FORCE " AND account_id = 2 AND customer_id = 3"),
        5000);
    assert_int_equal(ask(b, "SELECT count(*) FROM balance" IN_FORCE " AND account_id = 2"), 2);
    assert_int_equal(ask(b, "SELECT count(*) FROM holding" IN_FORCE " AND account_id = 2"), 2);
    assert_int_equal(
        ask(b, "SELECT count(*) FROM account_holder" IN_FORCE " AND account_id = 2"), 2);
    assert_int_equal(ask(b, "SELECT sum(amount) FROM balance" IN_FORCE), 10001 + 700);
    assert_int_equal(ask(b, "SELECT count(*) FROM balance WHERE account_id = 1"), 3);
}

/* Columns that a source does not give keep their values. */
static void two_sources_feed_one_table(void **state)
{
    struct bank *b = *state;
    put(b, "map.yaml",
        "strata-mapping: 1\nname: two\ncurrency: CNY\nsources:\n"
        "  base: {file: base.csv, load: {customer: {id: id, kind: kind, region: r}}}\n"
        "  more: {file: more.csv, load: {customer: {id: id, occupation: job,"
        " attributes: {grade: grade}}}}\n");
    put(b, "base.csv", "id,kind,r\n1,company,north\n2,person,south\n");
    put(b, "more.csv", "id,job,grade\n1,baker,A\n3,cook,B\n");
    IMPORT(b);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer" IN_FORCE " AND kind = 'company' AND "
                            "region = 'north' AND occupation = 'baker'"),
        1);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer" IN_FORCE " AND kind = 'person'"), 2);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer" IN_FORCE), 3);
}

static void every_reason(void **state)
{
    static const struct {
        const char *what, *source, *file, *text, *want;
    } rows[] = {
        {"broken records", "customers", "customers.csv",
            "id,kind,born,region,income,score,town\n"
            "c4,person\n"
            "\"c5\"x,person,,,,,\n"
            "c6\xFF,person,,,,,\n"
            "c1,person,1980-02-29,north,1234.50,0.25,张家\n"
            "c7,\"person,,,,,\n",
            "2 field_count -\n3 bad_quote -\n4 bad_utf8 -\n6 unclosed_quote -\n"},
        {"values", "customers", "customers.csv",
            "id,kind,born,region,income,score,town\n"
            ",person,,,,,\n"
            "c5,persn,,,,,\n"
            "c6,person,2023-02-29,,,,\n"
            "c7,person,,,1.234,,\n"
            "c8,person,,,abc,,\n"
            "c9,person,,,,0.123456789,\n"
            "c10,person,,,99999999999999999999,,\n",
            "2 missing id\n3 bad_choice kind\n4 bad_date born\n5 too_precise income\n"
            "6 bad_number income\n7 too_precise score\n8 out_of_range income\n"},
        {"a key twice", "customers", "customers.csv",
            "id,kind,born,region,income,score,town\n"
            "c1,person,1980-02-29,north,1234.50,0.25,张家\n"
            "c1,person,1980-02-29,north,1234.50,0.25,张家\n"
            "c1,person,1980-02-29,north,1234.50,0.75,张家\n"
            "c1,person,1980-02-29,south,1234.50,0.25,张家\n",
            "4 duplicate_key id\n5 duplicate_key id\n"},
        {"accounts", "accounts", "accounts.csv",
            "id,class,currency,rate,renew\na4,deposit,QQQ,,\na5,deposit,,,maybe\na6,,CNY,,\n",
            "2 unknown_currency currency\n3 bad_boolean renew\n4 missing class\n"},
        {"holders", "holders", "holders.csv",
            "account,customer,role,share\n"
            "a9,c1,owner,1\n"
            "a1,c9,owner,1\n"
            "a2,c1,owner,0.5\n"
            "a2,c2,joint,0.4\n"
            "a3,c3,owner,100%\n"
            "a3,c1,authorised,10%\n"
            "a1,c1,owner,120%\n"
            "a1,c2,owner,33.333%\n",
            "2 unknown_account account\n3 unknown_customer customer\n4 shares_total share\n"
            "5 shares_total share\n7 authorised_share share\n8 out_of_range share\n"
            "9 too_precise share\n"},
        {"balances", "balances", "balances.csv",
            "account,day,amount\na9,2024-01-31,1\na4,2024-01-31,1\na3,2024-01-31,1.5\n"
            "a2,2024-01-31,1\na2,2024-01-31,2\na2,2024-02-01,3\na2,2024-02-01,3.00\n"
            "a2,2024-02-02,\n",
            "2 unknown_account account\n3 no_holder account\n4 too_precise amount\n"
            "5 balance_conflict amount\n6 balance_conflict amount\n9 missing amount\n"},
        {"transactions", "moves", "moves.csv",
            "id,account,day,amount,kind\n1,a9,20240131,1,x\n2,,20240131,1,x\n3,a4,20240131,1,x\n"
            "4,a3,20240131,0.5,x\n5,a2,20240131,1,x\n5,a2,20240131,1,x\n5,a2,20240131,2,x\n",
            "2 unknown_account account\n3 missing account\n4 no_holder account\n"
            "5 too_precise amount\n8 duplicate_key id\n"},
    };
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct bank *b;
        make_bank((void **)&b);
        set_up_bank(b);
        put(b, "accounts.csv",
            "id,class,currency,rate,renew\na1,deposit,CNY,,\na2,fund,CNY,,\n"
            "a3,deposit,JPY,,\na4,deposit,CNY,,\n");
        put(b, rows[i].file, rows[i].text);
        IMPORT(b);
        const char *got = quarantined(b, rows[i].source);
        if (strcmp(got, rows[i].want) != 0)
            print_error("%s\n", rows[i].what);
        assert_string_equal(got, rows[i].want);
        remove_bank((void **)&b);
    }
    (void)state;
}

/* A row that one table refuses is in none of them. */
static void a_row_feeds_all_tables_or_none(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    IMPORT(b);
    put(b, "map.yaml",
        "strata-mapping: 1\nname: loans\ncurrency: CNY\nrefuse_above: 100%\nsources:\n"
        "  loans:\n    file: loans.csv\n    load:\n"
        "      account: {id: id, class: \"'loan'\"}\n"
        "      account_holder: {account: id, customer: customer, role: \"'owner'\", share: 100%}\n"
        "      balance: {account: id, on_date: day, amount: amount}\n");
    put(b, "loans.csv",
        "id,customer,day,amount\nl1,c1,2024-01-01,1000\nl2,nobody,2024-01-01,2000\n"
        "l3,c2,2024-01-01,abc\nl4,c2,2024-01-01,50\nl4,c2,2024-01-02,60\n");
    IMPORT(b);
    assert_string_equal(
        quarantined(b, "loans"), "3 unknown_customer customer\n4 bad_number amount\n");
    assert_counts(b, "loans", 5, 3, 0, 0, 2);
    assert_int_equal(ask(b, "SELECT count(*) FROM account_key WHERE source_id LIKE 'l%'"), 2);
    assert_int_equal(ask(b, "SELECT count(*) FROM holding" IN_FORCE " AND class = 'loan'"), 2);
    assert_int_equal(ask(b, "SELECT sum(amount) FROM balance" IN_FORCE), 111000);
    assert_int_equal(ask(b, "SELECT max(customer_id) FROM balance WHERE amount = 100000"), 1);
}

static void nearest_close(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "closes1.csv",
        "account,day,moved,running\n"
        "a2,2024-01-01,10,10\n" /* 0 + 10 */
        "a2,2024-01-02,-5,15\n" /* 10 + 5 = 15, out of order */
        "a2,2024-01-02,10,20\n"
        "a2,2024-01-03,4,18\n" /* 15 + 8 = 23: 18 and 28 are equally near */
        "a2,2024-01-03,4,28\n");
    IMPORT(b);
    assert_counts(b, "closes", 5, 3, 2, 0, 0);
    assert_int_equal(ask(b, "SELECT amount FROM balance WHERE on_date = '2024-01-02'"), 1500);
    assert_int_equal(ask(b, "SELECT amount FROM balance WHERE on_date = '2024-01-03'"), 1800);
    /* The next file goes on from what the store holds: 18 − 8 = 10. */
    put(b, "closes2.csv", "account,day,moved,running\na2,2024-01-04,-4,30\na2,2024-01-04,-4,11\n");
    IMPORT(b);
    assert_int_equal(ask(b, "SELECT amount FROM balance WHERE on_date = '2024-01-04'"), 1100);
}

static void refuse_what_is_mostly_broken(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "map.yaml",
        "strata-mapping: 1\nname: strict\ncurrency: CNY\nrefuse_above: 50%\nsources:\n"
        "  good: {file: customers.csv, load: {customer: {id: id}}}\n"
        "  bad: {file: bad.csv, load: {customer: {id: id, birth_date: born}}}\n");
    put(b, "bad.csv", "id,born\n1,x\n2,y\n3,2000-01-01\n");
    assert_int_equal(import_all(b), ST_E_DATA);
    assert_non_null(strstr(b->err.message[ST_LANG_EN], "2 of its 3 rows"));
    assert_int_equal(b->err.line, 2);
    assert_empty(b);
    put(b, "bad.csv", "id,born\n1,x\n2,2000-01-01\n");
    IMPORT(b);
    assert_counts(b, "bad", 2, 1, 0, 0, 1);
}

static void mistakes_in_columns_are_pointed_at(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    put(b, "customers.csv", "id,kynd,born,region,income,score,town\n");
    assert_int_equal(import_all(b), ST_E_POLICY);
    assert_int_equal(b->err.line, 9);
    assert_string_equal(b->err.source, b->mapping);
    assert_empty(b);
}

static void currencies_and_attributes_keep_their_meaning(void **state)
{
    struct bank *b = *state;
    set_up_bank(b);
    IMPORT(b);
    put(b, "map.yaml",
        "strata-mapping: 1\nname: other\ncurrency: CNY\ncurrencies: {CNY: 3}\nsources:\n"
        "  c: {file: customers.csv, load: {customer: {id: id}}}\n");
    assert_int_equal(import_all(b), ST_E_CONFLICT);
    assert_non_null(strstr(b->err.message[ST_LANG_EN], "CNY has 2 decimals"));
    put(b, "map.yaml",
        "strata-mapping: 1\nname: other\ncurrency: CNY\nsources:\n"
        "  c: {file: customers.csv, load: {customer: {id: id,"
        " attributes: {score: {type: text, value: score}}}}}\n");
    assert_int_equal(import_all(b), ST_E_CONFLICT);
    assert_non_null(strstr(b->err.message[ST_LANG_EN], "'score'"));
}

static void manifests(void **state)
{
    static const struct {
        const char *what, *manifest;
        st_code want;
        const char *message;
    } rows[] = {
        {"sound",
            "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n"
            "  customers.csv: {rows: 2, sums: {income: 7.75}}\n",
            ST_OK, ""},
        {"short", "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n  customers.csv: {rows: 3}\n",
            ST_E_DATA, "is short: the manifest says 3 rows, the file has 2"},
        {"long", "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n  customers.csv: {rows: 1}\n",
            ST_E_DATA, "is long: the manifest says 1 rows, the file has 2"},
        {"wrong sum",
            "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n  customers.csv: {sums: {income: "
            "7.5}}\n",
            ST_E_DATA, "the sum of column income is 7.75, the manifest says 7.50"},
        {"file missing",
            "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n  customers.csv: {rows: 2}\n"
            "  more.csv: {rows: 2}\n",
            ST_E_DATA, "lists more.csv, which is missing"},
        {"file not listed", "strata-manifest: 1\nas_of: 2024-01-31\nfiles: {}\n", ST_E_DATA, NULL},
        {"none", NULL, ST_E_DATA, "requires a manifest"},
    };
    struct bank *b = *state;
    put(b, "map.yaml",
        "strata-mapping: 1\nname: fed\ncurrency: CNY\nmanifest: required\nsources:\n"
        "  c: {file: customers.csv, load: {customer: {id: id, annual_income: income}}}\n");
    put(b, "customers.csv", "id,income\n1,5.50\n2,2.25\n");
    for (size_t i = ST_COUNT(rows); i-- > 0;) {
        if (rows[i].manifest)
            put(b, "manifest.yaml", rows[i].manifest);
        st_code rc = import_all(b);
        const char *message = b->err.message[ST_LANG_EN];
        if (rc != rows[i].want || (rows[i].message && !strstr(message, rows[i].message)))
            print_error("%s: %s\n", rows[i].what, message);
        assert_int_equal(rc == ST_OK, rows[i].want == ST_OK);
        assert_true(!rows[i].message || strstr(message, rows[i].message));
        if (rc != ST_OK)
            assert_empty(b);
    }
    assert_int_equal(ask(b, "SELECT as_of - CAST('2024-01-31' AS DATE) FROM load"), 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM feed WHERE manifest_required"), 1);
}

static void replace_in(const char *path, const char *from, const char *to)
{
    struct st_str text = ST_STR_INIT;
    assert_int_equal(st_str_read_file(&text, path, 1 << 20, NULL), ST_OK);
    char *at = strstr(text.text, from);
    assert_non_null(at);
    FILE *f = fopen(path, "wb");
    fprintf(f, "%.*s%s%s", (int)(at - text.text), text.text, to, at + strlen(from));
    assert_int_equal(fclose(f), 0);
    st_str_release(&text);
}

static void fix_and_import_again(void **state)
{
    struct bank *b = *state;
    char fix[96];
    int64_t written = 0;
    set_up_bank(b);
    put(b, "customers.csv",
        "id,kind,born,region,income,score,town\n"
        "c1,person,1980-02-30,\"no\nrth\",1,,\n"
        "c2,persn,,,,,\n"
        "c3,company,,,,,\n"
        "c4,person,,,,\n"
        "c5,\"person,,,,,\n");
    put(b, "holders.csv", "account,customer,role,share\na2,c3,owner,1\n");
    IMPORT(b);
    assert_counts(b, "customers", 5, 1, 0, 0, 4);
    snprintf(fix, sizeof fix, "%s/fix.csv", b->dir);
    assert_int_equal(st_quarantine_export(b->store, "customers", fix, &written, NULL), ST_OK);
    assert_int_equal(written, 4);
    replace_in(fix, "1980-02-30", "1980-02-28");
    replace_in(fix, "persn", "person");
    replace_in(fix, "c4,person,,,,", "c4,nobody,,,,,");
    const struct st_import_options options = {
        .mapping = b->mapping, .fix_file = fix, .fix_source = "customers", .loaded_at = "now"};
    if (import_with(b, &options) != ST_OK)
        st_error_print(&b->err, ST_LANG_EN, stderr);
    assert_int_equal(b->err.code, ST_OK);
    assert_counts(b, "customers", 4, 2, 0, 0, 2);
    assert_int_equal(b->report.rows_fixed, 4);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer" IN_FORCE), 3);
    /* The two that failed again have new records, without the number of the old ones. */
    struct st_quarantine_record *records;
    size_t count;
    const struct st_quarantine_query query = {.source = "customers"};
    assert_int_equal(
        st_quarantine_list(b->store, &b->arena, &query, &records, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_string_equal(records[0].reason, "bad_choice");
    assert_string_equal(records[0].raw, "c4,nobody,,,,,");
    assert_int_equal(ask(b, "SELECT count(*) FROM quarantine WHERE resolved_load IS NOT NULL"), 4);
    /* The file fixed once is known; numbers that are closed are not taken again. */
    assert_int_equal(import_with(b, &options), ST_OK);
    assert_true(file_of(b, "customers")->already_loaded);
    replace_in(fix, "c2,person", "c2,company");
    assert_int_equal(import_with(b, &options), ST_OK);
    assert_counts(b, "customers", 4, 0, 0, 0, 4);
    assert_int_equal(ask(b, "SELECT count(*) FROM quarantine WHERE reason = 'fix_id'"), 2);
}

/* What is wrong with every some rows of a file of transactions; the rest is good. */
static void write_moves(struct bank *b, const char *name, int rows)
{
    struct st_str text = ST_STR_INIT;
    st_str_add(&text, "id,account,day,amount,kind\n");
    for (int i = 0; i < rows; i++) {
        int id = i % 97 == 5 ? i - 3 : i; /* a number that came three rows before */
        bool repeat = i % 194 == 5;       /* … with that row's values */
        int j = repeat ? i - 3 : i;
        st_str_addf(&text, "%d,a%d,2024-%02d-%02d,%d%s,%s\n", id, j % 211 == 7 ? 9 : j % 3 + 1,
            j % 12 + 1, j % 28 + 1, j % 1000 - 500, j % 3 == 2 ? j % 41 == 0 ? ".5" : "" : ".25",
            j % 7 ? "buy" : "sell");
    }
    put(b, name, text.text);
    st_str_release(&text);
}

/* Transactions loaded while they are read are those that staging loads, and so are the rejected. */
static void the_short_way_and_staging_agree(void **state)
{
    static const char *const sums[] = {
        "SELECT count(*) FROM txn WHERE source_id <> 'first'",
        "SELECT CAST(bit_xor(hash(source_id, account_id, customer_id, on_date, amount, currency, "
        "kind)) >> 1 AS BIGINT) FROM txn WHERE source_id <> 'first'",
        "SELECT count(*) FROM quarantine",
        "SELECT CAST(bit_xor(hash(line, reason, column_name, value, raw)) >> 1 AS BIGINT) "
        "FROM quarantine",
        "SELECT CAST(sum(rows_unchanged) AS BIGINT) FROM load",
    };
    enum { ROWS = 20000 };
    struct bank *short_way = *state, *staged;
    void *second = NULL;
    assert_int_equal(make_bank(&second), 0);
    staged = second;
    set_up_bank(short_way);
    set_up_bank(staged);
    put(staged, "moves0.csv", "id,account,day,amount,kind\nfirst,a1,20240130,-5.5,buy\n");
    IMPORT(staged); /* numbered rows in the store: the next must be compared with them */
    write_moves(short_way, "moves.csv", ROWS);
    write_moves(staged, "moves.csv", ROWS);
    IMPORT(short_way);
    IMPORT(staged);
    for (size_t i = 0; i < ST_COUNT(sums); i++)
        assert_int_equal(ask(short_way, sums[i]), ask(staged, sums[i]));
    assert_in_range(ask(short_way, sums[2]), ROWS / 150, ROWS / 20);
    assert_in_range(ask(short_way, sums[4]), ROWS / 300, ROWS / 100);
    assert_int_equal(remove_bank(&second), 0);
}

/* More rows than the engine's row group, after a file that changes nothing: none may get lost. */
static void large_files_after_empty_steps(void **state)
{
    enum { ROWS = 130000 };
    struct bank *b = *state;
    struct st_str text = ST_STR_INIT;
    set_up_bank(b);
    put(b, "moves1.csv", "id,account,day,amount,kind\n0,a1,20240130,-5.5,void\n");
    st_str_add(&text, "id,account,day,amount,kind\n");
    for (int i = 0; i < ROWS; i++)
        st_str_addf(&text, "%d,a%d,2024-01-%02d,%d.25,buy\n", i + 1, i % 2 + 1, i % 31 + 1, i);
    put(b, "moves2.csv", text.text);
    IMPORT(b);
    assert_int_equal(ask(b, "SELECT count(*) FROM txn"), ROWS);
    /* The same rows in another file: all unchanged. */
    st_str_add(&text, "\n");
    put(b, "moves3.csv", text.text);
    st_str_release(&text);
    IMPORT(b);
    assert_int_equal(ask(b, "SELECT sum(rows_unchanged) FROM load"), ROWS);
    assert_int_equal(ask(b, "SELECT count(*) FROM txn"), ROWS);
}

static void quality_report(void **state)
{
    struct bank *b = *state;
    struct st_quality q;
    set_up_bank(b);
    put(b, "balances.csv", "account,day,amount\na1,2024-01-31,1\na9,2024-01-31,1\n");
    put(b, "customers.csv",
        "id,kind,born,region,income,score,town\nc1,person,1980-02-29,north,,,\n"
        "c2,person,,south,,,\nc3,company,,north,,,\nc4,person,,,,,\n");
    IMPORT(b);
    assert_int_equal(st_quality(b->store, &b->arena, &q, &b->err), ST_OK);
    assert_int_equal(q.customers, 4);
    assert_int_equal(q.customers_without_account, 1);
    assert_int_equal(q.accounts, 3);
    assert_int_equal(q.accounts_without_balance, 2);
    assert_int_equal(q.accounts_without_holder, 0);
    assert_int_equal(q.source_count, 4);
    assert_int_equal(q.reason_count, 1);
    assert_string_equal(q.reasons[0].reason, "unknown_account");
    bool found = false;
    for (size_t i = 0; i < q.column_count; i++)
        if (strcmp(q.columns[i].table, "customer") == 0 &&
            strcmp(q.columns[i].column, "region") == 0) {
            found = true;
            assert_int_equal(q.columns[i].rows, 4);
            assert_int_equal(q.columns[i].missing, 1);
            assert_int_equal(q.columns[i].distinct, 2);
        }
    assert_true(found);
}

/* --- real data, where it is at hand --- */

static const char *data_folder(const char *name)
{
    static char path[512];
    struct stat info;
    const char *root = getenv("STRATA_DATA");
    snprintf(path, sizeof path, "%s/%s", root ? root : "", name);
    return root && stat(path, &info) == 0 ? path : NULL;
}

static bool import_real(struct bank *b, const char *mapping, const char *folder)
{
    const char *path = data_folder(folder);
    char file[256];
    if (!path)
        return false;
    snprintf(file, sizeof file, "%s/mappings/%s.yaml", STRATA_SOURCE_DIR, mapping);
    const struct st_import_options options = {
        .mapping = file, .paths = &path, .path_count = 1, .loaded_at = "2024-02-01T00:00:00Z"};
    if (import_with(b, &options) != ST_OK)
        st_error_print(&b->err, ST_LANG_EN, stderr);
    assert_int_equal(b->err.code, ST_OK);
    return true;
}

static void berka(void **state)
{
    static const struct {
        const char *source;
        int64_t rows;
    } files[] = {{"district", 77}, {"client", 5369}, {"account", 4500}, {"disp", 5369},
        {"loan", 682}, {"card", 892}, {"trans", 49102}, {"order", 6471}};
    /* The closes are those of tests/oracle/berka.py. */
    static const struct {
        const char *sql;
        int64_t want;
    } facts[] = {
        {"SELECT count(*) FROM balance WHERE account_id NOT IN "
         "(SELECT account_id FROM account WHERE class <> 'deposit')",
            39960},
        {"SELECT CAST(sum(amount) AS BIGINT) FROM balance WHERE account_id NOT IN "
         "(SELECT account_id FROM account WHERE class <> 'deposit')",
            134958134330},
        {"SELECT count(*) FROM balance WHERE amount < 0", 52},
        {"SELECT count(*) FROM account_holder WHERE role = 'authorised'", 869},
        {"SELECT count(*) FROM holding WHERE class = 'deposit'", 4500},
        {"SELECT count(*) FROM holding WHERE class = 'loan'", 682},
        {"SELECT count(*) FROM holding WHERE class = 'card'", 892},
        {"SELECT count(*) FROM txn WHERE on_date < '1994-01-01'", 28205},
        {"SELECT count(*) FROM customer WHERE gender = 'F' AND birth_date = '1970-12-13'", 1},
        {"SELECT count(*) FROM quarantine", 0},
    };
    struct bank *b = *state;
    if (!import_real(b, "berka", "berka"))
        skip();
    for (size_t i = 0; i < ST_COUNT(files); i++)
        assert_counts(b, files[i].source, files[i].rows, files[i].rows, 0, 0, 0);
    for (size_t i = 0; i < ST_COUNT(facts); i++) {
        int64_t got = ask(b, facts[i].sql);
        if (got != facts[i].want)
            print_error("%s\n", facts[i].sql);
        assert_int_equal(got, facts[i].want);
    }
    import_real(b, "berka", "berka");
    for (size_t i = 0; i < b->report.file_count; i++)
        assert_true(b->report.files[i].already_loaded);
}

static void online_retail(void **state)
{
    struct bank *b = *state;
    if (!import_real(b, "online_retail", "retail"))
        skip();
    assert_counts(b, "lines", 541909, 406829, 0, 0, 135080);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer"), 4372);
    assert_int_equal(ask(b, "SELECT count(*) FROM txn WHERE kind = 'purchase'"), 397884);
    assert_int_equal(
        ask(b, "SELECT count(DISTINCT customer_id) FROM txn WHERE kind = 'purchase'"), 4338);
    assert_int_equal(
        ask(b, "SELECT CAST(sum(amount) AS BIGINT) FROM txn WHERE kind = 'purchase'"), 8911407904);
}

static void rfm_orders(void **state)
{
    struct bank *b = *state;
    if (!import_real(b, "rfm_orders", "rfm"))
        skip();
    assert_counts(b, "orders", 4906, 4906, 0, 0, 0);
    assert_int_equal(ask(b, "SELECT count(*) FROM customer"), 995);
}

/* The generated bank knows its own bad rows: exactly those go to quarantine. */
static void demo_bank(void **state)
{
    struct bank *b = *state;
    char folder[96];
    const char *path = folder;
    struct st_demo_options demo = ST_DEMO_OPTIONS_DEFAULT;
    struct st_demo_report written;
    snprintf(folder, sizeof folder, "%s/demo", b->dir);
    demo.directory = folder;
    demo.customers = 200;
    demo.months = 6;
    demo.bad_rows_per_100k = 2000;
    assert_int_equal(st_demo_write(&demo, &b->arena, &written, &b->err), ST_OK);
    const struct st_import_options options = {.mapping = STRATA_SOURCE_DIR "/mappings/demo.yaml",
        .paths = &path,
        .path_count = 1,
        .loaded_at = "2026-01-01T00:00:00Z"};
    if (import_with(b, &options) != ST_OK)
        st_error_print(&b->err, ST_LANG_EN, stderr);
    assert_int_equal(b->err.code, ST_OK);
    size_t listed = 0;
    for (size_t i = 0; i < written.file_count; i++) {
        const struct st_demo_file *w = &written.files[i];
        char source[64];
        if (!w->in_manifest)
            continue;
        listed++;
        snprintf(source, sizeof source, "%.*s", (int)strcspn(w->name, "."), w->name);
        assert_counts(b, source, w->rows, w->rows - w->bad_rows, 0, 0, w->bad_rows);
    }
    assert_int_equal(b->report.file_count, listed);
}

/* Killed at any moment, the store is as before or as after. */
static void killed_imports_leave_nothing_half_done(void **state)
{
    struct bank *b = *state;
    if (!data_folder("berka"))
        skip();
    for (int delay = 50; delay <= 1650; delay += 400) {
        st_store_close(b->store);
        b->store = NULL;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            open_store(b);
            import_real(b, "berka", "berka");
            st_store_close(b->store);
            _exit(0);
        }
        usleep((useconds_t)delay * 1000);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        open_store(b);
        int64_t loads = ask(b, "SELECT count(*) FROM load");
        assert_true(loads == 0 || loads == 8);
        if (loads == 0)
            assert_empty(b);
        else
            assert_int_equal(ask(b, "SELECT count(*) FROM txn"), 49102);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_bank, remove_bank)
    const struct CMUnitTest tests[] = {
        TEST(load_a_small_bank),
        TEST(split_the_odd_cent),
        TEST(the_same_file_changes_nothing),
        TEST(rows_in_force_are_unchanged),
        TEST(corrections_supersede),
        TEST(new_holders_split_balances_anew),
        TEST(two_sources_feed_one_table),
        cmocka_unit_test(every_reason),
        TEST(a_row_feeds_all_tables_or_none),
        TEST(nearest_close),
        TEST(refuse_what_is_mostly_broken),
        TEST(mistakes_in_columns_are_pointed_at),
        TEST(currencies_and_attributes_keep_their_meaning),
        TEST(manifests),
        TEST(fix_and_import_again),
        TEST(the_short_way_and_staging_agree),
        TEST(large_files_after_empty_steps),
        TEST(quality_report),
        TEST(berka),
        TEST(online_retail),
        TEST(rfm_orders),
        TEST(demo_bank),
        TEST(killed_imports_leave_nothing_half_done),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
