/* recourse/proof_write.h: proofs as text, for `candor recourse --proofs FILE`.
 *
 * Three parts, so that threads make the text and one writer orders it:
 *   the head       proof_write_head, once
 *   each decision  proof_write_decision, by any thread; depends on the decision
 *                  alone
 *   the marks      proof_marks_put, by the writer, in the table's order: adds to
 *                  the end of every line " #" and 8 hex digits of a running
 *                  SHA-256, hex(i) = SHA-256(hex(i − 1) line(i)), hex(0) = 64
 *                  zeros; proof_marks_end adds the closing line with the count
 * The grammar stands in docs/PROOF-LOG.md; proofcheck/ reads it. */
#ifndef CANDOR_RECOURSE_PROOF_WRITE_H
#define CANDOR_RECOURSE_PROOF_WRITE_H

#include "base/buf.h"
#include "base/hash.h"
#include "recourse/recourse.h"

enum { PROOF_VERSION = 1 };

/* What the proofs are about. The problem's scores, levers and most_changes are
 * said in the head; lever_key[levers] as the project file calls them. */
struct proof_head {
    const char *model_sha256, *project_sha256; /* 64 hex digits */
    const struct recourse_problem *problem;
    const char *const *lever_key;
};
/* Appends lines without marks, each with its line end. */
void proof_write_head(const struct proof_head *h, struct buf *out);

/* row[quantities] as it was given to recourse_solve. r NULL: the cutoff is met
 * already, nothing to prove. id NULL: the ordinal. */
struct proof_row {
    long long ordinal;
    const char *id;
    const double *row;
    size_t quantities;
    size_t scores;               /* of the problem */
};
/* Appends lines without marks. A result without a recorded proof gives its plan
 * alone. The result's proof must still be there (before the scratch's next row).
 * Fails only for want of memory. */
MUST_USE status proof_write_decision(const struct proof_row *in,
                                     const struct recourse_result *r,
                                     struct buf *out, struct error *e);

struct proof_marks {
    char hex[SHA256_HEX];
    long long decisions;
};
void proof_marks_begin(struct proof_marks *m);
/* Whole lines (as written by the two above) → the same with marks. */
MUST_USE status proof_marks_put(struct proof_marks *m, const char *lines,
                                size_t n, struct buf *out, struct error *e);
MUST_USE status proof_marks_end(struct proof_marks *m, struct buf *out,
                                struct error *e);

#endif
