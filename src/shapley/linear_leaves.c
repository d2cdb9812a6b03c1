#include "shapley/linear_leaves.h"

#include <math.h>

/* Gives each distinct player of the terms a place and a slot. */
static status place_terms(struct arena *a, const struct linear_leaf *l,
                          struct linear_unit *u, struct error *e)
{
    const struct linear_term *term = l->model->linear + l->leaf->linear_first;
    uint32_t count = l->leaf->linear_count;

    u->term_of = arena_new_array(a, uint32_t, count);
    u->player = arena_new_array(a, uint32_t, count);
    u->slot = arena_new_array(a, uint32_t, count);
    if (u->term_of == NULL || u->player == NULL || u->slot == NULL)
        return arena_error(a, e);
    u->slots = (uint32_t)l->slots;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t player = l->player[term[i].feature], t = 0;

        while (t < u->terms && u->player[t] != player)
            t++;
        u->term_of[i] = t;
        if (t < u->terms)
            continue;
        u->player[t] = player;
        u->slot[t] = l->slot_of[player] >= 0 ? (uint32_t)l->slot_of[player]
                                             : u->slots++;
        u->terms++;
    }
    return ST_OK;
}

static void set_bit(uint64_t *set, uint32_t slot)
{
    set[slot / 64] |= (uint64_t)1 << slot % 64;
}

static bool has_bit(const uint64_t *set, uint32_t slot)
{
    return (set[slot / 64] >> slot % 64 & 1) != 0;
}

/* Slots of the players that miss a value in this row. */
static void find_missing(const struct model *m, const struct linear_unit *u,
                         const double *row, uint64_t *missing)
{
    const struct linear_term *term = m->linear + u->leaf->linear_first;

    for (uint32_t i = 0; i < u->leaf->linear_count; i++) {
        if (isnan(row[term[i].feature]))
            set_bit(missing, u->slot[u->term_of[i]]);
    }
}

struct grouping {
    uint32_t *group_of;    /* [rows] */
    uint32_t *first;       /* [rows]: a row of each group */
    uint32_t *head, *next; /* groups of one class, UINT32_MAX ends */
    uint64_t *missing;     /* [rows][words] */
    size_t groups;
};

static void group_rows(const struct linear_leaf *l, const struct linear_unit *u,
                       struct grouping *g)
{
    size_t words = l->classes->words;

    memset(g->head, 0xff, l->classes->count * sizeof *g->head);
    for (size_t i = 0; i < l->count; i++) {
        uint64_t *mine = g->missing + i * words;
        uint32_t *link = &g->head[l->class_of[i]];

        find_missing(l->model, u, l->rows + i * l->model->features, mine);
        while (*link != UINT32_MAX &&
               memcmp(g->missing + g->first[*link] * words, mine,
                      words * sizeof *mine) != 0)
            link = &g->next[*link];
        if (*link == UINT32_MAX) {
            uint32_t fresh = (uint32_t)g->groups++;
            g->first[fresh] = (uint32_t)i;
            g->next[fresh] = UINT32_MAX;
            *link = fresh;
        }
        g->group_of[i] = *link;
    }
}

/* Σ over one row's terms, into the groups' sums. */
static void add_terms(const struct model *m, const struct linear_unit *u,
                      const double *row, const uint64_t *missing, double *sum)
{
    const struct linear_term *term = m->linear + u->leaf->linear_first;

    for (uint32_t i = 0; i < u->leaf->linear_count; i++) {
        uint32_t t = u->term_of[i];
        if (!has_bit(missing, u->slot[t]))
            sum[t] += term[i].coefficient * row[term[i].feature];
    }
}

static status fill_groups(struct arena *a, const struct linear_leaf *l,
                          const struct grouping *g, struct linear_unit *u,
                          struct error *e)
{
    size_t words = l->classes->words, bytes = words * sizeof(uint64_t);

    u->list.count = g->groups;
    u->list.words = words;
    u->list.set = arena_new_array(a, uint64_t, g->groups * words);
    u->list.rows = arena_new_array(a, uint32_t, g->groups);
    u->missing = arena_new_array(a, uint64_t, g->groups * words);
    u->sum = arena_new_array(a, double, g->groups * u->terms);
    if (u->list.set == NULL || u->list.rows == NULL || u->missing == NULL ||
        u->sum == NULL)
        return arena_error(a, e);
    for (size_t k = 0; k < g->groups; k++) {
        uint32_t row = g->first[k];

        memcpy(u->list.set + k * words,
               l->classes->set + l->class_of[row] * words, bytes);
        memcpy(u->missing + k * words, g->missing + row * words, bytes);
    }
    for (size_t i = 0; i < l->count; i++) {
        uint32_t k = g->group_of[i];

        u->list.rows[k]++;
        add_terms(l->model, u, l->rows + i * l->model->features,
                  u->missing + k * words, u->sum + k * u->terms);
    }
    return ST_OK;
}

status linear_unit_new(struct arena *a, const struct linear_leaf *l,
                       struct linear_unit *out, struct error *e)
{
    struct grouping g = {0};

    out->leaf = l->leaf;
    out->scale = l->scale;
    TRY(place_terms(a, l, out, e));
    g.group_of = mem_array(4 * l->count, sizeof *g.group_of);
    g.missing = mem_array(l->count * l->classes->words, sizeof *g.missing);
    status s = ST_MEMORY;
    if (g.group_of != NULL && g.missing != NULL) {
        g.first = g.group_of + l->count;
        g.head = g.first + l->count;
        g.next = g.head + l->count;
        group_rows(l, out, &g);
        s = fill_groups(a, l, &g, out, e);
    } else {
        s = error_memory(e);
    }
    mem_free(g.group_of);
    mem_free(g.missing);
    return s;
}

size_t linear_unit_doubles(size_t terms)
{
    return 2 * terms;
}

static size_t size_of(const uint64_t *set, size_t words)
{
    size_t n = 0;

    for (size_t k = 0; k < words; k++)
        n += (size_t)__builtin_popcountll(set[k]);
    return n;
}

static bool meet(const uint64_t *a, const uint64_t *b, size_t words)
{
    uint64_t common = 0;

    for (size_t k = 0; k < words; k++)
        common |= a[k] & b[k];
    return common != 0;
}

/* The linear part of group k: x[terms] of the row, out and in widened. */
static void linear_part(const struct linear_unit *u, size_t k, const double *x,
                        double *delta, struct linear_cell *c)
{
    double rows = (double)u->list.rows[k], sum = rows * u->leaf->linear_constant;
    const double *z = u->sum + k * u->terms;

    c->with = 0;
    for (uint32_t t = 0; t < u->terms; t++) {
        bool in = has_bit(c->in, u->slot[t]), out = has_bit(c->out, u->slot[t]);

        sum += in ? rows * x[t] : z[t];
        delta[t] = in || out ? 0 : u->scale * (rows * x[t] - z[t]);
        c->with += delta[t];
    }
    c->constant += u->scale * sum;
    c->delta = delta;
}

void linear_unit_visit(const struct linear_unit *u, const struct model *m,
                       const double *row, const uint64_t *fails, double *real,
                       uint64_t *word, linear_visit *visit, void *to)
{
    size_t words = u->list.words;
    uint64_t *out = word, *in = word + words;
    double *x = real, *delta = real + u->terms;

    memset(out, 0, words * sizeof *out);
    memset(x, 0, u->terms * sizeof *x);
    find_missing(m, u, row, out);
    bool row_misses = size_of(out, words) > 0;
    add_terms(m, u, row, out, x);
    for (size_t k = 0; k < words; k++)
        out[k] |= fails[k];
    for (size_t k = 0; k < u->list.count; k++) {
        const uint64_t *set = u->list.set + k * words;
        const uint64_t *missing = u->missing + k * words;
        struct linear_cell c = {.out = fails, .in = set};

        if (meet(set, fails, words))
            continue;
        if (row_misses || size_of(missing, words) > 0) {
            double value = u->scale * u->list.rows[k] * u->leaf->value;
            c.a = size_of(fails, words);
            c.b = size_of(set, words);
            c.constant = value;
            visit(to, u, &c);
            c.constant = -value;
        }
        for (size_t i = 0; i < words; i++)
            in[i] = set[i] | missing[i];
        c.out = out;
        c.in = in;
        if (meet(in, out, words))
            continue;
        c.a = size_of(out, words);
        c.b = size_of(in, words);
        linear_part(u, k, x, delta, &c);
        visit(to, u, &c);
    }
}

static void add_members(const uint64_t *set, size_t words, double value,
                        const uint32_t *player, double *phi)
{
    for (size_t k = 0; k < words; k++) {
        for (uint64_t m = set[k]; m != 0; m &= m - 1)
            phi[player[k * 64 + (size_t)__builtin_ctzll(m)]] += value;
    }
}

void linear_cell_add(const struct linear_unit *u, const struct linear_cell *c,
                     const struct pattern_weights *w, const uint32_t *player,
                     double *phi)
{
    size_t a = c->a, b = c->b, words = u->list.words;

    if (b > 0)
        add_members(c->in, words,
                    c->constant * pattern_integral(w, a, b - 1) +
                        c->with * pattern_integral(w, a, b),
                    player, phi);
    if (a > 0)
        add_members(c->out, words,
                    -c->constant * pattern_integral(w, a - 1, b) -
                        c->with * pattern_integral(w, a - 1, b + 1),
                    player, phi);
    for (uint32_t t = 0; c->delta != NULL && t < u->terms; t++)
        phi[u->player[t]] += c->delta[t] * pattern_integral(w, a, b);
}
