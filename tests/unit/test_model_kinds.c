/* Models that are no forests: answers of services turned into margins, scores,
 * links and back, rows without an answer, what is said of each kind. */
#include "base/buf.h"
#include "check.h"
#include "model/builder.h"
#include "model/describe.h"
#include "model/program.h"
#include "model/service.h"

struct fake {
    struct model_service service;
    double answer[8];
    bool closed;
};

static status fake_answers(void *self, const struct model_rows *rows,
                           size_t features, double *answer, size_t outputs,
                           struct error *e)
{
    const struct fake *f = self;
    (void)features;
    (void)e;
    memcpy(answer, f->answer, rows->n * outputs * sizeof *answer);
    return ST_OK;
}

static void fake_bill(void *self, struct service_bill *out)
{
    (void)self;
    *out = (struct service_bill){0};
}

static void fake_close(void *self)
{
    ((struct fake *)self)->closed = true;
}

static struct builder *start(size_t features)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 26);
    builder_library(b, LIBRARY_REMOTE, "elsewhere", "");
    for (size_t f = 0; f < features; f++) {
        char name[32];
        (void)snprintf(name, sizeof name, "x%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    return b;
}

static struct model *remote(struct fake *f, enum model_link link, double scale,
                            size_t outputs)
{
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = start(2);
    f->service = (struct model_service){f, "command", "somewhere",
                                        fake_answers, fake_bill, fake_close};
    check_ok(builder_outputs(b, outputs, &e), &e);
    builder_link(b, link, scale);
    check_ok(builder_service(b, &f->service, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static status ask(const struct model *m, size_t n, double *margin,
                  struct error *e)
{
    double row[16] = {0};
    struct model_rows rows = {.value = row, .n = n};
    return model_evaluate(m, &rows, false, margin, e);
}

static void answers_become_margins(void **state)
{
    (void)state;
    struct error e = {0};
    double margin[6];
    struct fake f = {.answer = {0.25, 0.0, 1.0}};
    struct model *m = remote(&f, LINK_LOGISTIC, 2.0, 1);
    assert_true(m->feature[0].used && !model_is_local(m));
    check_ok(ask(m, 3, margin, &e), &e);
    check_close(margin[0], log(0.25 / 0.75) / 2, 1e-15, 0);
    check_close(margin[1], log(0x1p-53) / 2, 1e-15, 0);
    check_close(margin[2], -log(0x1p-53) / 2, 1e-9, 0);
    f.answer[1] = 1.5;
    check_fails(ask(m, 3, margin, &e), &e, ST_DATA, "row 2: ");
    f.answer[1] = (double)NAN;
    check_fails(ask(m, 3, margin, &e), &e, ST_DATA, "row 2: ");
    model_free(m);
    assert_true(f.closed);

    f = (struct fake){.answer = {0.2, 0.3, 0.5, 0.2, 0.3, 0.6}};
    m = remote(&f, LINK_SOFTMAX, 1.0, 3);
    check_ok(ask(m, 1, margin, &e), &e);
    double back[3];
    assert_int_equal(model_answer(m, margin, back), 3);
    for (int k = 0; k < 3; k++)
        check_close(back[k], f.answer[k], 1e-15, 0);
    check_fails(ask(m, 2, margin, &e), &e, ST_DATA, "row 2: ");
    model_free(m);

    f = (struct fake){.answer = {3.0, -1.0}};
    m = remote(&f, LINK_EXP, 1.0, 1);
    check_fails(ask(m, 2, margin, &e), &e, ST_DATA, "row 2: ");
    check_ok(ask(m, 1, margin, &e), &e);
    check_close(margin[0], log(3.0), 0, 0);
    model_free(m);
}

static void classes_have_no_margin(void **state)
{
    (void)state;
    struct error e = {0};
    struct fake f = {.closed = false};
    struct model *m = NULL;
    struct builder *b = start(1);
    f.service = (struct model_service){&f, "command", "x", fake_answers,
                                       fake_bill, fake_close};
    builder_link(b, LINK_ARGMAX, 1.0);
    check_ok(builder_service(b, &f.service, &e), &e);
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_UNSUPPORTED,
                "probabilities");
    builder_free(b);
    assert_true(f.closed);
}

static void scores_answer_nothing(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = start(1);
    double margin[1];
    builder_scores(b);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    check_fails(ask(m, 1, margin, &e), &e, ST_UNSUPPORTED, "scores");
    model_free(m);
}

static void links_and_back(void **state)
{
    (void)state;
    static const struct {
        enum model_link link;
        double scale, x, y;
    } at[] = {
        {LINK_IDENTITY, 1, -3, -3},
        {LINK_LOGISTIC, 2, 0.5, 0.7310585786300048792},
        {LINK_EXP, 1, 2, 7.3890560989306502272},
        {LINK_SIGNED_SQUARE, 1, -3, -9},
        {LINK_LOG1P_EXP, 1, 0, 0.69314718055994530942},
        {LINK_PROBIT, 1, 1.959963984540054, 0.975},
        {LINK_PROBIT, 1, -1.2815515655446004, 0.1},
        {LINK_CLOGLOG, 1, 0, 0.63212055882855767840},
        {LINK_LOGLOG, 1, 0, 0.36787944117144232160},
        {LINK_CAUCHIT, 1, 1, 0.75},
        {LINK_INVERSE, 1, 4, 0.25},
        {LINK_POWER, 2, 9, 3},
        {LINK_LOG_COMPLEMENT, 1, -0.69314718055994530942, 0.5},
        {LINK_NEGATIVE_BINOMIAL, 2, -0.69314718055994530942, 0.5},
        {LINK_ODDS_POWER, 2, 1.5, 2.0 / 3.0},
    };
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        check_close(link_answer(at[i].link, at[i].scale, at[i].x), at[i].y,
                    1e-14, 0);
        check_close(link_margin(at[i].link, at[i].scale, at[i].y), at[i].x,
                    1e-13, 1e-15);
    }
    assert_true(isnan(link_answer(LINK_SOFTMAX, 1, 0)));
    assert_true(isnan(link_margin(LINK_STEP, 1, 1)));
}

/* y = 2 x0 + 1, and x0 must be there; x1 is read by nothing. */
static struct model *line(void)
{
    struct error e = {0};
    struct model *m = NULL;
    struct program *p = NULL;
    struct builder *b = start(2);
    struct program_maker *k = program_maker_new(1 << 20);
    reg in = 0, out;
    check_ok(program_inputs(k, 2, &e), &e);
    check_ok(program_map(k, MAP_SCALE, 2, 1, false, &in, 1, &out, &e), &e);
    check_ok(program_finish(k, &out, 1, &p, &e), &e);
    program_maker_free(k);
    check_ok(builder_program(b, p, &e), &e);
    builder_required(b, 0, true, false);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void rows_without_an_answer(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = line();
    double row[] = {3, 0, (double)NAN, 0, -1, (double)NAN}, margin[3];
    struct model_rows rows = {.value = row, .n = 3};
    assert_true(m->refuses && model_is_local(m));
    check_ok(model_evaluate(m, &rows, false, margin, &e), &e);
    check_close(margin[0], 7, 0, 0);
    assert_true(isnan(margin[1]));
    check_close(margin[2], -1, 0, 0);
    model_margin_native(m, row + 2, margin);
    assert_true(isnan(margin[0]));
    model_free(m);
}

static void is_described(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = line();
    struct arena *a = arena_new(1 << 20);
    struct buf text = BUF_INIT(1 << 16);
    struct model_description d;
    check_ok(model_describe(m, a, &d, &e), &e);
    assert_int_equal(d.steps, 1);
    assert_int_equal(d.parts[0], 1);
    assert_int_equal(d.widest[0], 1);
    assert_int_equal(d.unused, 1);
    model_describe_text(m, &d, &text);
    assert_non_null(strstr(buf_text(&text), "made of: 1 steps"));
    assert_non_null(strstr(buf_text(&text), "no step reads \"x1\""));
    buf_clear(&text);
    check_ok(model_dump(m, &text, 0, &e), &e);
    assert_string_equal(buf_text(&text),
                        "r0 = input 0: x0\nr1 = SCALE(r0) with 2, 1\n"
                        "output 0 = r1\n");
    buf_free(&text);
    arena_free(a);
    model_free(m);
}

static void two_kinds_are_a_bug(void **state)
{
    (void)state;
    struct error e = {0};
    struct builder *b = start(1);
    struct fake f = {.closed = false};
    f.service = (struct model_service){&f, "command", "x", fake_answers,
                                       fake_bill, fake_close};
    check_ok(builder_tree(b, 0, 1.0, &e), &e);
    check_fails(builder_service(b, &f.service, &e), &e, ST_BUG, "two kinds");
    assert_true(f.closed);
    builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_become_margins),
        cmocka_unit_test(classes_have_no_margin),
        cmocka_unit_test(scores_answer_nothing),
        cmocka_unit_test(links_and_back),
        cmocka_unit_test(rows_without_an_answer),
        cmocka_unit_test(is_described),
        cmocka_unit_test(two_kinds_are_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
