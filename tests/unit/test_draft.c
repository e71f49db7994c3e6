/* Drafting: what a file's rows and columns are taken for, as one line per file. */
#include "draft/draft.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const kinds[] = {[ST_DRAFT_CUSTOMERS] = "customers",
    [ST_DRAFT_ACCOUNTS] = "accounts",
    [ST_DRAFT_BALANCES] = "balances",
    [ST_DRAFT_MOVEMENTS] = "movements"};

/* "customers: id=customer.id 余额=balance.amount", or the error. */
static void describe(struct st_str *out, const char *text, struct st_str *mapping)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_draft draft;
    char path[] = "/tmp/strata-draft-XXXXXX";
    int fd = mkstemp(path);
    const char *const paths[] = {path};
    const struct st_draft_options options = {.paths = paths, .path_count = 1, .today = 20000};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    if (st_draft_make(&arena, &options, &draft, &err) != ST_OK) {
        const char *said = strstr(err.message[ST_LANG_EN], path);
        st_str_addf(out, "%s: %.*s…%s", st_code_name(err.code),
            said ? (int)(said - err.message[ST_LANG_EN]) : 0, err.message[ST_LANG_EN],
            said ? said + strlen(path) : err.message[ST_LANG_EN]);
        assert_true(
            err.hint[ST_LANG_EN][0] && err.hint[ST_LANG_ZH][0] && err.message[ST_LANG_ZH][0]);
    } else {
        st_str_addf(
            out, "%s%s:", kinds[draft.files[0].kind], draft.files[0].uses_as_of ? " as of" : "");
        for (size_t i = 0; i < draft.files[0].profile->column_count; i++) {
            const struct st_draft_column *c = &draft.files[0].columns[i];
            st_str_addf(out, " %s=%s", c->profile->name, c->target ? c->target : "-");
        }
        st_str_add(mapping, draft.mapping);
    }
    unlink(path);
    st_arena_release(&arena);
}

struct row {
    const char *what, *file, *want;
    const char *mapped; /* a piece of the mapping; NULL: any */
};

static const struct row rows[] = {
    {"customers with a balance", "cust_id,Balance,Age\nA1,10.5,30\nA2,20,40\n",
        "customers as of: cust_id=customer.id Balance=balance.amount Age=attribute age",
        "on_date: as_of()"},
    {"Chinese names",
        "客户号,姓名,性别,出生日期,余额\n01,张三,男,1980/1/2,1\n02,李四,女,19900305,2\n",
        "customers as of: 客户号=customer.id 姓名=- 性别=customer.gender "
        "出生日期=customer.birth_date 余额=balance.amount",
        "id: 客户号"},
    {"nobody is numbered", "job;balance\na;1\nb;2\nb;3\n",
        "customers as of: job=customer.occupation balance=balance.amount", "id: line()"},
    {"movements", "CustomerId,OrderDate,Total\n7,2024-01-02,1.50\n7,2024-01-03,2.25\n",
        "movements: CustomerId=txn.customer OrderDate=txn.on_date Total=txn.amount", NULL},
    {"quantity times price",
        "invoice no|qty|unit price|date|client\n1|2|1.005|20240102|c\n"
        "1|1|2.5|20240102|c\n",
        "movements: invoice no=txn.reference qty=txn.amount unit price=txn.amount "
        "date=txn.on_date client=txn.customer",
        "amount: number(qty) * number(`unit price`)"},
    {"day before month", "account,date,amount\n1,31.12.2024,5\n1,1.2.2024,6\n",
        "movements: account=txn.customer date=txn.on_date amount=txn.amount",
        "on_date: date(date, 'dmy')"},
    {"month before day", "account,date,amount\n1,12/31/2024,5\n1,1/2/2024,6\n",
        "movements: account=txn.customer date=txn.on_date amount=txn.amount",
        "on_date: date(date, 'mdy')"},
    {"day or month first: said", "account,date,amount\n1,1/2/2024,5\n1,3/4/2024,6\n",
        "movements: account=txn.customer date=txn.on_date amount=txn.amount",
        "# day and month cannot be told apart in date"},
    {"six digits, where the name says date", "account,date,amount\n1,940131,5\n1,940228,6\n",
        "movements: account=txn.customer date=txn.on_date amount=txn.amount",
        "on_date: date(date, 'ymd')"},
    {"a decimal comma", "client;date;amount\n1;2024-01-02;1.234,50\n1;2024-01-03;7,5\n",
        "movements: client=txn.customer date=txn.on_date amount=txn.amount",
        "amount: number(replace(replace(amount, '.', ''), ',', '.'))"},
    {"the header says the unit", "客户号,余额(万元)\n1,5.5\n2,120\n3,20\n",
        "customers as of: 客户号=customer.id 余额(万元)=balance.amount",
        "amount: number(`余额(万元)`, '万元')"},
    {"a sign apart", "客户号,日期,金额,借贷标志\n1,20240102,5,借\n1,20240103,6,贷\n",
        "movements: 客户号=txn.customer 日期=txn.on_date 金额=txn.amount 借贷标志=txn.amount",
        "amount: case when 借贷标志 in ('借') then -number(金额) else number(金额) end"},
    {"balances of days",
        "账号,客户号,日期,余额\nA,1,20240131,5\nA,1,20240229,6\nB,2,20240131,7\n"
        "B,2,20240229,7\n",
        "balances: 账号=account.id 客户号=account_holder.customer 日期=balance.on_date "
        "余额=balance.amount",
        "on_date: 日期"},
    {"accounts", "acct no,cust no,account type,balance\n1,7,SAVINGS,5\n2,7,LOAN,6\n",
        "accounts as of: acct no=account.id cust no=account_holder.customer account "
        "type=account.class "
        "balance=balance.amount",
        "when `account type` in ('LOAN') then 'loan'"},
    {"no header", "10,2024-01-02,1.5\n10,2024-01-03,2.5\n11,2024-01-03,2.75\n",
        "movements: column_1=txn.customer column_2=txn.on_date column_3=txn.amount",
        "header: false"},
    {"lines before the header", "a report\n\n客户号,余额\n1,5\n2,6\n",
        "customers as of: 客户号=customer.id 余额=balance.amount", "skip_lines: 2"},
    {"equal names", "id,balance,balance\n1,5,6\n2,7,8\n",
        "customers as of: id=customer.id balance=balance.amount balance_2=attribute balance_2",
        "- balance_2"},
    {"words for no value", "id,balance\n1,5\n2,NA\n3,7\n",
        "customers as of: id=customer.id balance=balance.amount", "null: [\"\", \"NA\"]"},
    {"personal by content", "id,balance,c\n1,5,a@b.cn\n2,6,c@d.cn\n",
        "customers as of: id=customer.id balance=balance.amount c=-", NULL},
    {"a percentage is no income", "id,balance,percent_of_income\n1,5,4\n2,6,3\n",
        "customers as of: id=customer.id balance=balance.amount "
        "percent_of_income=attribute percent_of_income",
        NULL},
    {"money too fine for a currency", "id,balance\n1,5.123456\n2,6\n",
        "customers as of: id=customer.id balance=balance.amount",
        "amount: round(number(balance), 2)"},
    {"empty", "", "data: … is empty", NULL},
    {"a header alone", "id,balance\n", "data: … has a header but no rows", NULL},
    {"words alone", "id,kind\n1,a\n2,b\n", "data: … holds no number to rate customers by", NULL},
    {"whose?", "date,amount\n2024-01-02,5\n2024-01-03,6\n",
        "data: … lists movements (date: date), but no column says whose they are", NULL},
    {"no table", "a,b,c\nd\ne,f\ng,h,i,j\n",
        "data: … is no table: its lines have from 1 to 4 fields, mostly not the same", NULL},
    {"runs of blanks", " 1  20240102  5\n 1  20240103  6\n",
        "data: the columns of … are set apart by runs of blanks", NULL},
};

static void test_rows(void **state)
{
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_str got = ST_STR_INIT, mapping = ST_STR_INIT;
        describe(&got, rows[i].file, &mapping);
        bool mapped = !rows[i].mapped || strstr(mapping.text, rows[i].mapped);
        if (strcmp(got.text, rows[i].want) != 0 || !mapped) {
            print_error("%s\n  got:  %s\n  want: %s\n%s", rows[i].what, got.text, rows[i].want,
                mapped ? "" : mapping.text);
            wrong++;
        }
        st_str_release(&got);
        st_str_release(&mapping);
    }
    assert_int_equal(wrong, 0);
}

static void test_identifiers(void **state)
{
    static const char *const names[][2] = {{"NumOfProducts", "num_of_products"},
        {"CustomerID", "customer_id"}, {"Sepal.Length", "sepal_length"}, {"2nd try", "c2nd_try"},
        {"年龄", ""}, {"HTTPCode", "http_code"}, {"  a  ", "a"}};
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(st_role_identifier(&arena, names[i][0]), names[i][1]);
    st_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
