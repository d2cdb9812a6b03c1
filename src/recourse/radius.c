/* Bisection over distances. */
#include "recourse/radius_in.h"

#include <limits.h>

enum { ROUNDS = 8 };
#define NOT_FOUND LONG_MAX

struct bisection {
    struct cells c;
    struct arena *arena; /* one question's */
    uint32_t *low, *high;
    double *flip; /* of the present question */
    double *best; /* the caller's */
    double upper;
    long nodes, budget;
    /* indices of c.distance: no flip up to `refuted`, one at `found`; between
     * them, `open_low` … `open_high` were asked and left open */
    long refuted, found, open_low, open_high;
};

static void set_box(struct bisection *r, double distance)
{
    for (size_t k = 0; k < r->c.dims; k++) {
        const struct dimension *d = &r->c.dim[k];
        uint32_t low = 0, high = (uint32_t)d->edges;
        /* cells are farther the farther they are from the own one */
        for (uint32_t from = d->own; low < from;) {
            uint32_t middle = low + (from - low) / 2;
            if (cell_distance(d, middle) <= distance)
                from = middle;
            else
                low = middle + 1;
        }
        for (uint32_t from = d->own; from < high;) {
            uint32_t middle = from + (high - from + 1) / 2;
            if (cell_distance(d, middle) <= distance)
                from = middle;
            else
                high = middle - 1;
        }
        r->low[k] = low;
        r->high[k] = high;
    }
}

static long place_of(const struct bisection *r, double distance)
{
    long low = 0, high = (long)r->c.distances;

    while (low < high) {
        long middle = (low + high) / 2;
        if (r->c.distance[middle] < distance)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A box that needs too much memory is left open. */
static status ask_field(struct bisection *r, struct field *f, long until,
                        double *distance, enum answer *answer, struct error *e)
{
    struct error own = {0};
    status s = field_make(f, &own);

    if (s == ST_OK)
        s = field_search(f, until, &r->nodes, r->flip, distance, answer, &own);
    if (s == ST_LIMIT)
        return ST_OK;
    if (s != ST_OK && e != NULL)
        *e = own;
    return s;
}

/* Asks whether something within distance `at` flips, with `nodes` more boxes.
 */
static status ask(struct bisection *r, long at, long nodes, struct error *e)
{
    long until = r->nodes + nodes < r->budget ? r->nodes + nodes : r->budget;
    struct field f = {.c = &r->c, .arena = r->arena};
    enum answer answer = OPEN;
    double distance;

    TRY(cells_reach(&r->c, (size_t)at + 2, e));
    arena_reset(r->arena);
    set_box(r, r->c.distance[at]);
    f.low = r->low;
    f.high = r->high;
    TRY(ask_field(r, &f, until, &distance, &answer, e));
    if (answer == REFUTED)
        r->refuted = at;
    if (answer == OPEN) {
        r->open_low = at < r->open_low ? at : r->open_low;
        r->open_high = at > r->open_high ? at : r->open_high;
    }
    if (answer == FOUND) {
        r->found = place_of(r, distance);
        r->upper = distance;
        memcpy(r->best, r->flip, r->c.shared->q.model->features * sizeof *r->flip);
    }
    return ST_OK;
}

static void forget_open(struct bisection *r)
{
    r->open_low = r->found;
    r->open_high = r->refuted;
}

static bool any_open(const struct bisection *r)
{
    return r->open_low < r->found && r->open_high > r->refuted;
}

static double lower_of(const struct bisection *r)
{
    return r->refuted + 1 < (long)r->c.distances ? r->c.distance[r->refuted + 1]
                                                 : (double)INFINITY;
}

static bool close_enough(const struct bisection *r)
{
    double lower = lower_of(r);

    return lower >= r->upper ||
           (isfinite(r->upper) && r->upper - lower <= RADIUS_WITHIN * r->upper);
}

/* Doubles the distance (in thresholds met) until something flips. */
static status gallop(struct bisection *r, long nodes, struct error *e)
{
    for (long at = 0; r->nodes < r->budget; at = 2 * at + 1) {
        TRY(cells_reach(&r->c, (size_t)at + 2, e));
        long last = r->c.all ? (long)r->c.distances - 1 : NOT_FOUND;
        at = at < last ? at : last;
        TRY(ask(r, at, nodes, e));
        if (r->found != NOT_FOUND)
            return ST_OK;
        if (at == last)
            break;
    }
    r->found = (long)r->c.distances;
    return ST_OK;
}

/* Halves what is not known until only open questions are left. */
static status halve(struct bisection *r, long nodes, struct error *e)
{
    while (r->nodes < r->budget && !close_enough(r)) {
        long at;
        if (!any_open(r)) {
            forget_open(r);
            at = r->refuted + (r->found - r->refuted) / 2;
            if (r->found - r->refuted <= 1)
                break;
        } else if (r->open_low - r->refuted > 1)
            at = r->refuted + (r->open_low - r->refuted) / 2;
        else if (r->found - r->open_high > 1)
            at = r->open_high + (r->found - r->open_high) / 2;
        else
            break;
        TRY(ask(r, at, nodes, e));
    }
    return ST_OK;
}

static status bisect(struct bisection *r, struct error *e)
{
    long nodes = r->budget / 64 + 64;

    r->refuted = -1;
    r->found = NOT_FOUND;
    r->upper = (double)INFINITY;
    forget_open(r);
    TRY(cells_reach(&r->c, 1, e));
    if (r->c.distances == 0)
        return ST_OK;
    TRY(gallop(r, nodes, e));
    for (int k = 0; k < ROUNDS && r->nodes < r->budget && !close_enough(r);
         k++) {
        TRY(halve(r, nodes, e));
        forget_open(r);
        nodes *= 2;
    }
    return ST_OK;
}

static status find(struct bisection *r, struct radius_result *out, struct error *e)
{
    size_t features = r->c.shared->q.model->features;

    r->c.arena = arena_new(RADIUS_MEMORY);
    r->arena = arena_new(RADIUS_MEMORY);
    if (r->c.arena == NULL || r->arena == NULL)
        return error_memory(e);
    TRY(cells_make(&r->c, e));
    r->low = arena_new_array(r->c.arena, uint32_t, r->c.dims + 1);
    r->high = arena_new_array(r->c.arena, uint32_t, r->c.dims + 1);
    r->flip = arena_new_array(r->c.arena, double, features + 1);
    if (r->low == NULL || r->high == NULL || r->flip == NULL)
        return arena_error(r->c.arena, e);
    TRY(bisect(r, e));
    *out = (struct radius_result){.passes = r->c.passes,
                                  .lower = lower_of(r),
                                  .upper = r->upper,
                                  .proven = close_enough(r),
                                  .nodes = r->nodes};
    out->never = isinf(out->lower);
    return ST_OK;
}

status radius_find(const struct radius *shared, const double *row,
                   double *flip, struct radius_result *out, struct error *e)
{
    struct bisection r = {.c = {.shared = shared, .row = row},
                          .best = flip,
                          .budget = shared->q.node_budget};

    memcpy(flip, row, shared->q.model->features * sizeof *flip);
    status s = find(&r, out, e);
    arena_free(r.c.arena);
    arena_free(r.arena);
    return s;
}
