/* model/network.h: a program seen as a network of affine layers and ReLU, for
 * whoever reasons about it (linear relaxation). */
#ifndef CANDOR_MODEL_NETWORK_H
#define CANDOR_MODEL_NETWORK_H

#include "base/arena.h"
#include "model/model.h"

struct network_layer {
    size_t in, out;
    const double *weight; /* [out][in] */
    const double *bias;   /* [out] */
    const bool *relu;     /* [out] max(0, ·) follows; else nothing */
};

/* What feeds the first layer: value = f(feature), a table of words or numbers'
 * own line. Numbers: scale × x + offset; words: one value a code, and what an
 * unseen or a missing one gives. */
struct network_input {
    uint32_t feature;
    bool by_word;
    double scale, offset;
    double missing;        /* NaN: a missing value makes the output missing */
    const double *word;    /* [words] */
    size_t words;
    double unseen;
};

struct network {
    const struct network_input *input;
    size_t inputs;                     /* = layer[0].in */
    const struct network_layer *layer; /* the last has outputs = margins */
    size_t layers;
    bool single; /* the program rounds to float32 between; this view does not */
};

/* False: the program is no such network; why says which step is not. */
bool network_of(const struct model *m, struct arena *a, struct network *out,
                char *why, size_t why_size);

#endif
