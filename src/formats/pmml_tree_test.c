/* Predicates of the file as tests of variables. */
#include "base/num.h"
#include "formats/pmml_tree.h"

#include <math.h>

enum operator { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL,
                IS_MISSING, IS_NOT_MISSING };

static const char *const operators[] = {
    "equal", "notEqual", "lessThan", "lessOrEqual", "greaterThan",
    "greaterOrEqual", "isMissing", "isNotMissing", NULL};

static void *room(struct pmml *p, size_t count, size_t size, struct error *e)
{
    void *a = arena_array(p->arena, count == 0 ? 1 : count, size);
    if (a == NULL)
        arena_error(p->arena, e);
    return a;
}

/* --- variables ----------------------------------------------------------- */

static status input_words(struct pmml *p, struct pmml_variable *v,
                          struct error *e)
{
    const struct pmml_data *d = v->data;
    uint32_t *absent = room(p, (d->listed.count + 31) / 32, sizeof *absent, e);
    if (absent == NULL)
        return ST_MEMORY;
    v->words = true;
    v->codes = d->listed.count;
    v->absent = absent;
    for (size_t i = 0; i < d->missing.count; i++) {
        long code = pmml_code(d, d->missing.word[i]);
        if (code >= 0)
            absent[code / 32] |= 1U << (code % 32);
    }
    return ST_OK;
}

status pmml_inputs_of(struct pmml *p, struct pmml_variables *v, struct error *e)
{
    *v = (struct pmml_variables){.p = p, .inputs = true, .count = p->features};
    v->of = room(p, p->features, sizeof *v->of, e);
    if (v->of == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < p->fields; i++) {
        const struct pmml_data *d = &p->data[i];
        if (d->feature < 0 || (size_t)d->feature >= p->features)
            continue;
        struct pmml_variable *one = &v->of[d->feature];
        one->data = d;
        one->single = d->single;
        if (d->categorical)
            TRY(input_words(p, one, e));
    }
    return ST_OK;
}

static status register_of(struct pmml_variables *v, reg r, size_t *at,
                          struct error *e)
{
    for (size_t i = v->count; i-- > 0;)
        if (v->of[i].r == r) {
            *at = i;
            return ST_OK;
        }
    if (v->count == v->room) {
        size_t wanted = v->room == 0 ? 64 : 2 * v->room;
        struct pmml_variable *grown = room(v->p, wanted, sizeof *grown, e);
        if (grown == NULL)
            return ST_MEMORY;
        if (v->count > 0)
            memcpy(grown, v->of, v->count * sizeof *grown);
        v->of = grown;
        v->room = wanted;
    }
    *at = v->count;
    v->of[v->count++] = (struct pmml_variable){.r = r};
    return ST_OK;
}

/* --- atoms --------------------------------------------------------------- */

struct field {
    size_t variable;
    enum pmml_kind kind;
    bool single;
    const struct xml_node *fill; /* inputs: what a missing value becomes */
};

static status find_field(struct pmml_variables *v, struct pmml_scope *s,
                         const struct xml_node *n, struct field *out,
                         bool *fits, struct error *e)
{
    const char *name = NULL;
    TRY(pmml_text(v->p, n, "field", &name, e));
    if (v->inputs) {
        const struct pmml_data *d = pmml_plain(v->p, s, name);
        bool closed = d != NULL && pmml_closed(v->p, s, name);
        /* An invalid word that is listed would be refused by its code. */
        if (d == NULL || d->feature < 0 || (closed && d->invalid.count > 0)) {
            *fits = false;
            return ST_OK;
        }
        struct pmml_variable *x = &v->of[d->feature];
        *out = (struct field){(size_t)d->feature, d->kind, d->single,
                              pmml_filled(s, name)};
        x->used = true;
        x->closed |= closed;
        x->needed |= out->fill == NULL && pmml_needed(v->p, s, name);
        return ST_OK;
    }
    struct pmml_value x;
    TRY(pmml_field(v->p, s, name, n, &x, e));
    out->kind = x.kind;
    out->single = x.single;
    return register_of(v, x.r, &out->variable, e);
}

static double below(double x, bool single)
{
    return single ? (double)nextafterf((float)x, -INFINITY)
                  : nextafter(x, -(double)INFINITY);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* An atom that is true on these points alone (or, `outside`, off them). */
static status points(struct pmml *p, struct pmml_test *t, double *point,
                     size_t n, bool single, bool outside, struct error *e)
{
    double *cut = room(p, 2 * n, sizeof *cut, e);
    if (cut == NULL)
        return ST_MEMORY;
    if (n > 1)
        qsort(point, n, sizeof *point, by_value);
    size_t cuts = 0;
    for (size_t i = 0; i < n; i++) {
        double low = below(point[i], single);
        if (i > 0 && point[i] == point[i - 1])
            continue;
        /* Two neighbouring doubles join. */
        if (cuts > 0 && cut[cuts - 1] == low)
            cuts--;
        else
            cut[cuts++] = low;
        cut[cuts++] = point[i];
    }
    t->cut = cut;
    t->cuts = cuts;
    t->first = outside;
    return ST_OK;
}

static status word_bits(struct pmml_variables *v, size_t variable,
                        const char *const *word, size_t n, bool outside,
                        struct pmml_test *t, struct error *e)
{
    const struct pmml_variable *x = &v->of[variable];
    size_t blocks = (x->codes + 31) / 32;
    uint32_t *bits = room(v->p, blocks, sizeof *bits, e);
    if (bits == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++) {
        long code = pmml_code(x->data, word[i]);
        if (code >= 0)
            bits[code / 32] |= 1U << (code % 32);
    }
    for (size_t i = 0; outside && i < blocks; i++)
        bits[i] = ~bits[i];
    t->holds = bits;
    t->unseen = outside;
    return ST_OK;
}

static status literals(struct pmml_variables *v, const struct field *f,
                       const struct xml_node *n, const char *const *text,
                       size_t count, double **out, struct error *e)
{
    double *x = room(v->p, count, sizeof *x, e);
    if (x == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < count; i++) {
        TRY(pmml_literal(v->p, f->kind, text[i], n, &x[i], e));
        if (f->single)
            x[i] = num_float(x[i]);
        if (!isfinite(x[i]))
            return pmml_fault(v->p, n, e, ST_FORMAT,
                              "\"%.60s\" is not a finite number", text[i]);
    }
    *out = x;
    return ST_OK;
}

static status one_of(struct pmml_variables *v, const struct field *f,
                     const struct xml_node *n, const char *const *text,
                     size_t count, bool outside, struct pmml_test *t,
                     struct error *e)
{
    if (v->inputs && v->of[f->variable].words)
        return word_bits(v, f->variable, text, count, outside, t, e);
    double *x = NULL;
    TRY(literals(v, f, n, text, count, &x, e));
    return points(v->p, t, x, count, f->single, outside, e);
}

/* Numbers that the file lists reach a model as codes: each is compared here;
 * one that is not listed cannot be, so it must have no answer. */
static status ordered_codes(struct pmml_variables *v, const struct field *f,
                            double cut, bool at_most, struct pmml_test *t,
                            bool *fits, struct error *e)
{
    const struct pmml_variable *x = &v->of[f->variable];
    const struct pmml_words *listed = &x->data->listed;
    TRY(word_bits(v, f->variable, NULL, 0, false, t, e));
    uint32_t *bits = room(v->p, (x->codes + 31) / 32, sizeof *bits, e);
    if (bits == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < listed->count && *fits; i++) {
        double number = 0.0;
        *fits = f->kind == PMML_NUMBER && x->closed &&
                num_parse(listed->word[i], strlen(listed->word[i]), &number);
        if (f->single)
            number = num_float(number);
        if ((number <= cut) == at_most)
            bits[i / 32] |= 1U << (i % 32);
    }
    t->holds = bits;
    return ST_OK;
}

static status compared(struct pmml_variables *v, const struct field *f,
                       const struct xml_node *n, const char *text, int op,
                       struct pmml_test *t, bool *fits, struct error *e)
{
    if (op == EQUAL || op == NOT_EQUAL)
        return one_of(v, f, n, &text, 1, op == NOT_EQUAL, t, e);
    /* Words have an order only where the file declares one. */
    if (f->kind == PMML_WORD) {
        *fits = false;
        return ST_OK;
    }
    double *x = NULL;
    TRY(literals(v, f, n, &text, 1, &x, e));
    if (op == LESS || op == GREATER_EQUAL)
        *x = below(*x, f->single);
    if (v->inputs && v->of[f->variable].words)
        return ordered_codes(v, f, *x, op == LESS || op == LESS_EQUAL, t, fits,
                             e);
    t->cut = x;
    t->cuts = 1;
    t->first = op == LESS || op == LESS_EQUAL;
    return ST_OK;
}

/* True for every present value, or for none. */
static status everywhere(struct pmml_variables *v, const struct field *f,
                         bool yes, struct pmml_test *t, struct error *e)
{
    t->first = yes;
    t->missing = yes ? TRUTH_FALSE : TRUTH_TRUE;
    if (v->inputs && v->of[f->variable].words)
        return word_bits(v, f->variable, NULL, 0, yes, t, e);
    return ST_OK;
}

static bool word_holds(const struct pmml_test *t, long code)
{
    return (t->holds[code / 32] >> (code % 32) & 1) != 0;
}

/* A missing value that is replaced first goes the way of its replacement. */
static status fill(const struct pmml_variables *v, const struct field *f,
                   struct pmml_test *t, bool *fits, struct error *e)
{
    const struct pmml_variable *x = &v->of[f->variable];
    const char *text = f->fill == NULL
                           ? NULL
                           : xml_value(f->fill, "missingValueReplacement");
    double value = 0.0;
    if (text == NULL || !*fits)
        return ST_OK;
    if (x->words) {
        long code = pmml_code(x->data, text);
        *fits = code >= 0 && (x->absent[code / 32] >> (code % 32) & 1) == 0;
        if (*fits)
            t->missing = word_holds(t, code) ? TRUTH_TRUE : TRUTH_FALSE;
        return ST_OK;
    }
    TRY(pmml_literal(v->p, f->kind, text, f->fill, &value, e));
    value = f->single ? num_float(value) : value;
    *fits = isfinite(value);
    t->missing = (pmml_piece_of(t, value) % 2 == 0) == t->first ? TRUTH_TRUE
                                                               : TRUTH_FALSE;
    return ST_OK;
}

static status simple(struct pmml_variables *v, struct pmml_scope *s,
                     const struct xml_node *n, struct pmml_test *t, bool *fits,
                     struct error *e)
{
    struct field f = {0};
    int op = 0;
    const char *text = NULL;
    TRY(find_field(v, s, n, &f, fits, e));
    if (!*fits)
        return ST_OK;
    t->variable = f.variable;
    if (xml_value(n, "operator") == NULL)
        return pmml_fault(v->p, n, e, ST_FORMAT, "it has no operator");
    TRY(pmml_choice(v->p, n, "operator", operators, 0, &op, e));
    if (op == IS_MISSING || op == IS_NOT_MISSING) {
        TRY(everywhere(v, &f, op == IS_NOT_MISSING, t, e));
        return fill(v, &f, t, fits, e);
    }
    TRY(pmml_text(v->p, n, "value", &text, e));
    TRY(compared(v, &f, n, text, op, t, fits, e));
    return fill(v, &f, t, fits, e);
}

static status set_of(struct pmml_variables *v, struct pmml_scope *s,
                     const struct xml_node *n, struct pmml_test *t, bool *fits,
                     struct error *e)
{
    static const char *const words[] = {"isIn", "isNotIn", NULL};
    struct field f = {0};
    int op = 0;
    const char *const *text = NULL;
    size_t count = 0;
    const struct xml_node *array = xml_child(n, "Array");
    TRY(find_field(v, s, n, &f, fits, e));
    if (!*fits)
        return ST_OK;
    t->variable = f.variable;
    if (xml_value(n, "booleanOperator") == NULL || array == NULL)
        return pmml_fault(v->p, n, e, ST_FORMAT,
                          "a set needs a booleanOperator and an <Array>");
    TRY(pmml_choice(v->p, n, "booleanOperator", words, 0, &op, e));
    TRY(pmml_array(v->p, array, &text, &count, e));
    TRY(one_of(v, &f, n, text, count, op == 1, t, e));
    return fill(v, &f, t, fits, e);
}

/* --- compounds ----------------------------------------------------------- */

static status compound(struct pmml_variables *v, struct pmml_scope *s,
                       const struct xml_node *n, struct pmml_test *t,
                       bool *fits, struct error *e)
{
    static const char *const words[] = {"and", "or", "xor", "surrogate", NULL};
    int op = 0;
    size_t parts = 0;
    if (xml_value(n, "booleanOperator") == NULL)
        return pmml_fault(v->p, n, e, ST_FORMAT, "it has no booleanOperator");
    TRY(pmml_choice(v->p, n, "booleanOperator", words, 0, &op, e));
    t->kind = (enum pmml_test_kind)(TEST_AND + op);
    for (const struct xml_node *c = n->child; c != NULL; c = c->next)
        parts += pmml_is_predicate(c) ? 1 : 0;
    if (parts == 0)
        return pmml_fault(v->p, n, e, ST_FORMAT, "it holds no predicate");
    const struct pmml_test **part = room(v->p, parts, sizeof(void *), e);
    if (part == NULL)
        return ST_MEMORY;
    t->part = part;
    for (const struct xml_node *c = n->child; c != NULL && *fits; c = c->next)
        if (pmml_is_predicate(c)) {
            TRY(pmml_test(v, s, c, &part[t->parts], fits, e));
            t->atoms += part[t->parts++]->atoms;
        } else if (!xml_is(c, "Extension"))
            return pmml_refuse(v->p, c, e);
    return ST_OK;
}

/* A predicate that steps of the program work out: 1, 0 or missing. */
static status opaque(struct pmml_variables *v, struct pmml_scope *s,
                     const struct xml_node *n, struct pmml_test *t,
                     struct error *e)
{
    reg r = 0;
    TRY(pmml_predicate(v->p, s, n, &r, e));
    TRY(register_of(v, r, &t->variable, e));
    double *cut = room(v->p, 1, sizeof *cut, e);
    if (cut == NULL)
        return ST_MEMORY;
    *cut = 0.5;
    *t = (struct pmml_test){.kind = TEST_ATOM, .atoms = 1,
                            .variable = t->variable,
                            .cut = cut, .cuts = 1, .missing = TRUTH_UNKNOWN};
    return ST_OK;
}

status pmml_test(struct pmml_variables *v, struct pmml_scope *s,
                 const struct xml_node *n, const struct pmml_test **out,
                 bool *fits, struct error *e)
{
    struct pmml_test *t = room(v->p, 1, sizeof *t, e);
    if (t == NULL)
        return ST_MEMORY;
    *out = t;
    *t = (struct pmml_test){.kind = TEST_ATOM, .atoms = 1,
                            .missing = TRUTH_UNKNOWN};
    bool known = true;
    if (v->steps)
        return pmml_predicate(v->p, s, n, &t->truth, e);
    if (xml_is(n, "True") || xml_is(n, "False"))
        t->kind = xml_is(n, "True") ? TEST_TRUE : TEST_FALSE;
    else if (xml_is(n, "SimplePredicate"))
        TRY(simple(v, s, n, t, &known, e));
    else if (xml_is(n, "SimpleSetPredicate"))
        TRY(set_of(v, s, n, t, &known, e));
    else if (v->opaque)
        known = false;
    else
        TRY(compound(v, s, n, t, &known, e));
    if (!known && !v->inputs)
        return opaque(v, s, n, t, e);
    *fits &= known;
    return ST_OK;
}

status pmml_predicate_of(const struct pmml *p, const struct xml_node *n,
                         const struct xml_node **out, struct error *e)
{
    for (const struct xml_node *c = n->child; c != NULL; c = c->next)
        if (pmml_is_predicate(c)) {
            *out = c;
            return ST_OK;
        }
    return pmml_fault(p, n, e, ST_FORMAT, "it has no predicate");
}
