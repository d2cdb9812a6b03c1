/* formats/lightgbm.h: what the files of the LightGBM text reader share. */
#ifndef CANDOR_FORMATS_LIGHTGBM_H
#define CANDOR_FORMATS_LIGHTGBM_H

#include "base/arena.h"
#include "formats/column.h"
#include "formats/formats.h"
#include "formats/lines.h"
#include "model/builder.h"

/* The lists of a tree; lightgbm_tree.c's table says what each must be. */
enum column_name {
    COL_LEAVES, COL_SETS, COL_FEATURE, COL_THRESHOLD, COL_DECISION, COL_LEFT,
    COL_RIGHT, COL_LEAF_VALUE, COL_LEAF_COUNT, COL_NODE_COUNT, COL_BOUNDS,
    COL_WORDS, COL_LINEAR, COL_CONSTANT, COL_TERMS, COL_TERM_FEATURE,
    COL_TERM_FACTOR, COLUMNS
};

struct lightgbm {
    struct lines lines;
    struct builder *b;
    struct arena *arena;    /* header texts */
    struct column_cap cap;
    size_t outputs, classes, inputs;
    bool mean;
    char *objective, *names, *infos, *version, *monotone;
    char *categorical;      /* the parameter list of category columns */
    struct column column[COLUMNS];
    size_t trees;
    uint32_t *bits;
    size_t bits_room;
};

/* lightgbm_tree.c: one line of a tree, and the tree once it is whole. */
status lightgbm_tree_line(struct lightgbm *g, struct error *e) MUST_USE;
status lightgbm_tree_end(struct lightgbm *g, struct error *e) MUST_USE;
void lightgbm_tree_free(struct lightgbm *g);

/* lightgbm_words.c: the objective line, inputs, category words. */
status lightgbm_objective(struct lightgbm *g, struct error *e) MUST_USE;
status lightgbm_inputs(struct lightgbm *g, struct error *e) MUST_USE;
status lightgbm_categories(struct lightgbm *g, const char *json, size_t length,
                           struct error *e) MUST_USE;

#endif
