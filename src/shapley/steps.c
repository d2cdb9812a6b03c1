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

/* Player k's inputs in rows from … to: the row's, or the reference's. */
static void set_player(const struct listing *l, uint8_t player,
                       const double *value, double *from, double *to)
{
    const struct steps_unit *u = l->u;
    size_t features = l->g->model->features;

    for (size_t i = 0; i < u->features; i++) {
        uint32_t f = u->feature[i];
        if (u->place[i] != player)
            continue;
        for (double *row = from; row < to; row += features)
            row[f] = value[f];
    }
}

/* All coalitions by number. Those of the first players are made by doubling;
 * the others go through them again with their inputs set. */
static status list_pair(struct listing *l, const double *z,
                        const struct steps_pair *p)
{
    size_t features = l->g->model->features, low = 0;

    while (low < p->players && (size_t)2 << low <= l->s->chunk)
        low++;
    size_t rows = (size_t)1 << low;
    if (l->waiting + rows > l->s->chunk)
        TRY(ask_waiting(l));
    double *to = l->row + l->waiting * features;
    memcpy(to, z, features * sizeof *to);
    for (size_t k = 0; k < low; k++) {
        size_t half = features << k;
        memcpy(to + half, to, half * sizeof *to);
        set_player(l, p->player[k], l->x, to + half, to + 2 * half);
    }
    l->waiting += rows;
    for (size_t high = 1; high < (size_t)1 << (p->players - low); high++) {
        TRY(ask_waiting(l));
        for (size_t k = low; k < p->players; k++)
            set_player(l, p->player[k],
                       (high >> (k - low) & 1) != 0 ? l->x : z, to,
                       to + rows * features);
        l->waiting = rows;
    }
    return ST_OK;
}

/* Σ over coalitions of the others of what player k changes, by its weight. */
static double player_sum(const double *weight, const double *v, size_t outputs,
                         size_t k, size_t players)
{
    size_t bit = (size_t)1 << k, below = bit - 1;
    double sum[4] = {0.0};

    for (size_t c = 0; c < (size_t)1 << (players - 1); c++) {
        size_t set = (c & ~below) << 1 | (c & below);
        sum[c & 3] += weight[c] * (v[(set | bit) * outputs] - v[set * outputs]);
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_pair(const struct listing *l, const struct steps_pair *p)
{
    const struct steps_unit *u = l->u;
    size_t width = l->g->players + 1;
    const double *value = l->value + p->first * u->outputs;

    for (size_t k = 0; k < p->players; k++) {
        double *phi = l->phi + u->output * width + u->player[p->player[k]];

        for (size_t o = 0; o < u->outputs; o++)
            phi[o * width] += u->share[p->reference] *
                player_sum(l->s->weight[p->players], value + o, u->outputs, k,
                           p->players);
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
        if (p.players == 0)
            continue;
        size_t more = (size_t)1 << p.players;
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
        if (l.u->players != 1) {
            TRY(list_unit(&l));
            continue;
        }
        TRY(steps_values(g, l.u, row, 1, l.all, e));
        add_single(&l);
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
