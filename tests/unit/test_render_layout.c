#include "check.h"

#include "render/layout.h"
#include "render/style.h"

#include "support/random_markup.h"
#include "support/render_samples.h"

struct kit {
    struct font_set *fonts;
    struct shaper *shaper;
    struct arena *tree, *boxes;
    struct document *d;
    const struct pages *pages;
};

static bool kit_open(struct kit *k)
{
    struct error e;
    *k = (struct kit){0};
    if (font_set_load("fonts/MANIFEST", &k->fonts, &e) != ST_OK) {
        print_message("fonts: %s\n", e.text);
        return false;
    }
    k->shaper = shaper_new(k->fonts);
    k->tree = arena_new(1 << 26);
    k->boxes = arena_new(1 << 28);
    return true;
}

static void kit_set(struct kit *k)
{
    struct error e;
    arena_reset(k->boxes);
    check_ok(layout_document(k->d, k->shaper, k->boxes, &k->pages, &e), &e);
}

static void kit_lay(struct kit *k, const char *kind, const char *markup)
{
    k->d = doc_parse(k->tree, kind, markup);
    kit_set(k);
}

static void kit_close(struct kit *k)
{
    shaper_free(k->shaper);
    font_set_free(k->fonts);
    arena_free(k->tree);
    arena_free(k->boxes);
}

#define OPEN(k)                                                                \
    struct kit k;                                                              \
    (void)state;                                                               \
    if (!kit_open(&k))                                                         \
        skip()

static void add_words(struct buf *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] != ' ' && text[i] != '\n')
            buf_putc(b, text[i]);
}

static void tree_text(struct buf *b, const struct doc_node *n)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        add_words(b, n->text, strlen(n->text));
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        tree_text(b, c);
}

/* Labels and contents are made by layout; the terms of a dl are not. */
static bool generated(const struct struct_elem *e)
{
    for (; e != NULL; e = e->parent)
        if ((e->kind == ELEM_LBL && e->parent->parent->numbering != LIST_NONE) ||
            e->kind == ELEM_TOC)
            return true;
    return false;
}

static const struct struct_elem *block_of(const struct struct_elem *e)
{
    while (e->kind == ELEM_LINK || e->kind == ELEM_SPAN)
        e = e->parent;
    return e;
}

static void read_blocks(struct buf *out, const struct buf *texts,
                        const struct struct_elem *e)
{
    buf_puts(out, buf_text(&texts[e->index]));
    for (const struct struct_elem *c = e->first; c != NULL; c = c->next)
        read_blocks(out, texts, c);
}

/* As a reader of the structure tree hears it. */
static void boxes_text(struct buf *b, const struct pages *p)
{
    struct buf *texts = calloc(p->elem_count, sizeof *texts);
    for (size_t i = 0; i < p->elem_count; i++)
        texts[i] = BUF_INIT(1 << 20);
    for (size_t i = 0; i < p->page_count; i++)
        for (const struct box_item *k = p->pages[i].first; k; k = k->next)
            for (size_t j = 0; k->elem != NULL && j < k->part_count; j++)
                if (!generated(k->elem))
                    add_words(&texts[block_of(k->elem)->index],
                              k->parts[j]->text, k->parts[j]->length);
    read_blocks(b, texts, p->root);
    for (size_t i = 0; i < p->elem_count; i++)
        buf_free(&texts[i]);
    free(texts);
}

static void check_text(struct kit *k)
{
    struct buf a = BUF_INIT(1 << 24), b = BUF_INIT(1 << 24);
    tree_text(&a, k->d->body);
    boxes_text(&b, k->pages);
    size_t at = 0;
    while (at < a.length && at < b.length && a.data[at] == b.data[at])
        at++;
    if (at != a.length || at != b.length)
        fail_msg("the tree says \"%.60s\", the boxes \"%.60s\"",
                 buf_text(&a) + at, buf_text(&b) + at);
    buf_free(&a);
    buf_free(&b);
}

/* Nothing leaves the text area; no two lines of text in one place. */
static void check_inside(struct kit *k)
{
    struct style_page g = style_page_of(k->d);
    double right = g.left + g.body_width, bottom = g.top + g.body_height;
    for (size_t i = 0; i < k->pages->page_count; i++)
        for (const struct box_item *b = k->pages->pages[i].first; b;
             b = b->next) {
            if (b->x < g.left - 0.05 || b->x + b->width > right + 0.05)
                fail_msg("page %zu: kind %d from %.2f to %.2f, not %.2f to %.2f: "
                         "%.60s", i + 1, (int)b->kind, b->x, b->x + b->width, g.left, right,
                         b->kind == ITEM_TEXT ? b->parts[0]->text : "");
            if (b->elem != NULL && (b->y < g.top || b->y > bottom + 0.05))
                fail_msg("page %zu: y %.2f is not in %.2f to %.2f", i + 1, b->y,
                         g.top, bottom);
        }
}

static void samples_keep_their_text_and_their_margins(void **state)
{
    OPEN(k);
    const struct {
        const char *kind, *markup;
    } samples[] = {{"notice", sample_notice},
                   {"explanation", sample_explanation},
                   {"card", sample_card}};
    for (int way = 0; way < 4; way++)
        for (size_t i = 0; i < 3; i++) {
            k.d = doc_parse(k.tree, samples[i].kind, samples[i].markup);
            k.d->letter_size = (way & 1) != 0;
            k.d->large_print = (way & 2) != 0;
            kit_set(&k);
            check_text(&k);
            check_inside(&k);
        }
    kit_close(&k);
}

static void the_same_tree_gives_the_same_boxes(void **state)
{
    OPEN(k);
    struct buf a = BUF_INIT(1 << 24), b = BUF_INIT(1 << 24);
    kit_lay(&k, "card", sample_card);
    layout_dump(k.pages, &a);
    kit_lay(&k, "notice", sample_notice);
    shaper_begin(k.shaper);
    kit_lay(&k, "card", sample_card);
    layout_dump(k.pages, &b);
    assert_string_equal(buf_text(&a), buf_text(&b));
    buf_free(&a);
    buf_free(&b);
    kit_close(&k);
}

static void nothing_leaves_its_column(void **state)
{
    OPEN(k);
    uint64_t seed = 42;
    for (int round = 0; round < 120; round++) {
        struct buf b = BUF_INIT(1 << 20);
        unsigned blocks = 1 + markup_below(&seed, 12);
        for (unsigned i = 0; i < blocks; i++)
            random_block(&seed, &b, 0);
        k.d = doc_parse(k.tree, round % 3 == 0 ? "card" : "notice",
                        buf_text(&b));
        k.d->large_print = round % 5 == 0;
        kit_set(&k);
        check_text(&k);
        check_inside(&k);
        buf_free(&b);
        arena_reset(k.tree);
    }
    kit_close(&k);
}

static const struct struct_elem *row_of(const struct struct_elem *e)
{
    while (e != NULL && e->kind != ELEM_TR)
        e = e->parent;
    return e;
}

static void a_row_stays_on_its_page(void **state)
{
    OPEN(k);
    uint64_t seed = 42;
    struct buf b = BUF_INIT(1 << 20);
    buf_puts(&b, "<table><caption>Rows</caption><thead><tr><th>One</th><th>Two"
                 "</th></tr></thead><tbody>");
    for (int i = 0; i < 200; i++) {
        buf_printf(&b, "<tr><td>row %d</td><td>", i);
        random_words(&seed, &b, 25);
        buf_puts(&b, "</td></tr>");
    }
    buf_puts(&b, "</tbody></table>");
    kit_lay(&k, "card", buf_text(&b));
    check_text(&k);
    size_t *page_of = calloc(k.pages->elem_count, sizeof *page_of);
    assert_true(k.pages->page_count > 3);
    for (size_t i = 0; i < k.pages->page_count; i++) {
        size_t rows = 0, heads = 0;
        for (const struct box_item *x = k.pages->pages[i].first; x; x = x->next) {
            const struct struct_elem *tr = row_of(x->elem);
            if (tr != NULL && page_of[tr->index] == 0)
                page_of[tr->index] = i + 1, rows++;
            if (tr != NULL)
                assert_int_equal(page_of[tr->index], i + 1);
            if (x->kind == ITEM_TEXT && x->elem == NULL &&
                x->artifact == ARTIFACT_LAYOUT)
                heads++;
        }
        assert_true(rows >= 2);
        /* caption, "continued", two heads */
        assert_int_equal(heads, i == 0 ? 0 : 4);
    }
    free(page_of);
    buf_free(&b);
    kit_close(&k);
}

static void contents_tell_the_pages(void **state)
{
    OPEN(k);
    kit_lay(&k, "card", sample_card);
    size_t seen = 0;
    for (const struct box_item *x = k.pages->pages[1].first; x; x = x->next) {
        if (x->elem == NULL || x->elem->kind != ELEM_LINK)
            continue;
        char text[40];
        (void)snprintf(text, sizeof text, "%.*s", (int)x->parts[0]->length,
                       x->parts[0]->text);
        if (strspn(text, "0123456789") != strlen(text))
            continue;
        const struct link_area *a = k.pages->pages[1].links;
        while (a != NULL && a->elem != x->elem)
            a = a->next;
        assert_non_null(a);
        for (size_t i = 0; i < k.pages->destination_count; i++)
            if (strcmp(k.pages->destinations[i].name, a->target) == 0)
                assert_int_equal(k.pages->destinations[i].page + 1,
                                 strtoul(text, NULL, 10));
        seen++;
    }
    assert_int_equal(seen, 3);
    kit_close(&k);
}

static void a_heading_is_never_last_on_its_page(void **state)
{
    OPEN(k);
    uint64_t seed = 42;
    struct buf b = BUF_INIT(1 << 20);
    for (int i = 0; i < 80; i++) {
        buf_puts(&b, i % 3 == 0 ? "<h2>A heading</h2><h3>And one below</h3><p>"
                                : "<p>");
        random_words(&seed, &b, 60);
        buf_puts(&b, "</p>");
    }
    kit_lay(&k, "card", buf_text(&b));
    for (size_t i = 0; i < k.pages->page_count; i++) {
        const struct box_item *last = NULL;
        for (const struct box_item *x = k.pages->pages[i].first; x; x = x->next)
            last = x->elem != NULL ? x : last;
        assert_true(last->elem->kind != ELEM_H2 && last->elem->kind != ELEM_H3);
    }
    buf_free(&b);
    kit_close(&k);
}

/* First and last line of a paragraph never stand alone on a page. */
static void no_widows_and_no_orphans(void **state)
{
    OPEN(k);
    struct buf b = BUF_INIT(1 << 20);
    for (int i = 0; i < 60; i++)
        buf_puts(&b, "<p>There are many words in this paragraph, all of them "
                     "short, so that it takes several lines of the page and may "
                     "be parted between two pages, with two lines on each of "
                     "them at least, which is what is looked at here.</p>"
                     "<p>Short one.</p>");
    kit_lay(&k, "notice", buf_text(&b));
    assert_true(k.pages->page_count > 2);
    for (size_t i = 0; i + 1 < k.pages->page_count; i++) {
        const struct box_item *lines[3] = {NULL, NULL, NULL};
        for (const struct box_item *x = k.pages->pages[i].first; x; x = x->next)
            if (x->elem != NULL) {
                lines[0] = lines[1];
                lines[1] = x;
            }
        const struct box_item *next = k.pages->pages[i + 1].first;
        if (next->elem != lines[1]->elem)
            continue;
        assert_ptr_equal(lines[0]->elem, lines[1]->elem);
        assert_ptr_equal(next->next->elem, next->elem);
    }
    buf_free(&b);
    kit_close(&k);
}

static void numbers_stand_on_their_decimal_mark(void **state)
{
    OPEN(k);
    kit_lay(&k, "card",
            "<table><tbody><tr><th>a</th><td class='num'>39.7</td></tr>"
            "<tr><th>b</th><td class='num'>3.02</td></tr>"
            "<tr><th>c</th><td class='num'>1,190</td></tr></tbody></table>");
    double mark[3];
    size_t n = 0;
    for (const struct box_item *x = k.pages->pages[0].first; x; x = x->next) {
        if (x->elem == NULL || x->elem->kind != ELEM_TD)
            continue;
        const struct shaped *whole;
        struct error e;
        size_t length = strcspn(x->parts[0]->text, ".");
        length = length < x->parts[0]->length ? length : x->parts[0]->length;
        check_ok(shape(k.shaper, FONT_REGULAR, x->parts[0]->text, length,
                       "en-US", SHAPE_TABULAR, &whole, &e), &e);
        mark[n++] = x->x + x->size * whole->width / FONT_EM;
    }
    assert_int_equal(n, 3);
    check_close(mark[1], mark[0], 0, 0.02);
    check_close(mark[2], mark[0], 0, 0.02);
    kit_close(&k);
}

static void an_address_shows_in_a_window(void **state)
{
    OPEN(k);
    kit_lay(&k, "notice", sample_notice);
    for (const struct box_item *x = k.pages->pages[0].first; x; x = x->next)
        if (x->kind == ITEM_TEXT && x->parts[0]->length >= 6 &&
            memcmp(x->parts[0]->text, "Jordan", 6) == 0) {
            /* 2.5 in to 3.17 in, whichever way the sheet slides */
            assert_true(x->y - x->size > 2.5 * 72.0 - 0.5);
            assert_true(x->y + 32.0 < 3.17 * 72.0 + 0.5);
            kit_close(&k);
            return;
        }
    fail_msg("no address");
}

static void a_small_page_is_set_as_it_was(void **state)
{
    OPEN(k);
    kit_lay(&k, "notice",
            "<h1>Outcome</h1><p>One <strong>bold</strong> word.</p>"
            "<ol class='ranked'><li>First</li></ol>");
    struct buf b = BUF_INIT(1 << 16);
    layout_dump(k.pages, &b);
    assert_string_equal(
        buf_text(&b),
        "page 1\n"
        "text H1 68.0 74.3 17.00 \"Outcome\"\n"
        "text P 68.0 97.2 10.50 \"One bold word.\"\n"
        "rule (layout) 68.0 108.3 475.9 0.0\n"
        "text Lbl 68.0 124.7 10.50 \"1\"\n"
        "text LBody 90.0 124.7 10.50 \"First\"\n"
        "rule (layout) 68.0 132.9 475.9 0.0\n"
        "rule (footer) 68.0 746.0 475.9 0.0\n"
        "text (footer) 502.2 759.0 8.00 \"Page 1 of 1\"\n"
        "text (footer) 68.0 759.0 8.00 \"Notice HV-2026-004417-N1 \xc2\xb7 model "
        "credit-risk 3.2\"\n"
        "destination heading-1 page 1\n"
        "outline 0 \"Outcome\" page 1\n");
    buf_free(&b);
    kit_close(&k);
}

static void memory_that_is_missing_is_said(void **state)
{
    OPEN(k);
    k.d = doc_parse(k.tree, "notice", sample_notice);
    struct error e;
    for (size_t cap = 1024; cap < 200 * 1024; cap += 4096) {
        struct arena *small = arena_new(cap);
        status s = layout_document(k.d, k.shaper, small, &k.pages, &e);
        assert_true(s == ST_OK || s == ST_LIMIT);
        arena_free(small);
    }
    struct arena *small = arena_new(2048);
    check_fails(layout_document(k.d, k.shaper, small, &k.pages, &e), &e,
                ST_LIMIT, "memory");
    arena_free(small);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_keep_their_text_and_their_margins),
        cmocka_unit_test(the_same_tree_gives_the_same_boxes),
        cmocka_unit_test(nothing_leaves_its_column),
        cmocka_unit_test(a_row_stays_on_its_page),
        cmocka_unit_test(contents_tell_the_pages),
        cmocka_unit_test(a_heading_is_never_last_on_its_page),
        cmocka_unit_test(no_widows_and_no_orphans),
        cmocka_unit_test(numbers_stand_on_their_decimal_mark),
        cmocka_unit_test(an_address_shows_in_a_window),
        cmocka_unit_test(a_small_page_is_set_as_it_was),
        cmocka_unit_test(memory_that_is_missing_is_said),
    };
    return cmocka_run_group_tests_name("render layout", tests, NULL, NULL);
}
