/* formats/catboost.h: what the files of the CatBoost JSON reader share. A tree
 * goes to the builder as soon as it is read, so features_info must stand before
 * the trees, as CatBoost writes it. */
#ifndef CANDOR_FORMATS_CATBOOST_H
#define CANDOR_FORMATS_CATBOOST_H

#include "base/arena.h"
#include "formats/column.h"
#include "formats/formats.h"
#include "model/builder.h"
#include "syntax/token.h"

enum { CATBOOST_DEPTH_MAX = 16, CATBOOST_OUTPUTS_MAX = 1000 };

/* Places of inputs in the lists of their kind (float_feature_index, …) lead to
 * inputs of the model. */
struct catboost_places {
    long *input;
    size_t count, room;
};

struct catboost_input {
    const char *name;
    long flat;         /* its column */
    long place;        /* in the list of its kind */
    bool category, nan_right;
    size_t first, values; /* category: hashes in catboost->value */
};

struct catboost_word {
    uint32_t hash;
    const char *word;
};

struct catboost_split {
    long input;
    double border;
    bool category;
    uint32_t code; /* category: of the word that goes right */
};

struct catboost_node { /* of a tree that is not symmetric */
    long left, right, split; /* split −1: a leaf */
    size_t value;            /* leaf: first of its numbers in leaf_values */
    double weight;
};

struct catboost {
    struct tokens *tokens;
    struct builder *b;
    struct arena *arena;
    struct column_cap cap;
    const char *source;
    struct catboost_input *input;
    size_t inputs, inputs_room;
    struct catboost_word *word;
    size_t words, words_room;
    uint32_t *value;
    size_t value_count, value_room;
    struct catboost_places place[2]; /* numbers, categories */
    struct catboost_split *split;    /* of one tree */
    size_t splits, splits_room;
    struct catboost_node *node;
    size_t nodes, nodes_room;
    struct column leaf_values, leaf_weights, bias, cover;
    double scale;
    char *objective, *version;
    const char **class_name;
    size_t classes, classes_room;
    size_t outputs, trees;
    bool features, trees_given;
};

/* catboost_fields.c: objects by a table of keys; a key that no row has is
 * passed over, a row's key twice is an error. */
struct catboost_field {
    const char *key; /* NULL ends a table of at most 32 */
    status (*read)(struct catboost *c, int slot, struct error *e);
    int slot;
};
status catboost_object(struct catboost *c, const char *what,
                       const struct catboost_field *fields,
                       struct error *e) MUST_USE;
/* The same after its opening bracket. */
status catboost_fields(struct catboost *c, const struct catboost_field *fields,
                       struct error *e) MUST_USE;
status catboost_expect(struct catboost *c, enum token_kind kind,
                       const char *what, struct error *e) MUST_USE;
status catboost_number(struct catboost *c, const char *what, double *out,
                       struct error *e) MUST_USE;
status catboost_whole(struct catboost *c, const char *what, long low, long high,
                      long *out, struct error *e) MUST_USE;
/* Text, a number, true or false as text without zero characters. */
status catboost_text(struct catboost *c, const char *what, char **out,
                     struct error *e) MUST_USE;
/* A list of numbers, or one number. */
status catboost_numbers(struct catboost *c, struct column *out,
                        const char *what, struct error *e) MUST_USE;
/* The next entry of a list is in *token; false: the list has ended. */
status catboost_entry(struct catboost *c, struct token *token, bool *more,
                      struct error *e) MUST_USE;

/* catboost_inputs.c: features_info, and inputs into the builder. */
status catboost_features(struct catboost *c, int slot,
                         struct error *e) MUST_USE;
/* Code of a hash among an input's words; −1: the file has no word for it. */
long catboost_code(const struct catboost *c, const struct catboost_input *input,
                   uint32_t hash);
/* catboost_info.c: model_info; objective, classes and bias into the builder. */
status catboost_info(struct catboost *c, int slot, struct error *e) MUST_USE;
status catboost_end(struct catboost *c, struct model **out,
                    struct error *e) MUST_USE;
/* catboost_tree.c: a list of trees, after the features and once a file. */
status catboost_each_tree(struct catboost *c, const char *name,
                          status (*read)(struct catboost *c, struct error *e),
                          struct error *e) MUST_USE;
/* catboost_tree.c, catboost_grown.c: lists of trees of either kind. */
status catboost_symmetric(struct catboost *c, int slot,
                          struct error *e) MUST_USE;
status catboost_grown(struct catboost *c, int slot, struct error *e) MUST_USE;
/* Reads one split into c->split. */
status catboost_split(struct catboost *c, struct error *e) MUST_USE;
/* How many numbers a leaf has is the same for all trees. */
status catboost_outputs(struct catboost *c, size_t outputs,
                        struct error *e) MUST_USE;
/* The split of a node into the builder. */
status catboost_put_split(struct catboost *c, const struct catboost_split *s,
                          long left, long right, double cover,
                          struct error *e) MUST_USE;

#endif
