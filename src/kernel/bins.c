#include "kernel/bins_in.h"

#include "kernel/simd.h"

#include <math.h>

/* Strips of rows: the values of a few sources are turned to columns of doubles,
 * 64 rows at a time, once for all columns of the tile that read them. */

static void floats(const struct bins_column *c, const struct bins_search *s,
                   const double *x, uint8_t *out)
{
    for (size_t r = 0; r < BINS_LANES; r++) {
        float v = (float)x[r];
        unsigned j = 0;
        for (int k = s->skipped; k < BINS_LEVELS; k++)
            j = 2 * j + (s->floats[k][j] <= v);
        if (isnan(v))
            j = c->missing_left ? 0 : 255;
        out[r] = (uint8_t)j;
    }
}

static void doubles(const struct bins_column *c, const struct bins_search *s,
                    const double *x, uint8_t *out)
{
    for (size_t r = 0; r < BINS_LANES; r++) {
        double v = isnan(x[r]) ? 0.0 : x[r];
        bool missing = isnan(x[r]);
        if (c->missing == BINS_ZERO)
            missing = fabs(v) <= BINS_ALMOST_ZERO;
        else if (c->missing == BINS_NONE)
            missing = false;
        unsigned j = 0;
        for (int k = s->skipped; k < BINS_LEVELS; k++)
            j = 2 * j + (s->doubles[k][j] < v);
        if (missing)
            j = c->missing_left ? 0 : 255;
        out[r] = (uint8_t)j;
    }
}

static bool in_set(const struct bins_column *c, double x)
{
    if (!(x < 32.0 * c->count))
        return false;
    uint32_t code = (uint32_t)x;
    return (c->set[code / 32] >> (code % 32) & 1) != 0;
}

/* As the libraries do: LightGBM cuts the code to an integer first; XGBoost
 * narrows it to float and sends negative ones with the unlisted. */
static bool set_left(const struct bins_column *c, double x)
{
    if (isnan(x))
        return c->missing_left;
    if (c->set_goes_left)
        return x > -1.0 && in_set(c, x < 0.0 ? 0.0 : x);
    float code = (float)x;
    return code < 0.0F || !in_set(c, (double)code);
}

static void sets(const struct bins_column *c, const double *x, uint8_t *out)
{
    for (size_t r = 0; r < BINS_LANES; r++)
        out[r] = set_left(c, x[r]) ? 0 : 255;
}

static void transpose_any(const double *rows, size_t width, size_t n,
                          size_t sources, double *out)
{
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < sources; s++)
            out[s * BINS_LANES + r] = rows[r * width + s];
}

static const struct bins_passes scalar = {transpose_any, floats, doubles};

static const struct bins_passes *passes(void)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return &bins_avx512;
    case SIMD_AVX2:
        return &bins_avx2;
    case SIMD_SCALAR:
        break;
    }
#endif
    return &scalar;
}

static void search_set(const struct bins_column *c, struct bins_search *s)
{
    s->skipped = 0;
    while (s->skipped < BINS_LEVELS && c->count < (128U >> s->skipped))
        s->skipped++;
    for (int k = s->skipped; k < BINS_LEVELS; k++)
        for (size_t j = 0; j < (size_t)1 << k; j++) {
            size_t at = j * (256U >> k) + (128U >> k) - 1;
            double cut = at < c->count ? c->cut[at] : (double)NAN;
            if (c->compare == BINS_LESS_FLOAT)
                s->floats[k][j] = (float)cut;
            else
                s->doubles[k][j] = cut;
        }
}

/* One column over the turned values of a strip. */
static void column_fill(const struct bins_passes *p,
                        const struct bins_column *c, const double *x, size_t n,
                        uint8_t *out)
{
    struct bins_search s;
    if (c->compare != BINS_SET)
        search_set(c, &s);
    for (size_t r = 0; r < n; r += BINS_LANES, out += BINS_LANES) {
        const double *v = x + r * BINS_SOURCES;
        if (c->compare == BINS_LESS_FLOAT)
            p->floats(c, &s, v, out);
        else if (c->compare == BINS_AT_MOST)
            p->doubles(c, &s, v, out);
        else
            sets(c, v, out);
        if (n - r < BINS_LANES)
            memset(out + (n - r), 0, BINS_LANES - (n - r));
    }
}

static void strip(const struct bins_passes *p, const struct bins_column *column,
                  size_t columns, const double *rows, size_t width, size_t n,
                  uint8_t *tile, size_t stride)
{
    _Alignas(64) double x[BINS_STRIP * BINS_SOURCES];
    memset(x, 0, sizeof x);
    size_t first = 0, sources = 0;
    for (size_t i = 0; i < columns; i++) {
        size_t s = column[i].source;
        if (s - first >= sources) {
            first = s - s % BINS_SOURCES;
            sources = width - first < BINS_SOURCES ? width - first
                                                   : BINS_SOURCES;
            for (size_t r = 0; r < n; r += BINS_LANES)
                p->transpose(rows + r * width + first, width,
                             n - r < BINS_LANES ? n - r : BINS_LANES, sources,
                             x + r * BINS_SOURCES);
        }
        column_fill(p, &column[i], x + (s - first) * BINS_LANES, n,
                    tile + i * stride);
    }
}

void bins_fill(const struct bins_column *column, size_t columns,
               const double *rows, size_t width, size_t n, uint8_t *tile,
               size_t stride)
{
    const struct bins_passes *p = passes();
    for (size_t r = 0; r < n; r += BINS_STRIP)
        strip(p, column, columns, rows + r * width, width,
              n - r < BINS_STRIP ? n - r : BINS_STRIP, tile + r, stride);
    size_t padded = (n + BINS_LANES - 1) / BINS_LANES * BINS_LANES;
    for (size_t i = 0; i < columns && padded < stride; i++)
        memset(tile + i * stride + padded, 0, stride - padded);
}
