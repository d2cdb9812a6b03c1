/* Path-dependent values by soft routing. A tree's game is multilinear in the
 * players' memberships, so a Shapley value is the integral over t in [0, 1]
 * of its partial derivative on the diagonal, where each player is in with
 * chance t. A player on the path then has the factor share (1 − t) + follows
 * t. With k distinct players the integrand has degree k − 1, which ceil(k/2)
 * Gauss–Legendre nodes integrate exactly. */
#include "shapley/path.h"

#include "kernel/quadrature.h"

/* One explained row. */
struct walk {
    const struct model *model;
    const struct tree *tree;
    const double *share, *value, *row;
    const uint32_t *player;
    const struct rule_nodes *rule;
    struct player_path *path;
    double *phi; /* of the tree's output */
};

static bool path_supports(const struct model *m, char why[ESTIMATOR_WHY_MAX])
{
    if (m->kind != MODEL_FOREST) {
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "no trees with covers; use \"interventional\" with a "
                 "reference table, or an estimate");
        return false;
    }
    if (m->has_linear_leaves) {
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "linear leaves, whose mean the file does not tell; use "
                 "\"interventional\" with a reference table");
        return false;
    }
    return true;
}

static double left_share(const struct tree *t, const struct node *n)
{
    double left = t->node[n->left].cover, right = t->node[n->right].cover;
    double sum = left + right;

    return sum > 0 ? left / sum : 0.5;
}

/* The tree's mean by cover; fills shares and scaled leaf values. */
static double fill_tree(const struct tree *t, double scale, uint32_t at,
                        double *share, double *value)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return value[at] = n->value * scale;
    share[at] = left_share(t, n);
    double left = fill_tree(t, scale, (uint32_t)n->left, share, value);
    double right = fill_tree(t, scale, (uint32_t)n->right, share, value);
    return share[at] * left + (1 - share[at]) * right;
}

static status make_rule(struct arena *a, size_t count, struct rule_nodes *r,
                        struct error *e)
{
    r->count = count;
    r->t = arena_new_array(a, double, count);
    r->u = arena_new_array(a, double, count);
    r->weight = arena_new_array(a, double, count);
    if (r->t == NULL || r->u == NULL || r->weight == NULL)
        return arena_error(a, e);
    TRY(quadrature_legendre(count, r->t, r->weight, e));
    for (size_t q = 0; q < count; q++)
        r->u[q] = 1 - r->t[q];
    return ST_OK;
}

static status rules_for_trees(struct game *g, struct path_state *s,
                              uint16_t *counts, struct error *e)
{
    const struct model *m = g->model;
    size_t most = (g->path_players + 1) / 2;
    struct rule_nodes *known =
        arena_new_array(g->arena, struct rule_nodes, most + 1);

    if (known == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < m->trees; i++) {
        size_t q = (tree_path_players(&m->tree[i], g->player, counts) + 1) / 2;

        if (q > 0 && known[q].count == 0)
            TRY(make_rule(g->arena, q, &known[q], e));
        s->rule[i] = known[q];
    }
    g->scratch_doubles = 2 * (m->max_depth + 2) * most;
    if (g->pairs != NULL)
        path_interact_scratch(g, most);
    return ST_OK;
}

static status path_prepare(struct game *g,
                           const struct explain_reference *r, struct error *e)
{
    const struct model *m = g->model;
    size_t nodes = g->first_node[m->trees];
    struct path_state *s = arena_new_one(g->arena, struct path_state);

    (void)r;
    if (s == NULL)
        return arena_error(g->arena, e);
    s->share = arena_new_array(g->arena, double, nodes + 1);
    s->value = arena_new_array(g->arena, double, nodes + 1);
    s->rule = arena_new_array(g->arena, struct rule_nodes, m->trees + 1);
    if (s->share == NULL || s->value == NULL || s->rule == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        uint32_t at = g->first_node[i];

        g->base[t->output] += fill_tree(t, g->tree_scale[i], 0, s->share + at,
                                        s->value + at);
    }
    uint16_t *counts = mem_array(g->players + 1, sizeof *counts);
    if (counts == NULL)
        return error_memory(e);
    g->state = s;
    status made = rules_for_trees(g, s, counts, e);
    mem_free(counts);
    return made;
}

static void walk_node(struct walk *w, uint32_t at, const double *c, double *h,
                      double *spare);

/* h of a child below an edge of player f, in the given state; an edge that
 * neither the covers nor the row take carries nothing. */
static void walk_edge(struct walk *w, int32_t child, struct player_path edge,
                      struct player_path *f, const double *c, double *h,
                      double *spare)
{
    size_t count = w->rule->count;

    if (edge.share == 0 && !edge.follows) {
        memset(h, 0, count * sizeof *h);
        return;
    }
    if (w->tree->node[child].feature < 0) {
        for (size_t q = 0; q < count; q++)
            h[q] = w->value[child];
        return;
    }
    struct player_path kept = *f;
    *f = edge;
    walk_node(w, (uint32_t)child, c, h, spare);
    *f = kept;
}

/* The first split of a player on the path: its factor stands alone. */
static void first_split(struct walk *w, uint32_t at, const double *c,
                        double *h, double *spare)
{
    const struct node *n = &w->tree->node[at];
    const struct rule_nodes *r = w->rule;
    size_t count = r->count;
    uint32_t player = w->player[n->feature];
    struct player_path *f = &w->path[player];
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    double z = w->share[at], y = 1 - z, sum = 0;
    double in = left ? 1.0 : 0.0, out = 1 - in;
    double *next = spare, *other = spare + count;

    for (size_t q = 0; q < count; q++)
        next[q] = c[q] * (z * r->u[q] + in * r->t[q]);
    walk_edge(w, n->left, (struct player_path){z, left, true}, f, next, h,
              spare + 2 * count);
    for (size_t q = 0; q < count; q++)
        next[q] = c[q] * (y * r->u[q] + out * r->t[q]);
    walk_edge(w, n->right, (struct player_path){y, !left, true}, f, next,
              other, spare + 2 * count);
    for (size_t q = 0; q < count; q++) {
        sum += c[q] * (h[q] - other[q]);
        h[q] = h[q] * (z * r->u[q] + in * r->t[q]) +
               other[q] * (y * r->u[q] + out * r->t[q]);
    }
    w->phi[player] += (in - z) * sum;
}

/* A repeat: the factor so far is replaced by the narrower one. */
static void next_split(struct walk *w, uint32_t at, const double *c, double *h,
                       double *spare)
{
    const struct node *n = &w->tree->node[at];
    const struct rule_nodes *r = w->rule;
    size_t count = r->count;
    uint32_t player = w->player[n->feature];
    struct player_path *f = &w->path[player];
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    double p = f->share, z = p * w->share[at], y = p * (1 - w->share[at]);
    double before = f->follows ? 1.0 : 0.0, sum = 0;
    double in = left ? before : 0.0, out = left ? 0.0 : before;
    double *next = spare, *other = spare + count;

    for (size_t q = 0; q < count; q++)
        next[q] = c[q] * (z * r->u[q] + in * r->t[q]) /
                  (p * r->u[q] + before * r->t[q]);
    walk_edge(w, n->left, (struct player_path){z, in > 0, true}, f, next, h,
              spare + 2 * count);
    for (size_t q = 0; q < count; q++)
        next[q] = c[q] * (y * r->u[q] + out * r->t[q]) /
                  (p * r->u[q] + before * r->t[q]);
    walk_edge(w, n->right, (struct player_path){y, out > 0, true}, f, next,
              other, spare + 2 * count);
    for (size_t q = 0; q < count; q++) {
        double old = p * r->u[q] + before * r->t[q];
        double both = (h[q] * (z * r->u[q] + in * r->t[q]) +
                       other[q] * (y * r->u[q] + out * r->t[q])) /
                      old;

        sum += c[q] / old *
               ((in - z) * h[q] + (out - y) * other[q] - (before - p) * both);
        h[q] = both;
    }
    w->phi[player] += sum;
}

/* c: quadrature weight times the factors of the path so far. h receives the
 * sum of the leaves below, each times its factors below this node, and
 * takes two rows of spare a level. */
static void walk_node(struct walk *w, uint32_t at, const double *c, double *h,
                      double *spare)
{
    if (w->path[w->player[w->tree->node[at].feature]].seen)
        next_split(w, at, c, h, spare);
    else
        first_split(w, at, c, h, spare);
}

static void path_explain(const struct game *g, struct game_scratch *s,
                         const double *row, double *phi)
{
    const struct model *m = g->model;
    const struct path_state *state = g->state;

    for (size_t i = 0; i < m->trees; i++) {
        if (s->skip != NULL && s->skip[i])
            continue;
        const struct tree *t = &m->tree[i];
        const struct rule_nodes *rule = &state->rule[i];
        struct walk w = {m,
                         t,
                         state->share + g->first_node[i],
                         state->value + g->first_node[i],
                         row,
                         g->player,
                         rule,
                         s->path,
                         phi + t->output * (g->players + 1)};

        if (rule->count > 0)
            walk_node(&w, 0, rule->weight, s->real, s->real + rule->count);
    }
}

const struct estimator path_dependent_estimator = {
    .name = "path-dependent",
    .title = "Path-dependent Shapley values",
    .needs_reference = false,
    .exact = true,
    .has_float = true,
    .has_interactions = true,
    .supports = path_supports,
    .prepare = path_prepare,
    .explain = path_explain,
    .interact = path_interact,
};
