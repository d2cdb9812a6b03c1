/* batch/summary.h: what a run says of itself: in the manifest, on the page at a
 * glance, and at the end on the terminal. No clock, host or path. */
#ifndef CANDOR_BATCH_SUMMARY_H
#define CANDOR_BATCH_SUMMARY_H

#include "batch/card.h"
#include "batch/loop.h"

struct summary {
    const struct session *session;
    const struct bench *bench;
    const struct kit *kit;
    const struct loop *loop;
    const struct card_outcome *card; /* NULL: none */
    bool blocked;
};

/* Members of the manifest before and after its files. */
MUST_USE status summary_head(const struct summary *s, struct buf *out,
                             struct error *e);
MUST_USE status summary_tail(const struct summary *s, struct buf *out,
                             struct error *e);
/* HTML for the top of the index page. */
MUST_USE status summary_page(const struct summary *s, struct buf *out,
                             struct error *e);
/* To the terminal; json: one object through the host's write. */
MUST_USE status summary_tell(const struct summary *s, bool json,
                             struct error *e);

#endif
