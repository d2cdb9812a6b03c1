/* batch/recourse_proofs.h: the proofs of candor recourse in a file: each row's
 * lines are made by its thread, marked and written in the table's order. The
 * file appears whole or not at all. */
#ifndef CANDOR_BATCH_RECOURSE_PROOFS_H
#define CANDOR_BATCH_RECOURSE_PROOFS_H

#include "batch/levers.h"
#include "batch/rows.h"
#include "facts/recourse.h"

struct proof_file;

/* Where request->proofs says; levers opened with `prove`. */
MUST_USE status proof_file_open(const struct session *s, const struct levers *l,
                                struct proof_file **out, struct error *e);
/* found NULL: the cutoff is met already. Any thread; found's proof must still
 * be there (batch/seek.h). */
MUST_USE status proof_file_row(const struct recourse_problem *p,
                               const struct row_in *in,
                               const struct recourse_found *found,
                               struct buf *out, struct error *e);
MUST_USE status proof_file_put(struct proof_file *f, const struct buf *lines,
                               struct error *e);
/* Ends the file, whatever it returns. */
MUST_USE status proof_file_close(struct proof_file *f, struct error *e);
void proof_file_free(struct proof_file *f); /* gives up; NULL is fine */

#endif
