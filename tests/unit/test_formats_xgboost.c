/* XGBoost's file, small and by hand: every form of base score, link, booster
 * and category, and each refusal with its words. The UBJSON side of the same
 * reader is held to the JSON side by the reference models. */
#include "base/arena.h"
#include "check.h"
#include "support/altered.h"

/* Two trees: x < 0.5 gives ±1, then a constant 0.25. */
#define TREE_SPLIT                                                             \
    "{\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1],"               \
    "\"split_conditions\":[5E-1,-1E0,1E0],\"split_indices\":[0,0,0],"          \
    "\"default_left\":[1,0,0],\"sum_hessian\":[4E0,1E0,3E0],"                  \
    "\"base_weights\":[0,0,0],\"tree_param\":{\"size_leaf_vector\":\"1\"}}"
#define TREE_CONSTANT                                                          \
    "{\"left_children\":[-1],\"right_children\":[-1],"                         \
    "\"split_conditions\":[2.5E-1],\"split_indices\":[0],"                     \
    "\"default_left\":[0],\"sum_hessian\":[4E0]}"
#define MODEL                                                                  \
    "\"model\":{\"cats\":{\"enc\":[],\"sorted_idx\":[]},"                      \
    "\"gbtree_model_param\":{\"num_parallel_tree\":\"1\"},"                    \
    "\"iteration_indptr\":[0,1,2],\"tree_info\":[0,0],"                        \
    "\"trees\":[" TREE_SPLIT "," TREE_CONSTANT "]}"
#define BOOSTER "\"gradient_booster\":{" MODEL ",\"name\":\"gbtree\"}"
#define PARAM                                                                  \
    "\"learner_model_param\":{\"base_score\":\"2E-1\",\"num_class\":\"0\","    \
    "\"num_feature\":\"2\",\"num_target\":\"1\"}"
#define OBJECTIVE                                                              \
    "\"objective\":{\"name\":\"binary:logistic\","                             \
    "\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}}"
#define WHOLE                                                                  \
    "{\"learner\":{\"attributes\":{\"best_iteration\":\"0\"},"                 \
    "\"feature_names\":[\"x\",\"y\"],\"feature_types\":[\"float\",\"int\"],"   \
    BOOSTER "," PARAM "," OBJECTIVE "},\"version\":[3,2,0]}"

static const double low[2] = {0.0, 0.0}, high[2] = {1.0, 0.0};

static double base_with(const char *find, const char *replace)
{
    struct model *m = altered_model(WHOLE, find, replace);
    double base = m->base[0];
    check_close(margin_of(m, low, 0), base - 0.75, 1e-15, 1e-15);
    check_close(margin_of(m, high, 0), base + 1.25, 1e-15, 1e-15);
    model_free(m);
    return base;
}

static void reads_all_facts(void **state)
{
    (void)state;
    struct model *m = altered_model(WHOLE, NULL, NULL);
    assert_string_equal(m->format, "XGBoost JSON");
    assert_string_equal(m->library_version, "3.2.0");
    assert_string_equal(m->objective, "binary:logistic");
    assert_int_equal(m->link, LINK_LOGISTIC);
    assert_int_equal(m->features, 2);
    assert_int_equal(m->feature[1].kind, FEATURE_INTEGER);
    assert_true(m->feature[0].used && !m->feature[1].used);
    assert_int_equal(m->best_iteration, 0);
    assert_int_equal(m->best_trees, 1);
    assert_int_equal(m->trees, 2);
    assert_false(m->cut_at_best);
    assert_int_equal(strlen(m->sha256), 64);
    assert_int_equal(m->file_bytes, strlen(WHOLE));
    assert_true(m->tree[0].node[0].default_left);
    check_close(m->tree[0].node[0].cover, 4.0, 0.0, 0.0);
    model_free(m);
}

static void base_scores(void **state)
{
    (void)state;
    static const struct {
        const char *objective;
        double margin; /* of a base score 0.2 */
    } cases[] = {
        {"reg:squarederror", 0.2},     {"reg:linear", 0.2},
        {"reg:squaredlogerror", 0.2},  {"reg:pseudohubererror", 0.2},
        {"reg:absoluteerror", 0.2},    {"reg:quantileerror", 0.2},
        {"reg:expectileerror", 0.2},   {"binary:logitraw", 0.2},
        {"binary:hinge", 0.2},         {"multi:softprob", 0.2},
        {"multi:softmax", 0.2},        {"rank:ndcg", 0.2},
        {"rank:map", 0.2},             {"rank:pairwise", 0.2},
        {"reg:logistic", -1.3862944},  {"binary:logistic", -1.3862944},
        {"reg:gamma", -1.6094379},     {"reg:tweedie", -1.6094379},
        {"count:poisson", -1.6094379}, {"survival:cox", -1.6094379},
        {"survival:aft", -1.6094379},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_close(base_with("binary:logistic", cases[i].objective),
                    cases[i].margin, 1e-7, 0.0);
    check_close(base_with("\"2E-1\"", "\"[2E-1]\""), -1.3862944, 1e-7, 0.0);
    check_close(base_with("\"base_score\":\"2E-1\",", ""), 0.0, 0.0, 0.0);
    check_close(base_with("\"2E-1\"", "\"0.5\""), 0.0, 0.0, 0.0);
}

#define CLASSES(base_, name_)                                                  \
    "{\"learner\":{\"attributes\":{},\"feature_names\":[],"                    \
    "\"gradient_booster\":{\"model\":{\"tree_info\":[1,2],\"trees\":["         \
    TREE_SPLIT "," TREE_CONSTANT "]},\"name\":\"gbtree\"},"                    \
    "\"learner_model_param\":{\"base_score\":" base_ ",\"num_class\":\"3\","   \
    "\"num_feature\":\"1\"},\"objective\":{\"name\":\"" name_ "\"}}}"

static void classes(void **state)
{
    (void)state;
    double answer[3], margin[3];
    struct model *m =
        altered_model(CLASSES("\"[-1E0,2E0,5E-1]\"", "multi:softprob"), NULL,
                      NULL);
    assert_int_equal(m->outputs, 3);
    assert_string_equal(m->feature[0].name, "f0");
    model_margin(m, low, margin);
    check_close(margin[0], -1.0, 0.0, 0.0);
    check_close(margin[1], 1.0, 0.0, 0.0);
    check_close(margin[2], 0.75, 0.0, 0.0);
    assert_int_equal(model_answer(m, margin, answer), 3);
    check_close(answer[0] + answer[1] + answer[2], 1.0, 1e-15, 0.0);
    model_free(m);
    /* Before 3.1 one score stands for all classes. */
    m = altered_model(CLASSES("\"5E-1\"", "multi:softmax"), NULL, NULL);
    check_close(m->base[2], 0.5, 0.0, 0.0);
    model_margin(m, high, margin);
    assert_int_equal(model_answer(m, margin, answer), 1);
    check_close(answer[0], 1.0, 0.0, 0.0);
    model_free(m);
}

static void expectiles(void **state)
{
    (void)state;
    double answer[3];
    struct model *m = altered_model(
        CLASSES("\"[1E0,3E0,4E0]\"", "reg:expectileerror"),
        "\"num_class\":\"3\"", "\"num_target\":\"3\"");
    assert_int_equal(model_answer(m, m->base, answer), 3);
    check_close(answer[0], 1.0, 1e-6, 0.0); /* the base score comes back */
    check_close(answer[1], 3.0, 1e-6, 0.0);
    check_close(answer[2], 4.0, 1e-6, 0.0);
    model_free(m);
}

static void dart_in_both_places(void **state)
{
    (void)state;
    static const char *const booster[] = {
        "\"gradient_booster\":{\"gbtree\":{" MODEL ",\"name\":\"gbtree\"},"
        "\"name\":\"dart\",\"weight_drop\":[5E-1,2E0]}",
        "\"gradient_booster\":{\"model\":{\"weight_drop\":[5E-1,2E0],"
        "\"tree_info\":[0,0],\"trees\":[" TREE_SPLIT "," TREE_CONSTANT "]},"
        "\"name\":\"gbtree\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct model *m = altered_model(WHOLE, BOOSTER, booster[i]);
        check_close(margin_of(m, low, 0), m->base[0] - 0.5 + 0.5, 1e-15, 0.0);
        check_close(margin_of(m, high, 0), m->base[0] + 0.5 + 0.5, 1e-15, 0.0);
        double native = 0.0;
        model_margin_native(m, high, &native);
        check_close(native, m->base[0] + 1.0, 1e-6, 0.0);
        model_free(m);
    }
}

static void any_order_of_keys(void **state)
{
    (void)state;
    struct model *m = altered_model(
        "{\"version\":[3,2,0],\"learner\":{" OBJECTIVE "," PARAM "," BOOSTER
        ",\"unknown\":{\"deep\":[[{}]]},\"feature_names\":[\"x\",\"y\"]}}",
        NULL, NULL);
    check_close(margin_of(m, low, 0), m->base[0] - 0.75, 1e-15, 0.0);
    model_free(m);
}

static void best_iterations(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = NULL;
    check_ok(altered_load(WHOLE, NULL, NULL, TREES_BEST_ITERATION, &m, &e), &e);
    assert_int_equal(m->trees, 1);
    assert_int_equal(m->trees_in_file, 2);
    assert_true(m->cut_at_best);
    check_close(margin_of(m, low, 0), m->base[0] - 1.0, 1e-15, 0.0);
    model_free(m);
    m = NULL;
    /* Files before 2.0 have no bounds: iterations × trees in each. */
    check_ok(altered_load(WHOLE, "\"iteration_indptr\":[0,1,2],", "",
                          TREES_BEST_ITERATION, &m, &e), &e);
    assert_int_equal(m->trees, 1);
    model_free(m);
    m = NULL;
    check_fails(altered_load(WHOLE, "\"best_iteration\":\"0\"",
                             "\"best_iteration\":\"2\"", TREES_BEST_ITERATION,
                             &m, &e), &e, ST_FORMAT, "best iteration is 2");
    check_fails(altered_load(WHOLE, "\"best_iteration\":\"0\"", "",
                             TREES_BEST_ITERATION, &m, &e), &e, ST_ARGUMENT,
                "names no best iteration");
}

#define CATEGORY_TREE                                                          \
    "{\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1],"               \
    "\"split_conditions\":[0E0,-1E0,1E0],\"split_indices\":[0,0,0],"           \
    "\"default_left\":[1,0,0],\"sum_hessian\":[4E0,1E0,3E0],"                  \
    "\"split_type\":[1,0,0],\"categories_nodes\":[0],"                         \
    "\"categories_segments\":[0],\"categories_sizes\":[2],"                    \
    "\"categories\":[0,2]}"

static void categories(void **state)
{
    (void)state;
    struct model *m = altered_model(WHOLE, TREE_SPLIT, CATEGORY_TREE);
    double row[2] = {0.0, 0.0};
    check_close(margin_of(m, row, 0), m->base[0] + 1.25, 1e-15, 0.0);
    row[0] = 1.0;
    check_close(margin_of(m, row, 0), m->base[0] - 0.75, 1e-15, 0.0);
    row[0] = 2.0;
    check_close(margin_of(m, row, 0), m->base[0] + 1.25, 1e-15, 0.0);
    model_free(m);
    struct error e = {0};
    static const struct {
        const char *find, *replace, *text;
    } bad[] = {
        {"\"categories_nodes\":[0]", "\"categories_nodes\":[1]",
         "node 0 splits by category, but the next set belongs to node 1"},
        {"\"categories_sizes\":[2]", "\"categories_sizes\":[3]",
         "categories_sizes, entry 0 must be a whole number from 0 to 2"},
        {"\"categories_sizes\":[2]", "\"categories_sizes\":[]",
         "categories_sizes has 0 entries, 1 were expected"},
        {"\"categories\":[0,2]", "\"categories\":[0,-2]", "found -2"},
    };
    char text[4096];
    (void)snprintf(text, sizeof text, "%s", WHOLE);
    const char *at = strstr(WHOLE, TREE_SPLIT);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - WHOLE), WHOLE,
                   CATEGORY_TREE, at + strlen(TREE_SPLIT));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_fails(altered_load(text, bad[i].find, bad[i].replace, TREES_ALL,
                                 &m, &e), &e, ST_FORMAT, bad[i].text);
}

static void stored_words(void **state)
{
    (void)state;
    /* "ä" as signed bytes, "b"; the second input has whole numbers. */
    struct model *m = altered_model(
        WHOLE, "\"enc\":[]",
        "\"enc\":[{\"offsets\":[0,2,3],\"values\":[-61,-92,98]},"
        "{\"type\":3,\"values\":[7,-3]}]");
    assert_int_equal(m->feature[0].kind, FEATURE_CATEGORY);
    assert_int_equal(m->feature[0].word_count, 2);
    assert_string_equal(m->feature[0].words[0], "\xC3\xA4");
    check_close(model_category_code(m, 0, "b", 1), 1.0, 0.0, 0.0);
    check_close(model_category_code(m, 1, "-3", 2), 1.0, 0.0, 0.0);
    model_free(m);
    static const char *const bad[] = {
        "\"enc\":[{\"offsets\":[0,9],\"values\":[97]}]",
        "\"enc\":[{\"offsets\":[1,0],\"values\":[97]}]",
        "\"enc\":[{\"offsets\":[0,1],\"values\":[0]}]",
        "\"enc\":[{\"offsets\":[0,1],\"values\":[200]}]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = {0};
        check_fails(altered_load(WHOLE, "\"enc\":[]", bad[i], TREES_ALL, &m,
                                 &e), &e, ST_FORMAT,
                    "the category words of input 0");
    }
}

static void pruned_nodes(void **state)
{
    (void)state;
    /* The library leaves what it pruned in the file, marked. */
    struct model *m = altered_model(
        WHOLE, TREE_SPLIT,
        "{\"left_children\":[3,-1,-1,-1],\"right_children\":[2,-1,-1,-1],"
        "\"split_conditions\":[5E-1,9E0,1E0,-1E0],"
        "\"split_indices\":[0,2147483647,0,0],\"default_left\":[1,0,0,0],"
        "\"sum_hessian\":[4E0,0E0,1E0,3E0]}");
    assert_int_equal(m->tree[0].node_count, 3);
    check_close(margin_of(m, low, 0), m->base[0] - 0.75, 1e-15, 0.0);
    model_free(m);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *find, *replace;
        status class;
        const char *text;
    } cases[] = {
        {"binary:logistic", "binary:probit", ST_UNSUPPORTED,
         "objective \"binary:probit\" is not supported"},
        {BOOSTER, "\"gradient_booster\":{\"model\":{\"weights\":[1]}}",
         ST_UNSUPPORTED, "gblinear"},
        {"\"name\":\"gbtree\"", "\"name\":\"gblinear\"", ST_UNSUPPORTED,
         "gblinear"},
        {"\"name\":\"gbtree\"", "\"name\":\"gbrag\"", ST_UNSUPPORTED,
         "booster \"gbrag\""},
        {"\"name\":\"gbtree\"", "\"name\":\"dart\"", ST_FORMAT,
         "weight_drop, though its booster is dart"},
        {"\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"3\"",
         ST_UNSUPPORTED, "vector leaves, found at tree 0, are not supported"},
        {TREE_CONSTANT, "{\"leaf_weights\":[1,2]}", ST_UNSUPPORTED,
         "vector leaves, found at tree 1, are not supported"},
        {"\"num_class\":\"0\"", "\"num_class\":\"2\"", ST_OK, ""},
        {"\"num_class\":\"0\"", "\"num_class\":\"x\"", ST_FORMAT,
         "num_class must be a whole number"},
        {"\"num_target\":\"1\"", "\"num_target\":\"2\",\"num_class\":\"3\"",
         ST_FORMAT, "the key \"num_class\" stands twice"},
        {"\"2E-1\"", "\"[1,2]\"", ST_FORMAT, "a list of 1"},
        {"\"2E-1\"", "\"nan\"", ST_FORMAT, "not a finite margin"},
        {"\"2E-1\"", "\"1\"", ST_FORMAT, "not a finite margin"},
        {"\"tree_info\":[0,0]", "\"tree_info\":[0]", ST_FORMAT,
         "tree_info has 1 entries, 2 were expected"},
        {"\"tree_info\":[0,0]", "\"tree_info\":[0,1]", ST_FORMAT,
         "tree_info, entry 1 must be from 0 to 0"},
        {"[\"x\",\"y\"]", "[\"x\"]", ST_FORMAT,
         "feature_names has 1 entries, 2 were expected"},
        {"[\"x\",\"y\"]", "[\"x\",\"x\"]", ST_FORMAT, "both named \"x\""},
        {"\"int\"", "\"date\"", ST_UNSUPPORTED, "type \"date\""},
        {"\"right_children\":[2,-1,-1]", "\"right_children\":[2,-1]", ST_FORMAT,
         "tree 0: right_children has 2 entries, 3 were expected"},
        {"\"right_children\":[2,-1,-1]", "\"right_children\":[7,-1,-1]",
         ST_FORMAT, "right_children, entry 0 must be a whole number from 0 to 2"},
        {"\"right_children\":[2,-1,-1],", "", ST_FORMAT,
         "tree 0 has no right_children"},
        {"\"right_children\":[2,-1,-1]", "\"right_children\":[1,-1,-1]",
         ST_FORMAT, "tree 0, node 1: it is reached twice"},
        {"\"split_indices\":[0,0,0]", "\"split_indices\":[2,0,0]", ST_FORMAT,
         "tree 0, node 0 reads input 2, but there are 2 inputs"},
        {"[5E-1,-1E0,1E0]", "[5E-1,NaN,1E0]", ST_FORMAT,
         "tree 0, node 1: its leaf value is not finite"},
        {"[5E-1,-1E0,1E0]", "[5E-1,1E99,1E0]", ST_FORMAT,
         "tree 0, node 1: its leaf value is not finite"},
        {"[4E0,1E0,3E0]", "[-4E0,1E0,3E0]", ST_FORMAT,
         "tree 0, node 0: its cover"},
        {"[5E-1,-1E0,1E0]", "[5E-1,\"a\",1E0]", ST_FORMAT,
         "split_conditions, entry 1 must be a number, not"},
        {"\"learner\"", "\"lerner\"", ST_FORMAT, "no XGBoost model"},
        {BOOSTER, "\"gradient_booster\":{}", ST_FORMAT, "has no trees"},
        {OBJECTIVE, "\"objective\":{}", ST_FORMAT, "no objective name"},
        {"\"trees\":[", "\"trees\":[[],", ST_FORMAT,
         "tree 0 must be an object"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct model *m = NULL;
        status s = altered_load(WHOLE, cases[i].find, cases[i].replace,
                                TREES_ALL, &m, &e);
        if (cases[i].class == ST_OK)
            check_ok(s, &e);
        else
            check_fails(s, &e, cases[i].class, cases[i].text);
        model_free(m);
    }
}

static void every_cut_is_told(void **state)
{
    (void)state;
    static const char whole[] = WHOLE;
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct error e = {0};
        struct model *m = NULL;
        struct memory_stream memory = {whole, n, 0};
        struct format_options options = {.format = "xgboost-json"};
        status s = model_load(stream_of_memory(&memory, "cut"), &options, &m,
                              &e);
        assert_true(s == ST_SYNTAX || s == ST_FORMAT);
        assert_null(m);
        assert_true(e.text[0] != '\0');
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

static void a_million_brackets(void **state)
{
    (void)state;
    enum { BRACKETS = 1000000 };
    char *text = malloc(BRACKETS + 32);
    int head = snprintf(text, 32, "{\"learner\":{\"a\":");
    memset(text + head, '[', BRACKETS);
    struct memory_stream memory = {text, BRACKETS, 0};
    struct format_options options = {.trees = TREES_ALL};
    struct error e = {0};
    struct model *m = NULL;
    check_fails(model_load(stream_of_memory(&memory, "deep"), &options, &m, &e),
                &e, ST_LIMIT, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_facts),
        cmocka_unit_test(base_scores),
        cmocka_unit_test(classes),
        cmocka_unit_test(expectiles),
        cmocka_unit_test(dart_in_both_places),
        cmocka_unit_test(any_order_of_keys),
        cmocka_unit_test(best_iterations),
        cmocka_unit_test(categories),
        cmocka_unit_test(stored_words),
        cmocka_unit_test(pruned_nodes),
        cmocka_unit_test(refusals),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(a_million_brackets)};
    return cmocka_run_group_tests_name("formats xgboost", tests, NULL, NULL);
}
