#include "shapley/steps.h"

#include "base/hash.h"
#include "model/program.h"
#include "shapley/steps_in.h"

#include <math.h>
#include <stdlib.h>

/* The players of a list of inputs, at most one more than can be listed. */
static size_t players_of(const uint32_t *player, const uint32_t *feature,
                         size_t features, uint32_t *out, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < features; i++) {
        size_t k = 0;
        while (k < n && out[k] != player[feature[i]])
            k++;
        if (k == n && n < most)
            out[n++] = player[feature[i]];
    }
    return n;
}

static size_t inputs_read(const struct model *m, uint32_t *out)
{
    size_t n = 0;

    for (uint32_t f = 0; f < m->features; f++)
        if (program_reads(m->program, f))
            out[n++] = f;
    return n;
}

static void too_many(size_t players, bool on_answer,
                     char why[ESTIMATOR_WHY_MAX])
{
    snprintf(why, ESTIMATOR_WHY_MAX,
             on_answer ? "%zu inputs or groups that its answer reads, and at "
                         "most %d can be listed in all coalitions; join inputs "
                         "in groups, or use an estimate"
                       : "a part that reads %zu inputs or groups together, and "
                         "at most %d can be listed in all coalitions; join "
                         "inputs in groups, or use an estimate",
             players, ENUMERATE_MAX);
}

struct finding {
    const struct model *m;
    const uint32_t *player;
    struct arena *arena;
    bool on_answer;
    uint32_t *seen, *all;      /* [features + 1] */
    size_t most;               /* players of the largest part */
};

typedef status take_part(void *to, const struct program_part *part,
                         size_t output, bool whole, struct error *e);

/* The outputs' only parts read the same inputs: they are listed together. */
static status one_part(const struct finding *f, bool *out, struct error *e)
{
    const struct program_part *first, *part;
    size_t parts;
    double constant;

    *out = false;
    TRY(program_parts(f->m->program, 0, f->arena, &first, &parts, &constant, e));
    if (parts != 1 || f->m->outputs == 1)
        return ST_OK;
    for (size_t o = 1; o < f->m->outputs; o++) {
        TRY(program_parts(f->m->program, o, f->arena, &part, &parts, &constant,
                          e));
        if (parts != 1 || part->features != first->features ||
            memcmp(part->feature, first->feature,
                   first->features * sizeof *first->feature) != 0)
            return ST_OK;
    }
    *out = true;
    return ST_OK;
}

static status each_part(const struct finding *f, take_part *take, void *to,
                        struct error *e)
{
    bool whole = f->on_answer;

    if (!whole)
        TRY(one_part(f, &whole, e));
    if (whole) {
        struct program_part all = {f->all, inputs_read(f->m, f->all), 0};
        return all.features == 0 ? ST_OK : take(to, &all, 0, true, e);
    }
    for (size_t o = 0; o < f->m->outputs; o++) {
        const struct program_part *part;
        size_t parts;
        double constant;
        TRY(program_parts(f->m->program, o, f->arena, &part, &parts, &constant,
                          e));
        for (size_t i = 0; i < parts; i++)
            TRY(take(to, &part[i], o, false, e));
    }
    return ST_OK;
}

static status finding_room(struct finding *f, struct error *e)
{
    f->seen = arena_new_array(f->arena, uint32_t, f->m->features + 1);
    f->all = arena_new_array(f->arena, uint32_t, f->m->features + 1);
    return f->seen == NULL || f->all == NULL ? arena_error(f->arena, e) : ST_OK;
}

static status measure_part(void *to, const struct program_part *part,
                           size_t output, bool whole, struct error *e)
{
    struct finding *f = to;
    size_t n = players_of(f->player, part->feature, part->features, f->seen,
                          f->m->features);

    (void)output;
    (void)whole;
    (void)e;
    f->most = n > f->most ? n : f->most;
    return ST_OK;
}

static status measure(struct finding *f, struct error *e)
{
    TRY(finding_room(f, e));
    return each_part(f, measure_part, f, e);
}

/* What no number of players helps with. */
static bool is_steps(const struct model *m, char why[ESTIMATOR_WHY_MAX])
{
    if (m->kind != MODEL_PROGRAM) {
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "no trees or steps here: it is computed elsewhere; use an "
                 "estimate");
        return false;
    }
    for (size_t f = 0; f < m->features; f++) {
        if (m->feature[f].kind != FEATURE_TEXT || !m->feature[f].used)
            continue;
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "a text as its input \"%.60s\", whose words are players; "
                 "use an estimate", m->feature[f].name);
        return false;
    }
    return true;
}

bool steps_supports(const struct model *m, const uint32_t *player,
                    bool on_answer, char why[ESTIMATOR_WHY_MAX])
{
    struct finding f = {.m = m, .player = player, .on_answer = on_answer};
    uint32_t *own = NULL;
    struct error e = {0};

    why[0] = 0;
    if (!is_steps(m, why))
        return false;
    f.arena = arena_new((size_t)1 << 30);
    if (player == NULL) {
        f.player = own = mem_array(m->features, sizeof *own);
        for (uint32_t i = 0; own != NULL && i < m->features; i++)
            own[i] = i;
    }
    status s = f.arena == NULL || f.player == NULL ? error_memory(&e)
                                                   : measure(&f, &e);
    arena_free(f.arena);
    mem_free(own);
    if (s != ST_OK)
        snprintf(why, ESTIMATOR_WHY_MAX, "%.150s", e.text);
    else if (f.most > ENUMERATE_MAX)
        too_many(f.most, on_answer, why);
    return s == ST_OK && f.most <= ENUMERATE_MAX;
}

struct preparing {
    struct finding f;
    struct game *g;
    struct steps_state *s;
    size_t room;
};

static int compare_rows(const void *a, const void *b, void *with)
{
    const struct preparing *p = with;
    const struct steps_unit *u = &p->s->unit[p->s->units];
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    size_t features = p->g->model->features;

    for (size_t i = 0; i < u->features; i++) {
        double v = p->s->rows[x * features + u->feature[i]];
        double w = p->s->rows[y * features + u->feature[i]];
        if (isnan(v) != isnan(w))
            return isnan(v) ? 1 : -1;
        if (v != w && !isnan(v))
            return v < w ? -1 : 1;
    }
    return 0;
}

static int compare_numbered(const void *a, const void *b, void *with)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int by = compare_rows(a, b, with);

    return by != 0 ? by : x < y ? -1 : x > y;
}

static status distinct_rows(struct preparing *p, struct steps_unit *u,
                            struct error *e)
{
    size_t count = p->s->count;
    uint32_t *order = mem_array(count, sizeof *order);

    u->reference = arena_new_array(p->g->arena, uint32_t, count);
    u->share = arena_new_array(p->g->arena, double, count);
    if (order == NULL || u->reference == NULL || u->share == NULL) {
        mem_free(order);
        return arena_error(p->g->arena, e);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, count, sizeof *order, compare_numbered, p);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_rows(&order[i], &order[i - 1], p) != 0)
            u->reference[u->references++] = order[i];
        u->share[u->references - 1] += 1.0;
    }
    for (size_t i = 0; i < u->references; i++)
        u->share[i] /= (double)count;
    mem_free(order);
    return ST_OK;
}

static status at_references(struct preparing *p, struct steps_unit *u,
                            struct error *e)
{
    size_t features = p->g->model->features;
    struct arena *a = p->g->arena;

    u->at_reference = arena_new_array(a, double, u->references * u->outputs);
    u->mean = arena_new_array(a, double, u->outputs);
    if (u->at_reference == NULL || u->mean == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < u->references; i++) {
        double *v = u->at_reference + i * u->outputs;
        TRY(steps_values(p->g, u, p->s->rows + u->reference[i] * features, 1, v,
                         e));
        for (size_t o = 0; o < u->outputs; o++)
            u->mean[o] += u->share[i] * v[o];
    }
    return ST_OK;
}

static status prepare_part(void *to, const struct program_part *part,
                           size_t output, bool whole, struct error *e)
{
    struct preparing *p = to;
    struct arena *a = p->g->arena;
    size_t n = players_of(p->g->player, part->feature, part->features,
                          p->f.seen, p->g->model->features);
    char why[ESTIMATOR_WHY_MAX];

    if (n > ENUMERATE_MAX) {
        too_many(n, p->f.on_answer, why);
        return error_set(e, ST_UNSUPPORTED,
                         "contributions are not possible: the model has %s",
                         why);
    }
    TRY(MEM_ROOM(p->s->unit, p->room, p->s->units + 1, e));
    struct steps_unit *u = &p->s->unit[p->s->units];
    *u = (struct steps_unit){.whole = whole, .answers = p->f.on_answer,
                             .output = output, .part = part->id,
                             .features = part->features, .players = n};
    u->outputs = whole ? p->g->model->outputs : 1;
    uint32_t *feature = arena_new_array(a, uint32_t, part->features);
    u->player = arena_new_array(a, uint32_t, n);
    u->place = arena_new_array(a, uint8_t, part->features);
    if (feature == NULL || u->player == NULL || u->place == NULL)
        return arena_error(a, e);
    memcpy(feature, part->feature, part->features * sizeof *feature);
    memcpy(u->player, p->f.seen, n * sizeof *u->player);
    u->feature = feature;
    for (size_t i = 0; i < u->features; i++)
        while (u->player[u->place[i]] != p->g->player[feature[i]])
            u->place[i]++;
    TRY(distinct_rows(p, u, e));
    TRY(at_references(p, u, e));
    p->f.most = n > p->f.most ? n : p->f.most;
    p->s->units++;
    return ST_OK;
}

static status base_values(struct game *g, const struct steps_state *s,
                          bool on_answer, struct error *e)
{
    const struct model *m = g->model;
    double *v = mem_array(s->count * m->outputs, sizeof *v);
    struct model_rows rows = {.value = s->rows, .n = s->count};

    if (v == NULL)
        return error_memory(e);
    status done = program_run(m->program, &rows, v, e);
    memset(g->base, 0, m->outputs * sizeof *g->base);
    for (size_t i = 0; done == ST_OK && i < s->count; i++) {
        if (on_answer)
            model_answer(m, v + i * m->outputs, v + i * m->outputs);
        for (size_t o = 0; o < m->outputs; o++)
            g->base[o] += v[i * m->outputs + o];
    }
    for (size_t o = 0; o < m->outputs; o++)
        g->base[o] /= (double)s->count;
    mem_free(v);
    return done;
}

static void measure_scratch(struct game *g, struct steps_state *s, size_t most)
{
    size_t wide = ((size_t)1 << 20) / g->model->features;
    size_t listed = (size_t)1 << most;

    s->chunk = STEPS_CHUNK;
    while (s->chunk > 8 && s->chunk > wide)
        s->chunk /= 2;
    s->values = listed > 2 * STEPS_CHUNK ? listed : 2 * STEPS_CHUNK;
    g->scratch_doubles = s->chunk * g->model->features +
                         (s->values + 2) * g->model->outputs;
    g->scratch_words =
        STEPS_PAIRS * (sizeof(struct steps_pair) / sizeof(uint64_t) + 1);
}

/* Of a coalition of a others and b of them outside: a! b! / (a + b + 1)!. */
static status pair_weights(struct preparing *p, struct error *e)
{
    struct pattern_weights w;

    TRY(pattern_weights_new(p->g->arena, ENUMERATE_MAX, &w, e));
    for (size_t n = 1; n <= p->f.most; n++) {
        size_t sets = (size_t)1 << (n - 1);
        double *weight = arena_new_array(p->g->arena, double, sets);
        if (weight == NULL)
            return arena_error(p->g->arena, e);
        for (size_t set = 0; set < sets; set++) {
            size_t in = (size_t)__builtin_popcountll(set);
            weight[set] = pattern_integral(&w, n - 1 - in, in);
        }
        p->s->weight[n] = weight;
    }
    return ST_OK;
}

static status prepare(struct preparing *p, struct error *e)
{
    struct game *g = p->g;
    struct steps_state *s = p->s;

    TRY(finding_room(&p->f, e));
    TRY(base_values(g, s, p->f.on_answer, e));
    TRY(each_part(&p->f, prepare_part, p, e));
    TRY(pair_weights(p, e));
    measure_scratch(g, s, p->f.most);
    if (g->scratch_doubles > g->cap / sizeof(double))
        return error_set(e, ST_LIMIT,
                         "coalitions of %zu inputs and %zu outputs exceed the "
                         "memory of %zu bytes; join inputs in groups",
                         p->f.most, g->model->outputs, g->cap);
    struct steps_unit *own =
        arena_new_array(g->arena, struct steps_unit, s->units + 1);
    if (own == NULL)
        return arena_error(g->arena, e);
    if (s->units > 0)
        memcpy(own, s->unit, s->units * sizeof *own);
    mem_free(s->unit);
    s->unit = own;
    return ST_OK;
}

status steps_prepare(struct game *g, const struct explain_reference *r,
                     bool on_answer, struct error *e)
{
    size_t features = g->model->features;
    struct steps_state *s = arena_new_one(g->arena, struct steps_state);
    double *rows = arena_new_array(g->arena, double, r->count * features);
    struct preparing p = {.g = g, .s = s};

    if (s == NULL || rows == NULL)
        return arena_error(g->arena, e);
    memcpy(rows, r->rows, r->count * features * sizeof *rows);
    s->rows = rows;
    s->count = r->count;
    g->state = s;
    p.f = (struct finding){.m = g->model, .player = g->player,
                           .arena = arena_new(g->cap),
                           .on_answer = on_answer};
    if (p.f.arena == NULL)
        return error_memory(e);
    status done = prepare(&p, e);
    if (done != ST_OK)
        mem_free(s->unit);
    arena_free(p.f.arena);
    return done;
}
