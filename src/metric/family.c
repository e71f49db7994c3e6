#include "metric/family.h"

#include "base/vec.h"

/* What imports allow (ingest/target.c): another word would silently match nobody. */
static const char *const classes[] = {
    "deposit", "loan", "fund", "wealth", "insurance", "bond", "metal", "card", "trust", NULL};
static const char *const roles[] = {"owner", "joint", "authorised", NULL};
static const char *const kinds[] = {"person", "company", "prospect", NULL};
static const char *const risk_levels[] = {"C1", "C2", "C3", "C4", "C5", NULL};

static const struct st_row_column balance_columns[] = {
    {"amount", ST_KIND_MONEY, 0, false, false,
        {"the customer's part of the day's closing balance", "当日日终余额中客户所占份额"}, NULL},
    {"class", ST_KIND_TEXT, 0, false, false,
        {"deposit, loan, fund, wealth, insurance, bond, metal, card, trust",
            "产品大类：deposit、loan、fund、wealth、insurance、bond、metal、card、trust"},
        classes},
    {"product", ST_KIND_TEXT, 0, true, false, {"product code", "产品代码"}, NULL},
    {"currency", ST_KIND_TEXT, 0, false, false, {"the account's currency", "账户币种"}, NULL},
    {"branch", ST_KIND_TEXT, 0, true, false, {"the account's branch", "开户网点"}, NULL},
    {"role", ST_KIND_TEXT, 0, false, false, {"owner or joint", "持有角色：owner 或 joint"}, roles},
    {"opened_on", ST_KIND_DATE, 0, true, false, {"opening day of the account", "开户日"}, NULL},
    {"matures_on", ST_KIND_DATE, 0, true, false, {"maturity", "到期日"}, NULL},
};

static const struct st_row_column txn_columns[] = {
    {"amount", ST_KIND_MONEY, 0, false, false, {"signed amount", "带符号金额"}, NULL},
    {"on_date", ST_KIND_DATE, 0, false, false, {"day of the movement", "交易日期"}, NULL},
    {"kind", ST_KIND_TEXT, 0, true, false, {"kind of movement", "交易类型"}, NULL},
    {"channel", ST_KIND_TEXT, 0, true, false, {"channel", "渠道"}, NULL},
    {"product", ST_KIND_TEXT, 0, true, false, {"product", "产品"}, NULL},
    {"reference", ST_KIND_TEXT, 0, true, false, {"document number", "凭证号"}, NULL},
    {"currency", ST_KIND_TEXT, 0, false, false, {"currency of the movement", "交易币种"}, NULL},
    {"class", ST_KIND_TEXT, 0, true, true, {"class of the account", "账户产品大类"}, classes},
    {"branch", ST_KIND_TEXT, 0, true, true, {"branch of the account", "账户网点"}, NULL},
};

static const struct st_row_column account_columns[] = {
    {"open", ST_KIND_BOOL, 0, false, false,
        {"opened by as_of and not closed by it", "截至评定日已开户且未销户"}, NULL},
    {"class", ST_KIND_TEXT, 0, false, false, {"product class", "产品大类"}, classes},
    {"product", ST_KIND_TEXT, 0, true, false, {"product code", "产品代码"}, NULL},
    {"currency", ST_KIND_TEXT, 0, false, false, {"currency", "币种"}, NULL},
    {"branch", ST_KIND_TEXT, 0, true, false, {"branch", "网点"}, NULL},
    {"role", ST_KIND_TEXT, 0, false, false, {"owner or joint", "持有角色：owner 或 joint"}, roles},
    {"opened_on", ST_KIND_DATE, 0, true, false, {"opening day", "开户日"}, NULL},
    {"matures_on", ST_KIND_DATE, 0, true, false, {"maturity", "到期日"}, NULL},
    {"closed_on", ST_KIND_DATE, 0, true, false, {"closing day", "销户日"}, NULL},
    {"auto_renew", ST_KIND_BOOL, 0, true, false, {"renews itself at maturity", "到期自动转存"},
        NULL},
    {"rate", ST_KIND_NUMBER, 8, true, false, {"interest rate, 0.0275 for 2.75 %", "利率"}, NULL},
};

static const struct st_row_column customer_columns[] = {
    {"kind", ST_KIND_TEXT, 0, false, false, {"person, company or prospect", "客户类型"}, kinds},
    {"birth_date", ST_KIND_DATE, 0, true, false, {"date of birth", "出生日期"}, NULL},
    {"gender", ST_KIND_TEXT, 0, true, false, {"gender", "性别"}, NULL},
    {"region", ST_KIND_TEXT, 0, true, false, {"region", "地区"}, NULL},
    {"branch", ST_KIND_TEXT, 0, true, false, {"branch", "所属网点"}, NULL},
    {"occupation", ST_KIND_TEXT, 0, true, false, {"occupation", "职业"}, NULL},
    {"industry", ST_KIND_TEXT, 0, true, false, {"industry", "行业"}, NULL},
    {"annual_income", ST_KIND_MONEY, 0, true, false, {"yearly income", "年收入"}, NULL},
    {"risk_level", ST_KIND_TEXT, 0, true, false, {"C1 to C5", "风险承受等级 C1–C5"}, risk_levels},
    {"risk_assessed_on", ST_KIND_DATE, 0, true, false, {"day of the assessment", "风险测评日"},
        NULL},
    {"opened_on", ST_KIND_DATE, 0, true, false, {"customer since", "建立客户关系日"}, NULL},
    {"household", ST_KIND_TEXT, 0, true, false,
        {"household on the day rated", "评定日所属家庭编号"}, NULL},
    {"household_role", ST_KIND_TEXT, 0, true, false,
        {"role in it, where memberships are dated", "家庭成员角色（有成员起止日期时）"}, NULL},
};

static const struct st_row_column household_columns[] = {
    {"household", ST_KIND_TEXT, 0, true, false,
        {"its number; without a value for a customer alone", "家庭编号；单人客户为空"}, NULL},
    {"members", ST_KIND_NUMBER, 0, false, false, {"members on the day rated", "评定日成员数"},
        NULL},
    {"opened_on", ST_KIND_DATE, 0, true, false,
        {"opening day of its first member", "最早成员建立客户关系日"}, NULL},
};

#define BIT(name) (1u << ST_AGGREGATE_##name)

static const struct st_family families[] = {
    [ST_SOURCE_BALANCE] = {ST_SOURCE_BALANCE, "balance",
        {"end-of-day balances, carried forward until the next row", "日终余额，无变动日沿用上一日"},
        balance_columns, ST_COUNT(balance_columns),
        BIT(DAILY_AVERAGE) | BIT(CLOSING) | BIT(MIN) | BIT(MAX)},
    [ST_SOURCE_TXN] = {ST_SOURCE_TXN, "txn", {"transactions", "交易流水"}, txn_columns,
        ST_COUNT(txn_columns),
        BIT(SUM) | BIT(COUNT) | BIT(COUNT_DISTINCT) | BIT(MIN) | BIT(MAX) | BIT(AVERAGE)},
    [ST_SOURCE_ACCOUNT] = {ST_SOURCE_ACCOUNT, "account", {"accounts held", "持有账户"},
        account_columns, ST_COUNT(account_columns),
        BIT(COUNT) | BIT(COUNT_DISTINCT) | BIT(MIN) | BIT(MAX)},
    [ST_SOURCE_CUSTOMER] = {ST_SOURCE_CUSTOMER, "customer",
        {"the customer's own columns and attributes", "客户自身字段与属性"}, customer_columns,
        ST_COUNT(customer_columns), 0},
};

const struct st_family st_family_members = {ST_SOURCE_CUSTOMER, "customer",
    {"the members of a household", "家庭成员"}, customer_columns, ST_COUNT(customer_columns),
    BIT(SUM) | BIT(COUNT) | BIT(COUNT_DISTINCT) | BIT(MIN) | BIT(MAX) | BIT(AVERAGE)};

const struct st_family st_family_household = {ST_SOURCE_CUSTOMER, "household",
    {"a household's own columns", "家庭自身字段"}, household_columns, ST_COUNT(household_columns),
    0};

const struct st_aggregate_info st_aggregates[ST_AGGREGATE_FN_COUNT] = {
    [ST_AGGREGATE_DAILY_AVERAGE] = {"daily_average", true, false,
        {"sum over the days ÷ calendar days of the window (月日均, 年日均)",
            "逐日累计 ÷ 窗口日历天数（月日均、年日均）"}},
    [ST_AGGREGATE_CLOSING] = {"closing", true, false,
        {"balance at the end of the window's last day", "窗口最后一天的日终余额"}},
    [ST_AGGREGATE_SUM] = {"sum", true, false, {"total", "合计"}},
    [ST_AGGREGATE_COUNT] = {"count", false, false, {"how many rows", "行数"}},
    [ST_AGGREGATE_COUNT_DISTINCT] = {"count_distinct", true, false,
        {"how many different values", "不同取值个数"}},
    [ST_AGGREGATE_MIN] = {"min", true, true, {"least; NULL without rows", "最小值；无数据为空"}},
    [ST_AGGREGATE_MAX] = {"max", true, true, {"greatest; NULL without rows", "最大值；无数据为空"}},
    [ST_AGGREGATE_AVERAGE] = {"average", true, true,
        {"mean over rows; NULL without rows", "逐行平均；无数据为空"}},
};

const struct st_family *st_family_of(enum st_metric_source source)
{
    return &families[source];
}

const struct st_row_column *st_family_column(const struct st_family *family, const char *name)
{
    for (size_t i = 0; i < family->column_count; i++)
        if (strcmp(family->columns[i].name, name) == 0)
            return &family->columns[i];
    return NULL;
}
