/* Trees that compare one column only: what they give its player is a function
 * of the byte, so that all of them are one table. */
#include "shapley/engine_in.h"

/* The leaf of a byte. */
static double value_of(const struct engine *g, size_t i, uint8_t byte)
{
    const struct tree *t = &g->model->tree[i];
    const uint8_t *limit = g->columns.limit + g->columns.first_node[i];
    int32_t at = 0;

    while (t->node[at].feature >= 0)
        at = byte < limit[at] ? t->node[at].left : t->node[at].right;
    return t->node[at].value;
}

static double mean_by_cover(const struct tree *t, uint32_t at)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return n->value;
    double share = blocks_left_share(t, n);
    return share * mean_by_cover(t, (uint32_t)n->left) +
           (1 - share) * mean_by_cover(t, (uint32_t)n->right);
}

static struct engine_additive *table_for(struct engine *g, size_t i)
{
    const struct tree *t = &g->model->tree[i];
    uint32_t column = g->columns.of[g->columns.first_node[i]];

    for (size_t j = 0; j < g->additives; j++) {
        if (g->additive[j].column == column &&
            g->additive[j].output == t->output)
            return &g->additive[j];
    }
    struct engine_additive *a = &g->additive[g->additives];
    a->table = arena_new_array(g->arena, double, g->games * 256);
    if (a->table == NULL)
        return NULL;
    a->column = column;
    a->output = t->output;
    a->player = g->player[t->node[0].feature];
    g->additives++;
    return a;
}

static void add_tree(const struct engine *g, size_t i,
                     const uint32_t counts[][256], struct engine_additive *a)
{
    const struct tree *t = &g->model->tree[i];
    double scale = t->weight * g->model->combine_scale, value[256];

    for (size_t b = 0; b < 256; b++)
        value[b] = value_of(g, i, (uint8_t)b);
    for (size_t game = 0; game < g->games; game++) {
        double mean = 0;

        if (g->interventional) {
            for (size_t b = 0; b < 256; b++)
                mean += value[b] * counts[game][b];
            mean /= (double)g->tile[game].count;
        } else {
            mean = mean_by_cover(t, 0);
        }
        for (size_t b = 0; b < 256; b++)
            a->table[game * 256 + b] += scale * (value[b] - mean);
    }
}

status engine_additives(struct engine *g, struct error *e)
{
    const struct model *m = g->model;
    uint32_t counts[EXPLAIN_GAMES_MAX][256];
    uint32_t counted = UINT32_MAX;

    g->additive = arena_new_array(g->arena, struct engine_additive,
                                  g->columns.count * m->outputs + 1);
    if (g->additive == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < m->trees; i++) {
        if (!g->plan[i].additive)
            continue;
        struct engine_additive *a = table_for(g, i);
        if (a == NULL)
            return arena_error(g->arena, e);
        if (a->column != counted && g->interventional) {
            memset(counts, 0, sizeof counts);
            for (size_t game = 0; game < g->games; game++) {
                const struct engine_tile *t = &g->tile[game];
                const uint8_t *byte = t->byte + a->column * t->stride;
                for (size_t r = 0; r < t->count; r++)
                    counts[game][byte[r]]++;
            }
            counted = a->column;
        }
        add_tree(g, i, (const uint32_t(*)[256])counts, a);
    }
    return ST_OK;
}
