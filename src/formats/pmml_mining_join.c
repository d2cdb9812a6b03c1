/* Results of segments into one. A segment counts where its predicate is true;
 * where its own result is missing, missingPredictionTreatment says what then:
 * "continue" and "returnMissing" make sums, means and medians missing (a vote
 * that is missing is cast for nobody under "continue"), "skipSegment" leaves it
 * out as long as no larger share of the weights than missingThreshold is
 * missing. */
#include "formats/pmml_mining.h"

#include <math.h>

struct join {
    struct pmml *p;
    const struct pmml_segmentation *g;
    const reg *active;  /* NULL: all */
    reg zero, nan;
    bool plain;         /* all count, and a missing one makes all missing */
    reg *present;       /* [segments] 1 where it counts and has a result */
    reg weights;        /* Σ weight over those */
    reg veto;           /* NaN: no result; else 0 */
};

static double weight_of(const struct join *j, size_t i)
{
    return pmml_weighs(j->g->method) ? j->g->segment[i].weight : 1.0;
}

static reg *regs(struct join *j, size_t n, struct error *e)
{
    reg *r = arena_new_array(j->p->arena, reg, n);
    if (r == NULL)
        arena_error(j->p->arena, e);
    return r;
}

/* Σ weight × flag. */
static status weigh(struct join *j, const reg *flag, reg *out, struct error *e)
{
    size_t n = j->g->segments;
    double *w = arena_new_array(j->p->arena, double, n);
    if (w == NULL)
        return arena_error(j->p->arena, e);
    for (size_t i = 0; i < n; i++)
        w[i] = weight_of(j, i);
    return program_affine(j->p->k, w, NULL, false, flag, n, 1, out, e);
}

/* veto: NaN where no segment counts, or too much is missing. */
static status vetoes(struct join *j, reg active_weight, struct error *e)
{
    struct program_maker *k = j->p->k;
    reg none = 0, lost = 0, most = 0, many = 0, any = 0;
    TRY(program_map(k, MAP_THRESHOLD, 0.0, 0.0, false, &j->weights, 1, &any,
                    e));
    TRY(program_choose(k, &any, &j->zero, &j->nan, &j->nan, 1, &none, e));
    TRY(program_pair(k, PAIR_SUBTRACT, false, &active_weight, &j->weights, 1,
                     &lost, e));
    double limit = j->g->lost == LOST_SKIP || (j->g->lost == LOST_CONTINUE &&
                                               j->g->method <=
                                                   METHOD_WEIGHTED_MAJORITY)
                       ? j->g->threshold : 0.0;
    TRY(program_map(k, MAP_SCALE, limit, 0.0, false, &active_weight, 1, &most,
                    e));
    TRY(program_pair(k, PAIR_LESS, false, &most, &lost, 1, &many, e));
    reg late = 0;
    TRY(program_choose(k, &many, &j->nan, &j->zero, &j->nan, 1, &late, e));
    return program_pair(k, PAIR_ADD, false, &none, &late, 1, &j->veto, e);
}

/* told[i]: a register of segment i that is missing where its result is. */
static status begin(struct join *j, const reg *told, struct error *e)
{
    struct program_maker *k = j->p->k;
    size_t n = j->g->segments;
    reg active_weight = 0;
    TRY(pmml_constant(j->p, 0.0, &j->zero, e));
    TRY(pmml_constant(j->p, (double)NAN, &j->nan, e));
    bool vote = j->g->method <= METHOD_WEIGHTED_MAJORITY;
    j->plain = j->active == NULL &&
               (j->g->lost == LOST_RETURN ||
                (j->g->lost == LOST_CONTINUE && !vote));
    if (j->plain)
        return ST_OK;
    reg *here = regs(j, n, e), *active = regs(j, n, e);
    if (here == NULL || active == NULL || (j->present = regs(j, n, e)) == NULL)
        return ST_MEMORY;
    reg one = 0;
    TRY(pmml_constant(j->p, 1.0, &one, e));
    for (size_t i = 0; i < n; i++)
        active[i] = j->active == NULL ? one : j->active[i];
    TRY(program_map(k, MAP_IS_PRESENT, 0.0, 0.0, false, told, n, here, e));
    TRY(program_pair(k, PAIR_MULTIPLY, false, here, active, n, j->present, e));
    TRY(weigh(j, active, &active_weight, e));
    TRY(weigh(j, j->present, &j->weights, e));
    return vetoes(j, active_weight, e);
}

static status plain_sum(struct join *j, const reg *value, reg *out,
                        struct error *e)
{
    size_t n = j->g->segments;
    bool mean = j->g->method != METHOD_SUM &&
                j->g->method != METHOD_WEIGHTED_SUM;
    reg sum = 0;
    double all = 0.0;
    for (size_t i = 0; i < n; i++)
        all += weight_of(j, i);
    if (!(all > 0.0) && mean)
        return pmml_fault(j->p, j->g->at, e, ST_FORMAT,
                          "the weights of its segments add up to 0");
    if (pmml_weighs(j->g->method))
        TRY(weigh(j, value, &sum, e));
    else
        TRY(program_reduce(j->p->k, REDUCE_SUM, j->g->single, value, n, &sum,
                           e));
    if (!mean) {
        *out = sum;
        return ST_OK;
    }
    reg divisor = 0;
    TRY(pmml_constant(j->p, all, &divisor, e));
    return program_pair(j->p->k, PAIR_DIVIDE, j->g->single, &sum, &divisor, 1,
                        out, e);
}

static status masked_sum(struct join *j, const reg *value, reg *out,
                         struct error *e)
{
    struct program_maker *k = j->p->k;
    size_t n = j->g->segments;
    reg *counted = regs(j, n, e), *zeros = regs(j, n, e), sum = 0;
    if (counted == NULL || zeros == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++)
        zeros[i] = j->zero;
    TRY(program_choose(k, j->present, value, zeros, zeros, n, counted, e));
    if (pmml_weighs(j->g->method))
        TRY(weigh(j, counted, &sum, e));
    else
        TRY(program_reduce(k, REDUCE_SUM, j->g->single, counted, n, &sum, e));
    if (j->g->method != METHOD_SUM && j->g->method != METHOD_WEIGHTED_SUM)
        TRY(program_pair(k, PAIR_DIVIDE, j->g->single, &sum, &j->weights, 1,
                         &sum, e));
    return program_pair(k, PAIR_ADD, false, &sum, &j->veto, 1, out, e);
}

static status largest(struct join *j, const reg *value, reg *out,
                      struct error *e)
{
    struct program_maker *k = j->p->k;
    size_t n = j->g->segments;
    if (j->plain)
        return program_reduce(k, REDUCE_MAXIMUM, false, value, n, out, e);
    reg *counted = regs(j, n, e), *nans = regs(j, n, e), top = 0;
    if (counted == NULL || nans == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++)
        nans[i] = j->nan;
    TRY(program_choose(k, j->present, value, nans, nans, n, counted, e));
    TRY(program_reduce(k, REDUCE_PRESENT_MAXIMUM, false, counted, n, &top, e));
    return program_pair(k, PAIR_ADD, false, &top, &j->veto, 1, out, e);
}

/* The first segment that counts: from the last to the first. */
static status first_of(struct join *j, const reg *value, reg *out,
                       struct error *e)
{
    struct program_maker *k = j->p->k;
    reg one = 0, rest = j->nan;
    TRY(pmml_constant(j->p, 1.0, &one, e));
    for (size_t i = j->g->segments; i-- > 0;) {
        reg counts = j->active == NULL ? one : j->active[i], here = 0;
        if (j->g->lost == LOST_SKIP) {
            TRY(program_map(k, MAP_IS_PRESENT, 0.0, 0.0, false, &value[i], 1,
                            &here, e));
            TRY(program_pair(k, PAIR_MULTIPLY, false, &counts, &here, 1,
                             &counts, e));
        }
        TRY(program_choose(k, &counts, &value[i], &rest, &rest, 1, &rest, e));
    }
    *out = rest;
    return ST_OK;
}

static status join_one(struct join *j, const reg *value, reg *out,
                       struct error *e)
{
    switch (j->g->method) {
    case METHOD_FIRST:
        return first_of(j, value, out, e);
    case METHOD_MAX:
        return largest(j, value, out, e);
    case METHOD_MEDIAN:
        if (!j->plain)
            return pmml_fault(j->p, j->g->at, e, ST_UNSUPPORTED,
                              "a median of some of the segments is not "
                              "supported");
        return program_reduce(j->p->k, REDUCE_MEDIAN, false, value,
                              j->g->segments, out, e);
    default:
        return j->plain ? plain_sum(j, value, out, e)
                        : masked_sum(j, value, out, e);
    }
}

status pmml_join_numbers(struct pmml *p, const struct pmml_segmentation *g,
                         const reg *value, const reg *active, reg *out,
                         struct error *e)
{
    struct join j = {.p = p, .g = g, .active = active};
    if (g->method <= METHOD_WEIGHTED_MAJORITY)
        return pmml_fault(p, g->at, e, ST_FORMAT,
                          "votes are for classifications");
    TRY(begin(&j, value, e));
    return join_one(&j, value, out, e);
}

status pmml_join_classes(struct pmml *p, const struct pmml_segmentation *g,
                         const reg *const *value, size_t classes,
                         const reg *active, reg *out, struct error *e)
{
    struct join j = {.p = p, .g = g, .active = active};
    if (g->method == METHOD_MEDIAN || g->method == METHOD_MAX ||
        g->method == METHOD_SUM || g->method == METHOD_WEIGHTED_SUM)
        return pmml_fault(p, g->at, e, ST_UNSUPPORTED,
                          "a %s of classifications is not supported",
                          xml_value(g->at, "multipleModelMethod"));
    reg *one = regs(&j, g->segments, e);
    if (one == NULL)
        return ST_MEMORY;
    for (size_t k = 0; k < classes; k++) {
        for (size_t i = 0; i < g->segments; i++)
            one[i] = value[i][k];
        if (k == 0)
            TRY(begin(&j, one, e));
        TRY(join_one(&j, one, &out[k], e));
    }
    return ST_OK;
}
