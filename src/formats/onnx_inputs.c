/* The inputs of the graph as inputs of the model: one feature a column. */
#include "formats/onnx_inputs.h"

#include "base/text.h"
#include "syntax/token.h"

#include <stdio.h>

/* How many columns the first reader of an input wants; 0: it does not say. */
static size_t wanted_by(const struct onnx *x, const struct onnx_node *n)
{
    const struct onnx_attribute *a = onnx_attribute(n, "offset");
    const struct onnx_attribute *b = onnx_attribute(n, "intercepts");
    const struct onnx_value *w =
        n->inputs > 1 ? onnx_find(x, n->input[1]) : NULL;
    if (text_equal(n->op, "Scaler") && a != NULL)
        return a->float_count;
    a = onnx_attribute(n, "coefficients");
    if (a != NULL && b != NULL && b->float_count > 0)
        return a->float_count / b->float_count;
    a = onnx_attribute(n, "imputed_value_floats");
    if (a != NULL && a->float_count > 1)
        return a->float_count;
    a = onnx_attribute(n, "nodes_featureids");
    if (a != NULL) {
        long long most = 0;
        for (size_t i = 0; i < a->int_count; i++)
            most = a->ints[i] > most ? a->ints[i] : most;
        return most < MODEL_FEATURES_MAX ? (size_t)most + 1 : 0;
    }
    if (w == NULL || w->number == NULL || w->rank == 0)
        return 0;
    if (text_equal(n->op, "Gemm") && w->rank == 2)
        return (size_t)w->dim[onnx_int(n, "transB", 0) != 0 ? 1 : 0];
    if (text_equal(n->op, "MatMul") || text_equal(n->op, "BatchNormalization"))
        return (size_t)w->dim[0];
    return 0;
}

static size_t columns_of(const struct onnx *x, const char *name)
{
    size_t hops = 0;
    for (size_t i = 0; i < x->nodes; i++) {
        const struct onnx_node *n = &x->node[i];
        if (n->inputs == 0 || !text_equal(n->input[0], name))
            continue;
        size_t found = wanted_by(x, n);
        if (found > 0)
            return found;
        bool same = text_equal(n->op, "Cast") || text_equal(n->op, "Identity");
        if (same && n->outputs > 0 && hops++ < 8)
            name = n->output[0];
    }
    return 0;
}

/* The shape of one row: an axis that counts rows, the others fixed. */
static status shape_of(const struct onnx *x, struct onnx_info *in,
                       struct error *e)
{
    struct onnx_value *v = &in->shape;
    if (!in->shaped) {
        v->rank = 2;
        v->dim[0] = v->dim[1] = -1;
    }
    v->rows = v->rank == 1 && v->dim[0] > 1 ? ONNX_NONE : 0;
    if (v->rank == 0)
        v->rows = ONNX_NONE;
    for (size_t i = 0; i < v->rank; i++) {
        if ((int)i == v->rows)
            v->dim[i] = 1;
        if (v->dim[i] == -1 && v->rank == 2)
            v->dim[i] = (long)columns_of(x, in->name);
        if (v->dim[i] <= 0)
            return error_set(e, ST_UNSUPPORTED,
                             "input \"%.80s\" of the graph does not say how "
                             "long dimension %zu is: only the first, the rows, "
                             "may be left open", in->name, i);
    }
    return onnx_count(v->dim, v->rank, &v->count, "an input of the graph", e);
}

static enum feature_kind kind_of(int type)
{
    if (type == ONNX_STRING)
        return FEATURE_CATEGORY;
    if (type == ONNX_BOOL)
        return FEATURE_INDICATOR;
    return type == ONNX_FLOAT || type == ONNX_DOUBLE || type == ONNX_FLOAT16 ||
                   type == ONNX_BFLOAT16
               ? FEATURE_NUMBER : FEATURE_INTEGER;
}

/* --- names from the metadata ---------------------------------------------- */

static status list_of_json(struct onnx *x, const char *text, struct error *e)
{
    struct memory_stream m = {text, strlen(text), 0};
    struct token_limits limits = {.depth = 4};
    struct tokens *t = NULL;
    struct token token;
    TRY(tokens_open_json(stream_of_memory(&m, "metadata"), &limits, &t, e));
    size_t n = 0;
    status s = tokens_next(t, &token, e);
    while (s == ST_OK && (s = tokens_next(t, &token, e)) == ST_OK &&
           token.kind == TOKEN_STRING && n < x->features) {
        x->feature_name[n] = arena_copy(x->arena, token.text, token.length);
        s = x->feature_name[n++] == NULL ? arena_error(x->arena, e) : ST_OK;
    }
    bool whole = s == ST_OK && token.kind == TOKEN_END_ARRAY;
    tokens_free(t);
    if (s == ST_OK && (!whole || n != x->features))
        return error_set(e, ST_FORMAT, "the metadata name %zu inputs where the "
                         "graph has %zu", n, x->features);
    return s;
}

static status list_of_commas(struct onnx *x, const char *text,
                             struct error *e)
{
    size_t n = 0;
    for (const char *at = text; *at != '\0'; n++) {
        while (*at == ' ' || *at == '\n')
            at++;
        size_t length = strcspn(at, ",\n"), used = length;
        while (used > 0 && at[used - 1] == ' ')
            used--;
        if (n < x->features) {
            x->feature_name[n] = arena_copy(x->arena, at, used);
            if (x->feature_name[n] == NULL)
                return arena_error(x->arena, e);
        }
        at += length + (at[length] != '\0');
    }
    if (n != x->features)
        return error_set(e, ST_FORMAT, "the metadata name %zu inputs where the "
                         "graph has %zu", n, x->features);
    return ST_OK;
}

static status names_of_metadata(struct onnx *x, bool *found, struct error *e)
{
    static const char *const keys[] = {"feature_names", "feature_names_in_",
                                       "input_features", "columns"};
    *found = false;
    for (size_t i = 0; i < x->metas && !*found; i++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys && !*found; k++)
            if (text_equal(x->meta[i].key, keys[k])) {
                *found = true;
                status s = x->meta[i].value[0] == '['
                               ? list_of_json(x, x->meta[i].value, e)
                               : list_of_commas(x, x->meta[i].value, e);
                if (s != ST_OK)
                    error_note(e, "reading \"%s\" of the metadata", keys[k]);
                TRY(s);
            }
    return ST_OK;
}

static status name_features(struct onnx *x, size_t used, struct error *e)
{
    bool found = false;
    TRY(names_of_metadata(x, &found, e));
    for (size_t i = 0; i < x->inputs && !found; i++) {
        const struct onnx_info *in = &x->input[i];
        for (size_t c = 0; c < in->shape.count; c++) {
            size_t f = x->input_first[i] + c;
            x->feature_name[f] =
                in->shape.count == 1 ? in->name
                : used == 1 ? arena_format(x->arena, "f%zu", c)
                            : arena_format(x->arena, "%s_%zu", in->name, c);
            if (x->feature_name[f] == NULL)
                return arena_error(x->arena, e);
        }
    }
    return ST_OK;
}

/* --- features ------------------------------------------------------------- */

static status count_features(struct onnx *x, size_t *used, struct error *e)
{
    for (size_t i = 0; i < x->inputs; i++) {
        struct onnx_info *in = &x->input[i];
        x->input_first[i] = x->features;
        if (onnx_find(x, in->name) != NULL) {
            in->shape.count = 0; /* an initializer gives it */
            continue;
        }
        if (in->map)
            return error_set(e, ST_UNSUPPORTED,
                             "input \"%.80s\" of the graph is a map or a "
                             "sequence: only tensors are read", in->name);
        TRY(shape_of(x, in, e));
        x->features += in->shape.count;
        if (x->features > MODEL_FEATURES_MAX)
            return error_set(e, ST_LIMIT, "the graph has more than %d inputs",
                             MODEL_FEATURES_MAX);
        *used += 1;
    }
    if (x->features == 0)
        return error_set(e, ST_FORMAT, "the graph has no inputs");
    return ST_OK;
}

status onnx_inputs(struct onnx *x, struct error *e)
{
    size_t used = 0;
    x->input_first = arena_new_array(x->arena, size_t, x->inputs);
    if (x->input_first == NULL)
        return arena_error(x->arena, e);
    TRY(count_features(x, &used, e));
    x->feature_name = arena_new_array(x->arena, const char *, x->features);
    x->feature_kind = arena_new_array(x->arena, enum feature_kind,
                                      x->features);
    x->words = arena_new_array(x->arena, struct names *, x->features);
    if (x->feature_name == NULL || x->feature_kind == NULL || x->words == NULL)
        return arena_error(x->arena, e);
    for (size_t i = 0; i < x->inputs; i++)
        for (size_t c = 0; c < x->input[i].shape.count; c++) {
            size_t f = x->input_first[i] + c;
            x->feature_kind[f] = kind_of(x->input[i].shape.type);
            if (x->feature_kind[f] != FEATURE_CATEGORY)
                continue;
            x->words[f] = names_new();
            if (x->words[f] == NULL)
                return error_memory(e);
        }
    return name_features(x, used, e);
}

/* --- their registers ------------------------------------------------------ */

static status words_of(struct onnx *x, size_t f, reg *out, struct error *e)
{
    size_t n = names_count(x->words[f]);
    const char **word = onnx_alloc(x, n, sizeof *word);
    if (word == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < n; i++)
        word[i] = names_at(x->words[f], i);
    TRY(program_words(x->k, f, word, n, ONNX_UNSEEN, out, e));
    struct onnx_note *note = onnx_note(x, *out);
    if (note == NULL)
        return error_memory(e);
    *note = (struct onnx_note){.chain = CHAIN_WORDS, .feature = (uint32_t)f};
    return ST_OK;
}

status onnx_open_inputs(struct onnx *x, struct error *e)
{
    TRY(program_inputs(x->k, x->features, e));
    for (size_t i = 0; i < x->inputs; i++) {
        struct onnx_value *s = &x->input[i].shape, v;
        if (s->count == 0)
            continue;
        TRY(onnx_make(x, s->type, s->dim, s->rank, s->rows, ROOM_REGISTERS,
                      &v, e));
        for (size_t c = 0; c < v.count; c++) {
            size_t f = x->input_first[i] + c;
            v.reg[c] = (reg)f;
            struct onnx_note *note = onnx_note(x, (reg)f);
            if (note == NULL)
                return error_memory(e);
            *note = (struct onnx_note){.chain = CHAIN_INPUT,
                                       .feature = (uint32_t)f};
            if (x->words[f] != NULL)
                TRY(words_of(x, f, &v.reg[c], e));
        }
        const char *name = x->input[i].name;
        const struct onnx_node source = {.output = &name, .outputs = 1};
        TRY(onnx_set(x, &source, 0, &v, e));
    }
    return ST_OK;
}
