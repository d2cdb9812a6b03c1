/* render/font.h: the fonts of all outputs, and text turned into glyphs.
 *
 * A font_set is loaded once from fonts/MANIFEST, checked against its hashes and
 * never changes: every thread may read it. A shaper belongs to one thread. */
#ifndef CANDOR_RENDER_FONT_H
#define CANDOR_RENDER_FONT_H

#include "base/error.h"

#include <stdint.h>

/* All advances and offsets are in 1/FONT_EM of the text size, whatever the
 * units of the font file are. Points = value * size / FONT_EM. */
enum { FONT_EM = 64000 };

enum font_style {
    FONT_REGULAR,
    FONT_BOLD,
    FONT_ITALIC,
    FONT_BOLD_ITALIC,
    FONT_STYLES
};

struct font_set;

/* Reads the manifest and every file it names. SYSTEM: a file is missing (the
 * message names it and its Debian package); DATA: a file is not the one the
 * manifest accepts; SYNTAX: the manifest itself, with line. */
MUST_USE status font_set_load(const char *manifest, struct font_set **out,
                              struct error *e);
void font_set_free(struct font_set *set); /* NULL is fine */

/* Of the text face of a style, in FONT_EM units, all positive. */
struct font_metrics {
    int ascent, descent, line_gap;
    int x_height, cap_height;
    int underline_below; /* from the baseline down to the top of the stroke */
    int underline_thick;
};
const struct font_metrics *font_metrics_of(const struct font_set *set,
                                           enum font_style style);

/* For printing what was used: row count and the fields of a row. */
struct font_row {
    const char *family, *role, *file, *sha256, *coverage, *licence, *package;
};
size_t font_rows(const struct font_set *set);
const struct font_row *font_row_at(const struct font_set *set, size_t row);

struct glyph {
    uint32_t id;      /* in its face's file */
    uint32_t cluster; /* byte offset in the shaped text */
    uint32_t point;   /* the one character it stands for; 0: several, or part */
    int32_t advance, dx, dy; /* dy up */
};

/* Glyphs of one face in one direction, in visual order (left to right). */
struct glyph_run {
    uint16_t face;    /* index among the faces of the set */
    bool rtl;
    bool complex;     /* glyphs alone do not tell the text: see ActualText */
    uint32_t first, count; /* glyphs */
    uint32_t start, end;   /* bytes of the text */
};

struct shaped {
    const char *text;
    uint32_t length;
    const struct glyph *glyphs;
    uint32_t glyph_count;
    const struct glyph_run *runs; /* visual order */
    uint32_t run_count;
    int32_t width;    /* all advances */
    int32_t trail;    /* the part of width that is spaces at the logical end */
    bool rtl;         /* its first letter runs right to left */
    bool neutral;     /* it has no letters */
    enum font_style style; /* what it was shaped with */
    unsigned flags;
    const char *lang;
};

struct shaper;
struct shaper *shaper_new(const struct font_set *set); /* NULL: no memory */
void shaper_free(struct shaper *s);                    /* NULL is fine */
const struct font_set *shaper_fonts(const struct shaper *s);
/* Call before each document: what shape() gave earlier may be forgotten. */
void shaper_begin(struct shaper *s);

enum shape_flags {
    SHAPE_TABULAR = 1,  /* figures of one width */
    SHAPE_RTL = 2       /* the paragraph around this text runs right to left */
};

/* Shapes a text (a word with the spaces that follow it, or a whole line) with
 * kerning and ligatures, each character in the first face that has it, runs in
 * visual order (UAX #9 without explicit embeddings). The answer is cached by
 * its arguments and lives until shaper_begin or shaper_free.
 * Characters that print nothing (soft hyphen, ZWJ, bidi marks, variation
 * selectors) need no font. U+2028 and control characters are ARGUMENT errors;
 * a character no font has is a DATA error naming it as U+XXXX. lang: BCP 47. */
MUST_USE status shape(struct shaper *s, enum font_style style, const char *text,
                      size_t length, const char *lang, unsigned flags,
                      const struct shaped **out, struct error *e);

/* The parts of one line, shaped one by one in reading order with one style,
 * language and flags, in visual order. Words that run against the paragraph,
 * and all words of a right-to-left paragraph, are shaped again as one text; the
 * rest stays as it is. out has room for count; *out_count is at most count. */
MUST_USE status shape_line(struct shaper *s, const struct shaped *const *parts,
                           size_t count, const struct shaped **out,
                           size_t *out_count, struct error *e);
/* False: the parts are in visual order as they stand. */
bool line_turns(const struct shaped *const *parts, size_t count);

/* A text_width of document/scene.h with a struct shaper as self. A text that
 * cannot be shaped is taken as half an em a character; painting it then fails
 * with the reason. */
double shaper_text_width(void *shaper, const char *text, double size,
                         bool bold);

#endif
