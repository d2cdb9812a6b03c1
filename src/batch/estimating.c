#include "batch/estimating.h"

#include "base/arena.h"
#include "kernel/random.h"
#include "model/evaluate.h"
#include "shapley/estimate.h"

#include <string.h>

/* --- who plays ------------------------------------------------------------ */

void estimate_players_close(struct estimate_players *p)
{
    mem_free(p->of);
    mem_free(p->group);
    mem_free(p->feature);
    memset(p, 0, sizeof *p);
}

static long factor_of(const struct project *p, size_t feature)
{
    return p->of_model[feature] < 0 ? -1
                                    : p->feature[p->of_model[feature]].factor;
}

/* Factors that cover an input which the model reads come first, in the
 * project's order; then each input that no factor covers. */
static void number_players(const struct session *s, struct estimate_players *x,
                           long *given)
{
    const struct project *p = s->project;
    const struct model *m = s->model;
    bool wholes = p->estimate.players == PLAYERS_FACTORS;
    x->whole = wholes;
    for (size_t f = 0; f < p->factors; f++) {
        given[f] = -1;
        for (size_t j = 0; wholes && j < m->features; j++)
            if (m->feature[j].used && factor_of(p, j) == (long)f)
                given[f] = 0;
        if (given[f] < 0)
            continue;
        given[f] = (long)x->count;
        x->group[x->count] = (long)f;
        x->feature[x->count++] = -1;
    }
    for (size_t j = 0; j < m->features; j++) {
        long f = factor_of(p, j);
        x->of[j] = UINT32_MAX;
        if (!m->feature[j].used)
            continue;
        if (wholes && f >= 0) {
            x->of[j] = (uint32_t)given[f];
            continue;
        }
        x->of[j] = (uint32_t)x->count;
        x->whole = false;
        x->group[x->count] = f;
        x->feature[x->count++] = (long)j;
    }
}

status estimate_players_open(const struct session *s,
                             struct estimate_players *x, struct error *e)
{
    size_t most = s->model->features + s->project->factors + 1;
    memset(x, 0, sizeof *x);
    x->groups = s->project->factors;
    x->of = mem_array(most, sizeof *x->of);
    x->group = mem_array(most, sizeof *x->group);
    x->feature = mem_array(most, sizeof *x->feature);
    long *given = mem_array(most, sizeof *given);
    bool fine = x->of != NULL && x->group != NULL && x->feature != NULL &&
                given != NULL;
    if (fine)
        number_players(s, x, given);
    mem_free(given);
    if (!fine) {
        estimate_players_close(x);
        return error_memory(e);
    }
    return ST_OK;
}

/* --- the plan -------------------------------------------------------------- */

static size_t coalitions_of(const struct session *s, size_t players)
{
    const struct project_estimate *own = &s->project->estimate;
    size_t n = s->request->evaluations > 0 ? (size_t)s->request->evaluations
               : own->evaluations > 0      ? (size_t)own->evaluations
                                           : ESTIMATE_PER_PLAYER * players;
    return n < 2 * players + 2 ? 2 * players + 2 : n;
}

/* Rows that a grown draw may want. */
static size_t most_rows(const struct estimating *x, size_t rows)
{
    double share = 1 + (double)x->extra / (double)x->evaluations;
    double most = (double)rows * share;
    return most > 1e9 ? (size_t)1e9 : (size_t)most;
}

/* A population is drawn the same way whichever others stand beside it. */
static uint64_t stream_of(const char *name)
{
    uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */
    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3U;
    return h;
}

static status draw(const struct estimating *x, size_t rows,
                   const struct explain_reference *r,
                   struct estimate_population *out, struct error *e)
{
    size_t features = x->model->features;
    size_t most = most_rows(x, rows);
    *out = (struct estimate_population){
        .name = r->name,
        .population = r->count,
        .rows = rows < r->count ? rows : r->count,
        .count = most < r->count ? most : r->count};
    struct random_stream *random = random_new(x->seed, stream_of(r->name), 0);
    uint32_t *order = mem_array(r->count + 1, sizeof *order);
    out->row = mem_array(out->count * features + 1, sizeof *out->row);
    bool fine = random != NULL && order != NULL && out->row != NULL &&
                r->count <= UINT32_MAX;
    if (fine) {
        random_permutation(random, order, (uint32_t)r->count);
        for (size_t i = 0; i < out->count; i++)
            memcpy(out->row + i * features, r->rows + order[i] * features,
                   features * sizeof *out->row);
    }
    random_free(random);
    mem_free(order);
    return fine ? ST_OK : error_memory(e);
}

/* Every coalition where that is no more than was allowed, or cheap. */
static bool asks_all(const struct estimating *x, size_t rows)
{
    size_t players = x->players->count;
    if (players > ENUMERATED_PLAYERS_MAX)
        return false;
    size_t all = (size_t)1 << players;
    return all <= x->evaluations ||
           (model_is_local(x->model) && all * rows <= ESTIMATE_LOCAL_ROWS);
}

/* A model that is computed here is cheap to ask: all that it is allowed. */
static size_t rows_of(const struct estimating *x, size_t asked_for)
{
    if (!x->exact || !model_is_local(x->model))
        return asked_for;
    size_t cheap = (size_t)ESTIMATE_LOCAL_ROWS >> x->players->count;
    return cheap > asked_for ? cheap : asked_for;
}

double estimating_spares(const struct session *s, const struct explainer *x)
{
    double rows = shapley_listed(x);
    return rows > (double)s->project->estimate.exact_rows ? rows : 0;
}

void estimating_tell_spared(const struct session *s, const struct explainer *x)
{
    host_say(s->host, SEVERITY_NOTE,
             "exact contributions would run the model on %.0f rows for each "
             "row explained, more than estimate.exact_rows (%ld) allows: they "
             "are estimated against a sample of the reference rows, each with "
             "its error", shapley_listed(x), s->project->estimate.exact_rows);
}

static status check(const struct estimating *x, struct error *e)
{
    size_t players = x->players->count;
    if (players == 0)
        return error_set(e, ST_UNSUPPORTED,
                         "the model reads no input, so there is nothing to "
                         "explain");
    if (players > ESTIMATE_PLAYERS_MAX)
        return error_set(e, ST_LIMIT,
                         "%zu inputs are more than the %d that an estimate "
                         "takes: give the project factors (or --groups a "
                         "table), so that groups of inputs count as one",
                         players, ESTIMATE_PLAYERS_MAX);
    return ST_OK;
}

status estimating_open(const struct session *s,
                       const struct estimate_players *players,
                       const struct explain_reference *reference, size_t games,
                       size_t first, struct estimating *x, struct error *e)
{
    const struct project_estimate *own = &s->project->estimate;
    const char *until = s->request->until;
    memset(x, 0, sizeof *x);
    x->model = s->model;
    x->map = s->map;
    x->players = players;
    x->output = s->project->model.output;
    x->evaluations = coalitions_of(s, players->count);
    x->extra = own->extra_evaluations < 0 ? x->evaluations
                                          : (size_t)own->extra_evaluations;
    x->first = first < players->count ? first : players->count;
    x->until_order = until != NULL ? strcmp(until, "order") == 0
                                   : own->until == UNTIL_ORDER;
    /* the largest shortfall is the most negative oriented contribution */
    x->largest_first = !s->project->model.higher_is_better;
    x->confidence = own->confidence;
    x->seed = (uint64_t)own->seed;
    status st = check(x, e);
    x->exact = st == ST_OK && asks_all(x, own->reference_rows);
    for (size_t g = 0; st == ST_OK && g < games; g++) {
        st = draw(x, rows_of(x, own->reference_rows), &reference[g], &x->of[g],
                  e);
        x->games = g + 1;
    }
    if (st != ST_OK)
        estimating_close(x);
    return st;
}

void estimating_close(struct estimating *x)
{
    for (size_t g = 0; g < x->games; g++)
        mem_free(x->of[g].row);
    memset(x, 0, sizeof *x);
}
