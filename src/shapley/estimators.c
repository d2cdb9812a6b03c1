#include "shapley/estimators.h"

#include "shapley/engine.h"
#include "shapley/game.h"
#include "shapley/interact_engine.h"
#include "shapley/late.h"
#include "shapley/steps.h"

#define DEFAULT_MEMORY ((size_t)1 << 30)

static const struct estimator *const table[] = {
    &path_dependent_estimator,
    &interventional_estimator,
    &interventional_probability_estimator,
    &interventional_probability_rescaled_estimator,
};

size_t estimator_count(void)
{
    return sizeof table / sizeof table[0];
}

const struct estimator *estimator_at(size_t i)
{
    return i < estimator_count() ? table[i] : NULL;
}

const struct estimator *estimator_find(const char *name)
{
    for (size_t i = 0; i < estimator_count(); i++) {
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    }
    return NULL;
}

static status check_references(const struct explain_request *r,
                               struct error *e)
{
    const char *name = r->estimator->name;

    if (!r->estimator->needs_reference)
        return r->references == 0
                   ? ST_OK
                   : error_set(e, ST_ARGUMENT,
                               "%s contributions take no reference", name);
    if (r->references == 0 || r->references > EXPLAIN_GAMES_MAX)
        return error_set(e, ST_ARGUMENT,
                         "%s contributions need 1 to %d named reference "
                         "tables, %zu are given",
                         name, EXPLAIN_GAMES_MAX, r->references);
    for (size_t i = 0; i < r->references; i++) {
        if (r->reference[i].name == NULL)
            return error_set(e, ST_ARGUMENT,
                             "reference %zu of the %s contributions has no "
                             "name", i + 1, name);
        if (r->reference[i].count == 0)
            return error_set(e, ST_ARGUMENT,
                             "the reference \"%s\" of the %s contributions is "
                             "empty; it needs at least one row",
                             r->reference[i].name, name);
    }
    return ST_OK;
}

bool shapley_supports(const struct estimator *x, const struct model *m,
                      const uint32_t *player, char why[ESTIMATOR_WHY_MAX])
{
    bool listed = x == &interventional_estimator ||
                  x == &interventional_probability_estimator;

    if (m->kind != MODEL_PROGRAM || player == NULL || !listed ||
        (x->on_answer && m->link == LINK_ARGMAX))
        return x->supports(m, why);
    return steps_supports(m, player, x->on_answer, why);
}

static status check_request(const struct explain_request *r, struct error *e)
{
    char why[ESTIMATOR_WHY_MAX];

    if (!shapley_supports(r->estimator, r->model, r->player, why))
        return error_set(e, ST_UNSUPPORTED,
                         "%s contributions are not possible: the model has %s",
                         r->estimator->name, why);
    if (r->interactions && r->model->kind != MODEL_FOREST)
        return error_set(e, ST_UNSUPPORTED,
                         "interactions are found in trees; this model has "
                         "none");
    if (r->interactions && !r->estimator->has_interactions)
        return error_set(e, ST_UNSUPPORTED,
                         "%s contributions have no interactions",
                         r->estimator->name);
    return check_references(r, e);
}

static status make_players(struct explainer *x, const struct explain_request *r,
                           struct error *e)
{
    size_t features = r->model->features;

    x->players = r->player != NULL ? r->players : features;
    x->player = mem_array(features + 1, sizeof *x->player);
    if (x->player == NULL)
        return error_memory(e);
    for (size_t f = 0; f < features; f++) {
        x->player[f] = r->player != NULL ? r->player[f] : (uint32_t)f;
        if (x->player[f] >= x->players)
            return error_set(e, ST_ARGUMENT,
                             "input %zu is of group %lu, but there are %zu "
                             "groups", f + 1, (unsigned long)x->player[f],
                             x->players);
    }
    return ST_OK;
}

/* A model that the kernels do not take (no table or quadrature for some of its
 * leaves) is explained in STRICT mode. */
static status prepare_float(struct explainer *x,
                            const struct explain_request *r, size_t memory,
                            struct error *e)
{
    struct explain_request own = *r;
    struct error refused = {0};

    own.memory = memory;
    own.references = x->estimator->needs_reference ? r->references : 0;
    status s = engine_new(&own, x->player, x->players, &x->engine, &refused);
    if (s == ST_UNSUPPORTED) {
        x->mode = EXPLAIN_STRICT;
        return ST_OK;
    }
    if (s != ST_OK) {
        if (e != NULL)
            *e = refused;
        return s;
    }
    return r->interactions ? ST_OK : late_new(&own, memory, &x->late, e);
}

static status prepare(struct explainer *x, const struct explain_request *r,
                      struct error *e)
{
    bool needs = r->estimator->needs_reference;
    size_t games = needs ? r->references : 1;
    size_t memory = r->memory > 0 ? r->memory : DEFAULT_MEMORY;

    TRY(make_players(x, r, e));
    if (r->interactions)
        TRY(pair_index_new(x->model, x->player, x->players, memory, &x->pairs,
                           e));
    if (x->mode == EXPLAIN_FLOAT)
        TRY(prepare_float(x, r, memory, e));
    if (x->late != NULL) {
        x->games = games;
        return ST_OK;
    }
    for (; x->games < games; x->games++)
        TRY(game_new(r->estimator, r->model, x->player, x->players,
                     needs ? &r->reference[x->games] : NULL, memory / games,
                     x->pairs, &x->game[x->games], e));
    if (r->interactions && r->mode == EXPLAIN_FLOAT)
        TRY(pair_engine_new(x, r, memory / 2, &x->pair_engine, e));
    return ST_OK;
}

status shapley_prepare(const struct explain_request *r, struct explainer **out,
                       struct error *e)
{
    *out = NULL;
    TRY(check_request(r, e));
    struct explainer *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->estimator = r->estimator;
    x->model = r->model;
    x->mode = r->estimator->has_float && r->model->kind == MODEL_FOREST
                  ? r->mode
                  : EXPLAIN_STRICT;
    status s = prepare(x, r, e);
    if (s != ST_OK) {
        shapley_free(x);
        return s;
    }
    *out = x;
    return ST_OK;
}

void shapley_free(struct explainer *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < x->games; i++)
        game_free(x->game[i]);
    engine_free(x->engine);
    late_free(x->late);
    mem_free(x->player);
    pair_engine_free(x->pair_engine);
    pair_index_free(x->pairs);
    mem_free(x);
}

status shapley_scratch_new(const struct explainer *x,
                           struct explain_scratch **out, struct error *e)
{
    struct explain_scratch *s = mem_array(1, sizeof *s);
    size_t doubles = 0, words = 0;

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    for (size_t i = 0; i < x->games && x->late == NULL; i++) {
        const struct game *g = x->game[i];
        doubles = g->scratch_doubles > doubles ? g->scratch_doubles : doubles;
        words = g->scratch_words > words ? g->scratch_words : words;
    }
    s->real_room = doubles;
    s->word_room = words;
    s->game.real = mem_array(doubles + 1, sizeof *s->game.real);
    s->game.word = mem_array(words + 1, sizeof *s->game.word);
    s->game.path = mem_array(x->players + 1, sizeof *s->game.path);
    if (x->pairs != NULL)
        s->game.phi = mem_array(x->model->outputs * (x->players + 1),
                                sizeof *s->game.phi);
    if (s->game.real == NULL || s->game.word == NULL || s->game.path == NULL ||
        (x->pairs != NULL && s->game.phi == NULL)) {
        shapley_scratch_free(s);
        return error_memory(e);
    }
    status made = x->engine != NULL ? engine_scratch_new(x->engine, &s->engine, e)
                                    : ST_OK;
    if (made != ST_OK) {
        shapley_scratch_free(s);
        return made;
    }
    status paired = x->pair_engine != NULL
                        ? pair_scratch_new(x, &s->pairs, e)
                        : ST_OK;
    if (paired != ST_OK) {
        shapley_scratch_free(s);
        return paired;
    }
    *out = s;
    return ST_OK;
}

void shapley_scratch_free(struct explain_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->game.real);
    mem_free(s->game.word);
    mem_free(s->game.path);
    mem_free(s->game.phi);
    engine_scratch_free(s->engine);
    pair_scratch_free(s->pairs);
    mem_free(s);
}

/* residual holds the margin before and what phi leaves of it after. */
static void take_sum(const struct explainer *x, const double *phi,
                     double *residual)
{
    for (size_t o = 0; o < x->model->outputs; o++) {
        const double *p = phi + o * (x->players + 1);
        double sum = p[x->players];

        for (size_t i = 0; i < x->players; i++)
            sum += p[i];
        residual[o] -= sum;
    }
}

/* The game in STRICT mode, with scratch large enough for it. */
static status strict_game(const struct explainer *x, struct explain_scratch *s,
                          size_t k, const struct game **out, struct error *e)
{
    *out = x->game[k];
    if (x->late != NULL)
        TRY(late_game(x->late, k, x->player, x->players, out, e));
    const struct game *g = *out;
    if (g->scratch_doubles > s->real_room) {
        double *real = mem_array(g->scratch_doubles + 1, sizeof *real);
        if (real == NULL)
            return error_memory(e);
        mem_free(s->game.real);
        s->game.real = real;
        s->real_room = g->scratch_doubles;
    }
    if (g->scratch_words > s->word_room) {
        uint64_t *word = mem_array(g->scratch_words + 1, sizeof *word);
        if (word == NULL)
            return error_memory(e);
        mem_free(s->game.word);
        s->game.word = word;
        s->word_room = g->scratch_words;
    }
    return ST_OK;
}

status shapley_explain_strict(const struct explainer *x,
                              struct explain_scratch *s, const double *row,
                              double *phi, double *residual, struct error *e)
{
    size_t outputs = x->model->outputs, width = x->players + 1;

    for (size_t k = 0; k < x->games; k++) {
        const struct game *g;
        double *p = phi + k * outputs * width;

        TRY(strict_game(x, s, k, &g, e));
        memset(p, 0, outputs * width * sizeof *p);
        for (size_t o = 0; o < outputs; o++)
            p[o * width + x->players] = g->base[o];
        if (x->model->kind == MODEL_PROGRAM)
            TRY(steps_explain(g, &s->game, row, p, e));
        else
            x->estimator->explain(g, &s->game, row, p);
        if (residual == NULL)
            continue;
        model_margin(x->model, row, residual + k * outputs);
        if (x->estimator->on_answer)
            model_answer(x->model, residual + k * outputs,
                         residual + k * outputs);
        take_sum(x, p, residual + k * outputs);
    }
    return ST_OK;
}

status shapley_explain(const struct explainer *x, struct explain_scratch *s,
                       const double *rows, size_t n, double *phi,
                       double *residual, struct error *e)
{
    size_t values = x->games * x->model->outputs;

    if (x->engine != NULL)
        return engine_explain(x->engine, s->engine, rows, n, phi, residual, e);
    for (size_t i = 0; i < n; i++)
        TRY(shapley_explain_strict(
            x, s, rows + i * x->model->features,
            phi + i * values * (x->players + 1),
            residual != NULL ? residual + i * values : NULL, e));
    return ST_OK;
}

double shapley_bound(const struct explainer *x, size_t game, double largest)
{
    /* Sums of doubles on both sides: relative to the largest. */
    return x->engine != NULL ? engine_bound(x->engine, game) + 1e-9 * largest
                             : 0;
}

const struct estimator *shapley_estimator(const struct explainer *x)
{
    return x->estimator;
}

enum explain_mode shapley_mode(const struct explainer *x)
{
    return x->mode;
}

size_t shapley_games(const struct explainer *x)
{
    return x->games;
}

size_t shapley_players(const struct explainer *x)
{
    return x->players;
}

size_t shapley_block(const struct explainer *x)
{
    return x->engine != NULL ? engine_block(x->engine) : 64;
}

const char *shapley_reference_name(const struct explainer *x, size_t game)
{
    if (x->late != NULL)
        return late_name(x->late, game);
    const char *name = x->game[game]->reference_name;
    return name != NULL ? name : "";
}

size_t shapley_reference_count(const struct explainer *x, size_t game)
{
    return x->late != NULL ? late_count(x->late, game)
                           : x->game[game]->reference_count;
}

double shapley_base(const struct explainer *x, size_t game, size_t output)
{
    return x->engine != NULL ? engine_base(x->engine, game, output)
                             : x->game[game]->base[output];
}

double shapley_listed(const struct explainer *x)
{
    double rows = 0;

    if (x->model->kind == MODEL_PROGRAM)
        for (size_t i = 0; i < x->games; i++)
            rows += steps_listed(x->game[i]);
    return rows;
}

size_t shapley_memory(const struct explainer *x)
{
    size_t bytes = x->engine != NULL ? engine_memory(x->engine) : 0;

    if (x->pair_engine != NULL)
        bytes += pair_engine_memory(x->pair_engine);
    if (x->late != NULL)
        return bytes + late_bytes(x->late);
    for (size_t i = 0; i < x->games; i++)
        bytes += arena_used(x->game[i]->arena);
    return bytes;
}
