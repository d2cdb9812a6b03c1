/* kernel/gather_in.h: what the files of gather share. */
#ifndef CANDOR_KERNEL_GATHER_IN_H
#define CANDOR_KERNEL_GATHER_IN_H

#include "base/arena.h"
#include "kernel/gather.h"

enum { GATHER_BLOCK = 64 /* rows at a time */ };
#define GATHER_NONE UINT32_MAX

/* Blocks first to first + count - 1 add up in the same slots. */
struct gather_group {
    size_t first, count;
    uint32_t used;                  /* slots */
    uint32_t target[GATHER_WIDTH];
};

struct gather {
    struct gather_step *step;
    size_t steps, blocks, groups;
    uint32_t *block_step;           /* [blocks] */
    size_t *at;                     /* [blocks] its table, in floats */
    uint8_t *slot;                  /* [blocks][GATHER_WIDTH] */
    struct gather_group *group;
    float *table;                   /* aligned to a line of the cache */
    void *memory;
    size_t room, bytes;             /* room: floats of memory */
};

/* Both for 64 rows. index: [steps][64]; sum: the first row's. */
struct gather_passes {
    void (*steps)(const struct gather *g, const uint8_t *tile, size_t stride,
                  uint16_t *index);
    void (*group)(const struct gather *g, const struct gather_group *k,
                  const uint16_t *index, double *sum, size_t sum_stride);
};
extern const struct gather_passes gather_scalar;
#if defined(__x86_64__)
extern const struct gather_passes gather_avx2, gather_avx512;
#endif

#endif
