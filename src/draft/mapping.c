/* The mapping of a draft: a source per file, by what its rows are. */
#include "draft/internal.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ingest/target.h"

#include <ctype.h>
#include <strings.h>

enum { BODY = 6, COLUMN = 8, ATTRIBUTE = 10 }; /* indents */

/* --- expressions --- */

/* The date of a column, in its form. */
static const char *date_of(struct st_arena *arena, const struct st_profile_column *c)
{
    const char *name = st_draft_name(arena, c);
    return c->order ? st_arena_printf(arena, "date(%s, '%s')", name, c->order) : name;
}

/* The number of a column, to calculate with. */
static const char *number_of(struct st_arena *arena, const struct st_profile_column *c)
{
    const char *name = st_draft_name(arena, c);
    if (c->decimal_comma)
        name = st_arena_printf(arena, "replace(replace(%s, '.', ''), ',', '.')", name);
    return c->unit ? st_arena_printf(arena, "number(%s, '%s')", name, c->unit)
                   : st_arena_printf(arena, "number(%s)", name);
}

/* A number with at most so many decimals; the plain column where it is one already. */
static const char *value_of(struct st_arena *arena, const struct st_profile_column *c, int decimals)
{
    if (c->scale > decimals)
        return st_arena_printf(arena, "round(%s, %d)", number_of(arena, c), decimals);
    return c->decimal_comma || c->unit ? number_of(arena, c) : st_draft_name(arena, c);
}

static const char *amount_of(
    struct st_draft_writer *w, const struct st_draft *d, const struct st_draft_file *f)
{
    static const char *const out_words =
        "|d|dr|debit|out|withdrawal|expense|借|借方|支|支出|付|付出|转出|出|";
    static const char *const in_words =
        "|c|cr|credit|in|deposit|income|贷|贷方|收|收入|存入|转入|入|";
    const struct st_profile_column *amount = st_draft_column(f, ST_ROLE_AMOUNT);
    const struct st_profile_column *direction = st_draft_column(f, ST_ROLE_DIRECTION);
    if (!amount) {
        const struct st_profile_column *quantity = st_draft_column(f, ST_ROLE_QUANTITY);
        const struct st_profile_column *price = st_draft_column(f, ST_ROLE_PRICE);
        const char *product = st_arena_printf(
            w->arena, "%s * %s", number_of(w->arena, quantity), number_of(w->arena, price));
        return quantity->scale + price->scale > d->exponent
                   ? st_arena_printf(w->arena, "round(%s, %d)", product, d->exponent)
                   : product;
    }
    const char *value = value_of(w->arena, amount, d->exponent);
    if (!direction || direction->value_count != (size_t)direction->distinct)
        return value;
    struct st_str list = ST_STR_INIT;
    bool known = true;
    for (size_t i = 0; i < direction->value_count; i++) {
        const char *word = st_arena_printf(w->arena, "|%s|", direction->values[i].text);
        bool out = strcasestr(out_words, word) != NULL;
        known = known && (out || strcasestr(in_words, word) != NULL);
        if (out)
            st_str_addf(&list, "%s'%s'", list.len ? ", " : "", direction->values[i].text);
    }
    if (known && list.len > 0)
        value = st_arena_printf(w->arena, "case when %s in (%s) then -%s else %s end",
            st_draft_name(w->arena, direction), list.text,
            amount->scale > d->exponent || amount->decimal_comma ? value
                                                                 : number_of(w->arena, amount),
            amount->scale > d->exponent || amount->decimal_comma ? value
                                                                 : number_of(w->arena, amount));
    st_str_release(&list);
    return value;
}

/* --- classes of accounts --- */

static const struct {
    const char *class, *words;
} classes[] = {
    {"loan", "loan|mortgage|credit line|overdraft|lending|贷款|按揭|信贷|消费贷"},
    {"card", "card|信用卡"},
    {"fund", "fund|基金"},
    {"wealth", "wealth|investment|portfolio|理财|资管"},
    {"insurance", "insurance|保险"},
    {"bond", "bond|国债|债券"},
    {"metal", "gold|silver|metal|黄金|贵金属"},
    {"trust", "trust|信托"},
    {"deposit", "deposit|saving|checking|current|demand|term|存款|活期|定期|储蓄|结算"},
};

static const char *class_of(const char *text)
{
    for (size_t i = 0; i < ST_COUNT(classes); i++)
        for (const char *word = classes[i].words; *word;) {
            char one[32];
            size_t len = strcspn(word, "|");
            snprintf(one, sizeof one, "%.*s", (int)len, word);
            if (strcasestr(text, one))
                return classes[i].class;
            word += len + (word[len] == '|');
        }
    return NULL;
}

static const struct st_profile_column *class_column(const struct st_draft_file *f)
{
    const struct st_profile_column *c = st_draft_column(f, ST_ROLE_CLASS);
    if (!c)
        c = st_draft_column(f, ST_ROLE_PRODUCT);
    bool some = false;
    for (size_t i = 0; c && i < c->value_count; i++)
        some = some || class_of(c->values[i].text);
    return some && c->value_count == (size_t)c->distinct ? c : NULL;
}

bool st_draft_has_classes(const struct st_draft *d)
{
    for (size_t i = 0; i < d->file_count; i++)
        if (d->files[i].kind != ST_DRAFT_MOVEMENTS && class_column(&d->files[i]))
            return true;
    return false;
}

static void write_class(struct st_draft_writer *w, struct st_draft_file *f)
{
    const struct st_profile_column *c = class_column(f);
    if (!c) {
        st_draft_say(w, COLUMN, "every balance counts as a deposit; other classes: %s",
            "余额一律按存款处理；其他大类：%s",
            "loan, fund, wealth, insurance, bond, metal, card, trust");
        st_draft_line(w, COLUMN, "class: \"'deposit'\"");
        return;
    }
    f->columns[c - f->profile->columns].target = "account.class";
    st_draft_line(w, COLUMN, "class: >-");
    st_draft_line(w, COLUMN + 2, "case");
    for (size_t k = 0; k < ST_COUNT(classes); k++) {
        struct st_str list = ST_STR_INIT;
        for (size_t i = 0; i < c->value_count; i++) {
            const char *found = class_of(c->values[i].text);
            if (found && strcmp(found, classes[k].class) == 0 && !strchr(c->values[i].text, '\''))
                st_str_addf(&list, "%s'%s'", list.len ? ", " : "", c->values[i].text);
        }
        if (list.len > 0)
            st_draft_line(w, COLUMN + 2, "when %s in (%s) then '%s'", st_draft_name(w->arena, c),
                list.text, classes[k].class);
        st_str_release(&list);
    }
    st_draft_line(w, COLUMN + 2, "else 'deposit' end");
}

/* --- tables --- */

/* "column: value", remembered as where the file's column went. */
static void load(struct st_draft_writer *w, struct st_draft_file *f, enum st_role role,
    const char *table, const char *column, const char *value)
{
    if (f->role[role] < 0)
        return;
    struct st_draft_column *c = &f->columns[f->role[role]];
    if (!c->target)
        c->target = st_arena_printf(w->arena, "%s.%s", table, column);
    st_draft_line(w, COLUMN, "%s: %s", column, st_draft_scalar(w->arena, value));
}

static void load_plain(struct st_draft_writer *w, struct st_draft_file *f, enum st_role role,
    const char *table, const char *column)
{
    if (f->role[role] >= 0)
        load(w, f, role, table, column, st_draft_name(w->arena, st_draft_column(f, role)));
}

static void load_date(struct st_draft_writer *w, struct st_draft_file *f, enum st_role role,
    const char *table, const char *column)
{
    const struct st_profile_column *c = st_draft_column(f, role);
    if (!c || c->type != ST_COLUMN_DATE)
        return;
    if (c->order_open)
        st_draft_say(w, COLUMN, "day and month cannot be told apart in %s: is it really '%s'?",
            "%s 的日与月无法区分：顺序确为“%s”？", c->name, c->order);
    load(w, f, role, table, column, date_of(w->arena, c));
}

/* What stands for the customer's number. */
static const char *customer_of(struct st_draft_writer *w, struct st_draft_file *f)
{
    const struct st_profile_column *c = st_draft_party(f);
    if (!c && f->role[ST_ROLE_ROW_NUMBER] >= 0 && st_draft_column(f, ST_ROLE_ROW_NUMBER)->unique)
        c = st_draft_column(f, ST_ROLE_ROW_NUMBER);
    return c ? st_draft_name(w->arena, c) : NULL;
}

static void write_customer_id(struct st_draft_writer *w, struct st_draft_file *f)
{
    const char *id = customer_of(w, f);
    if (!id) {
        st_draft_say(w, COLUMN,
            "no column numbers the customers, so the line in the file does: customer 2 is line "
            "2",
            "没有客户号列，以文件行号代替：客户 2 即文件第 2 行");
        st_draft_line(w, COLUMN, "id: line()");
        return;
    }
    enum st_role role = f->role[ST_ROLE_CUSTOMER] >= 0  ? ST_ROLE_CUSTOMER
                        : f->role[ST_ROLE_ACCOUNT] >= 0 ? ST_ROLE_ACCOUNT
                                                        : ST_ROLE_ROW_NUMBER;
    load(w, f, role, "customer", "id", id);
}

static const char *account_id(struct st_draft_writer *w, struct st_draft_file *f)
{
    const struct st_profile_column *account = st_draft_column(f, ST_ROLE_ACCOUNT);
    const char *id = account ? st_draft_name(w->arena, account) : customer_of(w, f);
    return id ? id : "line()";
}

static bool are_currencies(const struct st_profile_column *c)
{
    for (size_t i = 0; i < c->value_count; i++)
        if (strlen(c->values[i].text) != 3 || st_currency_exponent(c->values[i].text) < 0)
            return false;
    return c->value_count > 0 && c->value_count == (size_t)c->distinct;
}

static void write_account(struct st_draft_writer *w, struct st_draft_file *f)
{
    const struct st_profile_column *currency = st_draft_column(f, ST_ROLE_CURRENCY);
    st_draft_line(w, BODY, "account:");
    if (f->role[ST_ROLE_ACCOUNT] >= 0)
        load_plain(w, f, ST_ROLE_ACCOUNT, "account", "id");
    else
        st_draft_line(w, COLUMN, "id: %s", st_draft_scalar(w->arena, account_id(w, f)));
    write_class(w, f);
    if (currency && are_currencies(currency))
        load_plain(w, f, ST_ROLE_CURRENCY, "account", "currency");
    if (f->kind == ST_DRAFT_ACCOUNTS) {
        load_plain(w, f, ST_ROLE_PRODUCT, "account", "product");
        load_plain(w, f, ST_ROLE_BRANCH, "account", "branch");
        load_date(w, f, ST_ROLE_OPENED, "account", "opened_on");
        load_date(w, f, ST_ROLE_MATURES, "account", "matures_on");
        load_date(w, f, ST_ROLE_CLOSED, "account", "closed_on");
    }
    const char *customer = customer_of(w, f);
    st_draft_line(w, BODY, "account_holder:");
    st_draft_line(w, COLUMN, "account: %s", st_draft_scalar(w->arena, account_id(w, f)));
    st_draft_line(
        w, COLUMN, "customer: %s", st_draft_scalar(w->arena, customer ? customer : "line()"));
    st_draft_line(w, COLUMN, "role: \"'owner'\"");
    st_draft_line(w, COLUMN, "share: 100%%");
}

static void write_balance(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f)
{
    const struct st_profile_column *c = st_draft_column(f, ST_ROLE_BALANCE);
    if (!c)
        return;
    st_draft_line(w, BODY, "balance:");
    st_draft_line(w, COLUMN, "account: %s", st_draft_scalar(w->arena, account_id(w, f)));
    if (f->uses_as_of) {
        st_draft_say(w, COLUMN, "the file has no date of its own: strata import … --as-of gives it",
            "文件没有日期列：由 strata import … --as-of 给出");
        st_draft_line(w, COLUMN, "on_date: as_of()");
    } else {
        load_date(w, f, ST_ROLE_DATE, "balance", "on_date");
    }
    const char *amount = value_of(w->arena, c, d->exponent);
    if (c->missing > 0 && f->kind != ST_DRAFT_BALANCES) {
        st_draft_say(w, COLUMN, "%lld rows have no %s; they count as 0",
            "有 %lld 行缺少 %s，按 0 计", (long long)c->missing, c->name);
        amount = st_arena_printf(
            w->arena, "coalesce(%s, 0)", c->scale > d->exponent ? amount : number_of(w->arena, c));
    }
    load(w, f, ST_ROLE_BALANCE, "balance", "amount", amount);
    if (c->odd > 0)
        st_draft_say(w, COLUMN, "%lld values of %s are no amounts: those rows go to quarantine",
            "有 %lld 个值不是金额（%s 列）：这些行将进入隔离区", (long long)c->odd, c->name);
}

/* --- attributes --- */

static bool is_free_text(const struct st_draft_file *f, const struct st_profile_column *c)
{
    return c->type == ST_COLUMN_TEXT && (c->distinct * 2 > f->profile->rows || !c->counted) &&
           f->profile->rows > 20;
}

static const char *attribute_type(
    const struct st_draft *d, const struct st_draft_file *f, size_t column)
{
    const struct st_profile_column *c = &f->profile->columns[column];
    bool money = (int)column == f->measure && f->columns[column].role == ST_ROLE_AMOUNT;
    if (c->odd > 0 || c->leading_zeros)
        return "text";
    switch (c->type) {
    case ST_COLUMN_BOOLEAN: return "boolean";
    case ST_COLUMN_DATE: return "date";
    case ST_COLUMN_INTEGER: return money ? "money" : "integer";
    case ST_COLUMN_DECIMAL: return money && c->scale <= d->exponent ? "money" : "number";
    default: return "text";
    }
}

/* Why a column of a file of customers is no attribute; NULL when it is one. */
static const struct st_text *not_loaded(const struct st_draft_file *f, size_t column)
{
    static const struct st_text personal = {"personal data", "个人信息"},
                                free_text = {"free text, nearly always different",
                                    "自由文本，取值几乎各不相同"},
                                empty = {"no value in any row", "全部为空"},
                                row = {"a row number", "行号"};
    const struct st_profile_column *c = &f->profile->columns[column];
    if (f->columns[column].role == ST_ROLE_PERSONAL)
        return &personal;
    if (c->type == ST_COLUMN_EMPTY)
        return &empty;
    if (f->columns[column].role == ST_ROLE_ROW_NUMBER)
        return &row;
    return is_free_text(f, c) ? &free_text : NULL;
}

static bool is_word_taken(const struct st_draft_file *f, size_t column, const char *name)
{
    size_t count;
    const struct st_target *own = st_target_columns(ST_TARGET_CUSTOMER, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(own[i].column, name) == 0)
            return true;
    for (size_t i = 0; i < column; i++) {
        const char *target = f->columns[i].target;
        if (target && strncmp(target, "attribute ", 10) == 0 && strcmp(target + 10, name) == 0)
            return true;
    }
    return st_expr_is_keyword(name, strlen(name));
}

/* An ASCII name for the column, one that is not taken. */
static const char *attribute_name(
    struct st_arena *arena, const struct st_draft *d, const struct st_draft_file *f, size_t column)
{
    static const char *const words[] = {"run_id", "customer_id", "status", "assets", "years",
        "income", "measure", /* and beside movements */ "recency", "frequency", "monetary",
        "first_on", "tenure", "recent", "growth"};
    size_t word_count = st_draft_file_of(d, ST_DRAFT_MOVEMENTS) ? ST_COUNT(words) : 7;
    const char *name = st_role_identifier(arena, f->profile->columns[column].name);
    if (f->columns[column].role == ST_ROLE_AGE)
        name = "age";
    if (!*name)
        name = st_arena_printf(arena, "column_%zu", column + 1);
    bool taken = is_word_taken(f, column, name);
    for (size_t i = 0; i < word_count; i++)
        taken = taken || strcmp(words[i], name) == 0;
    const char *base = name;
    for (int n = 1; taken; n++) {
        name = n == 1 ? st_arena_printf(arena, "own_%s", base)
                      : st_arena_printf(arena, "own_%s_%d", base, n);
        taken = is_word_taken(f, column, name);
    }
    return name;
}

static void write_attribute(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f, size_t column)
{
    const struct st_profile_column *c = &f->profile->columns[column];
    const char *type = attribute_type(d, f, column);
    const char *name = attribute_name(w->arena, d, f, column);
    bool text = strcmp(type, "text") == 0;
    const char *value = text || c->type == ST_COLUMN_BOOLEAN ? st_draft_name(w->arena, c)
                        : c->type == ST_COLUMN_DATE          ? date_of(w->arena, c)
                        : strcmp(type, "money") == 0         ? value_of(w->arena, c, d->exponent)
                                                             : value_of(w->arena, c, ST_SCALE_RATE);
    f->columns[column].target = st_arena_printf(w->arena, "attribute %s", name);
    value = st_draft_scalar(w->arena, value);
    if (text)
        st_draft_line(w, ATTRIBUTE, "%s: %s", name, value);
    else if (strpbrk(value, ",{}[]") && *value != '"')
        st_draft_line(w, ATTRIBUTE, "%s: {type: %s, value: \"%s\"}", name, type, value);
    else
        st_draft_line(w, ATTRIBUTE, "%s: {type: %s, value: %s}", name, type, value);
}

static void write_attributes(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f)
{
    static const struct st_text many = {"more columns than a draft loads", "列数超过草稿的上限"};
    size_t written = 0;
    for (int pass = 0; pass < 2; pass++) /* what the policy uses comes first */
        for (size_t i = 0; i < f->profile->column_count; i++) {
            bool used = (int)i == f->measure || f->columns[i].role == ST_ROLE_AGE;
            if (f->columns[i].target || used != (pass == 0))
                continue;
            const struct st_text *why = used ? NULL : not_loaded(f, i);
            if (!why && !used && written >= ST_DRAFT_ATTRIBUTES_MAX)
                why = &many;
            if (why) {
                f->columns[i].note = *why;
                continue;
            }
            if (written++ == 0) {
                st_draft_say(w, COLUMN, "the bank's own columns; rules can use every one",
                    "其余各列作为自定义属性，均可用于规则");
                st_draft_line(w, COLUMN, "attributes:");
            }
            write_attribute(w, d, f, i);
        }
}

/* --- kinds of files --- */

static bool are_risk_levels(const struct st_profile_column *c)
{
    for (size_t i = 0; c && i < c->value_count; i++) {
        const char *t = c->values[i].text;
        if (t[0] != 'C' || t[1] < '1' || t[1] > '5' || t[2])
            return false;
    }
    return c && c->value_count > 0 && c->value_count == (size_t)c->distinct;
}

static void write_customers(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f)
{
    const struct st_profile_column *income = st_draft_column(f, ST_ROLE_INCOME);
    st_draft_line(w, BODY, "customer:");
    write_customer_id(w, f);
    load_date(w, f, ST_ROLE_BIRTH, "customer", "birth_date");
    load_plain(w, f, ST_ROLE_GENDER, "customer", "gender");
    load_plain(w, f, ST_ROLE_REGION, "customer", "region");
    load_plain(w, f, ST_ROLE_BRANCH, "customer", "branch");
    load_plain(w, f, ST_ROLE_OCCUPATION, "customer", "occupation");
    load_plain(w, f, ST_ROLE_INDUSTRY, "customer", "industry");
    load_plain(w, f, ST_ROLE_HOUSEHOLD, "customer", "household");
    if (income && income->odd == 0)
        load(w, f, ST_ROLE_INCOME, "customer", "annual_income",
            value_of(w->arena, income, d->exponent));
    if (are_risk_levels(st_draft_column(f, ST_ROLE_RISK)))
        load_plain(w, f, ST_ROLE_RISK, "customer", "risk_level");
    load_date(w, f, ST_ROLE_OPENED, "customer", "opened_on");
    load_date(w, f, ST_ROLE_CLOSED, "customer", "closed_on");
    bool balance = f->role[ST_ROLE_BALANCE] >= 0;
    if (balance) { /* no attributes: they become tables of their own below */
        f->columns[f->role[ST_ROLE_BALANCE]].target = "balance.amount";
        if (f->role[ST_ROLE_DATE] >= 0)
            f->columns[f->role[ST_ROLE_DATE]].target = "balance.on_date";
    }
    write_attributes(w, d, f);
    if (!balance)
        return;
    st_draft_say(w, BODY,
        "the balance: each customer has one account, with this balance on the day of the file; a "
        "later file adds a day",
        "余额：每位客户视为持有一个账户，余额记在文件日期；以后的文件会增加新的一天");
    write_account(w, f);
    write_balance(w, d, f);
}

static void write_accounts(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f)
{
    bool has_accounts = f->kind == ST_DRAFT_BALANCES && st_draft_file_of(d, ST_DRAFT_ACCOUNTS) &&
                        f->role[ST_ROLE_ACCOUNT] >= 0;
    if (has_accounts) {
        f->columns[f->role[ST_ROLE_ACCOUNT]].target = "balance.account";
    } else {
        if (!st_draft_file_of(d, ST_DRAFT_CUSTOMERS)) {
            st_draft_line(w, BODY, "customer:");
            write_customer_id(w, f);
        }
        write_account(w, f);
        if (f->role[ST_ROLE_CUSTOMER] >= 0)
            f->columns[f->role[ST_ROLE_CUSTOMER]].target = "account_holder.customer";
    }
    write_balance(w, d, f);
}

static void write_movements(
    struct st_draft_writer *w, const struct st_draft *d, struct st_draft_file *f)
{
    const struct st_profile_column *document = st_draft_column(f, ST_ROLE_DOCUMENT);
    bool by_account = f->role[ST_ROLE_ACCOUNT] >= 0 && f->role[ST_ROLE_CUSTOMER] < 0 &&
                      st_draft_file_of(d, ST_DRAFT_ACCOUNTS);
    st_draft_line(w, BODY, "txn:");
    if (document && document->unique && document->missing == 0)
        load_plain(w, f, ST_ROLE_DOCUMENT, "txn", "id");
    else
        load_plain(w, f, ST_ROLE_DOCUMENT, "txn", "reference");
    if (by_account) {
        load_plain(w, f, ST_ROLE_ACCOUNT, "txn", "account");
    } else {
        enum st_role party = f->role[ST_ROLE_CUSTOMER] >= 0 ? ST_ROLE_CUSTOMER : ST_ROLE_ACCOUNT;
        if (party == ST_ROLE_ACCOUNT)
            st_draft_say(w, COLUMN, "no column says the customer, so every %s is one",
                "没有客户号列，每个 %s 视为一位客户", st_draft_party(f)->name);
        load_plain(w, f, party, "txn", "customer");
        st_draft_line(w, COLUMN, "create_customers: true");
    }
    load_date(w, f, ST_ROLE_DATE, "txn", "on_date");
    const char *amount = amount_of(w, d, f);
    if (f->role[ST_ROLE_AMOUNT] >= 0) {
        load(w, f, ST_ROLE_AMOUNT, "txn", "amount", amount);
        if (strncmp(amount, "case", 4) == 0)
            f->columns[f->role[ST_ROLE_DIRECTION]].target = "txn.amount";
    } else {
        f->columns[f->role[ST_ROLE_QUANTITY]].target = "txn.amount";
        load(w, f, ST_ROLE_PRICE, "txn", "amount", amount);
    }
    const struct st_profile_column *currency = st_draft_column(f, ST_ROLE_CURRENCY);
    if (currency && are_currencies(currency))
        load_plain(w, f, ST_ROLE_CURRENCY, "txn", "currency");
    load_plain(w, f, ST_ROLE_KIND, "txn", "kind");
    load_plain(w, f, ST_ROLE_CHANNEL, "txn", "channel");
    load_plain(w, f, ST_ROLE_PRODUCT, "txn", "product");
}

static void note_unused(struct st_draft_file *f)
{
    static const struct st_text unused = {"not needed", "用不到"};
    static const struct st_text personal = {"personal data", "个人信息"};
    for (size_t i = 0; i < f->profile->column_count; i++)
        if (!f->columns[i].target && !f->columns[i].note.en)
            f->columns[i].note = f->columns[i].role == ST_ROLE_PERSONAL ? personal : unused;
}

/* --- a source --- */

static const char *separator_text(char separator)
{
    switch (separator) {
    case '\t': return "tab";
    case ';': return "\";\"";
    case '|': return "\"|\"";
    case ' ': return "\" \"";
    default: return "\",\"";
    }
}

static void write_format(struct st_draft_writer *w, const struct st_draft_file *f)
{
    const struct st_csv_format *format = &f->profile->format;
    bool plain = format->separator == ',' && format->header && format->skip_lines == 0 &&
                 format->null_count == 1;
    if (plain)
        return;
    st_draft_line(w, 4, "format:");
    if (format->separator != ',')
        st_draft_line(w, 6, "separator: %s", separator_text(format->separator));
    if (format->skip_lines > 0)
        st_draft_line(w, 6, "skip_lines: %d", (int)format->skip_lines);
    if (format->null_count > 1) {
        struct st_str list = ST_STR_INIT;
        for (size_t i = 1; i < format->null_count; i++) {
            const char *word = format->null_texts[i];
            st_str_addf(&list, ", \"%s%s\"", *word == '\\' ? "\\" : "", word);
        }
        st_draft_say(w, 6, "found in columns of numbers or dates; they stand for no value",
            "在数字或日期列中出现，表示空值");
        st_draft_line(w, 6, "null: [\"\"%s]", list.text);
        st_str_release(&list);
    }
    if (format->header)
        return;
    st_draft_line(w, 6, "header: false");
    if (format->skip_lines > 0)
        st_draft_say(w, 6, "names given here because the header's are not all different",
            "表头有重名，故在此另行命名");
    else
        st_draft_say(w, 6, "the file has no header: give the columns better names here",
            "文件没有表头：可在此为各列改个好名字");
    st_draft_line(w, 6, "columns:");
    for (size_t i = 0; i < format->column_count; i++)
        st_draft_line(w, 8, "- %s", st_draft_scalar(w->arena, format->columns[i]));
}

static void write_not_loaded(struct st_draft_writer *w, const struct st_draft_file *f)
{
    bool any = false;
    for (size_t i = 0; i < f->profile->column_count; i++) {
        const struct st_draft_column *c = &f->columns[i];
        if (c->target)
            continue;
        if (!any)
            st_draft_say(w, 4, "not loaded:", "未导入的列：");
        any = true;
        st_draft_say(
            w, 4, "  %s: %s%.0s", "  %s：%.0s%s", c->profile->name, c->note.en, c->note.zh);
    }
}

static void write_kind(struct st_draft_writer *w, const struct st_draft_file *f)
{
    static const struct st_text kinds[] = {
        [ST_DRAFT_CUSTOMERS] = {"one row per customer", "每行一位客户"},
        [ST_DRAFT_ACCOUNTS] = {"one row per account", "每行一个账户"},
        [ST_DRAFT_BALANCES] = {"one row per balance and day", "每行为某日的一笔余额"},
        [ST_DRAFT_MOVEMENTS] = {"one row per movement", "每行一笔交易"},
    };
    char rows[ST_DECIMAL_TEXT_SIZE];
    st_draft_say(w, 2, "%s: %s rows, %s%.0s", "%s：%s 行，%.0s%s", f->profile->file,
        st_decimal_format_grouped(f->profile->rows, 0, rows), kinds[f->kind].en, kinds[f->kind].zh);
    if (!f->profile->whole)
        st_draft_say(w, 2, "only the first %s rows were looked at", "仅查看了前 %s 行", rows);
}

static void write_source(struct st_draft_writer *w, struct st_draft *d, struct st_draft_file *f)
{
    const struct st_profile_column *party = st_draft_party(f);
    write_kind(w, f);
    st_draft_line(w, 2, "%s:", f->source);
    st_draft_line(w, 4, "file: %s", st_draft_scalar(w->arena, f->pattern));
    write_format(w, f);
    if (party && party->missing > 0) {
        st_draft_say(w, 4,
            "%lld rows have no %s and are left out; without this line they go to quarantine",
            "有 %lld 行缺少 %s，不导入；删去下一行则进入隔离区", (long long)party->missing,
            party->name);
        st_draft_line(w, 4, "where: %s",
            st_draft_scalar(w->arena,
                st_arena_printf(w->arena, "%s is not null", st_draft_name(w->arena, party))));
    }
    st_draft_line(w, 4, "load:");
    switch (f->kind) {
    case ST_DRAFT_CUSTOMERS: write_customers(w, d, f); break;
    case ST_DRAFT_MOVEMENTS: write_movements(w, d, f); break;
    default: write_accounts(w, d, f); break;
    }
    note_unused(f);
    write_not_loaded(w, f);
    d->import_needs_as_of = d->import_needs_as_of || f->uses_as_of;
}

void st_draft_write_mapping(struct st_draft_writer *w, struct st_draft *d)
{
    static const enum st_draft_kind order[] = {
        ST_DRAFT_CUSTOMERS, ST_DRAFT_ACCOUNTS, ST_DRAFT_BALANCES, ST_DRAFT_MOVEMENTS};
    st_draft_say(w, 0, "Drafted by strata init: which column of which file feeds which table.",
        "由 strata init 起草：哪个文件的哪一列导入哪张表。");
    st_draft_say(w, 0, "Edit what is wrong, then import. Every key: mappings/README.md",
        "有误之处请改正后再导入。各项说明见 mappings/README.md");
    st_draft_line(w, 0, "strata-mapping: 1");
    st_draft_line(w, 0, "name: %s", d->name);
    if (d->currency_guessed)
        st_draft_say(w, 0, "no column says the currency; change it here and in the policy",
            "文件未写明币种；如需更改，请同时修改此处与策略文件");
    st_draft_line(w, 0, "currency: %s", d->currency);
    if (d->exponent != st_currency_exponent(d->currency)) {
        st_draft_say(w, 0, "amounts have up to %d decimals, so money is kept with so many",
            "金额最多有 %d 位小数，故按此精度保存", d->exponent);
        st_draft_line(w, 0, "currencies: {%s: %d}", d->currency, d->exponent);
    }
    st_draft_line(w, 0, "%s", "");
    st_draft_line(w, 0, "sources:");
    for (size_t k = 0; k < ST_COUNT(order); k++)
        for (size_t i = 0; i < d->file_count; i++)
            if (d->files[i].kind == order[k] && !d->files[i].same_as_earlier)
                write_source(w, d, &d->files[i]);
}
