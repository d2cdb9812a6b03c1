#include "render/layout.h"

#include "render/layout_in.h"

#include <string.h>

static bool runs_right_to_left(const char *lang)
{
    static const char list[][3] = {"ar", "he", "fa", "ur", "yi", "ps", "ug"};
    for (size_t i = 0; lang != NULL && i < sizeof list / sizeof list[0]; i++)
        if (strncmp(lang, list[i], 2) == 0 &&
            (lang[2] == '\0' || lang[2] == '-'))
            return true;
    return false;
}

status layout_document(const struct document *d, struct shaper *sh,
                       struct arena *a, const struct pages **out,
                       struct error *e)
{
    struct lay l = {
        .d = d,
        .sh = sh,
        .a = a,
        .e = e,
        .v = style_variant_of(d),
        .page = style_page_of(d),
        .ground = COLOUR_GROUND,
        .lang = d->lang,
        .rtl = runs_right_to_left(d->lang),
    };
    l.shape_flags = l.rtl ? SHAPE_RTL : 0;
    struct pages *pages = lay_array(&l, struct pages, 1);
    l.root = elem_new(&l, NULL, ELEM_DOCUMENT);
    if (l.failed != ST_OK)
        return l.failed;
    struct flow f = {.x = l.page.left, .width = l.page.body_width};
    if (d->body != NULL) {
        find_headings(&l, d->body);
        lay_block(&l, &f, d->body, l.root);
    }
    paginate(&l, &f, pages);
    if (l.failed != ST_OK)
        return l.failed;
    pages->width = l.page.width;
    pages->height = l.page.height;
    pages->root = l.root;
    pages->elem_count = l.elem_count;
    pages->palette = style_palette();
    *out = pages;
    return ST_OK;
}
