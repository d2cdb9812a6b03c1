#include "base/num.h"
#include "model/evaluate.h"
#include "model/forest.h"
#include "model/program.h"
#include "model/service.h"
#include "model/state.h"

#include <math.h>

void model_free(struct model *m)
{
    if (m == NULL)
        return;
    struct model_memory *own = m->memory;
    names_free(m->feature_index);
    for (size_t i = 0; i < own->word_sets; i++)
        names_free(own->words[i]);
    program_free(own->program);
    if (own->service != NULL)
        own->service->close(own->service->self);
    mem_free(own->trees);
    mem_free(own->bits);
    mem_free(own->terms);
    arena_free(own->arena);
    mem_free(own);
    mem_free(m);
}

long model_find_feature(const struct model *m, const char *name)
{
    return names_find(m->feature_index, name, strlen(name));
}

double model_category_code(const struct model *m, size_t feature,
                           const char *word, size_t length)
{
    double unseen = m->library == LIBRARY_LIGHTGBM ? (double)NAN
                                                   : CATEGORY_UNSEEN;
    double number = 0.0;
    const struct names *words = m->word_index[feature];
    if (words == NULL)
        return num_parse(word, length, &number) ? number : unseen;
    long code = names_find(words, word, length);
    if (code < 0 && num_parse(word, length, &number)) {
        char text[NUM_TEXT_MAX];
        code = names_find(words, text, num_shortest(number, text));
    }
    return code < 0 ? unseen : (double)code;
}

static bool set_holds(const struct model *m, const struct node *n, double x)
{
    /* Codes are taken as the libraries take them, cut toward zero; beyond the
     * set's last word nothing is listed. */
    double limit = 32.0 * n->set_words;
    if (!(x < limit))
        return false;
    uint32_t code = (uint32_t)x;
    return (m->set_bits[n->set_first + code / 32] >> (code % 32) & 1) != 0;
}

static bool category_goes_left(const struct model *m, const struct node *n,
                               double x)
{
    if (n->set_goes_left) {
        if (isnan(x))
            return n->default_left && m->library != LIBRARY_LIGHTGBM;
        /* LightGBM cuts to int first, so −0.5 is code 0. */
        return x > -1.0 && set_holds(m, n, x < 0.0 ? 0.0 : x);
    }
    if (isnan(x))
        return n->default_left;
    float code = (float)x;
    return code < 0.0F || !set_holds(m, n, (double)code);
}

bool node_goes_left(const struct model *m, const struct node *n, double x)
{
    if (n->categorical)
        return category_goes_left(m, n, x);
    if (m->compare == COMPARE_LESS_FLOAT) {
        if (isnan(x))
            return n->default_left;
        return (float)x < (float)n->threshold;
    }
    if (isnan(x)) {
        if (n->missing == MISSING_NAN)
            return n->default_left;
        x = 0.0;
    }
    if (m->compare == COMPARE_AT_MOST_FLOAT)
        return (float)x <= (float)n->threshold;
    const double zero = (double)1e-35F;
    if (n->missing == MISSING_ZERO && x >= -zero && x <= zero)
        return n->default_left;
    return x <= n->threshold;
}

float node_float_edge(const struct model *m, const struct node *n)
{
    float t = (float)n->threshold;
    return m->compare == COMPARE_AT_MOST_FLOAT ? nextafterf(t, INFINITY) : t;
}

double node_edge(const struct model *m, const struct node *n)
{
    return m->compare == COMPARE_AT_MOST_DOUBLE
               ? n->threshold
               : (double)node_float_edge(m, n);
}

double leaf_value(const struct model *m, const struct node *leaf,
                  const double *row)
{
    if (leaf->linear_count == 0)
        return leaf->value;
    double sum = leaf->linear_constant;
    const struct linear_term *term = m->linear + leaf->linear_first;
    for (uint32_t i = 0; i < leaf->linear_count; i++) {
        double x = row[term[i].feature];
        if (isnan(x))
            return leaf->value;
        sum += term[i].coefficient * x;
    }
    return sum;
}

uint32_t tree_leaf(const struct model *m, const struct tree *t,
                   const double *row)
{
    int32_t at = 0;
    while (t->node[at].feature >= 0) {
        const struct node *n = &t->node[at];
        at = node_goes_left(m, n, row[n->feature]) ? n->left : n->right;
    }
    return (uint32_t)at;
}

static double tree_value(const struct model *m, const struct tree *t,
                         const double *row)
{
    return leaf_value(m, &t->node[tree_leaf(m, t, row)], row);
}

static bool refused(const struct model *m, const double *row)
{
    for (size_t f = 0; m->refuses && f < m->features; f++) {
        const struct model_feature *of = &m->feature[f];
        if (of->missing_refused && isnan(row[f]))
            return true;
        if (of->unseen_refused &&
            (row[f] < 0.0 || row[f] >= (double)of->word_count))
            return true;
    }
    return false;
}

static void no_margin(const struct model *m, double *margin)
{
    for (size_t k = 0; k < m->outputs; k++)
        margin[k] = (double)NAN;
}

bool model_refuses(const struct model *m, const double *row, double *margin)
{
    if (!m->refuses || !refused(m, row))
        return false;
    no_margin(m, margin);
    return true;
}

/* Without memory for the steps no margin can be told: NaN. */
static void margin_program(const struct model *m, const double *row,
                           double *margin)
{
    struct model_rows rows = {.value = row, .n = 1};
    if (program_run(m->program, &rows, margin, NULL) == ST_OK)
        return;
    no_margin(m, margin);
}

static void margin_forest(const struct model *m, enum forest_sum sum,
                          const double *row, double *margin)
{
    forest_begin(m, sum, margin);
    for (size_t i = 0; i < m->trees; i++)
        forest_add(m, sum, &m->tree[i], tree_value(m, &m->tree[i], row),
                   margin);
    forest_end(m, sum, margin);
}

void model_margin(const struct model *m, const double *row, double *margin)
{
    if (model_refuses(m, row, margin))
        return;
    if (m->kind != MODEL_FOREST) {
        margin_program(m, row, margin);
        return;
    }
    margin_forest(m, forest_sum_of(m, false), row, margin);
}

void model_margin_native(const struct model *m, const double *row,
                         double *margin)
{
    if (model_refuses(m, row, margin))
        return;
    if (m->kind != MODEL_FOREST)
        margin_program(m, row, margin);
    else
        margin_forest(m, forest_sum_of(m, true), row, margin);
}
