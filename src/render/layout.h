/* render/layout.h: document tree → pages of boxes (render/boxes.h).
 *
 * The tree becomes a column of strips, slices that no page break divides (a
 * line, a table row, a figure, a row of columns), each with the cost of ending
 * a page after it; then the strips of each stretch between forced breaks are
 * spread over pages at least total cost. Paragraphs are broken the same way
 * (breaking.h). Nothing is ever wider than its column. */
#ifndef CANDOR_RENDER_LAYOUT_H
#define CANDOR_RENDER_LAYOUT_H

#include "base/buf.h"
#include "render/boxes.h"

/* Everything lives in `a`; the shaped text in the shaper, until shaper_begin.
 * LIMIT or MEMORY: the arena; otherwise errors of shape(). */
MUST_USE status layout_document(const struct document *d, struct shaper *sh,
                                struct arena *a, const struct pages **out,
                                struct error *e);

/* One line an item, in order, for tests: "page 1", then kind, element, x, y,
 * size, text. Coordinates to a tenth of a point. */
void layout_dump(const struct pages *p, struct buf *out);

#endif
