/* batch/reference.h: the populations that reasons compare with, and one
 * explainer prepared against both: FLOAT mode, with strict values of single
 * rows at hand (shapley_explain_strict). */
#ifndef CANDOR_BATCH_REFERENCE_H
#define CANDOR_BATCH_REFERENCE_H

#include "batch/estimating.h"
#include "reasons/reasons.h"
#include "shapley/estimators.h"

enum { REFERENCE_BYTES_MAX = 128 << 20 };

struct reference {
    const struct project_table *table; /* NULL: not declared */
    double *rows;                      /* [count][model features], or
                                          [count][recourse.width] */
    size_t count;
    double mean_margin;                /* of the project's output */
    char sha256[SHA256_HEX];           /* "" when the source has no bytes */
    long long bad_rows;
    struct row_error first_bad;        /* where some are; its name is in its text */
};

/* Reads a population. near_cutoff keeps the rows "at or slightly above" the
 * cutoff: approved by score, and no further than documents.near_cutoff_width
 * from it (comment 9(b)(2)-5, method A). */
MUST_USE status reference_load(const struct session *s,
                               const struct project_table *table,
                               bool near_cutoff, struct reference *out,
                               struct error *e);
/* The same with rows of quantities. */
MUST_USE status reference_load_quantities(const struct session *s,
                                          const struct project_table *table,
                                          bool near_cutoff,
                                          struct reference *out,
                                          struct error *e);
void reference_free(struct reference *r);

/* Both populations of the project, where it names them. */
struct references {
    struct reference of[METHODS];
    struct explainer *explainer; /* NULL: none of them has rows, or no
                                    estimator takes the model */
    bool estimated;              /* then these, where it can be asked: */
    struct estimate_players players;
    struct estimating estimating;
    long game[METHODS];          /* of either; -1: not there */
};
MUST_USE status references_open(const struct session *s,
                                struct references *out, struct error *e);
void references_close(struct references *r);

#endif
