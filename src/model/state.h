/* model/state.h: what the builder's files and model_free share; no other room
 * includes it. */
#ifndef CANDOR_MODEL_STATE_H
#define CANDOR_MODEL_STATE_H

#include "base/arena.h"
#include "model/builder.h"

/* Everything a model owns. Arrays that grew while building live on the heap,
 * the rest in the arena. */
struct model_memory {
    struct arena *arena;
    struct tree *trees;
    uint32_t *bits;
    struct linear_term *terms;
    struct names **words; /* [word_sets], in the arena */
    size_t word_sets;
    struct program *program;
    struct model_service *service;
};

/* What a finished tree must still be checked for once the features are known:
 * the largest feature it reads, and the node in the file that reads it. */
struct reach {
    int32_t feature;
    uint32_t node;
};

struct visit {
    uint32_t node, parent, depth;
    bool left;
};

struct builder {
    struct model *m; /* filled in place */
    struct model_memory *memory;
    size_t cap;
    bool failed; /* a void call ran out of memory; told at finish */
    struct model_feature *feature;
    size_t feature_room;
    char **parameter_name, **parameter_value;
    size_t parameter_room;
    size_t class_count;
    struct reach *reach;
    size_t tree_room, tree_count;
    bool in_tree;
    struct node *scratch; /* the open tree, as the file numbers it */
    struct visit *stack;
    uint32_t *place; /* file's node → 1 + ours; 0 not reached */
    size_t scratch_count, scratch_room, nodes;
    size_t bits_count, bits_room;
    size_t term_count, term_room;
};

/* The part of builder_finish that is another for each kind. */
status builder_check_kind(struct builder *b, struct error *e) MUST_USE;
void builder_note_use(struct builder *b);

status builder_room(struct builder *b, void **array, size_t *room, size_t need,
                    size_t size, struct error *e) MUST_USE;

#endif
