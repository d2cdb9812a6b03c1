#include "kernel/lanes_in.h"

#if defined(__x86_64__)
#define NAME(x) lanes_avx512_##x
#define BYTES 64
#define TILE_OUTS 4
#define TILE_VECTORS 4
#include "kernel/lanes_body.h"
#else
typedef int lanes_avx512_has_no_body;
#endif
