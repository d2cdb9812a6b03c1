#include "render/render.h"

#include "render/layout.h"
#include "render/pdf.h"

#include <string.h>

/* A notice needs some 100 kB; a card of forty pages some 4 MB. */
enum { WARM = 512 * 1024, MOST = 512 * 1024 * 1024 };

struct renderer {
    struct shaper *shaper;
    struct pdf_painter *painter;
    struct arena *arena;
};

struct renderer *renderer_new(const struct font_set *fonts)
{
    struct renderer *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->shaper = shaper_new(fonts);
    r->painter = r->shaper == NULL ? NULL : pdf_painter_new(r->shaper);
    r->arena = arena_new(MOST);
    /* The arena keeps its first block: a large one spares every later document
     * the system's price for fresh memory. */
    if (r->painter == NULL || r->arena == NULL ||
        arena_alloc(r->arena, WARM) == NULL) {
        renderer_free(r);
        return NULL;
    }
    return r;
}

void renderer_free(struct renderer *r)
{
    if (r == NULL)
        return;
    pdf_painter_free(r->painter);
    shaper_free(r->shaper);
    arena_free(r->arena);
    mem_free(r);
}

struct shaper *renderer_shaper(struct renderer *r)
{
    return r->shaper;
}

status render_pdf(struct renderer *r, const struct document *d, struct buf *out,
                  struct error *e)
{
    const struct pages *pages;
    shaper_begin(r->shaper);
    arena_reset(r->arena);
    TRY(layout_document(d, r->shaper, r->arena, &pages, e));
    bool small = d->kind != NULL && strcmp(d->kind, "card") == 0;
    return pdf_paint(r->painter, pages, d, small, out, e);
}
