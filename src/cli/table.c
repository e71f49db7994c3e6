#include "cli/cli.h"

#include "base/vec.h"

void cli_table_cell(struct cli_table *table, const char *text)
{
    *st_vec_push(&table->cells) = text;
}

size_t cli_width(const char *text)
{
    size_t width = 0;
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if ((c & 0xC0) != 0x80)
            width += c >= 0xE3 && c < 0xF0 ? 2 : 1;
    }
    return width;
}

void cli_table_print(struct cli_table *table, FILE *out)
{
    size_t widths[CLI_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t width = cli_width(table->cells.items[i]);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t column = i % table->columns;
        const char *text = table->cells.items[i];
        int pad = (int)(widths[column] - cli_width(text));
        bool last = column + 1 == table->columns;
        fputs("  ", out);
        if (table->right[column])
            fprintf(out, "%*s%s", pad, "", text);
        else
            fprintf(out, "%s%*s", text, last ? 0 : pad, "");
        if (last)
            fputc('\n', out);
    }
    st_vec_release(&table->cells);
}

const char *cli_version(struct cli *cli, int64_t version)
{
    return version ? st_arena_printf(&cli->arena, cli_text(cli, ", version %lld", "，版本 %lld"),
                         (long long)version)
                   : "";
}

json_t *cli_version_json(int64_t version)
{
    return version ? json_integer(version) : json_null();
}

const char *cli_count(struct cli *cli, int64_t n)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return st_arena_strdup(&cli->arena, st_decimal_format_grouped(n, 0, text));
}

const char *cli_share(struct cli *cli, int64_t part, int64_t whole)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    if (whole == 0)
        return "—";
    int64_t tenths = (int64_t)st_div_half_up((st_wide)part * 1000, whole);
    return st_arena_printf(&cli->arena, "%s %%", st_decimal_format(tenths, 1, text));
}

json_t *cli_titles_json(const struct cli *cli, const struct st_texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(cli_title(cli, &texts->items[i])));
    return list;
}

void cli_print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(value);
}
