/* Operators of one tensor, element by element. */
#include "formats/onnx.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>

/* A row of the table: operator → map, with its attributes and their defaults. */
struct unary {
    const char *op;
    enum program_map map;
    const char *p, *q;
    double p_default, q_default;
    int type; /* of the result; 0: as it came */
};

static const struct unary table[] = {
    {"Neg", MAP_NEGATE, NULL, NULL, 0, 0, 0},
    {"Abs", MAP_ABSOLUTE, NULL, NULL, 0, 0, 0},
    {"Exp", MAP_EXP, NULL, NULL, 0, 0, 0},
    {"Log", MAP_LOG, NULL, NULL, 0, 0, 0},
    {"Sqrt", MAP_SQRT, NULL, NULL, 0, 0, 0},
    {"Relu", MAP_RELU, NULL, NULL, 0, 0, 0},
    {"LeakyRelu", MAP_LEAKY, "alpha", NULL, 0.00999999977648258, 0, 0},
    {"Elu", MAP_ELU, "alpha", NULL, 1, 0, 0},
    {"Sigmoid", MAP_LOGISTIC, NULL, NULL, 0, 0, 0},
    {"HardSigmoid", MAP_HARD_LOGISTIC, "alpha", "beta", 0.200000002980232, 0.5,
     0},
    {"Tanh", MAP_TANH, NULL, NULL, 0, 0, 0},
    {"Softplus", MAP_SOFTPLUS, NULL, NULL, 0, 0, 0},
    {"Softsign", MAP_SOFTSIGN, NULL, NULL, 0, 0, 0},
    {"Erf", MAP_ERF, NULL, NULL, 0, 0, 0},
    {"Sign", MAP_SIGN, NULL, NULL, 0, 0, 0},
    {"Floor", MAP_FLOOR, NULL, NULL, 0, 0, 0},
    {"Ceil", MAP_CEIL, NULL, NULL, 0, 0, 0},
    {"Round", MAP_RINT, NULL, NULL, 0, 0, 0},
    {"Reciprocal", MAP_RECIPROCAL, NULL, NULL, 0, 0, 0},
    {"Sin", MAP_SIN, NULL, NULL, 0, 0, 0},
    {"Cos", MAP_COS, NULL, NULL, 0, 0, 0},
    {"Tan", MAP_TAN, NULL, NULL, 0, 0, 0},
    {"Asin", MAP_ASIN, NULL, NULL, 0, 0, 0},
    {"Acos", MAP_ACOS, NULL, NULL, 0, 0, 0},
    {"Atan", MAP_ATAN, NULL, NULL, 0, 0, 0},
    {"Sinh", MAP_SINH, NULL, NULL, 0, 0, 0},
    {"Cosh", MAP_COSH, NULL, NULL, 0, 0, 0},
    {"IsNaN", MAP_IS_MISSING, NULL, NULL, 0, 0, ONNX_BOOL},
    {"Not", MAP_NOT, NULL, NULL, 0, 0, ONNX_BOOL}};

/* Registers for all elements, f applied. */
static status mapped(struct onnx *x, const struct onnx_node *n,
                     const struct onnx_value *v, enum program_map f, double p,
                     double q, int type, struct onnx_value *out,
                     struct error *e)
{
    const reg *in = NULL;
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, type, v->dim, v->rank, v->rows, ROOM_REGISTERS, out, e));
    return onnx_map(x, f, p, q, onnx_single(v->type), in, v->count, out->reg,
                    e);
}

/* What a shape is computed with, known from the file. */
static bool known_unary(enum program_map f, double v, double *out)
{
    switch (f) {
    case MAP_NEGATE:
        *out = -v;
        return true;
    case MAP_ABSOLUTE:
        *out = fabs(v);
        return true;
    case MAP_SQRT:
        *out = sqrt(v);
        return true;
    case MAP_FLOOR:
        *out = floor(v);
        return true;
    case MAP_CEIL:
        *out = ceil(v);
        return true;
    default:
        return false;
    }
}

static status known(struct onnx *x, const struct onnx_value *v,
                    enum program_map f, struct onnx_value *out, bool *done,
                    struct error *e)
{
    double result = 0.0;
    *done = v->number != NULL && known_unary(f, 0.0, &result);
    if (!*done)
        return ST_OK;
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_NUMBERS, out, e));
    for (size_t i = 0; i < v->count; i++) {
        (void)known_unary(f, v->number[i], &result);
        out->number[i] = onnx_single(v->type) ? num_float(result) : result;
    }
    return ST_OK;
}

static status lower_unary(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    bool done = false;
    const struct unary *u = table;
    while (!text_equal(u->op, n->op))
        u++;
    double p = u->p == NULL ? 0.0 : onnx_float(n, u->p, u->p_default);
    double q = u->q == NULL ? 0.0 : onnx_float(n, u->q, u->q_default);
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(known(x, v, u->map, &out, &done, e));
    if (!done)
        TRY(mapped(x, n, v, u->map, p, q, u->type != 0 ? u->type : v->type,
                   &out, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_selu(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    double alpha = onnx_float(n, "alpha", 1.6732632);
    double gamma = onnx_float(n, "gamma", 1.0507010);
    TRY(onnx_input(x, n, 0, &v, e));
    if (fabs(alpha - 1.6732632) > 1e-5 || fabs(gamma - 1.0507010) > 1e-5)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "alpha %g and gamma %g are not SELU's own", alpha,
                          gamma);
    TRY(mapped(x, n, v, MAP_SELU, 0, 0, v->type, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_gelu(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    bool tanh = text_equal(onnx_string(n, "approximate", "none"), "tanh");
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(mapped(x, n, v, tanh ? MAP_GELU_TANH : MAP_GELU, 0, 0, v->type, &out,
               e));
    return onnx_set(x, n, 0, &out, e);
}

/* An end of Clip: an input that is known, an attribute, or none. */
static status clip_end(struct onnx *x, const struct onnx_node *n, size_t input,
                       const char *name, double otherwise, double *out,
                       struct error *e)
{
    const struct onnx_value *v = onnx_optional(x, n, input);
    *out = onnx_float(n, name, otherwise);
    if (v == NULL)
        return ST_OK;
    TRY(onnx_known(x, n, input, &v, e));
    if (v->count != 1)
        return onnx_fault(n, e, ST_FORMAT, "%s must be one number", name);
    *out = v->number[0];
    return ST_OK;
}

static status lower_clip(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    double low, high;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(clip_end(x, n, 1, "min", -(double)INFINITY, &low, e));
    TRY(clip_end(x, n, 2, "max", (double)INFINITY, &high, e));
    TRY(mapped(x, n, v, MAP_CLAMP, low, high, v->type, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* --- Cast ------------------------------------------------------------------ */

static double cast_number(double v, int to)
{
    if (onnx_single(to))
        return num_float(v);
    if (to == ONNX_BOOL)
        return v != 0.0 ? 1.0 : 0.0;
    return to == ONNX_DOUBLE ? v : trunc(v);
}

static bool whole_type(int type)
{
    return type != ONNX_DOUBLE && !onnx_single(type);
}

/* Inputs come as doubles, so that one of float32 is rounded when doubles are
 * made of it; results of steps are rounded already. */
static status widen(struct onnx *x, const struct onnx_value *v, reg *out,
                    struct error *e)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct onnx_note *note = onnx_note(x, v->reg[i]);
        bool raw = note != NULL && note->chain == CHAIN_INPUT;
        TRY(onnx_map(x, raw ? MAP_FLOAT32 : MAP_COPY, 0, 0, false, &v->reg[i],
                     1, &out[i], e));
    }
    return ST_OK;
}

static status cast_registers(struct onnx *x, const struct onnx_value *v,
                             int to, struct onnx_value *out, struct error *e)
{
    TRY(onnx_make(x, to, v->dim, v->rank, v->rows, ROOM_REGISTERS, out, e));
    if (to == ONNX_BOOL && v->type != ONNX_BOOL) {
        TRY(onnx_map(x, MAP_NOT, 0, 0, false, v->reg, v->count, out->reg, e));
        reg *once = onnx_alloc(x, v->count, sizeof *once);
        if (once == NULL)
            return arena_error(x->work, e);
        memcpy(once, out->reg, v->count * sizeof *once);
        return onnx_map(x, MAP_NOT, 0, 0, false, once, v->count, out->reg, e);
    }
    if (to == ONNX_DOUBLE && onnx_single(v->type))
        return widen(x, v, out->reg, e);
    bool cut = whole_type(to) && !whole_type(v->type);
    return onnx_map(x, cut ? MAP_TO_INTEGER : MAP_COPY, 0, 0,
                    onnx_single(v->type), v->reg, v->count, out->reg, e);
}

static status lower_cast(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    long long to = onnx_int(n, "to", 0);
    TRY(onnx_input(x, n, 0, &v, e));
    if (to == ONNX_STRING && v->type == ONNX_STRING)
        return onnx_set(x, n, 0, v, e);
    if (to < ONNX_FLOAT || to > ONNX_UINT64 || to == ONNX_STRING ||
        v->type == ONNX_STRING)
        return onnx_fault(n, e, ST_UNSUPPORTED, "a cast from %s to %s",
                          onnx_type_word(v->type),
                          onnx_type_word(to < 0 || to > 16 ? 0 : (int)to));
    if (v->number != NULL) {
        TRY(onnx_make(x, (int)to, v->dim, v->rank, v->rows, ROOM_NUMBERS, &out,
                      e));
        for (size_t i = 0; i < v->count; i++)
            out.number[i] = isnan(v->number[i])
                                ? v->number[i]
                                : cast_number(v->number[i], (int)to);
    } else {
        TRY(cast_registers(x, v, (int)to, &out, e));
    }
    return onnx_set(x, n, 0, &out, e);
}

#define U(name) {name, lower_unary}
const struct onnx_row onnx_map_rows[] = {
    U("Neg"), U("Abs"), U("Exp"), U("Log"), U("Sqrt"), U("Relu"),
    U("LeakyRelu"), U("Elu"), U("Sigmoid"), U("HardSigmoid"), U("Tanh"),
    U("Softplus"), U("Softsign"), U("Erf"), U("Sign"), U("Floor"), U("Ceil"),
    U("Round"), U("Reciprocal"), U("Sin"), U("Cos"), U("Tan"), U("Asin"),
    U("Acos"), U("Atan"), U("Sinh"), U("Cosh"), U("IsNaN"), U("Not"),
    {"Selu", lower_selu}, {"Gelu", lower_gelu}, {"Clip", lower_clip},
    {"Cast", lower_cast}, {NULL, NULL}};
#undef U
