/* formats/xgboost.h: what the files of the XGBoost reader share. JSON and
 * UBJSON are one reader: both come as the same tokens. Keys may stand in any
 * order, so what is read is held until the end. */
#ifndef CANDOR_FORMATS_XGBOOST_H
#define CANDOR_FORMATS_XGBOOST_H

#include "base/arena.h"
#include "formats/column.h"
#include "formats/formats.h"
#include "model/builder.h"
#include "syntax/token.h"

/* Lists of one tree. */
enum tree_list {
    LIST_LEFT, LIST_RIGHT, LIST_CONDITION, LIST_INDEX, LIST_DEFAULT, LIST_COVER,
    LIST_TYPE, LIST_CAT_NODE, LIST_CAT_FIRST, LIST_CAT_SIZE, LIST_CAT,
    TREE_LISTS
};

/* Lists of the whole file. */
enum file_list { LIST_TREE_INFO, LIST_BOUNDS, LIST_WEIGHTS, LIST_VERSION,
                 FILE_LISTS };

/* Single values, kept as text. */
enum file_text {
    TEXT_BASE_SCORE, TEXT_CLASSES, TEXT_FEATURES, TEXT_TARGETS, TEXT_PARALLEL,
    TEXT_OBJECTIVE, TEXT_BOOSTER, TEXT_LEAF_SIZE, FILE_TEXTS
};

struct strings {
    const char **text;
    size_t count, room;
};

/* Category words of one input, as found. */
struct words {
    size_t feature;
    struct strings list;
};

struct xgboost {
    struct tokens *tokens;
    struct builder *b;
    struct arena *arena;
    struct column_cap cap;
    const char *source;
    struct column tree[TREE_LISTS];
    struct column file[FILE_LISTS];
    struct column offsets, values; /* of one input's category words */
    char *text[FILE_TEXTS];
    struct strings names, types;
    struct words *words;
    size_t words_count, words_room, encodings;
    bool learner, trees, linear;
    long best_iteration;
    size_t number; /* of the tree being built */
    uint32_t *bits, *renumber;
    size_t bits_room, renumber_room;
};

/* xgboost_read.c: tokens into the above, trees into the builder. */
status xgboost_read(struct xgboost *x, struct error *e) MUST_USE;
/* xgboost_tree.c: the lists of a tree into the builder. */
status xgboost_tree(struct xgboost *x, struct error *e) MUST_USE;
/* xgboost_words.c: one entry of cats.enc; all of them into the builder. */
status xgboost_encoding(struct xgboost *x, struct error *e) MUST_USE;
status xgboost_inputs(struct xgboost *x, struct error *e) MUST_USE;
/* xgboost_end.c: objective, base score, outputs, what to keep. */
status xgboost_end(struct xgboost *x, const struct format_options *options,
                   struct model **out, struct error *e) MUST_USE;
/* A text that must be a whole number from low; absent is `low`. */
status xgboost_count(const struct xgboost *x, enum file_text which,
                     const char *key, long low, long high, long *out,
                     struct error *e) MUST_USE;
status xgboost_add_string(struct xgboost *x, struct strings *list,
                          const char *text, size_t length,
                          struct error *e) MUST_USE;

#endif
