#ifdef __AVX2__
#define ROUTING_SET 2
#define SIDE 8
#define UNROLL _Pragma("GCC unroll 1")
#define NAME(x) x##_avx2
#include "kernel/routing_body.h"
#endif
