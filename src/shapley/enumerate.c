#include "shapley/enumerate.h"

#include <math.h>

size_t coalitions_doubles(const struct game *g, size_t used)
{
    return 2 * (g->model->outputs << used) + 2 * ENUMERATE_MAX;
}

size_t coalitions_words(const struct game *g)
{
    return g->players / sizeof(uint64_t) + 1;
}

void coalitions_open(struct coalitions *c, const struct game *g,
                     const uint32_t *used, size_t used_count,
                     struct game_scratch *s)
{
    c->game = g;
    c->used = used;
    c->used_count = used_count;
    c->linear = s->real;
    c->value = s->real + 2 * ENUMERATE_MAX;
    c->coefficient = c->value + (g->model->outputs << used_count);
    c->bit = (int8_t *)s->word;
}

static bool same(double a, double b)
{
    return a == b ? true : isnan(a) && isnan(b);
}

/* −0 and 0 compare equal and no split tells them apart. */
static void find_players(struct coalitions *c)
{
    const struct model *m = c->game->model;

    for (size_t k = 0; k < c->used_count; k++)
        c->bit[c->used[k]] = -1;
    c->players = 0;
    for (size_t f = 0; f < m->features; f++) {
        uint32_t p = c->game->player[f];

        if (!m->feature[f].used || same(c->row[f], c->reference[f]) ||
            c->bit[p] >= 0)
            continue;
        c->bit[p] = (int8_t)c->players;
        c->player[c->players++] = p;
    }
}

/* Adds value where all of `in` and none of `out` are in. */
static void add_game(struct coalitions *c, size_t output, unsigned in,
                     unsigned out, double value)
{
    size_t outputs = c->game->model->outputs;
    unsigned all = (1U << c->players) - 1, open = all & ~(in | out);
    unsigned set = out;

    if (__builtin_popcount(out) > __builtin_popcount(open)) {
        for (set = open;; set = (set - 1) & open) {
            c->value[(in | set) * outputs + output] += value;
            if (set == 0)
                return;
        }
    }
    for (;; set = (set - 1) & out) {
        c->coefficient[(in | set) * outputs + output] +=
            __builtin_popcount(set) & 1 ? -value : value;
        if (set == 0)
            return;
    }
}

/* A linear leaf as a sum of such games: see linear_leaves.h. */
static void add_linear(struct coalitions *c, const struct tree *t,
                       const struct node *leaf, double scale, unsigned in,
                       unsigned out)
{
    const struct model *m = c->game->model;
    const struct linear_term *term = m->linear + leaf->linear_first;
    double *x = c->linear, *z = x + ENUMERATE_MAX, rest = leaf->linear_constant;
    unsigned row_misses = 0, other_misses = 0, terms = 0;

    memset(x, 0, 2 * ENUMERATE_MAX * sizeof *x);
    for (uint32_t i = 0; i < leaf->linear_count; i++) {
        double a = c->row[term[i].feature], b = c->reference[term[i].feature];
        int8_t bit = c->bit[c->game->player[term[i].feature]];

        if (isnan(a) && isnan(b)) {
            add_game(c, t->output, in, out, scale * leaf->value);
            return;
        }
        if (bit < 0) {
            rest += term[i].coefficient * a;
            continue;
        }
        terms |= 1U << bit;
        row_misses |= isnan(a) ? 1U << bit : 0;
        other_misses |= isnan(b) ? 1U << bit : 0;
        x[bit] += isnan(a) ? 0 : term[i].coefficient * a;
        z[bit] += isnan(b) ? 0 : term[i].coefficient * b;
    }
    if ((row_misses | other_misses) != 0) {
        add_game(c, t->output, in, out, scale * leaf->value);
        rest -= leaf->value;
    }
    in |= other_misses;
    out |= row_misses;
    if ((in & out) != 0)
        return;
    for (; terms != 0; terms &= terms - 1) {
        unsigned bit = (unsigned)__builtin_ctz(terms);

        rest += in >> bit & 1 ? x[bit] : z[bit];
        if (((in | out) >> bit & 1) == 0)
            add_game(c, t->output, in | 1U << bit, out,
                     scale * (x[bit] - z[bit]));
    }
    add_game(c, t->output, in, out, scale * rest);
}

static void walk(struct coalitions *c, const struct tree *t, double scale,
                 uint32_t at, unsigned in, unsigned out)
{
    const struct model *m = c->game->model;
    const struct node *n = &t->node[at];

    if (n->feature < 0) {
        if (n->linear_count > 0)
            add_linear(c, t, n, scale, in, out);
        else
            add_game(c, t->output, in, out, scale * n->value);
        return;
    }
    bool left = node_goes_left(m, n, c->row[n->feature]);
    bool other = node_goes_left(m, n, c->reference[n->feature]);
    uint32_t child = (uint32_t)(left ? n->left : n->right);
    uint32_t aside = (uint32_t)(other ? n->left : n->right);
    unsigned bit = left == other ? 0 : 1U << c->bit[c->game->player[n->feature]];

    if ((out & bit) == 0)
        walk(c, t, scale, child, in | bit, out);
    if (bit != 0 && (in & bit) == 0)
        walk(c, t, scale, aside, in, out | bit);
}

/* Coefficients → sums over subsets, one player after the other. */
static void sum_subsets(struct coalitions *c)
{
    size_t outputs = c->game->model->outputs, sets = (size_t)1 << c->players;

    for (size_t bit = 1; bit < sets; bit *= 2) {
        for (size_t set = 0; set < sets; set++) {
            if ((set & bit) == 0)
                continue;
            double *to = c->coefficient + set * outputs;
            const double *from = c->coefficient + (set ^ bit) * outputs;
            for (size_t o = 0; o < outputs; o++)
                to[o] += from[o];
        }
    }
}

void coalitions_margins(struct coalitions *c, const double *row,
                        const double *reference)
{
    const struct model *m = c->game->model;

    c->row = row;
    c->reference = reference;
    find_players(c);
    size_t values = m->outputs << c->players;
    memset(c->value, 0, values * sizeof *c->value);
    memset(c->coefficient, 0, values * sizeof *c->coefficient);
    for (size_t i = 0; i < m->trees; i++)
        walk(c, &m->tree[i], c->game->tree_scale[i], 0, 0, 0);
    sum_subsets(c);
    for (size_t i = 0; i < values; i++)
        c->value[i] += c->coefficient[i] + m->base[i % m->outputs];
}
