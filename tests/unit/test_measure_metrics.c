/* The measures against shared references (scikit-learn, scipy, statsmodels,
 * fairlearn), each line of the file to 1e-9. No difference of definition is
 * left: PSI, ECE and the deciles use the same rules as the reference. */
#include "check.h"

#include "measure/drift.h"
#include "measure/fairness.h"
#include "measure/performance.h"
#include "base/num.h"

#include <cjson/cJSON.h>

#define NEAR(actual, expected) check_close((actual), (expected), 0.0, 1e-9)

struct world {
    struct sample *sample;
    struct arena *arena;
    cJSON *expected;
};

static double number(const cJSON *at, const char *path)
{
    char key[64];
    while (*path != '\0') {
        size_t n = strcspn(path, ".");
        memcpy(key, path, n);
        key[n] = '\0';
        at = cJSON_GetObjectItemCaseSensitive(at, key);
        assert_non_null(at);
        path += n + (path[n] == '.' ? 1 : 0);
    }
    assert_true(cJSON_IsNumber(at));
    return at->valuedouble;
}

static double element(const cJSON *at, const char *key, int i)
{
    const cJSON *x = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(at, key), i);
    assert_non_null(x);
    return x->valuedouble;
}

static void read_rows(struct sample *s, char *text)
{
    struct error e;
    char *line = strchr(text, '\n');
    assert_non_null(line);
    for (line++; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t n = strcspn(line, ",");
        struct sample_row row = {.label = (uint8_t)(line[n + 1] == '1')};
        assert_true(num_parse(line, n, &row.score));
        row.probability = row.score;
        row.group[0] = line[n + 3] == 'B' ? 0 : 1;
        check_ok(sample_add(s, &row, &e), &e);
    }
}

static int set_up(void **state)
{
    static struct world w;
    struct error e;
    char path[512];
    *state = NULL;
    const char *data = shared_data();
    if (data == NULL)
        return 0;
    char *text = slurp(path_join(path, sizeof path, data, "oracles/scored.csv"), NULL);
    assert_non_null(text);
    check_ok(sample_new(&(struct sample_shape){true, false, 1}, &w.sample, &e), &e);
    read_rows(w.sample, text);
    free(text);
    text = slurp(path_join(path, sizeof path, data, "oracles/metrics.json"), NULL);
    assert_non_null(text);
    w.expected = cJSON_Parse(text);
    free(text);
    w.arena = arena_new((size_t)1 << 24);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    if (w != NULL) {
        sample_free(w->sample);
        arena_free(w->arena);
        cJSON_Delete(w->expected);
    }
    return 0;
}

#define WORLD(w)                                                               \
    struct world *w = *state;                                                  \
    if (w == NULL)                                                             \
        skip()

static const struct cutoff cut = {0.2, false, false};

static void performance(void **state)
{
    WORLD(w);
    const cJSON *x = w->expected;
    struct performance p;
    struct error e;
    struct performance_options o = {.cutoff = &cut};
    check_ok(performance_of(w->sample, &o, w->arena, &p, &e), &e);
    NEAR(p.n, number(x, "n"));
    NEAR(p.events, number(x, "events"));
    NEAR(p.auc.value, number(x, "roc_auc"));
    NEAR(p.auc_variance, number(x, "roc_auc_delong_variance"));
    NEAR(p.auc.low, element(x, "roc_auc_delong_95", 0));
    NEAR(p.auc.high, element(x, "roc_auc_delong_95", 1));
    NEAR(p.gini.value, number(x, "gini"));
    NEAR(p.ks.value, number(x, "ks"));
    NEAR(p.average_precision.value, number(x, "average_precision"));
    NEAR(p.calibration.log_loss.value, number(x, "log_loss"));
    NEAR(p.calibration.brier.value, number(x, "brier"));
    NEAR(p.calibration.slope.value, number(x, "calibration_slope"));
    NEAR(p.calibration.intercept.value,
         number(x, "calibration_intercept_with_slope"));
    NEAR(p.calibration.in_the_large.value, number(x, "calibration_in_the_large"));
    NEAR(p.calibration.ece.value, number(x, "deciles.ece"));
    const cJSON *deciles = cJSON_GetObjectItemCaseSensitive(x, "deciles");
    assert_int_equal(p.calibration.bins, 10);
    for (int i = 0; i < 9; i++)
        NEAR(p.calibration.bin[i].to, element(deciles, "edges", i));
}

static void at_cutoff(void **state)
{
    WORLD(w);
    struct confusion c;
    confusion_count(w->sample, &cut, &c);
    const cJSON *x = w->expected;
    NEAR(c.tp, number(x, "at_cutoff.tp"));
    NEAR(c.fp, number(x, "at_cutoff.fp"));
    NEAR(c.tn, number(x, "at_cutoff.tn"));
    NEAR(c.fn, number(x, "at_cutoff.fn"));
    NEAR(c.precision[1].value, number(x, "at_cutoff.precision"));
    NEAR(c.recall[1].value, number(x, "at_cutoff.recall"));
    NEAR(c.f1[1].value, number(x, "at_cutoff.f1"));
    NEAR(c.macro_f1.value, number(x, "at_cutoff.macro_f1"));
    NEAR(c.mcc.value, number(x, "at_cutoff.mcc"));
}

static struct sample *scores_of(const cJSON *list)
{
    struct sample *s = NULL;
    struct error e;
    check_ok(sample_new(&(struct sample_shape){false, false, 0}, &s, &e), &e);
    for (const cJSON *v = list->child; v != NULL; v = v->next) {
        struct sample_row row = {.score = v->valuedouble, .label = LABEL_UNKNOWN};
        check_ok(sample_add(s, &row, &e), &e);
    }
    return s;
}

static void population_stability(void **state)
{
    WORLD(w);
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(w->expected, "psi");
    struct error e;
    struct stability whole;
    /* The reference takes its edges from all 2,380 scores … */
    check_ok(stability_of(w->sample, w->sample, w->arena, &whole, &e), &e);
    double base[DRIFT_BINS_MAX + 2] = {0}, now[DRIFT_BINS_MAX + 2] = {0};
    struct sample *a = scores_of(cJSON_GetObjectItemCaseSensitive(x, "psi_expected"));
    struct sample *b = scores_of(cJSON_GetObjectItemCaseSensitive(x, "psi_actual"));
    for (size_t i = 0; i < a->n; i++)
        base[drift_cell(&whole.bins, a->score[i])] += 1.0;
    for (size_t i = 0; i < b->n; i++)
        now[drift_cell(&whole.bins, b->score[i])] += 1.0;
    struct drift d = drift_psi(base, now, drift_cells(&whole.bins));
    NEAR(d.psi.value, number(x, "value"));
    NEAR(whole.overall.psi.value, 0.0);
    sample_free(a);
    sample_free(b);
}

static void groups(void **state)
{
    WORLD(w);
    struct error e;
    struct fairness f;
    struct fairness_options o = {.cutoff = &cut, .second = -1, .codes = 2,
                                 .reference = -1};
    check_ok(fairness_of(w->sample, &o, w->arena, &f, &e), &e);
    assert_int_equal(f.rows, 2);
    assert_int_equal(f.reference, 1);
    for (size_t g = 0; g < 2; g++) {
        const cJSON *x = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(w->expected, "groups"),
            g == 0 ? "Black" : "White");
        const struct fairness_row *r = &f.row[g];
        NEAR(r->n, number(x, "n"));
        NEAR(r->events, number(x, "events"));
        NEAR(r->selection.value, number(x, "approved_share"));
        NEAR(r->selection.low, element(x, "approved_wilson_95", 0));
        NEAR(r->selection.high, element(x, "approved_wilson_95", 1));
        NEAR(r->tpr.value, number(x, "tpr"));
        NEAR(r->fpr.value, number(x, "fpr"));
        NEAR(r->auc.value, number(x, "auc"));
    }
    NEAR(f.row[0].ratio_reference.value,
         number(w->expected, "approval_ratio_black_to_white"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(performance), cmocka_unit_test(at_cutoff),
        cmocka_unit_test(population_stability), cmocka_unit_test(groups)};
    return cmocka_run_group_tests_name("measure metrics", tests, set_up, tear_down);
}
