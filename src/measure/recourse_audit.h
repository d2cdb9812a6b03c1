/* measure/recourse_audit.h: what searches for recourse found over many declined
 * people: how many have a plan, how dear and how long it is, for all and by
 * group; which levers plans use; which inputs they move the wrong way; and how
 * the principal reasons stand beside the plans.
 *
 * Counts are whole, costs are kept by value (measure/tally.h): an audit depends
 * on the set of cases alone, not on their order, on blocks, threads or the order
 * of merging. Memory: 568 bytes a group and at most TALLY_CAP costs of it, 56 a
 * lever, input and factor.
 *
 * Intervals: shares Wilson; means Student; the median between the order
 * statistics that the binomial distribution names (Conover 1999, §3.2). */
#ifndef CANDOR_MEASURE_RECOURSE_AUDIT_H
#define CANDOR_MEASURE_RECOURSE_AUDIT_H

#include "measure/estimate.h"

#include <stdint.h>

enum {
    AUDIT_COLUMNS = 8,       /* of groups */
    AUDIT_GROUPS = 1024,     /* groups of all columns together */
    AUDIT_NAMES_MAX = 65536, /* levers, inputs and factors each */
    AUDIT_CHANGES_MAX = 64   /* of one plan */
};

/* What one search ended with. The first three have a plan that the deployed
 * model's own arithmetic accepts. */
enum audit_answer {
    AUDIT_PROVEN, AUDIT_WITHIN, AUDIT_FOUND, AUDIT_IMPOSSIBLE, AUDIT_UNDECIDED,
    AUDIT_ANSWERS
};

struct audit_spec {
    size_t levers, inputs, factors;
    size_t columns;
    size_t codes[AUDIT_COLUMNS];
};

struct audit_case { /* one declined decision */
    enum audit_answer answer;
    double cost;             /* of the plan; not read without one */
    size_t changes;          /* 0: no plan */
    const size_t *lever;     /* [changes] */
    unsigned long long boxes;
    bool guard_changed;      /* a plan no dearer passed but for the guard */
    const uint16_t *group;   /* [columns] codes; beyond codes: in no group */
};

/* A principal reason of a decision that was searched. */
struct audit_reason {
    size_t factor;
    bool first;              /* the first factor reason of its decision */
    bool movable;            /* a lever moves an input of the factor */
    bool used;               /* a plan of the decision moves one */
    enum audit_answer answer; /* the decision's */
};

struct recourse_audit;

MUST_USE status recourse_audit_new(const struct audit_spec *spec,
                                   struct recourse_audit **out,
                                   struct error *e);
void recourse_audit_free(struct recourse_audit *a); /* NULL is fine */

MUST_USE status recourse_audit_add(struct recourse_audit *a,
                                   const struct audit_case *c,
                                   struct error *e);
/* A plan (the smallest, or an alternative) moves an input by its own lever:
 * wrong when that is against the direction declared as better. */
MUST_USE status recourse_audit_move(struct recourse_audit *a, size_t input,
                                    bool wrong, struct error *e);
MUST_USE status recourse_audit_reason(struct recourse_audit *a,
                                      const struct audit_reason *r,
                                      struct error *e);
/* Exact; the two were made of equal specs. */
MUST_USE status recourse_audit_merge(struct recourse_audit *into,
                                     const struct recourse_audit *from,
                                     struct error *e);

/* --- what was found. group: 0 all cases, else audit_group(column, code) --- */
size_t audit_group(const struct recourse_audit *a, size_t column, size_t code);
double audit_n(const struct recourse_audit *a, size_t group);
double audit_count(const struct recourse_audit *a, size_t group,
                   enum audit_answer answer);
/* With a plan: the first three answers. */
double audit_plans(const struct recourse_audit *a, size_t group);
struct estimate audit_share(const struct recourse_audit *a, size_t group,
                            enum audit_answer answer);
struct estimate audit_share_plan(const struct recourse_audit *a, size_t group);
/* Of those with a plan. */
struct estimate audit_cost_mean(const struct recourse_audit *a, size_t group);
struct estimate audit_cost_median(const struct recourse_audit *a,
                                  size_t group);
double audit_cost_quantile(const struct recourse_audit *a, size_t group,
                           double q); /* NaN without plans */
struct estimate audit_changes_mean(const struct recourse_audit *a,
                                   size_t group);
double audit_changes(const struct recourse_audit *a, size_t group,
                     size_t changes); /* plans of so many changes */

double audit_boxes(const struct recourse_audit *a);
double audit_guard_changed(const struct recourse_audit *a);
/* Smallest plans that use the lever. */
double audit_lever(const struct recourse_audit *a, size_t lever);
double audit_moved(const struct recourse_audit *a, size_t input);
double audit_wrong(const struct recourse_audit *a, size_t input);

struct audit_reasons { /* counts */
    double given, first;     /* as a principal reason; as the first one */
    double unmovable;        /* no lever moves an input of the factor */
    double impossible;       /* one does, and recourse is proven impossible */
    double planned;          /* the decision has a plan */
    double unused;           /* of those: no plan moves an input of it */
    double first_without;    /* of `first`: unmovable or impossible */
};
struct audit_reasons audit_reasons_of(const struct recourse_audit *a,
                                      size_t factor);
struct audit_reasons audit_reasons_all(const struct recourse_audit *a);

/* Interval of a median of n values: the order statistics (from 1) between which
 * it lies with at least 95 %; false when n is too small (below 6). */
bool audit_median_ranks(double n, double *low, double *high);

#endif
