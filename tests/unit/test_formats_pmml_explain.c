/* Networks and the logistic pipeline of shared data as PMML: contributions
 * against reference rows are those worked out from the fitted objects. */
#include "check.h"
#include "support/explain.h"
#include "support/oracle.h"

static void hold(const char *name, size_t rows_most, size_t references)
{
    char folder[1024], path[2048];
    struct grid rows, background, want;
    if (shared_data() == NULL)
        skip();
    (void)snprintf(folder, sizeof folder, "%s/models/%s", shared_data(), name);
    struct model *m = oracle_model(
        path_join(path, sizeof path, folder, "model.pmml"), TREES_ALL);
    oracle_inputs(&rows, m, path_join(path, sizeof path, folder, "rows.csv"));
    oracle_inputs(&background, m,
                  path_join(path, sizeof path, folder, "background.csv"));
    oracle_grid(&want, path_join(path, sizeof path, folder,
                                 "contributions_background.csv"));
    size_t width = m->features + 1;
    size_t n = want.rows < rows_most ? want.rows : rows_most;
    double worst = 0.0;
    assert_int_equal(m->kind, MODEL_PROGRAM);
    assert_int_equal(m->link, LINK_LOGISTIC);
    assert_int_equal(want.columns, width);
    assert_true(n > 0 && background.rows >= references);
    double *phi = explain_rows(estimator_find("interventional"), m, rows.value,
                               n, background.value, references);
    for (size_t i = 0; i < n; i++) {
        double largest = 0.0;
        for (size_t f = 0; f + 1 < width; f++)
            largest = fmax(largest, fabs(grid_row(&want, i)[f]));
        for (size_t f = 0; f < width; f++)
            worst = fmax(worst, fabs(phi[i * width + f] -
                                     grid_row(&want, i)[f]) / largest);
    }
    print_message("# %s: contributions %.1e of the row's largest\n", name,
                  worst);
    /* The reference takes the logit of probabilities, some near 0 or 1. */
    assert_true(worst <= 1e-9);
    free(phi);
    grid_free(&rows);
    grid_free(&background);
    grid_free(&want);
    model_free(m);
}

/* 17 inputs and more: only because its output falls into parts. */
static void logistic(void **state)
{
    (void)state;
    hold("sk_german_logistic", 200, 100);
}

static void network(void **state)
{
    (void)state;
    hold("sk_boston_network", 20, 20);
}

static void network_tanh(void **state)
{
    (void)state;
    hold("sk_boston_network_tanh", 20, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(logistic),
                                       cmocka_unit_test(network),
                                       cmocka_unit_test(network_tanh)};
    return cmocka_run_group_tests_name("formats pmml explain", tests, NULL,
                                       NULL);
}
