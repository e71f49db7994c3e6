/* strata replay */
#include "cli/cli.h"

#include "base/vec.h"

static const struct st_text part_titles[] = {[ST_REPLAY_METRICS] = {"metrics", "指标"},
    [ST_REPLAY_TIERS] = {"tiers", "层级"},
    [ST_REPLAY_SIGNALS] = {"signals", "信号"},
    [ST_REPLAY_BOUNDS] = {"bounds", "界限"}};

static json_t *replay_json(const struct st_replay *r)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *parts = json_object();
    for (int i = 0; i < ST_REPLAY_PARTS; i++)
        json_object_set_new(parts, part_titles[i].en,
            json_pack("{s:I, s:I, s:s?}", "rows", r->parts[i].rows, "different",
                r->parts[i].different, "example", r->parts[i].example));
    return json_pack("{s:I, s:s, s:s, s:s, s:o, s:I, s:b, s:o}", "run", r->run_id, "as_of",
        st_date_format(r->as_of, date), "policy", r->policy_name, "hash", r->policy_hash, "version",
        cli_version_json(r->policy_version), "watermark", r->watermark, "identical", r->identical,
        "parts", parts);
}

static void add_replay(struct cli *cli, struct cli_table *t, const struct st_replay *r)
{
    char date[ST_DATE_TEXT_SIZE];
    cli_table_cell(t, st_arena_printf(&cli->arena, "%lld", (long long)r->run_id));
    cli_table_cell(t, st_arena_strdup(&cli->arena, st_date_format(r->as_of, date)));
    cli_table_cell(t, st_arena_printf(&cli->arena, "%s %.12s%s", r->policy_name, r->policy_hash,
                          cli_version(cli, r->policy_version)));
    cli_table_cell(t, st_arena_printf(&cli->arena, "%lld", (long long)r->watermark));
    for (int i = 0; i < ST_REPLAY_PARTS; i++)
        cli_table_cell(t, cli_count(cli, r->parts[i].rows));
    cli_table_cell(t,
        r->identical ? cli_text(cli, "identical", "一致") : cli_text(cli, "DIFFERENT", "不一致"));
}

static void print_differences(struct cli *cli, const struct st_replay *r)
{
    for (int i = 0; i < ST_REPLAY_PARTS; i++) {
        const struct st_replay_rows *rows = &r->parts[i];
        if (rows->different)
            printf(cli_text(cli, "run %lld: %s rows of %s differ, the first at %s\n",
                       "运行 %lld：%s 行%s不一致，首个为 %s\n"),
                (long long)r->run_id, cli_count(cli, rows->different),
                cli_title(cli, &part_titles[i]), rows->example ? rows->example : "—");
    }
}

static st_code run_replay(struct cli *cli, struct st_error *err)
{
    struct st_replay *replays = NULL;
    size_t count = 0, same = 0;
    int64_t only = 0;
    bool one = cli->positional_count > 1;
    cli->store.location = cli->positionals[0];
    st_code code = one ? cli_number("RUN", cli->positionals[1], 1, INT64_MAX, &only, err) : ST_OK;
    if (code == ST_OK)
        code = st_app_replay(&cli->store, &cli->arena, one ? &only : NULL, &replays, &count, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    struct cli_table t = {
        .columns = 9, .right = {true, false, false, true, true, true, true, true}};
    const char *const heads[] = {cli_text(cli, "run", "运行"), cli_text(cli, "as of", "评定日"),
        cli_text(cli, "policy", "策略"), cli_text(cli, "data to load", "数据批次"),
        cli_title(cli, &part_titles[0]), cli_title(cli, &part_titles[1]),
        cli_title(cli, &part_titles[2]), cli_title(cli, &part_titles[3]), ""};
    for (size_t i = 0; i < ST_COUNT(heads); i++)
        cli_table_cell(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        same += replays[i].identical;
        add_replay(cli, &t, &replays[i]);
        json_array_append_new(list, replay_json(&replays[i]));
    }
    cli->status = same == count ? 0 : 1;
    if (cli->json || cli->quiet)
        st_vec_release(&t.cells);
    if (cli->json) {
        cli_print_json(list);
        return ST_OK;
    }
    json_decref(list);
    if (!cli->quiet)
        cli_table_print(&t, stdout);
    for (size_t i = 0; i < count; i++)
        print_differences(cli, &replays[i]);
    printf(cli_text(cli, "%zu of %zu runs are identical to the byte\n",
               "%2$zu 次运行中 %1$zu 次逐字节一致\n"),
        same, count);
    return ST_OK;
}

static const struct cli_option replay_options[] = {{NULL, NULL, 0, {NULL, NULL}}};

const struct cli_command cli_replay = {
    .name = "replay",
    .usage = "STORE [RUN]",
    .summary = {"compute past runs again and compare", "重算历史运行并逐行比对"},
    .detail =
        {"From the data a run saw, the policy stored with it and the run it built on. Nothing\n"
         "is written. Exit status 1 when anything differs.",
            "依据当时可见的数据、随运行保存的策略与其前期运行重算，不写入任何内容；有差异时退出码为"
            " 1。"},
    .least = 1,
    .most = 2,
    .options = replay_options,
    .run = run_replay,
};
