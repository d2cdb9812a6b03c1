/* Every recorded proof, walked by itself: each leaf's claim holds at every
 * point of its box, on the whole grid of printed values. */
#include "support/recourse_case.h"

#include "recourse/price.h"

enum { CASES = 1200 };

struct walker {
    const struct instance *c;
    const struct recourse_proof *proof;
    struct axis_grid all[LEVERS]; /* own first */
    bool in[LEVERS][GRID];
    double x[FEATURES], near[LEVERS]; /* near: the cheapest of the box */
    long leaves, kinds[9];
};

/* Is value k of lever l on the far side of v? Categories: own first, then by
 * cost, then as listed, which is the order of `all`. */
static bool is_far(const struct walker *w, size_t l, size_t k, double v)
{
    const struct axis_grid *g = &w->all[l];
    double own = g->value[0];

    if (w->c->lever[l].code == NULL)
        return v > own ? g->value[k] >= v : g->value[k] <= v;
    size_t at = 0;
    while (at < g->count && g->value[at] != v)
        at++;
    assert_true(at > 0 && at < g->count);
    return k >= at;
}

struct sum_of_changes {
    double cost;
    size_t changes;
};

static double sign_of(const struct walker *w)
{
    return w->c->p.accept == RECOURSE_AT_MOST ? 1 : -1;
}

static void check_point(struct walker *w, const struct proof_node *n,
                        struct sum_of_changes p)
{
    const struct instance *c = w->c;
    double margin[3], native[3];

    if (n->kind == PROOF_COST) {
        assert_true(p.cost >= w->proof->claim);
        return;
    }
    if (n->kind == PROOF_COUNT) {
        assert_true(p.changes > c->p.most_changes);
        return;
    }
    if (n->kind == PROOF_RULE) {
        const struct one_order *o = &c->order[n->which];
        assert_true(w->x[o->feature_a] > w->x[o->feature_b]);
        return;
    }
    model_margin(c->m, w->x, margin);
    model_margin_native(c->m, w->x, native);
    if (n->kind == PROOF_SCORE)
        assert_false(reaches(c, margin[c->p.output], 0));
    else if (n->kind == PROOF_PRICE)
        assert_true(p.cost >= w->proof->claim ||
                    !reaches(c, margin[c->p.output], 0));
    else
        assert_false(reaches(c, margin[c->p.output], c->p.guard) &&
                     reaches(c, native[c->p.output], 0) && p.changes > 0);
}

/* What the group pays of lever l's cost at value v. */
static double share_at(const struct walker *w, size_t group, size_t l, double v)
{
    const struct proof_price *p = &w->proof->price[0];
    double own = w->c->row[l], sum = 0;

    for (size_t i = 0; i < p->shares; i++) {
        const struct proof_share *s = &p->share[i];
        if (s->group == group && s->lever == l &&
            (s->value > own ? v >= s->value : v <= s->value))
            sum += s->add;
    }
    return sum;
}

/* μ × the group's sum + its shares beyond those of the cheapest values. */
static double priced_sum(const struct walker *w, size_t group, double sum)
{
    sum *= w->proof->price[0].mu[0];
    for (size_t l = 0; l < w->c->p.levers; l++) {
        if (w->c->lever[l].code == NULL && w->all[l].count > 1)
            sum += share_at(w, group, l, w->x[l]) -
                   share_at(w, group, l, w->near[l]);
    }
    return sum;
}

/* Sum of a group's trees at the point, oriented. */
static double group_sum(const struct walker *w, const uint32_t *tree, size_t n)
{
    const struct model *m = w->c->m;
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const struct tree *t = &m->tree[tree[i]];
        sum += sign_of(w) * t->weight * m->combine_scale *
               t->node[tree_leaf(m, t, w->x)].value;
    }
    return sum;
}

enum { GROUPS = 64 };

static void each_point(struct walker *w, const struct proof_node *n, size_t l,
                       struct sum_of_changes p, double *best)
{
    const struct instance *c = w->c;

    if (l == c->p.levers) {
        check_point(w, n, p);
        for (size_t i = 0; i < w->proof->groups && i < GROUPS; i++) {
            double sum =
                group_sum(w, w->proof->group[i].tree, w->proof->group[i].trees);
            if (n->kind == PROOF_PRICE)
                sum = priced_sum(w, i, sum);
            best[i] = fmin(best[i], sum);
        }
        for (uint32_t t = 0; t < c->m->trees; t++)
            best[GROUPS + t] = fmin(best[GROUPS + t], group_sum(w, &t, 1));
        return;
    }
    for (size_t k = 0; k < w->all[l].count; k++) {
        if (!w->in[l][k])
            continue;
        double v = w->all[l].value[k];
        struct sum_of_changes q = p;
        w->x[l] = v;
        if (k > 0) {
            q.cost += recourse_cost(&c->lever[l], c->row[l], v);
            q.changes++;
        }
        each_point(w, n, l + 1, q, best);
    }
}

/* Σ over groups, and over trees in none: `scale` times what these add. */
static double sum_bests(const struct walker *w, const double *best,
                        double scale)
{
    const struct model *m = w->c->m;
    bool grouped[GROUPS] = {false};
    double sum = 0;

    for (size_t i = 0; i < w->proof->groups; i++) {
        sum += best[i];
        for (size_t k = 0; k < w->proof->group[i].trees; k++)
            grouped[w->proof->group[i].tree[k]] = true;
    }
    for (size_t t = 0; t < m->trees; t++) {
        if (!grouped[t] && m->tree[t].output == w->c->p.output)
            sum += scale * best[GROUPS + t];
    }
    return sum;
}

/* The bound by groups refutes the leaf: no look at single points is needed. */
static void check_bound(const struct walker *w, const struct proof_node *n,
                        const double *best)
{
    double base = sign_of(w) * w->c->m->base[w->c->p.output];
    double cut = sign_of(w) * w->c->p.cutoff, cost = 0;

    if (n->kind == PROOF_SCORE) {
        assert_true(base + sum_bests(w, best, 1) > cut);
        return;
    }
    double mu = w->proof->price[0].mu[0];
    for (size_t l = 0; l < w->c->p.levers; l++) {
        if (w->near[l] != w->c->row[l] && !isnan(w->near[l]))
            cost += recourse_cost(&w->c->lever[l], w->c->row[l], w->near[l]);
    }
    assert_true(cost + mu * (base - cut) + sum_bests(w, best, mu) >=
                w->proof->claim);
}

static void check_leaf(struct walker *w, const struct proof_node *n)
{
    double best[2 * GROUPS];
    bool empty = false;

    assert_true(w->proof->groups <= GROUPS && w->c->m->trees <= GROUPS);
    for (size_t i = 0; i < 2 * GROUPS; i++)
        best[i] = FAR;
    w->leaves++;
    w->kinds[n->kind]++;
    memcpy(w->x, w->c->row, sizeof w->x);
    for (size_t l = 0; l < w->c->p.levers; l++) {
        size_t left = 0;
        double least = FAR;
        for (size_t k = 0; k < w->all[l].count; k++) {
            double cost = k == 0 ? 0
                                 : recourse_cost(&w->c->lever[l], w->c->row[l],
                                                 w->all[l].value[k]);
            left += w->in[l][k];
            if (w->in[l][k] && cost < least) {
                least = cost;
                w->near[l] = w->all[l].value[k];
            }
        }
        empty |= left == 0;
    }
    each_point(w, n, 0, (struct sum_of_changes){0, 0}, best);
    if ((n->kind == PROOF_SCORE || n->kind == PROOF_PRICE) && !empty)
        check_bound(w, n, best);
}

static void check_node(struct walker *w, const struct proof_node *n);

/* As many levers as may are off their own value, so the others stay. */
static void check_stay(struct walker *w, const struct proof_node *n)
{
    size_t most = w->c->p.most_changes, off = 0;
    bool kept[LEVERS][GRID];

    memcpy(kept, w->in, sizeof kept);
    for (size_t l = 0; l < w->c->p.levers; l++) {
        off += !w->in[l][0];
        for (size_t k = 1; w->in[l][0] && k < w->all[l].count; k++)
            w->in[l][k] = false;
    }
    assert_true(off == (most == 0 ? RECOURSE_CHANGES_DEFAULT : most));
    w->kinds[PROOF_STAY]++;
    check_node(w, n->near);
    memcpy(w->in, kept, sizeof kept);
}

static void check_node(struct walker *w, const struct proof_node *n)
{
    bool kept[GRID];
    size_t l = n->lever;

    if (n->kind == PROOF_STAY) {
        check_stay(w, n);
        return;
    }
    if (n->kind != PROOF_SPLIT) {
        check_leaf(w, n);
        return;
    }
    assert_true(l < w->c->p.levers && n->near != NULL && n->far != NULL);
    assert_true(n->value != w->c->row[l]);
    memcpy(kept, w->in[l], sizeof kept);
    for (int far = 0; far < 2; far++) {
        for (size_t k = 0; k < w->all[l].count; k++)
            w->in[l][k] = kept[k] && is_far(w, l, k, n->value) == (far == 1);
        check_node(w, far ? n->far : n->near);
    }
    memcpy(w->in[l], kept, sizeof kept);
}

static void sort_codes(struct axis_grid *g, const struct recourse_lever *l)
{
    for (size_t i = 2; i < g->count && l->code != NULL; i++) {
        for (size_t k = i; k > 1; k--) {
            double a = recourse_cost(l, g->value[0], g->value[k - 1]);
            double b = recourse_cost(l, g->value[0], g->value[k]);
            if (a <= b)
                break;
            double v = g->value[k];
            g->value[k] = g->value[k - 1];
            g->value[k - 1] = v;
        }
    }
}

static void walk_proof(const struct instance *c, const struct recourse_proof *p,
                       struct walker *w)
{
    w->c = c;
    w->proof = p;
    assert_non_null(p->root);
    for (size_t l = 0; l < c->p.levers; l++) {
        list_values(c, l, &w->all[l]);
        sort_codes(&w->all[l], &c->lever[l]);
        for (size_t k = 0; k < w->all[l].count; k++)
            w->in[l][k] = true;
    }
    long before = w->leaves;
    check_node(w, p->root);
    assert_int_equal(w->leaves - before, p->leaves);
}

static void check_proof(const struct instance *c, struct walker *w)
{
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;
    struct recourse_result out;

    check_ok(one_prepare(&c->p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(recourse_solve(r, s, c->row, &out, &e), &e);
    assert_true(out.proof.claim == out.plan.lower);
    if (out.plan.status == RECOURSE_PROVEN_SMALLEST)
        assert_true(out.proof.claim == out.plan.cost);
    if (out.plan.status == RECOURSE_IMPOSSIBLE)
        assert_true(out.proof.claim == FAR);
    walk_proof(c, &out.proof, w);
    recourse_scratch_free(s);
    recourse_free(r);
}

/* A search that prices from its first box on, as long ones do later; with a
 * small budget boxes are left open, and their bound is the claim. */
static void check_priced(const struct instance *c, struct walker *w,
                         long budget)
{
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;
    struct game g = {.parts = 0};
    struct search search;
    struct prover prover;
    struct recourse_proof proof = {.root = NULL};

    check_ok(one_prepare(&c->p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(space_make(r, c->row, s->row, &g.space, &e), &e);
    check_ok(game_make(r, s->row, &g, &e), &e);
    check_ok(prover_start(&prover, s->row, &e), &e);
    struct trial t = {.r = r,
                      .g = &g,
                      .s = s,
                      .open = ~(uint64_t)0,
                      .most_changes = RECOURSE_CHANGES_ANY,
                      .budget = budget,
                      .prover = &prover};
    check_ok(search_start(&search, &t, &e), &e);
    search.until_priced = 1;
    check_ok(trial_search(&t, &search, &e), &e);
    proof.claim = t.lower;
    check_ok(prove_finish(&search, &proof, &e), &e);
    walk_proof(c, &proof, w);
    recourse_scratch_free(s);
    recourse_free(r);
}

static void prices_hold(void **state)
{
    struct random r = {77};
    static struct walker w;
    int checked = 0;

    (void)state;
    for (int i = 1; checked < 4 * CASES; i++) {
        struct instance c;
        draw(&r, &c, i % 10 == 0 ? i + 1 : i);
        c.p.most_changes = RECOURSE_CHANGES_ANY;
        if (!bad_instance(&c) && draw_cutoff(&r, &c)) {
            check_priced(&c, &w, 1 + (long)random_below(&r, 3));
            checked++;
        }
        model_free(c.m);
    }
    assert_true(w.kinds[PROOF_PRICE] > 100);
}

static void every_leaf_holds(void **state)
{
    struct random r = {4242};
    static struct walker w;
    int checked = 0;

    (void)state;
    for (int i = 1; checked < 4 * CASES; i++) {
        struct instance c;
        draw(&r, &c, i % 10 == 0 ? i + 1 : i);
        if (!bad_instance(&c) && draw_cutoff(&r, &c)) {
            c.p.prove = true;
            c.p.node_budget = checked % 5 == 0 ? 3 : 0;
            if (checked % 7 == 0)
                c.p.most_changes = RECOURSE_CHANGES_ANY;
            check_proof(&c, &w);
            checked++;
        }
        model_free(c.m);
    }
    for (int kind = PROOF_SCORE; kind <= PROOF_RULE; kind++)
        assert_true(w.kinds[kind] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_leaf_holds),
                                       cmocka_unit_test(prices_hold)};

    return cmocka_run_group_tests_name("recourse proofs", tests, NULL, NULL);
}
