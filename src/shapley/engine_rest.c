/* Leaves against references that no table takes: a model of their own, walked
 * in STRICT mode. What leaves add adds up, so each tree keeps the leaves of
 * more than BLOCK_BITS bits; the others count as 0 there, and what lies above
 * zeros only is one leaf. */
#include "shapley/engine_in.h"
#include "shapley/game.h"
#include "shapley/patterns.h"

/* What all games may take of a smaller `memory` even so: lists cannot be made
 * for one run of trees after the other. Walked leaves have more slots than a
 * dense table may have, so no cap changes the order of their additions. */
#define REST_LEAST ((size_t)256 << 20)
_Static_assert((int)BLOCK_BITS > (int)PATTERN_TABLE_MAX,
               "walked leaves are lists");

struct engine_rest {
    struct model model;   /* the engine's but for its trees */
    struct tree *tree;
    struct node *node;
    struct game *game[EXPLAIN_GAMES_MAX];
    size_t games;
};

/* Copies what is above leaves that are not taken; true: there is one. */
static bool keep_below(const struct tree *t, uint32_t at, double shift,
                       const uint8_t *taken, struct node *out)
{
    struct node *n = &out[at];

    *n = t->node[at];
    if (n->feature < 0) {
        n->value = taken[at] ? 0 : n->value - shift;
        return n->value != 0;
    }
    bool left = keep_below(t, (uint32_t)n->left, shift, taken, out);
    bool right = keep_below(t, (uint32_t)n->right, shift, taken, out);
    if (left || right)
        return true;
    *n = (struct node){.feature = -1, .left = -1, .right = -1};
    return false;
}

static status keep_trees(const struct engine *g, struct engine_rest *r,
                         uint8_t *taken, struct tree_blocks *b,
                         struct error *e)
{
    struct node *node = r->node;

    for (size_t i = 0; i < g->model->trees; i++) {
        const struct tree *t = &g->model->tree[i];

        memset(taken, 1, t->node_count);
        if (g->plan[i].most_bits > 0) {
            TRY(blocks_of_tree(g->model, i, &g->columns, g->player,
                               g->plan[i].most_bits, b, e));
            engine_mark_beyond(t, b, taken);
        }
        (void)keep_below(t, 0, blocks_shift(t), taken, node);
        r->tree[i] = *t;
        r->tree[i].node = node;
        node += t->node_count;
    }
    return ST_OK;
}

static status make_model(const struct engine *g, struct engine_rest *r,
                         struct error *e)
{
    const struct model *m = g->model;
    size_t nodes = g->columns.first_node[m->trees];
    struct tree_blocks b = {0};
    uint8_t *taken = mem_array(nodes + 1, 1);

    r->model = *m;
    r->tree = mem_array(m->trees + 1, sizeof *r->tree);
    r->node = mem_array(nodes + 1, sizeof *r->node);
    r->model.tree = r->tree;
    status s = taken == NULL || r->tree == NULL || r->node == NULL
                   ? error_memory(e)
                   : keep_trees(g, r, taken, &b, e);
    blocks_free(&b);
    mem_free(taken);
    return s;
}

status engine_rest_new(const struct engine *g, const struct explain_request *r,
                       struct engine_rest **out, struct error *e)
{
    struct engine_rest *x = mem_array(1, sizeof *x);

    *out = NULL;
    if (x == NULL)
        return error_memory(e);
    size_t memory = r->memory > REST_LEAST ? r->memory : REST_LEAST;
    status s = make_model(g, x, e);
    for (size_t i = 0; s == ST_OK && i < g->games; i++) {
        s = game_new(r->estimator, &x->model, g->player, g->used_players,
                     &r->reference[i], memory / g->games, NULL, &x->game[i],
                     e);
        x->games += s == ST_OK;
    }
    if (s != ST_OK) {
        engine_rest_free(x);
        return s;
    }
    *out = x;
    return ST_OK;
}

void engine_rest_free(struct engine_rest *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->games; i++)
        game_free(r->game[i]);
    mem_free(r->tree);
    mem_free(r->node);
    mem_free(r);
}

size_t engine_rest_bytes(const struct engine_rest *r, size_t nodes)
{
    size_t bytes = nodes * sizeof *r->node;

    for (size_t i = 0; i < r->games; i++)
        bytes += arena_used(r->game[i]->arena);
    return bytes;
}

struct rest_scratch {
    struct game_scratch game;
    double *phi; /* [outputs][used players + 1] */
};

status rest_scratch_new(const struct engine *g, struct rest_scratch **out,
                        struct error *e)
{
    struct rest_scratch *s = mem_array(1, sizeof *s);
    size_t reals = 0, words = 0;

    *out = s;
    if (s == NULL)
        return error_memory(e);
    for (size_t i = 0; i < g->rest->games; i++) {
        const struct game *x = g->rest->game[i];
        reals = x->scratch_doubles > reals ? x->scratch_doubles : reals;
        words = x->scratch_words > words ? x->scratch_words : words;
    }
    s->game.real = mem_array(reals + 1, sizeof *s->game.real);
    s->game.word = mem_array(words + 1, sizeof *s->game.word);
    s->game.path = mem_array(g->used_players + 1, sizeof *s->game.path);
    s->phi = mem_array(g->model->outputs * (g->used_players + 1),
                       sizeof *s->phi);
    return s->game.real == NULL || s->game.word == NULL ||
                   s->game.path == NULL || s->phi == NULL
               ? error_memory(e)
               : ST_OK;
}

void rest_scratch_free(struct rest_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->game.real);
    mem_free(s->game.word);
    mem_free(s->game.path);
    mem_free(s->phi);
    mem_free(s);
}

void engine_rest_add(const struct engine *g, struct rest_scratch *s,
                     const double *row, double *phi)
{
    size_t outputs = g->model->outputs, width = g->used_players + 1;

    for (size_t k = 0; k < g->games; k++) {
        memset(s->phi, 0, outputs * width * sizeof *s->phi);
        interventional_estimator.explain(g->rest->game[k], &s->game, row,
                                         s->phi);
        for (size_t o = 0; o < outputs; o++) {
            double *to = phi + (k * outputs + o) * (g->players + 1);
            const double *from = s->phi + o * width;

            for (size_t p = 0; p < g->used_players; p++)
                to[g->used[p]] += from[p];
        }
    }
}
