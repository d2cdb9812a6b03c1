/* kernel/simd.h: which variant of a kernel runs. Every kernel has a scalar
 * twin that defines its result; the other variants do the same operations in
 * the same order in each lane and so give the same bits. The level therefore
 * changes time, never a value. */
#ifndef CANDOR_KERNEL_SIMD_H
#define CANDOR_KERNEL_SIMD_H

#include "base/error.h"

enum simd_level {
    SIMD_SCALAR,
    SIMD_AVX2,   /* AVX2 and FMA */
    SIMD_AVX512  /* F, BW, CD, DQ, VL, VBMI */
};

/* The best of this machine, or what CANDOR_SIMD (scalar, avx2, avx512) asks
 * for, never beyond what the machine has; read once. */
enum simd_level simd_level(void);
/* ARGUMENT when CANDOR_SIMD is set to another word or to a level that this
 * machine does not have; commands call it before they begin. */
MUST_USE status simd_check(struct error *e);
const char *simd_word(enum simd_level l);
/* Tests only: the level of this process from now on; false: not here. */
bool simd_force(enum simd_level l);

#endif
