/* Growing the trees of an isolation forest. */
#include "recourse/isolation_in.h"

#include "kernel/random.h"
#include "model/builder.h"

#include <math.h>

#define PATH_GRAIN 0x1p-32

struct cut {
    long column; /* -1: a leaf */
    double at;
    bool missing_left;
    size_t left, right, rows, depth;
};

struct tree_growth {
    const struct fit *fit;
    struct random_stream *random;
    uint32_t *row;    /* [sample] places in data, parted in place */
    uint32_t *spare;  /* [sample] */
    uint32_t *column; /* [columns] drawn without repeat at each node */
    struct cut *cut;  /* [2 × sample] */
    size_t cuts, deepest;
};

static double cell(const struct tree_growth *g, uint32_t row, size_t column)
{
    return g->fit->data[(size_t)row * g->fit->table->columns + column];
}

static bool spread(const struct tree_growth *g, size_t first, size_t n,
                   size_t column, double *low, double *high)
{
    *low = (double)INFINITY;
    *high = -(double)INFINITY;
    for (size_t i = first; i < first + n; i++) {
        double x = cell(g, g->row[i], column);
        *low = x < *low ? x : *low;
        *high = x > *high ? x : *high;
    }
    return *low < *high;
}

/* Columns are drawn until one can be cut: uniform among those that can. */
static bool draw_cut(struct tree_growth *g, size_t first, size_t n,
                     struct cut *c)
{
    uint32_t left = (uint32_t)g->fit->table->columns;
    double low, high;

    for (; left > 0; left--) {
        uint32_t k = random_index(g->random, left), column = g->column[k];
        g->column[k] = g->column[left - 1];
        g->column[left - 1] = column;
        if (!spread(g, first, n, column, &low, &high))
            continue;
        double u = random_uniform(g->random);
        c->column = (long)column;
        c->at = low * (1 - u) + high * u;
        if (!(c->at >= low))
            c->at = low;
        if (!(c->at < high))
            c->at = nextafter(high, low);
        return true;
    }
    return false;
}

/* Rows that go left stand first afterwards; how many. */
static size_t part(struct tree_growth *g, size_t first, size_t n, struct cut *c)
{
    size_t below = 0, known = 0, left = 0, right = 0;

    for (size_t i = first; i < first + n; i++) {
        double x = cell(g, g->row[i], (size_t)c->column);
        known += isnan(x) ? 0 : 1;
        below += x <= c->at ? 1 : 0;
    }
    c->missing_left = 2 * below >= known;
    for (size_t i = first; i < first + n; i++) {
        double x = cell(g, g->row[i], (size_t)c->column);
        if (isnan(x) ? c->missing_left : x <= c->at)
            g->row[first + left++] = g->row[i];
        else
            g->spare[right++] = g->row[i];
    }
    for (size_t i = 0; i < right; i++)
        g->row[first + left + i] = g->spare[i];
    return left;
}

static size_t grow(struct tree_growth *g, size_t first, size_t n, size_t depth)
{
    size_t me = g->cuts++;
    struct cut *c = &g->cut[me];

    *c = (struct cut){.column = -1, .rows = n, .depth = depth};
    if (n < 2 || depth >= g->deepest || !draw_cut(g, first, n, c))
        return me;
    size_t left = part(g, first, n, c);
    c->left = grow(g, first, left, depth + 1);
    c->right = grow(g, first + left, n - left, depth + 1);
    return me;
}

static status emit(const struct tree_growth *g, struct builder *b,
                   struct sha256 *digest, struct error *e)
{
    TRY(builder_tree(b, 0, 1.0, e));
    for (size_t i = 0; i < g->cuts; i++) {
        const struct cut *c = &g->cut[i];
        double path = (double)c->depth + isolation_mean_path(c->rows);
        double rows = (double)c->rows;
        path = nearbyint(path / PATH_GRAIN) * PATH_GRAIN;
        double mark[3] = {(double)c->column, c->column < 0 ? path : c->at,
                          c->missing_left};
        sha256_put(digest, mark, sizeof mark);
        if (c->column < 0)
            TRY(builder_leaf(b, path, rows, e));
        else
            TRY(builder_split(b, c->column, c->at, (long)c->left,
                              (long)c->right, c->missing_left, MISSING_NAN,
                              rows, e));
    }
    return builder_tree_end(b, e);
}

static status grow_tree(struct tree_growth *g, size_t tree, struct builder *b,
                        struct sha256 *digest, struct error *e)
{
    const struct fit *f = g->fit;

    for (size_t i = 0; i < f->sample; i++)
        g->row[i] = f->chosen[tree * f->sample + i];
    for (size_t c = 0; c < f->table->columns; c++)
        g->column[c] = (uint32_t)c;
    g->cuts = 0;
    g->random = random_new(f->seed, STREAM_CUTS, tree);
    if (g->random == NULL)
        return error_memory(e);
    grow(g, 0, f->sample, 0);
    random_free(g->random);
    return emit(g, b, digest, e);
}

static status grow_all(struct fit *f, struct builder *b, struct sha256 *digest,
                       struct error *e)
{
    struct tree_growth g = {.fit = f};
    size_t cuts = 0;

    g.row = arena_new_array(f->arena, uint32_t, f->sample);
    g.spare = arena_new_array(f->arena, uint32_t, f->sample);
    g.column = arena_new_array(f->arena, uint32_t, f->table->columns);
    g.cut = arena_new_array(f->arena, struct cut, 2 * f->sample);
    if (g.row == NULL || g.spare == NULL || g.column == NULL || g.cut == NULL)
        return arena_error(f->arena, e);
    while (((size_t)1 << g.deepest) < f->sample)
        g.deepest++;
    for (size_t t = 0; t < f->trees; t++) {
        TRY(grow_tree(&g, t, b, digest, e));
        cuts += g.cuts > 1;
    }
    if (cuts == 0)
        return error_set(e, ST_ARGUMENT,
                         "no column of the table has two different values, so "
                         "nobody can be told apart");
    return ST_OK;
}

static status make(struct fit *f, struct builder *b, struct sha256 *digest,
                   struct model **out, struct error *e)
{
    char text[SHA256_HEX];
    double base = 0;

    /* LightGBM's comparison, x <= threshold in double: the forest's own. */
    builder_library(b, LIBRARY_LIGHTGBM, "isolation forest", "");
    builder_link(b, LINK_IDENTITY, 1.0);
    builder_objective(b, "path length");
    TRY(builder_outputs(b, 1, e));
    for (size_t c = 0; c < f->table->columns; c++)
        TRY(builder_feature(b, f->table->name[c], FEATURE_NUMBER, e));
    TRY(grow_all(f, b, digest, e));
    TRY(builder_base(b, &base, 1, e));
    sha256_hex(digest, text);
    return builder_finish(b, 0, text, 0, out, e);
}

status isolation_grow(struct fit *f, struct model **out, struct error *e)
{
    struct builder *b = builder_new(ISOLATION_MEMORY);
    struct sha256 *digest = sha256_new();
    status s = b == NULL || digest == NULL ? error_memory(e)
                                           : make(f, b, digest, out, e);

    sha256_free(digest);
    builder_free(b);
    return s;
}
