/* The reader's thread fills one buffer while the writer's sorts and appends the other. Only the
 * writer's thread touches table txn; the store lets two threads append to two tables at once. */
#include "ingest/txn_load.h"

#include "base/vec.h"
#include "ingest/internal.h"
#include "ingest/keys.h"
#include "ingest/seen.h"

#include <pthread.h>

/* Columns as stage_txn names them; what is not staged is NULL in every row. */
enum column {
    COLUMN_LINE,
    COLUMN_ACCOUNT,
    COLUMN_CUSTOMER,
    COLUMN_ON_DATE,
    COLUMN_AMOUNT,
    COLUMN_FIRST_TEXT, /* from here on kept as they are */
    COLUMN_CURRENCY = COLUMN_FIRST_TEXT,
    COLUMN_KIND,
    COLUMN_CHANNEL,
    COLUMN_PRODUCT,
    COLUMN_REFERENCE,
    COLUMN_ID,
    COLUMN_COUNT,
    TEXT_COUNT = COLUMN_COUNT - COLUMN_FIRST_TEXT,
};

static const struct {
    const char *staged, *stored;
    bool few; /* of few different values, which are kept once */
} columns[COLUMN_COUNT] = {
    [COLUMN_LINE] = {"line", NULL, false},
    [COLUMN_ACCOUNT] = {"account", "account_id", false},
    [COLUMN_CUSTOMER] = {"customer", "customer_id", false},
    [COLUMN_ON_DATE] = {"on_date", "on_date", false},
    [COLUMN_AMOUNT] = {"amount", "amount", false},
    [COLUMN_CURRENCY] = {"currency", "currency", true},
    [COLUMN_KIND] = {"kind", "kind", true},
    [COLUMN_CHANNEL] = {"channel", "channel", true},
    [COLUMN_PRODUCT] = {"product", "product", true},
    [COLUMN_REFERENCE] = {"reference", "reference", false},
    [COLUMN_ID] = {"id", "source_id", false},
};

enum {
    CHUNK = ST_STAGE_ROWS, /* rows handed to the appender at once */
    NOBODY = -1,
    OUT_COLUMNS_MAX = COLUMN_COUNT + 2,
    WORDS_MAX = 65536, /* different values of a column; the rest are copied each time */
    RECENT = 256,      /* values whose word is found without hashing, by column */
    MONTH_BITS = 12,
    CUSTOMER_BITS = 31,
    ROW_BITS = 21,
    DIGIT_BITS = 11, /* of the radix sort */
};
_Static_assert(ST_TXN_LOAD_ROWS == 1 << ROW_BITS, "a row's number fits its bits");
_Static_assert(MONTH_BITS + CUSTOMER_BITS + ROW_BITS == 64, "month, customer and row fill a key");

struct buffer {
    size_t rows;
    int64_t *customer, *account; /* account 0: none */
    st_date *on_date;
    int64_t *amount;
    struct st_text_cell *texts[TEXT_COUNT]; /* data NULL: no value */
    struct st_arena pool;                   /* texts that are no words */
};

struct account {
    int64_t account_id, customer_id, factor;
    struct st_text_cell currency; /* a word */
    bool held;
};

struct words {
    struct st_keys *keys;
    struct st_text_cell recent[RECENT];
};

struct st_txn_load {
    struct st_txn_load_options o;
    struct st_keys *customer_keys, *account_keys;
    struct ids ST_VEC(int64_t) customers; /* by position */
    struct accounts ST_VEC(struct account) accounts;
    struct words words[TEXT_COUNT];
    struct st_seen *seen;      /* numbers; NULL: rows have none */
    struct st_stage *doubtful; /* stage_txn */

    struct buffer buffers[2];
    struct buffer *filling;
    struct st_appender *appender;
    bool present[COLUMN_COUNT]; /* columns the appender was opened with */
    uint64_t *order, *other;    /* run_rows each */

    pthread_t writer;
    bool has_writer;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    struct buffer *full; /* for the writer; NULL when it waits */
    bool done;
    st_code code; /* of the writer */
    struct st_error error;
};

/* --- keys --- */

static struct st_text_cell word_of(
    struct st_txn_load *load, size_t text, struct st_text_cell value);

static st_code read_customers(struct st_txn_load *load, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *b;
    TRY(st_cursor_open(load->o.store, "SELECT source_id, customer_id FROM customer_number", NULL, 0,
        &cursor, err));
    st_code rc;
    while ((rc = st_cursor_next(cursor, &b, err)) == ST_OK && b->rows > 0)
        for (size_t i = 0; i < b->rows; i++) {
            struct st_text_cell id = st_batch_text(b, 0, i);
            st_keys_add(load->customer_keys, id.data, id.len);
            *st_vec_push(&load->customers) = st_batch_int(b, 1, i);
        }
    st_cursor_close(cursor);
    return rc;
}

static st_code read_accounts(struct st_txn_load *load, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *b;
    TRY(st_cursor_open(load->o.store,
        "SELECT account, account_id, coalesce(customer_id, 0), factor, held, currency "
        "FROM stage_owner",
        NULL, 0, &cursor, err));
    st_code rc;
    while ((rc = st_cursor_next(cursor, &b, err)) == ST_OK && b->rows > 0)
        for (size_t i = 0; i < b->rows; i++) {
            struct st_text_cell id = st_batch_text(b, 0, i);
            st_keys_add(load->account_keys, id.data, id.len);
            *st_vec_push(&load->accounts) = (struct account){.account_id = st_batch_int(b, 1, i),
                .customer_id = st_batch_int(b, 2, i),
                .factor = st_batch_int(b, 3, i),
                .held = st_batch_bool(b, 4, i),
                .currency =
                    word_of(load, COLUMN_CURRENCY - COLUMN_FIRST_TEXT, st_batch_text(b, 5, i))};
        }
    st_cursor_close(cursor);
    return rc;
}

/* --- texts --- */

static bool same(struct st_text_cell a, struct st_text_cell b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static struct st_text_cell copy_text(struct st_arena *pool, struct st_text_cell value)
{
    char *copy = st_arena_alloc(pool, value.len);
    if (value.len > 0)
        memcpy(copy, value.data, value.len);
    return (struct st_text_cell){copy, value.len};
}

/* The one copy of a value that recurs. */
static struct st_text_cell word_of(struct st_txn_load *load, size_t text, struct st_text_cell value)
{
    struct words *words = &load->words[text];
    size_t last = value.len ? (unsigned char)value.data[value.len - 1] : 0;
    struct st_text_cell *recent =
        &words->recent[(last * 7 + value.len * 31 + (value.len ? (size_t)value.data[0] : 0)) %
                       RECENT];
    if (recent->data && same(*recent, value))
        return *recent;
    if (st_keys_count(words->keys) >= WORDS_MAX)
        return copy_text(&load->filling->pool, value);
    *recent = st_keys_text(words->keys, st_keys_add(words->keys, value.data, value.len));
    return *recent;
}

/* --- rows --- */

struct staged {
    const struct st_batch *batch;
    int at[COLUMN_COUNT]; /* column of the batch, or −1 */
};

static void find_columns(
    struct staged *s, const struct st_stage_column *staged, const struct st_batch *batch)
{
    s->batch = batch;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        s->at[c] = -1;
        for (size_t i = 0; i < batch->columns; i++)
            if (strcmp(staged[i].name, columns[c].staged) == 0)
                s->at[c] = (int)i;
    }
}

static bool is_null(const struct staged *s, enum column column, size_t row)
{
    return s->at[column] < 0 || st_batch_is_null(s->batch, (size_t)s->at[column], row);
}

static struct st_text_cell text_at(const struct staged *s, enum column column, size_t row)
{
    return is_null(s, column, row) ? (struct st_text_cell){NULL, 0}
                                   : st_batch_text(s->batch, (size_t)s->at[column], row);
}

static void find_ids(const struct staged *s, enum column column, const struct st_keys *keys,
    uint32_t positions[CHUNK])
{
    if (s->at[column] >= 0)
        st_keys_find(keys, s->batch->vectors[s->at[column]].values, s->batch->rows, positions);
}

/* Apart from the rows' loop, so that many of these reads wait for memory at the same time. */
static void find_customers(
    const struct st_txn_load *load, const struct staged *s, int64_t customers[CHUNK])
{
    uint32_t positions[CHUNK];
    find_ids(s, COLUMN_CUSTOMER, load->customer_keys, positions);
    for (size_t i = 0; s->at[COLUMN_CUSTOMER] >= 0 && i < s->batch->rows; i++)
        customers[i] = positions[i] == ST_KEYS_NONE ? NOBODY : load->customers.items[positions[i]];
}

static st_code refuse(struct st_txn_load *load, const struct staged *s, size_t row,
    enum st_reason reason, const char *column, struct st_text_cell value, struct st_error *err)
{
    int64_t line = st_batch_int(s->batch, (size_t)s->at[COLUMN_LINE], row);
    return load->o.reject(load->o.context, line, reason, column, value, err);
}

/* What txn_check.sql and rescale.sql do for staged rows. `amount` was read with as many decimals as
 * any account has. */
static st_code apply_account(struct st_txn_load *load, const struct staged *s, size_t row,
    uint32_t position, struct st_text_cell *currency, int64_t *amount, bool *good,
    struct st_error *err)
{
    struct st_text_cell number = text_at(s, COLUMN_ACCOUNT, row);
    *good = false;
    if (position == ST_KEYS_NONE)
        return refuse(load, s, row, ST_REASON_UNKNOWN_ACCOUNT, "txn.account", number, err);
    const struct account *a = &load->accounts.items[position];
    if (!a->held && is_null(s, COLUMN_CUSTOMER, row))
        return refuse(load, s, row, ST_REASON_NO_HOLDER, "txn.account", number, err);
    if (!currency->data && a->factor > 1) {
        if (*amount % a->factor != 0)
            return refuse(load, s, row, ST_REASON_TOO_PRECISE, "txn.amount", number, err);
        *amount /= a->factor;
    }
    if (!currency->data)
        *currency = a->currency;
    *good = true;
    return ST_OK;
}

/* Puts the row aside for the checks that compare rows with one another. */
static st_code stage_row(
    struct st_txn_load *load, const struct st_batch *b, size_t row, struct st_error *err)
{
    for (size_t c = 0; c < b->columns; c++) {
        if (st_batch_is_null(b, c, row)) {
            st_stage_null(load->doubtful, c);
            continue;
        }
        struct st_text_cell text;
        switch (b->vectors[c].type) {
        case ST_IR_DATE: st_stage_date(load->doubtful, c, st_batch_date(b, c, row)); break;
        case ST_IR_TEXT:
            text = st_batch_text(b, c, row);
            st_stage_text(load->doubtful, c, text.data, text.len);
            break;
        default: st_stage_int(load->doubtful, c, st_batch_int(b, c, row)); break;
        }
    }
    return st_stage_next(load->doubtful, err);
}

/* Takes one row into the buffer, or refuses it. */
static st_code take_row(struct st_txn_load *load, const struct staged *s, size_t row,
    int64_t customer, uint32_t account, struct st_error *err)
{
    struct buffer *b = load->filling;
    size_t at = b->rows;
    int64_t amount = st_batch_int(s->batch, (size_t)s->at[COLUMN_AMOUNT], row);
    struct st_text_cell currency = text_at(s, COLUMN_CURRENCY, row);
    if (load->present[COLUMN_ACCOUNT])
        b->account[at] = 0;
    if (!is_null(s, COLUMN_ACCOUNT, row)) {
        bool good;
        TRY(apply_account(load, s, row, account, &currency, &amount, &good, err));
        if (!good)
            return ST_OK;
        b->account[at] = load->accounts.items[account].account_id;
        b->customer[at] = load->accounts.items[account].customer_id;
    }
    if (!is_null(s, COLUMN_CUSTOMER, row)) {
        if (customer == NOBODY)
            return refuse(load, s, row, ST_REASON_UNKNOWN_CUSTOMER, "txn.customer",
                text_at(s, COLUMN_CUSTOMER, row), err);
        b->customer[at] = customer;
    }
    struct st_text_cell id = text_at(s, COLUMN_ID, row);
    if (load->seen && id.data && st_seen_add(load->seen, id.data, id.len))
        return stage_row(load, s->batch, row, err);
    b->on_date[at] = st_batch_date(s->batch, (size_t)s->at[COLUMN_ON_DATE], row);
    b->amount[at] = amount;
    for (size_t t = 0; t < TEXT_COUNT; t++) {
        enum column c = (enum column)(COLUMN_FIRST_TEXT + t);
        if (!load->present[c])
            continue;
        struct st_text_cell value = c == COLUMN_CURRENCY ? currency : text_at(s, c, row);
        if (value.data)
            value = columns[c].few ? word_of(load, t, value) : copy_text(&b->pool, value);
        b->texts[t][at] = value;
    }
    b->rows++;
    return ST_OK;
}

/* --- the writer's thread --- */

static int month_of(st_date date)
{
    struct st_civil day = st_date_to_civil(date);
    return day.year * 12 + day.month;
}

/* Least significant digit first, over the digits above the row's number that differ at all. */
static void radix_sort(uint64_t **keys, uint64_t **other, size_t rows)
{
    enum { DIGITS = 1 << DIGIT_BITS };
    uint64_t all = 0, any = ~UINT64_C(0);
    for (size_t i = 0; i < rows; i++) {
        all |= (*keys)[i];
        any &= (*keys)[i];
    }
    for (int shift = ROW_BITS; shift < 64; shift += DIGIT_BITS) {
        size_t next[DIGITS] = {0}, sum = 0;
        if (((all ^ any) >> shift & (DIGITS - 1)) == 0)
            continue;
        for (size_t i = 0; i < rows; i++)
            next[(*keys)[i] >> shift & (DIGITS - 1)]++;
        for (size_t d = 0; d < DIGITS; d++) {
            size_t count = next[d];
            next[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < rows; i++)
            (*other)[next[(*keys)[i] >> shift & (DIGITS - 1)]++] = (*keys)[i];
        uint64_t *swap = *keys;
        *keys = *other;
        *other = swap;
    }
}

/* Months and customers that do not fit their bits share a place: the order is a matter of speed. */
static void sort_rows(struct st_txn_load *load, const struct buffer *b)
{
    st_date first = b->on_date[0], last = b->on_date[0];
    for (size_t i = 1; i < b->rows; i++)
        first = b->on_date[i] < first ? b->on_date[i] : first;
    int first_month = month_of(first);
    uint64_t month = (uint64_t)(month_of(last) - first_month);
    for (size_t i = 0; i < b->rows; i++) {
        if (b->on_date[i] != last) {
            last = b->on_date[i];
            month = (uint64_t)(month_of(last) - first_month);
        }
        uint64_t customer = (uint64_t)b->customer[i] & ((UINT64_C(1) << CUSTOMER_BITS) - 1);
        load->order[i] = month << (CUSTOMER_BITS + ROW_BITS) | customer << ROW_BITS | i;
    }
    radix_sort(&load->order, &load->other, b->rows);
}

/* A chunk of rows in the order of the sort, as columns. */
struct chunk {
    int64_t customer[CHUNK], account[CHUNK], amount[CHUNK], load[CHUNK], until[CHUNK];
    st_date on_date[CHUNK];
    struct st_text_cell texts[TEXT_COUNT][CHUNK];
    uint64_t account_valid[CHUNK / 64], text_valid[TEXT_COUNT][CHUNK / 64];
    struct st_batch batch;
};

static void set_bit(uint64_t *words, size_t i, bool on)
{
    uint64_t bit = UINT64_C(1) << (i % 64);
    words[i / 64] = on ? words[i / 64] | bit : words[i / 64] & ~bit;
}

/* Asks for a row's values some rows before they are wanted: sorted rows lie all over the buffer. */
static void prefetch_row(const struct st_txn_load *load, const struct buffer *b, size_t row)
{
    __builtin_prefetch(&b->customer[row]);
    __builtin_prefetch(&b->on_date[row]);
    __builtin_prefetch(&b->amount[row]);
    for (size_t t = 0; t < TEXT_COUNT; t++)
        if (load->present[COLUMN_FIRST_TEXT + t])
            __builtin_prefetch(&b->texts[t][row]);
}

static void gather_row(
    const struct st_txn_load *load, const struct buffer *b, size_t row, struct chunk *out, size_t i)
{
    out->customer[i] = b->customer[row];
    out->on_date[i] = b->on_date[row];
    out->amount[i] = b->amount[row];
    if (load->present[COLUMN_ACCOUNT]) {
        out->account[i] = b->account[row];
        set_bit(out->account_valid, i, b->account[row] != 0);
    }
    for (size_t t = 0; t < TEXT_COUNT; t++)
        if (load->present[COLUMN_FIRST_TEXT + t]) {
            out->texts[t][i] = b->texts[t][row];
            set_bit(out->text_valid[t], i, b->texts[t][row].data != NULL);
        }
}

static void gather(const struct st_txn_load *load, const struct buffer *b, size_t start,
    size_t rows, struct chunk *out)
{
    enum { ROW_MASK = (1 << ROW_BITS) - 1, AHEAD = 24 };
    for (size_t i = 0; i < rows; i++) {
        if (start + i + AHEAD < b->rows)
            prefetch_row(load, b, load->order[start + i + AHEAD] & ROW_MASK);
        gather_row(load, b, load->order[start + i] & ROW_MASK, out, i);
    }
    out->batch.rows = rows;
}

static void add_vector(
    struct st_batch *batch, enum st_ir_type type, const void *values, const uint64_t *valid)
{
    batch->vectors[batch->columns++] = (struct st_vector){type, values, valid};
}

static struct chunk *new_chunk(const struct st_txn_load *load)
{
    struct chunk *c = st_calloc(1, sizeof *c);
    add_vector(&c->batch, ST_IR_BIGINT, c->customer, NULL);
    if (load->present[COLUMN_ACCOUNT])
        add_vector(&c->batch, ST_IR_BIGINT, c->account, c->account_valid);
    add_vector(&c->batch, ST_IR_DATE, c->on_date, NULL);
    add_vector(&c->batch, ST_IR_BIGINT, c->amount, NULL);
    for (size_t t = 0; t < TEXT_COUNT; t++)
        if (load->present[COLUMN_FIRST_TEXT + t])
            add_vector(&c->batch, ST_IR_TEXT, c->texts[t], c->text_valid[t]);
    add_vector(&c->batch, ST_IR_BIGINT, c->load, NULL);
    add_vector(&c->batch, ST_IR_BIGINT, c->until, NULL);
    for (size_t i = 0; i < CHUNK; i++) {
        c->load[i] = load->o.load_id;
        c->until[i] = ST_IN_FORCE;
    }
    return c;
}

static st_code open_appender(struct st_txn_load *load, struct st_error *err)
{
    const char *names[OUT_COLUMNS_MAX];
    enum st_ir_type types[OUT_COLUMNS_MAX];
    static const enum column first[] = {
        COLUMN_CUSTOMER, COLUMN_ACCOUNT, COLUMN_ON_DATE, COLUMN_AMOUNT};
    size_t n = 0;
    for (size_t i = 0; i < ST_COUNT(first); i++)
        if (load->present[first[i]]) {
            names[n] = columns[first[i]].stored;
            types[n++] = first[i] == COLUMN_ON_DATE ? ST_IR_DATE : ST_IR_BIGINT;
        }
    for (int c = COLUMN_FIRST_TEXT; c < COLUMN_COUNT; c++)
        if (load->present[c]) {
            names[n] = columns[c].stored;
            types[n++] = ST_IR_TEXT;
        }
    names[n] = "load_id";
    types[n++] = ST_IR_BIGINT;
    names[n] = "until_load";
    types[n++] = ST_IR_BIGINT;
    return st_appender_open(load->o.store, "txn", names, types, n, &load->appender, err);
}

static st_code write_buffer(struct st_txn_load *load, struct buffer *b, struct st_error *err)
{
    st_code rc = ST_OK;
    sort_rows(load, b);
    struct chunk *chunk = new_chunk(load);
    for (size_t start = 0; rc == ST_OK && start < b->rows; start += CHUNK) {
        gather(load, b, start, b->rows - start < CHUNK ? b->rows - start : CHUNK, chunk);
        rc = st_appender_add(load->appender, &chunk->batch, err);
    }
    free(chunk);
    b->rows = 0;
    st_arena_release(&b->pool);
    return rc;
}

static void *write_buffers(void *context)
{
    struct st_txn_load *load = context;
    pthread_mutex_lock(&load->lock);
    for (;;) {
        while (!load->full && !load->done)
            pthread_cond_wait(&load->turn, &load->lock);
        if (!load->full)
            break;
        struct buffer *b = load->full;
        pthread_mutex_unlock(&load->lock);
        st_code code = load->code == ST_OK ? write_buffer(load, b, &load->error) : load->code;
        pthread_mutex_lock(&load->lock);
        load->code = code;
        load->full = NULL;
        pthread_cond_broadcast(&load->turn);
    }
    pthread_mutex_unlock(&load->lock);
    return NULL;
}

/* Waits for the writer to be free; its error becomes the caller's. */
static st_code wait_for_writer(struct st_txn_load *load, struct st_error *err)
{
    pthread_mutex_lock(&load->lock);
    while (load->full)
        pthread_cond_wait(&load->turn, &load->lock);
    st_code code = load->code;
    pthread_mutex_unlock(&load->lock);
    if (code != ST_OK && err && err->code == ST_OK)
        *err = load->error;
    return code;
}

static st_code hand_over(struct st_txn_load *load, struct st_error *err)
{
    TRY(wait_for_writer(load, err));
    pthread_mutex_lock(&load->lock);
    load->full = load->filling;
    pthread_cond_broadcast(&load->turn);
    pthread_mutex_unlock(&load->lock);
    load->filling = &load->buffers[load->filling == load->buffers];
    return ST_OK;
}

/* --- the reader's thread --- */

st_code st_txn_load_take(void *context, const struct st_stage_column *staged,
    const struct st_batch *batch, struct st_error *err)
{
    struct st_txn_load *load = context;
    int64_t customer[CHUNK];
    uint32_t account[CHUNK];
    struct staged s;
    if (load->filling->rows + batch->rows > load->o.run_rows)
        TRY(hand_over(load, err));
    find_columns(&s, staged, batch);
    if (!load->appender) { /* the first rows tell which columns there are */
        for (int c = 0; c < COLUMN_COUNT; c++)
            load->present[c] = s.at[c] >= 0;
        load->present[COLUMN_CUSTOMER] = load->present[COLUMN_CURRENCY] = true;
        TRY(open_appender(load, err));
        if (load->seen)
            TRY(st_stage_open(
                load->o.store, "stage_txn", staged, batch->columns, &load->doubtful, err));
    }
    find_customers(load, &s, customer);
    find_ids(&s, COLUMN_ACCOUNT, load->account_keys, account);
    for (size_t i = 0; i < batch->rows; i++)
        TRY(take_row(load, &s, i, customer[i], account[i], err));
    return ST_OK;
}

/* Zeroed memory that is not touched costs nothing: columns that are not there, runs that stay
 * short. */
static void new_buffer(struct buffer *b, size_t rows)
{
    b->customer = st_calloc_table(rows, sizeof *b->customer);
    b->account = st_calloc_table(rows, sizeof *b->account);
    b->on_date = st_calloc_table(rows, sizeof *b->on_date);
    b->amount = st_calloc_table(rows, sizeof *b->amount);
    for (size_t t = 0; t < TEXT_COUNT; t++)
        b->texts[t] = st_calloc_table(rows, sizeof *b->texts[t]);
}

st_code st_txn_load_open(
    const struct st_txn_load_options *options, struct st_txn_load **out, struct st_error *err)
{
    struct st_txn_load *load = st_calloc(1, sizeof *load);
    *out = load;
    load->o = *options;
    if (load->o.run_rows == 0)
        load->o.run_rows = ST_TXN_LOAD_ROWS;
    load->error.code = ST_OK;
    load->customer_keys = st_keys_new();
    load->account_keys = st_keys_new();
    for (size_t t = 0; t < TEXT_COUNT; t++)
        load->words[t].keys = st_keys_new();
    for (size_t i = 0; i < ST_COUNT(load->buffers); i++)
        new_buffer(&load->buffers[i], load->o.run_rows);
    load->seen = options->id ? st_seen_new(options->rows_about) : NULL;
    load->filling = load->buffers;
    load->order = st_calloc_table(load->o.run_rows, sizeof *load->order);
    load->other = st_calloc_table(load->o.run_rows, sizeof *load->other);
    pthread_mutex_init(&load->lock, NULL);
    pthread_cond_init(&load->turn, NULL);
    if (options->customer)
        TRY(read_customers(load, err));
    if (options->account)
        TRY(read_accounts(load, err));
    load->has_writer = pthread_create(&load->writer, NULL, write_buffers, load) == 0;
    return load->has_writer
               ? ST_OK
               : st_fail(err, ST_E_INTERNAL, "no thread can be started", "无法启动线程");
}

static void free_load(struct st_txn_load *load)
{
    for (size_t i = 0; i < ST_COUNT(load->buffers); i++) {
        struct buffer *b = &load->buffers[i];
        free(b->customer);
        free(b->account);
        free(b->on_date);
        free(b->amount);
        for (size_t t = 0; t < TEXT_COUNT; t++)
            free(b->texts[t]);
        st_arena_release(&b->pool);
    }
    for (size_t t = 0; t < TEXT_COUNT; t++)
        st_keys_free(load->words[t].keys);
    st_keys_free(load->customer_keys);
    st_keys_free(load->account_keys);
    st_seen_free(load->seen);
    st_vec_release(&load->customers);
    st_vec_release(&load->accounts);
    free(load->order);
    free(load->other);
    pthread_mutex_destroy(&load->lock);
    pthread_cond_destroy(&load->turn);
    free(load);
}

st_code st_txn_load_close(struct st_txn_load *load, bool keep, struct st_error *err)
{
    if (!load)
        return ST_OK;
    st_code rc = keep && load->filling->rows > 0 ? hand_over(load, err) : ST_OK;
    if (load->has_writer) {
        st_code written = wait_for_writer(load, err);
        rc = rc != ST_OK ? rc : written;
        pthread_mutex_lock(&load->lock);
        load->done = true;
        pthread_cond_broadcast(&load->turn);
        pthread_mutex_unlock(&load->lock);
        pthread_join(load->writer, NULL);
    }
    if (load->appender) {
        st_code closed = st_appender_close(load->appender, err);
        rc = rc != ST_OK ? rc : closed;
    }
    st_code staged = st_stage_close(load->doubtful, err);
    rc = rc != ST_OK ? rc : staged;
    free_load(load);
    return rc;
}
