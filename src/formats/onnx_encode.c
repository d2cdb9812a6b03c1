/* ai.onnx.ml: words to numbers, numbers to numbers, numbers to words. */
#include "formats/onnx_inputs.h"

#include "base/text.h"

#include <math.h>

/* A list of an attribute in any of three forms. */
struct list {
    const double *number;
    const char *const *word;
    size_t count;
    int type;
};

static status as_doubles(struct onnx *x, const long long *from, size_t n,
                         const double **out, struct error *e)
{
    double *list = onnx_alloc(x, n, sizeof *list);
    if (list == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < n; i++)
        list[i] = (double)from[i];
    *out = list;
    return ST_OK;
}

/* keys_strings, keys_int64s, keys_floats, keys_tensor: whichever is there. */
static status list_named(struct onnx *x, const struct onnx_node *n,
                         const char *stem, struct list *out, struct error *e)
{
    static const char *const ends[] = {"strings", "int64s", "floats", "tensor"};
    *out = (struct list){0};
    for (size_t i = 0; i < 4; i++) {
        const char *name = arena_format(x->work, "%s_%s", stem, ends[i]);
        if (name == NULL)
            return arena_error(x->work, e);
        const struct onnx_attribute *a = onnx_attribute(n, name);
        if (a == NULL)
            continue;
        if (i == 0 && a->string_count > 0)
            *out = (struct list){.word = a->strings, .count = a->string_count,
                                 .type = ONNX_STRING};
        if (i == 1 && a->int_count > 0) {
            out->count = a->int_count;
            out->type = ONNX_INT64;
            TRY(as_doubles(x, a->ints, a->int_count, &out->number, e));
        }
        if (i == 2 && a->float_count > 0)
            *out = (struct list){.number = a->floats, .count = a->float_count,
                                 .type = ONNX_FLOAT};
        if (i == 3 && a->tensor != NULL)
            *out = (struct list){.number = a->tensor->number,
                                 .word = a->tensor->text,
                                 .count = a->tensor->count,
                                 .type = a->tensor->type};
    }
    return ST_OK;
}

/* Numbers that stand for a list's entries in registers like r. */
static status numbers_for(struct onnx *x, const struct list *l, reg r,
                          const double **out, struct error *e)
{
    *out = l->number;
    if (l->word == NULL)
        return ST_OK;
    double *list = onnx_alloc(x, l->count, sizeof *list);
    if (list == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < l->count; i++)
        TRY(onnx_word(x, r, l->word[i], &list[i], e));
    *out = list;
    return ST_OK;
}

/* --- OneHotEncoder ---------------------------------------------------------- */

static status one_hot(struct onnx *x, const double *key, size_t keys,
                      bool words, bool single, reg in, reg *out,
                      struct error *e)
{
    for (size_t i = 0; i < keys; i++) {
        reg same;
        TRY(onnx_map(x, MAP_EQUALS_P, key[i], 0, single, &in, 1, &same, e));
        /* A word is never missing: one that is not known has its own number. */
        TRY(onnx_map(x, words ? MAP_COPY : MAP_FILL, 0.0, 0, false, &same, 1,
                     &out[i], e));
    }
    return ST_OK;
}

static status lower_one_hot(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    struct list cats;
    long dim[ONNX_RANK_MAX];
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(list_named(x, n, "cats", &cats, e));
    bool words = v->type == ONNX_STRING;
    if (cats.count == 0 || words != (cats.word != NULL) ||
        v->rank == ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_FORMAT, "its categories are not of the kind "
                          "of its input (%s)", onnx_type_word(v->type));
    memcpy(dim, v->dim, sizeof dim);
    dim[v->rank] = (long)cats.count;
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, ONNX_FLOAT, dim, v->rank + 1, v->rows, ROOM_REGISTERS,
                  &out, e));
    for (size_t i = 0; i < v->count; i++) {
        const double *key = NULL;
        TRY(numbers_for(x, &cats, in[i], &key, e));
        TRY(one_hot(x, key, cats.count, words, onnx_single(v->type), in[i],
                    out.reg + i * cats.count, e));
    }
    return onnx_set(x, n, 0, &out, e);
}

/* --- LabelEncoder, CategoryMapper ------------------------------------------- */

struct mapping {
    struct list key, value;
    double otherwise;      /* for values that are numbers */
    const char *otherword; /* for values that are words */
};

static status map_one(struct onnx *x, const struct mapping *m, reg in,
                      reg *out, struct error *e)
{
    const double *key = NULL, *value = m->value.number;
    double otherwise = m->otherwise, missing = otherwise;
    TRY(numbers_for(x, &m->key, in, &key, e));
    if (m->value.word != NULL) {
        double *list = onnx_alloc(x, m->value.count, sizeof *list);
        if (list == NULL)
            return arena_error(x->work, e);
        for (size_t i = 0; i < m->value.count; i++)
            TRY(program_word(x->k, m->value.word[i], &list[i], e));
        TRY(program_word(x->k, m->otherword, &otherwise, e));
        missing = otherwise;
        value = list;
    }
    for (size_t i = 0; i < m->key.count; i++)
        missing = isnan(key[i]) ? value[i] : missing;
    return onnx_table(x, key, value, m->key.count, otherwise, missing, in, out,
                      e);
}

static status map_all(struct onnx *x, const struct onnx_node *n,
                      const struct mapping *m, struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    const reg *in = NULL;
    TRY(onnx_input(x, n, 0, &v, e));
    if (m->key.count == 0 || m->key.count != m->value.count ||
        (v->type == ONNX_STRING) != (m->key.word != NULL))
        return onnx_fault(n, e, ST_FORMAT, "%zu keys and %zu values, input of "
                          "%s", m->key.count, m->value.count,
                          onnx_type_word(v->type));
    TRY(onnx_registers(x, n, v, &in, e));
    TRY(onnx_make(x, m->value.type, v->dim, v->rank, v->rows, ROOM_REGISTERS,
                  &out, e));
    for (size_t i = 0; i < v->count; i++) {
        reg r = in[i];
        if (onnx_single(v->type))
            TRY(onnx_map(x, MAP_FLOAT32, 0, 0, false, &in[i], 1, &r, e));
        TRY(map_one(x, m, r, &out.reg[i], e));
    }
    return onnx_set(x, n, 0, &out, e);
}

static double default_number(const struct onnx_node *n, int type)
{
    const struct onnx_attribute *a = onnx_attribute(n, "default_tensor");
    if (a != NULL && a->tensor != NULL && a->tensor->number != NULL &&
        a->tensor->count > 0)
        return a->tensor->number[0];
    return type == ONNX_INT64 ? (double)onnx_int(n, "default_int64", -1)
                              : onnx_float(n, "default_float", -0.0);
}

static status lower_label_encoder(struct onnx *x, const struct onnx_node *n,
                                  struct error *e)
{
    struct mapping m = {.otherword = onnx_string(n, "default_string",
                                                 "_Unused")};
    const struct onnx_attribute *old = onnx_attribute(n, "classes_strings");
    const struct onnx_value *v;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(list_named(x, n, "keys", &m.key, e));
    TRY(list_named(x, n, "values", &m.value, e));
    if (old != NULL) { /* operator set 1: words and their places */
        struct list words = {.word = old->strings, .count = old->string_count,
                             .type = ONNX_STRING};
        struct list places = {.count = words.count, .type = ONNX_INT64};
        double *list = onnx_alloc(x, words.count, sizeof *list);
        if (list == NULL)
            return arena_error(x->work, e);
        for (size_t i = 0; i < words.count; i++)
            list[i] = (double)i;
        places.number = list;
        bool forward = v->type == ONNX_STRING;
        m.key = forward ? words : places;
        m.value = forward ? places : words;
    }
    m.otherwise = default_number(n, m.value.type);
    return map_all(x, n, &m, e);
}

static status lower_category_mapper(struct onnx *x, const struct onnx_node *n,
                                    struct error *e)
{
    struct list words, places;
    const struct onnx_value *v;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(list_named(x, n, "cats", &words, e));
    const struct onnx_attribute *a = onnx_attribute(n, "cats_strings");
    const struct onnx_attribute *b = onnx_attribute(n, "cats_int64s");
    if (a == NULL || b == NULL)
        return onnx_fault(n, e, ST_FORMAT, "it has no categories");
    words = (struct list){.word = a->strings, .count = a->string_count,
                          .type = ONNX_STRING};
    places = (struct list){.count = b->int_count, .type = ONNX_INT64};
    TRY(as_doubles(x, b->ints, b->int_count, &places.number, e));
    bool forward = v->type == ONNX_STRING;
    struct mapping m = {
        .key = forward ? words : places, .value = forward ? places : words,
        .otherwise = (double)onnx_int(n, "default_int64", -1),
        .otherword = onnx_string(n, "default_string", "_Unused")};
    return map_all(x, n, &m, e);
}

const struct onnx_row onnx_encode_rows[] = {
    {"OneHotEncoder", lower_one_hot},
    {"LabelEncoder", lower_label_encoder},
    {"CategoryMapper", lower_category_mapper},
    {NULL, NULL}};
