/* recourse/walk.h: the leaves that one row's levers can reach. Private. */
#ifndef CANDOR_RECOURSE_WALK_H
#define CANDOR_RECOURSE_WALK_H

#include "recourse/engine.h"

struct reach {           /* of one leaf on one axis */
    uint16_t axis;
    uint16_t low, high;  /* interval */
    uint64_t *alive;     /* or the set */
};

struct leaf {
    double score;
    uint32_t order;
    uint32_t reaches;
    struct reach *reach;
};

struct tree_leaves {
    struct leaf *leaf;
    size_t leaves;
};

struct walk {
    const struct recourse *r;
    const double *row;
    struct arena *a;
    struct game *g;
    const struct tree *tree;
    const uint32_t *rank;
    double scale;
    uint16_t **split;  /* [axes][thresholds]: first candidate that goes right */
    bool **used;       /* [axes][count]: a live split lies before the index */
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    uint64_t *alive[RECOURSE_LEVERS_MAX];
    uint32_t touched[RECOURSE_LEVERS_MAX]; /* splits on the path */
    struct tree_leaves *out;
    size_t room;
};

/* walk.c: room for the walks of one row, then one tree into w->out. */
MUST_USE status walk_start(struct walk *w, struct error *e);
MUST_USE status walk_tree(struct walk *w, struct error *e);

/* masks.c: merges candidates that no live split tells apart, then turns the
 * leaves of the game's trees into its bit masks. */
MUST_USE status merge_axes(struct walk *w, struct tree_leaves *trees,
                           size_t n, struct error *e);
MUST_USE status fill_masks(struct walk *w, struct tree_leaves *trees,
                           struct error *e);

#endif
