/* tests/support/paper.c: see paper.h. */
#include "support/paper.h"

#include "check.h"

static const uint32_t palette[COLOUR_COUNT] = {
    0x1b1f24, 0x1b1f24, 0x57606a, 0xd0d7de, 0xf6f8fa, 0x0b4f79,
    0x6c96ae, 0xc2d3de, 0x1f6fb2, 0xb5471b, 0x8a5a00, 0x12436D,
    0x28A197, 0x801650, 0xF46A25, 0x3D3D3D, 0xA285D1, 0xffffff};

enum { PAPER_CAP = 64 << 20 };

void paper_open(struct paper *p, struct font_set *fonts, size_t pages)
{
    struct error e = {0};
    *p = (struct paper){.arena = arena_new(PAPER_CAP), .fonts = fonts, .y = 72};
    if (fonts == NULL)
        check_ok(font_set_load("fonts/MANIFEST", &p->fonts, &e), &e);
    p->shaper = shaper_new(p->fonts);
    assert_non_null(p->arena);
    assert_non_null(p->shaper);
    p->pages = (struct pages){
        .width = 612, .height = 792, .page_count = pages, .palette = palette,
        .pages = arena_new_array(p->arena, struct page_box, pages)};
    p->root = paper_elem(p, NULL, ELEM_DOCUMENT);
    p->pages.root = p->root;
    p->document = (struct document){
        .arena = p->arena, .lang = "en-US", .title = "Notice & <decision>",
        .author = "Example Savings Bank", .subject = "A-1042",
        .date = "2026-03-01", .kind = "notice", .letter_size = true,
        .twin_name = "decision.json", .twin = "{\"id\": \"A-1042\"}\n",
        .twin_length = 17};
}

void paper_close(struct paper *p)
{
    shaper_free(p->shaper);
    arena_free(p->arena);
}

struct struct_elem *paper_elem(struct paper *p, struct struct_elem *parent,
                               enum elem_kind kind)
{
    struct struct_elem *el = arena_new_one(p->arena, struct struct_elem);
    assert_non_null(el);
    el->kind = kind;
    el->index = (uint32_t)p->elem_count++;
    el->parent = parent;
    p->pages.elem_count = p->elem_count;
    if (kind == ELEM_TH)
        el->scope = SCOPE_COLUMN;
    if (parent == NULL)
        return el;
    if (parent->last == NULL)
        parent->first = el;
    else
        parent->last->next = el;
    parent->last = el;
    return el;
}

struct box_item *paper_item(struct paper *p, enum item_kind kind,
                            struct struct_elem *elem)
{
    struct page_box *page = &p->pages.pages[p->page];
    struct box_item *it = arena_new_one(p->arena, struct box_item);
    assert_non_null(it);
    *it = (struct box_item){.kind = kind, .elem = elem, .colour = COLOUR_INK,
                            .artifact = ARTIFACT_LAYOUT};
    if (page->last == NULL)
        page->first = it;
    else
        page->last->next = it;
    page->last = it;
    return it;
}

status paper_line(struct paper *p, struct struct_elem *elem,
                  enum font_style style, double size, double x,
                  const char *text, const char *lang, struct error *e)
{
    size_t length = strlen(text), count = 0;
    const struct shaped **parts = arena_array(p->arena, length + 1,
                                              sizeof *parts);
    for (size_t at = 0; at < length;) {
        size_t end = at;
        while (end < length && text[end] != ' ')
            end++;
        while (end < length && text[end] == ' ')
            end++;
        TRY(shape(p->shaper, style, text + at, end - at, lang, 0,
                  &parts[count++], e));
        at = end;
    }
    struct box_item *it = paper_item(p, ITEM_TEXT, elem);
    it->x = x;
    it->y = p->y;
    it->size = size;
    it->parts = parts;
    it->part_count = count;
    it->artifact = ARTIFACT_FOOTER;
    p->y += size * 1.5;
    return ST_OK;
}

void paper_link(struct paper *p, struct struct_elem *elem, double x, double y,
                const char *uri, const char *target, const char *contents)
{
    struct page_box *page = &p->pages.pages[p->page];
    struct link_area *l = arena_new_one(p->arena, struct link_area);
    assert_non_null(l);
    *l = (struct link_area){.x = x, .y = y, .width = 100, .height = 14,
                            .elem = elem, .uri = uri, .target = target,
                            .contents = contents};
    if (page->last_link == NULL)
        page->links = l;
    else
        page->last_link->next = l;
    page->last_link = l;
}

static void line(struct paper *p, struct struct_elem *el, enum font_style style,
                 double size, double x, const char *text)
{
    struct error e = {0};
    check_ok(paper_line(p, el, style, size, x, text, "en-US", &e), &e);
}

static void paragraph(struct paper *p, struct struct_elem *parent, size_t from,
                      size_t lines)
{
    static const char *const texts[] = {
        "We have looked at your application with care, and we are not able to ",
        "offer you the loan you asked for. The reasons that counted most are ",
        "listed below, the weightiest first; each of them is about facts in ",
        "your application or in the report of the bureau that is named here. ",
        "If a fact is wrong, tell us or the bureau, and it will be corrected ",
        "free of charge. You may ask for the report within sixty days of this ",
        "letter. Office hours are Monday to Friday, 8:30 to 17:00; ask at ",
        "(555) 010-7734 or write to the address above, with your reference. "};
    struct struct_elem *el = paper_elem(p, parent, ELEM_P);
    for (size_t i = 0; i < lines; i++)
        line(p, el, FONT_REGULAR, 10.5, 68,
             texts[(from + i) % (sizeof texts / sizeof texts[0])]);
    p->y += 5;
}

static void list(struct paper *p, struct struct_elem *parent)
{
    static const char *const reasons[] = {
        "Amounts owed on revolving accounts are too high ",
        "Time since most recent delinquency is too short ",
        "Length of employment ", "Number of recent enquiries "};
    struct struct_elem *l = paper_elem(p, parent, ELEM_L);
    l->numbering = LIST_DECIMAL;
    for (size_t i = 0; i < 4; i++) {
        char number[4] = {(char)('1' + i), '.', ' ', 0};
        struct struct_elem *li = paper_elem(p, l, ELEM_LI);
        double y = p->y;
        line(p, paper_elem(p, li, ELEM_LBL), FONT_BOLD, 10.5, 68, number);
        p->y = y;
        line(p, paper_elem(p, li, ELEM_LBODY), FONT_REGULAR, 10.5, 90,
             reasons[i]);
    }
    p->y += 5;
}

static void table(struct paper *p, struct struct_elem *parent)
{
    static const char *const cells[3][3] = {
        {"Fact ", "Yours ", "Source "},
        {"Balance to limit ", "87 % ", "Report "}, {"Enquiries ", "6 ", ""}};
    static const char *const ids[3] = {"h1", "h2", "h3"};
    struct struct_elem *t = paper_elem(p, parent, ELEM_TABLE), *part = NULL;
    for (size_t r = 0; r < 3; r++) {
        if (r < 2)
            part = paper_elem(p, t, r == 0 ? ELEM_THEAD : ELEM_TBODY);
        struct struct_elem *tr = paper_elem(p, part, ELEM_TR);
        double y = p->y;
        for (size_t c = 0; c < 3; c++) {
            struct struct_elem *cell = paper_elem(p, tr, r == 0 ? ELEM_TH
                                                                : ELEM_TD);
            if (r == 0) {
                cell->id = ids[c];
            } else {
                const char **heads = arena_array(p->arena, 1, sizeof *heads);
                heads[0] = ids[c];
                cell->headers = heads;
                cell->header_count = 1;
            }
            p->y = y;
            if (cells[r][c][0] != '\0')
                line(p, cell, r == 0 ? FONT_BOLD : FONT_REGULAR, 9.5,
                     68 + 160 * (double)c, cells[r][c]);
        }
        p->y = y + 16;
        struct box_item *rule = paper_item(p, ITEM_RULE, NULL);
        rule->x = 68;
        rule->y = y + 4;
        rule->width = 476;
        rule->thick = r == 0 ? 1 : 0.5;
        rule->colour = r == 0 ? COLOUR_INK : COLOUR_RULE;
    }
    p->y += 5;
}

static struct mark *mark(struct paper *p, struct scene *s, enum mark_kind kind,
                         enum scene_colour fill)
{
    struct mark *m = arena_new_one(p->arena, struct mark);
    assert_non_null(m);
    m->kind = kind;
    m->fill = fill;
    if (s->last == NULL)
        s->first = m;
    else
        s->last->next = m;
    s->last = m;
    return m;
}

static void figure(struct paper *p, struct struct_elem *parent)
{
    static const double points[] = {0, 50, 40, 30, 80, 34, 120, 8};
    struct struct_elem *el = paper_elem(p, parent, ELEM_FIGURE);
    struct scene *s = arena_new_one(p->arena, struct scene);
    s->width = 200;
    s->height = 60;
    el->alt = "A line that rises from 1 to 9 in four steps.";
    el->x = 68;
    el->y = p->y;
    el->width = s->width;
    el->height = s->height;
    struct mark *m = mark(p, s, MARK_AREA, COLOUR_ACCENT_PALE);
    m->points = points;
    m->point_count = 4;
    m = mark(p, s, MARK_PATH, COLOUR_NONE);
    m->points = points;
    m->point_count = 4;
    m->stroke = COLOUR_ACCENT;
    m->stroke_width = 1.5;
    m = mark(p, s, MARK_DOT, COLOUR_ACCENT);
    m->x = 120;
    m->y = 8;
    m->radius = 3;
    m->hollow = true;
    m = mark(p, s, MARK_DIAMOND, COLOUR_AGAINST);
    m->x = 40;
    m->y = 30;
    m->radius = 3;
    m = mark(p, s, MARK_LINE, COLOUR_NONE);
    m->y = m->y2 = 55;
    m->x2 = 130;
    m->stroke = COLOUR_RULE;
    m->stroke_width = 0.5;
    m->dashed = true;
    m = mark(p, s, MARK_RECT, COLOUR_FOR);
    m->x = 140;
    m->x2 = 180;
    m->y = 20;
    m->y2 = 28;
    m = mark(p, s, MARK_TEXT, COLOUR_MUTED);
    m->text = "yours \xE2\x89\xA5 9";
    m->x = 185;
    m->y = 28;
    m->size = 8;
    m->anchor = ANCHOR_END;
    m = mark(p, s, MARK_TEXT, COLOUR_MUTED);
    m->text = "share";
    m->rotated = true;
    m->x = -4;
    m->y = 30;
    m->size = 8;
    m->anchor = ANCHOR_MIDDLE;
    struct box_item *it = paper_item(p, ITEM_SCENE, el);
    it->scene = s;
    it->x = el->x;
    it->y = el->y;
    p->y += s->height + 16;
}

static void foot(struct paper *p, const char *text)
{
    p->y = 760;
    line(p, NULL, FONT_REGULAR, 8, 68, text);
}

void paper_letter(struct paper *p, const char *name)
{
    struct box_item *panel = paper_item(p, ITEM_RECT, NULL);
    *panel = (struct box_item){.kind = ITEM_RECT, .colour = COLOUR_PANEL,
                               .artifact = ARTIFACT_BACKGROUND, .x = 56,
                               .y = 50, .width = 500, .height = 30, .thick = 3,
                               .next = panel->next};
    struct struct_elem *body = paper_elem(p, p->root, ELEM_SECT);
    line(p, paper_elem(p, body, ELEM_H1), FONT_BOLD, 17, 68,
         "We could not approve your application ");
    line(p, paper_elem(p, body, ELEM_P), FONT_REGULAR, 10.5, 68, name);
    paragraph(p, body, 0, 8);
    list(p, body);
    paragraph(p, body, 3, 10);
    table(p, body);
    struct struct_elem *el = paper_elem(p, body, ELEM_P);
    line(p, el, FONT_REGULAR, 10.5, 68, "More about this is on ");
    struct struct_elem *link = paper_elem(p, el, ELEM_LINK);
    p->y -= 10.5 * 1.5;
    paper_link(p, link, 180, p->y - 10, NULL, "law", "To the law");
    line(p, link, FONT_REGULAR, 10.5, 180, "the next page ");
    foot(p, "Example Savings Bank, reference A-1042 ");
    p->page = 1;
    p->y = 72;
    line(p, paper_elem(p, body, ELEM_H2), FONT_BOLD, 11.5, 68,
         "What you can do now ");
    figure(p, body);
    for (size_t i = 0; i < 4; i++)
        paragraph(p, body, 2 * i, 7);
    el = paper_elem(p, body, ELEM_P);
    link = paper_elem(p, el, ELEM_LINK);
    paper_link(p, link, 68, p->y - 10, "https://www.consumerfinance.gov/", NULL,
               "www.consumerfinance.gov");
    line(p, link, FONT_ITALIC, 10.5, 68, "www.consumerfinance.gov ");
    foot(p, "Page 2 of 2 ");
    static const struct destination destinations[] = {{"law", 1, 0, 60}};
    static const struct outline outlines[] = {
        {"We could not approve your application", 0, 0, 0, 50, true},
        {"What you can do \xE2\x80\x93 d\xC3\xA9tails", 1, 1, 0, 50, false}};
    p->pages.destinations = destinations;
    p->pages.destination_count = 1;
    p->pages.outlines = outlines;
    p->pages.outline_count = 2;
}

status paper_paint(struct paper *p, struct buf *out, struct error *e)
{
    struct pdf_painter *painter = pdf_painter_new(p->shaper);
    assert_non_null(painter);
    *out = BUF_INIT(64 << 20);
    status st = pdf_paint(painter, &p->pages, &p->document, false, out, e);
    pdf_painter_free(painter);
    return st;
}
