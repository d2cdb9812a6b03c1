/* kernel/subset_body.h: the loops of subset.h, compiled once for each level.
 * Elementwise in doubles, without contraction: the same bits everywhere. The
 * file that includes it defines NAME(x). */
#include "kernel/subset_in.h"

static void NAME(counts)(const struct subset_rule *r, size_t k,
                         const double *n, double *z)
{
    size_t q = r->nodes;

    for (size_t set = 0; set < (size_t)1 << k; set++) {
        const double *power = r->power[__builtin_popcountll(set)];
        for (size_t j = 0; j < q; j++)
            z[set * q + j] = n[set] * power[j];
    }
    for (size_t s = 0; s < k; s++) {
        size_t run = q << s;
        for (size_t at = 0; at < q << k; at += 2 * run) {
            double *restrict to = z + at + run;
            const double *restrict from = z + at;
            for (size_t j = 0; j < run; j++)
                to[j] += from[j];
        }
    }
}

static void NAME(shares)(const struct subset_rule *r, size_t k,
                         const double *share, double *z)
{
    size_t q = r->nodes;

    for (size_t j = 0; j < q; j++)
        z[j] = 1.0;
    for (size_t s = 0; s < k; s++) {
        double factor[SUBSET_NODES];
        for (size_t j = 0; j < q; j++)
            factor[j] = share[s] + (1 - share[s]) * r->t[j];
        for (size_t set = 0; set < (size_t)1 << s; set++) {
            double *restrict to = z + (q << s) + set * q;
            double *restrict from = z + set * q;
            for (size_t j = 0; j < q; j++) {
                to[j] = from[j] * factor[j];
                from[j] *= share[s];
            }
        }
    }
}

/* One slot: where it holds V(S) − W(S ∖ i), where it fails −U(S). */
static void NAME(slot)(size_t k, size_t s, const double *v, const double *w,
                       const double *u, double *out)
{
    size_t run = (size_t)1 << s;

    for (size_t at = 0; at < (size_t)1 << k; at += 2 * run) {
        double *restrict off = out + at, *restrict on = out + at + run;
        for (size_t j = 0; j < run; j++) {
            off[j] = -u[at + j];
            on[j] = v[at + run + j] - w[at + j];
        }
    }
}

void NAME(values)(const struct subset_rule *r, size_t k, const double *n,
                  const double *share, double value, double *room, double *out)
{
    size_t sets = (size_t)1 << k, q = r->nodes;
    double *v = room, *w = v + sets, *u = w + sets, *z = u + sets;

    if (n != NULL)
        NAME(counts)(r, k, n, z);
    else
        NAME(shares)(r, k, share, z);
    for (size_t set = 0; set < sets; set++) {
        size_t a = k - (size_t)__builtin_popcountll(set);
        const double *here = z + set * q;
        double sv = 0, sw = 0, su = 0;

        for (size_t j = 0; j < q; j++)
            sv += r->with[a][j] * here[j];
        for (size_t j = 0; a > 0 && j < q; j++) {
            sw += r->with[a - 1][j] * here[j];
            su += r->against[a - 1][j] * here[j];
        }
        v[set] = value * sv;
        w[set] = value * sw;
        u[set] = value * su;
    }
    for (size_t s = 0; s < k; s++)
        NAME(slot)(k, s, v, w, u, out + s * sets);
}

void NAME(spread)(double *restrict to, const double *restrict from,
                  const uint16_t *restrict at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[at[i]];
}

void NAME(index)(uint16_t *restrict index, const uint16_t *restrict above,
                 const uint8_t *restrict byte, uint8_t limit, uint16_t bit,
                 bool when_left, size_t rows)
{
    uint16_t left = when_left ? bit : 0, right = when_left ? 0 : bit;

    if (above == NULL) {
        for (size_t i = 0; i < rows; i++)
            index[i] = byte[i] < limit ? left : right;
        return;
    }
    for (size_t i = 0; i < rows; i++)
        index[i] = (uint16_t)(above[i] | (byte[i] < limit ? left : right));
}
