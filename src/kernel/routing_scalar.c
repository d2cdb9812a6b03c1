/* The twin that defines the result of kernel/routing.h. */
#define ROUTING_SET 0
#define SIDE 1
#define UNROLL _Pragma("GCC unroll 1")
#define NAME(x) x##_scalar
#include "kernel/routing_body.h"

