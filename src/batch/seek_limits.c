#include "batch/seek_limits.h"

#include "base/buf.h"
#include "base/hash.h"

#include <stdio.h>

enum { LIMITS_BYTES_MAX = 256 << 20 };

/* One fact of the set a line: a word and its numbers. */
static void put(struct buf *b, const char *word, const double *x, size_t n)
{
    buf_puts(b, word);
    for (size_t i = 0; i < n; i++) {
        buf_putc(b, ' ');
        buf_put_double(b, x[i]);
    }
    buf_putc(b, '\n');
}

static double whole(size_t n)
{
    return n == SIZE_MAX ? -1.0 : (double)n;
}

static void put_lever(struct buf *b, const struct recourse_lever *l)
{
    const double x[] = {whole(l->quantity), l->direction, l->low, l->high,
                        l->step, l->decimals, l->integer, l->ordered, l->cost,
                        l->weight, l->scale, l->fixed, l->known_cost,
                        l->missing_cost, l->frozen};
    put(b, "lever", x, sizeof x / sizeof *x);
    put(b, "codes", l->code, l->codes);
    put(b, "sample", l->sample, l->samples);
    for (size_t i = 0; i < l->effects; i++) {
        const struct recourse_effect *f = &l->effect[i];
        const double y[] = {f->kind, whole(f->quantity), f->rate, f->low,
                            f->high, f->code};
        put(b, "effect", y, sizeof y / sizeof *y);
    }
    for (size_t i = 0; i < l->prices; i++) {
        const double y[] = {l->price[i].change, l->price[i].cost};
        put(b, "price", y, 2);
    }
}

static void put_rule(struct buf *b, const struct recourse_rule *r)
{
    const double x[] = {r->kind, r->most, whole(r->when.quantity), r->when.low,
                        r->when.high, whole(r->then.quantity), r->then.low,
                        r->then.high};
    put(b, "rule", x, sizeof x / sizeof *x);
    for (size_t i = 0; i < r->terms; i++) {
        const double y[] = {whole(r->term[i].quantity), r->term[i].coefficient};
        put(b, "term", y, 2);
    }
    for (size_t i = 0; i < r->levers; i++) {
        const double y = whole(r->lever[i]);
        put(b, "of", &y, 1);
    }
}

static void put_score(struct buf *b, const struct recourse_score *s)
{
    const double x[] = {whole(s->output), s->accept, s->cutoff};
    put(b, s->model->sha256, x, 3);
}

status limits_id(const struct recourse_problem *p,
                 char out[RECOURSE_LIMITS_ID], struct error *e)
{
    struct buf b = BUF_INIT(LIMITS_BYTES_MAX);
    char hex[SHA256_HEX];
    const double x[] = {whole(p->quantities), whole(p->most_changes), p->margin,
                        whole(p->most_candidates)};
    put(&b, "limits 1", x, sizeof x / sizeof *x);
    for (size_t i = 0; i < p->levers; i++)
        put_lever(&b, &p->lever[i]);
    for (size_t i = 0; i < p->formulas; i++) {
        const struct recourse_formula *f = &p->formula[i];
        const double y[] = {whole(f->quantity), f->op, whole(f->a), whole(f->b),
                            f->factor, f->decimals};
        put(&b, "formula", y, sizeof y / sizeof *y);
    }
    for (size_t i = 0; i < p->rules; i++)
        put_rule(&b, &p->rule[i]);
    for (size_t i = 1; i < p->scores; i++)
        put_score(&b, &p->score[i]);
    status st = buf_status(&b, e);
    if (st == ST_OK)
        st = sha256_of(buf_text(&b), b.length, hex, e);
    buf_free(&b);
    if (st == ST_OK)
        (void)snprintf(out, RECOURSE_LIMITS_ID, "%.12s", hex);
    return st;
}
