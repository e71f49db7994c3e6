#include "method/words.h"

static const char *kept(const struct st_why *why, struct st_str *text)
{
    const char *copy = st_arena_strdup(why->arena, text->text);
    st_str_release(text);
    return copy;
}

const char *st_words_expr(const struct st_why *why, const struct st_expr *expr)
{
    struct st_str text = ST_STR_INIT;
    st_expr_print(&text, expr);
    const struct st_metric_def *metric = st_policy_metric(why->policy, text.text);
    if (!metric)
        return kept(why, &text);
    st_str_release(&text);
    return st_pick_text(why->lang, &metric->title);
}

const char *st_words_value(const struct st_why *why, const struct st_typed *typed)
{
    struct st_str text = ST_STR_INIT;
    struct st_ir_value value;
    if (!st_why_value(why, typed->ir, &value))
        value = (struct st_ir_value){.is_null = true};
    st_method_print_value(&text, typed->kind, typed->scale, &value);
    return kept(why, &text);
}

const char *st_words_number(const struct st_why *why, enum st_kind kind, int scale, st_wide number)
{
    struct st_str text = ST_STR_INIT;
    struct st_ir_value value = {.type = ST_IR_WIDE, .number = number};
    st_method_print_value(&text, kind, scale, &value);
    return kept(why, &text);
}

const char *st_words_percent(const struct st_why *why, int scale, st_wide ratio)
{
    const char *number = st_words_number(why, ST_KIND_NUMBER, scale, ratio * 100);
    return st_arena_printf(why->arena, st_pick(why->lang, "%s %%", "%s%%"), number);
}

bool st_words_holds(const struct st_why *why, const struct st_ir_expr *condition)
{
    struct st_ir_value value;
    return st_why_value(why, condition, &value) && value.number != 0;
}
