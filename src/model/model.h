/* model/model.h: the narrow waist. A finished model is immutable and shared by
 * all threads. Only model/builder.h makes one; formats fill the builder.
 *
 * A model is of one kind, and every kind answers model/evaluate.h:
 *   FOREST   trees that add up, also linear models and scorecards, whose trees
 *            read one input each; everything below speaks of it
 *   PROGRAM  steps on columns of numbers (model/program.h): networks, formulas
 *   REMOTE   somebody else computes it: a process, a server, a library that is
 *            loaded when asked for (model/service.h); asking can fail
 *   SCORES   nobody computes it: only the table's own scores are known
 * What holds for a kind alone says so; trees is 0 in all kinds but FOREST.
 *
 * Scale: `margin` is the raw output before the link (log-odds, log mean, …),
 * `answer` is what the producing library's predict returns. Outputs are in
 * class order. Inputs are one double a feature: NaN is missing; a category is
 * its code, CATEGORY_UNSEEN for a word the model has never met; a text is its
 * place in the texts that come with the rows (struct model_rows). */
#ifndef CANDOR_MODEL_MODEL_H
#define CANDOR_MODEL_MODEL_H

#include "base/hash.h"

#include <stdint.h>

enum model_kind { MODEL_FOREST, MODEL_PROGRAM, MODEL_REMOTE, MODEL_SCORES };

enum model_library { LIBRARY_XGBOOST, LIBRARY_LIGHTGBM, LIBRARY_CATBOOST,
                     LIBRARY_ONNX, LIBRARY_PMML, LIBRARY_TABLE,
                     LIBRARY_REMOTE };

/* How a node compares, as the producing library does it:
 *   LESS_FLOAT      left if (float)x < (float)threshold          (XGBoost)
 *   AT_MOST_DOUBLE  left if x <= threshold                (LightGBM, PMML)
 *   AT_MOST_FLOAT   left if (float)x <= (float)threshold  (CatBoost, ONNX) */
enum model_compare { COMPARE_LESS_FLOAT, COMPARE_AT_MOST_DOUBLE,
                     COMPARE_AT_MOST_FLOAT };

/* How the producing library adds trees up. */
enum model_sum { SUM_DOUBLE, SUM_FLOAT };

enum model_link {
    LINK_IDENTITY,
    LINK_LOGISTIC,      /* 1/(1+exp(-s x)), s = link_scale */
    LINK_EXP,
    LINK_SOFTMAX,       /* over the outputs */
    LINK_LOGISTIC_EACH, /* one against all: each output by itself (LightGBM) */
    LINK_SIGNED_SQUARE, /* sign(x) x²: LightGBM's regression sqrt */
    LINK_STEP,          /* binary:hinge: 1 if x > 0 */
    LINK_ARGMAX,        /* multi:softmax: answer 0 is the class index */
    LINK_LOG1P_EXP,     /* LightGBM cross_entropy_lambda: log(1+exp(x)) */
    LINK_SOFTPLUS_STEPS, /* XGBoost's several expectiles: answer 0 is margin 0,
                           each next adds 1e-6 + log(1+exp(x)) */
    LINK_PROBIT,        /* distribution function of the normal */
    LINK_CLOGLOG,       /* 1 - exp(-exp(x)) */
    LINK_LOGLOG,        /* exp(-exp(-x)) */
    LINK_CAUCHIT,       /* 1/2 + atan(x)/π */
    LINK_INVERSE,       /* 1/x */
    LINK_POWER,         /* x^(1/s), s = link_scale, not 0 */
    LINK_LOG_COMPLEMENT, /* 1 - exp(x) */
    LINK_NEGATIVE_BINOMIAL, /* 1/(s (exp(-x) - 1)) */
    LINK_ODDS_POWER,    /* 1/(1 + (1 + s x)^(-1/s)) */
    LINK_SIMPLEMAX      /* over the outputs: x / Σ x */
};

/* Whether leaves add up or are averaged (LightGBM random forest). */
enum model_combine { COMBINE_SUM, COMBINE_MEAN };

enum feature_kind { FEATURE_NUMBER, FEATURE_INTEGER, FEATURE_INDICATOR,
                    FEATURE_CATEGORY, FEATURE_TEXT };

struct model_feature {
    const char *name;
    enum feature_kind kind;
    const char *const *words; /* stored category words by code, or NULL */
    size_t word_count;
    bool used; /* some split, linear leaf or step reads it */
    bool missing_refused; /* a missing value has no answer */
    bool unseen_refused;  /* nor has a word that is not listed */
};

enum node_missing {
    MISSING_NAN,  /* NaN is missing and goes by default_left */
    MISSING_ZERO, /* NaN and |x| <= 1e-35f are missing (LightGBM) */
    MISSING_NONE  /* NaN is taken as 0.0 (LightGBM) */
};

#define CATEGORY_UNSEEN (-1.0)

struct node {
    int32_t feature;         /* -1: a leaf */
    int32_t left, right;     /* indices into the tree's nodes; -1 in a leaf */
    double threshold;        /* numeric split; ±infinity parts missing values
                                from all others (LightGBM writes such) */
    double value;            /* leaf: what it adds, before the tree's weight */
    double cover;            /* hessian sum (XGBoost) or count (LightGBM) */
    bool default_left;
    bool categorical;
    bool set_goes_left;      /* LightGBM; false: listed codes go right
                                (XGBoost). Outside the set goes the other way;
                                NaN by default_left (LightGBM: always right) */
    uint8_t missing;         /* enum node_missing */
    uint32_t set_first;      /* categorical: 32-bit words in model->set_bits */
    uint32_t set_words;
    uint32_t linear_first;   /* linear leaf: terms in model->linear; with none */
    uint32_t linear_count;   /* the leaf adds `value` as any other */
    double linear_constant;
};

struct linear_term {
    int32_t feature;
    double coefficient;
};

struct tree {
    const struct node *node; /* node[0] is the root; children follow parents */
    uint32_t node_count, leaf_count, depth;
    uint32_t output;         /* which margin it adds to */
    double weight;           /* DART; 1 otherwise */
    bool linear;
};

struct model {
    enum model_kind kind;
    enum model_library library;
    const char *format;        /* "XGBoost JSON", … */
    const char *library_version;
    const char *objective;     /* as the file says */
    enum model_compare compare;
    enum model_sum sum;
    enum model_link link;
    double link_scale;
    enum model_combine combine;
    double combine_scale;      /* margin = base + combine_scale × Σ trees;
                                  a mean: outputs / trees kept */
    size_t outputs, features, trees;
    const double *base;        /* [outputs], margin scale */
    const struct model_feature *feature;
    const struct tree *tree;
    const uint32_t *set_bits;
    const struct linear_term *linear;
    const struct program *program;     /* PROGRAM */
    const struct model_service *service; /* REMOTE */
    const struct scorecard *scorecard; /* of a FOREST that is one, or NULL */
    long best_iteration;       /* -1: the file names none */
    size_t best_trees;         /* up to it; 0: none named, or not to be told */
    size_t trees_in_file;      /* more than trees when cut at best_iteration */
    bool cut_at_best;
    bool has_linear_leaves;
    bool refuses; /* some feature is missing_refused or unseen_refused */
    size_t max_depth, leaves;
    const char *const *class_names; /* [outputs] or NULL */
    /* Hyper-parameters and attributes worth printing, as found in the file. */
    const char *const *parameter_name;
    const char *const *parameter_value;
    size_t parameters;
    char sha256[SHA256_HEX];   /* of the file's bytes */
    size_t file_bytes;
    struct names *feature_index;
    struct names *const *word_index; /* [features], NULL where no words */
    struct model_memory *memory;     /* owns everything above */
};

void model_free(struct model *m); /* NULL is fine */

/* -1: no such feature. */
long model_find_feature(const struct model *m, const char *name);
/* The code of a category word; CATEGORY_UNSEEN for a word never met where the
 * library counts it as outside every set (XGBoost), NaN where it makes it
 * missing (LightGBM through pandas). Words that are numbers match by value
 * ("1" and "1.0"). Without stored words the text is the code itself. */
double model_category_code(const struct model *m, size_t feature,
                           const char *word, size_t length);

/* The margin follows the input's own value (a linear leaf, a program, a model
 * computed elsewhere), not only the side of thresholds that it is on. */
bool model_reads_value(const struct model *m, size_t feature);

/* The leaf a row ends in (index into t->node). */
uint32_t tree_leaf(const struct model *m, const struct tree *t,
                   const double *row);
/* Does the row go left at this node? One definition for every engine. */
bool node_goes_left(const struct model *m, const struct node *n, double x);
/* What a leaf adds for this row, linear terms included, weight excluded. */
double leaf_value(const struct model *m, const struct node *leaf,
                  const double *row);

/* LESS_FLOAT and AT_MOST_FLOAT alike: left if (float)x < edge; infinity also
 * where every value goes left that is not infinite as a float. */
float node_float_edge(const struct model *m, const struct node *n);
/* A numeric split's threshold as it is compared with x, so that all comparisons
 * are of two kinds: left if (float)x < edge, or left if x <= edge
 * (AT_MOST_DOUBLE). */
double node_edge(const struct model *m, const struct node *n);

/* FOREST and PROGRAM only: row[features] → margin[outputs]; of a forest fp64
 * sums in tree order. NaN in every output where the row has a value that a
 * feature refuses, and where a program finds no memory. Whoever may meet another kind, or texts, asks
 * model/evaluate.h. */
void model_margin(const struct model *m, const double *row, double *margin);
/* The same with the producing library's own arithmetic (XGBoost: float32 sums
 * in tree order from the base; LightGBM: double): what the deployed model
 * says. Used to re-check every printed plan. */
void model_margin_native(const struct model *m, const double *row,
                         double *margin);
/* margin[outputs] → answer[outputs]; returns how many answers there are. */
size_t model_answer(const struct model *m, const double *margin,
                    double *answer);
/* The same of one margin by itself, and back; NaN for links over the outputs,
 * and back also where no one margin gives the answer (a step, an answer out of
 * range). scale: link_scale. */
double link_answer(enum model_link link, double scale, double margin);
double link_margin(enum model_link link, double scale, double answer);

#endif
