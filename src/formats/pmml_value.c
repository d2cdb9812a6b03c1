/* Values: constants, literals, changes of kind; what was compiled before. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

struct pmml_memo {
    struct names *key;
    struct pmml_value *value;
    size_t room;
};

void pmml_memo_free(struct pmml *p)
{
    if (p->memo == NULL)
        return;
    names_free(p->memo->key);
    mem_free(p->memo->value);
    p->memo = NULL;
}

bool pmml_recall(const struct pmml *p, const void *key, size_t length,
                 struct pmml_value *out)
{
    long at = p->memo == NULL ? -1 : names_find(p->memo->key, key, length);
    if (at >= 0)
        *out = p->memo->value[at];
    return at >= 0;
}

status pmml_remember(struct pmml *p, const void *key, size_t length,
                     const struct pmml_value *v, struct error *e)
{
    struct pmml_memo *m = p->memo;
    if (m == NULL) {
        m = arena_new_one(p->arena, struct pmml_memo);
        if (m == NULL)
            return arena_error(p->arena, e);
        p->memo = m;
        m->key = names_new();
        if (m->key == NULL)
            return error_memory(e);
    }
    TRY(MEM_ROOM(m->value, m->room, names_count(m->key) + 1, e));
    long at = names_add(m->key, key, length);
    if (at < 0)
        return error_memory(e);
    m->value[at] = *v;
    return ST_OK;
}

status pmml_constant(struct pmml *p, double x, reg *out, struct error *e)
{
    char key[1 + sizeof x] = "c";
    struct pmml_value v = {.kind = PMML_NUMBER};
    if (isnan(x))
        x = NAN; /* one of them */
    memcpy(key + 1, &x, sizeof x);
    if (!pmml_recall(p, key, sizeof key, &v)) {
        TRY(program_constant(p->k, x, &v.r, e));
        TRY(pmml_remember(p, key, sizeof key, &v, e));
    }
    *out = v.r;
    return ST_OK;
}

status pmml_map(struct pmml *p, enum program_map f, reg in, reg *out,
                struct error *e)
{
    return program_map(p->k, f, 0.0, 0.0, false, &in, 1, out, e);
}

static bool truth_of(const char *text, double *out)
{
    static const struct {
        const char *text;
        double value;
    } words[] = {{"true", 1.0}, {"false", 0.0}};
    size_t length = strlen(text);
    for (size_t i = 0; i < 2; i++)
        if (text_equal_fold(text, length, words[i].text)) {
            *out = words[i].value;
            return true;
        }
    return num_parse(text, length, out) && (*out == 0.0 || *out == 1.0);
}

status pmml_literal(struct pmml *p, enum pmml_kind kind, const char *text,
                    const struct xml_node *at, double *out, struct error *e)
{
    double x = 0.0;
    size_t length = strlen(text);
    switch (kind) {
    case PMML_WORD:
        return program_word(p->k, text, out, e);
    case PMML_TRUTH:
        if (truth_of(text, out) || num_parse(text, length, out))
            return ST_OK; /* a limit between the two is a number */
        return pmml_fault(p, at, e, ST_FORMAT,
                          "\"%.60s\" is neither true nor false", text);
    case PMML_NUMBER:
        break;
    }
    if (num_parse(text, length, out) && !isnan(*out))
        return ST_OK;
    if (truth_of(text, &x)) {
        *out = x;
        return ST_OK;
    }
    return pmml_fault(p, at, e, ST_FORMAT,
                      "\"%.60s\" is compared with a number and is none", text);
}

/* A type that the file does not give is told by how the text looks. */
static enum pmml_kind kind_of_text(const char *text)
{
    double x = 0.0;
    return num_parse(text, strlen(text), &x) ? PMML_NUMBER : PMML_WORD;
}

static bool is_whole(const char *type, double x)
{
    return x == floor(x) && fabs(x) <= 16777216.0 &&
           (type == NULL || text_equal(type, "integer"));
}

status pmml_constant_value(struct pmml *p, const char *text, const char *type,
                           const struct xml_node *at, struct pmml_value *out,
                           struct error *e)
{
    *out = (struct pmml_value){.constant = true, .text = text};
    out->kind = kind_of_text(text);
    if (type != NULL && !pmml_kind_of(type, &out->kind, &out->single))
        return pmml_fault(p, at, e, ST_UNSUPPORTED,
                          "dataType=\"%.40s\" is not supported", type);
    TRY(pmml_literal(p, out->kind, text, at, &out->number, e));
    if (out->single)
        out->number = num_float(out->number);
    if (out->kind == PMML_NUMBER)
        out->whole = is_whole(type, out->number);
    if (out->kind == PMML_WORD) {
        struct pmml_words *w = arena_new_one(p->arena, struct pmml_words);
        const char **word = arena_new_array(p->arena, const char *, 1);
        if (w == NULL || word == NULL)
            return arena_error(p->arena, e);
        word[0] = text;
        *w = (struct pmml_words){word, 1, false};
        out->words = w;
    }
    return pmml_constant(p, out->number, &out->r, e);
}

/* Words → the numbers they spell. */
static status spell(struct pmml *p, const struct xml_node *at,
                    struct pmml_value *v, struct error *e)
{
    const struct pmml_words *w = v->words;
    if (w == NULL)
        return pmml_fault(p, at, e, ST_UNSUPPORTED,
                          "words that the file does not list are taken as "
                          "numbers: declare the field as a number");
    double *key = arena_new_array(p->arena, double, w->count * 2 + 1);
    if (key == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < w->count; i++) {
        TRY(program_word(p->k, w->word[i], &key[i], e));
        if (!num_parse(w->word[i], strlen(w->word[i]), &key[w->count + i]))
            key[w->count + i] = NAN;
    }
    return program_table(p->k, key, w->count, 1, key + w->count, 1, NAN, NAN,
                         &v->r, &v->r, e);
}

status pmml_as(struct pmml *p, enum pmml_kind kind, const struct xml_node *at,
               struct pmml_value *v, struct error *e)
{
    if (v->kind == kind)
        return ST_OK;
    if (v->constant && v->text != NULL && kind != PMML_NUMBER) {
        const char *type = kind == PMML_WORD ? "string" : "boolean";
        return pmml_constant_value(p, v->text, type, at, v, e);
    }
    if (v->kind == PMML_WORD && kind == PMML_TRUTH)
        return pmml_fault(p, at, e, ST_UNSUPPORTED,
                          "a word is taken as true or false");
    if (v->kind == PMML_WORD) {
        TRY(spell(p, at, v, e));
        v->words = NULL;
        v->constant = false;
        v->kind = PMML_NUMBER;
        return ST_OK;
    }
    if (kind != PMML_WORD)
        v->kind = kind;
    return ST_OK;
}

status pmml_fill(struct pmml *p, const struct xml_node *n,
                 const char *attribute, struct pmml_value *v, struct error *e)
{
    const char *text = xml_value(n, attribute);
    double x = 0.0;
    if (text == NULL)
        return ST_OK;
    TRY(pmml_literal(p, v->kind, text, n, &x, e));
    if (v->single && v->kind == PMML_NUMBER)
        x = num_float(x);
    v->constant = false;
    return program_map(p->k, MAP_FILL, x, 0.0, false, &v->r, 1, &v->r, e);
}
