#include "expr/lex.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "expr/internal.h"

#include <ctype.h>
#include <strings.h>
#include <utf8proc.h>

static const struct {
    const char *word;
    enum st_token_kind kind;
} keywords[] = {
    {"or", ST_TOKEN_OR},
    {"and", ST_TOKEN_AND},
    {"not", ST_TOKEN_NOT},
    {"in", ST_TOKEN_IN},
    {"between", ST_TOKEN_BETWEEN},
    {"is", ST_TOKEN_IS},
    {"null", ST_TOKEN_NULL},
    {"true", ST_TOKEN_TRUE},
    {"false", ST_TOKEN_FALSE},
    {"case", ST_TOKEN_CASE},
    {"when", ST_TOKEN_WHEN},
    {"then", ST_TOKEN_THEN},
    {"else", ST_TOKEN_ELSE},
    {"end", ST_TOKEN_STOP},
};

static enum st_token_kind keyword_kind(const char *text, size_t len)
{
    for (size_t i = 0; i < ST_COUNT(keywords); i++)
        if (strlen(keywords[i].word) == len && strncasecmp(keywords[i].word, text, len) == 0)
            return keywords[i].kind;
    return ST_TOKEN_NAME;
}

bool st_expr_is_keyword(const char *text, size_t len)
{
    return keyword_kind(text, len) != ST_TOKEN_NAME;
}

/* --- characters --- */

struct character {
    utf8proc_int32_t code; /* folded to half width where that is meant; 0 at the end */
    size_t len;            /* bytes as written; 0 at the end */
};

/* Full-width forms of what the language uses besides letters, and the blanks of other keyboards. */
static utf8proc_int32_t fold_width(utf8proc_int32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) {
        utf8proc_int32_t half = c - 0xFF01 + '!';
        return strchr("()+,-./0123456789<=>*%", (int)half) ? half : c;
    }
    switch (c) {
    case 0x3000: /* ideographic blank */
    case 0xA0: return ' ';
    case 0xD7: return '*';   /* × */
    case 0xF7: return '/';   /* ÷ */
    case 0x2212: return '-'; /* − */
    default: return c;
    }
}

static struct character peek_at(const struct st_lexer *l, size_t offset)
{
    if (offset >= l->len)
        return (struct character){0, 0};
    unsigned char first = (unsigned char)l->text[offset];
    if (first < 0x80)
        return (struct character){first, 1};
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate(
        (const utf8proc_uint8_t *)l->text + offset, (utf8proc_ssize_t)(l->len - offset), &c);
    if (n <= 0)
        return (struct character){0xFFFD, 1};
    return (struct character){fold_width(c), (size_t)n};
}

static bool is_digit(utf8proc_int32_t c)
{
    return c >= '0' && c <= '9';
}

bool st_expr_is_name_character(int32_t c, bool first)
{
    if (c < 0x80)
        return isalpha((int)c) || c == '_' || (!first && isdigit((int)c));
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && fold_width(c) == c &&
           category <= (first ? UTF8PROC_CATEGORY_LO : UTF8PROC_CATEGORY_NO);
}

/* --- places --- */

/* Moves line and column to byte `offset`, which never lies before the last one asked for. */
static void locate(struct st_lexer *l, size_t offset)
{
    for (;;) {
        while (l->place_next < l->place_count && l->places[l->place_next].offset <= l->at) {
            l->line = l->places[l->place_next].line;
            l->column = l->places[l->place_next].column;
            l->place_next++;
        }
        if (l->at >= offset)
            return;
        char c = l->text[l->at++];
        if (c == '\n') {
            l->line++;
            l->column = 1;
        } else if (l->at >= l->len || ((unsigned char)l->text[l->at] & 0xC0) != 0x80) {
            l->column++;
        }
    }
}

void st_lexer_init(struct st_lexer *lexer, struct st_arena *arena, const char *source, int line,
    int column, const char *text, struct st_error *err)
{
    *lexer = (struct st_lexer){
        .arena = arena,
        .err = err,
        .source = source,
        .text = text,
        .len = strlen(text),
        .line = line,
        .column = column,
    };
}

st_code st_token_place(const struct st_lexer *lexer, const struct st_token *token, st_code code)
{
    st_error_at(lexer->err, lexer->source, token->line, token->column);
    return code;
}

#define fail_token(l, token, ...)                                                                  \
    st_token_place((l), (token), st_fail((l)->err, ST_E_POLICY, __VA_ARGS__))

/* --- numbers --- */

/* Digits with _ between them, appended to *number; false when 64 bits do not hold them. */
static bool take_digits(struct st_lexer *l, int64_t *number, int *count)
{
    bool fits = true;
    for (;;) {
        struct character c = peek_at(l, l->offset);
        if (c.code == '_' && *count > 0) {
            struct character next = peek_at(l, l->offset + c.len);
            if (!is_digit(next.code))
                return fits;
            l->offset += c.len;
            c = next;
        }
        if (!is_digit(c.code))
            return fits;
        l->offset += c.len;
        ++*count;
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (int64_t)(c.code - '0'), number))
            fits = false;
    }
}

static st_code fail_leading_zero(const struct st_lexer *l, const struct st_token *t)
{
    st_code code =
        fail_token(l, t, "a number cannot begin with a superfluous 0", "数字不能以多余的 0 开头");
    st_error_hint(l->err, "group digits with _ and not with commas: 5_000_000; quote codes: '007'",
        "数字分组请用 _ 而不是逗号：5_000_000；代码请加引号：'007'");
    return code;
}

static st_code take_number(struct st_lexer *l, struct st_token *t)
{
    bool leading_zero = peek_at(l, l->offset).code == '0';
    int whole = 0, decimals = 0;
    bool fits = take_digits(l, &t->integer, &whole);
    struct character point = peek_at(l, l->offset);
    if (point.code == '.') {
        if (!is_digit(peek_at(l, l->offset + point.len).code))
            return fail_token(
                l, t, "digits are missing after the decimal point", "小数点后缺少数字");
        l->offset += point.len;
        fits = take_digits(l, &t->integer, &decimals) && fits;
    }
    t->kind = ST_TOKEN_NUMBER;
    t->scale = decimals;
    if (leading_zero && whole > 1)
        return fail_leading_zero(l, t);
    if (decimals > ST_SCALE_MAX)
        return fail_token(
            l, t, "a number has at most %d decimals", "小数不能超过 %d 位", (int)ST_SCALE_MAX);
    if (!fits)
        return fail_token(l, t, "this number is too large", "数字过大");
    return ST_OK;
}

/* --- texts and names --- */

/* What stands between `quote` and its pair, a doubled quote meaning itself. */
static st_code take_quoted(struct st_lexer *l, struct st_token *t, char quote)
{
    size_t start = l->offset + 1, end = start;
    while (
        end < l->len && (l->text[end] != quote || (end + 1 < l->len && l->text[end + 1] == quote)))
        end += l->text[end] == quote ? 2 : 1;
    if (end >= l->len)
        return fail_token(l, t, "the quote %c is not closed", "引号 %c 没有闭合", quote);
    char *copy = st_arena_alloc(l->arena, end - start + 1);
    size_t n = 0;
    for (size_t i = start; i < end; i++) {
        copy[n++] = l->text[i];
        i += l->text[i] == quote;
    }
    t->text = copy;
    l->offset = end + 1;
    return ST_OK;
}

static st_code take_back_quoted(struct st_lexer *l, struct st_token *t)
{
    TRY(take_quoted(l, t, '`'));
    t->kind = ST_TOKEN_NAME;
    t->back_quoted = true;
    return t->text[0] ? ST_OK : fail_token(l, t, "a name is empty", "名称为空");
}

static void take_word(struct st_lexer *l)
{
    for (struct character c = peek_at(l, l->offset);
         c.len && st_expr_is_name_character(c.code, false); c = peek_at(l, l->offset))
        l->offset += c.len;
}

/* name or name.name; a keyword only when it stands alone. */
static void take_name(struct st_lexer *l, struct st_token *t)
{
    bool dotted = false;
    take_word(l);
    while (l->offset < l->len && l->text[l->offset] == '.' &&
           st_expr_is_name_character(peek_at(l, l->offset + 1).code, true)) {
        dotted = true;
        l->offset++;
        take_word(l);
    }
    size_t len = l->offset - t->offset;
    t->kind = dotted ? ST_TOKEN_NAME : keyword_kind(l->text + t->offset, len);
    t->text = st_arena_strndup(l->arena, l->text + t->offset, len);
}

/* --- operators, and what people write instead --- */

static const struct {
    utf8proc_int32_t first, second; /* second 0: one character */
    enum st_token_kind kind;
} operators[] = {
    {'<', '=', ST_TOKEN_LE},
    {'>', '=', ST_TOKEN_GE},
    {'<', '>', ST_TOKEN_NE},
    {'!', '=', ST_TOKEN_NE},
    {0xFF01, '=', ST_TOKEN_NE},
    {'(', 0, ST_TOKEN_OPEN},
    {')', 0, ST_TOKEN_CLOSE},
    {',', 0, ST_TOKEN_COMMA},
    {'+', 0, ST_TOKEN_PLUS},
    {'-', 0, ST_TOKEN_MINUS},
    {'*', 0, ST_TOKEN_STAR},
    {'/', 0, ST_TOKEN_SLASH},
    {'%', 0, ST_TOKEN_PERCENT},
    {'=', 0, ST_TOKEN_EQ},
    {'<', 0, ST_TOKEN_LT},
    {'>', 0, ST_TOKEN_GT},
    {0x2264, 0, ST_TOKEN_LE},
    {0x2265, 0, ST_TOKEN_GE},
    {0x2260, 0, ST_TOKEN_NE},
    {0x2266, 0, ST_TOKEN_LE},
    {0x2267, 0, ST_TOKEN_GE},
};

static const struct {
    const char *written; /* each character of it, or the whole when it is `word` */
    bool word;
    struct st_text hint;
} habits[] = {
    {"==", true, {"write one = to compare", "比较相等只写一个 ="}},
    {"--", true,
        {"an expression holds no comments; for a double minus write - (-x)",
            "表达式中不能写注释；连续两个负号请写作 - (-x)"}},
    {"&&", true, {"write and", "请写 and"}},
    {"||", true,
        {"write or; texts are joined by concat(a, b)", "请写 or；拼接文本用 concat(a, b)"}},
    {"!！", false, {"write not, or <> for unequal", "取反写 not，不等写 <>"}},
    {"‘’“”＇＂「」『』", false, {"use straight quotes: 'text'", "请使用英文单引号：'文本'"}},
    {"\"", false,
        {"quote a text as 'text', and a column name with blanks as `name`",
            "文本请写作 '文本'，含空格的列名请写作 `列名`"}},
    {"、，；;", false, {"separate values by commas", "各个值之间请用英文逗号分隔"}},
    {"[]{}【】［］｛｝", false, {"use round brackets ( )", "请使用圆括号 ( )"}},
    {"$¥￥€", false, {"write the amount as a plain number", "金额直接写数字，不带货币符号"}},
};

/* What is written at `offset`, where no token begins; *len grows to the whole of it. */
static const struct st_text *find_habit(const struct st_lexer *l, size_t offset, size_t *len)
{
    for (size_t i = 0; i < ST_COUNT(habits); i++) {
        const char *written = habits[i].written;
        size_t n = habits[i].word ? strlen(written) : *len;
        bool found = habits[i].word
                         ? l->len - offset >= n && memcmp(l->text + offset, written, n) == 0
                         : memmem(written, strlen(written), l->text + offset, n) != NULL;
        if (found) {
            *len = n;
            return &habits[i].hint;
        }
    }
    return NULL;
}

static st_code fail_character(const struct st_lexer *l, const struct st_token *t, size_t len)
{
    const struct st_text *hint = find_habit(l, t->offset, &len);
    st_code code = fail_token(l, t, "'%.*s' is not part of an expression", "表达式中不能出现“%.*s”",
        (int)len, l->text + t->offset);
    if (hint)
        st_error_hint(l->err, "%s%.0s", "%.0s%s", hint->en, hint->zh);
    return code;
}

static st_code take_operator(struct st_lexer *l, struct st_token *t)
{
    struct character first = peek_at(l, l->offset);
    struct character second = peek_at(l, l->offset + first.len);
    for (size_t i = 0; i < ST_COUNT(operators); i++) {
        if (operators[i].first != first.code ||
            (operators[i].second && operators[i].second != second.code))
            continue;
        if (second.code == first.code && (first.code == '=' || first.code == '-'))
            break; /* == is another language's; -- would hide half the line, or double a sign */
        t->kind = operators[i].kind;
        l->offset += first.len + (operators[i].second ? second.len : 0);
        return ST_OK;
    }
    return fail_character(l, t, first.len);
}

/* --- tokens --- */

static bool is_blank(utf8proc_int32_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static st_code take_token(struct st_lexer *l, struct st_token *t)
{
    struct character c = peek_at(l, l->offset);
    if (c.len == 0)
        return ST_OK;
    if (is_digit(c.code))
        return take_number(l, t);
    if (c.code == '\'') {
        t->kind = ST_TOKEN_TEXT;
        return take_quoted(l, t, '\'');
    }
    if (c.code == '`')
        return take_back_quoted(l, t);
    if (!st_expr_is_name_character(c.code, true))
        return take_operator(l, t);
    take_name(l, t);
    return ST_OK;
}

st_code st_lexer_next(struct st_lexer *lexer, struct st_token *token)
{
    size_t start = lexer->offset;
    for (struct character c = peek_at(lexer, lexer->offset); c.len && is_blank(c.code);
         c = peek_at(lexer, lexer->offset))
        lexer->offset += c.len;
    if (lexer->offset < lexer->len)
        start = lexer->offset; /* the end stands right after the last token, not lines below */
    locate(lexer, start);
    *token = (struct st_token){
        .kind = ST_TOKEN_END,
        .offset = start,
        .line = lexer->line,
        .column = lexer->column,
    };
    TRY(take_token(lexer, token));
    token->len = lexer->offset - token->offset;
    return ST_OK;
}
