#include "render/layout.h"


static const char *const kinds[] = {"text", "rule", "rect", "scene"};
static const char *const artifacts[] = {"(header)", "(footer)", "(layout)",
                                        "(ground)"};
static const char *const types[] = {
#define X(name, type) [ELEM_##name] = type,
    ELEM_LIST(X)
#undef X
};

static void dump_item(const struct box_item *i, struct buf *out)
{
    buf_printf(out, "%s %s %.1f %.1f", kinds[i->kind],
               i->elem != NULL ? types[i->elem->kind]
                               : artifacts[i->artifact],
               i->x, i->y);
    if (i->kind == ITEM_TEXT)
        buf_printf(out, " %.2f \"", i->size);
    else
        buf_printf(out, " %.1f %.1f", i->width, i->height);
    for (size_t p = 0; i->kind == ITEM_TEXT && p < i->part_count; p++)
        buf_put(out, i->parts[p]->text, i->parts[p]->length);
    buf_puts(out, i->kind == ITEM_TEXT ? "\"\n" : "\n");
}

void layout_dump(const struct pages *p, struct buf *out)
{
    for (size_t i = 0; i < p->page_count; i++) {
        buf_printf(out, "page %zu\n", i + 1);
        for (const struct box_item *k = p->pages[i].first; k != NULL;
             k = k->next)
            dump_item(k, out);
        for (const struct link_area *a = p->pages[i].links; a != NULL;
             a = a->next)
            buf_printf(out, "link %s %.1f %.1f %.1f %.1f\n",
                       a->uri != NULL ? a->uri : a->target, a->x, a->y,
                       a->width, a->height);
    }
    for (size_t i = 0; i < p->destination_count; i++)
        buf_printf(out, "destination %s page %zu\n", p->destinations[i].name,
                   p->destinations[i].page + 1);
    for (size_t i = 0; i < p->outline_count; i++)
        buf_printf(out, "outline %d \"%s\" page %zu\n", p->outlines[i].level,
                   p->outlines[i].title, p->outlines[i].page + 1);
}
