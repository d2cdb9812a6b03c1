/* render/style.h: the one sheet of tokens. Each table below is read twice: as
 * values by layout and the PDF painter (points), and as text by style_css.c,
 * which turns it into the CSS of the HTML output at compile time. A number
 * changed here changes both. */
#ifndef CANDOR_RENDER_STYLE_H
#define CANDOR_RENDER_STYLE_H

#include "document/tree.h"

#include <stdint.h>

/* X(COLOUR, light, dark) in the order of enum scene_colour. Contrast on the
 * ground: text colours at least 4.5:1 in both modes. */
#define COLOUR_LIST(X)                                                         \
    X(INK, 1b1f24, e6edf3)                                                     \
    X(MUTED, 57606a, 9aa7b4)                                                   \
    X(RULE, d0d7de, 39424d)                                                    \
    X(PANEL, f6f8fa, 1a212a)                                                   \
    X(ACCENT, 0b4f79, 6cb6e8)                                                  \
    X(ACCENT_MID, 6c96ae, 437191)                                              \
    X(ACCENT_PALE, c2d3de, 263e52)                                             \
    X(FOR, 1f6fb2, 6cb6e8)                                                     \
    X(AGAINST, b5471b, f0906a)                                                 \
    X(MARK, 8a5a00, e3b341)                                                    \
    X(GROUP_1, 12436D, 7fb2e5)                                                 \
    X(GROUP_2, 28A197, 3cc4b9)                                                 \
    X(GROUP_3, 801650, e07ab5)                                                 \
    X(GROUP_4, F46A25, f58a52)                                                 \
    X(GROUP_5, 3D3D3D, c4c9ce)                                                 \
    X(GROUP_6, A285D1, b9a3e0)                                                 \
    X(GROUND, ffffff, 0f1419)

/* X(SIZE, letter size, leading, card size, leading, large print size, leading)
 * in points. Letter: notices and explanations. */
#define SIZE_LIST(X)                                                           \
    X(BODY, 10.5, 16, 10, 15, 18, 27)                                          \
    X(SMALL, 8.5, 12.5, 8.5, 12.5, 16, 23)                                     \
    X(LAW, 9, 13, 9, 13, 18, 26)                                               \
    X(TABLE, 9.5, 13.5, 9, 13, 18, 25)                                         \
    X(H1, 17, 22, 17, 22, 25, 32)                                              \
    X(H2, 11.5, 16, 11.5, 16, 21, 28)                                          \
    X(H3, 10.5, 16, 10, 15, 18, 27)                                            \
    X(DISPLAY, 17, 22, 30, 37, 32, 40)                                         \
    X(LEAD, 11.5, 16, 12.5, 18.5, 20, 29)                                      \
    X(VALUE, 17, 22, 17, 22, 25, 32)                                           \
    X(FOOT, 8, 11.5, 8, 11.5, 13, 18)

enum text_size {
#define X(name, a, b, c, d, e, f) SIZE_##name,
    SIZE_LIST(X)
#undef X
    SIZES
};

enum style_weight { WEIGHT_400 = 400, WEIGHT_700 = 700 };

/* X(WITHIN, KIND, class suffix, size, weight, colour, before, after, keep with
 * next). Space before and after in lines of body text; between two blocks the
 * larger one stands, as margins collapse. The row without a class comes first;
 * a later row that fits replaces it whole. WITHIN is BODY (anywhere) or HEADER.
 * H2.as-h3: an H3 that no H2 precedes; its level is mended, not its look.
 * A paragraph in a div.tile: the first is .value, the others .muted. */
#define STYLE_LIST(X)                                                          \
    X(BODY, P, "", BODY, 400, INK, 0, 0.45, false)                             \
    X(BODY, P, ".lead", BODY, 400, INK, 0, 0.6, false)                         \
    X(BODY, P, ".small", SMALL, 400, INK, 0, 0.35, false)                      \
    X(BODY, P, ".muted", SMALL, 400, MUTED, 0, 0.35, false)                    \
    X(BODY, P, ".law", LAW, 400, INK, 0.4, 0.4, false)                         \
    X(BODY, P, ".figure-note", SMALL, 400, MUTED, 0.3, 0.7, false)             \
    X(BODY, P, ".kicker", SMALL, 400, MUTED, 2, 0, true)                       \
    X(BODY, P, ".value", VALUE, 700, INK, 0, 0, true)                          \
    X(HEADER, P, "", SMALL, 400, MUTED, 0, 0, false)                           \
    X(HEADER, P, ".lead", LEAD, 400, INK, 0, 0.1, false)                       \
    X(HEADER, P, ".sender", LEAD, 400, INK, 0, 0.1, false)                     \
    X(BODY, H1, "", H1, 700, INK, 2, 0.4, true)                                \
    X(HEADER, H1, "", DISPLAY, 700, INK, 0.7, 0.5, true)                       \
    X(BODY, H2, "", H2, 700, INK, 1.4, 0.4, true)                              \
    X(BODY, H2, ".as-h3", H3, 700, INK, 1, 0.4, true)                          \
    X(BODY, H3, "", H3, 700, INK, 1, 0.4, true)                                \
    X(BODY, UL, "", BODY, 400, INK, 0, 0.45, false)                            \
    X(BODY, OL, "", BODY, 400, INK, 0, 0.45, false)                            \
    X(BODY, OL, ".ranked", BODY, 400, INK, 0.1, 0.6, false)                    \
    X(BODY, LI, "", BODY, 400, INK, 0, 0.25, false)                            \
    X(BODY, DL, "", TABLE, 400, INK, 0.4, 0.8, false)                          \
    X(BODY, DT, "", TABLE, 400, MUTED, 0, 0, true)                             \
    X(BODY, DD, "", TABLE, 400, INK, 0, 0, false)                              \
    X(BODY, TABLE, "", TABLE, 400, INK, 0.4, 0.8, false)                       \
    X(BODY, CAPTION, "", H3, 700, INK, 0.6, 0.3, true)                         \
    X(BODY, TH, "", TABLE, 700, INK, 0, 0, false)                              \
    X(BODY, TD, "", TABLE, 400, INK, 0, 0, false)                              \
    X(BODY, FIGURE, "", SMALL, 400, MUTED, 0.5, 0.7, false)                    \
    X(BODY, FIGCAPTION, "", SMALL, 400, MUTED, 0.3, 0.3, false)                \
    X(BODY, NAV, "", BODY, 400, INK, 0.4, 0.8, false)                          \
    X(BODY, HR, "", BODY, 400, RULE, 0.6, 0.6, false)                          \
    X(BODY, DIV, "", BODY, 400, INK, 0, 0, false)                              \
    X(BODY, DIV, ".panel", BODY, 400, INK, 0.6, 0.8, false)                    \
    X(BODY, DIV, ".tiles", BODY, 400, INK, 0.7, 1, false)                      \
    X(HEADER, DIV, ".tiles", BODY, 400, INK, 1.5, 1, false)                    \
    X(BODY, DIV, ".columns", BODY, 400, INK, 0.3, 0.5, false)                  \
    X(BODY, HEADER, "", BODY, 400, INK, 0, 1.5, false)

/* Lengths both painters use, in points. X(NAME, points) */
#define LENGTH_LIST(X)                                                         \
    X(HAIRLINE, 0.5)                                                           \
    X(HEAD_RULE, 1)                                                            \
    X(TILE_RULE, 1.5)                                                          \
    X(PANEL_BAR, 2.5)                                                          \
    X(PANEL_PAD, 12)                                                           \
    X(GUTTER, 17)    /* 6 mm */                                                \
    X(ROW_PAD_LONG, 2.3)                                                       \
    X(ROW_PAD, 3.8)                                                            \
    X(CELL_GAP, 14)                                                            \
    X(RANK_PAD, 4.3)                                                           \
    X(RANK_INDENT, 22)                                                         \
    X(LIST_INDENT, 15)                                                         \
    X(BAR_HEIGHT, 6.5)

enum style_length {
#define X(name, points) LENGTH_##name,
    LENGTH_LIST(X)
#undef X
    LENGTHS
};

enum style_variant { VARIANT_LETTER, VARIANT_CARD, VARIANT_LARGE, VARIANTS };

struct type_size {
    double size, leading; /* points */
};

/* What a block of text looks like. */
struct style {
    double size, leading;     /* points */
    double before, after;     /* points */
    enum scene_colour colour;
    bool bold, keep_next;
};

/* Page geometry in points; body: what the text may fill. */
struct style_page {
    double width, height;
    double left, top, body_width, body_height;
    double foot_rule, foot_base; /* from the top of the page */
    double address;              /* top of the address block, see style.c */
};

enum style_variant style_variant_of(const struct document *d);
struct type_size style_size(enum style_variant v, enum text_size s);
double style_length(enum style_length l);
struct style_page style_page_of(const struct document *d);
/* 0xRRGGBB by enum scene_colour, light mode; NONE is ink. */
const uint32_t *style_palette(void);
/* `n` a block of STYLE_LIST; any other block has the style of P. */
struct style style_of(const struct doc_node *n, enum style_variant v);

/* The whole CSS of an HTML document as constant texts to write in order. */
size_t style_css(enum style_variant v, const char *const **parts);
/* Name of a scene's colour in CSS: .F-name fills, .S-name strokes. */
const char *style_colour_name(enum scene_colour c);

#endif
