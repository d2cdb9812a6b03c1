#include "kernel/bins_in.h"

#include "kernel/simd.h"

#include <math.h>

/* Blocks of 64 rows: the rows of a few sources are turned to columns of
 * doubles, once for all columns of the tile that read them. */

static uint8_t of_float(const struct bins_column *c, float x)
{
    if (isnan(x))
        return c->missing_left ? 0 : 255;
    uint32_t from = 0, size = c->count;
    while (size > 0) { /* the first cut above x */
        uint32_t half = size / 2;
        if ((float)c->cut[from + half] <= x) {
            from += half + 1;
            size -= half + 1;
        } else {
            size = half;
        }
    }
    return (uint8_t)from;
}

static uint8_t of_double(const struct bins_column *c, double x)
{
    if (isnan(x)) {
        if (c->missing == BINS_NAN)
            return c->missing_left ? 0 : 255;
        x = 0.0;
    }
    if (c->missing == BINS_ZERO && fabs(x) <= BINS_ALMOST_ZERO)
        return c->missing_left ? 0 : 255;
    uint32_t from = 0, size = c->count;
    while (size > 0) { /* the first cut at or above x */
        uint32_t half = size / 2;
        if (c->cut[from + half] < x) {
            from += half + 1;
            size -= half + 1;
        } else {
            size = half;
        }
    }
    return (uint8_t)from;
}

static bool in_set(const struct bins_column *c, double x)
{
    if (!(x < 32.0 * c->count))
        return false;
    uint32_t code = (uint32_t)x;
    return (c->set[code / 32] >> (code % 32) & 1) != 0;
}

/* As the libraries do: LightGBM cuts the code to an integer first and sends
 * missing ones right; XGBoost narrows it to float and sends negative ones with
 * the unlisted. */
static bool set_left(const struct bins_column *c, double x)
{
    if (c->set_goes_left)
        return !isnan(x) && x > -1.0 && in_set(c, x < 0.0 ? 0.0 : x);
    if (isnan(x))
        return c->missing_left;
    float code = (float)x;
    return code < 0.0F || !in_set(c, (double)code);
}

static uint8_t byte_of(const struct bins_column *c, double x)
{
    switch (c->compare) {
    case BINS_LESS_FLOAT:
        return of_float(c, (float)x);
    case BINS_AT_MOST:
        return of_double(c, x);
    default:
        return set_left(c, x) ? 0 : 255;
    }
}

void bins_scalar(const struct bins_column *c, const double *x, uint8_t *out)
{
    for (size_t r = 0; r < BINS_LANES; r++)
        out[r] = byte_of(c, x[r]);
}

static void transpose_any(const double *rows, size_t width, size_t n,
                          size_t sources, double *out)
{
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < sources; s++)
            out[s * BINS_LANES + r] = rows[r * width + s];
}

static const struct bins_passes scalar = {transpose_any, NULL, NULL};

static const struct bins_passes *passes(void)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
    case SIMD_AVX2:
    case SIMD_SCALAR:
        break;
    }
#endif
    return &scalar;
}

static void block(const struct bins_passes *p, const struct bins_column *column,
                  size_t columns, const double *rows, size_t width, size_t n,
                  uint8_t *tile, size_t stride)
{
    double x[BINS_SOURCES * BINS_LANES] = {0.0};
    size_t first = 0, sources = 0;
    for (size_t i = 0; i < columns; i++) {
        size_t s = column[i].source;
        if (s - first >= sources) {
            first = s - s % BINS_SOURCES;
            sources = width - first < BINS_SOURCES ? width - first
                                                   : BINS_SOURCES;
            p->transpose(rows + first, width, n, sources, x);
        }
        uint8_t *out = tile + i * stride;
        bins_scalar(&column[i], x + (s - first) * BINS_LANES, out);
        if (n < BINS_LANES)
            memset(out + n, 0, BINS_LANES - n);
    }
}

void bins_fill(const struct bins_column *column, size_t columns,
               const double *rows, size_t width, size_t n, uint8_t *tile,
               size_t stride)
{
    const struct bins_passes *p = passes();
    for (size_t r = 0; r < n; r += BINS_LANES)
        block(p, column, columns, rows + r * width, width,
              n - r < BINS_LANES ? n - r : BINS_LANES, tile + r, stride);
    size_t padded = (n + BINS_LANES - 1) / BINS_LANES * BINS_LANES;
    for (size_t i = 0; i < columns && padded < stride; i++)
        memset(tile + i * stride + padded, 0, stride - padded);
}
