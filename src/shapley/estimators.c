#include "shapley/estimators.h"

#include "shapley/explainer.h"

#define DEFAULT_CAP ((size_t)1 << 30)

static const struct estimator *const table[] = {
    &path_dependent_estimator,
    &interventional_estimator,
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

static size_t path_features_below(const struct tree *t, uint32_t at,
                                  size_t distinct, uint16_t *counts)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return distinct;
    distinct += counts[n->feature]++ == 0;
    size_t left =
        path_features_below(t, (uint32_t)n->left, distinct, counts);
    size_t right =
        path_features_below(t, (uint32_t)n->right, distinct, counts);
    counts[n->feature]--;
    return left > right ? left : right;
}

size_t tree_path_features(const struct tree *t, uint16_t *counts)
{
    return path_features_below(t, 0, 0, counts);
}

static status measure_trees(struct explainer *x, struct error *e)
{
    const struct model *m = x->model;
    uint16_t *counts = mem_array(m->features + 1, sizeof *counts);

    if (counts == NULL)
        return error_memory(e);
    x->base = arena_new_array(x->arena, double, m->outputs);
    x->tree_scale = arena_new_array(x->arena, double, m->trees + 1);
    x->first_node = arena_new_array(x->arena, uint32_t, m->trees + 1);
    if (x->base == NULL || x->tree_scale == NULL || x->first_node == NULL) {
        mem_free(counts);
        return arena_error(x->arena, e);
    }
    for (size_t o = 0; o < m->outputs; o++)
        x->base[o] = m->base[o];
    for (size_t i = 0; i < m->trees; i++) {
        size_t k = tree_path_features(&m->tree[i], counts);
        if (k > x->path_features)
            x->path_features = k;
        x->tree_scale[i] = m->tree[i].weight * m->combine_scale;
        x->first_node[i + 1] = x->first_node[i] + m->tree[i].node_count;
    }
    mem_free(counts);
    return ST_OK;
}

static status prepare(struct explainer *x, const struct explain_reference *r,
                      struct error *e)
{
    x->arena = arena_new(x->cap);
    if (x->arena == NULL)
        return error_memory(e);
    if (x->estimator->needs_reference) {
        x->reference_name = arena_string(x->arena, r->name);
        x->reference_count = r->count;
        if (x->reference_name == NULL)
            return arena_error(x->arena, e);
    }
    TRY(measure_trees(x, e));
    return x->estimator->prepare(x, r, e);
}

status shapley_prepare(const struct estimator *estimator,
                       const struct model *m,
                       const struct explain_reference *r, size_t memory_cap,
                       struct explainer **out, struct error *e)
{
    char why[ESTIMATOR_WHY_MAX];

    *out = NULL;
    if (!estimator->supports(m, why))
        return error_set(e, ST_UNSUPPORTED,
                         "%s contributions are not possible: the model has %s",
                         estimator->name, why);
    if (estimator->needs_reference &&
        (r == NULL || r->count == 0 || r->name == NULL))
        return error_set(e, ST_ARGUMENT,
                         "%s contributions need a named reference table with "
                         "at least one row",
                         estimator->name);
    struct explainer *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->estimator = estimator;
    x->model = m;
    x->cap = memory_cap > 0 ? memory_cap : DEFAULT_CAP;
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
    if (x->estimator->free != NULL)
        x->estimator->free(x);
    arena_free(x->arena);
    mem_free(x);
}

status shapley_scratch_new(const struct explainer *x,
                           struct explain_scratch **out, struct error *e)
{
    struct explain_scratch *s = mem_array(1, sizeof *s);

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    s->real = mem_array(x->scratch_doubles + 1, sizeof *s->real);
    s->word = mem_array(x->scratch_words + 1, sizeof *s->word);
    s->path = mem_array(x->model->features + 1, sizeof *s->path);
    if (s->real == NULL || s->word == NULL || s->path == NULL) {
        shapley_scratch_free(s);
        return error_memory(e);
    }
    *out = s;
    return ST_OK;
}

void shapley_scratch_free(struct explain_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->real);
    mem_free(s->word);
    mem_free(s->path);
    mem_free(s);
}

static void residuals(const struct model *m, const double *row,
                      const double *phi, double *residual)
{
    model_margin(m, row, residual);
    for (size_t o = 0; o < m->outputs; o++) {
        const double *p = phi + o * (m->features + 1);
        double sum = p[m->features];

        for (size_t f = 0; f < m->features; f++)
            sum += p[f];
        residual[o] -= sum;
    }
}

void shapley_explain(const struct explainer *x, struct explain_scratch *s,
                     const double *rows, size_t n, double *phi,
                     double *residual)
{
    const struct model *m = x->model;
    size_t width = m->features + 1;

    for (size_t i = 0; i < n; i++) {
        double *p = phi + i * m->outputs * width;
        const double *row = rows + i * m->features;

        memset(p, 0, m->outputs * width * sizeof *p);
        for (size_t o = 0; o < m->outputs; o++)
            p[o * width + m->features] = x->base[o];
        x->estimator->explain(x, s, row, p);
        if (residual != NULL)
            residuals(m, row, p, residual + i * m->outputs);
    }
}

const struct estimator *shapley_estimator(const struct explainer *x)
{
    return x->estimator;
}

const char *shapley_reference_name(const struct explainer *x)
{
    return x->reference_name != NULL ? x->reference_name : "";
}

size_t shapley_reference_count(const struct explainer *x)
{
    return x->reference_count;
}

double shapley_base(const struct explainer *x, size_t output)
{
    return x->base[output];
}

size_t shapley_memory(const struct explainer *x)
{
    return arena_used(x->arena);
}
