/* Reads back a workbook that libxlsxwriter wrote. The archive's members stand one after another,
 * each behind a header with its sizes, and a record without comment ends it (APPNOTE.TXT 6.3,
 * sections 4.3.7 and 4.3.16). */
#include "run/table_internal.h"

#include <zlib.h>

enum {
    HEADER_SIZE = 30,
    HEADER_SIGNATURE = 0x04034b50,
    END_SIZE = 22,
    END_SIGNATURE = 0x06054b50,
    CHUNK = 1 << 16,
};

static const char sheet_prefix[] = "xl/worksheets/sheet";

/* Looks for a text in a stream; `at` bytes of it have been met. `<` stands only at its start. */
struct matcher {
    const char *text;
    size_t at;
    uint64_t found;
};

static void feed(struct matcher *m, char c)
{
    if (!m->text[m->at])
        m->at = 0;
    m->at = c == m->text[m->at] ? m->at + 1 : c == m->text[0];
    m->found += !m->text[m->at];
}

static uint32_t number_at(const unsigned char *p, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

/* Unpacks one sheet of `size` packed bytes; adds its rows when it ends as a sheet ends. */
static bool read_sheet(FILE *in, uint64_t size, uint64_t *rows)
{
    static const char end_of_sheet[] = "</worksheet>";
    struct matcher row = {.text = "</row>"}, end = {.text = end_of_sheet};
    unsigned char packed[CHUNK], open[CHUNK];
    z_stream z = {0};
    int status = inflateInit2(&z, -MAX_WBITS);
    while (status == Z_OK && size > 0) {
        size_t part = size < CHUNK ? (size_t)size : CHUNK;
        if (fread(packed, 1, part, in) != part)
            break;
        size -= part;
        z.next_in = packed;
        z.avail_in = (uInt)part;
        do {
            z.next_out = open;
            z.avail_out = CHUNK;
            status = inflate(&z, Z_NO_FLUSH);
            for (const unsigned char *p = open; p < z.next_out; p++) {
                feed(&row, (char)*p);
                feed(&end, (char)*p);
            }
        } while (status == Z_OK && z.avail_out == 0);
        if (status == Z_BUF_ERROR) /* wants more */
            status = Z_OK;
    }
    inflateEnd(&z);
    *rows += row.found;
    return status == Z_STREAM_END && end.at == sizeof end_of_sheet - 1;
}

static bool has_end(FILE *in)
{
    unsigned char end[END_SIZE];
    return fseeko(in, -END_SIZE, SEEK_END) == 0 && fread(end, 1, sizeof end, in) == sizeof end &&
           number_at(end, 4) == END_SIGNATURE;
}

bool st_xlsx_is_whole(const char *path, uint64_t sheets, uint64_t rows)
{
    unsigned char header[HEADER_SIZE];
    uint64_t seen_sheets = 0, seen_rows = 0;
    bool good = true;
    FILE *in = fopen(path, "rb");
    while (in && good && fread(header, 1, sizeof header, in) == sizeof header &&
           number_at(header, 4) == HEADER_SIGNATURE) {
        char name[sizeof sheet_prefix] = "";
        uint32_t size = number_at(header + 18, 4), name_size = number_at(header + 26, 2);
        uint32_t skip = number_at(header + 28, 2);
        size_t part = name_size < sizeof name ? name_size : sizeof name - 1;
        good = fread(name, 1, part, in) == part &&
               fseeko(in, (off_t)(name_size - part + skip), SEEK_CUR) == 0;
        if (good && strcmp(name, sheet_prefix) == 0) {
            good = read_sheet(in, size, &seen_rows);
            seen_sheets++;
        } else if (good) {
            good = fseeko(in, (off_t)size, SEEK_CUR) == 0;
        }
    }
    good = good && in && has_end(in);
    if (in)
        fclose(in);
    return good && seen_sheets == sheets && seen_rows == rows;
}
