#include "ingest/lookup.h"

#include "base/vec.h"
#include "ingest/internal.h"
#include "ingest/reader.h"

struct st_lookup {
    const char *path;
    const char *const *columns;
    size_t column_count;
    int key;
    struct st_slice *cells; /* row by row, column_count each */
    size_t rows, rows_cap;
    uint32_t *slots; /* 1 + row, 0: free; a power of two */
    size_t slot_count;
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(struct st_slice key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.data[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

static struct st_slice key_of(const struct st_lookup *l, size_t row)
{
    return l->cells[row * l->column_count + (size_t)l->key];
}

/* The slot that holds the key, or the free one where it would go. */
static size_t slot_of(const struct st_lookup *l, struct st_slice key)
{
    size_t at = hash_of(key) & (l->slot_count - 1);
    while (l->slots[at]) {
        struct st_slice other = key_of(l, l->slots[at] - 1);
        if (other.len == key.len && memcmp(other.data, key.data, key.len) == 0)
            break;
        at = (at + 1) & (l->slot_count - 1);
    }
    return at;
}

static void grow_slots(struct st_arena *arena, struct st_lookup *l)
{
    if (l->slot_count > 2 * l->rows)
        return;
    l->slot_count = l->slot_count ? l->slot_count * 4 : 1024;
    l->slots = st_arena_array(arena, uint32_t, l->slot_count);
    for (size_t row = 0; row < l->rows; row++)
        l->slots[slot_of(l, key_of(l, row))] = (uint32_t)row + 1;
}

int st_lookup_column(const struct st_lookup *lookup, const char *name)
{
    for (size_t i = 0; i < lookup->column_count; i++)
        if (strcmp(lookup->columns[i], name) == 0)
            return (int)i;
    return -1;
}

bool st_lookup_find(
    const struct st_lookup *lookup, struct st_slice key, int column, struct st_slice *value)
{
    uint32_t slot = lookup->slot_count ? lookup->slots[slot_of(lookup, key)] : 0;
    if (slot == 0)
        return false;
    *value = lookup->cells[(slot - 1) * lookup->column_count + (size_t)column];
    return true;
}

static int column_index(void *context, const char *name)
{
    return st_lookup_column(context, name);
}

static st_code add_row(struct st_arena *arena, struct st_lookup *l, const struct st_slice *values,
    int64_t line, struct st_error *err)
{
    struct st_slice key = values[l->key];
    if (!key.data)
        return ST_OK;
    grow_slots(arena, l);
    size_t slot = slot_of(l, key);
    if (l->slots[slot]) {
        st_fail(err, ST_E_DATA, "a lookup has two rows with key '%.*s'",
            "查找文件中键“%.*s”出现两次", (int)key.len, key.data);
        st_error_at(err, l->path, (int)line, 0);
        st_error_hint(err, "leave all but one out with where:", "用 where: 只保留其中一行");
        return ST_E_DATA;
    }
    l->cells = st_vec_grow(l->cells, &l->rows_cap, l->rows, l->column_count * sizeof *l->cells);
    for (size_t i = 0; i < l->column_count; i++) {
        struct st_slice cell = values[i];
        if (cell.data)
            cell.data = st_arena_strndup(arena, cell.data, cell.len);
        l->cells[l->rows * l->column_count + i] = cell;
    }
    l->slots[slot] = (uint32_t)++l->rows;
    return ST_OK;
}

static st_code read_rows(struct st_arena *arena, const struct st_mapping_lookup *spec,
    struct st_reader *reader, struct st_lookup *l, const struct st_eval *where,
    struct st_error *err)
{
    struct st_slice *values = st_arena_array(arena, struct st_slice, l->column_count);
    for (;;) {
        const struct st_csv_record *r;
        struct st_value kept = {.type = ST_VALUE_BOOL, .integer = 1};
        TRY(st_reader_next(reader, &r, err));
        if (!r)
            return ST_OK;
        st_code rc = ST_OK;
        if (r->flaw != ST_CSV_SOUND)
            rc = st_fail(err, ST_E_DATA, "a record of a lookup cannot be read",
                "查找文件中有无法读取的记录");
        for (size_t i = 0; rc == ST_OK && i < l->column_count; i++)
            values[i] = st_csv_value(&spec->format, r->fields[i]);
        if (rc == ST_OK && where)
            rc = st_eval_row(where, values, arena, &kept, err);
        if (rc == ST_OK && kept.type == ST_VALUE_BOOL && kept.integer)
            rc = add_row(arena, l, values, r->line, err);
        if (rc != ST_OK) {
            st_error_at(err, l->path, (int)r->line, 0);
            return rc;
        }
    }
}

st_code st_lookup_load(struct st_arena *arena, const struct st_mapping_lookup *spec,
    const char *path, struct st_lookup **out, struct st_error *err)
{
    struct st_reader *reader;
    struct st_lookup *l = st_arena_new(arena, struct st_lookup);
    struct st_eval *where = NULL;
    TRY(st_reader_open(arena, path, &spec->format, &reader, err));
    l->path = st_arena_strdup(arena, path);
    l->columns = reader->columns;
    l->column_count = reader->column_count;
    l->key = st_lookup_column(l, spec->key);
    struct st_eval_env env = {.context = l,
        .column = column_index,
        .column_names = l->columns,
        .column_count = l->column_count};
    st_code rc = ST_OK;
    for (size_t i = 0; rc == ST_OK && i < l->column_count; i++)
        rc = st_reader_require(reader, i, err);
    if (rc == ST_OK && l->key < 0)
        rc = st_fail_at(err, st_node_get(spec->node, "key"), ST_E_POLICY, "%s has no column '%s'",
            "%s 没有“%s”列", path, spec->key);
    if (rc == ST_OK && spec->where)
        rc = st_eval_compile(arena, &env, spec->where, &where, err);
    if (rc == ST_OK)
        rc = read_rows(arena, spec, reader, l, where, err);
    st_reader_close(reader);
    if (rc == ST_OK) {
        struct st_slice *cells =
            st_arena_array(arena, struct st_slice, l->rows * l->column_count + 1);
        if (l->rows > 0)
            memcpy(cells, l->cells, l->rows * l->column_count * sizeof *cells);
        free(l->cells);
        l->cells = cells;
        *out = l;
    } else {
        free(l->cells);
    }
    return rc;
}
