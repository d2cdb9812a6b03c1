/* recourse/relax.h: bounds of scores that are no plain sums of constant leaves:
 * linear leaves (generalised linear models) and ReLU networks. Private.
 *
 * Over a box each score is bounded from below by a constant and one number a
 * position of each axis: score >= constant + Σ_axis g(position). Trees that one
 * axis moves are such numbers exactly; trees that several move give their least
 * leaf value; a network gives the linear function of its inputs that relaxing
 * each ReLU to lines leaves (Zhang et al., CROWN, NeurIPS 2018). At a single
 * point the bound is the score, but for rounding, which `room` covers.
 *
 * The same numbers price a box: for any λ >= 0 no plan in it costs less than
 * λ (constant − limit) + Σ_axis min over positions of (cost + λ g), with at most
 * as many axes away from own as may change (Lagrange). */
#ifndef CANDOR_RECOURSE_RELAX_H
#define CANDOR_RECOURSE_RELAX_H

#include "model/network.h"
#include "model/program_range.h"
#include "recourse/search.h"

/* --- prepared for all rows: beside an engine_score ------------------------- */

struct relax_network {
    struct network net;
    size_t widest;      /* values of its widest layer, inputs included */
    size_t hidden;      /* of all layers but the last */
};

struct relax_parts {
    const struct program_part *part;
    size_t count;
    double constant;
    size_t room;        /* spans */
};

/* Whether a model is searched by these bounds; not for constant leaves. */
bool relax_wants(const struct model *m);
/* Sets s->network or s->parts for a program. UNSUPPORTED says what it is. */
MUST_USE status relax_prepare(struct engine_score *s, struct arena *a,
                              struct error *e);
MUST_USE status relax_parts_prepare(struct engine_score *s, struct arena *a,
                                    const char *no_network, struct error *e);

/* --- one row --------------------------------------------------------------- */

enum relax_from { RELAX_FIXED, RELAX_AXIS, RELAX_COLUMN };

/* An input of a network in one row. */
struct relax_input {
    enum relax_from from;
    size_t axis, column;
    double fixed;        /* what it gives the first layer */
    const double *value; /* AXIS: [positions], NaN: makes the output missing */
    double scale, offset, missing; /* COLUMN */
};

struct relax_score {
    const struct engine_score *of;
    const size_t *quantity;   /* [features]; NULL: feature f is quantity f */
    double fixed;             /* trees and parts that nothing moves; base */
    double *table;            /* [positions] of all axes */
    size_t joint;             /* trees or parts that several axes move */
    uint32_t *joint_tree;     /* [joint] in the model */
    uint32_t *joint_part;     /* [joint] in of->parts */
    struct relax_input *input; /* [inputs] of the network */
    double room;              /* error of any way of adding it up */
};

struct relax {
    const struct space *space;
    size_t parts;
    struct relax_score *score;
    size_t *first;            /* [axes + 1] places in tables of positions */
    double *value;            /* [most features], scratch */
    double *work;             /* networks' scratch */
    double *range;            /* [columns][2] of the box at hand */
    bool *missing;            /* [columns] */
    struct program_span *span; /* [most features], then a program's room */
};

/* A bound over one box. */
struct relax_bound {
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    bool none;                /* a formula cannot be computed anywhere in it */
    double *constant;         /* [parts] */
    double *least;            /* [parts][axes] */
    double *g;                /* [parts][positions] of the box's positions */
};

/* out->space is made; sets relax, parts, limit, weight of the game. */
MUST_USE status relax_make(const struct recourse *r, struct arena *a,
                           struct game *out, struct error *e);
MUST_USE status relax_bound_new(const struct relax *x, struct arena *a,
                                struct relax_bound *out, struct error *e);
/* Fills the bound for the box in its low and high. */
void relax_bound_box(const struct relax *x, struct relax_bound *b);
/* Lower bound of the network's output, oriented, over boxes of its inputs:
 * constant + Σ coefficient × input. lo, hi: [inputs]. */
void relax_network_bound(const struct engine_score *s, const double *lo,
                         const double *hi, double *work, double *constant,
                         double *coefficient);
/* Doubles of work that needs; what rounding can do to the output while inputs
 * stay within ±most[inputs]. */
size_t relax_network_work(const struct relax_network *n);
double relax_network_room(const struct engine_score *s, const double *most,
                          double *work);

/* Parts of a program in one row; the least that the joint ones add up to in the
 * box whose ranges x has. */
MUST_USE status relax_parts_row(struct relax *x, struct relax_score *s,
                                struct arena *a, struct error *e);
double relax_parts_least(const struct relax *x, const struct relax_score *s);
/* The most that sign × (parts) can be while inputs stay in their spans. part
 * NULL: the first so many. −INFINITY: no value at all. *missing: somewhere in
 * them there may be none. */
double relax_parts_worst(const struct engine_score *s,
                         const struct program_span *input,
                         struct program_span *room, double sign,
                         const uint32_t *part, size_t parts, bool *missing);

/* What views.c and bound.c do with masks, from these bounds. */
MUST_USE status relax_views(struct search *s, struct arena *a, struct error *e);
void relax_begin(struct search *s, struct view *v, const struct box *b,
                 bool own);
double relax_excess(struct search *s, const struct view *v);
double relax_excess_with(struct search *s, const struct view *v, size_t k,
                         size_t low, size_t high);
double relax_point(struct search *s, const uint16_t *index);
/* Lower bound of the cost of any plan in the box of s->whole. */
double relax_price(struct search *s, const struct box *b);

#endif
