/* For each reference row z, what the answer at the row exceeds the answer at z
 * by, shared in the proportion of that pair's contributions to the margin: what
 * the shap library gives for model_output="probability" (Lundberg et al. 2020,
 * Nature Machine Intelligence 2, 56). It adds up, but it is no Shapley value of
 * the answer's game. */
#include <math.h>

#include "shapley/answer.h"

enum side { FREE, IN, OUT };

/* Σ over leaves below: what each member of B gains, each of A loses. */
struct gain {
    double in, out;
};

struct term_player {
    double x, z;         /* Σ β of the row, of the reference row */
    bool row_misses, other_misses, listed;
};

struct pair {
    const struct model *model;
    const struct tree *tree;
    const struct pattern_weights *weights;
    const uint32_t *player;
    const double *row, *reference;
    double scale, *phi;         /* phi[players] of the tree's output */
    uint8_t *side;              /* [players], FREE at rest */
    struct term_player *term;   /* [players], zero at rest */
    uint32_t *listed;           /* [players] */
};

static struct gain game_gain(const struct pair *w, size_t a, size_t b,
                             double constant, double with)
{
    struct gain g = {0, 0};

    if (b > 0)
        g.in = constant * pattern_integral(w->weights, a, b - 1) +
               with * pattern_integral(w->weights, a, b);
    if (a > 0)
        g.out = constant * pattern_integral(w->weights, a - 1, b) +
                with * pattern_integral(w->weights, a - 1, b + 1);
    return g;
}

static size_t list_terms(struct pair *w, const struct node *leaf)
{
    const struct linear_term *t = w->model->linear + leaf->linear_first;
    size_t count = 0;

    for (uint32_t i = 0; i < leaf->linear_count; i++) {
        double a = w->row[t[i].feature], b = w->reference[t[i].feature];
        uint32_t p = w->player[t[i].feature];
        struct term_player *q = &w->term[p];

        if (!q->listed)
            w->listed[count++] = p;
        q->listed = true;
        q->row_misses |= isnan(a);
        q->other_misses |= isnan(b);
        q->x += isnan(a) ? 0 : t[i].coefficient * a;
        q->z += isnan(b) ? 0 : t[i].coefficient * b;
    }
    return count;
}

/* The linear part of a leaf (linear_leaves.h) with players that miss a value
 * forced to one side; `rest` is its constant. */
static struct gain linear_part(struct pair *w, size_t count, size_t a, size_t b,
                               double rest)
{
    double with = 0;

    for (size_t i = 0; i < count; i++) {
        const struct term_player *q = &w->term[w->listed[i]];
        enum side side = w->side[w->listed[i]];

        if ((q->row_misses && (side == IN || q->other_misses)) ||
            (q->other_misses && side == OUT))
            return (struct gain){0, 0};
        if (side == FREE) {
            a += q->row_misses;
            b += q->other_misses;
            if (!q->row_misses && !q->other_misses)
                with += q->x - q->z;
        }
        rest += side == IN || q->other_misses ? q->x : q->z;
    }
    struct gain g = game_gain(w, a, b, w->scale * rest, w->scale * with);
    for (size_t i = 0; i < count; i++) {
        const struct term_player *q = &w->term[w->listed[i]];

        if (w->side[w->listed[i]] != FREE)
            continue;
        w->phi[w->listed[i]] +=
            q->row_misses     ? -g.out
            : q->other_misses ? g.in
                              : w->scale * (q->x - q->z) *
                                    pattern_integral(w->weights, a, b);
    }
    return g;
}

static struct gain leaf_gain(struct pair *w, const struct node *leaf, size_t a,
                             size_t b)
{
    if (leaf->linear_count == 0)
        return game_gain(w, a, b, w->scale * leaf->value, 0);
    size_t count = list_terms(w, leaf);
    bool misses = false;
    for (size_t i = 0; i < count; i++)
        misses |= w->term[w->listed[i]].row_misses ||
                  w->term[w->listed[i]].other_misses;
    double value = misses ? leaf->value : 0;
    struct gain g = game_gain(w, a, b, w->scale * value, 0);
    struct gain more =
        linear_part(w, count, a, b, leaf->linear_constant - value);
    for (size_t i = 0; i < count; i++)
        memset(&w->term[w->listed[i]], 0, sizeof *w->term);
    return (struct gain){g.in + more.in, g.out + more.out};
}

static struct gain walk(struct pair *w, uint32_t at, size_t a, size_t b)
{
    const struct node *n = &w->tree->node[at];

    if (n->feature < 0)
        return leaf_gain(w, n, a, b);
    bool left = node_goes_left(w->model, n, w->row[n->feature]);
    bool other = node_goes_left(w->model, n, w->reference[n->feature]);
    uint32_t child = (uint32_t)(left ? n->left : n->right);
    uint32_t aside = (uint32_t)(other ? n->left : n->right);
    uint32_t p = w->player[n->feature];
    if (child == aside || w->side[p] == IN)
        return walk(w, child, a, b);
    if (w->side[p] == OUT)
        return walk(w, aside, a, b);
    w->side[p] = IN;
    struct gain with = walk(w, child, a, b + 1);
    w->side[p] = OUT;
    struct gain without = walk(w, aside, a + 1, b);
    w->side[p] = FREE;
    w->phi[p] += with.in - without.out;
    return (struct gain){with.in + without.in, with.out + without.out};
}

static bool rescaled_supports(const struct model *m,
                              char why[ESTIMATOR_WHY_MAX])
{
    bool together = m->link == LINK_SOFTMAX || m->link == LINK_ARGMAX ||
                    m->link == LINK_SIMPLEMAX ||
                    m->link == LINK_SOFTPLUS_STEPS;

    why[0] = 0;
    if (m->kind != MODEL_FOREST) {
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "no trees; use \"interventional-probability\" or "
                 "\"interventional\"");
        return false;
    }
    if (together)
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "answers that depend on several margins together; use "
                 "\"interventional-probability\" with groups, or "
                 "\"interventional\"");
    return !together;
}

static status rescaled_prepare(struct game *g,
                               const struct explain_reference *r,
                               struct error *e)
{
    struct answer_state *s;

    TRY(answer_prepare(g, r, g->path_players, &s, e));
    g->scratch_doubles = g->model->outputs * (g->players + 4);
    g->scratch_words =
        g->players * (sizeof(struct term_player) / sizeof(uint64_t) + 1) +
        g->players / 8 + 2;
    return ST_OK;
}

/* (answer − other answer) / (margin − other margin) of one output; where both
 * margins are as good as one, the slope there. */
static double ratio(const struct model *m, double *margin, size_t o,
                    double answer, double other_margin, double other_answer,
                    double *room)
{
    const double step = 0x1p-12;
    double apart = margin[o] - other_margin, kept = margin[o];

    if (fabs(apart) > 0x1p-20)
        return (answer - other_answer) / apart;
    margin[o] = kept + step;
    model_answer(m, margin, room);
    double up = room[o];
    margin[o] = kept - step;
    model_answer(m, margin, room);
    margin[o] = kept;
    double slope = (up - room[o]) / (2 * step);
    bool jump = fabs(answer - other_answer) > 2 * fabs(slope * apart);
    return jump ? (answer - other_answer) / apart : slope;
}

static void open_pair(struct pair *w, const struct game *g,
                      struct game_scratch *scratch)
{
    w->term = (struct term_player *)(void *)scratch->word;
    w->listed = (uint32_t *)(void *)(w->term + g->players);
    w->side = (uint8_t *)(void *)(w->listed + g->players);
    memset(w->term, 0, g->players * sizeof *w->term);
    memset(w->side, 0, g->players);
}

static void rescaled_explain(const struct game *g, struct game_scratch *scratch,
                             const double *row, double *phi)
{
    const struct model *m = g->model;
    const struct answer_state *s = g->state;
    size_t k = m->outputs, width = g->players + 1;
    double *one = scratch->real, *margin = one + k * width;
    double *answer = margin + k, *room = answer + k;
    struct pair w = {.model = m, .weights = &s->weights, .player = g->player,
                     .row = row};

    open_pair(&w, g, scratch);
    model_margin(m, row, margin);
    model_answer(m, margin, answer);
    for (size_t i = 0; i < s->count; i++) {
        const double *z = s->margin + i * k, *za = s->answer + i * k;

        w.reference = s->rows + i * m->features;
        memset(one, 0, k * width * sizeof *one);
        for (size_t t = 0; t < m->trees; t++) {
            w.tree = &m->tree[t];
            w.scale = g->tree_scale[t];
            w.phi = one + w.tree->output * width;
            walk(&w, 0, 0, 0);
        }
        for (size_t o = 0; o < k; o++) {
            double times = ratio(m, margin, o, answer[o], z[o], za[o], room) /
                           (double)s->count;
            for (size_t p = 0; p < g->players; p++)
                phi[o * width + p] += times * one[o * width + p];
        }
    }
}

const struct estimator interventional_probability_rescaled_estimator = {
    .name = "interventional-probability-rescaled",
    .title = "Interventional values of the margin, rescaled to the answer; "
             "not a Shapley value of the answer's game",
    .needs_reference = true,
    .exact = false,
    .on_answer = true,
    .supports = rescaled_supports,
    .prepare = rescaled_prepare,
    .explain = rescaled_explain,
};
