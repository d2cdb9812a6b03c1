/* The model asked again about kept rows: shuffles, effects, direction, stress.
 * One task an input; each writes its own place. */
#include "batch/ask.h"
#include "batch/evaluate_in.h"

#include <math.h>
#include <string.h>

enum { EFFECT_BINS = 20, MONOTONE_GRID = 12, WORDS_DRAWN = 30 };
#define NOISE_SCALE 0.1

struct asking {
    const struct evaluating *v;
    double *margin;          /* [ASK_ROWS][outputs] */
    double *answer;          /* [outputs] */
};

static status ask(void *self, const double *row, size_t rows, double *out,
                  struct error *e)
{
    struct asking *a = self;
    const struct model *m = a->v->s->model;
    struct said said = {.answer = a->answer};
    for (size_t from = 0; from < rows; from += ASK_ROWS) {
        size_t n = rows - from < ASK_ROWS ? rows - from : ASK_ROWS;
        struct asked_rows ask = {.map = a->v->s->map,
                                 .row = row + from * m->features, .n = n};
        TRY(ask_margins(m, &ask, true, a->margin, e));
        for (size_t i = 0; i < n; i++) {
            evaluate_say(a->v, a->margin + i * m->outputs, &said);
            out[from + i] = said.score;
        }
    }
    return ST_OK;
}

struct probing {
    struct evaluating *v;
    struct asking *asking;     /* [threads] */
    struct probe_rows rows, few;
    uint8_t *label;            /* few */
    double *few_row;
    struct arena **arena;      /* [effects] */
    size_t *asked;             /* inputs shuffled */
    size_t count;
};

static struct scorer scorer_of(struct probing *p, size_t worker)
{
    return (struct scorer){&p->asking[worker], ask};
}

static const struct cutoff *cutoff_of(const struct probing *p)
{
    return p->v->out->has_cutoff ? &p->v->out->cutoff : NULL;
}

static status permute_task(void *context, size_t worker, size_t index,
                           struct error *e)
{
    struct probing *p = context;
    struct card_probe *out = &p->v->out->probe;
    struct scorer m = scorer_of(p, worker);
    size_t input = p->asked[index];
    return permutation_of(&m, &p->rows, &input, 1, EVALUATE_SEED,
                          EVALUATE_REPEATS, &out->permutation[input], e);
}

/* Words that the kept rows have, by code. */
static size_t words_of(const struct probing *p, size_t input, double *at)
{
    const struct model *m = p->v->s->model;
    size_t n = 0;
    for (size_t k = 0; k < m->feature[input].word_count && n < WORDS_DRAWN;
         k++) {
        bool met = false;
        for (size_t i = 0; i < p->rows.n && !met; i++) {
            double x = p->rows.row[i * m->features + input];
            met = x >= (double)k && x <= (double)k;
        }
        if (met)
            at[n++] = (double)k;
    }
    return n;
}

static status effect_task(void *context, size_t worker, size_t index,
                          struct error *e)
{
    struct probing *p = context;
    struct card_effect *out = &p->v->out->probe.effect[index];
    struct scorer m = scorer_of(p, worker);
    if (!out->dependence)
        return effect_ale(&m, &p->rows, out->input, EFFECT_BINS,
                          p->arena[index], &out->effect, e);
    double at[WORDS_DRAWN];
    size_t n = words_of(p, out->input, at);
    if (n == 0)
        return ST_OK;
    return effect_dependence(&m, &p->rows, out->input, at, n, p->arena[index],
                             &out->effect, e);
}

static status stress_task(void *context, size_t worker, size_t index,
                          struct error *e)
{
    struct probing *p = context;
    struct card_stress *out = &p->v->out->probe.stress[index];
    struct scorer m = scorer_of(p, worker);
    const struct model_feature *f = &p->v->s->model->feature[out->input];
    out->has_missing = !f->missing_refused;
    if (out->has_missing)
        TRY(stress_missing(&m, &p->rows, out->input, cutoff_of(p),
                           &out->missing, e));
    if (f->kind == FEATURE_CATEGORY || f->kind == FEATURE_TEXT)
        return ST_OK;
    out->has_noise = true;
    return stress_noise(&m, &p->rows, out->input, NOISE_SCALE, EVALUATE_SEED,
                        cutoff_of(p), &out->noise, e);
}

/* Declared directions are about the person; measured scores about the event. */
static int sign_of(const struct project *p, const struct project_feature *f)
{
    bool up = (f->expected == DIRECTION_HIGHER_BETTER) ==
              p->model.higher_is_better;
    return up ? 1 : -1;
}

static status monotone_task(void *context, size_t worker, size_t index,
                            struct error *e)
{
    struct probing *p = context;
    const struct project *project = p->v->s->project;
    struct card_monotone *out = &p->v->out->probe.monotone[index];
    const struct project_feature *f = &project->feature[out->feature];
    struct scorer m = scorer_of(p, worker);
    return monotonicity_of(&m, &p->few, (size_t)f->model_feature,
                           sign_of(project, f), MONOTONE_GRID, 1e-9,
                           &out->found, e);
}

/* --- opening and closing --- */

static status thin_rows(struct probing *p, struct error *e)
{
    const struct keep *k = &p->v->probe;
    size_t step = (k->count + EVALUATE_MONOTONE - 1) / EVALUATE_MONOTONE;
    size_t n = 0;
    p->few_row = mem_array((EVALUATE_MONOTONE + 1) * k->width,
                           sizeof *p->few_row);
    if (p->few_row == NULL)
        return error_memory(e);
    for (size_t i = 0; i < k->count; i += step)
        memcpy(p->few_row + n++ * k->width, k->row + i * k->width,
               k->width * sizeof *k->row);
    p->few = (struct probe_rows){p->few_row, n, k->width, NULL, NULL};
    p->v->out->probe.monotone_rows = (double)n;
    return ST_OK;
}

static status open_asking(struct probing *p, struct error *e)
{
    size_t threads = pool_threads(p->v->s->pool);
    size_t outputs = p->v->s->model->outputs;
    p->asking = mem_array(threads, sizeof *p->asking);
    if (p->asking == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++) {
        p->asking[i].v = p->v;
        p->asking[i].margin = mem_array(ASK_ROWS * outputs, sizeof(double));
        p->asking[i].answer = mem_array(outputs, sizeof(double));
        if (p->asking[i].margin == NULL || p->asking[i].answer == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static bool has_outcomes(const struct keep *k)
{
    for (size_t i = 0; i < k->count; i++)
        if (!isfinite(k->target[i]))
            return false;
    return k->count > 0;
}

/* Inputs of the leading factors, where factors count as wholes. */
static size_t leading_by_factor(const struct evaluating *v, size_t most,
                                size_t *out)
{
    const struct project *p = v->s->project;
    const struct model *m = v->s->model;
    size_t n = 0;
    for (size_t i = 0; i < p->factors; i++) {
        const struct factor *f = &p->factor[v->out->probe.factor_order[i]];
        for (size_t k = 0; k < f->features && n < most; k++) {
            long j = p->feature[f->feature[k]].model_feature;
            if (j >= 0 && m->feature[j].used)
                out[n++] = (size_t)j;
        }
    }
    return n;
}

/* The leading inputs; without contributions those that are read, in order. */
static size_t leading(const struct evaluating *v, size_t most, size_t *out)
{
    const struct model *m = v->s->model;
    const struct card_probe *probe = &v->out->probe;
    size_t n = 0;
    if (probe->input_order == NULL && probe->factor_order != NULL)
        return leading_by_factor(v, most, out);
    for (size_t i = 0; i < m->features && n < most; i++) {
        size_t j = probe->input_order != NULL ? probe->input_order[i] : i;
        if (m->feature[j].used)
            out[n++] = j;
    }
    return n;
}

static status open_places(struct probing *p, struct error *e)
{
    struct evaluating *v = p->v;
    struct card_probe *out = &v->out->probe;
    const struct model *m = v->s->model;
    const struct project *project = v->s->project;
    p->asked = arena_new_array(v->arena, size_t, m->features + 1);
    out->permuted = arena_new_array(v->arena, bool, m->features + 1);
    out->permutation =
        arena_new_array(v->arena, struct permutation, m->features + 1);
    out->effect = arena_new_array(v->arena, struct card_effect,
                                  EVALUATE_EFFECTS);
    out->stress = arena_new_array(v->arena, struct card_stress,
                                  EVALUATE_EFFECTS);
    out->monotone = arena_new_array(v->arena, struct card_monotone,
                                    project->features + 1);
    if (p->asked == NULL || out->permuted == NULL || out->permutation == NULL ||
        out->effect == NULL || out->stress == NULL || out->monotone == NULL)
        return arena_error(v->arena, e);
    p->count = leading(v, EVALUATE_ASKED, p->asked);
    for (size_t i = 0; i < p->count; i++)
        out->permuted[p->asked[i]] = true;
    for (size_t i = 0; i < p->count && i < EVALUATE_EFFECTS; i++) {
        size_t j = p->asked[i];
        out->stress[out->stresses++].input = j;
        if (m->feature[j].kind == FEATURE_TEXT) /* has no order */
            continue;
        out->effect[out->effects++] = (struct card_effect){
            .input = j,
            .dependence = m->feature[j].kind == FEATURE_CATEGORY &&
                          m->feature[j].words != NULL};
    }
    for (size_t i = 0; i < project->features; i++) {
        const struct project_feature *f = &project->feature[i];
        if (f->expected != DIRECTION_ANY && f->model_feature >= 0 &&
            m->feature[f->model_feature].kind != FEATURE_CATEGORY &&
            m->feature[f->model_feature].kind != FEATURE_TEXT)
            out->monotone[out->monotones++].feature = i;
    }
    return ST_OK;
}

/* Effects live in arenas of their own while tasks run side by side, then move
 * into the one of the findings. */
static status keep_effects(struct probing *p, struct error *e)
{
    struct card_probe *out = &p->v->out->probe;
    for (size_t i = 0; i < out->effects; i++) {
        struct effect *x = &out->effect[i].effect;
        struct effect_point *own = arena_new_array(
            p->v->arena, struct effect_point, x->points + 1);
        if (own == NULL)
            return arena_error(p->v->arena, e);
        if (x->points > 0)
            memcpy(own, x->point, x->points * sizeof *own);
        x->point = own;
    }
    return ST_OK;
}

static status run_all(struct probing *p, struct error *e)
{
    struct card_probe *out = &p->v->out->probe;
    struct pool *pool = p->v->s->pool;
    p->arena = mem_array(EVALUATE_EFFECTS, sizeof *p->arena);
    if (p->arena == NULL)
        return error_memory(e);
    for (size_t i = 0; i < out->effects; i++) {
        p->arena[i] = arena_new(1 << 20);
        if (p->arena[i] == NULL)
            return error_memory(e);
    }
    TRY(pool_run(pool, permute_task, p, p->count, e));
    TRY(pool_run(pool, effect_task, p, out->effects, e));
    TRY(pool_run(pool, stress_task, p, out->stresses, e));
    if (p->v->s->project->model.orientation != ORIENTATION_UNSAID)
        TRY(pool_run(pool, monotone_task, p, out->monotones, e));
    else
        out->monotones = 0;
    return keep_effects(p, e);
}

static void close_probing(struct probing *p)
{
    size_t threads = pool_threads(p->v->s->pool);
    for (size_t i = 0; p->asking != NULL && i < threads; i++) {
        mem_free(p->asking[i].margin);
        mem_free(p->asking[i].answer);
    }
    for (size_t i = 0; p->arena != NULL && i < EVALUATE_EFFECTS; i++)
        arena_free(p->arena[i]);
    mem_free(p->asking);
    mem_free(p->arena);
    mem_free(p->few_row);
}

status evaluate_probes(struct evaluating *v, struct error *e)
{
    struct card_probe *out = &v->out->probe;
    const struct keep *k = &v->probe;
    bool amount = v->out->kind == CARD_REGRESSION;
    struct probing p = {.v = v};
    if (k->count == 0 || v->s->model->kind == MODEL_SCORES)
        return ST_OK;
    p.rows = (struct probe_rows){k->row, k->count, k->width, NULL, NULL};
    if (!amount)
        p.rows.label = k->label;
    else if (has_outcomes(k))
        p.rows.target = k->target;
    out->loss_is_auc = !amount;
    out->repeats = EVALUATE_REPEATS;
    out->seed = EVALUATE_SEED;
    out->noise = NOISE_SCALE;
    status st = open_asking(&p, e);
    if (st == ST_OK)
        st = thin_rows(&p, e);
    if (st == ST_OK)
        st = open_places(&p, e);
    if (st == ST_OK)
        st = run_all(&p, e);
    close_probing(&p);
    return st;
}
