/* What is drawn is what the text says: by the glyphs' own meanings in the file,
 * read back by pdftotext, in the order of the tree. */
#include "check.h"

#include "support/paper.h"

#include <stdbool.h>
#include <unistd.h>

/* One line each: the language, the text. No Arabic with lam and alef side by
 * side, whose one glyph pdftotext of poppler 22 reads backwards. */
static const char *const lines[][2] = {
    {"en", "The office \xE2\x80\x94 \xE2\x80\x9C" "fi\xE2\x80\x9D affluent, "
           "1,234.50 \xE2\x82\xAC \xC2\xBD \xE2\x89\xA4 \xE2\x86\x92 "
           "\xE2\x9C\x93 \xE2\x98\x90 \xE2\x88\x92" "3"},
    {"vi", "Nguy\xE1\xBB\x85n Th\xE1\xBB\x8B \xE1\xBA\xA4m \xE1\xBA\xBF "
           "\xE1\xBB\x91"},
    {"el", "\xE1\xBC\x98\xCE\xBD \xE1\xBC\x80\xCF\x81\xCF\x87\xE1\xBF\x87 "
           "\xE1\xBC\xA6\xCE\xBD"},
    {"ru", "\xD0\x81\xD0\xB6\xD0\xB8\xD0\xBA \xD0\xB8 \xD0\x8E\xD1\x9E "
           "\xD0\x87\xD1\x97"},
    {"zh", "\xE6\x88\x91\xE4\xBB\xAC\xE6\x97\xA0\xE6\xB3\x95\xE6\x89\xB9"
           "\xE5\x87\x86 ABC 123"},
    {"ja", "\xE3\x81\x8A\xE5\xAE\xA2\xE6\xA7\x98\xE3\x81\xAE\xE7\x94\xB3"
           "\xE8\xAB\x8B"},
    {"ko", "\xEC\x8B\xA0\xEC\xB2\xAD\xEC\x9D\x84 \xEC\x8A\xB9\xEC\x9D\xB8"},
    {"ar", "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A "
           "\xD8\xAD\xD8\xB3\xD9\x86"},
    {"he", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD7\xA2\xD7\x95\xD7\x9C\xD7\x9D"},
    {"hi", "\xE0\xA4\xB9\xE0\xA4\xAE \xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xB5"
           "\xE0\xA5\x80\xE0\xA4\x95\xE0\xA4\xBE\xE0\xA4\xB0 "
           "\xE0\xA4\xA8\xE0\xA4\xB9\xE0\xA5\x80\xE0\xA4\x82"},
    {"th", "\xE0\xB9\x80\xE0\xB8\xA3\xE0\xB8\xB2\xE0\xB9\x84\xE0\xB8\xA1\xE0"
           "\xB9\x88"},
    {"ta", "\xE0\xAE\x89\xE0\xAE\x99\xE0\xAF\x8D\xE0\xAE\x95\xE0\xAE\xB3\xE0"
           "\xAF\x8D"},
    {"bn", "\xE0\xA6\x86\xE0\xA6\xAE\xE0\xA6\xB0\xE0\xA6\xBE"},
    {"en", "\xF0\x9D\x91\xA5 e\xCC\x81 q\xCC\x83"},
    {"en", "Mr \xD9\x85\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A, "
           "paid"}};

enum { LINES = sizeof lines / sizeof lines[0] };

/* Takes out the marks that pdftotext puts around right-to-left words. */
static void strip_marks(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        if (strncmp(at, "\xE2\x80\xAA", 3) == 0 ||
            strncmp(at, "\xE2\x80\xAB", 3) == 0 ||
            strncmp(at, "\xE2\x80\xAC", 3) == 0)
            at += 3;
        else
            *to++ = *at++;
    }
    *to = '\0';
}

static char *extract(const struct buf *pdf, const char *options)
{
    char path[] = "/tmp/candor-text-XXXXXX", command[300];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf->data, pdf->length), (ssize_t)pdf->length);
    close(fd);
    snprintf(command, sizeof command, "pdftotext %s %s - 2>/dev/null", options,
             path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    size_t n = fread(text, 1, (1 << 16) - 1, pipe);
    text[n] = '\0';
    assert_int_equal(pclose(pipe), 0);
    unlink(path);
    strip_marks(text);
    return text;
}

static bool have_pdftotext(void)
{
    return system("command -v pdftotext >/dev/null 2>&1") == 0;
}

static void every_script_reads_back(void **state)
{
    (void)state;
    struct paper p;
    struct error e = {0};
    struct buf out;
    if (!have_pdftotext())
        skip();
    paper_open(&p, NULL, 1);
    for (size_t i = 0; i < LINES; i++) {
        struct struct_elem *el = paper_elem(&p, p.root, ELEM_P);
        el->lang = lines[i][0];
        check_ok(paper_line(&p, el, FONT_REGULAR, 12, 60, lines[i][1],
                            lines[i][0], &e), &e);
    }
    check_ok(paper_paint(&p, &out, &e), &e);
    char *text = extract(&out, "-layout"), *at = text;
    for (size_t i = 0; i < LINES; i++) {
        char *end = strchr(at, '\n');
        assert_non_null(end);
        *end = '\0';
        while (*at == ' ')
            at++;
        assert_string_equal(at, lines[i][1]);
        at = end + 1;
        while (*at == '\n')
            at++;
    }
    free(text);
    buf_free(&out);
    struct font_set *fonts = p.fonts;
    paper_close(&p);
    font_set_free(fonts);
}

/* The text of every part of every item, in order. */
static char *text_of(const struct paper *p)
{
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    for (size_t i = 0; i < p->pages.page_count; i++)
        for (const struct box_item *it = p->pages.pages[i].first; it != NULL;
             it = it->next) {
            const char *tail = it->kind == ITEM_TEXT ? "\n" : "";
            for (size_t k = 0; k < it->part_count; k++)
                memcpy(text + strlen(text), it->parts[k]->text,
                       it->parts[k]->length);
            for (const struct mark *m = it->scene ? it->scene->first : NULL;
                 m != NULL; m = m->next)
                if (m->kind == MARK_TEXT)
                    snprintf(text + strlen(text), 200, "%s\n", m->text);
            snprintf(text + strlen(text), 2, "%s", tail);
        }
    return text;
}

/* Leaves the words alone with one space between them. */
static void squeeze(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        at += strspn(at, " \n\f");
        if (to > text && *at != '\0')
            *to++ = ' ';
        size_t n = strcspn(at, " \n\f");
        memmove(to, at, n);
        to += n;
        at += n;
    }
    *to = '\0';
}

static void a_letter_reads_in_order(void **state)
{
    (void)state;
    struct paper p;
    struct error e = {0};
    struct buf out;
    if (!have_pdftotext())
        skip();
    paper_open(&p, NULL, 2);
    paper_letter(&p, "Ms. J\xC3\xB6hnsson, 12 Elm Street ");
    check_ok(paper_paint(&p, &out, &e), &e);
    char *drawn = extract(&out, "-raw"), *said = text_of(&p);
    squeeze(drawn);
    squeeze(said);
    assert_string_equal(drawn, said);
    free(drawn);
    free(said);
    buf_free(&out);
    struct font_set *fonts = p.fonts;
    paper_close(&p);
    font_set_free(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_script_reads_back),
        cmocka_unit_test(a_letter_reads_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
