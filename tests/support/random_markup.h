/* Markup of every kind that a page must hold, the same for the same seed. */
#ifndef CANDOR_TESTS_RANDOM_MARKUP_H
#define CANDOR_TESTS_RANDOM_MARKUP_H

#include "base/buf.h"

#include <stdint.h>

/* 0 <= x < n; moves the seed on. */
unsigned markup_below(uint64_t *seed, unsigned n);
/* One to `most` words, some of them hard to break. */
void random_words(uint64_t *seed, struct buf *b, unsigned most);
/* One block, perhaps with blocks inside; depth is 0 at the top. */
void random_block(uint64_t *seed, struct buf *b, int depth);

#endif
