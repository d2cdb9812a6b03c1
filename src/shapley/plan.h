/* shapley/plan.h: what an explanation would take, said before it is begun.
 * Nothing is allocated but counters; the model is walked once. */
#ifndef CANDOR_SHAPLEY_PLAN_H
#define CANDOR_SHAPLEY_PLAN_H

#include "shapley/estimators.h"

enum plan_kernel {
    PLAN_ADDITIVE,   /* trees of one input: a table an input; equal leaves */
    PLAN_REGISTERS,  /* pattern tables of at most 6 comparisons */
    PLAN_TABLES,     /* 7 to 14 */
    PLAN_QUADRATURE, /* path-dependent, any depth */
    PLAN_LISTS,      /* interventional beyond 14: exact walks, double */
    PLAN_KERNELS
};

struct explain_plan {
    size_t leaves[PLAN_KERNELS]; /* how many each kernel takes */
    size_t unused_players;       /* that no split reads */
    size_t columns;              /* byte columns of a row (kernel/bins.h) */
    size_t table_bytes;          /* all tables, all games */
    size_t resident_bytes;       /* prepared at once within `memory` */
    size_t scratch_bytes;        /* a thread */
    size_t passes;               /* runs of trees a call: 1, all resident */
    size_t block;                /* rows a call */
    double prepare_seconds;      /* estimates: work counted by this plan times */
    double row_seconds;          /* costs measured on a reference machine */
    const char *simd;            /* the level that would run */
};

MUST_USE status shapley_plan(const struct explain_request *r,
                             struct explain_plan *out, struct error *e);
const char *plan_kernel_word(enum plan_kernel k);

#endif
