/* JSON Lines as a table: one object a line. Columns are the keys met in the
 * first quarter megabyte; a key that a line lacks is missing there. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "io/source.h"
#include "syntax/token.h"
#include "syntax/window.h"
#include "table/source.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LOOK = 256 * 1024, COLUMNS_MOST = 100000, DEPTH_MOST = 64 };
#define LINE_CAP ((size_t)64 << 20)

struct cell {
    bool present, null;
    const char *fault;
    size_t at, length;  /* in the pool */
    struct place place;
};

struct lines {
    struct source *source;
    struct window w;       /* mark: where the line begins */
    struct tokens *tokens;
    struct memory_stream bytes;
    struct names *names;
    const char **name;
    struct cell *cell;     /* [columns] */
    size_t columns;
    size_t *name_length;
    size_t expected;       /* where the next key stood in rows before */
    bool branch;           /* names and bytes are another's */
    struct buf pool;       /* texts of the row */
    long line;
    struct place row_place;
};

static void close_lines(void *self)
{
    struct lines *l = self;
    if (!l->branch) {
        window_free(&l->w);
        names_free(l->names);
        mem_free(l->name);
        mem_free(l->name_length);
    }
    tokens_free(l->tokens);
    mem_free(l->cell);
    buf_free(&l->pool);
    source_free(l->source);
    mem_free(l);
}

/* The next line in l->bytes, without its end; false at the end. */
static status next_line(struct lines *l, bool *got, struct error *e)
{
    struct window *w = &l->w;
    w->mark = w->at;
    size_t from = 0;
    const char *end;
    for (;;) {
        end = memchr(w->data + w->mark + from, '\n', w->end - w->mark - from);
        if (end != NULL || w->ended)
            break;
        from = w->end - w->mark;
        TRY(window_more(w, e));
    }
    size_t length = end == NULL ? w->end - w->mark
                                : (size_t)(end - w->data) - w->mark;
    *got = end != NULL || length > 0;
    l->bytes = (struct memory_stream){w->data + w->mark, length, 0};
    w->at = w->mark + length + (end != NULL);
    l->line++;
    return ST_OK;
}

static bool is_blank(const struct memory_stream *m)
{
    for (size_t i = 0; i < m->length; i++)
        if (m->bytes[i] != ' ' && m->bytes[i] != '\t' && m->bytes[i] != '\r')
            return false;
    return true;
}


static status take_value(struct lines *l, size_t column, struct error *e)
{
    struct cell *c = &l->cell[column];
    struct token token;
    if (c->present)
        return tokens_fault(l->tokens, e, ST_SYNTAX,
                            "the key \"%.80s\" stands twice", l->name[column]);
    TRY(tokens_next(l->tokens, &token, e));
    *c = (struct cell){.present = true, .at = l->pool.length,
                       .place = token.place};
    switch (token.kind) {
    case TOKEN_NULL:
        c->null = true;
        return ST_OK;
    case TOKEN_BEGIN_OBJECT:
    case TOKEN_BEGIN_ARRAY:
        c->fault = token_word(token.kind);
        return tokens_skip(l->tokens, e);
    default:
        c->length = token.length;
        buf_put(&l->pool, token.text, token.length);
        return buf_status(&l->pool, e);
    }
}

/* The key's column; -1: none. Rows mostly have their keys in one order. */
static long find_key(struct lines *l, const struct token *key)
{
    size_t i = l->expected;
    if (i >= l->columns || l->name_length[i] != key->length ||
        memcmp(l->name[i], key->text, key->length) != 0) {
        long at = names_find(l->names, key->text, key->length);
        if (at < 0)
            return at;
        i = (size_t)at;
    }
    l->expected = i + 1;
    return (long)i;
}

static status take_key(struct lines *l, const struct token *key, bool learn,
                       struct error *e)
{
    if (!learn) {
        long at = find_key(l, key);
        return at < 0 ? tokens_skip(l->tokens, e)
                      : take_value(l, (size_t)at, e);
    }
    if (strlen(key->text) < key->length)
        return tokens_fault(l->tokens, e, ST_DATA, "a key with \\u0000 in it");
    if (names_add(l->names, key->text, key->length) < 0)
        return error_memory(e);
    if (names_count(l->names) > COLUMNS_MOST)
        return tokens_fault(l->tokens, e, ST_LIMIT, "more than %d keys",
                            COLUMNS_MOST);
    return tokens_skip(l->tokens, e);
}

/* One line's object. With `learn`, its keys become columns and its values are
 * passed over. */
static status walk(struct lines *l, bool learn, struct error *e)
{
    struct token token;
    tokens_restart(l->tokens, stream_of_memory(&l->bytes, l->w.in.name),
                   l->line);
    TRY(tokens_next(l->tokens, &token, e));
    if (token.kind != TOKEN_BEGIN_OBJECT)
        return tokens_fault(l->tokens, e, ST_DATA,
                            "%s where an object was expected",
                            token_word(token.kind));
    for (;;) {
        TRY(tokens_next(l->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            break;
        TRY(take_key(l, &token, learn, e));
    }
    return tokens_next(l->tokens, &token, e);
}

/* Only what is whole in the window is looked at; a faulty line is left for its
 * turn as a row. */
static status learn_columns(struct lines *l, struct error *e)
{
    struct window *w = &l->w;
    TRY(window_need(w, LOOK, e));
    size_t start = w->at, from = start;
    while (from < w->end) {
        const char *end = memchr(w->data + from, '\n', w->end - from);
        if (end == NULL && !w->ended && from > start)
            break;
        size_t stop = end == NULL ? w->end : (size_t)(end - w->data);
        l->bytes = (struct memory_stream){w->data + from, stop - from, 0};
        struct error faulty;
        if (!is_blank(&l->bytes)) {
            status s = walk(l, true, &faulty);
            if (s == ST_MEMORY || s == ST_LIMIT) {
                if (e != NULL)
                    *e = faulty;
                return s;
            }
        }
        from = stop + 1;
    }
    l->columns = names_count(l->names);
    l->name = mem_array(l->columns, sizeof *l->name);
    l->name_length = mem_array(l->columns, sizeof *l->name_length);
    l->cell = mem_array(l->columns, sizeof *l->cell);
    if (l->name == NULL || l->name_length == NULL || l->cell == NULL)
        return error_memory(e);
    for (size_t i = 0; i < l->columns; i++) {
        l->name[i] = names_at(l->names, i);
        l->name_length[i] = strlen(l->name[i]);
    }
    return ST_OK;
}

static status open_tokens(struct lines *l, struct error *e)
{
    struct token_limits limits = {.depth = DEPTH_MOST, .infinities = true};
    return tokens_open_json(stream_of_memory(&l->bytes, l->w.in.name), &limits,
                            &l->tokens, e);
}

static status begin(struct lines *l, const struct table_spec *spec,
                    struct error *e)
{
    TRY(source_open(spec->location, 0, spec->hash, &l->source, e));
    struct stream in = source_stream(l->source);
    TRY(window_open(&l->w, in, 0, LINE_CAP, e));
    TRY(window_byte_order(&l->w, e));
    TRY(open_tokens(l, e));
    TRY(learn_columns(l, e));
    struct place p = {in.name, 1, 0, -1};
    if (l->columns == 0)
        return error_at(e, ST_DATA, &p,
                        "no line of the first holds an object with keys");
    return ST_OK;
}

static status open_lines(const struct table_spec *spec, void **self,
                         struct error *e)
{
    struct lines *l = mem_array(1, sizeof *l);
    if (l == NULL)
        return error_memory(e);
    l->pool = BUF_INIT(LINE_CAP);
    l->names = names_new();
    status s = l->names == NULL ? error_memory(e) : begin(l, spec, e);
    if (s != ST_OK) {
        close_lines(l);
        return s;
    }
    *self = l;
    return ST_OK;
}

static const char *const *names_of(void *self, size_t *count)
{
    struct lines *l = self;
    *count = l->columns;
    return l->name;
}

static status next_row(void *self, struct table_row *row, struct error *e)
{
    struct lines *l = self;
    do {
        TRY(next_line(l, &row->got, e));
    } while (row->got && is_blank(&l->bytes));
    row->fault[0] = '\0';
    if (!row->got)
        return ST_OK;
    row->line = l->line;
    l->row_place = (struct place){l->w.in.name, l->line, 1, -1};
    buf_clear(&l->pool);
    l->expected = 0;
    memset(l->cell, 0, l->columns * sizeof *l->cell);
    struct error fault = {0};
    status s = walk(l, false, &fault);
    if (s == ST_MEMORY) {
        return error_memory(e);
    } else if (s != ST_OK) {
        (void)snprintf(row->fault, sizeof row->fault, "%.159s", fault.text);
        row->place = (struct place){l->w.in.name, l->line, fault.column, -1};
    }
    return ST_OK;
}

static void cell_of(void *self, size_t column, struct table_cell *out)
{
    struct lines *l = self;
    const struct cell *c = &l->cell[column];
    *out = (struct table_cell){
        .text = buf_text(&l->pool) + c->at,
        .length = c->length,
        .missing = !c->present || c->null,
        .quoted = true,
        .fault = c->fault,
    };
}

static struct place place_of(void *self, size_t column)
{
    struct lines *l = self;
    const struct cell *c = &l->cell[column];
    return c->present ? c->place : l->row_place;
}

static const char *sha256_of_lines(void *self)
{
    struct lines *l = self;
    return source_sha256(l->source);
}

static status branch_lines(void *self, void **out, struct error *e)
{
    const struct lines *like = self;
    struct lines *l = mem_array(1, sizeof *l);
    if (l == NULL)
        return error_memory(e);
    l->branch = true;
    l->pool = BUF_INIT(LINE_CAP);
    l->names = like->names;
    l->name = like->name;
    l->name_length = like->name_length;
    l->columns = like->columns;
    l->w = (struct window){.in.name = like->w.in.name, .ended = true};
    l->cell = mem_array(l->columns, sizeof *l->cell);
    status s = l->cell == NULL ? error_memory(e) : open_tokens(l, e);
    if (s != ST_OK) {
        close_lines(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

/* Lines are cut as next_line finds them, until they fill 4 MB; a longer one
 * begins a cut. */
static status cut_lines(void *self, size_t rows, struct table_cut *out,
                        struct error *e)
{
    enum { CUT_BYTES = 4 << 20 };
    struct lines *l = self;
    struct window *w = &l->w;
    w->mark = w->at;
    *out = (struct table_cut){.line = l->line};
    size_t length = 0, from = 0;
    while (out->rows < rows && length < CUT_BYTES) {
        const char *start = w->data + w->mark + length;
        size_t there = w->end - w->mark - length;
        const char *end = memchr(start + from, '\n', there - from);
        size_t line = end == NULL ? there : (size_t)(end - start) + 1;
        if (out->rows > 0 && line > CUT_BYTES)
            break;
        if (end == NULL && !w->ended) {
            from = there;
            TRY(window_more(w, e));
            continue;
        }
        if (line == 0)
            break;
        struct memory_stream bytes = {start, line - (end != NULL), 0};
        out->rows += *start == '{' || !is_blank(&bytes);
        l->line++;
        length += line;
        from = 0;
    }
    out->bytes = w->data + w->mark;
    out->length = length;
    out->offset = window_offset(w, w->mark);
    w->at = w->mark + length;
    return ST_OK;
}

static void feed_lines(void *branch, const struct table_cut *piece)
{
    struct lines *l = branch;
    l->line = piece->line;
    /* a window that has ended never writes */
    l->w.data = (char *)(uintptr_t)piece->bytes;
    l->w.mark = l->w.at = 0;
    l->w.end = piece->length;
    l->w.base = piece->offset;
}

const struct table_source table_json_lines = {
    .name = "json lines",
    .open = open_lines,
    .names = names_of,
    .next = next_row,
    .cell = cell_of,
    .place = place_of,
    .sha256 = sha256_of_lines,
    .close = close_lines,
    .branch = branch_lines,
    .cut = cut_lines,
    .feed = feed_lines,
};
