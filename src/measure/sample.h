/* measure/sample.h: the columns of a scored table that measures need, one row
 * a decision: 8 bytes (score) + 8 (probability, optional) + 1 (label) + 2
 * (period, optional) + 2 a group column. A million rows with two group columns
 * and periods are 23 MB.
 *
 * Orientation: a higher score means MORE of the event (label 1). A caller whose
 * scores run the other way negates them and the cutoff.
 *
 * Threads: each fills a sample of its own with a run of rows, and the caller
 * merges them in row order; or rows are reserved and each thread writes its own
 * (sample_put). Either way the rows and hence every measure are the same bits.
 * Rows with unknown outcome count in selection rates and drift, not in
 * performance. NaN or infinite scores, probabilities outside [0, 1] and labels
 * other than 0, 1, LABEL_UNKNOWN are refused (DATA, with the row's number). */
#ifndef CANDOR_MEASURE_SAMPLE_H
#define CANDOR_MEASURE_SAMPLE_H

#include "base/error.h"

#include <stdint.h>

enum {
    SAMPLE_GROUPS_MAX = 8,
    SAMPLE_ROWS_MAX = 1 << 28,
    LABEL_UNKNOWN = 255,
    CODE_UNKNOWN = 0xffff, /* of groups and periods */
    CODES_MAX = 4096       /* distinct codes of a group column or of periods */
};

struct sample_shape {
    bool probability, period;
    size_t groups; /* <= SAMPLE_GROUPS_MAX */
};

struct sample_row {
    double score, probability;
    uint8_t label;
    uint16_t period;
    uint16_t group[SAMPLE_GROUPS_MAX];
};

struct sample { /* columns are read by anyone, written only by this file */
    struct sample_shape shape;
    size_t n, room;
    double *score, *probability;        /* NULL when not in the shape */
    uint8_t *label;
    uint16_t *period;
    uint16_t *group[SAMPLE_GROUPS_MAX];
};

MUST_USE status sample_new(const struct sample_shape *shape,
                           struct sample **out, struct error *e);
void sample_free(struct sample *s);
MUST_USE status sample_add(struct sample *s, const struct sample_row *row,
                           struct error *e);
/* Adds from's rows behind into's; the shapes must be equal. */
MUST_USE status sample_merge(struct sample *into, const struct sample *from,
                             struct error *e);
/* Makes rows 0…n-1 exist (score 0, unknown label and codes) … */
MUST_USE status sample_resize(struct sample *s, size_t n, struct error *e);
/* … to be written by any thread, each its own rows. */
MUST_USE status sample_put(struct sample *s, size_t index,
                           const struct sample_row *row, struct error *e);

/* Where decisions part. Flagged: score >= at, or score > at when `strict`.
 * The favourable side (approved, selected) is below unless said otherwise. */
struct cutoff {
    double at;
    bool strict;
    bool favourable_above;
};
static inline bool cutoff_flags(const struct cutoff *c, double score)
{
    return c->strict ? score > c->at : score >= c->at;
}
static inline bool cutoff_selects(const struct cutoff *c, double score)
{
    return cutoff_flags(c, score) == c->favourable_above;
}

#endif
