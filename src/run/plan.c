/* A policy compiled for a store: what the plan depends on that only the store knows. */
#include "run/internal.h"

#include "run/run.h"

/* --- ids of tiers --- */

static st_code read_tier_id(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct st_run_facts *facts = context;
    (void)err;
    struct st_tier_key key = {st_run_text(facts->arena, batch, 1, row),
        st_run_text(facts->arena, batch, 2, row), st_batch_int(batch, 0, row)};
    *st_vec_push(&facts->known) = key;
    if (key.id > facts->last)
        facts->last = key.id;
    return ST_OK;
}

static int64_t tier_id(void *context, const char *scheme, const char *code)
{
    struct st_run_facts *facts = context;
    for (size_t i = 0; i < facts->known.count; i++) {
        const struct st_tier_key *k = &facts->known.items[i];
        if (strcmp(k->scheme, scheme) == 0 && strcmp(k->code, code) == 0)
            return k->id;
    }
    struct st_tier_key key = {scheme, code, ++facts->last};
    *st_vec_push(&facts->known) = key;
    return key.id;
}

static st_code write_new_tiers(struct st_run_facts *facts, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = facts->stored; i < facts->known.count && code == ST_OK; i++) {
        const struct st_tier_key *k = &facts->known.items[i];
        struct st_bind binds[] = {
            st_bind_int(k->id), st_bind_text(k->scheme), st_bind_text(k->code)};
        code = st_store_exec(facts->store,
            "INSERT INTO tier (tier_id, scheme, code) VALUES ($1, $2, $3)", binds, 3, NULL, err);
    }
    return code;
}

/* --- facts of the store that the plan depends on --- */

/* Imports list every currency they meet: facts are searched only where there is another one. */
static st_code read_environment(struct st_store *store, const struct st_policy *policy,
    struct st_compile_env *env, struct st_error *err)
{
    int64_t watermark = 0, foreign = 0, known[2] = {-1, 0};
    st_code code =
        st_run_number(store, "SELECT coalesce(max(l.load_id), 0) FROM load AS l", &watermark, err);
    struct st_bind binds[] = {st_bind_text(policy->currency), st_bind_int(watermark)};
    if (code == ST_OK)
        code = st_store_query_ints(store,
            "SELECT coalesce(max(c.exponent) FILTER (WHERE c.code = $1), -1), "
            "count(*) FILTER (WHERE c.code <> $1) FROM currency AS c",
            binds, 1, known, NULL, 2, err);
    if (code == ST_OK && known[1] > 0)
        code = st_store_query_ints(
            store, st_sql_file_text("run/foreign.sql"), binds, 2, &foreign, NULL, 1, err);
    int64_t overrides = 0, merges = 0;
    if (code == ST_OK)
        code = st_run_number(store, "SELECT count(*) FROM tier_override AS o", &overrides, err);
    if (code == ST_OK)
        code = st_run_number(store, "SELECT count(*) FROM customer_booking AS b", &merges, err);
    env->overrides = overrides != 0;
    env->merges = merges != 0;
    env->foreign = foreign != 0;
    env->spread = st_store_dialect(store) == ST_DIALECT_CITUS;
    env->currency_exponent = (int)known[0];
    return code;
}

/* Every attribute the policy names was loaded, with the type it says. */
static st_code check_attributes(
    struct st_store *store, const struct st_policy *policy, struct st_error *err)
{
    static const char *const names[] = {"text", "number", "integer", "money", "date", "boolean"};
    st_code code = ST_OK;
    for (size_t i = 0; i < policy->attribute_count && code == ST_OK; i++) {
        const struct st_attribute_def *def = &policy->attributes[i];
        int64_t counts[2] = {0, 0};
        struct st_bind binds[] = {st_bind_text(def->name), st_bind_text(names[def->type])};
        code = st_store_query_ints(store,
            "SELECT count(*), coalesce(sum(CASE WHEN a.type = $2 THEN 1 ELSE 0 END), 0) "
            "FROM attribute AS a WHERE a.name = $1",
            binds, 2, counts, NULL, 2, err);
        if (code != ST_OK || counts[1] > 0)
            continue;
        code = counts[0] ? st_fail_at(err, def->node, ST_E_POLICY,
                               "attribute %s was loaded with another type",
                               "属性 %s 导入时的类型与此不同", def->name)
                         : st_fail_at(err, def->node, ST_E_POLICY,
                               "attribute %s was never loaded into this store",
                               "本库从未导入属性 %s", def->name);
        st_error_value(err, "%s", names[def->type]);
        st_error_hint(err, "a mapping declares it under customer: attributes:",
            "请在导入映射的 customer: attributes: 中声明");
    }
    return code;
}

st_code st_run_read_facts(struct st_store *store, struct st_arena *arena,
    const struct st_policy *policy, struct st_run_facts *out, struct st_error *err)
{
    *out = (struct st_run_facts){.store = store, .arena = arena, .currency = policy->currency};
    TRY(read_environment(store, policy, &out->env, err));
    st_code code =
        st_run_each(store, "SELECT t.tier_id, t.scheme, t.code FROM tier AS t ORDER BY 1", NULL, 0,
            read_tier_id, out, err);
    out->stored = out->known.count;
    return code;
}

st_code st_run_compile_aside(struct st_run_facts *facts, struct st_policy *policy,
    const char *metric_table, struct st_compiled **out, struct st_error *err)
{
    struct st_compile_env env = facts->env;
    env.metric_table = metric_table;
    env.tier_id = tier_id;
    env.context = facts;
    TRY(check_attributes(facts->store, policy, err));
    return st_plan_policy(facts->arena, policy, &env, out, err);
}

st_code st_run_compile(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    struct st_compiled **out, struct st_error *err)
{
    struct st_run_facts facts;
    st_code code = st_run_read_facts(store, arena, policy, &facts, err);
    if (code == ST_OK)
        code = st_run_compile_aside(&facts, policy, NULL, out, err);
    if (code == ST_OK)
        code = write_new_tiers(&facts, err);
    st_vec_release(&facts.known);
    return code;
}
