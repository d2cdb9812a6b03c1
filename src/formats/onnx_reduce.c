/* Operators that make one number of several along some axes, and those that
 * look at all numbers of an axis together. Never along the rows. */
#include "formats/onnx.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>

/* Elements in groups: out element o is made of index[o][0…size). */
struct groups {
    size_t count, size;
    size_t *index;
    long dim[ONNX_RANK_MAX]; /* with the reduced axes as 1 */
};

static status group(struct onnx *x, const struct onnx_node *n,
                    const struct onnx_value *v, unsigned axes,
                    struct groups *g, struct error *e)
{
    size_t stride[ONNX_RANK_MAX], filled = 0;
    g->size = 1;
    for (size_t d = 0; d < v->rank; d++) {
        bool in = axes >> d & 1;
        if (in && v->rows == (int)d)
            return onnx_fault(n, e, ST_UNSUPPORTED,
                              "numbers of several rows would be put together");
        g->dim[d] = in ? 1 : v->dim[d];
        g->size *= in ? (size_t)v->dim[d] : 1;
    }
    if (g->size == 0 || v->count == 0)
        return onnx_fault(n, e, ST_FORMAT, "a tensor without elements");
    g->count = v->count / g->size;
    g->index = onnx_alloc(x, v->count, sizeof *g->index);
    size_t *place = onnx_alloc(x, g->count, sizeof *place);
    if (g->index == NULL || place == NULL)
        return arena_error(x->work, e);
    onnx_strides(v, stride);
    for (size_t i = 0; i < v->count; i++) {
        size_t o = 0;
        for (size_t d = 0; d < v->rank; d++)
            if (!(axes >> d & 1))
                o = o * (size_t)v->dim[d] + i / stride[d] % (size_t)v->dim[d];
        g->index[o * g->size + place[o]++] = i;
        filled++;
    }
    return filled == v->count ? ST_OK : error_bug(e, "groups of a tensor");
}

static status gathered(struct onnx *x, const struct onnx_node *n,
                       const struct onnx_value *v, const struct groups *g,
                       reg **out, struct error *e)
{
    const reg *in = NULL;
    TRY(onnx_registers(x, n, v, &in, e));
    *out = onnx_alloc(x, v->count, sizeof **out);
    if (*out == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < v->count; i++)
        (*out)[i] = in[g->index[i]];
    return ST_OK;
}

/* The shape after reduction: axes kept as 1, or dropped. */
static status reduced(struct onnx *x, const struct onnx_value *v,
                      const struct groups *g, unsigned axes, bool keep,
                      int type, struct onnx_value *out, struct error *e)
{
    long dim[ONNX_RANK_MAX];
    size_t rank = 0;
    int rows = ONNX_NONE;
    for (size_t d = 0; d < v->rank; d++) {
        if (!keep && (axes >> d & 1))
            continue;
        if (v->rows == (int)d)
            rows = (int)rank;
        dim[rank++] = g->dim[d];
    }
    return onnx_make(x, type, dim, rank, rows, ROOM_REGISTERS, out, e);
}

static status axes_of(struct onnx *x, const struct onnx_node *n,
                      const struct onnx_value *v, unsigned *bits,
                      struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, "axes");
    const struct onnx_value *list = onnx_optional(x, n, 1);
    size_t count = a == NULL ? 0 : a->int_count, axis = 0;
    *bits = 0;
    if (list != NULL) {
        TRY(onnx_known(x, n, 1, &list, e));
        count = list->count;
    }
    for (size_t i = 0; i < count; i++) {
        long long k = 0;
        if (list == NULL)
            k = a->ints[i];
        else if (!onnx_whole(list->number[i], &k))
            return onnx_fault(n, e, ST_FORMAT, "an axis that is no number");
        TRY(onnx_axis(n, k, v->rank, &axis, e));
        *bits |= 1u << axis;
    }
    if (count == 0 && onnx_int(n, "noop_with_empty_axes", 0) == 0)
        *bits = (1u << v->rank) - 1;
    return ST_OK;
}

static status fold(struct onnx *x, enum program_reduce f, bool single,
                   const reg *in, size_t n, reg *out, struct error *e)
{
    TRY(program_reduce(x->k, f, single, in, n, out, e));
    struct onnx_note *note = onnx_note(x, *out);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){0};
    return ST_OK;
}

static const struct {
    const char *op;
    enum program_reduce f;
} reductions[] = {{"ReduceSum", REDUCE_SUM},     {"ReduceMean", REDUCE_MEAN},
                  {"ReduceMax", REDUCE_MAXIMUM}, {"ReduceMin", REDUCE_MINIMUM},
                  {"ReduceProd", REDUCE_PRODUCT}, {"ReduceL1", REDUCE_NORM1},
                  {"ReduceL2", REDUCE_NORM2}};

/* log Σ exp(x), the largest taken out first. */
static status log_sum_exp(struct onnx *x, bool single, const reg *in, size_t n,
                          reg *out, struct error *e)
{
    reg most, sum;
    reg *apart = onnx_alloc(x, n, sizeof *apart);
    reg *power = onnx_alloc(x, n, sizeof *power);
    if (apart == NULL || power == NULL)
        return arena_error(x->work, e);
    TRY(fold(x, REDUCE_MAXIMUM, single, in, n, &most, e));
    for (size_t i = 0; i < n; i++)
        TRY(onnx_subtract(x, single, in[i], most, &apart[i], e));
    TRY(onnx_map(x, MAP_EXP, 0, 0, single, apart, n, power, e));
    TRY(fold(x, REDUCE_SUM, single, power, n, &sum, e));
    TRY(onnx_map(x, MAP_LOG, 0, 0, single, &sum, 1, power, e));
    TRY(program_pair(x->k, PAIR_ADD, single, power, &most, 1, out, e));
    struct onnx_note *note = onnx_note(x, *out);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){0};
    return ST_OK;
}

static status reduce_one(struct onnx *x, const char *op, bool single,
                         const reg *in, size_t n, reg *out, struct error *e)
{
    size_t f = 0;
    if (text_equal(op, "ReduceLogSumExp"))
        return log_sum_exp(x, single, in, n, out, e);
    if (text_equal(op, "ReduceSumSquare")) {
        reg *square = onnx_alloc(x, n, sizeof *square);
        if (square == NULL)
            return arena_error(x->work, e);
        TRY(onnx_map(x, MAP_SQUARE, 0, 0, single, in, n, square, e));
        return fold(x, REDUCE_SUM, single, square, n, out, e);
    }
    while (!text_equal(reductions[f].op, op))
        f++;
    return fold(x, reductions[f].f, single, in, n, out, e);
}

static status lower_reduce(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct groups g;
    unsigned axes = 0;
    reg *in = NULL;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(axes_of(x, n, v, &axes, e));
    TRY(group(x, n, v, axes, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    TRY(reduced(x, v, &g, axes, onnx_int(n, "keepdims", 1) != 0, v->type, &out,
                e));
    for (size_t o = 0; o < g.count; o++)
        TRY(reduce_one(x, n->op, onnx_single(v->type), in + o * g.size, g.size,
                       &out.reg[o], e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_arg(struct onnx *x, const struct onnx_node *n,
                        struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct groups g;
    size_t axis = 0;
    reg *in = NULL;
    bool most = text_equal(n->op, "ArgMax");
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", 0), v->rank, &axis, e));
    if (onnx_int(n, "select_last_index", 0) != 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "it takes the last of equals");
    TRY(group(x, n, v, 1u << axis, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    TRY(reduced(x, v, &g, 1u << axis, onnx_int(n, "keepdims", 1) != 0,
                ONNX_INT64, &out, e));
    for (size_t o = 0; o < g.count; o++)
        TRY(fold(x, most ? REDUCE_ARGMAX : REDUCE_ARGMIN, onnx_single(v->type),
                 in + o * g.size, g.size, &out.reg[o], e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_softmax(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct groups g;
    size_t axis = 0;
    reg *in = NULL;
    bool old = onnx_version(x, "") < 13;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", old ? 1 : -1), v->rank, &axis, e));
    unsigned axes = 1u << axis;
    for (size_t d = axis; old && d < v->rank; d++)
        axes |= 1u << d; /* before operator set 13: all axes from there on */
    TRY(group(x, n, v, axes, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    reg *made = onnx_alloc(x, g.size, sizeof *made);
    if (made == NULL)
        return arena_error(x->work, e);
    for (size_t o = 0; o < g.count; o++) {
        TRY(onnx_softmax(x, n->op[0] == 'L', onnx_single(v->type),
                         in + o * g.size, g.size, made, e));
        for (size_t i = 0; i < g.size; i++)
            out.reg[g.index[o * g.size + i]] = made[i];
    }
    return onnx_set(x, n, 0, &out, e);
}

static status lower_lp(struct onnx *x, const struct onnx_node *n,
                       struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct groups g;
    size_t axis = 0;
    reg *in = NULL;
    long long p = onnx_int(n, "p", 2);
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", -1), v->rank, &axis, e));
    if (p != 1 && p != 2)
        return onnx_fault(n, e, ST_UNSUPPORTED, "a norm of order %lld", p);
    TRY(group(x, n, v, 1u << axis, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    reg *made = onnx_alloc(x, g.size, sizeof *made);
    if (made == NULL)
        return arena_error(x->work, e);
    for (size_t o = 0; o < g.count; o++) {
        TRY(program_group(x->k, p == 1 ? GROUP_UNIT_L1 : GROUP_UNIT_L2,
                          onnx_single(v->type), in + o * g.size, g.size, made,
                          e));
        for (size_t i = 0; i < g.size; i++) {
            struct onnx_note *note = onnx_note(x, made[i]);
            if (note == NULL)
                return error_memory(e);
            *note = (struct onnx_note){0};
            out.reg[g.index[o * g.size + i]] = made[i];
        }
    }
    return onnx_set(x, n, 0, &out, e);
}

/* --- LayerNormalization ---------------------------------------------------- */

/* in[n] → (in - mean) / √(mean of squares + ε), into out. */
static status normalise(struct onnx *x, const reg *in, size_t n, bool single,
                        double epsilon, reg *out, struct error *e)
{
    reg mean, variance, root, *same = onnx_alloc(x, n, sizeof *same);
    reg *apart = onnx_alloc(x, n, sizeof *apart);
    reg *squares = onnx_alloc(x, n, sizeof *squares);
    if (same == NULL || apart == NULL || squares == NULL)
        return arena_error(x->work, e);
    TRY(fold(x, REDUCE_MEAN, single, in, n, &mean, e));
    for (size_t i = 0; i < n; i++)
        same[i] = mean;
    TRY(program_pair(x->k, PAIR_SUBTRACT, single, in, same, n, apart, e));
    TRY(program_map(x->k, MAP_SQUARE, 0, 0, single, apart, n, squares, e));
    TRY(fold(x, REDUCE_MEAN, single, squares, n, &variance, e));
    const double one = 1.0;
    TRY(onnx_scale(x, &one, &epsilon, single, &variance, 1, &root, e));
    variance = root;
    TRY(onnx_map(x, MAP_SQRT, 0, 0, single, &variance, 1, &root, e));
    for (size_t i = 0; i < n; i++)
        same[i] = root;
    TRY(program_pair(x->k, PAIR_DIVIDE, single, apart, same, n, out, e));
    for (size_t i = 0; i < n; i++) {
        struct onnx_note *note = onnx_note(x, out[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){0};
    }
    return ST_OK;
}

static status line_of(struct onnx *x, const struct onnx_node *n, size_t input,
                      size_t size, double otherwise, double *out,
                      struct error *e)
{
    const struct onnx_value *v = onnx_optional(x, n, input);
    if (v != NULL)
        TRY(onnx_known(x, n, input, &v, e));
    if (v != NULL && v->count != size && v->count != 1)
        return onnx_fault(n, e, ST_FORMAT, "input %zu has %zu numbers for %zu",
                          input, v->count, size);
    for (size_t i = 0; i < size; i++)
        out[i] = v == NULL ? otherwise : v->number[v->count == 1 ? 0 : i];
    return ST_OK;
}

static status lower_layer_norm(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct groups g;
    size_t axis = 0;
    reg *in = NULL;
    unsigned axes = 0;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", -1), v->rank, &axis, e));
    for (size_t d = axis; d < v->rank; d++)
        axes |= 1u << d;
    TRY(group(x, n, v, axes, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    double *p = onnx_alloc(x, g.size, sizeof *p);
    double *q = onnx_alloc(x, g.size, sizeof *q);
    reg *made = onnx_alloc(x, g.size, sizeof *made);
    if (p == NULL || q == NULL || made == NULL)
        return arena_error(x->work, e);
    TRY(line_of(x, n, 1, g.size, 1.0, p, e));
    TRY(line_of(x, n, 2, g.size, 0.0, q, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    for (size_t o = 0; o < g.count; o++) {
        TRY(normalise(x, in + o * g.size, g.size, onnx_single(v->type),
                      onnx_float(n, "epsilon", 9.99999974737875e-06), made,
                      e));
        TRY(onnx_scale(x, p, q, onnx_single(v->type), made, g.size,
                       out.reg + o * g.size, e));
    }
    return onnx_set(x, n, 0, &out, e);
}

/* The largest and its place, as converters of classifiers write it. */
static status lower_top(struct onnx *x, const struct onnx_node *n,
                        struct error *e)
{
    const struct onnx_value *v, *k = NULL;
    struct onnx_value out[2];
    struct groups g;
    size_t axis = 0;
    reg *in = NULL;
    double most = (double)onnx_int(n, "k", 1);
    TRY(onnx_input(x, n, 0, &v, e));
    if (n->inputs > 1) {
        TRY(onnx_known(x, n, 1, &k, e));
        most = k->count == 1 ? k->number[0] : 0.0;
    }
    if (most != 1.0 || onnx_int(n, "largest", 1) == 0)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "only the largest one is computed");
    TRY(onnx_axis(n, onnx_int(n, "axis", -1), v->rank, &axis, e));
    TRY(group(x, n, v, 1u << axis, &g, e));
    TRY(gathered(x, n, v, &g, &in, e));
    for (size_t i = 0; i < 2; i++) {
        TRY(reduced(x, v, &g, 1u << axis, true, i == 0 ? v->type : ONNX_INT64,
                    &out[i], e));
        for (size_t o = 0; o < g.count; o++)
            TRY(fold(x, i == 0 ? REDUCE_MAXIMUM : REDUCE_ARGMAX,
                     onnx_single(v->type), in + o * g.size, g.size,
                     &out[i].reg[o], e));
    }
    TRY(onnx_set(x, n, 0, &out[0], e));
    return onnx_set(x, n, 1, &out[1], e);
}

const struct onnx_row onnx_reduce_rows[] = {
    {"ReduceSum", lower_reduce},   {"ReduceMean", lower_reduce},
    {"ReduceMax", lower_reduce},   {"ReduceMin", lower_reduce},
    {"ReduceProd", lower_reduce},  {"ReduceL1", lower_reduce},
    {"ReduceL2", lower_reduce},    {"ArgMax", lower_arg},
    {"ArgMin", lower_arg},         {"Softmax", lower_softmax},
    {"LogSoftmax", lower_softmax}, {"LayerNormalization", lower_layer_norm},
    {"TopK", lower_top},           {"LpNormalization", lower_lp},
    {"ReduceSumSquare", lower_reduce},
    {"ReduceLogSumExp", lower_reduce},
    {NULL, NULL}};
