#include "ir/spread.h"

#include "base/vec.h"
#include "ir/placement.h"

#include <string.h>

static const char household[] = "household";

/* Where a relation's rows are while a step runs. */
enum place {
    SMALL,    /* on every server, all of them */
    SPREAD,   /* a customer's, or a household's, on one */
    GATHERED, /* counts per value, where the program connects to */
};

enum rule { TABLE, ACCOUNT, JOIN, OUTER, GROUP, WINDOW, UNION, GATHER, KEY, TARGET };

static const struct {
    struct st_text broken, allowed; /* broken: takes the step's label */
} rules[] = {
    [TABLE] = {{"step %s reads a table whose place is not known",
                   "步骤 %s 读取了存放方式未规定的表"},
        {"the tables that ir/placement.h lists", "ir/placement.h 所列的表"}},
    [ACCOUNT] = {{"step %s reads rows that are kept by account", "步骤 %s 读取按账户存放的行"},
        {"holding, which has them by customer", "按客户存放的 holding"}},
    [JOIN] = {{"step %s joins customers' rows across servers", "步骤 %s 跨服务器连接客户数据"},
        {"a join with customer_id, uncast, among its keys", "连接键含未经转换的 customer_id"}},
    [OUTER] = {{"step %s keeps rows of a small table that no customer's match",
                   "步骤 %s 保留小表中未匹配到客户的行"},
        {"customers on the left of a left or anti join", "左连接或反连接的左侧为客户数据"}},
    [GROUP] = {{"step %s groups customers' rows across servers", "步骤 %s 跨服务器对客户数据分组"},
        {"groups with customer_id among their keys", "分组键含 customer_id"}},
    [WINDOW] = {{"step %s ranks or sums over customers on several servers",
                    "步骤 %s 跨服务器在客户之间排名或累计"},
        {"windows partitioned by customer_id; cuts bound by a step before",
            "按 customer_id 分区的窗口；界限由前一步骤算出"}},
    [UNION] = {{"step %s unites rows that are not customers' own", "步骤 %s 合并了不属于客户的行"},
        {"a union of rows that all have customer_id", "各部分都含 customer_id 的合并"}},
    [GATHER] = {{"step %s brings gathered counts and customers' rows together",
                    "步骤 %s 将汇总计数与客户数据合在一起"},
        {"a step that binds them, and another that uses them",
            "先由一个步骤算出并绑定，再由另一步骤使用"}},
    [KEY] = {{"step %s inserts rows whose customer_id is computed",
                 "步骤 %s 插入的 customer_id 由计算得出"},
        {"customer_id as a table of customers has it", "直接取自客户表的 customer_id"}},
    [TARGET] = {{"step %s gathers customers' rows in one table",
                    "步骤 %s 将客户数据汇集到同一个表"},
        {"a table of customers", "按客户存放的表"}},
};

struct check {
    const struct st_step *step;
    bool exchanges;
    struct ST_VEC(struct seen {
        const struct st_rel *rel;
        enum place place;
    }) seen;
    struct st_error *err;
};

static st_code refuse(struct check *c, enum rule rule, const char *value)
{
    st_code code = st_fail(
        c->err, ST_E_INTERNAL, rules[rule].broken.en, rules[rule].broken.zh, c->step->label);
    st_error_value(c->err, "%s", value);
    st_error_allowed(c->err, "%s%.0s", "%.0s%s", rules[rule].allowed.en, rules[rule].allowed.zh);
    return code;
}

static bool leads_to(const struct st_rel *rel, const char *name, bool other);

/* The number of a household instead of a member's, or the one that goes on instead of a merged one;
 * a customer's own where there is none. */
static bool stands_for(const struct st_rel *rel, const struct st_ir_expr *e)
{
    return e->kind == ST_IR_CALL && e->fn == ST_FN_COALESCE && e->arg_count == 2 &&
           e->args[0]->kind == ST_IR_COLUMN && e->args[1]->kind == ST_IR_COLUMN &&
           leads_to(rel->inputs[e->args[1]->side], e->args[1]->name, false);
}

/* Is the column the very number that its rows are spread by? With `other`: or one that stands for
 * it. */
static bool leads_to(const struct st_rel *rel, const char *name, bool other)
{
    const struct st_ir_column *column = st_rel_column(rel, name);
    enum st_placement placement;
    if (!column)
        return false;
    if (rel->kind == ST_REL_SCAN)
        return st_placement_of(rel->table, &placement) && placement == ST_PLACED_BY_CUSTOMER &&
               strcmp(name, st_placement_key(placement)) == 0 && column->type == ST_IR_BIGINT;
    if (rel->kind == ST_REL_FILTER)
        return leads_to(rel->inputs[0], name, other);
    if (rel->kind == ST_REL_UNION_ALL) {
        bool all = true;
        for (size_t i = 0; i < rel->input_count && all; i++)
            all = leads_to(rel->inputs[i], name, other);
        return all;
    }
    const struct st_ir_expr *e = column->expr;
    bool nullable = rel->kind == ST_REL_JOIN && rel->join == ST_JOIN_LEFT && e && e->side == 1;
    if (e && e->kind == ST_IR_COLUMN)
        return !nullable && leads_to(rel->inputs[e->side], e->name, other);
    return other && e && stands_for(rel, e);
}

static bool is_key(const struct st_rel *rel, const char *name)
{
    return leads_to(rel, name, false);
}

/* Rows that are put together by `names`, of each input: on one server, or by an exchange. */
static bool meet(struct check *c, const struct st_rel *rel, const char *const *names, size_t count)
{
    bool on_one = false, exchange = false;
    for (size_t i = 0; i < count; i++) {
        bool own = true, other = true;
        for (size_t k = 0; k < rel->input_count; k++) {
            own = own && leads_to(rel->inputs[k], names[i], false);
            other = other && leads_to(rel->inputs[k], names[i], true);
        }
        on_one = on_one || own;
        exchange = exchange || other || strcmp(names[i], household) == 0;
    }
    c->exchanges = c->exchanges || (exchange && !on_one);
    return on_one || exchange;
}

static st_code join(
    struct check *c, const struct st_rel *rel, enum place left, enum place right, enum place *out)
{
    const char *first = rel->key_count ? rel->keys[0] : "no key";
    *out = left > right ? left : right;
    if (left == SMALL && right != SMALL && rel->join != ST_JOIN_INNER)
        return refuse(c, OUTER, first);
    if (left == SMALL || right == SMALL || (left == GATHERED && right == GATHERED))
        return ST_OK;
    if (left != right)
        return refuse(c, GATHER, first);
    return meet(c, rel, rel->keys, rel->key_count) ? ST_OK : refuse(c, JOIN, first);
}

static st_code group(struct check *c, const struct st_rel *rel, enum place in, enum place *out)
{
    *out = in;
    if (in != SPREAD || meet(c, rel, rel->keys, rel->key_count))
        return ST_OK;
    *out = GATHERED;
    return c->step->kind == ST_STEP_INSERT
               ? refuse(c, GROUP, rel->key_count ? rel->keys[0] : "all rows")
               : ST_OK;
}

static st_code window(struct check *c, const struct st_rel *rel, enum place in)
{
    for (size_t i = 0; i < rel->column_count && in == SPREAD; i++) {
        const struct st_ir_expr *e = rel->columns[i].expr;
        if (e->kind == ST_IR_OVER && !meet(c, rel, e->partition, e->partition_count))
            return refuse(c, WINDOW, rel->columns[i].name);
    }
    return ST_OK;
}

static st_code unite(struct check *c, const struct st_rel *rel, const enum place *in)
{
    for (size_t i = 1; i < rel->input_count; i++)
        if (in[i] != in[0])
            return refuse(c, UNION, rel->columns[0].name);
    if (in[0] == SMALL)
        return refuse(c, UNION, rel->columns[0].name);
    for (size_t i = 0; i < rel->column_count && in[0] == SPREAD; i++)
        if (is_key(rel, rel->columns[i].name))
            return ST_OK;
    return in[0] == SPREAD && !c->exchanges ? refuse(c, UNION, rel->columns[0].name) : ST_OK;
}

static st_code scan(struct check *c, const struct st_rel *rel, enum place *out)
{
    enum st_placement placement;
    if (!st_placement_of(rel->table, &placement) || placement == ST_PLACED_ONCE)
        return refuse(c, TABLE, rel->table);
    *out = placement == ST_PLACED_EVERYWHERE ? SMALL : SPREAD;
    return placement == ST_PLACED_BY_ACCOUNT ? refuse(c, ACCOUNT, rel->table) : ST_OK;
}

static st_code visit(struct check *c, const struct st_rel *rel, enum place *out);

static st_code visit_new(struct check *c, const struct st_rel *rel, enum place *out)
{
    enum { INPUTS_MAX = 64 };
    enum place in[INPUTS_MAX] = {SMALL};
    st_code code = ST_OK;
    if (rel->input_count > INPUTS_MAX)
        return refuse(c, UNION, "too many inputs");
    for (size_t i = 0; i < rel->input_count && code == ST_OK; i++)
        code = visit(c, rel->inputs[i], &in[i]);
    *out = in[0];
    if (code != ST_OK)
        return code;
    switch (rel->kind) {
    case ST_REL_SCAN: return scan(c, rel, out);
    case ST_REL_FILTER:
    case ST_REL_PROJECT: break;
    case ST_REL_JOIN: return join(c, rel, in[0], in[1], out);
    case ST_REL_AGGREGATE: return group(c, rel, in[0], out);
    case ST_REL_WINDOW: return window(c, rel, in[0]);
    case ST_REL_UNION_ALL: return unite(c, rel, in);
    }
    return ST_OK;
}

/* Relations are read by several others: each is looked at once. */
static st_code visit(struct check *c, const struct st_rel *rel, enum place *out)
{
    for (size_t i = 0; i < c->seen.count; i++) {
        if (c->seen.items[i].rel == rel) {
            *out = c->seen.items[i].place;
            return ST_OK;
        }
    }
    st_code code = visit_new(c, rel, out);
    *st_vec_push(&c->seen) = (struct seen){rel, *out};
    return code;
}

static st_code target(struct check *c, enum place root)
{
    const struct st_step *step = c->step;
    enum st_placement placement;
    if (step->kind != ST_STEP_INSERT)
        return ST_OK;
    if (!st_placement_of(step->table, &placement))
        return refuse(c, TABLE, step->table);
    if (placement != ST_PLACED_BY_CUSTOMER)
        return root == SMALL ? ST_OK : refuse(c, TARGET, step->table);
    bool own = is_key(step->rel, st_placement_key(placement));
    return root == SPREAD && (own || c->exchanges) ? ST_OK : refuse(c, KEY, step->table);
}

st_code st_step_check_spread(const struct st_step *step, bool *exchanges, struct st_error *err)
{
    struct check c = {.step = step, .err = err};
    enum place root;
    st_code code = visit(&c, step->rel, &root);
    if (code == ST_OK)
        code = target(&c, root);
    if (exchanges)
        *exchanges = c.exchanges;
    st_vec_release(&c.seen);
    return code;
}
