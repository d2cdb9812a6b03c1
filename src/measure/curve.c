#include "measure/curve.h"

#include <math.h>

/* Points are numbered by how many blocks from the top are flagged. */
static size_t flagged_blocks(const struct ranking *r, const struct cutoff *c)
{
    size_t k = 0;
    while (k < r->blocks && cutoff_flags(c, r->score[r->blocks - 1 - k]))
        k++;
    return k;
}

static size_t ks_blocks(const struct ranking *r)
{
    double at = (double)NAN;
    (void)ranking_ks(r, &at);
    return flagged_blocks(r, &(struct cutoff){at, false, false});
}

static void put(struct curve *c, const struct ranking *r, size_t k, double e,
                double o, size_t cut, size_t ks)
{
    double flagged = e + o;
    if (k == cut)
        c->at_cutoff = c->points;
    if (k == ks)
        c->at_ks = c->points;
    c->point[c->points++] = (struct curve_point){
        .threshold = k == 0 ? (double)INFINITY : r->score[r->blocks - k],
        .tpr = e / r->events,
        .fpr = o / r->others,
        .precision = flagged > 0.0 ? e / flagged : (double)NAN,
        .flagged = flagged / (double)r->n};
}

status curve_of(const struct ranking *r, const struct cutoff *c,
                struct arena *a, struct curve *out, struct error *e)
{
    *out = (struct curve){NULL, 0, SIZE_MAX, SIZE_MAX, false};
    if (!(r->events > 0.0 && r->others > 0.0))
        return ST_OK;
    out->point = arena_new_array(a, struct curve_point, CURVE_POINTS_MAX);
    if (out->point == NULL)
        return arena_error(a, e);
    size_t cut = c != NULL ? flagged_blocks(r, c) : SIZE_MAX, ks = ks_blocks(r);
    out->thinned = r->blocks + 1 > CURVE_POINTS_MAX;
    /* The path from (0, 0) to (1, 1) has length 2 along the axes; room is left
     * for the four points that are kept whatever happens. */
    double step = 2.0 / (CURVE_POINTS_MAX - 5), next = step;
    double events = 0.0, others = 0.0;
    for (size_t k = 0; k <= r->blocks; k++) {
        if (k > 0) {
            events += (double)r->event[r->blocks - k];
            others += (double)r->other[r->blocks - k];
        }
        double length = events / r->events + others / r->others;
        bool due = length >= next;
        if (!out->thinned || due || k == 0 || k == r->blocks || k == cut || k == ks)
            put(out, r, k, events, others, cut, ks);
        if (due)
            next = (floor(length / step) + 1.0) * step;
    }
    return ST_OK;
}
