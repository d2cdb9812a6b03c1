#include "kernel/lookup_in.h"

#include "kernel/simd.h"

/* Rows in passes whose indices of one chunk stay in the second cache. */
enum { ALIGN = 64 };

const struct lookup_passes *lookup_passes_here(void)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return &lookup_avx512;
    case SIMD_AVX2:
        return &lookup_avx2;
    case SIMD_SCALAR:
        break;
    }
#endif
    return &lookup_scalar;
}

void lookup_free(struct lookup *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->chunks; i++)
        lookup_chunk_free(&l->chunk[i]);
    mem_free(l->chunk);
    mem_free(l->used);
    mem_free(l->number);
    mem_free(l);
}

size_t lookup_bytes(const struct lookup *l)
{
    return l->bytes;
}

size_t lookup_bytes_of(size_t tables, uint32_t bits)
{
    return tables * (bits > LOOKUP_NARROW ? 1024 : 512);
}

size_t lookup_scratch(const struct lookup *l)
{
    return ALIGN + l->most_units * LOOKUP_STRIDE + l->most_slots * LOOKUP_STRIP +
           l->used_count * LOOKUP_ROWS * 2 * sizeof(int32_t);
}

double lookup_bound(const struct lookup *l, size_t target)
{
    uint32_t k = l->number[target];
    return k == LOOKUP_NONE ? 0.0 : l->used[k].bound;
}

double lookup_deviation(const struct lookup *l, size_t target)
{
    uint32_t k = l->number[target];
    return k == LOOKUP_NONE ? 0.0 : l->used[k].deviation;
}

struct pass {
    const struct lookup *l;
    const struct lookup_passes *do_;
    uint8_t *index, *slot;
    int32_t *sum;
    const uint8_t *tile;
    size_t tile_stride, blocks;
};

static void indices(const struct pass *p, const struct lookup_chunk *c)
{
    const size_t strip = LOOKUP_STRIP / LOOKUP_BLOCK;
    for (size_t b = 0; b < p->blocks; b += strip) {
        size_t left = p->blocks - b, at = b * LOOKUP_BLOCK;
        p->do_->steps(c, p->slot, p->tile + at, p->tile_stride,
                      left < strip ? left : strip, p->index + at);
    }
}

static size_t sums_of_target(const struct pass *p)
{
    return 2 * p->blocks * LOOKUP_BLOCK;
}

/* The base belongs to the last time. */
static void hand_out(const struct pass *p, bool last, double *sum,
                     size_t sum_stride)
{
    const struct lookup *l = p->l;
    for (size_t i = 0; i < l->used_count; i++) {
        struct lookup_target t = l->used[i];
        if (!last)
            t.base = 0.0;
        p->do_->finish(&t, p->sum + i * sums_of_target(p), p->blocks,
                       sum + t.target * sum_stride);
    }
}

static void pass_run(struct pass *p, double *sum, size_t sum_stride)
{
    const struct lookup *l = p->l;
    size_t size = sums_of_target(p);
    memset(p->sum, 0, l->used_count * size * sizeof *p->sum);
    for (size_t i = 0; i < l->chunks; i++) {
        const struct lookup_chunk *c = &l->chunk[i];
        if (c->flush) {
            hand_out(p, false, sum, sum_stride);
            memset(p->sum, 0, l->used_count * size * sizeof *p->sum);
        }
        indices(p, c);
        for (size_t g = 0; g < c->groups; g++)
            p->do_->group(c, &c->group[g], p->index, p->blocks,
                          p->sum + c->group[g].target * size);
    }
    hand_out(p, true, sum, sum_stride);
}

void lookup_run(const struct lookup *l, void *scratch, const uint8_t *tile,
                size_t stride, size_t n, double *sum, size_t sum_stride)
{
    uint8_t *at = scratch;
    at += (ALIGN - (uintptr_t)at % ALIGN) % ALIGN;
    struct pass p = {.l = l, .do_ = l->passes, .tile_stride = stride};
    p.sum = (int32_t *)(void *)at;
    at += l->used_count * LOOKUP_ROWS * 2 * sizeof(int32_t);
    p.index = at;
    p.slot = at + l->most_units * LOOKUP_STRIDE;
    for (size_t r = 0; r < n; r += LOOKUP_ROWS) {
        size_t rows = n - r < LOOKUP_ROWS ? n - r : LOOKUP_ROWS;
        p.tile = tile + r;
        p.blocks = (rows + LOOKUP_BLOCK - 1) / LOOKUP_BLOCK;
        pass_run(&p, sum + r, sum_stride);
    }
}
