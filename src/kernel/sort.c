#include "kernel/sort.h"

#include "base/arena.h"

enum { DIGIT = 11, PASSES = 6, CELLS = 1 << DIGIT };

/* Bits that compare as unsigned integers in the order of the doubles. */
static uint64_t key_of(double x)
{
    uint64_t bits;
    x += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    return (bits >> 63) != 0 ? ~bits : bits | (UINT64_C(1) << 63);
}

static double value_of(uint64_t key)
{
    uint64_t bits = (key >> 63) != 0 ? key ^ (UINT64_C(1) << 63) : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

struct radix {
    uint64_t *key, *key_to;
    uint32_t *row, *row_to; /* NULL when only values are wanted */
    size_t n;
};

static void swap_sides(struct radix *r)
{
    uint64_t *k = r->key;
    uint32_t *o = r->row;
    r->key = r->key_to;
    r->key_to = k;
    r->row = r->row_to;
    r->row_to = o;
}

static void scatter(struct radix *r, unsigned shift, size_t *start)
{
    size_t at = 0;
    for (size_t d = 0; d < CELLS; d++) {
        size_t count = start[d];
        start[d] = at;
        at += count;
    }
    for (size_t i = 0; i < r->n; i++) {
        size_t to = start[(r->key[i] >> shift) & (CELLS - 1)]++;
        r->key_to[to] = r->key[i];
        if (r->row != NULL)
            r->row_to[to] = r->row[i];
    }
    swap_sides(r);
}

/* Least significant digit first; a digit that all keys share is passed over. */
static bool radix_run(struct radix *r)
{
    size_t *start = mem_array(CELLS, sizeof *start);
    if (start == NULL)
        return false;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        unsigned shift = pass * DIGIT;
        memset(start, 0, CELLS * sizeof *start);
        for (size_t i = 0; i < r->n; i++)
            start[(r->key[i] >> shift) & (CELLS - 1)]++;
        if (start[(r->key[0] >> shift) & (CELLS - 1)] != r->n)
            scatter(r, shift, start);
    }
    mem_free(start);
    return true;
}

static bool keys_new(struct radix *r, const double *x, size_t n)
{
    r->n = n;
    r->key = mem_array(n, sizeof *r->key);
    r->key_to = mem_array(n, sizeof *r->key_to);
    if (r->key == NULL || r->key_to == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        r->key[i] = key_of(x[i]);
    return true;
}

bool sort_order(const double *x, size_t n, uint32_t *order)
{
    struct radix r = {NULL, NULL, NULL, NULL, 0};
    if (n == 0)
        return true;
    uint32_t *spare = mem_array(n, sizeof *spare);
    bool ok = spare != NULL && keys_new(&r, x, n);
    if (ok) {
        for (size_t i = 0; i < n; i++)
            order[i] = (uint32_t)i;
        r.row = order;
        r.row_to = spare;
        ok = radix_run(&r);
        if (ok && r.row != order)
            memcpy(order, r.row, n * sizeof *order);
    }
    mem_free(spare);
    mem_free(r.key);
    mem_free(r.key_to);
    return ok;
}

bool sort_values(double *x, size_t n)
{
    struct radix r = {NULL, NULL, NULL, NULL, 0};
    if (n == 0)
        return true;
    bool ok = keys_new(&r, x, n) && radix_run(&r);
    if (ok)
        for (size_t i = 0; i < n; i++)
            x[i] = value_of(r.key[i]);
    mem_free(r.key);
    mem_free(r.key_to);
    return ok;
}
