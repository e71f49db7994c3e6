/* Every value is tried as every type that has not failed too often; the type that fits nearly all
 * wins, the narrowest first. Quantiles come from every n-th number, n doubling as the file goes on:
 * no random choice, the same file gives the same draft. */
#include "ingest/profile.h"

#include "base/decimal.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"
#include "ingest/internal.h"

#include <ctype.h>
#include <strings.h>

enum {
    SNIFF_RECORDS = 200,
    PREAMBLE_MAX = 10,
    ODD_PERMILLE = 50, /* values of another type that a column may have */
    COUNTS_MAX = 256,
};

/* --- delimiters --- */

struct shape {
    char separator;
    size_t fields;      /* most frequent number of fields */
    int64_t first_line; /* of the first record with so many */
    int records, common;
    size_t least, most;
};

static st_code measure(struct st_arena *arena, const char *path, char separator, struct shape *out,
    struct st_error *err)
{
    static const char *const no_nulls[] = {""};
    struct st_csv_format format = {
        .separator = separator, .quote = '"', .null_texts = no_nulls, .null_count = 1};
    struct st_reader *csv;
    const struct st_csv_record *r = NULL;
    size_t fields[SNIFF_RECORDS];
    int64_t lines[SNIFF_RECORDS];
    int counts[COUNTS_MAX] = {0};
    *out = (struct shape){.separator = separator, .least = SIZE_MAX};
    TRY(st_reader_open(arena, path, &format, &csv, err));
    st_code code = st_reader_next(csv, &r, err);
    while (code == ST_OK && r && out->records < SNIFF_RECORDS) {
        fields[out->records] = r->flaw == ST_CSV_SOUND ? r->count : 0;
        lines[out->records++] = r->line;
        out->least = r->count < out->least ? r->count : out->least;
        out->most = r->count > out->most ? r->count : out->most;
        code = st_reader_next(csv, &r, err);
    }
    for (int i = 0; i < out->records; i++) {
        int *count = &counts[fields[i] % COUNTS_MAX];
        if (++*count > out->common && fields[i] > 0) {
            out->common = *count;
            out->fields = fields[i];
        }
    }
    for (int i = out->records - 1; i >= 0; i--)
        if (fields[i] == out->fields)
            out->first_line = lines[i];
    st_reader_close(csv);
    return code;
}

static bool is_better(const struct shape *a, const struct shape *b)
{
    bool a_table = a->fields > 1, b_table = b->fields > 1;
    if (a_table != b_table)
        return a_table;
    int64_t a_share = (int64_t)a->common * b->records, b_share = (int64_t)b->common * a->records;
    /* Text with commas in it: a separator that fits every line beats one that splits finer. */
    return a_share != b_share ? a_share > b_share : a->fields > b->fields;
}

static st_code fail_blanks(const char *path, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_DATA, "the columns of %s are set apart by runs of blanks",
        "%s 的列以多个空格分隔", path);
    st_error_hint(err, "make commas of them: sed 's/^ *//; s/  */,/g' OLD > NEW.csv",
        "请先改为逗号：sed 's/^ *//; s/  */,/g' 原文件 > 新文件.csv");
    return code;
}

static st_code sniff(
    struct st_arena *arena, const char *path, struct shape *best, struct st_error *err)
{
    static const char candidates[] = {',', ';', '\t', '|', ' '};
    for (size_t i = 0; i < ST_COUNT(candidates); i++) {
        struct shape shape;
        bool blank = candidates[i] == ' ';
        if (blank && best->fields > 1 && best->common * 2 > best->records)
            break;
        TRY(measure(arena, path, candidates[i], &shape, err));
        if (i == 0 || is_better(&shape, best))
            *best = shape;
    }
    st_code code = ST_OK;
    if (best->records == 0) {
        code = st_fail(err, ST_E_DATA, "%s is empty", "%s 是空文件", path);
        st_error_hint(err, "a file with a header and at least one row is needed",
            "需要含表头和至少一行数据的文件");
    } else if (best->common * 2 <= best->records && best->records > 1) {
        code = st_fail(err, ST_E_DATA,
            "%s is no table: its lines have from %zu to %zu fields, mostly not the same",
            "%s 不是表格：各行字段数从 %zu 到 %zu 不等，多数不一致", path, best->least, best->most);
        st_error_hint(err, "a table has the same columns in every line, set apart by , ; | or tabs",
            "表格的每一行应有相同的列，以逗号、分号、竖线或制表符分隔");
    }
    st_error_at(code == ST_OK ? NULL : err, path, 0, 0);
    return code;
}

/* --- different values --- */

struct seen {
    uint64_t *slots; /* open addressing; 0 is free */
    size_t mask, count;
};

/* False when it was there. */
static bool see(struct seen *set, uint64_t hash)
{
    if (set->count * 2 >= set->mask) {
        size_t old_size = set->slots ? set->mask + 1 : 0;
        uint64_t *old = set->slots;
        set->mask = old_size ? old_size * 2 - 1 : 255;
        set->slots = st_calloc(set->mask + 1, sizeof *set->slots);
        set->count = 0;
        for (size_t i = 0; i < old_size; i++)
            if (old[i])
                (void)see(set, old[i]);
        free(old);
    }
    hash += hash == 0;
    size_t at = hash & set->mask;
    while (set->slots[at] && set->slots[at] != hash)
        at = (at + 1) & set->mask;
    if (set->slots[at])
        return false;
    set->slots[at] = hash;
    set->count++;
    return true;
}

/* FNV-1a, then the finaliser of SplitMix64: the low bits choose the slot. */
static uint64_t hash_of(struct st_slice text)
{
    uint64_t h = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
    return h ^ (h >> 31);
}

/* --- one value --- */

enum form { FORM_BOOLEAN, FORM_NUMBER, FORM_COMMA, FORM_DATE, FORM_DMY, FORM_MDY, FORM_SIX, FORMS };

struct state {
    struct seen seen;
    int64_t forms[FORMS];
    int64_t null_words;
    unsigned null_mask;    /* which of them */
    int64_t written_comma; /* numbers that only make sense with a decimal comma */
    int scale, comma_scale;
    int64_t negative, zero, least, most;
    int64_t least_length, most_length;
    int64_t *sample;
    size_t sample_count, stride, skip;
    st_date first[FORMS], last[FORMS];
    int64_t integers;
    bool zeros, given_up; /* too many different values to count on */
};

struct profiler {
    struct st_arena *arena;
    struct st_profile *profile;
    struct state *states;
    const char *const *given; /* names of columns that the file itself holds; NULL: look for them */
    size_t remembered;
};

static const char *const null_words[] = {
    "NA", "N/A", "n/a", "NULL", "null", "nan", "NaN", "None", "\\N", "-", "--", "?", "#N/A"};

/* Its index in null_words, or −1. */
static int find_null_word(struct st_slice v)
{
    for (size_t i = 0; i < ST_COUNT(null_words); i++)
        if (strlen(null_words[i]) == v.len && memcmp(null_words[i], v.data, v.len) == 0)
            return (int)i;
    return -1;
}

static bool is_boolean(struct st_slice v)
{
    static const char *const words[] = {
        "1", "0", "true", "false", "yes", "no", "y", "n", "t", "f", "是", "否"};
    for (size_t i = 0; v.len <= 5 && i < ST_COUNT(words); i++)
        if (strlen(words[i]) == v.len && strncasecmp(words[i], v.data, v.len) == 0)
            return true;
    return false;
}

/* A number as the import reads it; *scale gets the decimals written. */
static bool read_number(struct st_slice v, int *scale, int64_t *value)
{
    const char *point = memchr(v.data, '.', v.len);
    int64_t exact;
    *scale = 0;
    for (const char *p = point ? point + 1 : v.data + v.len;
         p < v.data + v.len && isdigit((unsigned char)*p); p++)
        (*scale)++;
    if (*scale > ST_SCALE_MAX || st_decimal_parse(v.data, v.len, *scale, &exact) != ST_OK)
        return false;
    return st_wide_to_int64(st_rescale(exact, *scale, ST_PROFILE_SCALE), value);
}

/* 1.234,50 and 12,5: the comma before one or two digits, or after a point. */
static bool read_comma(struct st_slice v, int *scale, int64_t *value, bool *certain)
{
    char text[64];
    size_t n = 0;
    const char *comma = memchr(v.data, ',', v.len);
    if (v.len >= sizeof text)
        return false;
    size_t decimals = comma ? (size_t)(v.data + v.len - comma - 1) : 0;
    *certain = comma && (decimals != 3 || memchr(v.data, '.', v.len));
    for (size_t i = 0; i < v.len; i++) {
        bool grouping = v.data[i] == '.';
        size_t left = comma ? (size_t)(comma - v.data) - i : v.len - i;
        if (grouping && (left < 4 || (comma && v.data + i > comma) || (left - 4) % 4 != 0))
            return false;
        if (!grouping)
            text[n++] = v.data[i] == ',' ? '.' : v.data[i];
    }
    return read_number((struct st_slice){text, n}, scale, value);
}

static void keep_number(struct state *s, int64_t value)
{
    s->negative += value < 0;
    s->zero += value == 0;
    if (s->sample_count == 0 || value < s->least)
        s->least = value;
    if (s->sample_count == 0 || value > s->most)
        s->most = value;
    if (!s->sample) {
        s->sample = st_malloc(ST_PROFILE_SAMPLE_MAX * sizeof *s->sample);
        s->stride = 1;
    }
    if (s->skip++ % s->stride != 0)
        return;
    if (s->sample_count == ST_PROFILE_SAMPLE_MAX) {
        for (size_t i = 0; i < ST_PROFILE_SAMPLE_MAX / 2; i++)
            s->sample[i] = s->sample[i * 2];
        s->sample_count = ST_PROFILE_SAMPLE_MAX / 2;
        s->stride *= 2;
        if ((s->skip - 1) % s->stride != 0)
            return;
    }
    s->sample[s->sample_count++] = value;
}

static void try_numbers(struct state *s, struct st_slice v)
{
    int scale;
    int64_t value;
    bool certain = false;
    bool plain = read_number(v, &scale, &value);
    if (memchr(v.data, ',', v.len)) {
        int comma_scale;
        int64_t comma_value;
        if (read_comma(v, &comma_scale, &comma_value, &certain)) {
            s->forms[FORM_COMMA]++;
            s->written_comma += certain;
            s->comma_scale = comma_scale > s->comma_scale ? comma_scale : s->comma_scale;
            if (certain || s->written_comma > 0) {
                value = comma_value;
                scale = 0;
                plain = true;
            }
        }
    } else if (plain) {
        s->forms[FORM_COMMA]++;
    }
    if (!plain)
        return;
    s->forms[FORM_NUMBER]++;
    s->integers += scale == 0;
    s->scale = scale > s->scale ? scale : s->scale;
    s->zeros = s->zeros || (v.len > 1 && v.data[0] == '0' && isdigit((unsigned char)v.data[1]));
    keep_number(s, value);
}

static void keep_date(struct state *s, enum form form, st_date date)
{
    if (s->forms[form] == 0 || date < s->first[form])
        s->first[form] = date;
    if (s->forms[form] == 0 || date > s->last[form])
        s->last[form] = date;
    s->forms[form]++;
}

static void try_dates(struct state *s, struct st_slice v)
{
    st_date date = 0;
    bool digits = v.len > 0;
    for (size_t i = 0; i < v.len && digits; i++)
        digits = isdigit((unsigned char)v.data[i]) != 0;
    if (v.len < 6 || v.len > 40)
        return;
    if (st_date_parse(v.data, v.len, &date))
        keep_date(s, FORM_DATE, date);
    if (digits && v.len == 6 && st_date_parse_form(v.data, v.len, "ymd", &date))
        keep_date(s, FORM_SIX, date);
    if (!digits && st_date_parse_form(v.data, v.len, "dmy", &date))
        keep_date(s, FORM_DMY, date);
    if (!digits && st_date_parse_form(v.data, v.len, "mdy", &date))
        keep_date(s, FORM_MDY, date);
}

/* Personal data has forms of its own: 张三@…, a mobile number, an identity number. */
static void try_personal(struct st_profile_column *c, struct st_slice v)
{
    size_t digits = 0;
    for (size_t i = 0; i < v.len; i++)
        digits += isdigit((unsigned char)v.data[i]) != 0;
    const char *at = memchr(v.data, '@', v.len);
    c->emails += at && memchr(at, '.', (size_t)(v.data + v.len - at));
    c->mobiles += v.len == 11 && digits == 11 && v.data[0] == '1' && v.data[1] >= '3';
    c->id_numbers += v.len == 18 && digits >= 17 && (v.data[6] == '1' || v.data[6] == '2');
}

static void keep_text(
    struct profiler *p, struct st_profile_column *c, struct st_slice v, uint64_t hash)
{
    for (size_t i = 0; i < c->value_count; i++)
        if (c->values[i].hash == hash) {
            c->values[i].rows++;
            return;
        }
    if (c->value_count < ST_PROFILE_VALUES_MAX && v.len <= 64)
        c->values[c->value_count++] =
            (struct st_profile_value){st_arena_strndup(p->arena, v.data, v.len), hash, 1};
}

static void keep_distinct(
    struct profiler *p, struct st_profile_column *c, struct state *s, struct st_slice v)
{
    uint64_t hash = hash_of(v);
    if (s->given_up)
        return;
    if (see(&s->seen, hash)) {
        c->distinct++;
        p->remembered++;
    } else {
        c->unique = false;
    }
    if (c->distinct <= ST_PROFILE_VALUES_MAX)
        keep_text(p, c, v, hash);
    if (p->remembered >= ST_PROFILE_DISTINCT_MAX && c->distinct > ST_PROFILE_VALUES_MAX) {
        s->given_up = true;
        p->remembered -= s->seen.count;
        free(s->seen.slots);
        s->seen = (struct seen){0};
    }
}

static void take_value(struct profiler *p, size_t column, struct st_slice v)
{
    struct st_profile_column *c = &p->profile->columns[column];
    struct state *s = &p->states[column];
    if (!v.data || v.len == 0) {
        c->missing++;
        return;
    }
    int word = find_null_word(v);
    if (word >= 0) {
        s->null_words++;
        s->null_mask |= 1u << word;
        return;
    }
    c->present++;
    for (size_t i = 0; i < v.len; i++)
        c->length_total += ((unsigned char)v.data[i] & 0xC0) != 0x80;
    s->forms[FORM_BOOLEAN] += is_boolean(v);
    try_numbers(s, v);
    try_dates(s, v);
    try_personal(c, v);
    keep_distinct(p, c, s, v);
}

static void take_row(struct profiler *p, const struct st_csv_record *r)
{
    p->profile->rows++;
    for (size_t i = 0; i < p->profile->column_count; i++)
        take_value(p, i, st_csv_value(&p->profile->format, r->fields[i]));
}

/* --- what a column is --- */

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool fits(const struct st_profile_column *c, int64_t good)
{
    return c->present > 0 && (c->present - good) * 1000 <= c->present * ODD_PERMILLE;
}

static void set_type(struct st_profile_column *c, enum st_column_type type, int64_t good)
{
    c->type = type;
    c->odd = c->present - good;
}

static bool set_date(struct st_profile_column *c, const struct state *s)
{
    static const struct {
        enum form form;
        const char *order;
    } forms[] = {{FORM_DATE, NULL}, {FORM_DMY, "dmy"}, {FORM_MDY, "mdy"}};
    size_t best = 0;
    for (size_t i = 1; i < ST_COUNT(forms); i++)
        if (s->forms[forms[i].form] > s->forms[forms[best].form])
            best = i;
    enum form form = forms[best].form;
    if (!fits(c, s->forms[form]))
        return false;
    set_type(c, ST_COLUMN_DATE, s->forms[form]);
    c->order = forms[best].order;
    c->order_open = best > 0 && s->forms[FORM_DMY] == s->forms[FORM_MDY];
    c->first = s->first[form];
    c->last = s->last[form];
    return true;
}

static void set_number(struct profiler *p, struct st_profile_column *c, const struct state *s)
{
    bool comma = s->written_comma > 0 && s->forms[FORM_COMMA] >= s->forms[FORM_NUMBER];
    int64_t good = s->forms[FORM_NUMBER];
    c->decimal_comma = comma;
    c->scale = comma ? s->comma_scale : s->scale;
    c->negative = s->negative;
    c->zero = s->zero;
    c->least = s->least;
    c->most = s->most;
    c->leading_zeros = s->zeros;
    c->sample = st_arena_array(p->arena, int64_t, s->sample_count + 1);
    if (s->sample_count > 0)
        memcpy(c->sample, s->sample, s->sample_count * sizeof *s->sample);
    c->sample_count = s->sample_count;
    qsort(c->sample, c->sample_count, sizeof *c->sample, compare_numbers);
    c->six_digits = s->forms[FORM_SIX] == c->present;
    c->first = s->first[FORM_SIX];
    c->last = s->last[FORM_SIX];
    set_type(c, c->scale > 0 ? ST_COLUMN_DECIMAL : ST_COLUMN_INTEGER, good);
}

static void settle_column(struct profiler *p, size_t column)
{
    struct st_profile_column *c = &p->profile->columns[column];
    struct state *s = &p->states[column];
    c->counted = !s->given_up;
    c->unique = c->unique && c->counted && c->present > 0;
    c->type = c->present > 0 ? ST_COLUMN_TEXT : ST_COLUMN_EMPTY;
    if (c->present > 0 && s->forms[FORM_BOOLEAN] == c->present)
        set_type(c, ST_COLUMN_BOOLEAN, c->present);
    else if (!set_date(c, s) && fits(c, s->forms[FORM_NUMBER]))
        set_number(p, c, s);
    if (c->type == ST_COLUMN_TEXT)
        c->present += s->null_words; /* words like any other */
    else
        c->missing += s->null_words;
}

void st_profile_as_date(struct st_profile_column *c)
{
    c->type = ST_COLUMN_DATE;
    c->order = "ymd";
}

int64_t st_profile_quantile(const struct st_profile_column *c, int permille)
{
    if (c->sample_count == 0)
        return 0;
    return c->sample[(c->sample_count - 1) * (size_t)permille / 1000];
}

/* --- header --- */

/* The first record is a header when some column's values are of a type that its own is not, or when
 * it is all words and no word of it comes again in its column. */
static bool is_header(const struct profiler *p, const struct st_slice *first)
{
    const struct st_profile *f = p->profile;
    bool all_words = true, again = false;
    for (size_t i = 0; i < f->column_count; i++) {
        const struct st_profile_column *c = &f->columns[i];
        struct st_slice v = st_csv_value(&f->format, first[i]);
        struct state one = {0};
        if (v.data && v.len > 0) {
            try_numbers(&one, v);
            try_dates(&one, v);
        }
        bool typed = one.forms[FORM_NUMBER] + one.forms[FORM_DATE] + one.forms[FORM_DMY] > 0;
        free(one.sample);
        all_words = all_words && !typed;
        if (!typed && v.data && v.len > 0 && find_null_word(v) < 0 && c->type != ST_COLUMN_TEXT &&
            c->type != ST_COLUMN_EMPTY && !(c->type == ST_COLUMN_BOOLEAN && is_boolean(v)))
            return true;
        for (size_t k = 0; v.data && k < c->value_count; k++)
            again = again || (strlen(c->values[k].text) == v.len &&
                                 memcmp(c->values[k].text, v.data, v.len) == 0);
    }
    return all_words && !again;
}

static bool is_usable(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == '`')
            return false;
    return true;
}

/* A unit in brackets at the end of the header: its numbers count so many. */
static void apply_unit(struct st_profile_column *c)
{
    const char *open = strrchr(c->header, '(');
    const char *wide = strstr(c->header, "（");
    const char *word = open ? open + 1 : wide ? wide + strlen("（") : "";
    size_t len = strcspn(word, ")");
    const char *wide_end = strstr(word, "）");
    if (wide_end && (size_t)(wide_end - word) < len)
        len = (size_t)(wide_end - word);
    int power = len > 0 ? st_decimal_unit(word, len) : -1;
    if (power <= 0 || (c->type != ST_COLUMN_INTEGER && c->type != ST_COLUMN_DECIMAL))
        return;
    for (const char *const *unit = st_decimal_units; *unit; unit++)
        if (strlen(*unit) == len && memcmp(*unit, word, len) == 0)
            c->unit = *unit;
    int64_t factor = st_pow10(power), most = INT64_MAX / factor;
    if (!c->unit || c->most > most || c->least < -most)
        return;
    c->least *= factor;
    c->most *= factor;
    for (size_t i = 0; i < c->sample_count; i++)
        c->sample[i] *= factor;
    c->scale = c->scale > power ? c->scale - power : 0;
}

static bool is_taken(const struct st_profile *f, size_t column, const char *name)
{
    for (size_t i = 0; i < column; i++)
        if (strcmp(f->columns[i].name, name) == 0)
            return true;
    return false;
}

static void name_columns(struct profiler *p, const struct st_slice *first, bool header)
{
    struct st_profile *f = p->profile;
    f->tells_columns = !header;
    for (size_t i = 0; i < f->column_count; i++) {
        struct st_profile_column *c = &f->columns[i];
        struct st_slice v = {NULL, 0};
        if (p->given)
            v = (struct st_slice){p->given[i], strlen(p->given[i])};
        else if (header)
            v = st_csv_value(&f->format, first[i]);
        c->header = v.data ? st_arena_strndup(p->arena, v.data, v.len) : "";
        c->name = c->header;
        if (!*c->name || !is_usable(c->name))
            c->name = st_arena_printf(p->arena, "column_%zu", i + 1);
        apply_unit(c);
        for (int n = 2; is_taken(f, i, c->name); n++)
            c->name = st_arena_printf(p->arena, "%s_%d", c->header, n);
        if (strcmp(c->name, c->header) != 0 && *c->header)
            f->tells_columns = true;
    }
    const char **names = st_arena_array(p->arena, const char *, f->column_count);
    for (size_t i = 0; i < f->column_count; i++)
        names[i] = f->columns[i].name;
    f->format.header = !f->tells_columns;
    f->format.skip_lines += header && f->tells_columns;
    f->format.columns = f->tells_columns ? names : NULL;
}

/* --- the whole --- */

/* The null words of columns that are otherwise typed; in a text they are words like any other. */
static void find_null_words(struct profiler *p)
{
    struct st_profile *f = p->profile;
    const char **texts = st_arena_array(p->arena, const char *, ST_COUNT(null_words) + 1);
    unsigned found = 0;
    for (size_t i = 0; i < f->column_count; i++)
        if (f->columns[i].type != ST_COLUMN_TEXT && f->columns[i].type != ST_COLUMN_EMPTY)
            found |= p->states[i].null_mask;
    f->format.null_count = 0;
    texts[f->format.null_count++] = "";
    for (size_t i = 0; i < ST_COUNT(null_words); i++)
        if (found & 1u << i)
            texts[f->format.null_count++] = null_words[i];
    f->format.null_texts = texts;
}

static st_code scan(
    struct profiler *p, struct st_reader *csv, struct st_slice **first, struct st_error *err)
{
    struct st_profile *f = p->profile;
    const struct st_csv_record *r;
    f->whole = true;
    for (;;) {
        TRY(st_reader_next(csv, &r, err));
        if (!r)
            return ST_OK;
        if (f->rows >= ST_PROFILE_ROWS_MAX) {
            f->whole = false;
            return ST_OK;
        }
        if (r->flaw != ST_CSV_SOUND || r->count != f->column_count) {
            f->flawed++;
        } else if (!*first && !p->given) {
            *first = st_arena_array(p->arena, struct st_slice, r->count);
            for (size_t i = 0; i < r->count; i++)
                (*first)[i] = (struct st_slice){
                    st_arena_strndup(p->arena, r->fields[i].data, r->fields[i].len),
                    r->fields[i].len};
        } else {
            take_row(p, r);
        }
    }
}

static st_code settle(struct profiler *p, struct st_slice *first, struct st_error *err)
{
    struct st_profile *f = p->profile;
    for (size_t i = 0; i < f->column_count; i++)
        settle_column(p, i);
    bool header = p->given || (first && is_header(p, first));
    if (first && !header) { /* it is a row: its values may change what the others said */
        struct st_csv_record r = {.fields = first, .count = f->column_count};
        for (size_t i = 0; i < f->column_count; i++) {
            struct st_profile_column *c = &f->columns[i];
            bool text = c->type == ST_COLUMN_TEXT;
            c->present -= text ? p->states[i].null_words : 0;
            c->missing -= text || c->type == ST_COLUMN_EMPTY ? 0 : p->states[i].null_words;
            c->odd = 0;
        }
        take_row(p, &r);
        for (size_t i = 0; i < f->column_count; i++)
            settle_column(p, i);
    }
    if (f->rows == 0) {
        st_code code = st_fail(
            err, ST_E_DATA, "%s has a header but no rows", "%s 只有表头，没有数据行", f->path);
        st_error_hint(err, "send a file with at least one row", "请提供至少含一行数据的文件");
        return code;
    }
    for (size_t i = 0; f->format.separator == ' ' && i < f->column_count; i++)
        if (f->columns[i].type == ST_COLUMN_EMPTY)
            return fail_blanks(f->path, err);
    name_columns(p, first, header);
    find_null_words(p);
    return ST_OK;
}

st_code st_profile_file(
    struct st_arena *arena, const char *path, struct st_profile *out, struct st_error *err)
{
    static const char *const empty[] = {""};
    struct shape shape = {0};
    struct st_reader *csv = NULL;
    struct st_slice *first = NULL;
    struct profiler p = {.arena = arena, .profile = out};
    const char *slash = strrchr(path, '/');
    TRY(sniff(arena, path, &shape, err));
    *out = (struct st_profile){.path = st_arena_strdup(arena, path),
        .file = st_arena_strdup(arena, slash ? slash + 1 : path),
        .column_count = shape.fields};
    out->format = (struct st_csv_format){.separator = shape.separator,
        .quote = '"',
        .trim = true,
        .column_count = shape.fields,
        .null_texts = empty,
        .null_count = 1};
    if (shape.first_line > 1 && shape.first_line <= PREAMBLE_MAX)
        out->format.skip_lines = shape.first_line - 1;
    out->columns = st_arena_array(arena, struct st_profile_column, shape.fields);
    p.states = st_calloc(shape.fields + 1, sizeof *p.states);
    for (size_t i = 0; i < shape.fields; i++)
        out->columns[i].unique = true;
    st_code code = st_reader_open(arena, path, &out->format, &csv, err);
    if (code == ST_OK && csv->ops == &st_parquet_reader)
        p.given = csv->columns;
    if (code == ST_OK)
        code = scan(&p, csv, &first, err);
    if (code == ST_OK)
        code = settle(&p, first, err);
    st_reader_close(csv);
    for (size_t i = 0; i < shape.fields; i++) {
        free(p.states[i].seen.slots);
        free(p.states[i].sample);
    }
    free(p.states);
    if (code != ST_OK)
        st_error_at(err, path, 0, 0);
    return code;
}
