/* The evaluation of a run, from its parts. */
#include "batch/ask.h"
#include "batch/evaluate_recourse.h"

#include "measure/quantile.h"

#include <math.h>
#include <string.h>

enum { EVALUATE_BYTES_MAX = 256 << 20, CARD_BANDS = 10, CARD_BINS = 10,
       CARD_BARS = 40 };

/* One margin whose answer is the chance of an event. */
static bool link_of_event(enum model_link link)
{
    return link == LINK_LOGISTIC || link == LINK_PROBIT ||
           link == LINK_CLOGLOG || link == LINK_LOGLOG || link == LINK_CAUCHIT;
}

bool evaluate_has_probability(const struct evaluating *v)
{
    return v->out->kind == CARD_BINARY && link_of_event(v->s->model->link);
}

void evaluate_say(const struct evaluating *v, const double *margin,
                  struct said *out)
{
    const struct model *m = v->s->model;
    size_t output = v->s->project->model.output;
    size_t n = model_answer(m, margin, out->answer);
    out->margin = out->score = margin[output];
    out->probability = (double)NAN;
    if (v->out->kind == CARD_REGRESSION)
        out->score = out->answer[output < n ? output : 0];
    else if (evaluate_has_probability(v))
        out->probability = out->answer[output];
}

/* An event is predicted where the link or the project says so. */
static enum card_kind kind_of(const struct project *p, const struct model *m)
{
    bool event = false;
    for (size_t i = 0; i < p->evaluations; i++)
        event = event || p->evaluation[i].label_event != NULL;
    /* Points without a cutoff may estimate an amount. */
    event = event || (m->scorecard != NULL && p->model.has_cutoff);
    if (m->outputs > 1)
        return m->link == LINK_SOFTMAX || m->link == LINK_ARGMAX ||
                       m->link == LINK_LOGISTIC_EACH
                   ? CARD_CLASSES
                   : CARD_REGRESSION;
    if (event || m->link == LINK_STEP || m->link == LINK_LOGISTIC_EACH ||
        link_of_event(m->link) ||
        (m->objective != NULL && strstr(m->objective, "logitraw") != NULL))
        return CARD_BINARY;
    return CARD_REGRESSION;
}

/* The project's cutoff among measured scores. */
static void find_cutoff(struct evaluating *v)
{
    const struct project_model *m = &v->s->project->model;
    struct card_findings *f = v->out;
    bool answers = f->kind == CARD_REGRESSION;
    if (!m->has_cutoff || f->kind == CARD_CLASSES || f->kind == CARD_NONE ||
        (answers && m->scale.kind != SCALE_PROBABILITY))
        return;
    f->has_cutoff = true;
    f->cutoff = (struct cutoff){
        .at = answers ? m->cutoff : m->cutoff_margin,
        .strict = !m->higher_is_better,
        .favourable_above = m->higher_is_better};
}

/* Bands whose edges are exact on a scale of points: between two printed
 * scores. Other scales take the quantiles as they are. */
static size_t snap_edges(const struct project *p, double *edge, size_t n)
{
    size_t kept = 0;
    double unit = pow(10.0, -(double)p->model.scale.decimals);
    for (size_t i = 0; i < n; i++) {
        double x = edge[i];
        if (p->model.scale.kind == SCALE_POINTS)
            x = project_margin(p, project_score(p, x) - unit / 2);
        if (isfinite(x) && (kept == 0 || x > edge[kept - 1]))
            edge[kept++] = x;
    }
    return kept;
}

static status band_edges(const struct evaluating *v,
                         const struct sample *sample, double *edge,
                         size_t *edges, struct error *e)
{
    struct ranking *r;
    *edges = 0;
    TRY(ranking_new(sample->score, sample->label, NULL, sample->n, &r, e));
    if (r->n > 0)
        *edges = quantile_edges(ranking_nth, r, (double)r->n, CARD_BANDS, edge);
    ranking_free(r);
    *edges = snap_edges(v->s->project, edge, *edges);
    return ST_OK;
}

/* Where people know the score as a probability, its histogram is one too. */
static status draw_answers(struct evaluating *v, struct card_split *out,
                           const struct sample *sample, struct error *e)
{
    struct ranking *r;
    if (v->s->project->model.scale.kind != SCALE_PROBABILITY ||
        sample->probability == NULL)
        return ST_OK;
    TRY(ranking_new(sample->probability, sample->label, NULL, sample->n, &r,
                    e));
    out->histogram_is_answer = true;
    status st = histogram_of(r, CARD_BARS, v->arena,
                             &out->performance.histogram, e);
    ranking_free(r);
    return st;
}

status evaluate_measure(struct evaluating *v, struct card_split *out,
                        const struct sample *sample, struct error *e)
{
    double edge[CARD_BANDS];
    size_t edges = 0;
    if (v->out->kind == CARD_BINARY) {
        TRY(band_edges(v, sample, edge, &edges, e));
        struct performance_options o = {
            .cutoff = v->out->has_cutoff ? &v->out->cutoff : NULL,
            .band_edges = edges > 0 ? edge : NULL,
            .band_edges_count = edges > 0 ? edges : CARD_BANDS,
            .calibration_bins = CARD_BINS};
        out->has_performance = true;
        TRY(performance_of(sample, &o, v->arena, &out->performance, e));
        TRY(draw_answers(v, out, sample, e));
    }
    if (v->out->train < 0)
        return ST_OK;
    out->has_stability = true;
    return stability_of(out->is_train ? sample : v->base, sample, v->arena,
                        &out->stability, e);
}

/* --- groups --- */

size_t evaluate_codes(const struct evaluating *v, size_t g)
{
    const struct group_column *c = &v->s->project->group[g];
    return c->cut_count > 0 ? c->cut_count + 1 : names_count(v->group[g]);
}

static const char *name_of_band(struct evaluating *v,
                                const struct group_column *c, size_t k)
{
    if (k < c->band_count)
        return c->band_name[k];
    if (k == 0)
        return arena_format(v->arena, "< %g", c->cuts[0]);
    if (k == c->cut_count)
        return arena_format(v->arena, "\xE2\x89\xA5 %g", c->cuts[k - 1]);
    return arena_format(v->arena, "%g \xE2\x80\x93 < %g", c->cuts[k - 1],
                        c->cuts[k]);
}

static status names_of(struct evaluating *v, size_t g,
                       const char *const **out, struct error *e)
{
    const struct group_column *c = &v->s->project->group[g];
    size_t n = evaluate_codes(v, g);
    const char **name = arena_new_array(v->arena, const char *, n + 1);
    if (name == NULL)
        return arena_error(v->arena, e);
    for (size_t k = 0; k < n; k++) {
        name[k] = c->cut_count > 0
                      ? name_of_band(v, c, k)
                      : arena_string(v->arena, names_at(v->group[g], k));
        if (name[k] == NULL)
            return arena_error(v->arena, e);
    }
    *out = name;
    return ST_OK;
}

static long reference_code(const struct evaluating *v, size_t g,
                           const char *const *name)
{
    const char *reference = v->s->project->group[g].reference;
    for (size_t k = 0; reference != NULL && k < evaluate_codes(v, g); k++)
        if (strcmp(name[k], reference) == 0)
            return (long)k;
    return -1;
}

static status one_table(struct evaluating *v, const struct sample *sample,
                        struct card_group *out, struct error *e)
{
    size_t small = v->s->project->documents.small_n;
    bool both = out->second != SIZE_MAX;
    TRY(names_of(v, out->column, &out->name, e));
    long reference = reference_code(v, out->column, out->name);
    struct fairness_options o = {
        .cutoff = v->out->has_cutoff ? &v->out->cutoff : NULL,
        .column = out->column,
        .second = both ? (long)out->second : -1,
        .codes = evaluate_codes(v, out->column),
        .reference = reference,
        .small_n = small,
        .higher_is_better = v->s->project->model.higher_is_better};
    if (both) {
        TRY(names_of(v, out->second, &out->second_name, e));
        o.second_codes = evaluate_codes(v, out->second);
        long second = reference_code(v, out->second, out->second_name);
        o.reference = reference < 0 || second < 0
                          ? -1
                          : reference * (long)o.second_codes + second;
    }
    if (o.codes == 0 || (both && o.second_codes == 0))
        return ST_OK; /* nobody's group is known */
    return fairness_of(sample, &o, v->arena, &out->fairness, e);
}

status evaluate_groups(struct evaluating *v, const struct sample *sample,
                       struct error *e)
{
    struct card_findings *f = v->out;
    f->groups = v->groups;
    f->group = arena_new_array(v->arena, struct card_group, v->groups + 1);
    f->intersection = arena_new_array(v->arena, struct card_group, 1);
    if (f->group == NULL || f->intersection == NULL)
        return arena_error(v->arena, e);
    for (size_t g = 0; g < v->groups; g++) {
        f->group[g].column = g;
        f->group[g].second = SIZE_MAX;
        TRY(one_table(v, sample, &f->group[g], e));
    }
    if (v->groups < 2 ||
        evaluate_codes(v, 0) * evaluate_codes(v, 1) > FAIRNESS_CELLS_MAX)
        return ST_OK;
    f->intersections = 1;
    f->intersection->column = 0;
    f->intersection->second = 1;
    return one_table(v, sample, f->intersection, e);
}

/* Values in the declared order come first, so that codes stand in it. */
static status open_groups(struct evaluating *v, struct error *e)
{
    const struct project *p = v->s->project;
    v->groups = p->groups < SAMPLE_GROUPS_MAX ? p->groups : SAMPLE_GROUPS_MAX;
    for (size_t g = 0; g < v->groups; g++) {
        const struct group_column *c = &p->group[g];
        v->group[g] = names_new();
        if (v->group[g] == NULL)
            return error_memory(e);
        for (size_t k = 0; c->cut_count == 0 && k < c->order_count; k++)
            if (names_add(v->group[g], c->order[k], strlen(c->order[k])) < 0)
                return error_memory(e);
    }
    return ST_OK;
}

/* --- all of it --- */

static void describe(struct evaluating *v)
{
    const struct bench *b = v->bench;
    const struct project *p = v->s->project;
    struct card_findings *f = v->out;
    f->project = p;
    f->model = v->s->model;
    f->schema = b->kit->schema;
    f->pack = b->kit->pack_info;
    f->packs = b->kit->packs;
    f->version = CANDOR_VERSION;
    for (int k = 0; k < METHODS; k++)
        f->reference[k] = b->info[k].name != NULL ? &b->info[k] : NULL;
    f->splits = p->evaluations;
    f->kind = p->evaluations == 0 ? CARD_NONE : kind_of(p, v->s->model);
    f->train = p->train_evaluation;
    f->lead = p->main_evaluation >= 0 ? p->main_evaluation
              : p->evaluations > 0    ? 0
                                      : -1;
    find_cutoff(v);
}

static status measure_all(struct evaluating *v, struct error *e)
{
    struct card_findings *f = v->out;
    size_t features = v->s->model->features;
    f->split = arena_new_array(v->arena, struct card_split, f->splits + 1);
    v->column = arena_new_array(v->arena, struct base_column, features + 1);
    if (f->split == NULL || v->column == NULL)
        return arena_error(v->arena, e);
    TRY(open_groups(v, e));
    /* an answer from elsewhere may be dear: fewer rows are asked about again */
    TRY(keep_open(&v->probe, ask_is_remote(v->s->model) ? EVALUATE_PROBED_REMOTE
                                                        : EVALUATE_PROBED,
                  features, e));
    TRY(keep_open(&v->declined, EVALUATE_DECLINED, features, e));
    if (f->train >= 0)
        TRY(evaluate_split(v, (size_t)f->train, e));
    for (size_t i = 0; i < f->splits; i++)
        if ((long)i != f->train)
            TRY(evaluate_split(v, i, e));
    TRY(evaluate_contributions(v, e));
    sample_free(v->base);
    sample_free(v->lead);
    v->base = v->lead = NULL;
    return evaluate_probes(v, e);
}

status evaluate(const struct session *s, const struct bench *bench,
                struct evaluation *out, struct error *e)
{
    memset(out, 0, sizeof *out);
    out->arena = arena_new(EVALUATE_BYTES_MAX);
    if (out->arena == NULL)
        return error_memory(e);
    struct evaluating v = {.s = s, .bench = bench, .arena = out->arena,
                           .out = &out->findings};
    describe(&v);
    status st = out->findings.splits == 0 ? ST_OK : measure_all(&v, e);
    sample_free(v.base);
    sample_free(v.lead);
    keep_close(&v.probe);
    keep_close(&v.declined);
    chosen_close(&v.chosen);
    mem_free(v.no_answer);
    for (size_t g = 0; g < SAMPLE_GROUPS_MAX; g++)
        names_free(v.group[g]);
    if (st != ST_OK)
        evaluate_free(out);
    return st;
}

void evaluate_free(struct evaluation *v)
{
    struct card_findings *f = &v->findings;
    global_free(f->probe.input);
    global_free(f->probe.factor);
    reason_report_free(f->reasons.report);
    global_reasons_free(f->reasons.groups);
    recourse_audit_free(f->recourse.audit);
    arena_free(v->arena);
    memset(v, 0, sizeof *v);
}
