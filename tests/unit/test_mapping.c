/* Mapping files: what is read, and where each mistake is pointed at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"
#include "ingest/manifest.h"
#include "ingest/mapping.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/strata-map-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_text(const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

#define HEAD "strata-mapping: 1\nname: m\ncurrency: CNY\n"
#define CLIENT "sources:\n  client:\n    file: c.csv\n"

static void refuse_mappings(void **state)
{
    static const struct {
        const char *what, *text;
        int line;
        const char *message, *hint; /* parts of the English texts; NULL: any */
    } rows[] = {
        {"no version", "name: m\ncurrency: CNY\nsources: {}\n", 1, "strata-mapping", NULL},
        {"unknown key", HEAD "source: {}\n", 4, "unknown key 'source'", "sources"},
        {"unknown currency",
            "strata-mapping: 1\nname: m\ncurrency: QQQ\n" CLIENT "    load: {branch: {code: a}}\n",
            3, "'QQQ' is no known currency", "currencies: {QQQ: 2}"},
        {"exponent out of range",
            HEAD "currencies: {XXX: 9}\n" CLIENT "    load: {branch: {code: a}}\n", 4,
            "must be 0 to 4", NULL},
        {"unknown table", HEAD CLIENT "    load:\n      custmer: {id: a}\n", 8,
            "no table 'custmer'", "customer"},
        {"unknown column", HEAD CLIENT "    load:\n      customer: {id: a, birthdate: b}\n", 8,
            "customer has no column 'birthdate'", "birth_date"},
        {"missing column", HEAD CLIENT "    load:\n      account: {id: a}\n", 8,
            "account needs 'class'", NULL},
        {"broken expression", HEAD CLIENT "    load:\n      customer: {id: a + }\n", 8, NULL, NULL},
        {"separator of two",
            HEAD CLIENT "    format: {separator: ';;'}\n"
                        "    load: {branch: {code: a}}\n",
            7, "'separator' must be one ASCII character", NULL},
        {"columns beside a header",
            HEAD CLIENT "    format: {columns: [a]}\n"
                        "    load: {branch: {code: a}}\n",
            7, "needs 'columns'", NULL},
        {"another encoding",
            HEAD CLIENT "    format: {encoding: gb1830}\n"
                        "    load: {branch: {code: a}}\n",
            7, "'gb1830'", "gb18030"},
        {"share of refused rows",
            HEAD "refuse_above: 150%\n" CLIENT "    load: {branch: {code: a}}\n", 4, "out of range",
            NULL},
        {"attribute type",
            HEAD CLIENT
            "    load: {customer: {id: a, attributes: {s: {type: nummer, value: b}}}}\n",
            7, "'nummer'", "number"},
        {"attribute name", HEAD CLIENT "    load: {customer: {id: a, attributes: {a-b: c}}}\n", 7,
            "'a-b' is no name", NULL},
        {"transaction of nobody", HEAD CLIENT "    load: {txn: {on_date: a, amount: b}}\n", 7,
            "txn needs 'account' or 'customer'", NULL},
        {"created customers without a column",
            HEAD CLIENT
            "    load: {txn: {account: c, on_date: a, amount: b, create_customers: true}}\n",
            7, "create_customers needs 'customer'", NULL},
        {"balance of two kinds",
            HEAD CLIENT "    load: {balance: {account: c, on_date: a, amount: b, running: d}}\n", 7,
            "either 'amount', or 'movement'", NULL},
        {"nearest without running",
            HEAD CLIENT
            "    load: {balance: {account: c, on_date: a, close: nearest, movement: d}}\n",
            7, "either 'amount', or 'movement'", NULL},
        {"close of another kind",
            HEAD CLIENT
            "    load: {balance: {account: c, on_date: a, close: neerest, amount: d}}\n",
            7, "'neerest'", "nearest"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        const struct st_mapping *m;
        struct st_error err = {0};
        write_text(rows[i].text);
        st_code rc = st_mapping_load(&arena, path, &m, &err);
        const char *message = err.message[ST_LANG_EN], *hint = err.hint[ST_LANG_EN];
        if (rc == ST_OK || err.line != rows[i].line ||
            (rows[i].message && !strstr(message, rows[i].message)) ||
            (rows[i].hint && !strstr(hint, rows[i].hint)))
            print_error("%s: line %d '%s' hint '%s'\n", rows[i].what, err.line, message, hint);
        assert_int_not_equal(rc, ST_OK);
        assert_int_equal(err.line, rows[i].line);
        assert_true(err.column > 0);
        assert_string_equal(err.source, path);
        assert_true(!rows[i].message || strstr(message, rows[i].message));
        assert_true(!rows[i].hint || strstr(hint, rows[i].hint));
        assert_true(err.message[ST_LANG_ZH][0] != '\0');
        st_arena_release(&arena);
    }
}

static void read_a_mapping(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    const struct st_mapping *m;
    struct st_error err = {0};
    (void)state;
    write_text("strata-mapping: 1\n"
               "name: shop\n"
               "title: {zh: 商店, en: Shop}\n"
               "currency: GBP\n"
               "currencies: {GBP: 3, PTS: 0}\n"
               "manifest: required\n"
               "refuse_above: 12.5%\n"
               "lookups:\n"
               "  owner: {file: disp.asc, key: account_id, where: type = 'OWNER',"
               " format: {separator: ';'}}\n"
               "sources:\n"
               "  lines:\n"
               "    file: lines_*.csv\n"
               "    format: {separator: tab, quote: '', null: ['', '?'], skip_lines: 2}\n"
               "    where: amount <> '0'\n"
               "    load:\n"
               "      txn: {customer: c, on_date: d, amount: amount, create_customers: true}\n"
               "      customer: {id: c, attributes: {score: {type: number, value: s}, town: t}}\n");
    assert_int_equal(st_mapping_load(&arena, path, &m, &err), ST_OK);
    assert_string_equal(m->name, "shop");
    assert_string_equal(m->title.zh, "商店");
    assert_int_equal(m->exponent, 3);
    assert_int_equal(st_mapping_exponent(m, "PTS", 3), 0);
    assert_int_equal(st_mapping_exponent(m, "CNY", 3), 2);
    assert_int_equal(st_mapping_exponent(m, "QQQ", 3), -1);
    assert_true(m->manifest_required);
    assert_int_equal(m->refuse_above, 12500000);
    assert_int_equal(m->lookup_count, 1);
    assert_non_null(m->lookups[0].where);
    const struct st_mapping_source *s = st_mapping_source(m, "lines");
    assert_non_null(s);
    assert_int_equal(s->format.separator, '\t');
    assert_int_equal(s->format.quote, 0);
    assert_int_equal(s->format.skip_lines, 2);
    assert_int_equal(s->format.null_count, 2);
    assert_int_equal(s->load_count, 2);
    assert_int_equal(s->loads[0].table, ST_TARGET_CUSTOMER); /* in loading order, not as written */
    assert_int_equal(s->loads[0].attribute_count, 2);
    assert_int_equal(s->loads[0].attributes[0].type, ST_ATTRIBUTE_NUMBER);
    assert_int_equal(s->loads[1].table, ST_TARGET_TXN);
    assert_true(s->loads[1].create_customers);
    st_arena_release(&arena);
}

static void shipped_mappings_are_sound(void **state)
{
    static const char *const names[] = {
        "berka", "online_retail", "rfm_orders", "demo", "demo_gb18030", "demo_parquet"};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(names); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        const struct st_mapping *m;
        struct st_error err = {0};
        const char *file = st_arena_printf(&arena, STRATA_SOURCE_DIR "/mappings/%s.yaml", names[i]);
        st_code rc = st_mapping_load(&arena, file, &m, &err);
        if (rc != ST_OK)
            st_error_print(&err, ST_LANG_EN, stderr);
        assert_int_equal(rc, ST_OK);
        assert_string_equal(m->name, names[i]);
        st_arena_release(&arena);
    }
}

static void read_manifests(void **state)
{
    static const struct {
        const char *what, *text;
        int line; /* 0: sound */
    } rows[] = {
        {"sound",
            "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n"
            "  a.csv: {rows: 2, sums: {x: -1234.50, y: 0}}\n  b.csv: {rows: 0}\n",
            0},
        {"no as_of", "strata-manifest: 1\nfiles: {a.csv: {rows: 2}}\n", 1},
        {"no such day", "strata-manifest: 1\nas_of: 2024-02-30\nfiles: {a.csv: {rows: 2}}\n", 2},
        {"sum of text", "strata-manifest: 1\nas_of: 2024-01-31\nfiles: {a.csv: {sums: {x: abc}}}\n",
            3},
        {"unknown key", "strata-manifest: 1\nas_of: 2024-01-31\nfiles: {a.csv: {row: 2}}\n", 3},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        const struct st_manifest *m;
        struct st_error err = {0};
        write_text(rows[i].text);
        st_code rc = st_manifest_load(&arena, path, &m, &err);
        if ((rc == ST_OK) != (rows[i].line == 0) || err.line != rows[i].line)
            print_error("%s: line %d %s\n", rows[i].what, err.line, err.message[ST_LANG_EN]);
        assert_int_equal(rc == ST_OK, rows[i].line == 0);
        assert_int_equal(err.line, rows[i].line);
        if (rc == ST_OK) {
            assert_int_equal(m->file_count, 2);
            assert_true(m->files[0].sums[0].total == (st_wide)-1234 * 100000000 - 50000000);
            assert_non_null(st_manifest_find(m, "some/where/b.csv"));
            assert_null(st_manifest_find(m, "c.csv"));
        }
        st_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuse_mappings),
        cmocka_unit_test(read_a_mapping),
        cmocka_unit_test(shipped_mappings_are_sound),
        cmocka_unit_test(read_manifests),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
