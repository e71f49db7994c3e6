/* Why a source row is quarantined: one table gives the code, the text and what to do about it.
 * Codes are stored in quarantine.reason and never renamed. */
#ifndef ST_INGEST_REASON_H
#define ST_INGEST_REASON_H

#include "base/error.h"

/* name, code, English, Chinese, hint in English, hint in Chinese */
#define ST_REASONS(X)                                                                              \
    X(FIELD_COUNT, "field_count", "the record has another number of fields than the header",       \
        "字段数与表头不一致", "look for a separator inside an unquoted text",                      \
        "检查未加引号的文本中是否含有分隔符")                                                      \
    X(BAD_QUOTE, "bad_quote", "text follows a closing quote", "右引号之后还有内容",                \
        "double a quote that belongs to the text", "属于文本内容的引号请写两遍")                   \
    X(UNCLOSED_QUOTE, "unclosed_quote", "a quote is never closed", "引号没有闭合",                 \
        "the file may be cut off: ask for it again", "文件可能不完整，请重新获取")                 \
    X(TOO_LONG, "too_long", "the record is longer than 1 MiB", "记录超过 1 MiB",                   \
        "look for missing line ends", "检查是否缺少换行符")                                        \
    X(BAD_UTF8, "bad_utf8", "the record is not valid UTF-8", "记录不是有效的 UTF-8",               \
        "convert the file with iconv", "用 iconv 转换文件编码")                                    \
    X(BAD_ENCODING, "bad_encoding",                                                                \
        "the record holds bytes that are no character of the file's encoding",                     \
        "记录中有不属于文件编码的字节", "correct the record, or ask for the file again",           \
        "请更正该记录，或重新获取文件")                                                            \
    X(NUL_BYTE, "nul_byte", "the record holds a zero byte", "记录中含有空字节",                    \
        "the file may be damaged: ask for it again", "文件可能已损坏，请重新获取")                 \
    X(MISSING, "missing", "a required value is missing", "缺少必填值",                             \
        "fill it in, or leave such rows out with where:", "补上该值，或用 where: 略去这类行")      \
    X(BAD_VALUE, "bad_value", "the value cannot be converted", "值无法转换",                       \
        "see the mapping's expression for this column", "请看映射文件中该列的表达式")              \
    X(BAD_NUMBER, "bad_number", "not a number", "不是数字", "write it like 1234.50",               \
        "请写成 1234.50 的形式")                                                                   \
    X(BAD_DATE, "bad_date", "not a date, or no such day", "不是日期，或该日不存在",                \
        "write it like 2024-01-31", "请写成 2024-01-31 的形式")                                    \
    X(BAD_BOOLEAN, "bad_boolean", "neither yes nor no", "既不是“是”也不是“否”",                    \
        "write true or false", "请写 true 或 false")                                               \
    X(BAD_CHOICE, "bad_choice", "not one of the allowed values", "不在允许的取值之内",             \
        "map it with a case expression", "请在映射中用 case 表达式换算")                           \
    X(TOO_PRECISE, "too_precise", "more decimals than the currency or column has",                 \
        "小数位数超过币种或该列的精度", "set the exponent under currencies:, or round()",          \
        "在 currencies: 中设置小数位数，或使用 round()")                                           \
    X(OUT_OF_RANGE, "out_of_range", "the number is out of range", "数值超出范围",                  \
        "check the unit", "请检查单位")                                                            \
    X(TEXT_TOO_LONG, "text_too_long", "the text is too long", "文本过长",                          \
        "identifiers have at most 256 bytes, other text 4096", "编号最长 256 字节，其他文本 4096") \
    X(UNKNOWN_CURRENCY, "unknown_currency", "the currency is unknown", "币种未知",                 \
        "use ISO 4217 codes, or add it under currencies:",                                         \
        "使用 ISO 4217 代码，或在 currencies: 中添加")                                             \
    X(UNKNOWN_CUSTOMER, "unknown_customer", "the customer is unknown", "客户不存在",               \
        "load customers first, or set create_customers: true",                                     \
        "先导入客户，或设置 create_customers: true")                                               \
    X(UNKNOWN_ACCOUNT, "unknown_account", "the account is unknown", "账户不存在",                  \
        "load accounts first", "请先导入账户")                                                     \
    X(NO_HOLDER, "no_holder", "the account has no holder with a share", "账户没有占份额的持有人",  \
        "load account_holder first", "请先导入账户持有人")                                         \
    X(DUPLICATE_KEY, "duplicate_key", "the same key occurs above with other values",               \
        "同一主键在前面出现过且取值不同", "keep one of the rows", "只保留其中一行")                \
    X(BALANCE_CONFLICT, "balance_conflict", "two balances of one account on one day",              \
        "同一账户同一天有两个余额", "keep one, or use close: nearest",                             \
        "只保留一个，或使用 close: nearest")                                                       \
    X(SHARES_TOTAL, "shares_total", "the shares of the account's holders do not total 100 %",      \
        "账户各持有人的份额合计不是 100%", "give all holders of the account in one file",          \
        "在同一文件中给出账户的全部持有人")                                                        \
    X(AUTHORISED_SHARE, "authorised_share", "an authorised person holds no share",                 \
        "授权人不占份额", "make the role joint, or the share 0",                                   \
        "把角色改为 joint，或把份额改为 0")                                                        \
    X(CHANGE_ITSELF, "change_itself", "a number cannot merge with or split from itself",           \
        "客户号不能与自身合并或拆分", "check which number goes on", "请核对保留的客户号")          \
    X(MERGE_ACCOUNT, "merge_account", "a merge moves all accounts and names none",                 \
        "合并会转移全部账户，不应填写账号", "leave the account empty, or make the kind split",     \
        "账号留空，或把种类改为 split")                                                            \
    X(FUTURE_CHANGE, "future_change", "the day is after the day the feed reaches",                 \
        "日期晚于本批数据的截止日", "send it with the feed of that day", "请随当日数据一起报送")   \
    X(MERGED_ALREADY, "merged_already", "the number has been merged before",                       \
        "该客户号此前已被合并", "split its accounts back first, or leave the row out",             \
        "先把账户拆分回来，或去掉该行")                                                            \
    X(MERGE_CYCLE, "merge_cycle", "the merges lead back to the number", "合并关系形成循环",        \
        "one of the numbers must go on: check which", "须保留其中一个客户号，请核对")              \
    X(CHANGE_CONFLICT, "change_conflict", "the file moves this number or account in two ways",     \
        "文件对该客户号或账户有两种变更",                                                          \
        "keep one, or load them one after the other in two files",                                 \
        "只保留一行，或分两个文件先后导入")                                                        \
    X(INTO_CLOSED, "into_closed", "the receiving customer is closed on that day",                  \
        "接收方客户当日已销户", "load the customer as open first", "请先导入未销户的客户资料")     \
    X(PROSPECT_CHANGE, "prospect_change", "a prospect neither merges nor receives accounts",       \
        "潜在客户不参与合并，也不接收账户", "load it as a person or company first",                \
        "请先按个人或企业客户导入")                                                                \
    X(KINDS_DIFFER, "kinds_differ", "a person and a company cannot be merged",                     \
        "个人客户与企业客户不能合并", "check both numbers, or split single accounts",              \
        "请核对两个客户号，或逐个拆分账户")                                                        \
    X(NOT_HELD, "not_held", "the customer holds no share of this account",                         \
        "该客户不持有此账户的份额", "check the account, and who holds it now",                     \
        "请核对账号及其当前持有人")                                                                \
    X(LEFT_BEFORE_JOINED, "left_before_joined", "the member left the household before joining it", \
        "退出日早于加入日", "check both days; the same day twice is no membership at all",         \
        "请核对两个日期；两者同日表示从未加入")                                                    \
    X(RESERVED_NUMBER, "reserved_number",                                                          \
        "numbers that begin with household: are those of households",                              \
        "以 household: 开头的编号专用于家庭", "prefix the source's numbers in the mapping",        \
        "请在映射中为来源的客户号加前缀")                                                          \
    X(FIX_ID, "fix_id", "no open quarantined record of this source has this number",               \
        "该来源没有此编号的待处理隔离记录", "export the quarantined records again",                \
        "请重新导出隔离记录")

enum st_reason {
#define ST_REASON_ENUM(name, code, en, zh, hint_en, hint_zh) ST_REASON_##name,
    ST_REASONS(ST_REASON_ENUM)
#undef ST_REASON_ENUM
        ST_REASON_COUNT,
};

struct st_reason_text {
    const char *code;
    struct st_text text, hint;
};

extern const struct st_reason_text st_reasons[ST_REASON_COUNT];

#endif
