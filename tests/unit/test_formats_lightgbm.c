/* LightGBM's text, small and by hand, and which format a file is. */
#include "base/arena.h"
#include "check.h"
#include "support/altered.h"

#define HEADER                                                                 \
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n" \
    "max_feature_idx=1\nobjective=binary sigmoid:2\nfeature_names=x y\n"       \
    "feature_infos=[0:1] 0:1:2\ntree_sizes=1 2\n\n"
#define TREE_0                                                                 \
    "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nsplit_gain=1 1\n"     \
    "threshold=0.5 0\ndecision_type=10 1\nleft_child=1 -1\n"                   \
    "right_child=-2 -3\nleaf_value=1 2 4\nleaf_weight=1 1 1\n"                 \
    "leaf_count=5 6 7\ninternal_value=0 0\ninternal_count=18 12\n"             \
    "cat_boundaries=0 1\ncat_threshold=5\nis_linear=0\nshrinkage=1\n\n\n"
#define TREE_1                                                                 \
    "Tree=1\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nthreshold=\n"            \
    "decision_type=\nleft_child=\nright_child=\nleaf_value=0.25\n"             \
    "leaf_count=18\nshrinkage=1\n\n\n"
#define TAIL                                                                   \
    "end of trees\n\nfeature_importances:\nx=1\n\nparameters:\n"               \
    "[boosting: gbdt]\n[data: ]\n[categorical_feature: 1]\n\n"                 \
    "end of parameters\n\npandas_categorical:[[\"red\", 2, true]]\n"
#define WHOLE HEADER TREE_0 TREE_1 TAIL

static const double left[2] = {0.0, 0.0}, right[2] = {1.0, 0.0};

static void reads_all_facts(void **state)
{
    (void)state;
    struct model *m = altered_model(WHOLE, NULL, NULL);
    assert_string_equal(m->format, "LightGBM text");
    assert_string_equal(m->library_version, "v4");
    assert_string_equal(m->objective, "binary sigmoid:2");
    assert_int_equal(m->link, LINK_LOGISTIC);
    check_close(m->link_scale, 2.0, 0.0, 0.0);
    assert_int_equal(m->trees, 2);
    assert_int_equal(m->parameters, 2); /* the empty one is not worth it */
    assert_string_equal(m->parameter_name[0], "boosting");
    assert_int_equal(m->feature[1].kind, FEATURE_CATEGORY);
    check_close(model_category_code(m, 1, "2", 1), 1.0, 0.0, 0.0);
    check_close(model_category_code(m, 1, "True", 4), 2.0, 0.0, 0.0);
    assert_int_equal(m->best_iteration, -1);
    check_close(m->tree[0].node[0].cover, 18.0, 0.0, 0.0);
    check_close(margin_of(m, left, 0), 1.25, 0.0, 0.0);
    check_close(margin_of(m, right, 0), 2.25, 0.0, 0.0);
    const double blue[2] = {0.0, 1.0}, missing[2] = {(double)NAN, 2.0};
    check_close(margin_of(m, blue, 0), 4.25, 0.0, 0.0);
    check_close(margin_of(m, missing, 0), 1.25, 0.0, 0.0);
    model_free(m);
}

static void line_ends(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r\n", "\r"};
    for (size_t k = 0; k < 2; k++) {
        char text[4096];
        size_t n = 0;
        for (const char *at = WHOLE; *at != '\0'; at++) {
            if (*at != '\n')
                text[n++] = *at;
            for (const char *end = ends[k]; *at == '\n' && *end; end++)
                text[n++] = *end;
        }
        text[n] = '\0';
        struct model *m = altered_model(text, NULL, NULL);
        check_close(margin_of(m, right, 0), 2.25, 0.0, 0.0);
        assert_string_equal(m->feature[1].name, "y");
        model_free(m);
    }
}

static void objectives(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        double answer; /* of the margin 1.25 */
    } cases[] = {
        {"objective=binary sigmoid:1", 0.77729986117469108},
        {"objective=cross_entropy", 0.77729986117469108},
        {"objective=multiclassova num_class:1 sigmoid:1", 0.77729986117469108},
        {"objective=multiclass num_class:1", 1.0},
        {"objective=cross_entropy_lambda", 1.5019290813453730},
        {"objective=poisson", 3.4903429574618414},
        {"objective=gamma", 3.4903429574618414},
        {"objective=tweedie tweedie_variance_power:1.5", 3.4903429574618414},
        {"objective=regression", 1.25},
        {"objective=regression sqrt", 1.5625},
        {"objective=regression_l1", 1.25},
        {"objective=huber", 1.25},
        {"objective=fair", 1.25},
        {"objective=quantile alpha:0.9", 1.25},
        {"objective=mape", 1.25},
        {"objective=lambdarank", 1.25},
        {"objective=rank_xendcg", 1.25},
        {"objective=custom", 1.25},
        {"unknown=1", 1.25}, /* a user's own function leaves no line */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model *m =
            altered_model(WHOLE, "objective=binary sigmoid:2", cases[i].line);
        double margin = 0.0, answer = 0.0;
        model_margin(m, left, &margin);
        assert_int_equal(model_answer(m, &margin, &answer), 1);
        check_close(answer, cases[i].answer, 1e-7, 0.0);
        model_free(m);
    }
}

static void forests(void **state)
{
    (void)state;
    struct model *m = altered_model(WHOLE, "label_index=0",
                                    "label_index=0\naverage_output");
    assert_int_equal(m->combine, COMBINE_MEAN);
    check_close(margin_of(m, left, 0), 0.625, 0.0, 0.0);
    model_free(m);
    m = altered_model(WHOLE, "num_class=1\nnum_tree_per_iteration=1",
                      "num_class=2\nnum_tree_per_iteration=2");
    assert_int_equal(m->outputs, 2);
    check_close(margin_of(m, left, 0), 1.0, 0.0, 0.0);
    check_close(margin_of(m, left, 1), 0.25, 0.0, 0.0);
    model_free(m);
}

static void linear_leaves(void **state)
{
    (void)state;
    /* Blanks where a leaf has no terms. */
    struct model *m = altered_model(
        WHOLE, "is_linear=0",
        "is_linear=1\nleaf_const=10 20 30\nnum_features=0 2 1\n"
        "leaf_features= 0 1  0 \nleaf_coeff= 0.5 2  -1 ");
    check_close(margin_of(m, left, 0), 10.25, 0.0, 0.0);
    const double row[2] = {2.0, 3.0}, hole[2] = {2.0, (double)NAN};
    check_close(margin_of(m, row, 0), 20.0 + 1.0 + 6.0 + 0.25, 0.0, 0.0);
    check_close(margin_of(m, hole, 0), 2.25, 0.0, 0.0);
    model_free(m);
}

static void missing_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *decision;
        enum node_missing missing;
        bool to_left;
    } cases[] = {{"decision_type=0 1", MISSING_NONE, false},
                 {"decision_type=2 1", MISSING_NONE, true},
                 {"decision_type=4 1", MISSING_ZERO, false},
                 {"decision_type=6 1", MISSING_ZERO, true},
                 {"decision_type=8 1", MISSING_NAN, false},
                 {"decision_type=10 1", MISSING_NAN, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model *m =
            altered_model(WHOLE, "decision_type=10 1", cases[i].decision);
        assert_int_equal(m->tree[0].node[0].missing, cases[i].missing);
        assert_int_equal(m->tree[0].node[0].default_left, cases[i].to_left);
        assert_true(m->tree[0].node[1].categorical);
        model_free(m);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *find, *replace;
        status class;
        const char *text;
    } cases[] = {
        {"binary sigmoid:2", "probit", ST_UNSUPPORTED,
         "the LightGBM objective \"probit\" is not supported"},
        {"sigmoid:2", "sigmoid:-1", ST_FORMAT, "sigmoid must be above 0"},
        {"threshold=0.5 0", "threshold=0.5", ST_FORMAT,
         "tree 0: threshold has 1 entries, 2 were expected"},
        {"threshold=0.5 0", "threshold=0.5 0 0", ST_FORMAT,
         "tree 0: threshold has 3 entries, 2 were expected"},
        {"threshold=0.5 0", "threshold=0.5 a", ST_SYNTAX,
         "tree 0: threshold, entry 1 is not a number: \"a\""},
        {"threshold=0.5 0", "threshold=nan 0", ST_FORMAT,
         "tree 0, node 0: its threshold is not a number"},
        {"threshold=0.5 0", "threshold=0.5 1", ST_FORMAT,
         "threshold entry 1 must be a whole number from 0 to 0, found 1"},
        {"leaf_value=1 2 4\n", "", ST_FORMAT, "tree 0 ends without leaf_value"},
        {"leaf_value=1 2 4", "leaf_value=1 2 inf", ST_FORMAT,
         "tree 0, node 4: its leaf value is not finite"},
        {"leaf_value=1 2 4", "leaf_value=1 2 4\nleaf_value=1 2 4", ST_FORMAT,
         "tree 0: leaf_value is given twice"},
        {"left_child=1 -1", "left_child=1 -4", ST_FORMAT,
         "left_child entry 1 must be a whole number from -3 to 1, found -4"},
        {"left_child=1 -1", "left_child=0 -1", ST_FORMAT, "reached twice"},
        {"split_feature=0 1", "split_feature=0 2", ST_FORMAT,
         "tree 0, node 1 reads input 2, but there are 2 inputs"},
        {"decision_type=10 1", "decision_type=12 1", ST_FORMAT,
         "decision_type entry 0 must be a whole number from 0 to 11"},
        {"cat_boundaries=0 1", "cat_boundaries=1 0", ST_FORMAT,
         "cat_boundaries entry 1"},
        {"cat_threshold=5", "cat_threshold=5 6", ST_FORMAT,
         "cat_threshold has 2 entries, 1 were expected"},
        {"cat_threshold=5", "cat_threshold=-5", ST_FORMAT, "found -5"},
        {"internal_count=18 12", "internal_count=18 -1", ST_FORMAT,
         "tree 0, node 1: its cover"},
        {"feature_names=x y", "feature_names=x", ST_FORMAT,
         "feature_names has 1 entries, 2 were expected"},
        {"feature_names=x y\n", "", ST_FORMAT, "without feature_names"},
        {"feature_names=x y", "feature_names=x x", ST_FORMAT, "both named"},
        {"num_class=1", "num_class=zero", ST_FORMAT, "num_class must be"},
        {"num_tree_per_iteration=1", "num_tree_per_iteration=3", ST_FORMAT,
         "2 trees, not a multiple of the 3 outputs"},
        {"Tree=1", "Tree=7", ST_FORMAT, "tree 1 was expected here"},
        {TAIL, "", ST_FORMAT, "before \"end of trees\""},
        {"categorical_feature: 1", "categorical_feature: 0,1", ST_UNSUPPORTED,
         "words for 1 inputs, but categorical_feature lists 2"},
        {"categorical_feature: 1", "categorical_feature: name:y",
         ST_UNSUPPORTED, "must list input numbers"},
        {"[[\"red\", 2, true]]", "[[\"red\", [2]]]", ST_FORMAT,
         "a word or number was expected"},
        {"[[\"red\", 2, true]]", "[[\"red\", 2", ST_SYNTAX, ""},
        {"[[\"red\", 2, true]]", "[[\"red\", \"red\"]]", ST_FORMAT,
         "lists the category \"red\" twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct model *m = NULL;
        check_fails(altered_load(WHOLE, cases[i].find, cases[i].replace,
                                 TREES_ALL, &m, &e), &e, cases[i].class,
                    cases[i].text);
        assert_null(m);
    }
    struct error e = {0};
    struct model *m = NULL;
    check_fails(altered_load(WHOLE, "=0.5 0", "=0.5", TREES_ALL, &m, &e), &e,
                ST_FORMAT, "threshold");
    assert_int_equal(e.line, 17);
    check_fails(altered_load(WHOLE, NULL, NULL, TREES_BEST_ITERATION, &m, &e),
                &e, ST_ARGUMENT, "names no best iteration");
}

static void every_cut_is_told(void **state)
{
    (void)state;
    static const char whole[] = HEADER TREE_0 TREE_1;
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct error e = {0};
        struct model *m = NULL;
        struct memory_stream memory = {whole, n, 0};
        struct format_options options = {.format = "lightgbm"};
        status s = model_load(stream_of_memory(&memory, "cut"), &options, &m,
                              &e);
        assert_true(s == ST_SYNTAX || s == ST_FORMAT);
        assert_null(m);
    }
}

/* Each allocation fails in turn: told, and nothing is left behind. */
static void no_memory(void **state)
{
    (void)state;
    status s = ST_MEMORY;
    size_t n = 0;
    while (s != ST_OK && ++n < 2000) {
        struct error e = {0};
        struct model *m = NULL;
        (void)mem_fail_at(n);
        s = altered_load(WHOLE, NULL, NULL, TREES_ALL, &m, &e);
        (void)mem_fail_at(0);
        assert_true(s == ST_OK || s == ST_MEMORY);
        assert_true((m != NULL) == (s == ST_OK));
        model_free(m);
    }
    assert_true(n > 20 && n < 2000);
}

static void finds_the_format(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"", "is empty"},
        {"\x1f\x8b\x08", "gzip"},
        {"PK\3\4", "zip"},
        {"\x80\x04\x95", "pickle"},
        {"binfxx", "old binary form"},
        {"CBM1", "CatBoost"},
        {"booster[0]:\n", "lacks the base score"},
        {"[{\"nodeid\":0}]", "lacks the base score"},
        {"a,b\n1,2\n", "none of XGBoost JSON"},
    };
    struct model *m = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        status s = altered_load(cases[i].bytes, NULL, NULL, TREES_ALL, &m, &e);
        check_fails(s, &e, i == 0 ? ST_FORMAT : ST_UNSUPPORTED, cases[i].text);
    }
    struct memory_stream memory = {WHOLE, strlen(WHOLE), 0};
    struct format_options options = {.format = "arff"};
    struct error e = {0};
    check_fails(model_load(stream_of_memory(&memory, "m"), &options, &m, &e),
                &e, ST_ARGUMENT, "no model format \"arff\"");
}

/* A stream that gives one byte a time, then fails where it is told to. */
struct trickle {
    const char *bytes;
    size_t at, length;
    bool fails;
};

static long trickle_read(void *self, void *out, size_t n, struct error *e)
{
    struct trickle *t = self;
    if (t->at == t->length)
        return t->fails ? (error_set(e, ST_SYSTEM, "the disk is gone"), -1) : 0;
    (void)n;
    *(char *)out = t->bytes[t->at++];
    return 1;
}

static void slow_and_broken_streams(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        struct trickle t = {WHOLE, 0, strlen(WHOLE), fails == 1};
        struct format_options options = {.trees = TREES_ALL};
        struct error e = {0};
        struct model *m = NULL;
        struct stream in = {&t, trickle_read, "slow"};
        status s = model_load(in, &options, &m, &e);
        if (fails) {
            check_fails(s, &e, ST_SYSTEM, "the disk is gone");
            assert_null(m);
            continue;
        }
        check_ok(s, &e);
        char hex[SHA256_HEX];
        check_ok(sha256_of(WHOLE, strlen(WHOLE), hex, &e), &e);
        assert_string_equal(m->sha256, hex);
        assert_int_equal(m->file_bytes, strlen(WHOLE));
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_facts),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(objectives),
        cmocka_unit_test(forests),
        cmocka_unit_test(linear_leaves),
        cmocka_unit_test(missing_kinds),
        cmocka_unit_test(refusals),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(finds_the_format),
        cmocka_unit_test(slow_and_broken_streams)};
    return cmocka_run_group_tests_name("formats lightgbm", tests, NULL, NULL);
}
