/* The builder: every invariant with its message, and the layout it promises. */
#include "base/arena.h"
#include "base/buf.h"
#include "check.h"
#include "model/builder.h"
#include "model/describe.h"

static struct builder *start(size_t features)
{
    struct error e = {0};
    struct builder *b = builder_new(1 << 26);
    assert_non_null(b);
    builder_library(b, LIBRARY_XGBOOST, "by hand", "1");
    for (size_t f = 0; f < features; f++) {
        char name[32];
        (void)snprintf(name, sizeof name, "x%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    return b;
}

static void split(struct builder *b, long feature, long left, long right)
{
    struct error e = {0};
    check_ok(builder_split(b, feature, 0.5, left, right, true, MISSING_NAN, 4.0,
                           &e), &e);
}

static void leaf(struct builder *b, double value)
{
    struct error e = {0};
    check_ok(builder_leaf(b, value, 2.0, &e), &e);
}

static void begin(struct builder *b)
{
    struct error e = {0};
    check_ok(builder_tree(b, 0, 1.0, &e), &e);
}

static void lays_parents_first(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = start(2);
    begin(b);
    split(b, 0, 4, 1); /* the file's own order: children anywhere */
    leaf(b, 3.0);
    leaf(b, 1.0);
    leaf(b, 2.0);
    split(b, 1, 2, 3);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    const struct tree *t = &m->tree[0];
    assert_int_equal(t->node_count, 5);
    assert_int_equal(t->leaf_count, 3);
    assert_int_equal(t->depth, 2);
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->node[i].feature >= 0) {
            assert_true(t->node[i].left > (int32_t)i);
            assert_true(t->node[i].right > t->node[i].left);
        }
    double row[2] = {0.0, 0.0}, margin = 0.0;
    model_margin(m, row, &margin);
    check_close(margin, 1.0, 0.0, 0.0);
    row[1] = 1.0;
    model_margin(m, row, &margin);
    check_close(margin, 2.0, 0.0, 0.0);
    row[0] = 0.5;
    model_margin(m, row, &margin);
    check_close(margin, 3.0, 0.0, 0.0);
    assert_int_equal(model_find_feature(m, "x1"), 1);
    assert_int_equal(model_find_feature(m, "x"), -1);
    assert_true(m->feature[0].used && m->feature[1].used);
    model_free(m);
}

static void refuses_shapes(void **state)
{
    (void)state;
    static const struct {
        long child[6]; /* of nodes 0, 1, 2; -1: a leaf */
        const char *text;
    } cases[] = {
        {{1, 1, -1, -1, -1, -1}, "node 1: it is reached twice"},
        {{0, 1, -1, -1, -1, -1}, "node 0: it is reached twice"},
        {{1, 2, 0, 2, -1, -1}, "reached twice"},
        {{1, 3, -1, -1, -1, -1}, "child 3 is outside the tree of 3 nodes"},
        {{-1, -1, -1, -1, -1, -1}, "node 1: no other node leads to it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct builder *b = start(1);
        begin(b);
        for (size_t n = 0; n < 3; n++)
            if (cases[i].child[2 * n] < 0)
                leaf(b, 0.0);
            else
                split(b, 0, cases[i].child[2 * n], cases[i].child[2 * n + 1]);
        check_fails(builder_tree_end(b, &e), &e, ST_FORMAT, cases[i].text);
        assert_non_null(strstr(e.text, "tree 0"));
        builder_free(b);
    }
}

static void refuses_depth(void **state)
{
    (void)state;
    struct error e = {0};
    for (int over = 0; over < 2; over++) {
        struct builder *b = start(1);
        begin(b);
        long levels = MODEL_DEPTH_MAX + over;
        for (long i = 0; i < levels; i++) {
            split(b, 0, 2 * i + 1, 2 * i + 2);
            leaf(b, 0.0);
        }
        leaf(b, 0.0);
        if (over)
            check_fails(builder_tree_end(b, &e), &e, ST_LIMIT,
                        "deeper than 512");
        else
            check_ok(builder_tree_end(b, &e), &e);
        builder_free(b);
    }
}

static void refuses_values(void **state)
{
    (void)state;
    struct error e = {0};
    struct builder *b = start(1);
    begin(b);
    double nan = (double)NAN, inf = (double)INFINITY;
    check_fails(builder_leaf(b, nan, 1.0, &e), &e, ST_FORMAT,
                "tree 0, node 0: its leaf value is not finite");
    check_fails(builder_leaf(b, inf, 1.0, &e), &e, ST_FORMAT, "leaf value");
    check_fails(builder_leaf(b, 0.0, -1.0, &e), &e, ST_FORMAT, "its cover");
    check_fails(builder_leaf(b, 0.0, nan, &e), &e, ST_FORMAT, "its cover");
    check_fails(builder_split(b, 0, nan, 1, 2, true, MISSING_NAN, 1.0, &e), &e,
                ST_FORMAT, "threshold is not a number");
    check_fails(builder_split(b, -1, 0.0, 1, 2, true, MISSING_NAN, 1.0, &e), &e,
                ST_FORMAT, "reads input -1");
    check_fails(builder_split(b, 0, 0.0, -1, 2, true, MISSING_NAN, 1.0, &e), &e,
                ST_FORMAT, "child's number is out of range");
    leaf(b, 0.0);
    check_fails(builder_linear_term(b, 0, nan, &e), &e, ST_FORMAT,
                "linear coefficient");
    check_fails(builder_linear_term(b, -2, 1.0, &e), &e, ST_FORMAT,
                "reads input -2");
    check_ok(builder_linear_term(b, 0, 1.0, &e), &e);
    builder_linear_constant(b, inf);
    check_fails(builder_tree_end(b, &e), &e, ST_FORMAT, "linear constant");
    builder_free(b);
}

static void refuses_order(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = start(1);
    check_fails(builder_leaf(b, 0.0, 1.0, &e), &e, ST_BUG, "outside a tree");
    check_fails(builder_tree_end(b, &e), &e, ST_BUG, "outside a tree");
    begin(b);
    check_fails(builder_tree(b, 0, 1.0, &e), &e, ST_BUG, "inside a tree");
    check_fails(builder_tree_end(b, &e), &e, ST_FORMAT, "tree 0 has no nodes");
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_BUG,
                "inside a tree");
    check_fails(builder_linear_term(b, 0, 1.0, &e), &e, ST_BUG, "its leaf");
    builder_free(b);
}

static void refuses_facts(void **state)
{
    (void)state;
    struct error e = {0};
    const char *const words[] = {"a", "b", "a"};
    struct model *m = NULL;
    struct builder *b = start(1);
    check_fails(builder_feature(b, "x0", FEATURE_NUMBER, &e), &e, ST_FORMAT,
                "inputs 0 and 1 are both named \"x0\"");
    builder_free(b);
    b = start(1);
    check_fails(builder_feature(b, "", FEATURE_NUMBER, &e), &e, ST_FORMAT,
                "empty name");
    check_fails(builder_outputs(b, 0, &e), &e, ST_FORMAT, "0 outputs");
    check_fails(builder_outputs(b, MODEL_OUTPUTS_MAX + 1, &e), &e, ST_FORMAT,
                "10001 outputs");
    check_fails(builder_words(b, 3, words, 3, &e), &e, ST_FORMAT, "input 3");
    double base[2] = {0.0, (double)INFINITY};
    check_fails(builder_base(b, base, 2, &e), &e, ST_FORMAT,
                "2 values for 1 outputs");
    check_ok(builder_outputs(b, 2, &e), &e);
    check_fails(builder_base(b, base, 2, &e), &e, ST_FORMAT, "output 1");
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_FORMAT,
                "no base score");
    check_ok(builder_outputs(b, 1, &e), &e);
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_FORMAT, "no trees");
    check_ok(builder_words(b, 0, words, 3, &e), &e);
    check_fails(builder_words(b, 0, words, 2, &e), &e, ST_FORMAT, "twice");
    begin(b);
    split(b, 5, 1, 2);
    leaf(b, 0.0);
    leaf(b, 1.0);
    check_ok(builder_tree_end(b, &e), &e);
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_FORMAT,
                "tree 0, node 0 reads input 5, but there are 1 inputs");
    for (int f = 1; f < 6; f++) {
        char name[8] = {'y', (char)('0' + f), 0};
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_fails(builder_finish(b, 9, "", 0, &m, &e), &e, ST_FORMAT,
                "9 trees are to be kept, but the file has 1");
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_FORMAT,
                "lists the category \"a\" twice");
    check_fails(builder_retarget(b, 1, 0, &e), &e, ST_FORMAT, "tree 1");
    check_fails(builder_reweigh(b, 0, (double)NAN, &e), &e, ST_FORMAT,
                "weight of tree 0");
    check_ok(builder_retarget(b, 0, 7, &e), &e);
    check_fails(builder_finish(b, 0, "", 0, &m, &e), &e, ST_FORMAT,
                "tree 0 adds to output 7");
    builder_free(b);
    assert_null(m);
}

static void keeps_to_its_cap(void **state)
{
    (void)state;
    struct error e = {0};
    struct builder *b = builder_new(100000);
    status s = builder_tree(b, 0, 1.0, &e);
    for (int i = 0; s == ST_OK && i < 100000; i++)
        s = builder_leaf(b, 0.0, 1.0, &e);
    check_fails(s, &e, ST_LIMIT, "100000 bytes");
    builder_free(b);
}

static struct model *three_leaves(double extreme)
{
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = start(3);
    builder_best_iteration(b, 0, 1);
    for (int t = 0; t < 2; t++) {
        begin(b);
        split(b, 0, 1, 2);
        leaf(b, -1.0);
        split(b, 2, 3, 4);
        leaf(b, 0.25);
        leaf(b, t == 0 ? extreme : 0.5);
        check_ok(builder_tree_end(b, &e), &e);
    }
    begin(b);
    leaf(b, 0.125);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_parameter(b, "monotone_constraints", "1,0,-1", &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static bool warned(const struct model_description *d,
                   enum model_warning_kind kind)
{
    for (size_t i = 0; i < d->warnings; i++)
        if (d->warning[i].kind == kind)
            return true;
    return false;
}

static void describes(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = three_leaves(0.5);
    struct arena *a = arena_new(1 << 20);
    struct model_description d;
    check_ok(model_describe(m, a, &d, &e), &e);
    assert_int_equal(d.nodes, 11);
    assert_int_equal(d.splits, 4);
    assert_int_equal(d.unused, 1);
    check_close(d.low[0], -2.0 + 0.125, 0.0, 1e-15);
    check_close(d.high[0], 1.0 + 0.125, 0.0, 1e-15);
    assert_int_equal(d.use[0].trees, 2);
    assert_true(warned(&d, MODEL_UNUSED_INPUT));
    assert_true(warned(&d, MODEL_SINGLE_LEAF_TREES));
    assert_true(warned(&d, MODEL_BEST_ITERATION_NOT_USED));
    assert_true(warned(&d, MODEL_NOT_MONOTONE)); /* x2 rises, -1 declared */
    assert_false(warned(&d, MODEL_EXTREME_LEAF));
    assert_false(warned(&d, MODEL_NAMELESS_INPUTS));
    assert_false(warned(&d, MODEL_ZERO_IS_MISSING));
    size_t turns = 0;
    for (size_t i = 0; i < d.warnings; i++)
        if (d.warning[i].kind == MODEL_NOT_MONOTONE) {
            assert_int_equal(d.warning[i].feature, 2);
            check_close(d.warning[i].value, 0.25, 0.0, 0.0);
            turns++;
        }
    assert_int_equal(turns, 1);
    struct buf text = BUF_INIT(1 << 16);
    model_describe_text(m, &d, &text);
    assert_non_null(strstr(buf_text(&text), "no tree reads \"x1\""));
    buf_free(&text);
    arena_free(a);
    model_free(m);
}

static void dumps(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = three_leaves(0.5);
    struct buf text = BUF_INIT(1 << 16), cut = BUF_INIT(1 << 16);
    check_ok(model_dump(m, &text, 0, &e), &e);
    assert_non_null(strstr(buf_text(&text),
                           "tree 0: output 0, weight 1\n"
                           "  0: x0 < 0.5 yes=1 no=2 missing=1 cover=4\n"
                           "    1: leaf=-1 cover=2\n"));
    check_ok(model_dump(m, &cut, 100, &e), &e);
    assert_true(cut.length < 120);
    assert_non_null(strstr(buf_text(&cut), "cut here\n"));
    buf_free(&text);
    buf_free(&cut);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_parents_first), cmocka_unit_test(refuses_shapes),
        cmocka_unit_test(refuses_depth),      cmocka_unit_test(refuses_values),
        cmocka_unit_test(refuses_order),      cmocka_unit_test(refuses_facts),
        cmocka_unit_test(keeps_to_its_cap),   cmocka_unit_test(describes),
        cmocka_unit_test(dumps)};
    return cmocka_run_group_tests_name("model builder", tests, NULL, NULL);
}
