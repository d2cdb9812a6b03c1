/* kernel/lanes_body.h: the body of each variant of kernel/lanes_in.h. The file
 * that includes it defines NAME(x), BYTES of a vector, and the tile of sums that
 * its registers hold: TILE_OUTS × TILE_VECTORS. A weight is read once for a
 * tile's lanes and a line once for a tile's outs. */
#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 8")
#define DOUBLES (BYTES / sizeof(double))
#define FLOATS (BYTES / sizeof(float))

typedef double NAME(vd) __attribute__((vector_size(BYTES)));
typedef float NAME(vf) __attribute__((vector_size(BYTES)));

ALWAYS void NAME(tile)(const struct lanes_lists *l, const double *weight,
                       const double *bias, size_t o, size_t at,
                       const size_t outs, const size_t vectors)
{
    NAME(vd) sum[TILE_OUTS][TILE_VECTORS] = {{{0}}}, x[TILE_VECTORS];

    for (size_t i = 0; i < l->ins; i++) {
        const double *from = l->line + l->in[i] * l->stride + at;
        UNROLLED for (size_t v = 0; v < vectors; v++)
            memcpy(&x[v], from + v * DOUBLES, BYTES);
        UNROLLED for (size_t j = 0; j < outs; j++) {
            double w = weight[(o + j) * l->ins + i];
            UNROLLED for (size_t v = 0; v < vectors; v++)
                sum[j][v] += w * x[v];
        }
    }
    UNROLLED for (size_t j = 0; j < outs; j++) {
        double *to = l->line + l->out[o + j] * l->stride + at;
        UNROLLED for (size_t v = 0; v < vectors; v++) {
            if (bias != NULL)
                sum[j][v] += bias[o + j];
            memcpy(to + v * DOUBLES, &sum[j][v], BYTES);
        }
    }
}

ALWAYS void NAME(stripe)(const struct lanes_lists *l, const double *weight,
                         const double *bias, size_t at, const size_t vectors)
{
    size_t o = 0;

    for (; o + TILE_OUTS <= l->outs; o += TILE_OUTS)
        NAME(tile)(l, weight, bias, o, at, TILE_OUTS, vectors);
    for (; o < l->outs; o++)
        NAME(tile)(l, weight, bias, o, at, 1, vectors);
}

void NAME(affine)(const struct lanes_lists *l, const double *weight,
                  const double *bias)
{
    size_t at = 0;

    for (; at + TILE_VECTORS * DOUBLES <= l->lanes;
         at += TILE_VECTORS * DOUBLES)
        NAME(stripe)(l, weight, bias, at, TILE_VECTORS);
    for (; at < l->lanes; at += DOUBLES)
        NAME(stripe)(l, weight, bias, at, 1);
}

/* Sums are stored as doubles; the last vector may reach beyond the lanes. */
ALWAYS void NAME(store)(const NAME(vf) *sum, double *to, size_t lanes)
{
    float value[FLOATS];

    memcpy(value, sum, BYTES);
    for (size_t k = 0; k < lanes; k++)
        to[k] = (double)value[k];
}

ALWAYS void NAME(tile_single)(const struct lanes_lists *l, const float *weight,
                              const float *bias, const float *room, size_t o,
                              size_t at, const size_t outs,
                              const size_t vectors)
{
    NAME(vf) sum[TILE_OUTS][TILE_VECTORS] = {{{0}}}, x[TILE_VECTORS];
    size_t wide = lanes_wide(l->lanes);

    for (size_t i = 0; i < l->ins; i++) {
        const float *from = room + i * wide + at;
        UNROLLED for (size_t v = 0; v < vectors; v++)
            memcpy(&x[v], from + v * FLOATS, BYTES);
        UNROLLED for (size_t j = 0; j < outs; j++) {
            float w = weight[(o + j) * l->ins + i];
            UNROLLED for (size_t v = 0; v < vectors; v++)
                sum[j][v] += w * x[v];
        }
    }
    UNROLLED for (size_t j = 0; j < outs; j++) {
        double *to = l->line + l->out[o + j] * l->stride + at;
        UNROLLED for (size_t v = 0; v < vectors; v++) {
            size_t left = l->lanes - at - v * FLOATS;
            if (bias != NULL)
                sum[j][v] += bias[o + j];
            if (left >= FLOATS)
                NAME(store)(&sum[j][v], to + v * FLOATS, FLOATS);
            else
                NAME(store)(&sum[j][v], to + v * FLOATS, left);
        }
    }
}

ALWAYS void NAME(stripe_single)(const struct lanes_lists *l,
                                const float *weight, const float *bias,
                                const float *room, size_t at,
                                const size_t vectors)
{
    size_t o = 0;

    for (; o + TILE_OUTS <= l->outs; o += TILE_OUTS)
        NAME(tile_single)(l, weight, bias, room, o, at, TILE_OUTS, vectors);
    for (; o < l->outs; o++)
        NAME(tile_single)(l, weight, bias, room, o, at, 1, vectors);
}

void NAME(affine_single)(const struct lanes_lists *l, const float *weight,
                         const float *bias, float *room)
{
    size_t at = 0, wide = lanes_wide(l->lanes);

    for (size_t i = 0; i < l->ins; i++) {
        const double *restrict from = l->line + l->in[i] * l->stride;
        float *restrict to = room + i * wide;
        for (size_t k = 0; k < l->lanes; k++)
            to[k] = (float)from[k];
        for (size_t k = l->lanes; k < wide; k++)
            to[k] = 0.0F;
    }
    for (; at + TILE_VECTORS * FLOATS <= l->lanes;
         at += TILE_VECTORS * FLOATS)
        NAME(stripe_single)(l, weight, bias, room, at, TILE_VECTORS);
    for (; at < l->lanes; at += FLOATS)
        NAME(stripe_single)(l, weight, bias, room, at, 1);
}

void NAME(relu)(const double *x, double *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = x[k] < 0.0 ? 0.0 : x[k];
}

void NAME(round)(const double *x, double *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (double)(float)x[k];
}

void NAME(scale)(const double *x, double p, double q, double *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = p * x[k] + q;
}

void NAME(scale_single)(const double *x, float p, float q, double *out,
                        size_t n)
{
    for (size_t k = 0; k < n; k++) {
        float product = p * (float)x[k];
        out[k] = (double)(product + q);
    }
}

void NAME(missing)(const double *x, double *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = x[k] != x[k] ? 1.0 : 0.0;
}

#define EACH(expression)                                                       \
    for (size_t k = 0; k < n; k++)                                             \
        out[k] = (double)(expression);                                         \
    return

void NAME(pair)(enum lanes_pair f, const double *x, const double *y,
                double *out, size_t n)
{
    switch (f) {
    case LANES_ADD: EACH(x[k] + y[k]);
    case LANES_SUBTRACT: EACH(x[k] - y[k]);
    case LANES_MULTIPLY: EACH(x[k] * y[k]);
    case LANES_DIVIDE: EACH(x[k] / y[k]);
    }
}

void NAME(pair_single)(enum lanes_pair f, const double *x, const double *y,
                       double *out, size_t n)
{
    switch (f) {
    case LANES_ADD: EACH((float)x[k] + (float)y[k]);
    case LANES_SUBTRACT: EACH((float)x[k] - (float)y[k]);
    case LANES_MULTIPLY: EACH((float)x[k] * (float)y[k]);
    case LANES_DIVIDE: EACH((float)x[k] / (float)y[k]);
    }
}

void NAME(choose)(const double *x, const double *yes, const double *no,
                  const double *unsaid, double *out, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double known = x[k] != 0.0 ? yes[k] : no[k], none = unsaid[k];
        out[k] = x[k] != x[k] ? none : known;
    }
}
