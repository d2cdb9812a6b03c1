/* batch/explain_pen.h: lines of numbers at the speed of memory. A line's room is
 * reserved once; what is put then does not look whether there is room. */
#ifndef CANDOR_BATCH_EXPLAIN_PEN_H
#define CANDOR_BATCH_EXPLAIN_PEN_H

#include "base/buf.h"
#include "base/num.h"

#include <math.h>
#include <string.h>

struct pen {
    struct buf *out;
    char *at;
    bool real; /* numbers as the shortest decimals of float32 */
    bool csv;
};

/* room: bytes that will be put at most. False: no memory (the buffer knows). */
static inline bool pen_begin(struct pen *p, size_t room)
{
    p->at = buf_reserve(p->out, room);
    return p->at != NULL;
}

static inline void pen_end(struct pen *p)
{
    *p->at = '\0';
    p->out->length = (size_t)(p->at - p->out->data);
}

static inline void pen_put(struct pen *p, const char *text, size_t length)
{
    memcpy(p->at, text, length);
    p->at += length;
}

#define pen_word(p, literal) pen_put(p, literal, sizeof(literal) - 1)

static inline void pen_char(struct pen *p, char c)
{
    *p->at++ = c;
}

/* Not finite: null, or an empty cell. */
static inline void pen_number(struct pen *p, double x)
{
    if (!isfinite(x)) {
        if (!p->csv)
            pen_word(p, "null");
        return;
    }
    bool fits = p->real && isfinite((float)x);
    p->at += fits ? num_shortest_float((float)x, p->at)
                  : num_shortest(x, p->at);
}

void pen_int(struct pen *p, long long x);
/* Quoted as JSON or CSV wants it: at most 6 × length + 2 bytes. */
void pen_quoted(struct pen *p, const char *text);
/* n numbers: one bare, several as an array; CSV: each a cell, no comma first. */
void pen_outputs(struct pen *p, const double *x, size_t n);

/* Texts quoted once: text i is at[i] … at[i + 1]. */
struct pen_texts {
    struct buf text;
    size_t *at;
    size_t longest;
};
MUST_USE status pen_texts_open(struct pen_texts *t, const char *const *text,
                               size_t count, bool csv, struct error *e);
void pen_texts_close(struct pen_texts *t);
static inline void pen_nth(struct pen *p, const struct pen_texts *t, size_t i)
{
    pen_put(p, t->text.data + t->at[i], t->at[i + 1] - t->at[i]);
}

#endif
