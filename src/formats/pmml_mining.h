/* formats/pmml_mining.h: what the files of MiningModel share. */
#ifndef CANDOR_FORMATS_PMML_MINING_H
#define CANDOR_FORMATS_PMML_MINING_H

#include "formats/pmml_tree.h"

enum pmml_method { METHOD_MAJORITY, METHOD_WEIGHTED_MAJORITY, METHOD_AVERAGE,
                   METHOD_WEIGHTED_AVERAGE, METHOD_MEDIAN,
                   METHOD_WEIGHTED_MEDIAN, METHOD_MAX, METHOD_SUM,
                   METHOD_WEIGHTED_SUM, METHOD_FIRST, METHOD_ALL,
                   METHOD_CHAIN };

enum pmml_lost { LOST_CONTINUE, LOST_SKIP, LOST_RETURN };

struct pmml_segment {
    const struct xml_node *at, *test, *model;
    double weight;
};

struct pmml_segmentation {
    const struct xml_node *at;
    enum pmml_method method;
    enum pmml_lost lost;    /* missingPredictionTreatment */
    double threshold;       /* missingThreshold */
    bool single;            /* x-mathContext float */
    bool all_true;          /* every predicate is <True/> */
    struct pmml_segment *segment;
    size_t segments;
};

MUST_USE status pmml_segmentation(struct pmml *p, const struct xml_node *model,
                                  struct pmml_segmentation *out,
                                  struct error *e);
/* Are the weights used? */
bool pmml_weighs(enum pmml_method m);
bool pmml_is_class(const struct xml_node *model);

/* pmml_mining_join.c: results of segments into one. active[i]: 1 where segment
 * i counts; NULL: all do. */
MUST_USE status pmml_join_numbers(struct pmml *p,
                                  const struct pmml_segmentation *g,
                                  const reg *value, const reg *active,
                                  reg *out, struct error *e);
/* The same for several outputs that are missing together: value[i][k]. */
MUST_USE status pmml_join_classes(struct pmml *p,
                                  const struct pmml_segmentation *g,
                                  const reg *const *value, size_t classes,
                                  const reg *active, reg *out,
                                  struct error *e);

#endif
