#include "shapley/reference.h"

/* Preparing one tree. Levels hold, for each depth, the class of each row. */
struct level {
    uint32_t *class_of;        /* [rows] */
    struct pattern_list list;  /* room for rows patterns */
};

struct sort {
    struct game *g;
    struct reference_state *s;
    const struct tree *tree;
    const double *rows;
    size_t count, first, words, table_slots;
    double scale;              /* of leaf values: tree scale over rows */
    struct level *level;
    bool *left;                /* [rows]: scratch of one split */
    uint32_t *renumber;        /* [2 × rows] */
    int32_t *slot_of;          /* [players]: slot on the path, -1 */
    size_t slots;
    double *room;
};

/* Splits the classes of `from` by who fails the condition in `slot`. */
static void refine(struct sort *c, const struct level *from, struct level *to,
                   bool goes_left, size_t slot)
{
    size_t words = c->words;

    memset(c->renumber, 0xff, 2 * from->list.count * sizeof *c->renumber);
    to->list.count = 0;
    for (size_t i = 0; i < c->count; i++) {
        bool fails = c->left[i] != goes_left;
        uint32_t was = from->class_of[i];
        uint32_t *now = &c->renumber[2 * was + (fails ? 1 : 0)];

        if (*now == UINT32_MAX) {
            uint64_t *set = to->list.set + to->list.count * words;
            *now = (uint32_t)to->list.count++;
            memcpy(set, from->list.set + was * words, words * sizeof *set);
            if (fails)
                set[slot / 64] |= (uint64_t)1 << slot % 64;
            to->list.rows[*now] = 0;
        }
        to->class_of[i] = *now;
        to->list.rows[*now]++;
    }
}

static status new_table(struct sort *c, struct pattern_unit *u,
                        struct error *e)
{
    u->slots = (uint32_t)c->slots;
    u->table =
        arena_new_array(c->g->arena, double, ((size_t)1 << c->slots) * c->slots);
    return u->table != NULL ? ST_OK : arena_error(c->g->arena, e);
}

static status linear_leaf(struct sort *c, uint32_t at, const struct level *l,
                          struct error *e)
{
    const struct model *m = c->g->model;
    struct linear_leaf leaf = {m,          &c->tree->node[at], c->scale,
                               c->s->player, c->slot_of,       c->slots,
                               c->rows,    c->count,           l->class_of,
                               &l->list};
    struct linear_unit *u = &c->s->linears[c->s->linear_count];

    c->s->linear[c->first + at] = (int32_t)c->s->linear_count++;
    TRY(linear_unit_new(c->g->arena, &leaf, u, e));
    if (u->terms > c->s->linear_terms)
        c->s->linear_terms = u->terms;
    return ST_OK;
}

/* Interactions need the patterns of each leaf themselves. */
static status keep_list(struct sort *c, int32_t at, const struct level *l,
                        struct error *e)
{
    const struct node *n = &c->tree->node[at];

    if (c->g->pairs == NULL || n->value == 0 || c->slots < 2)
        return ST_OK;
    c->s->list[c->first + (uint32_t)at] = (int32_t)c->s->list_count;
    return pattern_list_unit(c->g->arena, c->slots, n->value * c->scale,
                             &l->list, &c->s->lists[c->s->list_count++], e);
}

static status leaf_unit(struct sort *c, uint32_t at, const struct level *l,
                        struct error *e)
{
    double value = c->tree->node[at].value * c->scale;
    struct pattern_unit *u = &c->s->units[c->s->unit_count];

    if (c->tree->node[at].linear_count > 0)
        return linear_leaf(c, at, l, e);
    if (value == 0 || c->slots == 0)
        return ST_OK;
    TRY(keep_list(c, (int32_t)at, l, e));
    c->s->unit[c->first + at] = (int32_t)c->s->unit_count++;
    if (c->slots > c->table_slots || l->list.count <= 4)
        return pattern_list_unit(c->g->arena, c->slots, value, &l->list, u, e);
    TRY(new_table(c, u, e));
    pattern_table_add(u->table, c->slots, 0, value, &l->list, &c->s->weights,
                      c->room);
    return ST_OK;
}

/* Two leaves of a split whose player is new on the path: one table. */
static status pair_unit(struct sort *c, uint32_t at, size_t slot,
                        struct level *l, struct error *e)
{
    const struct node *n = &c->tree->node[at];
    struct pattern_unit *u = &c->s->units[c->s->unit_count];

    c->s->unit[c->first + at] = (int32_t)c->s->unit_count++;
    TRY(new_table(c, u, e));
    refine(c, l, l + 1, true, slot);
    TRY(keep_list(c, n->left, l + 1, e));
    pattern_table_add(u->table, c->slots, 0,
                      c->tree->node[n->left].value * c->scale, &l[1].list,
                      &c->s->weights, c->room);
    refine(c, l, l + 1, false, slot);
    TRY(keep_list(c, n->right, l + 1, e));
    pattern_table_add(u->table, c->slots, (size_t)1 << slot,
                      c->tree->node[n->right].value * c->scale, &l[1].list,
                      &c->s->weights, c->room);
    return ST_OK;
}

static status sort_node(struct sort *c, uint32_t at, struct level *l,
                        struct error *e);

static status sort_split(struct sort *c, uint32_t at, size_t slot, bool repeat,
                         struct level *l, struct error *e)
{
    const struct model *m = c->g->model;
    const struct node *n = &c->tree->node[at];

    for (size_t i = 0; i < c->count; i++)
        c->left[i] =
            node_goes_left(m, n, c->rows[i * m->features + (size_t)n->feature]);
    if (!repeat && one_value(c->tree, n->left) && one_value(c->tree, n->right) &&
        c->slots <= c->table_slots && l->list.count > 4)
        return pair_unit(c, at, slot, l, e);
    refine(c, l, l + 1, true, slot);
    bool *left = c->left; /* the left side's own splits need the room */
    c->left += c->count;
    status s = sort_node(c, (uint32_t)n->left, l + 1, e);
    c->left = left;
    if (s != ST_OK)
        return s;
    refine(c, l, l + 1, false, slot);
    c->left += c->count;
    s = sort_node(c, (uint32_t)n->right, l + 1, e);
    c->left = left;
    return s;
}

static status sort_node(struct sort *c, uint32_t at, struct level *l,
                        struct error *e)
{
    const struct node *n = &c->tree->node[at];

    if (n->feature < 0)
        return leaf_unit(c, at, l, e);
    uint32_t player = c->s->player[n->feature];
    bool repeat = c->slot_of[player] >= 0;
    if (!repeat)
        c->slot_of[player] = (int32_t)c->slots++;
    size_t slot = (size_t)c->slot_of[player];
    c->s->slot[c->first + at] = (uint32_t)slot;
    status s = sort_split(c, at, slot, repeat, l, e);
    if (!repeat) {
        c->slot_of[player] = -1;
        c->slots--;
    }
    return s;
}

static status sort_trees(struct sort *c, struct arena *a, size_t deepest,
                         struct error *e)
{
    const struct model *m = c->g->model;
    size_t dense = (size_t)1 << PATTERN_TABLE_MAX;

    c->words = (c->g->path_players + 63) / 64;
    c->level = arena_new_array(a, struct level, deepest + 2);
    c->left = arena_new_array(a, bool, c->count * (deepest + 2));
    c->renumber = arena_new_array(a, uint32_t, 2 * c->count);
    c->slot_of = arena_new_array(a, int32_t, c->g->players + 1);
    c->room = arena_new_array(a, double, dense * (PATTERN_TABLE_MAX + 1));
    if (c->level == NULL || c->left == NULL || c->renumber == NULL ||
        c->slot_of == NULL || c->room == NULL)
        return arena_error(a, e);
    for (size_t d = 0; d < deepest + 2; d++) {
        struct level *l = &c->level[d];
        l->class_of = arena_new_array(a, uint32_t, c->count);
        l->list.rows = arena_new_array(a, uint32_t, c->count);
        l->list.set = arena_new_array(a, uint64_t, c->count * c->words + 1);
        l->list.words = c->words;
        if (l->class_of == NULL || l->list.rows == NULL || l->list.set == NULL)
            return arena_error(a, e);
    }
    for (size_t p = 0; p < c->g->players; p++)
        c->slot_of[p] = -1;
    c->level[0].list.count = 1;
    c->level[0].list.rows[0] = (uint32_t)c->count;
    for (size_t i = 0; i < m->trees; i++) {
        c->tree = &m->tree[i];
        c->first = c->g->first_node[i];
        c->scale = c->g->tree_scale[i] / (double)c->count;
        TRY(sort_node(c, 0, &c->level[0], e));
    }
    return ST_OK;
}

static status reference_base(struct game *g,
                             const struct explain_reference *r,
                             struct error *e)
{
    const struct model *m = g->model;
    double *margin = mem_array(m->outputs, sizeof *margin);
    double *sum = mem_array(m->outputs, sizeof *sum);

    if (margin != NULL && sum != NULL) {
        for (size_t i = 0; i < r->count; i++) {
            model_margin(m, r->rows + i * m->features, margin);
            for (size_t o = 0; o < m->outputs; o++)
                sum[o] += margin[o];
        }
        for (size_t o = 0; o < m->outputs; o++)
            g->base[o] = sum[o] / (double)r->count;
    }
    bool made = margin != NULL && sum != NULL;
    mem_free(margin);
    mem_free(sum);
    return made ? ST_OK : error_memory(e);
}

status reference_prepare(struct game *g,
                         const struct explain_reference *r, struct error *e)
{
    size_t nodes = g->first_node[g->model->trees];
    struct reference_state *s =
        arena_new_one(g->arena, struct reference_state);
    struct sort c = {.g = g, .s = s, .rows = r->rows, .count = r->count};

    if (r->count > UINT32_MAX / 4)
        return error_set(e, ST_LIMIT, "reference \"%s\" has %zu rows, at most "
                         "%lu can be used", r->name, r->count,
                         (unsigned long)(UINT32_MAX / 4));
    TRY(reference_base(g, r, e));
    if (s == NULL)
        return arena_error(g->arena, e);
    s->slot = arena_new_array(g->arena, uint32_t, nodes + 1);
    s->unit = arena_new_array(g->arena, int32_t, nodes + 1);
    s->units = arena_new_array(g->arena, struct pattern_unit,
                               g->model->leaves + 1);
    if (s->slot == NULL || s->unit == NULL || s->units == NULL)
        return arena_error(g->arena, e);
    s->player = g->player;
    memset(s->unit, 0xff, (nodes + 1) * sizeof *s->unit);
    TRY(reference_special(g, s, nodes, e));
    TRY(pattern_weights_new(g->arena, g->path_players, &s->weights, e));
    TRY(reference_table_slots(g, &c.table_slots, e));
    struct arena *work = arena_new(g->cap);
    if (work == NULL)
        return error_memory(e);
    status made = sort_trees(&c, work, g->model->max_depth, e);
    arena_free(work);
    if (made != ST_OK) {
        error_note(e, "preparing reference \"%s\" of %zu rows", r->name,
                   r->count);
        return made;
    }
    reference_scratch(g, s, c.words);
    g->state = s;
    return ST_OK;
}
