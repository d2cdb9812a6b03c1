/* formats/strangers.h: files that people bring by mistake, and what to do
 * instead. */
#ifndef CANDOR_FORMATS_STRANGERS_H
#define CANDOR_FORMATS_STRANGERS_H

#include <stdbool.h>
#include <stddef.h>

/* What a file with these first bytes is and how to get a model out of it; NULL:
 * nothing is known of it. `surely`: only what no format reads, whatever it
 * looks like to one. */
const char *stranger_advice(const char *bytes, size_t n, bool surely);

#endif
