/* What a core can do at most: billions of 512-bit operations a second, and the
 * clock by a chain of dependent additions. `peaks_avx512`, best of nine. The
 * bounds of docs/PERFORMANCE.md are counted in these. */
#include <immintrin.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 9, STEPS = 4000000, CHAINS = 12 };

#define CHAIN_12(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Twelve independent chains hide every latency. */
#define PEAK(name, title, instruction, per_step)                               \
    static void name(void)                                                     \
    {                                                                          \
        double best = 1e9;                                                     \
        for (int r = 0; r < ROUNDS; r++) {                                     \
            double from = now();                                               \
            for (long i = 0; i < STEPS; i++)                                   \
                __asm__ volatile(instruction : : : "zmm0", "zmm1",     \
                                 "zmm2", "zmm3", "zmm4", "zmm5", "zmm6",       \
                                 "zmm7", "zmm8", "zmm9", "zmm10", "zmm11",     \
                                 "zmm12", "rax", "k1");                        \
            double spent = now() - from;                                       \
            best = spent < best ? spent : best;                                \
        }                                                                      \
        printf("%-34s %6.2f\n", title, 1e-9 * (per_step) * STEPS / best);      \
    }

#define PERMUTE(n) "vpermb %%zmm12,%%zmm12,%%zmm" #n "\n"
#define PERMUTE_TWO(n) "vpermi2b %%zmm12,%%zmm12,%%zmm" #n "\n"
#define FMA(n) "vfmadd231ps %%zmm12,%%zmm12,%%zmm" #n "\n"
#define ADD(n) "vpaddb %%zmm12,%%zmm12,%%zmm" #n "\n"
#define COMPARE(n) "vpcmpub $1,%%zmm12,%%zmm" #n ",%%k1\n"

PEAK(clock_speed, "additions one after the other (GHz)",
     "add %%rax,%%rax\nadd %%rax,%%rax\nadd %%rax,%%rax\nadd %%rax,%%rax\n"
     "add %%rax,%%rax\nadd %%rax,%%rax\nadd %%rax,%%rax\nadd %%rax,%%rax\n", 8)
PEAK(permutes, "byte permutes, one register", CHAIN_12(PERMUTE), CHAINS)
PEAK(wide_permutes, "byte permutes, two registers", CHAIN_12(PERMUTE_TWO),
     CHAINS)
PEAK(fmas, "float multiply-adds", CHAIN_12(FMA), CHAINS)
PEAK(adds, "byte additions", CHAIN_12(ADD), CHAINS)
PEAK(compares, "byte comparisons", CHAIN_12(COMPARE), CHAINS)

int main(void)
{
    clock_speed();
    permutes();
    wide_permutes();
    fmas();
    adds();
    compares();
    return 0;
}
