/* Support vectors: kernels of a row with each vector, and their sums. */
#include "formats/onnx.h"

#include "base/text.h"

#include <math.h>

struct machine {
    const struct onnx_value *in;
    const reg *row;
    const double *vector, *coefficient, *rho;
    size_t ins, vectors, coefficients, rhos;
    double gamma, coef0, degree;
    const char *kernel;
};

static void floats(const struct onnx_node *n, const char *name,
                   const double **out, size_t *count)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    *out = a == NULL ? NULL : a->floats;
    *count = a == NULL ? 0 : a->float_count;
}

static status open_machine(struct onnx *x, const struct onnx_node *n,
                           struct machine *m, struct error *e)
{
    const double *p;
    size_t numbers = 0, params = 0;
    TRY(onnx_input(x, n, 0, &m->in, e));
    m->ins = m->in->count;
    if (m->in->rank != 2 || m->in->rows != 0 || m->ins == 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "its input is no table");
    TRY(onnx_registers(x, n, m->in, &m->row, e));
    floats(n, "support_vectors", &m->vector, &numbers);
    floats(n, "coefficients", &m->coefficient, &m->coefficients);
    floats(n, "rho", &m->rho, &m->rhos);
    floats(n, "kernel_params", &p, &params);
    m->kernel = onnx_string(n, "kernel_type", "LINEAR");
    m->gamma = params > 0 ? p[0] : 0.0;
    m->coef0 = params > 1 ? p[1] : 0.0;
    m->degree = params > 2 ? p[2] : 0.0;
    if (numbers % m->ins != 0 || m->rhos == 0)
        return onnx_fault(n, e, ST_FORMAT, "%zu numbers of support vectors for "
                          "%zu columns, %zu rho", numbers, m->ins, m->rhos);
    m->vectors = numbers / m->ins;
    return ST_OK;
}

/* exp(-gamma |x - v|²) */
static status radial(struct onnx *x, const struct machine *m, const double *v,
                     reg *out, struct error *e)
{
    double *one = onnx_alloc(x, m->ins, sizeof *one);
    double *minus = onnx_alloc(x, m->ins, sizeof *minus);
    reg *apart = onnx_alloc(x, m->ins, sizeof *apart);
    reg *square = onnx_alloc(x, m->ins, sizeof *square), sum, scaled;
    if (one == NULL || minus == NULL || apart == NULL || square == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < m->ins; i++) {
        one[i] = 1.0;
        minus[i] = -v[i];
    }
    const double gamma = -m->gamma, zero = 0.0;
    TRY(onnx_scale(x, one, minus, true, m->row, m->ins, apart, e));
    TRY(onnx_map(x, MAP_SQUARE, 0, 0, true, apart, m->ins, square, e));
    TRY(program_reduce(x->k, REDUCE_SUM, true, square, m->ins, &sum, e));
    struct onnx_note *note = onnx_note(x, sum);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){0};
    TRY(onnx_scale(x, &gamma, &zero, true, &sum, 1, &scaled, e));
    return onnx_map(x, MAP_EXP, 0, 0, true, &scaled, 1, out, e);
}

/* Kernels of products: all at once. */
static status of_products(struct onnx *x, const struct onnx_node *n,
                          const struct machine *m, reg *out, struct error *e)
{
    reg *dot = onnx_alloc(x, m->vectors, sizeof *dot);
    double *p = onnx_alloc(x, 2 * m->vectors, sizeof *p);
    if (dot == NULL || p == NULL)
        return arena_error(x->work, e);
    TRY(onnx_affine(x, m->vector, NULL, true, m->row, m->ins, m->vectors, dot,
                    e));
    if (text_equal(m->kernel, "LINEAR"))
        return onnx_map(x, MAP_COPY, 0, 0, true, dot, m->vectors, out, e);
    for (size_t i = 0; i < m->vectors; i++) {
        p[i] = m->gamma;
        p[m->vectors + i] = m->coef0;
    }
    reg *line = onnx_alloc(x, m->vectors, sizeof *line);
    if (line == NULL)
        return arena_error(x->work, e);
    TRY(onnx_scale(x, p, p + m->vectors, true, dot, m->vectors, line, e));
    if (text_equal(m->kernel, "POLY"))
        return onnx_map(x, MAP_POWER, m->degree, 0, true, line, m->vectors,
                        out, e);
    if (text_equal(m->kernel, "SIGMOID"))
        return onnx_map(x, MAP_TANH, 0, 0, true, line, m->vectors, out, e);
    return onnx_fault(n, e, ST_UNSUPPORTED, "kernel %.40s", m->kernel);
}

static status kernels(struct onnx *x, const struct onnx_node *n,
                      const struct machine *m, reg **out, struct error *e)
{
    *out = onnx_alloc(x, m->vectors, sizeof **out);
    if (*out == NULL)
        return arena_error(x->work, e);
    if (!text_equal(m->kernel, "RBF"))
        return of_products(x, n, m, *out, e);
    for (size_t i = 0; i < m->vectors; i++)
        TRY(radial(x, m, m->vector + i * m->ins, &(*out)[i], e));
    return ST_OK;
}

/* out = rho + Σ coefficient × kernel; with no vectors the row itself. */
static status weighted(struct onnx *x, const struct onnx_node *n,
                       const struct machine *m, reg *out, struct error *e)
{
    reg *kernel = NULL;
    size_t count = m->vectors > 0 ? m->vectors : m->ins;
    const reg *in = m->row;
    if (m->coefficients != count)
        return onnx_fault(n, e, ST_FORMAT, "%zu coefficients for %zu",
                          m->coefficients, count);
    if (m->vectors > 0) {
        TRY(kernels(x, n, m, &kernel, e));
        in = kernel;
    }
    return onnx_affine(x, m->coefficient, m->rho, true, in, count, 1, out, e);
}

static status lower_regressor(struct onnx *x, const struct onnx_node *n,
                              struct error *e)
{
    struct machine m;
    struct onnx_value out;
    const long dim[2] = {1, 1};
    TRY(open_machine(x, n, &m, e));
    if (onnx_int(n, "one_class", 0) != 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "a machine of one class");
    TRY(onnx_make(x, ONNX_FLOAT, dim, 2, 0, ROOM_REGISTERS, &out, e));
    TRY(weighted(x, n, &m, out.reg, e));
    TRY(onnx_post(x, n, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* Two classes: the sum speaks for the first one; with Platt's line through
 * prob_a and prob_b it becomes a probability. */
static status lower_classifier(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    struct machine m;
    struct onnx_value out;
    const double *a, *b, minus = -1.0;
    const long dim[2] = {1, 2};
    size_t classes = 0, as = 0, bs = 0;
    reg sum, margin;
    TRY(open_machine(x, n, &m, e));
    TRY(onnx_labels(x, n, "classlabels_ints", &classes, e));
    x->classifier = true;
    if (classes != 2 || m.vectors == 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "only machines of two classes "
                          "with support vectors are computed");
    floats(n, "prob_a", &a, &as);
    floats(n, "prob_b", &b, &bs);
    TRY(weighted(x, n, &m, &sum, e));
    TRY(onnx_make(x, ONNX_FLOAT, dim, 2, 0, ROOM_REGISTERS, &out, e));
    bool probable = as == 1 && bs == 1;
    double p = probable ? a[0] : -1.0, q = probable ? b[0] : 0.0;
    double rest = probable ? 1.0 : 0.0;
    TRY(onnx_scale(x, &p, &q, true, &sum, 1, &margin, e));
    TRY(onnx_map(x, probable ? MAP_LOGISTIC : MAP_COPY, 0, 0, true, &margin, 1,
                 &out.reg[1], e));
    TRY(onnx_scale(x, &minus, &rest, true, &out.reg[1], 1, out.reg, e));
    return onnx_set(x, n, 1, &out, e);
}

const struct onnx_row onnx_svm_rows[] = {
    {"SVMRegressor", lower_regressor},
    {"SVMClassifier", lower_classifier},
    {NULL, NULL}};
