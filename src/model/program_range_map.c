/* Spans, and functions of one. */
#include "model/program_range_in.h"

void span_join(struct program_span *x, double v)
{
    if (isnan(v)) {
        x->missing = true;
        return;
    }
    x->low = fmin(x->low, v);
    x->high = fmax(x->high, v);
}

void span_join_span(struct program_span *x, const struct program_span *y)
{
    x->missing |= y->missing;
    if (span_present(y)) {
        x->low = fmin(x->low, y->low);
        x->high = fmax(x->high, y->high);
    }
}

/* An end may be off by what the C library, or single precision, rounds. */
void span_loosen(struct program_span *x, bool single)
{
    double unit = single ? 0x1p-22 : PROGRAM_RANGE_ULPS;

    if (!span_present(x))
        return;
    if (isfinite(x->low))
        x->low -= unit * fabs(x->low) + (single ? 0x1p-149 : 0x1p-1074);
    if (isfinite(x->high))
        x->high += unit * fabs(x->high) + (single ? 0x1p-149 : 0x1p-1074);
}

/* Wider by a relative unit: for sums in single precision, of that size. */
void span_loosen_by(struct program_span *x, double size)
{
    if (isfinite(size)) {
        x->low -= size;
        x->high += size;
    }
}

bool span_may_be(const struct program_span *x, bool yes)
{
    if (!span_present(x))
        return false;
    return yes ? x->low != 0 || x->high != 0 : x->low <= 0 && x->high >= 0;
}

/* --- maps ------------------------------------------------------------------ */

/* The function itself at one value, by the step as it stands. */
static double value_at(const struct step *s, double x)
{
    uint32_t list[2] = {0, 1};
    double slot[2 * LANES_STEP], spare[2 * LANES];
    struct program p = {.list = list};
    struct step one = *s;
    struct block b = {.p = &p, .n = 1, .width = LANES_STEP, .slot = slot,
                      .spare = spare};

    for (size_t l = 0; l < LANES_STEP; l++)
        slot[l] = x;
    one.in = 0;
    one.out = 1;
    one.ins = one.outs = 1;
    step_map(&b, &one);
    return slot[LANES_STEP];
}

enum shape { RISING, FALLING, VALLEY, HILL, WAVE, FREE, TRUTH };

/* VALLEY and HILL turn at zero. */
static enum shape shape_of(const struct step *s)
{
    switch ((enum program_map)s->f) {
    case MAP_NEGATE: return FALLING;
    case MAP_ABSOLUTE:
    case MAP_SQUARE:
    case MAP_COSH: return VALLEY;
    case MAP_GAUSS: return HILL;
    case MAP_SIN:
    case MAP_COS: return WAVE;
    case MAP_LEAKY:
    case MAP_ELU: return s->p >= 0 ? RISING : FREE;
    case MAP_SCALE:
    case MAP_HARD_LOGISTIC: return s->p >= 0 ? RISING : FALLING;
    case MAP_CLAMP: return s->p <= s->q ? RISING : FREE;
    case MAP_ACOS: return FALLING;
    case MAP_GELU:
    case MAP_GELU_TANH:
    case MAP_SWISH:
    case MAP_TAN:
    case MAP_RECIPROCAL:
    case MAP_POWER: return FREE;
    case MAP_IS_MISSING:
    case MAP_IS_PRESENT:
    case MAP_NOT:
    case MAP_EQUALS_P:
    case MAP_THRESHOLD:
    case MAP_BINARIZE: return TRUTH;
    default: return RISING;
    }
}

static void free_range(const struct step *s, const struct program_span *x,
                       struct program_span *out)
{
    double a = value_at(s, x->low), b = value_at(s, x->high);

    switch ((enum program_map)s->f) {
    case MAP_GELU:
    case MAP_GELU_TANH:
    case MAP_SWISH: /* one dip below zero, not deeper than these */
        span_join(out, a);
        span_join(out, b);
        if (x->low < 0)
            span_join(out, s->f == MAP_SWISH ? -0.2785 : -0.1701);
        return;
    case MAP_RECIPROCAL:
        if (x->low > 0 || x->high < 0)
            break;
        *out = SPAN_ANYTHING;
        return;
    case MAP_POWER:
        if (x->low >= 0)
            break;
        if (s->p >= 1 && s->p == floor(s->p)) { /* even or odd: ends and 0 */
            if (x->high > 0)
                span_join(out, 0);
            break;
        }
        *out = SPAN_ANYTHING;
        return;
    default: *out = SPAN_ANYTHING; return;
    }
    span_join(out, a);
    span_join(out, b);
}

static void truth_range(const struct step *s, const struct program_span *x,
                        struct program_span *out)
{
    bool some = span_present(x);

    switch ((enum program_map)s->f) {
    case MAP_IS_MISSING:
    case MAP_IS_PRESENT:
    case MAP_THRESHOLD:
    case MAP_BINARIZE:
        if (x->missing)
            span_join(out, value_at(s, NAN));
        if (some) {
            span_join(out, value_at(s, x->low));
            span_join(out, value_at(s, x->high));
        }
        return;
    default: /* NOT, EQUALS_P: true at one value */
        out->missing |= x->missing;
        if (!some)
            return;
        double at = s->f == MAP_NOT ? 0 : s->p;
        if (x->low <= at && at <= x->high)
            span_join(out, value_at(s, at));
        if (x->low != at || x->high != at)
            span_join(out, s->f == MAP_NOT ? 0.0 : value_at(s, at == 0 ? 1 : 0));
    }
}

void map_range(const struct step *s, const struct program_span *x,
                      struct program_span *out)
{
    enum shape shape = shape_of(s);

    *out = SPAN_NOTHING;
    if (shape == TRUTH) {
        truth_range(s, x, out);
        return;
    }
    if (x->missing)
        span_join(out, value_at(s, NAN));
    if (!span_present(x))
        return;
    if (shape == FREE) {
        free_range(s, x, out);
    } else if (shape == WAVE) {
        if (x->low == x->high) {
            span_join(out, value_at(s, x->low));
        } else {
            span_join(out, -1);
            span_join(out, 1);
        }
    } else {
        span_join(out, value_at(s, x->low));
        span_join(out, value_at(s, x->high));
        if ((shape == VALLEY || shape == HILL) && x->low < 0 && x->high > 0)
            span_join(out, value_at(s, 0));
    }
    span_loosen(out, s->single);
}
