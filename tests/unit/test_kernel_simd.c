#include "check.h"

#include "kernel/simd.h"

static void words_are_checked(void **state)
{
    (void)state;
    struct error e;
    unsetenv("CANDOR_SIMD");
    check_ok(simd_check(&e), &e);
    setenv("CANDOR_SIMD", "scalar", 1);
    check_ok(simd_check(&e), &e);
    setenv("CANDOR_SIMD", "fast", 1);
    check_fails(simd_check(&e), &e, ST_ARGUMENT, "not \"fast\"");
    setenv("CANDOR_SIMD", "", 1);
    check_fails(simd_check(&e), &e, ST_ARGUMENT, "scalar, avx2 or avx512");
    unsetenv("CANDOR_SIMD");
}

/* A level that cannot be forced cannot be asked for, and the other way round. */
static void levels_are_the_machines(void **state)
{
    (void)state;
    struct error e;
    enum simd_level best = simd_level();
    for (int l = SIMD_SCALAR; l <= SIMD_AVX512; l++) {
        bool here = simd_force((enum simd_level)l);
        if (here)
            assert_int_equal(simd_level(), l);
        setenv("CANDOR_SIMD", simd_word((enum simd_level)l), 1);
        if (here)
            check_ok(simd_check(&e), &e);
        else
            check_fails(simd_check(&e), &e, ST_ARGUMENT, "this machine has");
    }
    unsetenv("CANDOR_SIMD");
    assert_true(simd_force(SIMD_SCALAR));
    assert_false(simd_force((enum simd_level)9));
    assert_int_equal(simd_level(), SIMD_SCALAR);
    assert_string_equal(simd_word(SIMD_AVX512), "avx512");
    simd_force(best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_checked),
        cmocka_unit_test(levels_are_the_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
