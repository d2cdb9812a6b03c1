/* batch/decide.h: one decision: read, scored, explained against both
 * populations, searched for recourse, gated. One decider a thread.
 *
 * The deployed model's score is asked in blocks where the model is no forest
 * (decider_scores), before rows are worked on.
 *
 * What a document prints comes from STRICT contributions, or, where no exact
 * estimator takes the model, from estimates with their error (estimating.h). The fast kernels
 * explain the same rows in blocks, and a difference beyond the bound that they
 * state ends the run (docs/NUMERICS.md). */
#ifndef CANDOR_BATCH_DECIDE_H
#define CANDOR_BATCH_DECIDE_H

#include "batch/kit.h"
#include "batch/reference.h"
#include "batch/seek.h"

/* What all deciders of a run share. */
struct bench {
    const struct session *session;
    const struct kit *kit;
    struct references references;
    struct levers levers;          /* of documents and of the card's audit */
    struct seeking seeking;        /* where levers has something to search with */
    struct reference_info info[METHODS];
    bool recourse;                 /* wanted: an explanation is made */
    struct gate_list gates;        /* of the run */
};
/* Opens references and levers and runs the gates of the run. */
MUST_USE status bench_open(const struct session *s, const struct kit *kit,
                           struct bench *out, struct error *e);
void bench_close(struct bench *b);

struct finding {
    struct decision decision;
    struct gate_list gates;
    struct decision_findings facts; /* ready for facts_decision */
    struct recourse_found recourse;
    bool refused;                   /* a gate blocks */
};

struct decider;
MUST_USE status decider_new(const struct bench *b, struct decider **out,
                            struct error *e);
void decider_free(struct decider *d); /* NULL is fine */
/* Columns a block must hold behind the input map's. */
size_t decider_columns(const struct decider *d,
                       const struct column_spec **columns);
/* Contributions by the fast kernels, to be given to decider_row: doubles a row,
 * 0 where no kernel is faster than the strict way. */
size_t decider_fast(const struct bench *b);
/* Rows that one call of decider_fast_rows likes best. */
size_t decider_fast_block(const struct bench *b);
/* Explains row[n] of the block into fast[i * decider_fast] for each i among
 * them; n at most decider_fast_block. */
MUST_USE status decider_fast_rows(struct decider *d, const struct block *block,
                                  const size_t *row, size_t n, double *fast,
                                  struct error *e);
/* True: scores come from decider_scores, for many rows at once. */
bool decider_asks(const struct bench *b);
/* margin[block rows][outputs], by the deployed model's own arithmetic, of the
 * wanted ones among the n rows from `from` on that a score decides about: those
 * that cannot be read and incomplete applications are not asked. */
MUST_USE status decider_scores(struct decider *d, const struct block *block,
                               const bool *wanted, size_t from, size_t n,
                               double *margin, struct error *e);
/* What estimates cost so far; NULL: nothing is estimated. */
const struct estimate_bill *decider_bill(struct decider *d);
/* What its searches gave so far; NULL: it has none. */
struct recourse_audit *decider_audit(struct decider *d);
/* Row i of the block; margin: its own from decider_scores, NULL: asked now;
 * fast: its own from above, NULL where there are none. BUG: they break their bound. *bad is set when the row cannot be used (then the finding
 * is empty). Valid until the decider's next row. */
MUST_USE status decider_row(struct decider *d, const struct block *block,
                            size_t i, const double *margin,
                            const double *fast, struct finding *out,
                            struct row_error *bad, bool *usable,
                            struct error *e);

#endif
