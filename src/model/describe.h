/* model/describe.h: what can be said of a model without a single row. Kinds
 * and numbers, no sentences, so that a document may print them in any language;
 * model_describe_text puts them in English for the command line. */
#ifndef CANDOR_MODEL_DESCRIBE_H
#define CANDOR_MODEL_DESCRIBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/model.h"
#include "model/network.h"

/* X(name, word): the word is stable and machine-readable. */
#define MODEL_WARNING_LIST(X)                                                  \
    X(UNUSED_INPUT, "unused-input")               /* feature */                \
    X(EXTREME_LEAF, "extreme-leaf")               /* tree, node, value */      \
    X(THRESHOLD_BEYOND_FLOAT, "threshold-beyond-float") /* tree, node, value */ \
    X(SINGLE_LEAF_TREES, "single-leaf-trees")     /* count */                  \
    X(NO_COVER, "no-cover")                       /* count: splits */          \
    X(CATEGORIES_WITHOUT_WORDS, "categories-without-words") /* feature */      \
    X(BEST_ITERATION_NOT_USED, "best-iteration-not-used") /* count: later trees */ \
    X(CUT_AT_BEST_ITERATION, "cut-at-best-iteration")     /* count: trees */   \
    X(LINEAR_LEAVES, "linear-leaves")             /* count */                  \
    X(NOT_MONOTONE, "not-monotone")               /* feature, tree, value */   \
    X(NAMELESS_INPUTS, "nameless-inputs")         /* count */                  \
    X(ZERO_IS_MISSING, "zero-is-missing")         /* count: inputs */          \
    X(MISSING_REFUSED, "missing-refused")         /* count: inputs */          \
    X(UNSEEN_REFUSED, "unseen-refused")           /* count: inputs */

enum model_warning_kind {
#define X(name, word) MODEL_##name,
    MODEL_WARNING_LIST(X)
#undef X
};

/* What the kind does not speak of is -1 (indices) or 0. */
struct model_warning {
    enum model_warning_kind kind;
    long feature, tree, node;
    double value;
    size_t count;
};

struct input_use {
    size_t splits, trees; /* how many read it */
    size_t sets;          /* splits by category */
    double low, high;     /* thresholds' range; NaN without one */
};

struct model_description {
    size_t nodes, splits, sets, single_leaf_trees, linear_leaves, unused;
    double leaf_rms;             /* root mean square of weight × value */
    const double *low, *high;    /* [outputs]: bounds of the margin (without
                                    linear leaves: exact sums of extremes);
                                    infinite where none are known */
    size_t steps;                /* of a PROGRAM */
    const size_t *parts;         /* [outputs] of a PROGRAM: sums that they fall
                                    into, NULL of others */
    const size_t *widest;        /* [outputs] inputs of the widest part */
    const struct network *network; /* a PROGRAM that is one, else NULL */
    const struct input_use *use; /* [features] */
    const struct model_warning *warning;
    size_t warnings;
};

/* A leaf is extreme when weight × value is beyond this many root mean squares
 * and, on a log-odds scale, beyond MODEL_EXTREME_LOG_ODDS as well. */
#define MODEL_EXTREME_RMS 30.0
#define MODEL_EXTREME_LOG_ODDS 5.0

MUST_USE status model_describe(const struct model *m, struct arena *a,
                               struct model_description *out, struct error *e);
/* One line a fact, one a warning; ends with a line end. */
void model_describe_text(const struct model *m,
                         const struct model_description *d, struct buf *out);

/* The names are those that a reader makes up where the file has none (f0, f1, …
 * or LightGBM's Column_0, …): only the order says which is which. */
bool model_is_nameless(const struct model *m);

const char *model_library_word(enum model_library l);
const char *model_link_word(enum model_link l);
const char *model_warning_word(enum model_warning_kind k);
const char *feature_kind_word(enum feature_kind k);

/* Every tree as indented text, one node a line, or every step of a program, for
 * people: at most `cap` bytes, and a last line that says so when more was to come
 * (0: no cap). Registers of a program are named by their place: a place is used
 * again when nothing reads what stood there. */
MUST_USE status model_dump(const struct model *m, struct buf *out, size_t cap,
                           struct error *e);

#endif
