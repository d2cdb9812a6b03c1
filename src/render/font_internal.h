/* render/font_internal.h: what the font files of this room share. */
#ifndef CANDOR_RENDER_FONT_INTERNAL_H
#define CANDOR_RENDER_FONT_INTERNAL_H

#include "base/arena.h"
#include "render/font.h"

#include <hb.h>

enum {
    FACE_SCRIPTS_MAX = 8,
    FONT_FACES_MAX = 256,
    FONT_FILE_MAX = 64 << 20,
    SHAPE_TEXT_MAX = 1 << 20
};

struct face {
    const struct font_row *row;
    hb_face_t *face;   /* immutable */
    hb_set_t *chars;   /* immutable */
    hb_script_t scripts[FACE_SCRIPTS_MAX];
    size_t script_count; /* 0: any script */
    bool bold;
    bool fallback;
};

struct font_set {
    struct arena *arena;
    struct font_row *rows;
    size_t row_count;
    struct face *faces;
    size_t face_count;
    size_t text[FONT_STYLES]; /* faces of the text roles */
    struct font_metrics metrics[FONT_STYLES];
    const char *icc;          /* sRGB profile */
    size_t icc_length;
    hb_blob_t *icc_blob;
};

/* A character of a text on its way to runs. */
struct run_char {
    uint32_t point, offset; /* byte offset */
    hb_script_t script;     /* resolved: not Common or Inherited */
    uint16_t face;
    uint8_t level;          /* odd: right to left */
    uint8_t bidi;           /* working class of font_bidi.c */
    int8_t side;            /* letters: 1 left to right, -1 the other */
    bool mark, ignorable, space;
};

/* Resolves levels (UAX #9 but for explicit embeddings and isolates). */
void bidi_levels(struct run_char *chars, size_t n, bool rtl);
/* Decodes, resolves scripts, levels and faces. The chars come from a. */
status run_chars(const struct font_set *set, enum font_style style,
                 const char *text, size_t length, bool rtl, struct arena *a,
                 struct run_char **out, size_t *count, struct error *e);
/* Characters of one face, level and script. */
struct run {
    size_t from, to;
};
size_t cut_runs(const struct run_char *chars, size_t n, struct run *runs);
void order_runs(const struct run_char *chars, struct run *runs, size_t n);
/* Fills the points of a run's n glyphs. True: some cluster is complex. */
bool read_clusters(hb_font_t *font, struct glyph *glyphs, size_t n, bool rtl,
                   const struct run_char *chars, const struct run *run);
bool point_is_space(uint32_t point);
bool point_is_ignorable(uint32_t point);

/* Parses the manifest into rows and opens what they name. */
status manifest_load(struct font_set *set, const char *path, struct error *e);

#endif
