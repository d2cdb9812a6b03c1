/* formats/pmml_forest.h: a whole file as a forest: what is added up. */
#ifndef CANDOR_FORMATS_PMML_FOREST_H
#define CANDOR_FORMATS_PMML_FOREST_H

#include "formats/pmml_mining.h"

struct pmml_term {          /* one tree of the file */
    struct pmml_rules rules;
    struct pmml_plan plan;
    size_t output;
    double factor;
    bool vote;
};

struct pmml_sum {
    struct pmml *p;
    struct pmml_variables v; /* inputs */
    const char *const *class_name;
    size_t classes;          /* of the trees themselves; 0: numbers */
    size_t outputs;
    double *base;            /* [outputs] */
    enum model_link link;
    size_t event;            /* two classes, one output: which it speaks of */
    struct pmml_term *term;
    size_t terms, room;
    bool mean;               /* the last ensemble is a plain mean, */
    size_t means;            /* of so many ensembles */
    bool rescaled, chained, single;
};

/* What a model inside the sum is multiplied by, and how it counts. */
struct pmml_part {
    size_t output;
    double factor;
    bool vote;
    bool skips; /* a segment without an answer is left out */
};

MUST_USE status pmml_sum_start(struct pmml_sum *f, struct pmml *p,
                               const char *const *class_name, size_t classes,
                               size_t outputs, struct error *e);
MUST_USE status pmml_sum_add(struct pmml_sum *f, const struct xml_node *model,
                             struct pmml_scope *outer,
                             const struct pmml_part *part, bool *fits,
                             struct error *e);
MUST_USE status pmml_sum_emit(struct pmml_sum *f, struct error *e);
/* One comparison for all inputs read: in float32 where every number is one. */
bool pmml_all_single(const struct pmml_variables *v);
/* What the plans found to have no answer. */
void pmml_tell_required(struct builder *b, const struct pmml_variables *v);

/* A chain of sums that ends with a RegressionModel which is only a link. */
MUST_USE status pmml_chain_forest(struct pmml *p,
                                  const struct pmml_segmentation *g,
                                  bool *done, struct error *e);
MUST_USE status pmml_scorecard_forest(struct pmml *p, bool *done,
                                      struct error *e);

#endif
