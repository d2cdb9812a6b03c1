/* render/html_in.h: shared by the files of the HTML painter only. */
#ifndef CANDOR_RENDER_HTML_IN_H
#define CANDOR_RENDER_HTML_IN_H

#include "base/buf.h"
#include "render/style.h"

/* Text as content or inside double quotes: & < > " are never written bare. */
void html_text(struct buf *b, const char *text);
/* ` name="value"`, or nothing for a NULL value. */
void html_attribute(struct buf *b, const char *name, const char *value);
/* A scene as one <svg>, drawn with the classes of style_css.c. */
void svg_put(struct buf *b, const struct scene *s, const char *alt, size_t id);

#endif
