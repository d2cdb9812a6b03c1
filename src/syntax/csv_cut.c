/* Cuts of whole records, and readers of them. */
#include "base/arena.h"
#include "syntax/csv_find.h"
#include "syntax/csv_inside.h"

#include <stdint.h>
#include <string.h>

#define CUT_BYTES ((size_t)4 << 20)

/* Marks the bytes of x that equal c; the lowest mark is always a true one. */
static uint64_t equal_bytes(uint64_t x, unsigned char c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    x ^= ones * c;
    return (x - ones) & ~x & (ones << 7);
}

/* The first line end or quote in p … end-1, or `end`. */
static const char *next_mark(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t x;
        memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        x = __builtin_bswap64(x);
#endif
        uint64_t marks = equal_bytes(x, '\n') | equal_bytes(x, '\r') |
                         equal_bytes(x, '"');
        if (marks != 0)
            return p + __builtin_ctzll(marks) / 8;
        p += 8;
    }
    while (p < end && *p != '\n' && *p != '\r' && *p != '"')
        p++;
    return p;
}

/* A record being looked for; offsets from the window's mark. */
struct finding_end {
    size_t start, at;
    bool inside, quotes;
};

/* Moves f->at to just behind the record's line end, or to the end of what is in
 * the window: then *found is false. *raw: its bytes without the line end. */
static void find_end(const struct csv *c, struct finding_end *f, bool *found,
                     size_t *raw)
{
    const struct window *w = &c->w;
    const char *data = w->data + w->mark, *end = w->data + w->end;
    const char *p = data + f->at;
    *found = false;
    while (p < end) {
        if (f->inside) {
            p = memchr(p, '"', (size_t)(end - p));
            if (p == NULL || (p + 1 == end && !w->ended)) {
                p = p == NULL ? end : p; /* what follows tells */
                break;
            }
            f->inside = p[1] == '"' && p + 1 < end;
            p += f->inside ? 2 : 1;
            continue;
        }
        p = next_mark(p, end);
        if (p == end)
            break;
        if (*p == '"') {
            f->inside = p == data + f->start || p[-1] == c->o.delimiter;
            f->quotes |= f->inside;
            p++;
            continue;
        }
        if (*p == '\r' && p + 1 == end && !w->ended)
            break;
        *raw = (size_t)(p - data) - f->start;
        p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
        *found = true;
        break;
    }
    f->at = (size_t)(p - data);
}

status csv_cut(struct csv *c, size_t rows, struct csv_cut *out,
               struct error *e)
{
    struct window *w = &c->w;
    w->mark = w->at;
    c->line = c->next_line;
    *out = (struct csv_cut){.line = c->line};
    size_t length = 0;
    struct finding_end f = {0};
    while (out->rows < rows && length < CUT_BYTES) {
        bool found;
        size_t raw = 0;
        find_end(c, &f, &found, &raw);
        if (!found && !w->ended) {
            if (out->rows > 0 && w->end - w->mark - length > CUT_BYTES)
                break;
            TRY(csv_more(c, e));
            continue;
        }
        if (!found) {
            f.at = w->end - w->mark;
            raw = f.at - f.start;
            if (raw == 0)
                break;
        } else if (out->rows > 0 && f.at - f.start > CUT_BYTES) {
            break;
        }
        if (f.quotes)
            c->next_line += csv_count_lines(w->data + w->mark + f.start, raw);
        c->next_line += found;
        out->rows += raw > 0;
        length = f.at;
        f = (struct finding_end){.start = f.at, .at = f.at};
    }
    out->bytes = w->data + w->mark;
    out->length = length;
    out->offset = window_offset(w, w->mark);
    w->at = w->mark + length;
    return ST_OK;
}

bool csv_single(const struct csv *c)
{
    return c->single;
}

void csv_back(struct csv *c)
{
    c->w.at = c->w.mark;
    c->next_line = c->line;
    c->number--;
}

status csv_branch(const struct csv *like, struct csv **out, struct error *e)
{
    struct csv *c = mem_array(1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    c->o = like->o;
    c->w.in.name = like->w.in.name;
    c->w.longest = like->w.longest;
    c->borrowed = true;
    c->empty.text = "";
    c->doubled = BUF_INIT(c->o.record);
    csv_fill_special(c);
    csv_feed(c, NULL, 0, 1, 0);
    *out = c;
    return ST_OK;
}

void csv_feed(struct csv *c, const char *bytes, size_t length, long line,
              long long offset)
{
    static char nothing[CSV_PAD];
    struct window *w = &c->w;
    /* a window that has ended never writes */
    w->data = bytes == NULL ? nothing : (char *)(uintptr_t)bytes;
    w->mark = w->at = 0;
    w->end = length;
    w->base = offset;
    w->ended = true;
    c->next_line = line;
    c->number = 1; /* the first record was read elsewhere */
    c->blanks = 0;
    c->held = c->at_blank = false;
    c->failed = ST_OK;
}

const char *csv_rest(const struct csv *c, const char **end)
{
    *end = c->w.data + c->w.end;
    return c->w.at == c->w.end ? NULL : c->w.data + c->w.at;
}

long csv_pass(struct csv *c, const char *to)
{
    c->w.mark = c->w.at;
    c->w.at = (size_t)(to - c->w.data);
    c->line = c->next_line++;
    c->number++;
    return c->line;
}
