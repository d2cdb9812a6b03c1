/* Interventional interactions. A game v 1[B ⊆ S, A ∩ S = ∅] is v Π t Π (1 − t)
 * on the diagonal; its index for two players is the integral of the mixed
 * derivative: with a = |A|, b = |B| and I(a, b) = ∫ t^b (1 − t)^a
 *   both in B   v I(a, b − 2)
 *   one in each −v I(a − 1, b − 1)
 *   both in A   v I(a − 2, b)
 * and half of it belongs to either order. */
#include "shapley/reference.h"

struct pair_look {
    const struct model *model;
    const struct tree *tree;
    const struct reference_state *state;
    const uint32_t *slot;
    const int32_t *list, *linear;
    const double *row;
    size_t words;
    struct pair_path path;
    uint32_t *in, *out;   /* slots of one game */
    double *pairs, *real;
    uint64_t *spare;      /* [2][words] */
};

size_t reference_interact_words(const struct game *g, size_t words)
{
    return (g->model->max_depth + 4) * words + g->path_players + 1 +
           pair_path_words(g->path_players);
}

static size_t list_slots(const uint64_t *set, size_t words, uint32_t *slots)
{
    size_t n = 0;

    for (size_t k = 0; k < words; k++) {
        for (uint64_t m = set[k]; m != 0; m &= m - 1)
            slots[n++] = (uint32_t)(k * 64) + (uint32_t)__builtin_ctzll(m);
    }
    return n;
}

static void add_within(const struct pair_look *w, const uint32_t *slots,
                       size_t n, double value)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++)
            w->pairs[pair_path_place(&w->path, slots[i], slots[j])] += value;
    }
}

static void add_across(const struct pair_look *w, const uint32_t *a, size_t na,
                       const uint32_t *b, size_t nb, double value)
{
    for (size_t i = 0; i < na; i++) {
        for (size_t j = 0; j < nb; j++)
            w->pairs[pair_path_place(&w->path, a[i], b[j])] += value;
    }
}

/* The game `value` on the listed sets whose B has `more` members besides. */
static void add_game(const struct pair_look *w, size_t a, size_t b,
                     size_t more, double value)
{
    const struct pattern_weights *k = &w->state->weights;

    if (value == 0)
        return;
    if (b > 1)
        add_within(w, w->in, b,
                   value / 2 * pattern_integral(k, a, b + more - 2));
    if (a > 0 && b > 0)
        add_across(w, w->in, b, w->out, a,
                   -value / 2 * pattern_integral(k, a - 1, b + more - 1));
    if (a > 1)
        add_within(w, w->out, a,
                   value / 2 * pattern_integral(k, a - 2, b + more));
}

static void add_list(const struct pair_look *w, const struct pattern_unit *u,
                     const uint64_t *fails)
{
    const struct pattern_list *l = &u->list;
    size_t a = list_slots(fails, l->words, w->out);

    for (size_t i = 0; i < l->count; i++) {
        const uint64_t *set = l->set + i * l->words;
        uint64_t common = 0;

        for (size_t k = 0; k < l->words; k++)
            common |= set[k] & fails[k];
        if (common == 0)
            add_game(w, a, list_slots(set, l->words, w->in), 0,
                     l->rows[i] * u->value);
    }
}

static void add_cell(void *to, const struct linear_unit *u,
                     const struct linear_cell *c)
{
    const struct pair_look *w = to;
    const struct pattern_weights *k = &w->state->weights;

    list_slots(c->in, u->list.words, w->in);
    list_slots(c->out, u->list.words, w->out);
    add_game(w, c->a, c->b, 0, c->constant);
    if (c->delta == NULL)
        return;
    add_game(w, c->a, c->b, 1, c->with);
    for (uint32_t t = 0; t < u->terms; t++) {
        double half = c->delta[t] / 2;

        if (half == 0)
            continue;
        if (c->b > 0)
            add_across(w, &u->slot[t], 1, w->in, c->b,
                       half * pattern_integral(k, c->a, c->b - 1));
        if (c->a > 0)
            add_across(w, &u->slot[t], 1, w->out, c->a,
                       -half * pattern_integral(k, c->a - 1, c->b));
    }
}

static void look_leaf(struct pair_look *w, uint32_t at, const uint64_t *fails)
{
    if (w->list[at] >= 0)
        add_list(w, &w->state->lists[w->list[at]], fails);
    if (w->linear == NULL || w->linear[at] < 0)
        return;
    const struct linear_unit *u = &w->state->linears[w->linear[at]];
    size_t kept = w->path.count;
    for (uint32_t t = 0; t < u->terms; t++) {
        if (u->slot[t] == w->path.count)
            pair_path_set(&w->path, u->slot[t], u->player[t]);
    }
    linear_unit_visit(u, w->model, w->row, fails, w->real, w->spare, add_cell,
                      w);
    w->path.count = kept;
}

static void look_node(struct pair_look *w, uint32_t at, uint64_t *fails)
{
    const struct node *n = &w->tree->node[at];

    if (n->feature < 0) {
        look_leaf(w, at, fails);
        return;
    }
    uint32_t slot = w->slot[at];
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    uint64_t *next = fails + w->words, bit = (uint64_t)1 << slot % 64;
    bool fresh = slot == w->path.count;
    if (fresh)
        pair_path_set(&w->path, slot, w->state->player[n->feature]);
    memcpy(next, fails, w->words * sizeof *next);
    next[slot / 64] |= left ? 0 : bit;
    look_node(w, (uint32_t)n->left, next);
    memcpy(next, fails, w->words * sizeof *next);
    next[slot / 64] |= left ? bit : 0;
    look_node(w, (uint32_t)n->right, next);
    if (fresh)
        w->path.count--;
}

void reference_interact(const struct game *g, struct game_scratch *s,
                        const double *row, double *pairs)
{
    const struct model *m = g->model;
    const struct reference_state *state = g->state;
    size_t words = (g->path_players + 63) / 64;
    uint64_t *fails = s->word;
    struct pair_look w = {.model = m, .state = state, .row = row,
                          .words = words, .real = s->real};

    w.spare = fails + (m->max_depth + 2) * words;
    w.in = (uint32_t *)(void *)(w.spare + 2 * words);
    w.out = w.in + g->path_players;
    pair_path_open(&w.path, g->pairs, g->path_players,
                   w.spare + 2 * words + g->path_players + 1);
    memset(fails, 0, words * sizeof *fails);
    for (size_t i = 0; i < m->trees; i++) {
        if (s->skip != NULL && s->skip[i])
            continue;
        w.tree = &m->tree[i];
        w.slot = state->slot + g->first_node[i];
        w.list = state->list + g->first_node[i];
        w.linear = state->linear == NULL ? NULL
                                         : state->linear + g->first_node[i];
        w.pairs = pairs + w.tree->output * g->pairs->count;
        look_node(&w, 0, fails);
    }
}
