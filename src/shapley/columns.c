#include "shapley/columns.h"

#include <math.h>

/* One split, as the order sees it. Splits that compare equal in everything but
 * the threshold share columns. */
struct split {
    uint32_t feature, at;      /* at: place of the node in flat arrays */
    uint8_t compare, missing;
    bool missing_left, set_goes_left;
    double cut;
    uint32_t words;
    const uint32_t *set;
};

static int three_way(double a, double b)
{
    return (a > b) - (a < b);
}

/* By the way a value is treated: feature, comparison, missing values, set. */
static int compare_kind(const struct split *x, const struct split *y)
{
    if (x->feature != y->feature)
        return x->feature < y->feature ? -1 : 1;
    if (x->compare != y->compare)
        return (int)x->compare - (int)y->compare;
    if (x->missing != y->missing)
        return (int)x->missing - (int)y->missing;
    if (x->missing_left != y->missing_left)
        return (int)x->missing_left - (int)y->missing_left;
    if (x->set_goes_left != y->set_goes_left)
        return (int)x->set_goes_left - (int)y->set_goes_left;
    if (x->words != y->words)
        return x->words < y->words ? -1 : 1;
    return x->words == 0 ? 0
                         : memcmp(x->set, y->set, x->words * sizeof *x->set);
}

static int compare_split(const void *a, const void *b)
{
    const struct split *x = a, *y = b;
    int kind = compare_kind(x, y);

    if (kind == 0)
        kind = three_way(x->cut, y->cut);
    return kind != 0 ? kind : (x->at > y->at) - (x->at < y->at);
}

/* What node_goes_left reads of a node, in one form: what it does not read is
 * zero, so that splits alike share a column. */
static struct split split_of(const struct model *m, const struct node *n,
                             uint32_t at)
{
    struct split s = {.feature = (uint32_t)n->feature, .at = at};

    if (n->categorical) {
        s.compare = BINS_SET;
        s.missing = BINS_NAN;
        s.set_goes_left = n->set_goes_left;
        s.missing_left = n->default_left &&
                         !(n->set_goes_left && m->library == LIBRARY_LIGHTGBM);
        s.words = n->set_words;
        s.set = m->set_bits + n->set_first;
        return s;
    }
    if (m->compare == COMPARE_AT_MOST_FLOAT && n->missing != MISSING_NAN) {
        /* A missing value counts as 0. */
        s.missing_left = node_goes_left(m, n, 0.0);
    } else {
        s.missing_left = n->missing != MISSING_NONE && n->default_left;
    }
    if (m->compare == COMPARE_AT_MOST_FLOAT &&
        (float)n->threshold == INFINITY) {
        /* No float is beyond it. */
        s.compare = BINS_AT_MOST;
        s.missing = BINS_NAN;
        s.cut = (double)INFINITY;
    } else if (m->compare != COMPARE_AT_MOST_DOUBLE) {
        s.compare = BINS_LESS_FLOAT;
        s.missing = BINS_NAN;
        s.cut = (double)node_float_edge(m, n);
    } else {
        s.compare = BINS_AT_MOST;
        s.missing = n->missing == MISSING_NAN    ? BINS_NAN
                    : n->missing == MISSING_ZERO ? BINS_ZERO
                                                 : BINS_NONE;
        s.cut = n->threshold;
    }
    return s;
}

static size_t gather_splits(const struct model *m, const uint32_t *first,
                            struct split *split)
{
    size_t count = 0;

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];

        for (uint32_t j = 0; j < t->node_count; j++) {
            if (t->node[j].feature >= 0)
                split[count++] = split_of(m, &t->node[j], first[i] + j);
        }
    }
    return count;
}

struct sweep {
    struct arena *arena;
    struct bins_column *column;
    double *cut;               /* cuts of all columns, one after the other */
    size_t columns, cuts;
    uint32_t *of;
    uint8_t *limit;
};

static void open_column(struct sweep *w, const struct split *s)
{
    struct bins_column *c = &w->column[w->columns++];

    c->source = s->feature;
    c->compare = s->compare;
    c->missing = s->missing;
    c->missing_left = s->missing_left;
    c->set_goes_left = s->set_goes_left;
    if (s->compare == BINS_SET) {
        c->set = s->set;
        c->count = s->words;
    } else {
        c->cut = w->cut + w->cuts;
    }
}

/* Splits in order → columns. A new cut opens a column when the present one is
 * of another kind or full. */
static void sweep_splits(struct sweep *w, const struct split *split,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct split *s = &split[i];
        bool same = i > 0 && compare_kind(s, s - 1) == 0;
        bool set = s->compare == BINS_SET;
        bool fresh = !set && (!same || s->cut != s[-1].cut);

        if (!same || (fresh && w->column[w->columns - 1].count == BINS_CUTS))
            open_column(w, s);
        struct bins_column *c = &w->column[w->columns - 1];
        if (fresh) {
            w->cut[w->cuts++] = s->cut;
            c->count++;
        }
        w->of[s->at] = (uint32_t)(w->columns - 1);
        w->limit[s->at] = set ? 1 : (uint8_t)c->count;
    }
}

static status fill(const struct model *m, struct arena *a, struct split *split,
                   struct columns *out, struct error *e)
{
    uint32_t *first = arena_new_array(a, uint32_t, m->trees + 1);
    struct sweep w = {.arena = a};

    if (first == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < m->trees; i++)
        first[i + 1] = first[i] + m->tree[i].node_count;
    size_t nodes = first[m->trees], count = gather_splits(m, first, split);
    qsort(split, count, sizeof *split, compare_split);
    size_t columns = 0, cuts = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = i > 0 && compare_kind(&split[i], &split[i - 1]) == 0;
        columns += !same;
        cuts += !same || split[i].cut != split[i - 1].cut;
    }
    columns += cuts / BINS_CUTS;
    w.column = arena_new_array(a, struct bins_column, columns + 1);
    w.cut = arena_new_array(a, double, cuts + 1);
    w.of = arena_new_array(a, uint32_t, nodes + 1);
    w.limit = arena_new_array(a, uint8_t, nodes + 1);
    if (w.column == NULL || w.cut == NULL || w.of == NULL || w.limit == NULL)
        return arena_error(a, e);
    sweep_splits(&w, split, count);
    *out = (struct columns){w.columns, w.column, first, w.of, w.limit};
    return ST_OK;
}

status columns_build(const struct model *m, struct arena *a,
                     struct columns *out, struct error *e)
{
    size_t nodes = 0;

    for (size_t i = 0; i < m->trees; i++)
        nodes += m->tree[i].node_count;
    struct split *split = mem_array(nodes + 1, sizeof *split);
    if (split == NULL)
        return error_memory(e);
    status s = fill(m, a, split, out, e);
    mem_free(split);
    return s;
}

size_t columns_bytes(const struct model *m)
{
    size_t nodes = 0;

    for (size_t i = 0; i < m->trees; i++)
        nodes += m->tree[i].node_count;
    return nodes * (sizeof(uint32_t) + 1 + sizeof(double)) +
           (m->trees + m->features * 4) * sizeof(struct bins_column);
}
