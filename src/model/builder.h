/* model/builder.h: the only way to make a model. A node outside a tree is a
 * bug of the caller; a value that breaks an invariant is an error that names
 * the tree and the node as the file counts them. Checked at the call, at the
 * tree's end or at builder_finish: children in range, each node reached once
 * from the root (no cycle, no orphan), depth at most MODEL_DEPTH_MAX, finite
 * leaf values, thresholds that are not NaN, covers finite and not negative,
 * feature and output indices in range, sets inside the pool. */
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

/* 1. In any order, before or after the trees: some files name the features, the
 * objective and the number of outputs last. Texts are copied. */
void builder_library(struct builder *b, enum model_library l,
                     const char *format, const char *version);
/* After builder_library, which sets what that library does. */
void builder_compare(struct builder *b, enum model_compare c);
void builder_sum(struct builder *b, enum model_sum s);
void builder_link(struct builder *b, enum model_link link, double scale);
/* COMBINE_MEAN: the scale is outputs / trees kept, whatever is given here. */
void builder_combine(struct builder *b, enum model_combine c, double scale);
void builder_objective(struct builder *b, const char *objective);
MUST_USE status builder_parameter(struct builder *b, const char *name,
                                  const char *value, struct error *e);
MUST_USE status builder_outputs(struct builder *b, size_t outputs,
                                struct error *e);
/* [outputs] names; count must equal the outputs at finish. */
MUST_USE status builder_classes(struct builder *b, const char *const *names,
                                size_t count, struct error *e);
MUST_USE status builder_feature(struct builder *b, const char *name,
                                enum feature_kind kind, struct error *e);
MUST_USE status builder_words(struct builder *b, size_t feature,
                              const char *const *words, size_t count,
                              struct error *e);
/* trees: how many there are up to that iteration; 0: it cannot be told. */
/* Rows whose value is missing, or a word not listed, have no answer: their
 * margins are NaN. */
void builder_required(struct builder *b, size_t feature, bool missing,
                      bool unseen);
void builder_best_iteration(struct builder *b, long iteration, size_t trees);

/* 2. For each tree: begin, one call a node in the file's order, end. Nodes may
 * name children that come later; the builder puts parents before children. */
MUST_USE status builder_tree(struct builder *b, size_t output, double weight,
                             struct error *e);
MUST_USE status builder_leaf(struct builder *b, double value, double cover,
                             struct error *e);
/* Both belong to the leaf just given; terms make the leaf linear. */
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
/* For files that tell a tree's output or weight after the tree itself. */
MUST_USE status builder_retarget(struct builder *b, size_t tree, size_t output,
                                 struct error *e);
MUST_USE status builder_reweigh(struct builder *b, size_t tree, double weight,
                                struct error *e);
size_t builder_trees(const struct builder *b); /* begun so far */

/* 2b. Instead of trees: at most one of these. Each is owned by the builder, then
 * by the model, from the call on, also when the call fails. */
MUST_USE status builder_program(struct builder *b, struct program *p,
                                struct error *e);
MUST_USE status builder_service(struct builder *b, struct model_service *s,
                                struct error *e);
void builder_scores(struct builder *b);
/* Beside trees that read one input each: what makes them a scorecard. Copied. */
MUST_USE status builder_scorecard(struct builder *b, const struct scorecard *s,
                                  struct error *e);

/* 3. Base margin of each output, then finish. `trees` > 0 keeps the first that
 * many only (best iteration). The builder is empty afterwards. */
MUST_USE status builder_base(struct builder *b, const double *base,
                             size_t outputs, struct error *e);
MUST_USE status builder_finish(struct builder *b, size_t keep_trees,
                               const char *sha256, size_t file_bytes,
                               struct model **out, struct error *e);

#endif
