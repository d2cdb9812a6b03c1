/* Asking a game, and keeping what it says as odd and even parts. */
#include "shapley/estimate_in.h"

#include <math.h>

/* Values that one question may bring: 64 MB. */
#define ASKED_AT_ONCE ((size_t)8 << 20)

static double mean(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

static status ask(const struct asked_game *g, const uint64_t *set, size_t n,
                  double *value, struct error *e)
{
    TRY(g->ask(g->self, set, n, value, e));
    for (size_t i = 0; i < n * g->samples; i++) {
        if (!isfinite(value[i]))
            return error_set(e, ST_DATA,
                             "the model gives %s for a mix of the row and "
                             "reference row %zu; contributions need a number",
                             isnan(value[i]) ? "no number" : "an infinite value",
                             i % g->samples + 1);
    }
    return ST_OK;
}

/* Observation `at` from v(S) and v(N∖S), each [samples]. */
static void keep(struct pair_values *v, size_t at, const double *in,
                 const double *out)
{
    double *each = v->each + at * v->samples;

    for (size_t s = 0; s < v->samples; s++)
        each[s] = (in[s] - out[s]) / 2;
    v->odd[at] = mean(each, v->samples);
    v->even[at] = (mean(in, v->samples) + mean(out, v->samples)) / 2;
    if (at == 0)
        memcpy(v->none, out, v->samples * sizeof *out);
}

static void put_pair(const struct pair_plan *p, size_t observation,
                     uint64_t *both)
{
    const uint64_t *set = p->set + observation * p->words;

    for (size_t w = 0; w < p->words; w++) {
        both[w] = set[w];
        both[p->words + w] = p->set[w] & ~set[w];
    }
}

status pair_values_ask(struct pair_values *v, const struct asked_game *g,
                       size_t known, struct error *e)
{
    const struct pair_plan *p = v->plan;
    size_t block = ASKED_AT_ONCE / (2 * v->samples) + 1;
    size_t most = known - v->known < block ? known - v->known : block;
    uint64_t *set = mem_array(2 * most * p->words + 1, sizeof *set);
    double *value = mem_array(2 * most * v->samples + 1, sizeof *value);
    status s = set == NULL || value == NULL ? error_memory(e) : ST_OK;

    while (s == ST_OK && v->known < known) {
        size_t pairs = known - v->known < most ? known - v->known : most;

        for (size_t i = 0; i < pairs; i++)
            put_pair(p, v->known + i, set + 2 * i * p->words);
        s = ask(g, set, 2 * pairs, value, e);
        for (size_t i = 0; s == ST_OK && i < pairs; i++)
            keep(v, v->known + i, value + 2 * i * v->samples,
                 value + (2 * i + 1) * v->samples);
        v->known += pairs;
    }
    mem_free(set);
    mem_free(value);
    return s;
}

status pair_values_open(struct arena *a, const struct asked_game *g,
                        const struct pair_plan *plan, size_t pairs,
                        struct pair_values *out, struct error *e)
{
    size_t m = g->samples, room = pairs + 1;
    size_t population = g->population < m ? m : g->population;

    *out = (struct pair_values){.plan = plan, .n = plan->players, .room = room,
                                .samples = m};
    out->each = arena_array(a, room * m, sizeof *out->each);
    out->odd = arena_new_array(a, double, room);
    out->even = arena_new_array(a, double, room);
    out->none = arena_new_array(a, double, m);
    if (out->each == NULL || out->odd == NULL || out->even == NULL ||
        out->none == NULL)
        return arena_error(a, e);
    out->correction = (1 - (double)m / (double)population) / (double)m;
    TRY(pair_values_ask(out, g, 1, e));
    out->base = out->even[0] - out->odd[0];
    out->all = out->even[0] + out->odd[0];
    return ST_OK;
}
