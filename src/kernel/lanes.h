/* kernel/lanes.h: steps on lines of numbers, a row a lane. A line is a run of
 * doubles; line k begins at line + k × stride. Lanes are independent, and each
 * does the operations written here in their order, products rounded before they
 * are added, so every variant gives the bits of the scalar twin. `single` rounds
 * operands and every result to float32. */
#ifndef CANDOR_KERNEL_LANES_H
#define CANDOR_KERNEL_LANES_H

#include <stddef.h>
#include <stdint.h>

enum { LANES_GRAIN = 8 /* lanes come in multiples of it */ };

struct lanes_lists {
    double *line;
    size_t stride, lanes;
    const uint32_t *in, *out; /* [ins], [outs]: no line is in both */
    size_t ins, outs;
};

/* line out[o] = Σ over i, in order, of weight[o][i] × line in[i], from 0; then
 * + bias[o] (NULL: nothing is added). */
void lanes_affine(const struct lanes_lists *l, const double *weight,
                  const double *bias);

/* The same in float32; room: lanes_affine_room(ins, lanes) floats. */
size_t lanes_affine_room(size_t ins, size_t lanes);
void lanes_affine_single(const struct lanes_lists *l, const float *weight,
                         const float *bias, float *room);

enum lanes_pair { LANES_ADD, LANES_SUBTRACT, LANES_MULTIPLY, LANES_DIVIDE };

/* out[n] = f(x[n] …); out may be one of the lines read, but not overlap else. */
void lanes_relu(const double *x, double *out, size_t n); /* below 0: 0 */
void lanes_round(const double *x, double *out, size_t n); /* to float32 */
void lanes_scale(const double *x, double p, double q, double *out, size_t n);
void lanes_scale_single(const double *x, float p, float q, double *out,
                        size_t n);
void lanes_missing(const double *x, double *out, size_t n); /* NaN: 1, else 0 */
void lanes_pair(enum lanes_pair f, const double *x, const double *y,
                double *out, size_t n);
void lanes_pair_single(enum lanes_pair f, const double *x, const double *y,
                       double *out, size_t n);
/* NaN: unsaid; not 0: yes; 0: no. */
void lanes_choose(const double *x, const double *yes, const double *no,
                  const double *unsaid, double *out, size_t n);

#endif
