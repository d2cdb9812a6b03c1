/* The scores' trees as the walks of all rows read them. */
#include "kernel/sort.h"
#include "model/evaluate.h"
#include "recourse/relax.h"

struct compile {
    struct recourse *r;
    const struct recourse_score *from;
    struct engine_score *to;
    struct knot *knot;
    const struct node **node;
    uint32_t knots;
    double **threshold;
    uint32_t *count;
};

static size_t quantity_of(const struct recourse_score *s, int32_t feature)
{
    return s->quantity == NULL ? (size_t)feature : s->quantity[feature];
}

static double as_compared(const struct model *m, const struct node *n)
{
    double t = node_edge(m, n);
    return t == 0 ? 0.0 : t;
}

/* Counts, then (with room) gathers the thresholds of every quantity. */
static void visit(struct compile *c, uint8_t *special)
{
    size_t quantities = c->r->p.quantities;

    memset(c->count, 0, quantities * sizeof *c->count);
    for (size_t i = 0; i < c->to->trees; i++) {
        const struct tree *t = &c->from->model->tree[c->to->tree[i]];
        for (uint32_t k = 0; k < t->node_count; k++) {
            const struct node *n = &t->node[k];
            if (n->feature < 0)
                continue;
            size_t q = quantity_of(c->from, n->feature);
            if (n->categorical) {
                special[q] |= SPECIAL_SET;
                continue;
            }
            if (n->missing == MISSING_ZERO)
                special[q] |= SPECIAL_ZERO;
            if (c->threshold[q] != NULL)
                c->threshold[q][c->count[q]] =
                    as_compared(c->from->model, n);
            c->count[q]++;
        }
    }
}

static status thresholds(struct compile *c, struct error *e)
{
    struct arena *a = c->r->arena;
    size_t quantities = c->r->p.quantities;
    uint8_t *special = arena_new_array(a, uint8_t, quantities + 1);

    c->threshold = arena_new_array(a, double *, quantities + 1);
    c->count = arena_new_array(a, uint32_t, quantities + 1);
    if (special == NULL || c->threshold == NULL || c->count == NULL)
        return arena_error(a, e);
    visit(c, special);
    for (size_t q = 0; q < quantities; q++) {
        c->threshold[q] = arena_new_array(a, double, (size_t)c->count[q] + 1);
        if (c->threshold[q] == NULL)
            return arena_error(a, e);
    }
    visit(c, special);
    for (size_t q = 0; q < quantities; q++) {
        uint32_t kept = 0;
        double *t = c->threshold[q];
        if (!sort_values(t, c->count[q]))
            return error_memory(e);
        for (uint32_t i = 0; i < c->count[q]; i++) {
            if (kept == 0 || t[i] != t[kept - 1])
                t[kept++] = t[i];
        }
        c->count[q] = kept;
    }
    c->to->threshold = (const double *const *)c->threshold;
    c->to->thresholds = c->count;
    c->to->special = special;
    return ST_OK;
}

static uint32_t rank_of(const double *threshold, uint32_t n, double t)
{
    uint32_t low = 0, high = n;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (threshold[middle] < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_tree(struct compile *c, const struct tree *t, uint32_t at)
{
    const struct node *n = &t->node[at];
    uint32_t self = c->knots++;
    struct knot *k = &c->knot[self];

    c->node[self] = n;
    if (n->feature < 0) {
        k->quantity = -1;
        k->value =
            c->to->sign * t->weight * c->from->model->combine_scale * n->value;
        return;
    }
    size_t q = quantity_of(c->from, n->feature);
    k->quantity = (int32_t)q;
    k->default_left = n->default_left;
    k->special = n->categorical || n->missing == MISSING_ZERO;
    if (!n->categorical)
        k->rank = rank_of(c->threshold[q], c->count[q],
                          as_compared(c->from->model, n));
    /* NaN taken as 0 goes where 0 goes. */
    if (!n->categorical && n->missing == MISSING_NONE)
        k->default_left = node_goes_left(c->from->model, n, 0.0);
    add_tree(c, t, (uint32_t)n->left);
    k->right = c->knots;
    add_tree(c, t, (uint32_t)n->right);
}

/* Sums are only compared loosely in a search, model_margin decides a plan:
 * (n + 16) roundings of at most all leaves' magnitude, on both sides. */
static double room_of(const struct engine_score *s, const struct knot *k,
                      size_t knots)
{
    double most = fabs(s->constant) + fabs(s->cut), tree = 0;

    for (size_t i = 0; i < knots; i++) {
        if (k[i].quantity < 0)
            tree = fmax(tree, fabs(k[i].value));
    }
    most += tree * (double)s->trees;
    return most * (double)(s->trees + 16) * 4 * 0x1p-53;
}

static status add_trees(struct compile *c, struct error *e)
{
    struct arena *a = c->r->arena;
    const struct model *m = c->from->model;
    uint32_t *tree = arena_new_array(a, uint32_t, m->trees + 1);
    uint32_t *root = arena_new_array(a, uint32_t, m->trees + 1);
    size_t nodes = 0;

    if (tree == NULL || root == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != c->from->output)
            continue;
        tree[c->to->trees++] = (uint32_t)i;
        nodes += m->tree[i].node_count;
    }
    c->to->tree = tree;
    if (c->r->engine->relaxed || c->r->engine->asked)
        return ST_OK;
    TRY(thresholds(c, e));
    c->knot = arena_new_array(a, struct knot, nodes + 1);
    c->node = arena_new_array(a, const struct node *, nodes + 1);
    if (c->knot == NULL || c->node == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < c->to->trees; i++) {
        root[i] = c->knots;
        add_tree(c, &m->tree[tree[i]], 0);
    }
    root[c->to->trees] = c->knots;
    c->to->room = room_of(c->to, c->knot, c->knots);
    c->to->root = root;
    c->to->knot = c->knot;
    c->to->node = (const struct node *const *)c->node;
    return ST_OK;
}

static status compile_score(struct recourse *r, const struct recourse_score *s,
                            struct engine_score *out, struct error *e)
{
    struct compile c = {.r = r, .from = s, .to = out};

    out->model = s->model;
    out->output = s->output;
    out->sign = s->accept == RECOURSE_AT_MOST ? 1 : -1;
    out->cut = out->sign * s->cutoff;
    out->guard = s->guard;
    out->native = s->native;
    out->constant = s->model->kind == MODEL_FOREST
                        ? out->sign * s->model->base[s->output]
                        : 0;
    if (!r->engine->asked)
        TRY(relax_prepare(out, r->arena, e));
    return add_trees(&c, e);
}

status engine_prepare(struct recourse *r, struct error *e)
{
    struct engine *g = arena_new_one(r->arena, struct engine);

    if (g == NULL)
        return arena_error(r->arena, e);
    r->engine = g;
    g->scores = r->p.scores;
    for (size_t i = 0; i < g->scores; i++) {
        g->relaxed |= relax_wants(r->p.score[i].model);
        g->asked |= !model_is_local(r->p.score[i].model);
    }
    if ((g->relaxed || g->asked) && r->p.prove)
        return error_set(e, ST_UNSUPPORTED,
                         "no proof log: they are written for sums of trees "
                         "with constant leaves alone");
    g->score = arena_new_array(r->arena, struct engine_score, g->scores);
    if (g->score == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < g->scores; i++) {
        struct engine_score *s = &g->score[i];
        TRY(compile_score(r, &r->p.score[i], s, e));
        for (size_t t = 0; t < s->trees; t++) {
            size_t leaves = s->model->tree[s->tree[t]].leaf_count;
            g->most_leaves = leaves > g->most_leaves ? leaves : g->most_leaves;
        }
    }
    return ST_OK;
}
