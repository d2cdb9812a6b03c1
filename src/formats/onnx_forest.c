/* Nodes of an ensemble into the builder's trees. Every comparison becomes one
 * of three of a model's own input: at most a threshold, inside an interval, or
 * among category words. Where the ensemble reads a scaled, filled or encoded
 * input, the question is moved to the input itself: thresholds by bisection
 * over all floats, so that not one value goes another way. */
#include "formats/onnx_forest.h"

#include <math.h>

/* --- floats in order ------------------------------------------------------- */

/* Place of a number among all of its kind, from -infinity on. */
static int64_t place_of(double v, bool single)
{
    if (single) {
        float f = (float)v;
        int32_t i;
        memcpy(&i, &f, sizeof i);
        return i < 0 ? (int64_t)INT32_MIN - i : i;
    }
    int64_t i;
    memcpy(&i, &v, sizeof i);
    return i < 0 ? INT64_MIN - i : i;
}

static double number_at(int64_t place, bool single)
{
    if (single) {
        int32_t i = (int32_t)(place < 0 ? (int64_t)INT32_MIN - place : place);
        float f;
        memcpy(&f, &i, sizeof f);
        return (double)f;
    }
    int64_t i = place < 0 ? INT64_MIN - place : place;
    double v;
    memcpy(&v, &i, sizeof v);
    return v;
}

static double before(double v, bool single)
{
    return single ? (double)nextafterf((float)v, -INFINITY)
                  : nextafter(v, -(double)INFINITY);
}

/* The largest float not above v. */
static double floored(double v, bool single)
{
    double f = single ? (double)(float)v : v;
    return f > v ? before(f, single) : f;
}

/* The last input whose register is at most t (with `above`: is above t, in a
 * chain that falls); false: there is none. */
static bool last_that(const struct grove *g, reg r, double t, bool falls,
                      double *out)
{
    bool single = g->t->single;
    int64_t low = place_of(-(double)INFINITY, single);
    int64_t high = place_of((double)INFINITY, single);
    double v = onnx_chain_value(g->x, r, number_at(low, single));
    if (falls ? !(v > t) : !(v <= t))
        return false;
    while (low < high) {
        int64_t middle = low + (int64_t)(((uint64_t)high - (uint64_t)low + 1)
                                         / 2);
        v = onnx_chain_value(g->x, r, number_at(middle, single));
        if (falls ? v > t : v <= t)
            low = middle;
        else
            high = middle - 1;
    }
    *out = number_at(low, single);
    return true;
}

/* --- tests ------------------------------------------------------------------ */

static bool decides(const struct onnx_tree_node *n, double v)
{
    if (isnan(v))
        return n->missing_true || n->mode == MODE_NEQ;
    switch (n->mode) {
    case MODE_LEQ:
        return v <= n->value;
    case MODE_LT:
        return v < n->value;
    case MODE_GTE:
        return v >= n->value;
    case MODE_GT:
        return v > n->value;
    case MODE_EQ:
        return v == n->value;
    case MODE_NEQ:
        return v != n->value;
    default:
        for (size_t i = 0; i < n->members; i++)
            if (n->member[i] == v)
                return true;
        return false;
    }
}

/* x <= limit of the register, moved to the input. */
static void at_most(const struct grove *g, reg r, enum onnx_shape shape,
                    double limit, struct grove_test *out)
{
    bool plain = !g->direct || onnx_chain_plain(g->x, r);
    out->kind = TEST_AT_MOST;
    out->no = shape == SHAPE_FALLING && !plain;
    if (plain)
        out->high = floored(limit, g->t->single);
    else if (!last_that(g, r, limit, shape == SHAPE_FALLING, &out->high))
        out->kind = TEST_NEVER;
    /* Beyond the last finite number nothing is left to compare with. */
    if (out->kind == TEST_AT_MOST && out->high == (double)INFINITY)
        out->kind = TEST_ALWAYS;
}

/* The register equals v: low < x <= high of the input. */
static void equal(const struct grove *g, reg r, enum onnx_shape shape,
                  double v, struct grove_test *out)
{
    struct grove_test up, down;
    bool single = g->t->single, known = floored(v, single) == v;
    at_most(g, r, shape, v, &up);
    at_most(g, r, shape, before(v, single), &down);
    out->no = false;
    out->kind = TEST_NEVER;
    if ((single && !known) || isnan(v))
        return;
    /* {up} without {down}, each a half line that begins at either end. */
    const struct grove_test *l = up.no ? &up : &down, *h = up.no ? &down : &up;
    double low = l->kind == TEST_AT_MOST ? l->high : -(double)INFINITY;
    double high = h->kind == TEST_AT_MOST ? h->high : (double)INFINITY;
    bool none = up.kind == (up.no ? TEST_ALWAYS : TEST_NEVER);
    bool all = down.kind == (down.no ? TEST_NEVER : TEST_ALWAYS);
    if (none || all || !(low < high))
        return;
    out->kind = TEST_INSIDE;
    out->low = low;
    out->high = high;
}

static void of_words(const struct grove *g, const struct onnx_tree_node *n,
                     reg r, struct grove_test *out)
{
    out->kind = TEST_WORDS;
    out->no = decides(n, onnx_chain_word(g->x, r, ONNX_UNSEEN));
    out->missing = out->no;
}

/* Members of a set one after another are other nodes: grove_open splits them. */
static void numeric(const struct grove *g, const struct onnx_tree_node *n,
                    reg r, enum onnx_shape shape, struct grove_test *out)
{
    double v = n->value;
    switch (n->mode) {
    case MODE_LT: case MODE_GTE: {
        double f = floored(v, g->t->single);
        at_most(g, r, shape, f == v ? before(v, g->t->single) : f, out);
        out->no ^= n->mode == MODE_GTE;
        break;
    }
    case MODE_LEQ: case MODE_GT:
        at_most(g, r, shape, v, out);
        out->no ^= n->mode == MODE_GT;
        break;
    default:
        equal(g, r, shape, v, out);
        out->no ^= n->mode == MODE_NEQ;
        break;
    }
}

void grove_test(const struct grove *g, const struct onnx_tree_node *n,
                struct grove_test *out)
{
    reg r = g->direct ? g->t->in[n->feature] : 0, base = r;
    double point = 0.0;
    enum onnx_shape shape = SHAPE_RISING;
    *out = (struct grove_test){.feature = n->feature};
    if (!g->direct) {
        out->missing = decides(n, (double)NAN);
        numeric(g, n, r, shape, out);
        return;
    }
    out->feature = g->x->note[r].feature;
    shape = onnx_chain_shape(g->x, r, &base, &point);
    if (shape == SHAPE_WORDS) {
        of_words(g, n, r, out);
        return;
    }
    out->missing = decides(n, onnx_chain_value(g->x, r, (double)NAN));
    if (shape != SHAPE_EQUAL) {
        numeric(g, n, r, shape, out);
        return;
    }
    reg indicator = base; /* the step behind base: 1 where it is the point */
    for (reg at = r; at != base; at = g->x->note[at].from)
        indicator = at;
    bool yes = decides(n, onnx_chain_from(g->x, r, indicator, 1.0));
    bool no = decides(n, onnx_chain_from(g->x, r, indicator, 0.0));
    reg root;
    double unused;
    shape = onnx_chain_shape(g->x, base, &root, &unused);
    equal(g, base, shape, point, out);
    out->no = no;
    if (yes == no)
        out->kind = TEST_NEVER;
}

bool grove_word(const struct grove *g, const struct onnx_tree_node *n,
                double number)
{
    return decides(n, onnx_chain_word(g->x, g->t->in[n->feature], number));
}

bool onnx_forest_direct(const struct onnx *x, const struct onnx_trees *t)
{
    reg base;
    double point;
    for (size_t i = 0; i < t->nodes; i++) {
        const struct onnx_tree_node *n = &t->of[i];
        if (n->mode == MODE_LEAF)
            continue;
        enum onnx_shape s = onnx_chain_shape(x, t->in[n->feature], &base,
                                             &point);
        if (s == SHAPE_OTHER || (n->mode == MODE_MEMBER && s != SHAPE_WORDS &&
                                 !onnx_chain_plain(x, t->in[n->feature])))
            return false;
    }
    return true;
}
