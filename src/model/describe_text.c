#include "model/describe.h"
#include "model/scorecard.h"
#include "model/service.h"

#include <math.h>

const char *model_library_word(enum model_library l)
{
    static const char *const words[] = {
        [LIBRARY_XGBOOST] = "XGBoost",   [LIBRARY_LIGHTGBM] = "LightGBM",
        [LIBRARY_CATBOOST] = "CatBoost", [LIBRARY_ONNX] = "ONNX",
        [LIBRARY_PMML] = "PMML",         [LIBRARY_TABLE] = "table",
        [LIBRARY_REMOTE] = "remote",
    };
    return words[l];
}

const char *model_link_word(enum model_link l)
{
    static const char *const words[] = {
        [LINK_IDENTITY] = "identity",
        [LINK_LOGISTIC] = "logistic",
        [LINK_EXP] = "exponential",
        [LINK_SOFTMAX] = "softmax",
        [LINK_LOGISTIC_EACH] = "logistic, one against all",
        [LINK_SIGNED_SQUARE] = "signed square",
        [LINK_STEP] = "step",
        [LINK_ARGMAX] = "largest output",
        [LINK_LOG1P_EXP] = "log(1 + exp)",
        [LINK_SOFTPLUS_STEPS] = "running sum of log(1 + exp)",
        [LINK_PROBIT] = "probit",
        [LINK_CLOGLOG] = "complementary log-log",
        [LINK_LOGLOG] = "log-log",
        [LINK_CAUCHIT] = "cauchit",
        [LINK_INVERSE] = "inverse",
        [LINK_POWER] = "power",
        [LINK_LOG_COMPLEMENT] = "log of the complement",
        [LINK_NEGATIVE_BINOMIAL] = "negative binomial",
        [LINK_ODDS_POWER] = "odds power",
        [LINK_SIMPLEMAX] = "share of the sum",
    };
    return words[l];
}

const char *model_warning_word(enum model_warning_kind k)
{
#define X(name, word) word,
    static const char *const words[] = {MODEL_WARNING_LIST(X)};
#undef X
    return words[k];
}

const char *feature_kind_word(enum feature_kind k)
{
    static const char *const words[] = {
        [FEATURE_NUMBER] = "number",
        [FEATURE_INTEGER] = "integer",
        [FEATURE_INDICATOR] = "indicator",
        [FEATURE_CATEGORY] = "category",
        [FEATURE_TEXT] = "text",
    };
    return words[k];
}

static const char *name_of(const struct model *m, long feature)
{
    return feature < 0 ? "" : m->feature[feature].name;
}

static void put_node(const struct model_warning *w, const char *what,
                     struct buf *out)
{
    buf_printf(out, "tree %ld, node %ld: %s ", w->tree, w->node, what);
    buf_put_double(out, w->value);
}

/* Of how many inputs something holds. */
static void put_input_warning(const struct model *m,
                              const struct model_warning *w, struct buf *out)
{
    switch (w->kind) {
    case MODEL_NAMELESS_INPUTS:
        buf_printf(out, "the file names none of its %zu inputs: only their "
                   "order says which column is which", w->count);
        break;
    case MODEL_ZERO_IS_MISSING:
        buf_printf(out, "zero counts as missing in %zu inputs", w->count);
        break;
    case MODEL_MISSING_REFUSED:
        buf_printf(out, "%zu of %zu inputs may not be missing: a row without "
                   "has no score", w->count, m->features);
        break;
    case MODEL_UNSEEN_REFUSED:
        buf_printf(out, "in %zu of %zu inputs a word that the file does not "
                   "list gives no score", w->count, m->features);
        break;
    default:
        break;
    }
}

static void put_warning(const struct model *m, const struct model_warning *w,
                        struct buf *out)
{
    buf_printf(out, "warning: %s: ", model_warning_word(w->kind));
    switch (w->kind) {
    case MODEL_UNUSED_INPUT:
        buf_printf(out, "no %s reads \"%s\"",
                   m->kind == MODEL_FOREST ? "tree" : "step",
                   name_of(m, w->feature));
        break;
    case MODEL_EXTREME_LEAF:
        put_node(w, "the leaf adds", out);
        break;
    case MODEL_THRESHOLD_BEYOND_FLOAT:
        put_node(w, isinf(w->value) ? "missing values alone are parted from "
                                      "all others by the threshold"
                                    : "no float32 reaches the threshold", out);
        break;
    case MODEL_SINGLE_LEAF_TREES:
        buf_printf(out, "%zu trees have one leaf and no split", w->count);
        break;
    case MODEL_NO_COVER:
        buf_printf(out, "%zu splits have no cover; both sides count alike "
                   "there in path-dependent contributions", w->count);
        break;
    case MODEL_CATEGORIES_WITHOUT_WORDS:
        buf_printf(out, "\"%s\" splits by category codes, but the file has no "
                   "words for them", name_of(m, w->feature));
        break;
    case MODEL_BEST_ITERATION_NOT_USED:
        buf_printf(out, "%zu trees after the best iteration, %ld, are used",
                   w->count, m->best_iteration);
        break;
    case MODEL_CUT_AT_BEST_ITERATION:
        buf_printf(out, "%zu trees after iteration %ld are left out", w->count,
                   m->best_iteration);
        break;
    case MODEL_LINEAR_LEAVES:
        buf_printf(out, "%zu leaves are linear", w->count);
        break;
    case MODEL_NOT_MONOTONE:
        buf_printf(out, "\"%s\" is declared monotone, but tree %ld turns by ",
                   name_of(m, w->feature), w->tree);
        buf_put_double(out, w->value);
        break;
    case MODEL_NAMELESS_INPUTS:
    case MODEL_ZERO_IS_MISSING:
    case MODEL_MISSING_REFUSED:
    case MODEL_UNSEEN_REFUSED:
        put_input_warning(m, w, out);
        break;
    }
    buf_putc(out, '\n');
}

static void put_input(const struct model *m, const struct model_description *d,
                      size_t f, struct buf *out)
{
    const struct model_feature *feature = &m->feature[f];
    buf_printf(out, "input %zu: %s, %s", f, feature->name,
               feature_kind_word(feature->kind));
    if (m->kind == MODEL_FOREST)
        buf_printf(out, ", %zu splits in %zu trees", d->use[f].splits,
                   d->use[f].trees);
    if (feature->word_count > 0)
        buf_printf(out, ", %zu categories", feature->word_count);
    if (d->use[f].splits > d->use[f].sets && !isnan(d->use[f].low)) {
        buf_puts(out, ", thresholds ");
        buf_put_double(out, d->use[f].low);
        buf_puts(out, " to ");
        buf_put_double(out, d->use[f].high);
    }
    buf_putc(out, '\n');
}

static void put_outputs(const struct model *m,
                        const struct model_description *d, struct buf *out)
{
    for (size_t k = 0; k < m->outputs; k++) {
        buf_printf(out, "output %zu: base ", k);
        buf_put_double(out, m->base[k]);
        if (!m->has_linear_leaves) {
            buf_puts(out, ", raw score between ");
            buf_put_double(out, d->low[k]);
            buf_puts(out, " and ");
            buf_put_double(out, d->high[k]);
        }
        buf_putc(out, '\n');
    }
}

static void put_rule(const struct model *m, const struct model_description *d,
                     struct buf *out)
{
    static const char *const words[] = {
        [COMPARE_LESS_FLOAT] = "x < threshold, both rounded to float32 first",
        [COMPARE_AT_MOST_DOUBLE] = "x <= threshold, in double",
        [COMPARE_AT_MOST_FLOAT] = "x <= threshold, both rounded to float32 "
                                  "first",
    };
    if (d->splits > d->sets)
        buf_printf(out, "comparison: %s\n", words[m->compare]);
}

static bool has_relu(const struct network_layer *l)
{
    for (size_t o = 0; o < l->out; o++)
        if (l->relu[o])
            return true;
    return false;
}

/* Layers as a network's own people draw them: 14 > 64 ReLU > 1. */
static void put_network(const struct network *n, struct buf *out)
{
    buf_printf(out, "network: %zu inputs", n->inputs);
    for (size_t i = 0; i < n->layers; i++)
        buf_printf(out, " > %zu%s", n->layer[i].out,
                   has_relu(&n->layer[i]) ? " ReLU" : "");
    buf_puts(out, n->single ? ", in single precision\n"
                            : ", in double precision\n");
}

static void put_program(const struct model *m,
                        const struct model_description *d, struct buf *out)
{
    buf_printf(out, "made of: %zu steps on columns of numbers, computed by "
               "candor\n", d->steps);
    if (d->network != NULL)
        put_network(d->network, out);
    for (size_t k = 0; k < m->outputs; k++)
        if (d->parts[k] > 1)
            buf_printf(out, "output %zu: a sum of %zu parts, the widest reads "
                       "%zu inputs\n", k, d->parts[k], d->widest[k]);
        else
            buf_printf(out, "output %zu: one part, which reads %zu inputs\n", k,
                       d->widest[k]);
}

/* What the model is made of. Where a model elsewhere stands is told without its
 * secrets: service.where has none. */
static void put_kind(const struct model *m, const struct model_description *d,
                     struct buf *out)
{
    switch (m->kind) {
    case MODEL_FOREST:
        buf_printf(out, "trees: %zu of %zu, leaves: %zu, depth: %zu, splits: "
                   "%zu, by category: %zu\n", m->trees, m->trees_in_file,
                   m->leaves, m->max_depth, d->splits, d->sets);
        if (m->scorecard != NULL)
            buf_printf(out, "scorecard: %zu characteristics%s\n",
                       m->scorecard->characteristics,
                       m->scorecard->reasons ? ", with reason codes" : "");
        put_rule(m, d, out);
        put_outputs(m, d, out);
        break;
    case MODEL_PROGRAM:
        put_program(m, d, out);
        break;
    case MODEL_REMOTE:
        buf_printf(out, "computed elsewhere: %s, %s\n", m->service->kind,
                   m->service->where);
        break;
    case MODEL_SCORES:
        buf_puts(out, "known by the scores in the tables alone\n");
        break;
    }
}

void model_describe_text(const struct model *m,
                         const struct model_description *d, struct buf *out)
{
    buf_printf(out, "format: %s%s%s\n", m->format,
               m->library_version[0] != '\0' ? " " : "", m->library_version);
    buf_printf(out, "sha256: %s (%zu bytes)\n", m->sha256, m->file_bytes);
    buf_printf(out, "objective: %s, link: %s\n", m->objective,
               model_link_word(m->link));
    buf_printf(out, "outputs: %zu, inputs: %zu (%zu not used)\n", m->outputs,
               m->features, d->unused);
    put_kind(m, d, out);
    for (size_t f = 0; f < m->features; f++)
        put_input(m, d, f, out);
    for (size_t i = 0; i < m->parameters; i++)
        buf_printf(out, "parameter: %s = %s\n", m->parameter_name[i],
                   m->parameter_value[i]);
    for (size_t i = 0; i < d->warnings; i++)
        put_warning(m, &d->warning[i], out);
}
