/* One row's game: each tree is walked once with what the levers can reach, so
 * that most leaves vanish; what is left becomes bit masks. */
#include "recourse/engine.h"

struct reach {           /* of one leaf on one axis */
    uint16_t axis;
    uint16_t low, high;  /* interval */
    uint64_t *alive;     /* or the set */
};

struct leaf {
    double score;
    uint32_t order;
    uint32_t reaches;
    struct reach *reach;
};

struct tree_leaves {
    struct leaf *leaf;
    size_t leaves;
};

struct walk {
    const struct recourse *r;
    const double *row;
    struct arena *a;
    struct game *g;
    const struct tree *tree;
    const uint32_t *rank;
    double scale;
    uint16_t **split;  /* [axes][thresholds]: first candidate that goes right */
    bool **used;       /* [axes][count]: a live split lies before the index */
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    uint64_t *alive[RECOURSE_LEVERS_MAX];
    uint32_t touched[RECOURSE_LEVERS_MAX]; /* splits on the path */
    struct tree_leaves *out;
    size_t room;
};

static size_t set_words(const struct axis *x)
{
    return (x->count + 63) / 64;
}

static status add_leaf(struct walk *w, const struct node *n, struct error *e)
{
    struct tree_leaves *t = w->out;
    struct leaf *f = &t->leaf[t->leaves];
    size_t reaches = 0;

    f->score = n->value * w->scale;
    f->order = (uint32_t)t->leaves++;
    for (size_t i = 0; i < w->g->axes; i++)
        reaches += w->touched[i] > 0;
    f->reaches = 0;
    f->reach = arena_new_array(w->a, struct reach, reaches);
    if (f->reach == NULL)
        return arena_error(w->a, e);
    for (size_t i = 0; i < w->g->axes; i++) {
        if (w->touched[i] == 0)
            continue;
        struct reach *r = &f->reach[f->reaches++];
        *r = (struct reach){(uint16_t)i, w->low[i], w->high[i], NULL};
        if (!w->g->axis[i].set)
            continue;
        size_t bytes = set_words(&w->g->axis[i]) * sizeof(uint64_t);
        r->alive = arena_alloc(w->a, bytes);
        if (r->alive == NULL)
            return arena_error(w->a, e);
        memcpy(r->alive, w->alive[i], bytes);
    }
    return ST_OK;
}

static status walk_node(struct walk *w, uint32_t at, struct error *e);

static status walk_child(struct walk *w, int32_t child, size_t axis,
                         struct error *e)
{
    w->touched[axis]++;
    status s = walk_node(w, (uint32_t)child, e);
    w->touched[axis]--;
    return s;
}

static status walk_interval(struct walk *w, uint32_t at, size_t axis,
                            struct error *e)
{
    const struct node *n = &w->tree->node[at];
    uint16_t low = w->low[axis], high = w->high[axis];
    uint16_t right = w->split[axis][w->rank[at]]; /* first to go right */

    if (high < right)
        return walk_node(w, (uint32_t)n->left, e);
    if (low >= right)
        return walk_node(w, (uint32_t)n->right, e);
    w->used[axis][right] = true;
    w->high[axis] = (uint16_t)(right - 1);
    status s = walk_child(w, n->left, axis, e);
    w->high[axis] = high;
    if (s != ST_OK)
        return s;
    w->low[axis] = right;
    s = walk_child(w, n->right, axis, e);
    w->low[axis] = low;
    return s;
}

static status walk_set(struct walk *w, uint32_t at, size_t axis,
                       struct error *e)
{
    const struct node *n = &w->tree->node[at];
    const struct axis *x = &w->g->axis[axis];
    size_t words = set_words(x), lefts = 0, rights = 0;
    uint64_t *alive = w->alive[axis];
    uint64_t *left = arena_new_array(w->a, uint64_t, 2 * words);

    if (left == NULL)
        return arena_error(w->a, e);
    uint64_t *right = left + words;
    for (size_t i = 0; i < x->count; i++) {
        uint64_t bit = (uint64_t)1 << i % 64;
        if ((alive[i / 64] & bit) == 0)
            continue;
        if (node_goes_left(w->r->p.model, n, x->value[i])) {
            left[i / 64] |= bit;
            lefts++;
        } else {
            right[i / 64] |= bit;
            rights++;
        }
    }
    if (rights == 0)
        return walk_node(w, (uint32_t)n->left, e);
    if (lefts == 0)
        return walk_node(w, (uint32_t)n->right, e);
    w->alive[axis] = left;
    status s = walk_child(w, n->left, axis, e);
    w->alive[axis] = right;
    if (s == ST_OK)
        s = walk_child(w, n->right, axis, e);
    w->alive[axis] = alive;
    return s;
}

static status walk_node(struct walk *w, uint32_t at, struct error *e)
{
    for (;;) {
        const struct node *n = &w->tree->node[at];
        if (n->feature < 0)
            return add_leaf(w, n, e);
        int32_t axis = w->r->lever_of[n->feature];
        if (axis < 0 || w->g->axis[axis].count == 1) {
            at = (uint32_t)(node_goes_left(w->r->p.model, n,
                                           w->row[n->feature])
                                ? n->left
                                : n->right);
            continue;
        }
        return w->g->axis[axis].set ? walk_set(w, at, (size_t)axis, e)
                                    : walk_interval(w, at, (size_t)axis, e);
    }
}

static status walk_start(struct walk *w, struct error *e)
{
    struct game *g = w->g;

    w->split = arena_new_array(w->a, uint16_t *, g->axes + 1);
    w->used = arena_new_array(w->a, bool *, g->axes + 1);
    if (w->split == NULL || w->used == NULL)
        return arena_error(w->a, e);
    for (size_t i = 0; i < g->axes; i++) {
        const struct axis *x = &g->axis[i];
        const struct lever_grid *grid = &w->r->grid[i];
        w->high[i] = (uint16_t)(x->count - 1);
        w->split[i] = arena_new_array(w->a, uint16_t, grid->thresholds + 1);
        w->used[i] = arena_new_array(w->a, bool, x->count + 1);
        w->alive[i] = arena_new_array(w->a, uint64_t, set_words(x));
        if (w->split[i] == NULL || w->used[i] == NULL || w->alive[i] == NULL)
            return arena_error(w->a, e);
        for (size_t k = 0; k < x->count; k++)
            w->alive[i][k / 64] |= (uint64_t)1 << k % 64;
        size_t k = 0;
        for (size_t t = 0; !x->set && t < grid->thresholds; t++) {
            while (k < x->count && compares_below(w->r->p.model, x->value[k],
                                                  grid->threshold[t]))
                k++;
            w->split[i][t] = (uint16_t)k;
        }
    }
    return ST_OK;
}

/* Candidates that no live split tells apart: only the one nearest to the
 * applicant is kept. In place; map[old] = new. */
static void merge_cells(struct axis *x, const bool *used, uint16_t *map)
{
    size_t kept = 0, down = 0;

    for (size_t i = x->own + 1; i < x->count; i++)
        map[i] = used[i] ? 1 : 0; /* starts a cell */
    for (size_t i = x->own; i-- > 0;)
        map[i] = used[i + 1] ? 1 : 0;
    for (size_t i = 0; i < x->own; i++)
        down += map[i];
    /* Downwards the kept one is the last of its cell; those before it follow. */
    size_t cell = down;
    for (size_t i = x->own; i-- > 0;) {
        cell -= map[i];
        map[i] = (uint16_t)cell;
    }
    for (size_t i = 0; i < x->own; i++) {
        x->value[map[i]] = x->value[i]; /* the last writer is the nearest */
        x->cost[map[i]] = x->cost[i];
    }
    x->value[down] = x->value[x->own];
    x->cost[down] = 0;
    kept = down;
    for (size_t i = x->own + 1; i < x->count; i++) {
        if (map[i] == 1) {
            kept++;
            x->value[kept] = x->value[i];
            x->cost[kept] = x->cost[i];
        }
        map[i] = (uint16_t)kept;
    }
    map[x->own] = (uint16_t)down;
    x->own = down;
    x->count = kept + 1;
}

static status merge_axes(struct walk *w, struct tree_leaves *trees, size_t n,
                         struct error *e)
{
    struct game *g = w->g;
    uint16_t *map[RECOURSE_LEVERS_MAX] = {NULL};

    for (size_t i = 0; i < g->axes; i++) {
        struct axis *x = &g->axis[i];
        if (x->set || x->count == 1 || w->r->grid[i].whole != NULL)
            continue;
        map[i] = arena_new_array(w->a, uint16_t, x->count);
        if (map[i] == NULL)
            return arena_error(w->a, e);
        merge_cells(x, w->used[i], map[i]);
    }
    for (size_t t = 0; t < n; t++) {
        for (size_t k = 0; k < trees[t].leaves; k++) {
            struct leaf *f = &trees[t].leaf[k];
            for (uint32_t j = 0; j < f->reaches; j++) {
                struct reach *r = &f->reach[j];
                if (map[r->axis] == NULL)
                    continue;
                r->low = map[r->axis][r->low];
                r->high = map[r->axis][r->high];
            }
        }
    }
    return ST_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Gives each axis room for the words of the trees that read it. */
static status axis_words(struct walk *w, struct tree_leaves *trees,
                         struct error *e)
{
    struct game *g = w->g;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < g->axes; i++) {
            struct axis *x = &g->axis[i];
            if (pass == 1) {
                x->at = arena_new_array(w->a, uint32_t, x->words);
                x->from = arena_new_array(w->a, uint64_t, x->words * x->count);
                x->to = x->set ? x->from
                               : arena_new_array(w->a, uint64_t,
                                                 x->words * x->count);
                if (x->at == NULL || x->from == NULL || x->to == NULL)
                    return arena_error(w->a, e);
            }
            x->words = 0;
        }
        for (size_t t = 0; t < g->trees; t++) {
            uint64_t seen = 0;
            for (size_t k = 0; k < trees[t].leaves; k++) {
                for (uint32_t j = 0; j < trees[t].leaf[k].reaches; j++)
                    seen |= (uint64_t)1 << trees[t].leaf[k].reach[j].axis;
            }
            for (; seen != 0; seen &= seen - 1) {
                struct axis *x = &g->axis[__builtin_ctzll(seen)];
                for (uint32_t v = g->first_word[t]; v < g->first_word[t + 1];
                     v++) {
                    if (pass == 1)
                        x->at[x->words] = v;
                    x->words++;
                }
            }
        }
    }
    return ST_OK;
}

static void set_bits(struct axis *x, const struct reach *r, size_t word,
                     uint64_t bit)
{
    if (r != NULL && x->set) {
        for (size_t c = 0; c < x->count; c++) {
            if (r->alive[c / 64] >> c % 64 & 1)
                x->from[c * x->words + word] |= bit;
        }
        return;
    }
    size_t low = r != NULL ? r->low : 0;
    size_t high = r != NULL ? r->high : x->count - 1;
    if (x->set) { /* a leaf of the tree that any code reaches */
        for (size_t c = 0; c < x->count; c++)
            x->from[c * x->words + word] |= bit;
        return;
    }
    x->from[low * x->words + word] |= bit;
    x->to[high * x->words + word] |= bit;
}

static void fill_axis(struct game *g, struct axis *x, size_t axis,
                      const struct tree_leaves *trees)
{
    size_t word = 0;

    for (size_t t = 0; word < x->words; t++) {
        if (x->at[word] != g->first_word[t])
            continue;
        for (size_t k = 0; k < trees[t].leaves; k++) {
            const struct leaf *f = &trees[t].leaf[k];
            const struct reach *r = NULL;
            for (uint32_t j = 0; j < f->reaches && r == NULL; j++)
                r = f->reach[j].axis == axis ? &f->reach[j] : NULL;
            set_bits(x, r, word + k / 64, (uint64_t)1 << (63 - k % 64));
        }
        word += g->first_word[t + 1] - g->first_word[t];
    }
    for (size_t c = 1; !x->set && c < x->count; c++) {
        size_t d = x->count - 1 - c;
        for (size_t v = 0; v < x->words; v++) {
            x->from[c * x->words + v] |= x->from[(c - 1) * x->words + v];
            x->to[d * x->words + v] |= x->to[(d + 1) * x->words + v];
        }
    }
}

static status fill_masks(struct walk *w, struct tree_leaves *trees,
                         struct error *e)
{
    struct game *g = w->g;
    double most = fabs(g->constant) + fabs(w->r->cut);

    g->first_word = arena_new_array(w->a, uint32_t, g->trees + 1);
    if (g->first_word == NULL)
        return arena_error(w->a, e);
    for (size_t t = 0; t < g->trees; t++)
        g->first_word[t + 1] =
            g->first_word[t] + (uint32_t)((trees[t].leaves + 63) / 64);
    g->words = g->first_word[g->trees];
    g->full = arena_new_array(w->a, uint64_t, g->words);
    g->value = arena_new_array(w->a, double, g->words * 64);
    if (g->full == NULL || g->value == NULL)
        return arena_error(w->a, e);
    for (size_t t = 0; t < g->trees; t++) {
        qsort(trees[t].leaf, trees[t].leaves, sizeof *trees[t].leaf, by_score);
        for (size_t k = 0; k < trees[t].leaves; k++) {
            size_t v = g->first_word[t] + k / 64;
            g->full[v] |= (uint64_t)1 << (63 - k % 64);
            g->value[v * 64 + k % 64] = trees[t].leaf[k].score;
        }
        most += fmax(fabs(trees[t].leaf[0].score),
                     fabs(trees[t].leaf[trees[t].leaves - 1].score));
    }
    /* Sums are only compared loosely here; model_margin decides a plan. */
    g->limit = w->r->cut +
               most * (double)(w->r->trees + 8) * 2 * 0x1p-53;
    TRY(axis_words(w, trees, e));
    for (size_t i = 0; i < g->axes; i++)
        fill_axis(g, &g->axis[i], i, trees);
    return ST_OK;
}

static status walk_trees(struct walk *w, struct tree_leaves *trees,
                         struct leaf *room, struct error *e)
{
    const struct recourse *r = w->r;
    struct game *g = w->g;

    for (size_t i = 0; i < r->trees; i++) {
        const struct model *m = r->p.model;
        uint32_t t = r->tree[i];
        struct tree_leaves *out = &trees[g->trees];
        w->tree = &m->tree[t];
        w->rank = r->rank + r->first_node[t];
        w->scale = r->sign * w->tree->weight * m->combine_scale;
        w->out = out;
        *out = (struct tree_leaves){room, 0};
        TRY(walk_node(w, 0, e));
        if (out->leaves == 1) {
            g->constant += out->leaf[0].score;
            continue;
        }
        out->leaf = arena_new_array(w->a, struct leaf, out->leaves);
        if (out->leaf == NULL)
            return arena_error(w->a, e);
        memcpy(out->leaf, room, out->leaves * sizeof *room);
        g->trees++;
    }
    TRY(merge_axes(w, trees, g->trees, e));
    return fill_masks(w, trees, e);
}

status game_make(const struct recourse *r, const double *row, struct arena *a,
                 struct game *out, struct error *e)
{
    struct walk w = {.r = r, .row = row, .a = a, .g = out};
    uint32_t largest = 1;

    *out = (struct game){.axes = r->p.levers};
    out->constant = r->sign * r->p.model->base[r->p.output];
    out->axis = arena_new_array(a, struct axis, out->axes + 1);
    struct tree_leaves *trees =
        arena_new_array(a, struct tree_leaves, r->trees + 1);
    if (out->axis == NULL || trees == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < out->axes; i++)
        TRY(axis_make(r, i, row[r->p.lever[i].feature], a, &out->axis[i], e));
    for (size_t i = 0; i < r->trees; i++) {
        uint32_t n = r->p.model->tree[r->tree[i]].leaf_count;
        largest = n > largest ? n : largest;
    }
    struct leaf *room = arena_new_array(a, struct leaf, largest);
    if (room == NULL)
        return arena_error(a, e);
    TRY(walk_start(&w, e));
    return walk_trees(&w, trees, room, e);
}
