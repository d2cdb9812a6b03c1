#include "kernel/simd.h"

#include <stdatomic.h>

/* The level is a fact of the process: found once, the same whoever finds it. */
enum { UNKNOWN = -1 };
static atomic_int current = UNKNOWN;

static const char *const words[] = {"scalar", "avx2", "avx512"};
enum { LEVELS = sizeof words / sizeof words[0] };

static enum simd_level machine(void)
{
#if defined(__x86_64__)
    /* The compiler's own test includes that the system saves the registers. */
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return SIMD_SCALAR;
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi"))
        return SIMD_AVX512;
    return SIMD_AVX2;
#else
    return SIMD_SCALAR;
#endif
}

/* -1: a word of no level. */
static int asked(const char *word)
{
    for (int i = 0; i < LEVELS; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

enum simd_level simd_level(void)
{
    int level = atomic_load_explicit(&current, memory_order_relaxed);
    if (level == UNKNOWN) {
        level = (int)machine();
        const char *word = getenv("CANDOR_SIMD");
        int wanted = word == NULL ? -1 : asked(word);
        if (wanted >= 0 && wanted < level)
            level = wanted;
        atomic_store_explicit(&current, level, memory_order_relaxed);
    }
    return (enum simd_level)level;
}

status simd_check(struct error *e)
{
    const char *word = getenv("CANDOR_SIMD");
    if (word == NULL)
        return ST_OK;
    int wanted = asked(word);
    if (wanted < 0)
        return error_set(e, ST_ARGUMENT,
                         "CANDOR_SIMD is scalar, avx2 or avx512, not \"%.40s\"",
                         word);
    enum simd_level best = machine();
    if (wanted > (int)best)
        return error_set(e, ST_ARGUMENT,
                         "CANDOR_SIMD asks for %s, but this machine has only "
                         "%s; leave it unset for the best there is",
                         words[wanted], words[best]);
    return ST_OK;
}

const char *simd_word(enum simd_level l)
{
    return (int)l >= 0 && (int)l < LEVELS ? words[l] : "unknown";
}

bool simd_force(enum simd_level l)
{
    if ((int)l < 0 || l > machine())
        return false;
    atomic_store_explicit(&current, (int)l, memory_order_relaxed);
    return true;
}
