/* recourse/radius_in.h: what the files of the radius share.
 *
 * A dimension is an input that may move and that some split reads. Its cells
 * are the intervals between thresholds, as the library compares: cell 0 lies
 * below edge[0], cell k from edge[k − 1] on, up to below edge[k]. Scores are
 * oriented so that a flip needs a large one. */
#ifndef CANDOR_RECOURSE_RADIUS_IN_H
#define CANDOR_RECOURSE_RADIUS_IN_H

#include "base/arena.h"
#include "recourse/radius.h"

#include <math.h>
#include <string.h>

enum {
    RADIUS_MEMORY = 512 << 20,
    RADIUS_JOINT = 64,  /* leaves of trees multiplied out, at most */
    RADIUS_DEPTH = 4096 /* of splits of boxes */
};

struct dimension {
    size_t feature, edges;
    double *edge;
    uint32_t own;                 /* the row's cell */
    uint32_t zero_low, zero_high; /* cells within the reach of zero */
    double x, scale;
};

/* Of all rows. */
struct radius {
    struct radius_question q;
    struct arena *arena;
    struct dimension *dim; /* without own and x */
    size_t dims;
    int32_t *dim_of; /* [features]; −1: stays */
    /* [trees] of nodes: the first cell that goes right of a numeric split that
     * moves; edges + 1: none does. NULL: another output's tree. */
    uint32_t **cut;
    double guard;
};

/* Of one row. */
struct cells {
    const struct radius *shared;
    const double *row;
    struct arena *arena;
    struct dimension *dim; /* those of which the row has a value */
    size_t dims;
    int32_t *dim_of;  /* [features]; −1: stays */
    double *distance; /* the nearest, distinct, ascending, > 0 … */
    size_t distances; /* … as many as cells_reach was asked for, or … */
    bool all;         /* … all that there are */
    double sign, need; /* a flip needs sign × margin around `need` */
    bool passes;
};

MUST_USE status cells_make(struct cells *c, struct error *e);
/* Makes distances `wanted` or more, as far as there are any. */
MUST_USE status cells_reach(struct cells *c, size_t wanted, struct error *e);
/* Edges at or below x: the cell of x. */
uint32_t cell_of(const struct dimension *d, double x);
double cell_distance(const struct dimension *d, uint32_t cell);
/* The value of the cell that is nearest to the row's. */
double cell_value(const struct dimension *d, uint32_t cell);
/* The decision of the library's own sum. room[outputs]. */
bool row_passes(const struct cells *c, const double *row, double *room);

/* Leaves of trees multiplied out, best first, over the cells of one question.
 */
struct group {
    uint32_t dims, leaves, words;
    uint32_t *dim;        /* [dims] */
    uint32_t *low, *high; /* [leaves × dims] cells */
    double *value;        /* [leaves] */
    /* [dims]: from the first cell of the question's box on, a word row a cell:
     * leaves that begin at or before it; leaves that end at or behind it. */
    uint64_t **begun, **open;
    uint32_t first_word;
};

struct field {
    const struct cells *c;
    struct arena *arena;
    const uint32_t *low, *high; /* [dims] the box */
    double constant;
    struct group *group;
    size_t groups, words;
    struct reader **reader; /* [dims] groups that read it */
    size_t *readers;
};

struct reader {
    uint32_t group, slot; /* the input is the group's dim[slot] */
};

MUST_USE status field_make(struct field *f, struct error *e);

/* One multiplication of b into a; false: more leaves than may be, or `work`
 * used up. */
bool group_join(struct field *f, struct group *a, const struct group *b,
                long *work);
MUST_USE status field_masks(struct field *f, struct error *e);

enum answer { REFUTED, FOUND, OPEN };
/* Is there a flip in the field's box? FOUND fills flip[features]. *nodes counts
 * up, to at most `until`. */
MUST_USE status field_search(struct field *f, long until, long *nodes,
                             double *flip, double *distance, enum answer *out,
                             struct error *e);

#endif
