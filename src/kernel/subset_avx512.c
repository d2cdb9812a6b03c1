#include "kernel/subset_in.h"

#if defined(__x86_64__)
#define NAME(x) subset_avx512_##x
#include "kernel/subset_body.h"
#else
/* Never chosen on other machines. */
typedef int subset_avx512_absent;
#endif
