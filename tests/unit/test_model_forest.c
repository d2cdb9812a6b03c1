/* Blocks of rows through a forest give the bits that rows give one by one. */
#include "check.h"

#include "base/arena.h"
#include "model/evaluate.h"
#include "support/random_model.h"

enum { MOST_ROWS = 70, FEATURES = 7, OUTPUTS = 3 };

static struct model *draw(struct random *r)
{
    struct random_model c = {
        .features = 1 + random_below(r, FEATURES),
        .outputs = 1 + random_below(r, OUTPUTS),
        .trees = 1 + random_below(r, 8),
        .depth = random_below(r, 7),
        .library = random_library(r),
        .leaf_chance = 0.2,
        .category_chance = random_chance(r, 0.3) ? 0.3 : 0.0,
        .missing_other = 0.3,
        .fine = random_chance(r, 0.5),
        .weights = random_chance(r, 0.5),
        .mean = random_chance(r, 0.3),
        .linear_chance = random_chance(r, 0.2) ? 0.3 : 0.0,
        .edges = random_chance(r, 0.2),
    };
    return random_model_new(r, &c);
}

static void blocks_are_rows(void **state)
{
    struct random r = {41};
    struct error e = {0};

    (void)state;
    for (int i = 0; i < 400; i++) {
        struct model *m = draw(&r);
        double row[MOST_ROWS * FEATURES], margin[MOST_ROWS * OUTPUTS];
        struct model_rows rows = {.value = row,
                                  .n = random_below(&r, MOST_ROWS + 1)};
        for (size_t k = 0; k < rows.n; k++) {
            random_row(&r, m, 0.1, row + k * m->features);
            if (random_chance(&r, 0.1))
                row[k * m->features] = random_edge(&r);
        }
        for (int native = 0; native < 2; native++) {
            check_ok(model_evaluate(m, &rows, native, margin, &e), &e);
            for (size_t k = 0; k < rows.n; k++) {
                double one[OUTPUTS];
                (native ? model_margin_native : model_margin)(
                    m, row + k * m->features, one);
                assert_memory_equal(one, margin + k * m->outputs,
                                    m->outputs * sizeof *one);
            }
        }
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_are_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
