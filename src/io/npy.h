/* io/npy.h: arrays as .npy files, format 1.0 as numpy documents it (NEP 1):
 * little-endian, C order, the header padded to 128 bytes. Rows are streamed; how
 * many there are is known only at the end, so the header is written with room
 * for the longest count and filled in before the file gets its name. */
#ifndef CANDOR_IO_NPY_H
#define CANDOR_IO_NPY_H

#include "base/error.h"

enum npy_type { NPY_FLOAT32, NPY_FLOAT64, NPY_INT64 };
enum { NPY_AXES = 3, NPY_HEADER = 128 };

struct npy;

/* axis[axes]: the lengths behind the first axis, which counts rows; axes 0: one
 * number a row. The file appears when it is closed, whole or not at all; it
 * must be a plain file (not "-", a pipe or a device: ARGUMENT). */
MUST_USE status npy_open(const char *path, unsigned mode, enum npy_type type,
                         const size_t *axis, size_t axes, struct npy **out,
                         struct error *e);
/* Rows as the type's own numbers (float, double, int64_t): rows × axes. */
MUST_USE status npy_put(struct npy *n, const void *rows, size_t count,
                        struct error *e);
/* Fills in the count. Ends the array, whatever it returns. */
MUST_USE status npy_close(struct npy *n, struct error *e);
void npy_free(struct npy *n); /* gives up; NULL is fine; not after npy_close */

#endif
