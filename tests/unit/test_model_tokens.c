/* Words and sentences of texts. */
#include "check.h"
#include "model/tokens.h"

typedef bool next_span(const char *text, size_t length, size_t *from,
                       struct text_span *out);

/* The spans with bars between. */
static void spans(next_span *next, const char *text, const char *want)
{
    char got[400] = "";
    size_t from = 0, used = 0, length = strlen(text), last = 0;
    struct text_span s;
    while (next(text, length, &from, &s)) {
        assert_true(s.first >= last && s.end > s.first && s.end <= length);
        last = s.end;
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%.*s",
                                 used > 0 ? "|" : "", (int)(s.end - s.first),
                                 text + s.first);
    }
    assert_string_equal(got, want);
}

static void words(void **state)
{
    (void)state;
    spans(tokens_word, "", "");
    spans(tokens_word, " ,.- ", "");
    spans(tokens_word, "Don't pay 1,234.5 EUR_x!", "Don|t|pay|1|234|5|EUR_x");
    spans(tokens_word, "naïve–Übung „gut“ €5", "naïve|Übung|gut|5");
    spans(tokens_word, "Привет, мир", "Привет|мир");
    spans(tokens_word, "日本、東京2024", "日|本|東|京|2024");
    spans(tokens_word, "مرحبا، عالم؟", "مرحبا|عالم");
    spans(tokens_word, "a\xff" "b\xc3", "a|b");
    spans(tokens_word, "ok 😀 fine", "ok|fine");
}

static void sentences(void **state)
{
    (void)state;
    spans(tokens_sentence, "", "");
    spans(tokens_sentence, "  \n ", "");
    spans(tokens_sentence, "One. Two! \"Three?\" four",
          "One.|Two!|\"Three?\"|four");
    spans(tokens_sentence, "Mr J. Smith paid 3.50 EUR. Late!",
          "Mr J. Smith paid 3.50 EUR.|Late!");
    spans(tokens_sentence, "Title\n\nText goes\non. ...",
          "Title|Text goes\non. ...");
    spans(tokens_sentence, "好。再见！", "好。|再见！");
    spans(tokens_sentence, "Wait… what?!  Yes", "Wait…|what?!|Yes");
}

/* Every word is in a sentence, none in two. */
static void sentences_hold_the_words(void **state)
{
    (void)state;
    static const char *const piece[] = {
        "a", "B", " ", ".", "\n", "!", "é", "。", "\"", ")", "\xff", "…", "9"};
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[64] = "";
        size_t length = 0;
        for (int k = 0; k < 12; k++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            length += (size_t)snprintf(
                text + length, sizeof text - length, "%s",
                piece[(seed >> 33) % (sizeof piece / sizeof *piece)]);
        }
        size_t at = 0, from = 0, inside = 0, all = 0;
        struct text_span s, w;
        while (tokens_word(text, length, &at, &w))
            all++;
        at = 0;
        while (tokens_sentence(text, length, &from, &s)) {
            size_t in = s.first;
            assert_true(s.first >= at);
            at = s.end;
            while (tokens_word(text, s.end, &in, &w))
                inside++;
        }
        assert_int_equal(inside, all);
    }
}

static void lower(void **state)
{
    (void)state;
    char text[] = "AbZ ÄÉ 9";
    tokens_lower(text, strlen(text));
    assert_string_equal(text, "abz ÄÉ 9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(sentences),
        cmocka_unit_test(sentences_hold_the_words),
        cmocka_unit_test(lower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
