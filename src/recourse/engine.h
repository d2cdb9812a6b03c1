/* recourse/engine.h: the search's half of the room. Private.
 *
 * Scores are oriented: score = sign × margin, and a plan needs every score at
 * its cut or below. A reader is what a mask is looked up by: an axis, with all
 * columns that it alone moves, or a column of several levers (a formula). Its
 * cells are what live splits tell apart. */
#ifndef CANDOR_RECOURSE_ENGINE_H
#define CANDOR_RECOURSE_ENGINE_H

#include "kernel/masks.h"
#include "recourse/space.h"

#include <math.h>
#include <string.h>

enum {
    SCRATCH_MEMORY = 512 << 20,
    ENOUGH_MEMORY = 320 << 20, /* a search ends */
    WORD_LEAVES = 64
};

/* --- prepared for all rows (compile.c) ------------------------------------ */

/* A node; the left child follows. */
struct knot {
    int32_t quantity; /* -1: a leaf */
    uint32_t right;
    union {
        double value; /* a leaf's, oriented and weighted */
        struct {
            uint32_t rank;     /* of the threshold among the quantity's */
            bool default_left; /* where a missing value goes … */
            bool special;      /* … unless node_goes_left has to say */
        };
    };
};

struct engine_score {
    const struct model *model;
    size_t output;
    double sign, cut; /* sign × cutoff */
    double guard;
    bool native;
    size_t trees;
    const uint32_t *tree; /* [trees]: index in the model */
    const uint32_t *root; /* [trees + 1] in knot */
    const struct knot *knot;
    const struct node *const *node; /* beside knot */
    const double *const *threshold; /* [quantities]: as compared, ascending */
    const uint32_t *thresholds;     /* [quantities] */
    const uint8_t *special;         /* [quantities]: enum special */
    double constant;                /* sign × base */
    double room; /* error of a sum of its trees in any order */
    const struct relax_network *network; /* relax.h; both NULL: trees */
    const struct relax_parts *parts;
};

enum special { SPECIAL_NONE, SPECIAL_ZERO = 1, SPECIAL_SET = 2 };

struct engine {
    size_t scores;
    struct engine_score *score;
    size_t most_leaves; /* of one tree */
    bool relaxed;       /* some score is bounded by relax.h: then all are */
    bool asked;         /* some score is computed elsewhere: asked.h */
};

/* Sets r->engine, in r->arena. UNSUPPORTED: see relax.h. */
MUST_USE status engine_prepare(struct recourse *r, struct error *e);

/* --- one row -------------------------------------------------------------- */

enum reader_kind {
    READER_INTERVAL, /* leaves reach intervals of its cells */
    READER_SET,      /* sets of them */
    READER_FORMULA   /* intervals of values, and perhaps missing */
};

struct reader {
    enum reader_kind kind;
    uint32_t axis;   /* INTERVAL, SET */
    uint32_t column; /* FORMULA: in the space */
    uint64_t levers; /* axes that move it */
    uint32_t cells;
    const uint16_t *cell; /* [positions]; NULL: position = cell */
    const double *edge;   /* FORMULA: [cells − 1] ascending; the cell is how
                           * many of them do not have the value below, as
                           * the score's model compares */
    uint32_t score;
    /* Rows of masks, [cells][words]. INTERVAL, FORMULA: from[c] has the leaves
     * that begin at c or before, to[c] those that end at c or after. SET:
     * level j (from + j × cells × words) has those that one of c … c + 2^j − 1
     * reaches. */
    uint64_t *from, *to;
    uint64_t *missing; /* FORMULA: leaves of the missing state */
};

/* What is left of the scores when all but the levers is fixed. */
struct game {
    struct space space;
    size_t readers;
    struct reader *reader; /* axes first, then a formula for each score */
    int16_t reader_of[RECOURSE_LEVERS_MAX]; /* axis → reader; -1 */
    size_t words;
    uint64_t *full; /* [words] */
    double *value;
    uint64_t *offset;
    size_t parts; /* one a score */
    struct masks_part *part;
    double *constant, *limit, *weight; /* [parts]; limit: cut with room for the
                                        * order of summation; weight: excess on
                                        * a scale that scores share */
    size_t groups;
    struct group *group; /* by part, in order of words */
    const struct relax *relax; /* in place of all masks; NULL: masks */
};

/* Trees multiplied out: their joint leaves, as far as the levers reach. */
struct reach {
    uint16_t low, high; /* cells (positions until game_make is done);
                         * low > high: none */
    uint32_t set;       /* SET: in the walk's pool; FORMULA: missing */
};
struct group {
    uint32_t score, leaves, trees, readers;
    uint64_t mask;       /* of readers, modulo 64: a hint, no more */
    uint32_t *tree;      /* index in the model */
    uint16_t *reader;    /* [readers] ascending */
    double *value;       /* [leaves] */
    struct reach *reach; /* [leaves][readers] */
    uint32_t first_word, words;
};

/* out->space is made; loses candidates that do not matter. */
MUST_USE status game_make(const struct recourse *r, struct arena *a,
                          struct game *out, struct error *e);

#endif
