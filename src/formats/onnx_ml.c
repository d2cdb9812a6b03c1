/* ai.onnx.ml: scaling, filling, linear models, and what makes scores of sums. */
#include "formats/onnx.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>

/* Integers become floats behind these operators. */
static int result_type(int type)
{
    return type == ONNX_DOUBLE ? ONNX_DOUBLE : ONNX_FLOAT;
}

/* The last axis of a tensor of rows: how many columns. */
static status columns_of(const struct onnx_node *n, const struct onnx_value *v,
                         size_t *out, struct error *e)
{
    if (v->rank == 0 || (v->rank > 1 && v->rows == (int)v->rank - 1))
        return onnx_fault(n, e, ST_UNSUPPORTED, "its input is no table");
    *out = v->rank == 1 && v->rows == 0 ? 1 : (size_t)v->dim[v->rank - 1];
    if (*out == 0)
        return onnx_fault(n, e, ST_FORMAT, "its input has no columns");
    return ST_OK;
}

/* A list of floats, of one number or one a column. */
static status list_of(const struct onnx_node *n, const char *name,
                      size_t columns, const double **list, size_t *count,
                      struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    *count = a == NULL ? 0 : a->float_count;
    *list = a == NULL ? NULL : a->floats;
    if (*count > 1 && *count != columns)
        return onnx_fault(n, e, ST_FORMAT, "%s has %zu numbers for %zu columns",
                          name, *count, columns);
    return ST_OK;
}

/* --- Scaler, Imputer, Normalizer, Binarizer, FeatureVectorizer ------------- */

static status lower_scaler(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    const double *offset, *scale;
    size_t columns = 0, offsets = 0, scales = 0;
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(columns_of(n, v, &columns, e));
    TRY(list_of(n, "offset", columns, &offset, &offsets, e));
    TRY(list_of(n, "scale", columns, &scale, &scales, e));
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, result_type(v->type), v->dim, v->rank, v->rows,
                  ROOM_REGISTERS, &out, e));
    double *list = onnx_alloc(x, 4 * v->count, sizeof *list);
    reg *moved = onnx_alloc(x, v->count, sizeof *moved);
    if (list == NULL || moved == NULL)
        return arena_error(x->work, e);
    double *one = list, *zero = list + v->count, *shift = zero + v->count;
    double *factor = shift + v->count;
    for (size_t i = 0; i < v->count; i++) {
        one[i] = 1.0;
        shift[i] = offsets == 0 ? 0.0
                                : -offset[offsets == 1 ? 0 : i % columns];
        factor[i] = scales == 0 ? 1.0 : scale[scales == 1 ? 0 : i % columns];
    }
    bool single = onnx_single(out.type);
    TRY(onnx_scale(x, one, shift, single, in, v->count, moved, e));
    TRY(onnx_scale(x, factor, zero, single, moved, v->count, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

/* Fills one register: where it is missing, or equals another value. */
static status impute(struct onnx *x, reg in, double replaced, double by,
                     bool single, reg *out, struct error *e)
{
    reg same, value;
    if (isnan(replaced))
        return onnx_map(x, MAP_FILL, by, 0, single, &in, 1, out, e);
    TRY(onnx_map(x, MAP_EQUALS_P, replaced, 0, single, &in, 1, &same, e));
    TRY(onnx_constant(x, by, &value, e));
    TRY(program_choose(x->k, &same, &value, &in, &in, 1, out, e));
    struct onnx_note *note = onnx_note(x, *out);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){0};
    return ST_OK;
}

static status lower_imputer(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    size_t columns = 0;
    const reg *in = NULL;
    const struct onnx_attribute *a = onnx_attribute(n, "imputed_value_floats");
    const struct onnx_attribute *b = onnx_attribute(n, "imputed_value_int64s");
    bool whole = a == NULL || a->float_count == 0;
    size_t count = !whole ? a->float_count : b == NULL ? 0 : b->int_count;
    double replaced = whole ? (double)onnx_int(n, "replaced_value_int64", 0)
                            : onnx_float(n, "replaced_value_float", 0.0);
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(columns_of(n, v, &columns, e));
    if (count != 1 && count != columns)
        return onnx_fault(n, e, ST_FORMAT, "%zu values for %zu columns", count,
                          columns);
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    for (size_t i = 0; i < v->count; i++) {
        size_t at = count == 1 ? 0 : i % columns;
        TRY(impute(x, in[i], replaced,
                   whole ? (double)b->ints[at] : a->floats[at],
                   onnx_single(v->type), &out.reg[i], e));
    }
    return onnx_set(x, n, 0, &out, e);
}

/* Divided by the largest number, not by the largest size; zeros stay. */
static status by_largest(struct onnx *x, bool single, const reg *in, size_t n,
                         reg *out, struct error *e)
{
    reg most, none, one, by, *same = onnx_alloc(x, n, sizeof *same);
    if (same == NULL)
        return arena_error(x->work, e);
    TRY(program_reduce(x->k, REDUCE_MAXIMUM, single, in, n, &most, e));
    TRY(program_map(x->k, MAP_EQUALS_P, 0.0, 0, single, &most, 1, &none, e));
    TRY(onnx_constant(x, 1.0, &one, e));
    TRY(program_choose(x->k, &none, &one, &most, &most, 1, &by, e));
    for (size_t i = 0; i < n; i++)
        same[i] = by;
    return program_pair(x->k, PAIR_DIVIDE, single, in, same, n, out, e);
}

static status lower_normalizer(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    size_t columns = 0;
    const reg *in = NULL;
    const char *norm = onnx_string(n, "norm", "MAX");
    enum program_group f = text_equal(norm, "L1")   ? GROUP_UNIT_L1
                           : text_equal(norm, "L2") ? GROUP_UNIT_L2
                                                    : GROUP_UNIT_MAX;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(columns_of(n, v, &columns, e));
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, result_type(v->type), v->dim, v->rank, v->rows,
                  ROOM_REGISTERS, &out, e));
    for (size_t i = 0; i < v->count; i += columns)
        TRY(f == GROUP_UNIT_MAX
                ? by_largest(x, onnx_single(out.type), in + i, columns,
                             out.reg + i, e)
                : program_group(x->k, f, onnx_single(out.type), in + i,
                                columns, out.reg + i, e));
    for (size_t i = 0; i < v->count; i++) {
        struct onnx_note *note = onnx_note(x, out.reg[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){0};
    }
    return onnx_set(x, n, 0, &out, e);
}

static status lower_binarizer(struct onnx *x, const struct onnx_node *n,
                              struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, v->type, v->dim, v->rank, v->rows, ROOM_REGISTERS, &out,
                  e));
    TRY(onnx_map(x, MAP_THRESHOLD, onnx_float(n, "threshold", 0.0), 0,
                 onnx_single(v->type), in, v->count, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_vectorizer(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    const reg *in = NULL;
    long dim[2] = {1, 0};
    size_t columns = 0, at = 0;
    for (size_t i = 0; i < n->inputs; i++) {
        TRY(onnx_input(x, n, i, &v, e));
        TRY(columns_of(n, v, &columns, e));
        dim[1] += (long)columns;
        if (v->count != columns || v->rows != 0)
            return onnx_fault(n, e, ST_UNSUPPORTED, "input %zu is no table", i);
    }
    TRY(onnx_make(x, ONNX_FLOAT, dim, 2, 0, ROOM_REGISTERS, &out, e));
    for (size_t i = 0; i < n->inputs; i++) {
        TRY(onnx_input(x, n, i, &v, e));
        TRY(onnx_registers(x, n, v, &in, e));
        for (size_t c = 0; c < v->count; c++)
            out.reg[at++] = in[c];
    }
    return onnx_set(x, n, 0, &out, e);
}

/* --- scores ---------------------------------------------------------------- */

status onnx_labels(struct onnx *x, const struct onnx_node *n, const char *ints,
                   size_t *count, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, ints);
    const struct onnx_attribute *b = onnx_attribute(n, "classlabels_strings");
    bool words = b != NULL && b->string_count > 0;
    *count = words ? b->string_count : a == NULL ? 0 : a->int_count;
    const char **name = onnx_alloc(x, *count, sizeof *name);
    if (name == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < *count; i++) {
        name[i] = words ? b->strings[i]
                        : arena_format(x->work, "%lld", a->ints[i]);
        if (name[i] == NULL)
            return arena_error(x->work, e);
    }
    x->class_name = name;
    x->classes = *count;
    return ST_OK;
}

status onnx_post(struct onnx *x, const struct onnx_node *n,
                 struct onnx_value *scores, struct error *e)
{
    const char *post = onnx_string(n, "post_transform", "NONE");
    bool single = onnx_single(scores->type);
    reg *in = onnx_alloc(x, scores->count, sizeof *in);
    if (in == NULL)
        return arena_error(x->work, e);
    memcpy(in, scores->reg, scores->count * sizeof *in);
    if (text_equal(post, "NONE"))
        return ST_OK;
    if (text_equal(post, "LOGISTIC"))
        return onnx_map(x, MAP_LOGISTIC, 0, 0, single, in, scores->count,
                        scores->reg, e);
    if (text_equal(post, "SOFTMAX"))
        return onnx_softmax(x, false, single, in, scores->count, scores->reg,
                            e);
    return onnx_fault(n, e, ST_UNSUPPORTED, "post_transform %.40s", post);
}

/* Sums of a linear model, one a row of coefficients. */
static status linear(struct onnx *x, const struct onnx_node *n,
                     const struct onnx_value *v, size_t outs,
                     struct onnx_value *out, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, "coefficients");
    const struct onnx_attribute *b = onnx_attribute(n, "intercepts");
    size_t columns = 0;
    const reg *in = NULL;
    TRY(columns_of(n, v, &columns, e));
    if (a == NULL || outs == 0 || v->count != columns ||
        a->float_count / outs != columns || a->float_count % outs != 0)
        return onnx_fault(n, e, ST_FORMAT, "%zu coefficients for %zu columns "
                          "and %zu scores", a == NULL ? 0 : a->float_count,
                          columns, outs);
    if (b != NULL && b->float_count != 0 && b->float_count != outs)
        return onnx_fault(n, e, ST_FORMAT, "%zu intercepts for %zu scores",
                          b->float_count, outs);
    long dim[2] = {1, (long)outs};
    TRY(onnx_make(x, ONNX_FLOAT, dim, 2, 0, ROOM_REGISTERS, out, e));
    TRY(onnx_registers(x, n, v, &in, e));
    return onnx_affine(x, a->floats,
                       b == NULL || b->float_count == 0 ? NULL : b->floats,
                       true, in, columns, outs, out->reg, e);
}

static status lower_linear_regressor(struct onnx *x, const struct onnx_node *n,
                                     struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    long long targets = onnx_int(n, "targets", 1);
    TRY(onnx_input(x, n, 0, &v, e));
    if (targets < 1 || targets > MODEL_OUTPUTS_MAX)
        return onnx_fault(n, e, ST_FORMAT, "%lld targets", targets);
    TRY(linear(x, n, v, (size_t)targets, &out, e));
    TRY(onnx_post(x, n, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* One score of two classes: the first class is the rest. */
static status two_columns(struct onnx *x, const struct onnx_node *n,
                          struct onnx_value *scores, struct error *e)
{
    const double minus = -1.0, one = 1.0;
    struct onnx_value pos = *scores, out;
    long dim[2] = {1, 2};
    TRY(onnx_post(x, n, &pos, e));
    TRY(onnx_make(x, scores->type, dim, 2, 0, ROOM_REGISTERS, &out, e));
    out.reg[1] = pos.reg[0];
    TRY(onnx_scale(x, &minus, &one, onnx_single(scores->type), pos.reg, 1,
                   out.reg, e));
    *scores = out;
    return ST_OK;
}

static status lower_linear_classifier(struct onnx *x,
                                      const struct onnx_node *n,
                                      struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    size_t classes = 0, columns = 0;
    const struct onnx_attribute *a = onnx_attribute(n, "coefficients");
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(columns_of(n, v, &columns, e));
    TRY(onnx_labels(x, n, "classlabels_ints", &classes, e));
    x->classifier = true;
    bool one = classes == 2 && a != NULL && a->float_count == columns;
    TRY(linear(x, n, v, one ? 1 : classes, &out, e));
    TRY(one ? two_columns(x, n, &out, e) : onnx_post(x, n, &out, e));
    return onnx_set(x, n, 1, &out, e);
}

static status lower_zip_map(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    size_t count = 0;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_labels(x, n, "classlabels_int64s", &count, e));
    x->classifier = true;
    return onnx_set(x, n, 0, v, e);
}

const struct onnx_row onnx_ml_rows[] = {
    {"Scaler", lower_scaler},
    {"Imputer", lower_imputer},
    {"Normalizer", lower_normalizer},
    {"Binarizer", lower_binarizer},
    {"FeatureVectorizer", lower_vectorizer},
    {"ArrayFeatureExtractor", onnx_extract},
    {"LinearRegressor", lower_linear_regressor},
    {"LinearClassifier", lower_linear_classifier},
    {"ZipMap", lower_zip_map},
    {NULL, NULL}};
