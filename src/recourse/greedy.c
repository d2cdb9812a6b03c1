/* A first plan by looking one lever at a time, and what one lever can do. */
#include "recourse/engine.h"

bool orders_hold(const struct trial *t, const uint16_t *index)
{
    const struct recourse *r = t->r;

    for (size_t i = 0; i < r->p.orders; i++) {
        double v[2];
        size_t f[2] = {r->p.order[i].feature_a, r->p.order[i].feature_b};
        bool lever = false;
        for (int k = 0; k < 2; k++) {
            int32_t a = r->lever_of[f[k]];
            v[k] = a < 0 ? t->row[f[k]] : t->g->axis[a].value[index[a]];
            lever |= a >= 0;
        }
        if (lever && v[0] > v[1])
            return false;
    }
    return true;
}

struct probe {
    struct trial *t;
    uint64_t *rest, *mask;
    uint16_t index[RECOURSE_LEVERS_MAX];
};

/* Leaves that all axes but one leave open at the present point. */
static void rest_without(struct probe *p, size_t axis)
{
    const struct game *g = p->t->g;

    memcpy(p->rest, g->full, g->words * sizeof *p->rest);
    for (size_t a = 0; a < g->axes; a++) {
        if (a != axis)
            mask_narrow(&g->axis[a], p->rest, p->index[a], p->index[a]);
    }
}

/* The best single move from the present point; tries every point that reaches
 * the cutoff more cheaply than the best plan. */
static struct nearest best_move(struct probe *p, double score)
{
    struct trial *t = p->t;
    const struct game *g = t->g;
    struct nearest best = {-1, 0, score};

    for (size_t a = 0; a < g->axes; a++) {
        const struct axis *x = &g->axis[a];
        uint16_t kept = p->index[a];
        if (!t->open[a] || x->count == 1 || kept != x->own)
            continue;
        rest_without(p, a);
        for (size_t c = 0; c < x->count; c++) {
            if (c == x->own)
                continue;
            p->index[a] = (uint16_t)c;
            memcpy(p->mask, p->rest, g->words * sizeof *p->mask);
            mask_narrow(x, p->mask, c, c);
            double reached = mask_score(g, p->mask);
            if (!orders_hold(t, p->index))
                continue;
            if (reached <= g->limit)
                trial_point(t, p->index);
            if (reached < best.score ||
                (reached == best.score && best.axis == (long)a &&
                 x->cost[c] < x->cost[best.index]))
                best = (struct nearest){(long)a, (uint16_t)c, reached};
        }
        p->index[a] = kept;
    }
    return best;
}

/* Each change in turn goes back as far as the cutoff allows. */
static void pull_back(struct probe *p)
{
    struct trial *t = p->t;
    const struct game *g = t->g;

    for (size_t a = 0; a < g->axes; a++) {
        const struct axis *x = &g->axis[a];
        uint16_t kept = t->best.index[a];
        if (kept == x->own)
            continue;
        memcpy(p->index, t->best.index, sizeof p->index);
        rest_without(p, a);
        for (size_t c = 0; c < x->count; c++) {
            if (!(x->cost[c] < x->cost[kept]))
                continue;
            p->index[a] = (uint16_t)c;
            memcpy(p->mask, p->rest, g->words * sizeof *p->mask);
            mask_narrow(x, p->mask, c, c);
            if (mask_score(g, p->mask) <= g->limit)
                trial_point(t, p->index);
        }
    }
}

status greedy_start(struct trial *t, struct nearest *out, struct error *e)
{
    const struct game *g = t->g;
    struct probe p = {.t = t};

    p.rest = arena_new_array(t->s->boxes, uint64_t, 2 * g->words);
    if (p.rest == NULL)
        return arena_error(t->s->boxes, e);
    p.mask = p.rest + g->words;
    for (size_t a = 0; a < g->axes; a++)
        p.index[a] = (uint16_t)g->axis[a].own;
    rest_without(&p, g->axes);
    double score = mask_score(g, p.rest);
    *out = best_move(&p, score);
    struct nearest move = *out;
    for (size_t k = 1; k < t->r->p.most_changes && !t->best.found; k++) {
        if (move.axis < 0)
            return ST_OK;
        p.index[move.axis] = move.index;
        move = best_move(&p, move.score);
    }
    if (t->best.found)
        pull_back(&p);
    return ST_OK;
}
