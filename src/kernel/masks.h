/* kernel/masks.h: the best leaf that is left in each of many groups, summed.
 *
 * A group's leaves stand in order of value, the smallest in the top bit of its
 * word, so the best leaf that a mask leaves is the one at its leading zeros. A
 * mask is the AND of terms, each two rows of words joined by AND or by OR.
 * Groups with more leaves than a word has bits take several words: the first
 * that is not zero holds the best.
 *
 * Words come in blocks of MASKS_LANES. The sum adds block after block in
 * MASKS_LANES accumulators, folds them in a fixed order, then adds the wide
 * groups one by one: every level gives the same bits, and a mask with fewer
 * bits never a smaller sum. */
#ifndef CANDOR_KERNEL_MASKS_H
#define CANDOR_KERNEL_MASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MASKS_LANES = 8 };

struct masks_term {
    const uint64_t *a, *b; /* [words] */
    bool either;           /* a OR b; else a AND b */
};

struct masks_wide {
    uint32_t word, words; /* value[offset[word] + 64 i + leading zeros] */
};

/* A range of words that is summed by itself. */
struct masks_part {
    const double *value;
    const uint64_t *offset; /* [words]: of each word's first leaf */
    size_t first, end;      /* words of narrow groups: whole blocks */
    const struct masks_wide *wide;
    size_t wides;
};

/* terms >= 1. No group may be left without a leaf: its value would be whatever
 * stands 64 places on (values are padded for that). */
double masks_sum(const struct masks_part *p, const struct masks_term *term,
                 size_t terms);
/* out[words] = AND of the terms; words a multiple of MASKS_LANES. */
void masks_and(uint64_t *out, const struct masks_term *term, size_t terms,
               size_t words);

/* Which of up to 64 leaves of one group meet each leaf of another: along one
 * reader, leaf i of the first reaches low[i] … high[i], leaf k of the second
 * low_b[k] … high_b[k]. The second's rows are padded to MASKS_ROW entries, or
 * to twice that, with low 65535 and high 0. */
enum { MASKS_ROW = 32 };
struct masks_sides {
    const uint16_t *low, *high, *low_b, *high_b;
};
/* out[n]: bit k where leaf k of the second meets it along every reader; returns
 * how many bits there are, or more than `most` as soon as there are. */
size_t masks_meet(const struct masks_sides *side, size_t sides, size_t n,
                  size_t row, uint64_t full, size_t most, uint64_t *out);

#endif
