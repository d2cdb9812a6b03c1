/* Nodes of the graph into steps, those that the score needs. A graph that reads
 * words is lowered until no new word is met: the words of an input are those
 * that some node compares it with. */
#include "formats/onnx_inputs.h"

#include "base/text.h"

enum { PASSES_MAX = 8 };

long long onnx_version(const struct onnx *x, const char *domain)
{
    long long version = 1;
    for (size_t i = 0; i < x->opsets; i++)
        if (text_equal(x->opset[i].domain, domain) &&
            x->opset[i].version > version)
            version = x->opset[i].version;
    return version;
}

/* --- which output --------------------------------------------------------- */

static bool holds(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; text[i] != '\0'; i++)
        if (strlen(text + i) >= n && text_equal_fold(text + i, n, part))
            return true;
    return false;
}

static int worth(const struct onnx_info *o)
{
    bool number = onnx_single(o->shape.type) || o->shape.type == ONNX_DOUBLE;
    if (!number && !o->map && o->shape.type != 0)
        return 0;
    if (holds(o->name, "label"))
        return 1;
    if (holds(o->name, "prob"))
        return 4;
    return number ? 3 : 2;
}

status onnx_choose(struct onnx *x, size_t *out, struct error *e)
{
    int best = 0;
    for (size_t i = 0; i < x->outputs; i++) {
        int w = worth(&x->output[i]);
        if (w > best) {
            best = w;
            *out = i;
        }
    }
    if (best > 0)
        return ST_OK;
    return error_set(e, ST_UNSUPPORTED,
                     "the graph gives a label (output \"%.80s\", %s) and no "
                     "score: export the model with its probabilities",
                     x->output[0].name,
                     onnx_type_word(x->output[0].shape.type));
}

static status mark(struct onnx *x, const char *wanted, struct error *e)
{
    struct names *set = names_new();
    bool good = set != NULL && names_add(set, wanted, strlen(wanted)) >= 0;
    for (size_t i = x->nodes; i-- > 0 && good;) {
        struct onnx_node *n = &x->node[i];
        n->needed = false;
        for (size_t k = 0; k < n->outputs; k++)
            n->needed = n->needed ||
                        (n->output[k][0] != '\0' &&
                         names_find(set, n->output[k],
                                    strlen(n->output[k])) >= 0);
        for (size_t k = 0; n->needed && k < n->inputs && good; k++)
            good = names_add(set, n->input[k], strlen(n->input[k])) >= 0;
    }
    names_free(set);
    return good ? ST_OK : error_memory(e);
}

/* --- nodes ---------------------------------------------------------------- */

static onnx_operator *operator_of(const struct onnx_node *n)
{
    static const struct onnx_row *const dense[] = {
        onnx_shape_rows, onnx_reshape_rows, onnx_map_rows, onnx_pair_rows,
        onnx_matrix_rows, onnx_reduce_rows, NULL};
    static const struct onnx_row *const learning[] = {
        onnx_ml_rows, onnx_encode_rows, onnx_tree_rows, onnx_svm_rows, NULL};
    const struct onnx_row *const *rows =
        n->domain[0] == '\0' ? dense
        : text_equal(n->domain, "ai.onnx.ml") ? learning : NULL;
    for (size_t t = 0; rows != NULL && rows[t] != NULL; t++)
        for (const struct onnx_row *r = rows[t]; r->op != NULL; r++)
            if (text_equal(r->op, n->op))
                return r->lower;
    return NULL;
}

static status lower_node(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    onnx_operator *lower = operator_of(n);
    if (lower == NULL)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "candor does not compute this operator: give the "
                          "model to ONNX Runtime with --onnxruntime, as a "
                          "black box");
    for (size_t i = 0; i < n->attributes; i++)
        if (n->attribute[i].graph)
            return onnx_fault(n, e, ST_UNSUPPORTED,
                              "attribute \"%.60s\" is a graph or of a kind "
                              "that is not read", n->attribute[i].name);
    /* Values stay where they are while the node reads them. */
    TRY(MEM_ROOM(x->value, x->value_room,
                 names_count(x->names) + n->outputs + 1, e));
    status s = lower(x, n, e);
    if (s != ST_OK)
        error_note(e, "reading node \"%.60s\" (%.40s)", n->name, n->op);
    return s;
}

static void forget(struct onnx *x)
{
    program_maker_free(x->k);
    arena_free(x->work);
    for (size_t i = x->fixed; i < x->value_room; i++)
        x->value[i] = (struct onnx_value){0};
    x->k = NULL;
    x->work = NULL;
    x->groups = 0;
    x->tree_sets = 0;
    x->classes = 0;
    x->class_name = NULL;
    x->classifier = false;
    x->grew = false;
}

static status pass(struct onnx *x, struct error *e)
{
    forget(x);
    x->work = arena_new(x->memory_cap);
    x->k = program_maker_new(x->memory_cap);
    if (x->work == NULL || x->k == NULL)
        return error_memory(e);
    TRY(onnx_open_inputs(x, e));
    for (size_t i = 0; i < x->nodes; i++)
        if (x->node[i].needed)
            TRY(lower_node(x, &x->node[i], e));
    return ST_OK;
}

status onnx_lower_again(struct onnx *x, struct error *e)
{
    x->dry = false;
    return pass(x, e);
}

status onnx_lower(struct onnx *x, size_t *output, struct error *e)
{
    x->fixed = names_count(x->names);
    x->dry = true;
    TRY(onnx_choose(x, output, e));
    TRY(mark(x, x->output[*output].name, e));
    TRY(onnx_inputs(x, e));
    for (size_t i = 0; i < PASSES_MAX; i++) {
        TRY(pass(x, e));
        if (!x->grew)
            return ST_OK;
    }
    return error_bug(e, "the words of the inputs never come to an end");
}

void onnx_lower_free(struct onnx *x)
{
    forget(x);
    for (size_t f = 0; f < x->features && x->words != NULL; f++)
        names_free(x->words[f]);
    mem_free(x->note);
    mem_free(x->trees);
}
