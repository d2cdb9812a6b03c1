/* model/builder.h: the only way to make a model. A format calls it in the
 * order below; a call out of order, or a value that breaks an invariant, is an
 * error that names the tree and node. builder_finish checks all of: children
 * in range, each node reached once from the root (no cycle, no orphan), depth
 * at most MODEL_DEPTH_MAX, finite leaf values and thresholds, covers finite and
 * not negative, feature and output indices in range, sets inside the pool. */
#ifndef CANDOR_MODEL_BUILDER_H
#define CANDOR_MODEL_BUILDER_H

#include "model/model.h"

enum {
    MODEL_DEPTH_MAX = 512,
    MODEL_FEATURES_MAX = 100000,
    MODEL_OUTPUTS_MAX = 10000,
    MODEL_TREES_MAX = 1000000,
    MODEL_NODES_MAX = 100000000
};

struct builder;

struct builder *builder_new(size_t memory_cap); /* NULL: no memory */
void builder_free(struct builder *b);

/* 1. Once, in any order, before the first tree. Texts are copied. */
void builder_library(struct builder *b, enum model_library l,
                     const char *format, const char *version);
void builder_link(struct builder *b, enum model_link link, double scale);
void builder_combine(struct builder *b, enum model_combine c, double scale);
void builder_objective(struct builder *b, const char *objective);
MUST_USE status builder_parameter(struct builder *b, const char *name,
                                  const char *value, struct error *e);
MUST_USE status builder_outputs(struct builder *b, size_t outputs,
                                struct error *e);
MUST_USE status builder_feature(struct builder *b, const char *name,
                                enum feature_kind kind, struct error *e);
MUST_USE status builder_words(struct builder *b, size_t feature,
                              const char *const *words, size_t count,
                              struct error *e);
void builder_best_iteration(struct builder *b, long iteration);

/* 2. For each tree: begin, one call a node in the file's order, end. Nodes may
 * name children that come later; the builder puts parents before children. */
MUST_USE status builder_tree(struct builder *b, size_t output, double weight,
                             struct error *e);
MUST_USE status builder_leaf(struct builder *b, double value, double cover,
                             struct error *e);
MUST_USE status builder_linear_term(struct builder *b, long feature,
                                    double coefficient, struct error *e);
void builder_linear_constant(struct builder *b, double constant);
MUST_USE status builder_split(struct builder *b, long feature,
                              double threshold, long left, long right,
                              bool default_left, enum node_missing missing,
                              double cover, struct error *e);
MUST_USE status builder_category_split(struct builder *b, long feature,
                                       const uint32_t *bits, size_t words,
                                       bool set_goes_left, long left,
                                       long right, bool default_left,
                                       enum node_missing missing,
                                       double cover, struct error *e);
MUST_USE status builder_tree_end(struct builder *b, struct error *e);

/* 3. Base margin of each output, then finish. `trees` > 0 keeps the first that
 * many only (best iteration). The builder is empty afterwards. */
MUST_USE status builder_base(struct builder *b, const double *base,
                             size_t outputs, struct error *e);
MUST_USE status builder_finish(struct builder *b, size_t keep_trees,
                               const char *sha256, size_t file_bytes,
                               struct model **out, struct error *e);

#endif
