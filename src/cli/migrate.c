/* strata migrate */
#include "cli/cli.h"

#include "base/vec.h"

enum { LISTED = 20, WIDTH_OF_TITLES = 100 };

static const struct st_text place_titles[ST_AT_COUNT] = {
    [ST_AT_RATED] = {"rated", "参评"},
    [ST_AT_GATED] = {"not admitted", "未准入"},
    [ST_AT_UNRATED] = {"unrated", "未评级"},
    [ST_AT_NEW] = {"new", "新增"},
    [ST_AT_REOPENED] = {"reopened", "重新开户"},
    [ST_AT_MERGED] = {"merged", "合并"},
    [ST_AT_CLOSED] = {"closed", "销户"},
};

static const char *value_text(struct cli *cli, const struct st_migration *m, int64_t value)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return st_arena_strdup(&cli->arena, st_decimal_format_grouped(value, m->value_scale, text));
}

/* --- JSON --- */

static json_t *value_json(const struct st_migration *m, int64_t value)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return m->measure ? json_string(st_decimal_format(value, m->value_scale, text)) : json_null();
}

static json_t *run_json(const struct st_published *run, int64_t watermark)
{
    char date[ST_DATE_TEXT_SIZE];
    return json_pack("{s:s, s:I, s:s, s:I}", "as_of", st_date_format(run->as_of, date), "run",
        (json_int_t)run->run_id, "policy", run->policy_hash, "watermark", (json_int_t)watermark);
}

static json_t *tier_json(const struct st_roll *roll)
{
    return roll && roll->place == ST_AT_RATED ? json_string(roll->code) : json_null();
}

static json_t *roll_json(const struct cli *cli, const struct st_migration *m,
    const struct st_roll *roll, const char *place)
{
    json_t *customers = json_object(), *value = json_object();
    for (int line = 0; line < ST_ROLL_LINES; line++) {
        json_object_set_new(
            customers, st_roll_titles[line].name, json_integer(roll->customers[line]));
        json_object_set_new(value, st_roll_titles[line].name, value_json(m, roll->value[line]));
    }
    json_object_del(customers, st_roll_titles[ST_ROLL_VALUE_CHANGE].name);
    json_t *json = json_pack("{s:s, s:s?, s:s, s:o}", "place", place, "tier",
        roll->tier_id ? roll->code : NULL, "title", cli_title(cli, &roll->title), "customers",
        customers);
    if (m->measure)
        json_object_set(json, "value", value);
    json_decref(value);
    return json;
}

static json_t *moves_json(const struct st_migration *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->move_count; i++) {
        const struct st_migration_cell *x = &m->moves[i];
        json_t *json = json_pack("{s:s, s:o, s:s, s:o, s:I}", "was", st_at_names[x->was],
            "tier_before", tier_json(x->from), "is", st_at_names[x->is], "tier_after",
            tier_json(x->to), "customers", (json_int_t)x->customers);
        if (m->measure) {
            json_object_set_new(json, "value_before", value_json(m, x->value_before));
            json_object_set_new(json, "value_after", value_json(m, x->value_after));
        }
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *movers_json(const struct st_migration *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->mover_count; i++) {
        const struct st_mover *x = &m->movers[i];
        json_t *json = json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:s?}", "customer", x->source_id,
            "was", x->was, "tier_before", x->tier_before, "is", x->is, "tier_after", x->tier_after,
            "merged_into", x->merged_into);
        if (m->measure) {
            json_object_set_new(
                json, "value_before", x->has_before ? value_json(m, x->value_before) : json_null());
            json_object_set_new(
                json, "value_after", x->has_after ? value_json(m, x->value_after) : json_null());
        }
        json_array_append_new(list, json);
    }
    return list;
}

/* "0.0294"; null of nobody. */
static json_t *share_json(int64_t part, int64_t whole)
{
    enum { SHARE_SCALE = 6 };
    char text[ST_DECIMAL_TEXT_SIZE];
    if (whole == 0)
        return json_null();
    int64_t share = (int64_t)st_div_half_up((st_wide)part * st_pow10(SHARE_SCALE), whole);
    return json_string(st_decimal_format(share, SHARE_SCALE, text));
}

static json_t *rates_json(const struct st_migration *m)
{
    char day[ST_DATE_TEXT_SIZE];
    json_t *list = json_array();
    for (size_t i = 0; i < m->rate_count; i++) {
        const struct st_rates *r = &m->rates[i];
        const struct {
            const char *count, *share;
            int64_t n;
        } parts[] = {{"promoted", "promotion", r->promoted}, {"demoted", "demotion", r->demoted},
            {"moved", "change", r->moved}, {"kept", "retention", r->kept},
            {"left", "leaving", r->left}};
        json_t *json = json_object();
        json_object_set_new(json, "from", json_string(st_date_format(r->from, day)));
        json_object_set_new(json, "to", json_string(st_date_format(r->to, day)));
        json_object_set_new(json, "start", json_integer(r->start));
        for (size_t k = 0; k < ST_COUNT(parts); k++)
            json_object_set_new(json, parts[k].count, json_integer(parts[k].n));
        json_object_set_new(json, "joined", json_integer(r->joined));
        for (size_t k = 0; k < ST_COUNT(parts); k++)
            json_object_set_new(json, parts[k].share, share_json(parts[k].n, r->start));
        json_array_append_new(list, json);
    }
    return list;
}

static void print_json(struct cli *cli, const struct st_migration *m)
{
    json_t *json = json_pack("{s:s, s:s, s:b, s:o, s:o}", "scheme", m->to.scheme, "title",
        cli_title(cli, &m->scheme->def->title), "ranked", m->scheme->ranked, "from",
        run_json(&m->from, m->watermark_from), "to", run_json(&m->to, m->watermark_to));
    if (cli->every) {
        json_object_set_new(json, "rates", rates_json(m));
        cli_print_json(json);
        return;
    }
    json_t *stocks = json_array();
    for (size_t i = 0; i < m->roll_count; i++)
        json_array_append_new(
            stocks, roll_json(cli, m, &m->rolls[i], st_at_names[m->rolls[i].place]));
    json_object_set_new(json, "measure", m->measure ? json_string(m->measure->name) : json_null());
    json_object_set_new(json, "matrix", moves_json(m));
    json_object_set_new(json, "stocks", stocks);
    json_object_set_new(json, "total", roll_json(cli, m, &m->total, "total"));
    json_object_set_new(json, "reconciled", json_boolean(m->breaks == 0));
    if (cli->cell || cli->limit)
        json_object_set_new(json, "cell",
            json_pack("{s:I, s:o}", "customers", (json_int_t)m->cell_customers, "listed",
                movers_json(m)));
    if (cli->output)
        json_object_set_new(json, "file",
            json_pack("{s:s, s:I}", "path", cli->output, "rows", (json_int_t)m->rows_written));
    cli_print_json(json);
}

/* --- the matrix and the stocks --- */

/* Stocks that have a row and a column: tiers always, the others where somebody is. */
struct shown {
    const struct st_roll **rolls;
    size_t count;
    bool codes; /* head columns, since titles would be too wide */
};

static bool is_empty(const struct st_roll *roll)
{
    for (int line = 0; line < ST_ROLL_LINES; line++)
        if (roll->customers[line] != 0)
            return false;
    return true;
}

static struct shown choose_shown(struct cli *cli, const struct st_migration *m)
{
    struct shown shown = {
        .rolls = st_arena_array(&cli->arena, const struct st_roll *, m->roll_count)};
    size_t width = 0;
    for (size_t i = 0; i < m->roll_count; i++) {
        const struct st_roll *roll = &m->rolls[i];
        if (roll->place != ST_AT_RATED && is_empty(roll))
            continue;
        shown.rolls[shown.count++] = roll;
        width += cli_width(cli_title(cli, &roll->title)) + 2;
    }
    shown.codes = width > WIDTH_OF_TITLES;
    return shown;
}

static const char *head_of(
    const struct cli *cli, const struct shown *shown, const struct st_roll *roll)
{
    return shown->codes && roll->place == ST_AT_RATED ? roll->code : cli_title(cli, &roll->title);
}

/* "Gold (gold)": the code is what --cell takes. */
static const char *row_of(struct cli *cli, const struct st_roll *roll)
{
    const char *title = cli_title(cli, &roll->title);
    if (strcmp(title, roll->code) == 0)
        return title;
    return st_arena_printf(&cli->arena, cli_text(cli, "%s (%s)", "%s（%s）"), title, roll->code);
}

static int64_t customers_between(const struct st_migration *m, enum st_at was,
    const struct st_roll *from, enum st_at is, const struct st_roll *to)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->move_count; i++)
        if (m->moves[i].was == was && m->moves[i].from == from && m->moves[i].is == is &&
            m->moves[i].to == to)
            n += m->moves[i].customers;
    return n;
}

static const char *count_or_dot(struct cli *cli, int64_t n)
{
    return n ? cli_count(cli, n) : "·";
}

/* One row: from a stock, or of those who were in no stock. */
static void add_matrix_row(struct cli *cli, struct cli_table *t, const struct st_migration *m,
    const struct shown *shown, enum st_at was, const struct st_roll *from)
{
    static const enum st_at ends[] = {ST_AT_CLOSED, ST_AT_MERGED};
    int64_t sum = 0;
    for (size_t i = 0; i < shown->count; i++) {
        const struct st_roll *to = shown->rolls[i];
        int64_t n = customers_between(m, was, from, to->place, to);
        sum += n;
        cli_table_cell(t, count_or_dot(cli, n));
    }
    for (size_t i = 0; i < ST_COUNT(ends); i++) {
        int64_t n = from ? customers_between(m, was, from, ends[i], NULL) : 0;
        sum += n;
        cli_table_cell(t, from ? count_or_dot(cli, n) : "");
    }
    cli_table_cell(t, cli_count(cli, sum));
}

static void print_matrix(struct cli *cli, const struct st_migration *m, const struct shown *shown)
{
    static const enum st_at begins[] = {ST_AT_NEW, ST_AT_REOPENED, ST_AT_MERGED};
    struct cli_table t = {.columns = shown->count + 4};
    for (size_t i = 1; i < t.columns; i++)
        t.right[i] = true;
    cli_table_cell(&t, cli_text(cli, "from \\ to", "原层级＼现层级"));
    for (size_t i = 0; i < shown->count; i++)
        cli_table_cell(&t, head_of(cli, shown, shown->rolls[i]));
    cli_table_cell(&t, cli_title(cli, &place_titles[ST_AT_CLOSED]));
    cli_table_cell(&t, cli_title(cli, &st_roll_titles[ST_ROLL_MERGED_OUT].title));
    cli_table_cell(&t, cli_text(cli, "total", "合计"));
    for (size_t i = 0; i < shown->count; i++) {
        cli_table_cell(&t, row_of(cli, shown->rolls[i]));
        add_matrix_row(cli, &t, m, shown, shown->rolls[i]->place, shown->rolls[i]);
    }
    for (size_t i = 0; i < ST_COUNT(begins); i++) {
        int64_t n = 0;
        for (size_t k = 0; k < m->move_count; k++)
            n += m->moves[k].was == begins[i] ? m->moves[k].customers : 0;
        if (n == 0)
            continue;
        cli_table_cell(
            &t, cli_title(cli, begins[i] == ST_AT_MERGED ? &st_roll_titles[ST_ROLL_MERGED_IN].title
                                                         : &place_titles[begins[i]]));
        add_matrix_row(cli, &t, m, shown, begins[i], NULL);
    }
    cli_table_print(&t, stdout);
}

/* Lines that say something: the stocks, and what moved anybody or anything. */
static bool line_shows(const struct st_migration *m, int line, bool value)
{
    if (line == ST_ROLL_OPENING || line == ST_ROLL_CLOSING ||
        (line == ST_ROLL_COUNTED && m->breaks))
        return true;
    for (size_t i = 0; i < m->roll_count && line != ST_ROLL_COUNTED; i++)
        if ((value ? m->rolls[i].value : m->rolls[i].customers)[line] != 0)
            return true;
    return false;
}

static const char *figure(
    struct cli *cli, const struct st_migration *m, const struct st_roll *roll, int line, bool value)
{
    int64_t n = value ? roll->value[line] : roll->customers[line];
    bool stock = line == ST_ROLL_OPENING || line >= ST_ROLL_CLOSING;
    if (n == 0 && !stock)
        return "·";
    return value ? value_text(cli, m, n) : cli_count(cli, n);
}

static void print_stocks(
    struct cli *cli, const struct st_migration *m, const struct shown *shown, bool value)
{
    struct cli_table t = {.columns = shown->count + 2};
    for (size_t i = 1; i < t.columns; i++)
        t.right[i] = true;
    cli_table_cell(
        &t, value ? cli_title(cli, &m->measure->title) : cli_text(cli, "customers", "客户数"));
    for (size_t i = 0; i < shown->count; i++)
        cli_table_cell(&t, head_of(cli, shown, shown->rolls[i]));
    cli_table_cell(&t, cli_text(cli, "total", "合计"));
    for (int line = 0; line < ST_ROLL_LINES; line++) {
        if (!line_shows(m, line, value))
            continue;
        cli_table_cell(&t, cli_title(cli, &st_roll_titles[line].title));
        for (size_t i = 0; i < shown->count; i++)
            cli_table_cell(&t, figure(cli, m, shown->rolls[i], line, value));
        cli_table_cell(&t, figure(cli, m, &m->total, line, value));
    }
    putchar('\n');
    cli_table_print(&t, stdout);
}

static void print_verdict(const struct cli *cli, const struct st_migration *m)
{
    char day[ST_DATE_TEXT_SIZE];
    st_date_format(m->to.as_of, day);
    if (m->breaks == 0)
        printf(cli_text(cli, "\n  adds up: every closing is the stock counted in the run of %s\n",
                   "\n  核对相符：各层级期末数等于 %s 运行中独立清点的存量\n"),
            day);
    else
        printf(cli_text(cli,
                   "\n  does not add up: %zu closings differ from the stock counted in "
                   "the run of %s\n",
                   "\n  核对不符：%zu 个层级的期末数与 %s 运行中独立清点的存量不同\n"),
            m->breaks, day);
}

static void print_migration(struct cli *cli, const struct st_migration *m)
{
    struct shown shown = choose_shown(cli, m);
    if (shown.count + 4 > CLI_COLUMNS_MAX) {
        printf(cli_text(cli, "  %zu tiers are too many for a table: --json has them\n",
                   "  %zu 个层级过多，无法列表：请用 --json\n"),
            shown.count);
    } else {
        print_matrix(cli, m, &shown);
        print_stocks(cli, m, &shown, false);
        if (m->measure)
            print_stocks(cli, m, &shown, true);
    }
    print_verdict(cli, m);
}

/* --- a cell's customers --- */

static const char *place_title(
    const struct cli *cli, const struct st_migration *m, const char *place, const char *tier)
{
    for (size_t i = 0; tier && i < m->roll_count; i++)
        if (m->rolls[i].place == ST_AT_RATED && strcmp(m->rolls[i].code, tier) == 0)
            return cli_title(cli, &m->rolls[i].title);
    for (int i = 0; i < ST_AT_COUNT; i++)
        if (strcmp(st_at_names[i], place) == 0)
            return cli_title(cli, &place_titles[i]);
    return place;
}

static void print_movers(struct cli *cli, const struct st_migration *m)
{
    struct cli_table t = {
        .columns = m->measure ? 5 : 3, .right = {false, false, false, true, true}};
    const char *const heads[] = {cli_text(cli, "customer", "客户号"), cli_text(cli, "was", "此前"),
        cli_text(cli, "is", "现在"), cli_text(cli, "value before", "此前金额"),
        cli_text(cli, "value after", "现在金额")};
    for (size_t i = 0; i < t.columns; i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < m->mover_count; i++) {
        const struct st_mover *x = &m->movers[i];
        const char *is = place_title(cli, m, x->is, x->tier_after);
        cli_table_cell(&t, x->source_id);
        cli_table_cell(&t, place_title(cli, m, x->was, x->tier_before));
        cli_table_cell(
            &t, x->merged_into ? st_arena_printf(&cli->arena, "%s → %s", is, x->merged_into) : is);
        if (!m->measure)
            continue;
        cli_table_cell(&t, x->has_before ? value_text(cli, m, x->value_before) : "—");
        cli_table_cell(&t, x->has_after ? value_text(cli, m, x->value_after) : "—");
    }
    cli_table_print(&t, stdout);
    if (m->cell_customers > (int64_t)m->mover_count)
        printf(cli_text(cli, "  … and %s more; --limit N lists more, -o FILE writes all\n",
                   "  ……另有 %s 户；--limit N 可多列，-o 文件 可写出全部\n"),
            cli_count(cli, m->cell_customers - (int64_t)m->mover_count));
}

/* --- rates --- */

static void print_rates(struct cli *cli, const struct st_migration *m)
{
    bool ranked = m->scheme->ranked;
    const char *const heads[] = {cli_text(cli, "from", "起"), cli_text(cli, "to", "止"),
        cli_text(cli, "at start", "期初"), cli_text(cli, "promoted", "升级"),
        cli_text(cli, "demoted", "降级"), cli_text(cli, "moved", "变动"),
        cli_text(cli, "kept", "保持"), cli_text(cli, "left", "退出"),
        cli_text(cli, "joined", "新增"), cli_text(cli, "promotion", "升级率"),
        cli_text(cli, "demotion", "降级率"), cli_text(cli, "change", "变动率"),
        cli_text(cli, "retention", "保持率"), cli_text(cli, "leaving", "退出率")};
    const bool shows[] = {true, true, true, ranked, ranked, !ranked, true, true, true, ranked,
        ranked, !ranked, true, true};
    struct cli_table t = {.columns = 0};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        if (shows[i])
            t.right[t.columns++] = i >= 2;
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        if (shows[i])
            cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < m->rate_count; i++) {
        const struct st_rates *r = &m->rates[i];
        char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
        const char *const cells[] = {st_arena_strdup(&cli->arena, st_date_format(r->from, from)),
            st_arena_strdup(&cli->arena, st_date_format(r->to, to)), cli_count(cli, r->start),
            cli_count(cli, r->promoted), cli_count(cli, r->demoted), cli_count(cli, r->moved),
            cli_count(cli, r->kept), cli_count(cli, r->left), cli_count(cli, r->joined),
            cli_share(cli, r->promoted, r->start), cli_share(cli, r->demoted, r->start),
            cli_share(cli, r->moved, r->start), cli_share(cli, r->kept, r->start),
            cli_share(cli, r->left, r->start)};
        for (size_t k = 0; k < ST_COUNT(cells); k++)
            if (shows[k])
                cli_table_cell(&t, cells[k]);
    }
    cli_table_print(&t, stdout);
}

/* --- the command --- */

static void print_result(struct cli *cli, const struct st_migration *m)
{
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    printf("%s  %s → %s\n", cli_title(cli, &m->scheme->def->title),
        st_date_format(m->from.as_of, from), st_date_format(m->to.as_of, to));
    if (cli->every) {
        print_rates(cli, m);
        return;
    }
    if (cli->cell || cli->limit)
        print_movers(cli, m);
    else if (!cli->output || m->breaks)
        print_migration(cli, m);
    if (cli->output)
        printf(cli_text(cli, "%s rows in %s\n", "%s 行写入 %s\n"), cli_count(cli, m->rows_written),
            cli->output);
}

static st_code read_options(struct cli *cli, struct st_migrate_options *o, struct st_error *err)
{
    if (cli->every && (cli->cell || cli->output || cli->limit)) {
        st_code code = st_fail(err, ST_E_USAGE, "--every lists no customers", "--every 不列出客户");
        st_error_hint(err, "leave --every out for one pair of days: --from DATE --to DATE",
            "如需某两日之间的客户，请去掉 --every：--from 日期 --to 日期");
        return code;
    }
    o->limit = cli->cell && !cli->output ? LISTED : 0;
    if (cli->limit) {
        st_code code = cli_number("--limit", cli->limit, 1, 1000000000, &o->file_limit, err);
        if (code != ST_OK)
            return code;
        o->limit = cli->output ? 0 : o->file_limit;
    }
    return cli->output ? cli_export_format(cli, cli->output, &o->format, err) : ST_OK;
}

static st_code run_migrate(struct cli *cli, struct st_error *err)
{
    struct st_migrate_options o = {.scheme = cli->scheme,
        .measure = cli->measure,
        .every = cli->every,
        .cell = cli->cell,
        .path = cli->output,
        .plain = cli->plain,
        .lang = cli->lang};
    struct st_migration m;
    st_date from, to;
    cli->store.location = cli->positionals[0];
    st_code code = read_options(cli, &o, err);
    if (code == ST_OK)
        code = cli_optional_date("--from", cli->from, &from, &o.from, err);
    if (code == ST_OK)
        code = cli_optional_date("--to", cli->to, &to, &o.to, err);
    if (code == ST_OK)
        code = st_app_migrate(&cli->store, &cli->arena, &o, &m, err);
    if (code != ST_OK)
        return code;
    if (cli->json)
        print_json(cli, &m);
    else if (!cli->quiet)
        print_result(cli, &m);
    cli->status = m.breaks > 0;
    return ST_OK;
}

static const struct cli_option migrate_options[] = {
    {"--scheme", "NAME", offsetof(struct cli, scheme),
        {"scheme (default: the only one)", "方案（默认唯一的方案）"}},
    {"--from", "DATE", offsetof(struct cli, from),
        {"earlier run (default: the one before --to)", "较早的运行（默认 --to 的上一次）"}},
    {"--to", "DATE", offsetof(struct cli, to),
        {"later run (default: the latest)", "较晚的运行（默认最新）"}},
    {"--measure", "METRIC", offsetof(struct cli, measure),
        {"amount to reconcile (default: what the scheme divides)",
            "核对的金额指标（默认方案所划分的指标）"}},
    {"--cell", "FROM:TO", offsetof(struct cli, cell),
        {"list the customers of a cell", "列出某一格的客户"}},
    {"--limit", "N", offsetof(struct cli, limit),
        {"how many customers to list or write (20; a file: all)",
            "列出或写出的户数（20；文件为全部）"}},
    {"--output", "FILE", offsetof(struct cli, output),
        {"write the cell's customers to a file, also -o", "将该格客户写入文件，亦可写 -o"}},
    {"--format", "csv|parquet|xlsx", offsetof(struct cli, format),
        {"format (default: by the file's name)", "格式（默认按文件名）"}},
    {"--plain", NULL, offsetof(struct cli, plain),
        {"csv for programs, as in strata export", "供程序读取的 csv，同 strata export"}},
    {"--every", "run|month|quarter|year", offsetof(struct cli, every),
        {"rates of promotion, demotion and retention from run to run",
            "逐期的升级率、降级率与保持率"}},
    {NULL, NULL, 0, {NULL, NULL}},
};

const struct cli_command cli_migrate = {
    .name = "migrate",
    .usage = "STORE --scheme NAME --from DATE --to DATE",
    .summary = {"who moved between two runs, reconciled", "两次运行之间的层级变动，并核对"},
    .detail =
        {"The matrix of customers from tier to tier, then what each tier's stock came from, in\n"
         "customers and in an amount: opening + new + reopened + merged in + moved in\n"
         "− closed − merged out − moved out, against the later run's stock, counted on its own.\n"
         "Exit status 1 when they differ. Who moves takes along what they had before.\n"
         "--cell gold:silver, new:any, gold:closed: codes of tiers, and rated, gated, unrated,\n"
         "new, reopened, merged, closed, any; @new where a tier has that code. -o FILE alone\n"
         "writes everybody.",
            "先列出层级到层级的客户矩阵，再按客户数与金额说明各层级存量的来龙去脉：\n"
            "期初 + 新增 + 重新开户 + 并入 + 转入 − 销户 − 并出 − 转出，与较晚运行中独立清点的\n"
            "存量核对；不符时退出状态为 1。层级变动的客户按此前金额计入转出与转入。\n"
            "--cell gold:silver、new:any、gold:closed：层级代码，以及 rated、gated、unrated、\n"
            "new、reopened、merged、closed、any；若层级代码与之同名，写 @new。\n"
            "只写 -o 文件 则写出全部客户。"},
    .least = 1,
    .most = 1,
    .options = migrate_options,
    .run = run_migrate,
};
