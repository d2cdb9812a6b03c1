#include "shapley/steps.h"

#include "model/program.h"
#include "shapley/enumerate.h"
#include "shapley/patterns.h"
#include "shapley/steps_in.h"

#include <math.h>

/* Coalitions on their way: their mixed rows wait in `row` until it is full, what
 * they are worth lies in `value`, reference row by reference row. */
struct listing {
    const struct game *g;
    const struct steps_state *s;
    const struct steps_unit *u;
    const double *x;
    double *row, *value, *all, *phi;
    size_t waiting, done;      /* rows in row, values in value */
    struct steps_pair *pair;
    size_t pairs;
    struct error *e;
};

status steps_values(const struct game *g, const struct steps_unit *u,
                    const double *rows, size_t n, double *out, struct error *e)
{
    const struct model *m = g->model;
    struct model_rows of = {.value = rows, .n = n};

    if (!u->whole)
        return program_part_values(m->program, u->output, u->part, &of, out, e);
    TRY(program_run(m->program, &of, out, e));
    for (size_t i = 0; u->answers && i < n; i++)
        model_answer(m, out + i * m->outputs, out + i * m->outputs);
    return ST_OK;
}

static status ask_waiting(struct listing *l)
{
    if (l->waiting == 0)
        return ST_OK;
    TRY(steps_values(l->g, l->u, l->row, l->waiting,
                     l->value + l->done * l->u->outputs, l->e));
    l->done += l->waiting;
    l->waiting = 0;
    return ST_OK;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Players of the unit whose values differ between row and reference. */
static void find_players(const struct listing *l, const double *z,
                         struct steps_pair *p)
{
    const struct steps_unit *u = l->u;
    bool differs[ENUMERATE_MAX] = {false};

    for (size_t i = 0; i < u->features; i++) {
        uint32_t f = u->feature[i];
        differs[u->place[i]] |= !same(l->x[f], z[f]);
    }
    p->players = 0;
    for (size_t k = 0; k < u->players; k++)
        if (differs[k])
            p->player[p->players++] = (uint8_t)k;
}

static status list_pair(struct listing *l, const double *z,
                        const struct steps_pair *p)
{
    const struct steps_unit *u = l->u;
    size_t features = l->g->model->features;
    unsigned in[ENUMERATE_MAX] = {0};

    for (size_t k = 0; k < p->players; k++)
        in[p->player[k]] = 1U << k;
    for (unsigned set = 1; set + 1 < 1U << p->players; set++) {
        double *to = l->row + l->waiting * features;
        for (size_t i = 0; i < u->features; i++) {
            uint32_t f = u->feature[i];
            to[f] = (set & in[u->place[i]]) != 0 ? l->x[f] : z[f];
        }
        if (++l->waiting == l->s->chunk)
            TRY(ask_waiting(l));
    }
    return ST_OK;
}

/* Value of a coalition of a listed pair. */
static const double *value_of(const struct listing *l,
                              const struct steps_pair *p, size_t set)
{
    const struct steps_unit *u = l->u;
    if (set == 0)
        return u->at_reference + p->reference * u->outputs;
    if (set + 1 == (size_t)1 << p->players)
        return l->all;
    return l->value + (p->first + set - 1) * u->outputs;
}

static void add_pair(const struct listing *l, const struct steps_pair *p)
{
    const struct steps_unit *u = l->u;
    size_t width = l->g->players + 1, sets = (size_t)1 << p->players;

    for (size_t k = 0; k < p->players; k++) {
        size_t bit = (size_t)1 << k;
        double *phi = l->phi + u->output * width + u->player[p->player[k]];

        for (size_t set = 0; set < sets; set++) {
            size_t size = (size_t)__builtin_popcountll(set);
            if ((set & bit) != 0)
                continue;
            double weight = u->share[p->reference] *
                pattern_integral(&l->s->weights, p->players - 1 - size, size);
            const double *with = value_of(l, p, set | bit);
            const double *without = value_of(l, p, set);
            for (size_t o = 0; o < u->outputs; o++)
                phi[o * width] += weight * (with[o] - without[o]);
        }
    }
}

static status add_waiting(struct listing *l)
{
    TRY(ask_waiting(l));
    for (size_t i = 0; i < l->pairs; i++)
        add_pair(l, &l->pair[i]);
    l->pairs = 0;
    l->done = 0;
    return ST_OK;
}

static status list_unit(struct listing *l)
{
    const struct steps_state *s = l->s;

    for (size_t r = 0; r < l->u->references; r++) {
        const double *z =
            s->rows + l->u->reference[r] * l->g->model->features;
        struct steps_pair p = {.reference = r};
        find_players(l, z, &p);
        size_t more = ((size_t)1 << p.players) - 1;
        if (l->pairs == STEPS_PAIRS ||
            l->done + l->waiting + more > s->values)
            TRY(add_waiting(l));
        p.first = l->done + l->waiting;
        TRY(list_pair(l, z, &p));
        l->pair[l->pairs++] = p;
    }
    return add_waiting(l);
}

/* One player: what it changes, row against mean. */
static void add_single(const struct listing *l)
{
    const struct steps_unit *u = l->u;
    size_t width = l->g->players + 1;

    for (size_t o = 0; o < u->outputs; o++)
        l->phi[(u->output + o) * width + u->player[0]] +=
            l->all[o] - u->mean[o];
}

status steps_explain(const struct game *g, struct game_scratch *scratch,
                     const double *row, double *phi, struct error *e)
{
    const struct steps_state *s = g->state;
    struct listing l = {.g = g, .s = s, .x = row, .phi = phi, .e = e};

    l.row = scratch->real;
    l.value = l.row + s->chunk * g->model->features;
    l.all = l.value + (s->values + 1) * g->model->outputs;
    l.pair = (struct steps_pair *)(void *)scratch->word;
    for (size_t i = 0; i < s->units; i++) {
        l.u = &s->unit[i];
        TRY(steps_values(g, l.u, row, 1, l.all, e));
        if (l.u->players == 1)
            add_single(&l);
        else
            TRY(list_unit(&l));
    }
    return ST_OK;
}

double steps_listed(const struct game *g)
{
    const struct steps_state *s = g->state;
    double rows = 0;

    for (size_t i = 0; i < s->units; i++) {
        const struct steps_unit *u = &s->unit[i];
        if (u->players > 1)
            rows += ldexp((double)u->references, (int)u->players);
    }
    return rows;
}
