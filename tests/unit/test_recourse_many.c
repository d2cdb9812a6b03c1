/* As many levers and formulas as there may be, on two scores: more readers than
 * a word has bits. Every pair of changes is tried beside the search. */
#include "check.h"

#include "recourse/recourse.h"
#include "support/random_model.h"

enum { LEVERS = RECOURSE_LEVERS_MAX, QUANTITIES = 2 * LEVERS, CASES = 160 };

/* Quantity LEVERS + i is made of levers i and i + 1. */
struct scene {
    struct model *model[2];
    struct recourse_score score[2];
    struct recourse_lever lever[LEVERS];
    struct recourse_formula formula[LEVERS];
    struct recourse_problem p;
    double row[QUANTITIES];
};

static void compute(const struct scene *s, double *q, size_t i)
{
    const struct recourse_formula *f = &s->formula[i];

    q[f->quantity] =
        f->op == RECOURSE_SUM ? q[f->a] + q[f->b] : q[f->a] * q[f->b];
}

static void draw(struct random *r, struct scene *s, int number)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < LEVERS; i++) {
        s->lever[i] = (struct recourse_lever){.quantity = i,
                                              .high = 1,
                                              .step = 0.5,
                                              .decimals = -1,
                                              .weight = 1 + random_unit(r),
                                              .scale = 1,
                                              .known_cost = -1,
                                              .missing_cost = -1};
        s->row[i] = 0.5 * (double)random_below(r, 3);
        s->formula[i] = (struct recourse_formula){
            LEVERS + i, random_chance(r, 0.5) ? RECOURSE_SUM : RECOURSE_PRODUCT,
            i, (i + 1) % LEVERS, 1, -1};
    }
    for (size_t i = 0; i < LEVERS; i++) {
        compute(s, s->row, i);
        if (random_chance(r, 0.2)) /* need not fit before its levers move */
            s->row[LEVERS + i] = random_unit(r) * 2 - 1;
    }
    for (size_t c = 0; c < 2; c++) {
        struct random_model k = {.features = QUANTITIES,
                                 .outputs = 1 + 2 * (number % 3 == 0),
                                 .trees = 60,
                                 .depth = 4,
                                 .missing_other = 0.3,
                                 .weights = number % 4 == 0,
                                 .mean = c == 1 && number % 4 == 1,
                                 .library = c == 0 ? LIBRARY_XGBOOST
                                                   : LIBRARY_LIGHTGBM};
        s->model[c] = random_model_new(r, &k);
        s->score[c] = (struct recourse_score){
            .model = s->model[c], .native = true, .output = k.outputs - 1};
    }
    s->p = (struct recourse_problem){.score = s->score,
                                     .scores = 2,
                                     .quantities = QUANTITIES,
                                     .lever = s->lever,
                                     .levers = LEVERS,
                                     .formula = s->formula,
                                     .formulas = LEVERS,
                                     .most_changes = 2,
                                     .prove = true};
}

static double score_of(const struct scene *s, size_t c, const double *q)
{
    double margin[8];

    model_margin(s->model[c], q, margin);
    return margin[s->score[c].output];
}

static bool passes(const struct scene *s, const double *q)
{
    for (size_t c = 0; c < 2; c++) {
        double margin[8];
        model_margin_native(s->model[c], q, margin);
        if (score_of(s, c, q) > s->score[c].cutoff ||
            margin[s->score[c].output] > s->score[c].cutoff)
            return false;
    }
    return true;
}

/* Lever i at `value`, formulas recomputed. */
static double move(const struct scene *s, double *q, size_t i, double value)
{
    double cost = recourse_cost(&s->lever[i], q[i], value);

    q[i] = value;
    compute(s, q, i);
    compute(s, q, (i + LEVERS - 1) % LEVERS);
    return cost;
}

/* Cost of the cheapest of one or two changes. */
static double every_pair(const struct scene *s)
{
    double best = (double)INFINITY;

    for (size_t i = 0; i < LEVERS; i++) {
        for (int a = 0; a < 3; a++) {
            double one[QUANTITIES];
            memcpy(one, s->row, sizeof one);
            double cost = move(s, one, i, 0.5 * a);
            if (cost > 0 && cost < best && passes(s, one))
                best = cost;
            for (size_t k = i + 1; cost > 0 && k < LEVERS; k++) {
                for (int b = 0; b < 3; b++) {
                    double two[QUANTITIES];
                    memcpy(two, one, sizeof two);
                    double more = move(s, two, k, 0.5 * b);
                    if (more > 0 && cost + more < best && passes(s, two))
                        best = cost + more;
                }
            }
        }
    }
    return best;
}

/* The cutoffs are what some random changes reach: one or two may do, or not. */
static bool draw_cutoffs(struct random *r, struct scene *s)
{
    double q[QUANTITIES];

    memcpy(q, s->row, sizeof q);
    for (size_t n = 1 + random_below(r, 6); n > 0; n--)
        (void)move(s, q, random_below(r, LEVERS),
                   0.5 * (double)random_below(r, 3));
    for (size_t c = 0; c < 2; c++)
        s->score[c].cutoff = score_of(s, c, q) + 1e-4;
    return !passes(s, s->row) && score_of(s, 0, s->row) > s->score[0].cutoff;
}

static void all_levers_and_formulas(void **state)
{
    static struct scene s;
    static struct recourse_result out;
    struct random r = {64};
    int found = 0, none = 0;

    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct error e = {0};
        struct recourse *q;
        struct recourse_scratch *x;
        draw(&r, &s, i);
        if (draw_cutoffs(&r, &s)) {
            check_ok(recourse_prepare(&s.p, &q, &e), &e);
            check_ok(recourse_scratch_new(q, &x, &e), &e);
            check_ok(recourse_solve(q, x, s.row, &out, &e), &e);
            double best = every_pair(&s);
            assert_int_equal(out.plan.status, isinf(best)
                                                  ? RECOURSE_IMPOSSIBLE
                                                  : RECOURSE_PROVEN_SMALLEST);
            assert_true(isinf(best) ? out.plan.changes == 0
                                    : out.plan.cost == best);
            found += isfinite(best);
            none += isinf(best);
            recourse_scratch_free(x);
            recourse_free(q);
        }
        model_free(s.model[0]);
        model_free(s.model[1]);
    }
    print_message("%d plans, %d proven impossible\n", found, none);
    assert_true(found > 10 && none > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_levers_and_formulas),
    };

    return cmocka_run_group_tests_name("recourse with 64 levers", tests, NULL,
                                       NULL);
}
