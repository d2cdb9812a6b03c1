/* render/render.h: document tree → bytes. Any room above may call it. */
#ifndef CANDOR_RENDER_RENDER_H
#define CANDOR_RENDER_RENDER_H

#include "base/buf.h"
#include "document/tree.h"
#include "render/font.h"

/* What one thread needs to render document after document: shaper, painter and
 * memory, all kept warm. fonts must outlive it. NULL: no memory. */
struct renderer;
struct renderer *renderer_new(const struct font_set *fonts);
void renderer_free(struct renderer *r); /* NULL is fine */
/* For document/scene.h's text_width: pass shaper_text_width with this. */
struct shaper *renderer_shaper(struct renderer *r);

/* One HTML file: inline CSS and SVG, no script, nothing fetched, the reader's
 * system fonts. Appends to out. Never fails but for memory and out's cap. */
MUST_USE status render_html(const struct document *d, struct buf *out,
                            struct error *e);

/* One PDF file, PDF/UA-1 and PDF/A-3a. Appends to out. DATA: a character that
 * no font has, named. LIMIT: more than the memory of one document. */
MUST_USE status render_pdf(struct renderer *r, const struct document *d,
                           struct buf *out, struct error *e);

#endif
