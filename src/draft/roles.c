/* A word of several tokens matches those tokens side by side in the name (order_date, OrderDate,
 * "Order Date"), or the whole name written together (custid). Chinese words match anywhere. "=word"
 * matches the whole name only. The longest match wins, so 出生日期 is a birthday, not a date. */
#include "draft/roles.h"

#include "base/str.h"
#include "base/vec.h"

#include <ctype.h>

#define INTEGER (1u << ST_COLUMN_INTEGER)
#define DECIMAL (1u << ST_COLUMN_DECIMAL)
#define NUMBER (INTEGER | DECIMAL)
#define DATE (1u << ST_COLUMN_DATE)
#define TEXT (1u << ST_COLUMN_TEXT)
#define BOOLEAN (1u << ST_COLUMN_BOOLEAN)
#define CODE (TEXT | INTEGER)
#define KEY (CODE | BOOLEAN) /* a file of one customer, number 1 */

enum { WHOLE_NAME_BONUS = 100 };

static const struct {
    const char *name;
    unsigned types;
    const char *words;
} roles[ST_ROLE_COUNT] = {
    [ST_ROLE_NONE] = {"none", 0, ""},
    [ST_ROLE_CUSTOMER] = {"customer", KEY,
        "customer id|customer no|customer number|customer code|customer key|cust id|cust no|"
        "cust number|cust code|client id|client no|client number|client code|member id|member no|"
        "member number|party id|party no|user id|subscriber id|policyholder id|cif|cif no|"
        "=customer|=cust|=client|=member|=id|=uid|客户号|客户编号|客户代码|客户标识|客户id|客号|"
        "客户账号|会员号|会员编号|会员id|用户号|用户编号|用户id|=客户|=编号"},
    [ST_ROLE_ACCOUNT] = {"account", KEY,
        "account id|account no|account number|account code|acct id|acct no|acct number|acc no|"
        "card no|card number|contract no|contract number|iban|=account|=acct|账号|帐号|账户号|"
        "账户编号|帐户号|卡号|合同号|合同编号|=账户"},
    [ST_ROLE_ROW_NUMBER] = {"row_number", INTEGER,
        "row number|row names|row name|row no|row id|row num|rownames|rownumber|=row|=index|=no|"
        "=seq|=sequence|序号|行号"},
    [ST_ROLE_DOCUMENT] = {"document", KEY,
        "invoice no|invoice number|invoice id|=invoice|order id|order no|order number|receipt no|"
        "receipt id|=receipt|transaction id|transaction no|trans id|txn id|txn no|voucher no|"
        "bill no|ticket no|tid|basket id|document no|document number|reference no|=reference|"
        "流水号|单据号|订单号|订单编号|发票号|凭证号|交易号|交易编号|小票号|业务编号"},
    [ST_ROLE_DATE] = {"date", DATE | INTEGER,
        "date|datetime|timestamp|time|as of|日期|交易日|记账日|数据日|统计日|日结|时间|=日|=月份"},
    [ST_ROLE_BIRTH] = {"birth_date", DATE | INTEGER,
        "birth date|date of birth|birthday|birth|dob|出生日期|出生年月|出生|生日"},
    [ST_ROLE_OPENED] = {"opened_on", DATE | INTEGER,
        "opened on|open date|opening date|date opened|account opened|opened|start date|join date|"
        "joined on|joining date|member since|customer since|registration date|register date|"
        "signup date|onboarding date|issued|开户日|开户日期|开户时间|建档日|建档日期|入会日期|"
        "注册日期|注册时间|首次开户日期|成为客户日期"},
    [ST_ROLE_CLOSED] = {"closed_on", DATE | INTEGER,
        "close date|closed on|closing date|date closed|end date|exit date|销户日|销户日期|"
        "注销日期|结清日|结清日期"},
    [ST_ROLE_MATURES] = {"matures_on", DATE | INTEGER,
        "maturity|maturity date|matures on|due date|expiry date|到期日|到期日期"},
    [ST_ROLE_AMOUNT] = {"amount", NUMBER,
        "amount|amt|total amount|revenue|sales|spend|spending|spent|expenditure|turnover|payment|"
        "paid|monetary|purchase value|order value|=value|=total|=sum|金额|交易额|消费额|发生额|"
        "销售额|成交额|支付额|交易金额|消费金额|订单金额"},
    [ST_ROLE_QUANTITY] = {"quantity", NUMBER, "quantity|qty|units|数量|件数|份数"},
    [ST_ROLE_PRICE] = {"price", NUMBER, "unit price|price|unit cost|单价|价格"},
    [ST_ROLE_BALANCE] = {"balance", NUMBER,
        "balance|bal|aum|assets|total assets|deposit balance|account balance|closing balance|"
        "savings|deposits|portfolio value|net worth|余额|资产|总资产|金融资产|管理资产|存款|市值|"
        "资产余额|资产总额"},
    [ST_ROLE_INCOME] = {"income", NUMBER,
        "income|annual income|yearly income|salary|annual salary|estimated salary|wage|wages|"
        "earnings|年收入|收入|工资|薪资|年薪"},
    [ST_ROLE_AGE] = {"age", NUMBER, "age|customer age|client age|年龄|岁数"},
    [ST_ROLE_GENDER] = {"gender", TEXT | BOOLEAN | INTEGER, "gender|sex|性别"},
    [ST_ROLE_REGION] = {"region", TEXT,
        "region|city|province|state|geography|country|county|location|地区|城市|省份|区域|国家|"
        "所在地|=省|=市"},
    [ST_ROLE_BRANCH] = {"branch", CODE,
        "branch|branch id|branch code|branch no|outlet|机构|网点|支行|分行|机构号|开户机构|门店"},
    [ST_ROLE_OCCUPATION] = {"occupation", TEXT, "job|occupation|profession|职业|岗位"},
    [ST_ROLE_INDUSTRY] = {"industry", TEXT, "industry|sector|行业"},
    [ST_ROLE_RISK] = {"risk_level", TEXT,
        "risk level|risk grade|risk rating|风险等级|风评等级|风险承受能力|风险测评"},
    [ST_ROLE_HOUSEHOLD] = {"household", CODE, "household|household id|family id|家庭号|家庭编号"},
    [ST_ROLE_CURRENCY] = {"currency", TEXT, "currency|ccy|curr|currency code|币种|货币"},
    [ST_ROLE_PRODUCT] = {"product", CODE,
        "product|product id|product code|product no|stock code|sku|item|item id|item code|产品|"
        "产品代码|产品编号|商品|商品编号|商品编码|产品名称"},
    [ST_ROLE_CLASS] = {"class", TEXT,
        "account type|account class|asset class|product class|product type|=class|=category|"
        "产品大类|账户类型|账户类别|资产类别|产品类型|产品类别|大类"},
    [ST_ROLE_KIND] = {"kind", TEXT,
        "transaction type|trans type|txn type|=type|=kind|交易类型|交易种类|业务类型|=类型|摘要"},
    [ST_ROLE_CHANNEL] = {"channel", TEXT, "channel|渠道"},
    [ST_ROLE_DIRECTION] = {"direction", TEXT,
        "direction|debit credit|credit debit|dr cr|cr dr|dc flag|dc|in out|借贷标志|借贷方向|借贷|"
        "收支|收付|方向"},
    [ST_ROLE_PERSONAL] = {"personal", CODE,
        "=name|surname|first name|last name|middle name|given name|family name|full name|"
        "customer name|client name|phone|phone number|mobile|mobile number|telephone|tel|email|"
        "e mail|address|street|id card|identity number|national id|passport|ssn|姓名|名字|"
        "客户名称|客户姓名|户名|手机|手机号|手机号码|电话|电话号码|联系方式|邮箱|电子邮件|地址|"
        "住址|身份证|身份证号|身份证号码|证件号|证件号码|护照"},
};

const char *st_role_name(enum st_role role)
{
    return roles[role].name;
}

/* " order date ": lower-case tokens between blanks; a capital after a small letter begins one. */
static void tokenise(const char *name, struct st_str *out)
{
    st_str_add_char(out, ' ');
    for (const char *p = name; *p; p++) {
        unsigned char c = (unsigned char)*p;
        bool word = isalnum(c) || c >= 0x80;
        bool begins = p > name && isupper(c) &&
                      (islower((unsigned char)p[-1]) || isdigit((unsigned char)p[-1]) ||
                          (isupper((unsigned char)p[-1]) && islower((unsigned char)p[1])));
        bool apart = out->text[out->len - 1] == ' ';
        if ((!word || begins) && !apart)
            st_str_add_char(out, ' ');
        if (word)
            st_str_add_char(out, (char)tolower(c));
    }
    if (out->text[out->len - 1] != ' ')
        st_str_add_char(out, ' ');
}

/* Whole name against a word, blanks aside. */
static bool same_letters(const char *tokens, const char *word, size_t len)
{
    const char *end = word + len;
    for (;; tokens++, word++) {
        while (*tokens == ' ')
            tokens++;
        while (word < end && *word == ' ')
            word++;
        if (word == end || !*tokens)
            return word == end && !*tokens;
        if (*tokens != *word)
            return false;
    }
}

static bool contains(const char *tokens, const char *word, size_t len)
{
    bool chinese = (signed char)word[0] < 0;
    for (const char *p = tokens; (p = memmem(p, strlen(p), word, len)) != NULL; p++)
        if (chinese || (p > tokens && p[-1] == ' ' && p[len] == ' '))
            return true;
    return false;
}

/* The best score of a list of words. */
static int match(const char *tokens, const char *words)
{
    int best = 0;
    for (const char *word = words; *word;) {
        bool whole = *word == '=';
        word += whole;
        size_t len = strcspn(word, "|");
        int score = 0;
        if (same_letters(tokens, word, len))
            score = WHOLE_NAME_BONUS + (int)len;
        else if (!whole && contains(tokens, word, len))
            score = (int)len;
        best = score > best ? score : best;
        word += len;
        word += *word == '|';
    }
    return best;
}

int st_role_score(enum st_role role, const struct st_profile_column *column)
{
    /* Numbers about amounts that are no amounts. */
    static const char *const derived =
        "percent|percentage|pct|ratio|rate|share|score|count|flag|type|num|rank|比例|占比|率|次数|"
        "笔数|评分|得分|排名";
    int best = 0;
    struct st_str tokens = ST_STR_INIT;
    if (!(roles[role].types & 1u << column->type) || !*column->header)
        return 0;
    if (role == ST_ROLE_ROW_NUMBER && !column->unique)
        return 0;
    bool dates = (roles[role].types & DATE) != 0;
    if (dates && column->type == ST_COLUMN_INTEGER && !column->six_digits)
        return 0;
    tokenise(column->header, &tokens);
    if (roles[role].types != NUMBER || match(tokens.text, derived) == 0)
        best = match(tokens.text, roles[role].words);
    st_str_release(&tokens);
    return best;
}

char *st_role_identifier(struct st_arena *arena, const char *name)
{
    enum { NAME_MAX_BYTES = 40 };
    struct st_str tokens = ST_STR_INIT;
    char text[NAME_MAX_BYTES + 1];
    size_t n = 0;
    tokenise(name, &tokens);
    for (const char *p = tokens.text; *p && n < NAME_MAX_BYTES; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x80) {
            n = 0;
            break;
        }
        if (isalnum(c))
            text[n++] = (char)c;
        else if (n > 0)
            text[n++] = '_';
    }
    while (n > 0 && text[n - 1] == '_')
        n--;
    text[n] = '\0';
    st_str_release(&tokens);
    if (n > 0 && isdigit((unsigned char)text[0]))
        return st_arena_printf(arena, "c%s", text);
    return st_arena_strdup(arena, text);
}

bool st_role_is_code_name(const char *header)
{
    struct st_str tokens = ST_STR_INIT;
    tokenise(header, &tokens);
    bool is =
        match(tokens.text, "id|no|nr|number|code|key|zip|postcode|year|号|编号|代码|编码") > 0;
    st_str_release(&tokens);
    return is;
}
