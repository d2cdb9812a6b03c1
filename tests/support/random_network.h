/* Random small ReLU networks as programs, from a seed. */
#ifndef CANDOR_TESTS_RANDOM_NETWORK_H
#define CANDOR_TESTS_RANDOM_NETWORK_H

#include "support/random_model.h"

struct random_network {
    size_t features, outputs, layers, width; /* layers of hidden values */
    double category_chance; /* of an input being words, one value a word each */
    double filled_chance;   /* of a missing number having a value */
    bool single;
    bool curved; /* tanh in place of ReLU, and a product: no network of layers */
};

enum { NETWORK_WORDS = 4 };

/* Fails the test when a maker refuses. */
struct model *random_network_new(struct random *r,
                                 const struct random_network *c);

#endif
