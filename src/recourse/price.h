/* recourse/price.h: the Lagrangian bound of the cost (Fisher 1981). Private.
 *
 * Each group takes a share of what the levers' steps cost and pays μ for what
 * its leaf adds to the score; as groups then no longer have to agree, each
 * picks its own cheapest leaf. The shares of a step never sum to more than the
 * step costs, so the sum over groups is a lower bound of the cost of every plan
 * in the box (proof.h has the formula). Unordered axes and formulas go
 * unpriced. */
#ifndef CANDOR_RECOURSE_PRICE_H
#define CANDOR_RECOURSE_PRICE_H

#include "recourse/search.h"

enum {
    PRICE_CHANGES = 3, /* with a smaller cap, counting changes is stronger */
    PRICE_NODES = 500, /* boxes before it is worth while */
    PRICE_ROUNDS = 400 /* of ascent */
};

/* Steps of one group along one axis: cells away from own. */
struct price_slot {
    uint16_t slot, reader, own; /* in the group; own: cell */
    uint16_t first, last;       /* cells beyond which the group sees no step */
    size_t at;                  /* of cell 0 in `gain` and `share` */
};

struct price_set {
    double *mu;    /* [parts] */
    double *share; /* by slot and cell; 0 at own, never falling */
    double bound;  /* of the whole box */
};

struct pricer {
    size_t slots;
    struct price_slot *slot;
    size_t *first;   /* [groups + 1] in slot */
    uint16_t **near; /* [groups]: [leaves][slots] nearest cell */
    double **cost;   /* [readers]: by cell; NULL: unpriced */
    double *gain;    /* share beyond the cell before it */
    size_t room;     /* of gain and share */
    struct price_set set;
};

/* Ascends; s->pricer stays NULL when nothing can be priced. */
MUST_USE status price_start(struct search *s, struct error *e);
/* Lower bound of the cost of any plan in the box, whose masks s->whole has. */
double price_bound(const struct search *s, const struct box *b);
/* The set as a proof states it. */
MUST_USE status price_prove(const struct search *s, struct arena *a,
                            struct recourse_proof *out, struct error *e);

#endif
