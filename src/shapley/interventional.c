/* Interventional values against named reference rows, exact for any number of
 * them: see patterns.h. Preparing walks each tree once with all reference rows,
 * split into classes that fail the same conditions; explaining walks each tree
 * once and looks up what a leaf adds. */
#include "shapley/reference.h"
#include "shapley/steps.h"

static bool reference_supports(const struct model *m,
                               char why[ESTIMATOR_WHY_MAX])
{
    why[0] = 0;
    return m->kind == MODEL_FOREST || steps_supports(m, NULL, false, why);
}

/* Explaining one row in one tree. */
struct look {
    const struct model *model;
    const struct tree *tree;
    const struct reference_state *state;
    const uint32_t *slot;
    const int32_t *unit, *linear;
    const double *row;
    size_t words;
    uint32_t *player; /* of each slot of the present path */
    double *phi, *real;
    uint64_t *spare;  /* [2][words] */
};

static void add_cell(void *to, const struct linear_unit *u,
                     const struct linear_cell *c)
{
    const struct look *w = to;

    linear_cell_add(u, c, &w->state->weights, w->player, w->phi);
}

static void look_leaf(struct look *w, uint32_t at, const uint64_t *fails)
{
    if (w->unit[at] >= 0)
        pattern_unit_add(&w->state->units[w->unit[at]], fails,
                         &w->state->weights, w->player, w->phi);
    if (w->linear == NULL || w->linear[at] < 0)
        return;
    const struct linear_unit *u = &w->state->linears[w->linear[at]];
    for (uint32_t t = 0; t < u->terms; t++)
        w->player[u->slot[t]] = u->player[t];
    linear_unit_visit(u, w->model, w->row, fails, w->real, w->spare, add_cell,
                      w);
}

static void look_node(struct look *w, uint32_t at, uint64_t *fails)
{
    const struct node *n = &w->tree->node[at];

    if (n->feature < 0) {
        look_leaf(w, at, fails);
        return;
    }
    uint32_t slot = w->slot[at];
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    uint64_t *next = fails + w->words, bit = (uint64_t)1 << slot % 64;
    w->player[slot] = w->state->player[n->feature];
    memcpy(next, fails, w->words * sizeof *next);
    if (w->unit[at] >= 0) {
        next[0] |= left ? 0 : bit;
        pattern_unit_add(&w->state->units[w->unit[at]], next,
                         &w->state->weights, w->player, w->phi);
        return;
    }
    if (!left)
        next[slot / 64] |= bit;
    look_node(w, (uint32_t)n->left, next);
    memcpy(next, fails, w->words * sizeof *next);
    if (left)
        next[slot / 64] |= bit;
    look_node(w, (uint32_t)n->right, next);
}

static void reference_explain(const struct game *g,
                              struct game_scratch *s, const double *row,
                              double *phi)
{
    const struct model *m = g->model;
    const struct reference_state *state = g->state;
    size_t words = (g->path_players + 63) / 64;
    uint64_t *fails = s->word;
    struct look w = {.model = m, .state = state, .row = row, .words = words};

    w.spare = fails + (m->max_depth + 2) * words;
    w.player = (uint32_t *)(void *)(w.spare + 2 * words);
    w.real = s->real;
    memset(fails, 0, words * sizeof *fails);
    for (size_t i = 0; i < m->trees; i++) {
        if (s->skip != NULL && s->skip[i])
            continue;
        w.tree = &m->tree[i];
        w.slot = state->slot + g->first_node[i];
        w.unit = state->unit + g->first_node[i];
        w.linear = state->linear == NULL ? NULL
                                         : state->linear + g->first_node[i];
        w.phi = phi + w.tree->output * (g->players + 1);
        look_node(&w, 0, fails);
    }
}

const struct estimator interventional_estimator = {
    .name = "interventional",
    .title = "Interventional Shapley values against named reference rows",
    .needs_reference = true,
    .exact = true,
    .has_float = true,
    .has_interactions = true,
    .supports = reference_supports,
    .prepare = reference_prepare,
    .explain = reference_explain,
    .interact = reference_interact,
};
