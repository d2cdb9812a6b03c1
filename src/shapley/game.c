#include "shapley/game.h"

#include "shapley/steps.h"

static size_t players_below(const struct tree *t, uint32_t at, size_t distinct,
                            const uint32_t *player, uint16_t *counts)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return distinct;
    uint16_t *seen = &counts[player[n->feature]];
    distinct += (*seen)++ == 0;
    size_t left =
        players_below(t, (uint32_t)n->left, distinct, player, counts);
    size_t right =
        players_below(t, (uint32_t)n->right, distinct, player, counts);
    (*seen)--;
    return left > right ? left : right;
}

size_t tree_path_players(const struct tree *t, const uint32_t *player,
                         uint16_t *counts)
{
    return players_below(t, 0, 0, player, counts);
}

/* A linear leaf depends on its inputs too, on its path or not. */
static size_t most_terms(const struct model *m)
{
    size_t most = 0;

    for (size_t i = 0; m->has_linear_leaves && i < m->trees; i++) {
        for (uint32_t k = 0; k < m->tree[i].node_count; k++) {
            if (m->tree[i].node[k].linear_count > most)
                most = m->tree[i].node[k].linear_count;
        }
    }
    return most;
}

static status measure_trees(struct game *g, struct error *e)
{
    const struct model *m = g->model;
    uint16_t *counts = mem_array(g->players + 1, sizeof *counts);

    if (counts == NULL)
        return error_memory(e);
    g->base = arena_new_array(g->arena, double, m->outputs);
    g->tree_scale = arena_new_array(g->arena, double, m->trees + 1);
    g->first_node = arena_new_array(g->arena, uint32_t, m->trees + 1);
    if (g->base == NULL || g->tree_scale == NULL || g->first_node == NULL) {
        mem_free(counts);
        return arena_error(g->arena, e);
    }
    for (size_t o = 0; o < m->outputs; o++)
        g->base[o] = m->base[o];
    for (size_t i = 0; i < m->trees; i++) {
        size_t k = tree_path_players(&m->tree[i], g->player, counts);
        if (k > g->path_players)
            g->path_players = k;
        g->tree_scale[i] = m->tree[i].weight * m->combine_scale;
        g->first_node[i + 1] = g->first_node[i] + m->tree[i].node_count;
    }
    mem_free(counts);
    g->path_players += most_terms(m);
    return ST_OK;
}

static status prepare(struct game *g, const struct estimator *estimator,
                      const struct explain_reference *r, struct error *e)
{
    g->arena = arena_new(g->cap);
    if (g->arena == NULL)
        return error_memory(e);
    if (r != NULL) {
        g->reference_name = arena_string(g->arena, r->name);
        g->reference_count = r->count;
        if (g->reference_name == NULL)
            return arena_error(g->arena, e);
    }
    TRY(measure_trees(g, e));
    if (g->model->kind == MODEL_PROGRAM)
        return steps_prepare(g, r, estimator->on_answer, e);
    return estimator->prepare(g, r, e);
}

status game_new(const struct estimator *estimator, const struct model *m,
                const uint32_t *player, size_t players,
                const struct explain_reference *r, size_t memory,
                const struct pair_index *pairs, struct game **out,
                struct error *e)
{
    struct game *g = mem_array(1, sizeof *g);

    *out = NULL;
    if (g == NULL)
        return error_memory(e);
    g->model = m;
    g->player = player;
    g->players = players;
    g->cap = memory;
    g->pairs = pairs;
    status s = prepare(g, estimator, r, e);
    if (s != ST_OK) {
        game_free(g);
        return s;
    }
    *out = g;
    return ST_OK;
}

void game_free(struct game *g)
{
    if (g == NULL)
        return;
    arena_free(g->arena);
    mem_free(g);
}
