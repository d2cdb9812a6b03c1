/* A tree's own rules: which child is true, what an unknown predicate does, what
 * happens when no child is true. */
#include "formats/pmml_tree_run.h"

#include <math.h>

status pmml_run_start(struct pmml_run *run, struct pmml_rules *r,
                      struct error *e)
{
    struct arena *a = r->v->p->arena;
    size_t longest = 1;
    *run = (struct pmml_run){.rules = r};
    run->known = arena_new_array(a, struct pmml_region, r->v->count + 1);
    run->sum = arena_new_array(a, double, r->values);
    if (run->known == NULL || run->sum == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < r->v->count; i++) {
        struct pmml_variable *v = &r->v->of[i];
        v->unseen_refused |= v->words && v->closed;
        v->missing_refused |= v->needed;
        size_t n = (v->codes + 31) / 32;
        struct pmml_region *k = &run->known[i];
        *k = (struct pmml_region){-(double)INFINITY, (double)INFINITY, true,
                                  v->words && !v->closed, !v->needed, NULL};
        if (!v->words || !(v->used || !r->v->inputs))
            continue;
        longest = n > longest ? n : longest;
        if ((k->code = arena_new_array(a, uint32_t, n == 0 ? 1 : n)) == NULL)
            return arena_error(a, e);
        for (size_t c = 0; c < v->codes; c++)
            k->code[c / 32] |= ~v->absent[c / 32] & 1U << (c % 32);
    }
    run->nothing = arena_new_array(a, uint32_t, longest);
    return run->nothing == NULL ? arena_error(a, e) : ST_OK;
}

static enum pmml_truth ask(struct pmml_run *run, const struct pmml_rule *r,
                           struct pmml_stop *out)
{
    run->asked += r->test->atoms;
    return pmml_test_truth(r->test, run->known, run->rules->v->of, &out->ask);
}

static status end(struct pmml_stop *out, uint32_t outcome)
{
    out->kind = STOP_END;
    out->outcome = outcome;
    return ST_OK;
}

static void add_end(struct pmml_run *run, const struct pmml_rule *r,
                    double weight)
{
    const struct pmml_outcome *o = &run->rules->outcome[r->outcome];
    bool counting = run->rules->strategy == MISSING_VALUE_AGGREGATE;
    double records = counting && r->counts == NULL ? o->cover : 1.0;
    if (o->null && r->counts == NULL && r->confidence == NULL)
        return;
    const double *x = counting && r->counts != NULL ? r->counts
                      : !counting && r->confidence != NULL ? r->confidence
                                                           : o->value;
    for (size_t i = 0; i < run->rules->values; i++)
        run->sum[i] += weight * records * x[i];
    run->total += weight * (counting ? o->cover : 1.0);
}

static double records_of(const struct pmml_run *run, const struct pmml_rule *r)
{
    return run->rules->outcome[r->outcome].cover;
}

static bool gather(struct pmml_run *run, const struct pmml_rule *r,
                   double weight, struct pmml_stop *out);

/* All children that are not out, each by its share of their records (or, when
 * records are aggregated, whole). False: an atom is in doubt. */
static bool spread(struct pmml_run *run, const struct pmml_rule *r,
                   size_t child, double weight, struct pmml_stop *out)
{
    bool shares = run->rules->strategy == MISSING_VALUE_WEIGHTED;
    double all = 0.0;
    size_t last = r->children;
    for (size_t i = child; i < r->children && i < last; i++) {
        enum pmml_truth x = ask(run, r->child[i], out);
        if (x == TRUTH_OPEN)
            return false;
        if (x != TRUTH_FALSE)
            all += records_of(run, r->child[i]);
        if (x == TRUTH_TRUE && !shares)
            last = i + 1;
    }
    for (size_t i = child; i < last; i++) {
        if (ask(run, r->child[i], out) == TRUTH_FALSE)
            continue;
        double part = !shares ? 1.0
                      : all > 0.0 ? records_of(run, r->child[i]) / all : 0.0;
        if (!gather(run, r->child[i], weight * part, out))
            return false;
    }
    return true;
}

/* A rule that is entered while ends are gathered. */
static bool gather(struct pmml_run *run, const struct pmml_rule *r,
                   double weight, struct pmml_stop *out)
{
    if (r->children == 0) {
        add_end(run, r, weight);
        return true;
    }
    for (size_t i = 0; i < r->children; i++)
        switch (ask(run, r->child[i], out)) {
        case TRUTH_OPEN:
            return false;
        case TRUTH_TRUE:
            return gather(run, r->child[i], weight, out);
        case TRUTH_UNKNOWN:
            return spread(run, r, i, weight, out);
        case TRUTH_FALSE:
            break;
        }
    if (run->rules->last_when_none)
        add_end(run, r, weight);
    return true;
}

static long winner_of(const double *x, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return (long)best;
}

/* What was gathered becomes an outcome of its own. */
static status gathered(struct pmml_run *run, struct pmml_stop *out,
                       struct error *e)
{
    struct pmml_rules *r = run->rules;
    bool classes = r->values > 1;
    double all = 0.0;
    for (size_t i = 0; i < r->values; i++)
        all += run->sum[i];
    if (r->strategy == MISSING_VALUE_AGGREGATE && !classes)
        all = run->total;
    else if (!classes)
        all = 1.0;
    if (!(all != 0.0) || !(run->total > 0.0))
        return end(out, 0);
    double *value = arena_new_array(r->v->p->arena, double, r->values);
    if (value == NULL)
        return arena_error(r->v->p->arena, e);
    for (size_t i = 0; i < r->values; i++)
        value[i] = run->sum[i] / all;
    struct pmml_outcome o = {.value = value,
                             .winner = winner_of(value, r->values)};
    uint32_t at = 0;
    TRY(pmml_rules_outcome(r, &o, &at, e));
    return end(out, at);
}

static status unknown(struct pmml_run *run, const struct pmml_rule *r,
                      size_t child, struct pmml_stop *out, struct error *e)
{
    switch (run->rules->strategy) {
    case MISSING_VALUE_LAST:
        return end(out, r->outcome);
    case MISSING_VALUE_DEFAULT:
        if (r->default_child < 0)
            return end(out, 0);
        out->kind = STOP_RULE;
        out->rule = r->child[r->default_child];
        out->child = 0;
        return ST_OK;
    case MISSING_VALUE_WEIGHTED:
    case MISSING_VALUE_AGGREGATE:
        memset(run->sum, 0, run->rules->values * sizeof *run->sum);
        run->total = 0.0;
        if (spread(run, r, child, 1.0, out))
            return gathered(run, out, e);
        out->kind = STOP_OPEN;
        out->rule = r;
        out->child = child;
        return ST_OK;
    case MISSING_VALUE_NULL:
    case MISSING_VALUE_NONE:
        break;
    }
    return end(out, 0);
}

static status first_rule(struct pmml_run *run, struct pmml_stop *out)
{
    *out = (struct pmml_stop){.kind = STOP_OPEN};
    switch (ask(run, run->rules->root, out)) {
    case TRUTH_OPEN:
        return ST_OK;
    case TRUTH_TRUE:
        out->kind = STOP_RULE;
        out->rule = run->rules->root;
        return ST_OK;
    case TRUTH_FALSE:
    case TRUTH_UNKNOWN:
        break;
    }
    return end(out, 0);
}

status pmml_run_on(struct pmml_run *run, const struct pmml_rule *rule,
                   size_t child, struct pmml_stop *out, struct error *e)
{
    if (rule == NULL)
        return first_rule(run, out);
    *out = (struct pmml_stop){.kind = STOP_OPEN, .rule = rule};
    for (size_t i = child; i < rule->children; i++) {
        enum pmml_truth x = ask(run, rule->child[i], out);
        out->child = i;
        if (x == TRUTH_OPEN)
            return ST_OK;
        if (x == TRUTH_TRUE) {
            out->kind = STOP_RULE;
            out->rule = rule->child[i];
            out->child = 0;
            return ST_OK;
        }
        if (x == TRUTH_UNKNOWN &&
            run->rules->strategy != MISSING_VALUE_NONE)
            return unknown(run, rule, i, out, e);
    }
    if (rule->children == 0 || run->rules->last_when_none)
        return end(out, rule->outcome);
    return end(out, 0);
}
