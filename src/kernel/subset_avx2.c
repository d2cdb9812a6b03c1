#include "kernel/subset_in.h"

#if defined(__x86_64__)
#define NAME(x) subset_avx2_##x
#include "kernel/subset_body.h"
#else
/* Never chosen on other machines. */
typedef int subset_avx2_absent;
#endif
