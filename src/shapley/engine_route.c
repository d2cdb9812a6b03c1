/* The part of a path-dependent engine that quadrature takes, and what it states
 * of its error. */
#include "shapley/engine_in.h"
#include "shapley/routing.h"

#include <math.h>

/* Leaves of the whole model that quadrature takes. */
static status routed_leaves(const struct engine *g, bool *open,
                            struct error *e)
{
    const struct model *m = g->model;
    struct tree_blocks b = {0};
    status s = ST_OK;

    for (size_t i = 0; i < m->trees && s == ST_OK; i++) {
        const struct tree *t = &m->tree[i];
        bool *here = open + g->columns.first_node[i];
        uint8_t *taken = mem_array(t->node_count, 1);

        if (taken == NULL) {
            s = error_memory(e);
            break;
        }
        if (g->plan[i].routed && g->plan[i].most_bits > 0) {
            s = blocks_of_tree(m, i, &g->columns, g->player,
                               g->plan[i].most_bits, &b, e);
            if (s == ST_OK)
                engine_mark_taken(t, &b, g->plan[i].most_bits, taken);
        }
        for (uint32_t j = 0; j < t->node_count; j++)
            here[j] = g->plan[i].routed && t->node[j].feature < 0 && !taken[j];
        mem_free(taken);
    }
    blocks_free(&b);
    return s;
}

/* Rows of random bytes: any side of any split, missing values included. */
static void random_tile(const struct engine *g, uint8_t *tile)
{
    uint64_t x = 0x9e3779b97f4a7c15U;

    for (size_t c = 0; c < g->columns.count; c++) {
        const struct bins_column *k = &g->columns.column[c];
        uint32_t most = k->compare == BINS_SET ? 0 : k->count;

        for (size_t r = 0; r < ENGINE_SAMPLE; r++) {
            x = x * 6364136223846793005U + 1442695040888963407U;
            uint32_t b = (uint32_t)(x >> 33) % (most + 2);
            tile[c * ENGINE_SAMPLE + r] = b > most ? 255 : (uint8_t)b;
        }
    }
}

/* The largest difference of two programs over those rows. */
static status differ(const struct engine *g, const struct routing *a,
                     const struct routing *b, double *most, struct error *e)
{
    size_t size = g->targets * ENGINE_SAMPLE;
    uint8_t *tile = mem_array((g->columns.count + 1) * ENGINE_SAMPLE, 1);
    double *sum = mem_array(2 * size + 1, sizeof *sum);
    struct routing_scratch *sa = routing_scratch_new(a);
    struct routing_scratch *sb = routing_scratch_new(b);
    bool room = tile != NULL && sum != NULL && sa != NULL && sb != NULL;

    *most = 0;
    if (room) {
        random_tile(g, tile);
        routing_run(a, sa, tile, ENGINE_SAMPLE, ENGINE_SAMPLE, sum,
                    ENGINE_SAMPLE);
        routing_run(b, sb, tile, ENGINE_SAMPLE, ENGINE_SAMPLE, sum + size,
                    ENGINE_SAMPLE);
        for (size_t i = 0; i < size; i++)
            *most = fmax(*most, fabs(sum[i] - sum[size + i]));
    }
    mem_free(tile);
    mem_free(sum);
    routing_scratch_free(sa);
    routing_scratch_free(sb);
    return room ? ST_OK : error_memory(e);
}

/* Roundings of the trees are independent: the root of the sum of squares of
 * the spans of their leaves, per output the largest. */
static double rounding(const struct engine *g)
{
    const struct model *m = g->model;
    double all = 0;

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        double low = 0, high = 0, shift = blocks_shift(t);

        for (uint32_t j = 0; j < t->node_count && g->plan[i].routed; j++) {
            if (t->node[j].feature >= 0)
                continue;
            low = fmin(low, t->node[j].value - shift);
            high = fmax(high, t->node[j].value - shift);
        }
        double span = (high - low) * t->weight * m->combine_scale;
        all += span * span;
    }
    return ENGINE_ROUTING_ROUNDING * sqrt(all);
}

/* What fewer nodes than the exact number leave out: proven, or where that is
 * far from what happens, ENGINE_MARGIN times what happens to sampled rows. */
static status state_error(struct engine *g, struct routing_request *r,
                          struct error *e)
{
    double proven = routing_truncation(g->routing), found = 0;
    double round = rounding(g);
    struct routing *exact = NULL;

    g->routing_error = proven + round;
    if (proven <= round)
        return ST_OK;
    r->most_nodes = ROUTING_NODES_MAX;
    TRY(routing_build(r, &exact, e));
    status s = differ(g, g->routing, exact, &found, e);
    found = ENGINE_MARGIN * found + routing_truncation(exact);
    g->routing_error = fmin(proven, found) + round;
    routing_free(exact);
    return s;
}

status engine_route(struct engine *g, struct error *e)
{
    const struct model *m = g->model;
    struct routing_request r = {
        .model = m,
        .player = g->player,
        .players = g->used_players,
        .column = g->columns.of,
        .limit = g->columns.limit,
        .columns = g->columns.count,
        .shifted = true,
    };

    if (g->count.routed_splits == 0)
        return ST_OK;
    bool *open = mem_array(g->columns.first_node[m->trees] + 1, sizeof *open);
    if (open == NULL)
        return error_memory(e);
    status s = routed_leaves(g, open, e);
    r.taken = open;
    if (s == ST_OK)
        s = routing_build(&r, &g->routing, e);
    if (s == ST_OK)
        s = state_error(g, &r, e);
    mem_free(open);
    return s;
}
