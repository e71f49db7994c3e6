#include "run/measure.h"

static bool is_amount(const struct st_metric_column *m)
{
    return m->kind == ST_KIND_MONEY || m->kind == ST_KIND_NUMBER;
}

const struct st_metric_column *st_measure(const struct st_compiled *c, const char *name)
{
    for (size_t i = 0; i < c->metric_count; i++)
        if (strcmp(c->metrics[i].name, name) == 0)
            return is_amount(&c->metrics[i]) ? &c->metrics[i] : NULL;
    return NULL;
}

const struct st_metric_column *st_measure_first(const struct st_compiled *c)
{
    for (size_t i = 0; i < c->metric_count; i++)
        if (c->metrics[i].kind == ST_KIND_MONEY && c->metrics[i].def)
            return &c->metrics[i];
    return NULL;
}

st_code st_measure_fail(const struct st_compiled *c, const char *name, struct st_error *err)
{
    const char *names[ST_POLICY_METRICS_MAX];
    size_t count = 0;
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < c->metric_count && count < ST_POLICY_METRICS_MAX; i++)
        if (is_amount(&c->metrics[i])) {
            st_str_addf(&all, "%s%s", count ? ", " : "", c->metrics[i].name);
            names[count++] = c->metrics[i].name;
        }
    st_code code = st_fail(err, ST_E_NOT_FOUND, "the policy has no amount or number %s",
        "策略中没有金额或数值指标 %s", name);
    st_error_value(err, "%s", name);
    st_error_allowed(err, "%s", "%s", all.text);
    const char *near = st_str_nearest(name, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    st_str_release(&all);
    return code;
}
