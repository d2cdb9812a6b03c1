/* Steps of the program, each with a note of how its result came about. */
#include "formats/onnx.h"

enum { CHAIN_LONGEST = 64 };

struct onnx_note *onnx_note(struct onnx *x, reg r)
{
    if (mem_room(&x->note, &x->note_room, (size_t)r + 1, sizeof *x->note,
                 NULL) != ST_OK)
        return NULL;
    return &x->note[r];
}

/* A sum times p, plus q. */
static const struct onnx_sum *scaled(struct onnx *x,
                                     const struct onnx_sum *of, double p,
                                     double q)
{
    struct onnx_sum *s = onnx_alloc(x, 1, sizeof *s);
    struct onnx_term *t = onnx_alloc(x, of->terms, sizeof *t);
    if (s == NULL || t == NULL)
        return NULL; /* without the note the program is right all the same */
    for (size_t i = 0; i < of->terms; i++) {
        t[i] = of->term[i];
        t[i].scale *= p;
    }
    *s = (struct onnx_sum){of->constant * p + q, of->terms, t};
    return s;
}

/* What the links say of p x + q. */
static void scaled_link(const struct onnx_note *from, reg in, double p,
                        double q, struct onnx_note *to)
{
    if (p == 1.0 && q == 0.0) {
        to->link = from->link;
        to->raw = from->raw;
        to->negative = from->negative;
        to->group = from->group;
    } else if (p == -1.0 && q == 1.0) {
        bool logistic = from->link == ONNX_LOGISTIC;
        to->link = logistic ? ONNX_LOGISTIC : ONNX_COMPLEMENT;
        to->raw = logistic ? from->raw : in;
        to->negative = logistic && !from->negative;
    }
}

static status note_map(struct onnx *x, enum program_map f, double p, double q,
                       bool single, reg in, reg out, struct error *e)
{
    struct onnx_note *to = onnx_note(x, in > out ? in : out);
    if (to == NULL)
        return error_memory(e);
    to = &x->note[out];
    const struct onnx_note *from = &x->note[in];
    *to = (struct onnx_note){0};
    if (from->chain != CHAIN_NONE && from->links_in_chain < CHAIN_LONGEST) {
        to->links_in_chain = from->links_in_chain + 1;
        to->chain = CHAIN_MAP;
        to->feature = from->feature;
        to->map = f;
        to->p = p;
        to->q = q;
        to->single = single;
        to->from = in;
    }
    if (f == MAP_SCALE && from->sum != NULL)
        to->sum = scaled(x, from->sum, p, q);
    if (f == MAP_SCALE)
        scaled_link(from, in, p, q, to);
    if (f == MAP_FLOAT32) {
        to->sum = from->sum;
        scaled_link(from, in, 1.0, 0.0, to);
    }
    if (f == MAP_LOGISTIC || f == MAP_EXP) {
        to->link = f == MAP_EXP ? ONNX_EXP : ONNX_LOGISTIC;
        to->raw = in;
    }
    return ST_OK;
}

status onnx_map(struct onnx *x, enum program_map f, double p, double q,
                bool single, const reg *in, size_t n, reg *out,
                struct error *e)
{
    if (n == 0)
        return ST_OK;
    if (f == MAP_COPY) {
        memmove(out, in, n * sizeof *out);
        return ST_OK;
    }
    TRY(program_map(x->k, f, p, q, single, in, n, out, e));
    for (size_t i = 0; i < n; i++)
        TRY(note_map(x, f, p, q, single, in[i], out[i], e));
    return ST_OK;
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

status onnx_scale(struct onnx *x, const double *p, const double *q,
                  bool single, const reg *in, size_t n, reg *out,
                  struct error *e)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && same(p[to], p[from]) &&
                            same(q[to], q[from]); to++)
            ;
        bool nothing = p[from] == 1.0 && q[from] == 0.0;
        TRY(onnx_map(x, nothing ? MAP_COPY : MAP_SCALE, p[from], q[from],
                     single, in + from, to - from, out + from, e));
    }
    return ST_OK;
}

status onnx_constant(struct onnx *x, double value, reg *out, struct error *e)
{
    TRY(program_constant(x->k, value, out, e));
    struct onnx_note *note = onnx_note(x, *out);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){.constant = true, .p = value};
    return ST_OK;
}

status onnx_affine(struct onnx *x, const double *weight, const double *bias,
                   bool single, const reg *in, size_t ins, size_t outs,
                   reg *out, struct error *e)
{
    TRY(program_affine(x->k, weight, bias, single, in, ins, outs, out, e));
    struct onnx_matrix *m = NULL;
    if (bias == NULL) {
        m = onnx_alloc(x, 1, sizeof *m);
        if (m == NULL)
            return arena_error(x->work, e);
        *m = (struct onnx_matrix){weight, in, ins, outs, out};
    }
    for (size_t i = 0; i < outs; i++) {
        struct onnx_note *note = onnx_note(x, out[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){.matrix = m, .row = i};
    }
    return ST_OK;
}

status onnx_table(struct onnx *x, const double *key, const double *value,
                  size_t rows, double otherwise, double missing, reg in,
                  reg *out, struct error *e)
{
    TRY(program_table(x->k, key, rows, 1, value, 1, otherwise, missing, &in,
                      out, e));
    struct onnx_table *t = onnx_alloc(x, 1, sizeof *t);
    struct onnx_note *note = onnx_note(x, in > *out ? in : *out);
    if (t == NULL || note == NULL)
        return t == NULL ? arena_error(x->work, e) : error_memory(e);
    *t = (struct onnx_table){rows, key, value, otherwise, missing};
    note = &x->note[*out];
    *note = (struct onnx_note){0};
    if (x->note[in].chain != CHAIN_NONE &&
        x->note[in].links_in_chain < CHAIN_LONGEST) {
        note->links_in_chain = x->note[in].links_in_chain + 1;
        note->chain = CHAIN_TABLE;
        note->feature = x->note[in].feature;
        note->from = in;
        note->table = t;
    }
    return ST_OK;
}

status onnx_softmax(struct onnx *x, bool logarithm, bool single,
                    const reg *in, size_t n, reg *out, struct error *e)
{
    TRY(program_group(x->k, logarithm ? GROUP_LOG_SOFTMAX : GROUP_SOFTMAX,
                      single, in, n, out, e));
    uint32_t group = ++x->groups;
    for (size_t i = 0; i < n; i++) {
        struct onnx_note *note = onnx_note(x, out[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){.raw = in[i], .group = group};
        note->link = logarithm ? ONNX_RAW : ONNX_SOFTMAX;
        if (logarithm)
            note->group = 0;
    }
    return ST_OK;
}

status onnx_word(struct onnx *x, reg r, const char *word, double *number,
                 struct error *e)
{
    const struct onnx_note *note = onnx_note(x, r);
    if (note == NULL)
        return error_memory(e);
    if (note->chain == CHAIN_WORDS) {
        struct names *words = x->words[note->feature];
        size_t before = names_count(words);
        long at = names_add(words, word, strlen(word));
        if (at < 0)
            return error_memory(e);
        x->grew = x->grew || names_count(words) > before;
    }
    return program_word(x->k, word, number, e);
}
