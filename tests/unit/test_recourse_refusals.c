/* Problems and rows that cannot be searched: each with its own words, and the
 * rows after it unharmed. */
#include "check.h"

#include "support/small_recourse.h"
#include "support/plain_model.h"

/* Three numbers; the margin counts those above 0.5. */
struct scene {
    struct model *m;
    struct recourse_score score;
    struct recourse_lever lever[3];
    struct recourse_formula formula[2];
    struct recourse_rule rule[1];
    struct recourse_term term[2];
    struct recourse_problem p;
};

static struct model *counts(void)
{
    struct error e = {0};
    struct builder *b = plain_start(LIBRARY_LIGHTGBM);

    for (long f = 0; f < 3; f++) {
        static const char *const name[] = {"amount", "income", "share"};
        check_ok(builder_feature(b, name[f], FEATURE_NUMBER, &e), &e);
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, f, 0.5, 1, 2, true, MISSING_NAN, 2, &e), &e);
        check_ok(builder_leaf(b, 0, 1, &e), &e);
        check_ok(builder_leaf(b, 1, 1, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    return plain_finish(b);
}

static void set(struct scene *s)
{
    struct model *m = counts();

    memset(s, 0, sizeof *s);
    s->m = m;
    s->score = (struct recourse_score){
        .model = m, .cutoff = 2, .native = true, .accept = RECOURSE_AT_LEAST};
    for (size_t i = 0; i < 2; i++)
        s->lever[i] = (struct recourse_lever){.quantity = i,
                                              .low = -2,
                                              .high = 2,
                                              .step = 0.5,
                                              .decimals = -1,
                                              .weight = 1,
                                              .scale = 1,
                                              .known_cost = -1,
                                              .missing_cost = -1};
    s->formula[0] = (struct recourse_formula){2, RECOURSE_RATIO, 0, 1, 1, 2};
    s->p = (struct recourse_problem){.score = &s->score,
                                     .scores = 1,
                                     .quantities = 3,
                                     .lever = s->lever,
                                     .levers = 2,
                                     .formula = s->formula,
                                     .formulas = 1,
                                     .rule = s->rule};
}

static void set_anew(struct scene *s)
{
    model_free(s->m);
    set(s);
}

static void refused(const struct scene *s, status class, const char *words)
{
    struct error e = {0};
    struct recourse *r = NULL;

    check_fails(recourse_prepare(&s->p, &r, &e), &e, class, words);
    assert_null(r);
}

static void levers(void **state)
{
    struct scene s;

    (void)state;
    set(&s);
    s.lever[0].quantity = 7;
    refused(&s, ST_ARGUMENT, "lever 1 names input 7");
    set_anew(&s);
    s.lever[0].step = 0;
    refused(&s, ST_ARGUMENT, "\"amount\" needs a step");
    set_anew(&s);
    s.lever[0].step = -1;
    refused(&s, ST_ARGUMENT, "\"amount\" has a negative step");
    set_anew(&s);
    s.lever[1].low = 3;
    refused(&s, ST_ARGUMENT, "\"income\" has a lowest value above");
    set_anew(&s);
    s.lever[1].quantity = 0;
    refused(&s, ST_ARGUMENT, "named twice");
    set_anew(&s);
    s.lever[1].quantity = 2;
    refused(&s, ST_ARGUMENT, "share");
    set_anew(&s);
    s.lever[1].weight = -1;
    refused(&s, ST_ARGUMENT, "\"income\" has a cost");
    set_anew(&s);
    s.lever[0].high = (double)INFINITY;
    refused(&s, ST_ARGUMENT, "\"amount\" stands in a rule or a formula");
    set_anew(&s);
    s.lever[0].high = 1e6;
    refused(&s, ST_LIMIT, "larger step");
    model_free(s.m);
}

static void formulas_and_rules(void **state)
{
    struct scene s;

    (void)state;
    set(&s);
    s.formula[0].a = 2;
    refused(&s, ST_ARGUMENT, "circle");
    set_anew(&s);
    s.p.quantities = 5;
    s.p.formulas = 2;
    s.formula[0] = (struct recourse_formula){3, RECOURSE_SUM, 0, 4, 1, -1};
    s.formula[1] = (struct recourse_formula){4, RECOURSE_SUM, 1, 3, 1, -1};
    refused(&s, ST_ARGUMENT, "circle");
    set_anew(&s);
    s.p.formulas = 2;
    s.formula[1] = s.formula[0];
    refused(&s, ST_ARGUMENT, "\"share\" has two formulas");
    set_anew(&s);
    s.formula[0].b = 9;
    refused(&s, ST_ARGUMENT, "quantity");
    set_anew(&s);
    s.p.rules = 1;
    s.rule[0] = (struct recourse_rule){.name = "cap",
                                       .kind = RECOURSE_LINEAR,
                                       .term = s.term,
                                       .terms = 1,
                                       .most = 1};
    s.term[0] = (struct recourse_term){8, 1};
    refused(&s, ST_ARGUMENT, "rule \"cap\"");
    s.term[0] = (struct recourse_term){0, (double)NAN};
    refused(&s, ST_ARGUMENT, "rule \"cap\"");
    model_free(s.m);
}

static void rows(void **state)
{
    static struct recourse_result out, again;
    struct error e = {0};
    struct scene s;
    struct recourse *r;
    struct recourse_scratch *scratch;
    static const char *const names[] = {"amount", "income", "share", "part"};
    double none = (double)NAN, good[4] = {-1, 0.5, -2, none},
           met[4] = {1, 1, 1, none}, zero[4] = {1, 0, none, none},
           missing[4] = {none, -1, 1, none}, far[4] = {-9, 0.5, -18, none};

    (void)state;
    set(&s);
    s.score.cutoff = 3;
    /* A quantity beyond the model's is computed where the row has none. */
    s.formula[1] = (struct recourse_formula){3, RECOURSE_RATIO, 0, 1, 1, 2};
    s.p.formulas = 2;
    s.p.quantities = 4;
    s.p.quantity_name = names;
    check_ok(recourse_prepare(&s.p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &scratch, &e), &e);
    check_ok(recourse_solve(r, scratch, good, &out, &e), &e);
    assert_int_equal(out.plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_int_equal(out.plan.changes, 2);

    check_fails(recourse_solve(r, scratch, met, &again, &e), &e, ST_DATA,
                "met already");
    e = (struct error){0};
    check_fails(recourse_solve(r, scratch, zero, &again, &e), &e, ST_DATA,
                "\"share\" cannot be computed");
    e = (struct error){0};
    /* A missing lever value: the lever stays, and is told. */
    check_ok(recourse_solve(r, scratch, missing, &again, &e), &e);
    assert_int_equal(again.plan.status, RECOURSE_IMPOSSIBLE);
    assert_true(again.missing_count == 1 && again.missing[0]);
    /* A person beyond a lever's range may come into it. */
    check_ok(recourse_solve(r, scratch, far, &again, &e), &e);
    assert_int_equal(again.plan.status, RECOURSE_PROVEN_SMALLEST);

    check_ok(recourse_solve(r, scratch, good, &again, &e), &e);
    assert_int_equal(again.plan.status, out.plan.status);
    assert_int_equal(again.plan.nodes, out.plan.nodes);
    assert_true(again.plan.cost == out.plan.cost);
    recourse_scratch_free(scratch);
    recourse_free(r);
    model_free(s.m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(levers),
                                       cmocka_unit_test(formulas_and_rules),
                                       cmocka_unit_test(rows)};

    return cmocka_run_group_tests_name("recourse refusals", tests, NULL, NULL);
}
