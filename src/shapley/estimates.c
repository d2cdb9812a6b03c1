/* The table of estimators, and a game estimated round by round. */
#include "shapley/estimate_in.h"
#include "shapley/odd_process.h"
#include "shapley/tree_proxy.h"

#include "kernel/dist.h"

#include <math.h>

/* Bytes that one game may take. */
#define SCRATCH_MAX ((size_t)4 << 30)
/* Rounds of a game that ends at a certain order: so many pairs a player at
 * first, then so many times those of the round before. */
#define FIRST_PAIRS 2.5
#define NEXT_PAIRS 1.25
/* The trees answer where they miss held-out pairs by so much less. */
#define NEARER 0.8
/* Own variance over the reference sample's, below which more coalitions are not
 * asked where they cannot make the order certain. */
#define OWN_SHARE 0.02
enum { AT_ONCE_PAIRS = 63 };

struct run;
typedef status fit_method(struct run *r, struct fit *f, struct error *e);

struct row {
    struct estimation is;
    bool designed; /* asks the coalitions of the odd process */
    fit_method *fit;
};

struct estimate_scratch {
    struct arena *arena; /* of one call */
    struct odd_process *process;
};

struct run {
    const struct asked_game *game;
    const struct estimate_request *request;
    struct arena *arena;
    struct odd_process *process;
    const struct pair_plan *plan;
    struct pair_plan own; /* unless it is the process's */
    size_t pairs;         /* that may be asked: the plan may have more */
    struct pair_values values;
    const struct row *method;
    struct fit fit;
    struct spread spread;
    size_t rounds;
    bool whole; /* enumeration: its sums mean nothing before the last one */
    bool sample_limits;
};

static status fit_all(struct run *r, struct fit *f, struct error *e)
{
    return estimate_pairs_all(r->arena, &r->values, f, e);
}

static status fit_pairs(struct run *r, struct fit *f, struct error *e)
{
    return estimate_pairs_fit(r->arena, &r->values, f, e);
}

static status fit_process(struct run *r, struct fit *f, struct error *e)
{
    return odd_process_fit(r->process, r->arena, &r->values, f, e);
}

static status fit_trees(struct run *r, struct fit *f, struct error *e)
{
    return tree_proxy_fit(r->process, r->arena, &r->values, f, e);
}

enum { ENUMERATION, PAIRS, ODD_PROCESS, TREE_PROXY };

static const struct row table[] = {
    [ENUMERATION] = {{"enumeration", "every coalition asked", 1,
                      ENUMERATED_PLAYERS_MAX}, false, fit_all},
    [PAIRS] = {{"pairs", "complementary pairs, least squares", 1,
                ESTIMATE_PLAYERS_MAX}, false, fit_pairs},
    [ODD_PROCESS] = {{"odd-process", "Gaussian process on the odd part", 2,
                      ESTIMATE_PLAYERS_MAX}, true, fit_process},
    [TREE_PROXY] = {{"tree-proxy", "boosted trees, their rest by odd-process", 2,
                     PROXY_PLAYERS_MAX}, true, fit_trees},
};

size_t estimation_count(void)
{
    return sizeof table / sizeof table[0];
}

const struct estimation *estimation_at(size_t i)
{
    return i < estimation_count() ? &table[i].is : NULL;
}

const struct estimation *estimation_find(const char *name)
{
    for (size_t i = 0; i < estimation_count(); i++) {
        if (strcmp(table[i].is.name, name) == 0)
            return &table[i].is;
    }
    return NULL;
}

struct estimate_scratch *estimate_scratch_new(void)
{
    struct estimate_scratch *s = mem_array(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->arena = arena_new(SCRATCH_MAX);
    s->process = odd_process_new();
    if (s->arena == NULL || s->process == NULL) {
        estimate_scratch_free(s);
        return NULL;
    }
    return s;
}

void estimate_scratch_free(struct estimate_scratch *s)
{
    if (s == NULL)
        return;
    arena_free(s->arena);
    odd_process_free(s->process);
    mem_free(s);
}

/* 2^players, or SIZE_MAX. */
static size_t coalitions_of(size_t players)
{
    return players > 62 ? SIZE_MAX : (size_t)1 << players;
}

static status check_game(const struct asked_game *g, struct error *e)
{
    if (g->players == 0 || g->players > ESTIMATE_PLAYERS_MAX)
        return error_set(e, ST_ARGUMENT,
                         "a game of %zu players cannot be estimated: 1 to %d "
                         "are possible; put inputs into groups",
                         g->players, ESTIMATE_PLAYERS_MAX);
    if (g->samples == 0)
        return error_set(e, ST_ARGUMENT,
                         "an estimate needs at least one reference row");
    if (g->samples == 1 && g->population > 1)
        return error_set(e, ST_ARGUMENT,
                         "one reference row drawn from %zu says nothing about "
                         "its sampling error: take at least 2", g->population);
    return ST_OK;
}

static status check_request(const struct asked_game *g,
                            const struct estimate_request *r, struct error *e)
{
    size_t all = coalitions_of(g->players), least = 2 * g->players;

    if (!(r->confidence > 0.5 && r->confidence < 1))
        return error_set(e, ST_ARGUMENT,
                         "a confidence of %g is not between 0.5 and 1",
                         r->confidence);
    if (least > all)
        least = all;
    if (r->evaluations < least)
        return error_set(e, ST_ARGUMENT,
                         "%zu evaluations are too few for %zu players: give at "
                         "least %zu", r->evaluations, g->players, least);
    if (r->method == NULL)
        return ST_OK;
    if (g->players < r->method->least_players ||
        g->players > r->method->most_players)
        return error_set(e, ST_ARGUMENT,
                         "%s takes %zu to %zu players, this game has %zu",
                         r->method->name, r->method->least_players,
                         r->method->most_players, g->players);
    if (r->method == &table[ENUMERATION].is && r->evaluations < all)
        return error_set(e, ST_ARGUMENT,
                         "enumeration of %zu players takes %zu evaluations, "
                         "only %zu are allowed", g->players, all,
                         r->evaluations);
    return ST_OK;
}

static const struct row *row_of(const struct estimation *m)
{
    return (const struct row *)(const void *)m;
}

static bool in_rounds(const struct estimate_request *q)
{
    return q->until_order && q->first > 0;
}

/* Observations known after the round; the last round has them all. */
static size_t round_end(const struct run *r, size_t round)
{
    size_t last = r->pairs + 1;
    double pairs = FIRST_PAIRS * (double)r->plan->players;

    if (!in_rounds(r->request) || r->whole)
        return last;
    for (size_t i = 0; i < round; i++)
        pairs *= NEXT_PAIRS;
    /* A round that leaves little to ask is the last. */
    return pairs * 1.1 >= (double)r->pairs ? last : (size_t)pairs + 1;
}

static size_t count_rounds(const struct run *r)
{
    size_t round = 0;

    while (round_end(r, round) < r->pairs + 1)
        round++;
    return round + 1;
}

/* The process, or the trees where held-out pairs say that they are nearer. */
static status choose_best(struct run *r, struct error *e)
{
    struct fit trees;

    r->method = &table[ODD_PROCESS];
    TRY(fit_process(r, &r->fit, e));
    if (r->plan->players < 3 || r->plan->players > PROXY_PLAYERS_MAX)
        return ST_OK;
    TRY(fit_trees(r, &trees, e));
    if (trees.held_out < NEARER * r->fit.held_out) {
        r->method = &table[TREE_PROXY];
        r->fit = trees;
    }
    return ST_OK;
}

static status choose_fit(struct run *r, struct error *e)
{
    size_t n = r->plan->players;
    bool all = r->values.known - 1 == pair_plan_all(n);

    if (r->request->method != NULL)
        r->method = row_of(r->request->method);
    else if (all && n <= ENUMERATED_PLAYERS_MAX)
        r->method = &table[ENUMERATION];
    else
        return choose_best(r, e);
    return r->method->fit(r, &r->fit, e);
}

/* Would the order stay open if every coalition were asked? So it seems when the
 * reference sample's error alone leaves it open and is most of the error. */
static bool sample_limits(const struct run *r, double wrong)
{
    const struct estimate_request *q = r->request;
    struct spread sample = {.n = r->spread.n, .sample = r->spread.sample,
                            .apart = r->spread.apart,
                            .samples = r->spread.samples,
                            .sample_freedom = r->spread.sample_freedom};
    double own = 0, drawn = 0;

    if (q->first == 0 || sample.sample == NULL)
        return false;
    for (size_t i = 0; i < sample.n; i++) {
        own += r->spread.own[i * sample.n + i];
        drawn += sample.sample[i * sample.n + i];
    }
    return own < OWN_SHARE * drawn &&
           certain_places(&sample, r->fit.value, q->first, q->largest_first,
                          wrong) < q->first;
}

static status play(struct run *r, size_t *certain, struct error *e)
{
    const struct estimate_request *q = r->request;
    double wrong = (1 - q->confidence) / (double)r->rounds;

    for (size_t round = 0; round < r->rounds; round++) {
        TRY(pair_values_ask(&r->values, r->game, round_end(r, round), e));
        TRY(choose_fit(r, e));
        TRY(spread_of(r->arena, &r->values, &r->fit, &r->spread, e));
        *certain = certain_places(&r->spread, r->fit.value, q->first,
                                  q->largest_first, wrong);
        if (q->first > 0 && *certain == q->first)
            break;
        r->sample_limits = sample_limits(r, wrong);
        if (r->sample_limits)
            break;
    }
    return ST_OK;
}

static void base_error(const struct pair_values *v, struct estimated_game *out)
{
    double sum = 0;

    out->base_se = 0;
    if (v->samples < 2 || v->correction <= 0)
        return;
    for (size_t s = 0; s < v->samples; s++)
        sum += (v->none[s] - v->base) * (v->none[s] - v->base);
    out->base_se = sqrt(sum / ((double)v->samples - 1) * v->correction);
}

static void intervals(const struct run *r, struct estimated_game *out)
{
    size_t n = r->plan->players;
    double level = (1 + r->request->confidence) / 2;

    for (size_t i = 0; i < n; i++) {
        double freedom, t;

        out->se[i] = sqrt(spread_variance(&r->spread, i, i, &freedom));
        t = freedom < 1e6 ? dist_student_quantile(level, fmax(freedom, 1))
                          : dist_normal_quantile(level);
        out->low[i] = out->value[i] - t * out->se[i];
        out->high[i] = out->value[i] + t * out->se[i];
        for (size_t j = 0; j < n; j++)
            out->difference_se[i * n + j] =
                i == j ? 0 : sqrt(spread_variance(&r->spread, i, j, &freedom));
    }
}

static status answer(const struct run *r, size_t certain, struct estimated_game *out,
                     struct error *e)
{
    const struct pair_values *v = &r->values;
    size_t n = v->n;

    *out = (struct estimated_game){.players = n, .base = v->base, .all = v->all,
                             .value = r->fit.value, .method = &r->method->is,
                             .held_out = r->fit.held_out, .certain = certain,
                             .evaluations = 2 * v->known};
    out->sample_limits = r->sample_limits;
    out->exact = v->known - 1 == pair_plan_all(n);
    out->se = arena_new_array(r->arena, double, 3 * n);
    out->difference_se = arena_new_array(r->arena, double, n * n);
    if (out->se == NULL || out->difference_se == NULL)
        return arena_error(r->arena, e);
    out->low = out->se + n;
    out->high = out->low + n;
    base_error(v, out);
    intervals(r, out);
    return ST_OK;
}

/* How many pairs, and which. */
static status make_plan(struct run *r, struct estimate_scratch *s,
                        struct error *e)
{
    const struct estimate_request *q = r->request;
    size_t n = r->game->players, all = pair_plan_all(n);
    size_t pairs = q->evaluations / 2 - 1;
    bool designed = q->method == NULL || row_of(q->method)->designed;

    if (pairs > all)
        pairs = all;
    /* Few coalitions are all asked at once even where an order would do. */
    r->whole = q->method == &table[ENUMERATION].is ||
               (q->method == NULL && pairs == all &&
                n <= ENUMERATED_PLAYERS_MAX &&
                (!in_rounds(q) || all <= AT_ONCE_PAIRS));
    if (!designed || r->whole) {
        r->pairs = pairs;
        r->plan = &r->own;
        return pair_plan_make(r->arena, n, pairs, q->seed, &r->own, e);
    }
    if (pairs > ESTIMATE_PAIRS_MAX)
        pairs = ESTIMATE_PAIRS_MAX;
    r->pairs = pairs;
    r->process = s->process;
    return odd_process_plan(s->process, n, pairs, q->seed, &r->plan, e);
}

status estimate_game(const struct asked_game *g,
                     const struct estimate_request *q,
                     struct estimate_scratch *s, struct estimated_game *out,
                     struct error *e)
{
    struct run r = {.game = g, .request = q, .arena = s->arena};
    size_t certain = 0;

    TRY(check_game(g, e));
    TRY(check_request(g, q, e));
    arena_reset(s->arena);
    TRY(make_plan(&r, s, e));
    TRY(pair_values_open(r.arena, g, r.plan, r.pairs, &r.values, e));
    r.rounds = count_rounds(&r);
    TRY(play(&r, &certain, e));
    return answer(&r, certain, out, e);
}
