#include "kernel/lookup_in.h"

static void op_run(const struct lookup_test *t, size_t tests,
                   const uint8_t *from, const uint8_t *tile, size_t stride,
                   size_t rows, uint8_t *to)
{
    for (size_t r = 0; r < rows; r++)
        to[r] = from == NULL ? 0 : from[r];
    for (size_t i = 0; i < tests; i++) {
        const uint8_t *in = tile + t[i].column * stride;
        for (size_t r = 0; r < rows; r++)
            to[r] |= in[r] >= t[i].limit ? t[i].bit : 0;
    }
}

static void steps(const struct lookup_chunk *c, uint8_t *slot,
                  const uint8_t *tile, size_t tile_stride, size_t blocks,
                  uint8_t *index)
{
    for (size_t i = 0; i < c->ops; i++) {
        const struct lookup_op *o = &c->op[i];
        op_run(c->test + o->first, o->count,
               o->from == LOOKUP_NONE ? NULL : slot + o->from * LOOKUP_STRIP,
               tile, tile_stride, blocks * LOOKUP_BLOCK,
               o->unit ? index + o->to * (size_t)LOOKUP_STRIDE
                       : slot + o->to * LOOKUP_STRIP);
    }
}

static void entry_add(const uint8_t *table, size_t plane, const uint8_t *index,
                      int32_t *sum)
{
    for (size_t r = 0; r < LOOKUP_BLOCK; r++) {
        /* A zero table that fills a group may stand at a wide unit. */
        const uint8_t *t = table + (index[r] & (plane - 1));
        sum[r] += t[0] + LOOKUP_BASE * t[plane];
        sum[LOOKUP_BLOCK + r] += t[2 * plane] + LOOKUP_BASE * t[3 * plane];
    }
}

static void group(const struct lookup_chunk *c, const struct lookup_group *g,
                  const uint8_t *index, size_t blocks, int32_t *sum)
{
    const size_t plane = g->wide ? 256 : 128;
    const uint8_t *table = c->table + g->table * (size_t)LOOKUP_LINE;
    for (size_t b = 0; b < blocks; b++)
        for (size_t i = 0; i < g->count; i++)
            entry_add(table + i * LOOKUP_DIGITS * plane, plane,
                      index + c->entry[g->first + i] + LOOKUP_BLOCK * b,
                      sum + 2 * LOOKUP_BLOCK * b);
}

static void finish(const struct lookup_target *t, const int32_t *sum,
                   size_t blocks, double *out)
{
    for (size_t b = 0; b < blocks; b++, sum += 2 * LOOKUP_BLOCK)
        for (size_t r = 0; r < LOOKUP_BLOCK; r++) {
            double s = (double)sum[r] +
                       (double)sum[LOOKUP_BLOCK + r] * (double)LOOKUP_HIGH;
            s = s * t->unit;
            s = s + t->base;
            *out++ += s;
        }
}

const struct lookup_passes lookup_scalar = {false, 2, steps, group, finish};
