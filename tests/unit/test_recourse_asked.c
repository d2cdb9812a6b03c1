/* Plans of a model that can only be asked: each passes when the model is asked
 * again, keeps the rules, costs no less than the proven smallest, and is found
 * within the points that were allowed. */
#include "check.h"

#include "model/builder.h"
#include "model/service.h"
#include "support/small_recourse.h"

#include <math.h>

/* A forest behind a service. */
struct hidden {
    const struct model *model;
    size_t asked, calls;
    bool fails;
    struct model_service service;
};

static status answers(void *self, const struct model_rows *rows,
                      size_t features, double *answer, size_t outputs,
                      struct error *e)
{
    struct hidden *h = self;

    assert_int_equal(features, h->model->features);
    if (h->fails)
        return error_set(e, ST_DATA, "row 1: the server is away");
    for (size_t i = 0; i < rows->n; i++)
        model_margin(h->model, rows->value + i * features,
                     answer + i * outputs);
    h->asked += rows->n;
    h->calls++;
    return ST_OK;
}

static void bill(void *self, struct service_bill *out)
{
    const struct hidden *h = self;

    *out = (struct service_bill){.rows = h->asked, .requests = h->calls};
}

static void no_close(void *self)
{
    (void)self;
}

static struct model *hide(struct hidden *h)
{
    struct builder *b = builder_new(1 << 20);
    struct model *m = NULL;
    struct error e = {0};

    h->service = (struct model_service){h, "command", "a test", answers, bill,
                                        no_close};
    builder_library(b, LIBRARY_REMOTE, "a test", "");
    for (size_t f = 0; f < h->model->features; f++)
        check_ok(builder_feature(b, h->model->feature[f].name,
                                 h->model->feature[f].kind, &e), &e);
    check_ok(builder_outputs(b, h->model->outputs, &e), &e);
    check_ok(builder_service(b, &h->service, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

enum { POINTS = 60 };

struct tally {
    int plans, none, smallest, cases;
    double ratio;
};

static double other_sum(const struct small *c, const struct recourse_plan *p)
{
    struct error e = {0};
    struct recourse *prepared;
    double after[SMALL_QUANTITIES], margin[4];

    check_ok(recourse_prepare(&c->p, &prepared, &e), &e);
    recourse_apply(prepared, c->row, p, after);
    recourse_free(prepared);
    model_margin_native(c->model[0], after, margin);
    return margin[c->score[0].output];
}

static void one_case(struct random *r, const struct small_kinds *k,
                     struct tally *n)
{
    static struct small c;
    static struct recourse_result best, found;
    struct hidden h = {0};

    if (!small_draw(r, k, &c)) {
        small_free(&c);
        return;
    }
    c.score[0].guard = 1e-5; /* so that either sum of the forest passes */
    small_solve(&c.p, c.row, &best);
    h.model = c.model[0];
    struct model *m = hide(&h);
    c.score[0].model = m;
    c.p.node_budget = POINTS;
    small_solve(&c.p, c.row, &found);
    c.score[0].model = c.model[0];
    n->cases++;
    assert_true(found.plan.nodes <= POINTS && h.asked <= POINTS + 1);
    assert_true(found.plan.status == RECOURSE_FOUND ||
                found.plan.status == RECOURSE_UNDECIDED);
    assert_int_equal(found.plan.changes > 0,
                     found.plan.status == RECOURSE_FOUND);
    if (found.plan.changes > 0) {
        assert_true(best.plan.changes > 0);
        assert_true(found.plan.cost >= best.plan.cost);
        /* one answer is all there is; the check knows the forest's other sum */
        assert_true(found.plan.native == found.plan.margin);
        found.plan.native = other_sum(&c, &found.plan);
        small_check_plan(&c, &found.plan);
        n->plans++;
        n->smallest += found.plan.cost == best.plan.cost;
        n->ratio += found.plan.cost / fmax(best.plan.cost, 1e-9);
    } else if (best.plan.changes > 0) {
        n->none++;
    }
    model_free(m);
    small_free(&c);
}

static void against_the_smallest(void **state)
{
    struct random r = {41};
    struct tally n = {0};
    struct small_kinds k = {2, 5, 3, .category = 0.2, .missing = 0.1,
                            .effect = 0.2, .cost = 0.3, .formulas = 1,
                            .rules = 1, .scores = 1, .sums = true};

    (void)state;
    while (n.cases < 400)
        one_case(&r, &k, &n);
    print_message("%d plans, %d the smallest, %d missed, cost %.3f times\n",
                  n.plans, n.smallest, n.none, n.ratio / n.plans);
    assert_true(n.plans > 100 && n.smallest * 10 > n.plans * 8 &&
                n.none * 20 < n.plans);
}

/* What the model says went wrong is handed on, and no plan is made up. */
static void a_model_that_fails(void **state)
{
    struct random r = {43};
    struct small_kinds k = {2, 3, 2, .scores = 1};
    static struct small c;
    static struct recourse_result out;
    struct recourse *prepared;
    struct recourse_scratch *s;
    struct hidden h = {.fails = true};
    struct error e = {0};

    (void)state;
    while (!small_draw(&r, &k, &c))
        small_free(&c);
    h.model = c.model[0];
    struct model *m = hide(&h);
    c.score[0].model = m;
    check_ok(recourse_prepare(&c.p, &prepared, &e), &e);
    check_ok(recourse_scratch_new(prepared, &s, &e), &e);
    check_fails(recourse_solve(prepared, s, c.row, &out, &e), &e, ST_DATA,
                "the server is away");
    recourse_scratch_free(s);
    recourse_free(prepared);
    c.p.prove = true;
    check_fails(recourse_prepare(&c.p, &prepared, &e), &e, ST_UNSUPPORTED,
                "no proof log");
    model_free(m);
    small_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_smallest),
        cmocka_unit_test(a_model_that_fails),
    };

    return cmocka_run_group_tests_name("models that are asked", tests, NULL,
                                       NULL);
}
