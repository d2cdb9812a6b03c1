/* What a register gives, where it depends on one input alone: the same
 * operations as its steps, one value at a time. So that a threshold behind
 * scaling or filling can be moved in front of it without any rounding. */
#include "formats/onnx_inputs.h"

#include "base/num.h"

#include <math.h>

static double look_up(const struct onnx_table *t, double v)
{
    if (isnan(v))
        return t->missing;
    for (size_t i = 0; i < t->rows; i++)
        if (t->key[i] == v)
            return t->value[i];
    return t->otherwise;
}

static double scale_single(const struct onnx_note *note, double v)
{
    float product = (float)note->p * (float)v;
    return (double)(product + (float)note->q);
}

static double arithmetic(enum program_map f, double p, double q, double v)
{
    switch (f) {
    case MAP_SCALE:
        return p * v + q;
    case MAP_NEGATE:
        return -v;
    case MAP_RELU:
        return v < 0.0 ? 0.0 : v;
    case MAP_CLAMP:
        return v < p ? p : v > q ? q : v;
    case MAP_FLOOR:
        return floor(v);
    case MAP_CEIL:
        return ceil(v);
    case MAP_TRUNCATE: case MAP_TO_INTEGER:
        return trunc(v);
    case MAP_FLOAT32:
        return num_float(v);
    case MAP_THRESHOLD:
        return v > p ? 1.0 : 0.0;
    case MAP_FILL:
        return isnan(v) ? p : v;
    case MAP_EQUALS_P:
        return isnan(v) ? v : v == p ? 1.0 : 0.0;
    default: /* NOT */
        return isnan(v) ? v : v == 0.0 ? 1.0 : 0.0;
    }
}

static double apply(const struct onnx_note *note, double v)
{
    if (note->chain == CHAIN_TABLE)
        return look_up(note->table, v);
    if (!note->single)
        return arithmetic(note->map, note->p, note->q, v);
    if (note->map == MAP_SCALE)
        return scale_single(note, v);
    return num_float(arithmetic(note->map, num_float(note->p),
                                num_float(note->q), num_float(v)));
}

double onnx_chain_from(const struct onnx *x, reg r, reg base, double value)
{
    const struct onnx_note *note = &x->note[r];
    if (r == base)
        return value;
    return apply(note, onnx_chain_from(x, note->from, base, value));
}

static reg root_of(const struct onnx *x, reg r)
{
    while (x->note[r].chain == CHAIN_MAP || x->note[r].chain == CHAIN_TABLE)
        r = x->note[r].from;
    return r;
}

double onnx_chain_value(const struct onnx *x, reg r, double input)
{
    return onnx_chain_from(x, r, root_of(x, r), input);
}

double onnx_chain_word(const struct onnx *x, reg r, double number)
{
    return onnx_chain_from(x, r, root_of(x, r), number);
}

bool onnx_chain_plain(const struct onnx *x, reg r)
{
    return x->note[r].chain == CHAIN_INPUT;
}

/* +1 rises, -1 falls, 0 neither; of the present values. */
static int slope(const struct onnx_note *note)
{
    switch (note->map) {
    case MAP_SCALE:
        return !isfinite(note->p) || !isfinite(note->q) || note->p == 0.0 ? 0
               : note->p < 0.0 ? -1 : 1;
    case MAP_NEGATE:
        return -1;
    case MAP_RELU: case MAP_CLAMP: case MAP_FLOOR: case MAP_CEIL:
    case MAP_TRUNCATE: case MAP_TO_INTEGER: case MAP_FLOAT32:
    case MAP_THRESHOLD: case MAP_FILL:
        return 1;
    default:
        return 0;
    }
}

static bool computable(const struct onnx_note *note)
{
    return note->chain == CHAIN_TABLE || slope(note) != 0 ||
           note->map == MAP_EQUALS_P || note->map == MAP_NOT;
}

enum onnx_shape onnx_chain_shape(const struct onnx *x, reg r, reg *base,
                                 double *point)
{
    int way = 1;
    bool equal = false;
    *base = r;
    for (;; r = x->note[r].from) {
        const struct onnx_note *note = &x->note[r];
        if (note->chain == CHAIN_INPUT)
            return equal ? SHAPE_EQUAL : way > 0 ? SHAPE_RISING : SHAPE_FALLING;
        if (note->chain == CHAIN_WORDS)
            return SHAPE_WORDS;
        if (note->chain == CHAIN_NONE || !computable(note))
            return SHAPE_OTHER;
        if (note->chain == CHAIN_TABLE || slope(note) == 0) {
            const struct onnx_note *root = &x->note[root_of(x, r)];
            if (root->chain == CHAIN_WORDS)
                continue;
            if (equal || note->chain == CHAIN_TABLE ||
                note->map != MAP_EQUALS_P)
                return SHAPE_OTHER;
            equal = true;
            way = 1;
            *base = note->from;
            *point = note->single ? num_float(note->p) : note->p;
        } else {
            way *= slope(note);
        }
    }
}
