/* Two spans together. */
#include "model/program_range_in.h"

/* --- pairs ------------------------------------------------------------------ */

static void corners(enum program_pair f, const struct program_span *x,
                    const struct program_span *y, struct program_span *out)
{
    const double a[2] = {x->low, x->high}, b[2] = {y->low, y->high};

    for (int i = 0; i < 4; i++) {
        double u = a[i & 1], v = b[i >> 1], r;
        switch (f) {
        case PAIR_ADD: r = u + v; break;
        case PAIR_SUBTRACT: r = u - v; break;
        case PAIR_MULTIPLY: r = u == 0 || v == 0 ? 0 : u * v; break;
        case PAIR_LEAST: r = fmin(u, v); break;
        case PAIR_MOST: r = fmax(u, v); break;
        case PAIR_RAISE: r = pow(u, v); break;
        default: r = u / v; break;
        }
        if (isnan(r)) {
            *out = SPAN_ANYTHING;
            return;
        }
        span_join(out, r);
    }
}

static void compare_range(enum program_pair f, const struct program_span *x,
                          const struct program_span *y,
                          struct program_span *out)
{
    bool may, must; /* be true */

    switch (f) {
    case PAIR_LESS:
        may = x->low < y->high;
        must = x->high < y->low;
        break;
    case PAIR_AT_MOST:
        may = x->low <= y->high;
        must = x->high <= y->low;
        break;
    default:
        may = x->low <= y->high && y->low <= x->high;
        must = x->low == x->high && y->low == y->high && x->low == y->low;
        break;
    }
    bool flip = f == PAIR_UNEQUAL;
    if (may)
        span_join(out, flip ? 0 : 1);
    if (!must)
        span_join(out, flip ? 1 : 0);
}

static void logic_range(enum program_pair f, const struct program_span *x,
                        const struct program_span *y,
                        struct program_span *out)
{
    bool xt = span_may_be(x, true), xf = span_may_be(x, false), xm = x->missing;
    bool yt = span_may_be(y, true), yf = span_may_be(y, false), ym = y->missing;

    if (f == PAIR_AND) {
        if (xt && yt)
            span_join(out, 1);
        if (xf || yf)
            span_join(out, 0);
        out->missing |= (xm && (ym || yt)) || (ym && (xm || xt));
    } else if (f == PAIR_OR) {
        if (xt || yt)
            span_join(out, 1);
        if (xf && yf)
            span_join(out, 0);
        out->missing |= (xm && (ym || yf)) || (ym && (xm || xf));
    } else {
        out->missing |= xm || ym;
        if ((xt && yf) || (xf && yt))
            span_join(out, 1);
        if ((xt && yt) || (xf && yf))
            span_join(out, 0);
    }
}

void pair_range(const struct step *s, const struct program_span *x,
                       const struct program_span *y, struct program_span *out)
{
    enum program_pair f = (enum program_pair)s->f;

    *out = SPAN_NOTHING;
    if (f == PAIR_AND || f == PAIR_OR || f == PAIR_XOR) {
        logic_range(f, x, y, out);
        return;
    }
    if (f == PAIR_FIRST_PRESENT) {
        if (span_present(x))
            span_join_span(out, x);
        out->missing = false;
        if (x->missing)
            span_join_span(out, y);
        return;
    }
    out->missing = x->missing || y->missing;
    if (!span_present(x) || !span_present(y))
        return;
    if (f == PAIR_LESS || f == PAIR_AT_MOST || f == PAIR_EQUAL ||
        f == PAIR_UNEQUAL) {
        compare_range(f, x, y, out);
        return;
    }
    bool points = x->low == x->high && y->low == y->high;
    if ((f == PAIR_DIVIDE && y->low <= 0 && y->high >= 0) ||
        (f == PAIR_RAISE && !(x->low > 0) && !points) ||
        (f == PAIR_REMAINDER)) {
        *out = SPAN_ANYTHING;
        return;
    }
    corners(f, x, y, out);
    span_loosen(out, s->single);
}

void affine_range(const struct ranging *r, const struct step *s)
{
    const struct affine_data *d = s->data;
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;
    double unit = s->single ? 0x1p-23 : 0x1p-52;

    for (uint32_t o = 0; o < s->outs; o++) {
        double bias = d->bias == NULL ? 0 : d->bias[o], size = fabs(bias);
        struct program_span sum = {bias, bias, false};
        bool none = false;
        for (uint32_t i = 0; i < s->ins; i++) {
            const struct program_span *x = span_at(r, in[i]);
            double w = d->weight[(size_t)o * s->ins + i];
            sum.missing |= x->missing;
            none |= !span_present(x);
            double a = span_times(w, w < 0 ? x->high : x->low);
            double b = span_times(w, w < 0 ? x->low : x->high);
            sum.low += a;
            sum.high += b;
            size += fmax(fabs(a), fabs(b));
        }
        span_loosen_by(&sum, size * unit * (double)(s->ins + 4));
        if (none)
            sum = SPAN_MISSING;
        else if (isnan(sum.low) || isnan(sum.high))
            sum = SPAN_ANYTHING;
        r->slot[to[o]] = sum;
    }
}

void choose_range(const struct ranging *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;
    uint32_t n = s->outs;

    for (uint32_t i = 0; i < n; i++) {
        const struct program_span *c = span_at(r, in[i]);
        struct program_span out = SPAN_NOTHING;
        if (span_may_be(c, true))
            span_join_span(&out, span_at(r, in[n + i]));
        if (span_may_be(c, false))
            span_join_span(&out, span_at(r, in[2 * n + i]));
        if (c->missing)
            span_join_span(&out, span_at(r, in[3 * n + i]));
        r->slot[to[i]] = out;
    }
}
