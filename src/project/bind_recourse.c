/* Levers, rules and further scores against the models. */
#include "project/reading.h"

#include "base/num.h"
#include "io/source.h"

#include <math.h>
#include <string.h>

#define SCORE_BYTES_MAX (4LL << 30)

static void bind_category(const struct checking *c, struct lever *l,
                          const struct model_feature *mf)
{
    const struct project_feature *f = &c->p->feature[l->feature];
    l->category = mf->kind == FEATURE_CATEGORY;
    if (!l->category || l->words > 0)
        return;
    if (f->words == 0 && mf->words == NULL) {
        fault_recourse(c, NULL, l->place,
                       "lever \"%s\" moves between words, and neither the "
                       "model nor the project lists any",
                       l->key);
        return;
    }
    l->word = f->words > 0 ? f->word : mf->words;
    l->words = f->words > 0 ? f->words : mf->word_count;
}

/* Does a tree of any score read the quantity, or a formula that one does? */
static bool reaches_model(const struct project *p, size_t quantity)
{
    const struct project_feature *f = &p->feature[quantity];
    const struct project_recourse *r = &p->recourse;
    if (f->scored)
        return true;
    for (size_t i = 0; i < r->scores; i++)
        for (size_t j = 0; r->score[i].read != NULL &&
                           r->score[i].quantity != NULL &&
                           j < r->score[i].read->features; j++)
            if (r->score[i].quantity[j] == quantity &&
                r->score[i].read->feature[j].used)
                return true;
    for (size_t i = 0; i < r->deriveds; i++)
        if ((r->derived[i].a == quantity || r->derived[i].b == quantity) &&
            reaches_model(p, r->derived[i].quantity))
            return true;
    return false;
}

/* Does a rule speak of the quantity, or of a formula that reads it? */
static bool reaches_rule(const struct project *p, size_t quantity)
{
    const struct project_recourse *r = &p->recourse;
    for (size_t i = 0; i < r->orders; i++)
        if (r->order[i].feature_a == quantity ||
            r->order[i].feature_b == quantity)
            return true;
    for (size_t i = 0; i < r->linears; i++)
        for (size_t j = 0; j < r->linear[i].terms; j++)
            if (r->linear[i].term[j].quantity == quantity)
                return true;
    for (size_t i = 0; i < r->if_thens; i++)
        if (r->if_then[i].when.quantity == quantity ||
            r->if_then[i].then.quantity == quantity)
            return true;
    for (size_t i = 0; i < r->deriveds; i++)
        if ((r->derived[i].a == quantity || r->derived[i].b == quantity) &&
            reaches_rule(p, r->derived[i].quantity))
            return true;
    return false;
}

static void bind_lever(const struct checking *c, struct lever *l)
{
    const struct project *p = c->p;
    bool read = reaches_model(p, l->feature) || reaches_rule(p, l->feature);
    for (size_t i = 0; i < l->indicators; i++)
        read = read || (l->indicator[i].quantity != SIZE_MAX &&
                        reaches_model(p, l->indicator[i].quantity));
    for (size_t i = 0; i < l->waitings; i++)
        read = read || reaches_model(p, l->waiting[i].quantity);
    if (!read)
        fault_put(p->places, c->faults, FAULT_WARN, NULL, l->place,
                  "lever \"%s\" moves an input that the model does not read",
                  l->key);
}

/* A model that follows a value needs every value of the grid tried. */
static void bind_grid(const struct checking *c, const struct model *m,
                      const struct lever *l)
{
    long at = c->p->feature[l->feature].model_feature;
    double values = (l->high - l->low) / lever_step(c->p, l);
    if (at < 0 || l->category || l->indicators > 0 || l->waitings > 0 ||
        !model_reads_value(m, (size_t)at))
        return;
    if (!l->has_low || !l->has_high)
        fault_recourse(c, NULL, l->place,
                       "the model follows the value of \"%s\": give the lowest "
                       "and the highest value that a plan may name", l->key);
    else if (values > LEVER_GRID_MAX)
        fault_recourse(c, &l->step, l->place,
                       "the model follows the value of \"%s\", which has %.0f "
                       "values on its grid, more than %d: give a larger step",
                       l->key, values, (int)LEVER_GRID_MAX);
}

/* Indicators and inputs that wait must be numbers for the model as well. */
static void number_for_model(const struct checking *c, const struct model *m,
                             const struct lever *l, size_t quantity)
{
    long at = quantity == SIZE_MAX ? -1
                                   : c->p->feature[quantity].model_feature;
    if (at >= 0 && m->feature[at].kind == FEATURE_CATEGORY)
        fault_recourse(c, NULL, l->place,
                       "lever \"%s\" moves \"%s\" by numbers, but the model "
                       "reads words there",
                       l->key, m->feature[at].name);
}

/* Places in a row of quantities: the inputs of the model, then the others. */
static void lay_out(struct project *p, const struct model *m)
{
    size_t at = m->features;
    for (size_t i = 0; i < p->quantities; i++) {
        struct project_feature *f = &p->feature[i];
        if (f->quantity == QUANTITY_INPUT)
            f->at = f->model_feature >= 0 ? (size_t)f->model_feature : SIZE_MAX;
        else
            f->at = f->quantity == QUANTITY_MONTHS ? SIZE_MAX : at++;
    }
    p->recourse.width = at;
}

static void bind_limits(struct project *p)
{
    struct project_recourse *r = &p->recourse;
    const struct project_model *m = &p->model;
    const double none = NAN;
    double low = r->has_band_low ? scale_limit(m, r->band_low, true) : none;
    double high = r->has_band_high ? scale_limit(m, r->band_high, false) : none;
    bool turned = m->scale.kind == SCALE_POINTS && !m->higher_is_better;
    r->band_margin_low = turned ? high : low;
    r->band_margin_high = turned ? low : high;
    r->margin_by = 0;
    if (r->margin > 0 && m->has_cutoff) {
        bool up = m->decides == DECIDES_AT_LEAST;
        double by = scale_limit(m, m->cutoff + (up ? r->margin : -r->margin),
                                up) - m->cutoff_margin;
        r->margin_by = fabs(by);
    }
}

static void check_bound_limits(const struct checking *c)
{
    struct project *p = c->p;
    struct project_recourse *r = &p->recourse;
    const struct project_model *m = &p->model;
    if (!isfinite(r->margin_by))
        fault_recourse(c, &r->margin, PLACE_NONE,
                       "model.cutoff and recourse.margin together are outside "
                       "what this model can answer");
    bool turned = m->scale.kind == SCALE_POINTS && !m->higher_is_better;
    double low = turned ? r->band_margin_high : r->band_margin_low;
    double high = turned ? r->band_margin_low : r->band_margin_high;
    if (r->has_band_low && isnan(low))
        fault_recourse(c, &r->band_low, PLACE_NONE,
                       "recourse.band.low is outside what this model can "
                       "answer");
    if (r->has_band_high && isnan(high))
        fault_recourse(c, &r->band_high, PLACE_NONE,
                       "recourse.band.high is outside what this model can "
                       "answer");
}

/* --- further scores ---------------------------------------------------- */

static long quantity_of(const struct project *p, const char *name)
{
    for (size_t i = 0; i < p->quantities; i++)
        if (p->feature[i].quantity != QUANTITY_MONTHS &&
            text_equal(p->feature[i].input, name))
            return (long)i;
    return -1;
}

/* Codes of words are places in a list, so both models must have one list. */
static bool same_words(const struct model_feature *a,
                       const struct model_feature *b)
{
    bool words = a->kind == FEATURE_CATEGORY;
    if (words != (b->kind == FEATURE_CATEGORY))
        return false;
    if (!words)
        return true;
    if (a->word_count != b->word_count ||
        (a->words == NULL) != (b->words == NULL))
        return false;
    for (size_t i = 0; a->words != NULL && i < a->word_count; i++)
        if (strcmp(a->words[i], b->words[i]) != 0)
            return false;
    return true;
}

static void map_score(const struct checking *c, const struct model *own,
                      struct second_score *s)
{
    struct project *p = c->p;
    const struct model *m = s->read;
    size_t *map = arena_new_array(p->arena, size_t, m->features + 1);
    if (map == NULL)
        return;
    for (size_t j = 0; j < m->features; j++) {
        const struct model_feature *mf = &m->feature[j];
        long q = quantity_of(p, mf->name);
        map[j] = q < 0 ? SIZE_MAX : (size_t)q;
        if (q < 0 && mf->used) {
            fault_recourse(c, &s->model.file, s->place,
                           "score \"%s\" reads the input \"%s\", which is no "
                           "feature, column or derived quantity",
                           s->name, mf->name);
            continue;
        }
        long at = q < 0 ? -1 : p->feature[q].model_feature;
        bool alike = at >= 0 ? same_words(mf, &own->feature[at])
                             : mf->kind != FEATURE_CATEGORY;
        if (q >= 0 && mf->used && !alike)
            fault_recourse(c, &s->model.file, s->place,
                           "score \"%s\" reads \"%s\" as other words than the "
                           "project's model does",
                           s->name, mf->name);
    }
    s->quantity = map;
}

static void bind_score(const struct checking *c, const struct model *own,
                       struct second_score *s)
{
    struct source *source;
    struct error e = {.class = ST_OK};
    struct format_options options = {s->model.format, s->model.trees, 0};
    status st = source_open(s->model.file, SCORE_BYTES_MAX, false, &source, &e);
    if (st == ST_OK) {
        st = model_load(source_stream(source), &options, &s->read, &e);
        source_free(source);
    }
    if (st != ST_OK) {
        fault_recourse(c, &s->model.file, s->place,
                       "the model of score \"%s\" cannot be read: %s", s->name,
                       e.text);
        return;
    }
    project_bind_output(c->p, &s->model, s->read, c->faults);
    project_bind_scale(c->p, &s->model, s->read, c->faults);
    map_score(c, own, s);
}

void recourse_free_scores(struct project *p)
{
    for (size_t i = 0; i < p->recourse.scores; i++)
        model_free(p->recourse.score[i].read);
}

void project_bind_recourse(struct project *p, const struct model *m,
                           struct fault_list *faults)
{
    struct checking c = {p, faults};
    for (size_t i = 0; i < p->recourse.scores; i++)
        bind_score(&c, m, &p->recourse.score[i]);
    for (size_t i = 0; i < p->levers; i++) {
        struct lever *l = &p->lever[i];
        long at = p->feature[l->feature].model_feature;
        if (at >= 0)
            bind_category(&c, l, &m->feature[at]);
        for (size_t k = 0; k < l->indicators; k++)
            number_for_model(&c, m, l, l->indicator[k].quantity);
        for (size_t k = 0; k < l->waitings; k++)
            number_for_model(&c, m, l, l->waiting[k].quantity);
        bind_grid(&c, m, l);
        bind_lever(&c, l);
    }
    lay_out(p, m);
    bind_limits(p);
    check_bound_limits(&c);
}
