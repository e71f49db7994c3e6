/* What a plan leaves open until it runs: its parameters by name. */
#include "run/internal.h"

static const struct st_plan_param *find_param(const struct st_plan_params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i]->name, name) == 0)
            return params->items[i];
    return NULL;
}

static size_t scheme_of(const struct runner *r, const struct st_plan_param *param)
{
    size_t i = 0;
    while (strcmp(r->plan->schemes[i]->def->name, param->scheme) != 0)
        i++;
    return i;
}

static const struct st_run_link *link_of(const struct runner *r, const struct st_plan_param *param)
{
    return &r->links[scheme_of(r, param)];
}

/* The series of the rows that a scheme builds on. */
static st_code bind_previous_series(const struct runner *r, const struct st_plan_param *param,
    struct st_bind *bind, struct st_error *err)
{
    const struct st_run_link *link = link_of(r, param);
    bind->integer = link->previous_series;
    return bind->integer || !link->previous_run ? ST_OK
                                                : st_run_tier_series(r->store, link->previous_run,
                                                      param->scheme, &bind->integer, err);
}

st_code st_run_bind(
    const struct runner *r, const char *name, struct st_bind *bind, struct st_error *err)
{
    const struct st_plan_param *param = find_param(&r->plan->params, name);
    if (!param)
        return st_fail(err, ST_E_INTERNAL, "no parameter %s", "没有参数 %s", name);
    st_date as_of = param->of_base ? r->base.as_of : r->as_of;
    *bind = (struct st_bind){.type = param->type};
    switch (param->kind) {
    case ST_PLAN_WATERMARK:
        bind->integer = param->of_base ? r->base.watermark : r->watermark;
        return ST_OK;
    case ST_PLAN_BASE_RUN: bind->integer = r->base.run_id; return ST_OK;
    case ST_PLAN_MOVED_FROM:
    case ST_PLAN_MOVED_NEXT:
    case ST_PLAN_KEPT_BITS:
        bind->integer =
            st_plan_moved_value(&r->plan->params, param, r->base.as_of, r->as_of, r->plan->policy);
        return ST_OK;
    case ST_PLAN_RUN_ID: bind->integer = r->run_id; return ST_OK;
    case ST_PLAN_METRIC_SERIES: bind->integer = r->metric_series; return ST_OK;
    case ST_PLAN_TIER_SERIES:
        bind->integer = r->tiers ? r->tiers[scheme_of(r, param)].series : 0;
        return ST_OK;
    case ST_PLAN_SIGNAL_RUN: bind->integer = r->signal_run; return ST_OK;
    case ST_PLAN_PREVIOUS_RUN: bind->integer = link_of(r, param)->previous_run; return ST_OK;
    case ST_PLAN_PREVIOUS_SERIES: return bind_previous_series(r, param, bind, err);
    case ST_PLAN_CHANGED: bind->integer = link_of(r, param)->changed; return ST_OK;
    case ST_PLAN_BOUND: break;
    default:
        bind->integer = st_plan_param_value(&r->plan->params, param, as_of, r->plan->policy);
        return ST_OK;
    }
    for (size_t i = 0; i < r->bounds.count; i++) {
        if (strcmp(r->bounds.items[i].name, name) == 0) {
            bind->integer = r->bounds.items[i].value;
            bind->is_null = r->bounds.items[i].is_null;
            return ST_OK;
        }
    }
    return st_fail(err, ST_E_INTERNAL, "%s was not bound", "%s 未绑定", name);
}
