/* Linear bounds of a ReLU network over a box of its inputs. */
#include "recourse/relax.h"

/* Bounds of every hidden value, then two rows of coefficients; or two layers of
 * magnitudes with their errors. */
size_t relax_network_work(const struct relax_network *n)
{
    return 2 * n->hidden + 4 * n->widest;
}

/* The lines between which max(0, z) stays for low <= z <= high. */
struct lines {
    double under, over, above; /* under × z <= relu <= over × z + above */
};

static struct lines lines_of(double low, double high, bool relu)
{
    if (!relu || low >= 0)
        return (struct lines){1, 1, 0};
    if (high <= 0)
        return (struct lines){0, 0, 0};
    double over = high / (high - low);
    return (struct lines){high > -low ? 1.0 : 0.0, over, -over * low};
}

struct walk_back {
    const struct network *net;
    const double *low, *high;  /* of hidden values, layer after layer */
    const double *in_low, *in_high;
    double *row, *next;        /* [widest] */
};

/* Below: Σ row × (values of layer `from`, before its ReLU) + constant, taken
 * back to the inputs as a lower bound. `place`: of that layer's values. */
static double take_back(struct walk_back *w, size_t from, size_t place,
                        double constant)
{
    for (size_t l = from + 1; l-- > 0;) {
        const struct network_layer *y = &w->net->layer[l];
        size_t before = l > 0 ? w->net->layer[l - 1].out : 0;
        memset(w->next, 0, y->in * sizeof *w->next);
        for (size_t o = 0; o < y->out; o++) {
            double c = w->row[o];
            if (c == 0)
                continue;
            constant += c * y->bias[o];
            for (size_t i = 0; i < y->in; i++)
                w->next[i] += c * y->weight[o * y->in + i];
        }
        if (l > 0) {
            const struct network_layer *b = &w->net->layer[l - 1];
            place -= before;
            for (size_t i = 0; i < y->in; i++) {
                struct lines x = lines_of(w->low[place + i],
                                          w->high[place + i], b->relu[i]);
                double c = w->next[i];
                if (c < 0)
                    constant += c * x.above;
                w->next[i] = c * (c < 0 ? x.over : x.under);
            }
        }
        double *other = w->row;
        w->row = w->next;
        w->next = other;
    }
    return constant;
}

static double least_of(const struct walk_back *w, double constant)
{
    for (size_t i = 0; i < w->net->inputs; i++) {
        double c = w->row[i];
        if (c != 0)
            constant += c * (c < 0 ? w->in_high[i] : w->in_low[i]);
    }
    return constant;
}

/* The plain interval of value o of layer l. */
static void interval(const struct walk_back *w, size_t l, size_t before,
                     size_t o, double *low, double *high)
{
    const struct network_layer *y = &w->net->layer[l];
    double from = y->bias[o], to = from;

    for (size_t i = 0; i < y->in; i++) {
        double c = y->weight[o * y->in + i];
        double a = l == 0 ? w->in_low[i] : w->low[before + i];
        double b = l == 0 ? w->in_high[i] : w->high[before + i];
        if (l > 0 && w->net->layer[l - 1].relu[i]) {
            a = fmax(a, 0);
            b = fmax(b, 0);
        }
        from += c * (c < 0 ? b : a);
        to += c * (c < 0 ? a : b);
    }
    *low = from;
    *high = to;
}

static double taken(struct walk_back *w, size_t l, size_t place, size_t o,
                    double sign)
{
    memset(w->row, 0, w->net->layer[l].out * sizeof *w->row);
    w->row[o] = sign;
    return least_of(w, take_back(w, l, place, 0));
}

/* Bounds of the hidden values of layer l, which stand from `place` on. */
static void hidden_bounds(struct walk_back *w, size_t l, size_t place,
                          double *low, double *high)
{
    const struct network_layer *y = &w->net->layer[l];
    size_t before = l > 0 ? place - w->net->layer[l - 1].out : 0;

    for (size_t o = 0; o < y->out; o++) {
        double from, to;
        interval(w, l, before, o, &from, &to);
        /* Only a ReLU that may bend gains from a closer bound. */
        if (l > 0 && from < 0 && to > 0) {
            from = fmax(from, taken(w, l, place, o, 1));
            to = fmin(to, -taken(w, l, place, o, -1));
        }
        low[place + o] = from;
        high[place + o] = fmax(from, to);
    }
}

void relax_network_bound(const struct engine_score *s, const double *lo,
                         const double *hi, double *work, double *constant,
                         double *coefficient)
{
    const struct relax_network *n = s->network;
    const struct network *net = &n->net;
    double *low = work, *high = low + n->hidden;
    struct walk_back w = {.net = net, .low = low, .high = high, .in_low = lo,
                          .in_high = hi, .row = high + n->hidden};
    size_t last = net->layers - 1, place = 0;

    w.next = w.row + n->widest;
    for (size_t l = 0; l < last; l++) {
        hidden_bounds(&w, l, place, low, high);
        place += net->layer[l].out;
    }
    memset(w.row, 0, net->layer[last].out * sizeof *w.row);
    w.row[s->output] = s->sign;
    *constant = take_back(&w, last, place, 0);
    memcpy(coefficient, w.row, net->inputs * sizeof *coefficient);
}

/* Forward: magnitudes, and what rounding of n terms in a row can be off. */
double relax_network_room(const struct engine_score *s, const double *most,
                          double *work)
{
    const struct network *net = &s->network->net;
    double unit = (net->single ? 0x1p-24 : 0) + 0x1p-48;
    double *size = work, *off = size + s->network->widest;
    double *size2 = off + s->network->widest;
    double out = 0;

    for (size_t i = 0; i < net->inputs; i++) {
        size[i] = most[i];
        off[i] = unit * 4 * most[i];
    }
    for (size_t l = 0; l < net->layers; l++) {
        const struct network_layer *y = &net->layer[l];
        double *off2 = size2 + s->network->widest;
        for (size_t o = 0; o < y->out; o++) {
            double m = fabs(y->bias[o]), d = 0;
            for (size_t i = 0; i < y->in; i++) {
                double c = fabs(y->weight[o * y->in + i]);
                m += c * size[i];
                d += c * off[i];
            }
            size2[o] = m;
            off2[o] = d + unit * (double)(y->in + 4) * (m + d);
        }
        memcpy(size, size2, y->out * sizeof *size);
        memcpy(off, off2, y->out * sizeof *off);
        out = off[l + 1 == net->layers ? s->output : 0];
    }
    return out;
}
