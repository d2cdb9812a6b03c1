/* What too few quadrature nodes can miss, for any row. Over the players of one
 * leaf's path, with s = 2 t − 1, a factor is (z + m)/2 + (m − z)/2 s, m 0 or 1;
 * its coefficients are at most a = (1 + z)/2 and b = max(z, 1 − z)/2. So those
 * of the product over the other players are at most those of ∏ (a + b s) over
 * all, divided by a of the player left out. The rule is exact below s^2Q and
 * for odd powers; on s^j it misses 1/(j + 1) − Σ w s^j. A constant added to all
 * leaves changes no value, so leaves count from the middle of their range. */
#include "kernel/routing_builder.h"

#include "kernel/quadrature.h"

#include <math.h>

struct factor {
    uint32_t player;
    double share;
};

struct miss {
    const struct routing_work *w;
    struct factor *factor; /* [deepest], players on the path */
    double *product;       /* [deepest + 2] */
    double *missed;        /* [deepest + 1]: of s^j */
    double middle;
    double *truncation;
    size_t count;
};

static status missed_powers(struct miss *m, struct error *e)
{
    const struct routing_work *w = m->w;
    double t[ROUTING_NODES_MAX], weight[ROUTING_NODES_MAX];

    TRY(quadrature_legendre(w->nodes, t, weight, e));
    for (size_t j = 2 * (size_t)w->nodes; j <= w->deepest; j += 2) {
        double sum = 0;

        for (size_t q = 0; q < w->nodes; q++)
            sum += weight[q] * pow(2 * t[q] - 1, (double)j);
        m->missed[j] = fabs(1 / (double)(j + 1) - sum);
    }
    return ST_OK;
}

static void miss_leaf(struct miss *m, double value)
{
    const struct routing_work *w = m->w;
    size_t k = m->count;
    double *c = m->product, sum = 0;

    if (k <= 2 * (size_t)w->nodes)
        return;
    c[0] = 1;
    for (size_t i = 0; i < k; i++) {
        double z = m->factor[i].share;
        double a = (1 + z) / 2, b = (z > 0.5 ? z : 1 - z) / 2;

        c[i + 1] = b * c[i];
        for (size_t j = i; j > 0; j--)
            c[j] = a * c[j] + b * c[j - 1];
        c[0] *= a;
    }
    for (size_t j = 2 * (size_t)w->nodes; j < k; j += 2)
        sum += c[j] * m->missed[j];
    sum *= fabs(value - m->middle);
    for (size_t i = 0; i < k; i++) {
        double z = m->factor[i].share;
        size_t target = w->output * w->b->players + m->factor[i].player;

        m->truncation[target] += sum * (z > 0.5 ? z : 1 - z) * 2 / (1 + z);
    }
}

static void miss_below(struct miss *m, uint32_t at)
{
    const struct routing_live *v = &m->w->live[at];
    uint32_t player = m->w->node[at].player;
    size_t i = 0;

    if (v->shape == SHAPE_LEAF) {
        miss_leaf(m, v->value);
        return;
    }
    while (i < m->count && m->factor[i].player != player)
        i++;
    size_t count = m->count;
    double before = i < count ? m->factor[i].share : 1;
    if (i == count)
        m->factor[m->count++].player = player;
    m->factor[i].share = before * v->share;
    miss_below(m, v->first);
    m->factor[i].share = before * (1 - v->share);
    miss_below(m, v->second);
    m->factor[i].share = before;
    m->count = count;
}

status routing_miss(const struct routing_work *w, double *truncation,
                    struct error *e)
{
    struct miss m = {.w = w, .truncation = truncation};
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < w->count; i++) {
        if (w->node[i].left >= 0)
            continue;
        low = fmin(low, w->node[i].value);
        high = fmax(high, w->node[i].value);
    }
    m.middle = low + (high - low) / 2;
    m.factor = mem_array(w->deepest, sizeof *m.factor);
    m.product = mem_array(w->deepest + 2, sizeof *m.product);
    m.missed = mem_array(w->deepest + 1, sizeof *m.missed);
    status s = m.factor == NULL || m.product == NULL || m.missed == NULL
                   ? error_memory(e)
                   : missed_powers(&m, e);
    if (s == ST_OK)
        miss_below(&m, 0);
    mem_free(m.factor);
    mem_free(m.product);
    mem_free(m.missed);
    return s;
}
