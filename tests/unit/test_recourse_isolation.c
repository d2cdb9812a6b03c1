/* The isolation forest against closed forms, its own definition, and
 * scikit-learn's on real people. */
#include "check.h"

#include "base/arena.h"
#include "kernel/sort.h"
#include "recourse/isolation.h"
#include "support/random_model.h"

static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                    "i", "j", "k", "l", "m", "n", "o", "p",
                                    "q", "r", "s", "t", "u", "v", "w", "x"};

struct cells {
    const double *x;
    size_t rows, columns, next;
    bool fails;
};

static status read_cells(void *context, size_t first, size_t count, double *out,
                         struct error *e)
{
    struct cells *c = context;

    if (c->fails)
        return error_set(e, ST_DATA, "row %zu cannot be read", first);
    assert_true(count > 0 && count <= ISOLATION_BLOCK);
    assert_true(first == 0 || first == c->next);
    assert_true(first + count <= c->rows);
    memcpy(out, c->x + first * c->columns, count * c->columns * sizeof *out);
    c->next = first + count;
    return ST_OK;
}

static status fit(const double *x, size_t rows, size_t columns, size_t trees,
                  size_t sample, uint64_t seed, struct isolation **out,
                  struct error *e)
{
    struct cells c = {x, rows, columns, 0, false};
    struct isolation_table t = {rows, columns, names, read_cells, &c};
    struct isolation_settings s = {trees, sample, seed};

    return isolation_fit(&t, &s, out, e);
}

static double path(const struct isolation *i, const double *row)
{
    double margin;

    model_margin(isolation_model(i), row, &margin);
    return margin;
}

static void mean_paths_are_the_closed_form(void **state)
{
    (void)state;
    check_close(isolation_mean_path(0), 0, 0, 0);
    check_close(isolation_mean_path(1), 0, 0, 0);
    check_close(isolation_mean_path(2), 1, 0, 1e-15);
    check_close(isolation_mean_path(3), 5.0 / 3, 1e-15, 0);
    check_close(isolation_mean_path(4), 11.0 / 3 - 1.5, 1e-15, 0);
    for (size_t n = 200; n <= 4000; n += 800) {
        double k = (double)n - 1; /* Euler and Maclaurin for the harmonic sum */
        double h =
            log(k) + 0.57721566490153286 + 1 / (2 * k) - 1 / (12 * k * k);
        check_close(isolation_mean_path(n), 2 * h - 2 * k / (k + 1), 1e-9, 0);
    }
}

static void hand_made_tables(void **state)
{
    static const double odd[] = {0, 0, 1, 0};
    static const double three[] = {0, 1, 10};
    struct isolation *i;
    struct error e = {0};
    double zero = 0, one = 1, far = 10, grain = 10 * 0x1p-32;

    (void)state;
    check_ok(fit(odd, 4, 1, 10, 0, 1, &i, &e), &e);
    check_close(path(i, &one), 10, 0, 0);
    check_close(path(i, &zero), 10 * (1 + 5.0 / 3), 0, grain);
    check_close(isolation_share(i, &one), 0.25, 0, 0);
    check_close(isolation_share(i, &zero), 1, 0, 0);
    check_close(isolation_cutoff(i, 0), 0, 0, 0);
    check_close(isolation_cutoff(i, 0.25), 10, 0, 0);
    check_close(isolation_cutoff(i, 0.26), path(i, &zero), 0, 0);
    check_close(isolation_cutoff(i, 1), path(i, &zero), 0, 0);
    isolation_free(i);
    /* the first cut falls below 1 one time in ten */
    check_ok(fit(three, 3, 1, 1000, 0, 2, &i, &e), &e);
    check_close(path(i, &one), 2000, 0, 0);
    check_close(path(i, &far) / 1000, 1.1, 0, 0.05);
    check_close(path(i, &zero) / 1000, 1.9, 0, 0.05);
    isolation_free(i);
}

/* What a tree is by definition, when its sample is the whole table. */
static void check_node(const struct model *m, const struct tree *t, uint32_t at,
                       const double *x, const size_t *row, size_t rows,
                       size_t depth, size_t deepest)
{
    const struct node *n = &t->node[at];
    size_t below = 0, known = 0, left = 0, right = 0;
    size_t *l = calloc(rows + 1, sizeof *l), *r = calloc(rows + 1, sizeof *r);
    double low = INFINITY, high = -INFINITY;

    check_close(n->cover, (double)rows, 0, 0);
    if (n->feature < 0) {
        check_close(n->value, (double)depth + isolation_mean_path(rows), 0,
                    0x1p-32);
        assert_true(rows == 1 || depth <= deepest);
    }
    for (size_t i = 0; i < rows && n->feature >= 0; i++) {
        double v = x[row[i] * m->features + (size_t)n->feature];
        known += isnan(v) ? 0 : 1;
        below += v <= n->threshold ? 1 : 0;
        low = fmin(low, v);
        high = fmax(high, v);
        if (node_goes_left(m, n, v))
            l[left++] = row[i];
        else
            r[right++] = row[i];
    }
    if (n->feature >= 0) {
        assert_true(low <= n->threshold && n->threshold < high);
        assert_true(n->default_left == (2 * below >= known));
        check_node(m, t, (uint32_t)n->left, x, l, left, depth + 1, deepest);
        check_node(m, t, (uint32_t)n->right, x, r, right, depth + 1, deepest);
    }
    free(l);
    free(r);
}

static void trees_are_what_the_definition_says(void **state)
{
    enum { ROWS = 100, COLUMNS = 4 };
    static double x[ROWS * COLUMNS];
    size_t all[ROWS];
    struct random r = {5};
    struct isolation *i;
    struct error e = {0};

    (void)state;
    for (size_t k = 0; k < ROWS * COLUMNS; k++)
        x[k] = k % COLUMNS == 3         ? 7 /* a constant is never cut */
               : random_chance(&r, 0.3) ? (double)NAN
                                        : floor(random_unit(&r) * 30);
    for (size_t k = 0; k < ROWS; k++)
        all[k] = k;
    check_ok(fit(x, ROWS, COLUMNS, 50, 0, 3, &i, &e), &e);
    const struct model *m = isolation_model(i);
    assert_int_equal(m->trees, 50);
    assert_false(m->feature[3].used);
    assert_true(m->feature[0].used && m->feature[1].used && m->feature[2].used);
    for (size_t t = 0; t < m->trees; t++)
        check_node(m, &m->tree[t], 0, x, all, ROWS, 0, 7);
    isolation_free(i);
}

static double *crowd(size_t rows, size_t columns, uint64_t seed)
{
    double *x = calloc(rows * columns, sizeof *x);
    struct random r = {seed};

    for (size_t k = 0; k < rows * columns; k++)
        x[k] = random_unit(&r) + random_unit(&r) + random_unit(&r);
    return x;
}

static void shares_count_the_table(void **state)
{
    enum { ROWS = 20000, COLUMNS = 5 };
    double *x = crowd(ROWS, COLUMNS, 8), *all = calloc(ROWS, sizeof *all);
    struct isolation *i;
    struct error e = {0};

    (void)state;
    check_ok(fit(x, ROWS, COLUMNS, 30, 64, 3, &i, &e), &e);
    assert_int_equal(isolation_ranked(i), ROWS);
    for (size_t k = 0; k < ROWS; k++)
        all[k] = path(i, x + k * COLUMNS);
    assert_true(sort_values(all, ROWS));
    for (size_t k = 0; k < ROWS; k += 37) {
        double own = path(i, x + k * COLUMNS);
        size_t at_most = 0;
        while (at_most < ROWS && all[at_most] <= own)
            at_most++;
        double truth = (double)at_most / ROWS;
        double share = isolation_share(i, x + k * COLUMNS);
        assert_true(share <= truth && share > truth - 1.0 / ISOLATION_POINTS);
        /* the cutoff lets in exactly those whose share is enough */
        double wanted = (double)(k % 100) / 100;
        assert_true((own >= isolation_cutoff(i, wanted)) == (share >= wanted));
    }
    isolation_free(i);
    free(all);
    free(x);
}

static void large_tables_are_ranked_evenly(void **state)
{
    size_t rows = ISOLATION_RANKED + 70001;
    double *x = crowd(rows, 1, 9);
    struct isolation *i;
    struct error e = {0};

    (void)state;
    check_ok(fit(x, rows, 1, 5, 32, 1, &i, &e), &e);
    assert_int_equal(isolation_ranked(i), ISOLATION_RANKED);
    double cutoff = isolation_cutoff(i, 0.05), count = 0;
    for (size_t k = 0; k < rows; k++)
        count += path(i, x + k) < cutoff ? 1 : 0;
    assert_true(count / (double)rows < 0.06);
    isolation_free(i);
    free(x);
}

static void same_seed_same_bytes(void **state)
{
    double *x = crowd(3000, 6, 2);
    struct isolation *i, *k, *o;
    struct error e = {0};

    (void)state;
    check_ok(fit(x, 3000, 6, 0, 0, 4, &i, &e), &e);
    check_ok(fit(x, 3000, 6, 0, 0, 4, &k, &e), &e);
    check_ok(fit(x, 3000, 6, 0, 0, 5, &o, &e), &e);
    assert_int_equal(isolation_model(i)->trees, ISOLATION_TREES);
    assert_string_equal(isolation_model(i)->sha256, isolation_model(k)->sha256);
    assert_string_not_equal(isolation_model(i)->sha256,
                            isolation_model(o)->sha256);
    for (size_t r = 0; r < 300; r++) {
        const double *row = x + r * 6;
        double sum = 0, other = path(k, row);
        const struct model *m = isolation_model(i);
        check_close(path(i, row), other, 0, 0);
        /* exact in any order */
        for (size_t t = m->trees; t > 0; t--)
            sum +=
                m->tree[t - 1].node[tree_leaf(m, &m->tree[t - 1], row)].value;
        check_close(sum, other, 0, 0);
    }
    isolation_free(i);
    isolation_free(k);
    isolation_free(o);
    free(x);
}

static void faults_are_told(void **state)
{
    static const double same[] = {1, 1, 1, (double)NAN};
    struct isolation *i;
    struct error e = {0};
    struct cells c = {same, 4, 1, 0, true};
    struct isolation_table t = {4, 1, names, read_cells, &c};
    struct isolation_settings s = {0};

    (void)state;
    check_fails(fit(same, 4, 1, 0, 0, 1, &i, &e), &e, ST_ARGUMENT,
                "two different values");
    check_fails(fit(same, 0, 1, 0, 0, 1, &i, &e), &e, ST_ARGUMENT,
                "needs rows");
    check_fails(fit(same, 4, 1, ISOLATION_TREES_MAX + 1, 0, 1, &i, &e), &e,
                ST_ARGUMENT, "trees");
    check_fails(fit(same, 4, 1, 0, 1, 1, &i, &e), &e, ST_ARGUMENT, "sample");
    check_fails(isolation_fit(&t, &s, &i, &e), &e, ST_DATA, "cannot be read");
}

static void memory_that_runs_out_is_told(void **state)
{
    double *x = crowd(300, 3, 2);
    struct isolation *i;
    size_t failed = 0;

    (void)state;
    for (size_t n = 1;; n++) {
        struct error e = {0};
        mem_fail_at(n);
        status s = fit(x, 300, 3, 3, 16, 1, &i, &e);
        size_t asked = mem_fail_at(0);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(asked >= n);
        failed++;
    }
    assert_true(failed > 5);
    isolation_free(i);
    free(x);
}

/* --- against scikit-learn ------------------------------------------------- */

static double *read_table(const char *path, size_t *rows, size_t *columns)
{
    char *text = slurp(path, NULL), *at = text;
    size_t n = 0, room = 1 << 20;
    double *x = calloc(room, sizeof *x);

    if (text == NULL)
        return NULL;
    at = strchr(at, '\n') + 1;
    *rows = 0;
    while (*at != '\0') {
        size_t first = n;
        for (;; at++) {
            assert_true(n < room);
            x[n++] = strtod(at, &at);
            if (*at != ',')
                break;
        }
        n--; /* the outcome stands last */
        *columns = n - first;
        (*rows)++;
        at += strspn(at, "\r\n");
    }
    free(text);
    return x;
}

static void ranks(const double *x, size_t n, double *out)
{
    uint32_t *order = calloc(n, sizeof *order);

    assert_true(sort_order(x, n, order));
    for (size_t i = 0; i < n;) {
        size_t j = i;
        while (j < n && x[order[j]] == x[order[i]])
            j++;
        for (size_t k = i; k < j; k++)
            out[order[k]] = (double)(i + j - 1) / 2;
        i = j;
    }
    free(order);
}

static double correlation(const double *x, const double *y, size_t n)
{
    double mean = (double)(n - 1) / 2, xy = 0, xx = 0, yy = 0;

    for (size_t i = 0; i < n; i++) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    return xy / sqrt(xx * yy);
}

static size_t peer_scores(const char *csv, double *out, size_t n)
{
    const char *python = getenv("CANDOR_PEER_PYTHON");
    char command[3000], line[200];
    size_t got = 0;

    snprintf(command, sizeof command,
             "%s tests/support/isolation_peer.py '%s' 2>/dev/null",
             python != NULL ? python : "python3", csv);
    FILE *p = popen(command, "r");
    while (p != NULL && got < n && fgets(line, sizeof line, p) != NULL)
        out[got++] = strtod(line, NULL);
    if (p != NULL)
        pclose(p);
    return got;
}

static void ranks_people_as_scikit_learn_does(void **state)
{
    char file[2048];
    struct isolation *i;
    struct error e = {0};
    size_t n = 0, columns = 0;

    (void)state;
    if (shared_data() == NULL)
        skip();
    path_join(file, sizeof file, shared_data(), "datasets/taiwan.csv");
    double *x = read_table(file, &n, &columns);
    if (x == NULL)
        skip();
    double *own = calloc(4 * n, sizeof *own), *peer = own + n;
    if (peer_scores(file, peer, n) != n) {
        free(own);
        free(x);
        skip();
    }
    check_ok(fit(x, n, columns, 0, 0, 1, &i, &e), &e);
    for (size_t k = 0; k < n; k++)
        own[k] = path(i, x + k * columns);
    ranks(own, n, own + 2 * n);
    ranks(peer, n, own + 3 * n);
    double rho = correlation(own + 2 * n, own + 3 * n, n);
    print_message("rank correlation %.4f over %zu people\n", rho, n);
    assert_true(rho > 0.9);
    isolation_free(i);
    free(own);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_paths_are_the_closed_form),
        cmocka_unit_test(hand_made_tables),
        cmocka_unit_test(trees_are_what_the_definition_says),
        cmocka_unit_test(shares_count_the_table),
        cmocka_unit_test(large_tables_are_ranked_evenly),
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(memory_that_runs_out_is_told),
        cmocka_unit_test(ranks_people_as_scikit_learn_does)};

    return cmocka_run_group_tests_name("recourse/isolation", tests, NULL, NULL);
}
