/* What is left of the models for one row: leaves of trees that the levers can
 * still reach, alone or multiplied out in groups.
 *
 * Leaves are told apart by dimensions: a lever (by its candidates), or a
 * quantity computed from several levers (by how many thresholds it is not
 * below). In each, a leaf reaches an interval of positions, or a set of them.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int dim_size(const struct game *c, int d)
{
    int levers = c->s.p->levers;
    if (d < levers)
        return c->s.axis[d].n;
    return c->s.mover[c->quantity[d]].formula->thresholds[c->score[d]] + 1;
}

/* How many of the thresholds x is not below. */
static int first_above(const struct model *m, double x, const double *t, int n)
{
    int low = 0;
    while (low < n) {
        int middle = (low + n) / 2;
        if (below(m, x, t[middle]))
            n = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool computed_at(const struct game *c, int d, const struct box *b, int *low,
                 int *high)
{
    int q = c->quantity[d], k = c->score[d];
    const struct formula *f = c->s.mover[q].formula;
    const struct model *m = c->s.p->score[k].model;
    struct span x;
    if (isnan(c->s.row[q]) || !range(&c->s, q, b, false, &x))
        return false;
    *low = first_above(m, x.low, f->threshold[k], f->thresholds[k]);
    *high = first_above(m, x.high, f->threshold[k], f->thresholds[k]);
    return true;
}

static void new_set(struct game *c, int d, uint32_t *at)
{
    size_t words = (size_t)dim_size(c, d) / 64 + 1;
    if (c->sets_used + words > c->sets_room) {
        size_t room = 2 * c->sets_room + words + 4096;
        uint64_t *more = NEW(c->s.r, c->s.r->row, room, uint64_t);
        if (c->sets_room > 0)
            memcpy(more, c->sets, c->sets_used * sizeof *more);
        c->sets = more;
        c->sets_room = room;
    }
    *at = (uint32_t)c->sets_used;
    c->sets_used += words;
    memset(c->sets + *at, 0, words * sizeof *c->sets);
}

bool is_in(const struct game *c, const struct reach *x, int i)
{
    return x->low <= i && i <= x->high &&
           (x->set == 0 ||
            (c->sets[(int)x->set + i / 64] >> (i % 64) & 1) != 0);
}

/* Positions 64 w … 64 w + 63 of a reach. */
static uint64_t word_of(const struct game *c, const struct reach *x, int w)
{
    int from = x->low - 64 * w, to = x->high - 64 * w;
    if (x->set != 0)
        return c->sets[(int)x->set + w];
    if (to < 0 || from > 63)
        return 0;
    uint64_t all = to >= 63 ? UINT64_MAX : ((uint64_t)1 << (to + 1)) - 1;
    return from > 0 ? all & (UINT64_MAX << from) : all;
}

bool set_meets(const struct game *c, const struct reach *x, int low, int high)
{
    const struct reach y = {(uint16_t)low, (uint16_t)high, 0};
    bool meet = false;
    for (int w = low / 64; w <= high / 64 && !meet; w++)
        meet = (word_of(c, x, w) & word_of(c, &y, w)) != 0;
    return meet;
}

bool sets_share(const struct game *c, const struct reach *x,
                const struct reach *y)
{
    bool meet = false;
    for (int w = x->low / 64; w <= x->high / 64 && !meet; w++)
        meet = (word_of(c, x, w) & word_of(c, y, w)) != 0;
    return meet;
}

static void add_to(const struct game *c, struct reach *z, int i)
{
    c->sets[z->set + (unsigned)i / 64] |= (uint64_t)1 << (i % 64);
    z->low = z->low > z->high ? (uint16_t)i : z->low;
    z->high = (uint16_t)i;
}

struct reach both(struct game *c, int d, struct reach x, struct reach y)
{
    struct reach z = {x.low > y.low ? x.low : y.low,
                      x.high < y.high ? x.high : y.high, 0};
    int first = z.low / 64, last = z.high / 64;
    if (z.low > z.high || (x.set == 0 && y.set == 0))
        return z;
    new_set(c, d, &z.set);
    z.low = 1, z.high = 0;
    for (int w = first; w <= last; w++) {
        uint64_t m = word_of(c, &x, w) & word_of(c, &y, w);
        c->sets[(int)z.set + w] = m;
        if (m == 0)
            continue;
        if (z.low > z.high)
            z.low = (uint16_t)(64 * w + __builtin_ctzll(m));
        z.high = (uint16_t)(64 * w + 63 - __builtin_clzll(m));
    }
    return z;
}

static int dim_of(const struct game *c, int score, int q)
{
    const struct mover *m = q < 0 ? NULL : &c->s.mover[q];
    int d = c->s.p->levers;
    if (m == NULL || m->levers == 0)
        return -1;
    if (m->at != NULL)
        return __builtin_ctzll(m->levers);
    while (d < c->dims && (c->quantity[d] != q || c->score[d] != score))
        d++;
    return d;
}

/* Of a computed quantity whose zeros count as missing: they have positions of
 * their own, between the thresholds ±1e-35. */
static struct reach zero_side(struct game *c, int d, const struct formula *f,
                              const struct node *n, int k, struct reach x,
                              bool left)
{
    const double *t = f->threshold[c->score[d]], least = (double)1e-35F;
    int last = f->thresholds[c->score[d]];
    struct reach z = {1, 0, 0};
    new_set(c, d, &z.set);
    for (int i = x.low; i <= x.high; i++) {
        bool zero = i > 0 && i < last && t[i] <= least &&
                    t[i - 1] >= nextafter(-least, -1);
        if (is_in(c, &x, i) && (zero ? n->missing_left : i <= k) == left)
            add_to(c, &z, i);
    }
    return z;
}

/* The part of a reach that goes to one side of a node. */
static struct reach side_of(struct game *c, int d, int q, const struct node *n,
                            struct reach x, bool left)
{
    if (d >= c->s.p->levers) {
        const struct formula *f = c->s.mover[q].formula;
        int k = 0;
        if (isnan(c->s.row[q])) /* missing where nothing moves: both sides */
            return x;
        while (f->threshold[c->score[d]][k] != n->threshold)
            k++;
        if (n->zero_missing)
            return zero_side(c, d, f, n, k, x, left);
        x.low = !left && k + 1 > x.low ? (uint16_t)(k + 1) : x.low;
        x.high = left && k < x.high ? (uint16_t)k : x.high;
        return x;
    }
    const double *at = c->s.mover[q].at;
    struct reach z = {1, 0, 0};
    new_set(c, d, &z.set);
    for (int i = x.low; i <= x.high; i++)
        if (is_in(c, &x, i) && goes_left(n, at[i]) == left)
            add_to(c, &z, i);
    return z;
}

/* Rising or falling values: one side, then the other. */
static void two_sides(const double *at, const struct node *n, struct reach x,
                      struct reach side[2])
{
    int a = x.low, b = x.high + 1;
    bool first = goes_left(n, at[a]);
    if (goes_left(n, at[x.high]) == first)
        a = x.high;
    while (b - a > 1)
        *(goes_left(n, at[(a + b) / 2]) == first ? &a : &b) = (a + b) / 2;
    side[first] = (struct reach){x.low, (uint16_t)a, 0};
    side[!first] = (struct reach){(uint16_t)b, x.high, 0};
}

/* Leaves of a tree that the levers can reach from this row. */
static void walk(struct game *c, int score, const struct tree *t, int at)
{
    const struct score *k = &c->s.p->score[score];
    const struct node *n = &t->node[at];
    int q = n->feature < 0 ? -1 : k->quantity[n->feature],
        d = q < 0 ? -1 : c->dim[score][q];
    if (n->feature < 0) {
        c->value[c->leaves] =
            k->sign * (1 / k->model->rounds) * t->weight * n->value;
        memcpy(c->found + c->leaves++ * c->dims, c->now,
               (size_t)c->dims * sizeof *c->now);
    } else if (d < 0) {
        bool left = goes_left(n, q < 0 ? (double)NAN : c->s.row[q]);
        walk(c, score, t, left ? n->left : n->right);
    } else {
        struct reach all = c->now[d], side[2];
        if (d < c->s.p->levers && !c->s.axis[d].sets)
            two_sides(c->s.mover[q].at, n, all, side);
        else
            for (int left = 0; left < 2; left++)
                side[left] = side_of(c, d, q, n, all, left != 0);
        for (int left = 0; left < 2; left++) {
            c->now[d] = side[left];
            if (c->now[d].low <= c->now[d].high)
                walk(c, score, t, left ? n->left : n->right);
        }
        c->now[d] = all;
    }
}

struct leaves new_leaves(const struct game *c, int score, int n)
{
    struct leaves x = {.score = score, .n = n};
    x.value = NEW(c->s.r, c->s.r->row, n, double);
    x.reach = NEW(c->s.r, c->s.r->row, (long)n * c->dims, struct reach);
    return x;
}

struct leaves tree_leaves(struct game *c, int score,
                                 const struct tree *t)
{
    memcpy(c->now, c->all, sizeof c->now);
    c->leaves = 0;
    walk(c, score, t, 0);
    struct leaves x = new_leaves(c, score, c->leaves);
    memcpy(x.value, c->value, (size_t)x.n * sizeof *x.value);
    for (int d = 0; d < c->dims; d++)
        for (int i = 0; i < x.n; i++) {
            struct reach y = x.reach[d * x.n + i] = c->found[i * c->dims + d];
            x.reads[d] |=
                y.low > c->all[d].low || y.high < c->all[d].high || y.set != 0;
        }
    return x;
}

void make_dims(struct game *c)
{
    const struct problem *p = c->s.p;
    int most = 1;
    c->dims = p->levers;
    for (int i = 0; i < p->formulas; i++)
        for (int k = 0; k < p->scores; k++) {
            int q = p->formula[i].quantity;
            if (c->s.mover[q].formula == NULL || c->s.mover[q].at != NULL ||
                p->formula[i].thresholds[k] == 0)
                continue;
            if (c->dims == DIMS)
                refuse(c->s.r, "more than %d dimensions", DIMS);
            c->quantity[c->dims] = q;
            c->score[c->dims++] = k;
        }
    for (int k = 0; k < p->scores; k++)
        for (int i = 0; i < p->score[k].model->trees; i++)
            most = p->score[k].model->tree[i].nodes / 2 + 1 > most
                       ? p->score[k].model->tree[i].nodes / 2 + 1
                       : most;
    c->found = NEW(c->s.r, c->s.r->row, most * c->dims + 1, struct reach);
    c->value = NEW(c->s.r, c->s.r->row, most, double);
    struct box b = {{0}, {0}};
    for (int a = 0; a < p->levers; a++)
        b.high[a] = c->s.axis[a].n - 1;
    for (int d = 0; d < c->dims; d++) {
        int low = 0, high = dim_size(c, d) - 1;
        if (d >= p->levers)
            (void)computed_at(c, d, &b, &low, &high);
        c->all[d] = (struct reach){(uint16_t)low, (uint16_t)high, 0};
    }
    for (int k = 0; k < p->scores; k++) {
        c->dim[k] = NEW(c->s.r, c->s.r->row, p->quantities + 1, int);
        for (int q = 0; q < p->quantities; q++)
            c->dim[k][q] = dim_of(c, k, q);
    }
    memset(c->hits, 0, sizeof c->hits);
    memset(c->room, 0, sizeof c->room);
    c->groups = c->words = 0;
    c->sets_used = 1; /* set 0: an interval */
    c->sets_room = 0;
}
