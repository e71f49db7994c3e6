/* Runs a DuckDB script as a whole process: bench_peer STORE SCRIPT.sql [NAME=VALUE]…
 *
 * ${NAME} in the script becomes VALUE. The rows of the last statement are printed, cells apart by
 * a space. The library is the one Strata links, with the settings Strata gives it.
 */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCRIPT_MAX = 1 << 20 };

static void die(const char *what, const char *text)
{
    fprintf(stderr, "bench_peer: %s: %s\n", what, text ? text : "");
    exit(1);
}

static char *read_script(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, SCRIPT_MAX);
    if (!file || !text || fread(text, 1, SCRIPT_MAX - 1, file) == 0)
        die("cannot read", path);
    fclose(file);
    return text;
}

/* NAME=VALUE: replaces every ${NAME}. */
static char *replace(char *script, const char *pair)
{
    const char *equals = strchr(pair, '=');
    char *out = calloc(1, SCRIPT_MAX), name[64];
    if (!equals || !out)
        die("not NAME=VALUE", pair);
    int len = snprintf(name, sizeof name, "${%.*s}", (int)(equals - pair), pair);
    if (len >= (int)sizeof name)
        die("too long", pair);
    size_t used = 0, value = strlen(equals + 1);
    for (const char *p = script; *p;) {
        if (used + value + 1 >= SCRIPT_MAX)
            die("too long", pair);
        if (strncmp(p, name, (size_t)len) == 0) {
            memcpy(out + used, equals + 1, value);
            used += value;
            p += len;
        } else {
            out[used++] = *p++;
        }
    }
    free(script);
    return out;
}

static void print_rows(duckdb_result *result)
{
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(*result));) {
        for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); row++)
            for (idx_t column = 0; column < duckdb_column_count(result); column++) {
                duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
                if (duckdb_column_type(result, column) != DUCKDB_TYPE_VARCHAR)
                    die("the last statement must give text", duckdb_column_name(result, column));
                duckdb_string_t *text = (duckdb_string_t *)duckdb_vector_get_data(vector) + row;
                printf("%.*s%c", (int)duckdb_string_t_length(*text), duckdb_string_t_data(text),
                    column + 1 < duckdb_column_count(result) ? ' ' : '\n');
            }
        duckdb_destroy_data_chunk(&chunk);
    }
}

/* As Strata does: who waits for other threads naps instead of asking for work all the time. */
static void execute(duckdb_prepared_statement statement, duckdb_result *result)
{
    duckdb_pending_result pending;
    duckdb_pending_state state;
    if (duckdb_pending_prepared(statement, &pending) == DuckDBError)
        die("cannot run", duckdb_pending_error(pending));
    while (!duckdb_pending_execution_is_finished(state = duckdb_pending_execute_task(pending)))
        if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE)
            nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    if (state == DUCKDB_PENDING_ERROR)
        die("cannot run", duckdb_pending_error(pending));
    if (duckdb_execute_pending(pending, result) == DuckDBError)
        die("cannot run", duckdb_result_error(result));
    duckdb_destroy_pending(&pending);
}

static void run(duckdb_connection connection, const char *script)
{
    duckdb_extracted_statements statements;
    idx_t count = duckdb_extract_statements(connection, script, &statements);
    if (count == 0)
        die("cannot read the script", duckdb_extract_statements_error(statements));
    for (idx_t i = 0; i < count; i++) {
        duckdb_prepared_statement statement;
        duckdb_result result;
        if (duckdb_prepare_extracted_statement(connection, statements, i, &statement) ==
            DuckDBError)
            die("cannot prepare", duckdb_prepare_error(statement));
        execute(statement, &result);
        if (i + 1 == count && duckdb_result_return_type(result) == DUCKDB_RESULT_TYPE_QUERY_RESULT)
            print_rows(&result);
        duckdb_destroy_result(&result);
        duckdb_destroy_prepare(&statement);
    }
    duckdb_destroy_extracted(&statements);
}

int main(int argc, char **argv)
{
    duckdb_database database;
    duckdb_connection connection;
    duckdb_config config;
    char *error = NULL;
    if (argc < 3) {
        fputs("usage: bench_peer STORE SCRIPT.sql [NAME=VALUE]...\n", stderr);
        return 2;
    }
    char *script = read_script(argv[2]);
    for (int i = 3; i < argc; i++)
        script = replace(script, argv[i]);
    if (duckdb_create_config(&config) == DuckDBError ||
        duckdb_set_config(config, "autoinstall_known_extensions", "false") == DuckDBError ||
        duckdb_set_config(config, "autoload_known_extensions", "false") == DuckDBError ||
        duckdb_open_ext(argv[1], &database, config, &error) == DuckDBError ||
        duckdb_connect(database, &connection) == DuckDBError)
        die("cannot open", error);
    duckdb_destroy_config(&config);
    run(connection, script);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    free(script);
    return 0;
}
