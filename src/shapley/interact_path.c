/* Path-dependent interactions. A leaf's game is v Π (share u + follows t) over
 * the players of its path; the index of two players is the integral of its
 * mixed derivative on the diagonal: both factors are replaced by their slopes
 * (follows − share). The rule that serves the values is exact here too, since
 * the degree is one less. */
#include "shapley/path.h"

/* One row in one tree; the players of the present path have slots. */
struct pair_walk {
    const struct model *model;
    const struct tree *tree;
    const double *share, *value, *row;
    const uint32_t *player;
    const struct rule_nodes *rule;
    struct player_path *state; /* [players] */
    struct pair_path path;
    double *factor;            /* [slots][nodes]: slope over factor */
    double *common;            /* [nodes] */
    double *pairs;             /* of the tree's output */
};

void path_interact_scratch(struct game *g, size_t most)
{
    size_t need = (g->path_players + 1) * most;

    if (need > g->scratch_doubles)
        g->scratch_doubles = need;
    g->scratch_words = pair_path_words(g->path_players);
}

static void leaf_pairs(struct pair_walk *w, double value)
{
    const struct rule_nodes *r = w->rule;
    size_t count = r->count, slots = w->path.count;

    for (size_t q = 0; q < count; q++)
        w->common[q] = r->weight[q] * value / 2;
    for (size_t k = 0; k < slots; k++) {
        const struct player_path *p = &w->state[w->path.player[k]];
        double in = p->follows ? 1.0 : 0.0, *out = w->factor + k * count;

        for (size_t q = 0; q < count; q++) {
            double factor = p->share * r->u[q] + in * r->t[q];
            w->common[q] *= factor;
            out[q] = (in - p->share) / factor;
        }
    }
    for (size_t a = 0; a < slots; a++) {
        const double *fa = w->factor + a * count;
        for (size_t b = a + 1; b < slots; b++) {
            const double *fb = w->factor + b * count;
            double sum = 0;
            for (size_t q = 0; q < count; q++)
                sum += w->common[q] * fa[q] * fb[q];
            w->pairs[pair_path_place(&w->path, a, b)] += sum;
        }
    }
}

static void walk_pairs(struct pair_walk *w, uint32_t at);

/* The child below an edge that narrows the player's factor to this; one that
 * neither the covers nor the row take carries nothing. */
static void walk_child(struct pair_walk *w, int32_t child, double share,
                       bool follows, struct player_path *p)
{
    if (share == 0 && !follows)
        return;
    p->share = share;
    p->follows = follows;
    walk_pairs(w, (uint32_t)child);
}

static void walk_pairs(struct pair_walk *w, uint32_t at)
{
    const struct node *n = &w->tree->node[at];

    if (n->feature < 0) {
        if (w->value[at] != 0)
            leaf_pairs(w, w->value[at]);
        return;
    }
    uint32_t player = w->player[n->feature];
    struct player_path *p = &w->state[player], kept = *p;
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    double share = p->seen ? p->share : 1;
    bool follows = !p->seen || p->follows;
    if (!p->seen)
        pair_path_set(&w->path, w->path.count, player);
    p->seen = true;
    walk_child(w, n->left, share * w->share[at], follows && left, p);
    walk_child(w, n->right, share * (1 - w->share[at]), follows && !left, p);
    *p = kept;
    if (!kept.seen)
        w->path.count--;
}

void path_interact(const struct game *g, struct game_scratch *s,
                   const double *row, double *pairs)
{
    const struct model *m = g->model;
    const struct path_state *state = g->state;
    struct pair_walk w = {
        .model = m, .row = row, .player = g->player, .state = s->path};

    pair_path_open(&w.path, g->pairs, g->path_players, s->word);
    for (size_t i = 0; i < m->trees; i++) {
        if (s->skip != NULL && s->skip[i])
            continue;
        w.tree = &m->tree[i];
        w.share = state->share + g->first_node[i];
        w.value = state->value + g->first_node[i];
        w.rule = &state->rule[i];
        w.common = s->real;
        w.factor = s->real + w.rule->count;
        w.pairs = pairs + w.tree->output * g->pairs->count;
        if (w.rule->count > 0)
            walk_pairs(&w, 0);
    }
}
