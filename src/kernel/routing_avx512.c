#ifdef __AVX512BW__
#define ROUTING_SET 512
#define SIDE 4
#define UNROLL _Pragma("GCC unroll 4")
#define NAME(x) x##_avx512
#include "kernel/routing_body.h"
#endif
