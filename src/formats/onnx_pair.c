/* Operators of two tensors or more, element by element. A constant operand
 * becomes part of the step, so that a chain of them stays one of one input. */
#include "formats/onnx.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>

struct pair {
    struct onnx_value shape, a, b; /* a, b: in that shape */
    bool single;
    int type;
};

static status open_pair(struct onnx *x, const struct onnx_node *n,
                        struct pair *p, struct error *e)
{
    const struct onnx_value *v[2];
    TRY(onnx_input(x, n, 0, &v[0], e));
    TRY(onnx_input(x, n, 1, &v[1], e));
    TRY(onnx_common(n, v, 2, &p->shape, e));
    TRY(onnx_stretch(x, n, v[0], &p->shape, true, &p->a, e));
    TRY(onnx_stretch(x, n, v[1], &p->shape, true, &p->b, e));
    p->type = v[0]->number != NULL && v[1]->number == NULL ? v[1]->type
                                                           : v[0]->type;
    p->single = onnx_single(p->type);
    return ST_OK;
}

static double known_pair(enum program_pair f, double a, double b)
{
    switch (f) {
    case PAIR_ADD:
        return a + b;
    case PAIR_SUBTRACT:
        return a - b;
    case PAIR_MULTIPLY:
        return a * b;
    case PAIR_DIVIDE:
        return a / b;
    case PAIR_RAISE:
        return pow(a, b);
    case PAIR_LEAST:
        return fmin(a, b);
    default:
        return fmax(a, b);
    }
}

/* p x + q for a constant operand; false: not of this form. */
static bool as_scale(enum program_pair f, bool first, double c, double *p,
                     double *q)
{
    *p = f == PAIR_SUBTRACT && first ? -1.0 : f == PAIR_MULTIPLY ? c : 1.0;
    *q = f == PAIR_MULTIPLY ? 0.0 : f == PAIR_SUBTRACT && !first ? -c : c;
    return f == PAIR_ADD || f == PAIR_SUBTRACT || f == PAIR_MULTIPLY;
}

/* A bias behind products without one: the same step again, with it. */
static status add_bias(struct onnx *x, const reg *in, const double *bias,
                       size_t n, bool single, reg *out, bool *done,
                       struct error *e)
{
    *done = n > 0;
    for (size_t i = 0; i < n && *done;) {
        const struct onnx_note *note = onnx_note(x, in[i]);
        const struct onnx_matrix *m = note == NULL ? NULL : note->matrix;
        *done = m != NULL && note->row == 0 && m->outs <= n - i &&
                memcmp(in + i, m->out, m->outs * sizeof *in) == 0;
        i += *done ? m->outs : 0;
    }
    for (size_t i = 0; i < n && *done;) {
        const struct onnx_matrix *m = onnx_note(x, in[i])->matrix;
        TRY(onnx_affine(x, m->weight, bias + i, single, m->in, m->ins, m->outs,
                        out + i, e));
        i += m->outs;
    }
    return ST_OK;
}

static status with_constant(struct onnx *x, enum program_pair f,
                            const struct pair *p, reg *out, bool *done,
                            struct error *e)
{
    bool first = p->a.number != NULL;
    const struct onnx_value *c = first ? &p->a : &p->b;
    const struct onnx_value *v = first ? &p->b : &p->a;
    double *scale = onnx_alloc(x, c->count, sizeof *scale);
    double *offset = onnx_alloc(x, c->count, sizeof *offset);
    *done = false;
    if (scale == NULL || offset == NULL)
        return arena_error(x->work, e);
    if (f == PAIR_ADD)
        TRY(add_bias(x, v->reg, c->number, c->count, p->single, out, done, e));
    if (*done)
        return ST_OK;
    for (size_t i = 0; i < c->count; i++)
        if (!as_scale(f, first, c->number[i], &scale[i], &offset[i]))
            return ST_OK;
    *done = true;
    return onnx_scale(x, scale, offset, p->single, v->reg, v->count, out, e);
}

/* Sums of trees stay sums of trees. */
static const struct onnx_sum *joined(struct onnx *x, const struct onnx_sum *a,
                                     const struct onnx_sum *b, double sign)
{
    struct onnx_sum *s = onnx_alloc(x, 1, sizeof *s);
    struct onnx_term *t = onnx_alloc(x, a->terms + b->terms, sizeof *t);
    if (s == NULL || t == NULL)
        return NULL;
    for (size_t i = 0; i < a->terms; i++)
        t[i] = a->term[i];
    for (size_t i = 0; i < b->terms; i++) {
        t[a->terms + i] = b->term[i];
        t[a->terms + i].scale *= sign;
    }
    *s = (struct onnx_sum){a->constant + sign * b->constant,
                           a->terms + b->terms, t};
    return s;
}

static const struct onnx_sum *divided(struct onnx *x,
                                      const struct onnx_sum *a, double by)
{
    struct onnx_sum *s = onnx_alloc(x, 1, sizeof *s);
    struct onnx_term *t = onnx_alloc(x, a->terms, sizeof *t);
    if (s == NULL || t == NULL || by == 0.0)
        return NULL;
    for (size_t i = 0; i < a->terms; i++) {
        t[i] = a->term[i];
        t[i].scale /= by;
    }
    *s = (struct onnx_sum){a->constant / by, a->terms, t};
    return s;
}

static status note_pair(struct onnx *x, enum program_pair f, reg a, reg b,
                        reg out, struct error *e)
{
    reg most = a > b ? a : b;
    if (onnx_note(x, most > out ? most : out) == NULL)
        return error_memory(e);
    const struct onnx_note *na = &x->note[a], *nb = &x->note[b];
    struct onnx_note *to = &x->note[out];
    *to = (struct onnx_note){0};
    bool sums = na->sum != NULL && nb->sum != NULL;
    if (sums && (f == PAIR_ADD || f == PAIR_SUBTRACT))
        to->sum = joined(x, na->sum, nb->sum, f == PAIR_ADD ? 1.0 : -1.0);
    if (f == PAIR_DIVIDE && na->sum != NULL && nb->constant)
        to->sum = divided(x, na->sum, nb->p);
    return ST_OK;
}

status onnx_subtract(struct onnx *x, bool single, reg a, reg b, reg *out,
                     struct error *e)
{
    TRY(program_pair(x->k, PAIR_SUBTRACT, single, &a, &b, 1, out, e));
    return note_pair(x, PAIR_SUBTRACT, a, b, *out, e);
}

static status by_pairs(struct onnx *x, const struct onnx_node *n,
                       enum program_pair f, const struct pair *p, reg *out,
                       struct error *e)
{
    const reg *a, *b;
    TRY(onnx_registers(x, n, &p->a, &a, e));
    TRY(onnx_registers(x, n, &p->b, &b, e));
    TRY(program_pair(x->k, f, p->single, a, b, p->shape.count, out, e));
    for (size_t i = 0; i < p->shape.count; i++)
        TRY(note_pair(x, f, a[i], b[i], out[i], e));
    return ST_OK;
}

/* a f b into out, a new value. */
static status combine(struct onnx *x, const struct onnx_node *n,
                      enum program_pair f, const struct pair *p,
                      struct onnx_value *out, struct error *e)
{
    bool done = false, both = p->a.number != NULL && p->b.number != NULL;
    const struct onnx_value *s = &p->shape;
    TRY(onnx_make(x, p->type, s->dim, s->rank, s->rows,
                  both ? ROOM_NUMBERS : ROOM_REGISTERS, out, e));
    bool whole = p->type != ONNX_DOUBLE && !p->single;
    for (size_t i = 0; both && i < s->count; i++) {
        double v = known_pair(f, p->a.number[i], p->b.number[i]);
        v = whole && f == PAIR_DIVIDE ? trunc(v) : v;
        out->number[i] = p->single ? num_float(v) : v;
    }
    if (both || s->count == 0)
        return ST_OK;
    if (p->a.number != NULL || p->b.number != NULL)
        TRY(with_constant(x, f, p, out->reg, &done, e));
    if (!done)
        TRY(by_pairs(x, n, f, p, out->reg, e));
    if (whole && f == PAIR_DIVIDE) {
        reg *exact = onnx_alloc(x, s->count, sizeof *exact);
        if (exact == NULL)
            return arena_error(x->work, e);
        memcpy(exact, out->reg, s->count * sizeof *exact);
        TRY(onnx_map(x, MAP_TRUNCATE, 0, 0, false, exact, s->count, out->reg,
                     e));
    }
    return ST_OK;
}

static enum program_pair arithmetic_of(const char *op)
{
    static const struct {
        const char *op;
        enum program_pair f;
    } list[] = {{"Add", PAIR_ADD}, {"Sub", PAIR_SUBTRACT},
                {"Mul", PAIR_MULTIPLY}, {"Div", PAIR_DIVIDE},
                {"Sum", PAIR_ADD}, {"Mean", PAIR_ADD}, {"Min", PAIR_LEAST},
                {"Max", PAIR_MOST}};
    size_t i = 0;
    while (!text_equal(list[i].op, op))
        i++;
    return list[i].f;
}

static status lower_arithmetic(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    struct pair p;
    struct onnx_value out;
    TRY(open_pair(x, n, &p, e));
    TRY(combine(x, n, arithmetic_of(n->op), &p, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* Sum, Mean, Min, Max of any number of tensors. */
static status lower_several(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    TRY(onnx_input(x, n, 0, &v, e));
    struct onnx_value sum = *v;
    for (size_t i = 1; i < n->inputs; i++) {
        TRY(onnx_input(x, n, i, &v, e));
        struct pair p = {.type = v->type, .single = onnx_single(v->type)};
        const struct onnx_value left = sum, *both[2] = {&left, v};
        TRY(onnx_common(n, both, 2, &p.shape, e));
        TRY(onnx_stretch(x, n, &left, &p.shape, true, &p.a, e));
        TRY(onnx_stretch(x, n, v, &p.shape, true, &p.b, e));
        TRY(combine(x, n, arithmetic_of(n->op), &p, &sum, e));
    }
    if (text_equal(n->op, "Mean") && n->inputs > 1) {
        struct pair p = {.type = sum.type, .single = onnx_single(sum.type),
                         .shape = sum, .a = sum};
        double count = (double)n->inputs;
        struct onnx_value one = {.type = sum.type, .rows = ONNX_NONE,
                                 .count = 1, .number = &count};
        TRY(onnx_stretch(x, n, &one, &p.shape, true, &p.b, e));
        TRY(combine(x, n, PAIR_DIVIDE, &p, &sum, e));
    }
    return onnx_set(x, n, 0, &sum, e);
}

static status lower_pow(struct onnx *x, const struct onnx_node *n,
                        struct error *e)
{
    struct pair p;
    struct onnx_value out;
    TRY(open_pair(x, n, &p, e));
    if (p.a.reg == NULL || p.b.number == NULL) {
        TRY(combine(x, n, PAIR_RAISE, &p, &out, e));
        return onnx_set(x, n, 0, &out, e);
    }
    TRY(onnx_make(x, p.type, p.shape.dim, p.shape.rank, p.shape.rows,
                  ROOM_REGISTERS, &out, e));
    for (size_t i = 0; i < out.count; i++) {
        double c = p.b.number[i];
        enum program_map f = c == 2.0   ? MAP_SQUARE
                             : c == 1.0 ? MAP_COPY
                             : c == 0.5 ? MAP_SQRT : MAP_POWER;
        TRY(onnx_map(x, f, c, 0, p.single, &p.a.reg[i], 1, &out.reg[i], e));
    }
    return onnx_set(x, n, 0, &out, e);
}

/* --- comparisons and logic ------------------------------------------------ */

/* A number that is missing compares as false. */
static status filled(struct onnx *x, const reg *in, size_t n, reg *out,
                     struct error *e)
{
    return onnx_map(x, MAP_FILL, 0.0, 0, false, in, n, out, e);
}

/* Words met by a known text: equal or not. */
static status equal_words(struct onnx *x, const struct onnx_value *v,
                          const struct onnx_value *text, reg *out,
                          struct error *e)
{
    for (size_t i = 0; i < v->count; i++) {
        double number = 0.0;
        TRY(onnx_word(x, v->reg[i], text->text[i], &number, e));
        TRY(onnx_map(x, MAP_EQUALS_P, number, 0, false, &v->reg[i], 1, &out[i],
                     e));
    }
    return ST_OK;
}

static status lower_equal(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *v[2];
    struct onnx_value shape, a, b, out;
    TRY(onnx_input(x, n, 0, &v[0], e));
    TRY(onnx_input(x, n, 1, &v[1], e));
    if (v[0]->text != NULL || (v[0]->number != NULL && v[1]->reg != NULL)) {
        const struct onnx_value *swap = v[0];
        v[0] = v[1];
        v[1] = swap;
    }
    TRY(onnx_common(n, v, 2, &shape, e));
    size_t *index = NULL;
    TRY(onnx_stretch(x, n, v[0], &shape, false, &a, e));
    TRY(onnx_make(x, ONNX_BOOL, shape.dim, shape.rank, shape.rows,
                  ROOM_REGISTERS, &out, e));
    b = out;
    b.reg = NULL;
    TRY(onnx_spread(x, v[1], &shape, &index, e));
    TRY(onnx_move(x, v[1], index, &b, e));
    reg *raw = onnx_alloc(x, out.count, sizeof *raw);
    if (raw == NULL)
        return arena_error(x->work, e);
    if (b.text != NULL)
        TRY(equal_words(x, &a, &b, raw, e));
    for (size_t i = 0; b.number != NULL && i < out.count; i++)
        TRY(onnx_map(x, MAP_EQUALS_P, b.number[i], 0,
                     onnx_single(v[0]->type), &a.reg[i], 1, &raw[i], e));
    struct pair p = {.shape = shape, .a = a, .b = b,
                     .single = onnx_single(v[0]->type)};
    if (b.reg != NULL && out.count > 0)
        TRY(by_pairs(x, n, PAIR_EQUAL, &p, raw, e));
    TRY(filled(x, raw, out.count, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

/* a < b, a <= b; with the sides changed a > b, a >= b. */
static status lower_compare(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    struct pair p;
    struct onnx_value out;
    TRY(open_pair(x, n, &p, e));
    bool greater = n->op[0] == 'G', equal = text_ends(n->op, "OrEqual");
    TRY(onnx_make(x, ONNX_BOOL, p.shape.dim, p.shape.rank, p.shape.rows,
                  ROOM_REGISTERS, &out, e));
    if (greater && !equal && p.a.reg != NULL && p.b.number != NULL) {
        for (size_t i = 0; i < out.count; i++)
            TRY(onnx_map(x, MAP_THRESHOLD, p.b.number[i], 0, p.single,
                         &p.a.reg[i], 1, &out.reg[i], e));
        return onnx_set(x, n, 0, &out, e);
    }
    reg *raw = onnx_alloc(x, out.count, sizeof *raw);
    if (raw == NULL)
        return arena_error(x->work, e);
    struct pair turned = p;
    turned.a = greater ? p.b : p.a;
    turned.b = greater ? p.a : p.b;
    if (out.count > 0)
        TRY(by_pairs(x, n, equal ? PAIR_AT_MOST : PAIR_LESS, &turned, raw, e));
    TRY(filled(x, raw, out.count, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_logic(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    struct pair p;
    struct onnx_value out;
    enum program_pair f = n->op[0] == 'A'   ? PAIR_AND
                          : n->op[0] == 'O' ? PAIR_OR : PAIR_XOR;
    TRY(open_pair(x, n, &p, e));
    TRY(onnx_make(x, ONNX_BOOL, p.shape.dim, p.shape.rank, p.shape.rows,
                  ROOM_REGISTERS, &out, e));
    if (out.count > 0)
        TRY(by_pairs(x, n, f, &p, out.reg, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_where(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *v[3];
    struct onnx_value shape, part[3], out;
    for (size_t i = 0; i < 3; i++)
        TRY(onnx_input(x, n, i, &v[i], e));
    TRY(onnx_common(n, v, 3, &shape, e));
    for (size_t i = 0; i < 3; i++)
        TRY(onnx_stretch(x, n, v[i], &shape, false, &part[i], e));
    TRY(onnx_make(x, v[1]->type, shape.dim, shape.rank, shape.rows,
                  ROOM_REGISTERS, &out, e));
    if (out.count > 0)
        TRY(program_choose(x->k, part[0].reg, part[1].reg, part[2].reg,
                           part[2].reg, out.count, out.reg, e));
    for (size_t i = 0; i < out.count; i++) {
        struct onnx_note *note = onnx_note(x, out.reg[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){0};
    }
    return onnx_set(x, n, 0, &out, e);
}

static status lower_prelu(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    struct pair p;
    struct onnx_value out;
    TRY(open_pair(x, n, &p, e));
    if (p.a.reg == NULL || p.b.number == NULL)
        return onnx_fault(n, e, ST_UNSUPPORTED, "its slope is not known");
    TRY(onnx_make(x, p.type, p.shape.dim, p.shape.rank, p.shape.rows,
                  ROOM_REGISTERS, &out, e));
    for (size_t i = 0; i < out.count; i++)
        TRY(onnx_map(x, MAP_LEAKY, p.b.number[i], 0, p.single, &p.a.reg[i], 1,
                     &out.reg[i], e));
    return onnx_set(x, n, 0, &out, e);
}

const struct onnx_row onnx_pair_rows[] = {
    {"Add", lower_arithmetic},   {"Sub", lower_arithmetic},
    {"Mul", lower_arithmetic},   {"Div", lower_arithmetic},
    {"Sum", lower_several},      {"Mean", lower_several},
    {"Min", lower_several},      {"Max", lower_several},
    {"Pow", lower_pow},          {"Equal", lower_equal},
    {"Less", lower_compare},     {"LessOrEqual", lower_compare},
    {"Greater", lower_compare},  {"GreaterOrEqual", lower_compare},
    {"And", lower_logic},        {"Or", lower_logic},
    {"Xor", lower_logic},        {"Where", lower_where},
    {"PRelu", lower_prelu},      {NULL, NULL}};
