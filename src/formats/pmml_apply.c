/* Apply: built-in functions (PMML 4.4, chapter Functions), the file's own, and
 * SAS's, which do not mean what they say. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

enum form {
    FORM_FOLD,     /* a pair function over all arguments, from the left */
    FORM_PAIR,
    FORM_SWAPPED,  /* its arguments the other way round */
    FORM_COMPARE,  /* equality, of words too */
    FORM_ORDER,    /* of numbers only */
    FORM_UNORDER,  /* the same, swapped */
    FORM_REDUCE,
    FORM_MAP,
    FORM_PRESENT,  /* a map of any kind that gives truth */
    FORM_LOGIC,    /* FOLD of truths */
    FORM_NOT,
    FORM_IN,
    FORM_NOT_IN,
    FORM_IF,
    FORM_NORMAL,   /* (x − mean) / deviation first */
    FORM_DENSITY,
    FORM_HYPOT
};

struct builtin {
    const char *name;
    size_t least, most;
    enum form form;
    int op;
};

enum { MANY = 1000, ARGUMENTS_MAX = 1000 };

static const struct builtin builtins[] = {
    {"+", 1, MANY, FORM_FOLD, PAIR_ADD},
    {"-", 1, 2, FORM_FOLD, PAIR_SUBTRACT},
    {"*", 1, MANY, FORM_FOLD, PAIR_MULTIPLY},
    {"/", 2, 2, FORM_PAIR, PAIR_DIVIDE},
    {"min", 1, MANY, FORM_REDUCE, REDUCE_PRESENT_MINIMUM},
    {"max", 1, MANY, FORM_REDUCE, REDUCE_PRESENT_MAXIMUM},
    {"sum", 1, MANY, FORM_REDUCE, REDUCE_PRESENT_SUM},
    {"avg", 1, MANY, FORM_REDUCE, REDUCE_PRESENT_MEAN},
    {"product", 1, MANY, FORM_REDUCE, REDUCE_PRESENT_PRODUCT},
    {"median", 1, MANY, FORM_REDUCE, REDUCE_MEDIAN},
    {"log10", 1, 1, FORM_MAP, MAP_LOG10},
    {"ln", 1, 1, FORM_MAP, MAP_LOG},
    {"ln1p", 1, 1, FORM_MAP, MAP_LOG1P},
    {"sqrt", 1, 1, FORM_MAP, MAP_SQRT},
    {"abs", 1, 1, FORM_MAP, MAP_ABSOLUTE},
    {"exp", 1, 1, FORM_MAP, MAP_EXP},
    {"expm1", 1, 1, FORM_MAP, MAP_EXPM1},
    {"pow", 2, 2, FORM_PAIR, PAIR_RAISE},
    {"threshold", 2, 2, FORM_SWAPPED, PAIR_LESS},
    {"floor", 1, 1, FORM_MAP, MAP_FLOOR},
    {"ceil", 1, 1, FORM_MAP, MAP_CEIL},
    {"round", 1, 1, FORM_MAP, MAP_ROUND},
    {"rint", 1, 1, FORM_MAP, MAP_RINT},
    {"modulo", 2, 2, FORM_PAIR, PAIR_REMAINDER},
    {"hypot", 2, 2, FORM_HYPOT, 0},
    {"sin", 1, 1, FORM_MAP, MAP_SIN},
    {"cos", 1, 1, FORM_MAP, MAP_COS},
    {"tan", 1, 1, FORM_MAP, MAP_TAN},
    {"asin", 1, 1, FORM_MAP, MAP_ASIN},
    {"acos", 1, 1, FORM_MAP, MAP_ACOS},
    {"atan", 1, 1, FORM_MAP, MAP_ATAN},
    {"sinh", 1, 1, FORM_MAP, MAP_SINH},
    {"cosh", 1, 1, FORM_MAP, MAP_COSH},
    {"tanh", 1, 1, FORM_MAP, MAP_TANH},
    {"erf", 1, 1, FORM_MAP, MAP_ERF},
    {"stdNormalCDF", 1, 1, FORM_MAP, MAP_NORMAL_CDF},
    {"normalCDF", 3, 3, FORM_NORMAL, 0},
    {"stdNormalPDF", 1, 1, FORM_DENSITY, 0},
    {"normalPDF", 3, 3, FORM_DENSITY, 0},
    {"isMissing", 1, 1, FORM_PRESENT, MAP_IS_MISSING},
    {"isNotMissing", 1, 1, FORM_PRESENT, MAP_IS_PRESENT},
    {"isValid", 1, 1, FORM_PRESENT, MAP_IS_PRESENT},
    {"isNotValid", 1, 1, FORM_PRESENT, MAP_IS_MISSING},
    {"equal", 2, 2, FORM_COMPARE, PAIR_EQUAL},
    {"notEqual", 2, 2, FORM_COMPARE, PAIR_UNEQUAL},
    {"lessThan", 2, 2, FORM_ORDER, PAIR_LESS},
    {"lessOrEqual", 2, 2, FORM_ORDER, PAIR_AT_MOST},
    {"greaterThan", 2, 2, FORM_UNORDER, PAIR_LESS},
    {"greaterOrEqual", 2, 2, FORM_UNORDER, PAIR_AT_MOST},
    {"and", 2, MANY, FORM_LOGIC, PAIR_AND},
    {"or", 2, MANY, FORM_LOGIC, PAIR_OR},
    {"not", 1, 1, FORM_NOT, MAP_NOT},
    {"isIn", 2, MANY, FORM_IN, 0},
    {"isNotIn", 2, MANY, FORM_NOT_IN, 0},
    {"if", 2, 3, FORM_IF, 0},
};
enum { BUILTINS = sizeof builtins / sizeof *builtins };

/* The call that is made: its arguments' values. */
struct call {
    struct pmml *p;
    const struct xml_node *at;
    struct pmml_value *in;
    reg *r;
    size_t n;
    bool single; /* every number is a float32 or an integer constant */
};

static status numbers(struct call *c, struct error *e)
{
    bool some = false, all = true;
    for (size_t i = 0; i < c->n; i++) {
        TRY(pmml_as(c->p, PMML_NUMBER, c->at, &c->in[i], e));
        c->r[i] = c->in[i].r;
        some = some || c->in[i].single;
        all = all && (c->in[i].single || c->in[i].whole);
    }
    c->single = some && all;
    return ST_OK;
}

static status fold(struct call *c, enum program_pair f, reg *out,
                   struct error *e)
{
    *out = c->r[0];
    if (c->n == 1 && f == PAIR_SUBTRACT)
        return pmml_map(c->p, MAP_NEGATE, *out, out, e);
    for (size_t i = 1; i < c->n; i++)
        TRY(program_pair(c->p->k, f, c->single, out, &c->r[i], 1, out, e));
    return ST_OK;
}

static status pair(struct call *c, enum program_pair f, bool swapped, reg *out,
                   struct error *e)
{
    const reg *x = &c->r[swapped ? 1 : 0], *y = &c->r[swapped ? 0 : 1];
    /* Sums are opened through SCALE, not through a division. */
    if (f == PAIR_RAISE && c->in[1].constant)
        return program_map(c->p->k, MAP_POWER, c->in[1].number, 0.0, c->single,
                           c->r, 1, out, e);
    return program_pair(c->p->k, f, c->single, x, y, 1, out, e);
}

/* Both arguments as one kind, so that equal means equal. */
static status alike(struct call *c, struct pmml_value *x, struct pmml_value *y,
                    struct error *e)
{
    enum pmml_kind kind = x->constant ? y->kind : x->kind;
    if (!x->constant && !y->constant && x->kind != y->kind)
        kind = PMML_NUMBER;
    TRY(pmml_as(c->p, kind, c->at, x, e));
    TRY(pmml_as(c->p, kind, c->at, y, e));
    if (x->kind != y->kind && (x->kind == PMML_WORD || y->kind == PMML_WORD)) {
        TRY(pmml_as(c->p, PMML_NUMBER, c->at, x, e));
        return pmml_as(c->p, PMML_NUMBER, c->at, y, e);
    }
    return ST_OK;
}

static status equality(struct call *c, enum program_pair f,
                       const struct pmml_value *a, const struct pmml_value *b,
                       reg *out, struct error *e)
{
    struct pmml_value x = *a, y = *b;
    TRY(alike(c, &x, &y, e));
    return program_pair(c->p->k, f, false, &x.r, &y.r, 1, out, e);
}

static status order(struct call *c, enum program_pair f, bool swapped,
                    reg *out, struct error *e)
{
    for (size_t i = 0; i < 2; i++)
        if (c->in[i].kind == PMML_WORD && !c->in[i].constant)
            return pmml_fault(c->p, c->at, e, ST_UNSUPPORTED,
                              "words are compared by their order");
    TRY(numbers(c, e));
    c->single = false;
    return pair(c, f, swapped, out, e);
}

static status within(struct call *c, bool inside, reg *out, struct error *e)
{
    reg found = 0;
    for (size_t i = 1; i < c->n; i++) {
        reg same;
        TRY(equality(c, PAIR_EQUAL, &c->in[0], &c->in[i], &same, e));
        if (i == 1)
            found = same;
        else
            TRY(program_pair(c->p->k, PAIR_OR, false, &found, &same, 1, &found,
                             e));
    }
    *out = found;
    return inside ? ST_OK : pmml_map(c->p, MAP_NOT, found, out, e);
}

static status logic(struct call *c, enum program_pair f, reg *out,
                    struct error *e)
{
    for (size_t i = 0; i < c->n; i++) {
        TRY(pmml_as(c->p, PMML_TRUTH, c->at, &c->in[i], e));
        c->r[i] = c->in[i].r;
    }
    c->single = false;
    return fold(c, f, out, e);
}

/* The words of both branches of an "if". */
static status join(struct call *c, const struct pmml_words *a,
                   const struct pmml_words *b, const struct pmml_words **out,
                   struct error *e)
{
    *out = a == NULL ? b : a;
    if (a == NULL || b == NULL || a == b)
        return ST_OK;
    struct pmml_words *w = arena_new_one(c->p->arena, struct pmml_words);
    const char **word = arena_new_array(c->p->arena, const char *,
                                        a->count + b->count + 1);
    if (w == NULL || word == NULL)
        return arena_error(c->p->arena, e);
    for (size_t i = 0; i < a->count; i++)
        word[i] = a->word[i];
    for (size_t i = 0; i < b->count; i++)
        word[a->count + i] = b->word[i];
    *w = (struct pmml_words){word, a->count + b->count, a->open || b->open};
    *out = w;
    return ST_OK;
}

static status choose(struct call *c, struct pmml_value *out, struct error *e)
{
    struct pmml *p = c->p;
    struct pmml_value yes = c->in[1], no = {.kind = yes.kind};
    reg nan;
    TRY(pmml_as(p, PMML_TRUTH, c->at, &c->in[0], e));
    TRY(pmml_constant(p, NAN, &nan, e));
    no.r = nan;
    if (c->n == 3) {
        no = c->in[2];
        bool word = yes.kind == PMML_WORD || no.kind == PMML_WORD;
        bool numeral = yes.constant && no.constant;
        enum pmml_kind kind = word && numeral ? PMML_WORD
                              : yes.constant  ? no.kind : yes.kind;
        if (isnan(yes.number) && yes.constant)
            yes.kind = kind = no.kind;
        else if (isnan(no.number) && no.constant)
            no.kind = kind = yes.kind;
        TRY(pmml_as(p, kind, c->at, &yes, e));
        TRY(pmml_as(p, kind, c->at, &no, e));
        if (yes.kind != no.kind)
            return pmml_fault(p, c->at, e, ST_UNSUPPORTED,
                              "one branch gives a word, the other does not");
    }
    *out = (struct pmml_value){.kind = yes.kind,
                               .single = yes.single && no.single};
    TRY(join(c, yes.words, no.words, &out->words, e));
    return program_choose(p->k, &c->in[0].r, &yes.r, &no.r, &nan, 1, &out->r,
                          e);
}

static status normal(struct call *c, bool density, reg *out, struct error *e)
{
    struct pmml *p = c->p;
    reg z = c->r[0], two, root;
    if (c->n == 3) {
        TRY(program_pair(p->k, PAIR_SUBTRACT, false, &z, &c->r[1], 1, &z, e));
        TRY(program_pair(p->k, PAIR_DIVIDE, false, &z, &c->r[2], 1, &z, e));
    }
    if (!density)
        return pmml_map(p, MAP_NORMAL_CDF, z, out, e);
    TRY(pmml_constant(p, 1.4142135623730951, &two, e));
    TRY(pmml_constant(p, 2.5066282746310002, &root, e));
    TRY(program_pair(p->k, PAIR_DIVIDE, false, &z, &two, 1, &z, e));
    TRY(pmml_map(p, MAP_GAUSS, z, &z, e));
    TRY(program_pair(p->k, PAIR_DIVIDE, false, &z, &root, 1, &z, e));
    *out = z;
    return c->n == 3 ? program_pair(p->k, PAIR_DIVIDE, false, &z, &c->r[2], 1,
                                    out, e)
                     : ST_OK;
}

static status hypotenuse(struct call *c, reg *out, struct error *e)
{
    reg square[2];
    TRY(program_map(c->p->k, MAP_SQUARE, 0.0, 0.0, c->single, c->r, 2, square,
                    e));
    TRY(program_pair(c->p->k, PAIR_ADD, c->single, &square[0], &square[1], 1,
                     out, e));
    return program_map(c->p->k, MAP_SQRT, 0.0, 0.0, c->single, out, 1, out, e);
}

static status of_numbers(struct call *c, const struct builtin *f,
                         struct pmml_value *out, struct error *e)
{
    TRY(numbers(c, e));
    out->single = c->single;
    switch (f->form) {
    case FORM_FOLD:
        return fold(c, (enum program_pair)f->op, &out->r, e);
    case FORM_PAIR:
    case FORM_SWAPPED:
        return pair(c, (enum program_pair)f->op, f->form == FORM_SWAPPED,
                    &out->r, e);
    case FORM_REDUCE:
        return program_reduce(c->p->k, (enum program_reduce)f->op, c->single,
                              c->r, c->n, &out->r, e);
    case FORM_MAP:
        return program_map(c->p->k, (enum program_map)f->op, 0.0, 0.0,
                           c->single, c->r, 1, &out->r, e);
    case FORM_HYPOT:
        return hypotenuse(c, &out->r, e);
    default:
        return normal(c, f->form == FORM_DENSITY, &out->r, e);
    }
}

static status call(struct call *c, const struct builtin *f,
                   struct pmml_value *out, struct error *e)
{
    *out = (struct pmml_value){.kind = PMML_TRUTH};
    switch (f->form) {
    case FORM_COMPARE:
        return equality(c, (enum program_pair)f->op, &c->in[0], &c->in[1],
                        &out->r, e);
    case FORM_ORDER:
    case FORM_UNORDER:
        return order(c, (enum program_pair)f->op, f->form == FORM_UNORDER,
                     &out->r, e);
    case FORM_PRESENT:
        return pmml_map(c->p, (enum program_map)f->op, c->in[0].r, &out->r, e);
    case FORM_LOGIC:
        return logic(c, (enum program_pair)f->op, &out->r, e);
    case FORM_NOT:
        TRY(pmml_as(c->p, PMML_TRUTH, c->at, &c->in[0], e));
        return pmml_map(c->p, MAP_NOT, c->in[0].r, &out->r, e);
    case FORM_IN:
    case FORM_NOT_IN:
        return within(c, f->form == FORM_IN, &out->r, e);
    case FORM_IF:
        return choose(c, out, e);
    default:
        out->kind = PMML_NUMBER;
        return of_numbers(c, f, out, e);
    }
}

static status built_in(struct call *c, const char *name, bool *is,
                       struct pmml_value *out, struct error *e)
{
    const struct builtin *f = builtins, *end = builtins + BUILTINS;
    while (f < end && !text_equal(f->name, name))
        f++;
    *is = f < end;
    if (!*is)
        return ST_OK;
    if (c->n < f->least || c->n > f->most)
        return pmml_fault(c->p, c->at, e, ST_FORMAT,
                          "%s is given %zu arguments", name, c->n);
    return call(c, f, out, e);
}

/* mapMissingTo: when any argument is missing. */
static status map_missing(struct call *c, struct pmml_value *out,
                          struct error *e)
{
    const char *text = xml_value(c->at, "mapMissingTo");
    double x = 0.0;
    reg there, other;
    if (text == NULL)
        return ST_OK;
    for (size_t i = 0; i < c->n; i++)
        c->r[i] = c->in[i].r;
    TRY(pmml_literal(c->p, out->kind, text, c->at, &x, e));
    TRY(pmml_constant(c->p, x, &other, e));
    TRY(program_reduce(c->p->k, REDUCE_PRESENT_COUNT, false, c->r, c->n,
                       &there, e));
    TRY(program_map(c->p->k, MAP_EQUALS_P, (double)c->n, 0.0, false, &there, 1,
                    &there, e));
    out->constant = false;
    return program_choose(c->p->k, &there, &out->r, &other, &other, 1, &out->r,
                          e);
}

static status dispatch(struct call *c, const char *name,
                       struct pmml_value *out, struct error *e)
{
    bool is = false;
    TRY(pmml_apply_words(c->p, c->at, name, c->in, c->n, &is, out, e));
    if (!is)
        TRY(pmml_call(c->p, c->at, name, c->in, c->n, &is, out, e));
    if (!is)
        TRY(built_in(c, name, &is, out, e));
    if (!is)
        return pmml_fault(c->p, c->at, e, ST_UNSUPPORTED,
                          "the function \"%.60s\" is not supported", name);
    TRY(map_missing(c, out, e));
    return pmml_fill(c->p, c->at, "defaultValue", out, e);
}

status pmml_apply(struct pmml *p, struct pmml_scope *s,
                  const struct xml_node *n, struct pmml_value *out,
                  struct error *e)
{
    struct call c = {.p = p, .at = n};
    const char *name = NULL;
    TRY(pmml_text(p, n, "function", &name, e));
    size_t count = xml_count(n, NULL);
    if (count == 0 || count > ARGUMENTS_MAX)
        return pmml_fault(p, n, e, count == 0 ? ST_FORMAT : ST_LIMIT,
                          "%zu arguments, 1 to %d are expected", count,
                          ARGUMENTS_MAX);
    c.in = arena_new_array(p->arena, struct pmml_value, count);
    c.r = arena_new_array(p->arena, reg, count);
    if (c.in == NULL || c.r == NULL)
        return arena_error(p->arena, e);
    for (const struct xml_node *a = n->child; a != NULL; a = a->next)
        TRY(pmml_express(p, s, a, NULL, &c.in[c.n++], e));
    return dispatch(&c, name, out, e);
}
