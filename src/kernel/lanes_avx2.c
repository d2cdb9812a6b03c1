#include "kernel/lanes_in.h"

#if defined(__x86_64__)
#define NAME(x) lanes_avx2_##x
#define BYTES 32
#define TILE_OUTS 4
#define TILE_VECTORS 2
#include "kernel/lanes_body.h"
#else
typedef int lanes_avx2_has_no_body;
#endif
