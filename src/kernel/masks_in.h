/* kernel/masks_in.h: what the files of masks share. */
#ifndef CANDOR_KERNEL_MASKS_IN_H
#define CANDOR_KERNEL_MASKS_IN_H

#include "kernel/masks.h"

#if defined(__x86_64__)
double masks_sum_avx2(const struct masks_part *p, const struct masks_term *term,
                      size_t terms);
double masks_sum_avx512(const struct masks_part *p,
                        const struct masks_term *term, size_t terms);
void masks_and_avx2(uint64_t *out, const struct masks_term *term, size_t terms,
                    size_t words);
void masks_and_avx512(uint64_t *out, const struct masks_term *term,
                      size_t terms, size_t words);
size_t masks_meet_avx2(const struct masks_sides *side, size_t sides, size_t n,
                       size_t row, uint64_t full, size_t most, uint64_t *out);
size_t masks_meet_avx512(const struct masks_sides *side, size_t sides, size_t n,
                         size_t row, uint64_t full, size_t most, uint64_t *out);
#endif

static inline uint64_t masks_word(const struct masks_term *term, size_t terms,
                                  size_t v)
{
    uint64_t m = ~(uint64_t)0;

    for (size_t i = 0; i < terms; i++)
        m &= term[i].either ? term[i].a[v] | term[i].b[v]
                            : term[i].a[v] & term[i].b[v];
    return m;
}

static inline uint64_t masks_zeros(uint64_t m)
{
    return m == 0 ? 64 : (uint64_t)__builtin_clzll(m);
}

static inline double masks_fold(const double lane[MASKS_LANES])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static inline double masks_wides(const struct masks_part *p,
                                 const struct masks_term *term, size_t terms,
                                 double sum)
{
    for (size_t i = 0; i < p->wides; i++) {
        const struct masks_wide *w = &p->wide[i];
        for (uint32_t k = 0; k < w->words; k++) {
            uint64_t m = masks_word(term, terms, w->word + k);
            if (m == 0)
                continue;
            sum += p->value[p->offset[w->word + k] + masks_zeros(m)];
            break;
        }
    }
    return sum;
}

#endif
