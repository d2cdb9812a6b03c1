/* kernel/routing_lanes.h: the few vector operations of routing_body.h in three
 * instruction sets. `lanes` holds LANES floats, `flags` one truth a lane. Each
 * operation rounds once, fma included, in every set alike. */
#ifndef CANDOR_KERNEL_ROUTING_LANES_H
#define CANDOR_KERNEL_ROUTING_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

#if ROUTING_SET == 512
#include <immintrin.h>
enum { LANES = 16 };
typedef __m512 lanes;
typedef __mmask16 flags;
#define lanes_load(p) _mm512_load_ps(p)
#define lanes_store(p, x) _mm512_store_ps(p, x)
#define lanes_all(x) _mm512_set1_ps(x)
#define lanes_add(x, y) _mm512_add_ps(x, y)
#define lanes_sub(x, y) _mm512_sub_ps(x, y)
#define lanes_mul(x, y) _mm512_mul_ps(x, y)
#define lanes_fma(x, y, z) _mm512_fmadd_ps(x, y, z)   /* x y + z */
#define lanes_fnma(x, y, z) _mm512_fnmadd_ps(x, y, z) /* z − x y */
#define lanes_pick(k, x, y) _mm512_mask_blend_ps(k, y, x)
#define bytes_all(x) _mm_set1_epi32((int)(x))

INLINE __m128i bytes_of(const uint8_t *p)
{
    return _mm_load_si128((const __m128i *)(const void *)p);
}
INLINE flags flags_less(const uint8_t *p, uint32_t limit)
{
    return _mm_cmplt_epu8_mask(bytes_of(p), bytes_all(limit));
}
INLINE flags flags_within(const uint8_t *p, uint32_t low, uint32_t high)
{
    __m128i x = bytes_of(p);
    flags k = _mm_cmpge_epu8_mask(x, bytes_all(low));
    return _mm_mask_cmple_epu8_mask(k, x, bytes_all(high));
}
#define flags_and(x, y) ((flags)((x) & (y)))

#elif ROUTING_SET == 2
#include <immintrin.h>
enum { LANES = 8 };
typedef __m256 lanes;
typedef __m256 flags;
#define lanes_load(p) _mm256_load_ps(p)
#define lanes_store(p, x) _mm256_store_ps(p, x)
#define lanes_all(x) _mm256_set1_ps(x)
#define lanes_add(x, y) _mm256_add_ps(x, y)
#define lanes_sub(x, y) _mm256_sub_ps(x, y)
#define lanes_mul(x, y) _mm256_mul_ps(x, y)
#define lanes_fma(x, y, z) _mm256_fmadd_ps(x, y, z)
#define lanes_fnma(x, y, z) _mm256_fnmadd_ps(x, y, z)
#define lanes_pick(k, x, y) _mm256_blendv_ps(y, x, k)
#define bytes_all(x) _mm_set1_epi32((int)(x))

INLINE __m128i bytes_of(const uint8_t *p)
{
    return _mm_loadl_epi64((const __m128i *)(const void *)p);
}
INLINE flags flags_of(__m128i x)
{
    return _mm256_castsi256_ps(_mm256_cvtepi8_epi32(x));
}
/* Not less would be max(byte, limit) = byte; the complement costs one more. */
INLINE flags flags_less(const uint8_t *p, uint32_t limit)
{
    __m128i x = bytes_of(p), l = bytes_all(limit);
    __m128i not_less = _mm_cmpeq_epi8(_mm_max_epu8(x, l), x);
    return flags_of(_mm_xor_si128(not_less, _mm_set1_epi8(-1)));
}
INLINE flags flags_within(const uint8_t *p, uint32_t low, uint32_t high)
{
    __m128i x = bytes_of(p);
    __m128i l = bytes_all(low), h = bytes_all(high);
    __m128i above = _mm_cmpeq_epi8(_mm_max_epu8(x, l), x);
    __m128i below = _mm_cmpeq_epi8(_mm_min_epu8(x, h), x);
    return flags_of(_mm_and_si128(above, below));
}
#define flags_and(x, y) _mm256_and_ps(x, y)

#else
enum { LANES = 1 };
typedef float lanes;
typedef bool flags;
#define lanes_load(p) (*(p))
#define lanes_store(p, x) (*(p) = (x))
#define lanes_all(x) (x)
#define lanes_add(x, y) ((x) + (y))
#define lanes_sub(x, y) ((x) - (y))
#define lanes_mul(x, y) ((x) * (y))
#define lanes_fma(x, y, z) fmaf(x, y, z)
#define lanes_fnma(x, y, z) fmaf(-(x), y, z)
#define lanes_pick(k, x, y) ((k) ? (x) : (y))

INLINE flags flags_less(const uint8_t *p, uint32_t limit)
{
    return *p < (uint8_t)limit;
}
INLINE flags flags_within(const uint8_t *p, uint32_t low, uint32_t high)
{
    return *p >= (uint8_t)low && *p <= (uint8_t)high;
}
#define flags_and(x, y) ((x) && (y))
#endif

#endif
