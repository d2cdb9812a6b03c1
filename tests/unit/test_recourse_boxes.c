/* Every box of a recorded proof against every point in it: what the box is said
 * to be refuted by must be true of each point, and each point is in a box. */
#include "check.h"

#include "support/small_recourse.h"

struct proof_case {
    const struct small *c;
    const struct recourse_proof *proof;
    double value[SMALL_LEVERS][SMALL_VALUES]; /* own first, then listed order */
    size_t count[SMALL_LEVERS];
    double at[SMALL_LEVERS];
    size_t place[SMALL_LEVERS];
    long points, boxes[9];
};

static bool listed(const struct recourse_lever *l)
{
    return l->code != NULL && !l->ordered;
}

/* Where a value stands on its axis. */
static double standing(const struct proof_case *p, size_t i, double value)
{
    const struct recourse_lever *l = &p->c->lever[i];

    if (listed(l)) {
        for (size_t k = 0; k < p->count[i]; k++) {
            if (p->value[i][k] == value)
                return (double)k;
        }
        fail();
    }
    for (size_t k = 0; l->code != NULL && k < l->codes; k++) {
        if (l->code[k] == value)
            return (double)k;
    }
    return value;
}

static bool is_far(const struct proof_case *p, const struct proof_node *n)
{
    size_t i = n->lever;
    double here = standing(p, i, p->at[i]), cut = standing(p, i, n->value);
    double own = standing(p, i, p->value[i][0]);

    assert_true(cut != own);
    return cut > own ? here >= cut : here <= cut;
}

static bool misses(const struct small *c, size_t which, const double *quantity)
{
    double x[SMALL_QUANTITIES], margin[4];
    const struct recourse_score *s = &c->score[which];

    assert_true(which < c->p.scores);
    for (size_t f = 0; f < s->model->features; f++)
        x[f] = quantity[s->quantity != NULL ? s->quantity[f] : f];
    model_margin(s->model, x, margin);
    double sign = s->accept == RECOURSE_AT_MOST ? 1 : -1;
    return sign * margin[s->output] > sign * s->cutoff - s->guard;
}

/* Does rule `which` alone refuse the point? */
static bool breaks(const struct small *c, size_t which, const double *value,
                   const double *quantity)
{
    static struct small one;

    assert_true(which < c->p.rules);
    small_copy(c, &one);
    one.p.rules = 1;
    one.rule[0] = c->rule[which];
    return !small_rules_hold(&one, value, quantity);
}

static void check_point(struct proof_case *p, double cost, size_t changes)
{
    const struct small *c = p->c;
    const struct proof_node *n = p->proof->root;
    double quantity[SMALL_QUANTITIES];
    bool computed = small_point(c, p->at, quantity);

    while (n->kind == PROOF_SPLIT || n->kind == PROOF_STAY) {
        if (n->kind == PROOF_STAY && changes > c->p.most_changes) {
            p->points++;
            p->boxes[PROOF_COUNT]++;
            return;
        }
        n = n->kind == PROOF_SPLIT && is_far(p, n) ? n->far : n->near;
    }
    p->points++;
    p->boxes[n->kind]++;
    if (n->kind == PROOF_COST)
        assert_true(cost >= p->proof->claim);
    else if (n->kind == PROOF_COUNT)
        assert_true(changes > c->p.most_changes);
    else if (n->kind == PROOF_FORMULA)
        assert_false(computed);
    else if (n->kind == PROOF_SCORE)
        assert_true(!computed || misses(c, n->which, quantity));
    else if (n->kind == PROOF_RULE)
        assert_true(!computed || breaks(c, n->which, p->at, quantity));
    else if (n->kind == PROOF_POINT)
        assert_true(cost >= p->proof->claim || !computed ||
                    !small_passes(c, quantity, false));
    else
        assert_true(cost >= p->proof->claim || !computed ||
                    !small_passes(c, quantity, false) ||
                    !small_rules_hold(c, p->at, quantity));
}

static void each_point(struct proof_case *p, size_t i, double cost,
                       size_t changes)
{
    if (i == p->c->p.levers) {
        if (changes > 0)
            check_point(p, cost, changes);
        return;
    }
    for (size_t k = 0; k < p->count[i]; k++) {
        p->at[i] = p->value[i][k];
        each_point(p, i + 1, cost + small_cost(p->c, i, p->at[i]),
                   changes + (k > 0));
    }
}

/* Own first, then by cost, then as they come. */
static void in_listed_order(struct proof_case *p, size_t i)
{
    for (size_t k = 2; k < p->count[i]; k++) {
        for (size_t j = k; j > 1; j--) {
            double *v = &p->value[i][j];
            if (!(small_cost(p->c, i, v[0]) < small_cost(p->c, i, v[-1])))
                break;
            double keep = v[0];
            v[0] = v[-1];
            v[-1] = keep;
        }
    }
}

static void check_case(struct small *c, long *boxes)
{
    static struct recourse_result out;
    static struct proof_case p;
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;

    c->p.prove = true;
    check_ok(recourse_prepare(&c->p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(recourse_solve(r, s, c->row, &out, &e), &e);
    memset(&p, 0, sizeof p);
    p.c = c;
    p.proof = &out.proof;
    assert_non_null(out.proof.root);
    if (out.plan.changes > 0)
        assert_true(out.proof.claim == out.plan.cost);
    else
        assert_true(isinf(out.proof.claim));
    for (size_t i = 0; i < c->p.levers; i++) {
        p.count[i] = small_values(c, i, p.value[i]);
        if (listed(&c->lever[i]))
            in_listed_order(&p, i);
    }
    each_point(&p, 0, 0, 0);
    for (int k = 0; k < 8; k++)
        boxes[k] += p.boxes[k];
    recourse_scratch_free(s);
    recourse_free(r);
}

static void check_many(uint64_t seed, const struct small_kinds *k, int cases,
                       long *boxes)
{
    struct random r = {seed};
    static struct small c;

    for (int n = 0; n < cases;) {
        if (small_draw(&r, k, &c)) {
            check_case(&c, boxes);
            n++;
        }
        small_free(&c);
    }
}

static void numbers(void **state)
{
    long boxes[8] = {0};

    (void)state;
    check_many(31,
               &(struct small_kinds){2, 4, 3, .category = 0.3, .cost = 0.3,
                                     .scores = 2, .fine = true},
               400, boxes);
    assert_true(boxes[PROOF_SCORE] > 1000 && boxes[PROOF_COST] > 1000);
}

static void everything(void **state)
{
    long boxes[8] = {0};

    (void)state;
    check_many(32,
               &(struct small_kinds){2, 4, 3, .category = 0.3, .effect = 0.3,
                                     .cost = 0.4, .formulas = 2, .rules = 2,
                                     .scores = 2, .fine = true},
               600, boxes);
    assert_true(boxes[PROOF_SCORE] > 1000 && boxes[PROOF_COST] > 1000 &&
                boxes[PROOF_RULE] > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers),
                                       cmocka_unit_test(everything)};

    return cmocka_run_group_tests_name("recourse boxes", tests, NULL, NULL);
}
