/* batch/card.h: the model card of a run: evaluation tables are measured, the
 * facts made, the card rendered into OUT/card. */
#ifndef CANDOR_BATCH_CARD_H
#define CANDOR_BATCH_CARD_H

#include "batch/decide.h"
#include "batch/ledger.h"

struct card_outcome {
    struct gate_list gates;
    size_t documents;
    size_t not_provided; /* declared or attested parts that are missing */
};

/* root NULL: everything is measured and gated, nothing is written. */
MUST_USE status card_make(const struct session *s, const struct kit *kit,
                          const struct bench *bench, const char *root,
                          struct ledger *ledger, struct card_outcome *out,
                          struct error *e);

#endif
