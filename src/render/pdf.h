/* render/pdf.h: pages → a PDF file that is PDF/UA-1 and PDF/A-3a at once, with
 * the document's twin attached as its source. Same input, same bytes: no clock,
 * the file's id is a hash of its content. */
#ifndef CANDOR_RENDER_PDF_H
#define CANDOR_RENDER_PDF_H

#include "base/buf.h"
#include "render/boxes.h"

/* What one thread needs to paint document after document: compressor, glyph
 * maps, finished font subsets. Shapes the text of figures with the thread's
 * shaper, which must outlive it. */
struct pdf_painter;
/* NULL: no memory. */
struct pdf_painter *pdf_painter_new(struct shaper *shaper);
void pdf_painter_free(struct pdf_painter *p); /* NULL is fine */

/* Appends the file to out. document gives title, author, subject, lang, date
 * and twin. small: compress harder (cards), else fast (notices). Errors: what
 * the page list breaks of its contract is BUG; text no font has is DATA. */
MUST_USE status pdf_paint(struct pdf_painter *p, const struct pages *pages,
                          const struct document *document, bool small,
                          struct buf *out, struct error *e);

#endif
