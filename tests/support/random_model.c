#include "support/random_model.h"

#include "check.h"

enum { FEATURES_MAX = 128 };

uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

double random_unit(struct random *r)
{
    return (double)(random_next(r) >> 11) * 0x1p-53;
}

size_t random_below(struct random *r, size_t n)
{
    return (size_t)(random_next(r) % n);
}

bool random_chance(struct random *r, double p)
{
    return random_unit(r) < p;
}

enum model_library random_library(struct random *r)
{
    static const enum model_library all[] = {LIBRARY_XGBOOST, LIBRARY_LIGHTGBM,
                                             LIBRARY_ONNX};
    return all[random_below(r, sizeof all / sizeof all[0])];
}

static const double grid[] = {-1.0, -0.5, -0.25, 0.0, 0.25, 0.4, 0.5, 1.0};

double random_edge(struct random *r)
{
    static const double edge[] = {
        (double)INFINITY, -(double)INFINITY, 0.0, -0.0, 0x1p-1074, -0x1p-1074,
        0x1p-149, -0x1p-149, 0x1p-1022, 0x1p-126, (double)1e-35F,
        -(double)1e-35F, 0x1.fffffep127, -0x1.fffffep127, 0x1.fffffffffffffp1023,
        -0x1.fffffffffffffp1023, 0x1.000002p0, 1.0, 0x1.0000000000001p0};

    return edge[random_below(r, sizeof edge / sizeof edge[0])];
}

static double random_threshold(struct random *r, const struct random_model *c)
{
    double t = grid[random_below(r, sizeof grid / sizeof grid[0])];

    if (c->edges)
        return random_edge(r);
    if (!c->fine)
        return t;
    if (random_chance(r, 0.3))
        return random_unit(r) * 4 - 2;
    if (c->library == LIBRARY_XGBOOST || c->library == LIBRARY_ONNX)
        return random_chance(r, 0.5) ? (double)nextafterf((float)t, 9.0F) : t;
    return random_chance(r, 0.5) ? nextafter(t, 9.0) : t;
}

/* The tree's nodes are emitted in preorder, so sizes are drawn first. */
struct plan {
    int feature[1024], left[1024], right[1024];
    double cover[1024];
    int count;
};

static int plan_node(struct random *r, const struct random_model *c,
                     struct plan *p, size_t depth, double cover)
{
    int me = p->count++;

    p->cover[me] = cover;
    p->feature[me] = -1;
    if (depth == 0 || p->count > 900 || random_chance(r, c->leaf_chance))
        return me;
    double share = random_unit(r);
    if (random_chance(r, c->zero_cover))
        share = random_chance(r, 0.5) ? 0.0 : 1.0;
    p->feature[me] = (int)random_below(r, c->features);
    p->left[me] = plan_node(r, c, p, depth - 1, cover * share);
    p->right[me] = plan_node(r, c, p, depth - 1, cover * (1 - share));
    return me;
}

static enum node_missing random_missing(struct random *r,
                                        const struct random_model *c)
{
    if (c->library == LIBRARY_XGBOOST || !random_chance(r, c->missing_other))
        return MISSING_NAN;
    if (c->library == LIBRARY_ONNX)
        return MISSING_NONE;
    return random_chance(r, 0.5) ? MISSING_ZERO : MISSING_NONE;
}

static void random_terms(struct random *r, const struct random_model *c,
                         struct builder *b)
{
    struct error e = {0};

    if (!(c->linear_chance > 0) || !random_chance(r, c->linear_chance))
        return;
    builder_linear_constant(b, random_unit(r) - 0.5);
    for (size_t k = 1 + random_below(r, 3); k > 0; k--)
        check_ok(builder_linear_term(b, (long)random_below(r, c->features),
                                     random_unit(r) - 0.5, &e),
                 &e);
}

static void emit_tree(struct random *r, const struct random_model *c,
                      struct builder *b, const bool *category)
{
    struct error e = {0};
    struct plan *p = calloc(1, sizeof *p);

    plan_node(r, c, p, c->depth, 1000.0);
    for (int i = 0; i < p->count; i++) {
        if (p->feature[i] < 0) {
            check_ok(builder_leaf(b, random_unit(r) * 2 - 1, p->cover[i], &e),
                     &e);
            random_terms(r, c, b);
        } else if (category[p->feature[i]]) {
            uint32_t bits = (uint32_t)random_below(r, 64);
            check_ok(builder_category_split(
                         b, p->feature[i], &bits, 1,
                         c->library == LIBRARY_XGBOOST
                             ? false
                             : c->library == LIBRARY_LIGHTGBM ||
                                   random_chance(r, 0.5),
                         p->left[i], p->right[i],
                         c->library != LIBRARY_LIGHTGBM && random_chance(r, 0.5),
                         MISSING_NAN, p->cover[i], &e),
                     &e);
        } else {
            check_ok(builder_split(b, p->feature[i], random_threshold(r, c),
                                   p->left[i], p->right[i],
                                   random_chance(r, 0.5), random_missing(r, c),
                                   p->cover[i], &e),
                     &e);
        }
    }
    free(p);
}

struct model *random_model_new(struct random *r, const struct random_model *c)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 28);
    struct model *m = NULL;
    bool category[FEATURES_MAX] = {false};
    double base[FEATURES_MAX];

    assert_non_null(b);
    assert_true(c->features <= FEATURES_MAX && c->outputs <= FEATURES_MAX);
    builder_library(b, c->library, "test", "0");
    builder_link(b, c->link, 1.0);
    builder_combine(b, c->mean ? COMBINE_MEAN : COMBINE_SUM,
                    c->mean ? 1.0 / (double)c->trees : 1.0);
    builder_objective(b, "test");
    check_ok(builder_outputs(b, c->outputs, &e), &e);
    for (size_t f = 0; f < c->features; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%zu", f);
        category[f] = random_chance(r, c->category_chance);
        check_ok(builder_feature(
                     b, name, category[f] ? FEATURE_CATEGORY : FEATURE_NUMBER,
                     &e),
                 &e);
    }
    for (size_t t = 0; t < c->trees; t++) {
        check_ok(builder_tree(b, t % c->outputs,
                              c->weights ? random_unit(r) * 1.5 : 1.0, &e),
                 &e);
        emit_tree(r, c, b, category);
        check_ok(builder_tree_end(b, &e), &e);
    }
    for (size_t o = 0; o < c->outputs; o++) {
        base[o] = random_unit(r) - 0.5;
        if (c->mean && c->library == LIBRARY_LIGHTGBM)
            base[o] = 0; /* which it keeps in the leaves */
    }
    check_ok(builder_base(b, base, c->outputs, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

void random_row(struct random *r, const struct model *m, double missing,
                double *row)
{
    for (size_t f = 0; f < m->features; f++) {
        if (random_chance(r, missing))
            row[f] = (double)NAN;
        else if (m->feature[f].kind == FEATURE_CATEGORY)
            row[f] = (double)random_below(r, 7) - 1;
        else
            row[f] = random_chance(r, 0.8)
                         ? grid[random_below(r, sizeof grid / sizeof grid[0])]
                         : random_unit(r) * 4 - 2;
    }
}
