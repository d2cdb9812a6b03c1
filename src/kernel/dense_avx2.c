#include "kernel/dense_in.h"

#if defined(__x86_64__)
#define NAME(x) dense_avx2_##x
#include "kernel/dense_body.h"
#else
typedef int dense_avx2_has_no_body;
#endif
