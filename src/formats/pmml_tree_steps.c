/* A tree as steps on registers, one choice a node: linear in the tree's size
 * whatever its predicates are. What is gathered from several ends when a
 * predicate is unknown is arithmetic here, where a binary tree would need an end
 * for each set of ends. */
#include "formats/pmml_tree.h"

#include <math.h>

struct steps {
    struct pmml *p;
    const struct pmml_rules *rules;
    const double *value; /* [outcomes][outs] */
    size_t outs;         /* values of the answer */
    size_t sums;         /* values of what is gathered, and their total */
    bool votes;          /* the answer is 1 for one class */
    reg zero, one, nan;
};

static reg *regs(const struct steps *s, size_t n, struct error *e)
{
    reg *r = arena_new_array(s->p->arena, reg, n);
    if (r == NULL)
        arena_error(s->p->arena, e);
    return r;
}

static status constants(const struct steps *s, const double *x, size_t n,
                        reg **out, struct error *e)
{
    if ((*out = regs(s, n, e)) == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(pmml_constant(s->p, x[i], &(*out)[i], e));
    return ST_OK;
}

/* The answer where the rules end in this node. */
static status own_answer(const struct steps *s, const struct pmml_rule *r,
                         reg **out, struct error *e)
{
    if (!s->rules->outcome[r->outcome].null)
        return constants(s, s->value + r->outcome * s->outs, s->outs, out, e);
    if ((*out = regs(s, s->outs, e)) == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < s->outs; i++)
        (*out)[i] = s->nan;
    return ST_OK;
}

/* What this node adds to what is gathered; the last one is its weight. */
static status own_sums(const struct steps *s, const struct pmml_rule *r,
                       reg **out, struct error *e)
{
    const struct pmml_outcome *o = &s->rules->outcome[r->outcome];
    bool counting = s->rules->strategy == MISSING_VALUE_AGGREGATE;
    double *x = arena_new_array(s->p->arena, double, s->sums);
    if (x == NULL)
        return arena_error(s->p->arena, e);
    if (!o->null) {
        const double *from = counting && r->counts != NULL ? r->counts
                             : !counting && r->confidence != NULL
                                 ? r->confidence : o->value;
        double records = counting && r->counts == NULL ? o->cover : 1.0;
        for (size_t i = 0; i + 1 < s->sums; i++)
            x[i] = records * from[i];
        x[s->sums - 1] = counting ? o->cover : 1.0;
    }
    return constants(s, x, s->sums, out, e);
}

static status choose(const struct steps *s, reg truth, const reg *yes,
                     const reg *no, const reg *unknown, size_t n, reg **out,
                     struct error *e)
{
    reg *flag = regs(s, n, e);
    if (flag == NULL || (*out = regs(s, n, e)) == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++)
        flag[i] = truth;
    return program_choose(s->p->k, flag, yes, no, unknown, n, *out, e);
}

/* --- gathering ------------------------------------------------------------ */

static status multiply(const struct steps *s, reg by, const reg *x, size_t n,
                       reg **out, struct error *e)
{
    reg *same = regs(s, n, e);
    if (same == NULL || (*out = regs(s, n, e)) == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < n; i++)
        same[i] = by;
    return program_pair(s->p->k, PAIR_MULTIPLY, false, x, same, n, *out, e);
}

/* 1 for each child from `child` on that is followed: those not false (when
 * records are aggregated, none behind a true one). */
static status followed(const struct steps *s, const struct pmml_rule *r,
                       size_t child, reg *out, struct error *e)
{
    struct program_maker *k = s->p->k;
    reg going = s->one;
    for (size_t i = child; i < r->children; i++) {
        reg truth = r->child[i]->test->truth, here, gone;
        TRY(program_map(k, MAP_FILL, 1.0, 0.0, false, &truth, 1, &here, e));
        TRY(program_pair(k, PAIR_MULTIPLY, false, &here, &going, 1, &out[i],
                         e));
        if (s->rules->strategy == MISSING_VALUE_WEIGHTED)
            continue;
        TRY(program_choose(k, &truth, &s->zero, &s->one, &s->one, 1, &gone,
                           e));
        TRY(program_pair(k, PAIR_MULTIPLY, false, &going, &gone, 1, &going,
                         e));
    }
    return ST_OK;
}

/* Shares of the records of those that are followed; 0 / 0 counts as 0. */
static status shares(const struct steps *s, const struct pmml_rule *r,
                     size_t child, reg *active, struct error *e)
{
    struct program_maker *k = s->p->k;
    size_t n = r->children - child;
    double *records = arena_new_array(s->p->arena, double, n);
    reg all, some;
    if (records == NULL)
        return arena_error(s->p->arena, e);
    for (size_t i = 0; i < n; i++)
        records[i] = s->rules->outcome[r->child[child + i]->outcome].cover;
    TRY(program_affine(k, records, NULL, false, active + child, n, 1, &all, e));
    TRY(program_map(k, MAP_THRESHOLD, 0.0, 0.0, false, &all, 1, &some, e));
    TRY(program_choose(k, &some, &all, &s->one, &s->one, 1, &all, e));
    for (size_t i = 0; i < n; i++) {
        reg *a = &active[child + i];
        TRY(program_map(k, MAP_SCALE, records[i], 0.0, false, a, 1, a, e));
        TRY(program_pair(k, PAIR_DIVIDE, false, a, &all, 1, a, e));
    }
    return ST_OK;
}

/* Σ of what the followed children gather; below[i] is what child i does. */
static status spread(const struct steps *s, const struct pmml_rule *r,
                     size_t child, reg *const *below, reg **out,
                     struct error *e)
{
    reg *active = regs(s, r->children, e), *sum = NULL;
    if (active == NULL)
        return ST_MEMORY;
    TRY(followed(s, r, child, active, e));
    if (s->rules->strategy == MISSING_VALUE_WEIGHTED)
        TRY(shares(s, r, child, active, e));
    for (size_t i = child; i < r->children; i++) {
        reg *part = NULL, *next = regs(s, s->sums, e);
        TRY(multiply(s, active[i], below[i], s->sums, &part, e));
        if (next == NULL)
            return ST_MEMORY;
        if (sum == NULL) {
            sum = part;
            continue;
        }
        TRY(program_pair(s->p->k, PAIR_ADD, false, sum, part, s->sums, next,
                         e));
        sum = next;
    }
    *out = sum;
    return ST_OK;
}

static status gather(const struct steps *s, const struct pmml_rule *r,
                     reg **out, struct error *e);

static status gather_children(const struct steps *s, const struct pmml_rule *r,
                              reg ***below, struct error *e)
{
    *below = arena_new_array(s->p->arena, reg *, r->children);
    if (*below == NULL)
        return arena_error(s->p->arena, e);
    for (size_t i = 0; i < r->children; i++)
        TRY(gather(s, r->child[i], &(*below)[i], e));
    return ST_OK;
}

static status gather(const struct steps *s, const struct pmml_rule *r,
                     reg **out, struct error *e)
{
    reg **below = NULL, *rest = NULL;
    TRY(own_sums(s, r, &rest, e));
    if (r->children > 0 && !s->rules->last_when_none)
        for (size_t i = 0; i < s->sums; i++)
            rest[i] = s->zero;
    TRY(gather_children(s, r, &below, e));
    for (size_t i = r->children; i-- > 0;) {
        reg *open = NULL;
        TRY(spread(s, r, i, below, &open, e));
        TRY(choose(s, r->child[i]->test->truth, below[i], rest, open,
                   s->sums, &rest, e));
    }
    *out = rest;
    return ST_OK;
}

/* The answer of what was gathered. */
static status gathered(const struct steps *s, reg *sum, reg **out,
                       struct error *e)
{
    struct program_maker *k = s->p->k;
    size_t n = s->sums - 1;
    reg whole = s->one, some, best;
    reg *x = regs(s, n, e);
    if (x == NULL)
        return ST_MEMORY;
    if (n > 1)
        TRY(program_reduce(k, REDUCE_SUM, false, sum, n, &whole, e));
    else if (s->rules->strategy == MISSING_VALUE_AGGREGATE)
        whole = sum[n];
    reg present = n > 1 ? whole : sum[n];
    TRY(program_map(k, MAP_THRESHOLD, 0.0, 0.0, false, &present, 1, &some, e));
    TRY(program_choose(k, &some, &whole, &s->nan, &s->nan, 1, &whole, e));
    for (size_t i = 0; i < n; i++)
        TRY(program_pair(k, PAIR_DIVIDE, false, &sum[i], &whole, 1, &x[i], e));
    *out = x;
    if (!s->votes)
        return ST_OK;
    TRY(program_reduce(k, REDUCE_ARGMAX, false, x, n, &best, e));
    for (size_t i = 0; i < n; i++)
        TRY(program_map(k, MAP_EQUALS_P, (double)i, 0.0, false, &best, 1,
                        &x[i], e));
    return ST_OK;
}

/* --- the answer ----------------------------------------------------------- */

struct answers {
    reg **child; /* of the children, each where it is entered */
    reg **below; /* what they gather; NULL: nothing is gathered */
    reg *own;
    reg *none;
};

static status when_unknown(const struct steps *s, const struct pmml_rule *r,
                           size_t child, const struct answers *a,
                           const reg *rest, const reg **out, struct error *e)
{
    reg *sum = NULL, *made = NULL;
    switch (s->rules->strategy) {
    case MISSING_VALUE_NONE:
        *out = rest;
        return ST_OK;
    case MISSING_VALUE_LAST:
        *out = a->own;
        return ST_OK;
    case MISSING_VALUE_DEFAULT:
        *out = r->default_child < 0 ? a->none : a->child[r->default_child];
        return ST_OK;
    case MISSING_VALUE_WEIGHTED:
    case MISSING_VALUE_AGGREGATE:
        TRY(spread(s, r, child, a->below, &sum, e));
        TRY(gathered(s, sum, &made, e));
        *out = made;
        return ST_OK;
    case MISSING_VALUE_NULL:
        break;
    }
    *out = a->none;
    return ST_OK;
}

static status answer(const struct steps *s, const struct pmml_rule *r,
                     reg **out, struct error *e)
{
    struct answers a = {0};
    TRY(own_answer(s, r, &a.own, e));
    *out = a.own;
    if (r->children == 0)
        return ST_OK;
    a.none = regs(s, s->outs, e);
    a.child = arena_new_array(s->p->arena, reg *, r->children);
    if (a.none == NULL || a.child == NULL)
        return arena_error(s->p->arena, e);
    for (size_t i = 0; i < s->outs; i++)
        a.none[i] = s->nan;
    for (size_t i = 0; i < r->children; i++)
        TRY(answer(s, r->child[i], &a.child[i], e));
    if (s->rules->strategy >= MISSING_VALUE_WEIGHTED)
        TRY(gather_children(s, r, &a.below, e));
    reg *rest = s->rules->last_when_none ? a.own : a.none;
    for (size_t i = r->children; i-- > 0;) {
        const reg *unknown = NULL;
        TRY(when_unknown(s, r, i, &a, rest, &unknown, e));
        TRY(choose(s, r->child[i]->test->truth, a.child[i], rest, unknown,
                   s->outs, &rest, e));
    }
    *out = rest;
    return ST_OK;
}

/* Steps that gathering takes: each child once for each that stands before it. */
static double gather_steps(const struct pmml_rule *r)
{
    double n = (double)r->children, steps = n * (n + 1.0) / 2.0;
    for (size_t i = 0; i < r->children; i++)
        steps += gather_steps(r->child[i]);
    return steps;
}

/* The same for the answer: each node below gathers anew. */
static double answer_steps(const struct pmml_rule *r)
{
    double n = (double)r->children, steps = n * (n + 1.0) / 2.0;
    for (size_t i = 0; i < r->children; i++)
        steps += gather_steps(r->child[i]) + answer_steps(r->child[i]);
    return steps;
}

status pmml_tree_steps(struct pmml *p, const struct pmml_rules *r,
                       const double *value, size_t outs, bool votes, reg *out,
                       struct error *e)
{
    struct steps s = {.p = p, .rules = r, .value = value, .outs = outs,
                      .sums = r->values + 1, .votes = votes};
    reg *got = NULL, *top = NULL;
    if (r->strategy >= MISSING_VALUE_WEIGHTED &&
        answer_steps(r->root) * (double)(s.sums + 4) > PROGRAM_STEPS_MAX)
        return pmml_fault(p, r->root->at, e, ST_LIMIT,
                          "what its missingValueStrategy gathers takes more "
                          "than %d steps", PROGRAM_STEPS_MAX);
    TRY(pmml_constant(p, 0.0, &s.zero, e));
    TRY(pmml_constant(p, 1.0, &s.one, e));
    TRY(pmml_constant(p, (double)NAN, &s.nan, e));
    reg *none = regs(&s, outs, e);
    if (none == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < outs; i++)
        none[i] = s.nan;
    TRY(answer(&s, r->root, &got, e));
    TRY(choose(&s, r->root->test->truth, got, none, none, outs, &top, e));
    memcpy(out, top, outs * sizeof *out);
    return ST_OK;
}
