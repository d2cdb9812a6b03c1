/* base/num_powers.h: powers of ten in 128 bits, for num.c and num_short.c. */
#ifndef CANDOR_BASE_NUM_POWERS_H
#define CANDOR_BASE_NUM_POWERS_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 num_wide;

enum { NUM_POWER_LEAST = -342, NUM_POWER_MOST = 324 };

struct num_power {
    uint64_t high, low;
};

/* 10^q lies in [p, p + 2^-127) × 2^num_log2(q), p the entry of q read as a
 * number in [1, 2); it is p itself where num_power_exact says so. */
extern const struct num_power
    num_power_table[NUM_POWER_MOST - NUM_POWER_LEAST + 1];

static inline struct num_power num_power_of(int q)
{
    return num_power_table[q - NUM_POWER_LEAST];
}

static inline bool num_power_exact(int q)
{
    return q >= 0 && q <= 55;
}

/* The floor of log2(10^q), for |q| < 400. */
static inline int num_log2(int q)
{
    return (217706 * q) >> 16;
}

/* The first k ≤ 8 bytes of the eight at p are digits: their number and k.
 * Bytes are looked at side by side: one word holds eight of them. */
static inline unsigned num_eight(const char *p, uint64_t *value)
{
    uint64_t t;
    __builtin_memcpy(&t, p, sizeof t);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    t = __builtin_bswap64(t);
#endif
    t ^= UINT64_C(0x3030303030303030);
    uint64_t other = (((t & UINT64_C(0x7f7f7f7f7f7f7f7f)) +
                       UINT64_C(0x7676767676767676)) | t) &
                     UINT64_C(0x8080808080808080);
    unsigned k = other == 0 ? 8 : (unsigned)__builtin_ctzll(other) / 8;
    if (k == 0) {
        *value = 0;
        return 0;
    }
    t <<= 64 - 8 * k; /* zeros before the first digit */
    t = t * 10 + (t >> 8);
    t = (t & UINT64_C(0x00ff00ff00ff00ff)) * (UINT64_C(1) + (100u << 16)) >> 16;
    t = (t & UINT64_C(0x0000ffff0000ffff)) *
            (UINT64_C(1) + (UINT64_C(10000) << 32)) >> 32;
    *value = t;
    return k;
}

#endif
