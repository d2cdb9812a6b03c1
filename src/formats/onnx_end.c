/* From the graph's output to a model: the score before its link, a forest
 * where the score is a sum of trees over the inputs, else a program. */
#include "formats/onnx.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/text.h"

#include <math.h>

struct score {
    reg *margin;
    size_t outputs;
    enum model_link link;
    const char *objective;
    bool named; /* the class names are those of the outputs */
};

/* --- the link --------------------------------------------------------------- */

/* Two columns that are one event and the rest: the margin of the second. */
static status pair(struct onnx *x, const struct onnx_value *v, bool binary,
                   struct score *s, bool *found, struct error *e)
{
    const struct onnx_note *a = onnx_note(x, v->reg[0]);
    const struct onnx_note *b = onnx_note(x, v->reg[1]);
    if (a == NULL || b == NULL)
        return error_memory(e);
    a = &x->note[v->reg[0]];
    bool rest = (a->link == ONNX_LOGISTIC && b->link == ONNX_LOGISTIC &&
                 a->raw == b->raw && a->negative && !b->negative);
    bool soft = a->link == ONNX_SOFTMAX && b->link == ONNX_SOFTMAX &&
                a->group == b->group;
    bool one_less = a->link == ONNX_COMPLEMENT && a->raw == v->reg[1];
    *found = rest || soft || one_less || binary;
    if (!*found)
        return ST_OK;
    s->outputs = 1;
    s->margin[0] = v->reg[1];
    s->objective = "binary classification";
    if (soft) {
        reg low = a->raw, high = b->raw;
        s->link = LINK_LOGISTIC;
        return onnx_subtract(x, onnx_single(v->type), high, low, s->margin, e);
    }
    if (rest || b->link == ONNX_LOGISTIC) {
        s->margin[0] = b->raw;
        s->link = LINK_LOGISTIC;
    }
    return ST_OK;
}

static bool all_are(const struct onnx *x, const struct onnx_value *v,
                    enum onnx_link link)
{
    const struct onnx_note *first = &x->note[v->reg[0]];
    for (size_t i = 0; i < v->count; i++) {
        const struct onnx_note *n = &x->note[v->reg[i]];
        if (n->link != link || n->negative || n->group != first->group)
            return false;
    }
    return true;
}

/* One margin an element, with the link that all of them share. */
static status several(struct onnx *x, const struct onnx_value *v,
                      struct score *s, struct error *e)
{
    for (size_t i = 0; i < v->count; i++)
        if (onnx_note(x, v->reg[i]) == NULL)
            return error_memory(e);
    s->outputs = v->count;
    s->named = x->classes == v->count && v->count > 1;
    s->objective = x->classifier && v->count > 1 ? "classification"
                                                 : "regression";
    memcpy(s->margin, v->reg, v->count * sizeof *s->margin);
    enum onnx_link link = ONNX_RAW;
    if (v->count > 1 && all_are(x, v, ONNX_SOFTMAX)) {
        link = ONNX_SOFTMAX;
        s->link = LINK_SOFTMAX;
        s->objective = "classification";
    } else if (all_are(x, v, ONNX_LOGISTIC)) {
        link = ONNX_LOGISTIC;
        s->link = v->count == 1 ? LINK_LOGISTIC : LINK_LOGISTIC_EACH;
        s->objective = v->count == 1 ? "binary classification"
                                     : "classification, one against all";
    } else if (all_are(x, v, ONNX_EXP)) {
        link = ONNX_EXP;
        s->link = LINK_EXP;
    }
    for (size_t i = 0; link != ONNX_RAW && i < v->count; i++)
        s->margin[i] = x->note[v->reg[i]].raw;
    return ST_OK;
}

static status find_score(struct onnx *x, const char *name, struct score *s,
                         struct error *e)
{
    const struct onnx_value *v = onnx_find(x, name);
    bool found = false;
    *s = (struct score){.link = LINK_IDENTITY};
    if (v == NULL)
        return error_set(e, ST_FORMAT, "no node gives output \"%.80s\" of the "
                         "graph", name);
    if (v->reg == NULL || v->count == 0 || v->type == ONNX_STRING)
        return error_set(e, ST_UNSUPPORTED, "output \"%.80s\" of the graph does "
                         "not depend on the inputs, or is no number", name);
    if (v->count > MODEL_OUTPUTS_MAX)
        return error_set(e, ST_LIMIT, "output \"%.80s\" has %zu columns, at "
                         "most %d are read", name, v->count,
                         MODEL_OUTPUTS_MAX);
    s->margin = onnx_alloc(x, v->count, sizeof *s->margin);
    if (s->margin == NULL)
        return arena_error(x->work, e);
    if (v->count == 2)
        TRY(pair(x, v, x->classifier && x->classes == 2, s, &found, e));
    return found ? ST_OK : several(x, v, s, e);
}

/* --- the forest ------------------------------------------------------------- */

static bool direct(struct onnx *x, const struct score *s, bool *single)
{
    size_t seen = 0;
    for (size_t k = 0; k < s->outputs; k++) {
        const struct onnx_note *note = onnx_note(x, s->margin[k]);
        if (note == NULL || note->sum == NULL)
            return false;
        for (size_t i = 0; i < note->sum->terms; i++) {
            const struct onnx_trees *t = x->trees[note->sum->term[i].trees];
            if (!onnx_forest_direct(x, t) || (seen > 0 && *single != t->single))
                return false;
            *single = t->single;
            seen++;
        }
    }
    return seen > 0;
}

static status forest(struct onnx *x, struct builder *b, const struct score *s,
                     struct error *e)
{
    double *base = onnx_alloc(x, s->outputs, sizeof *base);
    if (base == NULL)
        return arena_error(x->work, e);
    for (size_t k = 0; k < s->outputs; k++) {
        const struct onnx_sum *sum = x->note[s->margin[k]].sum;
        base[k] = sum->constant;
        for (size_t i = 0; i < sum->terms; i++)
            TRY(onnx_forest_add(x, b, x->trees[sum->term[i].trees],
                                sum->term[i].output, k, sum->term[i].scale,
                                true, e));
    }
    if (builder_trees(b) == 0) {
        TRY(builder_tree(b, 0, 1.0, e));
        TRY(builder_leaf(b, 0.0, 0.0, e));
        TRY(builder_tree_end(b, e));
    }
    return builder_base(b, base, s->outputs, e);
}

/* --- features, words, what to say of the file --------------------------------- */

status onnx_features(struct onnx *x, struct builder *b, struct error *e)
{
    for (size_t f = 0; f < x->features; f++)
        TRY(builder_feature(b, x->feature_name[f], x->feature_kind[f], e));
    for (size_t f = 0; f < x->features; f++) {
        size_t n = x->words[f] == NULL ? 0 : names_count(x->words[f]);
        const char **word = onnx_alloc(x, n, sizeof *word);
        if (word == NULL)
            return arena_error(x->work, e);
        for (size_t i = 0; i < n; i++)
            word[i] = names_at(x->words[f], i);
        if (n > 0)
            TRY(builder_words(b, f, word, n, e));
    }
    return ST_OK;
}

static status say(struct builder *b, const char *name, const struct buf *text,
                  struct error *e)
{
    TRY(buf_status(text, e));
    return text->length == 0 ? ST_OK
                             : builder_parameter(b, name, buf_text(text), e);
}

static void outputs_text(const struct onnx *x, size_t read, struct buf *t)
{
    for (size_t i = 0; i < x->outputs; i++)
        buf_printf(t, "%s%.80s (%s)", i == 0 ? "" : ", ", x->output[i].name,
                   i == read ? "read" : "left out");
}

static void opsets_text(const struct onnx *x, struct buf *t)
{
    for (size_t i = 0; i < x->opsets; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || text_equal(x->opset[k].domain, x->opset[i].domain);
        const char *domain = x->opset[i].domain;
        if (!again)
            buf_printf(t, "%s%.80s %lld", t->length == 0 ? "" : ", ",
                       domain[0] == '\0' ? "ai.onnx" : domain,
                       onnx_version(x, domain));
    }
}

static status describe(struct onnx *x, struct builder *b, size_t read,
                       struct error *e)
{
    struct buf t = BUF_INIT(1 << 16);
    status s;
    buf_printf(&t, "%.200s %.100s", x->producer, x->producer_version);
    s = say(b, "producer", &t, e);
    buf_clear(&t);
    buf_printf(&t, "%lld", x->ir_version);
    s = s == ST_OK ? say(b, "ir_version", &t, e) : s;
    buf_clear(&t);
    opsets_text(x, &t);
    s = s == ST_OK ? say(b, "operator sets", &t, e) : s;
    buf_clear(&t);
    outputs_text(x, read, &t);
    s = s == ST_OK ? say(b, "graph outputs", &t, e) : s;
    buf_clear(&t);
    if (x->classes == 2 && x->class_name != NULL) {
        buf_printf(&t, "%.200s", x->class_name[1]);
        s = s == ST_OK ? say(b, "event", &t, e) : s;
    }
    buf_free(&t);
    return s;
}

static status build(struct onnx *x, struct builder *b, size_t output,
                    struct model **out, struct error *e)
{
    struct score s;
    bool single = true;
    struct program *p = NULL;
    TRY(find_score(x, x->output[output].name, &s, e));
    bool trees = direct(x, &s, &single);
    if (!trees && x->tree_sets > 0) {
        TRY(onnx_lower_again(x, e));
        TRY(find_score(x, x->output[output].name, &s, e));
    }
    builder_library(b, LIBRARY_ONNX, "ONNX", x->producer_version);
    builder_link(b, s.link, 1.0);
    builder_objective(b, s.objective);
    builder_compare(b, single ? COMPARE_AT_MOST_FLOAT : COMPARE_AT_MOST_DOUBLE);
    builder_sum(b, single ? SUM_FLOAT : SUM_DOUBLE);
    TRY(builder_outputs(b, s.outputs, e));
    TRY(onnx_features(x, b, e));
    if (s.named)
        TRY(builder_classes(b, x->class_name, s.outputs, e));
    TRY(describe(x, b, output, e));
    if (trees) {
        TRY(forest(x, b, &s, e));
    } else {
        double *zero = onnx_alloc(x, s.outputs, sizeof *zero);
        if (zero == NULL)
            return arena_error(x->work, e);
        TRY(program_finish(x->k, s.margin, s.outputs, &p, e));
        TRY(builder_program(b, p, e));
        TRY(builder_base(b, zero, s.outputs, e));
    }
    return builder_finish(b, 0, "", 0, out, e);
}

status onnx_end(struct onnx *x, size_t output, struct model **out,
                struct error *e)
{
    struct builder *b = builder_new(x->memory_cap);
    if (b == NULL)
        return error_memory(e);
    status s = build(x, b, output, out, e);
    builder_free(b);
    return s;
}
