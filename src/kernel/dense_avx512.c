#include "kernel/dense_in.h"

#if defined(__x86_64__)
#define NAME(x) dense_avx512_##x
#include "kernel/dense_body.h"
#else
typedef int dense_avx512_has_no_body;
#endif
