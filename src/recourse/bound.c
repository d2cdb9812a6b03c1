#include "recourse/engine.h"

void mask_narrow(const struct axis *x, uint64_t *mask, size_t low, size_t high)
{
    size_t n = x->words;

    if (x->set) {
        for (size_t v = 0; v < n; v++) {
            uint64_t any = 0;
            for (size_t c = low; c <= high; c++)
                any |= x->from[c * n + v];
            mask[x->at[v]] &= any;
        }
        return;
    }
    const uint64_t *from = x->from + high * n, *to = x->to + low * n;
    for (size_t v = 0; v < n; v++)
        mask[x->at[v]] &= from[v] & to[v];
}

/* Each tree's best leaf in the mask; trees in order, so that a smaller box never
 * sums to less. */
double mask_score(const struct game *g, const uint64_t *mask)
{
    double sum = g->constant;

    for (size_t t = 0; t < g->trees; t++) {
        uint32_t v = g->first_word[t], end = g->first_word[t + 1] - 1;
        while (mask[v] == 0 && v < end)
            v++;
        if (mask[v] != 0)
            sum += g->value[v * 64 + (size_t)__builtin_clzll(mask[v])];
    }
    return sum;
}
