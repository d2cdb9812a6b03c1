/* Fonts: the manifest and its checks; shaping, fallback, directions. */
#include "check.h"

#include "render/font.h"

#include <stdbool.h>
#include <unistd.h>

static struct font_set *fonts;
static struct shaper *shaper;

static int open_fonts(void **state)
{
    (void)state;
    struct error e = {0};
    if (font_set_load("fonts/MANIFEST", &fonts, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.text);
        return -1;
    }
    shaper = shaper_new(fonts);
    return shaper == NULL ? -1 : 0;
}

static int close_fonts(void **state)
{
    (void)state;
    shaper_free(shaper);
    font_set_free(fonts);
    return 0;
}

static const struct shaped *glyphs_of(const char *text, enum font_style style,
                                      unsigned flags)
{
    struct error e = {0};
    const struct shaped *s = NULL;
    check_ok(shape(shaper, style, text, strlen(text), "en", flags, &s, &e), &e);
    return s;
}

static const struct shaped *plain(const char *text)
{
    return glyphs_of(text, FONT_REGULAR, 0);
}

static const char *family_of(const struct shaped *s, uint32_t run)
{
    /* Faces are numbered as rows are: the one row that is no face is last. */
    return font_row_at(fonts, s->runs[run].face)->family;
}

static void load_text(const char *rows, status class, const char *fragment,
                      const char *note)
{
    char path[] = "/tmp/candor-manifest-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, rows, strlen(rows)), (ssize_t)strlen(rows));
    close(fd);
    struct font_set *set = NULL;
    struct error e = {0};
    check_fails(font_set_load(path, &set, &e), &e, class, fragment);
    assert_non_null(strstr(e.note[0], note));
    unlink(path);
}

static void manifest_names_what_is_wrong(void **state)
{
    (void)state;
    static const char path_of_note[] = "loading the fonts of /tmp/candor-";
    struct font_set *set = NULL;
    struct error e = {0};
    check_fails(font_set_load("/nowhere/MANIFEST", &set, &e), &e, ST_SYSTEM,
                "/nowhere/MANIFEST");
    load_text("A | regular | Latn | OFL | fonts-a | /nowhere/a.ttf | 00\n",
              ST_SYSTEM, "/nowhere/a.ttf", "package fonts-a");
    load_text("A | regular | Latn | OFL | fonts-a | fonts/MANIFEST | 00\n",
              ST_DATA, "SHA-256", path_of_note);
    assert_string_equal(e.note[0], "loading the fonts of /nowhere/MANIFEST");
    load_text("# only words\n", ST_SYNTAX, "no row of role regular",
              path_of_note);
    load_text("A | regular | Latn\n", ST_SYNTAX, "7 columns",
              path_of_note);
}

static void manifest_is_a_table(void **state)
{
    (void)state;
    assert_true(font_rows(fonts) > 10);
    for (size_t i = 0; i < font_rows(fonts); i++) {
        const struct font_row *r = font_row_at(fonts, i);
        assert_true(strlen(r->sha256) >= 64);
        assert_true(r->package[0] != '\0' && r->licence[0] != '\0');
    }
    for (int i = 0; i < FONT_STYLES; i++) {
        const struct font_metrics *m = font_metrics_of(fonts,
                                                       (enum font_style)i);
        assert_true(m->ascent > FONT_EM / 2 && m->descent > 0);
        assert_true(m->x_height > FONT_EM / 3 && m->cap_height > m->x_height);
        assert_true(m->underline_below > 0 && m->underline_thick > 0);
    }
}

static void kerns_and_keeps(void **state)
{
    (void)state;
    int apart = plain("A")->width + plain("V")->width;
    assert_true(plain("AV")->width < apart);
    assert_ptr_equal(plain("AV"), plain("AV"));
    assert_ptr_not_equal(plain("AV"), glyphs_of("AV", FONT_BOLD, 0));
    const struct shaped *one = glyphs_of("111", FONT_REGULAR, SHAPE_TABULAR);
    const struct shaped *eight = glyphs_of("888", FONT_REGULAR, SHAPE_TABULAR);
    assert_int_equal(one->width, eight->width);
    check_close(shaper_text_width(shaper, "AV", 10, false),
                10.0 * plain("AV")->width / FONT_EM, 1e-12, 0);
}

static void trailing_space_is_told(void **state)
{
    (void)state;
    const struct shaped *s = plain("word ");
    assert_int_equal(s->trail, plain(" ")->width);
    assert_int_equal(s->width - s->trail, plain("word")->width);
    assert_int_equal(plain("word")->trail, 0);
}

static void the_cache_survives_growth(void **state)
{
    (void)state;
    char text[16];
    int first = 0;
    for (int i = 0; i < 9000; i++) {
        snprintf(text, sizeof text, "n%d", i);
        int width = plain(text)->width;
        if (i == 7)
            first = width;
    }
    assert_int_equal(plain("n7")->width, first);
    shaper_begin(shaper);
    assert_int_equal(plain("n7")->width, first);
}

static void falls_back_by_character(void **state)
{
    (void)state;
    const struct shaped *s = plain("a\xE7\x94\xB3" "b"); /* a 申 b */
    assert_int_equal(s->run_count, 3);
    assert_string_equal(family_of(s, 0), "Noto Sans");
    assert_string_equal(family_of(s, 1), "Droid Sans Fallback");
    assert_string_equal(family_of(s, 2), "Noto Sans");
    assert_string_equal(family_of(plain("\xE0\xA4\x95"), 0),
                        "Noto Sans Devanagari");
    assert_string_equal(family_of(plain("\xE2\x89\xA5"), 0), "DejaVu Sans");
    /* A mark stays with its base. */
    assert_int_equal(plain("x\xCC\x81")->run_count, 1);
    /* What prints nothing needs no font. */
    assert_int_equal(plain("a\xE2\x80\x8D" "b")->run_count, 1);
}

static void says_what_no_font_has(void **state)
{
    (void)state;
    const struct shaped *s = NULL;
    struct error e = {0};
    const char *text = "x\xF4\x8F\xBF\xBD"; /* private use, U+10FFFD */
    check_fails(shape(shaper, FONT_REGULAR, text, strlen(text), "en", 0, &s,
                      &e), &e, ST_DATA, "U+10FFFD");
    check_fails(shape(shaper, FONT_REGULAR, "a\tb", 3, "en", 0, &s, &e), &e,
                ST_ARGUMENT, "U+0009");
    check_fails(shape(shaper, FONT_REGULAR, "a\xFF", 2, "en", 0, &s, &e), &e,
                ST_DATA, "byte 1");
}

/* The text of the runs in visual order, right-to-left ones in brackets, their
 * other neighbours together in braces. */
static void check_runs(const char *text, unsigned flags, const char *expected)
{
    const struct shaped *s = glyphs_of(text, FONT_REGULAR, flags);
    char got[256] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < s->run_count; i++) {
        const struct glyph_run *r = &s->runs[i];
        bool joins = i > 0 && !r->rtl && !s->runs[i - 1].rtl;
        if (joins)
            at--;
        at += (size_t)snprintf(got + at, sizeof got - at, "%s%.*s%s",
                               joins ? "" : r->rtl ? "[" : "{",
                               (int)(r->end - r->start), text + r->start,
                               r->rtl ? "]" : "}");
    }
    assert_string_equal(got, expected);
}

/* Hebrew alef, bet: two bytes each. */
#define AB "\xD7\x90\xD7\x91"
#define GD "\xD7\x92\xD7\x93"

static void directions(void **state)
{
    (void)state;
    check_runs("a " AB ", b", 0, "{a }[" AB "]{, b}");
    check_runs(AB "-" GD ".", 0, "[" GD "][-][" AB "]{.}");
    check_runs("a " AB ".", SHAPE_RTL, "[.][" AB "][ ]{a}");
    check_runs("a - b", 0, "{a - b}");
}

static void directions_of_numbers(void **state)
{
    (void)state;
    /* A number within right-to-left words stands between them, unturned. */
    const struct shaped *s = plain(AB " 12 " GD);
    const struct glyph_run *first = &s->runs[0];
    const struct glyph_run *last = &s->runs[s->run_count - 1];
    assert_true(first->rtl && last->rtl);
    assert_true(first->start > last->start);
    bool number = false;
    for (uint32_t i = 1; i + 1 < s->run_count; i++)
        number |= !s->runs[i].rtl && s->text[s->runs[i].start] == '1';
    assert_true(number);
}

static void lines_join_words(void **state)
{
    (void)state;
    struct error e = {0};
    const struct shaped *parts[4] = {plain("to "), plain(AB " "),
                                     plain(GD ", "), plain("now")};
    const struct shaped *line[4] = {NULL};
    size_t n = 0;
    assert_true(line_turns(parts, 4));
    assert_false(line_turns(parts, 1));
    check_ok(shape_line(shaper, parts, 4, line, &n, &e), &e);
    assert_int_equal(n, 3);
    assert_ptr_equal(line[0], parts[0]);
    assert_ptr_equal(line[2], parts[3]);
    assert_int_equal(line[1]->length, 11);
    /* The second word is at the left, the comma at the right end. */
    assert_int_equal(line[1]->glyphs[0].cluster, 7);
    assert_int_equal(line[1]->glyphs[line[1]->glyph_count - 2].point, ',');
    for (size_t i = 0; i < 4; i++)
        parts[i] = glyphs_of(parts[i]->text, FONT_REGULAR, SHAPE_RTL);
    check_ok(shape_line(shaper, parts, 4, line, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_int_equal(line[0]->text[line[0]->runs[0].start], 'n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_names_what_is_wrong),
        cmocka_unit_test(manifest_is_a_table),
        cmocka_unit_test(kerns_and_keeps),
        cmocka_unit_test(trailing_space_is_told),
        cmocka_unit_test(the_cache_survives_growth),
        cmocka_unit_test(falls_back_by_character),
        cmocka_unit_test(says_what_no_font_has),
        cmocka_unit_test(directions),
        cmocka_unit_test(directions_of_numbers),
        cmocka_unit_test(lines_join_words),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
