#include "ingest/target.h"

#include "base/vec.h"

static const char *const table_names[ST_TARGET_COUNT] = {
    [ST_TARGET_BRANCH] = "branch",
    [ST_TARGET_PRODUCT] = "product",
    [ST_TARGET_FX_RATE] = "fx_rate",
    [ST_TARGET_CONTROL_TOTAL] = "control_total",
    [ST_TARGET_CUSTOMER] = "customer",
    [ST_TARGET_CUSTOMER_CHANGE] = "customer_change",
    [ST_TARGET_HOUSEHOLD_MEMBER] = "household_member",
    [ST_TARGET_ACCOUNT] = "account",
    [ST_TARGET_ACCOUNT_HOLDER] = "account_holder",
    [ST_TARGET_BALANCE] = "balance",
    [ST_TARGET_TXN] = "txn",
    [ST_TARGET_STANDING_ORDER] = "standing_order",
};

static const char *const kinds[] = {"person", "company", "prospect", NULL};
static const char *const changes[] = {"merge", "split", NULL};
static const char *const risk_levels[] = {"C1", "C2", "C3", "C4", "C5", NULL};
static const char *const product_risks[] = {"R1", "R2", "R3", "R4", "R5", NULL};
static const char *const roles[] = {"owner", "joint", "authorised", NULL};
static const char *const classes[] = {
    "deposit", "loan", "fund", "wealth", "insurance", "bond", "metal", "card", "trust", NULL};

#define ROW(t, c, k, ...)                                                                          \
    {                                                                                              \
        .table = ST_TARGET_##t, .column = (c), .type = ST_TARGET_##k, __VA_ARGS__                  \
    }
#define REQUIRED .required = true
#define FILLED .filled = true
#define CHOICES(list) .choices = (list)
#define DEFAULT(text) .default_text = (text)
#define HELP(en, zh) .help = {en, zh}

const struct st_target st_targets[] = {
    ROW(BRANCH, "code", ID, REQUIRED, HELP("branch code", "机构代码")),
    ROW(BRANCH, "title", TEXT, HELP("name", "名称")),
    ROW(BRANCH, "region", TEXT, HELP("region", "地区")),
    ROW(BRANCH, "parent", TEXT, HELP("code of the branch above", "上级机构代码")),

    ROW(PRODUCT, "code", ID, REQUIRED, HELP("product code", "产品代码")),
    ROW(PRODUCT, "title", TEXT, HELP("name", "名称")),
    ROW(PRODUCT, "class", CHOICE, CHOICES(classes), HELP("asset class", "大类")),
    ROW(PRODUCT, "risk", CHOICE, CHOICES(product_risks), HELP("risk rating", "风险等级")),
    ROW(PRODUCT, "minimum", MONEY, HELP("smallest amount, mapping's currency", "起购金额")),
    ROW(PRODUCT, "term_days", INTEGER, HELP("term in days", "期限（天）")),
    ROW(PRODUCT, "margin", RATE, HELP("margin per year", "年利差")),
    ROW(PRODUCT, "sale_from", DATE, HELP("first day of sale", "开售日")),
    ROW(PRODUCT, "sale_until", DATE, HELP("last day of sale", "停售日")),

    ROW(FX_RATE, "currency", CURRENCY, REQUIRED, HELP("currency", "币种")),
    ROW(FX_RATE, "base", CURRENCY, DEFAULT(""),
        HELP("currency it is quoted in; default: the mapping's", "折算币种，默认为映射的币种")),
    ROW(FX_RATE, "on_date", DATE, REQUIRED, HELP("day", "日期")),
    ROW(FX_RATE, "rate", RATE, REQUIRED, HELP("base units per unit of currency", "一单位折合")),

    ROW(CONTROL_TOTAL, "as_of", DATE, REQUIRED, HELP("day whose end it is of", "日终日期")),
    ROW(CONTROL_TOTAL, "branch", TEXT, HELP("branch code", "机构代码")),
    ROW(CONTROL_TOTAL, "product", TEXT, HELP("product code", "产品代码")),
    ROW(CONTROL_TOTAL, "class", CHOICE, CHOICES(classes), HELP("asset class", "大类")),
    ROW(CONTROL_TOTAL, "currency", CURRENCY, DEFAULT(""), HELP("default: the mapping's", "币种")),
    ROW(CONTROL_TOTAL, "accounts", INTEGER, HELP("accounts open then", "未销户账户数")),
    ROW(CONTROL_TOTAL, "balance", MONEY, REQUIRED,
        HELP("their balances, signed", "余额合计（带符号）")),
    ROW(CONTROL_TOTAL, "average", MONEY,
        HELP("daily average of the month to the day", "月日均余额（月初至当日）")),

    ROW(CUSTOMER, "id", ID, REQUIRED, HELP("the source's customer number", "客户号")),
    ROW(CUSTOMER, "kind", CHOICE, CHOICES(kinds), DEFAULT("person"), HELP("kind", "类型")),
    ROW(CUSTOMER, "birth_date", DATE, HELP("date of birth", "出生日期")),
    ROW(CUSTOMER, "gender", TEXT, HELP("gender", "性别")),
    ROW(CUSTOMER, "region", TEXT, HELP("region", "地区")),
    ROW(CUSTOMER, "branch", TEXT, HELP("branch code", "机构代码")),
    ROW(CUSTOMER, "occupation", TEXT, HELP("occupation", "职业")),
    ROW(CUSTOMER, "industry", TEXT, HELP("industry", "行业")),
    ROW(CUSTOMER, "annual_income", MONEY, HELP("per year, mapping's currency", "年收入")),
    ROW(CUSTOMER, "risk_level", CHOICE, CHOICES(risk_levels), HELP("risk tolerance", "风险承受")),
    ROW(CUSTOMER, "risk_assessed_on", DATE, HELP("day of the risk assessment", "风评日期")),
    ROW(CUSTOMER, "opened_on", DATE, HELP("customer since", "建档日")),
    ROW(CUSTOMER, "closed_on", DATE, HELP("customer until", "销户日")),
    ROW(CUSTOMER, "household", TEXT, HELP("household number", "家庭号")),
    ROW(CUSTOMER, "attributes", ATTRIBUTES, HELP("typed columns of one's own", "自定义属性")),

    ROW(CUSTOMER_CHANGE, "kind", CHOICE, REQUIRED, CHOICES(changes), HELP("what it is", "种类")),
    ROW(CUSTOMER_CHANGE, "from_customer", ID, REQUIRED,
        HELP("number that merges into another, or that gives an account away", "原客户号")),
    ROW(CUSTOMER_CHANGE, "into_customer", ID, REQUIRED, HELP("number that receives", "并入客户号")),
    ROW(CUSTOMER_CHANGE, "account", ID, HELP("split: the account that moves", "拆分的账号")),
    ROW(CUSTOMER_CHANGE, "on_date", DATE, REQUIRED, HELP("day", "日期")),

    ROW(HOUSEHOLD_MEMBER, "customer", ID, REQUIRED, HELP("customer number", "客户号")),
    ROW(HOUSEHOLD_MEMBER, "household", ID, REQUIRED, HELP("household number", "家庭号")),
    ROW(HOUSEHOLD_MEMBER, "role", TEXT, HELP("role in the household", "家庭成员角色")),
    ROW(HOUSEHOLD_MEMBER, "joined_on", DATE,
        HELP("first day of membership; without one: before every day", "加入日，不填即一直是成员")),
    ROW(HOUSEHOLD_MEMBER, "left_on", DATE,
        HELP("first day without; without one: until the next joining",
            "退出日（当日起不再是成员）")),

    ROW(ACCOUNT, "id", ID, REQUIRED, HELP("the source's account number", "账号")),
    ROW(ACCOUNT, "product", TEXT, HELP("product code", "产品代码")),
    ROW(ACCOUNT, "class", CHOICE, REQUIRED, CHOICES(classes), HELP("asset class", "大类")),
    ROW(ACCOUNT, "currency", CURRENCY, DEFAULT(""), HELP("default: the mapping's", "币种")),
    ROW(ACCOUNT, "branch", TEXT, HELP("branch code", "机构代码")),
    ROW(ACCOUNT, "opened_on", DATE, HELP("first day", "开户日")),
    ROW(ACCOUNT, "matures_on", DATE, HELP("day of maturity", "到期日")),
    ROW(ACCOUNT, "auto_renew", BOOL, HELP("renewed at maturity", "到期自动转存")),
    ROW(ACCOUNT, "closed_on", DATE, HELP("day closed", "销户日")),
    ROW(ACCOUNT, "rate", RATE, HELP("interest per year", "年利率")),

    ROW(ACCOUNT_HOLDER, "account", ID, REQUIRED, HELP("account number", "账号")),
    ROW(ACCOUNT_HOLDER, "customer", ID, REQUIRED, HELP("customer number", "客户号")),
    ROW(ACCOUNT_HOLDER, "role", CHOICE, REQUIRED, CHOICES(roles), HELP("role", "角色")),
    ROW(ACCOUNT_HOLDER, "share", SHARE, REQUIRED,
        HELP("fraction of the account: 100%, 0.5; an authorised person's is 0", "份额")),
    ROW(ACCOUNT_HOLDER, "position", INTEGER,
        HELP("1 is the first holder; default: the order in the file", "顺序")),

    ROW(BALANCE, "account", ID, REQUIRED, HELP("account number", "账号")),
    ROW(BALANCE, "on_date", DATE, REQUIRED, HELP("day", "日期")),
    ROW(BALANCE, "amount", MONEY, FILLED,
        HELP("end-of-day balance, account's currency", "日终余额")),
    ROW(BALANCE, "movement", MONEY, FILLED,
        HELP("close: nearest: the row's signed amount", "发生额")),
    ROW(BALANCE, "running", MONEY, FILLED,
        HELP("close: nearest: balance after the row", "逐笔余额")),

    ROW(TXN, "id", ID, HELP("the source's own number; rows without one are always new", "流水号")),
    ROW(TXN, "account", ID, HELP("account number", "账号")),
    ROW(TXN, "customer", ID, HELP("default: the account's first holder", "客户号")),
    ROW(TXN, "on_date", DATE, REQUIRED, HELP("day", "日期")),
    ROW(TXN, "amount", MONEY, REQUIRED, HELP("signed: + in, - out", "金额（带符号）")),
    ROW(TXN, "currency", CURRENCY, HELP("default: the account's, else the mapping's", "币种")),
    ROW(TXN, "kind", TEXT, HELP("what it was", "种类")),
    ROW(TXN, "channel", TEXT, HELP("how it was made", "渠道")),
    ROW(TXN, "product", TEXT, HELP("product code", "产品代码")),
    ROW(TXN, "reference", TEXT, HELP("document number; rows may share it", "单据号")),

    ROW(STANDING_ORDER, "id", ID, REQUIRED, HELP("the source's own number", "委托号")),
    ROW(STANDING_ORDER, "account", ID, REQUIRED, HELP("account number", "账号")),
    ROW(STANDING_ORDER, "amount", MONEY, REQUIRED, HELP("account's currency", "金额")),
    ROW(STANDING_ORDER, "kind", TEXT, HELP("what it pays", "用途")),
    {.column = NULL},
};

const char *st_target_table_name(enum st_target_table table)
{
    return table < ST_TARGET_COUNT ? table_names[table] : NULL;
}

int st_target_table_find(const char *name)
{
    for (int i = 0; i < ST_TARGET_COUNT; i++)
        if (strcmp(table_names[i], name) == 0)
            return i;
    return -1;
}

const struct st_target *st_target_columns(enum st_target_table table, size_t *count)
{
    const struct st_target *first = st_targets;
    while (first->column && first->table != table)
        first++;
    *count = 0;
    while (first[*count].column && first[*count].table == table)
        (*count)++;
    return first;
}

const struct st_target *st_target_find(enum st_target_table table, const char *column)
{
    for (const struct st_target *t = st_targets; t->column; t++)
        if (t->table == table && strcmp(t->column, column) == 0)
            return t;
    return NULL;
}

enum st_ir_type st_target_ir_type(enum st_target_type type)
{
    switch (type) {
    case ST_TARGET_DATE: return ST_IR_DATE;
    case ST_TARGET_BOOL: return ST_IR_BOOL;
    case ST_TARGET_INTEGER:
    case ST_TARGET_MONEY:
    case ST_TARGET_RATE:
    case ST_TARGET_SHARE: return ST_IR_BIGINT;
    default: return ST_IR_TEXT;
    }
}
