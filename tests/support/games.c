#include "support/games.h"

#include "kernel/random.h"

#include <math.h>

enum { HIDDEN1 = 16, HIDDEN2 = 8, TREES = 60, DEPTH = 4, ROWS = 400 };

/* values of all coalitions → Shapley values, each marginal by its weight. */
static void shapley(const double *v, size_t n, double *phi)
{
    double weight[16];

    for (size_t k = 0; k < n; k++) {
        weight[k] = 1.0 / (double)n;
        for (size_t i = 1; i <= k; i++)
            weight[k] *= (double)i / (double)(n - i);
    }
    for (size_t i = 0; i < n; i++) {
        phi[i] = 0;
        for (size_t s = 0; s < (size_t)1 << n; s++) {
            if ((s >> i & 1) == 0)
                phi[i] += weight[__builtin_popcountll(s)] *
                          (v[s | (size_t)1 << i] - v[s]);
        }
    }
}

struct network {
    double w1[HIDDEN1][16], b1[HIDDEN1], w2[HIDDEN2][HIDDEN1], b2[HIDDEN2];
    double w3[HIDDEN2];
};

static void network_new(struct network *w, size_t n, struct random_stream *r)
{
    double wide = 0.6 + 1.0 * random_uniform(r);

    for (size_t h = 0; h < HIDDEN1; h++) {
        for (size_t i = 0; i < n; i++)
            w->w1[h][i] = wide * random_normal(r) / sqrt((double)n);
        w->b1[h] = 0.5 * random_normal(r);
    }
    for (size_t h = 0; h < HIDDEN2; h++) {
        for (size_t i = 0; i < HIDDEN1; i++)
            w->w2[h][i] = 1.5 * random_normal(r) / sqrt((double)HIDDEN1);
        w->b2[h] = 0.3 * random_normal(r);
        w->w3[h] = random_normal(r);
    }
}

static double squash(double x, bool relu)
{
    return relu ? fmax(x, 0) : tanh(x);
}

static double network_of(const struct network *w, const double *x, size_t n,
                         bool relu)
{
    double one[HIDDEN1], out = 0;

    for (size_t h = 0; h < HIDDEN1; h++) {
        double sum = w->b1[h];

        for (size_t i = 0; i < n; i++)
            sum += w->w1[h][i] * x[i];
        one[h] = squash(sum, relu);
    }
    for (size_t h = 0; h < HIDDEN2; h++) {
        double sum = w->b2[h];

        for (size_t i = 0; i < HIDDEN1; i++)
            sum += w->w2[h][i] * one[i];
        out += w->w3[h] * squash(sum, relu);
    }
    return out;
}

struct grown {
    uint32_t feature[1 << DEPTH];
    double threshold[1 << DEPTH], leaf[1 << DEPTH];
};

static double grown_of(const struct grown *t, const double *x)
{
    size_t at = 1;

    for (size_t d = 0; d < DEPTH; d++)
        at = 2 * at + (x[t->feature[at]] > t->threshold[at]);
    return t->leaf[at - ((size_t)1 << DEPTH)];
}

/* One node's best split of the rows that reach it, among random candidates. */
static void split(struct grown *t, size_t node, size_t n, const double *x,
                  const double *y, const size_t *at, struct random_stream *r)
{
    double best = -1;

    for (size_t c = 0; c < 24; c++) {
        uint32_t f = random_index(r, (uint32_t)n);
        double cut = x[random_index(r, ROWS) * n + f];
        double sum[2] = {0, 0}, count[2] = {0, 0}, gain;

        for (size_t i = 0; i < ROWS; i++) {
            if (at[i] == node) {
                sum[x[i * n + f] > cut] += y[i];
                count[x[i * n + f] > cut] += 1;
            }
        }
        gain = sum[0] * sum[0] / (count[0] + 1) + sum[1] * sum[1] / (count[1] + 1);
        if (gain > best) {
            best = gain;
            t->feature[node] = f;
            t->threshold[node] = cut;
        }
    }
}

static void grow(struct grown *t, size_t n, const double *x, double *y,
                 struct random_stream *r)
{
    size_t at[ROWS];
    double sum[1 << DEPTH] = {0}, count[1 << DEPTH] = {0};

    for (size_t i = 0; i < ROWS; i++)
        at[i] = 1;
    for (size_t node = 1; node < (size_t)1 << DEPTH; node++) {
        split(t, node, n, x, y, at, r);
        for (size_t i = 0; i < ROWS; i++) {
            if (at[i] == node)
                at[i] = 2 * node +
                        (x[i * n + t->feature[node]] > t->threshold[node]);
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        at[i] -= (size_t)1 << DEPTH;
        sum[at[i]] += y[i];
        count[at[i]] += 1;
    }
    for (size_t l = 0; l < (size_t)1 << DEPTH; l++)
        t->leaf[l] = 0.2 * sum[l] / (count[l] + 1);
    for (size_t i = 0; i < ROWS; i++)
        y[i] -= t->leaf[at[i]];
}

static void trees_new(struct grown *t, size_t n, struct random_stream *r)
{
    static _Thread_local double x[ROWS * 16], y[ROWS];
    double a[16], cut[16];

    for (size_t i = 0; i < n; i++) {
        a[i] = random_normal(r);
        cut[i] = random_normal(r);
    }
    for (size_t i = 0; i < ROWS; i++) {
        double *row = x + i * n;

        y[i] = 0.5 * random_normal(r);
        for (size_t f = 0; f < n; f++) {
            row[f] = random_normal(r);
            y[i] += a[f] * (row[f] > cut[f]);
        }
        y[i] += 2 * (row[0] > 0 && row[1] > 0) - 1.5 * row[2] * (row[3] > 0) +
                sin(2 * row[4]);
    }
    for (size_t k = 0; k < TREES; k++)
        grow(&t[k], n, x, y, r);
}

struct known_model {
    enum known_kind kind;
    size_t n;
    struct network network;
    struct grown tree[TREES];
    double slope[16];
};

static double model_of(const struct known_model *m, const double *x)
{
    double sum = 0;

    switch (m->kind) {
    case KNOWN_TANH:
    case KNOWN_RELU:
        return network_of(&m->network, x, m->n, m->kind == KNOWN_RELU);
    case KNOWN_TREES:
        for (size_t k = 0; k < TREES; k++)
            sum += grown_of(&m->tree[k], x);
        return sum;
    case KNOWN_ADDITIVE:
        for (size_t i = 0; i < m->n; i++)
            sum += m->slope[i] * x[i];
        return sum;
    }
    return sum;
}

static struct known_game *game_room(size_t n, size_t references)
{
    struct known_game *g = calloc(1, sizeof *g);

    if (g == NULL)
        return NULL;
    g->players = n;
    g->references = references;
    g->value = calloc(((size_t)1 << n) * references, sizeof *g->value);
    g->phi = calloc(n, sizeof *g->phi);
    g->drawn = calloc(references, sizeof *g->drawn);
    if (g->value == NULL || g->phi == NULL || g->drawn == NULL) {
        known_game_free(g);
        return NULL;
    }
    known_game_draw(g, references, 0);
    return g;
}

static void find_phi(struct known_game *g)
{
    size_t all = (size_t)1 << g->players;
    double *mean = calloc(all, sizeof *mean);

    for (size_t s = 0; mean != NULL && s < all; s++) {
        for (size_t z = 0; z < g->references; z++)
            mean[s] += g->value[s * g->references + z];
        mean[s] /= (double)g->references;
    }
    if (mean != NULL)
        shapley(mean, g->players, g->phi);
    free(mean);
}

static void fill(struct known_game *g, const struct known_model *m,
                 struct random_stream *r)
{
    size_t n = g->players;
    double row[16], z[16], x[16];

    for (size_t i = 0; i < n; i++)
        row[i] = random_normal(r);
    for (size_t k = 0; k < g->references; k++) {
        for (size_t i = 0; i < n; i++)
            z[i] = random_normal(r);
        for (size_t s = 0; s < (size_t)1 << n; s++) {
            for (size_t i = 0; i < n; i++)
                x[i] = (s >> i & 1) != 0 ? row[i] : z[i];
            g->value[s * g->references + k] = model_of(m, x);
        }
    }
    find_phi(g);
}

struct known_game *known_game_new(enum known_kind kind, size_t players,
                                  size_t references, uint64_t seed)
{
    struct known_game *g = game_room(players, references);
    struct known_model *m = calloc(1, sizeof *m);
    struct random_stream *r = random_new(seed, (uint64_t)kind, players);

    if (g == NULL || m == NULL || r == NULL) {
        known_game_free(g);
        g = NULL;
    } else {
        m->kind = kind;
        m->n = players;
        network_new(&m->network, players, r);
        if (kind == KNOWN_TREES)
            trees_new(m->tree, players, r);
        for (size_t i = 0; i < players; i++)
            m->slope[i] = random_normal(r);
        fill(g, m, r);
    }
    random_free(r);
    free(m);
    return g;
}

struct known_game *known_game_of(const double *value, size_t players)
{
    struct known_game *g = game_room(players, 1);

    if (g == NULL)
        return NULL;
    memcpy(g->value, value, ((size_t)1 << players) * sizeof *value);
    find_phi(g);
    return g;
}

void known_game_free(struct known_game *g)
{
    if (g == NULL)
        return;
    free(g->value);
    free(g->phi);
    free(g->drawn);
    free(g);
}

void known_game_draw(struct known_game *g, size_t samples, uint64_t seed)
{
    g->samples = samples;
    for (size_t i = 0; i < g->references; i++)
        g->drawn[i] = (uint32_t)i;
    if (samples < g->references) {
        struct random_stream *r = random_new(seed, 77, 1);

        random_permutation(r, g->drawn, (uint32_t)g->references);
        random_free(r);
    }
}

static status ask(void *self, const uint64_t *set, size_t n, double *value,
                  struct error *e)
{
    struct known_game *g = self;

    (void)e;
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < g->samples; s++)
            value[i * g->samples + s] =
                g->value[set[i] * g->references + g->drawn[s]];
    }
    g->asked += n;
    return ST_OK;
}

struct asked_game known_game_asked(struct known_game *g)
{
    return (struct asked_game){.self = g, .players = g->players,
                               .samples = g->samples,
                               .population = g->references, .ask = ask};
}
