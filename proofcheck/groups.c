/* Trees multiplied out: their joint leaves, and which of them a box reaches. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { JOINT_MOST = 1024 };

/* Pairs of leaves that some candidates reach together:
 * i × y->n + j of each. */
static int pairs(struct game *c, const struct leaves *x, const struct leaves *y,
                 int *pair)
{
    int n = 0, shared[DIMS], many = 0;
    for (int d = 0; d < c->dims; d++)
        if (x->reads[d] && y->reads[d])
            shared[many++] = d;
    for (int i = 0; i < x->n; i++)
        for (int j = 0; j < y->n; j++) {
            bool meet = true;
            for (int k = 0; k < many && meet; k++) {
                int d = shared[k];
                meet =
                    share(c, &x->reach[d * x->n + i], &y->reach[d * y->n + j]);
            }
            if (!meet)
                continue;
            if (n == JOINT_MOST)
                refuse(c->s.r, "a group has more than %d joint leaves",
                       JOINT_MOST);
            pair[n++] = i * y->n + j;
        }
    return n;
}

static void join(struct game *c, struct leaves *x, const struct leaves *y)
{
    int pair[JOINT_MOST], n = pairs(c, x, y, pair);
    struct leaves z = new_leaves(c, x->score, n);
    for (int k = 0; k < n; k++)
        z.value[k] = x->value[pair[k] / y->n] + y->value[pair[k] % y->n];
    for (int d = 0; d < c->dims; d++) {
        z.reads[d] = x->reads[d] || y->reads[d];
        for (int k = 0; k < n && z.reads[d]; k++) {
            struct reach a = x->reach[d * x->n + pair[k] / y->n];
            struct reach b = y->reach[d * y->n + pair[k] % y->n];
            z.reach[d * n + k] = !x->reads[d]   ? b
                                 : !y->reads[d] ? a
                                                : both(c, d, a, b);
        }
    }
    *x = z;
}

/* --- leaves by where they begin and end ----------------------------------- */

static void add_step(struct steps *s, uint16_t at, uint64_t leaf, bool rising)
{
    int k = s->n;
    while (k > 0 && (rising ? s->at[k - 1] > at : s->at[k - 1] < at))
        k--;
    if (k == 0 || s->at[k - 1] != at) {
        for (int i = s->n++; i > k; i--) {
            s->at[i] = s->at[i - 1];
            s->mask[i] = s->mask[i - 1];
        }
        s->at[k] = at;
        s->mask[k++] = 0;
    }
    s->mask[k - 1] |= leaf;
}

/* From the leaves of each step to those of it and all before. */
static void add_up(struct steps *s)
{
    for (int i = 1; i < s->n; i++)
        s->mask[i] |= s->mask[i - 1];
}

static struct steps no_steps(const struct game *c, int leaves)
{
    return (struct steps){0, NEW(c->s.r, c->s.r->row, leaves, uint16_t),
                          NEW(c->s.r, c->s.r->row, leaves, uint64_t)};
}

static void add_hit(struct game *c, const struct leaves *x, int group, int d,
                    int w)
{
    const struct reach *y = x->reach + (size_t)d * (size_t)x->n;
    int last = 64 * w + 64 < x->n ? 64 * w + 64 : x->n;
    struct hit h = {.group = group, .word = x->first + w, .dim = d};
    bool sets = false;
    for (int i = 0; i < x->n; i++)
        sets |= y[i].set != 0;
    if (!sets) {
        h.begin = no_steps(c, last - 64 * w);
        h.end = no_steps(c, last - 64 * w);
    }
    for (int i = 64 * w; !sets && i < last; i++) {
        if (y[i].low > y[i].high)
            continue;
        add_step(&h.begin, y[i].low, (uint64_t)1 << i % 64, true);
        add_step(&h.end, y[i].high, (uint64_t)1 << i % 64, false);
    }
    add_up(&h.begin);
    add_up(&h.end);
    if (c->hits[d] == c->room[d]) {
        int room = 2 * c->room[d] + 64;
        struct hit *more = NEW(c->s.r, c->s.r->row, room, struct hit);
        if (c->hits[d] > 0)
            memcpy(more, c->hit[d], (size_t)c->hits[d] * sizeof *more);
        c->hit[d] = more;
        c->room[d] = room;
    }
    c->hit[d][c->hits[d]++] = h;
}

/* Leaves of the word that one of low … high reaches, one bit each. */
static uint64_t reached_sets(const struct game *c, const struct hit *h, int low,
                             int high)
{
    const struct leaves *x = &c->group[h->group];
    int w = h->word - x->first;
    uint64_t mask = 0;
    for (int i = 64 * w; i < x->n && i < 64 * w + 64; i++)
        if (meets(c, &x->reach[h->dim * x->n + i], low, high))
            mask |= (uint64_t)1 << i % 64;
    return mask;
}

static uint64_t reached(const struct game *c, const struct hit *h, int low,
                        int high)
{
    const struct steps *b = &h->begin, *e = &h->end;
    int i = b->n, k = e->n;
    if (b->at == NULL)
        return reached_sets(c, h, low, high);
    while (i > 0 && b->at[i - 1] > high)
        i--;
    while (k > 0 && e->at[k - 1] < low)
        k--;
    return i > 0 && k > 0 ? b->mask[i - 1] & e->mask[k - 1] : 0;
}

void narrow(const struct game *c, int d, int low, int high, uint64_t *mask,
            double *best)
{
    for (int k = 0; k < c->hits[d]; k++) {
        const struct hit *h = &c->hit[d][k];
        uint64_t kept = mask[h->word] & reached(c, h, low, high);
        if (kept == mask[h->word])
            continue;
        mask[h->word] = kept;
        const struct leaves *g = &c->group[h->group];
        const uint64_t *m = &mask[g->first];
        int w = 0;
        while (w < g->words && m[w] == 0)
            w++;
        best[h->group] = w == g->words
                             ? (double)INFINITY
                             : g->value[64 * w + __builtin_ctzll(m[w])];
    }
}

struct ranked {
    double value;
    int leaf;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value) - (x->value < y->value)
                                : x->leaf - y->leaf;
}

/* Puts a group among the others, best leaf first. */
static void keep(struct game *c, const struct leaves *x)
{
    struct ranked *rank = NEW(c->s.r, c->s.r->row, x->n, struct ranked);
    struct leaves z = new_leaves(c, x->score, x->n);
    for (int i = 0; i < x->n; i++)
        rank[i] = (struct ranked){x->value[i], i};
    qsort(rank, (size_t)x->n, sizeof *rank, by_value);
    for (int i = 0; i < x->n; i++) {
        z.value[i] = rank[i].value;
        for (int d = 0; d < c->dims; d++)
            if (x->reads[d])
                z.reach[d * x->n + i] = x->reach[d * x->n + rank[i].leaf];
    }
    memcpy(z.reads, x->reads, sizeof z.reads);
    z.words = (x->n + 63) / 64;
    z.first = c->words;
    c->words += z.words;
    for (int d = 0; d < c->dims; d++)
        for (int w = 0; z.reads[d] && w < z.words; w++)
            add_hit(c, &z, c->groups, d, w);
    c->group[c->groups++] = z;
}

/* Groups as the proof names them, in its order; other trees stand alone. */
void make_groups(struct game *c, const struct decision *d)
{
    const struct problem *p = c->s.p;
    struct run *r = c->s.r;
    int trees = 0;
    make_dims(c);
    for (int k = 0; k < p->scores; k++)
        trees += p->score[k].model->trees;
    c->group = NEW(r, r->row, trees + 1, struct leaves);
    char **used = NEW(r, r->row, p->scores, char *);
    for (int k = 0; k < p->scores; k++)
        used[k] = NEW(r, r->row, p->score[k].model->trees + 1, char);
    for (int g = 0; g < d->groups; g++) {
        const struct group *x = &d->group[g];
        struct leaves joint;
        for (int i = 0; i < x->trees; i++) {
            const struct model *m = p->score[x->score].model;
            if (x->tree[i] >= m->trees || used[x->score][x->tree[i]]++ ||
                m->tree[x->tree[i]].output != p->score[x->score].output)
                refuse(r, "group %d: no tree %d, or twice", g, x->tree[i]);
            struct leaves one = tree_leaves(c, x->score, &m->tree[x->tree[i]]);
            if (i == 0)
                joint = one;
            else
                join(c, &joint, &one);
        }
        keep(c, &joint);
    }
    for (int k = 0; k < p->scores; k++) {
        const struct model *m = p->score[k].model;
        c->constant[k] = p->score[k].sign * m->base[p->score[k].output];
        for (int i = 0; i < m->trees; i++) {
            if (used[k][i] || m->tree[i].output != p->score[k].output)
                continue;
            struct leaves one = tree_leaves(c, k, &m->tree[i]);
            if (one.n == 1)
                c->constant[k] += one.value[0];
            else
                keep(c, &one);
        }
    }
}
