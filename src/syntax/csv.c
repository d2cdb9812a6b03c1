#include "syntax/csv.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "syntax/csv_find.h"
#include "syntax/csv_inside.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_DEFAULT = 100000, LOOK = 64 * 1024 };
#define FIELD_DEFAULT ((size_t)16 << 20)
#define RECORD_DEFAULT ((size_t)64 << 20)

void csv_fill_special(struct csv *c)
{
    c->special[0] = c->special['\n'] = c->special['\r'] = true;
    c->special[(unsigned char)c->o.delimiter] = true;
}

static status start(struct csv *c, struct error *e)
{
    TRY(window_byte_order(&c->w, e));
    if (c->o.delimiter == 0) {
        TRY(window_need(&c->w, LOOK, e));
        size_t n = c->w.end - c->w.at;
        c->o.delimiter =
            csv_find_delimiter(c->w.data + c->w.at, n > LOOK ? LOOK : n);
    }
    csv_fill_special(c);
    return ST_OK;
}

status csv_open(struct stream in, const struct csv_options *options,
                struct csv **out, struct error *e)
{
    struct csv *c = mem_array(1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    if (options != NULL)
        c->o = *options;
    if (c->o.columns == 0)
        c->o.columns = COLUMNS_DEFAULT;
    if (c->o.field == 0)
        c->o.field = FIELD_DEFAULT;
    if (c->o.record == 0)
        c->o.record = RECORD_DEFAULT;
    c->doubled = BUF_INIT(c->o.record);
    c->next_line = 1;
    c->empty.text = "";
    status s = window_open(&c->w, in, 0, c->o.record, e);
    if (s == ST_OK)
        s = start(c, e);
    if (s != ST_OK) {
        csv_free(c);
        return s;
    }
    *out = c;
    return ST_OK;
}

void csv_free(struct csv *c)
{
    if (c == NULL)
        return;
    if (!c->borrowed)
        window_free(&c->w);
    buf_free(&c->doubled);
    mem_free(c->field);
    mem_free(c);
}

char csv_delimiter(const struct csv *c)
{
    return c->o.delimiter;
}

static void mark_bad(struct csv *c, size_t at, const char *why)
{
    if (c->record.bad >= 0)
        return;
    c->record.bad = (long long)(at - c->w.mark);
    c->record.why = why;
}

static status too_much(struct csv *c, struct error *e, const char *what,
                       size_t cap)
{
    struct place p = {c->w.in.name, c->line, 0, window_offset(&c->w, c->w.mark)};
    return error_at(e, ST_LIMIT, &p,
                    "%s than the allowed %zu, in the record that begins here",
                    what, cap);
}

status csv_more(struct csv *c, struct error *e)
{
    status s = window_more(&c->w, e);
    if (s == ST_LIMIT)
        return too_much(c, e, "more bytes", c->o.record);
    return s;
}

static status add_field(struct csv *c, const struct csv_field *f,
                        struct error *e)
{
    if (f->length > c->o.field)
        return too_much(c, e, "a field of more bytes", c->o.field);
    if (c->fields == c->room) {
        if (c->fields >= c->o.columns)
            return too_much(c, e, "more fields", c->o.columns);
        size_t room = c->room == 0 ? 64 : c->room * 2;
        if (room > c->o.columns)
            room = c->o.columns;
        struct csv_field *p = mem_grow(c->field, c->room, room, sizeof *p);
        if (p == NULL)
            return error_memory(e);
        c->field = p;
        c->room = room;
    }
    c->field[c->fields++] = *f;
    return ST_OK;
}

/* Moves the cursor to the delimiter, line end or end of input. */
static status pass_plain(struct csv *c, struct error *e)
{
    struct window *w = &c->w;
    for (;;) {
        const unsigned char *p = (const unsigned char *)w->data + w->at;
        unsigned char seen = 0;
        while (!c->special[*p])
            seen |= *p++;
        c->high |= seen >= 0x80;
        w->at = (size_t)((const char *)p - w->data);
        if (*p != 0)
            return ST_OK;
        if (w->at < w->end) {
            mark_bad(c, w->at, "a zero byte");
            w->at++;
        } else if (w->ended) {
            return ST_OK;
        } else {
            TRY(csv_more(c, e));
        }
    }
}

static status unclosed(struct csv *c, size_t at, struct error *e)
{
    c->raw = c->w.end - c->w.mark;
    return csv_fault(c, at, 1, e, ST_SYNTAX,
                     "a quote that is never closed opens here");
}

/* From the opening quote to just after the closing one. */
static status pass_quoted(struct csv *c, struct csv_field *f, bool *doubled,
                          struct error *e)
{
    struct window *w = &c->w;
    for (w->at++;;) {
        const char *q = memchr(w->data + w->at, '"', w->end - w->at);
        if (q == NULL) {
            w->at = w->end;
            if (w->ended)
                return unclosed(c, f->at, e);
            TRY(csv_more(c, e));
            continue;
        }
        w->at = (size_t)(q - w->data) + 1;
        if (w->at == w->end && !w->ended)
            TRY(csv_more(c, e));
        if (w->at == w->end || w->data[w->at] != '"')
            break;
        *doubled = true;
        w->at++;
    }
    f->length = w->at - w->mark - f->at - 2;
    return ST_OK;
}

static status read_field(struct csv *c, struct error *e)
{
    struct window *w = &c->w;
    struct csv_field f = {.at = w->at - w->mark};
    if (w->at == w->end && !w->ended)
        TRY(csv_more(c, e));
    if (w->data[w->at] == '"') {
        bool doubled = false;
        f.quoted = c->quoted = true;
        TRY(pass_quoted(c, &f, &doubled, e));
        if (doubled)
            c->doubled_bytes += f.length;
        f.text = doubled ? "" : NULL; /* settled when the record is whole */
        if (!c->special[(unsigned char)w->data[w->at]])
            mark_bad(c, w->at, "text after a closing quote");
        TRY(pass_plain(c, e));
        return add_field(c, &f, e);
    }
    TRY(pass_plain(c, e));
    f.length = w->at - w->mark - f.at;
    return add_field(c, &f, e);
}

static status pass_line_end(struct csv *c, struct error *e)
{
    struct window *w = &c->w;
    char first = w->data[w->at];
    if (w->at == w->end)
        return ST_OK;
    w->at++;
    if (first != '\r')
        return ST_OK;
    if (w->at == w->end)
        TRY(csv_more(c, e));
    if (w->data[w->at] == '\n')
        w->at++;
    return ST_OK;
}

static void halve_quotes(struct csv *c, struct csv_field *f, const char *raw)
{
    size_t from = c->doubled.length;
    for (size_t i = 0; i < f->length; i++) {
        buf_putc(&c->doubled, raw[i]);
        i += raw[i] == '"';
    }
    f->text = buf_text(&c->doubled) + from;
    f->length = c->doubled.length - from;
}

static status settle_fields(struct csv *c, struct error *e)
{
    buf_clear(&c->doubled);
    if (c->doubled_bytes > 0 &&
        buf_reserve(&c->doubled, c->doubled_bytes) == NULL)
        return buf_status(&c->doubled, e);
    const char *start = c->w.data + c->w.mark;
    for (size_t i = 0; i < c->fields; i++) {
        struct csv_field *f = &c->field[i];
        const char *raw = start + f->at + (f->quoted ? 1 : 0);
        if (f->text == NULL)
            f->text = raw;
        else
            halve_quotes(c, f, raw);
    }
    return ST_OK;
}

static void check_bytes(struct csv *c)
{
    const char *start = c->w.data + c->w.mark;
    if (c->quoted) {
        c->next_line += csv_count_lines(start, c->raw);
        const char *zero = memchr(start, 0, c->raw);
        if (zero != NULL)
            mark_bad(c, (size_t)(zero - c->w.data), "a zero byte");
    }
    if (!c->high && !c->quoted)
        return;
    size_t bad = csv_check_utf8(start, c->raw);
    if (bad < c->raw)
        mark_bad(c, c->w.mark + bad, "bytes that are not UTF-8");
}

/* One record as it stands; *got is false at the end of the input. */
static status parse_record(struct csv *c, bool *got, struct error *e)
{
    struct window *w = &c->w;
    w->mark = w->at;
    c->line = c->next_line;
    c->fields = c->doubled_bytes = 0;
    c->quoted = c->high = c->at_blank = false;
    c->record.bad = -1;
    c->record.why = NULL;
    TRY(window_need(w, 1, e));
    *got = w->at < w->end;
    if (!*got)
        return ST_OK;
    for (;;) {
        TRY(read_field(c, e));
        if (w->at == w->end || w->data[w->at] != c->o.delimiter)
            break;
        w->at++;
    }
    c->raw = w->at - w->mark;
    if (c->raw > c->o.record)
        return too_much(c, e, "more bytes", c->o.record);
    TRY(pass_line_end(c, e));
    TRY(settle_fields(c, e));
    check_bytes(c);
    c->next_line++;
    return ST_OK;
}

static bool is_blank(const struct csv *c)
{
    return c->raw == 0;
}

static const struct csv_record *give(struct csv *c)
{
    c->record.field = c->field;
    c->record.fields = c->fields;
    c->record.line = c->line;
    c->record.number = ++c->number;
    c->held = false;
    c->at_blank = false;
    return &c->record;
}

static const struct csv_record *give_blank(struct csv *c)
{
    c->record.field = &c->empty;
    c->record.fields = 1;
    c->record.line = c->blank_line++;
    c->record.number = ++c->number;
    c->blanks--;
    c->at_blank = true;
    return &c->record;
}

static status next(struct csv *c, const struct csv_record **out,
                   struct error *e)
{
    *out = NULL;
    if (c->held) {
        *out = c->blanks > 0 ? give_blank(c) : give(c);
        return ST_OK;
    }
    bool got;
    for (c->blanks = 0;;) {
        TRY(parse_record(c, &got, e));
        if (!got)
            return ST_OK;
        if (!is_blank(c))
            break;
        if (c->single && c->blanks++ == 0)
            c->blank_line = c->line;
    }
    if (c->number == 0)
        c->single = c->fields == 1;
    c->held = c->blanks > 0;
    *out = c->held ? give_blank(c) : give(c);
    return ST_OK;
}

status csv_next(struct csv *c, const struct csv_record **out, struct error *e)
{
    if (c->failed != ST_OK)
        return error_set(e, c->failed, "reading went on after an error");
    c->failed = next(c, out, e);
    return c->failed;
}

struct place csv_place(const struct csv *c, size_t at)
{
    if (c->at_blank)
        return (struct place){c->w.in.name, c->record.line, 1, -1};
    const char *start = c->w.data + c->w.mark;
    struct place p = {c->w.in.name, c->line, 1,
                      window_offset(&c->w, c->w.mark + at)};
    p.line += csv_count_lines(start, at);
    size_t from = at;
    while (from > 0 && start[from - 1] != '\n' && start[from - 1] != '\r')
        from--;
    for (size_t i = from; i < at; i++)
        p.column += ((unsigned char)start[i] & 0xc0) != 0x80;
    return p;
}

status csv_fault(const struct csv *c, size_t at, size_t length,
                 struct error *e, status class, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct place p = csv_place(c, at);
    (void)error_at(e, class, &p, "%s", text);
    if (c->at_blank)
        return class;
    const char *start = c->w.data + c->w.mark;
    size_t from = at, to = at;
    while (from > 0 && start[from - 1] != '\n' && start[from - 1] != '\r')
        from--;
    while (to < c->raw && start[to] != '\n' && start[to] != '\r')
        to++;
    error_excerpt(e, start + from, to - from, at - from, length);
    return class;
}
