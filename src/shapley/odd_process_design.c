/* Coalitions for the process: greedy, by what each takes from Σ var φ_i. */
#include "shapley/odd_process.h"

#include "kernel/dense.h"

#include <math.h>

/* The prior that designs: rich in interactions, so that no degree of them is
 * left to hide behind single players. */
#define DESIGN_SHARE 1.3
#define DESIGN_DECAY 0.275
/* Candidates, pairs chosen so and players; the rest stays as it was drawn. */
enum { CANDIDATES_ALL = 8192, CANDIDATES = 4096, CHOSEN_MAX = 512,
       DESIGN_PLAYERS = 256 };

struct design {
    const struct pair_plan *candidates;
    struct odd_kernel kernel;
    size_t m, n;         /* candidates, players */
    double *line;        /* [chosen][m] rows of the factor */
    double *reach;       /* [n][m] cov(φ_i, o) given what is chosen */
    double *left;        /* [m] var(o) given what is chosen; < 0: chosen */
    double *gain;        /* [m] */
};

static const uint64_t *candidate(const struct design *d, size_t c)
{
    return d->candidates->set + (c + 1) * d->candidates->words;
}

/* What observing the set does to all candidates; its own line is the next. */
static void observe(struct design *d, size_t lines, const uint64_t *set,
                    size_t self)
{
    const struct pair_plan *p = d->candidates;
    double *line = d->line + lines * d->m, root, factor[CHOSEN_MAX + 1];
    double *gain = d->gain;

    for (size_t c = 0; c < d->m; c++)
        line[c] = d->kernel.same[odd_differ(candidate(d, c), set, p->words)];
    for (size_t l = 0; l < lines; l++)
        factor[l] = d->line[l * d->m + self];
    dense_subtract(line, d->line, d->m, factor, lines, d->m);
    root = sqrt(fmax(d->left[self], 1e-9 * d->kernel.same[0]));
    for (size_t c = 0; c < d->m; c++) {
        line[c] /= root;
        d->left[c] -= line[c] * line[c];
        gain[c] = 0;
    }
    for (size_t i = 0; i < d->n; i++) {
        double *reach = d->reach + i * d->m, own = reach[self] / root;

        for (size_t c = 0; c < d->m; c++) {
            reach[c] -= own * line[c];
            gain[c] += reach[c] * reach[c];
        }
    }
}

/* N, ∅ is observed from the start. */
static void observe_all(struct design *d)
{
    const struct pair_plan *p = d->candidates;
    const double *same = d->kernel.same;
    double root = sqrt(same[0]), all = d->kernel.cross[0] / root;

    for (size_t c = 0; c < d->m; c++) {
        size_t out = odd_differ(candidate(d, c), p->set, p->words);

        d->line[c] = same[out] / root;
        d->left[c] = same[0] - d->line[c] * d->line[c];
        d->gain[c] = 0;
        for (size_t i = 0; i < d->n; i++) {
            bool in = set_has(candidate(d, c), i);
            double reach = in ? d->kernel.cross[out]
                              : -d->kernel.cross[out - 1];

            reach -= all * d->line[c];
            d->reach[i * d->m + c] = reach;
            d->gain[c] += reach * reach;
        }
    }
}

static size_t best_candidate(const struct design *d, const bool *taken)
{
    double least = 1e-9 * d->kernel.same[0], most = -1;
    size_t best = 0;

    for (size_t c = 0; c < d->m; c++) {
        double worth = d->gain[c] / fmax(d->left[c], least);

        if (!taken[c] && worth > most) {
            most = worth;
            best = c;
        }
    }
    return best;
}

static void copy_pair(struct pair_plan *to, size_t at,
                      const struct pair_plan *from, size_t c)
{
    memcpy(to->set + at * to->words, from->set + (c + 1) * to->words,
           to->words * sizeof *to->set);
    to->size[at] = from->size[c + 1];
}

static status choose(struct arena *a, struct design *d, struct pair_plan *out,
                     struct error *e)
{
    size_t chosen = out->pairs < CHOSEN_MAX ? out->pairs : CHOSEN_MAX, at = 1;
    bool *taken = arena_new_array(a, bool, d->m + 1);

    d->line = arena_array(a, (chosen + 1) * d->m + 1, sizeof *d->line);
    d->reach = arena_array(a, d->n * d->m + 1, sizeof *d->reach);
    d->left = arena_new_array(a, double, d->m + 1);
    d->gain = arena_new_array(a, double, d->m + 1);
    if (taken == NULL || d->line == NULL || d->reach == NULL ||
        d->left == NULL || d->gain == NULL)
        return arena_error(a, e);
    observe_all(d);
    for (; at <= chosen; at++) {
        size_t c = best_candidate(d, taken);

        taken[c] = true;
        copy_pair(out, at, d->candidates, c);
        if (at < chosen)
            observe(d, at, candidate(d, c), c);
    }
    for (size_t c = 0; c < d->m && at <= out->pairs; c++) {
        if (!taken[c])
            copy_pair(out, at++, d->candidates, c);
    }
    return ST_OK;
}

status odd_design_make(struct arena *a, size_t players, size_t pairs,
                       uint64_t seed, struct pair_plan *out, struct error *e)
{
    size_t all = pair_plan_all(players);
    size_t m = all <= CANDIDATES_ALL ? all : CANDIDATES;
    struct pair_plan candidates;
    struct design d = {.candidates = &candidates, .n = players};
    struct arena *room;
    status s;

    if (players > DESIGN_PLAYERS || players < 3)
        return pair_plan_make(a, players, pairs, seed, out, e);
    *out = (struct pair_plan){.players = players, .pairs = pairs, .seed = seed,
                              .words = (players + 63) / 64};
    out->set = arena_new_array(a, uint64_t, (pairs + 1) * out->words);
    out->size = arena_new_array(a, uint16_t, pairs + 1);
    room = arena_new((size_t)1 << 30);
    if (out->set == NULL || out->size == NULL || room == NULL) {
        arena_free(room);
        return error_memory(e);
    }
    d.m = m > pairs ? m : pairs;
    s = pair_plan_make(room, players, d.m, seed, &candidates, e);
    if (s == ST_OK)
        s = odd_kernel_make(room, players, DESIGN_SHARE, DESIGN_DECAY,
                            &d.kernel, e);
    if (s == ST_OK) {
        memcpy(out->set, candidates.set, out->words * sizeof *out->set);
        out->size[0] = (uint16_t)players;
        s = choose(room, &d, out, e);
    }
    arena_free(room);
    return s;
}
