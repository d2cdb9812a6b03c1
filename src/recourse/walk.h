/* recourse/walk.h: from one row's space to groups of leaves. Private. */
#ifndef CANDOR_RECOURSE_WALK_H
#define CANDOR_RECOURSE_WALK_H

#include "recourse/engine.h"

enum route_kind { ROUTE_FIXED, ROUTE_UP, ROUTE_DOWN, ROUTE_SET, ROUTE_FORMULA };

/* How a quantity is told left from right in one score. */
struct route {
    enum route_kind kind;
    uint16_t reader;
    bool missing;          /* FIXED */
    uint32_t bin;          /* FIXED: thresholds that its value is not below */
    double value;          /* FIXED */
    const uint16_t *split; /* UP: first position that goes right of a rank;
                            * DOWN: first that goes left */
    const double *column;  /* SET: value by position */
    uint64_t **left;       /* SET: [2 × thresholds] positions that go left */
};

struct walk {
    const struct recourse *r;
    const struct engine *engine;
    struct arena *a;
    struct game *g;
    struct route **route; /* [scores][quantities] */
    bool **live;          /* [readers]: a live split lies before it */
    struct reach *start;  /* [readers]: all that the levers reach */
    uint32_t *set_words;  /* [readers] */
    uint64_t *pool;       /* sets */
    size_t pool_used, pool_room;
    /* One tree. */
    size_t score;
    struct reach *state; /* [readers] */
    uint16_t *touched;   /* [readers]: splits on the path */
    bool *seen;          /* [readers]: by a leaf of the tree */
    double *value;       /* [most leaves] */
    struct reach *reach; /* [most leaves][readers] */
    size_t leaves;
};

/* routes.c: readers and routes of a row. */
MUST_USE status routes_make(struct walk *w, struct error *e);
/* Room for a set; *at is its place in the pool (which may move). */
MUST_USE status set_new(struct walk *w, size_t words, uint32_t *at,
                        struct error *e);
/* walk.c: all trees into g->group (room for one a tree) and g->constant. */
MUST_USE status walk_trees(struct walk *w, struct error *e);
/* merge.c: multiplies groups while they keep to a word. */
MUST_USE status merge_groups(struct walk *w, struct error *e);
/* cells.c: numbers the cells and turns reaches into them; last of all, drops
 * candidates of an axis that only its cells matter of. */
MUST_USE status cells_number(struct walk *w, struct error *e);
MUST_USE status cells_drop(struct walk *w, struct error *e);
/* fill.c: groups into words and rows of masks. */
MUST_USE status fill_masks(struct walk *w, struct error *e);

#endif
