/* Comparisons at the edges, in each library's own way, and every link. */
#include "check.h"
#include "model/builder.h"

#include <float.h>

static struct builder *start(enum model_library library)
{
    struct error e = {0};
    struct builder *b = builder_new(1 << 24);
    builder_library(b, library, "by hand", "1");
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    check_ok(builder_tree(b, 0, 1.0, &e), &e);
    return b;
}

/* Leaf -1 on the left, +1 on the right. */
static struct model *finish(struct builder *b)
{
    struct error e = {0};
    struct model *m = NULL;
    check_ok(builder_leaf(b, -1.0, 1.0, &e), &e);
    check_ok(builder_leaf(b, 1.0, 1.0, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static struct model *number_split(enum model_library library, double threshold,
                                  bool to_left, enum node_missing missing)
{
    struct error e = {0};
    struct builder *b = start(library);
    check_ok(builder_split(b, 0, threshold, 1, 2, to_left, missing, 2.0, &e),
             &e);
    return finish(b);
}

static struct model *set_split(enum model_library library, bool to_left)
{
    struct error e = {0};
    const uint32_t bits[2] = {1u << 0 | 1u << 3, 1u << 1}; /* 0, 3, 33 */
    struct builder *b = start(library);
    check_ok(builder_category_split(b, 0, bits, 2, library == LIBRARY_LIGHTGBM,
                                    1, 2, to_left, MISSING_NAN, 2.0, &e), &e);
    return finish(b);
}

static void goes(struct model *m, double x, bool left)
{
    double margin = 0.0, native = 0.0;
    model_margin(m, &x, &margin);
    model_margin_native(m, &x, &native);
    check_close(margin, left ? -1.0 : 1.0, 0.0, 0.0);
    check_close(native, margin, 0.0, 0.0);
    assert_int_equal(node_goes_left(m, &m->tree[0].node[0], x), left);
}

static void xgboost_edges(void **state)
{
    (void)state;
    const double tenth = (double)0.1F;
    struct model *m = number_split(LIBRARY_XGBOOST, tenth, false, MISSING_NAN);
    goes(m, tenth, false);                        /* equality is right */
    goes(m, 0.1, false);                          /* rounds to the float */
    goes(m, (double)nextafterf(0.1F, 0.0F), true);
    goes(m, tenth - 1e-12, false);                /* below in double only */
    goes(m, (double)NAN, false);
    goes(m, -(double)INFINITY, true);
    goes(m, 1e300, false);
    model_free(m);
    m = number_split(LIBRARY_XGBOOST, 0.0, true, MISSING_NAN);
    goes(m, -0.0, false);                         /* -0 is not below 0 */
    goes(m, 0.0, false);
    goes(m, -(double)FLT_TRUE_MIN, true);         /* denormal floats count */
    goes(m, -DBL_MIN, false);                     /* too small for a float */
    goes(m, (double)NAN, true);
    model_free(m);
}

static void lightgbm_edges(void **state)
{
    (void)state;
    struct model *m = number_split(LIBRARY_LIGHTGBM, 0.1, false, MISSING_NAN);
    goes(m, 0.1, true);                           /* equality is left */
    goes(m, nextafter(0.1, 1.0), false);
    goes(m, (double)0.1F, false);
    goes(m, (double)NAN, false);
    model_free(m);
    m = number_split(LIBRARY_LIGHTGBM, -1.0, true, MISSING_ZERO);
    goes(m, (double)NAN, true);
    goes(m, 0.0, true);
    goes(m, -0.0, true);
    goes(m, (double)1e-35F, true);
    goes(m, -(double)1e-35F, true);
    goes(m, nextafter((double)1e-35F, 1.0), false);
    goes(m, DBL_TRUE_MIN, true);
    model_free(m);
    m = number_split(LIBRARY_LIGHTGBM, -1.0, true, MISSING_NONE);
    goes(m, (double)NAN, false);                  /* taken as 0, 0 > -1 */
    goes(m, -1.0, true);
    model_free(m);
    m = number_split(LIBRARY_LIGHTGBM, (double)INFINITY, false, MISSING_NAN);
    goes(m, 1e300, true);
    goes(m, (double)INFINITY, true);
    goes(m, (double)NAN, false);
    model_free(m);
}

static void category_edges(void **state)
{
    (void)state;
    static const struct {
        double code;
        bool listed;
    } codes[] = {{0, true},    {3, true},     {33, true},   {1, false},
                 {32, false},  {64, false},   {1e9, false}, {1e300, false},
                 {-1, false},  {-7, false},   {3.9, true},
                 {CATEGORY_UNSEEN, false}};
    struct model *x = set_split(LIBRARY_XGBOOST, true);
    struct model *l = set_split(LIBRARY_LIGHTGBM, true);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        goes(x, codes[i].code, !codes[i].listed); /* listed go right */
        goes(l, codes[i].code, codes[i].listed);  /* listed go left */
    }
    goes(x, -0.5, true);           /* below 0: outside every set */
    goes(l, -0.5, true);           /* cut to 0, which is listed */
    goes(x, (double)NAN, true);    /* by default_left */
    goes(l, (double)NAN, false);   /* always right */
    model_free(x);
    x = set_split(LIBRARY_XGBOOST, false);
    goes(x, (double)NAN, false);
    model_free(x);
    model_free(l);
}

static struct model *worded(enum model_library library)
{
    struct error e = {0};
    const char *const words[] = {"red", "1", "2.5"};
    struct builder *b = start(library);
    check_ok(builder_words(b, 0, words, 3, &e), &e);
    check_ok(builder_split(b, 0, 0.5, 1, 2, true, MISSING_NAN, 2.0, &e), &e);
    return finish(b);
}

static void words_become_codes(void **state)
{
    (void)state;
    struct model *x = worded(LIBRARY_XGBOOST), *l = worded(LIBRARY_LIGHTGBM);
    check_close(model_category_code(x, 0, "red", 3), 0.0, 0.0, 0.0);
    check_close(model_category_code(x, 0, "1", 1), 1.0, 0.0, 0.0);
    check_close(model_category_code(x, 0, "1.0", 3), 1.0, 0.0, 0.0);
    check_close(model_category_code(l, 0, "2.50", 4), 2.0, 0.0, 0.0);
    check_close(model_category_code(x, 0, "re", 2), CATEGORY_UNSEEN, 0.0, 0.0);
    assert_true(isnan(model_category_code(l, 0, "green", 5)));
    model_free(x);
    model_free(l);
    x = number_split(LIBRARY_XGBOOST, 0.5, true, MISSING_NAN);
    check_close(model_category_code(x, 0, "7", 1), 7.0, 0.0, 0.0);
    check_close(model_category_code(x, 0, "seven", 5), CATEGORY_UNSEEN, 0.0,
                0.0);
    model_free(x);
}

static void linear_leaves(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = builder_new(1 << 20);
    builder_library(b, LIBRARY_LIGHTGBM, "by hand", "1");
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    check_ok(builder_feature(b, "y", FEATURE_NUMBER, &e), &e);
    check_ok(builder_tree(b, 0, 1.0, &e), &e);
    check_ok(builder_leaf(b, 9.0, 1.0, &e), &e);
    builder_linear_constant(b, 0.5);
    check_ok(builder_linear_term(b, 0, 2.0, &e), &e);
    check_ok(builder_linear_term(b, 1, -1.0, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    double row[2] = {3.0, 1.0}, margin = 0.0;
    model_margin(m, row, &margin);
    check_close(margin, 5.5, 0.0, 0.0);
    row[1] = (double)NAN; /* one missing value: the plain leaf */
    model_margin(m, row, &margin);
    check_close(margin, 9.0, 0.0, 0.0);
    assert_true(m->has_linear_leaves && m->feature[1].used);
    model_free(m);
}

static void links(void **state)
{
    (void)state;
    static const struct {
        enum model_link link;
        double scale, margin, answer;
    } cases[] = {
        {LINK_IDENTITY, 1, -2, -2},
        {LINK_LOGISTIC, 1, 0, 0.5},
        {LINK_LOGISTIC, 2, 0.5, 0.73105857863000490},
        {LINK_LOGISTIC, 1, -800, 0},
        {LINK_LOGISTIC_EACH, 1, 800, 1},
        {LINK_EXP, 1, 1, 2.718281828459045},
        {LINK_SIGNED_SQUARE, 1, -3, -9},
        {LINK_STEP, 1, 0, 0},
        {LINK_STEP, 1, 1e-9, 1},
        {LINK_LOG1P_EXP, 1, 0, 0.69314718055994531},
        {LINK_LOG1P_EXP, 1, 900, 900},
        {LINK_SOFTMAX, 1, 5, 1},
        {LINK_ARGMAX, 1, 5, 0},
        {LINK_SOFTPLUS_STEPS, 1, -4, -4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model m = {.link = cases[i].link, .outputs = 1,
                          .link_scale = cases[i].scale};
        double answer = -7.0;
        assert_int_equal(model_answer(&m, &cases[i].margin, &answer), 1);
        check_close(answer, cases[i].answer, 1e-15, 0.0);
    }
}

static void links_of_many(void **state)
{
    (void)state;
    const double margin[3] = {1.0, 1000.0, 1000.0};
    double answer[3] = {0};
    struct model m = {.link = LINK_SOFTMAX, .outputs = 3, .link_scale = 1.0};
    assert_int_equal(model_answer(&m, margin, answer), 3);
    check_close(answer[0], 0.0, 0.0, 1e-300);
    check_close(answer[1], 0.5, 0.0, 0.0);
    m.link = LINK_ARGMAX; /* the first of equals */
    assert_int_equal(model_answer(&m, margin, answer), 1);
    check_close(answer[0], 1.0, 0.0, 0.0);
    m.link = LINK_SOFTPLUS_STEPS;
    assert_int_equal(model_answer(&m, margin, answer), 3);
    check_close(answer[0], 1.0, 0.0, 0.0);
    check_close(answer[2], 2001.000002, 0.0, 1e-9);
}

static struct model *mean_of(size_t keep)
{
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = builder_new(1 << 20);
    builder_library(b, LIBRARY_LIGHTGBM, "by hand", "1");
    builder_combine(b, COMBINE_MEAN, 1.0);
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    for (int t = 1; t <= 3; t++) {
        check_ok(builder_tree(b, 0, 1.0, &e), &e);
        check_ok(builder_leaf(b, (double)t, 1.0, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    check_ok(builder_finish(b, keep, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void means(void **state)
{
    (void)state;
    double row = 0.0, margin = 0.0;
    struct model *m = mean_of(0);
    model_margin(m, &row, &margin);
    check_close(margin, 2.0, 1e-15, 0.0);
    model_margin_native(m, &row, &margin);
    check_close(margin, 2.0, 0.0, 0.0);
    model_free(m);
    m = mean_of(2);
    assert_true(m->cut_at_best);
    model_margin(m, &row, &margin);
    check_close(margin, 1.5, 0.0, 0.0);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xgboost_edges),  cmocka_unit_test(lightgbm_edges),
        cmocka_unit_test(category_edges), cmocka_unit_test(words_become_codes),
        cmocka_unit_test(linear_leaves),  cmocka_unit_test(links),
        cmocka_unit_test(links_of_many),  cmocka_unit_test(means)};
    return cmocka_run_group_tests_name("model predict", tests, NULL, NULL);
}
