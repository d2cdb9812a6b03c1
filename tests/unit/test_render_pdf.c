/* The PDF painter, fed with box lists made by hand. */
#include "check.h"

#include "support/paper.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 25, LETTER_BYTES = 26000 };

static struct font_set *fonts;

static int open_fonts(void **state)
{
    (void)state;
    struct error e = {0};
    return font_set_load("fonts/MANIFEST", &fonts, &e) == ST_OK ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    font_set_free(fonts);
    return 0;
}

static bool have(const char *tool)
{
    char command[600];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", tool);
    return system(command) == 0;
}

/* Writes the bytes to a file that the caller unlinks. */
static void keep(const struct buf *b, char path[40])
{
    snprintf(path, 40, "/tmp/candor-pdf-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b->data, 1, b->length, f), b->length);
    assert_int_equal(fclose(f), 0);
}

static void letter(struct buf *out)
{
    struct paper p;
    struct error e = {0};
    paper_open(&p, fonts, 2);
    paper_letter(&p, "Ms. J\xC3\xB6hnsson, 12 Elm Street ");
    check_ok(paper_paint(&p, out, &e), &e);
    paper_close(&p);
}

static bool holds(const struct buf *b, const char *text)
{
    return memmem(b->data, b->length, text, strlen(text)) != NULL;
}

static void is_well_formed(void **state)
{
    (void)state;
    struct buf out;
    char path[40], command[200];
    letter(&out);
    assert_memory_equal(out.data, "%PDF-1.7\n", 9);
    assert_true(holds(&out, "/DisplayDocTitle true"));
    assert_true(holds(&out, "<pdfuaid:part>1</pdfuaid:part>"));
    assert_true(holds(&out, "<pdfaid:conformance>A</pdfaid:conformance>"));
    assert_true(holds(&out, "Notice &amp; &lt;decision&gt;</rdf:li>"));
    assert_true(holds(&out, "(D:20260301000000Z)"));
    assert_true(holds(&out, "/AFRelationship/Source"));
    assert_true(out.length <= LETTER_BYTES + 3000); /* four faces, a figure */
    if (!have("qpdf")) {
        buf_free(&out);
        skip();
    }
    keep(&out, path);
    buf_free(&out);
    snprintf(command, sizeof command, "qpdf --check %s >/dev/null 2>&1", path);
    int code = system(command);
    unlink(path);
    assert_int_equal(code, 0);
}

static void passes_the_reference_checker(void **state)
{
    (void)state;
    struct buf out;
    char path[40], tool[400], command[800];
    if (shared_data() == NULL)
        skip();
    path_join(tool, sizeof tool, shared_data(), "../tools/verapdf");
    if (access(tool, X_OK) != 0 || !have("java"))
        skip();
    letter(&out);
    keep(&out, path);
    buf_free(&out);
    snprintf(command, sizeof command, "%s ua1,3a %s >/dev/null 2>&1", tool,
             path);
    int code = system(command);
    unlink(path);
    if (code / 256 == 3)
        skip(); /* the checker itself cannot run */
    assert_int_equal(code, 0);
}

static void same_bytes_twice(void **state)
{
    (void)state;
    struct buf a, b;
    letter(&a);
    letter(&b);
    assert_int_equal(a.length, b.length);
    assert_memory_equal(a.data, b.data, a.length);
    buf_free(&a);
    buf_free(&b);
}

/* A painter that has painted other letters gives the bytes of a new one. */
static void history_leaves_no_trace(void **state)
{
    (void)state;
    static const char *const names[] = {"Aa ", "\xE7\x94\xB3 ",
                                        "Zz \xE2\x98\x90", "Aa "};
    struct paper p[4];
    struct error e = {0};
    struct buf alone, after = BUF_INIT(1 << 20);
    for (int i = 0; i < 4; i++) {
        paper_open(&p[i], fonts, 2);
        paper_letter(&p[i], names[i]);
    }
    check_ok(paper_paint(&p[0], &alone, &e), &e);
    struct pdf_painter *painter = pdf_painter_new(p[0].shaper);
    assert_non_null(painter);
    for (int i = 0; i < 4; i++) {
        buf_clear(&after);
        check_ok(pdf_paint(painter, &p[i].pages, &p[i].document, i == 1, &after,
                           &e), &e);
    }
    assert_int_equal(after.length, alone.length);
    assert_memory_equal(after.data, alone.data, alone.length);
    pdf_painter_free(painter);
    buf_free(&alone);
    buf_free(&after);
    for (int i = 0; i < 4; i++)
        paper_close(&p[i]);
}

struct worker {
    struct paper paper;
    struct buf out;
    bool ok;
};

static void *work(void *self)
{
    struct worker *w = self;
    struct pdf_painter *painter = pdf_painter_new(w->paper.shaper);
    w->ok = painter != NULL;
    for (int i = 0; w->ok && i < ROUNDS; i++) {
        buf_clear(&w->out);
        w->ok = pdf_paint(painter, &w->paper.pages, &w->paper.document, false,
                          &w->out, NULL) == ST_OK;
    }
    pdf_painter_free(painter);
    return NULL;
}

static void same_bytes_from_threads(void **state)
{
    (void)state;
    struct worker w[THREADS] = {{{0}, {0}, false}};
    pthread_t threads[THREADS];
    struct buf one;
    letter(&one);
    for (int i = 0; i < THREADS; i++) {
        w[i].out = BUF_INIT(1 << 20);
        paper_open(&w[i].paper, fonts, 2);
        paper_letter(&w[i].paper, "Ms. J\xC3\xB6hnsson, 12 Elm Street ");
        assert_int_equal(pthread_create(&threads[i], NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(w[i].ok);
        assert_int_equal(w[i].out.length, one.length);
        assert_memory_equal(w[i].out.data, one.data, one.length);
        buf_free(&w[i].out);
        paper_close(&w[i].paper);
    }
    buf_free(&one);
}

static void refuses(struct paper *p, status class, const char *fragment)
{
    struct error e = {0};
    struct buf out;
    check_fails(paper_paint(p, &out, &e), &e, class, fragment);
    buf_free(&out);
    paper_close(p);
}

static void refuses_what_no_reader_could_use(void **state)
{
    (void)state;
    struct error e = {0};
    struct paper p;
    paper_open(&p, fonts, 1);
    paper_elem(&p, p.root, ELEM_FIGURE);
    refuses(&p, ST_BUG, "alternative text");
    paper_open(&p, fonts, 1);
    struct struct_elem *t = paper_elem(&p, p.root, ELEM_TABLE);
    check_ok(paper_line(&p, t, FONT_BOLD, 9, 9, "x", "en", &e), &e);
    refuses(&p, ST_BUG, "grouping element");
    paper_open(&p, fonts, 1);
    paper_link(&p, paper_elem(&p, p.root, ELEM_LINK), 1, 1, NULL, "nowhere",
               "x");
    refuses(&p, ST_BUG, "nowhere");
    paper_open(&p, fonts, 1);
    paper_link(&p, paper_elem(&p, p.root, ELEM_LINK), 1, 1, "tel:1", NULL, "");
    refuses(&p, ST_BUG, "contents");
    paper_open(&p, fonts, 1);
    p.document.date = "1 March";
    refuses(&p, ST_ARGUMENT, "1 March");
    paper_open(&p, fonts, 1);
    p.document.title = "";
    refuses(&p, ST_BUG, "title");
    paper_open(&p, fonts, 0);
    refuses(&p, ST_BUG, "pages");
}

static void names_a_missing_character_in_a_figure(void **state)
{
    (void)state;
    struct paper p;
    paper_open(&p, fonts, 1);
    struct struct_elem *el = paper_elem(&p, p.root, ELEM_FIGURE);
    el->alt = "A figure.";
    struct mark m = {.kind = MARK_TEXT, .text = "\xF4\x8F\xBF\xBD", .size = 8};
    struct scene s = {.width = 10, .height = 10, .first = &m, .last = &m};
    paper_item(&p, ITEM_SCENE, el)->scene = &s;
    refuses(&p, ST_DATA, "U+10FFFD");
}

static void a_full_buffer_is_a_limit(void **state)
{
    (void)state;
    struct paper p;
    struct error e = {0};
    struct buf small = BUF_INIT(9000);
    paper_open(&p, fonts, 2);
    paper_letter(&p, "Ms. Lee ");
    struct pdf_painter *painter = pdf_painter_new(p.shaper);
    check_fails(pdf_paint(painter, &p.pages, &p.document, false, &small, &e),
                &e, ST_LIMIT, "");
    struct buf out = BUF_INIT(1 << 20);
    check_ok(pdf_paint(painter, &p.pages, &p.document, false, &out, &e), &e);
    pdf_painter_free(painter);
    buf_free(&small);
    buf_free(&out);
    paper_close(&p);
}

/* Whichever allocation fails, an error comes back and nothing is lost; the
 * same painter then gives the same bytes. */
static void any_allocation_may_fail(void **state)
{
    (void)state;
    struct paper p;
    struct error e = {0};
    struct buf good, out = BUF_INIT(1 << 20);
    paper_open(&p, fonts, 2);
    paper_letter(&p, "Ms. Lee ");
    check_ok(paper_paint(&p, &good, &e), &e);
    size_t n = 1, failures = 0;
    for (status st = ST_MEMORY; st != ST_OK; n += 1 + n / 40) {
        buf_clear(&out);
        mem_fail_at(n);
        struct pdf_painter *painter = pdf_painter_new(p.shaper);
        st = painter == NULL ? ST_MEMORY
                             : pdf_paint(painter, &p.pages, &p.document, false,
                                         &out, &e);
        mem_fail_at(0);
        assert_true(st == ST_OK || st == ST_MEMORY);
        failures += st != ST_OK;
        if (painter != NULL && st != ST_OK) {
            buf_clear(&out);
            check_ok(pdf_paint(painter, &p.pages, &p.document, false, &out,
                               &e), &e);
        }
        if (painter != NULL)
            assert_int_equal(out.length, good.length);
        if (painter != NULL)
            assert_memory_equal(out.data, good.data, good.length);
        pdf_painter_free(painter);
    }
    assert_true(failures > 50);
    buf_free(&good);
    buf_free(&out);
    paper_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_well_formed),
        cmocka_unit_test(passes_the_reference_checker),
        cmocka_unit_test(same_bytes_twice),
        cmocka_unit_test(history_leaves_no_trace),
        cmocka_unit_test(same_bytes_from_threads),
        cmocka_unit_test(refuses_what_no_reader_could_use),
        cmocka_unit_test(names_a_missing_character_in_a_figure),
        cmocka_unit_test(a_full_buffer_is_a_limit),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
