/* recourse/search.h: the search's own state. Private. */
#ifndef CANDOR_RECOURSE_SEARCH_H
#define CANDOR_RECOURSE_SEARCH_H

#include "recourse/engine.h"

struct search {
    struct trial *t;
    const struct game *g;
    size_t n;                          /* axes that can move */
    uint8_t axis[RECOURSE_LEVERS_MAX]; /* k → axis */
    /* Leaves left by axes before k and from k on: whole box, and with free
     * axes at their own values. */
    uint64_t *before, *after, *before_own, *after_own, *mask;
    bool must[RECOURSE_LEVERS_MAX];    /* free, but unchanged misses the cutoff */
    struct box *heap;
    size_t count, room;
    uint32_t births;
};

static inline const struct axis *axis_at(const struct search *s, size_t k)
{
    return &s->g->axis[s->axis[k]];
}

/* narrow.c */
/* The box still holds the axis's own value. */
bool is_free(const struct search *s, const struct box *b, size_t k);
/* The box's value nearest to the row's own: the cheapest. */
uint16_t nearest_index(const struct axis *x, const struct box *b, size_t a);
/* Sets cost and forced. */
void price(const struct search *s, struct box *b);
/* Can anything in the box come before the best plan so far? */
bool promising(const struct search *s, const struct box *b);
/* Fills before and after; `own` puts free axes at their own values. */
void chain(const struct search *s, const struct box *b, bool own,
           uint64_t *before, uint64_t *after);
/* The bound with axis k at low … high instead. */
double bound_with(const struct search *s, const uint64_t *before,
                  const uint64_t *after, size_t k, size_t low, size_t high);
bool misses(const struct search *s, double bound);
/* Shrinks the box without losing a plan; false: nothing in it is wanted. */
bool narrow(struct search *s, struct box *b);

#endif
