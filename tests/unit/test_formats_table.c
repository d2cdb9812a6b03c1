/* Scorecards and regressions as tables: what each bin and term adds, what is
 * refused and where, what becomes of missing values and unknown words. */
#include "check.h"
#include "model/evaluate.h"
#include "model/scorecard.h"
#include "formats/formats.h"

static status load(const char *text, struct model **m, struct error *e)
{
    struct memory_stream memory = {text, strlen(text), 0};
    struct format_options options = {.trees = TREES_ALL};
    *e = (struct error){0};
    return model_load(stream_of_memory(&memory, "model.csv"), &options, m, e);
}

static struct model *good(const char *text)
{
    struct error e;
    struct model *m = NULL;
    check_ok(load(text, &m, &e), &e);
    return m;
}

static void refused(const char *text, status class, long line,
                    const char *fragment)
{
    struct error e;
    struct model *m = NULL;
    check_fails(load(text, &m, &e), &e, class, fragment);
    assert_int_equal(e.line, line);
    assert_null(m);
}

/* The margin of a row whose cells are texts; "" is missing. */
static double margin(const struct model *m, const char *const *cell)
{
    double row[16], out = 0.0;
    struct error e = {0};
    const char *text[16];
    assert_true(m->features <= 16);
    for (size_t i = 0; i < m->features; i++) {
        text[i] = cell[i];
        if (m->feature[i].kind == FEATURE_TEXT)
            row[i] = (double)i;
        else if (cell[i][0] == '\0')
            row[i] = (double)NAN;
        else if (m->feature[i].kind == FEATURE_CATEGORY)
            row[i] = model_category_code(m, i, cell[i], strlen(cell[i]));
        else
            row[i] = strtod(cell[i], NULL);
    }
    struct model_rows rows = {row, 1, text, m->features};
    check_ok(model_evaluate(m, &rows, false, &out, &e), &e);
    return out;
}

#define POINTS(m, ...) margin((m), (const char *const[]){__VA_ARGS__})

static const char card[] =
    "characteristic,bin,points,reason\n"
    "base points,,300,\n"
    "age,\"[-inf, 25)\",10,young\n"
    "age,\"[25, 40)\",25,\n"
    "age,>= 40,40,\n"
    "age,-999,5,\n"
    "home,\"own%,%free\",30,housing\n"
    "home,rent | let,12,\n"
    "home,else,1,\n"
    "months,0 - 11,5,history\n"
    ",12 - 23,15,\n"
    ",>= 24,35,\n"
    ",missing,8,\n"
    ",else,0,\n";

static void scorecard(void **state)
{
    (void)state;
    struct model *m = good(card);
    assert_int_equal(m->kind, MODEL_FOREST);
    assert_int_equal(m->trees, 3);
    assert_int_equal(m->feature[1].kind, FEATURE_CATEGORY);
    check_close(POINTS(m, "24.999", "own", "11.5"), 345, 0, 0);
    check_close(POINTS(m, "25", "free", "12"), 370, 0, 0);
    check_close(POINTS(m, "40", "let", "24"), 387, 0, 0);
    check_close(POINTS(m, "-999", "rent", "-1"), 317, 0, 0);
    check_close(POINTS(m, "-998", "boat", ""), 319, 0, 0);
    check_close(POINTS(m, "-1000", "", "23.99"), 326, 0, 0);
    assert_true(isnan(POINTS(m, "", "own", "11")));
    model_free(m);
}

static void reasons(void **state)
{
    (void)state;
    struct model *m = good(card);
    assert_non_null(m->scorecard);
    assert_true(m->scorecard->reasons);
    assert_int_equal(m->scorecard->points, POINTS_BELOW);
    check_close(m->scorecard->initial, 300, 0, 0);
    /* home: else, own/free, rent/let in the order of the tree's leaves */
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < m->tree[t].leaf_count; i++)
            assert_string_equal(m->scorecard->code[t][i].code,
                                t == 0 ? "young" : t == 1 ? "housing"
                                                          : "history");
    check_close(m->scorecard->code[0][0].baseline, 40, 0, 0);
    check_close(m->scorecard->code[1][0].baseline, 30, 0, 0);
    model_free(m);
    m = good("variable;bin;score;baseline;reason code\n"
             "a;< 0,5;1,5;2;A1\na;>= 0,5;3;;A2\n");
    check_close(POINTS(m, "0.49"), 1.5, 0, 0);
    check_close(POINTS(m, "0.5"), 3, 0, 0);
    assert_string_equal(m->scorecard->code[0][0].code, "A1");
    assert_string_equal(m->scorecard->code[0][1].code, "A2");
    check_close(m->scorecard->code[0][1].baseline, 2, 0, 0);
    model_free(m);
}

static void forms_of_bins(void **state)
{
    (void)state;
    struct model *m = good("variable\tbin\tcount\tpoints\n"
                           "basepoints\tNA\t\t100\n"
                           "x\t(-Inf,3.5]\t4\t1\n"
                           "x\t]3.5;7[\t3\t2\n"
                           "x\t[7,Inf)%,%missing\t9\t3\n"
                           "y\t\xE2\x89\xA4 0\t8\t10\n"
                           "y\t> 0\t8\t20\n"
                           "z\t0\t8\t7\n"
                           "z\t1|2\t8\t9\n");
    check_close(POINTS(m, "3.5", "0", "1.0"), 120, 0, 0);
    check_close(POINTS(m, "3.6", "1e-300", "2"), 131, 0, 0);
    check_close(POINTS(m, "", "-0.0", "0"), 120, 0, 0);
    check_close(POINTS(m, "inf", "inf", "0"), 130, 0, 0);
    assert_true(isnan(POINTS(m, "1", "1", "3")));
    check_close(m->tree[0].node[0].cover, 16, 0, 0);
    model_free(m);
}

static void refuses_cards(void **state)
{
    (void)state;
    refused("characteristic,bin,points\nage,\"[0, 10)\",5\nage,\"[9, inf)\",7\n",
            ST_FORMAT, 2, "no bin of \"age\" holds values from -inf to 0");
    refused("characteristic,bin,points\nage,< 10,5\nage,\"[9, inf)\",7\n",
            ST_FORMAT, 3, "overlaps that on line 2");
    refused("characteristic,bin,points\nage,< 10,5\nage,> 10,7\n", ST_FORMAT, 3,
            "no bin of \"age\" holds values from 10");
    refused("characteristic,bin,points\nage,< 10,5\n", ST_FORMAT, 2,
            "to inf");
    refused("characteristic,bin,points\nage,< 10,5\nage,[10,2O),7\n", ST_FORMAT,
            3, "4 cells under a header of 3");
    refused("characteristic,bin,points\nage,< 10,5\nage,\"[10,2O)\",7\n",
            ST_FORMAT, 3, "is none: write an interval");
    refused("characteristic,bin,points\nh,own,5\nh,rent|own,7\n", ST_FORMAT, 3,
            "stands in the bin on line 2 already");
    refused("characteristic,bin,points\nh,own,five\n", ST_FORMAT, 2,
            "must be a number, not \"five\"");
    refused("characteristic,bin,points\nh,special,5\n", ST_FORMAT, 2,
            "does not say which values");
    refused("characteristic,bin,points\nh,\"[5, 5)\",5\n", ST_FORMAT, 2,
            "holds no number");
    refused("characteristic,bin,points\nh,else,5\nh,other,6\n", ST_FORMAT, 3,
            "a second bin for all others");
    refused("characteristic,bin,points\nage,,5\n", ST_FORMAT, 2,
            "an empty bin");
    refused("characteristic,bin,points,score\nage,a,5,6\n", ST_FORMAT, 1,
            "a second column of the same meaning");
    refused("characteristic,bin,points\n", ST_FORMAT, 0, "no lines");
}

static const char glm[] = "term,estimate,std.error\n"
                          "(Intercept),-1.5,0.1\n"
                          "age,0.02,0.1\n"
                          "housing=own,-0.4,0.1\n"
                          "housing=free,-0.25,0.1\n"
                          "missing(income),0.3,0.1\n"
                          "income,-0.0001,0.1\n"
                          "link,logit,\n";

static void additive(void **state)
{
    (void)state;
    struct model *m = good(glm);
    double answer = 0.0, one = POINTS(m, "30", "own", "2000");
    assert_int_equal(m->kind, MODEL_FOREST);
    assert_int_equal(m->trees, 3);
    check_close(one, -1.5 + 0.6 - 0.4 - 0.2, 1e-15, 0);
    assert_int_equal(model_answer(m, &one, &answer), 1);
    check_close(answer, 1 / (1 + exp(1.5)), 1e-15, 0);
    check_close(POINTS(m, "30", "rent", ""), -1.5 + 0.6 + 0.3, 1e-15, 0);
    assert_true(isnan(POINTS(m, "30", "", "1")));
    assert_true(isnan(POINTS(m, "", "own", "1")));
    model_free(m);
    /* The base level is listed, so no other word is it. */
    m = good("term,level,coefficient\nlink,,identity\nh,own,0\nh,rent,2\n");
    check_close(POINTS(m, "rent"), 2, 0, 0);
    check_close(POINTS(m, "own"), 0, 0, 0);
    assert_true(isnan(POINTS(m, "free")));
    model_free(m);
}

static void steps(void **state)
{
    (void)state;
    struct model *m = good("# link: log\n"
                           "term;coefficient\n"
                           "(Intercept);0,5\n"
                           "age;0,02\n"
                           "I(age^2);0.001\n"
                           "age:home[T.own];-0.25\n"
                           "C(use)[T.car];1\n"
                           "log(`net pay`);-2\n"
                           "token(letter, late);0.5\n"
                           "has(letter, Late);0.125\n");
    assert_int_equal(m->kind, MODEL_PROGRAM);
    assert_int_equal(m->link, LINK_EXP);
    check_close(POINTS(m, "10", "own", "car", "1", "paid late, so late"),
                0.5 + 0.2 + 0.1 - 2.5 + 1 + 1 + 0.125, 1e-14, 0);
    check_close(POINTS(m, "10", "rent", "none", "2.5", ""),
                0.5 + 0.2 + 0.1 - 2 * log(2.5), 1e-14, 0);
    assert_true(isnan(POINTS(m, "", "own", "car", "1", "")));
    model_free(m);
    m = good("term,coef\nlink,identity\nx,2\nx:y,3\nmissing(x),7\n");
    check_close(POINTS(m, "", "4"), 7, 0, 0);
    check_close(POINTS(m, "1", "4"), 14, 0, 0);
    model_free(m);
}

static void refuses_terms(void **state)
{
    (void)state;
    refused("term,coef\nx,2\n", ST_FORMAT, 0, "does not say its link");
    refused("term,coef\nlink,logistik\nx,2\n", ST_UNSUPPORTED, 2,
            "the link \"logistik\" is not known");
    refused("term,coef\nlink,logit\nx,2\nx,3\n", ST_FORMAT, 4,
            "the same term as on line 3");
    refused("term,coef\nlink,logit\na:b,2\nb:a,3\n", ST_FORMAT, 4,
            "the same term as on line 3");
    refused("term,coef\nlink,logit\nns(x,2),2\n", ST_FORMAT, 3, "3 cells");
    refused("term;coef\nlink;logit\nns(x,2)1;2\n", ST_FORMAT, 3,
            "is not known");
    refused("term,coef\nlink,logit\nx=own,2\nx,1\n", ST_FORMAT, 4,
            "a number in one term and words");
    refused("term,coef\nlink,logit\nx*y,2\n", ST_FORMAT, 3,
            "this formula is not read");
    refused("term,coef\nlink,logit\nx,inf\n", ST_FORMAT, 3,
            "must be a number");
    refused("term,coef\nlink,logit\nlink,logit\nx,1\n", ST_FORMAT, 3,
            "a second link");
    refused("term,coef\nlink,logit\n", ST_FORMAT, 0, "has no term");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scorecard),     cmocka_unit_test(reasons),
        cmocka_unit_test(forms_of_bins), cmocka_unit_test(refuses_cards),
        cmocka_unit_test(additive),      cmocka_unit_test(steps),
        cmocka_unit_test(refuses_terms)};
    return cmocka_run_group_tests_name("formats table", tests, NULL, NULL);
}
