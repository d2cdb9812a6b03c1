/* document/scene.h: a figure as marks in its own coordinates. Unit: points;
 * origin: top left; y grows downwards; width is the figure's box (see
 * visual-design: 12, 6 or 4 columns wide), height as the chart needs. The SVG
 * and the PDF painter draw exactly this. Colours are tokens, never values. */
#ifndef CANDOR_DOCUMENT_SCENE_H
#define CANDOR_DOCUMENT_SCENE_H

#include "base/arena.h"

enum scene_colour {
    COLOUR_NONE,
    COLOUR_INK,
    COLOUR_MUTED,
    COLOUR_RULE,
    COLOUR_PANEL,
    COLOUR_ACCENT,
    COLOUR_ACCENT_MID,  /* accent at about 55 % on the ground */
    COLOUR_ACCENT_PALE, /* accent at about 25 % on the ground */
    COLOUR_FOR,
    COLOUR_AGAINST,
    COLOUR_MARK,
    COLOUR_GROUP_1,
    COLOUR_GROUP_2,
    COLOUR_GROUP_3,
    COLOUR_GROUP_4,
    COLOUR_GROUP_5,
    COLOUR_GROUP_6,
    COLOUR_GROUND,      /* the page */
    COLOUR_COUNT
};

enum mark_kind {
    MARK_LINE,   /* x y → x2 y2 */
    MARK_PATH,   /* points[], open; fill NONE */
    MARK_AREA,   /* points[], closed; filled */
    MARK_RECT,   /* x y, width = x2 - x, height = y2 - y */
    MARK_DOT,    /* centre x y, radius */
    MARK_DIAMOND,
    MARK_TEXT    /* baseline at y; anchored at x */
};

enum mark_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct mark {
    enum mark_kind kind;
    double x, y, x2, y2, radius;
    const double *points;     /* x y pairs */
    size_t point_count;
    enum scene_colour fill, stroke;
    double stroke_width;      /* 0: none */
    bool dashed, hollow;
    const char *text;
    double size;              /* text size */
    bool bold, rotated;       /* rotated: reads upwards */
    enum mark_anchor anchor;
    struct mark *next;
};

struct scene {
    double width, height;
    struct mark *first, *last;
};

struct scene *scene_new(struct arena *a, double width, double height);
struct mark *scene_add(struct arena *a, struct scene *s, enum mark_kind kind);

/* Advance width in points of text in the sans text face; set by render (it owns
 * the fonts), used by charts to place labels without overlap. */
typedef double (*text_width)(void *self, const char *text, double size,
                             bool bold);

#endif
