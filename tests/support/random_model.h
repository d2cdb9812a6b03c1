/* Random small models of every kind the builder takes, from a seed. */
#ifndef CANDOR_TESTS_RANDOM_MODEL_H
#define CANDOR_TESTS_RANDOM_MODEL_H

#include "model/builder.h"

struct random {
    uint64_t state;
};

uint64_t random_next(struct random *r);
double random_unit(struct random *r);               /* [0, 1) */
size_t random_below(struct random *r, size_t n);    /* 0 … n − 1 */
bool random_chance(struct random *r, double p);
/* One of each way to compare: XGBoost's, LightGBM's, that of ONNX. */
enum model_library random_library(struct random *r);

struct random_model {
    size_t features, outputs, trees, depth;
    enum model_library library;
    double leaf_chance;      /* of ending above the depth */
    double category_chance;  /* of a feature being a category */
    double zero_cover;       /* chance of a child without cover */
    double missing_other;    /* chance of LightGBM's zero or none rule */
    bool fine;               /* thresholds one ulp apart and arbitrary */
    bool weights, mean;
    double linear_chance;    /* of a leaf being linear */
    enum model_link link;
    bool edges;              /* thresholds at the ends of the numbers */
};

/* Fails the test when the builder refuses. */
struct model *random_model_new(struct random *r, const struct random_model *c);
/* A value at the ends of the numbers: infinities, zeros, the smallest. */
double random_edge(struct random *r);
/* Values on thresholds, between them, missing, unseen categories. */
void random_row(struct random *r, const struct model *m, double missing,
                double *row);

#endif
