#include "demo/files.h"

#include "demo/almanac.h"
#include "demo/staff.h"
#include "demo/traits.h"

#include <string.h>

static const char broken_total[] = "shares_not_100";
static const char sharing_authorised[] = "authorised_with_share";
static const char no_holder[] = "account_without_holder";
static const char two_balances[] = "two_balances_of_a_day";

/* clang-format off */
const struct st_demo_sheet_spec st_demo_file_specs[ST_DEMO_FILE_COUNT] = {
    [ST_DEMO_FILE_BRANCHES] = {
        .name = "branches",
        .header = "code,title,region,parent",
        .header_zh = "机构号,机构名称,地区,上级机构",
        .types = "tttt",
        .key = 0,
        .each_defect_once = true,
        .defects = {
            {"too_few_columns", ST_DEMO_CUT, 2, NULL, false},
        },
    },
    [ST_DEMO_FILE_STAFF] = {
        .name = "staff",
        .header = "staff_no,role,branch",
        .header_zh = "员工号,岗位,机构号",
        .types = "ttt",
        .for_people = true,
        .key = 0,
    },
    [ST_DEMO_FILE_PRODUCTS] = {
        .name = "products",
        .header = "code,title,class,risk,minimum,term_days,margin,sale_from,sale_until",
        .header_zh = "产品代码,产品名称,产品大类,风险等级,起购金额(万元),期限(天),利差,开售日,停售日",
        .types = "ttttnindd",
        .date_form = ST_DEMO_DATE_ZH,
        .key = 0,
        .each_defect_once = true,
        .defects = {
            {"level_out_of_range", ST_DEMO_REPLACE, 3, "R6", false},
            {"impossible_date", ST_DEMO_REPLACE, 7, "2025-02-30", false},
        },
    },
    [ST_DEMO_FILE_CUSTOMERS] = {
        .name = "customers",
        .header = "customer_no,kind,birth_date,gender,region,branch,occupation,industry,"
                  "annual_income,risk_level,risk_assessed_on,opened_on,closed_on,household,"
                  "marital,education,manager,area,satisfaction,interest,influence,"
                  "leaving_barrier,winning_difficulty,need_score,habit_relationship,"
                  "habit_quality,habit_price,habit_credit,need,budget,quote,buys_on,"
                  "decision_maker,cash_last_year,cash_year_before,cash_forecast,cash_margin,"
                  "trade_last_year,trade_year_before,trade_forecast,trade_margin,agent",
        .header_zh = "客户号,客户类型,出生日期,性别,地区,所属机构,职业,行业,年收入(万元),风险承受等级,"
                     "风险评估日,开户日,销户日,家庭号,婚姻状况,学历,客户经理,城乡,满意度,主要兴趣,影响力,"
                     "离开壁垒,争取难度,需求强度,关系习惯,质量习惯,价格习惯,信用习惯,有需求,预算(万元),"
                     "报价(万元),计划购买日,决策人已知,现金管理上年(万元),现金管理前年(万元),"
                     "现金管理预测(万元),现金管理利润率,贸易融资上年(万元),贸易融资前年(万元),"
                     "贸易融资预测(万元),贸易融资利润率,中间商",
        .types = "ttdtttttntdddtttttitiiiiiiiitnndtnnnnnnnnt",
        .date_form = ST_DEMO_DATE_ZH,
        .key = 0,
        .defects = {
            {"impossible_date", ST_DEMO_REPLACE, 2, "1985-02-30", false},
            {"missing_customer", ST_DEMO_REPLACE, 0, "", false},
            {"level_out_of_range", ST_DEMO_REPLACE, 9, "C7", false},
            {"text_in_money", ST_DEMO_REPLACE, 8, "不详", false},
            {"too_few_columns", ST_DEMO_CUT, 6, NULL, false},
            {"neither_yes_nor_no", ST_DEMO_REPLACE, 41, "待定", false},
            {"unclosed_quote", ST_DEMO_QUOTE, 4, "\"上海", true},
            {"other_encoding", ST_DEMO_MISCODE, 4, NULL, true},
        },
    },
    [ST_DEMO_FILE_ACCOUNTS] = {
        .name = "accounts",
        .header = "account_no,product,class,currency,branch,opened_on,matures_on,auto_renew,"
                  "closed_on,rate",
        .header_zh = "账号,产品代码,产品大类,币种,开户机构,开户日,到期日,自动转存,销户日,利率",
        .types = "tttttddtdn",
        .date_form = ST_DEMO_DATE_SLASH,
        .key = 0,
        .defects = {
            {"impossible_date", ST_DEMO_REPLACE, 5, "2025-02-30", false},
            {"missing_account", ST_DEMO_REPLACE, 0, "", false},
            {"unknown_currency", ST_DEMO_REPLACE, 3, "QQQ", false},
            {"text_in_rate", ST_DEMO_REPLACE, 9, "面议", false},
            {"too_few_columns", ST_DEMO_CUT, 4, NULL, false},
            {"text_after_quote", ST_DEMO_QUOTE, 4, "\"B101\"上海", true},
        },
    },
    [ST_DEMO_FILE_HOLDERS] = {
        .name = "holders",
        .header = "account_no,customer_no,role,share",
        .header_zh = "账号,客户号,角色,份额(%)",
        .types = "tttn",
        .sum = 3,
        .key = -1,
        .defects = {
            {"negative_share", ST_DEMO_REPLACE, 3, "-10.00", false},
            {"missing_customer", ST_DEMO_REPLACE, 1, "", false},
            {"unknown_account", ST_DEMO_REPLACE, 0, "A9999999901", false},
            {"unknown_customer", ST_DEMO_REPLACE, 1, "C99999999", false},
            {"text_in_share", ST_DEMO_REPLACE, 3, "一半", false},
            {"too_few_columns", ST_DEMO_CUT, 2, NULL, false},
            {broken_total, ST_DEMO_BY_HAND, 0, NULL, false},
            {sharing_authorised, ST_DEMO_BY_HAND, 0, NULL, false},
        },
    },
    [ST_DEMO_FILE_BALANCES] = {
        .name = "balances",
        .header = "account_no,on_date,balance",
        .header_zh = "账号,日期,余额(万元)",
        .types = "tdn",
        .date_form = ST_DEMO_DATE_BARE,
        .sum = 2,
        .key = -1,
        .defects = {
            {"impossible_date", ST_DEMO_REPLACE, 1, "2025-02-30", false},
            {"text_in_money", ST_DEMO_REPLACE, 2, "壹仟元整", false},
            {"unknown_account", ST_DEMO_REPLACE, 0, "A9999999901", false},
            {"missing_account", ST_DEMO_REPLACE, 0, "", false},
            {"too_many_decimals", ST_DEMO_EXTEND, 2, NULL, false},
            {"too_few_columns", ST_DEMO_CUT, 2, NULL, false},
            {no_holder, ST_DEMO_BY_HAND, 0, NULL, false},
            {two_balances, ST_DEMO_BY_HAND, 0, NULL, false},
        },
    },
    [ST_DEMO_FILE_TRANSACTIONS] = {
        .name = "transactions",
        .header = "txn_no,account_no,customer_no,on_date,amount,currency,kind,channel,product,"
                  "merchant,reference",
        .header_zh = "流水号,账号,客户号,交易日,金额(万元),币种,交易类型,渠道,产品代码,商户,关联号",
        .types = "tttdntttttt",
        .date_form = ST_DEMO_DATE_BARE,
        .sum = 4,
        .key = 0,
        .defects = {
            {"impossible_date", ST_DEMO_REPLACE, 3, "2025-02-30", false},
            {"text_in_money", ST_DEMO_REPLACE, 4, "壹仟元整", false},
            {"missing_customer", ST_DEMO_REPLACE, 2, "", false},
            {"unknown_account", ST_DEMO_REPLACE, 1, "A9999999901", false},
            {"duplicate_number", ST_DEMO_REPEAT, 4, "-8888.00", false},
            {"too_few_columns", ST_DEMO_CUT, 4, NULL, false},
            {"unknown_currency", ST_DEMO_REPLACE, 5, "QQQ", false},
            {"too_many_decimals", ST_DEMO_EXTEND, 4, NULL, false},
            {"number_too_long", ST_DEMO_LENGTHEN, 0, NULL, true},
            {"zero_byte", ST_DEMO_ZERO, 7, NULL, true},
            {"lost_line_ends", ST_DEMO_RUN_ON, 0, NULL, true},
        },
    },
    [ST_DEMO_FILE_FX_RATES] = {
        .name = "fx_rates",
        .header = "currency,base,on_date,rate",
        .header_zh = "币种,基准币种,日期,汇率",
        .types = "ttdn",
        .date_form = ST_DEMO_DATE_SLASH,
        .key = -1,
        .each_defect_once = true,
        .defects = {
            {"unknown_currency", ST_DEMO_REPLACE, 0, "QQQ", false},
            {"text_in_rate", ST_DEMO_REPLACE, 3, "暂停", false},
            {"impossible_date", ST_DEMO_REPLACE, 2, "2025-02-30", false},
        },
    },
};
/* clang-format on */

/* --- the small files --- */

void st_demo_write_branches(struct st_demo_sheet *s)
{
    for (size_t i = 0; i < st_demo_branch_count; i++) {
        const struct st_demo_branch *b = &st_demo_branches[i];
        st_demo_field_text(s, b->code);
        st_demo_field_text(s, b->title);
        st_demo_field_text(s, b->city);
        st_demo_field_text(s, b->parent);
        st_demo_end_row(s);
    }
}

void st_demo_write_staff(struct st_demo_sheet *s, const struct st_demo_options *options)
{
    for (size_t b = 0; b < st_demo_branch_count; b++) {
        for (int role = 0; role < ST_DEMO_ROLE_COUNT; role++) {
            int count = st_demo_staff_count(b, (enum st_demo_role)role, options->customers);
            for (int position = 1; position <= count; position++) {
                st_demo_field_number(
                    s, "RM", st_demo_staff_number(b, (enum st_demo_role)role, position), 8);
                st_demo_field_text(s, st_demo_role_names[role]);
                st_demo_field_text(s, st_demo_branches[b].code);
                st_demo_end_row(s);
            }
        }
    }
}

/* A day of the catalogue; NULL is none. */
static void write_day(struct st_demo_sheet *s, const char *text)
{
    st_date day = ST_DEMO_NO_DATE;
    if (text && !st_date_parse(text, strlen(text), &day))
        day = ST_DEMO_NO_DATE;
    st_demo_field_date(s, day);
}

void st_demo_write_products(struct st_demo_sheet *s)
{
    for (size_t i = 0; i < st_demo_product_count; i++) {
        const struct st_demo_product *p = &st_demo_products[i];
        st_demo_field_text(s, p->code);
        st_demo_field_text(s, p->title);
        st_demo_field_text(s, st_demo_class_names[p->class]);
        if (p->risk > 0)
            st_demo_field_number(s, "R", p->risk, 1);
        else
            st_demo_field_empty(s);
        st_demo_field_money(s, p->minimum * 100, 2);
        if (p->term_months > 0)
            st_demo_field_count(s, st_demo_term_days(p));
        else
            st_demo_field_empty(s);
        st_demo_field_decimal(s, p->margin / 100, 6);
        write_day(s, p->sale_from);
        write_day(s, p->sale_until);
        st_demo_end_row(s);
    }
}

void st_demo_write_rates(struct st_demo_sheet *s, const struct st_demo_market *market)
{
    for (int day = 0; day < market->days; day++) {
        st_date on = market->first_day + day;
        for (int c = 1; c < ST_DEMO_CURRENCY_COUNT && st_demo_is_business_day(on); c++) {
            st_demo_field_text(s, st_demo_currencies[c].code);
            st_demo_field_text(s, "CNY");
            st_demo_field_date(s, on);
            st_demo_field_decimal(s, market->rates[day][c], ST_DEMO_RATE_SCALE);
            st_demo_end_row(s);
        }
    }
}

/* --- one customer --- */

static void write_mark(struct st_demo_sheet *s, int value)
{
    if (value == ST_DEMO_UNKNOWN)
        st_demo_field_empty(s);
    else
        st_demo_field_count(s, value);
}

static void write_money_or_empty(struct st_demo_sheet *s, int64_t fen)
{
    if (fen == ST_DEMO_UNKNOWN)
        st_demo_field_empty(s);
    else
        st_demo_field_money(s, fen, 2);
}

static void write_yes_or_no(struct st_demo_sheet *s, int value)
{
    if (value == ST_DEMO_UNKNOWN)
        st_demo_field_empty(s);
    else
        st_demo_field_yes(s, value != 0);
}

static void write_sales(struct st_demo_sheet *s, const struct st_demo_sales *sales)
{
    write_money_or_empty(s, sales->last_year);
    write_money_or_empty(s, sales->year_before);
    write_money_or_empty(s, sales->forecast);
    if (sales->margin == ST_DEMO_UNKNOWN)
        st_demo_field_empty(s);
    else
        st_demo_field_decimal(s, sales->margin, 4);
}

static void write_traits(struct st_demo_sheet *s, const struct st_demo_traits *t)
{
    st_demo_field_text(s, t->area);
    write_mark(s, t->satisfaction);
    st_demo_field_text(s, t->interest);
    write_mark(s, t->influence);
    write_mark(s, t->leaving_barrier);
    write_mark(s, t->winning_difficulty);
    write_mark(s, t->need_score);
    for (int h = 0; h < ST_DEMO_HABIT_COUNT; h++)
        write_mark(s, t->habits[h]);
    write_yes_or_no(s, t->need);
    write_money_or_empty(s, t->budget);
    write_money_or_empty(s, t->quote);
    st_demo_field_date(s, t->buys_on);
    write_yes_or_no(s, t->decision_maker);
    for (int line = 0; line < ST_DEMO_LINE_COUNT; line++)
        write_sales(s, &t->sales[line]);
    write_yes_or_no(s, t->agent);
}

static void write_number_or_empty(
    struct st_demo_sheet *s, const char *prefix, int64_t value, int width, bool known)
{
    if (known)
        st_demo_field_number(s, prefix, value, width);
    else
        st_demo_field_empty(s);
}

static void write_customer(
    struct st_demo_sheet *s, const struct st_demo_persona *p, const struct st_demo_traits *traits)
{
    static const char *const kinds[] = {[ST_DEMO_PERSON] = "person",
        [ST_DEMO_COMPANY] = "company",
        [ST_DEMO_PROSPECT] = "prospect"};
    st_demo_field_number(s, "C", p->index + 1, 8);
    st_demo_field_text(s, kinds[p->kind]);
    st_demo_field_date(s, p->birth_date);
    st_demo_field_text(s, p->gender);
    st_demo_field_text(s, p->branch->city);
    st_demo_field_text(s, p->branch->code);
    st_demo_field_text(s, p->occupation ? p->occupation->title : "");
    st_demo_field_text(s, p->industry);
    write_money_or_empty(s, p->income > 0 ? p->income * 100 : ST_DEMO_UNKNOWN);
    write_number_or_empty(s, "C", p->risk_level, 1, p->risk_level > 0);
    st_demo_field_date(s, p->risk_assessed_on);
    st_demo_field_date(s, p->opened_on);
    st_demo_field_date(s, p->closed_on);
    write_number_or_empty(s, "H", p->household + 1, 8, p->household >= 0);
    st_demo_field_text(s, p->marital);
    st_demo_field_text(s, p->education);
    write_number_or_empty(s, "RM", p->manager, 8, p->manager > 0);
    write_traits(s, traits);
    st_demo_end_row(s);
}

static void write_account(struct st_demo_sheet *s, const struct st_demo_persona *p,
    const struct st_demo_account *a, int slot)
{
    st_demo_field_number(s, "A", st_demo_account_number(p->index, slot), 10);
    st_demo_field_text(s, a->product->code);
    st_demo_field_text(s, st_demo_class_names[a->product->class]);
    st_demo_field_text(s, st_demo_currencies[a->currency].code);
    st_demo_field_text(s, p->branch->code);
    st_demo_field_date(s, a->opened);
    st_demo_field_date(s, a->matures);
    bool renewable = a->product->class == ST_DEMO_DEPOSIT && a->product->term_months > 0;
    write_yes_or_no(s, renewable ? a->auto_renew : ST_DEMO_UNKNOWN);
    st_demo_field_date(s, a->closed);
    st_demo_field_decimal(s, a->rate / 100, 6);
    st_demo_end_row(s);
}

static void write_holder(struct st_demo_sheet *s, int64_t account, const struct st_demo_holder *h)
{
    st_demo_field_number(s, "A", account, 10);
    st_demo_field_number(s, "C", h->customer + 1, 8);
    st_demo_field_text(s, h->role);
    st_demo_field_decimal_summed(s, h->share, 2);
}

/* One more demand deposit of the customer with one holder, who has `share` of it. */
static int64_t write_extra_account(
    struct st_demo_sheet *sheets, const struct st_demo_persona *p, int slot, int share)
{
    struct st_demo_account a = {
        .product = st_demo_personal_demand,
        .opened = p->opened_on,
        .matures = ST_DEMO_NO_DATE,
        .closed = p->closed_on,
        .rate = st_demo_personal_demand->rate,
    };
    struct st_demo_holder holder = {p->index, "owner", share};
    int64_t number = st_demo_account_number(p->index, slot);
    write_account(&sheets[ST_DEMO_FILE_ACCOUNTS], p, &a, slot);
    write_holder(&sheets[ST_DEMO_FILE_HOLDERS], number, &holder);
    return number;
}

void st_demo_write_flawed_accounts(struct st_demo_sheet *sheets, const struct st_demo_life *life)
{
    enum { WHOLE_SLOT = 97, BROKEN_SLOT = 98, BALANCE = 100000 };
    const struct st_demo_persona *p = &life->who;
    struct st_demo_sheet *holders = &sheets[ST_DEMO_FILE_HOLDERS];
    struct st_demo_sheet *balances = &sheets[ST_DEMO_FILE_BALANCES];
    int64_t whole = write_extra_account(sheets, p, WHOLE_SLOT, ST_SHARE_WHOLE);
    st_demo_end_row(holders);
    struct st_demo_holder authorised = {p->index - 1, "authorised", 500};
    write_holder(holders, whole, &authorised);
    st_demo_end_defect(holders, sharing_authorised);
    for (int i = 1; i <= 2; i++) {
        st_demo_write_balance(balances, whole, p->opened_on, i * BALANCE, 2);
        st_demo_end_defect(balances, two_balances);
    }
    int64_t broken = write_extra_account(sheets, p, BROKEN_SLOT, p->index % 2 ? 9000 : 9999);
    st_demo_end_defect(holders, broken_total);
    st_demo_write_balance(balances, broken, p->opened_on, BALANCE, 2);
    st_demo_end_defect(balances, no_holder);
}

void st_demo_write_owner(struct st_demo_sheet *sheets, const struct st_demo_life *life)
{
    struct st_demo_traits traits;
    st_demo_traits(&traits, &life->who, life->options);
    write_customer(&sheets[ST_DEMO_FILE_CUSTOMERS], &life->who, &traits);
    for (int slot = 0; slot < life->book.account_count; slot++) {
        const struct st_demo_account *a = &life->book.accounts[slot];
        write_account(&sheets[ST_DEMO_FILE_ACCOUNTS], &life->who, a, slot);
        for (int h = 0; h < a->holder_count; h++) {
            write_holder(&sheets[ST_DEMO_FILE_HOLDERS],
                st_demo_account_number(life->who.index, slot), &a->holders[h]);
            st_demo_end_row(&sheets[ST_DEMO_FILE_HOLDERS]);
        }
    }
}
