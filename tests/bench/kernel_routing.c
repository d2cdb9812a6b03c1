/* Times the routing kernel on a model file: `kernel_routing MODEL [rows]`. One
 * line a variant: ns per row and tree, ns per row and split, and the largest
 * difference to the strict path as a share of the row's largest value. Rows are
 * made from the model's own thresholds, one in twelve missing. */
#include "base/arena.h"
#include "formats/formats.h"
#include "io/source.h"
#include "kernel/random.h"
#include "kernel/routing.h"
#include "kernel/simd.h"
#include "shapley/estimators.h"
#include "shapley/routing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        if ((call) != ST_OK) {                                                 \
            fprintf(stderr, "%s\n", e.text);                                   \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

enum { CHECKED = 32, ROUNDS = 5 };

static struct error e;

/* Two columns a feature: missing left, missing right. */
struct cuts {
    double *cut;
    size_t count;
};

struct scene {
    struct model *model;
    struct cuts *cuts; /* [features] */
    uint32_t *column;
    uint8_t *limit;
    double *rows;
    uint8_t *tile;
    size_t n, stride;
};

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void collect_cuts(struct scene *s)
{
    const struct model *m = s->model;

    s->cuts = mem_array(m->features, sizeof *s->cuts);
    for (size_t f = 0; f < m->features; f++) {
        struct cuts *c = &s->cuts[f];
        size_t all = 0, kept = 0;

        for (size_t i = 0; i < m->trees; i++)
            all += m->tree[i].node_count;
        c->cut = mem_array(all + 1, sizeof *c->cut);
        for (size_t i = 0; i < m->trees; i++) {
            const struct tree *t = &m->tree[i];
            for (size_t k = 0; k < t->node_count; k++)
                if (t->node[k].feature == (int32_t)f)
                    c->cut[c->count++] = t->node[k].threshold;
        }
        qsort(c->cut, c->count, sizeof *c->cut, ascending);
        for (size_t k = 0; k < c->count; k++)
            if (k == 0 || c->cut[k] > c->cut[kept - 1])
                c->cut[kept++] = c->cut[k];
        c->count = kept;
        if (kept > 254) {
            fprintf(stderr, "feature %zu has %zu thresholds\n", f, kept);
            exit(1);
        }
    }
}

static void assign_columns(struct scene *s)
{
    const struct model *m = s->model;
    size_t at = 0;

    for (size_t i = 0; i < m->trees; i++)
        at += m->tree[i].node_count;
    s->column = mem_array(at, sizeof *s->column);
    s->limit = mem_array(at, 1);
    at = 0;
    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        for (size_t k = 0; k < t->node_count; k++, at++) {
            const struct node *n = &t->node[k];
            if (n->feature < 0)
                continue;
            const struct cuts *c = &s->cuts[n->feature];
            const double *found = bsearch(&n->threshold, c->cut, c->count,
                                          sizeof *c->cut, ascending);
            s->column[at] = 2 * (uint32_t)n->feature + !n->default_left;
            s->limit[at] = (uint8_t)(found - c->cut + 1);
        }
    }
}

/* Values halfway between thresholds, so that both libraries agree. */
static void make_rows(struct scene *s)
{
    const struct model *m = s->model;
    uint64_t seed = 7;

    s->rows = mem_array(s->n * m->features, sizeof *s->rows);
    s->tile = mem_array(s->stride * 2 * m->features, 1);
    for (size_t f = 0; f < m->features; f++) {
        const struct cuts *c = &s->cuts[f];
        for (size_t i = 0; i < s->n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t bins = c->count + 1; /* nothing lies above infinity */
            if (c->count > 0 && c->cut[c->count - 1] > 1e300)
                bins--;
            size_t bin = (size_t)(seed >> 33) % bins;
            bool missing = (seed >> 20) % 12 == 0;
            double low = bin > 0 ? c->cut[bin - 1] : -1e30;
            double high = bin < c->count ? c->cut[bin] : 1e30;
            double x = bin == 0 ? high - 1 - fabs(high)
                       : bin == c->count ? low + 1 + fabs(low)
                                         : low + (fmin(high, 1e300) - low) / 2;
            if (c->count == 0)
                x = 0;
            s->rows[i * m->features + f] = missing ? (double)NAN : x;
            s->tile[2 * f * s->stride + i] = missing ? 0 : (uint8_t)bin;
            s->tile[(2 * f + 1) * s->stride + i] = missing ? 255 : (uint8_t)bin;
        }
    }
}

/* The largest difference in all; returns it as a share of its row's largest. */
static double worst_error(const struct scene *s, const double *sum,
                          double *absolute)
{
    const struct model *m = s->model;
    struct explainer *x;
    struct explain_scratch *t;
    size_t width = m->features + 1;
    double *phi = mem_array(CHECKED * width * m->outputs, sizeof *phi);
    double worst = 0;
    struct explain_request r = {
        .model = m, .estimator = estimator_find("path-dependent")};

    CHECK(shapley_prepare(&r, &x, &e));
    CHECK(shapley_scratch_new(x, &t, &e));
    CHECK(shapley_explain(x, t, s->rows, CHECKED, phi, NULL, &e));
    for (size_t i = 0; i < CHECKED; i++) {
        double largest = 0, error = 0;
        for (size_t o = 0; o < m->outputs; o++) {
            for (size_t f = 0; f < m->features; f++) {
                double p = phi[(i * m->outputs + o) * width + f];
                double a = sum[(o * m->features + f) * s->stride + i];
                largest = fmax(largest, fabs(p));
                error = fmax(error, fabs(p - a));
            }
        }
        worst = fmax(worst, error / largest);
        *absolute = fmax(*absolute, error);
    }
    shapley_scratch_free(t);
    shapley_free(x);
    mem_free(phi);
    return worst;
}

static void time_level(const struct scene *s, const struct routing *p,
                       enum simd_level level)
{
    size_t n = level == SIMD_SCALAR ? s->n / 16 : s->n;
    size_t targets = routing_targets(p);
    struct routing_scratch *t = routing_scratch_new(p);
    double *sum = mem_array(targets * s->stride, sizeof *sum), best = 1e30;

    if (!simd_force(level)) {
        printf("%-7s not on this machine\n", simd_word(level));
        return;
    }
    n = n < ROUTING_LANES ? ROUTING_LANES : n;
    for (int k = 0; k < ROUNDS; k++) {
        memset(sum, 0, targets * s->stride * sizeof *sum);
        double since = now();
        routing_run(p, t, s->tile, s->stride, n, sum, s->stride);
        best = fmin(best, now() - since);
    }
    double per = best / (double)n, absolute = 0;
    double error = worst_error(s, sum, &absolute);

    printf("%-7s %8.2f ns/row-tree %7.4f ns/row-split %10.0f rows/s"
           "  error %.2e, absolute %.2e\n",
           simd_word(level), per / (double)s->model->trees,
           per / (double)routing_splits(p), 1e9 / per, error, absolute);
    mem_free(sum);
    routing_scratch_free(t);
}

int main(int argc, char **argv)
{
    struct scene s = {.n = argc > 2 ? strtoul(argv[2], NULL, 10) : 2048};
    struct source *in;
    struct routing *p;
    struct format_options o = {.trees = TREES_ALL};

    if (argc < 2)
        return 2;
    s.stride = (s.n + 63) / 64 * 64;
    CHECK(source_open(argv[1], 0, false, &in, &e));
    CHECK(model_load(source_stream(in), &o, &s.model, &e));
    source_free(in);
    collect_cuts(&s);
    assign_columns(&s);
    make_rows(&s);
    for (size_t nodes = 0; nodes <= 5; nodes += 5) {
        struct routing_request r = {.model = s.model,
                                    .column = s.column,
                                    .limit = s.limit,
                                    .columns = 2 * s.model->features,
                                    .most_nodes = nodes};
        double since = now();
        CHECK(routing_build(&r, &p, &e));
        printf("%zu trees, %zu splits a tree, nodes %zu, %.1f MB, built in "
               "%.0f ms, truncation %.1e, bound %.1e\n",
               routing_trees(p), routing_splits(p) / routing_trees(p),
               routing_most_nodes(p), (double)routing_bytes(p) / 1e6,
               (now() - since) / 1e6, routing_truncation(p), routing_bound(p));
        for (int l = SIMD_AVX512; l >= SIMD_SCALAR; l--)
            time_level(&s, p, (enum simd_level)l);
        routing_free(p);
    }
    model_free(s.model);
    return 0;
}
