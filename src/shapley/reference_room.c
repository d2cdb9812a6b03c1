#include "shapley/reference.h"

/* Bytes of all dense tables of up to `most` slots, pairs counted once. */
static size_t table_bytes(const struct tree *t, uint32_t at, size_t slots,
                          size_t most, const uint32_t *player,
                          uint16_t *counts)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return slots <= most ? (sizeof(double) * slots) << slots : 0;
    uint16_t *seen = &counts[player[n->feature]];
    bool fresh = (*seen)++ == 0;
    size_t bytes;
    slots += fresh;
    if (fresh && one_value(t, n->left) && one_value(t, n->right))
        bytes = slots <= most ? (sizeof(double) * slots) << slots : 0;
    else
        bytes = table_bytes(t, (uint32_t)n->left, slots, most, player, counts) +
                table_bytes(t, (uint32_t)n->right, slots, most, player,
                            counts);
    (*seen)--;
    return bytes;
}

/* The most slots for which all tables fit half of the cap. */
status reference_table_slots(const struct game *g, size_t *slots,
                             struct error *e)
{
    const struct model *m = g->model;
    uint16_t *counts = mem_array(g->players + 1, sizeof *counts);

    if (counts == NULL)
        return error_memory(e);
    for (*slots = PATTERN_TABLE_MAX; *slots > 0; (*slots)--) {
        size_t bytes = 0;
        for (size_t i = 0; i < m->trees; i++)
            bytes += table_bytes(&m->tree[i], 0, 0, *slots,
                                 g->player, counts);
        if (bytes <= g->cap / 2)
            break;
    }
    mem_free(counts);
    return ST_OK;
}

status reference_special(struct game *g, struct reference_state *s, size_t nodes,
                         struct error *e)
{
    size_t leaves = g->model->leaves + 1;

    if (g->model->has_linear_leaves) {
        s->linear = arena_new_array(g->arena, int32_t, nodes + 1);
        s->linears = arena_new_array(g->arena, struct linear_unit, leaves);
        if (s->linear == NULL || s->linears == NULL)
            return arena_error(g->arena, e);
        memset(s->linear, 0xff, (nodes + 1) * sizeof *s->linear);
    }
    if (g->pairs != NULL) {
        s->list = arena_new_array(g->arena, int32_t, nodes + 1);
        s->lists = arena_new_array(g->arena, struct pattern_unit, leaves);
        if (s->list == NULL || s->lists == NULL)
            return arena_error(g->arena, e);
        memset(s->list, 0xff, (nodes + 1) * sizeof *s->list);
    }
    return ST_OK;
}

void reference_scratch(struct game *g, const struct reference_state *s,
                       size_t words)
{
    g->scratch_words = (g->model->max_depth + 4) * (words + 1) +
                       g->path_players;
    g->scratch_doubles = linear_unit_doubles(s->linear_terms);
    if (g->pairs != NULL)
        g->scratch_words += reference_interact_words(g, words);
}
