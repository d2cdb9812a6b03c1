/* shapley/estimators.h: contributions of the inputs to one margin.
 *
 * An estimator is one row of one table (estimators.c). All work on the margin
 * scale (log-odds, raw score, log mean) in double precision, and for every
 * output at once.
 *
 *   path-dependent   v(S): splits on features outside S are averaged by the
 *                    model's own covers (Lundberg et al. 2018)
 *   interventional   v(S): mean over the named reference rows z of the model
 *                    at (row on S, z elsewhere); exact for any number of rows
 *
 * Covers are taken as the producing library takes them: shares are normalised
 * to the sum of the two children; both zero: one half each.
 *
 * Layout of results: phi[n][outputs][features + 1], the last entry the base
 * value v(∅) (base margin included); residual[n][outputs] = margin − base −
 * Σ phi with the margin of model_margin. It is kept, never spread over phi. */
#ifndef CANDOR_SHAPLEY_ESTIMATORS_H
#define CANDOR_SHAPLEY_ESTIMATORS_H

#include "base/error.h"
#include "model/model.h"

enum { ESTIMATOR_WHY_MAX = 120 };

/* Rows to compare with. The explainer copies what it needs. */
struct explain_reference {
    const char *name;    /* as documents call it; never NULL */
    const double *rows;  /* [count][model features] */
    size_t count;        /* at least 1 */
};

struct explainer;        /* prepared; immutable, shared by all threads */
struct explain_scratch;  /* one a thread */

struct estimator {
    const char *name, *title;
    bool needs_reference, exact;
    /* False: `why` says what the model has that cannot be explained. */
    bool (*supports)(const struct model *m, char why[ESTIMATOR_WHY_MAX]);
    status (*prepare)(struct explainer *x, const struct explain_reference *r,
                      struct error *e);
    /* Adds the contributions of one row to phi[outputs][features + 1], whose
     * last entries hold the base already. */
    void (*explain)(const struct explainer *x, struct explain_scratch *s,
                    const double *row, double *phi);
    void (*free)(struct explainer *x);
};

size_t estimator_count(void);
const struct estimator *estimator_at(size_t i);
const struct estimator *estimator_find(const char *name); /* NULL: none */

/* The model must outlive the explainer. r: NULL unless needs_reference.
 * memory_cap bounds what is prepared (0: 1 GiB): where pattern tables would
 * exceed it the leaner exact form is used; LIMIT when even that is too large.
 * UNSUPPORTED with the reason of supports(). */
MUST_USE status shapley_prepare(const struct estimator *estimator,
                                const struct model *m,
                                const struct explain_reference *r,
                                size_t memory_cap, struct explainer **out,
                                struct error *e);
void shapley_free(struct explainer *x); /* NULL is fine */

MUST_USE status shapley_scratch_new(const struct explainer *x,
                                    struct explain_scratch **out,
                                    struct error *e);
void shapley_scratch_free(struct explain_scratch *s);

/* rows[n][features] → phi[n][outputs][features + 1], residual[n][outputs]
 * (NULL: not wanted). Cannot fail; the same row gives the same bits in any
 * thread and at any n. */
void shapley_explain(const struct explainer *x, struct explain_scratch *s,
                     const double *rows, size_t n, double *phi,
                     double *residual);

const struct estimator *shapley_estimator(const struct explainer *x);
/* "" for an estimator without reference. */
const char *shapley_reference_name(const struct explainer *x);
size_t shapley_reference_count(const struct explainer *x);
double shapley_base(const struct explainer *x, size_t output);
size_t shapley_memory(const struct explainer *x); /* bytes prepared */

#endif
