/* formats/onnx_forest.h: what onnx_forest.c and onnx_grow.c share. */
#ifndef CANDOR_FORMATS_ONNX_FOREST_H
#define CANDOR_FORMATS_ONNX_FOREST_H

#include "formats/onnx_inputs.h"

/* Whether a row goes to a node's yes: (kind) XOR no; missing by itself. */
enum grove_kind { TEST_NEVER, TEST_ALWAYS, TEST_AT_MOST, TEST_INSIDE,
                  TEST_WORDS };

struct grove_test {
    enum grove_kind kind;
    uint32_t feature;
    double low, high; /* AT_MOST: x <= high; INSIDE: low < x <= high */
    bool no, missing; /* WORDS: no is what an unseen word says */
};

/* A node as the builder takes it. */
struct grove_node {
    bool leaf, words, missing_left, set_left;
    uint32_t feature;
    double value; /* threshold or leaf */
    size_t bits, bit_words;
    uint32_t left, right;
};

/* What is known of one input on the way down. */
struct grove_range {
    double low, high; /* low < x <= high */
    bool missing;     /* it may be missing */
};

struct grove {
    struct onnx *x;
    const struct onnx_trees *t;
    bool direct;
    size_t output;
    double scale;
    struct grove_range *range; /* [features] */
    size_t features;
    struct grove_node *node;
    size_t nodes, node_room, most;
    uint32_t *bits;
    size_t bit_count, bit_room;
};

void grove_test(const struct grove *g, const struct onnx_tree_node *n,
                struct grove_test *out);
/* A test of words: whether a word's number says yes. */
bool grove_word(const struct grove *g, const struct onnx_tree_node *n,
                double number);

#endif
