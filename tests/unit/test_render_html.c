#include "check.h"

#include "render/outputs.h"

#include "support/render_samples.h"

static char *html_of(const char *kind, const char *markup, size_t *length)
{
    struct arena *a = arena_new(1 << 24);
    struct buf b = BUF_INIT(1 << 24);
    struct error e;
    check_ok(render_html(doc_parse(a, kind, markup), &b, &e), &e);
    arena_free(a);
    if (length != NULL)
        *length = b.length;
    return b.data;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

static void values_cannot_become_markup(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct document *d = doc_parse(a, "notice", "<p id='x'>t</p>");
    struct doc_node *p = d->body->first;
    p->first->text = "<script>alert('&')</script> \"q\"";
    p->id = "\"><b>";
    p->classes = "\" onload=\"x";
    d->title = "</title><script>";
    d->foot_left = "<i>";
    struct buf b = BUF_INIT(1 << 20);
    struct error e;
    check_ok(render_html(d, &b, &e), &e);
    assert_null(strstr(b.data, "<script"));
    assert_null(strstr(b.data, "<b>"));
    assert_null(strstr(b.data, "<i>"));
    assert_null(strstr(b.data, "\" onload"));
    assert_non_null(strstr(b.data, "&lt;script&gt;alert('&amp;')"));
    buf_free(&b);
    arena_free(a);
}

static void a_page_fetches_nothing(void **state)
{
    (void)state;
    const char *const samples[] = {sample_notice, sample_explanation,
                                   sample_card};
    for (size_t i = 0; i < 3; i++) {
        char *text = html_of("card", samples[i], NULL);
        assert_null(strstr(text, "<script"));
        assert_null(strstr(text, "<link"));
        assert_null(strstr(text, "url("));
        assert_null(strstr(text, "@import"));
        assert_null(strstr(text, "src="));
        assert_int_equal(occurrences(text, "<main>"), 1);
        assert_int_equal(occurrences(text, "<table"),
                         occurrences(text, "</table>"));
        assert_int_equal(occurrences(text, "<li>"), occurrences(text, "</li>"));
        assert_int_equal(occurrences(text, "<ol"), occurrences(text, "</ol>"));
        assert_int_equal(occurrences(text, "<div"),
                         occurrences(text, "</div>"));
        free(text);
    }
}

static void the_same_tree_gives_the_same_bytes(void **state)
{
    (void)state;
    size_t n, m;
    char *a = html_of("card", sample_card, &n);
    char *b = html_of("card", sample_card, &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    free(a);
    free(b);
}

static void a_figure_says_what_it_shows(void **state)
{
    (void)state;
    char *text = html_of("explanation", sample_explanation, NULL);
    assert_non_null(strstr(text, "<svg role=\"img\" aria-labelledby=\"figure-1\""));
    assert_non_null(strstr(text, "<title id=\"figure-1\">Bars of six facts"));
    assert_non_null(strstr(text, "role=\"region\" tabindex=\"0\" aria-label="));
    assert_non_null(strstr(text, "F-AGAINST"));
    free(text);
}

static void contents_link_to_names_that_exist(void **state)
{
    (void)state;
    char *text = html_of("card", sample_card, NULL);
    size_t links = 0;
    for (const char *p = text; (p = strstr(p, "href=\"#")) != NULL;) {
        p += strlen("href=\"#");
        char name[80];
        (void)snprintf(name, sizeof name, "id=\"%.*s\"",
                       (int)strcspn(p, "\""), p);
        if (strstr(text, name) == NULL)
            fail_msg("nothing has %s", name);
        links++;
    }
    assert_int_equal(links, 4); /* three in the contents, one in a sentence */
    free(text);
}

static void no_heading_level_is_left_out(void **state)
{
    (void)state;
    char *text = html_of("card", "<h1>A</h1><h3>B</h3><h2>C</h2><h3>D</h3>",
                         NULL);
    assert_non_null(strstr(text, "<h2 class=\"as-h3\">B</h2>"));
    assert_non_null(strstr(text, "<h3>D</h3>"));
    free(text);
}

static void an_output_is_found_by_name(void **state)
{
    (void)state;
    assert_true(output_count() >= 2);
    for (size_t i = 0; i < output_count(); i++)
        assert_ptr_equal(output_find(output_at(i)->name), output_at(i));
    assert_null(output_find("docx"));
    assert_false(output_find("html")->paged);
    assert_true(output_find("pdf")->paged);
}

static void a_full_buffer_is_said(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 24);
    struct buf b = BUF_INIT(5000);
    struct error e;
    check_fails(render_html(doc_parse(a, "notice", sample_notice), &b, &e), &e,
                ST_LIMIT, "5000");
    buf_free(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_cannot_become_markup),
        cmocka_unit_test(a_page_fetches_nothing),
        cmocka_unit_test(the_same_tree_gives_the_same_bytes),
        cmocka_unit_test(a_figure_says_what_it_shows),
        cmocka_unit_test(contents_link_to_names_that_exist),
        cmocka_unit_test(no_heading_level_is_left_out),
        cmocka_unit_test(an_output_is_found_by_name),
        cmocka_unit_test(a_full_buffer_is_said),
    };
    return cmocka_run_group_tests_name("render html", tests, NULL, NULL);
}
