/* The limit by plausibility: an isolation forest (Liu, Ting and Zhou 2008)
 * grown anew from the project's table and seed, as docs/PROOF-LOG.md says it
 * is. */
#include "read_project.h"

enum { SAMPLE = 256, POINTS = 4096, RANKED = 262144, NODES = 2 * SAMPLE };

/* --- random numbers: mt19937 (Matsumoto and Nishimura 1998) ------------- */

struct random {
    uint32_t state[624];
    int at;
};

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

static void seed_stream(struct random *g, uint64_t seed, uint64_t a, uint64_t b)
{
    uint32_t s = (uint32_t)(mix(mix(mix(seed) ^ a) ^ b) >> 32);
    g->state[0] = s == 0 ? 4357 : s;
    for (uint32_t i = 1; i < 624; i++)
        g->state[i] =
            1812433253U * (g->state[i - 1] ^ (g->state[i - 1] >> 30)) + i;
    g->at = 624;
}

static uint32_t draw(struct random *g)
{
    uint32_t *s = g->state;
    for (int i = 0; g->at == 624 && i < 624; i++) {
        uint32_t y = (s[i] & 0x80000000U) | (s[(i + 1) % 624] & 0x7fffffffU);
        s[i] = s[(i + 397) % 624] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0dfU : 0);
    }
    g->at = g->at == 624 ? 0 : g->at;
    uint32_t y = s[g->at++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
}

static uint32_t draw_index(struct random *g, uint32_t n)
{
    uint32_t scale = 0xffffffffU / n, k = n;
    while (k >= n)
        k = draw(g) / scale;
    return k;
}

/* --- the table ------------------------------------------------------------ */

struct forest {
    struct project *x;
    struct run *r;
    int columns, *feature; /* number inputs that some tree reads */
    double *data;          /* [rows][columns] */
    long rows;
    int sample;
    long *row; /* of one tree's sample, parted in place */
    struct random random;
    struct node *node;
    int nodes, deepest;
};

/* One record's inputs; false: a row that candor would not read either. */
static bool read_row(struct forest *f, const struct table *t, const int *column,
                     double *out)
{
    const struct model *m = f->x->model;
    int n = 0;
    for (int q = 0; q < m->features; q++) {
        const cJSON *j = f->x->feature[q];
        double v = (double)NAN;
        if (column[q] >= 0 && !m->category[q]) {
            char **w = json_texts(f->r, json_get(j, "missing"));
            const char *text = table_cell(t, column[q]);
            bool missing = text == NULL;
            for (; !missing && w != NULL && *w != NULL; w++)
                missing = strcmp(*w, text) == 0;
            if (!missing && !table_number(t, column[q], &v))
                return false;
            if (v < json_real(j, "low", -INFINITY) ||
                v > json_real(j, "high", INFINITY))
                return false;
        }
        if (n < f->columns && f->feature[n] == q)
            out[n++] = v;
    }
    return true;
}

static void read_people(struct forest *f, const cJSON *j)
{
    struct run *r = f->r;
    const struct model *m = f->x->model;
    struct table *t =
        table_open(r, beside(r, f->x->folder, json_text(j, "file", "")),
                   json_text(j, "delimiter", NULL), !json_flag(j, "no_header"),
                   json_texts(r, json_get(j, "missing")));
    int *column = NEW(r, r->files, m->features + 1, int);
    double *row = NEW(r, r->files, f->columns + 1, double);
    long room = 0;
    for (int q = 0; q < m->features; q++)
        column[q] = f->x->feature[q] == NULL
                        ? -1
                        : table_column(t, json_text(f->x->feature[q], "column",
                                                    m->name[q]));
    while (table_next(r, t)) {
        if (!read_row(f, t, column, row))
            continue;
        if (f->rows == room) {
            room = 2 * room + 1024;
            double *more = NEW(r, r->files, room * f->columns + 1, double);
            if (f->rows > 0)
                memcpy(more, f->data,
                       (size_t)(f->rows * f->columns) * sizeof *more);
            f->data = more;
        }
        memcpy(f->data + f->rows++ * f->columns, row,
               (size_t)f->columns * sizeof *row);
    }
    table_close(t);
    if (f->rows == 0 || f->columns == 0)
        refuse(r, "recourse.plausibility has no people to compare with");
}

/* --- growing ----------------------------------------------------------------
 */

static double cell(const struct forest *f, long row, int column)
{
    double v = f->data[row * f->columns + column];
    return isfinite(v) ? v : (double)NAN;
}

/* sample of the rows, each set as likely (Floyd), ascending. */
static void choose(struct forest *f, uint64_t seed, uint64_t tree)
{
    int got = 0;
    seed_stream(&f->random, seed, 1, tree);
    for (long j = f->rows - f->sample; j < f->rows; j++) {
        long v = draw_index(&f->random, (uint32_t)j + 1);
        int at = 0;
        while (at < got && f->row[at] < v)
            at++;
        if (at < got && f->row[at] == v) {
            v = j;
            at = got;
        }
        memmove(f->row + at + 1, f->row + at,
                (size_t)(got - at) * sizeof *f->row);
        f->row[at] = v;
        got++;
    }
}

static double mean_path(int n)
{
    double sum = 0;
    for (int k = n - 1; k > 0; k--)
        sum += 1.0 / (double)k;
    return n < 2 ? 0 : 2 * sum - 2 * (double)(n - 1) / (double)n;
}

/* A column drawn among those that can be cut, and where. */
static bool draw_cut(struct forest *f, int *order, int first, int n,
                     struct node *o)
{
    for (int left = f->columns; left > 0; left--) {
        uint32_t k = draw_index(&f->random, (uint32_t)left);
        int column = order[k];
        double low = INFINITY, high = -INFINITY;
        order[k] = order[left - 1];
        order[left - 1] = column;
        for (int i = first; i < first + n; i++) {
            double v = cell(f, f->row[i], column);
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
        if (!(low < high))
            continue;
        double u = draw(&f->random) / 4294967296.0;
        o->feature = column;
        o->threshold = low * (1 - u) + high * u;
        if (!(o->threshold >= low))
            o->threshold = low;
        if (!(o->threshold < high))
            o->threshold = nextafter(high, low);
        return true;
    }
    return false;
}

static int grow_node(struct forest *f, int *order, int first, int n, int depth)
{
    int me = f->nodes++, below_it = 0, known = 0, left = 0, right = 0;
    struct node *o = &f->node[me];
    long spare[SAMPLE];
    double path = (depth + mean_path(n)) / 0x1p-32;
    *o = (struct node){.feature = -1, .value = nearbyint(path) * 0x1p-32};
    if (n < 2 || depth >= f->deepest || !draw_cut(f, order, first, n, o))
        return me;
    for (int i = first; i < first + n; i++) {
        double v = cell(f, f->row[i], o->feature);
        known += !isnan(v);
        below_it += v <= o->threshold;
    }
    o->missing_left = 2 * below_it >= known;
    for (int i = first; i < first + n; i++) {
        double v = cell(f, f->row[i], o->feature);
        if (isnan(v) ? o->missing_left : v <= o->threshold)
            f->row[first + left++] = f->row[i];
        else
            spare[right++] = f->row[i];
    }
    memcpy(f->row + first + left, spare, (size_t)right * sizeof *spare);
    o->left = grow_node(f, order, first, left, depth + 1);
    o->right = grow_node(f, order, first + left, n - left, depth + 1);
    return me;
}

static void grow_tree(struct forest *f, uint64_t seed, int i, struct tree *t)
{
    int *order = NEW(f->r, f->r->files, f->columns, int);
    for (int c = 0; c < f->columns; c++)
        order[c] = c;
    choose(f, seed, (uint64_t)i);
    seed_stream(&f->random, seed, 2, (uint64_t)i);
    f->node = NEW(f->r, f->r->files, NODES, struct node);
    f->nodes = 0;
    grow_node(f, order, 0, f->sample, 0);
    *t = (struct tree){f->node, f->nodes, 0, 1};
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The sum that the share of people reach at most. */
static double cutoff_of(struct forest *f, const struct model *m, double share)
{
    long ranked = f->rows < RANKED ? f->rows : RANKED;
    long points = ranked < POINTS ? ranked : POINTS, k = 1;
    double *path = NEW(f->r, f->r->files, ranked, double), own;
    int *map = NEW(f->r, f->r->files, f->columns, int);
    for (int c = 0; c < f->columns; c++)
        map[c] = c;
    for (long i = 0; i < ranked; i++)
        model_sums(m, 0, map, f->data + i * f->rows / ranked * f->columns,
                   &path[i], &own);
    qsort(path, (size_t)ranked, sizeof *path, ascending);
    while (k < points && (double)k / (double)points < share)
        k++;
    return share > 0 ? path[(k * ranked + points - 1) / points - 1] : 0;
}

struct model *read_isolation(struct project *x, int **quantity, double *cutoff)
{
    struct run *r = x->r;
    const cJSON *j = json_get(x->recourse, "plausibility"), *table = NULL;
    const char *key = json_text(j, "reference", "");
    struct forest *f = NEW(r, r->files, 1, struct forest);
    struct model *m = NEW(r, r->files, 1, struct model);
    char *used = NEW(r, r->files, x->model->features + 1, char);
    if (strcmp(key, "B") == 0)
        table = json_get(x->json, "data.reference.B");
    const cJSON *list = json_get(x->json, "data.evaluation");
    for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
         e = e->next)
        table = json_is(e, "key", key) ? e : table;
    if (table == NULL)
        refuse(r,
               "recourse.plausibility: proofs are checked with reference B and "
               "evaluation tables only");
    for (int i = 0; i < x->model->trees; i++)
        for (int n = 0; n < x->model->tree[i].nodes; n++)
            if (x->model->tree[i].node[n].feature >= 0)
                used[x->model->tree[i].node[n].feature] = 1;
    f->x = x;
    f->r = r;
    f->feature = NEW(r, r->files, x->model->features + 1, int);
    for (int q = 0; q < x->model->features; q++)
        if (used[q] && !x->model->category[q])
            f->feature[f->columns++] = q;
    read_people(f, table);
    f->sample = f->rows < SAMPLE ? (int)f->rows : SAMPLE;
    f->row = NEW(r, r->files, SAMPLE + 1, long);
    while ((1 << f->deepest) < f->sample)
        f->deepest++;
    m->trees = (int)json_real(j, "trees", 100);
    m->features = f->columns;
    m->outputs = 1;
    m->rounds = m->link_scale = 1;
    m->base = NEW(r, r->files, 1, double);
    m->tree = NEW(r, r->files, m->trees, struct tree);
    for (int i = 0; i < m->trees; i++)
        grow_tree(f, (uint64_t)json_real(j, "seed", 1), i, &m->tree[i]);
    *quantity = f->feature;
    *cutoff = cutoff_of(f, m, json_real(j, "share", 0.05));
    return m;
}
