/* batch/loop_lines.h: what one row of a run gave, and its line in
 * decisions.jsonl, refused.jsonl or errors.jsonl. Private to the loop. */
#ifndef CANDOR_BATCH_LOOP_LINES_H
#define CANDOR_BATCH_LOOP_LINES_H

#include "batch/loop.h"
#include "batch/papers.h"

enum outcome { OUTCOME_SKIPPED, OUTCOME_BAD, OUTCOME_REFUSED, OUTCOME_DONE };

/* What one row of the block gave; reused block after block. */
struct result {
    enum outcome outcome;
    enum action action;
    bool estimated, open_order;
    bool not_searched;
    bool gate[GATES];
    bool explained, checked;
    double residual, difference, bound_share;
    struct buf line;   /* decisions.jsonl, refused.jsonl or errors.jsonl */
    struct buf id, note;
    char folder[LEDGER_PATH_MAX];
    struct paper_files files;
};

/* run: gates of the whole run, told with the decision's own. */
MUST_USE status refusal_line(const struct gate_list *run, struct result *r,
                             const struct finding *f, struct error *e);
MUST_USE status decision_line(struct result *r, const struct finding *f,
                              struct error *e);
/* The row is bad from here on. */
MUST_USE status bad_line(struct result *r, const struct row_error *bad,
                         struct error *e);

#endif
