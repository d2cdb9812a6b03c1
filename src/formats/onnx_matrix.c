/* Products with known matrices, and the normalisation of a batch as it is at
 * prediction: a line for each channel. */
#include "formats/onnx.h"

#include "base/num.h"

#include <math.h>

/* weight[outs][ins] from a known matrix [ins][outs], or turned, times alpha. */
static status weights(struct onnx *x, const struct onnx_value *m, bool turned,
                      double alpha, size_t *ins, size_t *outs, double **out,
                      struct error *e)
{
    *ins = (size_t)m->dim[turned ? 1 : 0];
    *outs = (size_t)m->dim[turned ? 0 : 1];
    double *w = onnx_alloc(x, m->count, sizeof *w);
    if (w == NULL)
        return arena_error(x->work, e);
    for (size_t o = 0; o < *outs; o++)
        for (size_t i = 0; i < *ins; i++) {
            double v = m->number[turned ? o * *ins + i : i * *outs + o];
            w[o * *ins + i] = alpha == 1.0 ? v
                              : onnx_single(m->type) ? num_float(alpha * v)
                                                     : alpha * v;
        }
    *out = w;
    return ST_OK;
}


static status lower_matmul(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value *a, *b;
    struct onnx_value out;
    size_t ins = 0, outs = 0;
    double *w = NULL;
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &a, e));
    TRY(onnx_known(x, n, 1, &b, e));
    struct onnx_value m = *b;
    bool vector = m.rank == 1;
    if (vector) {
        m.rank = 2;
        m.dim[1] = 1;
    }
    if (m.rank != 2 || a->rank == 0 || a->rows == (int)a->rank - 1 ||
        a->dim[a->rank - 1] != m.dim[0])
        return onnx_fault(n, e, ST_UNSUPPORTED, "only a tensor of rows times a "
                          "known matrix of fitting size is computed");
    TRY(weights(x, &m, false, 1.0, &ins, &outs, &w, e));
    long dim[ONNX_RANK_MAX];
    memcpy(dim, a->dim, sizeof dim);
    dim[a->rank - 1] = (long)outs;
    TRY(onnx_make(x, a->type, dim, vector ? a->rank - 1 : a->rank, a->rows,
                  ROOM_REGISTERS, &out, e));
    TRY(onnx_registers(x, n, a, &in, e));
    for (size_t s = 0; ins > 0 && outs > 0 && s < a->count / ins; s++)
        TRY(onnx_affine(x, w, NULL, onnx_single(a->type), in + s * ins, ins,
                        outs, out.reg + s * outs, e));
    if (ins == 0 || outs == 0)
        return onnx_fault(n, e, ST_FORMAT, "an empty matrix");
    return onnx_set(x, n, 0, &out, e);
}

/* beta times the third input, one value an output. */
static status gemm_bias(struct onnx *x, const struct onnx_node *n,
                        size_t outs, double *bias, struct error *e)
{
    const struct onnx_value *c = onnx_optional(x, n, 2);
    double beta = onnx_float(n, "beta", 1.0);
    if (c == NULL)
        return ST_OK;
    TRY(onnx_known(x, n, 2, &c, e));
    if (c->count != 1 && c->count != outs)
        return onnx_fault(n, e, ST_UNSUPPORTED, "a bias of %zu numbers for "
                          "%zu", c->count, outs);
    for (size_t i = 0; i < outs; i++)
        bias[i] = beta * c->number[c->count == 1 ? 0 : i];
    return ST_OK;
}

static status lower_gemm(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *a, *b;
    struct onnx_value out;
    size_t ins = 0, outs = 0;
    double *w = NULL;
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &a, e));
    TRY(onnx_known(x, n, 1, &b, e));
    if (a->rank != 2 || b->rank != 2 || onnx_int(n, "transA", 0) != 0 ||
        a->rows == 1)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "only rows times a known matrix are computed");
    TRY(weights(x, b, onnx_int(n, "transB", 0) != 0,
                onnx_float(n, "alpha", 1.0), &ins, &outs, &w, e));
    if (ins == 0 || outs == 0 || a->dim[1] != (long)ins)
        return onnx_fault(n, e, ST_FORMAT, "%ld numbers times a matrix of %zu "
                          "by %zu", a->dim[1], ins, outs);
    double *bias = onnx_alloc(x, outs, sizeof *bias);
    if (bias == NULL)
        return arena_error(x->work, e);
    TRY(gemm_bias(x, n, outs, bias, e));
    long dim[2] = {a->dim[0], (long)outs};
    TRY(onnx_make(x, a->type, dim, 2, a->rows, ROOM_REGISTERS, &out, e));
    TRY(onnx_registers(x, n, a, &in, e));
    for (size_t s = 0; s < a->count / ins; s++)
        TRY(onnx_affine(x, w, bias, onnx_single(a->type), in + s * ins, ins,
                        outs, out.reg + s * outs, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_batch_norm(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    const struct onnx_value *v, *part[4];
    struct onnx_value out;
    const reg *in = NULL;
    double epsilon = onnx_float(n, "epsilon", 9.99999974737875e-06);
    TRY(onnx_input(x, n, 0, &v, e));
    if (onnx_int(n, "training_mode", 0) != 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "it is in training mode: "
                          "export the model for evaluation");
    if (v->rank < 2 || v->rows == 1)
        return onnx_fault(n, e, ST_UNSUPPORTED, "its channels are the rows");
    size_t channels = (size_t)v->dim[1], inner = 1;
    for (size_t d = 2; d < v->rank; d++)
        inner *= (size_t)v->dim[d];
    for (size_t i = 0; i < 4; i++) {
        TRY(onnx_known(x, n, i + 1, &part[i], e));
        if (part[i]->count != channels)
            return onnx_fault(n, e, ST_FORMAT, "input %zu has %zu numbers for "
                              "%zu channels", i + 1, part[i]->count, channels);
    }
    double *p = onnx_alloc(x, v->count, sizeof *p);
    double *q = onnx_alloc(x, v->count, sizeof *q);
    if (p == NULL || q == NULL)
        return arena_error(x->work, e);
    bool single = onnx_single(v->type);
    for (size_t i = 0; i < v->count; i++) {
        size_t c = i / inner % channels;
        double scale = part[0]->number[c] /
                       sqrt(part[3]->number[c] + epsilon);
        p[i] = single ? num_float(scale) : scale;
        double shift = part[1]->number[c] - part[2]->number[c] * p[i];
        q[i] = single ? num_float(shift) : shift;
    }
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    TRY(onnx_scale(x, p, q, single, in, v->count, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

const struct onnx_row onnx_matrix_rows[] = {
    {"MatMul", lower_matmul},
    {"Gemm", lower_gemm},
    {"BatchNormalization", lower_batch_norm},
    {NULL, NULL}};
