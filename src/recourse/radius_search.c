/* Depth first over boxes of cells, the half with the larger bound first. */
#include "recourse/radius_in.h"

enum { TRIED = 8 };

struct level {
    uint32_t *low, *high; /* [dims] */
    uint64_t *mask;       /* [words] */
    double best;
    uint32_t dim, cut; /* the second half still to look at */
    bool second, high_first;
};

struct candidate {
    uint32_t dim, cut;
    double gain;
};

struct hunt {
    struct field *f;
    struct level *level[RADIUS_DEPTH];
    size_t depth;
    double *vote[2];    /* by edge of the box: what leaves on one side lose */
    size_t *first_vote; /* [dims] */
    struct candidate *touched;
    size_t touches;
    double refuse;       /* bounds below it have no flip */
    double *room, *flip; /* [outputs], [features] */
};

/* --- bounds --------------------------------------------------------------- */

static uint32_t first_leaf(const struct group *g, const uint64_t *mask)
{
    for (uint32_t w = 0; w < g->words; w++)
        if (mask[w] != 0)
            return w * 64 + (uint32_t)__builtin_ctzll(mask[w]);
    return g->leaves; /* a box always reaches one */
}

static uint32_t last_leaf(const struct group *g, const uint64_t *mask)
{
    for (uint32_t w = g->words; w > 0; w--)
        if (mask[w - 1] != 0)
            return w * 64 - 1 - (uint32_t)__builtin_clzll(mask[w - 1]);
    return g->leaves;
}

static double bound(const struct field *f, const uint64_t *mask, bool *single,
                    double *least)
{
    double most = f->constant;

    *single = true;
    *least = f->constant;
    for (size_t i = 0; i < f->groups; i++) {
        const struct group *g = &f->group[i];
        uint32_t a = first_leaf(g, mask + g->first_word);
        uint32_t z = last_leaf(g, mask + g->first_word);
        most += g->value[a];
        *least += g->value[z];
        *single = *single && a == z;
    }
    return most;
}

/* What the best leaf would be if input `slot` were kept to low … high. */
static uint32_t narrowed(const struct field *f, const struct group *g,
                         const uint64_t *mask, uint32_t slot, uint32_t low,
                         uint32_t high)
{
    uint32_t first = f->low[g->dim[slot]];
    const uint64_t *p = g->begun[slot] + (size_t)(high - first) * g->words;
    const uint64_t *q = g->open[slot] + (size_t)(low - first) * g->words;

    for (uint32_t w = 0; w < g->words; w++) {
        uint64_t left = mask[w] & p[w] & q[w];
        if (left != 0)
            return w * 64 + (uint32_t)__builtin_ctzll(left);
    }
    return g->leaves;
}

static double half_bound(const struct field *f, const struct level *v,
                         uint32_t dim, uint32_t low, uint32_t high)
{
    double sum = v->best;

    for (size_t i = 0; i < f->readers[dim]; i++) {
        const struct reader *r = &f->reader[dim][i];
        const struct group *g = &f->group[r->group];
        const uint64_t *mask = v->mask + g->first_word;
        sum += g->value[narrowed(f, g, mask, r->slot, low, high)] -
               g->value[first_leaf(g, mask)];
    }
    return sum;
}

/* --- where to split ------------------------------------------------------- */

static void cast_vote(struct hunt *h, uint32_t dim, uint32_t cut, int side,
                      double loss)
{
    size_t at = h->first_vote[dim] + cut - h->f->low[dim] - 1;

    if (h->vote[0][at] == 0 && h->vote[1][at] == 0)
        h->touched[h->touches++] = (struct candidate){dim, cut, 0};
    h->vote[side][at] += loss + 0x1p-300; /* seen, even where nothing is lost */
}

static void group_votes(struct hunt *h, const struct level *v,
                        const struct group *g)
{
    const uint64_t *mask = v->mask + g->first_word;
    uint32_t top = first_leaf(g, mask);

    for (uint32_t k = 0; k < g->dims; k++) {
        uint32_t dim = g->dim[k], low = v->low[dim], high = v->high[dim];
        uint32_t from = g->low[(size_t)top * g->dims + k];
        uint32_t to = g->high[(size_t)top * g->dims + k];
        if (from > low)
            cast_vote(h, dim, from, 0,
                      g->value[top] -
                          g->value[narrowed(h->f, g, mask, k, low, from - 1)]);
        if (to < high)
            cast_vote(h, dim, to + 1, 1,
                      g->value[top] -
                          g->value[narrowed(h->f, g, mask, k, to + 1, high)]);
    }
}

static double worth(double a, double b)
{
    return fmin(a, b) * 5 + fmax(a, b);
}

/* The best few by votes, best first; ties in order of appearance. */
static size_t leaders(struct hunt *h, struct candidate *out)
{
    size_t n = 0;

    for (size_t i = 0; i < h->touches; i++) {
        struct candidate c = h->touched[i];
        size_t at = h->first_vote[c.dim] + c.cut - h->f->low[c.dim] - 1, k;
        c.gain = worth(h->vote[0][at], h->vote[1][at]);
        h->vote[0][at] = h->vote[1][at] = 0;
        for (k = n; k > 0 && out[k - 1].gain < c.gain; k--)
            if (k < TRIED)
                out[k] = out[k - 1];
        if (k < TRIED) {
            out[k] = c;
            n += n < TRIED ? 1 : 0;
        }
    }
    h->touches = 0;
    return n;
}

static bool choose(struct hunt *h, struct level *v)
{
    struct candidate c[TRIED];
    double most = -1, room = v->best - h->refuse;

    for (size_t i = 0; i < h->f->groups; i++) {
        const struct group *g = &h->f->group[i];
        if (first_leaf(g, v->mask + g->first_word) !=
            last_leaf(g, v->mask + g->first_word))
            group_votes(h, v, g);
    }
    size_t n = leaders(h, c);
    for (size_t i = 0; i < n; i++) {
        double low =
            half_bound(h->f, v, c[i].dim, v->low[c[i].dim], c[i].cut - 1);
        double high =
            half_bound(h->f, v, c[i].dim, c[i].cut, v->high[c[i].dim]);
        /* a half that is refused at once is worth no more than that */
        double gain =
            worth(fmin(v->best - low, room), fmin(v->best - high, room));
        if (gain > most) {
            most = gain;
            v->dim = c[i].dim;
            v->cut = c[i].cut;
            v->high_first = high > low;
        }
    }
    return n > 0;
}

/* --- boxes ---------------------------------------------------------------- */

static struct level *level_at(struct hunt *h, size_t depth)
{
    struct arena *a = h->f->arena;
    size_t dims = h->f->c->dims;

    if (depth >= RADIUS_DEPTH)
        return NULL;
    struct level *v = h->level[depth];
    if (v != NULL)
        return v;
    v = arena_new_one(a, struct level);
    if (v == NULL)
        return NULL;
    v->low = arena_new_array(a, uint32_t, dims + 1);
    v->high = arena_new_array(a, uint32_t, dims + 1);
    v->mask = arena_new_array(a, uint64_t, h->f->words + 1);
    if (v->low == NULL || v->high == NULL || v->mask == NULL)
        return NULL;
    h->level[depth] = v;
    return v;
}

static bool root(struct hunt *h)
{
    struct field *f = h->f;
    struct level *v = level_at(h, 0);

    if (v == NULL)
        return false;
    memcpy(v->low, f->low, f->c->dims * sizeof *v->low);
    memcpy(v->high, f->high, f->c->dims * sizeof *v->high);
    for (size_t i = 0; i < f->groups; i++)
        for (uint32_t k = 0; k < f->group[i].leaves; k++)
            v->mask[f->group[i].first_word + k / 64] |= (uint64_t)1 << (k % 64);
    return true;
}

static bool open_half(struct hunt *h, bool high)
{
    const struct level *v = h->level[h->depth];
    const struct field *f = h->f;
    struct level *to = level_at(h, h->depth + 1);
    uint32_t dim = v->dim;

    if (to == NULL)
        return false;
    memcpy(to->low, v->low, f->c->dims * sizeof *v->low);
    memcpy(to->high, v->high, f->c->dims * sizeof *v->high);
    memcpy(to->mask, v->mask, f->words * sizeof *v->mask);
    if (high)
        to->low[dim] = v->cut;
    else
        to->high[dim] = v->cut - 1;
    for (size_t i = 0; i < f->readers[dim]; i++) {
        const struct reader *r = &f->reader[dim][i];
        const struct group *g = &f->group[r->group];
        const uint64_t *p = g->begun[r->slot] +
                            (size_t)(to->high[dim] - f->low[dim]) * g->words;
        const uint64_t *q =
            g->open[r->slot] + (size_t)(to->low[dim] - f->low[dim]) * g->words;
        for (uint32_t w = 0; w < g->words; w++)
            to->mask[g->first_word + w] &= p[w] & q[w];
    }
    to->second = false;
    h->depth++;
    return true;
}

/* The box's point nearest to the row: is it a flip by the library's own sum? */
static bool flips(struct hunt *h, const struct level *v, double *distance)
{
    const struct cells *c = h->f->c;

    memcpy(h->flip, c->row, c->shared->q.model->features * sizeof *h->flip);
    *distance = 0;
    for (size_t k = 0; k < c->dims; k++) {
        const struct dimension *d = &c->dim[k];
        uint32_t cell = d->own < v->low[k]    ? v->low[k]
                        : d->own > v->high[k] ? v->high[k]
                                              : d->own;
        h->flip[d->feature] = cell_value(d, cell);
        *distance = fmax(*distance, cell_distance(d, cell));
    }
    return row_passes(c, h->flip, h->room) != c->passes;
}

/* Down from the present box; *out is set when it is answered. */
static bool look(struct hunt *h, double *distance, enum answer *out,
                 bool *split)
{
    struct level *v = h->level[h->depth];
    double least;
    bool single;

    *split = false;
    v->best = bound(h->f, v->mask, &single, &least);
    if (v->best < h->refuse)
        return true;
    if (single || least > h->f->c->need + h->f->c->shared->guard) {
        if (flips(h, v, distance)) {
            *out = FOUND;
            return false;
        }
        return true;
    }
    *split = choose(h, v);
    if (!*split)
        *out = OPEN;
    return *split;
}

static enum answer run(struct hunt *h, long until, long *nodes,
                       double *distance)
{
    enum answer out = REFUTED;
    bool split;

    for (;;) {
        if (*nodes >= until)
            return OPEN;
        (*nodes)++;
        if (!look(h, distance, &out, &split))
            return out;
        if (split) {
            h->level[h->depth]->second = true;
            if (!open_half(h, h->level[h->depth]->high_first))
                return OPEN;
            continue;
        }
        while (h->depth > 0 && !h->level[h->depth - 1]->second)
            h->depth--;
        if (h->depth == 0)
            return REFUTED;
        h->depth--;
        h->level[h->depth]->second = false;
        if (!open_half(h, !h->level[h->depth]->high_first))
            return OPEN;
    }
}

static bool votes_make(struct hunt *h)
{
    struct arena *a = h->f->arena;
    size_t n = 0, dims = h->f->c->dims;

    h->first_vote = arena_new_array(a, size_t, dims + 1);
    if (h->first_vote == NULL)
        return false;
    for (size_t d = 0; d < dims; d++) {
        h->first_vote[d] = n;
        n += h->f->high[d] - h->f->low[d];
    }
    h->vote[0] = arena_new_array(a, double, n + 1);
    h->vote[1] = arena_new_array(a, double, n + 1);
    h->touched = arena_new_array(a, struct candidate, n + 1);
    h->room = arena_new_array(a, double, h->f->c->shared->q.model->outputs);
    return h->vote[0] != NULL && h->vote[1] != NULL && h->touched != NULL &&
           h->room != NULL;
}

status field_search(struct field *f, long until, long *nodes, double *flip,
                    double *distance, enum answer *out, struct error *e)
{
    struct hunt *h = arena_new_one(f->arena, struct hunt);

    if (h == NULL)
        return arena_error(f->arena, e);
    h->f = f;
    h->flip = flip;
    h->refuse = f->c->need - f->c->shared->guard;
    if (!votes_make(h) || !root(h))
        return arena_error(f->arena, e);
    *out = run(h, until, nodes, distance);
    return ST_OK;
}
