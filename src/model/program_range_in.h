/* model/program_range_in.h: what the files of ranges share. */
#ifndef CANDOR_MODEL_PROGRAM_RANGE_IN_H
#define CANDOR_MODEL_PROGRAM_RANGE_IN_H

#include "model/program_in.h"
#include "model/program_range.h"

#include <math.h>

#define SPAN_NOTHING                                                           \
    ((struct program_span){(double)INFINITY, -(double)INFINITY, false})
#define SPAN_MISSING                                                           \
    ((struct program_span){(double)INFINITY, -(double)INFINITY, true})
#define SPAN_ANYTHING                                                          \
    ((struct program_span){-(double)INFINITY, (double)INFINITY, true})

struct ranging {
    const struct program *p;
    struct program_span *slot;
};

static inline const struct program_span *span_at(const struct ranging *r,
                                                 uint32_t slot)
{
    return &r->slot[slot];
}

static inline bool span_present(const struct program_span *x)
{
    return x->low <= x->high;
}

static inline bool span_point(const struct program_span *x)
{
    return x->low == x->high && !x->missing;
}

/* w × v, where nothing of an infinity is nothing. */
static inline double span_times(double w, double v)
{
    return w == 0 ? 0 : w * v;
}

/* Takes a value in (missing: the state), or a span. */
void span_join(struct program_span *x, double v);
void span_join_span(struct program_span *x, const struct program_span *y);
/* What the C library, or single precision, may round an end by. */
void span_loosen(struct program_span *x, bool single);
void span_loosen_by(struct program_span *x, double size);
/* Could it be true (not zero), or false? */
bool span_may_be(const struct program_span *x, bool yes);

void map_range(const struct step *s, const struct program_span *x,
               struct program_span *out);
void pair_range(const struct step *s, const struct program_span *x,
                const struct program_span *y, struct program_span *out);
void affine_range(const struct ranging *r, const struct step *s);
void choose_range(const struct ranging *r, const struct step *s);
void reduce_range(const struct ranging *r, const struct step *s);
void group_range(const struct ranging *r, const struct step *s);
void lines_range(const struct ranging *r, const struct step *s);
void intervals_range(const struct ranging *r, const struct step *s);
void table_range(const struct ranging *r, const struct step *s);
void words_range(const struct ranging *r, const struct step *s);
void forest_range(const struct ranging *r, const struct step *s);
/* One tree of a forest step, before weight and combine_scale. */
void tree_range(const struct ranging *r, const struct step *s,
                const struct model *m, const struct tree *t, int32_t node,
                struct program_span *out);

#endif
