/* Many spans together. */
#include "model/program_range_in.h"

struct summary {
    double low, high, size, least_high, most_low;
    bool any_missing, none;
};

static struct summary summarise(const struct ranging *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in;
    struct summary m = {.least_high = INFINITY, .most_low = -INFINITY};

    for (uint32_t i = 0; i < s->ins; i++) {
        const struct program_span *x = span_at(r, in[i]);
        m.any_missing |= x->missing;
        m.none |= !span_present(x);
        if (!span_present(x))
            continue;
        m.low += x->low;
        m.high += x->high;
        m.size += fmax(fabs(x->low), fabs(x->high));
        m.least_high = fmin(m.least_high, x->high);
        m.most_low = fmax(m.most_low, x->low);
    }
    return m;
}

static struct program_span hull(const struct ranging *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in;
    struct program_span out = SPAN_NOTHING;

    for (uint32_t i = 0; i < s->ins; i++)
        span_join_span(&out, span_at(r, in[i]));
    return out;
}

/* All present and none missing; else any value at all. */
void reduce_range(const struct ranging *r, const struct step *s)
{
    struct summary m = summarise(r, s);
    struct program_span all = hull(r, s), out = SPAN_ANYTHING;
    double n = (double)s->ins, unit = s->single ? 0x1p-23 : 0x1p-52;
    bool plain = !m.any_missing && !m.none;

    switch ((enum program_reduce)s->f) {
    case REDUCE_SUM:
    case REDUCE_MEAN:
    case REDUCE_PRESENT_SUM:
    case REDUCE_PRESENT_MEAN: {
        bool mean = s->f == REDUCE_MEAN || s->f == REDUCE_PRESENT_MEAN;
        if (!plain && (s->f == REDUCE_PRESENT_SUM || mean))
            break;
        out = (struct program_span){m.low, m.high, m.any_missing};
        span_loosen_by(&out, m.size * unit * (n + 4));
        if (mean) {
            out.low /= n;
            out.high /= n;
            span_loosen(&out, s->single);
        }
        if (m.none)
            out = SPAN_MISSING;
        break;
    }
    case REDUCE_MINIMUM:
    case REDUCE_PRESENT_MINIMUM:
        if (plain)
            out = (struct program_span){all.low, m.least_high, false};
        break;
    case REDUCE_MAXIMUM:
    case REDUCE_PRESENT_MAXIMUM:
        if (plain)
            out = (struct program_span){m.most_low, all.high, false};
        break;
    case REDUCE_MEDIAN:
        if (plain)
            out = (struct program_span){all.low, all.high, false};
        break;
    case REDUCE_ARGMAX:
    case REDUCE_ARGMIN:
        out = (struct program_span){0, n - 1, false};
        break;
    case REDUCE_PRESENT_COUNT:
        out = (struct program_span){0, n, false};
        break;
    case REDUCE_NORM1:
    case REDUCE_NORM2:
        if (plain)
            out = (struct program_span){0, m.size, false};
        span_loosen(&out, s->single);
        break;
    default: break;
    }
    if (isnan(out.low) || isnan(out.high))
        out = SPAN_ANYTHING;
    r->slot[r->p->list[s->out]] = out;
}

/* One of a softmax grows with its own input and falls with the others'. */
static void softmax_range(const struct ranging *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;
    struct summary m = summarise(r, s);

    for (uint32_t o = 0; o < s->outs; o++) {
        const struct program_span *x = span_at(r, in[o]);
        struct program_span out = {0, 1, m.any_missing};
        if (m.none || m.any_missing) {
            r->slot[to[o]] = s->f == GROUP_SOFTMAX
                                 ? (struct program_span){0, 1, true}
                                 : (struct program_span){-INFINITY, 0, true};
            continue;
        }
        double low = 1, high = 1;
        for (uint32_t i = 0; i < s->ins; i++) {
            const struct program_span *y = span_at(r, in[i]);
            low += i == o ? 0 : exp(y->high - x->low);
            high += i == o ? 0 : exp(y->low - x->high);
        }
        out.low = s->f == GROUP_SOFTMAX ? 1 / low : -log(low);
        out.high = s->f == GROUP_SOFTMAX ? 1 / high : -log(high);
        span_loosen_by(&out, (s->single ? 0x1p-19 : 0x1p-45) * (double)s->ins);
        if (isnan(out.low) || isnan(out.high))
            out = SPAN_ANYTHING;
        r->slot[to[o]] = out;
    }
}

void group_range(const struct ranging *r, const struct step *s)
{
    const uint32_t *to = r->p->list + s->out;

    if (s->f == GROUP_SOFTMAX || s->f == GROUP_LOG_SOFTMAX) {
        softmax_range(r, s);
        return;
    }
    for (uint32_t o = 0; o < s->outs; o++)
        r->slot[to[o]] = s->f == GROUP_SIMPLEMAX
                             ? SPAN_ANYTHING
                             : (struct program_span){-1, 1, true};
}
