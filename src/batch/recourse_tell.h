/* batch/recourse_tell.h: what many searches gave, in words for the terminal and
 * as members of a manifest. */
#ifndef CANDOR_BATCH_RECOURSE_TELL_H
#define CANDOR_BATCH_RECOURSE_TELL_H

#include "batch/session.h"
#include "measure/recourse_audit.h"
#include "syntax/json_write.h"

struct recourse_told {
    const struct recourse_audit *audit;
    unsigned long long met;    /* not searched: the decision is as wanted */
    unsigned long long failed; /* could not be searched */
    bool decline;
};

/* Notes through the host; warnings of plans that move an input against its
 * declared direction: those are defects of the model. */
void recourse_tell(const struct session *s, const struct recourse_told *t);
/* The member "recourse" of an object. */
void recourse_tell_json(const struct session *s, const struct recourse_told *t,
                        struct json_writer *w);

#endif
