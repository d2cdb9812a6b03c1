#include "base/arena.h"
#include "kernel/routing_program.h"
#include "kernel/simd.h"

#include <string.h>

enum { ALIGN_BYTES = 64 };

struct routing_scratch {
    void *memory;
    uint8_t *byte; /* [columns][ROUTING_LANES] */
    float *slot;   /* [slots][most_nodes][ROUTING_WIDTH] */
    float *phi;    /* [chunk_targets][ROUTING_LANES] */
};

struct routing_scratch *routing_scratch_new(const struct routing *p)
{
    struct routing_scratch *s = mem_array(1, sizeof *s);
    size_t bytes = p->columns * ROUTING_LANES;
    size_t slots = p->slots * p->most_nodes * ROUTING_WIDTH;
    size_t phi = p->chunk_targets * ROUTING_LANES;

    if (s == NULL)
        return NULL;
    s->memory = mem_array(bytes + (slots + phi) * sizeof(float) + ALIGN_BYTES,
                          1);
    if (s->memory == NULL) {
        mem_free(s);
        return NULL;
    }
    size_t over = (uintptr_t)s->memory % ALIGN_BYTES;
    char *at = (char *)s->memory + (over > 0 ? ALIGN_BYTES - over : 0);
    s->byte = (uint8_t *)at;
    s->slot = (float *)(void *)(at + bytes);
    s->phi = s->slot + slots;
    return s;
}

void routing_scratch_free(struct routing_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->memory);
    mem_free(s);
}

struct variant {
    routing_tree_fn *tree;
    size_t width;
};

static struct variant variant_of(enum simd_level l)
{
#if defined(__x86_64__)
    if (l == SIMD_AVX512)
        return (struct variant){routing_tree_avx512, routing_width_avx512};
    if (l == SIMD_AVX2)
        return (struct variant){routing_tree_avx2, routing_width_avx2};
#endif
    (void)l;
    return (struct variant){routing_tree_scalar, routing_width_scalar};
}

/* n rows of the tile, the lanes beyond them 0. */
static void copy_bytes(const struct routing *p, const uint8_t *tile,
                       size_t stride, size_t n, uint8_t *byte)
{
    for (size_t c = 0; c < p->columns; c++) {
        memcpy(byte, tile + c * stride, n);
        memset(byte + n, 0, ROUTING_LANES - n);
        byte += ROUTING_LANES;
    }
}

static void flush(const struct routing *p, const struct routing_chunk *c,
                  const struct routing_block *x, size_t width, double *sum,
                  size_t sum_stride, size_t n)
{
    for (size_t i = 0; i < c->targets; i++) {
        double *to = sum + p->target[c->target + i] * sum_stride;

        for (size_t at = 0; at < n; at += width) {
            const float *from = x->phi + (at * c->targets) + i * width;
            size_t count = n - at < width ? n - at : width;

            for (size_t k = 0; k < count; k++)
                to[at + k] += (double)from[k];
        }
    }
}

static void run_rows(const struct routing *p, struct routing_scratch *s,
                     const uint8_t *tile, size_t stride, size_t n, double *sum,
                     size_t sum_stride)
{
    struct variant v = variant_of(simd_level());

    for (size_t i = 0; i < p->chunks; i++) {
        const struct routing_chunk *c = &p->chunk[i];
        struct routing_block x = {s->byte, s->slot,  s->phi,
                                  c->targets, p->range, p->rule};

        for (size_t at = 0; at < n; at += ROUTING_LANES) {
            size_t count = n - at < ROUTING_LANES ? n - at : ROUTING_LANES;

            copy_bytes(p, tile + at, stride, count, s->byte);
            memset(s->phi, 0, c->targets * ROUTING_LANES * sizeof *s->phi);
            for (size_t t = c->tree; t < c->tree + c->trees; t++)
                v.tree(&x, &p->code[t], p->byte);
            flush(p, c, &x, v.width, sum + at, sum_stride, count);
        }
    }
}

void routing_run(const struct routing *p, struct routing_scratch *s,
                 const uint8_t *tile, size_t stride, size_t n, double *sum,
                 size_t sum_stride)
{
    for (size_t at = 0; at < n; at += ROUTING_ROWS) {
        size_t count = n - at < ROUTING_ROWS ? n - at : ROUTING_ROWS;

        run_rows(p, s, tile + at, stride, count, sum + at, sum_stride);
    }
}
