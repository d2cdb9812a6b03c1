#include "shapley/tree_proxy.h"

#include "kernel/dense.h"

enum { FOLDS = 4, DEPTH = 3, LEAVES = 1 << DEPTH, TREES = 60 };
#define RATE 0.15
#define SHRINK 1.0 /* added to a leaf's count */

/* Node k of a level above the leaves splits on a player: in goes to 2k + 1. */
struct grown {
    uint32_t player[LEAVES]; /* by heap place, from 1 */
    double leaf[LEAVES];
};

/* Samples are coalitions: 2p is S of observation p, 2p + 1 its complement. Those
 * that are held out stand behind the others. */
struct growth {
    size_t n, wide;      /* players, and in whole lines of eight */
    size_t samples, seen;
    double *in;          /* [samples][wide] 1 or 0 */
    double *rest;        /* [samples] what the trees leave */
    uint32_t *order;     /* [samples] by node of the level */
    uint32_t *other;     /* [samples] room to part them */
    double *one;         /* [samples] of 1 */
    double *sum, *count; /* [2 LEAVES][wide] by heap place, players in */
    struct grown tree[TREES];
};

static status growth_open(struct arena *a, const struct pair_values *v,
                          struct growth *g, struct error *e)
{
    const struct pair_plan *p = v->plan;

    g->n = v->n;
    g->wide = (v->n + 7) / 8 * 8;
    g->samples = 2 * v->known;
    g->in = arena_array(a, g->samples * g->wide, sizeof *g->in);
    g->rest = arena_new_array(a, double, g->samples);
    g->one = arena_new_array(a, double, g->samples);
    g->order = arena_new_array(a, uint32_t, g->samples);
    g->other = arena_new_array(a, uint32_t, g->samples);
    g->sum = arena_new_array(a, double, 2 * LEAVES * g->wide);
    g->count = arena_new_array(a, double, 2 * LEAVES * g->wide);
    if (g->in == NULL || g->rest == NULL || g->one == NULL ||
        g->order == NULL || g->other == NULL || g->sum == NULL ||
        g->count == NULL)
        return arena_error(a, e);
    for (size_t s = 0; s < v->known; s++) {
        double *row = g->in + 2 * s * g->wide;

        g->one[2 * s] = g->one[2 * s + 1] = 1;
        for (size_t i = 0; i < g->n; i++) {
            row[i] = set_has(p->set + s * p->words, i) ? 1 : 0;
            row[g->wide + i] = 1 - row[i];
        }
    }
    return ST_OK;
}

/* Samples order[from … end) are a node's. */
struct node_of {
    size_t from, end;
    double all;          /* Σ rest */
};

static void count_node(struct growth *g, size_t at, struct node_of *k)
{
    double *sum = g->sum + at * g->wide, *count = g->count + at * g->wide;
    const uint32_t *which = g->order + k->from;
    size_t lines = k->end - k->from;

    memset(sum, 0, g->wide * sizeof *sum);
    memset(count, 0, g->wide * sizeof *count);
    dense_add(sum, g->in, g->wide, which, g->rest, lines, g->wide);
    dense_add(count, g->in, g->wide, which, g->one, lines, g->wide);
}

/* Of two siblings the one that is counted; the other one's sums are what it
 * leaves of their parent's. The root has none. */
static bool is_counted(const struct node_of *node, size_t at)
{
    size_t size = node[at].end - node[at].from;
    size_t twin = node[at ^ 1].end - node[at ^ 1].from;

    return at == 1 || size < twin || (size == twin && at % 2 == 0);
}

static void count_level(struct growth *g, size_t first, struct node_of *node)
{
    for (size_t at = first; at < 2 * first; at++) {
        struct node_of *k = &node[at];

        for (size_t s = k->from; s < k->end; s++)
            k->all += g->rest[g->order[s]];
        if (is_counted(node, at))
            count_node(g, at, k);
    }
    for (size_t at = first; at < 2 * first; at++) {
        size_t own = at * g->wide, up = at / 2 * g->wide;
        size_t by = (at ^ 1) * g->wide;

        for (size_t i = 0; i < g->wide && !is_counted(node, at); i++) {
            g->sum[own + i] = g->sum[up + i] - g->sum[by + i];
            g->count[own + i] = g->count[up + i] - g->count[by + i];
        }
    }
}

static uint32_t best_player(const struct growth *g, size_t at,
                            const struct node_of *k)
{
    double most = -1, seen = (double)(k->end - k->from);
    uint32_t best = 0;

    for (size_t i = 0; i < g->n; i++) {
        double in = g->sum[at * g->wide + i];
        double count = g->count[at * g->wide + i];
        double out = k->all - in, rest = seen - count, gain;

        if (count <= 0 || rest <= 0)
            continue;
        gain = in * in / (count + SHRINK) + out * out / (rest + SHRINK);
        if (gain > most) {
            most = gain;
            best = (uint32_t)i;
        }
    }
    return best;
}

/* Those outside first, each side in its order. */
static void part_node(struct growth *g, size_t at, uint32_t player,
                      struct node_of *node)
{
    struct node_of *k = &node[at];
    size_t out = k->from, ins = 0;

    for (size_t s = k->from; s < k->end; s++) {
        uint32_t one = g->order[s];

        if (g->in[one * g->wide + player] > 0)
            g->other[ins++] = one;
        else
            g->order[out++] = one;
    }
    memcpy(g->order + out, g->other, ins * sizeof *g->other);
    node[2 * at] = (struct node_of){k->from, out, 0};
    node[2 * at + 1] = (struct node_of){out, k->end, 0};
}

static double leaf_of(const struct growth *g, const struct grown *t, size_t s)
{
    size_t at = 1;

    while (at < LEAVES)
        at = 2 * at + (g->in[s * g->wide + t->player[at]] > 0);
    return t->leaf[at - LEAVES];
}

static void set_leaves(struct growth *g, struct grown *t,
                       const struct node_of *node)
{
    for (size_t l = 0; l < LEAVES; l++) {
        const struct node_of *k = &node[LEAVES + l];
        double all = 0;

        for (size_t s = k->from; s < k->end; s++)
            all += g->rest[g->order[s]];
        t->leaf[l] = RATE * all / ((double)(k->end - k->from) + SHRINK);
        for (size_t s = k->from; s < k->end; s++)
            g->rest[g->order[s]] -= t->leaf[l];
    }
    for (size_t s = g->seen; s < g->samples; s++)
        g->rest[g->order[s]] -= leaf_of(g, t, g->order[s]);
}

static void grow(struct growth *g, struct grown *t)
{
    struct node_of node[2 * LEAVES] = {{0}};

    node[1].end = g->seen;
    for (size_t first = 1; first < LEAVES; first *= 2) {
        count_level(g, first, node);
        for (size_t at = first; at < 2 * first; at++) {
            t->player[at] = best_player(g, at, &node[at]);
            part_node(g, at, t->player[at], node);
        }
    }
    set_leaves(g, t, node);
}

/* Trees on all pairs but those of the fold (FOLDS: on all), from a start that
 * is additive; rest holds what they leave, of the held-out pairs too. */
static void boost(struct growth *g, const struct pair_values *v,
                  const double *additive, size_t fold)
{
    size_t from = 0, end = g->samples;
    double sum = 0;

    for (size_t p = 0; p < v->known; p++) {
        const double *in = g->in + 2 * p * g->wide;
        bool out = p > 0 && p % FOLDS == fold;
        double odd = v->odd[p];

        for (size_t i = 0; i < g->n; i++)
            odd -= (in[i] - 0.5) * additive[i];
        g->rest[2 * p] = v->even[p] + odd;
        g->rest[2 * p + 1] = v->even[p] - odd;
        for (size_t s = 2 * p; s < 2 * p + 2; s++) {
            g->order[out ? --end : from++] = (uint32_t)s;
            sum += out ? 0 : g->rest[s];
        }
    }
    g->seen = from;
    for (size_t s = 0; s < g->samples; s++)
        g->rest[s] -= sum / (double)from;
    for (size_t t = 0; t < TREES; t++)
        grow(g, &g->tree[t]);
}

/* Adds the Shapley values of one leaf. A player met twice on the path
 * asks for the same side, or no coalition gets there. */
static void explain_leaf(const struct grown *t, size_t l, double *value)
{
    uint32_t player[DEPTH];
    bool in[DEPTH];
    size_t met = 0, ins = 0, at = LEAVES + l;
    static const double factorial[DEPTH + 1] = {1, 1, 2, 6};

    for (size_t d = DEPTH; d-- > 0; at /= 2) {
        uint32_t p = t->player[at / 2];
        size_t k = 0;

        while (k < met && player[k] != p)
            k++;
        if (k < met && in[k] != (at % 2 == 1))
            return;
        if (k == met) {
            player[met] = p;
            in[met++] = at % 2 == 1;
            ins += at % 2;
        }
    }
    for (size_t k = 0; k < met; k++) {
        size_t outs = met - ins;

        value[player[k]] +=
            t->leaf[l] *
            (in[k] ? factorial[ins - 1] * factorial[outs]
                   : -factorial[ins] * factorial[outs - 1]) / factorial[met];
    }
}

static double odd_rest(const struct growth *g, size_t p)
{
    return (g->rest[2 * p] - g->rest[2 * p + 1]) / 2;
}

/* The rest of trees that have seen all is smaller than the truth: values take
 * it as it is, errors come from pairs held out. */
status tree_proxy_fit(struct odd_process *o, struct arena *a,
                      const struct pair_values *v, struct fit *f,
                      struct error *e)
{
    struct growth *g = arena_new_one(a, struct growth);
    struct pair_values left = *v;
    struct fit start, rest;

    left.odd = arena_new_array(a, double, v->known);
    if (g == NULL || left.odd == NULL)
        return arena_error(a, e);
    TRY(odd_process_fit(o, a, v, &start, e));
    TRY(growth_open(a, v, g, e));
    for (size_t fold = 0; fold < FOLDS; fold++) {
        boost(g, v, start.value, fold);
        left.odd[0] += odd_rest(g, 0) / FOLDS;
        for (size_t p = 1; p < v->known; p++) {
            if (p % FOLDS == fold)
                left.odd[p] = odd_rest(g, p);
        }
    }
    TRY(odd_process_fit(o, a, &left, f, e));
    boost(g, v, start.value, FOLDS);
    for (size_t p = 0; p < v->known; p++)
        left.odd[p] = odd_rest(g, p);
    TRY(odd_process_fit(o, a, &left, &rest, e));
    for (size_t i = 0; i < v->n; i++)
        f->value[i] = start.value[i] + rest.value[i];
    for (size_t t = 0; t < TREES; t++) {
        for (size_t l = 0; l < LEAVES; l++)
            explain_leaf(&g->tree[t], l, f->value);
    }
    return ST_OK;
}
