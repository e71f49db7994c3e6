/* The command line: commands and options as tables; printing in two languages or JSON.
 *
 * Exit status: 0 done, 1 failed, 2 wrong usage. Results go to stdout, messages and progress to
 * stderr; progress only when stderr is a terminal.
 */
#ifndef ST_CLI_CLI_H
#define ST_CLI_CLI_H

#include "app/app.h"

#include <jansson.h>

enum { CLI_POSITIONALS_MAX = 256 };

/* Every value an option can set; each command reads its own. */
struct cli {
    enum st_lang lang;
    bool json;
    bool quiet;
    bool currencies;
    bool plain, average, full, verify;
    bool help;
    bool force;
    bool terminal; /* stderr is one */
    int status;    /* of a command that did its work: 1 when it found what it looks for */
    struct st_app_store store;
    const char *positionals[CLI_POSITIONALS_MAX];
    size_t positional_count;
    const char *scheme, *as_of, *from, *every, *output, *format, *manifest, *fix, *source, *reason;
    const char *seed, *customers, *months, *sql, *export_path, *limit, *currency, *measure, *title,
        *tolerance, *to, *cell, *by, *movers;
    const char *name, *kind, *branch; /* signals */
    bool only_new;
    const char *note, *policy, *customer, *action, *tier, *until, *state;
    const char *control, *rows, *rejected; /* changes */
    const char *roles;                     /* init */
    struct st_arena arena;
};

struct cli_option {
    const char *name;     /* --as-of */
    const char *argument; /* DATE; NULL: a flag */
    size_t offset;        /* into struct cli: const char * or bool */
    struct st_text help;
};

struct cli_command {
    const char *name;
    const char *usage;
    struct st_text summary;
    struct st_text detail;
    size_t least, most;               /* positional arguments */
    const struct cli_option *options; /* ended by a NULL name */
    st_code (*run)(struct cli *cli, struct st_error *err);
    const struct cli_command *const *verbs; /* a group: its commands, named "policy draft" … */
};

extern const struct cli_command *const cli_commands[]; /* NULL-terminated */
extern const struct cli_option cli_global_options[];

/* argv[2…] into `cli` by the command's table. */
ST_MUST_CHECK st_code cli_parse(struct cli *cli, const struct cli_command *command, int argc,
    char **argv, struct st_error *err);

ST_MUST_CHECK st_code cli_date(
    const char *option, const char *text, st_date *out, struct st_error *err);
/* `out` is NULL when there is no text, else `date`. */
ST_MUST_CHECK st_code cli_optional_date(
    const char *option, const char *text, st_date *date, const st_date **out, struct st_error *err);
ST_MUST_CHECK st_code cli_number(const char *option, const char *text, int64_t least, int64_t most,
    int64_t *out, struct st_error *err);

/* A path as a shell takes it. */
const char *cli_shell(struct cli *cli, const char *path);
/* The store as messages name it: as a shell takes it, without a password. */
const char *cli_store(struct cli *cli);

/* A name that data files have, not stores or documents: .csv, .txt, .gz … */
bool cli_is_table(const char *path);

static inline const char *cli_text(const struct cli *cli, const char *en, const char *zh)
{
    return cli->lang == ST_LANG_ZH ? zh : en;
}
/* ", version 3" in both languages; "" when a run followed no version. */
const char *cli_version(struct cli *cli, int64_t version);
json_t *cli_version_json(int64_t version);

/* An override, as JSON; a line under an explanation that says what masks the tier, who, until when
 * and why. */
struct st_override;
json_t *cli_override_json(const struct st_override *o);
void cli_print_mask(struct cli *cli, const struct st_customer_state *state);

/* --roles: "bank" for bank_owner, bank_runner and bank_reader, or owner=A,runner=B,reader=C. */
ST_MUST_CHECK st_code cli_read_roles(
    struct cli *cli, const char *text, struct st_store_roles *roles, struct st_error *err);
void cli_print_roles(struct cli *cli, const struct st_store_roles *roles);
json_t *cli_roles_json(const struct st_store_roles *roles);

static inline const char *cli_title(const struct cli *cli, const struct st_text *title)
{
    return cli->lang == ST_LANG_ZH ? title->zh : title->en;
}

/* Texts in the chosen language as a JSON list. */
json_t *cli_titles_json(const struct cli *cli, const struct st_texts *texts);

/* How tiers are held, as JSON. */
json_t *cli_standings_json(const struct st_standings *standings);

/* --format, or what the file's name ends in; --plain with csv only. */
ST_MUST_CHECK st_code cli_export_format(
    struct cli *cli, const char *path, enum st_export_format *format, struct st_error *err);

/* --- tables on a terminal --- */

enum { CLI_COLUMNS_MAX = 64 };

struct cli_table {
    size_t columns;
    bool right[CLI_COLUMNS_MAX]; /* numbers stand right */
    struct {
        const char **items; /* cells, row by row */
        size_t count, cap;
    } cells;
};

/* Columns a terminal gives a text: CJK and full-width forms take two. */
size_t cli_width(const char *text);
void cli_table_cell(struct cli_table *table, const char *text);
void cli_table_print(struct cli_table *table, FILE *out); /* and releases */

/* "1,234,567" in the arena. */
const char *cli_count(struct cli *cli, int64_t n);
/* "12.3 %" */
const char *cli_share(struct cli *cli, int64_t part, int64_t whole);
void cli_print_json(json_t *value); /* and releases */

extern const struct cli_command cli_init, cli_import, cli_quarantine, cli_quality, cli_check,
    cli_run, cli_tiers, cli_explain, cli_signals, cli_changes, cli_export, cli_report,
    cli_reconcile, cli_replay, cli_rerate, cli_migrate, cli_simulate, cli_demo, cli_copy,
    cli_policy, cli_override;

#endif
