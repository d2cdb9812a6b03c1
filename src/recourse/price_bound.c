/* The priced bound of a box, and the prices as a proof states them. */
#include "recourse/price.h"

/* What an error of rounding can add to a bound. */
#define PRICE_SLACK 1e-9

static uint16_t clamp(uint16_t x, uint16_t low, uint16_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Cells of the box along a reader, and of what is nearest to own there: that
 * much of the way to the next cell outwards, in cost. */
struct span {
    uint16_t low, high, near, next;
    double part;
};

/* Where positions share a cell, their shares rise with their costs. */
static void place_near(const struct search *s, size_t reader, size_t near,
                       struct span *out)
{
    const struct reader *r = &s->g->reader[reader];
    const struct axis *x = &s->space->axis[r->axis];
    const double *cost = s->pricer->cost[reader];

    out->near = out->next = r->cell == NULL ? (uint16_t)near : r->cell[near];
    out->part = 0;
    if (near > x->own && out->near + 1u < r->cells)
        out->next++;
    else if (near < x->own && out->near > 0)
        out->next--;
    if (r->cell != NULL && cost[out->next] > cost[out->near])
        out->part = (x->cost[near] - cost[out->near]) /
                    (cost[out->next] - cost[out->near]);
}

static void spans(const struct search *s, const struct box *b, struct span *out)
{
    for (size_t i = 0; i < s->g->readers; i++) {
        const struct reader *r = &s->g->reader[i];
        if (s->pricer->cost[i] == NULL)
            continue;
        size_t a = r->axis, near = nearest_index(&s->space->axis[a], b, a);
        out[i].low = r->cell == NULL ? b->low[a] : r->cell[b->low[a]];
        out[i].high = r->cell == NULL ? b->high[a] : r->cell[b->high[a]];
        place_near(s, i, near, &out[i]);
    }
}

static double near_share(const struct pricer *p, const struct price_slot *x,
                         const struct span *span)
{
    const struct span *z = &span[x->reader];
    const double *share = p->set.share + x->at;

    return share[z->near] + z->part * (share[z->next] - share[z->near]);
}

static double least(const struct search *s, size_t group, const uint64_t *all,
                    const struct span *span)
{
    const struct pricer *p = s->pricer;
    const struct group *g = &s->g->group[group];
    size_t first = p->first[group], n = p->first[group + 1] - first;
    double best = INFINITY, here = 0;

    for (size_t j = 0; j < n; j++)
        here += near_share(p, &p->slot[first + j], span);
    for (uint32_t w = 0; w < g->words; w++) {
        uint64_t m = all[g->first_word + w];
        for (size_t f = 0; f < s->formulas; f++)
            m &= s->whole.formula[f].a[g->first_word + w] &
                 s->whole.formula[f].b[g->first_word + w];
        for (; m != 0; m &= ~((uint64_t)1 << 63 >> __builtin_clzll(m))) {
            size_t k = w * 64 + (size_t)__builtin_clzll(m);
            double v = p->set.mu[g->score] * g->value[k];
            for (size_t j = 0; j < n && v < best + here; j++) {
                const struct price_slot *x = &p->slot[first + j];
                const struct reach *y = &g->reach[k * g->readers + x->slot];
                const struct span *z = &span[x->reader];
                uint16_t low = y->low > z->low ? y->low : z->low;
                uint16_t high = y->high < z->high ? y->high : z->high;
                uint16_t at = clamp(z->near, low, high);
                v += at == z->near ? near_share(p, x, span)
                                   : p->set.share[x->at + at];
            }
            best = fmin(best, v - here);
        }
    }
    return best;
}

double price_bound(const struct search *s, const struct box *b)
{
    const struct game *g = s->g;
    const struct pricer *p = s->pricer;
    const uint64_t *all = s->whole.all;
    struct span span[RECOURSE_LEVERS_MAX]; /* priced readers are axes */
    double bound = b->cost;

    spans(s, b, span);
    for (size_t i = 0; i < g->parts; i++)
        bound += p->set.mu[i] * (g->constant[i] - s->limit[i]);
    for (size_t i = 0; i < g->groups; i++)
        bound += least(s, i, all, span);
    return bound - PRICE_SLACK * (1 + fabs(bound));
}

/* --- as a proof states it ------------------------------------------------- */

static size_t write_slot(const struct search *s, size_t group,
                         const struct price_slot *x, struct proof_share *out)
{
    const struct reader *r = &s->g->reader[x->reader];
    const struct axis *axis = &s->space->axis[r->axis];
    const double *share = s->pricer->set.share + x->at;
    const double *cost = s->pricer->cost[x->reader];
    size_t n = 0;

    for (size_t i = 0; i < axis->count; i++) {
        bool up = i > axis->own;
        if (i == axis->own)
            continue;
        size_t before = up ? i - 1 : i + 1;
        size_t from = r->cell == NULL ? before : r->cell[before];
        if (up ? from + 1u >= r->cells : from == 0)
            continue;
        size_t to = up ? from + 1 : from - 1;
        double add = share[to] - share[from];
        if (!(add > 0))
            continue;
        if (r->cell != NULL)
            add *=
                (axis->cost[i] - axis->cost[before]) / (cost[to] - cost[from]);
        if (out != NULL)
            out[n] = (struct proof_share){(uint32_t)group, (uint16_t)r->axis,
                                          axis->value[i], add};
        n++;
    }
    return n;
}

status price_prove(const struct search *s, struct arena *a,
                   struct recourse_proof *out, struct error *e)
{
    const struct pricer *p = s->pricer;
    struct proof_price *to = arena_new_one(a, struct proof_price);
    double *mu = arena_new_array(a, double, s->g->parts);
    struct proof_share *share = NULL;

    if (to == NULL || mu == NULL)
        return arena_error(a, e);
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (size_t i = 0; i < s->g->groups; i++) {
            for (size_t j = p->first[i]; j < p->first[i + 1]; j++)
                n += write_slot(s, i, &p->slot[j],
                                share == NULL ? NULL : share + n);
        }
        to->shares = n;
        if (pass == 0)
            share = arena_new_array(a, struct proof_share, n + 1);
        if (share == NULL)
            return arena_error(a, e);
    }
    memcpy(mu, p->set.mu, s->g->parts * sizeof *mu);
    to->mu = mu;
    to->share = share;
    out->price = to;
    out->prices = 1;
    return ST_OK;
}
