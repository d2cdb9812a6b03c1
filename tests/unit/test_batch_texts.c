/* Words of a text: what a program adds up, and how a text falls into players. */
#include "check.h"

#include "base/arena.h"
#include "batch/texts_in.h"
#include "model/builder.h"
#include "model/program.h"

#include <math.h>
#include <string.h>

enum { FORM_SUM, FORM_PRODUCT, FORM_SEQUENCE };

/* 2 count(good) − 3 has(bad) + x, or with something that no sum of words is. */
static struct program *make(int form)
{
    struct error e = {0};
    struct program_maker *k = program_maker_new(1 << 26);
    reg word[2], sum;
    struct program *p = NULL;
    static const double weight[] = {2, -3, 1};
    assert_non_null(k);
    check_ok(program_inputs(k, 2, &e), &e);
    check_ok(program_token(k, 0, form == FORM_SEQUENCE ? "very good" : "good",
                           false, &word[0], &e), &e);
    check_ok(program_token(k, 0, "bad", true, &word[1], &e), &e);
    if (form == FORM_PRODUCT)
        check_ok(program_pair(k, PAIR_MULTIPLY, false, &word[0], &word[1], 1,
                              &word[1], &e), &e);
    const reg in[] = {word[0], word[1], 1};
    check_ok(program_affine(k, weight, NULL, false, in, 3, 1, &sum, &e), &e);
    check_ok(program_finish(k, &sum, 1, &p, &e), &e);
    program_maker_free(k);
    return p;
}

static void sums_of_words_are_told(void **state)
{
    (void)state;
    struct error e = {0};
    struct program_text t;
    struct program *p = make(FORM_SUM);
    check_ok(program_text(p, 0, 0, &t, &e), &e);
    assert_true(t.whole);
    assert_int_equal(t.words, 2);
    for (size_t i = 0; i < t.words; i++) {
        bool bad = strcmp(t.word[i].word, "bad") == 0;
        assert_true(bad || strcmp(t.word[i].word, "good") == 0);
        assert_true(t.word[i].coefficient == (bad ? -3 : 2));
        assert_int_equal(t.word[i].binary, bad);
    }
    program_text_free(&t);
    program_free(p);
}

static void other_forms_are_not(void **state)
{
    (void)state;
    struct error e = {0};
    struct program_text t;
    for (int form = FORM_PRODUCT; form <= FORM_SEQUENCE; form++) {
        struct program *p = make(form);
        check_ok(program_text(p, 0, 0, &t, &e), &e);
        assert_false(t.whole);
        assert_int_equal(t.words, 0);
        program_text_free(&t);
        program_free(p);
    }
}

static size_t cut(struct text_input *x, const char *text, bool sentences)
{
    struct error e = {0};
    size_t n = 0;
    bool fits = false;
    check_ok(text_cut(x, text, sentences, 100, &n, &fits, &e), &e);
    assert_true(fits);
    return n;
}

static void neighbours_may_join(void **state)
{
    (void)state;
    struct text_input x = {0};
    static const char apart[] = "late-fee, \xe8\xac\x9d\xe8\xac\x9d now";
    static const char joined[] = "ab\xe8\xac\x9d" "cd";
    assert_int_equal(cut(&x, apart, false), 5);
    assert_true(text_parted(&x, apart, 5, ""));
    assert_true(text_parted(&x, apart, 5, "…"));
    assert_false(text_parted(&x, apart, 5, "thing"));
    assert_int_equal(cut(&x, joined, false), 3);
    assert_false(text_parted(&x, joined, 3, ""));
    assert_int_equal(cut(&x, "One. Two! Three", true), 3);
    mem_free(x.piece);
}

static void places_share_what_presence_gives(void **state)
{
    (void)state;
    struct error e = {0};
    struct program *p = make(FORM_SUM);
    struct text_input x = {0};
    static const char text[] = "Bad, bad! Good, GOOD and bad.";
    check_ok(program_text(p, 0, 0, &x.added, &e), &e);
    size_t n = cut(&x, text, false);
    assert_int_equal(n, 6);
    struct decision_text_piece found[6] = {{0}};
    x.found = found;
    check_ok(text_add_up(&x, text, n, &e), &e);
    static const double want[] = {-1, -1, 2, 2, 0, -1};
    for (size_t i = 0; i < n; i++)
        assert_true(fabs(found[i].value - want[i]) < 1e-15);
    program_text_free(&x.added);
    program_free(p);
    mem_free(x.piece);
    mem_free(x.weight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_words_are_told),
        cmocka_unit_test(other_forms_are_not),
        cmocka_unit_test(neighbours_may_join),
        cmocka_unit_test(places_share_what_presence_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
