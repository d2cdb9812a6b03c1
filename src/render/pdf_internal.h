/* render/pdf_internal.h: what the files of the PDF painter share. The object
 * layer (pdf_object.c) is the only one that knows how libharu keeps objects. */
#ifndef CANDOR_RENDER_PDF_INTERNAL_H
#define CANDOR_RENDER_PDF_INTERNAL_H

#include "base/arena.h"
#include "base/hash.h"
#include "render/font_internal.h"
#include "render/pdf.h"

#include <hpdf.h>
#include <hpdf_annotation.h>
#include <hpdf_destination.h>
#include <hpdf_doc.h>
#include <hpdf_info.h>
#include <hpdf_objects.h>
#include <hpdf_outline.h>
#include <hpdf_pages.h>
#include <hpdf_streams.h>
#include <libdeflate.h>

/* --- objects (pdf_object.c) ---------------------------------------------- */

struct pdf_file;

/* An indirect object whose text we write ourselves. */
struct pdf_raw {
    HPDF_Dict dict;
    uint32_t number;
    size_t body, length; /* in the file's bodies */
    const void *data;    /* a stream's bytes, or NULL */
    size_t data_length;
    bool deflated;
    struct pdf_file *file;
    HPDF_Stream out;     /* while being written */
};

struct pdf_file {
    HPDF_Doc doc;
    struct arena *arena;
    struct buf *bodies;
    struct buf *out;
    size_t out_start;
    struct libdeflate_compressor *compressor;
};

/* Starts a document on a handle; frees with pdf_file_end in any case. */
status pdf_file_begin(struct pdf_file *f, HPDF_Doc doc, struct error *e);
void pdf_file_end(struct pdf_file *f);
/* libharu's sticky error as ours. */
status pdf_file_status(struct pdf_file *f, struct error *e);
status pdf_raw_new(struct pdf_file *f, struct pdf_raw **out, struct error *e);
/* Everything put into the returned buffer until pdf_raw_close is the text
 * between << and >> of the object. */
struct buf *pdf_raw_open(struct pdf_raw *r);
void pdf_raw_close(struct pdf_raw *r);
/* The bytes must live until the file is saved. */
void pdf_raw_stream(struct pdf_raw *r, const void *bytes, size_t n,
                    bool deflated);
/* Makes a dictionary of libharu's own write the text of r after its keys. */
status pdf_raw_on(struct pdf_file *f, HPDF_Dict dict, struct pdf_raw **out,
                  struct error *e);
/* The same with the zlib form of the bytes, kept in the file's arena. */
status pdf_raw_deflate(struct pdf_raw *r, const void *bytes, size_t n,
                       struct error *e);
/* zlib bytes in the file's arena. */
status pdf_deflate(struct pdf_file *f, const void *bytes, size_t n,
                   const void **out, size_t *length, struct error *e);
status pdf_file_save(struct pdf_file *f, struct error *e);

static inline uint32_t pdf_number(const void *obj)
{
    return ((const HPDF_Obj_Header *)obj)->obj_id & 0x00FFFFFF;
}

/* --- writing PDF syntax (pdf_syntax.c) ----------------------------------- */

void put_num(struct buf *b, double x);           /* at most 3 decimals */
void put_int(struct buf *b, long x);
void put_ref(struct buf *b, const char *key, uint32_t number);
void pdf_put_text(struct buf *b, const char *utf8);  /* a text string */
void put_unit(struct buf *b, uint32_t unit);     /* four hex digits */
void put_utf16(struct buf *b, const char *utf8, size_t n); /* hex, no marks */
void put_name(struct buf *b, const char *name);  /* without the slash */
void put_literal(struct buf *b, const char *bytes, size_t n);
void put_xml(struct buf *b, const char *utf8);

/* --- fonts (pdf_font.c, pdf_subset.c) ------------------------------------ */

enum { SUBSETS_KEPT = 8 };

struct subset {
    uint32_t *ids;  /* ascending glyphs it was made for */
    uint16_t *cids; /* of each */
    size_t count;
    void *bytes;    /* zlib */
    size_t length, plain_length;
    char tag[7];
    unsigned long used; /* when, for replacement */
};

/* A face as this painter uses it; the first three are made once. */
struct face_use {
    hb_face_t *plain;    /* outlines only, prepared for subsetting */
    hb_font_t *font;
    uint32_t *reverse;   /* glyph → lowest character, 0 none */
    uint32_t *says;      /* glyph → character, TEXT_INDEX | index, 0 unused */
    uint16_t *cid;       /* glyph → code in this document */
    int32_t *advance;    /* by glyph, FONT_EM */
    uint32_t *ids;       /* used glyphs of this document */
    size_t id_count, id_room;
    unsigned glyph_count;
    bool in_use;
    const struct subset *subset;
    struct subset subsets[2][SUBSETS_KEPT]; /* by strength */
    struct pdf_raw *object;
    char name[64]; /* PostScript */
};

#define TEXT_INDEX 0x80000000U

struct pdf_painter {
    struct shaper *shaper;
    const struct font_set *set;
    HPDF_Doc doc;
    struct libdeflate_compressor *compressors[2]; /* fast, small */
    struct arena *arena;
    struct buf bodies, content, scratch;
    struct face_use *faces;
    void *icc;
    size_t icc_length;
    unsigned long clock; /* documents painted, for replacement only */
};

/* One document being painted. */
struct paint {
    struct pdf_painter *p;
    const struct pages *pages;
    const struct document *document;
    bool small;
    struct pdf_file file;
    struct names *texts; /* what glyphs say when it is no single character */
    struct tree_work *tree;
    HPDF_Page *page_objects;
};

/* Marks the glyphs of a text as used and says what each stands for. */
status fonts_collect(struct paint *w, const struct shaped *s, struct error *e);
/* What glyph i of a run says, by its place in the text. */
uint32_t fonts_says(struct paint *w, const struct shaped *s,
                    const struct glyph_run *run, uint32_t i);
/* True when glyphs of the run say something else than the text. */
bool fonts_needs_text(struct paint *w, const struct shaped *s,
                      const struct glyph_run *run);
status fonts_embed(struct paint *w, HPDF_Dict *resources, struct error *e);
void fonts_forget(struct paint *w);
void face_use_free(struct face_use *u);
status face_subset(struct paint *w, size_t face, struct error *e);

/* --- content (pdf_content.c, pdf_text.c, pdf_scene.c) -------------------- */

struct pen {
    struct paint *w;
    struct buf *out;
    double height;       /* of the page */
    long fill, stroke;   /* 0xRRGGBB, -1 unknown */
    double line_width;   /* -1 unknown */
    bool dashed;
    int face;            /* -1 unknown */
    double size;
    bool in_text;
    double line_x, line_y; /* start of the current text line, rounded */
};

void pen_fill(struct pen *pen, enum scene_colour c);
void pen_stroke(struct pen *pen, enum scene_colour c, double width,
                bool dashed);
void pen_end_text(struct pen *pen);
struct text_line {
    double x, y, size, gap; /* y from the top */
    enum scene_colour colour;
    const struct shaped *const *parts;
    size_t part_count;
    bool upwards;
};
void pen_text(struct pen *pen, const struct text_line *line);
status pen_scene(struct pen *pen, const struct scene *s, double x, double y,
                 struct error *e);
status scene_collect(struct paint *w, const struct scene *s, struct error *e);
/* The parts of a text item in visual order. */
status item_parts(struct paint *w, const struct box_item *it,
                  const struct shaped *const **parts, size_t *count,
                  struct error *e);
status content_paint(struct paint *w, size_t page, struct error *e);

/* --- structure and the rest ---------------------------------------------- */

/* pdf_tree.c */
status tree_begin(struct paint *w, struct error *e);
/* The next marked sequence of a page inside an element. */
status tree_mark(struct paint *w, const struct struct_elem *elem, size_t page,
                 uint32_t *mcid, struct error *e);
status tree_link(struct paint *w, const struct struct_elem *elem, size_t page,
                 HPDF_Annotation annotation, struct error *e);
status tree_end(struct paint *w, struct pdf_raw **root, struct error *e);
/* pdf_tree_text.c */
const char *elem_type(enum elem_kind k);

/* pdf_nav.c: link annotations, destinations, outlines, labels */
status nav_links(struct paint *w, struct error *e);
status nav_outlines(struct paint *w, struct error *e);
void nav_labels(struct paint *w, struct buf *catalog);

/* pdf_meta.c: Info, XMP, output intent, attachment; keys of the catalog */
status meta_write(struct paint *w, struct buf *catalog, struct error *e);

#endif
