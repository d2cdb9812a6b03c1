/* The project against its model. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct binding {
    struct project *p;
    const struct model *m;
    struct fault_list *faults;
};

static void nearest_input(const struct binding *b, const char *word,
                          char hint[160])
{
    size_t n = b->m->features;
    const char **known = mem_array(n + 1, sizeof *known);
    hint[0] = '\0';
    for (size_t i = 0; known != NULL && i < n; i++)
        known[i] = b->m->feature[i].name;
    if (known != NULL)
        (void)nearest_of(word, known, n, hint);
    mem_free(known);
}

static void bind_words(const struct binding *b, struct project_feature *f,
                       size_t at)
{
    const struct model_feature *mf = &b->m->feature[at];
    char hint[160];
    struct place place = place_of(b->p->places, &f->word, f->place);
    if (f->words > 0 && mf->kind != FEATURE_CATEGORY) {
        fault_put(b->p->places, b->faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" lists words, but the model reads numbers "
                  "there",
                  f->input);
        return;
    }
    for (size_t i = 0; mf->words != NULL && i < f->words; i++) {
        size_t j = 0;
        while (j < mf->word_count && strcmp(mf->words[j], f->word[i]) != 0)
            j++;
        if (j < mf->word_count)
            continue;
        (void)nearest_of(f->word[i], mf->words, mf->word_count, hint);
        fault_put(b->p->places, b->faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" names the word \"%s\", which the model has "
                  "never met%s",
                  f->input, f->word[i], hint);
    }
}

static void bind_feature(const struct binding *b, size_t i, long *of_model)
{
    struct project_feature *f = &b->p->feature[i];
    char hint[160];
    f->model_feature = model_find_feature(b->m, f->input);
    if (f->model_feature < 0) {
        nearest_input(b, f->input, hint);
        fault_put(b->p->places, b->faults, FAULT_ERROR, NULL,
                  place_of(b->p->places, &f->input, f->place),
                  "the model has no input \"%s\"%s", f->input, hint);
        return;
    }
    of_model[f->model_feature] = (long)i;
    f->scored = b->m->feature[f->model_feature].used;
    bind_words(b, f, (size_t)f->model_feature);
    if (b->m->feature[f->model_feature].kind == FEATURE_CATEGORY &&
        f->style != PRINT_YES_NO)
        f->style = PRINT_WORD;
}

/* 12 CFR 1002.9(b)(2): a reason must be a factor that was scored, so each input
 * that is scored must belong to one. */
static void bind_inputs(const struct binding *b, const long *of_model)
{
    struct project *p = b->p;
    bool documents = p->documents.notice || p->documents.explanation;
    struct place none = {p->file, 0, 0, -1};
    for (size_t j = 0; j < b->m->features; j++) {
        const struct model_feature *mf = &b->m->feature[j];
        if (of_model[j] < 0) {
            fault_put(p->places, b->faults,
                      mf->used ? FAULT_ERROR : FAULT_WARN, NULL, none,
                      mf->used
                          ? "the model reads the input \"%s\", and no feature "
                            "of the project stands for it"
                          : "the model has the input \"%s\", which no feature "
                            "stands for; no tree reads it",
                      mf->name);
            continue;
        }
        const struct project_feature *f = &p->feature[of_model[j]];
        if (documents && mf->used && f->factor < 0)
            fault_put(p->places, b->faults, FAULT_BLOCK, "factor-map",
                      f->place,
                      "feature \"%s\" is read by the model and belongs to no "
                      "reason factor (comment 9(b)(2)-4)",
                      f->input);
        for (size_t l = 0; documents && mf->used && l < p->languages; l++)
            if (translated_text(&f->label, l) == NULL)
                fault_put(p->places, b->faults, FAULT_MARK, NULL, f->place,
                          "feature \"%s\" has no plain name in %s", f->input,
                          p->language[l]);
    }
}

static void bind_factors(const struct binding *b)
{
    for (size_t i = 0; i < b->p->factors; i++) {
        const struct factor *f = &b->p->factor[i];
        bool used = false;
        for (size_t j = 0; j < f->features; j++) {
            long at = b->p->feature[f->feature[j]].model_feature;
            used = used || (at >= 0 && b->m->feature[at].used);
        }
        if (!used)
            fault_put(b->p->places, b->faults, FAULT_WARN, NULL, f->place,
                      "factor \"%s\" covers no input that the model reads",
                      f->key);
    }
}

/* "model.output", or that of a further score. */
void project_bind_output(struct project *p, struct project_model *pm,
                         const struct model *m, struct fault_list *faults)
{
    struct place place = place_of(p->places, &pm->output_name, PLACE_NONE);
    const char *what = pm == &p->model ? "model.output" : "a score's output";
    long long number;
    char hint[160] = "";
    pm->output = 0;
    if (pm->output_name == NULL) {
        if (m->outputs > 1 && pm->has_cutoff)
            fault_put(p->places, faults, FAULT_ERROR, NULL,
                      place_of(p->places, &pm->cutoff, PLACE_NONE),
                      "the model has %zu outputs: %s must say which one the "
                      "cutoff is for",
                      m->outputs, what);
        return;
    }
    for (size_t i = 0; m->class_names != NULL && i < m->outputs; i++)
        if (text_equal(m->class_names[i], pm->output_name)) {
            pm->output = i;
            return;
        }
    if (num_parse_int(pm->output_name, strlen(pm->output_name), &number) &&
        number >= 0 && (unsigned long long)number < m->outputs) {
        pm->output = (size_t)number;
        return;
    }
    if (m->class_names != NULL)
        (void)nearest_of(pm->output_name, m->class_names, m->outputs, hint);
    fault_put(p->places, faults, FAULT_ERROR, NULL, place,
              "%s is \"%s\", but the model has %zu output%s, counted from 0%s",
              what, pm->output_name, m->outputs, m->outputs == 1 ? "" : "s",
              hint);
}

status project_bind(struct project *p, const struct model *m,
                    struct fault_list *faults, struct error *e)
{
    struct binding b = {p, m, faults};
    long *of_model = arena_new_array(p->arena, long, m->features + 1);
    if (of_model == NULL)
        return arena_error(p->arena, e);
    for (size_t j = 0; j < m->features; j++)
        of_model[j] = -1;
    if (p->model.sha256 != NULL && strcmp(p->model.sha256, m->sha256) != 0)
        fault_put(p->places, faults, FAULT_BLOCK, "model-hash",
                  place_of(p->places, &p->model.sha256, PLACE_NONE),
                  "the model file's SHA-256 is %s, not the declared one",
                  m->sha256);
    for (size_t i = 0; i < p->features; i++)
        bind_feature(&b, i, of_model);
    p->of_model = of_model;
    bind_inputs(&b, of_model);
    bind_factors(&b);
    project_bind_output(p, &p->model, m, faults);
    project_bind_scale(p, &p->model, m, faults);
    project_bind_recourse(p, m, faults);
    TRY(fault_list_end(faults, e));
    p->bound = true;
    return ST_OK;
}
