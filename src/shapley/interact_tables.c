#include "shapley/interact_tables.h"

#include "base/arena.h"
#include "kernel/quadrature.h"

enum { NODES = SUBSET_NODES };

struct pair_rule {
    size_t nodes;
    double t[NODES], u[NODES], weight[NODES];
};

struct pair_maker {
    struct pair_rule rule[SUBSET_MAX + 1];
    uint16_t *holds; /* [1 << bits] */
    double *weight;  /* [1 << bits]: rows by failing set */
    double *below;   /* [1 << bits]: Z of one node */
    double *value;   /* [pair_tables(bits)][1 << bits] */
};

status pair_maker_new(size_t bits, struct pair_maker **out, struct error *e)
{
    struct pair_maker *t = mem_array(1, sizeof *t);
    size_t sets = (size_t)1 << bits;

    *out = NULL;
    if (t == NULL)
        return error_memory(e);
    t->holds = mem_array(sets, sizeof *t->holds);
    t->weight = mem_array(sets, sizeof *t->weight);
    t->below = mem_array(sets, sizeof *t->below);
    t->value = mem_array(sets * pair_tables(bits), sizeof *t->value);
    status s = ST_OK;
    if (t->holds == NULL || t->weight == NULL || t->below == NULL ||
        t->value == NULL)
        s = error_memory(e);
    for (size_t k = 1; s == ST_OK && k <= bits; k++) {
        struct pair_rule *r = &t->rule[k];

        r->nodes = (k + 1) / 2;
        s = quadrature_legendre(r->nodes, r->t, r->weight, e);
        for (size_t q = 0; q < r->nodes; q++)
            r->u[q] = 1 - r->t[q];
    }
    if (s != ST_OK) {
        pair_maker_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}

void pair_maker_free(struct pair_maker *t)
{
    if (t == NULL)
        return;
    mem_free(t->holds);
    mem_free(t->weight);
    mem_free(t->below);
    mem_free(t->value);
    mem_free(t);
}

/* Adds one node: common × slopes. slope[k] is a player's own part of the
 * derivative, so v(i) = common × slope, v(i, j) = common × both. out walks the
 * tables of one set, `step` apart; main effects take the rest of v(i). */
static void add_products(const double *slope, size_t k, double common,
                         double *out, size_t step)
{
    double main[SUBSET_MAX];
    size_t at = 0;

    for (size_t i = 0; i < k; i++)
        main[i] = common * slope[i];
    for (size_t i = 0; i < k; i++) {
        size_t own = at++;
        double half = common * slope[i] / 2;
        for (size_t j = i + 1; j < k; j++) {
            double v = half * slope[j];
            out[at++ * step] += v;
            main[i] -= v;
            main[j] -= v;
        }
        out[own * step] += main[i];
    }
}

static void path_term(const struct pair_rule *r, size_t k,
                      const struct block_slot *slot, double value, double *out)
{
    size_t sets = (size_t)1 << k;

    for (size_t set = 0; set < sets; set++) {
        for (size_t q = 0; q < r->nodes; q++) {
            double slope[SUBSET_MAX], common = r->weight[q] * value;

            for (size_t s = 0; s < k; s++) {
                double in = set >> s & 1 ? 1.0 : 0.0;
                double factor = slot[s].share * r->u[q] + in * r->t[q];
                common *= factor;
                slope[s] = factor > 0 ? (in - slot[s].share) / factor : 0;
            }
            add_products(slope, k, common, out + set, sets);
        }
    }
}

/* below[S] = Σ over B in S of weight[B] t^|B|. */
static void sum_below(const double *weight, size_t k, double t, double *below)
{
    size_t sets = (size_t)1 << k;
    double power[SUBSET_MAX + 1] = {1};

    for (size_t b = 1; b <= k; b++)
        power[b] = power[b - 1] * t;
    for (size_t set = 0; set < sets; set++)
        below[set] = weight[set] * power[__builtin_popcountll(set)];
    for (size_t bit = 1; bit < sets; bit *= 2) {
        for (size_t set = 0; set < sets; set++) {
            if ((set & bit) != 0)
                below[set] += below[set ^ bit];
        }
    }
}

/* One satisfied set at one node: z = Z(set), less = what Z loses without each
 * of its members. */
static void reference_set(const double *below, size_t k, size_t set, double t,
                          double u, double value, double *out, size_t step)
{
    double power = value, with[SUBSET_MAX], main[SUBSET_MAX];
    size_t at = 0;

    for (size_t s = 0; s < k; s++)
        power *= set >> s & 1 ? 1.0 : u;
    for (size_t s = 0; s < k; s++) {
        bool in = (set >> s & 1) != 0;
        with[s] = in ? (below[set] - below[set ^ (size_t)1 << s]) / t
                     : -below[set] / u;
        main[s] = power * with[s];
    }
    for (size_t i = 0; i < k; i++) {
        size_t own = at++, a = (size_t)1 << i;
        for (size_t j = i + 1; j < k; j++) {
            size_t b = (size_t)1 << j;
            double v;
            if ((set & a) == 0)
                v = -with[j] / u;
            else if ((set & b) == 0)
                v = -with[i] / u;
            else
                v = (with[i] -
                     (below[set ^ b] - below[set ^ b ^ a]) / t) / t;
            v *= power / 2;
            out[at++ * step] += v;
            main[i] -= v;
            main[j] -= v;
        }
        out[own * step] += main[i];
    }
}

static void reference_term(struct pair_maker *t, const struct pair_rule *r,
                           size_t k, double value, double *out)
{
    size_t sets = (size_t)1 << k;

    for (size_t q = 0; q < r->nodes; q++) {
        sum_below(t->weight, k, r->t[q], t->below);
        for (size_t set = 0; set < sets; set++)
            reference_set(t->below, k, set, r->t[q], r->u[q],
                          value * r->weight[q], out + set, sets);
    }
}

static void fill_term(struct pair_maker *t, const struct block_term *m,
                      const struct block_slot *slot, const struct block *block,
                      const uint32_t *counts, size_t rows, double *table)
{
    size_t k = m->slots, sets = (size_t)1 << k;
    size_t size = (size_t)1 << block->bits;

    table_satisfied(slot, k, block->bits, t->holds);
    memset(t->value, 0, pair_tables(k) * sets * sizeof *t->value);
    if (counts == NULL) {
        path_term(&t->rule[k], k, slot, m->value, t->value);
    } else {
        memset(t->weight, 0, sets * sizeof *t->weight);
        for (size_t i = 0; i < size; i++)
            t->weight[(sets - 1) ^ t->holds[i]] += (double)counts[i];
        reference_term(t, &t->rule[k], k, m->value / (double)rows, t->value);
    }
    /* A term's slots are the first of the block's players. */
    const double *from = t->value;
    for (size_t i = 0; i < k; i++) {
        size_t first = pair_tables(block->players) -
                       pair_tables(block->players - i);
        for (size_t j = i; j < k; j++, from += sets)
            subset_spread(table + (first + j - i) * size, from, t->holds, size);
    }
}

void pair_fill(struct pair_maker *t, const struct tree_blocks *b, size_t block,
               const uint32_t *counts, size_t rows, double *table)
{
    const struct block *k = &b->block[block];

    memset(table, 0,
           (pair_tables(k->players) << k->bits) * sizeof *table);
    for (uint32_t i = k->term; i != BLOCK_NONE; i = b->term[i].next)
        fill_term(t, &b->term[i], b->slot + b->term[i].first, k, counts, rows,
                  table);
}
