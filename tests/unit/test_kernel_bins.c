#include "check.h"

#include "kernel/bins.h"
#include "kernel/simd.h"
#include "model/model.h"

#include <float.h>

/* Bytes against node_goes_left, for every threshold, value and level. */

static uint32_t random_next(uint64_t *s)
{
    *s = *s * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*s >> 33);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Thresholds of all magnitudes, distinct as the comparison sees them. */
static uint32_t cuts_make(double *cut, uint32_t wanted, bool narrow,
                          uint64_t *seed)
{
    static const double edge[] = {
        -HUGE_VAL, -FLT_MAX, -1.0,     -1e-35F, -1e-40, 0.0,     1e-45,
        1e-40,     1e-35F,   FLT_MIN,  1.0,     16777217.0, FLT_MAX, HUGE_VAL};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof edge / sizeof *edge && n < wanted; i++)
        if (random_next(seed) % 2 == 0)
            cut[n++] = edge[i];
    while (n < wanted) {
        double x = (double)random_next(seed) / 1e6 - 1000.0;
        cut[n++] = random_next(seed) % 2 == 0 ? floor(x) / 16.0 : x;
    }
    qsort(cut, n, sizeof *cut, ascending);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool same = kept > 0 && (narrow ? (float)cut[i] == (float)cut[kept - 1]
                                        : cut[i] == cut[kept - 1]);
        if (!same)
            cut[kept++] = cut[i];
    }
    return kept;
}

static double value_make(const double *cut, uint32_t cuts, uint64_t *seed)
{
    static const double odd[] = {0.0,     -0.0,   5e-324,    -5e-324, 1e-45,
                                 1e-35F,  -1e-35F, 1.1e-35,  1e-36,   1e39,
                                 -1e39,   HUGE_VAL, -HUGE_VAL, DBL_MAX, 1e300};
    uint32_t k = random_next(seed) % 8;
    if (k == 0)
        return (double)NAN;
    if (k == 1)
        return odd[random_next(seed) % (sizeof odd / sizeof *odd)];
    if (k == 2 || cuts == 0)
        return (double)random_next(seed) / 1e6 - 1000.0;
    double c = cut[random_next(seed) % cuts];
    if (k == 3)
        return c;
    if (k == 4)
        return nextafter(c, HUGE_VAL);
    if (k == 5)
        return nextafter(c, -HUGE_VAL);
    return (double)nextafterf((float)c, k == 6 ? HUGE_VALF : -HUGE_VALF);
}

struct plan {
    struct bins_column *column;
    double *cut; /* [columns][BINS_CUTS] */
    size_t columns;
};

static struct plan plan_make(size_t columns, size_t width, uint64_t *seed)
{
    struct plan p = {calloc(columns, sizeof *p.column),
                     calloc(columns * BINS_CUTS, sizeof *p.cut), columns};
    for (size_t i = 0; i < columns; i++) {
        struct bins_column *c = &p.column[i];
        double *cut = p.cut + i * BINS_CUTS;
        c->source = (uint32_t)(i * width / columns);
        c->compare = random_next(seed) % 2 == 0 ? BINS_LESS_FLOAT
                                                : BINS_AT_MOST;
        c->missing = c->compare == BINS_LESS_FLOAT
                         ? BINS_NAN
                         : (uint8_t)(random_next(seed) % 3);
        c->missing_left = random_next(seed) % 2 == 0;
        static const uint32_t some[] = {0, 1, 2, 7, 8, 31, 64, 127, 253, 254};
        c->count = cuts_make(cut, some[i % 10], c->compare == BINS_LESS_FLOAT,
                             seed);
        c->cut = cut;
    }
    return p;
}

static void column_check(const struct bins_column *c, const double *rows,
                         size_t width, size_t n, const uint8_t *bytes)
{
    struct model m = {.compare = c->compare == BINS_LESS_FLOAT
                                     ? COMPARE_LESS_FLOAT
                                     : COMPARE_AT_MOST_DOUBLE};
    struct node node = {.missing = c->missing, .default_left = c->missing_left};
    for (size_t r = 0; r < n; r++)
        for (uint32_t k = 0; k < c->count; k++) {
            node.threshold = c->cut[k];
            double x = rows[r * width + c->source];
            assert_int_equal(bytes[r] < k + 1, node_goes_left(&m, &node, x));
        }
}

static void all_levels(const struct plan *p, const double *rows, size_t width,
                       size_t n)
{
    size_t stride = (n / BINS_LANES + 2) * BINS_LANES;
    uint8_t *twin = malloc(p->columns * stride);
    uint8_t *tile = malloc(p->columns * stride);
    enum simd_level best = simd_level();
    for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
        if (!simd_force((enum simd_level)level))
            continue;
        memset(tile, 77, p->columns * stride);
        bins_fill(p->column, p->columns, rows, width, n, tile, stride);
        if (level == SIMD_SCALAR)
            memcpy(twin, tile, p->columns * stride);
        assert_memory_equal(tile, twin, p->columns * stride);
    }
    simd_force(best);
    for (size_t i = 0; i < p->columns; i++) {
        column_check(&p->column[i], rows, width, n, twin + i * stride);
        for (size_t r = n; r < stride; r++)
            assert_int_equal(twin[i * stride + r], 0);
    }
    free(twin);
    free(tile);
}

static void against_nodes(size_t columns, size_t width, size_t n,
                          uint64_t *seed)
{
    struct plan p = plan_make(columns, width, seed);
    double *rows = malloc((n * width + 1) * sizeof *rows);
    for (size_t i = 0; i < n * width; i++) {
        size_t c = i % width * columns / width;
        rows[i] = value_make(p.column[c].cut, p.column[c].count, seed);
    }
    all_levels(&p, rows, width, n);
    free(rows);
    free(p.column);
    free(p.cut);
}

static void numbers(void **state)
{
    (void)state;
    uint64_t seed = 31;
    for (size_t n = 0; n <= 70; n++)
        against_nodes(20, 10, n, &seed);
    against_nodes(40, 40, 2047, &seed);
    against_nodes(30, 17, 1025, &seed);
}

static void from_one_to_2000_columns(void **state)
{
    (void)state;
    uint64_t seed = 32;
    for (size_t width = 1; width < 20; width++)
        against_nodes(width, width, 9, &seed);
    against_nodes(2000, 2000, 20, &seed);
    against_nodes(2000, 3, 20, &seed);
}

static void sets(void **state)
{
    (void)state;
    const uint32_t bits[2] = {0x80000005U, 0x1U};
    const double rows[] = {0,    1,    2,    31,   32,   33,   64,  1e10, -1, -0.5,
                           -0.0, 0.99, 31.9, 2.5, 1e300, -HUGE_VAL, HUGE_VAL,
                           -1e300, 5e-324, 31.9999999999};
    const size_t n = sizeof rows / sizeof *rows;
    double all[sizeof rows / sizeof *rows + 1];
    memcpy(all, rows, sizeof rows);
    all[n] = (double)NAN;
    for (int k = 0; k < 8; k++) {
        struct model m = {.set_bits = bits};
        uint32_t words = (k & 4) != 0 ? 1 : 2;
        struct node node = {.categorical = true, .set_words = words,
                            .set_goes_left = (k & 1) != 0,
                            .default_left = (k & 2) != 0};
        struct bins_column c = {.compare = BINS_SET, .count = words,
                                .set = bits, .set_goes_left = (k & 1) != 0,
                                .missing_left = (k & 2) != 0};
        uint8_t tile[64];
        bins_fill(&c, 1, all, 1, n + 1, tile, 64);
        for (size_t r = 0; r <= n; r++) {
            assert_int_equal(tile[r] < 1, node_goes_left(&m, &node, all[r]));
            assert_true(tile[r] == 0 || tile[r] == 255);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(from_one_to_2000_columns),
        cmocka_unit_test(sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
