/* Rules → binary tree. At each place the rules run on what is known; where an
 * atom is in doubt, its variable is split and both sides run on. A missing
 * value goes along with the side whose rules come to the same place, else it
 * gets a node of its own. */
#include "formats/pmml_tree_run.h"

#include <math.h>

/* Nodes and predicates asked, so that no file makes this long work. */
enum { GROW_MIN = 4096, GROW_BY_RULE = 64, GROW_MAX = 1 << 20,
       ASK_MIN = 1 << 20, ASK_BY_RULE = 1024, ASK_BY_RULE_GATHERED = 128 };

struct grower {
    struct pmml_run run;
    struct pmml_rules *rules;
    struct pmml_plan *plan;
    struct pmml *p;
    size_t most;
    unsigned long long most_asked;
    bool too_large;
};

struct spot {
    const struct pmml_rule *rule;
    size_t child;
};

static status grow(struct grower *g, struct spot at, size_t depth,
                   int32_t *out, struct error *e);

static size_t blocks(const struct pmml_variable *v)
{
    return (v->codes + 31) / 32;
}

static status add_node(struct grower *g, const struct pmml_split *n,
                       int32_t *out, struct error *e)
{
    struct pmml_plan *plan = g->plan;
    if (plan->count == plan->room) {
        size_t wanted = plan->room == 0 ? 64 : 2 * plan->room;
        struct pmml_split *grown =
            arena_new_array(g->p->arena, struct pmml_split, wanted);
        if (grown == NULL)
            return arena_error(g->p->arena, e);
        if (plan->count > 0)
            memcpy(grown, plan->node, plan->count * sizeof *grown);
        plan->node = grown;
        plan->room = wanted;
    }
    *out = (int32_t)plan->count;
    plan->node[plan->count++] = *n;
    return ST_OK;
}

static status add_end(struct grower *g, uint32_t outcome, int32_t *out,
                      struct error *e)
{
    g->plan->null |= g->rules->outcome[outcome].null;
    return add_node(g, &(struct pmml_split){.left = -1, .right = -1,
                                            .outcome = outcome}, out, e);
}

/* Where the rules come to when this variable is known to lie in `r`. */
static status look(struct grower *g, struct spot at, size_t variable,
                   const struct pmml_region *r, struct pmml_stop *out,
                   struct error *e)
{
    struct pmml_region kept = g->run.known[variable];
    g->run.known[variable] = *r;
    status s = pmml_run_on(&g->run, at.rule, at.child, out, e);
    g->run.known[variable] = kept;
    return s;
}

static bool same_place(const struct pmml_stop *a, const struct pmml_stop *b,
                       struct spot at)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == STOP_END)
        return a->outcome == b->outcome;
    if (a->rule != b->rule || a->child != b->child)
        return false;
    return a->kind == STOP_RULE || a->rule != at.rule || a->child > at.child;
}

/* Where the rules go on from a stop; an end, or the same place with less known,
 * is found again from where they were. */
static struct spot spot_of(const struct pmml_stop *stop, struct spot at)
{
    if (stop->kind == STOP_END)
        return at;
    return (struct spot){stop->rule, stop->kind == STOP_RULE ? 0 : stop->child};
}

/* The two sides of a split, and what goes along. */
struct sides {
    struct pmml_region left, right;
    struct spot left_at, right_at;
    struct pmml_split node;
};

static status both(struct grower *g, size_t variable, struct sides *s,
                   size_t depth, int32_t *out, struct error *e)
{
    struct pmml_region kept = g->run.known[variable];
    size_t before = g->plan->count;
    bool null = g->plan->null;
    g->run.known[variable] = s->left;
    TRY(grow(g, s->left_at, depth + 1, &s->node.left, e));
    g->run.known[variable] = s->right;
    TRY(grow(g, s->right_at, depth + 1, &s->node.right, e));
    g->run.known[variable] = kept;
    const struct pmml_split *l = &g->plan->node[s->node.left];
    const struct pmml_split *r = &g->plan->node[s->node.right];
    if (l->left < 0 && r->left < 0 && l->outcome == r->outcome) {
        uint32_t outcome = l->outcome;
        g->plan->count = before;
        g->plan->null = null;
        return add_end(g, outcome, out, e);
    }
    s->node.variable = (uint32_t)variable;
    return add_node(g, &s->node, out, e);
}

static status apart(struct grower *g, struct spot at, size_t variable,
                    size_t depth, int32_t *out, struct error *e)
{
    const struct pmml_variable *v = &g->rules->v->of[variable];
    struct pmml_region r = g->run.known[variable];
    struct sides s = {.left = r, .right = r, .left_at = at, .right_at = at};
    s.left.missing = false;
    s.right.present = s.right.unseen = false;
    s.node.cut = (double)INFINITY;
    s.node.bits = v->absent;
    return both(g, variable, &s, depth, out, e);
}

/* Sets what goes left and right for the present values of an atom in doubt. */
static status part_numbers(const struct pmml_test *t,
                           const struct pmml_region *r, struct sides *s)
{
    size_t low = pmml_piece_above(t, r->low), high = pmml_piece_of(t, r->high);
    s->node.cut = t->cut[low + (high - low - 1) / 2];
    s->left.high = s->right.low = s->node.cut;
    return ST_OK;
}

static status part_words(struct grower *g, const struct pmml_test *t,
                         const struct pmml_region *r, struct sides *s,
                         struct error *e)
{
    size_t n = blocks(&g->rules->v->of[t->variable]);
    uint32_t *left = arena_new_array(g->p->arena, uint32_t, n == 0 ? 1 : n);
    uint32_t *right = arena_new_array(g->p->arena, uint32_t, n == 0 ? 1 : n);
    if (left == NULL || right == NULL)
        return arena_error(g->p->arena, e);
    /* Unlisted words always go left. */
    bool listed = !(r->unseen && t->unseen);
    for (size_t i = 0; i < n; i++) {
        uint32_t yes = r->code[i] & t->holds[i], no = r->code[i] & ~t->holds[i];
        right[i] = listed ? yes : no;
        left[i] = listed ? no : yes;
    }
    s->left.code = left;
    s->right.code = right;
    s->right.unseen = false;
    s->node.bits = right;
    return ST_OK;
}

/* Codes that mean missing are listed, so they must be sent where it goes. */
static status missing_right(struct grower *g, size_t variable, struct sides *s,
                            struct error *e)
{
    const struct pmml_variable *v = &g->rules->v->of[variable];
    if (!v->words)
        return ST_OK;
    uint32_t *bits = arena_new_array(g->p->arena, uint32_t,
                                     blocks(v) == 0 ? 1 : blocks(v));
    if (bits == NULL)
        return arena_error(g->p->arena, e);
    for (size_t i = 0; i < blocks(v); i++)
        bits[i] = s->node.bits[i] | v->absent[i];
    s->node.bits = bits;
    return ST_OK;
}

/* A missing value goes with the side that comes to the same place; the rules
 * go on from there, since what led there differs. */
static status take_along(struct grower *g, struct spot at, size_t variable,
                         struct sides *s, bool *along, struct error *e)
{
    struct pmml_region alone = s->left;
    struct pmml_stop gone, left, right;
    alone.present = alone.unseen = false;
    alone.missing = true;
    TRY(look(g, at, variable, &alone, &gone, e));
    TRY(look(g, at, variable, &s->left, &left, e));
    TRY(look(g, at, variable, &s->right, &right, e));
    *along = true;
    if (same_place(&gone, &left, at)) {
        s->left.missing = true;
        s->left_at = spot_of(&left, at);
        return ST_OK;
    }
    if (same_place(&gone, &right, at)) {
        s->right.missing = true;
        s->right_at = spot_of(&right, at);
        s->node.missing_left = false;
        return missing_right(g, variable, s, e);
    }
    *along = false;
    return ST_OK;
}

static status split(struct grower *g, struct spot at,
                    const struct pmml_test *t, size_t depth, int32_t *out,
                    struct error *e)
{
    struct pmml_region r = g->run.known[t->variable];
    struct sides s = {.left = r, .right = r, .left_at = at, .right_at = at};
    s.left.missing = s.right.missing = false;
    if (g->rules->v->of[t->variable].words)
        TRY(part_words(g, t, &r, &s, e));
    else
        TRY(part_numbers(t, &r, &s));
    s.node.missing_left = true;
    if (r.missing) {
        bool along = false;
        TRY(take_along(g, at, t->variable, &s, &along, e));
        if (!along)
            return apart(g, at, t->variable, depth, out, e);
    }
    return both(g, t->variable, &s, depth, out, e);
}

/* An input whose missing value, or unknown word, has no answer at this place:
 * the forest refuses such rows, so nothing needs to be told apart. */
static status drop(struct grower *g, struct spot at, size_t variable,
                   bool *dropped, struct error *e)
{
    struct pmml_variable *v = &g->rules->v->of[variable];
    struct pmml_region *r = &g->run.known[variable], alone = *r;
    struct pmml_stop stop;
    *dropped = false;
    if (!g->rules->v->inputs || !r->present)
        return ST_OK;
    alone.present = alone.unseen = false;
    if (r->missing) {
        TRY(look(g, at, variable, &alone, &stop, e));
        if (stop.kind == STOP_END && g->rules->outcome[stop.outcome].null) {
            v->missing_refused = g->plan->dropped = *dropped = true;
            r->missing = false;
        }
    }
    if (r->unseen && v->words) {
        alone = *r;
        alone.missing = false;
        alone.code = g->run.nothing;
        TRY(look(g, at, variable, &alone, &stop, e));
        if (stop.kind == STOP_END && g->rules->outcome[stop.outcome].null) {
            v->unseen_refused = g->plan->dropped = *dropped = true;
            r->unseen = false;
        }
    }
    return ST_OK;
}

static bool in_doubt(const struct grower *g, const struct pmml_test *t)
{
    struct pmml_region *r = &g->run.known[t->variable];
    const struct pmml_test *ask = NULL;
    bool missing = r->missing;
    r->missing = false;
    bool open = pmml_test_truth(t, g->run.known, g->rules->v->of, &ask) ==
                TRUTH_OPEN;
    r->missing = missing;
    return open;
}

static status decide(struct grower *g, struct spot at,
                     const struct pmml_test *ask, size_t depth, int32_t *out,
                     struct error *e)
{
    bool dropped = false;
    struct pmml_region kept = g->run.known[ask->variable];
    TRY(drop(g, at, ask->variable, &dropped, e));
    status s = ST_OK;
    if (dropped)
        s = grow(g, at, depth, out, e);
    else if (in_doubt(g, ask))
        s = split(g, at, ask, depth, out, e);
    else
        s = apart(g, at, ask->variable, depth, out, e);
    g->run.known[ask->variable] = kept;
    return s;
}

static status grow(struct grower *g, struct spot at, size_t depth,
                   int32_t *out, struct error *e)
{
    struct pmml_stop stop;
    if (g->plan->count > g->most || depth >= MODEL_DEPTH_MAX ||
        g->run.asked > g->most_asked)
        g->too_large = true;
    if (g->too_large)
        return add_end(g, 0, out, e);
    TRY(pmml_run_on(&g->run, at.rule, at.child, &stop, e));
    while (stop.kind == STOP_RULE) {
        at = (struct spot){stop.rule, 0};
        TRY(pmml_run_on(&g->run, at.rule, at.child, &stop, e));
    }
    if (stop.kind == STOP_END)
        return add_end(g, stop.outcome, out, e);
    at = (struct spot){stop.rule, stop.child};
    return decide(g, at, stop.ask, depth, out, e);
}

/* Children stand before parents until here: the root comes first now. */
static void turn(struct pmml_plan *plan)
{
    size_t n = plan->count;
    for (size_t i = 0; i < n / 2; i++) {
        struct pmml_split kept = plan->node[i];
        plan->node[i] = plan->node[n - 1 - i];
        plan->node[n - 1 - i] = kept;
    }
    for (size_t i = 0; i < n; i++)
        if (plan->node[i].left >= 0) {
            plan->node[i].left = (int32_t)n - 1 - plan->node[i].left;
            plan->node[i].right = (int32_t)n - 1 - plan->node[i].right;
        }
}

/* Records by node, where each end of the file is one end here. */
static status count_records(struct pmml *p, const struct pmml_rules *r,
                            struct pmml_plan *plan, struct error *e)
{
    uint32_t *uses = arena_new_array(p->arena, uint32_t, r->outcomes);
    if (uses == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->node[i].left < 0)
            uses[plan->node[i].outcome]++;
    for (size_t i = plan->count; i-- > 0;) {
        struct pmml_split *n = &plan->node[i];
        if (n->left < 0) {
            n->has_cover = r->outcome[n->outcome].counted &&
                           uses[n->outcome] == 1;
            n->cover = r->outcome[n->outcome].cover;
            continue;
        }
        n->has_cover = plan->node[n->left].has_cover &&
                       plan->node[n->right].has_cover;
        n->cover = plan->node[n->left].cover + plan->node[n->right].cover;
    }
    return ST_OK;
}

static size_t rules_in(const struct pmml_rule *r)
{
    size_t n = 1;
    for (size_t i = 0; i < r->children; i++)
        n += rules_in(r->child[i]);
    return n;
}

status pmml_plan_make(struct pmml_rules *r, struct pmml_plan *out, bool *fits,
                      struct error *e)
{
    struct grower g = {.rules = r, .plan = out, .p = r->v->p};
    *out = (struct pmml_plan){0};
    TRY(pmml_run_start(&g.run, r, e));
    size_t rules = rules_in(r->root);
    size_t most = GROW_BY_RULE * rules + GROW_MIN;
    size_t by_rule = r->strategy >= MISSING_VALUE_WEIGHTED
                         ? ASK_BY_RULE_GATHERED : ASK_BY_RULE;
    g.most_asked = (unsigned long long)by_rule * rules + ASK_MIN;
    g.most = most > GROW_MAX ? GROW_MAX : most;
    int32_t root = 0;
    TRY(grow(&g, (struct spot){NULL, 0}, 0, &root, e));
    if (g.too_large || (r->v->inputs && out->null)) {
        *fits = false;
        return ST_OK;
    }
    turn(out);
    return count_records(g.p, r, out, e);
}
